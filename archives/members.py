"""Gzip members of a file one after the other, each as a stream that never ends early without saying so.

warcio 1.8 takes a cut or corrupt member for the end of the file and says nothing; here every member is
inflated to its checksum or an error is raised. Memory stays at some chunks, whatever a member declares.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

GZIP_MAGIC = b"\x1f\x8b"
_DEFLATED = GZIP_MAGIC + b"\x08"
"""Deflate is the only method that gzip knows (RFC 1952, 2.3.1)."""
GZIP_HEADER = bytes.fromhex("1f8b08000000000000ff")
"""Of every member that is written here: no name, no time, no level, no system, so that what was compressed
where is no difference and a flipped bit in it, which inflating does not notice, is found."""
_FIRST_WORDS = (b"WARC/", b"filedesc:")
"""How a record begins; in ARC files only the first one can be told from other bytes."""
_CHUNK = 1 << 16
"""Bytes that are read from a file at a time: most members are whole in one, and take one step."""
LARGEST_PIECE = 1 << 18
_BEGINNING = 1 << 14
_SEARCHED = 1 << 20
_GZIP = 31
_HEADER_BYTES = 10


class Member:
    """One gzip member, inflated while it is read.

    `ahead` are bytes of the file from `offset` on that have been read already.
    """

    def __init__(self, source: BinaryIO, offset: int, ahead: bytes = b"") -> None:
        self._source = source
        self._engine = zlib.decompressobj(_GZIP)
        self._pending = ahead
        self._place = offset + len(ahead)
        self.offset = offset
        self.header = b""
        """The fixed ten bytes of its gzip header."""
        self.length = 0
        """Compressed bytes taken so far; the member's own length once it is read to its end."""
        self._fault: EOFError | zlib.error | None = None

    @property
    def behind(self) -> bytes:
        """Of a member that was read to its end, what of the file was read beyond it."""
        return self._engine.unused_data

    @property
    def fault(self) -> EOFError | zlib.error | None:
        """What was wrong when reading failed; reading on fails in the same way."""
        return self._fault

    def read(self, size: int = LARGEST_PIECE) -> bytes:
        """At most `size` bytes more, and at most LARGEST_PIECE; `b""` at the end of a whole member.

        Raises:
            EOFError: the file ends within the member.
            zlib.error: this is no gzip member, or its checksum does not fit.
        """
        if self._fault is not None:
            raise self._fault
        try:
            while not self._engine.eof:
                piece = self._inflate(min(size, LARGEST_PIECE) or LARGEST_PIECE)
                if piece:
                    return piece
        except (EOFError, zlib.error) as error:
            self._fault = error
            raise
        return b""

    def _inflate(self, size: int) -> bytes:
        fed = self._pending or self._fetch()
        if len(self.header) < _HEADER_BYTES:
            self.header += fed[: _HEADER_BYTES - len(self.header)]
        piece = self._engine.decompress(fed, size)
        # At the end of a member zlib may keep what is left both as unused data and as unconsumed tail.
        self._pending = b"" if self._engine.eof else self._engine.unconsumed_tail
        self.length += len(fed) - len(self._pending) - len(self._engine.unused_data)
        if not (fed or piece or self._engine.eof):
            raise EOFError("gzip member is cut")
        return piece

    def _fetch(self) -> bytes:
        """The next bytes of the file, wherever others have moved to in it since."""
        self._source.seek(self._place)
        fetched = self._source.read(_CHUNK)
        self._place += len(fetched)
        return fetched

    def drain(self) -> None:
        """Read to the end."""
        while self.read():
            pass


def members(source: BinaryIO) -> Iterator[Member]:
    """Each member of a file; the next one begins where the last one ended.

    Raises:
        EOFError, zlib.error: as for `Member.read`, also when the caller did not read to the end.
    """
    offset, size, ahead = 0, source.seek(0, os.SEEK_END), b""
    while offset < size:
        member = Member(source, offset, ahead)
        yield member
        member.drain()
        offset, ahead = offset + member.length, member.behind


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of a file, `offset` to `end`, that are no whole gzip member."""

    offset: int
    end: int
    fault: str


def walk(
    source: BinaryIO, damaged: Callable[[Gap], None], start: int = 0, stop: int | None = None
) -> Iterator[Member]:
    """Each member that begins in `start` to `stop`; behind a damaged one it goes on with the next record.

    The caller may leave a member half read, also because reading it failed: what is wrong with it is told
    to `damaged` when the next one is asked for.
    """
    offset, size, ahead = start, source.seek(0, os.SEEK_END), b""
    while offset < (size if stop is None else min(stop, size)):
        member = Member(source, offset, ahead)
        yield member
        try:
            member.drain()
        except (EOFError, zlib.error) as error:
            end = find_member(source, offset + 1, size)
            damaged(Gap(offset, end, _fault_of(source, member, end, error)))
            offset, ahead = end, b""
        else:
            offset, ahead = offset + member.length, member.behind


def find_member(source: BinaryIO, start: int, stop: int) -> int:
    """Where the first member with a record begins at or behind `start`; `stop` if there is none before it."""
    place, kept = start, b""
    while place < stop:
        source.seek(place)
        fresh = source.read(min(_SEARCHED, stop - place))
        if not fresh:
            return stop
        window, base = kept + fresh, place - len(kept)
        found = window.find(_DEFLATED)
        while found >= 0:
            if _begins_record(source, base + found):
                return base + found
            found = window.find(_DEFLATED, found + 1)
        kept, place = window[-(len(_DEFLATED) - 1) :], place + len(fresh)
    return stop


def _begins_record(source: BinaryIO, offset: int) -> bool:
    """A gzip body inside a record begins as a member does, but holds a page and no record."""
    source.seek(offset)
    try:
        start = zlib.decompressobj(_GZIP).decompress(source.read(_BEGINNING), max(map(len, _FIRST_WORDS)))
    except zlib.error:
        return False
    return start.startswith(_FIRST_WORDS)


def _fault_of(source: BinaryIO, member: Member, end: int, error: EOFError | zlib.error) -> str:
    if isinstance(error, EOFError):
        return "gzip member is cut"
    if member.header.startswith(_DEFLATED):
        return f"gzip member is damaged ({error})"
    source.seek(member.offset)
    filled = not source.read(min(end - member.offset, _SEARCHED)).strip(b"\0")
    return f"{end - member.offset} bytes that are no gzip member" + (", zeros" if filled else "")
