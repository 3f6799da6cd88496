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
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction, document_fromstring

from extractors.article import PageKind, Verdict

MAX_BODY = 16 * 2**20
# The largest of 95 pages of many sites has 3,830; libxml2 needs the square of the elements for
# some expressions.
_MAX_TAGS = 60_000
# An attribute longer than this says nothing that we read, and patterns of others can spend seconds on it.
_MAX_ATTRIBUTE = 2**16
# With more bytes than these that are no UTF-8, none of the page is.
_MAX_BROKEN = 20_000
_MAX_SCRIPT = 256 * 2**10
_MAX_OBJECTS = 200

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/octet-stream")
_FOREIGN_BYTES = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF")
_TAG = re.compile(rb"<\s*[a-zA-Z!?]")
_XML = re.compile(rb"\s*<\?xml\b")
_HTML_ELEMENT = re.compile(rb"<\s*(?:html|head|body|div|h1)\b|<!doctype\s+html", re.IGNORECASE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
# Elements whose text goes on to the end of the page when they are not closed.
_SWALLOWS = frozenset({"script", "style", "textarea", "title", "plaintext", "xmp", "iframe", "noframes"})
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


# lxml.html asks a Python function for the class of each element; all that we need is that of any element.
_CLASSES = etree.ElementDefaultClassLookup(
    element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("windows-1252", "replace"), error.end


# Each byte that is not UTF-8 is read as Windows-1252: one rule for old pages, broken and mixed ones.
codecs.register_error("kliping.windows-1252", _as_windows_1252)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page. `json_ld` are its objects, `@graph` and lists laid flat. `cut` says why part of the page
    is not in the tree; empty when all of it is.
    """

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
    cut: str = ""

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
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = document_fromstring(as_utf8(body, content_type), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError, TypeError) as error:
        return Verdict(kind=PageKind.UNREADABLE, reason=f"no HTML tree: {type(error).__name__}")
    if _has_long_run(body):
        _shorten_attributes(tree)
    return replace(_page(tree, url, captured_at, len(body)), cut=_cut(parser, tree))


def _cut(parser: etree.HTMLParser, tree: HtmlElement) -> str:
    """Why the parser has left out part of the page. libxml2 stops at 2,048 levels; an
    element without end has the rest of the page as its text.
    """
    error = parser.error_log.last_error
    if error is not None and error.level == etree.ErrorLevels.FATAL:
        return "nested too deeply" if "depth" in error.message else "one text is too long"
    last = tree
    while len(last):
        last = last[-1]
    swallows = last.tag is etree.Comment or last.tag in _SWALLOWS
    if swallows and not last.tail and (last.text or "")[-200:].rstrip().lower().endswith("</html>"):
        return "an element without end holds the rest of the page"
    return ""


def _has_long_run(body: bytes) -> bool:
    """Whether somewhere no tag ends for so long that an attribute can be too long."""
    steps = range(0, len(body) - _MAX_ATTRIBUTE, _MAX_ATTRIBUTE // 2)
    return any(body.find(b">", start, start + _MAX_ATTRIBUTE // 2) < 0 for start in steps)


def _shorten_attributes(tree: HtmlElement) -> None:
    for node in tree.iter(etree.Element):
        for name in [name for name, value in node.attrib.items() if len(value) > _MAX_ATTRIBUTE]:
            del node.attrib[name]


def _refuse(body: bytes, content_type: str | None) -> Verdict | None:
    if not body or body.isspace():
        return Verdict(kind=PageKind.UNREADABLE, reason="empty body")
    if len(body) > MAX_BODY:
        return Verdict(kind=PageKind.UNREADABLE, reason="larger than the size limit")
    if body.count(b"<") > _MAX_TAGS:
        return Verdict(kind=PageKind.UNREADABLE, reason="more tags than a page has")
    media_type = (content_type or "text/html").partition(";")[0].strip().lower()
    if media_type and media_type not in _HTML_TYPES:
        return Verdict(kind=PageKind.NOT_HTML, reason=f"content type {media_type[:60]}")
    if body.startswith(_FOREIGN_BYTES) or _TAG.search(body[: 2**16].replace(b"\0", b"")) is None:
        return Verdict(kind=PageKind.NOT_HTML, reason="the bytes are not HTML")
    if _XML.match(body[:100]) and _HTML_ELEMENT.search(body[: 2**16]) is None:
        return Verdict(kind=PageKind.NOT_HTML, reason="the bytes are XML")
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
        mixed = clean.decode("utf-8", "replace").count("\ufffd") <= _MAX_BROKEN
        text = clean.decode("utf-8", "kliping.windows-1252") if mixed else clean.decode("cp1252", "replace")
        return text.encode("utf-8")
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
            return list(_flatten(_without_surrogates(json.loads(candidate, strict=False), candidate), 0))
        except (ValueError, RecursionError):
            continue
    return []


def _without_surrogates(value: object, text: str) -> object:
    r"""The value without halves of surrogate pairs ("\\ud800"): they cannot be written as UTF-8."""
    if _SURROGATE.search(text) is None:
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


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
