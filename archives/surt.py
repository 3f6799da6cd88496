"""SURT keys: addresses turned round so that those of one host stand together in a sorted index.

The Internet Archive's canonicalisation, which pywb and cdxj-indexer apply: scheme, user, fragment and `www.`
dropped, host reversed, all in lower case, the query in order, session ids left out. It begins as Safe
Browsing's does (developers.google.com/safe-browsing, "Canonicalization"). Written from what is documented and
from the keys that cdxj-indexer gives, quirks included: a reader looks a page up by the very same key.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import unquote_to_bytes

_PLAIN = re.compile(
    r"https?://(?>www[0-9]*\.)?+((?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*)"
    r"((?:/[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)*)/?(\?[a-z]+=[a-z0-9_-]{0,20})?"
)
"""An address as nearly all are: nothing to decode, to sort or to strip but `www.` and the last slash."""
_SCHEME = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_REPEATED = re.compile(rb"^(?:https?://)+(?=https?://)")
_WEB = re.compile(rb"^(https?):/*(?:[^/?]*@/*)?(?=[^/?])", re.IGNORECASE)
_AUTHORITY = re.compile(rb"//([^/?]*)")
_WWW = re.compile(rb"^www[0-9]*\.")
_NUMBER = re.compile(rb"0[0-7]*|[1-9][0-9]*")
_ESCAPE = re.compile(rb"%[0-9a-fA-F]{2}")
_TO_ESCAPE = re.compile(rb"[^!\"$&-~]")
_DEFAULT_PORTS = {b"http": 80, b"https": 443}
_MAX_PORT = 65535
_IPV4_PARTS = 4
_NO_KEY = "-"

_PATH_SESSIONS = (
    re.compile(rb"^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$", re.IGNORECASE | re.DOTALL),
    re.compile(rb"^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$", re.IGNORECASE | re.DOTALL),
)
"""ASP.NET's, before a page: `/(S(4hqa0555fwsecu455xqckv45))/page.aspx`."""
_QUERY_SESSIONS = tuple(
    re.compile(rb"^(.*)" + session + rb"(?:&(.*))?$", re.IGNORECASE | re.DOTALL)
    for session in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt(url: str | None) -> str:
    """The key of an address; `-` without one. It holds no blank, so that it can stand in an index.

    An address that cdxj-indexer cannot take apart is its own key there, and here: say one with a port that
    is no number.
    """
    if url and (plain := _PLAIN.fullmatch(url)):
        return f"{','.join(reversed(plain[1].split('.')))}){plain[2] or '/'}{plain[3] or ''}"
    raw = (url or "").encode("utf-8", "surrogatepass").strip()
    for blank in (b"\r", b"\n", b"\t"):
        raw = raw.replace(blank, b"")
    if not raw:
        return _NO_KEY
    try:
        return _key(raw).decode()
    except ValueError:
        return re.sub(r"\s", "%20", url or "")


def _key(raw: bytes) -> bytes:
    """Raises ValueError where the port is no number that a port can be."""
    if raw.startswith(b"filedesc"):  # the head of an ARC file
        return raw.replace(b" ", b"%20")
    scheme, _, rest = _with_scheme(raw.partition(b"#")[0]).partition(b":")
    found = _AUTHORITY.match(rest)
    path, _, query = (rest[found.end() :] if found else rest).partition(b"?")
    host, port = _host_and_port(found[1] if found else b"")
    query = _query(query)
    if not host:
        return _without_host(scheme, path, query)
    if scheme != b"dns":
        host = _WWW.sub(b"", host)
    if _DEFAULT_PORTS.get(scheme.lower()) == port:
        port = 0
    place = b",".join(reversed(host.split(b"."))) + (b":%d" % port if port else b"")
    return place + b")" + (_path(path).lower() or b"/") + query


def _with_scheme(raw: bytes) -> bytes:
    """`http:` with any number of slashes is meant as `http://`, and so is an address without scheme."""
    if not _SCHEME.match(raw):
        raw = b"http://" + raw
    return _WEB.sub(rb"\1://", _REPEATED.sub(b"", raw, count=1), count=1)


def _without_host(scheme: bytes, path: bytes, query: bytes) -> bytes:
    """An address of no host, `urn:` or `mailto:`, keeps its scheme, and its path as it is."""
    path = _without_session(_canonical(path)).lower()
    if not path and query and scheme in _DEFAULT_PORTS:
        path = b"/"
    return scheme + b":" + (path if path == b"/" else path.removesuffix(b"/")) + query


# --- host -------------------------------------------------------------------------------------------


def _host_and_port(authority: bytes) -> tuple[bytes, int]:
    """In the form in which they count; 0 for no port."""
    place = authority.rpartition(b"@")[2].removesuffix(b":")
    before, bracket, inner = place.partition(b"[")
    if bracket:
        host, _, behind = inner.partition(b"]")
        port = behind.partition(b":")[2]
    else:
        host, _, port = before.partition(b":")
    if port and not port.isdigit():
        raise ValueError("no port")
    if int(port or 0) > _MAX_PORT:
        raise ValueError("no port")
    return _host(host), int(port or 0)


def _host(host: bytes) -> bytes:
    host = _decoded(host)
    with suppress(UnicodeError):  # what is no name in any language stays as it is
        host = host.decode("utf-8", "ignore").encode("idna")
    host = host.replace(b"..", b".").strip(b".")
    return _ipv4(host) or _escape(host.lower())


def _ipv4(host: bytes) -> bytes | None:
    """Four numbers from one to four of them, decimal or octal, the last filling what is left (inet_aton)."""
    parts = host.split(b".")
    if host.isdigit() and len(parts) == 1:
        return _dotted(int(host) & 0xFFFFFFFF)
    if len(parts) > _IPV4_PARTS or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    numbers = [int(part, 8 if part.startswith(b"0") else 10) for part in parts]
    last = numbers.pop()
    if any(number > 255 for number in numbers) or last >= 256 ** (_IPV4_PARTS - len(numbers)):
        return None
    value = last
    for place, number in enumerate(numbers):
        value += number << (8 * (3 - place))
    return _dotted(value)


def _dotted(value: int) -> bytes:
    return b".".join(b"%d" % byte for byte in value.to_bytes(_IPV4_PARTS, "big"))


# --- path and query ---------------------------------------------------------------------------------


def _path(path: bytes) -> bytes:
    """Dots resolved, slashes single, without session id and last slash."""
    kept: list[bytes] = []
    for part in _decoded(path).split(b"/")[1:]:
        if part == b"..":
            # What goes above the root is kept once, as the others keep it.
            kept.pop() if kept else kept.append(part)
        elif part != b".":
            kept.append(part)
    path = _escape(re.sub(rb"/+", b"/", b"/" + b"/".join(kept)))
    return _without_session(path).removesuffix(b"/")


def _without_session(path: bytes) -> bytes:
    for session in _PATH_SESSIONS:
        path = session.sub(rb"\1\2", path)
    return path


def _query(query: bytes) -> bytes:
    """With its question mark; decoded first, so that an escaped ampersand parts two arguments."""
    query = _canonical(query)
    for session in _QUERY_SESSIONS:
        query = session.sub(rb"\1\2", query)
    if not query:
        return b""
    pairs = [pair.split(b"=", 1) for pair in query.lower().split(b"&")]
    return b"?" + b"&".join(b"=".join(pair) for pair in sorted(pairs))


def _canonical(text: bytes) -> bytes:
    return _escape(_decoded(text))


def _decoded(text: bytes) -> bytes:
    """Percent-decoded until nothing is left to decode."""
    while _ESCAPE.search(text):
        text = unquote_to_bytes(text)
    return text


def _escape(text: bytes) -> bytes:
    return _TO_ESCAPE.sub(_escaped, text)


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"%%%02x" % found[0][0]
