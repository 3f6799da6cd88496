"""One exchange on the network as it was seen, and the reference to where it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Headers = tuple[tuple[bytes, bytes], ...]
"""HTTP header fields in order, repeated ones repeated, names and values as bytes."""


class Truncation(StrEnum):
    """Why a body is shorter than the server meant it (ISO 28500:2017, 5.13 `WARC-Truncated`)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What was agreed with a server: `tls/1.3`, and the cipher suite by its IANA name where that is known."""

    version: str
    cipher: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A request and its answer, before they are written.

    `target` is the request's origin form (path and query). `body` is what the server sent, content
    encoding untouched; transfer encoding is already undone, because Scrapy hands over nothing earlier.
    `via` is the address that was asked for first, when redirects led here. `unchanged` is the earlier
    capture that a conditional request was made from and that the server's 304 confirms. `found_on` is the
    page that a picture or style sheet belongs to.
    """

    url: str
    fetched_at: datetime
    method: str
    target: str
    request_headers: Headers
    protocol: str
    status: int
    headers: Headers
    body: bytes
    ip_address: str | None = None
    tls: Tls | None = None
    truncated: Truncation | None = None
    via: str | None = None
    unchanged: CaptureRef | None = None
    found_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memento:
    """An answer of long ago, as a web archive hands it out (the word is RFC 7089's).

    `captured_at` is the day on which the archive got it from `url`. `status_line` is None where the archive
    does not repeat it. `source` is the address of the archive's copy, `notes` what else is known of it.
    """

    url: str
    captured_at: datetime
    status: int
    status_line: bytes | None
    headers: Headers
    body: bytes
    source: str
    notes: tuple[tuple[str, str], ...]
    ip_address: str | None = None
    truncated: Truncation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """Where one record stands: bytes of its gzip member in `archive/<warc_file>`, and its bare URN."""

    warc_file: str
    offset: int
    length: int
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRef:
    """Where a response or revisit record is kept: enough to read it back and to cite it.

    `offset` and `length` are bytes of the record's gzip member in `archive/<warc_file>`; `record_id` is
    the bare URN (`urn:uuid:…`); `payload_digest` is `sha256:` with the base32 value of the record. A
    revisit's payload stands in the record at `original`. `etag` and `last_modified` are what a later
    request can be made conditional with (RFC 9110, 8.8), as the server wrote them. `origin` is the address
    in a web archive that the answer was taken from, long after `fetched_at`; None for what came from the
    server itself.
    """

    url: str
    fetched_at: datetime
    status: int
    warc_file: str
    offset: int
    length: int
    record_id: str
    payload_digest: str
    content_type: str | None = None
    truncated: Truncation | None = None
    via: str | None = None
    original: RecordPlace | None = None
    etag: str | None = None
    last_modified: str | None = None
    origin: str | None = None

    @property
    def place(self) -> RecordPlace:
        return RecordPlace(
            warc_file=self.warc_file, offset=self.offset, length=self.length, record_id=self.record_id
        )
