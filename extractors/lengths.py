"""A rule's text against trafilatura's by length: a self-check for pages that say nothing of their own text.

trafilatura costs more than all the rest, so it is asked only where the page does not carry its plain text
(`keywordBrandSafety`) and something cheap looks odd: most of the container is left out, as much running text
stands outside it, or most of the body is scraps. Thresholds and figures: docs/quality.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement

from extractors.article import PartType
from extractors.body import Body
from extractors.other_reader import bare_extraction
from extractors.page import Page, fold
from extractors.strays import is_stray

_SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "svg", "form", "button", "select"})
_ELSEWHERE = frozenset({"li", "aside", "nav", "footer", "form", "figure", "table"})
# A few lines are no evidence: short last pages, a gallery's captions.
_LEAST = 400
_LEFT_OUT = 0.5
_LONG_PARAGRAPH = 80
_SCRAP = 60
_MOST_SCRAPS = 8
_SHORTER, _LONGER = 0.6, 2.0
# More elements than any article's page has; trafilatura takes seconds over them.
_MAX_NODES = 5000


def doubt_length(page: Page, containers: Sequence[HtmlElement], body: Body) -> str | None:
    """The doubt about a body that is far shorter or longer than trafilatura's text of the same place; None
    without one, and where nothing looked odd.
    """
    lengths = [_letters(part.text) for part in body.parts]
    ours = sum(lengths)
    region = _odd_region(page, containers, body, lengths)
    if region is None or len(list(zip(page.tree.iter(), range(_MAX_NODES), strict=False))) == _MAX_NODES:
        return None
    theirs = _read_by_trafilatura(region)
    if theirs >= _LEAST and ours < _SHORTER * theirs:
        return f"the body is much shorter than trafilatura's text: {ours:,} of {theirs:,} letters"
    if theirs >= _LEAST and ours > _LONGER * theirs:
        return f"the body is much longer than trafilatura's text: {ours:,} for {theirs:,} letters"
    return None


def _odd_region(
    page: Page, containers: Sequence[HtmlElement], body: Body, lengths: Sequence[int]
) -> Sequence[HtmlElement] | None:
    """What trafilatura is to read: the containers, or the page if the text seems to stand elsewhere.
    `lengths` are the letters of the body's parts.
    """
    ours = sum(lengths)
    inside = {paragraph for container in containers for paragraph in container.iterdescendants("p")}
    outside = sum(
        letters
        for paragraph in page.tree.iter("p")
        if paragraph not in inside
        and (letters := _letters(paragraph.text_content())) >= _LONG_PARAGRAPH
        and not _stands_elsewhere(paragraph)
    )
    if outside >= max(_LEAST, ours):
        return [page.tree]
    said = ours + sum(map(_letters, _set_apart(body)))
    if said < _LEFT_OUT * sum(len(container.text_content()) for container in containers):
        shown = sum(_shown_letters(container) for container in containers)
        if shown >= _LEAST and said < _LEFT_OUT * shown:
            return containers
    paragraphs = (n for part, n in zip(body.parts, lengths, strict=True) if part.type is PartType.PARAGRAPH)
    scraps = [letters for letters in paragraphs if letters < _SCRAP]
    return containers if len(scraps) >= _MOST_SCRAPS and sum(scraps) > ours / 2 else None


def _stands_elsewhere(paragraph: HtmlElement) -> bool:
    """Whether a paragraph is in a list or a box, where no article stands."""
    return any(holder.tag in _ELSEWHERE for holder in paragraph.iterancestors())


def _set_apart(body: Body) -> Iterable[str]:
    """What was knowingly taken out of the container."""
    yield from (f"{link.label or ''}{link.name}" for link in body.related)
    yield from (f"{photo.caption or ''}{photo.credit_text or ''}" for photo in body.photos)
    yield from (byline.text for byline in body.bylines)
    yield from body.abstract


def _shown_letters(container: HtmlElement) -> int:
    letters = _letters(container.text_content())
    return letters - sum(
        _letters(silent.text_content())
        for silent in container.iter(*_SILENT)
        if not any(outer.tag in _SILENT for outer in silent.iterancestors())
    )


def _read_by_trafilatura(region: Sequence[HtmlElement]) -> int:
    """The letters of trafilatura's text, less the lines that we know to be no article's. In its fast mode,
    so that a doubt costs some milliseconds.
    """
    document = region[0]
    if document.tag != "html":
        document = document.makeelement("html")
        etree.SubElement(document, "body").extend(deepcopy(container) for container in region)
    found = bare_extraction(document, fast=True, include_comments=False, with_metadata=False)
    lines = (getattr(found, "text", None) or "").splitlines()
    return sum(_letters(line) for line in lines if not is_stray(fold(line)))


def _letters(text: str) -> int:
    """How many characters of a text are no white space."""
    return sum(map(len, text.split()))
