"""A CDXJ index in compressed blocks (ZipNum): what pywb and wabac.js look up without reading all of it.

Blocks of 1,024 lines are gzip members one after the other; a second, small file has each block's first
key, offset and length, so that a reader finds a line by two short reads.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

LINES_PER_BLOCK = 1024
"""What py-wacz and ArchiveWeb.page use."""
_GZIP = 31
_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of an index as one gzip member; `key` is that of its first line."""

    key: str
    content: bytes

    def entry(self, offset: int) -> bytes:
        """Its line in the second file."""
        digest = "sha256:" + hashlib.sha256(self.content).hexdigest()
        place = {"offset": offset, "length": len(self.content), "digest": digest}
        return f"{self.key} {json.dumps(place)}\n".encode()


def header(data_file: str) -> bytes:
    """The second file's first line: which format this is, and where the blocks are."""
    return f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': data_file})}\n".encode()


def blocks(lines: Iterable[bytes]) -> Iterator[Block]:
    """Sorted lines, each with its line feed, packed into blocks of the same bytes every time."""
    source = iter(lines)
    while taken := list(islice(source, LINES_PER_BLOCK)):
        engine = zlib.compressobj(_LEVEL, wbits=_GZIP)
        content = engine.compress(b"".join(taken)) + engine.flush()
        yield Block(key_of(taken[0]), content)


def key_of(line: bytes) -> str:
    """`SURT TIMESTAMP`, by which lines are sorted and found."""
    return line.partition(b" {")[0].decode()
