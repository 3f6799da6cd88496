"""The body container of a portal with rules, as typed parts.

The walk is our own, for a measured reason: on the first pages of the demo's 60 articles, with the container
cleaned as here, trafilatura 2.3.1 (favor_recall, no deduplication, minimal sizes 0) loses the numbers of all
48 ordered list items, returns 5 paragraphs changed or not at all, and cannot tell a subhead in bold from a
paragraph. It is the engine for portals without rules (`fallback.py`). The tree is read and never changed, so
that no copy is needed; what is walked is bounded, so that no page can hold us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from extractors import skips
from extractors.article import Part, PartType, Photo, RelatedLink
from extractors.bylines import Byline, read_openings
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
    | {"form", "button", "input", "select", "textarea", "nav", "head", "link", "meta"}
)
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
    | {"tvp-stage", "summary-article", "paging", "pagination-wrap", "sources", "tagcloud3", "adsbygoogle"}
    | {
        "share-wrapper",
        "fb-comments",
        "comments",
        "twitter-tweet",
        "instagram-media",
        "tiktok-embed",
        "fb-post",
    }
)
_DROPPED_IDS = frozenset(
    {"penulis", "editor", "anchorads", "skinads", "banner_article_slide", "widget_pilihanuntukmu_article"}
    | {"comments", "artimg", "arttitle"}
)
_AD_NAME = re.compile(
    r"(?:ads?|iklan|advert\w*)(?:[-_].*)?|.*[-_]ads?(?:[-_].*)?|div-gpt-.*|div-[A-Z].*|google_ads.*"
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

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
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOLD = frozenset({"b", "strong"})
_BOXES = frozenset({"div", "aside", "section"})
_MAX_DEPTH = 150
_MAX_LINES = 5000
_MAX_NODES = 50_000
_MAX_LINKS = 200
_LONGEST_SUBHEAD = 120
_OPENING_LINES = 3
_CREDIT_TAIL = re.compile(
    r"^(?P<caption>.*?)\s*(?:\(\s*(?:Foto\s*:\s*)?(?P<credit>[^()]{2,100})\)\s*\.?"
    r"|\bFoto\s*:\s*(?P<labelled>[^:()]{2,100}))$",
    re.DOTALL,
)
_NO_CREDIT = re.compile(r"[\d\s/.,:-]+|(?:kiri|kanan|tengah|atas|bawah|ilustrasi)\b.*", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """One run of inline content: its text, its links, and whether all of it is bold."""

    kind: PartType = PartType.PARAGRAPH
    related_class: bool = False
    prefix: str = ""
    pieces: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    bold_only: bool = True
    block: HtmlElement | None = None
    """The innermost block element that the line stands in."""

    @property
    def text(self) -> str:
        """The text with its line breaks, white space folded."""
        lines = (fold(line) for line in "".join(self.pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    @property
    def outside_links(self) -> str:
        """The text that stands in no link."""
        return fold("".join(self.plain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a container holds once everything that is not the article is taken out of it."""

    parts: tuple[Part, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    photos: tuple[Photo, ...] = ()
    bylines: tuple[Byline, ...] = ()
    based_on: tuple[str, ...] = ()
    incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a rule says of one container: what goes, boxes of related links, pictures with a caption that are
    no `figure` elements, and patterns of lines that go.
    """

    dropped: frozenset[HtmlElement] = frozenset()
    related: frozenset[HtmlElement] = frozenset()
    figures: frozenset[HtmlElement] = frozenset()
    drop_lines: tuple[re.Pattern[str], ...] = ()

    def drops(self, text: str) -> bool:
        """Whether a line's text is none of the article's."""
        return any(pattern.fullmatch(fold(text)) for pattern in self.drop_lines)


@dataclass(slots=True)
class Walk:
    """The walk through one container, in reading order."""

    lines: list[Line | HtmlElement] = field(default_factory=list)
    current: Line = field(default_factory=Line)
    kind: PartType = PartType.PARAGRAPH
    incomplete: bool = False
    nodes: int = 0
    inside: HtmlElement | None = None
    dropped: Callable[[HtmlElement], bool] = field(kw_only=True)
    marked: Marked = field(kw_only=True, default=Marked())

    def flush(self, following: Line | None = None) -> None:
        if any(not piece.isspace() for piece in self.current.pieces):
            self.lines.append(self.current)
            self.incomplete |= len(self.lines) >= _MAX_LINES
        self.current = following or Line(kind=self.kind)
        self.current.block = self.inside

    def add(self, text: str | None, link: str | None, *, bold: bool) -> None:
        if not text:
            return
        text = text.replace("\n", " ").replace("\r", " ")
        self.current.pieces.append(text)
        if not text.isspace():
            self.current.bold_only &= bold
        if link is None:
            self.current.plain.append(text)
        elif self.current.links and self.current.links[-1][1] == link:
            self.current.links[-1] = (self.current.links[-1][0] + text, link)
        else:
            self.current.links.append((text, link))

    def line_break(self) -> None:
        """One `<br>` breaks the line, two end the paragraph."""
        while self.current.pieces and self.current.pieces[-1].isspace() and self.current.pieces[-1] != "\n":
            self.current.pieces.pop()
        if self.current.pieces[-1:] == ["\n"]:
            self.flush(Line(kind=self.current.kind, related_class=self.current.related_class))
        elif self.current.pieces:
            self.current.pieces.append("\n")
            self.current.plain.append(" ")

    def block(self, node: HtmlElement, depth: int) -> None:
        """The content of a block element: its inline runs are lines, its blocks are walked."""
        outer, self.inside = self.inside, node
        self.current.block = node
        self.add(node.text, None, bold=False)
        for child in node:
            self.child(child, depth)
            if self.is_exhausted():
                return
            self.add(child.tail, None, bold=False)
        self.inside = outer

    def is_exhausted(self) -> bool:
        """Whether the container is larger than any article: what follows is left, and the reading says so."""
        self.nodes += 1
        self.incomplete |= self.nodes > _MAX_NODES
        return self.incomplete

    def child(self, child: HtmlElement, depth: int) -> None:
        if not isinstance(child.tag, str) or self.dropped(child):
            return
        if depth > _MAX_DEPTH:
            self.incomplete = True
        elif child in self.marked.figures:
            self.flush()
            self.lines.append(child)
        elif child in self.marked.related:
            self.flush(Line(related_class=True))
            self.inline(child, None, bold=False, depth=depth)
            self.flush()
        elif child.tag in _BLOCKS or _holds_blocks(child):
            self.enter(child, depth)
        else:
            self.inline(child, None, bold=False, depth=depth)

    def enter(self, node: HtmlElement, depth: int) -> None:
        """A block element: what stood before it is a line of its own, and so is what stands in it."""
        self.flush()
        outer = self.kind
        if node.tag == "figure":
            self.lines.append(node)
        elif node.tag in {"ul", "ol"}:
            self.list_items(node, depth)
        elif node.tag == "table" and _is_data(node):
            self.rows(node)
        elif not (node.tag in _BOXES and _is_link_box(node)):
            self.kind = _kind_of(node, outer)
            self.flush(Line(kind=self.kind, related_class="baca" in _classes(node)))
            self.block(node, depth + 1)
        self.kind = outer
        self.flush()

    def list_items(self, node: HtmlElement, depth: int) -> None:
        number = _integer(node.get("start"), 1)
        for item in node.iterchildren("li"):
            if self.is_exhausted():
                return
            if self.dropped(item):
                continue
            number = _integer(item.get("value"), number)
            outer, self.kind = self.kind, PartType.LIST_ITEM
            self.flush(Line(kind=self.kind, prefix=f"{number}. " if node.tag == "ol" else ""))
            self.block(item, depth + 1)
            self.kind = outer
            self.flush()
            number += 1

    def rows(self, table: HtmlElement) -> None:
        for row in table.iter("tr"):
            cells = [fold(_visible_text(cell)) for cell in row.iterchildren("td", "th")]
            if self.is_exhausted():
                return
            if any(cells):
                self.flush(Line(kind=PartType.TABLE_ROW))
                self.current.block = row
                self.add(" | ".join(cells), None, bold=False)
                self.flush()

    def inline(self, node: HtmlElement, link: str | None, *, bold: bool, depth: int) -> None:
        if not isinstance(node.tag, str) or self.dropped(node):
            return
        if depth > _MAX_DEPTH:
            self.incomplete = True
            return
        if node.tag == "br":
            self.line_break()
            return
        if node.tag == "img":
            self.lines.append(node)
        if node.tag == "a":
            link = node.get("href") or link
        bold = bold or node.tag in _BOLD
        self.add(node.text, link, bold=bold)
        for child in node:
            self.inline(child, link, bold=bold, depth=depth + 1)
            if self.is_exhausted():
                return
            self.add(child.tail, link, bold=bold)


def is_dropped(node: HtmlElement) -> bool:
    """Whether an element of the container is an advertisement, a box, a control or hidden."""
    if node.tag in _DROPPED_TAGS:
        return True
    identity = node.get("id")
    if identity and (identity in _DROPPED_IDS or _AD_NAME.fullmatch(identity)):
        return True
    classes = _classes(node)
    if classes and (not _DROPPED_CLASSES.isdisjoint(classes) or any(map(_AD_NAME.fullmatch, classes))):
        return True
    style = node.get("style")
    return style is not None and _INVISIBLE.search(style) is not None


def _classes(node: HtmlElement) -> list[str]:
    names = node.get("class")
    return names.split() if names else []


def _holds_blocks(node: HtmlElement) -> bool:
    return len(node) > 0 and next(node.iterdescendants(*_BLOCKS), None) is not None


def _kind_of(node: HtmlElement, outer: PartType) -> PartType:
    if node.tag in _HEADINGS:
        return PartType.HEADING
    return PartType.QUOTE if node.tag == "blockquote" else outer


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data; one column of paragraphs is only layout."""
    return any(len(row) > 1 for row in table.iter("tr")) or next(table.iter("p"), None) is None


def _is_link_box(node: HtmlElement) -> bool:
    """A box of links to other articles: several links, and next to nothing outside them."""
    links = [link for link in node.iter("a") if fold(link.text_content())]
    if len(links) < 2:
        return False
    inside = sum(len(fold(link.text_content())) for link in links)
    text = fold(_visible_text(node))
    return len(text) - inside <= 60 and inside > 80 and skips.RELATED_LABEL.match(text) is None


def _visible_text(node: HtmlElement) -> str:
    pieces: list[str] = []
    for child in node.iter():
        if isinstance(child.tag, str) and child.tag not in _DROPPED_TAGS and child.text:
            pieces.append(child.text)
        if child is not node and child.tail:
            pieces.append(" " + child.tail if child.tag in _BLOCKS or child.tag == "br" else child.tail)
    return "".join(pieces)


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


@dataclass(slots=True)
class _Sorter:
    """Sorts the lines of a container into article, related links, bylines and the rest."""

    resolve: Callable[[str], str | None]
    is_article: Callable[[str], bool]
    is_own: Callable[[str], bool]
    parts: list[Part] = field(default_factory=list)
    related: list[RelatedLink] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    bylines: list[Byline] = field(default_factory=list)
    based_on: list[str] = field(default_factory=list)
    pending_label: str | None = None
    in_box: bool = False

    def sort(self, item: Line | HtmlElement) -> None:
        if not isinstance(item, Line):
            self.picture(item)
            return
        text = item.text
        if not text or self.is_related(item, text) or self.is_boxed(item, text):
            return
        self.pending_label, self.in_box = None, False
        for line in self.split_opening(item, text):
            self.keep(item, line)

    def is_related(self, item: Line, text: str) -> bool:
        label = skips.RELATED_LABEL.match(text)
        bullet = skips.BULLET.match(text)
        links = [(fold(name), href) for name, href in item.links if fold(name) and not _is_tag(href)]
        rest = item.outside_links
        if label is not None:
            rest = skips.RELATED_LABEL.sub("", rest, count=1)
        only_links = bool(links) and skips.RELATED_REST.fullmatch(rest) is not None
        spelled = label is not None and (":" in label[0] or label.end() == len(text))
        if item.related_class or (only_links and label is not None) or (spelled and len(text) < 250):
            self.relate(links, _printed_label(item, text))
            self.pending_label = text if label and not links else None
            return True
        if only_links and (bullet or self.pending_label or self.in_box or self.all_articles(links)):
            if not self.in_box:
                self.relate(links, self.pending_label or _printed_label(item, text))
            return True
        return False

    def all_articles(self, links: list[tuple[str, str]]) -> bool:
        urls = [self.resolve(href) for _, href in links[:_MAX_LINKS]]
        return all(url is not None and self.is_article(url) for url in urls)

    def relate(self, links: list[tuple[str, str]], label: str | None) -> None:
        """Keep links to this network; a paid one to another domain is an advertisement."""
        for name, href in links[:_MAX_LINKS]:
            url = self.resolve(href)
            if url is not None and self.is_own(url):
                shown = skips.RELATED_LABEL.sub("", name, count=1) or name
                self.related.append(
                    RelatedLink(url=url, name=shown, label=label or None, after_part=len(self.parts))
                )

    def is_boxed(self, item: Line, text: str) -> bool:
        flat = fold(text)
        if skips.is_promotion(flat):
            self.in_box = True
            return True
        based_on = skips.BASED_ON.fullmatch(flat)
        if based_on is not None:
            self.based_on.append(self.origin(item, based_on))
            return True
        return skips.AUTHOR_NOTE.fullmatch(flat) is not None

    def origin(self, item: Line, match: re.Match[str]) -> str:
        """Where the article first appeared: the link if there is one, else its title."""
        urls = [url for _, href in item.links if (url := self.resolve(href)) is not None]
        deep = [url for url in urls if url.rstrip("/").count("/") > 2]
        return next(iter(deep or urls), None) or match["title"].strip(" \"“”'.,)]") or match["outlet"]

    def split_opening(self, item: Line, text: str) -> Iterator[str]:
        """The item's text without the byline lines that open a body."""
        if item.kind not in {PartType.PARAGRAPH, PartType.HEADING} or len(self.parts) >= _OPENING_LINES:
            yield text
            return
        before = self.bylines[-1] if self.bylines and not self.parts else None
        bylines, lines = read_openings(text.split("\n"), before)
        self.bylines += bylines
        if lines:
            yield "\n".join(lines)

    def keep(self, item: Line, text: str) -> None:
        text = skips.INLINE_RELATED.sub(lambda match: self.lift(match[0], item), text).strip()
        if not text or skips.RELATED_REST.fullmatch(text):
            return
        kind = item.kind
        if kind is PartType.PARAGRAPH and item.bold_only and _is_subhead(text):
            kind = PartType.HEADING
        self.parts.append(Part(type=kind, text=item.prefix + text))

    def lift(self, removed: str, item: Line) -> str:
        """Take "(Baca: TITLE)" out of a sentence."""
        links = [(fold(name), href) for name, href in item.links if fold(name) and fold(name) in removed]
        label = skips.RELATED_LABEL.match(removed.strip())
        self.relate(links, label[0].strip(" (") if label else None)
        return ""

    def picture(self, node: HtmlElement) -> None:
        image = node if node.tag == "img" else next(node.iter("img"), None)
        url = image_url(image, self.resolve) if image is not None else None
        if url is None:
            return
        named = [node] if node.tag not in {"figure", "img"} else list(node.iter("figcaption"))
        captions = [fold(_visible_text(caption)) for caption in named]
        caption, credit = split_credit(" ".join(captions))
        self.photos.append(Photo(content_url=url, caption=caption, credit_text=credit))


def _printed_label(item: Line, text: str) -> str:
    """What a related line prints before its first link, or, inside the link, before the title."""
    flat = fold(text)
    start = flat.find(fold(item.links[0][0])) if item.links else -1
    label = skips.RELATED_LABEL.match(flat)
    if start > 0:
        return flat[:start].strip(" (")
    return label[0].strip(" (") if label else ""


def _is_tag(href: str) -> bool:
    return "/tag/" in href or "/topic/" in href


def _is_subhead(text: str) -> bool:
    return (
        len(text) <= _LONGEST_SUBHEAD
        and not text.endswith((".", "!", "?", ",", '"', "”", ";"))
        and len(text) > 2
    )


def image_url(image: HtmlElement, resolve: Callable[[str], str | None]) -> str | None:
    """The address of a picture, loaded late or not; None for icons and pixels."""
    for name in ("data-src", "data-original", "src"):
        link = image.get(name)
        if link and not link.startswith("data:") and not link.partition("?")[0].endswith((".svg", ".gif")):
            return resolve(link)
    return None


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """A caption and the credit: in its final brackets ("A boat. (AFP/Ridho Hendrikos)") or after "Foto:"."""
    match = _CREDIT_TAIL.match(caption)
    credit = (match["labelled"] or match["credit"]) if match is not None else ""
    if match is None or _NO_CREDIT.fullmatch(credit):
        return caption or None, None
    return match["caption"] or None, credit.strip()


def read_body(
    container: HtmlElement,
    *,
    resolve: Callable[[str], str | None],
    is_article: Callable[[str], bool],
    is_own: Callable[[str], bool],
    marked: Marked = Marked(),
) -> Body:
    """The article in a container. `resolve` makes addresses, the next two judge where they lead; `marked` is
    what the portal's rule says of the container.
    """
    walk = walk_lines(container, lambda node: is_dropped(node) or node in marked.dropped, marked)
    lines = [item for item in walk.lines if not (isinstance(item, Line) and marked.drops(item.text))]
    return sort_lines(
        lines, resolve=resolve, is_article=is_article, is_own=is_own, incomplete=walk.incomplete
    )


def walk_lines(
    container: HtmlElement,
    dropped: Callable[[HtmlElement], bool] = is_dropped,
    marked: Marked = Marked(),
) -> Walk:
    """The lines and pictures of a container in reading order, without the elements that are `dropped`; what
    is `marked` as related is a line of links to other articles.
    """
    walk = Walk(dropped=dropped, marked=marked)
    walk.block(container, 0)
    walk.flush()
    return walk


def sort_lines(
    lines: Iterable[Line | HtmlElement],
    *,
    resolve: Callable[[str], str | None],
    is_article: Callable[[str], bool],
    is_own: Callable[[str], bool],
    incomplete: bool = False,
) -> Body:
    """Lines of a container as an article, its pictures and related links."""
    sorter = _Sorter(resolve=resolve, is_article=is_article, is_own=is_own)
    for item in lines:
        sorter.sort(item)
    return Body(
        parts=without_end_marks(sorter.parts),
        related=tuple(sorter.related),
        photos=tuple(sorter.photos),
        bylines=tuple(sorter.bylines),
        based_on=tuple(sorter.based_on),
        incomplete=incomplete,
    )


def without_end_marks(parts: list[Part]) -> tuple[Part, ...]:
    """The parts without marks that stand alone, and without the one that closes the last part."""
    kept = [part for part in parts if not skips.END_MARK.fullmatch(part.text)]
    if kept:
        kept[-1] = Part(type=kept[-1].type, text=skips.without_end_mark(kept[-1].text))
    return tuple(part for part in kept if part.text)
