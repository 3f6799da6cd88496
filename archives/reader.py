"""Reading WARC files: every record in order, or one record by its reference.

warcio parses the WARC header. The gzip members and the HTTP head are read here, because warcio 1.8 ends
silently at a damaged member and turns header bytes into text.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from archives.bodies import MAX_BODY
from archives.capture import CaptureRef, Headers, Truncation
from archives.errors import DamageError
from archives.inflating import inflated
from archives.members import GZIP_MAGIC, Member, members
from archives.moments import from_warc_date
from archives.warc_fields import MOST_SHOWN, redirected_from, warc_field, whole_number

_MAX_HEAD = 1 << 20
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_WEB = ("http:", "https:")
_VERSIONS = frozenset({b"WARC/1.0", b"WARC/1.1"})
# From the start of a line only: else each letter of a line that is none would be tried.
_FIELD = re.compile(rb"^([A-Za-z][A-Za-z-]*+): ([!-~](?:[ -~]*[!-~])?)\r\n", re.MULTILINE)
_MOST_READ_AT_ONCE = 4 << 20
_END = b"\r\n\r\n"
_BLANK_LINE = re.compile(rb"\n\r*\n")
_BROKEN = (
    ArchiveLoadFailed,
    StopIteration,
    EOFError,
    zlib.error,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


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
    refers_to: str | None = None
    refers_to_url: str | None = None
    refers_to_date: datetime | None = None
    status_line: bytes = b""
    source_uri: str | None = None
    ip_address: str | None = None
    offset: int = 0
    length: int = 0

    def http_header(self, wanted: bytes) -> bytes:
        return next((value for name, value in self.http_headers if name.lower() == wanted), b"")

    @property
    def content_type(self) -> str | None:
        return self.http_header(b"content-type").decode("latin-1") or None

    def reference(self, warc_file: str) -> CaptureRef:
        """This answer as a reference; for a response of ours the one that the writer returned for it."""
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
            truncated=self._why_cut,
            etag=self._text(b"etag"),
            last_modified=self._text(b"last-modified"),
            origin=self.source_uri,
        )

    @property
    def _why_cut(self) -> Truncation | None:
        """A revisit's block is truncated by its nature (ISO 28500:2017, 6.7.2), not on its way."""
        if self.type == "revisit" or self.truncated not in set(Truncation):
            return None
        return Truncation(self.truncated)

    def _text(self, wanted: bytes) -> str | None:
        return self.http_header(wanted).decode("latin-1") or None


def iterate(path: Path, skip: Callable[[int, Exception], None] | None = None) -> Iterator[StoredRecord]:
    """All records of a file in order, each with offset and length of its gzip member.

    With `skip`, a whole gzip member that holds no record that can be understood is told there and passed.

    Raises:
        DamageError: a record cannot be parsed; the message names the file and the offset.
    """
    place = 0
    with path.open("rb") as stream:
        try:
            for record in _records(stream, skip):
                place = record.offset + record.length
                yield record
        except _BROKEN as error:
            raise DamageError(
                f"{path}: no whole record after offset {place} ({error}); run `kliping verify`"
            ) from error


def _records(stream: BinaryIO, skip: Callable[[int, Exception], None] | None) -> Iterator[StoredRecord]:
    if not _is_gzip(stream, 0):
        yield from _plain_records(stream)
        return
    for member in members(stream):  # which reads each to its end, and raises if it is damaged
        try:
            record = _in_passing(member) or _only_record(Member(stream, member.offset))
        except _BROKEN as error:
            if skip is None:
                raise
            skip(member.offset, error)
        else:
            yield record


def _in_passing(member: Member) -> StoredRecord | None:
    """The record of a member that is not large and says nothing unusual; None for any other."""
    content = member.read()
    while piece := member.read():
        content += piece
        if len(content) > _MOST_READ_AT_ONCE:
            return None
    return _plain_record(content, member.offset, member.length)


def _only_record(member: Member) -> StoredRecord:
    records = ArchiveIterator(member, no_record_parse=True)
    record = next(records, None)
    if record is None:
        raise EOFError("a gzip member without a record")
    stored = _parsed(record)
    if next(records, None) is not None:
        raise ValueError("several records in one gzip member; run `warcio recompress` on the file")
    member.drain()
    return replace(stored, offset=member.offset, length=member.length)


def _plain_records(stream: BinaryIO) -> Iterator[StoredRecord]:
    records = ArchiveIterator(stream, no_record_parse=True)
    found = False
    for record in records:
        found = True
        stored = _parsed(record)
        yield replace(stored, offset=records.get_record_offset(), length=records.get_record_length())
    if not found and stream.seek(0, os.SEEK_END):
        raise EOFError("no record in it")


def _is_gzip(stream: BinaryIO, offset: int) -> bool:
    stream.seek(offset)
    magic = stream.read(len(GZIP_MAGIC))
    stream.seek(offset)
    return magic == GZIP_MAGIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of a server as a file has it: a response, or a revisit that names an earlier one.

    `run` is the run of Kliping that wrote it, None in other tools' files.
    """

    ref: CaptureRef
    run: str | None = None
    revisit: bool = False
    refers_to: str | None = None
    refers_to_url: str | None = None
    refers_to_date: datetime | None = None


def answers(path: Path, skip: Callable[[int, Exception], None] | None = None) -> Iterator[Answer]:
    """Every response and revisit of a file, with `via` and run where Kliping wrote it.

    A metadata record that names where redirects began stands after its response, so each response waits
    for the next one. Other tools' `via` names the page that a link was found on: it says nothing here.
    """
    runs: dict[str, str] = {}
    held: StoredRecord | None = None
    via: str | None = None
    for record in iterate(path, skip):
        if record.type == "warcinfo" and (run := warc_field(record.body, "kliping-run")):
            runs[record.record_id] = run
        elif record.type == "metadata" and held is not None and record.concurrent_to == held.record_id:
            via = redirected_from(record.body) if held.warcinfo_id in runs else None
        elif record.type in {"response", "revisit"}:
            if held is not None:
                yield _answer(held, path.name, via, runs)
            held, via = record, None
    if held is not None:
        yield _answer(held, path.name, via, runs)


def _answer(record: StoredRecord, name: str, via: str | None, runs: Mapping[str, str]) -> Answer:
    return Answer(
        ref=replace(record.reference(name), via=via),
        run=runs.get(record.warcinfo_id or ""),
        revisit=record.type == "revisit",
        refers_to=record.refers_to,
        refers_to_url=record.refers_to_url,
        refers_to_date=record.refers_to_date,
    )


def read_record(
    path: Path, offset: int, record_id: str | None = None, *, length: int | None = None
) -> StoredRecord:
    """The record whose gzip member begins at `offset`; where `record_id` is given, no other than that one.

    Where the member's `length` is given as well, warcio need not be asked about what is as it should be.

    Raises:
        DamageError: there is no record at that place, or another one.
        FileNotFoundError: there is no such file.
    """
    record = _read_at_once(path, offset, length) if length is not None else None
    if record is None:
        record = _read_with_care(path, offset)
    if record_id is not None and record.record_id != record_id:
        raise DamageError(
            f"{path}: the record at offset {offset} is {record.record_id or 'without an id'}, "
            f"not {record_id}; run `kliping verify`"
        )
    return record


def record_in(content: bytes) -> StoredRecord:
    """The one record that a gzip member holds; `content` is the member and nothing else.

    Raises:
        DamageError: it holds something else.
    """
    stream = BytesIO(content)
    try:
        _check_head(Member(stream, 0))
        record = _only_record(Member(stream, 0))
    except _BROKEN as error:
        raise DamageError(f"no whole record ({str(error).strip() or type(error).__name__})") from error
    if record.length != len(content):
        raise DamageError(f"{len(content) - record.length} bytes behind the record")
    return record


def _check_head(member: Member) -> None:
    """Whether it begins as a record: warcio takes a minute to find no end of line in 40 MB of zeros."""
    head, size = bytearray(), 0
    while piece := member.read():
        size += len(piece)
        if len(head) < _MAX_HEAD:
            head += piece
        if size > MAX_BODY + _MAX_HEAD or not head.startswith(b"WARC/"[: len(head)]):
            raise ValueError("no record, or too large")
    if not _HEAD_END.search(head):
        raise ValueError("a head without an end")


def _read_with_care(path: Path, offset: int) -> StoredRecord:
    with path.open("rb") as stream:
        try:
            if not _is_gzip(stream, offset):
                return next(_plain_records(stream))
            return _only_record(Member(stream, offset))
        except _BROKEN as error:
            told = str(error).strip() or type(error).__name__
            raise DamageError(
                f"{path}: no record at offset {offset} ({told}); run `kliping verify`"
            ) from error


def _read_at_once(path: Path, offset: int, length: int) -> StoredRecord | None:
    """The record of a whole member of so many bytes, read in one step; None for any other."""
    if not 0 < length <= _MOST_READ_AT_ONCE:
        return None
    file = os.open(str(path), os.O_RDONLY)
    try:
        member = os.pread(file, length, offset)
    finally:
        os.close(file)
    content = inflated(member, MAX_BODY + _MAX_HEAD)
    return None if content is None else _plain_record(content, offset, length)


def _plain_record(content: bytes, offset: int, length: int) -> StoredRecord | None:
    """The record of a member with this content, if it says nothing unusual; None for any other, which warcio
    reads.
    """
    end = content.find(_END)
    version, _, lines = content[: end + 2].partition(b"\r\n")
    if version not in _VERSIONS:
        return None
    found = _FIELD.findall(lines)
    # Of a field that is repeated the first counts.
    named = {name.lower().decode(): value.decode() for name, value in reversed(found)}
    declared, start = whole_number(named.get("content-length", "")), end + len(_END)
    if sum(len(name) + len(value) + 4 for name, value in found) != len(lines) or "warc-type" not in named:
        return None
    if declared is None or declared > MAX_BODY:
        return None
    if " " in named.get("warc-target-uri", ""):  # which warcio escapes
        return None
    if len(content) != start + declared + len(_END) or not content.endswith(_END):
        return None
    try:
        return _store(named["warc-type"], named.get, content[start : -len(_END)], offset, length)
    except _BROKEN:
        return None


def _parsed(record: ArcWarcRecord) -> StoredRecord:
    return _store(record.rec_type, record.rec_headers.get_header, _read(record))


def _store(
    kind: str, header: Callable[[str], str | None], block: bytes, offset: int = 0, length: int = 0
) -> StoredRecord:
    url = (header("warc-target-uri") or "").strip("<> ")  # wget writes the brackets of WARC 1.0
    said = header("content-length") or ""
    declared = whole_number(said)
    if declared is None or len(block) < min(declared, MAX_BODY):
        raise EOFError(f"{len(block)} of {said[:MOST_SHOWN] or 'unknown'} bytes")
    is_http = kind in {"response", "request", "revisit"} and url.lower().startswith(_WEB)
    start, headers, body = _split_http(block) if is_http else (b"", (), block)
    cut = len(block) < declared
    return StoredRecord(
        type=kind,
        url=url,
        date=from_warc_date(header("warc-date") or ""),
        record_id=_bare(header("warc-record-id")) or "",
        warcinfo_id=_bare(header("warc-warcinfo-id")),
        concurrent_to=_bare(header("warc-concurrent-to")),
        payload_digest=header("warc-payload-digest"),
        truncated=Truncation.LENGTH.value if cut else header("warc-truncated"),
        status=_status(start),
        http_headers=headers,
        body=body,
        refers_to=_bare(header("warc-refers-to")),
        refers_to_url=_bare(header("warc-refers-to-target-uri")),
        refers_to_date=_date(header("warc-refers-to-date")),
        status_line=start,
        source_uri=_bare(header("warc-source-uri")),
        ip_address=header("warc-ip-address") or None,
        offset=offset,
        length=length,
    )


def _read(record: ArcWarcRecord) -> bytes:
    """The record's block, at most a whole head and body of ours."""
    block = bytearray()
    while len(block) < MAX_BODY + _MAX_HEAD:
        piece = record.raw_stream.read(MAX_BODY + _MAX_HEAD - len(block))
        if not piece:
            break
        block += piece
    return bytes(block)


def _split_http(block: bytes) -> tuple[bytes, Headers, bytes]:
    """First line, header fields and body of an HTTP message, bytes kept (RFC 9112, 2.1 and 5)."""
    blank = _BLANK_LINE.search(block)
    head, body = (block[: blank.start()], block[blank.end() :]) if blank is not None else (block, b"")
    start, _, lines = head.partition(b"\n")
    headers: list[tuple[bytes, bytes]] = []
    for ended in BytesIO(lines):  # one after the other: without a blank line the whole block is a head
        line = ended.rstrip(b"\r\n")
        name, colon, value = line.partition(b":")
        if line.startswith((b" ", b"\t")) and headers:
            headers[-1] = (headers[-1][0], headers[-1][1] + b" " + line.strip(b" \t"))
        elif colon:
            headers.append((name, value.strip(b" \t")))
    return start.rstrip(b"\r"), tuple(headers), body


def _bare(record_id: str | None) -> str | None:
    return record_id.strip("<> ") if record_id else None


def _date(text: str | None) -> datetime | None:
    try:
        return from_warc_date(text) if text else None
    except ValueError:
        return None


def _status(start: bytes) -> int | None:
    """The status of an answer's first line; a request's has none."""
    parts = start.split(None, 2)
    return whole_number(parts[1]) if start.startswith(b"HTTP/") and len(parts) > 1 else None
