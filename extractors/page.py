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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import unquote, urljoin

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
# What says something about the page, wherever it stands.
_TELLING = ("script", "link", "meta", "base", "title", "img")
_FIRST_IMAGES = 50
# Elements whose text goes on to the end of the page when they are not closed.
_SWALLOWS = frozenset({"script", "style", "textarea", "title", "plaintext", "xmp", "iframe", "noframes"})
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_WAYBACK = re.compile(
    r"(?:https?:)?(?://web\.archive\.org(?::\d+)?)?/web/(\d{4,14})(?:[a-z]{2}_)?/(?=https?:)", re.IGNORECASE
)
# Other replay tools (pywb, ArchiveWeb.page) rewrite alike, under the name of a collection.
_REPLAYED = re.compile(r"(?:https?://[^/\s]+)?/[\w-]+/\d{14}(?:[a-z]{2}_)?/(?=https?:)", re.IGNORECASE)
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://\S+)", re.IGNORECASE)
_SAVED_FILE = re.compile(r"^(?!https?:)[^?#]*_files/([^/?#]+)$", re.IGNORECASE)
# Joining leaves such an address as it is.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]+)?/[\w/.,~+=@%-]*(?:\?[\w/.,~+=@%&-]+)?", re.ASCII
)
_PICTURE = re.compile(r"https?://[^\s\"'<>]+?\.(?:jpe?g|png|webp|avif|gif)(?=[?\"'\s<>]|$)", re.IGNORECASE)
_MAX_PICTURES = 2000
_MAX_LICENSES = 5
_DATA_LAYER = re.compile(
    r"""['"](\w{2,30})['"]\s*:\s*(['"])(.{0,500}?)\2\s*(?=,\s*['"/]|,?\s*[}\n\r]|,\s*$)"""
)
_BRAND_SAFETY = re.compile(
    r"keywordBrandSafety\s*=\s*"
    r"(?:\"([^\"\\]*(?:\\.[^\"\\]*)*)\"|'([^'\\]*(?:\\.[^'\\]*)*)'|`([^`]*)`)",
    re.DOTALL,
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
    licenses: tuple[str, ...] = ()
    """The addresses of its license links, as they stand there."""
    base: str | None = None
    """What the page's `base` element says its links begin at."""
    saved_from: str | None = None
    """Where a browser that saved the page had it from."""
    originals: Mapping[str, str] = field(default_factory=dict)
    """The addresses of the pictures that a browser saved beside the page, by file name."""

    def absolute(self, link: str) -> str | None:
        """A link of the page as an address, out of the Wayback Machine's wrapping; None if it is none, or a
        file that a browser saved and the page does not say from where.
        """
        saved = _SAVED_FILE.match(link)
        if saved is not None:
            return self.originals.get(unquote(saved[1]))
        return absolute(self.base or self.url, link)


def absolute(base: str, link: str) -> str | None:
    """A link found on `base` as an address; None if it leads nowhere on the web."""
    link = unwrap(link.strip())
    if _PLAIN_ADDRESS.fullmatch(link) and (_PLAIN_ADDRESS.fullmatch(base) or _can_be_joined(base)):
        return link
    try:
        address = urljoin(base, link)
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def _can_be_joined(base: str) -> bool:
    """Whether links on a page of this address are addresses at all."""
    try:
        urljoin(base, "http://example.org/")
    except ValueError:
        return False
    return True


def unwrap(url: str) -> str:
    """The address inside an address of the Wayback Machine, or of another tool that replays archives."""
    if "/http" not in url[8:200]:
        return url
    return _REPLAYED.sub("", _WAYBACK.sub("", url, count=1), count=1)


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
    return _page(tree, url, captured_at, len(body), _cut(parser, tree))


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
    if body.startswith(_FOREIGN_BYTES) or not _has_tag(body):
        return Verdict(kind=PageKind.NOT_HTML, reason="the bytes are not HTML")
    if _XML.match(body[:100]) and _HTML_ELEMENT.search(body[: 2**16]) is None:
        return Verdict(kind=PageKind.NOT_HTML, reason="the bytes are XML")
    return None


def _has_tag(body: bytes) -> bool:
    """Whether a tag begins among the first bytes, also one that has zeros in it as in UTF-16."""
    return bool(_TAG.search(body, 0, 2**16) or _TAG.search(body[: 2**16].replace(b"\0", b"")))


def as_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """The page in UTF-8 without control characters. A declared charset counts only if it fits."""
    wide = _wide_coding(body)
    if wide is not None:
        body = body.decode(wide, "replace").encode("utf-8", "replace")
    clean = _without_controls(body.removeprefix(codecs.BOM_UTF8))
    declared = _declared(clean, content_type)
    if wide is None and declared is not None and _OTHER_CHARSET.fullmatch(declared):
        try:
            return body.decode(declared).encode("utf-8").translate(None, _CONTROLS)
        except (LookupError, ValueError):
            pass
    try:
        clean.decode("utf-8")
    except UnicodeDecodeError:
        mixed = clean.decode("utf-8", "replace").count("\ufffd") <= _MAX_BROKEN
        text = clean.decode("utf-8", "kliping.windows-1252") if mixed else clean.decode("cp1252", "replace")
        clean = text.encode("utf-8")
    return _MOJIBAKE.sub(_decode_again, clean) if _can_hold_mojibake(clean) else clean


def _can_hold_mojibake(text: bytes) -> bool:
    """Whether to look for what was read as Windows-1252: the pattern tries each byte, and mostly a letter or
    two are there that begin alike.
    """
    place = text.find(b"\xc3")
    for _ in range(_FEW_LETTERS):
        if place < 0 or text[place + 1 : place + 2] in _MOJIBAKE_SECOND:
            break
        place = text.find(b"\xc3", place + 1)
    return place >= 0


def _without_controls(body: bytes) -> bytes:
    """The bytes without control characters; mostly there are none, and the page is not copied."""
    return body.translate(None, _CONTROLS) if any(control in body for control in _CONTROLS) else body


def _wide_coding(body: bytes) -> str | None:
    """UTF-16 by its mark, or by the zeros of its first characters."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = body[:64].lstrip(b"\r\n\t ")
    if head[1:8:2] == b"\0\0\0\0":
        return "utf-16-le"
    return "utf-16-be" if head[0:7:2] == b"\0\0\0\0" else None


def _declared(body: bytes, content_type: str | None) -> str | None:
    for place in ((content_type or "").encode("ascii", "ignore"), body[:4096]):
        match = _DECLARED.search(place)
        if match is not None:
            return match[1].decode("ascii").lower()
    return None


# The labels of https://encoding.spec.whatwg.org/ that mean another coding than UTF-8 and Windows-1252. HTML
# reads ISO-8859-1 and ASCII as Windows-1252, and a page that names UTF-16 in its own ASCII as UTF-8.
_OTHER_CHARSET = re.compile(
    r"iso-?8859-(?:[2-8]|1[0-6])|(?:windows|cp)-?(?:874|125[0-13-8])|koi8-[ru]|macintosh|ibm866|big5(?:-hkscs)?"
    r"|gb(?:k|2312|18030)|euc-(?:jp|kr)|shift[_-]jis|iso-2022-jp"
)
# UTF-8 that was read as Windows-1252 and written as UTF-8 again: "â€œ" for a quotation mark, "Ã©" for é.
_MOJIBAKE = re.compile(
    rb"(?:\xc3\xa2(?:\xe2[\x80-\x84][\x80-\xbf]|\xc2[\x80-\xbf]){1,2}"
    rb"(?:\xe2[\x80-\x84][\x80-\xbf]|\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xcb[\x86\x9c]|\xef\xbf\xbd)"
    rb"|\xc3[\x82\x83](?:\xc2[\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]))"
)


_MOJIBAKE_SECOND = (b"\xa2", b"\x82", b"\x83")
_FEW_LETTERS = 20
_LOST_QUOTE = "â€\ufffd".encode()


def _decode_again(match: re.Match[bytes]) -> bytes:
    """The character that three were, or the three as they stand. Of the quotation marks only the closing one
    has a byte that Windows-1252 cannot read.
    """
    if match[0] == _LOST_QUOTE:
        return "”".encode()
    try:
        narrow = b"".join(_narrow(letter) for letter in match[0].decode("utf-8"))
        return narrow.decode("utf-8").encode("utf-8")
    except UnicodeError:
        return match[0]


def _narrow(letter: str) -> bytes:
    """Windows-1252 leaves five bytes without a letter; programs pass them on as they are."""
    return letter.encode("latin-1") if ord(letter) < 256 else letter.encode("windows-1252")


def _page(tree: HtmlElement, url: str, captured_at: datetime, size: int, cut: str) -> Page:
    told: dict[str, list[HtmlElement]] = {tag: [] for tag in _TELLING}
    for node in tree.iter(*_TELLING):
        told[node.tag].append(node)
    json_ld, data_layer, brand_safety = _scripts(told["script"])
    canonical = next((link.get("href") for link in told["link"] if link.get("rel") == "canonical"), None)
    licenses = (link.get("href") for link in told["link"] if link.get("rel") == "license")
    base = next((href for node in told["base"] if (href := node.get("href"))), None)
    saved_from = _saved_from(tree)
    is_saved = saved_from is not None or _holds_saved_files(told["img"])
    return Page(
        url=url,
        base=absolute(saved_from or url, base) if base else saved_from,
        saved_from=saved_from,
        originals=_originals(tree) if is_saved else {},
        captured_at=captured_at,
        tree=tree,
        json_ld=json_ld,
        data_layer=data_layer,
        meta=_meta(told["meta"]),
        brand_safety=brand_safety,
        canonical=absolute(url, canonical) if canonical else None,
        title=fold(told["title"][0].text_content())[:1000] if told["title"] else "",
        size=size,
        cut=cut,
        licenses=tuple(filter(None, islice(licenses, _MAX_LICENSES))),
    )


def _scripts(
    scripts: Iterable[HtmlElement],
) -> tuple[tuple[Mapping[str, object], ...], dict[str, str], str | None]:
    """What scripts say: the objects of JSON-LD, the data layer, and the page's own plain text."""
    json_ld: list[Mapping[str, object]] = []
    data_layer: dict[str, str] = {}
    brand_safety: str | None = None
    for script in scripts:
        text = script.text or ""
        if "ld+json" in (script.get("type") or "").lower():
            json_ld.extend(_objects(text))
        elif not data_layer and "dataLayer" in text and "[{" in "".join(text[:4000].split()):
            data_layer = _read_data_layer(text)
        if brand_safety is None and "keywordBrandSafety" in text:
            brand_safety = _read_brand_safety(text)
    return tuple(json_ld[:_MAX_OBJECTS]), data_layer, brand_safety


def _saved_from(tree: HtmlElement) -> str | None:
    """The address in the comment that browsers write above a page that they save."""
    for comment in (*tree.itersiblings(preceding=True), *tree[:3]):
        if not isinstance(comment.tag, str):
            match = _SAVED_FROM.search(comment.text or "")
            if match is not None:
                return unwrap(match[1])
    return None


def _holds_saved_files(images: list[HtmlElement]) -> bool:
    return any(_SAVED_FILE.match(image.get("src") or "") for image in images[:_FIRST_IMAGES])


def _originals(tree: HtmlElement) -> dict[str, str]:
    """The pictures' addresses that a saved page still names: in links, meta tags, scripts and lazy images."""
    found: dict[str, str] = {}
    for node in tree.iter("a", "meta", "link", "img", "source", "script"):
        texts = (node.text or "")[:_MAX_SCRIPT] if node.tag == "script" else " ".join(map(str, node.values()))
        if "http" in texts:
            for match in _PICTURE.finditer(texts.replace("\\/", "/")):
                found.setdefault(unquote(match[0].rsplit("/", 1)[-1]), unwrap(match[0]))
        if len(found) > _MAX_PICTURES:
            break
    return found


def _meta(nodes: Iterable[HtmlElement]) -> dict[str, str]:
    values: dict[str, str] = {}
    for meta in nodes:
        name = meta.get("property") or meta.get("name")
        if name and (content := meta.get("content")):
            values.setdefault(name.lower(), content)
    return values


def _objects(text: str) -> list[Mapping[str, object]]:
    """The objects of one JSON-LD script; none when it is too large or not JSON."""
    if len(text) > _MAX_SCRIPT:
        return []
    text = text.strip().removeprefix("//<![CDATA[").removesuffix("//]]>").strip().rstrip(";")
    for mend in (str, _without_trailing_commas):
        candidate = mend(text)
        try:
            return list(_flatten(_without_surrogates(json.loads(candidate, strict=False), candidate), 0))
        except (ValueError, RecursionError):
            continue
    return []


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


def _without_surrogates(value: object, text: str) -> object:
    r"""The value without halves of surrogate pairs ("\\ud800"): they cannot be written as UTF-8."""
    if "\\u" not in text or _SURROGATE.search(text) is None:
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
    return " ".join((text if text.isascii() else _ZERO_WIDTH.sub("", text)).split())
