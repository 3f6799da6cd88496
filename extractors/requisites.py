"""What a page needs beside its HTML to be shown as it was: style sheets and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lxml.html import HtmlElement

from extractors.article import Verdict
from extractors.page import parse

MOST = 300
"""Requisites of one page that are named; a page with more is a trap or a gallery."""
_STYLES = frozenset({"stylesheet", "icon", "shortcut", "apple-touch-icon"})
_SOURCES = ("src", "data-src", "data-original", "poster")
_SETS = ("srcset", "data-srcset")


def requisites(body: bytes, *, url: str, content_type: str | None = None) -> tuple[str, ...]:
    """Addresses of the style sheets and pictures that a page's HTML names, each once, in its order."""
    page = parse(body, url=url, captured_at=datetime.fromtimestamp(0, UTC), content_type=content_type)
    if isinstance(page, Verdict):
        return ()
    found: dict[str, None] = {}
    for link in _links(page.tree):
        address = page.absolute(link)
        if address is not None:
            found[address.partition("#")[0]] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def _links(tree: HtmlElement) -> Iterator[str]:
    for node in tree.iter("link", "img", "source", "amp-img", "video", "input"):
        if node.tag == "link":
            if _STYLES & set((node.get("rel") or "").lower().split()):
                yield node.get("href") or ""
            continue
        yield from filter(None, (node.get(name) for name in _SOURCES))
        for name in _SETS:
            yield from _of_set(node.get(name) or "")


def _of_set(text: str) -> Iterator[str]:
    """The addresses of a `srcset` (HTML Living Standard, 4.8.4.2.1), without widths and densities."""
    for candidate in text.split(", "):
        words = candidate.strip(" ,\n\t").split()
        if words:
            yield words[0]
