"""XPath over one page, quickly: most expressions ask for a class, and one walk knows where each class is.

libxml2 compares the class of each element of the page for each expression: 0.1 ms for each of some eighty.
Here a page's elements are indexed once; an expression that begins with "an element of this class" starts at
the few that have it. What is asked otherwise goes to libxml2 as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import itemgetter

from lxml import etree
from lxml.html import HtmlElement

Selector = Callable[[HtmlElement], list[HtmlElement]]
Lookup = Callable[[HtmlElement, str], list[HtmlElement]]

# "//div[contains(concat(' ',@class,' '),' paging ')" with "]" or " and ": the opening of an expression.
_BY_CLASS = re.compile(
    r"//(?P<tag>[a-z][\w-]*|\*)\[contains\(concat\(' ',(?:normalize-space\(@class\)|@class),' '\),' "
    r"(?P<name>[\w-]+) '\)(?P<rest>\]|\sand\s)"
)
_BY_ID = re.compile(r"//(?P<tag>[a-z][\w-]*|\*)\[@id='(?P<name>[\w-]+)'(?P<rest>\]|\sand\s)")
_BY_TAG = re.compile(r"//(?P<tag>[a-z][\w-]*)(?=\[|/|$)")
# Predicates that count would count otherwise from the element itself.
_COUNTS = re.compile(r"\[\s*\d|position\(|last\(")
# Steps that leave the subtree: from several elements they can find one twice, or in another order.
_LEAVES = re.compile(r"following|preceding|ancestor|parent|\.\.")


@dataclass(frozen=True, slots=True)
class _Index:
    """One page's elements under their id, and under their class attribute as written with their place in
    reading order.
    """

    tree: HtmlElement
    ids: dict[str, list[HtmlElement]]
    written: dict[str, list[tuple[int, HtmlElement]]]
    found: dict[str, list[HtmlElement]]
    tags: dict[str, bool]


_latest: _Index | None = None


def _index(tree: HtmlElement) -> _Index:
    """The index of a page. Expressions come page after page, so only the latest is kept."""
    global _latest  # noqa: PLW0603 - replaced whole, so that whoever reads it sees one page
    latest = _latest
    if latest is None or latest.tree is not tree:
        written: dict[str, list[tuple[int, HtmlElement]]] = {}
        ids: dict[str, list[HtmlElement]] = {}
        for place, node in enumerate(tree.iter(etree.Element)):
            identity = node.get("id")
            if identity:
                ids.setdefault(identity, []).append(node)
            names = node.get("class")
            if names:
                written.setdefault(names, []).append((place, node))
        latest = _latest = _Index(tree, ids, written, {}, {})
    return latest


def with_class(tree: HtmlElement, name: str) -> list[HtmlElement]:
    """The elements of a page that carry a class, in reading order. `tree` is the page's root."""
    index = _index(tree)
    if name not in index.found:
        places = [
            place
            for names, nodes in index.written.items()
            if name in names and name in names.split()
            for place in nodes
        ]
        index.found[name] = [node for _, node in sorted(places, key=itemgetter(0))]
    return index.found[name]


def _with_id(tree: HtmlElement, name: str) -> list[HtmlElement]:
    return _index(tree).ids.get(name, [])


def _has_tag(tree: HtmlElement, tag: str) -> bool:
    tags = _index(tree).tags
    if tag not in tags:
        tags[tag] = next(tree.iter(tag), None) is not None
    return tags[tag]


@cache
def xpath(expression: str) -> Selector:
    """A compiled expression that selects elements. `tree` is a page's root or an element of it."""
    whole = _compiled(expression)
    if "|" in expression:
        return whole
    for pattern, lookup in ((_BY_CLASS, with_class), (_BY_ID, _with_id)):
        opening = pattern.match(expression)
        if opening is not None:
            return _by_name(whole, lookup, opening, expression[opening.end() :])
    tagged = _BY_TAG.match(expression)
    return _by_tag(whole, tagged["tag"]) if tagged is not None else whole


def _compiled(expression: str) -> Selector:
    compiled = etree.XPath(expression)

    def find(tree: HtmlElement) -> list[HtmlElement]:
        found = compiled(tree)
        return [node for node in found if isinstance(node, HtmlElement)] if isinstance(found, list) else []

    return find


def _by_tag(whole: Selector, tag: str) -> Selector:
    def find(tree: HtmlElement) -> list[HtmlElement]:
        if tree.getparent() is None and not _has_tag(tree, tag):
            return []
        return whole(tree)

    return find


def _by_name(whole: Selector, lookup: Lookup, opening: re.Match[str], after: str) -> Selector:
    rest = after if opening["rest"] == "]" else f"[{after}"
    if rest.startswith("[") and _COUNTS.search(rest):
        return whole
    tag, name = opening["tag"], opening["name"]
    relative = _compiled(f"self::node(){rest}") if rest else None
    leaves = _LEAVES.search(rest) is not None

    def find(tree: HtmlElement) -> list[HtmlElement]:
        if tree.getparent() is not None:
            return whole(tree)
        starts = [node for node in lookup(tree, name) if tag in {"*", node.tag}]
        if relative is None or not starts:
            return starts
        if len(starts) > 1 and (leaves or _are_nested(starts)):
            return whole(tree)
        return [node for start in starts for node in relative(start)]

    return find


def _are_nested(nodes: list[HtmlElement]) -> bool:
    """Whether one of the elements, in reading order, stands in another."""
    return any(outer in inner.iterancestors() for outer, inner in pairwise(nodes))
