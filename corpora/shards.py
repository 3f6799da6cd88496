"""Files of an export: rows in, compressed bytes out, in blocks of a bounded size.

A shard's bytes depend on its rows alone: blocks end where so many characters are reached, compression has one
thread, and nothing else (no time, no name of a machine or user) goes in.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from backports import zstd

from archives.durable import refused
from corpora.columns import Column, Kind, Row, Value

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = 3
"""Of zstd. 9 makes files a tenth smaller and takes four times as long."""
LINES_BLOCK = 4 << 20
ROW_GROUP = 24 << 20
"""Characters of text in a row group of Parquet; readers hold some of them at once."""


class HashedFile(io.RawIOBase):
    """A file that is written from its beginning to its end, and its SHA-256."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        try:
            self._out.write(view)
        except OSError as error:
            raise refused(Path(self._out.name), error) from error
        self._hash.update(view)
        self.size += view.nbytes
        return view.nbytes

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class ShardWriter(ABC):
    """Takes rows until its file is as large as wanted."""

    suffix: str
    block: int

    def __init__(self, out: HashedFile, columns: Sequence[Column], wanted: int) -> None:
        """`wanted` is the size that the file shall have; blocks are no larger."""
        self.out = out
        self._most = min(self.block, wanted)
        self.columns = columns
        self.rows = 0
        self._waiting: list[Row] = []
        self._letters = 0
        self._text = next(place for place, one in enumerate(columns) if one.name in {"text", "content"})

    def add(self, row: Row) -> None:
        """Rows are written when there are enough of them; `out.size` grows then."""
        self._waiting.append(row)
        self.rows += 1
        text = row[self._text]
        self._letters += _AROUND + (len(text) if isinstance(text, str) else 0)
        if self._letters >= self._most:
            self._write()

    def finish(self) -> None:
        """Write what is waiting, and the end of the file."""
        if self._waiting:
            self._write()
        self._end()

    def abandon(self) -> None:  # noqa: B027 - most have nothing to do
        """The file is given up; nothing more is written to it."""

    def _write(self) -> None:
        self.write_block(self._waiting)
        self._waiting = []
        self._letters = 0

    @abstractmethod
    def write_block(self, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _end(self) -> None: ...


_AROUND = 1500
"""About how many characters of a row stand in other columns than its text."""


class _Compressed(ShardWriter):
    """Text in one zstd frame; each block is flushed, so that the file's size is known."""

    block = LINES_BLOCK

    def __init__(self, out: HashedFile, columns: Sequence[Column], wanted: int) -> None:
        super().__init__(out, columns, wanted)
        self._engine = zstd.ZstdCompressor(level=LEVEL)
        self._put(self.head())

    def head(self) -> str:
        """What stands before the first row."""
        return ""

    @abstractmethod
    def lines(self, rows: Sequence[Row]) -> str: ...

    def write_block(self, rows: Sequence[Row]) -> None:
        self._put(self.lines(rows))

    def _put(self, text: str) -> None:
        if text:
            self.out.write(self._engine.compress(text.encode(), zstd.ZstdCompressor.FLUSH_BLOCK))

    def _end(self) -> None:
        self.out.write(self._engine.flush(zstd.ZstdCompressor.FLUSH_FRAME))


class JsonLines(_Compressed):
    """An object a line, every column in each, null where there is nothing."""

    suffix = ".jsonl.zst"

    def lines(self, rows: Sequence[Row]) -> str:
        names = [column.name for column in self.columns]
        return "".join([_to_json(dict(zip(names, row, strict=True))) + "\n" for row in rows])


_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": ")).encode


class Csv(_Compressed):
    """RFC 4180 with a line of names; lists as JSON, true and false, nothing for null."""

    suffix = ".csv.zst"

    def head(self) -> str:
        return _csv_lines([[column.name for column in self.columns]])

    def lines(self, rows: Sequence[Row]) -> str:
        return _csv_lines([[_cell(value) for value in row] for row in rows])


def _csv_lines(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)  # with "\n" Python 3.11 leaves a bare CR unquoted
    return out.getvalue()


def _cell(value: Value) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _to_json(value) if isinstance(value, list) else value


class Text(_Compressed):
    """Nothing but texts: a paragraph a line, an empty line after each article."""

    suffix = ".txt.zst"

    def lines(self, rows: Sequence[Row]) -> str:
        place = self._text
        return "".join([_paragraphs(str(row[place])) for row in rows])


def _paragraphs(text: str) -> str:
    found = [" ".join(line.split()) for line in text.splitlines()]
    kept = "\n".join(line for line in found if line)
    return f"{kept}\n\n" if kept else ""


class Parquet(ShardWriter):
    """Typed columns, a row group for each block, zstd; needs pyarrow."""

    suffix = ".parquet"
    block = ROW_GROUP

    def __init__(self, out: HashedFile, columns: Sequence[Column], wanted: int) -> None:
        super().__init__(out, columns, wanted)
        from pyarrow import parquet  # noqa: PLC0415 - an extra, and slow to import

        self._schema = schema_of(columns)
        self._file = parquet.ParquetWriter(
            out, self._schema, compression="zstd", compression_level=LEVEL, write_statistics=True
        )

    def write_block(self, rows: Sequence[Row]) -> None:
        import pyarrow as pa  # noqa: PLC0415

        arrays = [
            pa.array(values, type=field.type)
            for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        self._file.write_table(
            pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=max(len(rows), 1)
        )

    def _end(self) -> None:
        self._file.close()

    def abandon(self) -> None:
        self._file.is_open = False  # it would write the end of the file when it is collected


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """The Arrow schema: large texts need no other type, for a row group stays far below 2 GiB."""
    import pyarrow as pa  # noqa: PLC0415

    types = {
        Kind.TEXT: pa.string(),
        Kind.TEXTS: pa.list_(pa.string()),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
    }
    return pa.schema([pa.field(column.name, types[column.kind]) for column in columns])


def library_versions(format_name: str) -> dict[str, str]:
    """The libraries that a format's bytes depend on; the same rows may be packed differently by others."""
    if format_name not in {"parquet", "hf"}:
        return {"zstd": zstd.zstd_version}
    import pyarrow as pa  # noqa: PLC0415

    return {"pyarrow": pa.__version__}


WRITERS: Mapping[str, Callable[[HashedFile, Sequence[Column], int], ShardWriter]] = {
    "jsonl": JsonLines,
    "csv": Csv,
    "txt": Text,
    "parquet": Parquet,
    "hf": Parquet,
}
SUFFIXES: Mapping[str, str] = {
    "jsonl": JsonLines.suffix,
    "csv": Csv.suffix,
    "txt": Text.suffix,
    "parquet": Parquet.suffix,
    "hf": Parquet.suffix,
}
