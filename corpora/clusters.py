"""Which articles are copies of one another: near-duplicates, and stories with their first publisher.

Over the newest version of every article that is not removed; the other versions share its cluster. The store,
`indexes/clusters.sqlite`, is derived: it is brought up to date by reading the sidecars that are new or
changed, and made again where it is missing, broken or of another version. How articles are held against each
other is in `corpora.likeness` and `corpora.grouping`; docs/duplicates.md has the figures.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from archives import sidecar
from archives.catalogue import Catalogue, NewestSidecar
from archives.collection import Collection
from archives.elsewhere import folders_elsewhere
from archives.errors import SidecarError, WriteError
from archives.removals import Removals
from corpora.cluster_facts import Facts
from corpora.grouping import Regrouping
from corpora.likeness import Text
from corpora.ties import LOT, bring_in, keys_of

STORE = "clusters.sqlite"
FORMAT = 2
"""Raised whenever other clusters may come out of the same articles; older stores are made again."""
_BATCH = 500
_WAIT = 600
"""Seconds to wait for another process that does the same work."""
_NAMES = ("addresses", "title", "links", "shared", "title_links", "exact")
_FEWEST_STALE = 1000
_NEW = """
INSERT INTO articles (address, mark, identifier, placed, captured, publisher, source, first_publisher,
id, component, near, story) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_AGAIN = """
UPDATE articles SET address = ?, mark = ?, identifier = ?, placed = ?, captured = ?, publisher = ?,
source = ?, first_publisher = ?, gone = 0 WHERE id = ?
"""
_REFUSALS = ("readonly", "unable to open", "locked", "not authorized")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where an article stands.

    `near` and `story` are the `identifier` of the earliest article in each, its own where it is alone.
    `first_publisher` is who published the story first: the host or the outlet that its earliest article says
    it is from, else that article's own host; None for an article that the store does not know yet.
    """

    near: str
    story: str
    first_publisher: str | None
    near_size: int
    story_size: int


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story, with the name of whom it says it was taken from."""

    address: str
    identifier: str
    near: str
    placed: str
    publisher: str
    source: str | None


class Clusters:
    """One state of the store; later changes are not seen. To be closed, or used in a `with` block."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute("BEGIN")
        self._count = int(db.execute("SELECT count(*) FROM articles WHERE NOT gone").fetchone()[0])

    @classmethod
    def up_to_date(
        cls,
        collection: Collection,
        advance: Callable[[int], None] = lambda _: None,
        *,
        places: tuple[Path, ...] = (),
    ) -> Clusters:
        """The clusters of a collection as it is now. `advance` is told how many articles were looked at.

        The store lies in the collection, else, where that cannot be written, in the user's cache folder, else
        in a temporary one. `places` is for tests.

        Raises:
            CollectionError: the catalogue cannot be read.
            WriteError: no place can be written, or the disk is full.
        """
        for folder in places or _places(collection):
            with suppress(_NotHereError), _held(folder):
                return cls(_brought_up(folder / STORE, collection, advance))
        raise WriteError(
            f"{collection.indexes / STORE}: cannot be written, nor can a file in the cache folder or the "
            "temporary one; free space, or set XDG_CACHE_HOME to a folder that can be written"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def __len__(self) -> int:
        return self._count

    def of(self, address: str) -> Cluster:
        """The clusters of an article, by its canonical address. One that came in since is alone."""
        row = self._db.execute(
            "SELECT n.identifier, s.identifier, a.first_publisher, a.near_size, a.story_size FROM articles a "
            "JOIN articles n ON n.id = a.near JOIN articles s ON s.id = a.story "
            "WHERE a.address = ? AND NOT a.gone",
            (address,),
        ).fetchone()
        if row is None:
            alone = sidecar.identifier(address)
            return Cluster(alone, alone, None, 1, 1)
        return Cluster(*row)

    def story_members(self, story: str) -> list[Member]:
        """The articles of a story in order of publication; empty if there is no such story."""
        rows = self._db.execute(
            "SELECT a.address, a.identifier, n.identifier, a.placed, a.publisher, a.source FROM articles h "
            "JOIN articles a ON a.story = h.id JOIN articles n ON n.id = a.near "
            "WHERE h.identifier = ? AND h.story = h.id AND NOT a.gone "
            "ORDER BY a.placed, a.captured, a.address",
            (story,),
        )
        return [Member(*row) for row in rows]

    def stories(self, fewest: int = 2) -> Iterator[str]:
        """Identifiers of the stories with so many articles or more, in order of publication."""
        for row in self._db.execute(
            "SELECT identifier FROM articles WHERE story = id AND story_size >= ? AND NOT gone "
            "ORDER BY placed, captured, address",
            (fewest,),
        ):
            yield row[0]


class _NotHereError(Exception):
    """This place cannot be written; there may be another."""


# --- where it lies ------------------------------------------------------------------------------------


def _places(collection: Collection) -> Iterator[Path]:
    yield collection.indexes
    yield from folders_elsewhere(collection)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One process brings a store up to date; others wait for it, and find the work done.

    Raises:
        _NotHereError: the folder cannot be written, is not ours, or is held for too long.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid not in {os.getuid(), 0} and folder.parent == Path(tempfile.gettempdir()):
            raise _NotHereError(folder)
        lock = FileLock(folder / f".{STORE}.lock", timeout=_WAIT, thread_local=False)
        lock.acquire()
    except (OSError, Timeout, NotImplementedError) as error:
        raise _NotHereError(folder) from error
    try:
        yield
    finally:
        lock.release()


def _brought_up(path: Path, collection: Collection, advance: Callable[[int], None]) -> sqlite3.Connection:
    """The store, up to date; made again if it is broken."""
    for attempt in (1, 2):
        db = None
        try:
            db = _open(path)
            _Update(db, collection, advance).run()
            return db
        except BaseException as error:
            if db is not None:
                db.close()
            if attempt == 1 and isinstance(error, (zlib.error, ValueError)):  # a row that is none of ours
                _remove(path)
                continue
            if isinstance(error, sqlite3.DatabaseError):
                if _is_broken(error) and attempt == 1:
                    _remove(path)
                    continue
                raise _refused(path, error) from error
            raise
    raise AssertionError


def _is_broken(error: sqlite3.Error) -> bool:
    """SQLite raises OperationalError where the system refuses, its parent where the file is broken."""
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)


def _refused(path: Path, error: sqlite3.Error) -> Exception:
    if any(word in str(error) for word in _REFUSALS):
        return _NotHereError(path)
    return WriteError(f"{path}: {error}; free space, then run again")


def _software() -> str:
    """What the keys in a store depend on."""
    return f"format {FORMAT}, rensa {version('rensa')}"


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -32768")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _open(path: Path) -> sqlite3.Connection:
    db = _connect(path)
    if _made_by(db) == _software() and not _is_stale(db):
        return db
    db.close()
    _remove(path)
    db = _connect(path)
    schema = files("corpora").joinpath("schema/clusters.sql").read_text("utf-8")
    db.executescript(f"BEGIN;\n{schema}\nCOMMIT;")
    db.execute("INSERT INTO made_by VALUES (?)", (_software(),))
    return db


def _is_stale(db: sqlite3.Connection) -> bool:
    """Whether so much is gone that the keys of what is gone tie too many articles together."""
    gone, all_ = db.execute("SELECT coalesce(sum(gone), 0), count(*) FROM articles").fetchone()
    return bool(gone > max(_FEWEST_STALE, all_ / 2))


def _made_by(db: sqlite3.Connection) -> str | None:
    try:
        row = db.execute("SELECT software FROM made_by").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return row[0] if row else None


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# --- bringing it up to date ---------------------------------------------------------------------------


class _Update:
    """Read what is new, take out what is gone, and make the clusters of what these touch again.

    Each batch is one transaction that also marks what it touches, so that whatever a kill interrupts goes on
    where it was.
    """

    def __init__(
        self, db: sqlite3.Connection, collection: Collection, advance: Callable[[int], None]
    ) -> None:
        self.db = db
        self.collection = collection
        self.advance = advance

    def run(self) -> None:
        self._bring_in()  # what a kill left
        self._read()
        self._forget()
        self._regroup()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def _read(self) -> None:
        removals = Removals.of(self.collection)
        self.db.execute("CREATE TEMP TABLE IF NOT EXISTS present (id INTEGER PRIMARY KEY)")
        self.db.execute("DELETE FROM present")
        catalogue = Catalogue(self.collection.catalogue, read_only=True)
        waiting = 0
        try:
            with catalogue.snapshot():
                for batch in _batches(catalogue.newest_sidecars()):
                    with self._transaction():
                        waiting += sum(self._look_at(one) for one in batch if one.address not in removals)
                    if waiting >= LOT:
                        self._bring_in()
                        waiting = 0
                    self.advance(len(batch))
        finally:
            catalogue.close()
        self._bring_in()

    def _bring_in(self) -> None:
        with self._transaction():
            bring_in(self.db)

    def _look_at(self, entry: NewestSidecar) -> bool:
        """Whether it was read."""
        row = self.db.execute(
            "SELECT id, mark, gone FROM articles WHERE address = ?", (entry.address,)
        ).fetchone()
        known = row[0] if row else None
        is_new = row is None or row[1] != entry.mark or bool(row[2])
        if is_new:
            try:
                record = sidecar.load(self.collection.root / entry.path)
                facts = Facts.of(record, entry.first_captured)
            except (SidecarError, KeyError, TypeError):
                return False  # no article for anybody, until it is made again
            known = self._keep(known, entry, facts)
        self.db.execute("INSERT OR IGNORE INTO present VALUES (?)", (known,))
        return is_new

    def _keep(self, known: int | None, entry: NewestSidecar, facts: Facts) -> int:
        if known is not None:
            self._forget_text(known)
        values = (
            *(entry.address, entry.mark, facts.identifier, facts.placed, facts.captured),
            *(facts.publisher, facts.source, facts.source or facts.publisher),
        )
        if known is None:
            article = int(self.db.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()[0])
            self.db.execute(_NEW, (*values, article, article, article, article))
            self.db.execute("INSERT INTO components VALUES (?, 1, 0)", (article,))
        else:
            article = known
            self.db.execute(_AGAIN, (*values, article))
        names = json.dumps({name: getattr(facts, name) for name in _NAMES}, separators=(",", ":"))
        self.db.execute(
            "INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", (article, facts.text.packed(), names)
        )
        if facts.sketch is not None:
            self.db.execute("INSERT INTO sketches VALUES (?, ?)", (article, facts.sketch.values))
        self.db.executemany("INSERT INTO incoming VALUES (?, ?, ?)", keys_of(article, facts))
        return article

    def _forget_text(self, article: int) -> None:
        """An article has another text: what tied the old one to others counts no more."""
        (words,) = self.db.execute("SELECT words FROM texts WHERE id = ?", (article,)).fetchone()
        sketch = Text.unpacked(words).sketch()
        if sketch is not None:
            self.db.executemany(
                "DELETE FROM keys WHERE key = ? AND article = ?", [(band, article) for band in sketch.bands]
            )
        self.db.execute("DELETE FROM shared_bands WHERE article = ?", (article,))
        self.db.execute("DELETE FROM sketches WHERE id = ?", (article,))

    def _forget(self) -> None:
        """What the catalogue does not name any more, or what was removed. Its keys stay."""
        with self._transaction():
            self.db.execute(
                "UPDATE components SET dirty = 1 WHERE component IN (SELECT component FROM articles "
                "WHERE NOT gone AND id NOT IN (SELECT id FROM present))"
            )
            self.db.execute(
                "UPDATE articles SET gone = 1 WHERE NOT gone AND id NOT IN (SELECT id FROM present)"
            )

    def _regroup(self) -> None:
        last = -1
        while rows := self.db.execute(
            "SELECT component FROM components WHERE dirty AND component > ? ORDER BY component LIMIT ?",
            (last, _BATCH),
        ).fetchall():
            with self._transaction():
                for (component,) in rows:
                    Regrouping(self.db).regroup(component)
                    self.db.execute("UPDATE components SET dirty = 0 WHERE component = ?", (component,))
                    last = component


def _batches(entries: Iterator[NewestSidecar]) -> Iterator[list[NewestSidecar]]:
    batch: list[NewestSidecar] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
