"""Who wrote, edited and reported, and from which outlet the article comes, as the page's header says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from types import MappingProxyType
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.article import Contributor, Organization, Person
from extractors.bylines import (
    Byline,
    begins_with_label,
    is_byline_label,
    is_mere_label,
    read_labelled,
    spell_label,
)
from extractors.names import persons, same_name, split_names
from extractors.page import Page, fold
from extractors.queries import xpath
from extractors.scene import Header, Scene, main_object, select

_BLOCKS = frozenset(
    {
        "div",
        "p",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "th",
        "table",
        "section",
        "figure",
    }
)
_INLINE = frozenset({"a", "b", "strong", "span", "i", "em", "small", "label", "font", "u", "cite"})
_UNREAD = frozenset({"script", "style", "noscript", "template", "svg"})
# A label that the page does not print, between two private characters.
_ADDED = re.compile("\ue000[^\ue001]*\ue001")
_ADDED_MARK = re.compile("[\ue000\ue001]")
_LINKS_TO = (("/penulis/", "Penulis"), ("/author/", "Penulis"), ("/editor/", "Editor"))
_SOURCE_LABEL = re.compile(r"^\s*(?:Sumber|Source)(?:\s*[:：])*\s*", re.IGNORECASE)
_COLONS = re.compile(r":(?:\s*:)+")
_TOP_DOMAIN = re.compile(r"\.(?:com|co\.id|co|id|news)$", re.IGNORECASE)
_MOST_PEOPLE = 20
_LONGEST_BYLINE = 300
_LONGEST_SOURCE = 120
_DEEPEST = 30
_MOST_PIECES = 1000


def read_people(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """Writers and editors as printed. JSON-LD gives no author on pages with a byline of their own: there it
    names the editor when there is no writer.
    """
    if scene.rule is None:
        _people_of_json_ld(header, ld)
        return
    labels = _labels(scene)
    if not _keep_byline(header, scene, list(labels), labels):
        groups = (
            node for expression in scene.rule.byline for node in xpath(expression)(scene.page.tree)[:20]
        )
        any(_keep_byline(header, scene, [_block_of(node)], {}) for node in groups)
    _keep_companions(header, list(labels))
    _source(header, scene)
    if not {"authors", "editors", "contributors"} & header.fields.keys():
        _people_of_scripts(header, scene, ld)


def _labels(scene: Scene) -> dict[HtmlElement, str]:
    """The elements that name writers or editors by their place, and the label that this place stands for."""
    if scene.rule is None:
        return {}
    places = (("Penulis", scene.rule.writer), ("Editor", scene.rule.editor))
    return {
        node: label
        for label, expressions in places
        for node in select(scene.page.tree, expressions)[:_MOST_PEOPLE]
        if _has_text(node)
    }


def _has_text(node: HtmlElement) -> bool:
    return bool(fold(node.text_content()))


def _block_of(node: HtmlElement) -> HtmlElement:
    """The line that an inline element stands in; around a cell that is a mere label, the row of its names."""
    for parent in node.iterancestors():
        is_block = node.tag not in _INLINE
        if is_block and not _is_label_cell(node):
            break
        if len(fold(parent.text_content())) > _LONGEST_BYLINE:
            break
        node = parent
        if is_block:
            break
    return node


def _is_label_cell(node: HtmlElement) -> bool:
    """Whether an element is a label and could not hold the names itself, as a byline's own element does."""
    is_own = len(node) > 0 or node.get("id") is not None
    return not is_own and is_mere_label(fold(node.text_content()))


def _keep_byline(
    header: Header, scene: Scene, nodes: list[HtmlElement], labels: Mapping[HtmlElement, str]
) -> bool:
    """Keep what the elements say; whether they name anybody."""
    labelled = "\n".join(labelled_text(node, labels) for node in nodes)
    plain = _ADDED_MARK.sub("", labelled)
    if len(plain) > 2 * _LONGEST_BYLINE or not is_byline_label(plain):
        return False
    line = read_labelled(plain)
    links = [link for node in nodes for link in _links(node, scene.page)]
    header.put("authors", _own(scene, persons(line.authors, links)), "rule")
    header.put("editors", _own(scene, persons(line.editors, links)), "rule")
    header.put("contributors", line.contributors, "rule")
    header.put("byline", _printed(labelled), "rule")
    if line.source and not is_mere_label(line.source):
        urls = dict(link for node in nodes for link in _links(node, scene.page, deep=False))
        header.put("source", Organization(name=line.source, url=urls.get(line.source)), "rule")
    return bool(line.authors or line.editors or line.contributors)


def _keep_companions(header: Header, nodes: list[HtmlElement]) -> None:
    """Photographers and reporters on lines of their own, in the box of writer and editor."""
    boxes = {node.getparent() for node in nodes}
    box = boxes.pop() if len(boxes) == 1 else None
    if box is None or len(fold(box.text_content())) > _LONGEST_BYLINE:
        return
    named = [person for line in labelled_text(box).split("\n") for person in read_labelled(line).contributors]
    header.put("contributors", tuple(named), "rule")


def labelled_text(node: HtmlElement, labels: Mapping[HtmlElement, str] = MappingProxyType({})) -> str:
    """The text of a byline, a line for each block. Where only the element's place or the address of a link
    says what somebody did, that is written out as a label between two private characters.
    """
    pieces: list[str] = []
    _collect(node, pieces, labels, depth=0)
    lines = (fold(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(node: HtmlElement, pieces: list[str], labels: Mapping[HtmlElement, str], depth: int) -> None:
    if not isinstance(node.tag, str) or node.tag in _UNREAD or depth > _DEEPEST or len(pieces) > _MOST_PIECES:
        return
    is_block = node.tag in _BLOCKS
    pieces.append("\n" if is_block else _gap(pieces, node.text_content()))
    label = _label_of(node, labels, pieces)
    if label is not None:
        pieces.append(f"\ue000{label}: \ue001")
    start = len(pieces)
    pieces.append(_one_line(node.text))
    for child in node:
        _collect(child, pieces, labels, depth + 1)
        pieces.append(_gap(pieces, child.tail) + _one_line(child.tail))
    inner = "".join(pieces[start:])
    bare = begins_with_label(fold(inner)) and not is_byline_label(inner)
    if bare and (node in labels or is_mere_label(fold(inner))):
        pieces[start:] = [spell_label(inner)]
    elif node.tag == "small" and fold(inner):
        pieces[start:] = [f" ({inner})"]
    pieces.append("\n" if is_block else "")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").splitlines())


def _gap(pieces: list[str], following: str | None) -> str:
    """A blank between two inline elements whose words would run together."""
    last = next((piece[-1] for piece in reversed(pieces) if piece), "")
    return " " if last.isalnum() and (following or "")[:1].isalnum() else ""


def _label_of(node: HtmlElement, labels: Mapping[HtmlElement, str], pieces: list[str]) -> str | None:
    """What the element's place, or, where no label is printed, its link, says about the names in it. `pieces`
    are the text before it.
    """
    by_place = labels.get(node)
    link = (node.get("href") or "") if node.tag == "a" else ""
    label = by_place or next((label for part, label in _LINKS_TO if part in link), None)
    text = fold(node.text_content()) if label is not None else ""
    if not text or is_byline_label(text):
        return None
    if by_place is not None:
        return label if not begins_with_label(text) else None
    before = "".join(pieces)
    is_labelled = is_byline_label(_ADDED.sub("", before)) or begins_with_label(before.rpartition("\n")[2])
    return label if not is_labelled else None


def _printed(labelled: str) -> str | None:
    """The byline as printed, on one line, without the outlet and without labels of nobody."""
    printed: list[str] = []
    for piece in re.split(r"[|\n]", _ADDED.sub("", labelled)):
        text = _COLONS.sub(":", fold(piece))
        if printed and text and is_mere_label(printed[-1]):
            printed[-1] = re.sub(r"\s*:\s*", ": ", f"{printed[-1]} {text}")
        elif text:
            printed.append(text)
    shown = [text for text in printed if not (is_mere_label(text) or _SOURCE_LABEL.match(text))]
    return " | ".join(dict.fromkeys(shown)) or None


def _links(node: HtmlElement, page: Page, *, deep: bool = True) -> list[tuple[str, str]]:
    outer = next(node.iterancestors("a"), None)
    named = [(node, outer)] if outer is not None else [(link, link) for link in node.iter("a")]
    found = ((fold(name.text_content()), _address(link, page)) for name, link in named)
    return [
        (text, url) for text, url in found if url is not None and (not deep or len(urlsplit(url).path) > 1)
    ]


def _address(link: HtmlElement, page: Page) -> str | None:
    href = (link.get("href") or "").strip()
    return page.absolute(href) if href and not href.startswith(("#", "javascript:")) else None


def _own(scene: Scene, people: Iterable[Person]) -> tuple[Person, ...]:
    """The people, without the host's or the portal's own name where it stands for a person's."""
    brands = [scene.host.brand] if scene.host is not None else []
    brands += [scene.portal.publisher, scene.portal.title] if scene.portal is not None else []
    names = {same_name(_TOP_DOMAIN.sub("", brand)) for brand in brands}
    return tuple(person for person in people if same_name(person.name) not in names)


def _source(header: Header, scene: Scene) -> None:
    """The outlet of "Sumber: NAME", with or without a link."""
    if scene.rule is None or "source" in header.fields:
        return
    for expression in scene.rule.source:
        for found in xpath(expression)(scene.page.tree)[:5]:
            node = _block_of(found)
            text = fold(_visible(node))
            name = _SOURCE_LABEL.sub("", text).split("|")[0].strip(" .:|")
            if not name or len(text) > _LONGEST_SOURCE or is_byline_label(name):
                continue
            link = next((link for link in node.iter("a") if _has_text(link)), None)
            url = _address(link, scene.page) if link is not None else None
            header.put("source", Organization(name=name, url=url), "rule")
            return
    header.put("source", _outlet(scene.page.data_layer.get("source", "")), "dataLayer")


def _visible(node: HtmlElement) -> str:
    return labelled_text(node).replace("\n", " ")


def _outlet(name: str) -> Organization | None:
    return Organization(name=fold(name)) if fold(name) else None


def _people_of_scripts(header: Header, scene: Scene, ld: Mapping[str, object]) -> None:
    """Where no name is printed: the data layer, and JSON-LD if it too tells writer and editor apart."""
    for field, key in (("authors", "penulis"), ("editors", "editor")):
        names = split_names(fold(scene.page.data_layer.get(key, "")))
        header.put(field, _own(scene, persons(names)), "dataLayer")
    authors, editors = _json_list(ld.get("author")), _json_list(ld.get("editor"))
    if editors:
        header.put("editors", _own(scene, editors), "json-ld")
        known = {same_name(person.name) for person in editors}
        writers = [person for person in authors if same_name(person.name) not in known]
        header.put("authors", _own(scene, writers), "json-ld")


def _people_of_json_ld(header: Header, ld: Mapping[str, object]) -> None:
    header.put("authors", _json_list(ld.get("author")), "json-ld")
    header.put("editors", _json_list(ld.get("editor")), "json-ld")


def _json_list(value: object) -> tuple[Person, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(person for item in items[:20] for person in _json_people(item)))


def _json_people(item: object) -> tuple[Person, ...]:
    if isinstance(item, str):
        return persons(split_names(fold(unescape(item))))
    if not isinstance(item, dict) or item.get("@type", "Person") != "Person":
        return ()
    name, url = item.get("name"), item.get("url")
    names = split_names(fold(unescape(name))) if isinstance(name, str) else ()
    link = url if isinstance(url, str) and url.startswith("http") and len(names) == 1 else None
    return tuple(Person(name=each, url=link) for each in names)


def add_people_of_body(header: Header, bylines: Iterable[Byline]) -> None:
    """The people whom the body's opening lines name: writers of opinion, reporters of news."""
    lines = list(bylines)
    header.put("authors", persons(dict.fromkeys(name for line in lines for name in line.authors)), "body")
    header.put("editors", persons(dict.fromkeys(name for line in lines for name in line.editors)), "body")
    known = {same_name(person.name) for person in header.people("authors")}
    printed = header.fields.pop("contributors", ())
    named = (
        [person for person in printed if isinstance(person, Contributor)]
        if isinstance(printed, tuple)
        else []
    )
    named += [person for line in lines for person in line.contributors]
    unique = {same_name(person.name): person for person in reversed(named)}
    people = tuple(person for name, person in reversed(unique.items()) if name not in known)
    header.put("contributors", people, header.sources.get("contributors", "body"))
    header.put("byline", " | ".join(line.text for line in lines) or None, "body")


def doubt_authors(header: Header, scene: Scene) -> None:
    """Warn of an author whom only JSON-LD names: often that is the editor, so it is nobody's name here."""
    if scene.rule is None or header.people("authors") or header.fields.get("contributors"):
        return
    editors = {same_name(person.name) for person in header.people("editors")}
    stated = _own(scene, _json_list(main_object(scene.page.json_ld).get("author")))
    others = [person.name for person in stated if same_name(person.name) not in editors]
    if others:
        header.warnings.append(f"only JSON-LD names an author: {', '.join(others)[:200]}")
