"""Deflate and its checksum (RFC 1951, RFC 1952), by ISA-L where python-isal is installed (the extra `fast`).

Bodies arrive compressed, and compressing them again is most of what a record costs: 1.3 ms with zlib's
fastest level for 35 KB, 0.14 ms with ISA-L's, for half a per cent more bytes. What inflates to a record is
the same either way.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol, cast

from archives.inflating import FASTEST

HAS_ISAL = FASTEST is not zlib

_RAW = -15


class Compressor(Protocol):
    """What `zlib.compressobj` gives."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def thorough() -> Compressor:
    """For text that nobody has compressed: zlib's usual level."""
    return zlib.compressobj(6, zlib.DEFLATED, _RAW)


def plain_hasty() -> Compressor:
    """For what is compressed already, where there is only zlib."""
    return zlib.compressobj(1, zlib.DEFLATED, _RAW)


def _isal_hasty() -> Compressor:
    return cast("Compressor", FASTEST.compressobj(1, FASTEST.DEFLATED, _RAW))


hasty: Callable[[], Compressor] = _isal_hasty if HAS_ISAL else plain_hasty
"""For what is compressed already, and for blocks of a few hundred bytes."""
crc32: Callable[[bytes, int], int] = FASTEST.crc32
"""The checksum of data and what came before it."""
