"""Portals without rules: trafilatura finds the text, our tables take out what newsrooms print around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version

from lxml.html import HtmlElement

from extractors import skips
from extractors.article import Part, PartType
from extractors.body import without_end_marks
from extractors.bylines import Byline, read_opening
from extractors.page import fold

_TYPES = {
    "p": PartType.PARAGRAPH,
    "head": PartType.HEADING,
    "item": PartType.LIST_ITEM,
    "row": PartType.TABLE_ROW,
    "quote": PartType.QUOTE,
    "code": PartType.QUOTE,
}
_CONTAINERS = frozenset({"list", "table", "div", "body"})
_MAX_NODES = 60_000
_FIRST_LINES = 6


def trafilatura_version() -> str:
    """The version of trafilatura that is installed, without importing it."""
    return version("trafilatura")


def read_text(tree: HtmlElement, *, url: str) -> tuple[tuple[Part, ...], tuple[Byline, ...]]:
    """The article's parts and the bylines that open it; nothing when trafilatura finds no text.

    `favor_precision` keeps trafilatura from giving the whole page where the article is short (measured on
    video and gallery pages); comments are left out.
    """
    if sum(1 for _ in zip(tree.iter(), range(_MAX_NODES + 1), strict=False)) > _MAX_NODES:
        return (), ()
    from trafilatura import bare_extraction  # noqa: PLC0415 - half a second that most runs can spare

    document = bare_extraction(
        tree, url=url, favor_precision=True, include_comments=False, include_tables=True, with_metadata=False
    )
    body = getattr(document, "body", None)
    if body is None:
        return (), ()
    return _sort(_lines(body))


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


def _sort(lines: Iterable[Part]) -> tuple[tuple[Part, ...], tuple[Byline, ...]]:
    parts: list[Part] = []
    bylines: list[Byline] = []
    for line in lines:
        byline = read_opening(line.text) if len(parts) < _FIRST_LINES else None
        if byline is not None:
            bylines.append(byline)
        elif not _is_foreign(line.text):
            parts.append(line)
    return without_end_marks(parts), tuple(bylines)


def _is_foreign(text: str) -> bool:
    label = skips.RELATED_LABEL.match(text)
    if label is not None and (":" in label[0] or label.end() == len(text)):
        return True
    return skips.is_promotion(text) or skips.BASED_ON.fullmatch(text) is not None
