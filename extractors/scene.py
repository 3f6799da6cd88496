"""What the readers of a page's header share: the page with its rule, places on it, and the fields found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from lxml import etree
from lxml.html import HtmlElement

from extractors.article import Person
from extractors.page import Page, fold
from extractors.portal import Host, Portal, Rule
from extractors.queries import xpath

ARTICLE_TYPES = frozenset(
    {
        "NewsArticle",
        "Article",
        "ReportageNewsArticle",
        "OpinionNewsArticle",
        "AnalysisNewsArticle",
        "BlogPosting",
    }
)


def select(tree: HtmlElement, expressions: Iterable[str]) -> list[HtmlElement]:
    """What the first expression that finds anything finds."""
    for expression in expressions:
        found = xpath(expression)(tree)
        if found:
            return found
    return []


def every(tree: HtmlElement, expressions: Iterable[str]) -> list[HtmlElement]:
    """What all the expressions find together."""
    return [node for expression in expressions for node in xpath(expression)(tree)]


def texts(tree: HtmlElement, expressions: Iterable[str]) -> list[str]:
    """The folded texts, without the empty ones, of the first expression that finds any."""
    for expression in expressions:
        found = [visible_text(node) for node in xpath(expression)(tree)]
        if any(found):
            return [text for text in found if text]
    return []


def visible_text(node: HtmlElement) -> str:
    """An element's text on one line: a break is a blank, and entities that were escaped twice are read."""
    text = node.text_content()
    if next(node.iter("br"), None) is not None:
        text = "".join(_pieces(node))
    return fold(unescape(text))


def _pieces(node: HtmlElement) -> Iterator[str]:
    for action, inner in etree.iterwalk(node, events=("start", "end")):
        if action == "start":
            yield " " if inner.tag == "br" else (inner.text or "") if isinstance(inner.tag, str) else ""
        elif inner is not node:
            yield inner.tail or ""


@dataclass(slots=True)
class Header:
    """The fields found so far, under the names of `PageReading`, and the source of each."""

    fields: dict[str, object] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def put(self, name: str, value: object, source: str) -> bool:
        """Keep a value unless it is empty or the field has one; whether it was kept."""
        if name in self.fields or value is None or value in ("", ()):
            return False
        self.fields[name] = value
        self.sources[name] = source
        return True

    def put_first(self, name: str, offers: Iterable[tuple[object, str]]) -> None:
        """Keep the first value that is not empty, of pairs of value and source, and ask for no more."""
        any(self.put(name, value, source) for value, source in offers)

    def people(self, name: str) -> tuple[Person, ...]:
        """The persons kept under `name`."""
        value = self.fields.get(name)
        return tuple(one for one in value if isinstance(one, Person)) if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the reading of one page's header needs to know."""

    page: Page
    portal: Portal | None
    host: Host | None
    rule: Rule | None

    @property
    def zone(self) -> str:
        """The zone for a time that names none."""
        return self.host.zone if self.host is not None else "Asia/Jakarta"


def main_object(objects: Iterable[Mapping[str, object]]) -> Mapping[str, object]:
    """The JSON-LD object that describes the article; empty without one."""
    for item in objects:
        kinds = item.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(name, str) and name in ARTICLE_TYPES for name in names):
            return item
    return {}


def text_of(ld: Mapping[str, object], name: str) -> str:
    """A text of JSON-LD, folded, without entities; empty if it is none."""
    value = ld.get(name)
    return fold(unescape(value))[:20000] if isinstance(value, str) else ""
