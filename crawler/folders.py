"""Where a desk reads WARC files and puts sidecars: a collection's folders, or a second reading's scratch."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archives.durable import below, write_file
from archives.errors import WriteError

_CACHE = 4 << 20
_PAGE = 16 << 10
"""Bytes of a page of the scratch database: most sidecars fit into one."""


class Sidecars(Protocol):
    """Sidecars by their names, which are paths below a collection. A scratch database that cannot be used is
    a WriteError, whatever it was asked for.
    """

    def write(self, name: str, content: bytes) -> None:
        """Put a sidecar in its place.

        Raises:
            WriteError: it cannot be written.
        """

    def read(self, name: str) -> bytes | None:
        """The bytes of a sidecar; None if there is none.

        Raises:
            OSError: it cannot be read.
        """

    def remove(self, name: str) -> None:
        """Take a sidecar away, if there is one."""


class SidecarFolder:
    """Files below a folder, each of which survives a power cut once it is written."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, content: bytes) -> None:
        write_file(below(self._root, name), content)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)


class ScratchSidecars:
    """A database of sidecars that are going to be copied to where they last, or thrown away: to make a file
    and its folder takes longer than what a sidecar is made from. For one thread.
    """

    def __init__(self, path: Path) -> None:
        """The file must be new."""
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(
            f"PRAGMA page_size = {_PAGE}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            f"PRAGMA cache_size = -{_CACHE >> 10};"
            "CREATE TABLE sidecars (name TEXT PRIMARY KEY, content BLOB) STRICT; BEGIN"
        )

    def close(self) -> None:
        """Let go of the file; what was written is of no more use."""
        self._db.close()

    def write(self, name: str, content: bytes) -> None:
        self._ask("INSERT OR REPLACE INTO sidecars VALUES (?, ?)", name, content)

    def read(self, name: str) -> bytes | None:
        row = self._ask("SELECT content FROM sidecars WHERE name = ?", name)
        return None if row is None else bytes(row[0])

    def remove(self, name: str) -> None:
        self._ask("DELETE FROM sidecars WHERE name = ?", name)

    def _ask(self, statement: str, *values: object) -> tuple[bytes, ...] | None:
        try:
            row: tuple[bytes, ...] | None = self._db.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            fault = f"{self._path}: cannot be used ({error}); free space and run again"
            raise WriteError(fault) from error
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where WARC files are read from, and where sidecars go."""

    archive: Path
    sidecars: Sidecars
