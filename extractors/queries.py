"""XPath over one page, quickly: most expressions ask for a class or an id, and those are known beforehand.

libxml2 walks over the whole page for each expression: 0.1 to 0.5 ms for each of some thirty. Here the classes
of a page's elements are indexed once for each tag that is asked for; an expression that begins with "an
element of this class" starts at the few that have it. libxml2 keeps a table of ids: what begins in an element
that is not there finds nothing. What is asked otherwise goes to libxml2 as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, pairwise, repeat

from lxml import etree
from lxml.html import HtmlElement

Selector = Callable[[HtmlElement], list[HtmlElement]]

_NAME = r"[a-z][\w-]*"
_CLASS = (
    r"(?:contains\(@class,'[\w-]+'\) and )?"
    r"contains\(concat\(' ',(?:normalize-space\(@class\)|@class),' '\),' (?P<name>[\w-]+) '\)"
)
# "//div[contains(concat(' ',@class,' '),' paging ')", also within the element of an id, with "]" or " and ".
_BY_CLASS = re.compile(
    rf"(?:id\('(?P<within>[\w-]+)'\))?"
    rf"//(?:(?P<tag>{_NAME}|\*)|\*\[self::(?P<one>{_NAME}) or self::(?P<other>{_NAME})\])"
    rf"\[{_CLASS}(?P<rest>\]|\sand\s)"
)
_BY_ID = re.compile(r"//\*\[@id='(?P<id>[\w-]+)'(?:\]|\sand\s)")
_WITHIN = re.compile(rf"id\('(?P<id>[\w-]+)'\)(?://(?P<tag>{_NAME})(?=\[|/|$))?")
_BY_TAG = re.compile(rf"//(?P<tag>{_NAME})(?=\[|/|$)")
# Those of XPath, which knows no others such as the no-break space.
_SPACES = re.compile(r"[ \t\r\n]+")
# Predicates that count would count otherwise from the element itself.
_COUNTS = re.compile(r"\[\s*\d|position\(|last\(")
# Steps that leave the subtree: from several elements they can find one twice, or in another order.
_LEAVES = re.compile(r"following|preceding|ancestor|parent|\.\.")
# With more elements of a class, asking where each stands costs more than libxml2 does.
_FEW = 20


@dataclass(frozen=True, slots=True)
class _Written:
    """The elements of some tags in reading order, and the places of those with a class attribute under the
    attribute as it is written.
    """

    nodes: list[HtmlElement]
    places: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class _Index:
    """What was found out about one page."""

    tree: HtmlElement
    written: dict[tuple[str, ...], _Written] = field(default_factory=dict)
    found: dict[tuple[tuple[str, ...], str], list[HtmlElement]] = field(default_factory=dict)
    anchors: dict[str, HtmlElement | None] = field(default_factory=dict)
    tags: dict[str, bool] = field(default_factory=dict)


_latest: _Index | None = None


def _index(tree: HtmlElement) -> _Index:
    """The index of a page. Expressions come page after page, so only the latest is kept."""
    global _latest  # noqa: PLW0603 - replaced whole, so that whoever reads it sees one page
    latest = _latest
    if latest is None or latest.tree is not tree:
        latest = _latest = _Index(tree)
    return latest


def forget() -> None:
    """Let go of the latest page: its tree goes while it is at hand, and the next one takes its place."""
    global _latest  # noqa: PLW0603 - as above
    _latest = None


def _with_class(tree: HtmlElement, tags: tuple[str, ...], name: str) -> list[HtmlElement]:
    """The elements of these tags that carry a class, in reading order. `tree` is the page's root."""
    index = _index(tree)
    found = index.found.get((tags, name))
    if found is None:
        if tags not in index.written:
            index.written[tags] = _written(tree, tags)
        written = index.written[tags]
        places = (
            places
            for names, places in written.places.items()
            if name in names and name in _SPACES.split(names)
        )
        found = [written.nodes[place] for place in sorted(chain.from_iterable(places))]
        index.found[tags, name] = found
    return found


def _written(tree: HtmlElement, tags: tuple[str, ...]) -> _Written:
    nodes = list(tree.iter(etree.Element) if tags == ("*",) else tree.iter(*tags))
    places: dict[str, list[int]] = {}
    for place, names in enumerate(map(HtmlElement.get, nodes, repeat("class"))):
        if names in places:
            places[names].append(place)
        elif names:
            places[names] = [place]
    return _Written(nodes, places)


def _anchor(tree: HtmlElement, identity: str) -> HtmlElement | None:
    """The first element of an id."""
    anchors = _index(tree).anchors
    if identity not in anchors:
        anchors[identity] = next(iter(_compiled(f"id('{identity}')")(tree)), None)
    return anchors[identity]


def _has_tag(tree: HtmlElement, tag: str) -> bool:
    tags = _index(tree).tags
    if tag not in tags:
        tags[tag] = next(tree.iter(tag), None) is not None
    return tags[tag]


@cache
def xpath(expression: str) -> Selector:
    """A compiled expression that selects elements. `tree` is a page's root or an element of it."""
    whole = _compiled(expression)
    parts = _alternatives(expression)
    if len(parts) > 1:
        return _of_page(whole, _of_several(whole, parts))
    if "|" in expression:
        return whole
    opening = _BY_CLASS.match(expression)
    if opening is not None:
        return _of_page(whole, _by_class(whole, opening, expression[opening.end() :]))
    for pattern, make in ((_BY_ID, _by_id), (_WITHIN, _by_anchor), (_BY_TAG, _by_tag)):
        found = pattern.match(expression)
        if found is not None:
            return _of_page(whole, make(whole, found))
    return whole


@cache
def _compiled(expression: str) -> Selector:
    compiled = etree.XPath(expression)

    def find(tree: HtmlElement) -> list[HtmlElement]:
        found = compiled(tree)
        return [node for node in found if isinstance(node, HtmlElement)] if isinstance(found, list) else []

    return find


def _of_page(whole: Selector, quick: Selector) -> Selector:
    """The quick way on a page; on a part of one the index would know too much."""
    return lambda tree: quick(tree) if tree.getparent() is None else whole(tree)


def _of_several(whole: Selector, parts: Iterable[str]) -> Selector:
    """Of alternatives mostly one finds anything; else libxml2 puts what they find in order."""
    selectors = [xpath(part) for part in parts]

    def find(tree: HtmlElement) -> list[HtmlElement]:
        found = [nodes for select in selectors if (nodes := select(tree))]
        return whole(tree) if len(found) > 1 else [*chain.from_iterable(found)]

    return find


def _by_tag(whole: Selector, asked: re.Match[str]) -> Selector:
    tag = asked["tag"]
    return lambda tree: whole(tree) if _has_tag(tree, tag) else []


def _by_id(whole: Selector, asked: re.Match[str]) -> Selector:
    identity = asked["id"]
    return lambda tree: whole(tree) if _anchor(tree, identity) is not None else []


def _by_anchor(whole: Selector, asked: re.Match[str]) -> Selector:
    """What begins in the element of an id, and often goes on with a tag that may not be in it."""
    identity, tag = asked["id"], asked["tag"]

    def find(tree: HtmlElement) -> list[HtmlElement]:
        anchor = _anchor(tree, identity)
        if anchor is None or (tag is not None and next(anchor.iterdescendants(tag), None) is None):
            return []
        return whole(tree)

    return find


def _by_class(whole: Selector, asked: re.Match[str], after: str) -> Selector:
    rest = after if asked["rest"] == "]" else f"[{after}"
    has_choice = asked["rest"] != "]" and " or " in after[: _end_of_predicate(after)]
    if has_choice or (rest.startswith("[") and _COUNTS.search(rest)):
        return whole
    tags = (asked["tag"],) if asked["tag"] else (asked["one"], asked["other"])
    name, within = asked["name"], asked["within"]
    relative = _compiled(f"self::node(){rest}") if rest else None
    steps = "".join(_outside(rest))
    leaves = _LEAVES.search(steps) is not None

    def find(tree: HtmlElement) -> list[HtmlElement]:
        starts = _with_class(tree, tags, name)
        if within is not None:
            anchor = _anchor(tree, within) if starts else None
            if anchor is None:
                return []
            if len(starts) > _FEW:
                return whole(tree)
            starts = [node for node in starts if anchor in node.iterancestors()]
        if relative is None or not starts:
            return starts
        if steps and len(starts) > 1 and (leaves or _are_nested(starts)):
            return whole(tree)
        return [node for start in starts for node in relative(start)]

    return find


def _are_nested(nodes: list[HtmlElement]) -> bool:
    """Whether one of the elements, in reading order, stands in another."""
    return any(outer in inner.iterancestors() for outer, inner in pairwise(nodes))


def _outside(expression: str) -> Iterator[str]:
    """The characters of an expression that stand in no predicate."""
    depth = 0
    for character in expression:
        depth += character == "["
        if depth == 0:
            yield character
        depth -= character == "]"


def _end_of_predicate(after: str) -> int:
    """Where the predicate ends whose beginning was taken off."""
    depth = 1
    for place, character in enumerate(after):
        depth += (character == "[") - (character == "]")
        if depth == 0:
            return place
    return len(after)


def _alternatives(expression: str) -> list[str]:
    """The parts of an expression between bars; one part, if a bar stands within a bracket."""
    parts = expression.split(" | ")
    whole = all(part.count(opened) == part.count(closed) for part in parts for opened, closed in ("[]", "()"))
    return parts if whole else [expression]
