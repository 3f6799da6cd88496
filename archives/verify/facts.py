"""A scratch database of what the files say, so that they can be held against each other in little memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_TABLES = """
CREATE TABLE files (
    name TEXT PRIMARY KEY, path TEXT, strict INTEGER, open INTEGER, size INTEGER, failed INTEGER
);
CREATE TABLE gaps (file TEXT, offset INTEGER, end INTEGER);
CREATE TABLE torn (file TEXT, path TEXT, offset INTEGER, fault TEXT);
CREATE TABLE records (
    file TEXT, offset INTEGER, length INTEGER, type TEXT, record_id TEXT, date TEXT, url TEXT, info_id TEXT,
    concurrent_to TEXT, refers_to TEXT, refers_url TEXT, payload_digest TEXT, block_digest TEXT,
    truncated TEXT, status INTEGER, content_type TEXT, record_type TEXT, via TEXT, file_name TEXT,
    source_uri TEXT
);
CREATE TABLE sidecars (
    path TEXT PRIMARY KEY, url TEXT, number INTEGER, previous TEXT, digest TEXT, content_hash TEXT,
    headline TEXT, published TEXT, pages_missing TEXT, doubtful INTEGER
);
CREATE TABLE pages (
    path TEXT, page INTEGER, url TEXT, final_url TEXT, status INTEGER, date TEXT, file TEXT, offset INTEGER,
    length INTEGER, record_id TEXT, payload_digest TEXT, truncated TEXT, origin TEXT
);
CREATE TABLE lines (
    place INTEGER, stamp TEXT, file TEXT, offset INTEGER, length TEXT, url TEXT, mime TEXT, status TEXT,
    digest TEXT
);
CREATE TABLE hidden (file TEXT, offset INTEGER, PRIMARY KEY (file, offset)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX records_place ON records (file, offset);
CREATE INDEX records_id ON records (record_id);
CREATE INDEX gaps_place ON gaps (file, offset);
CREATE INDEX pages_place ON pages (file, offset);
CREATE INDEX pages_path ON pages (path);
CREATE INDEX lines_place ON lines (file, offset);
CREATE INDEX records_payload ON records (payload_digest) WHERE type IN ('response', 'resource');
CREATE INDEX records_concurrent ON records (concurrent_to) WHERE concurrent_to IS NOT NULL;
CREATE INDEX records_notes ON records (url) WHERE type = 'metadata';
CREATE INDEX records_blocks ON records (block_digest) WHERE type = 'metadata';
CREATE INDEX sidecars_version ON sidecars (url, number);
"""


_CACHE = 32 << 20
"""Bytes of the database that are held in memory: most questions go through it in another order than it was
written in, and SQLite's own 2 MB are read again and again.
"""


class FactBase:
    """Rows go in while files are read; `finish` builds the indexes, then questions are asked in SQL."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, uri=True)
        self.db.execute("PRAGMA journal_mode = OFF")
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute(f"PRAGMA cache_size = -{_CACHE >> 10}")
        self.db.executescript(_TABLES)
        self.db.execute("BEGIN")

    def finish(self) -> None:
        self.db.execute("COMMIT")
        self.db.executescript(_INDEXES + "ANALYZE;")

    def add(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)

    def ask(self, question: str, *values: object) -> Iterator[tuple[object, ...]]:
        """Rows of a query; a cursor of its own, so that questions can be asked while others are answered."""
        yield from self.db.execute(question, values)

    def close(self) -> None:
        self.db.close()


@contextmanager
def fact_base() -> Iterator[FactBase]:
    """A scratch database in a temporary folder."""
    with TemporaryDirectory(prefix="kliping-verify-") as folder:
        base = FactBase(Path(folder) / "facts.sqlite")
        try:
            yield base
        finally:
            base.close()
