"""A whole gzip stream inflated in one step, by isal where it is installed and by zlib elsewhere.

What is cut, damaged, too large or oddly headed is left to the careful way of whoever asks, which says what is
wrong with it and keeps what can be read.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from types import ModuleType
from typing import Protocol, cast


class Engine(Protocol):
    """What zlib's and isal's decompressing objects have in common, as far as it is used here."""

    @property
    def eof(self) -> bool:
        """Whether the stream was read to its end, where its checksum stands."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the stream."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most so many bytes."""


def _fast() -> ModuleType:
    """The faster of the two: with isal, half of zlib's time."""
    try:
        from isal import isal_zlib  # noqa: PLC0415 - an extra
    except ImportError:
        return zlib
    return isal_zlib


FASTEST = _fast()

_PLAIN_HEADER = b"\x1f\x8b\x08\x00"
"""Deflate without names, comments and header checksums (RFC 1952, 2.3.1): on those the modules may differ."""
_GZIP = 31


def inflated(stream: bytes, limit: int, module: ModuleType | None = None) -> bytes | None:
    """What a gzip stream holds that is whole, fits its checksum, has nothing behind it and holds at most
    `limit` bytes; None for any other.
    """
    if not stream.startswith(_PLAIN_HEADER):
        return None
    module = module or FASTEST
    engine = cast("Callable[[int], Engine]", module.decompressobj)(_GZIP)
    try:
        content = engine.decompress(stream, limit + 1)
    except module.error:
        return None
    return content if engine.eof and not engine.unused_data and len(content) <= limit else None
