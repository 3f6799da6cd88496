"""Reading WARC files: every record in order, or one record by its reference. warcio does the parsing."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from archives.capture import CaptureRef, Headers, Truncation
from archives.errors import DamageError
from archives.moments import from_w3c

MAX_BODY = 32 << 20
"""Bytes of a body, before and after decoding, that are read at most (twice the crawl's own limit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it stands in a file. `body` is the payload of an HTTP record, else the whole block."""

    type: str
    url: str
    date: datetime
    record_id: str
    warcinfo_id: str | None
    concurrent_to: str | None
    payload_digest: str | None
    truncated: str | None
    status: int | None
    http_headers: Headers
    body: bytes
    offset: int = 0
    length: int = 0

    def http_header(self, wanted: bytes) -> bytes:
        return next((value for name, value in self.http_headers if name.lower() == wanted), b"")

    @property
    def content_type(self) -> str | None:
        return self.http_header(b"content-type").decode("latin-1") or None

    def reference(self, warc_file: str) -> CaptureRef:
        """This response as a reference, equal to the one that the writer returned for it."""
        return CaptureRef(
            url=self.url,
            fetched_at=self.date,
            status=self.status or 0,
            warc_file=warc_file,
            offset=self.offset,
            length=self.length,
            record_id=self.record_id,
            payload_digest=self.payload_digest or "",
            content_type=self.content_type,
            truncated=Truncation(self.truncated) if self.truncated in set(Truncation) else None,
        )


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body with its encodings undone; `note` says why it may be incomplete, None when it is whole."""

    content: bytes
    note: str | None = None


def iterate(path: Path) -> Iterator[StoredRecord]:
    """All records of a file in order, each with offset and length of its gzip member.

    Raises:
        DamageError: a record cannot be parsed; the message names the file and the offset.
    """
    with path.open("rb") as stream:
        records = ArchiveIterator(stream)
        try:
            for record in records:
                stored = _store(record)
                yield _placed(stored, records.get_record_offset(), records.get_record_length())
        except (ArchiveLoadFailed, EOFError, zlib.error, ValueError, KeyError) as error:
            raise DamageError(
                f"{path}: no whole record after offset {records.offset} ({error}); run `kliping verify`"
            ) from error


def responses(path: Path) -> Iterator[tuple[CaptureRef, str | None]]:
    """Every response of a file as a reference with its `via`, and the warcinfo record it belongs to.

    A metadata record that names where redirects began stands after its response, so each response waits
    for the next one.
    """
    held: StoredRecord | None = None
    via: str | None = None
    for record in iterate(path):
        if record.type == "metadata" and held is not None and record.concurrent_to == held.record_id:
            via = _warc_field(record.body, "via")
        elif record.type == "response":
            if held is not None:
                yield replace(held.reference(path.name), via=via), held.warcinfo_id
            held, via = record, None
    if held is not None:
        yield replace(held.reference(path.name), via=via), held.warcinfo_id


def run_numbers(path: Path) -> dict[str, str]:
    """The run that wrote each warcinfo record of a file, as the file itself says."""
    found = {}
    for record in iterate(path):
        if record.type != "warcinfo":
            break
        found[record.record_id] = _warc_field(record.body, "kliping-run") or ""
    return found


def _warc_field(block: bytes, wanted: str) -> str | None:
    for line in block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == wanted:
            return value.strip()
    return None


def read_record(path: Path, offset: int) -> StoredRecord:
    """The record whose gzip member begins at `offset`.

    Raises:
        DamageError: there is no record at that place.
        FileNotFoundError: there is no such file.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        try:
            record = next(iter(ArchiveIterator(stream)))
            return _placed(_store(record), offset, 0)
        except (StopIteration, ArchiveLoadFailed, EOFError, zlib.error, ValueError, KeyError) as error:
            raise DamageError(f"{path}: no record at offset {offset} ({error}); run `kliping verify`") from error


def parse_member(member: bytes) -> StoredRecord:
    """The record of one inflated gzip member.

    Raises:
        ValueError: it is no WARC record.
    """
    try:
        return _store(next(iter(ArchiveIterator(BytesIO(member)))))
    except (StopIteration, ArchiveLoadFailed, EOFError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error) or type(error).__name__) from error


def decode_body(headers: Headers, body: bytes, limit: int = MAX_BODY) -> Decoded:
    """Undo transfer and content encoding, at most `limit` bytes, never raising on what a server sent.

    Our own records are never chunked; those of other tools can be. A body that says gzip and is not is
    returned as it is; one that is cut or corrupt gives what could be read, with a note.
    """
    found = {name.lower(): value.strip().lower() for name, value in headers}
    if found.get(b"transfer-encoding") == b"chunked":
        body = _dechunk(body)
    encoding = found.get(b"content-encoding", b"")
    if encoding in {b"gzip", b"x-gzip"}:
        return _inflate(body, 31, limit)
    if encoding == b"deflate":
        return _inflate(body, 15, limit)
    if encoding not in {b"", b"identity"}:
        return Decoded(body[:limit], f"content encoding {encoding.decode('latin-1')} is not supported")
    return Decoded(body[:limit], "cut at the size limit" if len(body) > limit else None)


def _store(record: ArcWarcRecord) -> StoredRecord:
    warc = record.rec_headers
    http = record.http_headers
    body = record.raw_stream.read(MAX_BODY)
    return StoredRecord(
        type=record.rec_type,
        url=warc.get_header("WARC-Target-URI") or "",
        date=from_w3c(warc.get_header("WARC-Date")),
        record_id=_bare(warc.get_header("WARC-Record-ID")) or "",
        warcinfo_id=_bare(warc.get_header("WARC-Warcinfo-ID")),
        concurrent_to=_bare(warc.get_header("WARC-Concurrent-To")),
        payload_digest=warc.get_header("WARC-Payload-Digest"),
        truncated=warc.get_header("WARC-Truncated"),
        status=_status(http.get_statuscode()) if http and record.rec_type != "request" else None,
        http_headers=_pairs(http.headers) if http else (),
        body=body,
    )


def _placed(record: StoredRecord, offset: int, length: int) -> StoredRecord:
    values = {name: getattr(record, name) for name in record.__slots__}
    return StoredRecord(**{**values, "offset": offset, "length": length})


def _bare(record_id: str | None) -> str | None:
    return record_id.strip("<> ") if record_id else None


def _status(code: str) -> int | None:
    return int(code) if code.isdigit() else None


def _pairs(headers: list[tuple[str, str]]) -> Headers:
    return tuple((name.encode("utf-8"), value.encode("utf-8")) for name, value in headers)


def _dechunk(body: bytes) -> bytes:
    """Undo HTTP/1.1 chunking (RFC 9112, 7.1); what does not look chunked stays as it is."""
    pieces: list[bytes] = []
    place = 0
    while True:
        end = body.find(b"\r\n", place)
        if end < 0:
            return b"".join(pieces) or body
        try:
            size = int(body[place:end].split(b";")[0], 16)
        except ValueError:
            return b"".join(pieces) or body
        if size <= 0:
            return b"".join(pieces)
        pieces.append(body[end + 2 : end + 2 + size])
        place = end + 2 + size + 2


def _inflate(body: bytes, window: int, limit: int) -> Decoded:
    """Inflate one or more members, stopping at `limit` so that a bomb costs no memory."""
    content, rest = bytearray(), body
    while rest:
        engine = zlib.decompressobj(window)
        try:
            content += engine.decompress(rest, max(limit - len(content), 1))
        except zlib.error:
            return _undecodable(body, bytes(content), window, limit)
        if len(content) >= limit:
            return Decoded(bytes(content[:limit]), "cut at the size limit")
        if not engine.eof:
            return Decoded(bytes(content), "compressed body is cut")
        rest = engine.unused_data
    return Decoded(bytes(content))


def _undecodable(body: bytes, content: bytes, window: int, limit: int) -> Decoded:
    if window == 15 and not content:
        return _inflate(body, -15, limit)  # "deflate" without its zlib header, as some servers send it
    if content:
        return Decoded(content, "compressed body is corrupt")
    if body[:2] != b"\x1f\x8b":
        return Decoded(body[:limit], "declared as compressed, sent plain")
    return Decoded(_salvage(body, window, limit), "compressed body is corrupt")


def _salvage(body: bytes, window: int, limit: int) -> bytes:
    """What can be inflated of a corrupt body, in small steps up to the fault."""
    engine, content = zlib.decompressobj(window), bytearray()
    for start in range(0, len(body), 512):
        try:
            content += engine.decompress(body[start : start + 512], max(limit - len(content), 1))
        except zlib.error:
            break
        if len(content) >= limit:
            break
    return bytes(content)
