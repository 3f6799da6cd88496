"""What a page is: article, list, video, gallery, live report, soft 404, wall or something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from extractors.article import ArticleAddress, PageKind, Verdict
from extractors.page import Page, fold
from extractors.portals import portal_of
from extractors.scene import ARTICLE_TYPES, every, main_object

_GONE = re.compile(
    r"(?:error\s*)?404\b.*|.*\b(?:halaman|artikel|berita|konten)\s+(?:yang\s+\w+\s+(?:cari\s+)?)?tidak\s+"
    r"(?:ditemukan|tersedia|ada)\b.*|.*\bpage\s+not\s+found\b.*|.*\bnot\s+found\b\s*(?:[-|].*)?|.*\btelah\s+dihapus\b.*",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"just\s+a\s+moment.*|.*\b(?:access\s+denied|attention\s+required|are\s+you\s+(?:a\s+)?(?:human|robot)|captcha"
    r"|request\s+(?:blocked|could\s+not\s+be\s+satisfied)|verify\s+you\s+are|403\s+forbidden|forbidden)\b.*"
    r"|error:?\s+the\s+request.*|\s*(?:login|masuk|sign\s+in)\b.*|.*\bsilakan\s+(?:login|masuk)\b.*",
    re.IGNORECASE,
)
_KINDS: Mapping[str, PageKind] = {
    "VideoObject": PageKind.VIDEO,
    "ImageGallery": PageKind.GALLERY,
    "MediaGallery": PageKind.GALLERY,
    "LiveBlogPosting": PageKind.LIVE,
}
_VIDEO_PATH = re.compile(r"/(?:videos?|tribun-?video|view|tv)(?:/|$)", re.IGNORECASE)
_GALLERY_PATH = re.compile(r"/(?:images?|foto|photo|galeri|gallery)(?:/|$)", re.IGNORECASE)
_LIST_PATH = re.compile(
    r"/(?:index-news|indeks|tag|tags|topic|topics|penulis|editor|search|rss|\d{4}(?:/\d{1,2})?/?$)(?:/|$)?",
    re.IGNORECASE,
)
_VIDEO_TITLE = re.compile(r"\s*\[?\(?\s*VIDEO\b\s*[\])]?\s*[:|\-–]?", re.IGNORECASE)
_GALLERY_TITLE = re.compile(r"\s*\[?\(?\s*(?:FOTO|FOTO-FOTO|GALERI(?:\s+FOTO)?|POTRET)\b\s*[\])]?\s*[:|\-–]")
# An article in print is longer than the few lines below a player or a gallery.
_FEW_LETTERS = 600
_NO_HEADLINE_OR_TEXT = "an article's address with neither headline nor text"
_ONE_SENTENCE = 150
_FEW_PICTURES = 2


def says_gone(text: str) -> bool:
    """Whether a title or a heading says that the page does not exist."""
    return _GONE.fullmatch(text) is not None


def recognise(
    page: Page, *, address: ArticleAddress | None, letters: int | None, pictures: int = 0
) -> Verdict:
    """The verdict on a page whose body, if it has one, holds `letters` characters and `pictures` pictures.

    `letters` is None when no rule of the portal found its container.
    """
    if letters:
        if address is not None and address.page > 1:
            # A later page can be short; what the article is, its page 1 says.
            return Verdict(kind=PageKind.ARTICLE)
        special = _special(page, letters, pictures)
        return special or Verdict(kind=PageKind.ARTICLE)
    verdict = _without_text(page, address)
    if verdict.kind is PageKind.OTHER and pictures > _FEW_PICTURES:
        return Verdict(kind=PageKind.GALLERY, reason="pictures without text")
    return verdict


def _special(page: Page, letters: int, pictures: int) -> Verdict | None:
    """A player, a gallery or a live report under an article's address."""
    kinds = json_kinds(page)
    if "LiveBlogPosting" in kinds:
        return Verdict(kind=PageKind.LIVE, reason="JSON-LD says LiveBlogPosting")
    if letters > _FEW_LETTERS:
        return None
    headline = _shown_headline(page)
    if letters <= _ONE_SENTENCE and _GONE.fullmatch(headline):
        return Verdict(kind=PageKind.SOFT_404, reason=f"the page says {headline[:80]!r}")
    if (
        "VideoObject" in kinds
        or page.meta.get("og:type", "").startswith("video")
        or _says_video(page, headline)
    ):
        return Verdict(kind=PageKind.VIDEO, reason="a player with a few lines of text")
    if kinds & {"ImageGallery", "MediaGallery"} or _says_gallery(page, headline, pictures):
        return Verdict(kind=PageKind.GALLERY, reason="pictures with a few lines of text")
    return None


def _says_video(page: Page, headline: str) -> bool:
    host, path = urlsplit(page.url).hostname or "", urlsplit(page.url).path
    if host.startswith("video.") or _VIDEO_PATH.match(path) or _player(page):
        return True
    return _VIDEO_TITLE.match(headline) is not None and headline[:12].upper().lstrip("[( ").startswith(
        "VIDEO"
    )


def _player(page: Page) -> bool:
    return any(
        "video" in (node.get("class") or "") and node.get("data-video") for node in page.tree.iter("div")
    )


def _says_gallery(page: Page, headline: str, pictures: int) -> bool:
    if _GALLERY_PATH.match(urlsplit(page.url).path):
        return True
    return pictures > _FEW_PICTURES or _GALLERY_TITLE.match(headline) is not None


def _without_text(page: Page, address: ArticleAddress | None) -> Verdict:
    headline = _shown_headline(page)
    for text in filter(None, (headline, page.title)):
        if _GONE.fullmatch(text):
            return Verdict(kind=PageKind.SOFT_404, reason=f"the page says {text[:80]!r}")
        if _WALL.fullmatch(text):
            return Verdict(kind=PageKind.WALL, reason=f"the page says {text[:80]!r}")
    kinds = json_kinds(page)
    for name, kind in _KINDS.items():
        if name in kinds:
            return Verdict(kind=kind, reason=f"JSON-LD says {name}")
    parts = urlsplit(page.url)
    if (parts.hostname or "").startswith("video.") or _VIDEO_PATH.match(parts.path):
        return Verdict(kind=PageKind.VIDEO, reason="address of a player")
    if address is None:
        if _LIST_PATH.match(parts.path) or _lists(page) > 5 or parts.path in {"", "/"}:
            return Verdict(kind=PageKind.LIST, reason="links and no article")
        return Verdict(kind=PageKind.OTHER, reason="no article on the page")
    if _VIDEO_TITLE.match(headline):
        return Verdict(kind=PageKind.VIDEO, reason="a player without text")
    if _GALLERY_TITLE.match(headline) or _GALLERY_PATH.match(parts.path):
        return Verdict(kind=PageKind.GALLERY, reason="pictures without text")
    if main_object(page.json_ld) or headline:
        return Verdict(kind=PageKind.OTHER, reason="a headline and no text")
    # Nothing here says that the article is gone: perhaps the server sent half a page.
    return Verdict(kind=PageKind.UNREADABLE, reason=_NO_HEADLINE_OR_TEXT)


def _lists(page: Page) -> int:
    portal = portal_of(page.url)
    return len(every(page.tree, portal.index.items)) if portal is not None else 0


def json_kinds(page: Page) -> set[str]:
    """The types of a page's JSON-LD objects."""
    kinds: set[str] = set()
    for item in page.json_ld:
        value = item.get("@type")
        kinds.update(
            name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)
        )
    return kinds


def _shown_headline(page: Page) -> str:
    for node in page.tree.iter("h1"):
        text = fold(node.text_content())
        if text:
            return text[:300]
    return ""


def is_article_page(page: Page) -> bool:
    """Whether a page without rules calls itself an article."""
    return bool(json_kinds(page) & ARTICLE_TYPES) or page.meta.get("og:type", "").lower() == "article"
