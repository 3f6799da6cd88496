"""A folder whose every write, fsync, rename, unlink and commit is seen, with what a crash there would leave.

Python's own calls are wrapped while `watching`; of SQLite, whose atomicity is its own promise, each statement
that commits is one operation. The model of the disk is the strictest that POSIX allows: without an fsync of
the file its bytes are lost, without one of the folder its name.
"""

from __future__ import annotations

import io
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import IO, Any, cast
from unittest.mock import patch
from urllib.parse import unquote

_SHARED_MEMORY = "-shm"
"""SQLite's; a connection that finds no other one makes it anew."""
_DATABASE = "catalogue.sqlite"
_FOLDER = b"\0folder"


class Way(StrEnum):
    """How the process dies: what of its work is on the disk afterwards."""

    KILL = "kill"
    """All that was handed to the system, of a write under way the half."""
    POWER_CUT = "power cut"
    """Bytes since the last fsync of a file are gone, and names since that of their folder."""
    ZEROS = "zeros"
    """All names are there; bytes since the last fsync of a file are zeros."""


Image = Mapping[str, str]
"""A folder's files by their path: digests of their contents."""


@dataclass(slots=True)
class Store:
    """Contents by their digest: thousands of images share most of theirs."""

    packed: dict[str, bytes] = field(default_factory=dict)

    def put(self, content: bytes) -> str:
        mark = sha256(content).hexdigest()
        if mark not in self.packed:
            self.packed[mark] = zlib.compress(content, 1)
        return mark

    def content(self, mark: str) -> bytes:
        return zlib.decompress(self.packed[mark])

    def lay_out(self, image: Image, folder: Path) -> None:
        """Make the files of an image."""
        for name, mark in image.items():
            content, path = self.content(mark), folder / name
            if content == _FOLDER:
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


OnStep = Callable[[str, Mapping[Way, Image]], None]


class Disk:
    """What stands below `root`, what of it is durable, and whom to tell of each operation before it."""

    def __init__(self, root: Path, store: Store, on_step: OnStep) -> None:
        self._root = root
        self._store = store
        self._on_step = on_step
        self._lock = RLock()
        self._synced: dict[int, bytes] = {}
        self._names: dict[str, dict[str, int]] = {}
        self._held: dict[int, int] = {}
        self._database: dict[str, bytes] = {}
        for path in (root, *root.rglob("*")):
            if path.is_dir():
                self._sync_folder(path)
            else:
                self._synced[self._number(path)] = path.read_bytes()
        self._sync_database()

    def close(self) -> None:
        for descriptor in self._held.values():
            os.close(descriptor)

    def holds(self, path: object) -> bool:
        """Whether a path lies below the root."""
        if not isinstance(path, str | os.PathLike):
            return False
        return Path(os.fspath(path)).is_relative_to(self._root)

    @contextmanager
    def step(self, what: str, torn: tuple[Path, bytes] | None = None) -> Iterator[None]:
        """An operation: told before it is done, alone. Of a write, `torn` is the half that is done."""
        with self._lock:
            self._on_step(what, self._images(torn))
            yield

    def in_folder(self, descriptor: int | None, name: object) -> object:
        """A name as the system sees it that was given a folder's descriptor (`shutil.rmtree`)."""
        return name if descriptor is None else Path(f"/proc/self/fd/{descriptor}").readlink() / str(name)

    # --- what becomes durable ----------------------------------------------------------------------

    def synced(self, descriptor: int) -> None:
        """An fsync has come back."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._sync_folder(path)
        else:
            self._synced[self._number(path)] = path.read_bytes()

    def _sync_folder(self, folder: Path) -> None:
        self._names[self._name(folder)] = {
            path.name: self._number(path) for path in folder.iterdir() if not self._is_database(path)
        }

    def _sync_database(self) -> None:
        self._database = {
            self._name(path): path.read_bytes()
            for path in self._root.rglob(_DATABASE + "*")
            if not path.name.endswith(_SHARED_MEMORY)
        }

    def committed(self) -> None:
        """SQLite has made its files durable."""
        with self._lock:
            self._sync_database()

    def _number(self, path: Path) -> int:
        """A file's number, held open so that the system does not give it to another file."""
        number = path.stat().st_ino
        if number not in self._held:
            self._held[number] = os.open(path, os.O_RDONLY)
        return number

    # --- what a crash would leave ------------------------------------------------------------------

    def _images(self, torn: tuple[Path, bytes] | None) -> dict[Way, Image]:
        kill = dict(self._standing(lambda path: path.read_bytes()))
        if torn is not None:
            kill[self._name(torn[0])] = torn[0].read_bytes() + torn[1]
        zeros = dict(self._standing(self._zeroed)) | self._database
        durable = dict(self._durable("", self._root)) | self._database
        return {
            way: {name: self._store.put(content) for name, content in files.items()}
            for way, files in ((Way.KILL, kill), (Way.POWER_CUT, durable), (Way.ZEROS, zeros))
        }

    def _standing(self, content: Callable[[Path], bytes]) -> Iterator[tuple[str, bytes]]:
        for path in self._root.rglob("*"):
            if path.is_dir():
                yield self._name(path), _FOLDER
            elif not path.name.endswith(_SHARED_MEMORY):
                yield self._name(path), content(path)

    def _zeroed(self, path: Path) -> bytes:
        now, synced = path.read_bytes(), self._synced.get(self._number(path), b"")
        return now if len(now) <= len(synced) else synced + bytes(len(now) - len(synced))

    def _durable(self, name: str, folder: Path) -> Iterator[tuple[str, bytes]]:
        for entry, number in self._names.get(name, {}).items():
            below = f"{name}/{entry}".lstrip("/")
            if below in self._names:
                yield below, _FOLDER
                yield from self._durable(below, folder)
            elif Path(f"/proc/self/fd/{self._held[number]}").is_dir():
                yield below, _FOLDER
            else:
                yield below, self._synced.get(number, b"")

    def _name(self, path: Path) -> str:
        name = path.relative_to(self._root).as_posix()
        return "" if name == "." else name

    def _is_database(self, path: Path) -> bool:
        return path.name.startswith(_DATABASE)


# --- the calls that are wrapped -------------------------------------------------------------------------


@contextmanager
def watching(disk: Disk) -> Iterator[None]:
    """See all writing below the disk's root while the block lasts."""
    with ExitStack() as stack:
        stack.enter_context(patch("io.open", _opening(disk)))
        stack.enter_context(patch("sqlite3.connect", _connecting(disk)))
        for name in ("rename", "replace", "link"):
            stack.enter_context(patch(f"os.{name}", _from_to(disk, name)))
        for name in ("unlink", "mkdir", "rmdir"):
            stack.enter_context(patch(f"os.{name}", _on_one(disk, name)))
        stack.enter_context(patch("os.fsync", _syncing(disk)))
        try:
            yield
        finally:
            disk.close()


def _from_to(disk: Disk, name: str) -> Callable[..., None]:
    real = getattr(os, name)

    def call(source: object, target: object, **more: object) -> None:
        if not disk.holds(target):
            real(source, target, **more)
            return
        with disk.step(f"{name} to {Path(str(target)).name}"):
            real(source, target, **more)

    return call


def _on_one(disk: Disk, name: str) -> Callable[..., None]:
    real = getattr(os, name)

    def call(path: object, *rest: object, dir_fd: int | None = None) -> None:
        where = disk.in_folder(dir_fd, path)
        if not disk.holds(where):
            real(path, *rest, dir_fd=dir_fd)
            return
        with disk.step(f"{name} {Path(str(where)).name}"):
            real(path, *rest, dir_fd=dir_fd)

    return call


def _syncing(disk: Disk) -> Callable[[int], None]:
    real = os.fsync

    def call(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not disk.holds(path):
            real(descriptor)
            return
        with disk.step(f"fsync {path.name}"):
            disk.synced(descriptor)  # the model's fsync; the real one would only cost time

    return call


def _opening(disk: Disk) -> Callable[..., IO[Any]]:
    real = io.open

    class Watched(io.FileIO):
        """The raw file below a buffer: each call is one write of the system."""

        def write(self, content: Any) -> int:  # noqa: ANN401
            piece = bytes(content)
            path = Path(f"/proc/self/fd/{self.fileno()}").readlink()
            with disk.step(f"write {path.name}", (path, piece[: len(piece) // 2])):
                return super().write(piece)

        def truncate(self, size: int | None = None) -> int:
            with disk.step(f"truncate {Path(str(self.name)).name}"):
                return super().truncate(size)

    def call(file: Any, mode: str = "r", *rest: Any, **more: Any) -> IO[Any]:  # noqa: ANN401
        if not disk.holds(file) or not set(mode) & set("wxa+"):
            return real(file, mode, *rest, **more)
        with disk.step(f"open {Path(file).name}"):
            raw = Watched(file, mode.replace("b", "").replace("t", ""))
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return cast("IO[Any]", buffered)
        return io.TextIOWrapper(buffered, encoding=more.get("encoding"), newline=more.get("newline"))

    return call


def _connecting(disk: Disk) -> Callable[..., sqlite3.Connection]:
    real = sqlite3.connect

    class Watched(sqlite3.Connection):
        """Every statement that ends a transaction, or is one, is an operation."""

        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:  # noqa: ANN401
            if not _commits(sql, in_transaction=self.in_transaction):
                return super().execute(sql, *rest)
            with disk.step(f"commit ({' '.join(sql.split()[:3])})"):
                cursor = super().execute(sql, *rest)
                disk.committed()
            return cursor

        def executescript(self, sql: str) -> sqlite3.Cursor:
            statement = ""
            for line in sql.splitlines(keepends=True):
                statement += line
                if sqlite3.complete_statement(statement):
                    self.execute(statement)
                    statement = ""
            return self.cursor()

        def close(self) -> None:
            with disk.step("close catalogue"):
                super().close()
                disk.committed()

    def call(path: Any, **more: Any) -> sqlite3.Connection:  # noqa: ANN401
        if not disk.holds(unquote(str(path)).removeprefix("file://").partition("?")[0]):
            return cast("sqlite3.Connection", real(path, **more))
        return cast("sqlite3.Connection", real(path, factory=Watched, **more))

    return call


_READS = ("SELECT", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "ATTACH", "DETACH", "PRAGMA FOREIGN")


def _commits(sql: str, *, in_transaction: bool) -> bool:
    lines = (line for line in sql.strip().upper().splitlines() if not line.lstrip().startswith("--"))
    words = " ".join(" ".join(lines).split())
    if in_transaction:
        return words.startswith("COMMIT")
    is_question = words.startswith(_READS) or words == "PRAGMA USER_VERSION" or "SYNCHRONOUS" in words
    return bool(words) and not is_question
