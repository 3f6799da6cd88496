"""What stands around an article on a portal without rules: the lines between its title and its text, the
lines of the text, and those after it. Menus, lists of other articles and comments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from extractors.article import Part
from extractors.page import Page, fold
from extractors.strays import name_words
from extractors.walk import Line, walk_lines

_DROPPED = frozenset(
    {"script", "style", "noscript", "template", "iframe", "svg", "nav", "aside", "footer", "form", "button"}
    | {"select", "input", "textarea", "head", "link", "meta", "object", "video", "audio"}
)
_OTHER_BOX = re.compile(
    r"comments?|komentar|related|terkait|popular|populer|terpopuler|recommend\w*|rekomendasi|shar(?:e|ing)"
    r"|social|sosmed|menu|sidebar|widget|breadcrumbs?|latest|terbaru|trending|lainnya|most"
)
_LEVELS_UP = 2
_MOST_LINES = 60
_LONG = 40
_SHARED = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The lines around and in an article's text, folded, and the element that holds them all."""

    region: HtmlElement
    container: HtmlElement
    headline: HtmlElement | None
    before: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def headline_node(page: Page) -> HtmlElement | None:
    """The title on the page: the `h1` whose letters are in the document's title, else an only one that shares
    words with it. The name of the site, which stands at the end of the title, is none.
    """
    shown = [node for node in page.tree.iter("h1") if fold(node.text_content())]
    titles = [title for title in (page.title, fold(page.meta.get("og:title", ""))) if title]
    site = _letters(page.meta.get("og:site_name", ""))
    named = [(node, _letters(str(node.text_content()))) for node in shown]
    for node, letters in named:
        if len(letters) > 8 and letters != site and any(_opens(letters, title) for title in titles):
            return node
    others = [(node, letters) for node, letters in named if letters != site]
    if len(others) != 1 or (titles and not _shares_words(others[0][0], titles)):
        return None
    return others[0][0]


def _opens(letters: str, title: str) -> bool:
    """Whether the letters are in a title, and not as its last part, the site's name."""
    return (letters in _letters(title) and letters != _letters(re.split(r"\s[-–—|:»]\s", title)[-1])) or (
        letters == _letters(title)
    )


def _shares_words(node: HtmlElement, titles: Iterable[str]) -> bool:
    words = set(re.findall(r"\w+", str(node.text_content()).lower()))
    known = set(re.findall(r"\w+", " ".join(titles).lower()))
    return len(words & known) >= _SHARED * len(words)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def surroundings(page: Page, container: HtmlElement, parts: Iterable[Part]) -> Surroundings:
    """The region that holds title and text; without a title two levels around the text. What lies before the
    first line of the text and after its last one is around it, even if one element holds all.
    """
    headline = headline_node(page)
    region = _region(container, headline)
    kept = {container, *container.iterancestors()}
    if headline is not None:
        kept |= {headline, *headline.iterancestors()}
    lines = list(_lines(region, lambda node: node not in kept and is_other(node)))
    body = "\n".join(part.text for part in parts)
    text = [index for index, line in enumerate(lines) if len(line) >= _LONG and line in body]
    first, last = (text[0], text[-1]) if text else (len(lines), len(lines))
    return Surroundings(
        region=region,
        container=container,
        headline=headline,
        before=tuple(lines[max(0, first - _MOST_LINES) : first]),
        inside=tuple(lines[first : last + 1]),
        after=tuple(lines[last + 1 : last + 1 + _MOST_LINES]),
    )


def _lines(region: HtmlElement, dropped: Callable[[HtmlElement], bool]) -> Iterator[str]:
    for item in walk_lines([region], dropped).lines:
        if isinstance(item, Line) and (text := fold(item.text)):
            yield text


def is_other(node: HtmlElement) -> bool:
    """Whether an element is a control, a menu or a list of something else than the article."""
    return node.tag in _DROPPED or any(map(_OTHER_BOX.fullmatch, name_words(node)))


def _region(container: HtmlElement, headline: HtmlElement | None) -> HtmlElement:
    if headline is not None:
        around = {headline, *headline.iterancestors()}
        for node in (container, *container.iterancestors()):
            if node in around:
                return node
    region = container
    for _ in range(_LEVELS_UP):
        parent = region.getparent()
        if parent is None or parent.tag == "html":
            break
        region = parent
    return region
