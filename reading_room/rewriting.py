"""An archived page and its style sheets, made fit to be shown in a frame of ours. Pure: text in, text out.

What runs, sends or loads by itself is taken out; pictures and style sheets lead to our own copies or nowhere;
links lead to articles of the collection or nowhere. The frame's Content-Security-Policy would forbid all of
the former anyway, whatever a parser here and one in a browser make of the same bytes: this module is there
so that a page *looks* as it did, the policy so that nothing else can happen.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

MAX_PAGE = 6 << 20
"""Bytes of a page that is rewritten; news pages have some 200 kB."""
_LONGEST_ADDRESS = 2000
_MAX_SRCSET = 40
_MOST_IMAGES = 4000
_LOSES = "kliping-lost"
"""The name of elements that go when all have been looked at; one by one that is quadratic."""

_GONE = frozenset(
    {"script", "iframe", "frame", "frameset", "noframes", "object", "applet", "param", "base", "meta"}
    | {"template", "portal", "fencedframe", "audio", "video", "canvas", "dialog", "math"}
    # of drawings
    | {"use", "animate", "animatemotion", "animatetransform", "set", "foreignobject", "handler", "listener"}
)
"""Elements that go with all that is in them."""
_UNWRAPPED = frozenset({"embed", "track", "source", "image", "keygen", "slot"})
"""Elements that go by themselves: libxml2 takes what follows those that have no end for what is in them."""
_KEPT_ATTRIBUTES = frozenset(
    {"class", "id", "style", "lang", "dir", "title", "alt", "width", "height", "align", "valign", "bgcolor"}
    | {"color", "face", "size", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "headers"}
    | {"scope", "span", "start", "value", "reversed", "type", "datetime", "label", "role", "open", "hidden"}
    | {"itemprop", "itemscope", "itemtype", "rel", "for", "name", "placeholder", "rows", "cols", "wrap"}
    | {"nowrap", "hspace", "vspace", "clear", "noshade", "media"}
    # of drawings
    | {"viewbox", "xmlns", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"}
    | {"points", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"}
    | {"fill-rule", "clip-rule", "opacity", "transform", "preserveaspectratio", "version"}
)
_RENAMED = {"form": "div", "picture": "span"}
_CONTROLS = frozenset({"input", "button", "select", "textarea", "option", "optgroup"})
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
"""Where scripts find the address that a placeholder stands for."""
# The `+` behind each quantifier keeps these linear also over a style sheet that is made to take long.
_STYLE_URL = re.compile(
    r"""url\(\s*+(?:"([^"\n]{0,4000}+)"|'([^'\n]{0,4000}+)'|([^"'()\s]{0,4000}+))\s*+\)""", re.IGNORECASE
)
_IMPORT = re.compile(
    r"""@import\s++(?:url\(\s*+)?+(?:"([^"\n]{0,4000}+)"|'([^'\n]{0,4000}+)'|([^"'()\s;]{1,4000}+))\s*+\)?([^;{}]{0,400});?""",
    re.IGNORECASE,
)
_BARE_ADDRESS = re.compile(
    r"""(?<=[(,\s])(?:"\s*(?:https?:)?//[^"\n]{0,4000}"|'\s*(?:https?:)?//[^'\n]{0,4000}')(?=[\s,)])"""
)
"""A string that `image-set()` takes for an address."""
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CSS_CHARSET = re.compile(rb'@charset "([A-Za-z0-9_-]{1,40})"')
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_LOOKED_AT = 4096
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|svg\+xml|avif)[;,]", re.IGNORECASE)
_LOST = (
    "[data-kliping-lost]{cursor:not-allowed}"
    "img[data-kliping-lost]{outline:1px dashed #888;outline-offset:-1px;min-width:3em;min-height:1.5em;"
    "font:12px/1.4 sans-serif;color:#555}"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Addresses that a page names: what it loads to look as it does, and where its links lead."""

    parts: tuple[str, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Where the room has copies: of pictures and style sheets, and of the articles that links lead to.

    `lost` is what a link says that leads nowhere.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    lost: str = ""


class ArchivedPage:
    """A page as the server sent it, parsed once: first it says what it wants, then it is rewritten."""

    def __init__(self, body: bytes, content_type: str | None, url: str) -> None:
        self._tree = _parse(as_text(body, content_type))
        base = self._tree.find(".//base[@href]")
        self._base = absolute(url, base.get("href", "")) or url if base is not None else url
        self._doctype = self._tree.getroottree().docinfo.doctype
        self._images: list[tuple[HtmlElement, list[str]]] = []
        self._sheets: list[tuple[HtmlElement, str]] = []
        self._links: list[tuple[HtmlElement, str | None]] = []
        self._sets: dict[HtmlElement, list[str]] = {}
        self._noted: set[str] = set()
        self._spare = {image for aside in self._tree.iter("noscript") for image in aside.iter("img")}
        self._clean()

    @property
    def wanted(self) -> Wanted:
        parts = [url for _, urls in self._images for url in urls]
        parts += [url for _, url in self._sheets]
        for _, text in self._styles():
            parts += style_addresses(text, self._base)
        links = [url for _, url in self._links if url is not None]
        return Wanted(tuple(dict.fromkeys(parts)), tuple(dict.fromkeys(links)))

    def count(self, copies: Copies) -> tuple[int, int]:
        """How many of its pictures and style sheets are there, and how many it has in all."""
        there = sum(any(url in copies.parts for url in urls) for _, urls in self._images if urls)
        there += sum(url in copies.parts for _, url in self._sheets)
        return there, sum(1 for _, urls in self._images if urls) + len(self._sheets)

    def rewritten(self, copies: Copies) -> str:
        """The page with these copies in place. It can be asked for once: the tree is changed."""
        for image, urls in self._images:
            _show_image(image, next((copies.parts[url] for url in urls if url in copies.parts), None))
        for sheet, url in self._sheets:
            if url in copies.parts:
                sheet.set("href", copies.parts[url])
            else:
                sheet.tag = _LOSES
        _strip(self._tree, _LOSES)
        for element, text in list(self._styles()):
            _set_style(element, rewritten_style(text, self._base, copies.parts))
        for link, address in self._links:
            _lead(link, copies.links.get(address) if address else None, copies.lost)
        self._add_head()
        text = etree.tostring(self._tree, encoding="unicode", method="html")
        return f"{self._doctype}\n{text}" if self._doctype else text

    # --- taking apart -----------------------------------------------------------------------------

    def _clean(self) -> None:
        _strip(self._tree, etree.Comment, etree.ProcessingInstruction)
        for picture in self._tree.iter("picture"):
            if next(picture.iterancestors("picture"), None) is not None:
                continue
            sets = (one.get("srcset") or one.get("data-srcset", "") for one in picture.iter("source"))
            found = list(_srcset(", ".join(islice(filter(None, sets), _MAX_SRCSET))))
            self._sets |= dict.fromkeys(picture.iter("img"), found)
        _strip(self._tree, *_GONE)
        etree.strip_tags(self._tree, *_UNWRAPPED)
        for element in list(self._tree.iter(etree.Element)):
            self._take(element, str(element.tag).lower())
        _strip(self._tree, _LOSES)
        etree.strip_tags(self._tree, "noscript")  # browsers show what is in it where scripts are off, as here

    def _take(self, element: HtmlElement, tag: str) -> None:
        """Note what an element wants, and leave it the attributes that only describe."""
        if tag in {"img", "amp-img"}:
            self._note_image(element)
        elif tag == "link":
            self._note_sheet(element)
        elif tag in {"a", "area"}:
            self._note_link(element)
        elif element.get("background"):
            url = absolute(self._base, element.get("background", ""))
            if url is not None:
                element.set("style", f"background-image:url('{url}');{element.get('style', '')}")
        _keep_attributes(element)
        if tag in _CONTROLS:
            element.set("disabled", "disabled")
        if tag in _RENAMED:
            element.tag = _RENAMED[tag]

    def _note_image(self, element: HtmlElement) -> None:
        raw = [element.get(name, "") for name in (*_LAZY, "src")]
        raw += list(_srcset(element.get("data-srcset", "") or element.get("srcset", "")))
        raw += self._sets.get(element, ())
        inline = next((text for text in raw if _DATA_IMAGE.match(text.strip())), None)
        urls = [url for text in raw if text and (url := absolute(self._base, text)) is not None]
        is_spare = element in self._spare and not self._noted.isdisjoint(urls)
        if is_spare or len(self._images) >= _MOST_IMAGES:
            element.tag = _LOSES  # spare is what a script would have put in place of the one before it
            return
        self._noted.update(urls)
        element.tag = "img"
        for name in ("src", "srcset", "data-kliping-inline"):
            element.attrib.pop(name, None)
        if inline is not None:
            element.set("data-kliping-inline", inline.strip())
        self._images.append((element, list(dict.fromkeys(urls))))

    def _note_sheet(self, element: HtmlElement) -> None:
        kinds = element.get("rel", "").lower().split()
        url = absolute(self._base, element.get("href", ""))
        if "stylesheet" not in kinds or "alternate" in kinds or url is None:
            element.tag = _LOSES
            return
        media = element.get("media", "")
        element.attrib.clear()
        element.set("rel", "stylesheet")
        if media and not element.get("onload"):
            element.set("media", media)
        self._sheets.append((element, url))

    def _note_link(self, element: HtmlElement) -> None:
        href = element.get("href")
        element.attrib.pop("href", None)
        if href is None:
            return
        if href.strip().startswith("#"):
            element.set("href", href.strip())
            return
        self._links.append((element, absolute(self._base, href)))

    def _styles(self) -> Iterator[tuple[HtmlElement, str]]:
        """Elements with CSS of their own: `style` elements by their text, others by their attribute."""
        for element in self._tree.iter(etree.Element):
            if element.tag == "style":
                yield element, element.text or ""
            elif "style" in element.attrib:
                yield element, element.get("style", "")

    def _add_head(self) -> None:
        head = self._tree.find("head")
        if head is None:
            head = etree.Element("head")
            self._tree.insert(0, head)
        charset = etree.Element("meta")
        charset.set("charset", "utf-8")
        head.insert(0, charset)
        icon = etree.Element("link")  # else a browser asks for /favicon.ico
        icon.set("rel", "icon")
        icon.set("href", "data:,")
        head.insert(1, icon)
        style = etree.SubElement(head, "style")
        style.text = _LOST


def _parse(text: str) -> HtmlElement:
    """The tree. libxml2 reads 2,048 levels and leaves what is deeper, and never raises on what it gets."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    content = text.encode("utf-8", "replace").replace(b"\0", b"")
    tree = etree.fromstring(content, parser) if content.strip() else None
    if tree is None:
        tree = etree.fromstring(b"<html><body></body></html>", parser)
    assert isinstance(tree, HtmlElement)
    return tree


def _keep_attributes(element: HtmlElement) -> None:
    for name in list(element.attrib):
        plain = str(name).lower()
        described = plain in _KEPT_ATTRIBUTES or plain.startswith(("aria-", "data-"))
        placed = plain == "href" and str(element.tag).lower() in {"a", "area", "link"}
        if not (described or placed):
            del element.attrib[name]


def _show_image(image: HtmlElement, copy: str | None) -> None:
    inline = image.attrib.pop("data-kliping-inline", None)
    if copy is not None:
        image.set("src", copy)
    elif inline is not None:
        image.set("src", str(inline))
    else:
        image.set("data-kliping-lost", "")


def _lead(link: HtmlElement, copy: str | None, lost: str) -> None:
    if copy is not None:
        link.set("href", copy)
        link.set("target", "_top")
        return
    link.set("data-kliping-lost", "")
    if lost and not link.get("title"):
        link.set("title", lost)


def _set_style(element: HtmlElement, text: str) -> None:
    if element.tag == "style":
        element.text = text.replace("</", "<\\/")
    else:
        element.set("style", text)


def _strip(tree: HtmlElement, *names: object) -> None:
    """Take such elements out with all that is in them, and leave the text behind them."""
    etree.strip_elements(tree, *names, with_tail=False)


def _srcset(value: str) -> Iterator[str]:
    """The addresses of a srcset, the largest first (they are mostly in rising order)."""
    found = [item.split()[0] for item in re.split(r",\s+|,$", value[:20_000]) if item.split()]
    yield from reversed(found[:_MAX_SRCSET])


# --- addresses ----------------------------------------------------------------------------------------


def absolute(base: str, link: str) -> str | None:
    """A link of a page as an http address without fragment, as browsers read it; None for all others."""
    text = link.strip(" \t\r\n\f").replace("\t", "").replace("\n", "").replace("\r", "")
    if not text or len(text) > _LONGEST_ADDRESS:
        return None
    try:
        url = urljoin(base, text).partition("#")[0]
        parts = urlsplit(url)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return url.replace(" ", "%20") if named else None


# --- style sheets -------------------------------------------------------------------------------------


def style_addresses(text: str, base: str) -> list[str]:
    """What a style sheet loads, in order."""
    found = []
    for pattern in (_IMPORT, _STYLE_URL):
        for match in pattern.finditer(text):
            url = absolute(base, _quoted(match))
            if url is not None:
                found.append(url)
    return list(dict.fromkeys(found))


def rewritten_style(text: str, base: str, copies: Mapping[str, str]) -> str:
    """The style sheet with our copies in place; what there is no copy of loads nothing."""

    def sheet(match: re.Match[str]) -> str:
        copy = copies.get(absolute(base, _quoted(match)) or "")
        return f'@import url("{copy}"){_conditions(match[4])};' if copy is not None else ""

    def part(match: re.Match[str]) -> str:
        written = _quoted(match)
        if written.startswith("#") or _DATA_IMAGE.match(written) or written in ours:
            return match[0]
        copy = copies.get(absolute(base, written) or "")
        return f'url("{copy}")' if copy is not None else "none"

    ours = frozenset(copies.values())
    found = _STYLE_URL.sub(part, _IMPORT.sub(sheet, _CSS_COMMENT.sub(" ", text)))
    return _BARE_ADDRESS.sub('""', found)


def _conditions(text: str) -> str:
    told = " ".join(text.split())
    return f" {told}" if told else ""


def _quoted(match: re.Match[str]) -> str:
    return next((group for group in match.groups()[:3] if group is not None), "").strip()


# --- bytes to text ------------------------------------------------------------------------------------


def as_text(body: bytes, content_type: str | None, *, is_style: bool = False) -> str:
    """What the bytes say: by their mark, the header's charset, the page's own, else UTF-8 or Windows-1252.

    The order is that of the HTML Standard, 13.2.3.2; so is that Latin-1 means Windows-1252.
    """
    for mark, coding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(coding, "replace")
    for coding in _declared(body, content_type, is_style=is_style):
        try:
            return body.decode(coding, "replace")
        except (LookupError, UnicodeError):
            continue
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace")


def _declared(body: bytes, content_type: str | None, *, is_style: bool) -> Iterator[str]:
    inside = _CSS_CHARSET if is_style else _CHARSET
    for pattern, place in (
        (_CHARSET, (content_type or "").encode("latin-1", "replace")),
        (inside, body[:_LOOKED_AT]),
    ):
        found = pattern.search(place)
        if found is None:
            continue
        name = found[1].decode("ascii").lower()
        if name in {"utf-16", "utf-16le", "utf-16be"}:  # a page that names itself so in ASCII is not
            name = "utf-8"
        yield _codec(name)


def _codec(name: str) -> str:
    """Python's name of a charset; only codecs of text, which a page may name."""
    if name in {"latin1", "latin-1", "iso-8859-1", "iso8859-1", "ascii", "us-ascii"}:
        return "windows-1252"
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return "utf-8"
    is_text = getattr(found, "_is_text_encoding", True)
    return (
        found.name
        if is_text
        and found.name
        not in {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
        else "utf-8"
    )
