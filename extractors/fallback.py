"""Portals without rules: trafilatura says which text, the tree says where it stands and what belongs to it.

trafilatura alone keeps labels, captions and promotions, and loses paragraphs that stand in a second column
or look like a box. Therefore its text is taken as evidence only: the container that holds it is found in
the page's tree and walked like the container of a portal with rules; each line is kept if trafilatura has
it, or if it is built like its neighbours that trafilatura has, and if neither its box nor its words say that
it is something else. Measured: docs/quality.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.article import Part, PartType
from extractors.body import Addresses, Body, sort_lines, without_end_marks
from extractors.other_reader import bare_extraction
from extractors.page import Page, fold
from extractors.strays import Teasers, is_box, is_stray
from extractors.walk import Line, Picture, Run, is_dropped, walk_lines

_TYPES = {
    "p": PartType.PARAGRAPH,
    "head": PartType.HEADING,
    "item": PartType.LIST_ITEM,
    "row": PartType.TABLE_ROW,
    "quote": PartType.QUOTE,
    "code": PartType.QUOTE,
}
_CONTAINERS = frozenset({"list", "table", "div", "body"})
# Real pages have at most 10,000 elements; trafilatura needs a minute for 50,000 paragraphs.
_MAX_NODES = 25_000

_WORD = re.compile(r"\w+")
_TEXT_TAGS = (
    *("p", "div", "li", "h2", "h3", "h4", "h5", "blockquote", "td", "dd", "span", "section", "article"),
)
_INLINE = frozenset(
    {"a", "b", "strong", "i", "em", "span", "u", "font", "br", "sup", "sub", "mark", "small", "abbr", "cite"}
)
_LEAVES = frozenset({"p", "h2", "h3", "h4", "h5", "li", "blockquote"})
_EMBEDS = frozenset({"twitter-tweet", "instagram-media"})
_SHORTEST_EVIDENCE = 20
_LONG = 80
_HOLDS_MOST = 0.8
_FOUND = 0.6
_LINKED = 0.5
# What more of the text stands in is no box and no list of teasers, whatever it looks like.
_NO_BOX = 0.4
_NO_TEASERS = 0.8
_SECOND_COLUMN = 400
_SHORTEST_ARTICLE = 200
_MOST_ARTICLES = 200
_LEVELS_UP = 3
_NEAR = 4
# JSON-LD's text is used alone when the page itself shows next to nothing of it.
_STATED_IS_MORE = 0.3
_LEAST_STATED = 400
_MOST_STATED = 100_000
_MARKUP = re.compile(r"</?(?:p|div|br|li|ul|ol|h\d)\b[^<>]{0,200}>|<[a-z/][^<>]{0,200}>", re.IGNORECASE)
# "(Awaludin)" after the last paragraph.
_SIGNATURE = re.compile(r"[(\[][^()\[\].!?]{1,40}[)\]]")
# "Bandung Barat -" in front of the first paragraph's element.
_DATELINE = re.compile(r"[^\W\d_].{1,60}?\s*(?:--+|[-–—])")
# With less than that much text of trafilatura's found in the tree, its own lines are kept.
_ENOUGH_FOUND = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The article of a page without rules, and the element that holds it (None: known only as text)."""

    body: Body = field(default_factory=Body)
    container: HtmlElement | None = None


def read_text(page: Page) -> Found:
    """The article's text; an empty body when trafilatura finds no text.

    `favor_precision` keeps trafilatura from giving the whole page where the article is short (measured on
    video and gallery pages); comments are left out.
    """
    if sum(1 for _ in zip(page.tree.iter(), range(_MAX_NODES + 1), strict=False)) > _MAX_NODES:
        return Found(body=Body(incomplete=True))
    document = bare_extraction(
        page.tree,
        url=page.url,
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    tree = getattr(document, "body", None)
    lines = list(_lines(tree)) if tree is not None else []
    own = _stated_text(page)
    if sum(len(line.text) for line in lines if not is_stray(line.text)) < _STATED_IS_MORE * len(own):
        return Found(body=_of_stated(own))
    if not lines:
        return Found()
    evidence = Evidence.of(part.text for part in lines)
    container = _container(page.tree, evidence)
    if container is None:
        return Found(body=_without_strays(lines))
    return Found(body=_read_container(page, container, evidence), container=container)


def _stated_text(page: Page) -> str:
    """The article's text as JSON-LD states it; empty without one."""
    for item in page.json_ld:
        text = item.get("articleBody")
        if isinstance(text, str) and len(text) >= _LEAST_STATED:
            return unescape(text)[:_MOST_STATED]
    return ""


def _of_stated(text: str) -> Body:
    """Pages that are built by scripts: their text stands in JSON-LD only, its lines are the paragraphs."""
    texts = filter(None, map(fold, _MARKUP.sub("\n", text).split("\n")))
    lines = [Line(runs=[Run(pieces=[line], plain=[line], bold_only=False, has_text=True)]) for line in texts]
    kept = [line for line in lines if not is_stray(line.text)]
    nowhere = Addresses(resolve=lambda _: None, is_article=lambda _: False, is_own=lambda _: False)
    return sort_lines(kept, nowhere)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text as sets to look lines up in: whole short lines, and runs of three words."""

    lines: frozenset[tuple[str, ...]]
    runs: frozenset[tuple[str, str, str]]
    letters: int

    @classmethod
    def of(cls, texts: Iterable[str]) -> Evidence:
        lines: set[tuple[str, ...]] = set()
        runs: set[tuple[str, str, str]] = set()
        letters = 0
        for text in texts:
            words = _WORD.findall(text.lower())
            lines.add(tuple(words))
            runs.update(zip(words, words[1:], words[2:], strict=False))
            letters += len(text)
        return cls(frozenset(lines), frozenset(runs), letters)

    def share(self, text: str) -> float:
        """How much of a line the text has, 0 to 1."""
        words = _WORD.findall(text.lower())
        if len(words) < 3:
            return float(tuple(words) in self.lines)
        runs = list(zip(words, words[1:], words[2:], strict=False))
        return sum(run in self.runs for run in runs) / len(runs)


def _container(tree: HtmlElement, evidence: Evidence) -> HtmlElement | None:
    """What holds nearly all of the text, as far inside as can be; its second column included."""
    weight: Counter[HtmlElement] = Counter()
    boxed: Counter[HtmlElement] = Counter()
    teasers: Counter[HtmlElement] = Counter()
    items = Teasers()
    found = 0
    for node in tree.iter(*_TEXT_TAGS):
        text = _own_text(node)
        if len(text) >= _SHORTEST_EVIDENCE and evidence.share(text) >= _FOUND and not is_stray(text):
            holders = [node, *node.iterancestors()]
            found += len(text)
            kind = boxed if any(map(is_box, holders[:_NEAR])) else teasers if items.holds(node) else weight
            for holder in holders:
                kind[holder] += len(text)
    if not found or found < _ENOUGH_FOUND * evidence.letters:
        return None
    if max(boxed.values(), default=0) > _NO_BOX * found:
        weight += boxed
    if max(teasers.values(), default=0) > _NO_TEASERS * found:
        weight += teasers
    if not weight:
        return None
    total = max(weight.values())
    around = (node for node, letters in weight.items() if letters >= _HOLDS_MOST * total)
    holder = max(around, key=lambda node: sum(1 for _ in node.iterancestors()))
    first = _first_article(holder)
    return first if first is not None else _with_columns(holder)


def _first_article(holder: HtmlElement) -> HtmlElement | None:
    """The first of several articles that a page shows one after the other, each with its own title."""
    first: dict[tuple[str, str], HtmlElement] = {}
    for child in islice(holder, _MOST_ARTICLES):
        if child.tag not in {"div", "article", "section"} or not child.get("class"):
            continue
        if _letters_of_paragraphs(child) > _SHORTEST_ARTICLE:
            earlier = first.setdefault(_look(child), child)
            if earlier is not child and next(child.iter("h1"), None) is not None:
                return earlier
    return None


def _own_text(node: HtmlElement) -> str:
    """The text of an element outside the blocks in it."""
    pieces = [node.text or ""]
    for child in node:
        if child.tag in _INLINE:
            pieces.append(child.text_content())
        pieces.append(child.tail or "")
    return fold("".join(pieces))


def _with_columns(node: HtmlElement) -> HtmlElement:
    """What holds an element and its twins: long articles are cut into several elements of one class, with
    advertisements between them. A twin with a title of its own is another article.
    """
    column = node
    for _ in range(_LEVELS_UP):
        holder = column.getparent()
        if holder is None or holder.tag in {"body", "html"}:
            return node
        if column.get("class") and any(_is_twin(column, other) for other in islice(holder, _MOST_ARTICLES)):
            return holder
        column = holder
    return node


def _is_twin(column: HtmlElement, other: HtmlElement) -> bool:
    if other is column or not isinstance(other.tag, str) or _look(other) != _look(column):
        return False
    if next(other.iter("h1"), None) is not None or next(column.iter("h1"), None) is not None:
        return False
    return _letters_of_paragraphs(other) > _SECOND_COLUMN


def _letters_of_paragraphs(node: HtmlElement) -> int:
    return sum(len(text) for each in node.iter("p") if len(text := fold(each.text_content())) >= _LONG)


def _look(node: HtmlElement) -> tuple[str, str]:
    return str(node.tag), re.sub(r"\d+", "", " ".join((node.get("class") or "").split()[:2]))


@dataclass(slots=True)
class _Judged:
    """A line of the container and what speaks for and against it."""

    line: Line
    text: str
    found: bool
    boxed: bool
    teaser: bool
    linked: float
    home: object

    @property
    def sure(self) -> bool:
        return self.found and not self.is_apart and not is_stray(self.text)

    @property
    def is_apart(self) -> bool:
        """Whether the line stands in a box or a teaser."""
        return self.boxed or self.teaser


def _read_container(page: Page, container: HtmlElement, evidence: Evidence) -> Body:
    walk = walk_lines([container], _is_dropped)
    judged = _judge(walk.lines, container, evidence)
    kept = {id(line) for line in _choose(judged, page)}
    items = [item for item in walk.lines if not isinstance(item, Line) or id(item) in kept]
    host = urlsplit(page.url).hostname or ""
    return sort_lines(
        list(_with_dateline(_without_other_pictures(items, container))),
        Addresses(
            resolve=page.absolute,
            is_article=_looks_like_article(host),
            is_own=lambda url: _site(urlsplit(url).hostname or "") == _site(host),
        ),
        incomplete=walk.incomplete,
    )


def _without_other_pictures(
    items: Sequence[Line | Picture], container: HtmlElement
) -> Iterator[Line | Picture]:
    """The lines, and the pictures among them: figures from the start, mere pictures after the first line."""
    lines = [index for index, item in enumerate(items) if isinstance(item, Line)]
    first, last = (lines[0], lines[-1]) if lines else (0, -1)
    known: dict[HtmlElement, bool] = {}
    for index, item in enumerate(items):
        if isinstance(item, Line):
            yield item
        elif index < last and (index > first or item.captions):
            figure = next(item.image.iterancestors("figure"), item.image).getparent()
            if figure is None or figure is container or not _is_boxed(figure, container, known):
                yield item


def _with_dateline(items: Iterable[Line | Picture]) -> Iterator[Line | Picture]:
    """The lines, a dateline that stands before the first paragraph's element put into that paragraph."""
    dateline: Line | None = None
    for item in items:
        if not isinstance(item, Line):
            yield item
        elif dateline is None and _DATELINE.fullmatch(fold(item.text)):
            dateline = item
        else:
            if dateline is not None:
                _join(dateline, item)
                dateline = None
            yield item


def _join(dateline: Line, line: Line) -> None:
    run = next((run for run in line.runs if run.has_text), line.runs[0])
    before = [*(piece for each in dateline.runs for piece in each.pieces), " "]
    run.pieces[:0] = before
    run.plain[:0] = before
    run.bold_only = False


def _is_dropped(node: HtmlElement) -> bool:
    """As on portals with rules, but posts of others that the article shows are text for its reader."""
    return is_dropped(node) and _EMBEDS.isdisjoint((node.get("class") or "").split())


def _judge(items: Iterable[Line | Picture], container: HtmlElement, evidence: Evidence) -> list[_Judged]:
    known: dict[HtmlElement, bool] = {}
    teasers = Teasers()
    judged = []
    for item in items:
        if isinstance(item, Line):
            text = fold(item.text)
            linked = sum(len(fold(name)) for name, _ in item.links) / max(1, len(text))
            judged.append(
                _Judged(
                    line=item,
                    text=text,
                    found=evidence.share(text) >= _FOUND,
                    boxed=item.block is not None and _is_boxed(item.block, container, known),
                    teaser=item.block is not None and teasers.holds(item.block),
                    linked=linked,
                    home=_home(item.block),
                )
            )
    return _without_wrong_boxes(judged)


def _is_boxed(block: HtmlElement, container: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    """Whether the block or an element between it and the container is a box; `known` are those seen."""
    path = []
    boxed = False
    node: HtmlElement | None = block
    while node is not None and node is not container:
        if node in known:
            boxed = known[node]
            break
        path.append(node)
        node = node.getparent()
    for inner in reversed(path):
        boxed = boxed or is_box(inner)
        known[inner] = boxed
    return boxed


def _without_wrong_boxes(judged: list[_Judged]) -> list[_Judged]:
    """A name that is on most of the text names the article, not a box in it."""
    found = sum(len(each.text) for each in judged if each.found)
    boxed = sum(len(each.text) for each in judged if each.found and each.boxed)
    teasers = sum(len(each.text) for each in judged if each.found and each.teaser)
    for each in judged:
        each.boxed = each.boxed and boxed <= _NO_BOX * found
        each.teaser = each.teaser and teasers <= _NO_TEASERS * found
    return judged


def _home(block: HtmlElement | None) -> object:
    """Where a line is at home: the element around its paragraph, and elements that look like it."""
    if block is None:
        return None
    holder = block.getparent() if block.tag in _LEAVES else block
    if holder is not None and holder.tag in {"ul", "ol"}:
        holder = holder.getparent()
    if holder is None:
        return None
    return _look(holder) if holder.get("class") else holder


def _choose(judged: Sequence[_Judged], page: Page) -> Iterator[Line]:
    """The lines of the article: those that are sure, and their neighbours of the same build."""
    headlines = {_letters(node.text_content()) for node in page.tree.iter("h1")}
    sure = [index for index, each in enumerate(judged) if each.sure]
    homes = {judged[index].home for index in sure}
    first, last = (sure[0], sure[-1]) if sure else (0, -1)
    for index, each in enumerate(judged):
        if _letters(each.text) in headlines or (index >= last and _SIGNATURE.fullmatch(each.text)):
            continue
        between = first < index < last or (index == first - 1 and _DATELINE.fullmatch(each.text) is not None)
        if each.sure or _is_alike(each, at_home=each.home in homes, between=between):
            yield each.line


def _is_alike(each: _Judged, *, at_home: bool, between: bool) -> bool:
    if each.found or each.is_apart or is_stray(each.text):
        return False
    if len(each.text) >= _LONG:
        return (at_home or between) and each.linked < _LINKED
    return at_home and between and each.linked < _LINKED


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def _looks_like_article(host: str) -> Callable[[str], bool]:
    """An address of the same site that ends in a title: a line that is only such a link is no sentence."""

    def judge(url: str) -> bool:
        parts = urlsplit(url)
        return _site(parts.hostname or "") == _site(host) and parts.path.rsplit("/", 1)[-1].count("-") >= 3

    return judge


def _site(host: str) -> str:
    """The registered part of a host: regional hosts of one paper belong together."""
    labels = host.lower().split(".")
    size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    return ".".join(labels[-size:])


def _without_strays(lines: Iterable[Part]) -> Body:
    return Body(parts=without_end_marks([line for line in lines if not is_stray(line.text)]))


def _lines(node: HtmlElement) -> Iterator[Part]:
    """The lines of trafilatura's tree; text that stands between its elements is a paragraph, too."""
    loose = [node.text or ""]
    for child in node:
        if child.tag not in _TYPES and child.tag not in _CONTAINERS:
            loose.append("".join(child.itertext()))
        else:
            yield from _paragraph(loose)
            loose = []
            yield from _lines(child) if child.tag in _CONTAINERS else _line(child)
        loose.append(child.tail or "")
    yield from _paragraph(loose)


def _paragraph(pieces: list[str]) -> Iterator[Part]:
    text = fold("".join(pieces))
    if text:
        yield Part(type=PartType.PARAGRAPH, text=text)


def _line(node: HtmlElement) -> Iterator[Part]:
    if node.tag == "row":
        text = " | ".join(filter(None, (fold(" ".join(cell.itertext())) for cell in node.iter("cell"))))
    else:
        text = fold(("" if node.tag in {"p", "head"} else " ").join(node.itertext()))
    if text:
        yield Part(type=_TYPES[str(node.tag)], text=text)
