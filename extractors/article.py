"""The values that extraction deals in: frozen, picklable, without behaviour that needs a clock or a file.

Names follow the newsroom (byline, dateline, kicker, standfirst, credit, caption) and, where the
record leaves the program, schema.org's NewsArticle (https://schema.org/NewsArticle).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b, sha256
from importlib.metadata import version

from extractors.packing import packed
from extractors.signals import Signal

VERSION = "0.1.0"
SCHEMA_VERSION = 1


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as the page prints the name; `url` is the page's link to the person, if any."""

    name: str
    url: str | None = None


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """Somebody who helped with the article in a stated role (for example "reporter")."""

    name: str
    role_name: str | None = None


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An outlet: the publisher of a portal, or the source that an article names."""

    name: str
    url: str | None = None


@packed
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


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of clean body text, in reading order."""

    type: PartType
    text: str


@packed
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


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision about a page, with the reason that goes into the ledger."""

    kind: PageKind
    reason: str = ""


@packed
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


@packed
@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """What the page's own pager says: its number and how many pages there are (None: it does not say)."""

    number: int | None = None
    count: int | None = None


@packed
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
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLink:
    """An article link on a list page, in a sitemap or in a feed.

    `modified` is when the article was changed last, by the list's word; for a day without a time its start.
    """

    url: str
    title: str | None = None
    published_text: str | None = None
    address: ArticleAddress | None = None
    """What the URL was found to mean, so that nobody need look again."""
    modified: datetime | None = None


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
    recognised: bool = True
    """Whether this is a list at all; an empty day is one, a login or maintenance page is none."""
    warnings: tuple[str, ...] = ()
    missing: str = ""
    """Why part of what the list offers is not here; empty when all of it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPart:
    """A part of the body and the page that it stands on."""

    page: int
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLink:
    """A related link, its page, and how many parts of the whole article stand before it."""

    page: int
    link: RelatedLink
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, joined from its pages. `header` is page 1's reading, completed from later pages."""

    header: PageReading
    body: tuple[PlacedPart, ...]
    related: tuple[PlacedLink, ...]
    page_count: int
    pages_missing: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The article's one address: its normal form where the portal is known, else the canonical link."""
        if self.header.address is not None:
            return self.header.address.url
        return self.header.canonical or self.header.url

    @property
    def text(self) -> str:
        """The clean text, NFC, its parts joined by a blank line."""
        return unicodedata.normalize("NFC", "\n\n".join(piece.part.text for piece in self.body))

    def as_plain(self) -> dict[str, object]:
        """The sidecar's fields, without `identifier`, `archive` and `version`; what the page does not give
        is absent.
        """
        header, text = self.header, self.text
        plain: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "schemaVersion": SCHEMA_VERSION,
            "url": self.url,
            "headline": header.headline,
            "alternativeHeadline": header.kicker,
            "description": header.standfirst,
            "abstract": list(header.abstract),
            "articleSection": list(header.sections),
            "keywords": list(header.keywords),
            "inLanguage": header.language,
            "author": [_named(person) for person in header.authors],
            "editor": [_named(person) for person in header.editors],
            "contributor": [_given(name=one.name, roleName=one.role_name) for one in header.contributors],
            "creditText": header.byline,
            "publisher": _named(header.publisher) if header.publisher else None,
            "sourceOrganization": _named(header.source) if header.source else None,
            "isBasedOn": list(header.based_on),
            "dateline": header.dateline,
            "locationCreated": {"name": header.place} if header.place else None,
            "datePublished": header.published.isoformat() if header.published else None,
            "dateModified": header.modified.isoformat() if header.modified else None,
            "datePublishedText": header.published_text,
            "image": [_photo(photo) for photo in header.photos],
            "articleBody": text,
            "wordCount": len(text.split()),
            "hasPart": self._parts(),
            "relatedLink": self._links(),
            "pagination": {"pageCount": self.page_count, "pagesMissing": list(self.pages_missing)},
            "isAccessibleForFree": header.free,
            "extraction": self._extraction(),
            "contentHash": "sha256:" + sha256(text.encode("utf-8")).hexdigest(),
            "simhash": simhash(text),
        }
        return {name: value for name, value in plain.items() if value is not None and value != []}

    def _parts(self) -> list[dict[str, object]]:
        return [
            {"position": number, "page": piece.page, "type": piece.part.type.value, "text": piece.part.text}
            for number, piece in enumerate(self.body, start=1)
        ]

    def _links(self) -> list[dict[str, object]]:
        return [
            _given(
                url=placed.link.url,
                name=placed.link.name,
                label=placed.link.label,
                page=placed.page,
                afterPosition=placed.after,
            )
            for placed in self.related
        ]

    def _extraction(self) -> dict[str, object]:
        header = self.header
        return _given(
            extractor="kliping",
            version=VERSION,
            portal=header.portal,
            rule=header.rule,
            fallback=header.fallback,
            trafilaturaVersion=version("trafilatura") if header.fallback else None,
            fieldSources={_SIDECAR_NAMES.get(name, name): source for name, source in header.field_sources},
            warnings=list(self.warnings),
            checks=dict(header.checks),
        )


_SIDECAR_NAMES = {
    "kicker": "alternativeHeadline",
    "standfirst": "description",
    "sections": "articleSection",
    "language": "inLanguage",
    "authors": "author",
    "editors": "editor",
    "contributors": "contributor",
    "byline": "creditText",
    "source": "sourceOrganization",
    "based_on": "isBasedOn",
    "place": "locationCreated",
    "published": "datePublished",
    "modified": "dateModified",
    "published_text": "datePublishedText",
    "photos": "image",
    "free": "isAccessibleForFree",
}


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _named(named: Person | Organization) -> dict[str, object]:
    return _given(name=named.name, url=named.url)


def _photo(photo: Photo) -> dict[str, object]:
    return _given(
        contentUrl=photo.content_url,
        caption=photo.caption,
        creditText=photo.credit_text,
        position=photo.position,
    )


def content_digest(reading: PageReading, first: PageReading | None = None) -> str:
    """A digest of what a reader calls a page's content: title, people, captions, credits and text.

    Neither advertisements, related links and counts nor the time of the last change are part of it, nor the
    addresses of pictures and people, which change with the portal's machines. Of a further page, held beside
    the article's `first` page, only that counts which an article takes from it: not the title, and none of
    what page 1 gives itself. Two captures of a page with one digest say the same.
    """
    people = {
        "authors": [person.name for person in reading.authors],
        "editors": [person.name for person in reading.editors],
        "source": [reading.source.name] if reading.source else [],
    }
    head = {
        "kicker": [reading.kicker or ""],
        "standfirst": [reading.standfirst or ""],
        "byline": [reading.byline or ""],
        "abstract": list(reading.abstract),
        **people,
    }
    if first is None:
        head["headline"] = [reading.headline or ""]
    else:
        head = {name: texts for name, texts in head.items() if getattr(first, name) in (None, ())}
    lead = frozenset((photo.caption, photo.credit_text) for photo in (first.photos[:1] if first else ()))
    lines = [
        *(f"{name}:{text}" for name, texts in head.items() for text in texts),
        *(f"contributor:{one.name}\x1f{one.role_name or ''}" for one in reading.contributors),
        *(f"photo:{caption}\x1f{credit}" for caption, credit in _told(reading.photos, lead)),
        *(f"{part.type.value}:{part.text}" for part in reading.parts),
    ]
    return sha256(unicodedata.normalize("NFC", "\x1e".join(lines)).encode("utf-8", "replace")).hexdigest()


def _told(
    photos: Iterable[Photo], lead: frozenset[tuple[str | None, str | None]]
) -> Iterator[tuple[str, str]]:
    """Caption and credit of the photos that have one, without the lead photo, which repeats on each page."""
    for photo in photos:
        if (photo.caption or photo.credit_text) and (photo.caption, photo.credit_text) not in lead:
            yield photo.caption or "", photo.credit_text or ""


_WORD = re.compile(r"\w+")


def simhash(text: str) -> str:
    """Charikar's 64-bit fingerprint over shingles of three words, as 16 hexadecimal digits."""
    words = " ".join(_WORD.findall(text.lower())[:20_000]).encode("utf-8").split(b" ")
    shingles = set(map(b" ".join, zip(words, words[1:], words[2:], strict=False))) or {b" ".join(words)}
    digests = b"".join([blake2b(shingle, digest_size=8).digest() for shingle in shingles])
    half = len(shingles) / 2
    ones = int.from_bytes(b"\1" * len(shingles), "big")  # a bit of each byte: what is set there is counted
    columns = (int.from_bytes(digests[place::8], "big") for place in range(8))
    bits = (
        1 << place * 8 + bit
        for place, column in enumerate(columns)
        for bit in range(8)
        if (column >> bit & ones).bit_count() > half
    )
    return f"{sum(bits):016x}"
