"""A capture as a row: the columns that the catalogue and the scratch index of a second reading share."""

from __future__ import annotations

from collections.abc import Sequence

from archives.capture import CaptureRef, RecordPlace, Truncation
from archives.moments import from_w3c, to_w3c

CAPTURE = (
    "url, fetched_at, status, warc_file, offset, length, record_id, payload_digest, content_type, "
    "truncated, via, original_file, original_offset, original_length, original_id, etag, last_modified, "
    "origin"
)

ROBOTS = "substr(coalesce(via, url), -11) = '/robots.txt'"
"""What an answer to robots.txt, also one that redirects led to, is told by; an index has these very words."""


def capture_values(ref: CaptureRef) -> tuple[object, ...]:
    """The values of `CAPTURE`'s columns."""
    place = ref.original
    return (
        ref.url,
        to_w3c(ref.fetched_at),
        ref.status,
        ref.warc_file,
        ref.offset,
        ref.length,
        ref.record_id,
        ref.payload_digest,
        ref.content_type,
        ref.truncated,
        ref.via,
        *((place.warc_file, place.offset, place.length, place.record_id) if place else (None,) * 4),
        ref.etag,
        ref.last_modified,
        ref.origin,
    )


def capture_of(row: Sequence[object]) -> CaptureRef:
    """The capture of a row with `CAPTURE`'s columns."""
    url, fetched_at, status, warc_file, offset, length, record_id, payload_digest, *more = row
    content_type, truncated, via, original_file, original_offset, original_length, original_id, *rest = more
    etag, last_modified, origin = rest
    return CaptureRef(
        url=str(url),
        fetched_at=from_w3c(str(fetched_at)),
        status=int(str(status)),
        warc_file=str(warc_file),
        offset=int(str(offset)),
        length=int(str(length)),
        record_id=str(record_id),
        payload_digest=str(payload_digest),
        content_type=_text(content_type),
        truncated=Truncation(str(truncated)) if truncated else None,
        via=_text(via),
        original=None
        if original_file is None
        else RecordPlace(
            warc_file=str(original_file),
            offset=int(str(original_offset)),
            length=int(str(original_length)),
            record_id=str(original_id),
        ),
        etag=_text(etag),
        last_modified=_text(last_modified),
        origin=_text(origin),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
