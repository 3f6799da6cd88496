"""Search over one collection: which articles a query means, how many of them each facet has, in which order.

Each term of a query is looked up by itself, as a set of articles; and, or and not are done with sets
(`reading_room.bitsets`). What FTS5 is asked is therefore one word, one phrase or one prefix, put together
here from words of our own: no text of a reader is in it that could be a mistake in its grammar.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Generic, TypeVar

from archives.collection import Collection
from archives.errors import ArchiveError
from reading_room import bitsets, index_file
from reading_room.index_file import Brought, BusyError
from reading_room.query import Kind, Query, Term
from reading_room.shelves import FACETS, Shelves

logger = logging.getLogger(__name__)

MOST_SECONDS = 4.0
"""Looking up the terms of one query may take so long; what would take longer is refused."""
MOST_RANKED = 10_000
"""Articles that are ranked by their words; of more, those come first that have the words in their title."""
_WEIGHTS = (8.0, 1.0, 3.0, 2.0, 4.0)
"""Of title, body, byline, caption and tags in BM25."""
_LOOK_AGAIN = 5.0
"""Seconds between two looks whether the catalogue has changed."""
_AFTER_FAULT = 60.0

T = TypeVar("T")


class TooLongError(Exception):
    """A query of so many frequent words that it would keep the room busy."""


class NoIndexError(Exception):
    """There is no index yet; it is being made."""


class Sort(Enum):
    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query with what narrows it down. Values of one facet are alternatives. Days are like 20201008."""

    query: Query = field(default_factory=Query)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None
    sort: Sort = Sort.NEWEST

    @property
    def key(self) -> Hashable:
        chosen = tuple((facet, values) for facet, values in sorted(self.chosen.items()) if values)
        return (self.query.clauses, chosen, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. `sidecar` is the path of its record below the collection."""

    document: int
    address: str
    sidecar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A stretch of the articles found. `marked` are the words that made them hits.

    `ranked`: the order is by the words in the whole article; where False, relevance means words in the title.
    """

    total: int
    hits: Sequence[Hit]
    ranked: bool = True


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in a hit: words, and runs of words. `starts` are beginnings of words."""

    words: frozenset[str]
    runs: tuple[tuple[str, ...], ...]
    starts: tuple[str, ...]


class _Kept(Generic[T]):
    """The last so many things that were worked out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            found = self._things.get(key)
            if found is not None:
                self._things.move_to_end(key)
            return found

    def put(self, key: Hashable, thing: T) -> T:
        with self._lock:
            self._things[key] = thing
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return thing


class Index:
    """One state of the index file, with what was worked out over it. Threads may share it."""

    def __init__(self, database: sqlite3.Connection, *, identity: Hashable) -> None:
        self.identity = identity
        self.shelves = Shelves(database)
        most = max(16, min(512, (64 << 20) // (self.shelves.size // 8 + 1)))
        self._terms: _Kept[int] = _Kept(most)
        self._results: _Kept[int] = _Kept(most)
        self._families: _Kept[tuple[str, ...]] = _Kept(4096)
        self._counts: _Kept[dict[str, int]] = _Kept(512)
        self._ranks: _Kept[array[int]] = _Kept(32)

    # --- what a query means -------------------------------------------------------------------------

    def matching(self, database: sqlite3.Connection, asked: Asked) -> int:
        """The articles that were asked for, as bits.

        Raises:
            TooLongError: it would take too long.
        """
        key = asked.key
        bits = self._results.get(key)
        if bits is None:
            bits = self._matching_words(database, asked.query) & self._in_time(asked)
            for facet in asked.chosen:
                bits &= self._chosen(asked, facet)
            self._results.put(key, bits)
        return bits

    def _in_time(self, asked: Asked) -> int:
        if asked.since is None and asked.until is None:
            return self.shelves.all
        key = ("days", asked.since, asked.until)
        bits = self._terms.get(key)
        return self._terms.put(key, self.shelves.between(asked.since, asked.until)) if bits is None else bits

    def _chosen(self, asked: Asked, facet: str) -> int:
        values = asked.chosen.get(facet, ())
        return self.shelves.with_labels(facet, values) if values else self.shelves.all

    def _matching_words(self, database: sqlite3.Connection, query: Query) -> int:
        bits = self._results.get(query.clauses)
        if bits is not None:
            return bits
        bits, end = self.shelves.all, time.monotonic() + MOST_SECONDS
        for clause in query.clauses:
            having = 0
            for term in clause.terms:
                if time.monotonic() > end:
                    raise TooLongError
                having |= self._having(database, term)
            bits = bits & ~having if clause.without else bits & having
        return self._results.put(query.clauses, bits)

    def _having(self, database: sqlite3.Connection, term: Term) -> int:
        bits = self._terms.get(term)
        if bits is None:
            bits = self._looked_up(database, term) & self.shelves.all
            self._terms.put(term, bits)
        return bits

    def _looked_up(self, database: sqlite3.Connection, term: Term) -> int:
        forms = self.forms(database, term)
        bits, rare = 0, forms
        if term.column is None and len(term.words) == 1:
            star = "*" if term.kind is Kind.PREFIX else ""
            known = {form: index_file.bits_of_common(database, form + star) for form in forms}
            rare = tuple(form for form in forms if known[form] is None)
            for found in known.values():
                bits |= found or 0
        if not rare:
            return bits
        documents = index_file.documents_matching(database, _match(term, rare))
        size = self.shelves.size
        if documents and documents[-1] >= size:  # written since
            documents = array("I", (document for document in documents if document < size))
        return bits | bitsets.of(documents, size)

    def forms(self, database: sqlite3.Connection, term: Term) -> tuple[str, ...]:
        """For a word that is meant in all its forms these; for others what was asked."""
        if term.kind is not Kind.FAMILY:
            return (" ".join(term.words),)
        word = term.words[0]
        found = self._families.get(word)
        return self._families.put(word, index_file.family(database, word)) if found is None else found

    # --- facets -----------------------------------------------------------------------------------------

    def counts(self, database: sqlite3.Connection, asked: Asked, facet: str) -> dict[str, int]:
        """How many articles each value of a facet would show, whatever is chosen in this facet itself."""
        key = (
            facet,
            Asked(
                query=asked.query, chosen=_without(asked.chosen, facet), since=asked.since, until=asked.until
            ).key,
        )
        found = self._counts.get(key)
        if found is None:
            bits = self._matching_words(database, asked.query) & self._in_time(asked)
            for other in asked.chosen:
                if other != facet:
                    bits &= self._chosen(asked, other)
            found = self._counts.put(key, self.shelves.counts(facet, bits))
        return found

    # --- order --------------------------------------------------------------------------------------------

    def stretch(
        self, database: sqlite3.Connection, asked: Asked, bits: int, start: int, count: int
    ) -> tuple[list[int], bool]:
        """Documents number `start` and following, and whether they are ranked by all their words."""
        if asked.sort is Sort.OLDEST:
            return self.shelves.oldest_of(bits, start, count), True
        if asked.sort is Sort.NEWEST or not asked.query.wanted:
            return self.shelves.newest_of(bits, start, count), True
        ranks = self._ranked(database, asked, bits)
        if ranks is not None:
            return list(ranks[start : start + count]), True
        return self._by_title(database, asked, bits, start, count), False

    def _ranked(self, database: sqlite3.Connection, asked: Asked, bits: int) -> array[int] | None:
        """All that was found by BM25; None if it is too much. Words that most articles have tell nothing."""
        key = ("rank", asked.key)
        found = self._ranks.get(key)
        if found is not None:
            return found
        telling, together = [], 0
        for term in sorted(asked.query.wanted, key=lambda one: self._having(database, one).bit_count()):
            with_it = together | self._having(database, term)
            if with_it.bit_count() > MOST_RANKED:
                break
            telling.append(term)
            together = with_it
        if not telling or bits & ~together:
            return None
        match = " OR ".join(f"({_match(term, self.forms(database, term))})" for term in telling)
        rows = database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, ?, ?, ?, ?, ?), rowid DESC",
            (match, *_WEIGHTS),
        )
        is_in = bitsets.flags(bits, self.shelves.size)
        size = self.shelves.size
        return self._ranks.put(key, array("I", (row[0] for row in rows if row[0] < size and is_in[row[0]])))

    def _by_title(
        self, database: sqlite3.Connection, asked: Asked, bits: int, start: int, count: int
    ) -> list[int]:
        """Those with all words in their title first, in each part the newest first."""
        titled = bits
        for clause in asked.query.clauses:
            if clause.without:
                continue
            having = 0
            for term in clause.terms:
                having |= self._having(
                    database, term if term.column else Term(term.kind, term.words, "title")
                )
            titled &= having
        first = self.shelves.newest_of(titled, start, count)
        rest = count - len(first)
        if rest:
            begin = max(0, start - titled.bit_count())
            first += self.shelves.newest_of(bits & ~titled, begin, rest)
        return first

    # --- what is shown ------------------------------------------------------------------------------------

    def marks(self, database: sqlite3.Connection, query: Query) -> Marks:
        """What of the hits' texts is marked."""
        words: set[str] = set()
        runs: list[tuple[str, ...]] = []
        starts: list[str] = []
        for term in query.wanted:
            if term.kind is Kind.PREFIX:
                starts.append(term.words[0])
            elif len(term.words) > 1:
                runs.append(term.words)
            else:
                words.update(self.forms(database, term))
        return Marks(frozenset(words), tuple(runs), tuple(starts))


def _without(chosen: Mapping[str, tuple[str, ...]], facet: str) -> dict[str, tuple[str, ...]]:
    return {name: values for name, values in chosen.items() if name != facet}


def _match(term: Term, forms: Sequence[str]) -> str:
    """FTS5's words for it. Forms are words of ours: letters and digits, with single blanks between."""
    said = " OR ".join(f'"{form}"' + (" *" if term.kind is Kind.PREFIX else "") for form in forms)
    return f"{{{term.column}}} : ({said})" if term.column else said


# --- the desk ---------------------------------------------------------------------------------------------


class SearchDesk:
    """Search for one reading room: opens the index, sees when it has changed, has it brought up to date."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.path = index_file.place_of(collection)
        self._connections = threading.local()
        self._index: Index | None = None
        self._lock = threading.Lock()
        self._work = threading.Lock()
        self._starting = threading.Event()
        self._looked = float("-inf")
        self._seen: Hashable = None
        self._was_ready = False
        self.progress: tuple[int, int] | None = None
        self.fault: str | None = None
        self.is_others_work = False
        """Whether another process, such as a crawl at its end, was at it when we last looked."""

    # --- the index ------------------------------------------------------------------------------------

    def open(self) -> tuple[sqlite3.Connection, Index]:
        """A connection of this thread, and the index in its newest state.

        Raises:
            NoIndexError: there is none yet.
        """
        database = self._connection()
        identity = (self._file(), database.execute("PRAGMA data_version").fetchone()[0], id(database))
        index = self._index
        if index is None or getattr(self._connections, "seen", None) != identity:
            with self._lock:
                state = (self._file(), _state(database))
                index = self._index
                if index is None or index.identity != state:
                    index = self._index = Index(database, identity=state)
                self._connections.seen = identity
        return database, index

    def _connection(self) -> sqlite3.Connection:
        kept = getattr(self._connections, "open", None)
        identity = self._file()
        if kept is not None:
            if kept[0] == identity:
                database: sqlite3.Connection = kept[1]
                return database
            self._connections.open = None
            kept[1].close()
        opened = index_file.open_for_reading(self.path) if identity is not None else None
        if opened is None:
            raise NoIndexError
        self._connections.open = (identity, opened)
        return opened

    def _file(self) -> tuple[int, int] | None:
        """Which file it is: another one has taken its place when this changes."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return (status.st_dev, status.st_ino)

    def find(self, asked: Asked, *, start: int = 0, count: int = 20) -> Found:
        """What was asked for.

        Raises:
            NoIndexError: there is no index yet.
            TooLongError: the query would take too long.
        """
        database, index = self.open()
        bits = index.matching(database, asked)
        documents, ranked = index.stretch(database, asked, bits, start, count)
        return Found(total=bits.bit_count(), hits=_hits(database, documents), ranked=ranked)

    def counts(self, asked: Asked) -> dict[str, dict[str, int]]:
        """Every facet with its counts under the query."""
        database, index = self.open()
        return {facet: index.counts(database, asked, facet) for facet in FACETS}

    def marks(self, query: Query) -> Marks:
        """What of the hits' texts is marked."""
        database, index = self.open()
        return index.marks(database, query)

    @property
    def indexed(self) -> int:
        """Articles in the index as it was last seen."""
        return self._index.shelves.count if self._index is not None else 0

    # --- bringing it up to date -------------------------------------------------------------------------

    def wait_for_first(self, seconds: float) -> None:
        """Wait so long at most for an index, where there is none and one is being made."""
        end = time.monotonic() + seconds
        while self._file() is None and self.fault is None and time.monotonic() < end:
            time.sleep(0.02)
        if not self._was_ready:  # what a small collection lacks is there in a moment
            while self.is_working and time.monotonic() < end:
                time.sleep(0.02)
            self._was_ready = True

    def look(self) -> None:
        """Have the index brought up to date in the background, if the catalogue has changed.

        Called with each request; it costs nothing when it was called a moment ago.
        """
        now = time.monotonic()
        if now - self._looked < _LOOK_AGAIN or self._work.locked():
            return
        self._looked = now
        state = self._catalogue_state()
        if state == self._seen:
            return
        thread = threading.Thread(target=self._bring, args=(state,), name="search index", daemon=True)
        self._starting.clear()
        thread.start()
        self._starting.wait(1)  # until it has begun, so that `is_working` tells the truth

    def _catalogue_state(self) -> Hashable:
        """Changes whenever somebody commits to the catalogue, or removes an article."""
        names = (self.collection.catalogue, self.collection.catalogue.with_name("catalogue.sqlite-wal"))
        found: list[Hashable] = [self._file() is not None]
        for path in (*names, self.collection.removals):
            try:
                status = path.stat()
                found.append((status.st_ino, status.st_size, status.st_mtime_ns))
            except OSError:
                found.append(None)
        return tuple(found)

    def _bring(self, state: Hashable) -> None:
        try:
            brought = self.bring_up_to_date()
        except BusyError:
            self.is_others_work = True
        else:
            self.is_others_work = False
            if brought is not None and not brought.left:
                self._seen = (True, *state[1:]) if isinstance(state, tuple) else state

    def bring_up_to_date(self) -> Brought | None:
        """Do it now; None where this process does it already, or cannot."""
        if not self._work.acquire(blocking=False):
            self._starting.set()
            return None
        self._starting.set()
        try:
            brought = index_file.bring_up_to_date(self.collection, advance=self._advance)
        except BusyError:
            raise
        except (ArchiveError, OSError, sqlite3.Error) as error:
            logger.warning("the search index cannot be brought up to date: %s", error)
            self.fault = str(error)
            self._looked = time.monotonic() + _AFTER_FAULT
            return None
        else:
            self.fault = None
            return brought
        finally:
            self.progress = None
            self._looked = max(self._looked, time.monotonic())
            self._work.release()

    def _advance(self, done: int, of: int) -> None:
        self.progress = (done, of)

    @property
    def is_working(self) -> bool:
        return self._work.locked()

    @property
    def is_behind(self) -> bool:
        """Whether an index that has nothing may only not have it yet."""
        return self.is_working or self.is_others_work or self.fault is not None


def _state(database: sqlite3.Connection) -> Hashable:
    """Differs between any two states of the index."""
    return (
        *database.execute("SELECT value FROM about ORDER BY name").fetchall(),
        database.execute("SELECT count(*), total(document) FROM articles").fetchone(),
    )


def _hits(database: sqlite3.Connection, documents: Sequence[int]) -> list[Hit]:
    """In the given order."""
    rows: dict[int, Hit] = {}
    remaining = iter(documents)
    while batch := tuple(islice(remaining, 500)):
        marks = ", ".join("?" * len(batch))
        found = database.execute(
            f"SELECT document, address, sidecar FROM articles WHERE document IN ({marks})", batch
        )
        rows |= {row[0]: Hit(*row) for row in found}
    return [rows[document] for document in documents if document in rows]
