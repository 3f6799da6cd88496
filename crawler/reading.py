"""What worker processes do: read a capture from its WARC file, join the pages of an article.

Live crawls and `reextract` run the same functions on the same record, so that both give the same sidecar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from archives.capture import CaptureRef
from archives.collection import OPEN_SUFFIX
from archives.reader import Decoded, StoredRecord, decode_body, read_record
from extractors.article import Listing, PageReading


def read_article_page(archive: Path, ref: CaptureRef) -> PageReading:
    """One page of an article, read from its record."""
    from extractors.extract import read_page  # noqa: PLC0415 - trafilatura is slow to import; workers only

    record, decoded = _load(archive, ref)
    reading = read_page(
        decoded.content, url=record.url, captured_at=record.date, content_type=record.content_type
    )
    faults = [fault for fault in (decoded.note, _cut(record)) if fault]
    return replace(reading, warnings=(*reading.warnings, *faults)) if faults else reading


def read_list_page(archive: Path, ref: CaptureRef) -> Listing:
    """A daily index, sitemap or feed, read from its record."""
    from extractors.lists import read_list  # noqa: PLC0415 - as above

    record, decoded = _load(archive, ref)
    return read_list(
        decoded.content, url=record.url, captured_at=record.date, content_type=record.content_type
    )


def join_pages(pages: Mapping[int, PageReading], count: int) -> dict[str, object]:
    """The article of these pages as plain data, as it goes into the sidecar."""
    from extractors.stitch import join  # noqa: PLC0415 - as above

    return join(pages, count=count).as_plain()


def _load(archive: Path, ref: CaptureRef) -> tuple[StoredRecord, Decoded]:
    """The record, whether its file is closed by now or still open."""
    path = archive / (ref.warc_file + OPEN_SUFFIX)
    try:
        record = read_record(path, ref.offset)
    except FileNotFoundError:
        record = read_record(archive / ref.warc_file, ref.offset)
    return record, decode_body(record.http_headers, record.body)


def _cut(record: StoredRecord) -> str | None:
    return f"body was cut: {record.truncated}" if record.truncated else None
