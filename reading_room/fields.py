"""The fields whose fill-rates are watched, and how a sidecar shows whether an article has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SHORTEST_TEXT = 40
"""Words below which a text counts as not filled: a rule that finds the wrong box finds a line or two."""
FRESH = timedelta(days=7)
"""An article captured within this time of its publication is a new one; others are told apart by year."""
NEW, UNDATED = "new", "undated"

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the derived file and in JSON, what people call it, and the test."""

    name: str
    english: str
    indonesian: str
    has: Callable[[Record], bool]


def _given(name: str) -> Callable[[Record], bool]:
    return lambda record: bool(record.get(name))


def _of_a_photo(name: str) -> Callable[[Record], bool]:
    def has(record: Record) -> bool:
        photos = record.get("image")
        return isinstance(photos, list) and any(isinstance(one, dict) and one.get(name) for one in photos)

    return has


def _part(record: Record, name: str) -> Mapping[str, object]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _has_text(record: Record) -> bool:
    words = record.get("wordCount")
    return isinstance(words, int) and words >= SHORTEST_TEXT


def _is_whole(record: Record) -> bool:
    return not _part(record, "pagination").get("pagesMissing")


def _is_ruled(record: Record) -> bool:
    """Whether the portal's own rule found the article, and not the fallback for unknown pages."""
    return _part(record, "extraction").get("fallback") is False


def _is_sure(record: Record) -> bool:
    return not _part(record, "extraction").get("warnings")


FIELDS = (
    Field("published", "publication date", "tanggal terbit", _given("datePublished")),
    Field("modified", "date of change", "tanggal perubahan", _given("dateModified")),
    Field("byline", "writer", "penulis", _given("author")),
    Field("editor", "editor", "editor", _given("editor")),
    Field("credits", "byline as printed", "baris penulis", _given("creditText")),
    Field("source", "source", "sumber", _given("sourceOrganization")),
    Field("dateline", "dateline", "titimangsa", _given("dateline")),
    Field("section", "section", "rubrik", _given("articleSection")),
    Field("tags", "tags", "tagar", _given("keywords")),
    Field("kicker", "kicker", "kepala judul", _given("alternativeHeadline")),
    Field("standfirst", "standfirst", "teras", _given("description")),
    Field("summary", "summary", "ringkasan", _given("abstract")),
    Field("photo", "photo", "foto", _of_a_photo("contentUrl")),
    Field("caption", "photo caption", "keterangan foto", _of_a_photo("caption")),
    Field("credit", "photo credit", "kredit foto", _of_a_photo("creditText")),
    Field("related", "related links", "tautan terkait", _given("relatedLink")),
    Field("text", "text", "teks", _has_text),
    Field("whole", "all pages", "semua halaman", _is_whole),
    Field("ruled", "read by a rule", "dibaca dengan aturan", _is_ruled),
    Field("sure", "no doubt", "tanpa keraguan", _is_sure),
)
BY_NAME = {field.name: field for field in FIELDS}


def fields_of(record: Record) -> int:
    """Which fields an article has: bit n for `FIELDS[n]`."""
    return sum(1 << number for number, field in enumerate(FIELDS) if field.has(record))


def captured_on(record: Record) -> str:
    """The day (UTC) on which page 1 was captured, `2026-11-22`; empty where the sidecar does not say."""
    pages = _part(record, "archive").get("pages")
    first = pages[0] if isinstance(pages, list) and pages else None
    said = first.get("fetchedAt") if isinstance(first, dict) else None
    return _day(said)


def published_on(record: Record) -> str:
    """The day of publication where the portal is; empty where the page gives none."""
    return _day(record.get("datePublished"))


def age_group(published: str, captured: str) -> str:
    """What an article's fields are held against: other new ones, or others of the same year.

    A backfill reads pages of many years, whose templates differ; their rates say nothing about today's.
    """
    if not published:
        return UNDATED
    if captured and abs(date.fromisoformat(captured) - date.fromisoformat(published)) <= FRESH:
        return NEW
    return published[:4]


def _day(said: object) -> str:
    if not isinstance(said, str):
        return ""
    try:
        return date.fromisoformat(said[:10]).isoformat()
    except ValueError:
        return ""
