"""The values that extraction deals in: frozen, picklable, without behaviour that needs a clock or a file.

Names follow the newsroom (byline, dateline, kicker, standfirst, credit, caption) and, where the
record leaves the program, schema.org's NewsArticle (https://schema.org/NewsArticle).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as the page prints the name; `url` is the page's link to the person, if any."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """Somebody who helped with the article in a stated role (for example "reporter")."""

    name: str
    role_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An outlet: the publisher of a portal, or the source that an article names."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One picture of the article: the lead photo (position 1) or a figure inside the body."""

    content_url: str
    caption: str | None = None
    credit_text: str | None = None
    position: int = 1


class PartType(StrEnum):
    """What a piece of the body is; the values are those of the sidecar's `hasPart[].type`."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "listItem"
    TABLE_ROW = "tableRow"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of clean body text, in reading order."""

    type: PartType
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLink:
    """A "Baca juga" link of the body; `after_part` counts the page's parts that stand before it."""

    url: str
    name: str
    label: str | None = None
    after_part: int = 0


class PageKind(StrEnum):
    """What a downloaded page is. Only ARTICLE becomes a sidecar."""

    ARTICLE = "article"
    LIST = "list"
    VIDEO = "video"
    GALLERY = "gallery"
    LIVE = "live"
    SOFT_404 = "soft-404"
    WALL = "wall"
    NOT_HTML = "not-html"
    UNREADABLE = "unreadable"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision about a page, with the reason that goes into the ledger."""

    kind: PageKind
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleAddress:
    """What a URL says about an article before anything is fetched.

    `url` is the article's normal address (https or http as given, desktop host, no AMP, no query, no
    fragment); `page` is the number in `?page=N` (1 without it, 0 for `?page=all`).
    """

    portal: str
    host: str
    url: str
    page: int = 1
    amp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """What the page's own pager says: its number and how many pages there are (None: it does not say)."""

    number: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """Everything one page says about its article; one page is parsed once, into this.

    A reading is a pure function of (body bytes, URL, capture time, content type). It is small (the body's
    text, no markup), so that it can cross a process border and wait for the article's other pages.
    """

    url: str
    captured_at: datetime
    verdict: Verdict
    portal: str | None = None
    rule: str | None = None
    fallback: bool = False
    address: ArticleAddress | None = None
    canonical: str | None = None
    pager: Pager = Pager()
    headline: str | None = None
    kicker: str | None = None
    standfirst: str | None = None
    abstract: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    authors: tuple[Person, ...] = ()
    editors: tuple[Person, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    byline: str | None = None
    publisher: Organization | None = None
    source: Organization | None = None
    based_on: tuple[str, ...] = ()
    dateline: str | None = None
    place: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    published_text: str | None = None
    photos: tuple[Photo, ...] = ()
    parts: tuple[Part, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    free: bool | None = None
    field_sources: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    checks: tuple[tuple[str, float | int | bool | str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLink:
    """An article link on a list page, in a sitemap or in a feed."""

    url: str
    title: str | None = None
    published_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedLink:
    """A link that a list offers and we leave alone, with the reason that is counted."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list page, sitemap or feed offers.

    `more` holds further lists that belong to it: the next page of a daily index, the children of a
    sitemap index. `page` and `last_page` are what an index page's own pager says.
    """

    links: tuple[ListedLink, ...] = ()
    skipped: tuple[SkippedLink, ...] = ()
    more: tuple[str, ...] = ()
    page: int | None = None
    last_page: int | None = None
    warnings: tuple[str, ...] = ()
