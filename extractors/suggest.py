"""A first draft of a rule: where a page that nobody has described yet keeps its parts.

Only what is found without doubt is suggested: expressions that find one thing on the page, by an id or a
class that reads like a name. Who wrote and who edited is never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from extractors.dates import read_printed
from extractors.page import Page, fold
from extractors.portal import Paging
from extractors.scene import main_object

_NAME = re.compile(r"[A-Za-z][\w-]{2,40}")
_NUMBERED = re.compile(r"\d{2,}|^col-|^mt-?\d|^mb-?\d|^p[xytb]?-\d")
_PLAIN = frozenset(
    {"clearfix", "row", "container", "column", "columns", "wrap", "wrapper", "active", "lazyload"}
)
_TELLING = re.compile(
    r"content|body|article|isi|detail|text|read|post|entry|title|date|time|photo|tag|paging"
)
_FEWEST_PARAGRAPHS = 3
_SHARE = 0.9
_LONGEST_DATE = 80
_CLIMB = 4


_NO_WHOLE = Paging(whole=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: an element's id, or one of its classes; `inner` leads on from there."""

    tag: str
    identity: str | None = None
    name: str | None = None
    inner: str = ""

    def expression(self, has_class: Callable[[str], str]) -> str:
        """The place as XPath; `has_class` spells "carries this class"."""
        if self.identity is not None:
            return f"id('{self.identity}'){self.inner}"
        return (
            f"//{self.tag}[{has_class(self.name)}]{self.inner}" if self.name else f"//{self.tag}{self.inner}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a page shows of itself."""

    headline: Place
    container: Place
    date_text: Place | None = None
    photo: Place | None = None
    photo_caption: Place | None = None
    keywords: Place | None = None
    pager: Place | None = None
    paging: Paging = _NO_WHOLE
    brand: str = ""
    has_json_ld: bool = False


def suggest(page: Page) -> Suggestion | str:
    """A draft for this page, or the reason why there is none."""
    headline = _headline(page)
    if headline is None:
        return "no headline (h1) on it"
    container = _container(page.tree)
    if container is None:
        return f"no element on it holds {_FEWEST_PARAGRAPHS} paragraphs of text"
    place = _place(container, page.tree, slack=0)
    if place is None:
        return "the element that holds its text has neither an id nor a class of its own"
    caption, links = _caption(page.tree), list(_further(page))
    ld = main_object(page.json_ld)
    return Suggestion(
        headline=_place(headline, page.tree) or Place(tag="h1"),
        container=place,
        date_text=_date(page.tree, container),
        photo=caption and replace(caption, inner="//img"),
        photo_caption=caption and replace(caption, inner="//figcaption"),
        keywords=_keywords(page.tree, container),
        pager=_pager(links, page.tree),
        paging=_paging(links),
        brand=_brand(page, ld),
        has_json_ld=bool(ld),
    )


def _headline(page: Page) -> HtmlElement | None:
    shown = [node for node in page.tree.iter("h1") if fold(node.text_content())]
    title = fold(page.meta.get("og:title", "")) or page.title
    named = [node for node in shown if fold(node.text_content()) in title]
    return next(iter(named or shown), None)


def _container(tree: HtmlElement) -> HtmlElement | None:
    """The element whose paragraphs hold the most text."""
    letters: Counter[HtmlElement] = Counter()
    paragraphs: Counter[HtmlElement] = Counter()
    for node in tree.iter("p"):
        length = len(fold(node.text_content()))
        parent = node.getparent()
        if length > 20 and parent is not None:
            letters[parent] += length
            paragraphs[parent] += 1
    best = max(letters, key=lambda node: letters[node], default=None)
    return best if best is not None and paragraphs[best] >= _FEWEST_PARAGRAPHS else None


def _place(node: HtmlElement, tree: HtmlElement, *, slack: int | None = None) -> Place | None:
    """An id or class that only this element has. With `slack`, an outer element serves as well, as long as it
    holds next to nothing but this one's text, or no more than so many letters besides.
    """
    for candidate in (node, *(_outer(node, slack) if slack is not None else ())):
        identity = candidate.get("id") or ""
        if _is_name(identity):
            return Place(tag=str(candidate.tag), identity=identity)
        for name in sorted(_classes(candidate), key=lambda name: not _TELLING.search(name)):
            if sum(name in _classes(other) for other in tree.iter(str(candidate.tag))) == 1:
                return Place(tag=str(candidate.tag), name=name)
    if node.tag == "h1" and sum(1 for _ in tree.iter("h1")) == 1:
        return Place(tag="h1")
    return None


def _outer(node: HtmlElement, slack: int) -> Iterator[HtmlElement]:
    own = len(fold(node.text_content()))
    for parent in list(node.iterancestors())[:_CLIMB]:
        length = len(fold(parent.text_content()))
        if own < _SHARE * length and length - own > slack:
            return
        yield parent


def _classes(node: HtmlElement) -> list[str]:
    return [name for name in (node.get("class") or "").split() if _is_name(name) and name not in _PLAIN]


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and _NUMBERED.search(text) is None


def _date(tree: HtmlElement, container: HtmlElement) -> Place | None:
    inside = set(container.iter())
    for node in tree.iter("time", "div", "span", "p", "li"):
        text = fold(node.text_content()) if len(node) < 6 else ""
        if not text or len(text) > _LONGEST_DATE or node in inside or "timeago" in _classes(node):
            continue
        found = read_printed(text)
        if found is not None and found.has_time:
            inner = (
                place for part in reversed(list(node.iter())) if (place := _dated(part, tree)) is not None
            )
            return next(inner, None)
    return None


def _dated(node: HtmlElement, tree: HtmlElement) -> Place | None:
    shown = isinstance(node.tag, str) and read_printed(fold(node.text_content())) is not None
    return _place(node, tree) if shown else None


def _caption(tree: HtmlElement) -> Place | None:
    """The first figure that has a picture and a caption."""
    for node in tree.iter("figure"):
        if node.find(".//img") is not None and node.find(".//figcaption") is not None:
            return _place(node, tree)
    return None


def _keywords(tree: HtmlElement, container: HtmlElement) -> Place | None:
    """The list of links to tags that follows the text; one before it would be that of what is popular."""
    after = False
    for node in tree.iter():
        after |= node is container
        if not after or node.tag not in {"ul", "div", "p", "h3", "h5"} or container in node.iterancestors():
            continue
        links = [link for link in node.iter("a") if fold(link.text_content())]
        tags = 1 < len(links) <= 30 and all("/tag/" in (link.get("href") or "") for link in links)
        if tags and (place := _place(node, tree)) is not None:
            return replace(place, inner="//a")
    return None


def _paging(links: list[tuple[HtmlElement, str, str]]) -> Paging:
    """How the page's own links ask for further pages, and for all on one."""
    numbers = Counter(name for _, name, value in links if value.isdecimal() and name != "single")
    whole = next(((name, value) for _, name, value in links if value == "all" or name == "single"), None)
    return Paging(parameter=numbers.most_common(1)[0][0] if numbers else "page", whole=whole)


def _pager(links: list[tuple[HtmlElement, str, str]], tree: HtmlElement) -> Place | None:
    """The first small element that leads to two pages of this very article."""
    known = {link: value for link, _, value in links if value.isdecimal()}
    for link in known:
        for box in list(link.iterancestors())[:_CLIMB]:
            inside = {known[inner] for inner in box.iter("a") if inner in known}
            if len(inside) > 1 and len(fold(box.text_content())) < 300:
                return _place(box, tree, slack=60)
    return None


def _further(page: Page) -> Iterator[tuple[HtmlElement, str, str]]:
    own = urlsplit(page.url).path.rstrip("/")
    for link in page.tree.iter("a"):
        address = page.absolute(link.get("href") or "") or ""
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.path.rstrip("/") == own:
            for name, value in parse_qsl(parts.query)[:1]:
                if value.isdecimal() or value.lower() == "all":
                    yield link, name, value.lower()


def _brand(page: Page, ld: object) -> str:
    publisher = ld.get("publisher") if isinstance(ld, dict) else None
    named = publisher.get("name") if isinstance(publisher, dict) else None
    return fold(page.meta.get("og:site_name", "") or (named if isinstance(named, str) else ""))[:60]
