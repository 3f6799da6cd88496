"""The walk through a body container: its elements, in reading order, as lines and pictures.

The tree is read and never changed, so that no copy is needed. What is walked is bounded, so that no page can
hold us; what lies beyond a bound is named by `Walk.incomplete`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from extractors.article import PartType
from extractors.page import fold

_DROPPED_TAGS = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "video",
        "audio",
        "canvas",
    }
    | {"form", "button", "input", "select", "textarea", "nav", "head", "link", "meta", "map", "dialog"}
)
# What AMP adds to HTML is players, menus, advertisements and counters; only these hold text or pictures.
_AMP_TEXT = frozenset(
    {"amp-img", "amp-anim", "amp-carousel", "amp-base-carousel", "amp-inline-gallery", "amp-layout"}
    | {"amp-fit-text", "amp-accordion", "amp-truncate-text", "amp-lightbox-gallery"}
)
_IMAGES = frozenset({"img", "amp-img", "amp-anim"})
_DROPPED_CLASSES = frozenset(
    {
        "hide",
        "hidden",
        "ads-placeholder",
        "reserved_box_ads",
        "popupbb-overlay",
        "belanja-picks",
        "tapp-banner",
    }
    | {
        "tvp-stage",
        "paging",
        "pagination-wrap",
        "sources",
        "tagcloud3",
        "adsbygoogle",
        "jwplayer",
        "video-js",
    }
    | {"share-wrapper", "fb-comments", "comments", "twitter-tweet", "instagram-media", "tiktok-embed"}
    | {"fb-post", "fb-video", "sr-only", "visually-hidden", "paywall"}
)
_DROPPED_IDS = frozenset(
    {"penulis", "editor", "anchorads", "skinads", "banner_article_slide", "widget_pilihanuntukmu_article"}
    | {"comments", "artimg", "arttitle", "wm-ipp-base", "wm-ipp", "donato"}
)
_AD_NAME = re.compile(
    r"(?:ads?|iklan|advert\w*)(?:[-_].*)?|.*[-_]ads?(?:[-_].*)?|div-gpt-.*|div-[A-Z].*|google_ads.*"
    r"|GoogleActiveView\w*|(?:taboola|outbrain|OUTBRAIN|mgid|dable|popin|geniee|teads|trc_|revcontent|unibots).*"
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CAPTION_NAME = re.compile(r"(?:.*[-_])?(?:caption|figcaption|keterangan-?foto)(?:[-_].*)?", re.IGNORECASE)
_SUMMARY = "summary-article"

_BLOCKS = frozenset(
    {"p", "div", "section", "article", "aside", "main", "header", "footer", "blockquote", "figure", "center"}
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "hr",
    }
    | {"pre", "address", "details", "summary", "fieldset", "tbody", "thead", "tfoot", "caption", "figcaption"}
)
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), PartType.HEADING),
    "li": PartType.LIST_ITEM,
    "blockquote": PartType.QUOTE,
}
_BOLD = frozenset({"b", "strong"})
_BOXES = frozenset({"div", "aside", "section", "amp-carousel", "amp-accordion"})
_MAX_DEPTH = 150
_MAX_LINES = 5000
_MAX_NODES = 50_000
_MAX_DEEP_TEXT = 100_000
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(slots=True)
class Run:
    """What stands between two line breaks: its text, its links, and whether all of it is bold."""

    pieces: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    bold_only: bool = True
    has_text: bool = False
    """Whether anything but white space stands here."""
    _folded: tuple[int, str] = (0, "")

    @property
    def text(self) -> str:
        """The text, white space folded. Each line is asked for it some ten times; it only grows."""
        if self._folded[0] != len(self.pieces):
            self._folded = (len(self.pieces), fold("".join(self.pieces)))
        return self._folded[1]

    @property
    def outside_links(self) -> str:
        """The text that stands in no link."""
        return fold("".join(self.plain))

    def add(self, text: str, link: str | None, *, bold: bool) -> None:
        """Put a piece of text at the end."""
        self.pieces.append(text)
        if not text.isspace():
            self.has_text = True
            self.bold_only &= bold
        if link is None:
            self.plain.append(text)
        elif self.links and self.links[-1][1] == link:
            self.links[-1] = (self.links[-1][0] + text, link)
        else:
            self.links.append((text, link))


@dataclass(slots=True)
class Line:
    """A paragraph, heading, list item, table row or quote: its runs, and what its elements say of it."""

    kind: PartType = PartType.PARAGRAPH
    related: bool = False
    caption: bool = False
    summary: bool = False
    prefix: str = ""
    runs: list[Run] = field(default_factory=lambda: [Run()])
    block: HtmlElement | None = None
    """The innermost block element that the line stands in."""

    @property
    def text(self) -> str:
        """The text of its runs, a line each."""
        return "\n".join(text for run in self.runs if (text := run.text))

    @property
    def links(self) -> list[tuple[str, str]]:
        """The texts and addresses of its links."""
        return [link for run in self.runs for link in run.links]

    @property
    def bold_only(self) -> bool:
        """Whether all of its text is bold."""
        return all(run.bold_only for run in self.runs if run.has_text)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image element and the captions inside its figure."""

    image: HtmlElement
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Style:
    """What an element's ancestors say about its text."""

    kind: PartType = PartType.PARAGRAPH
    link: str | None = None
    bold: bool = False
    related: bool = False
    caption: bool = False
    summary: bool = False


@dataclass(slots=True)
class Walk:
    """The walk through one container, in reading order."""

    lines: list[Line | Picture] = field(default_factory=list)
    incomplete: bool = False
    dropped: Callable[[HtmlElement], bool] = field(kw_only=True)
    related: Collection[HtmlElement] = field(kw_only=True, default=())
    figures: Collection[HtmlElement] = field(kw_only=True, default=())
    _inside: HtmlElement | None = None
    _line: Line = field(default_factory=Line)
    _style: _Style = field(default_factory=_Style)
    _prefix: str = ""
    _nodes: int = 0
    _in_row: bool = False

    def read(self, container: HtmlElement) -> None:
        """Walk a container; several are one text."""
        self._block(container, 0)
        self._flush()

    def _flush(self, style: _Style | None = None) -> None:
        """What was said so far is a line; the next one is of this style, or of the same."""
        line, self._style = self._line, style or self._style
        if len(line.runs) > 1 or line.runs[0].has_text:  # a run without text is never followed by another
            line.prefix, self._prefix = self._prefix, ""
            self.lines.append(line)
            self._line = line = Line()
        elif line.runs[0].pieces:
            self._line = line = Line()
        style = self._style
        line.kind, line.block = style.kind, self._inside
        line.related, line.caption, line.summary = style.related, style.caption, style.summary

    def _add(self, text: str | None) -> None:
        if text:
            text = text.replace("\n", " ").replace("\r", " ")
            self._line.runs[-1].add(text, self._style.link, bold=self._style.bold)

    def _line_break(self) -> None:
        """One `<br>` breaks the line, two end the paragraph."""
        if self._in_row:
            self._add(" ")
        elif self._line.runs[-1].has_text:
            self._line.runs.append(Run())
        elif len(self._line.runs) > 1:
            self._flush()

    def _is_exhausted(self) -> bool:
        """Whether the container is larger than any article: what follows is left, and the reading says so."""
        self._nodes += 1
        full = self._nodes > _MAX_NODES or len(self.lines) >= _MAX_LINES
        self.incomplete |= full
        return full

    def _block(self, node: HtmlElement, depth: int) -> None:
        """The content of a block element: its inline runs are lines, its blocks are walked."""
        outer, self._inside = self._inside, node
        self._line.block = node
        if node.tag == "pre":
            self._lines_of(node.text)
        else:
            self._add(node.text)
        for child in node:
            self._child(child, depth)
            if self._is_exhausted():
                break
            self._add(child.tail)
        self._inside = outer

    def _lines_of(self, text: str | None) -> None:
        """Preformatted text keeps its lines."""
        for number, line in enumerate((text or "").split("\n")):
            if number:
                self._line_break()
            self._add(line)

    def _child(self, child: HtmlElement, depth: int) -> None:
        tag = child.tag
        if not isinstance(tag, str) or self.dropped(child):
            return
        if child in self.figures:
            self._flush()
            captions = (fold(_visible_text(child)),)
            self.lines += [Picture(image, captions) for image in _pictures(child)]
        elif child in self.related:
            self._related(child, depth)
        elif tag in _BLOCKS or _names(child).caption or _holds_blocks(child):
            self._enter(child, depth)
        else:
            self._inline(child, depth)

    def _related(self, node: HtmlElement, depth: int) -> None:
        """A box of related links is one line of them."""
        outer = self._style
        self._flush(_Style(related=True))
        self._in_row = True
        self._inline(node, depth)
        self._in_row = False
        self._flush(outer)

    def _enter(self, child: HtmlElement, depth: int) -> None:
        """A block element: what stood before it is a line of its own, and so is what stands in it."""
        self._flush()
        outer = self._style
        node = _innermost(child)
        if node is not child and self.dropped(node):
            return
        tag = node.tag
        if depth > _MAX_DEPTH:
            self._deep(node)
        elif tag == "figure" and _pictures(node):
            self._figure(node, depth)
        elif tag in {"ul", "ol"}:
            self._list(node, depth)
        elif tag == "table" and _is_data(node):
            self._table(node, depth)
        elif not (tag in _BOXES and _is_link_box(node)):
            self._flush(_within(node, outer))
            self._block(node, depth + 1)
        self._flush(outer)

    def _deep(self, node: HtmlElement) -> None:
        """Deeper than any article: its text without its structure, and a doubt."""
        self.incomplete = True
        self._add(_visible_text(node)[:_MAX_DEEP_TEXT])

    def _figure(self, node: HtmlElement, depth: int) -> None:
        """A figure's pictures share its caption; a table or quotation in it is text."""
        captions = tuple(fold(_visible_text(caption)) for caption in node.iter("figcaption"))
        for image in _pictures(node):
            self.lines.append(Picture(image, captions))
        for child in node.iterchildren("table", "blockquote", "p", "ul", "ol"):
            self._child(child, depth)

    def _list(self, node: HtmlElement, depth: int) -> None:
        outer = self._style
        number, step = _integer(node.get("start"), 1), 1
        if node.get("reversed") is not None:
            number, step = _integer(node.get("start"), len(node.findall("li"))), -1
        self._add(node.text)
        for item in node:
            if self._is_exhausted():
                return
            if item.tag != "li":
                self._child(item, depth)
                self._add(item.tail)
                continue
            if self.dropped(item):
                continue
            number = _integer(item.get("value"), number)
            self._flush(_within(item, outer))
            self._prefix = f"{_ordinal(number, node.get('type'))}. " if node.tag == "ol" else ""
            self._block(item, depth + 1)
            self._flush(outer)
            self._prefix = ""
            self._add(item.tail)
            number += step

    def _table(self, table: HtmlElement, depth: int) -> None:
        outer = self._style
        for caption in table.iterchildren("caption"):
            self._child(caption, depth)
        for row in table.iter("tr"):
            if self._is_exhausted():
                return
            if self.dropped(row):
                continue
            self._flush(_Style(kind=PartType.TABLE_ROW, related=outer.related))
            self._row(row, depth)
            self._flush()
        self._style = outer

    def _row(self, row: HtmlElement, depth: int) -> None:
        self._in_row, self._line.block = True, row
        for number, cell in enumerate(row.iterchildren("td", "th")):
            if number:
                self._add(" | ")
            if not self.dropped(cell):
                self._inline(cell, depth + 1)
        self._in_row = False
        run = self._line.runs[-1]
        if not run.text.strip(" |"):
            self._line.runs = [Run()]

    def _inline(self, node: HtmlElement, depth: int) -> None:
        """An element of running text that is not dropped, with what stands in it."""
        tag = node.tag
        if depth > _MAX_DEPTH:
            self._deep(node)
            return
        if tag == "br":
            self._line_break()
            return
        if tag in _IMAGES:
            self.lines.append(Picture(node))
        outer = self._style
        is_block = self._in_row and tag in _BLOCKS
        self._style = _within(node, outer)
        self._line.related |= self._style.related and not outer.related and not self._line.runs[-1].has_text
        if is_block:
            self._add(" ")
        self._add(node.text)
        for child in node:
            if isinstance(child.tag, str) and not self.dropped(child):
                self._inline(child, depth + 1)
            if self._is_exhausted():
                break
            self._add(child.tail)
        if is_block:
            self._add(" ")
        self._style = outer


def walk_lines(
    containers: Iterable[HtmlElement],
    dropped: Callable[[HtmlElement], bool] | None = None,
    *,
    related: Collection[HtmlElement] = (),
    figures: Collection[HtmlElement] = (),
) -> Walk:
    """The lines and pictures of containers that follow one another, in reading order, without the elements
    that are `dropped`; what is `related` is a line of links to other articles, and `figures` are pictures
    whose text is their caption.
    """
    walk = Walk(dropped=dropped or is_dropped, related=related, figures=figures)
    for container in containers:
        walk.read(container)
    return walk


def _within(node: HtmlElement, outer: _Style) -> _Style:
    """The style of an element's text."""
    tag, names = node.tag, _names(node)
    link = (node.get("href") or outer.link) if tag == "a" else outer.link
    kind = _KINDS.get(tag, outer.kind)
    caption, bold = tag == "figcaption" or names.caption, tag in _BOLD
    if kind is outer.kind and link == outer.link and not (bold or caption or names.related or names.summary):
        return outer
    return _Style(
        kind=kind,
        link=link,
        bold=bold or outer.bold,
        related=names.related or outer.related,
        caption=caption or outer.caption,
        summary=names.summary or outer.summary,
    )


def _innermost(node: HtmlElement) -> HtmlElement:
    """The element inside wrappers that hold one element and nothing else, however many there are."""
    while (
        node.tag in {"div", "section", "center"}
        and len(node) == 1
        and not node.attrib
        and isinstance(node[0].tag, str)
        and node[0].tag in {"div", "section", "center"}
        and not (node.text or "").strip()
        and not (node[0].tail or "").strip()
    ):
        node = node[0]
    return node


def is_dropped(node: HtmlElement) -> bool:
    """Whether an element of the container is an advertisement, a box, a control or hidden."""
    tag = node.tag
    if tag in _DROPPED_TAGS or (isinstance(tag, str) and tag.startswith("amp-") and tag not in _AMP_TEXT):
        return True
    for name, value in node.items():
        drops = _DROPS.get(name)
        if drops is not None and drops(value):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Names:
    """What the classes of an element say of it."""

    dropped: bool = False
    caption: bool = False
    related: bool = False
    summary: bool = False


_NO_NAMES = _Names()
_LONGEST_KEPT = 200


def _names(node: HtmlElement) -> _Names:
    names = node.get("class")
    return _said_by(names) if names else _NO_NAMES


def _said_by(names: str) -> _Names:
    """The pages of a portal share their classes, so that what is said by them is kept; not what is so long
    that it would take memory.
    """
    return _read_names(names) if len(names) <= _LONGEST_KEPT else _read_names.__wrapped__(names)


@lru_cache(maxsize=2048)
def _read_names(names: str) -> _Names:
    classes = names.split()
    return _Names(
        dropped=not _DROPPED_CLASSES.isdisjoint(classes) or any(map(_AD_NAME.fullmatch, classes)),
        caption=any(map(_CAPTION_NAME.fullmatch, classes)),
        related="baca" in classes,
        summary=_SUMMARY in classes,
    )


_DROPS: Mapping[str, Callable[[str], bool]] = {
    "id": lambda name: name in _DROPPED_IDS or _AD_NAME.fullmatch(name) is not None,
    "class": lambda names: _said_by(names).dropped,
    "style": lambda style: _INVISIBLE.search(style) is not None,
    "hidden": lambda _value: True,
}
"""Attributes by which an element is dropped."""


def _holds_blocks(node: HtmlElement) -> bool:
    """Whether a block stands somewhere in it. Mostly it has few children, which have none."""
    deeper = False
    for child in node:
        if child.tag in _BLOCKS:
            return True
        deeper = deeper or len(child) > 0
    return deeper and next(node.iterdescendants(*_BLOCKS), None) is not None


def _pictures(node: HtmlElement) -> list[HtmlElement]:
    """The pictures of a figure; the copy for browsers without scripts is none."""
    return [
        image
        for image in node.iter(*_IMAGES)
        if next(image.iterancestors("noscript", "amp-img"), None) is None
    ]


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data; one column, or tables in a table, are layout."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = (
        [cell for cell in row if isinstance(cell.tag, str) and fold(_visible_text(cell))]
        for row in table.iter("tr")
    )
    return any(len(cells) > 1 for cells in rows)


def _is_link_box(node: HtmlElement) -> bool:
    """A box of links to other articles: several links, and next to nothing outside them."""
    links = [text for link in node.iter("a") if (text := fold(link.text_content()))]
    if len(links) < 2:
        return False
    inside = sum(map(len, links))
    if inside <= 80:
        return False
    text = fold(_visible_text(node))
    return len(text) - inside <= 60 and not _LABEL_OF_BOX.match(text)


# A labelled list of related links is read line by line.
_LABEL_OF_BOX = re.compile(
    r"\W*(?:baca|simak|lihat|tonton|berita\s+terkait|artikel\s+terkait)\b", re.IGNORECASE
)


def _visible_text(node: HtmlElement) -> str:
    pieces: list[str] = []
    for child in node.iter():
        if child.text and isinstance(child.tag, str) and child.tag not in _DROPPED_TAGS:
            pieces.append(child.text)
        if child is not node and child.tail:
            pieces.append(" " + child.tail if child.tag in _BLOCKS or child.tag == "br" else child.tail)
    return "".join(pieces)


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


def _ordinal(number: int, style: str | None) -> str:
    """The number of a list item as its list prints it: 3, c, C, iii or III."""
    if style in {"a", "A"} and 0 < number <= 26:
        return chr(ord(style) + number - 1)
    if style in {"i", "I"} and 0 < number < 4000:
        roman = _roman(number)
        return roman if style == "i" else roman.upper()
    return str(number)


def _roman(number: int) -> str:
    digits = []
    for value, digit in (*_ROMAN, *_ROMAN_ONES):
        digits.append(digit * (number // value))
        number %= value
    return "".join(digits)
