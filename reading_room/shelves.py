"""What is known of each article in the index, in memory: any result is sorted and counted at once.

Some 60 bytes for each article: its time, its day, its places in the orders, and which labels it has.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, islice

from reading_room import bitsets

FACETS = ("portal", "host", "section", "author", "year", "month")
_DENSE = 320
"""A label that one in so many articles has is kept as bits, others as a list."""
_FEW = 2_000


@dataclass(slots=True)
class _Few:
    """The values of a facet that few articles have: the documents of one behind those of the other."""

    documents: array[int] = field(default_factory=lambda: array("I"))
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, value: str, documents: array[int]) -> None:
        start = len(self.documents)
        self.documents.extend(documents)
        self.places[value] = (start, len(self.documents))

    def having(self, value: str) -> array[int]:
        start, end = self.places.get(value, (0, 0))
        return self.documents[start:end]


class Shelves:
    """One state of the index. It does not change; after a change of the index there is another one."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Read it: half a second for 200,000 articles."""
        database.execute("BEGIN")
        try:
            row = database.execute("SELECT value FROM about WHERE name = 'documents'").fetchone()
            self.size = int(row[0]) + 1 if row else 1
            self._read_articles(database)
            self._read_labels(database)
        finally:
            database.execute("COMMIT")

    def _read_articles(self, database: sqlite3.Connection) -> None:
        self.published = array("q", bytes(8 * self.size))
        self.newest, self._days, self._by_day = array("I"), array("I"), array("I")
        days = array("I", bytes(4 * self.size))
        rows = database.execute(
            "SELECT document, published, day FROM articles ORDER BY published DESC, document DESC"
        )
        for document, published, day in rows:
            self.published[document] = published
            days[document] = day
            self.newest.append(document)
        self._by_day = array("I", sorted(self.newest, key=days.__getitem__))
        self._days = array("I", map(days.__getitem__, self._by_day))
        self.all = bitsets.of(self.newest, self.size)
        self.count = len(self.newest)

    def _read_labels(self, database: sqlite3.Connection) -> None:
        names = {
            label: (facet, value)
            for label, facet, value in database.execute("SELECT label, facet, value FROM labels")
        }
        self.facets: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        self._few: dict[str, _Few] = {facet: _Few() for facet in FACETS}
        rows = database.execute(  # one row with all numbers costs half of as many rows
            "SELECT label, group_concat(document) FROM labelled INDEXED BY labelled_label GROUP BY label"
        )
        for label, listed in rows:
            facet, value = names[label]
            documents = array("I", map(int, listed.split(",")))
            if facet in self.facets and len(documents) * _DENSE >= self.count:
                self.facets[facet][value] = bitsets.of(documents, self.size)
            elif facet in self.facets:
                self._few[facet].add(value, documents)

    # --- sets -------------------------------------------------------------------------------------

    def with_labels(self, facet: str, values: Sequence[str]) -> int:
        """The articles that have one of these values."""
        bits = 0
        for value in values:
            bits |= self.facets[facet].get(value, 0)
            bits |= bitsets.of(self._few[facet].having(value), self.size)
        return bits

    def between(self, since: int | None, until: int | None) -> int:
        """The articles of these days, both included; 20201008 is a day."""
        first = 0 if since is None else bisect_left(self._days, since)
        last = len(self._days) if until is None else bisect_right(self._days, until)
        return bitsets.of(self._by_day[first:last], self.size)

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """The first and the last day there is."""
        return (self._days[0], self._days[-1]) if self._days else None

    # --- orders and counts ------------------------------------------------------------------------

    def newest_of(self, bits: int, start: int, count: int) -> list[int]:
        """A stretch of these articles, the newest first."""
        return self._stretch(bits, self.newest, start, count)

    def oldest_of(self, bits: int, start: int, count: int) -> list[int]:
        return self._stretch(bits, self._oldest, start, count)

    @cached_property
    def _oldest(self) -> array[int]:
        return self.newest[::-1]

    def _stretch(self, bits: int, order: array[int], start: int, count: int) -> list[int]:
        if bits.bit_count() < _FEW:
            few = sorted(bitsets.members(bits), key=lambda document: (self.published[document], document))
            if order is self.newest:
                few.reverse()
            return few[start : start + count]
        is_in = bitsets.flags(bits, self.size)
        return list(islice(compress(order, map(is_in.__getitem__, order)), start, start + count))

    def counts(self, facet: str, bits: int) -> dict[str, int]:
        """How many of these articles have each value; values that none has are left out."""
        found = {value: (having & bits).bit_count() for value, having in self.facets[facet].items()}
        few = self._few[facet]
        if few.documents:
            is_in = bitsets.flags(bits, self.size)
            signs = bytes(map(is_in.__getitem__, few.documents))
            found |= {value: signs.count(1, start, end) for value, (start, end) in few.places.items()}
        return {value: count for value, count in found.items() if count}
