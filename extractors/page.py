"""One downloaded page, parsed once: its tree, and what its scripts say about it.

Every step is bounded, because the bytes come from anywhere: the size of the body, of each script that is
read, and the number of JSON-LD objects. trafilatura's regular expression needs 16 s for a 33 kB JSON-LD
string without end; `json.loads` refuses it at once.
"""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from extractors.article import PageKind, Verdict

MAX_BODY = 16 * 2**20
_MAX_SCRIPT = 256 * 2**10
_MAX_OBJECTS = 200

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/octet-stream")
_FOREIGN_BYTES = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF")
_TAG = re.compile(rb"<\s*[a-zA-Z!?]")
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_WAYBACK = re.compile(
    r"(?:https?:)?(?://web\.archive\.org(?::\d+)?)?/web/(\d{4,14})(?:[a-z]{2}_)?/(?=https?:)", re.IGNORECASE
)
_DATA_LAYER = re.compile(
    r"""['"](\w{2,30})['"]\s*:\s*(['"])(.{0,500}?)\2\s*(?=,\s*['"/]|,?\s*[}\n\r]|,\s*$)"""
)
_BRAND_SAFETY = re.compile(
    r"keywordBrandSafety\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|`([^`]*)`)", re.DOTALL
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("windows-1252", "replace"), error.end


# Each byte that is not UTF-8 is read as Windows-1252: one rule for old pages, broken and mixed ones.
codecs.register_error("kliping.windows-1252", _as_windows_1252)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page. `json_ld` are its objects, `@graph` and lists laid flat."""

    url: str
    captured_at: datetime
    tree: HtmlElement
    json_ld: tuple[Mapping[str, object], ...] = ()
    data_layer: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)
    brand_safety: str | None = None
    canonical: str | None = None
    title: str = ""
    size: int = 0
    cut: bool = False
    """Whether the parser stopped before the end, because elements are nested too deeply."""

    def absolute(self, link: str) -> str | None:
        """A link of the page as an address, out of the Wayback Machine's wrapping; None if it is none."""
        return absolute(self.url, link)


def absolute(base: str, link: str) -> str | None:
    """A link found on `base` as an address; None if it leads nowhere on the web."""
    try:
        address = urljoin(base, unwrap(link.strip()))
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def unwrap(url: str) -> str:
    """The address inside an address of the Wayback Machine."""
    return _WAYBACK.sub("", url, count=1) if "/web/" in url[:60] else url


def wayback_moment(url: str) -> datetime | None:
    """When the Wayback Machine captured what stands at one of its addresses; None for any other address."""
    found = _WAYBACK.match(url)
    if found is None:
        return None
    stamp = found[1] + "00000101000000"[len(found[1]) :]
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def parse(body: bytes, *, url: str, captured_at: datetime, content_type: str | None = None) -> Page | Verdict:
    """The page, or the verdict on bytes that are none. Raises nothing."""
    refusal = _refuse(body, content_type)
    if refusal is not None:
        return refusal
    # huge_tree: libxml2 then reads 2,048 levels instead of 256 before it leaves the rest of a page.
    parser = HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        tree = document_fromstring(as_utf8(body, content_type), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError, TypeError) as error:
        return Verdict(kind=PageKind.UNREADABLE, reason=f"no HTML tree: {type(error).__name__}")
    last = parser.error_log.last_error
    page = _page(tree, url, captured_at, len(body))
    return replace(page, cut=True) if last is not None and "Excessive depth" in last.message else page


def _refuse(body: bytes, content_type: str | None) -> Verdict | None:
    if not body or body.isspace():
        return Verdict(kind=PageKind.UNREADABLE, reason="empty body")
    if len(body) > MAX_BODY:
        return Verdict(kind=PageKind.UNREADABLE, reason="larger than the size limit")
    media_type = (content_type or "text/html").partition(";")[0].strip().lower()
    if media_type and media_type not in _HTML_TYPES:
        return Verdict(kind=PageKind.NOT_HTML, reason=f"content type {media_type[:60]}")
    if body.startswith(_FOREIGN_BYTES) or _TAG.search(body[: 2**16].replace(b"\0", b"")) is None:
        return Verdict(kind=PageKind.NOT_HTML, reason="the bytes are not HTML")
    return None


def as_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """The page in UTF-8 without control characters. A declared charset counts only if it fits."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body.decode("utf-16", "replace").encode("utf-8", "replace")
    clean = body.removeprefix(codecs.BOM_UTF8).translate(None, _CONTROLS)
    declared = _declared(clean, content_type)
    if declared is not None and declared not in _LATIN:
        try:
            return body.decode(declared).encode("utf-8").translate(None, _CONTROLS)
        except (LookupError, ValueError):
            pass
    try:
        clean.decode("utf-8")
    except UnicodeDecodeError:
        return clean.decode("utf-8", "kliping.windows-1252").encode("utf-8")
    return clean


def _declared(body: bytes, content_type: str | None) -> str | None:
    for place in ((content_type or "").encode("ascii", "ignore"), body[:4096]):
        match = _DECLARED.search(place)
        if match is not None:
            return match[1].decode("ascii").lower()
    return None


# HTML reads the labels of ISO-8859-1 and ASCII as Windows-1252 (https://encoding.spec.whatwg.org/).
_LATIN = frozenset(
    {"utf-8", "utf8", "iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252", "cp1252"}
)


def _page(tree: HtmlElement, url: str, captured_at: datetime, size: int) -> Page:
    json_ld: list[Mapping[str, object]] = []
    data_layer: dict[str, str] = {}
    brand_safety: str | None = None
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" in (script.get("type") or "").lower():
            json_ld.extend(_objects(text))
        elif not data_layer and "dataLayer" in text and "[{" in "".join(text[:4000].split()):
            data_layer = _read_data_layer(text)
        if brand_safety is None and "keywordBrandSafety" in text:
            brand_safety = _read_brand_safety(text)
    canonical = next((link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"), None)
    return Page(
        url=url,
        captured_at=captured_at,
        tree=tree,
        json_ld=tuple(json_ld[:_MAX_OBJECTS]),
        data_layer=data_layer,
        meta=_meta(tree),
        brand_safety=brand_safety,
        canonical=absolute(url, canonical) if canonical else None,
        title=_title(tree),
        size=size,
    )


def _title(tree: HtmlElement) -> str:
    title = next(tree.iter("title"), None)
    return fold(title.text_content())[:1000] if title is not None else ""


def _meta(tree: HtmlElement) -> dict[str, str]:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name")
        if name and meta.get("content"):
            values.setdefault(name.lower(), meta.get("content") or "")
    return values


def _objects(text: str) -> list[Mapping[str, object]]:
    """The objects of one JSON-LD script; none when it is too large or not JSON."""
    if len(text) > _MAX_SCRIPT:
        return []
    text = text.strip().removeprefix("//<![CDATA[").removesuffix("//]]>").strip().rstrip(";")
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return list(_flatten(json.loads(candidate, strict=False), 0))
        except (ValueError, RecursionError):
            continue
    return []


def _flatten(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value[:_MAX_OBJECTS]:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        if "@graph" in value:
            yield from _flatten(value["@graph"], depth + 1)


def _read_data_layer(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, _, value in _DATA_LAYER.findall(text[: 20 * 2**10])}


def _read_brand_safety(text: str) -> str | None:
    match = _BRAND_SAFETY.search(text[:_MAX_SCRIPT])
    if match is None:
        return None
    value = match[1] or match[2] or match[3] or ""
    return fold(html.unescape(value.replace("\\n", " ").replace("\\r", " ").replace("\\", ""))) or None


_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


def fold(text: str) -> str:
    """Text as a reader sees it on one line: white space folded, invisible characters gone."""
    return " ".join(_ZERO_WIDTH.sub("", text).split())
