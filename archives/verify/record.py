"""One WARC record, read once and in pieces: only its heads are ever held in memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from archives.members import GZIP_HEADER, LARGEST_PIECE, Member
from archives.moments import from_w3c, from_warc_date, to_w3c
from archives.verify.dechunk import Dechunker
from archives.warc_fields import MOST_SHOWN, redirected_from, whole_number

_MAX_HEAD = 1 << 20
_BLANK_LINE = b"\r\n\r\n"
_LOOSE_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_NEEDED = ("warc-type", "warc-record-id", "warc-date", "content-length")
_VERSIONS = {b"WARC/1.1", b"WARC/1.0", b"WARC/0.18", b"WARC/0.17"}
_ALGORITHMS = {
    "sha1": hashlib.sha1,
    "sha-1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha-256": hashlib.sha256,
    "sha512": hashlib.sha512,
}
_FOLDED = re.compile(rb"\r\n[ \t]+")
_LINE_END = re.compile(rb"\r?\n")
_CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding:[^\r]*chunked")
_KEPT_BLOCK = 1 << 16
_PIECE = LARGEST_PIECE
_END_KEPT = len(_BLANK_LINE) + len(b"WARC/")


class Facts(NamedTuple):
    """What other files say of a record, or it of others, as a row of the scratch database."""

    offset: int
    length: int
    type: str
    record_id: str
    date: str
    url: str
    info_id: str | None = None
    concurrent_to: str | None = None
    refers_to: str | None = None
    refers_url: str | None = None
    payload_digest: str | None = None
    block_digest: str | None = None
    truncated: str | None = None
    status: int | None = None
    content_type: str | None = None
    record_type: str | None = None
    via: str | None = None
    file_name: str | None = None
    source_uri: str | None = None


class Record:
    """Reads one record to the end of its member. `strict` for files of ours, whose form is known exactly."""

    def __init__(self, member: Member, *, strict: bool) -> None:
        self._member = member
        self._strict = strict
        self._fields: dict[str, str] = {}
        self.type = self._url = ""
        self._version = b""
        self._declared: int | None = None
        self._end = b""
        self._left = 0
        self._block: hashlib._Hash | None = None
        self._payload: hashlib._Hash | None = None
        self._plain: hashlib._Hash | None = None
        self._dechunker: Dechunker | None = None
        self._head: bytes | None = None
        self._http = b""
        self._kept: bytearray | None = None

    def _field(self, name: str) -> str:
        return self._fields.get(name, "")

    def read(self) -> None:
        """To the end of the member.

        Raises:
            EOFError, zlib.error: the member is cut or damaged.
        """
        start, beginning, behind = self._read_head()
        self._version, _, lines = start.partition(b"\r\n")
        self._fields = _fields(lines)
        self.type, self._url = self._field("warc-type"), self._address()
        self._declared = whole_number(self._field("content-length"))
        self._left = self._declared or 0
        self._block = _hash(self._field("warc-block-digest"))
        if self.type in {"response", "resource"}:
            self._payload = _hash(self._field("warc-payload-digest"))
        if self._is_http():
            self._head = b""
        elif self._field("content-type").startswith("application/warc-fields"):
            self._kept = bytearray()
        self._feed(beginning, behind)
        while piece := self._member.read(_PIECE):
            self._feed(piece, 0)

    def _read_head(self) -> tuple[bytes, bytes, int]:
        """A record's head, and what was read with where in it the block begins."""
        beginning = self._member.read(_PIECE)  # nearly all records are whole in one piece
        while (found := self._end_of_head(beginning)) is None and len(beginning) < _MAX_HEAD:
            if not (piece := self._member.read(_PIECE)):
                break
            beginning += piece
        if found is None:
            return beginning, b"", 0
        head = beginning[: found[0]]
        # Other tools may end lines with a line feed alone.
        return head if self._strict else _LINE_END.sub(b"\r\n", head), beginning, found[1]

    def _end_of_head(self, beginning: bytes) -> tuple[int, int] | None:
        """Where the blank line behind a head begins and ends."""
        if not self._strict:
            blank = _LOOSE_BLANK_LINE.search(beginning)
            return blank.span() if blank else None
        place = beginning.find(_BLANK_LINE)
        return (place, place + len(_BLANK_LINE)) if place >= 0 else None

    def _is_http(self) -> bool:
        """As whoever reads it sees it (`archives.reader`)."""
        return self.type in {"response", "revisit"} and self._url.lower().startswith(("http:", "https:"))

    def _address(self) -> str:
        """Without the brackets that wget writes, and without blanks, which are no part of an address."""
        return self._field("warc-target-uri").strip("<> ").replace(" ", "%20")

    def _feed(self, piece: bytes, start: int) -> None:
        """Take in what was read, from `start` on; nothing of it is copied that need not be kept."""
        stop = min(start + self._left, len(piece))
        self._left -= stop - start
        if stop < len(piece) and len(self._end) <= len(_BLANK_LINE):
            self._end = (self._end + piece[stop : stop + _END_KEPT])[:_END_KEPT]
        block = memoryview(piece)[start:stop]
        if self._block is not None:
            self._block.update(block)
        if self._kept is not None and len(self._kept) < _KEPT_BLOCK:
            self._kept += block
        payload = block if self._head is None else self._behind_http_head(self._head, block)
        if self._payload is not None:
            self._payload.update(payload)
            if self._dechunker is not None and self._plain is not None:
                self._plain.update(self._dechunker.feed(bytes(payload)))

    def _behind_http_head(self, head: bytes, block: memoryview) -> memoryview:
        begun = head + block
        place = begun.find(_BLANK_LINE)
        if place < 0 and len(begun) < _MAX_HEAD:
            self._head = begun
            return block[:0]
        place = place if place >= 0 else len(begun)
        self._head, self._http = None, begun[:place]
        if not self._strict and _CHUNKED.search(self._http):
            self._dechunker, self._plain = Dechunker(), _hash(self._field("warc-payload-digest"))
        return memoryview(begun)[place + len(_BLANK_LINE) :]

    # --- what it promises ---------------------------------------------------------------------------

    def faults(self) -> Iterator[str]:
        """What is damage: all that is not as promised in files of ours, what nobody can read in others."""
        if self._strict:
            yield from self._shape_faults()
            yield from self._digest_faults()
        elif self._version not in _VERSIONS:
            yield "no WARC record"
        elif self._left or self._declared is None:
            yield self._length_fault()

    def doubts(self) -> Iterator[str]:
        """What is not right in a file of another tool; the manifest's digest tells that it was so before."""
        if self._strict or self._version not in _VERSIONS:
            return
        if self.is_shared:
            yield "several records stand in one gzip member; only the first one can be replayed"
        yield from self._digest_faults()

    def _shape_faults(self) -> Iterator[str]:
        if self._member.header != GZIP_HEADER:
            yield "gzip header is not as it was written"
        missing = [name for name in _NEEDED if name not in self._fields]
        if self._version != b"WARC/1.1" or missing:
            yield "no WARC/1.1 record" + (f": {', '.join(missing)} missing" if missing else "")
            return
        if not _is_date(self._field("warc-date")):
            yield f"WARC-Date {self._field('warc-date')!r} is no date"
        if self._left or self._declared is None:
            yield self._length_fault()
        elif self._end != _BLANK_LINE:
            yield "record does not end with two CRLF behind its block"

    def _length_fault(self) -> str:
        return f"Content-Length is {self._field('content-length')[:MOST_SHOWN]}, the block ends before"

    def _digest_faults(self) -> Iterator[str]:
        if not self._fits("warc-block-digest", self._block):
            yield "block digest does not fit"
        if self.type in {"response", "resource"} and not (
            self._fits("warc-payload-digest", self._payload)
            or (self._plain is not None and self._fits("warc-payload-digest", self._plain))
        ):
            yield "payload digest does not fit"

    @property
    def is_shared(self) -> bool:
        """Another record stands in the same gzip member, as it may in foreign files."""
        return self._end == _BLANK_LINE + b"WARC/"

    def _fits(self, name: str, found: hashlib._Hash | None) -> bool:
        """A file of ours always has digests; another one may lack them, or use what we do not know."""
        promised = self._field(name)
        if found is None:
            return not self._strict or (name == "warc-payload-digest" and self.type != "response")
        value = promised.partition(":")[2].strip()
        if self._strict:
            return _is_base32_of(value, found)
        value = value.rstrip("=")
        return _is_base32_of(value.upper(), found, padded=False) or value.lower() == found.hexdigest()

    def facts(self) -> Facts:
        field, status, content_type = self._fields.get, None, None
        if self._http:
            status, content_type = _status(self._http), _http_field(self._http, b"content-type")
        block = bytes(self._kept or b"")
        return Facts(
            offset=self._member.offset,
            length=self._member.length,
            type=self.type,
            record_id=_id(field("warc-record-id")) or "",
            date=_as_told(field("warc-date", "")),
            url=self._url,
            info_id=_id(field("warc-warcinfo-id")),
            concurrent_to=_id(field("warc-concurrent-to")),
            refers_to=_id(field("warc-refers-to")),
            refers_url=field("warc-refers-to-target-uri", "").strip("<>") or None,
            payload_digest=field("warc-payload-digest") or None,
            block_digest=field("warc-block-digest") or None,
            truncated=field("warc-truncated") or None,
            status=status,
            content_type=content_type,
            record_type=field("content-type") or None,
            via=redirected_from(block) if self.type == "metadata" else None,
            file_name=field("warc-filename") or None,
            source_uri=field("warc-source-uri") or None,
        )


def _id(told: str | None) -> str | None:
    return told.strip("<> ") or None if told else None


def _fields(head: bytes) -> dict[str, str]:
    """Header fields by their names in small letters, folded lines unfolded; of repeated ones the first."""
    found: dict[str, str] = {}
    for line in _lines(_FOLDED.sub(b" ", head) if b"\r\n " in head or b"\r\n\t" in head else head):
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found


def _lines(head: bytes) -> list[str]:
    """Each line by itself may be in another encoding; nearly always all are in UTF-8."""
    try:
        return head.decode().split("\r\n")
    except UnicodeDecodeError:
        return [_text(line) for line in head.split(b"\r\n")]


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _status(http: bytes) -> int | None:
    words = http.split(b"\r\n", 1)[0].split(None, 2)
    return whole_number(words[1]) if len(words) > 1 else None


def _http_field(http: bytes, wanted: bytes) -> str | None:
    for line in http.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == wanted:
            return value.strip(b" \t").decode("latin-1") or None
    return None


_AS_TOLD = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\dZ", re.ASCII)


@lru_cache(1 << 10)
def _as_told(date: str) -> str:
    """A WARC-Date as sidecars and catalogue write it."""
    try:
        moment = from_warc_date(date)
    except ValueError:
        return date
    return date if _AS_TOLD.fullmatch(date) else to_w3c(moment)


@lru_cache(1 << 10)
def _is_date(text: str) -> bool:
    try:
        from_w3c(text)
    except ValueError:
        return False
    return True


def _hash(promised: str) -> hashlib._Hash | None:
    algorithm = _ALGORITHMS.get(promised.partition(":")[0].strip().lower())
    return algorithm(usedforsecurity=False) if algorithm else None


_BASE_32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv")
_CHARACTERS = re.compile(r"[A-Z2-7]+")


def _is_base32_of(text: str, found: hashlib._Hash, *, padded: bool = True) -> bool:
    """As numbers: `base64.b32encode` takes as long as the digest of a page does."""
    bits = found.digest_size * 8
    length = -(-bits // 5)
    digits = text[:length]
    if text[length:] != ("=" * (-length % 8) if padded else "") or not _CHARACTERS.fullmatch(digits):
        return False
    number = int.from_bytes(found.digest(), "big") << (length * 5 - bits)
    return len(digits) == length and int(digits.encode().translate(_BASE_32), 32) == number
