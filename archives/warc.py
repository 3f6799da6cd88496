"""Writing WARC 1.1 files (ISO 28500:2017), one gzip member per record, `.open` until closed.

Records are put together here and not by warcio 1.8, for two measured reasons: warcio percent-encodes
non-ASCII bytes of HTTP headers, and its gzip level 9 costs eight times the CPU on bodies that arrive
compressed. warcio and FastWARC read every file back in the tests.

Nothing is durable before `commit`: it flushes and fsyncs, and only then may a catalogue call something
done. After a failed write the file is cut back to its last committed length and the writer is closed.
"""

from __future__ import annotations

import http
import logging
import os
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from io import BufferedWriter
from pathlib import Path
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from archives.capture import Capture, CaptureRef, Headers, Memento, RecordPlace
from archives.collection import OPEN_SUFFIX, Collection
from archives.deflate import Compressor, crc32, hasty, thorough
from archives.digests import digest
from archives.durable import sync_folder
from archives.errors import DamageError, WriteError
from archives.fresh_lines import FreshLines
from archives.members import GZIP_HEADER
from archives.moments import to_w3c
from archives.payload import identify_payload
from archives.reader import StoredRecord, read_record

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_REVISIT = "http://netpreserve.org/warc/1.1/revisit/"
IDENTICAL, NOT_MODIFIED = _REVISIT + "identical-payload-digest", _REVISIT + "server-not-modified"
"""Profiles of revisit records (ISO 28500:2017, 6.7.2 and 6.7.3)."""
EMBEDDED = "E"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
NORMALISED = (
    "HTTP header names are title-cased, the order of different header fields is not kept (repeated fields "
    "are, in their order); requests are in origin form with Host first; transfer encoding is undone; fields "
    "about the connection (Transfer-Encoding, Connection, Keep-Alive and the like) are left out; folded "
    "values stand on one line; the reason phrase of the status line is the registered one"
)
_HTTP_1 = re.compile(r"HTTP/1\.[01]", re.IGNORECASE)
"""Records are written in the syntax of HTTP/1; what was spoken on the wire stands in WARC-Protocol."""
_NO_NAME = re.compile(rb"[\x00-\x20\x7f:]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_JOINED = 1 << 20
"""Bytes of a block below which a record is compressed in one step: each step lets go of the interpreter, and
the thread that fetches takes it meanwhile.
"""
_PRINTABLE = bytes(range(0x21, 0x7F)).decode()
_COMPRESSED_TYPES = (b"image/", b"video/", b"audio/", b"application/zip", b"application/gzip", b"font/woff")


def random_urn() -> str:
    """A UUID of random bits (RFC 9562, 5.4), as `uuid.uuid4` makes it in three times the time."""
    bits = os.urandom(16).hex()
    variant = "89ab"[int(bits[16], 16) & 3]
    return f"urn:uuid:{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcSettings:
    """What a run says about itself in `warcinfo`, and when its files roll over.

    `make_id` and `now` are arguments so that tests can pin bytes.
    """

    info: Mapping[str, str]
    max_bytes: int = 1 << 30
    make_id: Callable[[], str] = random_urn
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Committed:
    """A WARC file's durable state: its final name, how many bytes of it count, whether it is closed."""

    name: str
    length: int
    closed: bool


Known = Callable[[str], CaptureRef | None]
"""Finds the response with a payload digest in the collection, if it is durable already."""


def _nothing_known(_digest: str) -> None:
    return None


class WarcWriter:
    """Appends captures to the collection's current WARC file. One thread uses it at a time."""

    def __init__(
        self, collection: Collection, settings: WarcSettings, lines: FreshLines | None = None
    ) -> None:
        """`lines` is told what an index says of each record, so that a run's end need not read them again."""
        self._collection = collection
        self._settings = settings
        self._lines = lines
        self._out: BufferedWriter | None = None
        self._name = ""
        self._info_id = ""
        self._length = 0
        self._committed = 0
        self._unreported: list[Committed] = []
        self._failure: WriteError | None = None

    def append(self, capture: Capture, known: Known = _nothing_known) -> CaptureRef:
        """Write response and request (and where a redirect led here, a metadata record naming its start).

        Instead of the response a revisit is written where the server confirmed an earlier capture, or where
        `known` finds the same payload, by its digest, in the collection.

        Raises:
            WriteError: the file system refused; the file is cut back to what was committed.
        """
        out = self._ready_file()
        return self._append(out, capture, self._answer(capture, known))

    def append_memento(
        self, memento: Memento, exchange: Capture, known: Known = _nothing_known
    ) -> tuple[CaptureRef, CaptureRef]:
        """Write an answer that a web archive handed out, under its own address and with its own date, and the
        exchange in which it was handed out; the references of both.

        The first record says where it comes from in WARC-Source-URI and WARC-Creation-Date, as those of
        pywb's recorder do, and a metadata record beside it says the rest. The exchange is kept as every
        other; where its payload is that of the first record, as a revisit of it.

        Raises:
            WriteError: as `append`.
        """
        out = self._ready_file()
        answer = self._memento(memento, known)
        url, date = _safe_url(memento.url), to_w3c(memento.captured_at)
        told_of_all = _lines(("WARC-Target-URI", url), ("WARC-Warcinfo-ID", f"<{self._info_id}>"))
        fields = _lines(("WARC-Date", date)) + told_of_all + _memento_lines(memento, exchange)
        member = self._response(answer, fields)
        ref = CaptureRef(
            url=url,
            fetched_at=memento.captured_at.replace(microsecond=0),
            status=answer.status,
            warc_file=self._name,
            offset=self._length,
            length=len(member),
            record_id=answer.record_id,
            payload_digest=answer.payload_digest,
            content_type=_text(answer.named, b"content-type"),
            truncated=memento.truncated,
            original=answer.refers_to.place if answer.refers_to else None,
            etag=_text(answer.named, b"etag"),
            last_modified=_text(answer.named, b"last-modified"),
            origin=_safe_url(memento.source),
        )
        handed_out = self._answer(exchange, known, beside=ref)
        told = (*memento.notes, ("exchange", f"<{handed_out.record_id}>"))
        note = _lines(("WARC-Date", to_w3c(exchange.fetched_at))) + told_of_all
        self._write(out, member, self._fields_record(told, note, answer.record_id))
        self._note_answer(answer, ref, date)
        return ref, self._append(out, exchange, handed_out)

    def _append(self, out: BufferedWriter, capture: Capture, answer: _Answer) -> CaptureRef:
        url, date = _safe_url(capture.url), to_w3c(capture.fetched_at)
        fields = _common_lines(capture, url=url, date=date, info_id=self._info_id)
        member = self._response(answer, fields)
        members = [member, self._request(capture, fields, answer.record_id)]
        if capture.via or capture.found_on:
            members.append(self._via(capture, fields, answer.record_id))
        offset = self._length
        self._write(out, *members)
        received = answer.named if capture.unchanged is None else _by_name(capture.headers)
        ref = CaptureRef(
            url=url,
            fetched_at=capture.fetched_at.replace(microsecond=0),
            status=answer.status,
            warc_file=self._name,
            offset=offset,
            length=len(member),
            record_id=answer.record_id,
            payload_digest=answer.payload_digest,
            content_type=_text(answer.named, b"content-type"),
            truncated=capture.truncated,
            via=_safe_url(capture.via) if capture.via else None,
            original=answer.refers_to.place if answer.refers_to else None,
            etag=_text(received, b"etag") or _text(answer.named, b"etag"),
            last_modified=_text(received, b"last-modified") or _text(answer.named, b"last-modified"),
        )
        self._note_answer(answer, ref, date)
        return ref

    def _note_answer(self, answer: _Answer, ref: CaptureRef, date: str) -> None:
        if self._lines is not None:
            self._lines.note_answer(
                (ref.warc_file, ref.offset, ref.length),
                url=ref.url,
                date=date,
                head=answer.head,
                digest=answer.payload_digest,
                revisit=answer.refers_to is not None,
            )

    def append_metadata(
        self, target: str, block: bytes, *, content_type: str, refers_to: str | None = None
    ) -> RecordPlace:
        """Write a metadata record of ours: an article's sidecar, or what a run has to say about itself.

        `target` is a URN: under the article's own address, index and replay would take the record for a
        capture of it. `refers_to` is the URN of the record that it describes.

        Raises:
            WriteError: as `append`.
        """
        out = self._ready_file()
        record_id, url, date = self._settings.make_id(), _safe_url(target), to_w3c(self._settings.now())
        head = _lines(
            ("WARC-Type", "metadata"),
            ("WARC-Record-ID", f"<{record_id}>"),
            ("WARC-Date", date),
            ("WARC-Target-URI", url),
            ("WARC-Warcinfo-ID", f"<{self._info_id}>"),
            *([("WARC-Refers-To", f"<{refers_to}>")] if refers_to else []),
            ("WARC-Block-Digest", digest(block)),
            ("Content-Type", content_type),
        )
        member = _member(head, (block,), thorough())
        offset, length = self._length, len(member)
        self._write(out, member)
        if self._lines is not None:
            place = (self._name, offset, length)
            self._lines.note_metadata(place, url=url, date=date, content_type=content_type, block=block)
        return RecordPlace(warc_file=self._name, offset=offset, length=length, record_id=record_id)

    def commit(self) -> tuple[Committed, ...]:
        """Flush and fsync; afterwards everything appended so far survives a power cut.

        Returns the durable state of each file touched since the last commit, for the catalogue to store
        in the same transaction as the captures.

        Raises:
            WriteError: the disk refused.
        """
        if self._out is not None and self._length > self._committed:
            self._guard(self._sync)
            self._committed = self._length
            self._unreported.append(Committed(self._name, self._committed, closed=False))
        reported, self._unreported = tuple(self._unreported), []
        return reported

    def close(self) -> tuple[Committed, ...]:
        """Commit and close the current file under its final name."""
        reported = self.commit()
        if self._out is not None:
            self._finish_file()
            reported += tuple(self._unreported)
            self._unreported = []
        return reported

    def abandon(self) -> None:
        """Let go of a file whose last commit the catalogue could not note; the next start mends it."""
        if self._out is not None:
            self._give_up()

    def _ready_file(self) -> BufferedWriter:
        if self._failure is not None:
            raise self._failure
        if self._is_full():
            self._finish_file()
        if self._out is None:
            self._out = self._guard(self._start_file)
        return self._out

    def _is_full(self) -> bool:
        """A file is closed at the first append after a commit, never at the commit itself.

        By then the catalogue knows all of it: a file with its final name holds nothing that nobody promised.
        """
        return self._out is not None and self._length == self._committed >= self._settings.max_bytes

    def _start_file(self) -> BufferedWriter:
        now = self._settings.now()
        self._name = self._collection.warc_name(self._collection.next_serial(), now)
        path = self._collection.archive / (self._name + OPEN_SUFFIX)
        out = path.open("xb")
        try:
            sync_folder(path.parent)
        except OSError:
            out.close()
            raise
        self._info_id = self._settings.make_id()
        self._length = self._committed = 0
        told = {**self._settings.info, "isPartOf": self._collection.name}
        member = info_record(told, name=self._name, record_id=self._info_id, now=now)
        out.write(member)
        self._length = len(member)
        return out

    def _write(self, out: BufferedWriter, *members: bytes) -> None:
        for member in members:
            self._guard(out.write, member)
            self._length += len(member)

    def _sync(self) -> None:
        assert self._out is not None
        self._out.flush()
        os.fsync(self._out.fileno())

    def _finish_file(self) -> None:
        """Close and rename; the folder is synced, so that the final name survives a power cut."""
        assert self._out is not None
        out, self._out = self._out, None
        self._guard(out.close)
        self._guard(seal, self._collection.archive / (self._name + OPEN_SUFFIX))
        self._unreported.append(Committed(self._name, self._committed, closed=True))
        if self._lines is not None:
            self._lines.note_closed(self._name, self._committed)

    def _guard(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return action(*args, **kwargs)
        except OSError as error:
            self._give_up()
            self._failure = WriteError(
                f"{self._collection.archive / self._name}: cannot be written ({error.strerror or error}); "
                "free space or mend the folder, then run the same command again"
            )
            raise self._failure from error

    def _give_up(self) -> None:
        """Cut the file back to what was committed, so that no torn record stays in it."""
        out, self._out = self._out, None
        if out is None:
            return
        try:
            out.raw.close()
            cut(Path(out.name), self._committed)
        except OSError:
            return  # the next start repairs it from the catalogue's committed length

    def _answer(self, capture: Capture, known: Known, *, beside: CaptureRef | None = None) -> _Answer:
        """What the record of an answer says: the answer itself, or that it was seen before.

        `beside` is a record that goes into the file just before this one, and cannot be read there yet.
        """
        record_id = self._settings.make_id()
        if capture.unchanged is not None and (answer := self._not_modified(capture.unchanged, record_id)):
            return answer
        payload_digest = digest(capture.body)
        original = None
        if _can_be_a_revisit(capture):
            original = self._still_there(known(payload_digest), capture.url, capture.body)
            if original is None and beside is not None and _repeats(beside, payload_digest):
                original = beside
        return _Answer(
            record_id=record_id,
            status=capture.status,
            head=_status_line(capture.protocol, capture.status) + _header_lines(capture.headers),
            named=_by_name(capture.headers),
            body=capture.body if original is None else b"",
            payload_digest=payload_digest,
            identified=identify_payload(capture.headers, capture.body),
            truncated=capture.truncated.value if capture.truncated else None,
            refers_to=_Original(original.place, original.url, original.fetched_at) if original else None,
            profile=IDENTICAL,
        )

    def _memento(self, memento: Memento, known: Known) -> _Answer:
        """The record of an answer of long ago; a payload that the collection has is not stored again."""
        payload_digest = digest(memento.body)
        original = None
        if memento.body and memento.truncated is None:
            original = self._still_there(known(payload_digest), memento.url, memento.body)
        line = (memento.status_line or b"").strip() + b"\r\n"
        head = line if memento.status_line else _status_line("HTTP/1.1", memento.status)
        return _Answer(
            record_id=self._settings.make_id(),
            status=memento.status,
            head=head + _header_lines(memento.headers),
            named=_by_name(memento.headers),
            body=memento.body if original is None else b"",
            payload_digest=payload_digest,
            identified=identify_payload(memento.headers, memento.body),
            truncated=memento.truncated.value if memento.truncated else None,
            refers_to=_Original(original.place, original.url, original.fetched_at) if original else None,
            profile=IDENTICAL,
        )

    def _still_there(self, earlier: CaptureRef | None, url: str, body: bytes) -> CaptureRef | None:
        """The earlier capture if its record can be read and has this very body.

        Its digest alone is a promise: the file may be lost or damaged since, and one of another tool may
        name any digest. Referring to it would leave this body nowhere.
        """
        if earlier is None:
            return None
        stored = self._stored(earlier.place, f"{url}: kept whole, the same answer is not there any more")
        return earlier if stored is not None and stored.body == body else None

    def _stored(self, place: RecordPlace, told: str) -> StoredRecord | None:
        try:
            return read_record(self._collection.warc_path(place.warc_file), place.offset, place.record_id)
        except (DamageError, OSError) as error:
            logger.warning("%s: %s", told, error)
            return None

    def _not_modified(self, earlier: CaptureRef, record_id: str) -> _Answer | None:
        """A 304 as a revisit whose block has the status and headers of the answer that it confirms.

        ISO 28500, 6.7.3 leaves the block open; pywb replays a block with the 304 itself as an empty page.
        None where the confirmed answer cannot be read any more: then the 304 is kept as it came.
        """
        place = earlier.original or earlier.place
        stored = self._stored(place, f"{earlier.url}: the answer that a 304 confirms is not there")
        if stored is None:
            return None
        status = stored.status or earlier.status
        return _Answer(
            record_id=record_id,
            status=status,
            head=_status_line("HTTP/1.1", status) + _header_lines(stored.http_headers),
            named=_by_name(stored.http_headers),
            body=b"",
            payload_digest=stored.payload_digest or earlier.payload_digest,
            refers_to=_Original(place, stored.url, stored.date),
            profile=NOT_MODIFIED,
        )

    def _response(self, answer: _Answer, fields: str) -> bytes:
        own = _lines(
            *_revisit_fields(answer),
            *([("WARC-Truncated", answer.truncated)] if answer.truncated else []),
            ("WARC-Payload-Digest", answer.payload_digest),
            ("WARC-Block-Digest", digest(answer.head, answer.body)),
            *([("WARC-Identified-Payload-Type", answer.identified)] if answer.identified else []),
        )
        head = (
            f"WARC-Type: {'revisit' if answer.refers_to else 'response'}\r\n"
            f"WARC-Record-ID: <{answer.record_id}>\r\n"
            f"{fields}{own}"
            "Content-Type: application/http; msgtype=response\r\n"
        )
        return _member(head, (answer.head, answer.body), _deflating(answer.named))

    def _request(self, capture: Capture, fields: str, response_id: str) -> bytes:
        target = quote(capture.target, safe=_PRINTABLE, errors="surrogatepass")
        line = f"{one_line(capture.method)} {target} HTTP/1.1\r\n"
        block = line.encode("latin-1", "replace") + _header_lines(capture.request_headers)
        head = (
            "WARC-Type: request\r\n"
            f"WARC-Record-ID: <{self._settings.make_id()}>\r\n"
            f"{fields}"
            f"WARC-Concurrent-To: <{response_id}>\r\n"
            f"WARC-Block-Digest: {digest(block)}\r\n"
            "Content-Type: application/http; msgtype=request\r\n"
        )
        return _member(head, (block,), hasty())

    def _via(self, capture: Capture, fields: str, response_id: str) -> bytes:
        """`via` names where the address was found, as Heritrix writes it: the start of the redirects, or with
        the hop `E` for "embed" the page that a picture belongs to.
        """
        redirected = {"via": _safe_url(capture.via)} if capture.via else {}
        embedded = {"via": _safe_url(capture.found_on or ""), "hopsFromSeed": EMBEDDED}
        return self._fields_record((redirected or embedded).items(), fields, response_id)

    def _fields_record(self, told: Iterable[tuple[str, str]], fields: str, response_id: str) -> bytes:
        """A metadata record beside an answer."""
        block = _lines(*told).encode("utf-8", "replace")
        head = (
            "WARC-Type: metadata\r\n"
            f"WARC-Record-ID: <{self._settings.make_id()}>\r\n"
            f"{fields}"
            f"WARC-Concurrent-To: <{response_id}>\r\n"
            f"WARC-Block-Digest: {digest(block)}\r\n"
            "Content-Type: application/warc-fields\r\n"
        )
        return _member(head, (block,), thorough())


def info_record(told: Mapping[str, str], *, name: str, record_id: str, now: datetime) -> bytes:
    """The gzip member of a `warcinfo` record, with which a WARC file begins (ISO 28500, 6.2)."""
    block = _lines(*told.items()).encode("utf-8", "replace")
    head = _lines(
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<{record_id}>"),
        ("WARC-Date", to_w3c(now)),
        ("WARC-Filename", name),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", "application/warc-fields"),
    )
    return _member(head, (block,), thorough())


@dataclass(frozen=True, slots=True)
class _Original:
    """The record that a revisit refers to."""

    place: RecordPlace
    url: str
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """The record of an answer before it is put together; a revisit when it refers to another record. `named`
    are the first values of its header fields (`_by_name`).
    """

    record_id: str
    status: int
    head: bytes
    named: Mapping[bytes, bytes]
    body: bytes
    payload_digest: str
    identified: str | None = None
    truncated: str | None = None
    refers_to: _Original | None = None
    profile: str = ""


def _can_be_a_revisit(capture: Capture) -> bool:
    return capture.status == http.HTTPStatus.OK and bool(capture.body) and capture.truncated is None


def _repeats(ref: CaptureRef, payload_digest: str) -> bool:
    """Whether a record holds this payload itself, and all of it."""
    return ref.payload_digest == payload_digest and ref.original is None and ref.truncated is None


def _revisit_fields(answer: _Answer) -> list[tuple[str, str]]:
    original = answer.refers_to
    if original is None:
        return []
    return [
        ("WARC-Profile", answer.profile),
        ("WARC-Refers-To", f"<{original.place.record_id}>"),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", to_w3c(original.date)),
        # 6.7.2: the block is "truncated to avoid storing the duplicate content", and says so.
        *([("WARC-Truncated", "length")] if answer.profile == IDENTICAL else []),
    ]


def seal(path: Path) -> Path:
    """Give an `.open` file its final name, durably; the new path is returned."""
    final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    path.rename(final)
    sync_folder(path.parent)
    return final


def cut(path: Path, length: int) -> None:
    """Shorten a file in place. Opened `r+b`: mode `wb` would empty the archive first (wpull's fault)."""
    with path.open("r+b") as out:
        out.truncate(length)
        os.fsync(out.fileno())


def _common_lines(capture: Capture, *, url: str, date: str, info_id: str) -> str:
    """What the records of one exchange say alike."""
    fields = [
        ("WARC-Date", date),
        ("WARC-Target-URI", url),
        ("WARC-Warcinfo-ID", f"<{info_id}>"),
        ("WARC-Protocol", capture.protocol.lower()),
    ]
    if capture.tls is not None:
        fields.append(("WARC-Protocol", capture.tls.version))
        if capture.tls.cipher is not None:
            fields.append(("WARC-Cipher-Suite", capture.tls.cipher))
    if capture.ip_address:
        fields.append(("WARC-IP-Address", capture.ip_address))
    return _lines(*fields)


def _memento_lines(memento: Memento, exchange: Capture) -> str:
    """As pywb's recorder writes what it takes from other archives. Nobody says which protocol was spoken."""
    return _lines(
        ("WARC-Source-URI", _safe_url(memento.source)),
        ("WARC-Creation-Date", to_w3c(exchange.fetched_at)),
        *([("WARC-IP-Address", memento.ip_address)] if memento.ip_address else []),
    )


def _lines(*fields: tuple[str, str]) -> str:
    """Fields as lines of a head, or of a block of fields."""
    if not "".join([value for _, value in fields]).isprintable():
        fields = tuple((name, one_line(value)) for name, value in fields)
    return "".join([f"{name}: {value}\r\n" for name, value in fields])


def _member(head: str, blocks: tuple[bytes, ...], compressor: Compressor) -> bytes:
    """One record as one gzip member (ISO 28500, annex D.2)."""
    length = sum(map(len, blocks))
    start = f"WARC/1.1\r\n{head}Content-Length: {length}\r\n\r\n".encode("utf-8", "replace")
    pieces = (start, *blocks, b"\r\n\r\n")
    return _gzip((b"".join(pieces),) if length < _JOINED else pieces, compressor)


def _gzip(pieces: Iterable[bytes], compressor: Compressor) -> bytes:
    """A gzip member (RFC 1952) with our own header; zlib's names its level and the system."""
    written, check, size = [GZIP_HEADER], 0, 0
    for piece in pieces:
        written.append(compressor.compress(piece))
        check, size = crc32(piece, check), size + len(piece)
    return b"".join((*written, compressor.flush(), struct.pack("<II", check, size & 0xFFFFFFFF)))


def one_line(value: str) -> str:
    """No control character reaches a header: a CR LF in a URL would split the record."""
    if value.isprintable():
        return value
    return _CONTROL.sub(lambda found: f"%{ord(found.group()):02X}", value)


def _safe_url(url: str) -> str:
    """A URI without blanks, control characters or anything outside ASCII."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=-._~", errors="surrogatepass")


def _status_line(protocol: str, status: int) -> bytes:
    try:
        reason = http.HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    spoken = protocol.upper() if _HTTP_1.fullmatch(protocol) else "HTTP/1.1"
    return f"{spoken} {status:03d} {reason}\r\n".encode("latin-1")


def _header_lines(headers: Headers) -> bytes:
    """Header fields as bytes; a line break inside one would end it, or the whole header, too early."""
    lines = [
        _remembered_line(name, value) if len(name) + len(value) < _REMEMBERED else _header_line(name, value)
        for name, value in headers
        if name
    ]
    return b"".join(lines) + b"\r\n"


def _header_line(name: bytes, value: bytes) -> bytes:
    return _NO_NAME.sub(b"-", name) + b": " + _one_value(value) + b"\r\n"


_remembered_line = lru_cache(512)(_header_line)
"""Most fields of an exchange are those of the one before; long ones may be others for ever."""
_REMEMBERED = 256


def _one_value(value: bytes) -> bytes:
    return b" ".join(value.splitlines()) if b"\n" in value or b"\r" in value else value


def _by_name(headers: Headers) -> dict[bytes, bytes]:
    """The first value of each header field, by its name in small letters."""
    return {name.lower(): value for name, value in reversed(headers)}


def _text(named: Mapping[bytes, bytes], wanted: bytes) -> str | None:
    return _one_value(named.get(wanted, b"")).strip(b" \t").decode("latin-1") or None


def _deflating(named: Mapping[bytes, bytes]) -> Compressor:
    """Compressing compressed bytes again is most of the cost of archiving; they get the fast one."""
    encoded = named.get(b"content-encoding", b"").lower() not in {b"", b"identity"}
    packed = named.get(b"content-type", b"").lower().startswith(_COMPRESSED_TYPES)
    return hasty() if encoded or packed else thorough()
