"""XPath over one page, quickly: most expressions ask for a class or an id, and those are known beforehand.

libxml2 walks over the whole page for each expression: 0.1 to 0.5 ms for each of some thirty. Here the classes
of a page's elements are indexed in one walk over the tags that expressions ask for; an expression that begins
with "an element of these classes" starts at the few that have them. libxml2 keeps a table of ids: what begins
in an element that is not there finds nothing. What is asked otherwise goes to libxml2 as it stands.
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
    r"(?:contains\(@class,'(?P<guard>[\w-]+)'\) and )?"
    r"contains\(concat\(' ',normalize-space\(@class\),' '\),' (?P<name>[\w-]+) '\)"
    r"(?P<rest>\]|\sand\s)"
)
# "//div[contains(concat(' ',normalize-space(@class),' '),' paging ')", with or without the cheaper question
# for the same letters before it, also within the element of an id, with "]" or " and ".
_BY_CLASS = re.compile(
    rf"(?:id\('(?P<within>[\w-]+)'\))?"
    rf"//(?:(?P<tag>{_NAME}|\*)|\*\[self::(?P<one>{_NAME}) or self::(?P<other>{_NAME})\])"
    rf"\[{_CLASS}"
)
_AND_CLASS = re.compile(_CLASS)
_BY_ID = re.compile(r"//\*\[@id='(?P<id>[\w-]+)'(?:\]|\sand\s)")
_WITHIN = re.compile(rf"id\('(?P<id>[\w-]+)'\)(?://(?P<tag>{_NAME})(?=\[|/|$))?")
# "id('article')//text()[contains(.,'Sumber') or contains(.,'SUMBER')]": texts that hold one of some words.
_BY_WORD = re.compile(
    r"id\('(?P<id>[\w-]+)'\)//text\(\)\[(?P<words>contains\(\.,'[^']+'\)(?: or contains\(\.,'[^']+'\))*)\]"
)
_WORD = re.compile(r"'([^']+)'")
_DOWN = re.compile(rf"//(?P<tag>{_NAME})")
_BY_TAG = re.compile(rf"//(?P<tag>{_NAME})(?=\[|/|$)")
# Predicates that count would count otherwise from the element itself.
_COUNTS = re.compile(r"\[\s*\d|position\(|last\(")
# Steps that leave the subtree: from several elements they can find one twice, or in another order.
_LEAVES = re.compile(r"following|preceding|ancestor|parent|\.\.")
# With more elements of a class, asking where each stands costs more than libxml2 does.
_FEW = 20


@dataclass(frozen=True, slots=True)
class _Written:
    """The elements of some tags in reading order, and their class attributes in one text: blanks around each
    name, and a NUL behind each attribute, since none can hold one.
    """

    tags: tuple[str, ...]
    nodes: list[HtmlElement]
    attributes: str

    def covers(self, tags: tuple[str, ...]) -> bool:
        """Whether all elements of these tags are among the elements."""
        return self.tags == _ANY or all(tag in self.tags for tag in tags)


@dataclass(frozen=True, slots=True)
class _Index:
    """What was found out about one page."""

    tree: HtmlElement
    written: list[_Written] = field(default_factory=list)
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[HtmlElement]] = field(default_factory=dict)
    anchors: dict[str, HtmlElement | None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    tags: dict[str, bool] = field(default_factory=dict)


_ANY = ("*",)
# The tags that the expressions seen until now ask for by class: each page is walked for all of them at once.
_asked: tuple[str, ...] = ()
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


def _ask_for(tags: tuple[str, ...]) -> None:
    """Have these tags indexed on the pages to come."""
    global _asked  # noqa: PLW0603 - replaced whole, as above
    if tags != _ANY:
        _asked = tuple(dict.fromkeys((*_asked, *tags)))


def _with_classes(tree: HtmlElement, tags: tuple[str, ...], names: tuple[str, ...]) -> list[HtmlElement]:
    """The elements of these tags that carry all of the classes, in reading order. `tree` is a whole page."""
    index = _index(tree)
    found = index.found.get((tags, names))
    if found is None:
        found = index.found[tags, names] = _look_up(_written(index, tags), tags, names)
    return found


def _look_up(written: _Written, tags: tuple[str, ...], names: tuple[str, ...]) -> list[HtmlElement]:
    words = [f" {name} " for name in names]
    rarest = min(words, key=written.attributes.count) if len(words) > 1 else words[0]
    nodes = [written.nodes[place] for place in _places(written.attributes, rarest, words)]
    return nodes if tags in {written.tags, _ANY} else [node for node in nodes if node.tag in tags]


def _places(attributes: str, rarest: str, names: list[str]) -> Iterator[int]:
    """The numbers of the attributes that hold all of the classes, names with blanks around."""
    place = end = 0
    while (found := attributes.find(rarest, end)) >= 0:
        place += attributes.count("\0", end, found)
        start, end = attributes.rfind("\0", 0, found) + 1, attributes.find("\0", found)
        if len(names) == 1 or all(attributes.find(name, start, end) >= 0 for name in names):
            yield place


def _written(index: _Index, tags: tuple[str, ...]) -> _Written:
    """The index of elements that covers these tags, made with those of all that is mostly asked."""
    known = next((written for written in index.written if written.covers(tags)), None)
    if known is None:
        known = _walk(index.tree, _ANY if tags == _ANY else tuple(dict.fromkeys((*tags, *_asked))))
        index.written.append(known)
    return known


def _walk(tree: HtmlElement, tags: tuple[str, ...]) -> _Written:
    nodes = list(tree.iter(etree.Element) if tags == _ANY else tree.iter(*tags))
    attributes = " \0 ".join(map(HtmlElement.get, nodes, repeat("class"), repeat("")))
    for space in "\t\n\r":  # XPath knows no others, such as the no-break space
        attributes = attributes.replace(space, " ")
    return _Written(tags, nodes, f" {attributes} \0")


def _anchor(tree: HtmlElement, identity: str) -> HtmlElement | None:
    """The first element of an id."""
    anchors = _index(tree).anchors
    if identity not in anchors:
        anchors[identity] = next(iter(_compiled(f"id('{identity}')")(tree)), None)
    return anchors[identity]


def _text_of(tree: HtmlElement, identity: str) -> str:
    """The whole text of the element of an id; empty without one."""
    texts = _index(tree).texts
    if identity not in texts:
        anchor = _anchor(tree, identity)
        texts[identity] = str(anchor.text_content()) if anchor is not None else ""
    return texts[identity]


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
    for pattern, make in _SHAPES:
        found = pattern.match(expression)
        if found is not None:
            return _of_page(whole, make(whole, found))
    return whole


@cache
def _compiled(expression: str) -> Selector:
    compiled = etree.XPath(expression, regexp=False)

    def find(tree: HtmlElement) -> list[HtmlElement]:
        found = compiled(tree)
        return [node for node in found if isinstance(node, HtmlElement)] if isinstance(found, list) else []

    return find


def _of_page(whole: Selector, quick: Selector) -> Selector:
    """The quick way on a page; on a part of one the index would know too much."""
    return lambda tree: quick(tree) if tree.getparent() is None else whole(tree)


def _of_several(whole: Selector, parts: Iterable[str]) -> Selector:
    """Of alternatives mostly one finds anything, or one finds what the others find; else libxml2 puts what
    they find in order.
    """
    selectors = [xpath(part) for part in parts]

    def find(tree: HtmlElement) -> list[HtmlElement]:
        found = sorted((nodes for select in selectors if (nodes := select(tree))), key=len)
        if len(found) < 2:
            return found[-1] if found else []
        # What stands behind the end of a page is a second root, which only libxml2 looks at.
        is_alone = not any(isinstance(sibling.tag, str) for sibling in tree.itersiblings())
        holds_all = is_alone and set(found[-1]).issuperset(chain.from_iterable(found[:-1]))
        return found[-1] if holds_all else whole(tree)

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
    is_all = asked.end() == len(asked.string)

    def find(tree: HtmlElement) -> list[HtmlElement]:
        anchor = _anchor(tree, identity)
        if anchor is None:
            return []
        if tag is None:
            return [anchor] if is_all else whole(tree)
        if is_all:
            return list(anchor.iterdescendants(tag))
        return whole(tree) if next(anchor.iterdescendants(tag), None) is not None else []

    return find


def _by_word(whole: Selector, asked: re.Match[str]) -> Selector:
    """Texts within the element of an id: mostly none of the words is anywhere in it."""
    identity, words = asked["id"], _WORD.findall(asked["words"])
    return lambda tree: whole(tree) if any(word in _text_of(tree, identity) for word in words) else []


def _by_class(whole: Selector, asked: re.Match[str]) -> Selector:
    names, in_predicate, after = _classes_of(asked)
    rest = f"[{after}" if in_predicate else after
    has_choice = in_predicate and " or " in after[: _end_of_predicate(after)]
    if has_choice or not _is_sure(asked) or (rest.startswith("[") and _COUNTS.search(rest)):
        return whole
    tags = (asked["tag"],) if asked["tag"] else (asked["one"], asked["other"])
    within = asked["within"]
    _ask_for(tags)
    relative = _relative(rest) if rest else None
    steps = "".join(_outside(rest))
    leaves = _LEAVES.search(steps) is not None

    def find(tree: HtmlElement) -> list[HtmlElement]:
        starts = _with_classes(tree, tags, names)
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


def _classes_of(asked: re.Match[str]) -> tuple[tuple[str, ...], bool, str]:
    """The classes that an expression asks for with "and", whether their predicate goes on, what is left."""
    names, found = [asked["name"]], asked
    while found["rest"] != "]":
        following = _AND_CLASS.match(asked.string, found.end())
        if following is None or not _is_sure(following):
            break
        found = following
        names.append(found["name"])
    return tuple(names), found["rest"] != "]", asked.string[found.end() :]


def _is_sure(asked: re.Match[str]) -> bool:
    """Whether the question before that for a class asks for nothing else."""
    return asked["guard"] in {None, asked["name"]}


def _relative(rest: str) -> Selector:
    """What follows in an expression, from one element; a mere step to a tag needs no XPath."""
    down = _DOWN.fullmatch(rest)
    if down is None:
        return _compiled(f"self::node(){rest}")
    tag = down["tag"]
    return lambda start: list(start.iterdescendants(tag))


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


_SHAPES = (
    (_BY_CLASS, _by_class),
    (_BY_ID, _by_id),
    (_BY_WORD, _by_word),
    (_WITHIN, _by_anchor),
    (_BY_TAG, _by_tag),
)
"""The beginnings of expressions, and what is quick for each."""
