"""Gzip members of a file one after the other, each as a stream that never ends early without saying so.

warcio 1.8 takes a cut or corrupt member for the end of the file and says nothing; here every member is
inflated to its checksum or an error is raised. Memory stays at two chunks, whatever a member declares.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 14
_GZIP = 31
_HEADER_BYTES = 10


class Member:
    """One gzip member, inflated while it is read."""

    def __init__(self, source: BinaryIO, offset: int) -> None:
        self._source = source
        self._engine = zlib.decompressobj(_GZIP)
        self._pending = b""
        self.offset = offset
        self.header = b""
        """The fixed ten bytes of its gzip header."""
        self.length = 0
        """Compressed bytes taken so far; the member's own length once it is read to its end."""
        source.seek(offset)

    def read(self, size: int = _CHUNK) -> bytes:
        """At most `size` bytes more, `b""` at the end of a whole member.

        Raises:
            EOFError: the file ends within the member.
            zlib.error: this is no gzip member, or its checksum does not fit.
        """
        while not self._engine.eof:
            piece = self._inflate(min(size, _CHUNK) or _CHUNK)
            if piece:
                return piece
        return b""

    def _inflate(self, size: int) -> bytes:
        fed = self._pending or self._source.read(_CHUNK)
        if len(self.header) < _HEADER_BYTES:
            self.header += fed[: _HEADER_BYTES - len(self.header)]
        piece = self._engine.decompress(fed, size)
        # At the end of a member zlib may keep what is left both as unused data and as unconsumed tail.
        self._pending = b"" if self._engine.eof else self._engine.unconsumed_tail
        self.length += len(fed) - len(self._pending) - len(self._engine.unused_data)
        if not (fed or piece or self._engine.eof):
            raise EOFError("gzip member is cut")
        return piece

    def drain(self) -> None:
        """Read to the end."""
        while self.read():
            pass


def members(source: BinaryIO) -> Iterator[Member]:
    """Each member of a file; the next one begins where the last one ended.

    Raises:
        EOFError, zlib.error: as for `Member.read`, also when the caller did not read to the end.
    """
    offset, size = 0, source.seek(0, os.SEEK_END)
    while offset < size:
        member = Member(source, offset)
        yield member
        member.drain()
        offset += member.length
