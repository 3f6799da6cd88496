"""What a URL says before anything is fetched: its normal form, and which article it belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from extractors.article import ArticleAddress
from extractors.portal import Portal
from extractors.portals import portal_of

# Parameters that say how a reader came, never what is shown.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gclsrc|dclid|yclid|msclkid|igshid|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|ref|ref_src"
    r"|lgn_method|google_btn|jxconn|jxtokoid|jxrecoid|jxnlink|int_source|int_medium|int_campaign)",
    re.IGNORECASE,
)
# What some servers add to a path to know a reader again: the same article under an address for each visit.
_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|aspsessionid\w*|session(?:_?id)?|sid)=[^/?#;]*", re.IGNORECASE
)
_PRIVATE = (".local", ".internal", ".localdomain", ".home.arpa")
_AZURE_HOST = IPv4Address("168.63.129.16")
"""The one metadata service at a public address (learn.microsoft.com, "What is IP address 168.63.129.16?")."""
_NAT64 = IPv6Network("64:ff9b::/96")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 4096
_NORMAL = re.compile(
    r"https?://[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60})+/(?:[\w-]+(?:[./][\w-]+)*/?)?(?:\?page=[0-9]+)?", re.ASCII
)
"""What has nothing to normalise, as nearly all addresses of a portal: found in a thirtieth of the time."""


def normalise(url: str) -> str:
    """The address without tracking parameters, fragment and default port, its query sorted.

    Raises ValueError for text that is not a URL, and nothing else.
    """
    if len(url) > _LONGEST:
        raise ValueError(f"URL of {len(url)} characters; more than {_LONGEST} is not an address")
    return url if _NORMAL.fullmatch(url) else _normalised(url)


def _normalised(url: str) -> str:
    parts = urlsplit(canonicalize_url(url.strip()))
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if _says(name)]
    netloc, path = parts.netloc, _SESSION.sub("", parts.path)
    if parts.port is not None and parts.port == _DEFAULT_PORTS.get(parts.scheme):
        netloc = netloc.removesuffix(f":{parts.port}")
    return urlunsplit((parts.scheme, netloc, path, urlencode(query), ""))


def _says(name: str) -> bool:
    return _TRACKING.fullmatch(name) is None


@lru_cache(maxsize=1024)  # a page asks for its own address and those of its links several times
def identify(url: str) -> ArticleAddress | None:
    """The article that a URL belongs to, on any portal; None when it is not the address of an article."""
    try:
        parts = urlsplit(normalise(url))
    except ValueError:
        return None
    portal = portal_of(url.strip())
    if portal is None or parts.scheme not in _DEFAULT_PORTS:
        return None
    path, amp = portal.desktop_path(parts.path)
    if not _is_article(path, portal):
        return None
    name = (parts.hostname or "").rstrip(".")
    host = dict(portal.desktop).get(name, name)
    address = f"{portal.scheme}://{host}{_port(parts)}{path}"
    return ArticleAddress(
        portal=portal.name, host=host, url=address, page=portal.paging.number(parts.query), amp=amp
    )


def _is_article(path: str, portal: Portal) -> bool:
    if path.split("/")[1:2] and path.split("/")[1].lower() in portal.refused:
        return False
    return any(shape.fullmatch(path) for shape in portal.shapes)


def _port(parts: SplitResult) -> str:
    """The port, kept only on this machine: there it tells one server from another."""
    return f":{parts.port}" if parts.port and is_loopback(parts.hostname or "") else ""


def is_public(name: str) -> bool:
    """Whether a host name can be a site's on the web: no name of this machine or its network, no private
    address in any spelling (RFC 6761, RFC 6890). What a name resolves to is another question.
    """
    bare = name.lower().strip("[]").rstrip(".")
    address = literal_address(bare)
    if address is not None:
        return is_web_address(address)
    if _NUMBER.fullmatch(bare.rpartition(".")[2]):
        return False  # neither a number nor a name, and every reader of it decides for himself
    return "." in bare and not is_loopback(bare) and not bare.endswith(_PRIVATE)


def is_loopback(name: str) -> bool:
    """Whether a host name means this machine without asking anybody (RFC 6761, section 6.3)."""
    bare = name.lower().strip("[]").rstrip(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    address = literal_address(bare)
    return address is not None and address.is_loopback


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a URL's host is, in any spelling that browsers and resolvers take: decimal, octal,
    hexadecimal, short, mapped into IPv6 (WHATWG URL, 3.5 "IPv4 parser"); None for a name.
    """
    bare = host.strip("[]").partition("%")[0]
    try:
        return inner_address(ip_address(bare))
    except ValueError:
        return _old_ipv4(bare.rstrip("."))


def inner_address(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address leads to (mapped, 6to4, Teredo, NAT64), or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo[1] if address.teredo else None
    through = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or teredo or through or address


def is_web_address(address: IPv4Address | IPv6Address) -> bool:
    """Whether a web site can stand there: nothing private, link-local, shared or multicast (RFC 6890), and
    no cloud's metadata service.
    """
    return address.is_global and not address.is_multicast and address != _AZURE_HOST


def _old_ipv4(text: str) -> IPv4Address | None:
    """`127.1`, `0x7f000001`, `0177.0.0.1`: what inet_aton(3) takes."""
    pieces = text.split(".")
    if len(pieces) > 4 or not all(_NUMBER.fullmatch(piece) for piece in pieces):
        return None
    try:
        *heads, last = (_digits(piece) for piece in pieces)
    except ValueError:
        return None
    room = 8 * (4 - len(heads))
    if any(head > 255 for head in heads) or last >= 1 << room:
        return None
    value = last
    for place, head in enumerate(heads):
        value |= head << (24 - 8 * place)
    return IPv4Address(value)


def _digits(piece: str) -> int:
    if piece[:2].lower() == "0x":
        return int(piece[2:] or "0", 16)
    return int(piece, 8 if len(piece) > 1 and piece.startswith("0") else 10)
