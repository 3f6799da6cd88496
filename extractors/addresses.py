"""What a URL says before anything is fetched: its normal form, and which article it belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
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
_PRIVATE = (".local", ".internal", ".localdomain", ".home.arpa")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 4096


def normalise(url: str) -> str:
    """The address without tracking parameters, fragment and default port, its query sorted.

    Raises ValueError for text that is not a URL, and nothing else.
    """
    if len(url) > _LONGEST:
        raise ValueError(f"URL of {len(url)} characters; more than {_LONGEST} is not an address")
    parts = urlsplit(canonicalize_url(url.strip()))
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if _says(name)]
    netloc = parts.netloc
    if parts.port is not None and parts.port == _DEFAULT_PORTS.get(parts.scheme):
        netloc = netloc.removesuffix(f":{parts.port}")
    return urlunsplit((parts.scheme, netloc, parts.path, urlencode(query), ""))


def _says(name: str) -> bool:
    return _TRACKING.fullmatch(name) is None


@lru_cache(maxsize=4096)  # a page asks for its own address and those of its links several times
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
    address (RFC 6761, RFC 6890). What a name resolves to is another question.
    """
    bare = name.strip("[]")
    try:
        return ip_address(bare).is_global
    except ValueError:
        return "." in bare and not is_loopback(bare) and not bare.endswith(_PRIVATE)


def is_loopback(name: str) -> bool:
    """Whether a host name means this machine without asking anybody (RFC 6761, section 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
