"""Run under the Python of a reader's environment: load an export, print its rows and one row whole, as JSON.

    python read.py READER FOLDER ID

Nothing of Kliping is imported here, and nothing of its words for things is assumed beyond the columns' names.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

Row = dict[str, Any]


class Document(Protocol):
    """datatrove's."""

    id: str
    text: str
    metadata: Row


class Reader(Protocol):
    """datatrove's."""

    def run(self) -> Iterable[Document]: ...


def told(rows: Iterable[Row], wanted: str) -> Row:
    """How many rows there are, and the one that is wanted."""
    found = list(rows)
    return {"rows": len(found), "row": next(row for row in found if row["id"] == wanted)}


def hf(folder: Path, wanted: str) -> Row:
    from datasets import load_dataset

    splits = load_dataset(str(folder))
    sizes = {name: split.num_rows for name, split in splits.items()}
    return told((row for split in splits.values() for row in split), wanted) | {"splits": sizes}


def files_of(kind: str, folder: Path, wanted: str) -> Row:
    from datasets import load_dataset

    names = sorted(str(path) for path in folder.glob("articles-*"))
    return told(load_dataset(kind, data_files=names, split="train"), wanted)


def trove(reader: Reader, wanted: str) -> Row:
    """A datatrove document keeps what is neither its text nor its id as metadata."""
    documents = list(reader.run())
    return told(({"id": one.id, "text": one.text, **one.metadata} for one in documents), wanted)


def trove_jsonl(folder: Path, wanted: str) -> Row:
    from datatrove.pipeline.readers import JsonlReader

    return trove(JsonlReader(str(folder), glob_pattern="*.jsonl.zst", compression="zstd"), wanted)


def trove_parquet(folder: Path, wanted: str) -> Row:
    from datatrove.pipeline.readers import ParquetReader

    return trove(ParquetReader(str(folder), glob_pattern="*.parquet"), wanted)


def duck(function: str, pattern: str, folder: Path, wanted: str) -> Row:
    import duckdb

    answer = duckdb.sql(f"SELECT * FROM {function}('{folder}/{pattern}')")  # noqa: S608 - a test's own folder
    names = answer.columns
    return told((dict(zip(names, row, strict=True)) for row in answer.fetchall()), wanted)


def polars_parquet(folder: Path, wanted: str) -> Row:
    import polars as pl

    return told(pl.read_parquet(folder / "*.parquet").to_dicts(), wanted)


def polars_jsonl(folder: Path, wanted: str) -> Row:
    import polars as pl

    names = sorted(folder.glob("articles-*"))
    return told(
        pl.concat([pl.read_ndjson(name, infer_schema_length=None) for name in names]).to_dicts(),
        wanted,
    )


def croissant(folder: Path, wanted: str) -> Row:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    issues = dataset.metadata.ctx.issues.report()
    sets = [one.uuid for one in dataset.metadata.record_sets]
    rows = [_plain(record) for name in sets for record in dataset.records(name)]
    return told(rows, wanted) | {"issues": issues}


def _plain(record: Row) -> Row:
    """A record of mlcroissant has the record set's name before a column's, and texts as bytes."""
    return {name.rpartition("/")[2]: _text(value) for name, value in record.items()}


def _text(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [_text(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


READERS = {
    "datasets hf": hf,
    "datasets jsonl": lambda folder, wanted: files_of("json", folder, wanted),
    "datasets parquet": lambda folder, wanted: files_of("parquet", folder, wanted),
    "datasets csv": lambda folder, wanted: files_of("csv", folder, wanted),
    "datatrove jsonl": trove_jsonl,
    "datatrove parquet": trove_parquet,
    "duckdb jsonl": lambda folder, wanted: duck("read_json", "*.jsonl.zst", folder, wanted),
    "duckdb parquet": lambda folder, wanted: duck("read_parquet", "*.parquet", folder, wanted),
    "duckdb csv": lambda folder, wanted: duck("read_csv", "*.csv.zst", folder, wanted),
    "polars jsonl": polars_jsonl,
    "polars parquet": polars_parquet,
    "mlcroissant hf": croissant,
}

if __name__ == "__main__":
    _, name, place, identifier = sys.argv
    print(json.dumps(READERS[name](Path(place), identifier), default=str))
