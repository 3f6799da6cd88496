"""Whether a page of a portal without rules is an article at all, although text was found on it.

An unknown portal's lists, soft 404s and login walls have sentences too: those of teasers. What tells them
apart is what the page calls itself, and how its text is built.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.article import PageKind, Verdict
from extractors.body import Body
from extractors.fallback import Found
from extractors.page import Page, fold
from extractors.recognise import json_kinds, says_gone
from extractors.scene import ARTICLE_TYPES
from extractors.strays import Teasers, name_words

_LIST_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "ItemList"})
_LIST_CLASSES = frozenset({"archive", "category", "search-results", "home", "blog", "author-archive"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_WALL_LINE = re.compile(
    r".*\b(?:silakan|harap|mohon)\s+(?:masuk|login|log\s?in|daftar|berlangganan)\b.*"
    r"|.*\b(?:berlangganan|masuk|login|log\s?in|daftar)\b.{0,40}\buntuk\s+(?:melanjutkan|membaca|mengakses)\b.*"
    r"|.*\b(?:artikel|konten|berita)\s+ini\s+(?:khusus|hanya)\s+(?:untuk\s+)?(?:pelanggan|member|anggota)\b.*"
    r"|.*\b(?:subscribe|sign\s+in|log\s+in)\s+to\s+(?:continue|read)\b.*",
    re.IGNORECASE,
)
_VIDEO_PATH = re.compile(r"/(?:videos?|tv|watch)(?:/|$)", re.IGNORECASE)
_ERROR_WORDS = frozenset({"error", "404", "notfound", "error404"})
_LONGEST_LABEL = 160
_LONG = 50
_MOST = 0.5
# A wall shows the first paragraph or two.
_LETTERS_BEFORE_A_WALL = 1500


def doubt_about(page: Page, found: Found) -> Verdict | None:
    """The verdict on a page that is something else than an article; None if nothing speaks against it."""
    kinds = json_kinds(page)
    letters = sum(len(part.text) for part in found.body.parts)
    is_stated = bool(kinds & ARTICLE_TYPES)
    if not is_stated and (gone := _gone(page)):
        return Verdict(kind=PageKind.SOFT_404, reason=f"the page says {gone[:80]!r}")
    if not is_stated and (reason := _list_reason(page, found, kinds)):
        return Verdict(kind=PageKind.LIST, reason=reason)
    if letters < _LETTERS_BEFORE_A_WALL and (wall := _wall(page)):
        return Verdict(kind=PageKind.WALL, reason=f"the page says {wall[:80]!r}")
    is_video = page.meta.get("og:type", "").startswith("video") or _VIDEO_PATH.match(urlsplit(page.url).path)
    if not is_stated and "VideoObject" in kinds and is_video:
        return Verdict(kind=PageKind.VIDEO, reason="JSON-LD says VideoObject and not an article")
    return None


def _gone(page: Page) -> str | None:
    """The heading that says so; a paragraph only in a box that calls itself an error."""
    for node in page.tree.iter(*_HEADINGS, "p"):
        text = fold(str(node.text_content()))
        if 0 < len(text) <= _LONGEST_LABEL and says_gone(text) and (node.tag != "p" or _is_in_error(node)):
            return text
    return None


def _is_in_error(node: HtmlElement) -> bool:
    holders = [holder for _, holder in zip(range(4), node.iterancestors(), strict=False)]
    return any(
        _ERROR_WORDS & (name_words(holder) | set((holder.get("class") or "").split())) for holder in holders
    )


def _list_reason(page: Page, found: Found, kinds: set[str]) -> str | None:
    stated = kinds & _LIST_TYPES
    if stated:
        return f"JSON-LD says {min(stated)}"
    body = next(page.tree.iter("body"), None)
    classes = set((body.get("class") or "").split()) if body is not None else set()
    if classes & _LIST_CLASSES and not any(name.startswith("single") for name in classes):
        return "the page's class says list"
    if found.container is not None and _share_in_teasers(found.container, found.body) > _MOST:
        return "titles that are links, and a sentence about each"
    return None


def _share_in_teasers(container: HtmlElement, body: Body) -> float:
    """How much of the text that was found stands in teasers."""
    teasers = Teasers()
    parts = {part.text for part in body.parts}
    texts = [(node, fold(str(node.text_content()))) for node in container.iter("p", "div", "span", "li")]
    kept = [(node, len(text)) for node, text in texts if text in parts and len(text) >= _LONG]
    whole = sum(letters for _, letters in kept)
    return sum(letters for node, letters in kept if teasers.holds(node)) / whole if whole else 0.0


def _wall(page: Page) -> str | None:
    for node in page.tree.iter("p", "div", "h2", "h3", "h4", "span"):
        if len(node) > 3:
            continue
        text = fold(str(node.text_content()))
        if 0 < len(text) <= _LONGEST_LABEL and _WALL_LINE.fullmatch(text) and not _is_about_comments(node):
            return text
    return None


def _is_about_comments(node: HtmlElement) -> bool:
    """ "Silakan login untuk memberi komentar" closes no article."""
    if re.search(r"koment|comment|respon", str(node.text_content()), re.IGNORECASE):
        return True
    return any(
        name_words(holder) & {"comment", "comments", "komentar", "header", "nav", "footer"}
        for holder in node.iterancestors()
    )
