"""A page with invented words in the place of its own: the same markup and shape, no newspaper's text.

Each word becomes another of the same length and capitals, the same one everywhere on the page, so that the
headline of the text is still that of the title and of JSON-LD. Figures and dates stay, the newsroom's labels
too ("Baca juga", "Editor"), since rules look for them.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

from lxml.html import HtmlElement, tostring

from extractors.page import Page

_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"(?:https?:)?//\S+|/\S*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d.*")
_CONSONANTS, _VOWELS = "bdgjklmnprst", "aeiou"
_LABELS = frozenset(
    _WORD.findall(
        """
        penulis editor oleh reporter wartawan laporan kontributor sumber dan baca juga simak halaman
        berikutnya selanjutnya sebelumnya selengkapnya foto tag tags topik terkait home beranda tayang
        diperbarui pukul jam wib wita wit senin selasa rabu kamis jum jumat at sabtu minggu ahad januari
        februari maret april mei juni juli agustus september oktober november desember jan feb mar apr jun
        jul agu ags sep okt nov des
        """
    )
)
_GONE = frozenset(
    {"script", "style", "svg", "noscript", "iframe", "template", "form", "button", "video", "audio", "object"}
)
_SLUG = re.compile(r"\w+(?:-\w+){2,}")
_NAMED = re.compile(r"(/(?:author|editor|penulis|profile|tags?|topic|topik)/)([^?#]+)", re.IGNORECASE)
_KEPT = frozenset(
    {"class", "id", "lang", "charset", "datetime", "rel", "property", "name", "itemprop", "itemtype", "type"}
)
_ADDRESSES = frozenset({"href", "src", "data-src"})
_VOCABULARY = frozenset({"og:type", "og:locale", "og:site_name", "robots", "language", "viewport"})
_MACHINE = frozenset({"@type", "@context", "publisher", "inLanguage", "isAccessibleForFree"})


def fill(page: Page) -> str:
    """The page as HTML with invented text. Its tree is changed; parse it anew to read the original."""
    objects = [_value(item) for item in page.json_ld]
    for node in list(page.tree.iter()):
        if not isinstance(node.tag, str) or node.tag in _GONE or _is_asset(node):
            _remove(node)
    for node in page.tree.iter():
        node.text = _text(node.text)
        node.tail = _text(node.tail)
        _attributes(node)
    head = page.tree.find("head")
    if head is not None and objects:
        script = head.makeelement("script", {"type": "application/ld+json"})
        script.text = json.dumps(objects, ensure_ascii=False, indent=1).replace("</", "<\\/")
        head.append(script)
    markup = tostring(page.tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return re.sub(r"[ \t]+$", "", re.sub(r"\n\s*\n+", "\n", markup), flags=re.MULTILINE).rstrip() + "\n"


def fill_address(url: str) -> str:
    """An address with invented words in its slugs: runs of three words and more, names and tags."""
    place = url.find("/", url.find("//") + 2) if "//" in url else 0
    host, rest = (url[:place], url[place:]) if place >= 0 else (url, "")
    rest = _SLUG.sub(lambda match: _text(match[0]) or "", rest)
    return host + _NAMED.sub(lambda match: match[1] + (_text(match[2]) or ""), rest)


def _is_asset(node: HtmlElement) -> bool:
    return bool(node.tag == "link" and node.get("rel") != "canonical")


def _remove(node: HtmlElement) -> None:
    parent = node.getparent()
    if parent is None:
        return
    before, tail = node.getprevious(), node.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    node.tail = None
    parent.remove(node)


def _attributes(node: HtmlElement) -> None:
    for name in list(node.attrib):
        value = node.get(name) or ""
        if name in _ADDRESSES:
            node.set(name, fill_address(value))
        elif name == "content" and (node.get("property") or node.get("name") or "") not in _VOCABULARY:
            node.set(name, _free(value))
        elif name not in _KEPT and name != "content":
            del node.attrib[name]


def _free(value: str) -> str:
    """A value that may be an address, a moment or words."""
    if _ADDRESS.fullmatch(value.strip()):
        return fill_address(value)
    return value if _MOMENT.fullmatch(value.strip()) else _text(value) or ""


def _value(value: object) -> object:
    if isinstance(value, str):
        return _free(value)
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {name: item if name in _MACHINE else _value(item) for name, item in value.items()}
    return value


def _text(text: str | None) -> str | None:
    return _WORD.sub(lambda match: _word(match[0]), text) if text else text


def _word(word: str) -> str:
    if word.lower() in _LABELS:
        return word
    digest = sha256(word.lower().encode("utf-8")).digest()
    letters = [
        (_CONSONANTS if place % 2 == digest[31] % 2 else _VOWELS)[
            digest[place % 30] % (12 if place % 2 == digest[31] % 2 else 5)
        ]
        for place in range(len(word))
    ]
    shaped = (new.upper() if old.isupper() else new for old, new in zip(word, letters, strict=True))
    return "".join(shaped)
