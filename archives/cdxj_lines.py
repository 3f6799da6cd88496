"""CDXJ lines of a WARC file, made by cdxj-indexer from members that we inflate.

Left alone, cdxj-indexer reads with warcio, which takes a damaged member for the end of the file and says
nothing. Here it is handed one record at a time, so that an index ends early for no reason that is not told.
The import takes half a second, so this module is imported where it is needed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Protocol

from cdxj_indexer.main import CDXJIndexer, SortingWriter
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.warcwriter import BufferWARCWriter

from archives.members import GZIP_MAGIC, Gap, Member, walk

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
_STEP = 1 << 16
_BLANK = b"\r\n"

__all__ = ["LineMaker", "Sink", "SortingWriter"]


class Sink(Protocol):
    """What takes lines, as cdxj-indexer's `SortingWriter` does, which spills to temporary files."""

    def write(self, line: str, /) -> object: ...


class LineMaker(CDXJIndexer):  # type: ignore[misc]
    """cdxj-indexer's fields and keys, over our reading."""

    def __init__(self) -> None:
        super().__init__(None, [])
        self.writer: BufferWARCWriter | None = None

    def index(self, path: Path, out: Sink, damaged: Callable[[Gap], None]) -> None:
        """Write the lines of one file. What cannot be read is told, and reading goes on behind it."""
        self.curr_filename = path.name
        with path.open("rb") as source:
            if _is_gzip(source):
                for member in walk(source, damaged):
                    self._index_member(member, path, out, damaged)
            else:
                self._index_plain(source, path, out, damaged)
        if self.writer is not None:  # made for records without a digest, with a temporary file
            self.writer.out.close()
            self.writer = None

    def _index_member(self, member: Member, path: Path, out: Sink, damaged: Callable[[Gap], None]) -> None:
        record = _OneRecord(member)
        try:
            found = record.load()
            if self.filter_record(found):
                self.process_index_entry(record, found, path.name, out)
            else:
                record.get_record_length()  # as for the others, tells whether it is the only one
        except _BROKEN as error:
            if member.fault is None:  # else `walk` will tell
                damaged(Gap(member.offset, member.offset + member.length, _told(error)))
        finally:
            record.close()

    def _index_plain(self, source: BinaryIO, path: Path, out: Sink, damaged: Callable[[Gap], None]) -> None:
        """A file that is not compressed, as foreign ones can be; behind a damaged record nothing is found."""
        source.seek(0)
        records = self._create_record_iter(source)
        try:
            for record in records:
                if self.filter_record(record):
                    self.process_index_entry(records, record, path.name, out)
        except _BROKEN as error:
            damaged(Gap(source.tell(), path.stat().st_size, _told(error)))


class _OneRecord:
    """The record of one member, with what warcio's indexer asks its iterator for."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._records = ArchiveIterator(member, arc2warc=True)
        self._record: ArcWarcRecord | None = None

    def load(self) -> ArcWarcRecord:
        record = next(self._records, None)
        if record is None:
            raise EOFError("a gzip member without a record")
        self._record = record
        return record

    def close(self) -> None:
        """Where a record has no digest, warcio makes one and leaves the payload in a temporary file."""
        if self._record is not None and isinstance(self._record.raw_stream, SpooledTemporaryFile):
            self._record.raw_stream.close()

    def get_record_offset(self) -> int:
        return self._member.offset

    def get_record_length(self) -> int:
        """Known at the member's end only.

        Raises:
            ValueError: another record stands in the member.
        """
        assert self._record is not None
        while self._record.raw_stream.read(_STEP):
            pass
        while piece := self._records.reader.read(_STEP):
            if piece.strip(_BLANK):
                raise ValueError("several records in one gzip member; run `warcio recompress` on the file")
        self._member.drain()
        return self._member.length


def _told(error: Exception) -> str:
    return f"no record that can be indexed ({str(error).strip() or type(error).__name__})"


def _is_gzip(source: BinaryIO) -> bool:
    return source.read(len(GZIP_MAGIC)) == GZIP_MAGIC
