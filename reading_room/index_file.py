"""The search index: `indexes/search.sqlite`, made from catalogue and sidecars, and made again at will.

    articles    one row for each article that can be found: the newest version, whose sidecar it was read from
    labels      what articles are sorted into: a portal, a host, a section, an author, a month
    labelled    which article has which label
    texts       SQLite FTS5 over the words of title, body, byline, caption and tags, without a copy of them
    forms       which words there are, under each root that they may be of (`reading_room.words`)
    common      words, and beginnings of words, that stand in many articles: in which ones, as bits

A document's number is never given twice. What an article said before stays in `texts` under its old number,
which no row of `articles` has any more; SQLite before 3.43 cannot take single rows out of an FTS5 table that
has no copy of its texts. When too much is left over, or when an article was removed from the collection, the
file is made again.

Whoever writes holds a lock beside the file, not that of the collection. Each batch is one transaction, so a
process that is killed leaves an index of fewer articles, and the next one goes on.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from archives.catalogue import Catalogue, reading_uri
from archives.collection import Collection
from archives.elsewhere import folder_elsewhere
from archives.errors import ArchiveError, CollectionError
from archives.removals import Removals
from reading_room import bitsets
from reading_room.query import COLUMNS
from reading_room.words import roots, words

logger = logging.getLogger(__name__)

FORMAT = 1
NAME = "search.sqlite"
SEGMENT = 8192
"""Documents whose bits one row of `common` holds."""
_BATCH = 500
"""Articles whose words are held at a time, and written in one transaction."""
_FEW = 2_000
"""Documents that may stand for nothing in any file."""
_TIDY = 40_000
"""Articles written from which the pieces are joined at the end."""
_COMMON_SHARE, _COMMON_LEAST = 1 / 10, 250
"""A word is common when it is in so many of a batch of at least so many articles; then it stays so."""
BEGINNINGS = (3, 4)
"""Letters of the beginnings that can be common, too: `men*` would else be merged from thousands of words."""
_LEFT_OVER = 0.5
"""Documents that stand for nothing any more, of all, before the file is made again."""
_HASH_BYTES = 24 << 20
_CACHE_KB = 8_000
"""Pages of the file in memory while it is written. Four times as many spare at most a twentieth of the CPU
(of 60,000 articles), and a crawl that ends has the memory of all its processes to think of.
"""
_MOST_LABELS, _LABEL_LENGTH = 12, 160
"""Sections or authors of one article that count; no newspaper has more, a hostile page may."""
_MOST_FAMILY = 200
_REMEMBERED = 100_000
"""Words of which a process remembers something."""

_TABLES = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE articles (
    document  INTEGER PRIMARY KEY,
    address   TEXT NOT NULL UNIQUE,
    digest    TEXT NOT NULL,     -- of the sidecar that was read, as the catalogue gives it
    sidecar   TEXT NOT NULL,     -- its path below the collection
    published INTEGER NOT NULL,  -- seconds since 1970, UTC; the capture's where the page gives no time
    day       INTEGER NOT NULL   -- 20201008: the day where the newsroom is
) STRICT;
CREATE INDEX articles_published ON articles (published);
CREATE TABLE labels (
    label INTEGER PRIMARY KEY,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (facet, value)
) STRICT;
CREATE TABLE labelled (
    document INTEGER NOT NULL,
    label    INTEGER NOT NULL,
    PRIMARY KEY (document, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX labelled_label ON labelled (label, document);
CREATE VIRTUAL TABLE texts USING fts5({", ".join(COLUMNS)}, content='', tokenize='ascii');
CREATE TABLE forms (
    root TEXT NOT NULL,
    word TEXT NOT NULL,
    sure INTEGER NOT NULL,       -- the word can be of no other root
    PRIMARY KEY (root, word)
) STRICT, WITHOUT ROWID;
CREATE TABLE common (
    word    TEXT NOT NULL,
    segment INTEGER NOT NULL,
    bits    BLOB NOT NULL,
    PRIMARY KEY (word, segment)
) STRICT, WITHOUT ROWID;
"""


class BusyError(ArchiveError):
    """Another process is bringing the index up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What became of an index. `left` articles are still to be read; `unreadable` have no usable sidecar."""

    added: int = 0
    dropped: int = 0
    left: int = 0
    unreadable: int = 0
    made_again: bool = False


Advance = Callable[[int, int], None]
"""Told how many articles of how many are done."""


# --- where it is --------------------------------------------------------------------------------------


def place_of(collection: Collection) -> Path:
    """Where the index of a collection is, or will be: with it, else in the user's cache."""
    own = collection.indexes / NAME
    folder = collection.indexes if collection.indexes.is_dir() else collection.root
    if os.access(folder, os.W_OK) and not own.is_symlink():
        return own
    return folder_elsewhere(collection) / NAME


def open_for_reading(path: Path) -> sqlite3.Connection | None:
    """A connection that cannot write; None where there is no index that this Kliping can use."""
    try:
        database = sqlite3.connect(
            reading_uri(path), uri=True, isolation_level=None, timeout=5, check_same_thread=False
        )
    except sqlite3.Error:
        return None
    try:
        if database.execute("PRAGMA user_version").fetchone()[0] == FORMAT:
            database.execute("PRAGMA trusted_schema = OFF")  # a collection may be a stranger's
            database.execute("PRAGMA cache_size = -16000")
            return database
    except sqlite3.Error:
        pass
    database.close()
    return None


# --- bringing it up to date ---------------------------------------------------------------------------


def bring_up_to_date(
    collection: Collection, *, seconds: float | None = None, advance: Advance | None = None
) -> Brought:
    """Read what the catalogue has and the index has not, the newest articles first, for so long at most.

    Raises:
        BusyError: another process is at it.
        CollectionError: no catalogue, or one of an earlier format.
        OSError, sqlite3.Error: the index cannot be written.
    """
    path = place_of(collection)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(f"{path}: another process is bringing the index up to date") from error
    with lock:
        end = None if seconds is None else time.monotonic() + seconds
        try:
            return _Work(collection, path, end, advance).done()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # a full disk, a folder that cannot be written
                raise
            logger.info("%s: is damaged (%s); it is made again", path, error)
            _unlink(path)
            return _Work(collection, path, end, advance).done()


def is_behind(collection: Collection) -> bool:
    """Whether there is something that `bring_up_to_date` would do; True also where nobody can tell."""
    database = open_for_reading(place_of(collection))
    if database is None:
        return True
    with closing(database):
        try:
            _attach(database, collection)
            return bool(database.execute(f"SELECT EXISTS ({_TO_DO}) OR EXISTS ({_GONE})").fetchone()[0])
        except (sqlite3.Error, ArchiveError):
            return True


def _unlink(path: Path) -> None:
    """The log first: a database that finds the log of another one is lost."""
    for name in (f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal", path.name):
        path.with_name(name).unlink(missing_ok=True)


_NEWEST = """
    cat.articles a JOIN cat.versions v ON v.version_id = (
        SELECT version_id FROM cat.versions w WHERE w.article_id = a.article_id AND w.sidecar IS NOT NULL
        ORDER BY w.number DESC LIMIT 1)
"""
_DIGEST = "coalesce(v.sidecar_digest, v.content_hash, '')"
_TO_DO = f"""
    SELECT a.address, a.portal, v.sidecar, {_DIGEST} AS digest, v.published, d.document
    FROM {_NEWEST} LEFT JOIN main.articles d ON d.address = a.address
    WHERE d.document IS NULL OR d.digest != {_DIGEST} OR d.sidecar != v.sidecar
"""
_GONE = """
    SELECT d.document FROM main.articles d WHERE NOT EXISTS (
        SELECT 1 FROM cat.articles a JOIN cat.versions v USING (article_id)
        WHERE a.address = d.address AND v.sidecar IS NOT NULL)
"""


def _attach(database: sqlite3.Connection, collection: Collection) -> None:
    """Let statements ask the catalogue, too, without being able to change it."""
    Catalogue(collection.catalogue, read_only=True).close()  # says what is wrong with it
    database.execute("ATTACH ? AS cat", (reading_uri(collection.catalogue),))


class _ToDo:
    """Articles whose sidecars are to be read, the newest first; in a table, for there may be a million."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self.count, self.stale = map(
            int, database.execute("SELECT count(*), count(document) FROM to_do").fetchone()
        )

    def batches(self) -> Iterator[list[Any]]:
        """Rows of address, portal, sidecar, digest, day of publication and the document that goes."""
        after = 0
        while rows := self._db.execute(_BATCH_OF, (after, _BATCH)).fetchall():
            after = rows[-1][0]
            yield [row[1:] for row in rows]


_BATCH_OF = (
    "SELECT rowid, address, portal, sidecar, digest, published, document FROM to_do "
    "WHERE rowid > ? ORDER BY rowid LIMIT ?"
)


class _Work:
    """One bringing up to date, under the lock."""

    def __init__(
        self, collection: Collection, path: Path, end: float | None, advance: Advance | None
    ) -> None:
        self.collection = collection
        self.end = end
        self.advance = advance or (lambda _done, _of: None)
        self.path = path
        self.removed = Removals.of(collection)
        self.unreadable = 0
        self._folders: dict[str, Path] = {}
        self._root = collection.root.resolve()

    def done(self) -> Brought:
        made_again = self._is_unusable()
        if made_again:
            _unlink(self.path)
        with closing(self._open()) as database:
            writer = _Writer(database)
            if writer.is_new:
                made_again = False
            to_do, gone, withdrawn = self._differences(database)
            kept, next_document = writer.extent()
            left_over = next_document - kept + to_do.stale + len(gone)
            if not withdrawn and (left_over <= _FEW or left_over <= _LEFT_OVER * next_document):
                added, left = self._read(writer, to_do, gone)
                return Brought(
                    added=added,
                    dropped=len(gone),
                    left=left,
                    unreadable=self.unreadable,
                    made_again=made_again,
                )
            logger.debug("%s: is made again: %d of %d left over", self.path, left_over, next_document)
            writer.hide(withdrawn)
        return self._again(len(gone) + len(withdrawn))

    def _is_unusable(self) -> bool:
        """Whether there is a file of another format. One that cannot be read is no database: the same."""
        if not self.path.exists():
            return False
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as database:
                return database.execute("PRAGMA user_version").fetchone()[0] not in {0, FORMAT}
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return True

    def _open(self, path: Path | None = None) -> sqlite3.Connection:
        database = sqlite3.connect(
            (path or self.path).absolute().as_uri(), uri=True, isolation_level=None, timeout=30
        )
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                made = datetime.now(UTC).isoformat()
                database.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
                database.execute("INSERT INTO about VALUES ('made', ?)", (made,))
            database.execute("INSERT INTO texts (texts, rank) VALUES ('hashsize', ?)", (_HASH_BYTES,))
        except BaseException:
            database.close()
            raise
        return database

    def _differences(self, database: sqlite3.Connection) -> tuple[_ToDo, list[int], list[int]]:
        """What is to be read, what is no article any more, and what was removed from the collection."""
        _attach(database, self.collection)
        try:
            database.execute(
                f"CREATE TEMP TABLE to_do AS {_TO_DO} ORDER BY v.published DESC, v.version_id DESC"
            )
            gone = [row[0] for row in database.execute(_GONE)]
        finally:
            database.execute("DETACH cat")
        withdrawn: list[int] = []
        if self.removed:
            removed = [
                (row,)
                for row, address in database.execute("SELECT rowid, address FROM to_do")
                if address in self.removed
            ]
            database.executemany("DELETE FROM to_do WHERE rowid = ?", removed)
            withdrawn = [
                document
                for document, address in database.execute("SELECT document, address FROM articles")
                if address in self.removed
            ]
        return _ToDo(database), gone, withdrawn

    def _read(self, writer: _Writer, to_do: _ToDo, gone: Sequence[int]) -> tuple[int, int]:
        writer.hide(gone)
        added = seen = 0
        self.advance(0, to_do.count)
        for batch in to_do.batches():
            if self.end is not None and time.monotonic() > self.end:
                break
            entries = list(self._entries(batch))
            writer.add(entries)
            added += len(entries)
            seen += len(batch)
            self.advance(seen, to_do.count)
        if added > _TIDY and seen == to_do.count:
            writer.tidy()
        return added, to_do.count - seen

    def _entries(self, rows: Iterable[Any]) -> Iterator[_Entry]:
        for address, portal, path, digest, _published, before in rows:
            try:
                record = json.loads(self._file(path).read_bytes())
                entry = _entry(record, address=address, portal=portal, path=path, digest=digest)
            except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError, ArchiveError):
                logger.debug("%s: cannot be read, so %s is not found by its words", path, address)
                self.unreadable += 1
                continue
            entry.before = before
            yield entry

    def _file(self, path: str) -> Path:
        """The sidecar of that path, which is no link and in no folder outside of the collection."""
        folder, _, name = path.rpartition("/")
        if len(self._folders) > 10_000:
            self._folders.clear()
        file = self._folder(folder) / name
        if file.is_symlink():
            raise CollectionError(f"{path}: is a link; a collection's records are files")
        return file

    def _folder(self, name: str) -> Path:
        """A folder of the collection, looked at once: where no step down is a link, none leads out."""
        known = self._folders.get(name)
        if known is None:
            above, _, last = name.rpartition("/")
            known = (self._folder(above) if above else self.collection.root) / last
            if (last == ".." or known.is_symlink()) and not known.resolve().is_relative_to(self._root):
                raise CollectionError(f"{name}: leads out of the collection")
            self._folders[name] = known
        return known

    def _again(self, dropped: int) -> Brought:
        """Make the file anew beside the old one, which answers meanwhile, and put it in its place."""
        aside = self.path.with_name(f".{self.path.name}.new")
        _unlink(aside)  # it may be half of something else
        try:
            with closing(self._open(aside)) as database:
                writer = _Writer(database)
                to_do, _gone, _withdrawn = self._differences(database)
                added, left = self._read(writer, to_do, ())
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                database.execute("PRAGMA journal_mode = DELETE")
            if left:
                return Brought(dropped=dropped, left=left, unreadable=self.unreadable)
            _unlink(self.path)
            aside.replace(self.path)
        finally:
            _unlink(aside)
        return Brought(added=added, dropped=dropped, unreadable=self.unreadable, made_again=True)


# --- what is written of an article --------------------------------------------------------------------


@dataclass(slots=True)
class _Entry:
    address: str
    digest: str
    sidecar: str
    published: int
    day: int
    labels: frozenset[tuple[str, str]]
    texts: tuple[str, ...]
    vocabulary: frozenset[str]
    before: int | None = None


def _entry(record: Mapping[str, Any], *, address: str, portal: str, path: str, digest: str) -> _Entry:
    fields = [words(" \n".join(texts)) for texts in _printed(record)]
    moment, day = _published(record)
    found = {
        ("portal", portal),
        ("host", _host(address)),
        ("month", f"{day // 10_000:04}-{day // 100 % 100:02}"),
    }
    found.add(("year", f"{day // 10_000:04}"))
    found |= {("section", name) for name in _names(record.get("articleSection", ()))}
    vocabulary = frozenset().union(*fields)
    found |= {("author", name) for name in _names(one["name"] for one in record.get("author", ()))}
    return _Entry(
        address=address,
        digest=digest,
        sidecar=path,
        published=moment,
        day=day,
        labels=frozenset(found),
        texts=tuple(" ".join(field) for field in fields),
        vocabulary=vocabulary,
    )


def _printed(record: Mapping[str, Any]) -> tuple[list[str], ...]:
    """The texts of each column, in the order of `COLUMNS`."""
    people = [*record.get("author", ()), *record.get("editor", ()), *record.get("contributor", ())]
    pictures = record.get("image", ())
    return (
        [*_some(record, "headline", "alternativeHeadline")],
        [*_some(record, "description"), *record.get("abstract", ()), *_some(record, "articleBody")],
        [*(one["name"] for one in people), *_some(record, "creditText")],
        [text for one in pictures for text in _some(one, "caption", "creditText")],
        [*record.get("keywords", ())],
    )


def _some(record: Mapping[str, Any], *names: str) -> Iterator[str]:
    return (record[name] for name in names if name in record)


def _names(values: Iterable[str]) -> list[str]:
    """Labels as they are shown: white space made single, of a length that fits a list."""
    found = dict.fromkeys(map(_shown, values))
    return [name for name in found if name][:_MOST_LABELS]


@lru_cache(_REMEMBERED >> 3)
def _shown(value: str) -> str:
    return " ".join(value.split())[:_LABEL_LENGTH].encode("utf-8", "replace").decode()


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


def _published(record: Mapping[str, Any]) -> tuple[int, int]:
    """The instant, and the day where the newsroom is."""
    text = str(record.get("datePublished") or record["archive"]["pages"][0]["fetchedAt"])
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()), moment.year * 10_000 + moment.month * 100 + moment.day


# --- writing --------------------------------------------------------------------------------------------


def _beginnings(word: str) -> tuple[str, ...]:
    return tuple(word[:letters] + "*" for letters in BEGINNINGS if len(word) >= letters)


class _CommonOf(dict[str, tuple[str, ...]]):
    """Words, each with those of its terms that are common. Emptied when it is full, and when others are."""

    def __init__(self, common: AbstractSet[str]) -> None:
        super().__init__()
        self._common = common

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[word] = tuple(term for term in (word, *_beginnings(word)) if term in self._common)
        return found


class _Writer:
    """Puts articles into the open index, one transaction for each batch."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self.is_new = database.execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None
        self._labels: dict[tuple[str, str], int] = {}
        self._known: set[str] = set()
        self._common = {row[0] for row in database.execute("SELECT DISTINCT word FROM common")}
        self._common_of = _CommonOf(self._common)
        self._last_bits: dict[str, tuple[int, int]] = {}
        """Of each common word the last segment that was written."""

    def extent(self) -> tuple[int, int]:
        """How many articles there are, and how many numbers have been given."""
        kept = self._db.execute("SELECT count(*) FROM articles").fetchone()[0]
        return kept, self._next_document() - 1

    def _next_document(self) -> int:
        row = self._db.execute("SELECT value FROM about WHERE name = 'documents'").fetchone()
        return int(row[0]) + 1 if row else 1

    def hide(self, documents: Sequence[int]) -> None:
        """These are articles no longer. Their words stay until the file is made again."""
        if documents:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._drop(documents)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def _drop(self, documents: Iterable[int]) -> None:
        rows = [(document,) for document in documents]
        self._db.executemany("DELETE FROM articles WHERE document = ?", rows)
        self._db.executemany("DELETE FROM labelled WHERE document = ?", rows)

    def add(self, entries: Sequence[_Entry]) -> None:
        if not entries:
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._add(entries)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._labels.clear()
            self._known.clear()
            self._last_bits.clear()
            raise

    def _add(self, entries: Sequence[_Entry]) -> None:
        first = self._next_document()
        numbered = list(enumerate(entries, first))
        self._drop(entry.before for entry in entries if entry.before is not None)
        self._db.executemany(
            "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?)",
            [
                (document, one.address, one.digest, one.sidecar, one.published, one.day)
                for document, one in numbered
            ],
        )
        self._db.executemany(
            f"INSERT INTO texts (rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
            [(document, *one.texts) for document, one in numbered],
        )
        self._db.executemany(
            "INSERT INTO labelled VALUES (?, ?)",
            [(document, self._label(label)) for document, one in numbered for label in one.labels],
        )
        self._note_forms(frozenset().union(*(one.vocabulary for one in entries)))
        self._note_common(numbered, first)
        last = first + len(entries) - 1
        self._db.execute("INSERT OR REPLACE INTO about VALUES ('documents', ?)", (str(last),))

    def _label(self, label: tuple[str, str]) -> int:
        found = self._labels.get(label)
        if found is None:
            self._db.execute("INSERT OR IGNORE INTO labels (facet, value) VALUES (?, ?)", label)
            row = self._db.execute("SELECT label FROM labels WHERE facet = ? AND value = ?", label).fetchone()
            if len(self._labels) > _REMEMBERED:
                self._labels.clear()
            found = self._labels[label] = int(row[0])
        return found

    def _note_forms(self, vocabulary: frozenset[str]) -> None:
        rows = []
        for word in vocabulary - self._known:
            if word.isascii() and word.isalpha():
                found = roots(word)
                rows += [(root, word, len(found) == 1) for root in found]
        self._db.executemany("INSERT OR IGNORE INTO forms VALUES (?, ?, ?)", sorted(rows))
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known |= vocabulary

    def _note_common(self, numbered: Sequence[tuple[int, _Entry]], first: int) -> None:
        """Keep the bits of common words whole; of a newly common one those of all articles before, too."""
        if len(numbered) >= _COMMON_LEAST and self._is_time_to_count(first, len(numbered)):
            self._find_common([entry.vocabulary for _, entry in numbered], first)
        terms = list(self._common)
        rows = b"".join(self._common_in(entry.vocabulary, terms) for _, entry in numbered)
        for place, term in enumerate(terms):
            signs = rows[place :: len(terms)]
            if 1 in signs:
                self._put_bits(term, _moved(bitsets.of_flags(signs), first))

    def _find_common(self, vocabularies: Sequence[frozenset[str]], first: int) -> None:
        """See which words, and which beginnings, have become common."""
        least = len(vocabularies) * _COMMON_SHARE
        counts = Counter(chain.from_iterable(vocabularies))
        counts.update(self._count_beginnings(vocabularies, counts, least))
        for term in sorted(term for term, count in counts.items() if count >= least):
            if term not in self._common:
                self._common.add(term)
                self._put_bits(term, _segments(self._documents_with(term, first)))
                self._common_of.clear()

    def _count_beginnings(
        self, vocabularies: Sequence[frozenset[str]], words_in: Counter[str], least: float
    ) -> Counter[str]:
        """In how many articles each beginning is, of those that can be newly common: a beginning is in no
        more articles than its words together.
        """
        at_most = Counter[str]()
        for word, count in words_in.items():
            for beginning in _beginnings(word):
                at_most[beginning] += count
        likely = {one for one, count in at_most.items() if count >= least} - self._common
        of_word = {word: tuple(one for one in _beginnings(word) if one in likely) for word in words_in}
        return Counter(
            chain.from_iterable(
                frozenset(chain.from_iterable(map(of_word.__getitem__, vocabulary)))
                for vocabulary in vocabularies
            )
        )

    def _common_in(self, vocabulary: frozenset[str], terms: Sequence[str]) -> bytes:
        """One byte for each of the terms: 1 where the vocabulary has it."""
        found = frozenset(chain.from_iterable(map(self._common_of.__getitem__, vocabulary)))
        return bytes(map(found.__contains__, terms))

    @staticmethod
    def _is_time_to_count(first: int, count: int) -> bool:
        """In the first batches, and then whenever an eighth has come on top."""
        return first < 4 * _FEW or (first + count) // max(1, first // 8) > first // max(1, first // 8)

    def _documents_with(self, word: str, before: int) -> list[int]:
        match = f'"{word[:-1]}" *' if word.endswith("*") else f'"{word}"'
        rows = self._db.execute("SELECT rowid FROM texts WHERE texts MATCH ? AND rowid < ?", (match, before))
        return [row[0] for row in rows]

    def _put_bits(self, word: str, segments: Mapping[int, int]) -> None:
        """Add documents to those that have this word: in each segment the bits of their places in it."""
        for segment, added in segments.items():
            bits = self._bits_before(word, segment) | added
            self._db.execute(
                "INSERT OR REPLACE INTO common VALUES (?, ?, ?)",
                (word, segment, bits.to_bytes(SEGMENT // 8, "little")),
            )
            self._last_bits[word] = segment, bits

    def _bits_before(self, word: str, segment: int) -> int:
        known = self._last_bits.get(word)
        if known is not None and known[0] == segment:
            return known[1]
        row = self._db.execute(
            "SELECT bits FROM common WHERE word = ? AND segment = ?", (word, segment)
        ).fetchone()
        return int.from_bytes(row[0], "little") if row else 0

    def tidy(self) -> None:
        """One run of pages for each word: reading is faster than over the pieces that writing leaves."""
        self._db.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        self._db.execute("ANALYZE")


def _segments(documents: Iterable[int]) -> dict[int, int]:
    """Documents as bits, in the segments that they lie in."""
    places: dict[int, list[int]] = defaultdict(list)
    for document in documents:
        places[document // SEGMENT].append(document % SEGMENT)
    return {segment: bitsets.of(found, SEGMENT) for segment, found in places.items()}


def _moved(bits: int, first: int) -> dict[int, int]:
    """The same for documents that are given as bits from the document `first` on."""
    segment, moved = first // SEGMENT, bits << first % SEGMENT
    found = {}
    while moved:
        if low := moved & _WHOLE_SEGMENT:
            found[segment] = low
        segment, moved = segment + 1, moved >> SEGMENT
    return found


_WHOLE_SEGMENT = (1 << SEGMENT) - 1


# --- reading --------------------------------------------------------------------------------------------


def bits_of_common(database: sqlite3.Connection, word: str) -> int | None:
    """The documents that have this word; None if it is not among the common ones."""
    rows = database.execute(
        "SELECT segment, bits FROM common WHERE word = ? ORDER BY segment", (word,)
    ).fetchall()
    if not rows:
        return None
    packed = bytearray((rows[-1][0] + 1) * (SEGMENT // 8))
    for segment, bits in rows:
        start = segment * (SEGMENT // 8)
        packed[start : start + SEGMENT // 8] = bits
    return int.from_bytes(packed, "little")


def documents_matching(database: sqlite3.Connection, match: str) -> array[int]:
    """The documents that FTS5 finds. One row with all numbers costs a fifth of as many rows."""
    row = database.execute("SELECT group_concat(rowid) FROM texts WHERE texts MATCH ?", (match,)).fetchone()
    return array("I", map(int, row[0].split(","))) if row[0] else array("I")


def family(database: sqlite3.Connection, word: str) -> tuple[str, ...]:
    """The words of the collection that are of one root with this one, and itself.

    Where a word may be of several roots, that one counts of which the collection has most other forms, first
    of all such that can be of no other: *mengubah* is of *ubah* (diubah, perubahan), not of *kubah*.
    """
    found: dict[str, None] = {word: None}
    for root in _likeliest(database, roots(word)):
        rows = database.execute(
            "SELECT word, sure FROM forms WHERE root = ? LIMIT ?", (root, _MOST_FAMILY)
        ).fetchall()
        found |= {form: None for form, sure in rows if sure or root in _likeliest(database, roots(form))}
    return tuple(found)[:_MOST_FAMILY]


def _likeliest(database: sqlite3.Connection, candidates: Sequence[str]) -> list[str]:
    if len(candidates) == 1:
        return list(candidates)
    support = {
        root: database.execute(
            "SELECT total(sure), count(*) FROM (SELECT sure FROM forms WHERE root = ? LIMIT ?)",
            (root, _MOST_FAMILY),
        ).fetchone()
        for root in candidates
    }
    best = max(support.values())
    return [root for root in candidates if support[root] == best]
