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
from importlib.metadata import version
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.article import Part, PartType
from extractors.body import Addresses, Body, sort_lines, without_end_marks
from extractors.page import Page, fold
from extractors.strays import is_box, is_stray
from extractors.walk import Line, Picture, is_dropped, walk_lines

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
_HOLDS_MOST = 0.9
_FOUND = 0.6
_LINKED = 0.5
_SECOND_COLUMN = 400
_LEVELS_UP = 3
# With less than that much text of trafilatura's found in the tree, its own lines are kept.
_ENOUGH_FOUND = 0.5


def trafilatura_version() -> str:
    """The version of trafilatura that is installed, without importing it."""
    return version("trafilatura")


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
    from trafilatura import bare_extraction  # noqa: PLC0415 - half a second that most runs can spare

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
    if not lines:
        return Found()
    evidence = Evidence.of(part.text for part in lines)
    container = _container(page.tree, evidence)
    if container is None:
        return Found(body=_without_strays(lines))
    return Found(body=_read_container(page, container, evidence), container=container)


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
    total = 0
    for node in tree.iter(*_TEXT_TAGS):
        text = _own_text(node)
        if len(text) >= _SHORTEST_EVIDENCE and evidence.share(text) >= _FOUND:
            total += len(text)
            weight[node] += len(text)
            for holder in node.iterancestors():
                weight[holder] += len(text)
    if total < _ENOUGH_FOUND * evidence.letters:
        return None
    holders = (node for node, letters in weight.items() if letters >= _HOLDS_MOST * total)
    holder = max(holders, key=lambda node: sum(1 for _ in node.iterancestors()))
    first = _first_article(holder)
    return first if first is not None else _with_columns(holder)


def _first_article(holder: HtmlElement) -> HtmlElement | None:
    """The first of several articles that a page shows one after the other, each with its own title."""
    for child in holder:
        if isinstance(child.tag, str) and child.get("class") and child.tag in {"div", "article", "section"}:
            following = [other for other in child.itersiblings() if _look(other) == _look(child)]
            if any(_titled_text(other) for other in following) and _letters_of_paragraphs(child):
                return child
    return None


def _titled_text(node: HtmlElement) -> bool:
    return next(node.iter("h1"), None) is not None and _letters_of_paragraphs(node) > _SECOND_COLUMN


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
        if column.get("class") and any(_is_twin(column, other) for other in holder):
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
    linked: float
    home: object

    @property
    def sure(self) -> bool:
        return self.found and not self.boxed and not is_stray(self.text)


def _read_container(page: Page, container: HtmlElement, evidence: Evidence) -> Body:
    walk = walk_lines([container], _is_dropped)
    judged = _judge(walk.lines, container, evidence)
    kept = {id(line) for line in _choose(judged, page)}
    host = urlsplit(page.url).hostname or ""
    return sort_lines(
        [item for item in walk.lines if not isinstance(item, Line) or id(item) in kept],
        Addresses(
            resolve=page.absolute,
            is_article=_looks_like_article(host),
            is_own=lambda url: _site(urlsplit(url).hostname or "") == _site(host),
        ),
        incomplete=walk.incomplete,
    )


def _is_dropped(node: HtmlElement) -> bool:
    """As on portals with rules, but posts of others that the article shows are text for its reader."""
    return is_dropped(node) and _EMBEDS.isdisjoint((node.get("class") or "").split())


def _judge(items: Iterable[Line | Picture], container: HtmlElement, evidence: Evidence) -> list[_Judged]:
    known: dict[HtmlElement, bool] = {}
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
    if boxed > (1 - _FOUND) * found:
        for each in judged:
            each.boxed = False
    return judged


def _home(block: HtmlElement | None) -> object:
    """Where a line is at home: the element around its paragraph, and elements that look like it."""
    if block is None:
        return None
    holder = block.getparent() if block.tag in _LEAVES else block
    if holder is None:
        return None
    return _look(holder) if holder.get("class") else holder


def _choose(judged: Sequence[_Judged], page: Page) -> Iterator[Line]:
    """The lines of the article: those that are sure, and their neighbours of the same build."""
    headlines = {_letters(node.text_content()) for node in page.tree.iter("h1")}
    sure = [index for index, each in enumerate(judged) if each.sure]
    homes = {judged[index].home for index in sure}
    for index, each in enumerate(judged):
        if _letters(each.text) in headlines:
            continue
        between = bool(sure) and sure[0] < index < sure[-1]
        if each.sure or _is_alike(each, at_home=each.home in homes, between=between):
            yield each.line


def _is_alike(each: _Judged, *, at_home: bool, between: bool) -> bool:
    if each.found or each.boxed or is_stray(each.text):
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
