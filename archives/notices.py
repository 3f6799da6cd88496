"""Notices: records that stand where others were, in gzip members of exactly the same length.

So everything behind them in the WARC file keeps its offset, and catalogues, indexes and sidecars of other
articles, and whoever has cited a record by its place, stay right. A notice is a `metadata` record of WARC
fields, which every reader takes and no index has a line for. It is drawn out to the length that is wanted by
stored blocks of deflate (RFC 1951, 3.2.4), which cost what they hold and five bytes: no field of the gzip
header is used, and the block's blanks are part of the record and of its digest.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, uuid5

from archives.digests import digest
from archives.members import GZIP_HEADER
from archives.warc import one_line

_RAW = -15
_BEST = 9
_STORED = 0xFFFF
"""Bytes that one stored block holds at most."""
_BLOCK_HEAD = 5
_TRAILER = 8
_END = b"\r\n\r\n\r\n"
"""The end of the block's last line, then that of the record."""
_PADDING = "padding: "
_MOST_REASON = 500
_SPARE = 3


class NoRoomError(ValueError):
    """The record is so short that not even the barest notice has room in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a notice says: of which record it has taken the place, since when, and why."""

    record_id: str
    type: str
    at: str
    reason: str
    info_id: str | None = None

    @property
    def notice_id(self) -> str:
        """The same for the same record, so that finishing an interrupted work gives the same bytes."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'kliping removed {self.record_id} {self.at}')}"

    def member(self, length: int) -> bytes:
        """The notice as a gzip member of `length` bytes, with as much of what it says as has room.

        Raises:
            NoRoomError: nothing has.
        """
        for head, text in self._forms():
            found = _drawn_out(head, text, length)
            if found is not None:
                return found
        found = _drawn_out(replace(self, info_id=None)._head(), "", length, with_digest=False)
        if found is not None:  # records as short as that are other tools'
            return found
        raise NoRoomError(f"{self.record_id}: {length} bytes are too few for a notice")

    def _forms(self) -> Iterator[tuple[str, str]]:
        told = f"removed: {self.at}\r\n"
        old = f"removed-record: <{self.record_id}>\r\nremoved-type: {self.type}\r\n"
        reason = f"reason: {one_line(self.reason)[:_MOST_REASON]}\r\n"
        yield self._head(), f"{told}{old}{reason}{_PADDING}"
        yield self._head(), f"{told}{old}{_PADDING}"
        yield self._head(), f"{told}{_PADDING}"
        yield self._head(), ""

    def _head(self) -> str:
        info = f"WARC-Warcinfo-ID: <{self.info_id}>\r\n" if self.info_id else ""
        return (
            f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <{self.notice_id}>\r\n"
            f"WARC-Date: {self.at}\r\n{info}Content-Type: application/warc-fields\r\n"
        )


def _drawn_out(head: str, text: str, length: int, *, with_digest: bool = True) -> bytes | None:
    """The record in a member of that length; None where it has no room."""
    start, said = _deflated(head.encode("utf-8", "replace")), text.encode("utf-8", "replace")
    middle = _deflated(said) if said else b""
    fixed = len(GZIP_HEADER) + len(start) + len(middle) + _BLOCK_HEAD + len(_END) + _TRAILER
    for blanks, blocks in _amounts(length - fixed - len(_fields(said, with_digest=with_digest)), len(said)):
        block = said + b" " * blanks + b"\r\n"
        fields = _fields(block, with_digest=with_digest)
        filled = _stored(b" " * blanks + _END, blocks)
        body = head.encode("utf-8", "replace") + fields + block + _END[2:]
        check = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
        member = b"".join((GZIP_HEADER, start, _piece(fields), middle, filled, check))
        if len(member) == length:
            return member
    return None


def _amounts(room: int, said: int) -> Iterator[tuple[int, int]]:
    """Numbers of blanks, and of stored blocks for them, that can fill the room, likely ones first.

    Content-Length has more digits the more blanks there are; where no number of blanks fits for that
    reason, an empty block, which costs five bytes and says nothing, moves it on.
    """
    for spare in range(_SPARE):
        for digits in range(10):
            left = room - digits - _BLOCK_HEAD * (spare + 1)
            blocks = max(-(-(left + len(_END)) // (_STORED + _BLOCK_HEAD)), 1)
            blanks = left - _BLOCK_HEAD * (blocks - 1)
            if blanks >= 0 and len(str(said + blanks + 2)) == digits + len(str(said)):
                yield blanks, blocks + spare


def _fields(block: bytes, *, with_digest: bool) -> bytes:
    """What depends on the blanks; stored as it is, so that its length in the member is known."""
    told = f"WARC-Block-Digest: {digest(block)}\r\n" if with_digest else ""
    return f"{told}Content-Length: {len(block)}\r\n\r\n".encode()


def _deflated(piece: bytes) -> bytes:
    """By itself, and ended on a byte, so that other blocks can follow."""
    engine = zlib.compressobj(_BEST, zlib.DEFLATED, _RAW)
    return engine.compress(piece) + engine.flush(zlib.Z_FULL_FLUSH)


def _stored(content: bytes, blocks: int) -> bytes:
    """So many stored blocks, the last one the member's."""
    pieces = [content[place : place + _STORED] for place in range(0, len(content), _STORED)]
    pieces += [b""] * (blocks - len(pieces))
    return b"".join(_piece(piece, last=number == len(pieces)) for number, piece in enumerate(pieces, 1))


def _piece(content: bytes, *, last: bool = False) -> bytes:
    return struct.pack("<BHH", last, len(content), len(content) ^ _STORED) + content
