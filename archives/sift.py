"""Foreign WARC files made ready for the archive: each record one gzip member, its bytes unchanged.

Only then has each record a place of its own that can be cited and read again. A file that is so already
needs no work. Of a damaged file every whole record is kept, and what had to be left out is named.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from archives.errors import NotAWarcError
from archives.members import GZIP_MAGIC, Member
from archives.moments import from_warc_date

_CHUNK = 1 << 16
_MAX_HEAD = 1 << 20
_GOOD = 6
_GZIP = 31
_MEMBER = b"\x1f\x8b\x08"
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_HEAD_END = re.compile(rb"\r?\n\r?\n|\nWARC/")
"""Where the next record begins before a blank line the head is cut. Told at once: a file of nothing but
first lines would be searched for a blank line from each of them."""
_VERSION = re.compile(rb"WARC/(1\.[01]|0\.1[78])[ \t]*\r?\n")
_FIELD = re.compile(rb"^([^:\s]+)[ \t]*:([^\r\n]*)", re.MULTILINE)
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_PLAIN_START = b"\nWARC/"
_OTHERS = (
    (b"filedesc:", "is an ARC file; `warcio recompress` makes a WARC file of it"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it with `zstd -d` first"),
    (b"PK\x03\x04", "is a zip or WACZ package; unpack it, its WARC files lie in archive/"),
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Bytes of a foreign file that are no whole record."""

    offset: int
    length: int
    reason: str


@dataclass(slots=True)
class Sifted:
    """What a foreign file holds. `as_is`: it can be kept byte by byte."""

    records: int = 0
    repacked: int = 0
    empty: int = 0
    """Gzip members with nothing in them: nothing is lost without them, and each other one is a record."""
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def as_is(self) -> bool:
        return not self.repacked and not self.left_out and not self.empty


def check_is_warc(path: Path) -> None:
    """Look at the first bytes.

    Raises:
        NotAWarcError: it is something else; the message says what to do with it.
    """
    try:
        start = _first_bytes(path)
    except OSError as error:
        raise NotAWarcError(f"{path}: cannot be read ({error.strerror or error})") from error
    if start.lstrip(b"\r\n").startswith(b"WARC/"):
        return
    told = next((words for magic, words in _OTHERS if start.startswith(magic)), None)
    raise NotAWarcError(f"{path}: {told or ('is no WARC file' if start else 'is empty')}")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as source:
        start = source.read(512)
    if not start.startswith(GZIP_MAGIC):
        return start
    try:
        return zlib.decompressobj(_GZIP).decompress(start, 64)
    except zlib.error:
        return start


def sift(path: Path, out: BinaryIO | None) -> Sifted:
    """Write every whole record of `path` to `out`, one gzip member each; without `out` only look.

    A member that holds exactly one record is copied byte by byte, others are packed anew.
    """
    found = Sifted()
    with path.open("rb") as source:
        size = path.stat().st_size
        packed = source.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        step = _sift_member if packed else _sift_plain
        offset = 0
        while offset < size:
            end, reason = step(source, offset, out, found)
            if reason is not None:
                end = max(end, _resume(source, offset + 1, size, packed=packed))
                found.left_out.append(LeftOut(offset, end - offset, reason))
            offset = end
    return found


# --- compressed files -------------------------------------------------------------------------------


def _sift_member(
    source: BinaryIO, offset: int, out: BinaryIO | None, found: Sifted
) -> tuple[int, str | None]:
    """One gzip member; where the next begins, and what is wrong with this one."""
    member = Member(source, offset)
    count, reason = _copy_records(_Reader(member.read), None)
    if reason is None:
        reason = _fault_of(member.drain)
    if reason is None and count == 1:
        if out is not None:
            _copy_bytes(source, offset, member.length, out)
        found.records += 1
        return offset + member.length, None
    found.empty += reason is None and count == 0
    if count and out is not None:
        count, _ = _copy_records(_Reader(Member(source, offset).read), out, most=count)
    found.records += count
    found.repacked += count
    return offset + (member.length if reason is None else 0), reason


def _fault_of(action: Callable[[], None]) -> str | None:
    try:
        action()
    except (EOFError, zlib.error) as error:
        return _words(error)
    return None


def _words(error: Exception) -> str:
    return "cut" if isinstance(error, EOFError) else f"damaged ({error})"


def _copy_bytes(source: BinaryIO, offset: int, length: int, out: BinaryIO) -> None:
    source.seek(offset)
    while length > 0:
        piece = source.read(min(length, _CHUNK))
        if not piece:
            raise EOFError("the file has become shorter")
        out.write(piece)
        length -= len(piece)


# --- plain files ------------------------------------------------------------------------------------


def _sift_plain(source: BinaryIO, offset: int, out: BinaryIO | None, found: Sifted) -> tuple[int, str | None]:
    """One record of a file that is not compressed."""
    source.seek(offset)
    reader = _Reader(source.read, size=os.fstat(source.fileno()).st_size - offset)
    count, reason = _copy_records(reader, out, most=1)
    found.records += count
    found.repacked += count
    reader.skip_line_ends()
    return offset + reader.taken, reason


def _resume(source: BinaryIO, offset: int, size: int, *, packed: bool) -> int:
    """Where the next record begins after damage; the file's end if there is none."""
    magic, back = (_MEMBER, 0) if packed else (_PLAIN_START, 1)
    while (place := _find(source, magic, offset - back)) is not None:
        if not packed or _begins_record(source, place):
            return place + back
        offset = place + 1
    return size


def _find(source: BinaryIO, wanted: bytes, offset: int) -> int | None:
    offset = max(offset, 0)
    source.seek(offset)
    tail = b""
    while piece := source.read(_CHUNK):
        window = tail + piece
        place = window.find(wanted)
        if place >= 0:
            return offset - len(tail) + place
        offset += len(piece)
        tail = window[-(len(wanted) - 1) :]
    return None


def _begins_record(source: BinaryIO, offset: int) -> bool:
    try:
        return Member(source, offset).read(64).lstrip(b"\r\n").startswith(b"WARC/")
    except (EOFError, zlib.error):
        return False


# --- records ----------------------------------------------------------------------------------------


class _Reader:
    """A stream that is read in lines, blocks and gaps; only a head is ever held in memory."""

    def __init__(self, read: Callable[[int], bytes], size: int | None = None) -> None:
        """`size` is that of the stream where it is known."""
        self._read = read
        self._size = size
        self._held = b""
        self.taken = 0
        """Bytes handed out so far."""

    def _more(self) -> bool:
        piece = self._read(_CHUNK)
        self._held += piece
        return bool(piece)

    def _take(self, size: int) -> bytes:
        piece, self._held = self._held[:size], self._held[size:]
        self.taken += len(piece)
        return piece

    def skip_line_ends(self) -> None:
        while self._held or self._more():
            rest = self._held.lstrip(b"\r\n")
            self._take(len(self._held) - len(rest))
            if rest:
                return

    def head(self) -> bytes:
        """A record's header with its blank line; nothing at the end of the stream.

        Raises:
            EOFError: the stream ends within it.
            ValueError: this is no WARC header.
        """
        found = _HEAD_END.search(self._held)
        while found is None and len(self._held) < _MAX_HEAD and self._more():
            found = _HEAD_END.search(self._held)
        if not self._held:
            return b""
        if not self._held.startswith(b"WARC/"[: len(self._held)]):
            raise ValueError("no WARC record")
        if found is None or found.group() == _PLAIN_START:
            raise EOFError("header is cut")
        return self._take(found.end())

    def take(self, size: int) -> Iterator[bytes]:
        """So many bytes, in pieces.

        Raises:
            EOFError: there are not so many.
        """
        if self._size is not None and size > self._size - self.taken:
            raise EOFError("record is cut")  # without reading to the end to learn it, again for each record
        while size:
            if not self._held and not self._more():
                raise EOFError("record is cut")
            piece = self._take(size)
            size -= len(piece)
            yield piece


def _copy_records(
    reader: _Reader, out: BinaryIO | None, *, most: int | None = None
) -> tuple[int, str | None]:
    """Pack the records of a stream into `out`; how many whole ones, and why it ended too early."""
    count = 0
    while most is None or count < most:
        place = out.tell() if out is not None else 0
        try:
            reader.skip_line_ends()
            if not _copy_record(reader, out):
                break
        except (EOFError, zlib.error, ValueError) as error:
            if out is not None:
                out.seek(place)
                out.truncate()
            return count, str(error) if isinstance(error, ValueError) else _words(error)
        count += 1
    return count, None


def _copy_record(reader: _Reader, out: BinaryIO | None) -> bool:
    head = reader.head()
    if not head:
        return False
    length = _LENGTH.search(head)
    if length is None:
        raise ValueError("a record without Content-Length")
    if (fault := _unreadable(head)) is not None:
        raise ValueError(fault)
    pack = zlib.compressobj(_GOOD, zlib.DEFLATED, _GZIP) if out is not None else None
    for piece in _whole(head, reader, int(length[1])):
        if out is not None and pack is not None:
            out.write(pack.compress(piece))
    if out is not None and pack is not None:
        out.write(pack.flush())
    return True


def _unreadable(head: bytes) -> str | None:
    """Why nobody here could read the record: it would be neither in the catalogue nor in the index."""
    if not _VERSION.match(head):
        return "a version of WARC that is not known"
    fields = {name.lower(): value.strip() for name, value in _FIELD.findall(_FOLDED.sub(b" ", head))}
    try:
        from_warc_date(fields.get(b"warc-date", b"").decode("latin-1"))
    except ValueError:
        return "a record without WARC-Date"
    is_answer = fields.get(b"warc-type") in {b"response", b"revisit"}
    return "an answer without WARC-Target-URI" if is_answer and not fields.get(b"warc-target-uri") else None


def _whole(head: bytes, reader: _Reader, length: int) -> Iterator[bytes]:
    yield head
    yield from reader.take(length)
    yield b"\r\n\r\n"
