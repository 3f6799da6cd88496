"""What worker processes do: read a capture from its WARC file, join the pages of an article.

Live crawls and `reextract` run the same functions on the same record, so that both give the same sidecar.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from archives.bodies import HARMLESS, TOO_LARGE, Decoded, decode_body
from archives.capture import CaptureRef, Headers, RecordPlace, Truncation
from archives.catalogue import KeptArticle, SidecarEntry
from archives.cdx_answers import CdxAnswer, read_answer
from archives.collection import OPEN_SUFFIX
from archives.digests import digest
from archives.errors import ArchiveError, DamageError, SidecarError
from archives.reader import StoredRecord, read_record
from extractors.article import Listing, PageKind, PageReading, Verdict
from extractors.robots_txt import MAX_BYTES
from extractors.signals import Signal, as_plain, header_signals, robots_signals

logger = logging.getLogger(__name__)


def read_article_page(archive: Path, ref: CaptureRef) -> PageReading:
    """One page of an article, read from its record."""
    from extractors.extract import read_page  # noqa: PLC0415 - trafilatura is slow to import; workers only
    from extractors.page import wayback_moment  # noqa: PLC0415 - as below

    record, decoded = _load(archive, ref)
    moment = wayback_moment(record.url) or record.date
    reading = read_page(decoded.content, url=record.url, captured_at=moment, content_type=record.content_type)
    said = header_signals(record.http_headers)
    reading = replace(reading, signals=(*said, *reading.signals)) if said else reading
    fault = _fault(record, decoded)
    if fault is None and reading.verdict.kind is PageKind.ARTICLE and _has_no_end(decoded.content):
        return replace(reading, warnings=(*reading.warnings, "the page has no end; its body may be cut"))
    if fault is None:
        return reading
    if reading.verdict.kind is not PageKind.NOT_HTML and not is_whole(decoded.content):
        return replace(reading, verdict=Verdict(kind=PageKind.UNREADABLE, reason=_why_cut(record, decoded)))
    return replace(reading, warnings=(*reading.warnings, fault))


@dataclass(frozen=True, slots=True)
class ListReading:
    """What a list offers; `cut` says why part of it, and so perhaps of its links, is missing."""

    listing: Listing
    cut: str | None


def read_list_page(archive: Path, ref: CaptureRef) -> ListReading:
    """A daily index, sitemap or feed, read from its record."""
    from extractors.lists import read_list  # noqa: PLC0415 - as above

    record, decoded = _load(archive, ref)
    listing = read_list(
        decoded.content, url=record.url, captured_at=record.date, content_type=record.content_type
    )
    cut = _fault(record, decoded) is not None and not is_whole(decoded.content)
    return ListReading(listing, _why_cut(record, decoded) if cut else None)


def read_captures(archive: Path, ref: CaptureRef, *, now: datetime) -> CdxAnswer:
    """An answer of a web archive's index, read from its record; `now` is the latest date that can be true."""
    record, decoded = _load(archive, ref)
    answer = read_answer(decoded.content, now=now, status=record.status or 0)
    answer.fault = answer.fault or _fault(record, decoded)
    return answer


def read_requisites(archive: Path, ref: CaptureRef) -> tuple[str, ...]:
    """Addresses of the pictures and style sheets that a page's record names."""
    from extractors.requisites import requisites  # noqa: PLC0415 - as above

    record, decoded = _load(archive, ref)
    return requisites(decoded.content, url=record.url, content_type=record.content_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The answers to robots.txt that can have been in force for an article, the best first, and where WARC
    files are read from.
    """

    archive: Path
    answers: tuple[CaptureRef, ...] = ()


def read_robots(robots: Robots, url: str) -> tuple[CaptureRef | None, tuple[Signal, ...]]:
    """What the robots.txt in force says about the use of a page, and which record says it; None if it says
    nothing.
    """
    for ref in robots.answers:
        try:
            text = _robots_at(robots.archive, ref.original or ref.place)
        except (DamageError, OSError) as error:
            logger.warning("%s: what it says of the use of %s is not known: %s", ref.url, url, error)
            return None, ()
        if text is not None:
            found = robots_signals(text, url)
            return (ref, found) if found else (None, ())
    return None, ()


@lru_cache(maxsize=16)
def _robots_at(archive: Path, place: RecordPlace) -> bytes | None:
    """The robots.txt of a record as this process has first read it: hundreds of articles ask for one and the
    same, and a record does not change. What becomes damaged meanwhile, `verify` tells.
    """
    record = _stored(archive, place)
    return robots_body(record.http_headers, record.body)


def robots_body(headers: Headers, body: bytes) -> bytes | None:
    """The robots.txt of a readable answer; None where part of it is lost in its encoding."""
    decoded = decode_body(headers, body, MAX_BYTES)
    whole = decoded.note is None or decoded.note in HARMLESS or len(decoded.content) >= MAX_BYTES
    return decoded.content if whole else None


@dataclass(frozen=True, slots=True)
class FinishedSidecar:
    """A sidecar's bytes, checked against the schema, and what the catalogue keeps of them."""

    content: bytes
    entry: SidecarEntry


def make_sidecar(
    pages: Mapping[int, PageReading],
    kept: KeptArticle,
    *,
    collection: str,
    before: bytes | None = None,
    robots: Robots,
) -> FinishedSidecar:
    """Join the pages of a version into its sidecar; `before` is that of the version before it, as it stands.
    Without it, as where it is lost, nothing is said of what has changed.

    Raises:
        SidecarError: the record has no place or does not fit the schema.
    """
    from archives import sidecar  # noqa: PLC0415 - as above
    from extractors.stitch import join  # noqa: PLC0415 - as above

    fields = join(pages, count=kept.page_count).as_plain()
    fields["url"] = kept.address
    said_in, said = read_robots(robots, kept.pages[1].url)
    usage = as_plain((*said, *pages[1].signals))
    record = sidecar.complete(
        fields,
        collection=collection,
        pages=kept.pages,
        version=sidecar.Version(number=kept.number, previous=kept.previous),
        before=_standing(before, kept.previous) if before is not None else None,
        usage=sidecar.Usage(said=usage, robots=said_in) if usage is not None else None,
    )
    sidecar.check(record)
    content = sidecar.to_bytes(record)
    return FinishedSidecar(content, entry_of(str(sidecar.place(record)), record, content))


def _standing(content: bytes, name: str | None) -> dict[str, object] | None:
    """A sidecar that stands; None when it cannot be read, which `verify` will say."""
    from archives import sidecar  # noqa: PLC0415 - as above

    try:
        return sidecar.parse(content, str(name))
    except SidecarError as error:
        logger.warning("%s", error)
        return None


def entry_of(path: str, record: Mapping[str, object], content: bytes) -> SidecarEntry:
    """What the catalogue remembers of a sidecar; `content` is the file's bytes."""
    pagination, extraction = record["pagination"], record["extraction"]
    assert isinstance(pagination, dict)
    assert isinstance(extraction, dict)
    published = record.get("datePublished")
    return SidecarEntry(
        path=path,
        digest=digest(content),
        content_hash=str(record["contentHash"]),
        headline=str(record["headline"]),
        published=str(published) if published else None,
        pages_missing=pagination["pagesMissing"],
        doubtful=bool(extraction["warnings"]),
    )


def _load(archive: Path, ref: CaptureRef) -> tuple[StoredRecord, Decoded]:
    """The record with its body; a revisit has that of the record it refers to, seen at its own time."""
    record = _stored(archive, ref.original or ref.place)
    if ref.original is not None:
        record = replace(record, url=ref.url, date=ref.fetched_at, truncated=None)
    return record, decode_body(record.http_headers, record.body, _MOST_BYTES)


def is_there(archive: Path, ref: CaptureRef) -> bool:
    """Whether the record with a capture's payload can be read."""
    try:
        _stored(archive, ref.original or ref.place)
    except (ArchiveError, OSError):
        return False
    return True


def _stored(archive: Path, place: RecordPlace) -> StoredRecord:
    """The record at a place, whether its file is closed by now or still open."""
    name, length = place.warc_file, place.length
    try:
        return read_record(archive / (name + OPEN_SUFFIX), place.offset, place.record_id, length=length)
    except FileNotFoundError:
        return read_record(archive / name, place.offset, place.record_id, length=length)


def _fault(record: StoredRecord, decoded: Decoded) -> str | None:
    """Why the body may be shorter than it was meant to be."""
    if decoded.note is not None and decoded.note not in HARMLESS:
        return decoded.note
    return f"body was cut: {record.truncated}" if record.truncated else None


def is_whole(content: bytes) -> bool:
    """Whether a document ends as documents do. Servers that promise too many bytes send whole pages, too."""
    return _END.search(content[-_TAIL:]) is not None


def _has_no_end(content: bytes) -> bool:
    """Whether neither body nor document is closed: a Content-Length that is too small cuts pages, and nobody
    else can tell.
    """
    return _CLOSED.search(content[-_TAIL:]) is None and _CLOSED.search(content) is None


def _why_cut(record: StoredRecord, decoded: Decoded) -> str:
    if decoded.note == TOO_LARGE:
        return "larger than the size limit"
    return CUT.get(record.truncated or "", CUT_OFF)


CUT_OFF = "body was cut"
CUT = {Truncation.LENGTH.value: "larger than the size limit", Truncation.TIME.value: "timeout"}
"""The ledger's words for why a page is not whole."""
_MOST_BYTES = (16 << 20) + 1
"""Bytes of a body that are decoded: one more than `extractors.page` and `extractors.lists` read."""
_TAIL = 4096
_CLOSED = re.compile(rb"</(html|body)\s*>", re.IGNORECASE)
_END = re.compile(rb"</(html|urlset|sitemapindex|rss|feed)\s*>", re.IGNORECASE)
