"""Clusters within one component: articles that may be copies of one another (`corpora.ties`).

Members are taken in order of publication. Each is held against the first members of the clusters before it,
never against all of a cluster, so that a cluster has one text in its middle and no chain leads away from it.
What a component's clusters are depends on its members alone, not on the order in which they came in.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from corpora.likeness import LEAST_ALIKE, Likeness, Text, agreements, compare

_LATEST = 32
"""So many first members with a like sketch, the latest before an article, are found by each of its bands. A
report that is printed every day after one pattern has thousands of first members with the same band."""
_LOOKS = 16
"""They are looked for among so many times as many with the band."""
_MOST_COMPARED = 12
"""And so many of these, those with most bands in common, are compared word by word."""
_WORDS_HELD = 60_000
"""Words of the texts that are kept at hand; a text needs some 300 bytes for each."""
_SKETCHES_HELD = 4096
_SAME_NAME = 8
"""Articles of one headline that a link by headline is looked for among, before and after the copy."""
_TITLED = 0.3
"""The least share of common text that a headline needs as a reference; some headlines come every day."""
_TO_THE_HEAD = 0.4
"""The share of text that a story's further members need in common with its first one."""

_FOUND_BY_KEY = "key INTEGER, turn INTEGER, article INTEGER, PRIMARY KEY (key, turn)"
_TURNS = "article INTEGER PRIMARY KEY, turn INTEGER, near INTEGER, overlap INTEGER, story INTEGER"
_SCRATCH = (
    f"CREATE TEMP TABLE IF NOT EXISTS leaders ({_FOUND_BY_KEY}) WITHOUT ROWID",
    f"CREATE TEMP TABLE IF NOT EXISTS named ({_FOUND_BY_KEY}) WITHOUT ROWID",
    f"CREATE TEMP TABLE IF NOT EXISTS turns ({_TURNS})",
    "CREATE INDEX IF NOT EXISTS temp.turns_near ON turns (near)",
    "CREATE INDEX IF NOT EXISTS temp.turns_story ON turns (story)",
    "DELETE FROM leaders",
    "DELETE FROM named",
    "DELETE FROM turns",
)
_MEMBERS = """
SELECT id FROM articles WHERE component = ? AND NOT gone ORDER BY placed, captured, address
"""

_RESULTS = """
WITH n AS (SELECT near, count(*) AS size FROM turns GROUP BY near),
     s AS (SELECT story, count(*) AS size FROM turns GROUP BY story)
UPDATE articles SET near = t.near, story = t.story, near_size = n.size, story_size = s.size,
       first_publisher = coalesce(h.source, h.publisher)
FROM turns t JOIN n ON n.near = t.near JOIN s ON s.story = t.story JOIN articles h ON h.id = t.story
WHERE t.article = articles.id
"""


@dataclass(frozen=True, slots=True)
class Names:
    """The keys of one article beside those of its sketch, as `corpora.cluster_facts` makes them."""

    addresses: tuple[int, ...]
    title: int | None
    links: tuple[int, ...]
    shared: tuple[int, ...]
    title_links: tuple[int, ...]
    exact: int | None

    @classmethod
    def read(cls, text: str) -> Names:
        said = json.loads(text)
        return cls(
            addresses=tuple(said["addresses"]),
            title=said["title"],
            links=tuple(said["links"]),
            shared=tuple(said["shared"]),
            title_links=tuple(said["title_links"]),
            exact=said["exact"],
        )


@dataclass(frozen=True, slots=True)
class _Member:
    article: int
    turn: int
    names: Names


@dataclass
class Regrouping:
    """One pass over one component of the store."""

    db: sqlite3.Connection
    stories: dict[int, int] = field(default_factory=dict)
    """First members of near clusters that belong to the story of an earlier one: that one."""
    taken_from: dict[int, int] = field(default_factory=dict)
    """The near cluster that another one says it was taken from."""

    def __post_init__(self) -> None:
        self._texts: OrderedDict[int, Text] = OrderedDict()
        self._words_held = 0
        self._sketch = lru_cache(maxsize=_SKETCHES_HELD)(self._read_sketch)

    def regroup(self, component: int) -> None:
        """Write the clusters of a component's members."""
        for statement in _SCRATCH:
            self.db.execute(statement)
        linked = []
        for member in self._members(component):
            self._place(member)
            if member.names.links or member.names.title_links:  # what shares an address links to it, too
                linked.append((member.article, member.turn))
        if linked:
            for member in self._members(component):
                self._name(member)
        for article, turn in linked:
            self._follow_links(_Member(article, turn, self._names(article)))
        self._join_overlapping()
        self._write()

    def _members(self, component: int) -> Iterator[_Member]:
        for turn, (article,) in enumerate(self.db.execute(_MEMBERS, (component,))):
            yield _Member(article, turn, self._names(article))

    def _names(self, article: int) -> Names:
        return Names.read(self.db.execute("SELECT names FROM texts WHERE id = ?", (article,)).fetchone()[0])

    def _read_sketch(self, article: int) -> bytes:
        """Empty for a short text."""
        row = self.db.execute("SELECT sketch FROM sketches WHERE id = ?", (article,)).fetchone()
        return bytes(row[0]) if row else b""

    def _text(self, article: int) -> Text:
        text = self._texts.get(article)
        if text is not None:
            self._texts.move_to_end(article)
            return text
        (words,) = self.db.execute("SELECT words FROM texts WHERE id = ?", (article,)).fetchone()
        text = self._texts[article] = Text.unpacked(words)
        self._words_held += len(text.words)
        while self._words_held > _WORDS_HELD and len(self._texts) > 2:
            self._words_held -= len(self._texts.popitem(last=False)[1].words)
        return text

    # --- near-duplicates ------------------------------------------------------------------------------

    def _place(self, member: _Member) -> None:
        bands = self._bands(member.article)
        near, overlap = self._exact(member.names.exact), None
        if near is None:
            near, overlap = self._alike(member, bands)
        first = member.article if near is None else near
        found_by = [*(bands if near is None else ()), member.names.exact]
        self.db.executemany(
            "INSERT OR IGNORE INTO leaders VALUES (?, ?, ?)",
            [(one, member.turn, first) for one in found_by if one is not None],
        )
        self.db.execute(
            "INSERT INTO turns VALUES (?, ?, ?, ?, ?)", (member.article, member.turn, first, overlap, first)
        )

    def _bands(self, article: int) -> list[int]:
        rows = self.db.execute("SELECT band FROM shared_bands WHERE article = ? ORDER BY band", (article,))
        return [band for (band,) in rows]

    def _exact(self, exact: int | None) -> int | None:
        row = self.db.execute("SELECT article FROM leaders WHERE key = ? LIMIT 1", (exact,)).fetchone()
        return row[0] if row else None

    def _alike(self, member: _Member, bands: list[int]) -> tuple[int | None, int | None]:
        """The first member of the cluster that it belongs to, and that of one that its text overlaps."""
        near: tuple[float, int] | None = None
        overlap: tuple[float, int] | None = None
        for other in self._candidates(member, bands):
            likeness = self._compare(member.article, other)
            if likeness.is_near and (near is None or likeness.jaccard > near[0]):
                near = (likeness.jaccard, other)
            if likeness.is_one_story and (overlap is None or likeness.containment > overlap[0]):
                overlap = (likeness.containment, other)
        return (near[1] if near else None), (overlap[1] if overlap else None)

    def _candidates(self, member: _Member, bands: list[int]) -> list[int]:
        """First members with most bands in common; the earlier where there are equally many."""
        first = {band: self._latest(member.turn, band) for band in bands}
        like: dict[int, bool] = {}
        self._hold(member, [row for rows in first.values() for row in rows], like)
        found: Counter[tuple[int, int]] = Counter()
        for band, rows in first.items():
            found.update(self._like_ones(member, band, rows, like))
        best = sorted(found, key=lambda one: (-found[one], one[1]))[:_MOST_COMPARED]
        return [article for article, _ in best]

    def _like_ones(
        self, member: _Member, band: int, rows: list[tuple[int, int]], like: dict[int, bool]
    ) -> list[tuple[int, int]]:
        """The latest first members with a band and a like sketch; `rows` are the latest with the band."""
        found = [row for row in rows if like[row[0]]]
        for _ in range(_LOOKS - 1):
            if len(rows) < _LATEST or len(found) >= _LATEST:
                break
            rows = self._latest(rows[-1][1], band)
            self._hold(member, rows, like)
            found += [row for row in rows if like[row[0]]]
        return found[:_LATEST]

    def _latest(self, turn: int, band: int) -> list[tuple[int, int]]:
        """Articles and turns of the latest first members before a turn that have a band."""
        query = "SELECT article, turn FROM leaders WHERE key = ? AND turn < ? ORDER BY turn DESC LIMIT ?"
        return self.db.execute(query, (band, turn, _LATEST)).fetchall()

    def _hold(self, member: _Member, rows: list[tuple[int, int]], like: dict[int, bool]) -> None:
        """Note in `like` which of the articles have a sketch like the member's."""
        unknown = list({article for article, _ in rows if article not in like})
        if unknown:
            same = agreements(self._sketch(member.article), [self._sketch(one) for one in unknown])
            like.update(zip(unknown, (same >= LEAST_ALIKE).tolist(), strict=True))

    def _turn(self, article: int) -> int:
        row = self.db.execute("SELECT turn FROM turns WHERE article = ?", (article,)).fetchone()
        return int(row[0])

    def _near(self, article: int) -> int:
        row = self.db.execute("SELECT near FROM turns WHERE article = ?", (article,)).fetchone()
        return int(row[0])

    def _compare(self, one: int, other: int) -> Likeness:
        return compare(self._text(one), self._text(other))

    # --- stories --------------------------------------------------------------------------------------

    def _name(self, member: _Member) -> None:
        """An original is found by its names; copies of one that is not kept, by the link that they share."""
        keys = (*member.names.addresses, *member.names.shared, member.names.title)
        self.db.executemany(
            "INSERT OR IGNORE INTO named VALUES (?, ?, ?)",
            [(one, member.turn, member.article) for one in keys if one is not None],
        )

    def _follow_links(self, member: _Member) -> None:
        """Join the story of what the article says it was taken from; the first that it names and we know."""
        own = self._near(member.article)
        if own in self.taken_from:
            return
        original = self._by_address(member) or self._by_title(member)
        if original is not None and (other := self._near(original)) != own:
            self.taken_from[own] = other
            self._join(own, other)

    def _by_address(self, member: _Member) -> int | None:
        """The article of that address, else the first that names the same one as its original."""
        for link in (*member.names.links, *member.names.shared):
            row = self.db.execute(
                "SELECT article FROM named WHERE key = ? AND turn != ? ORDER BY turn LIMIT 1",
                (link, member.turn),
            ).fetchone()
            if row is not None:
                return int(row[0])
        return None

    def _by_title(self, member: _Member) -> int | None:
        """The article of that headline with most of its text in common."""
        found = [
            row[0]
            for link in member.names.title_links
            for side in ("turn < ? ORDER BY turn DESC", "turn > ? ORDER BY turn")
            for row in self.db.execute(
                f"SELECT article FROM named WHERE key = ? AND {side} LIMIT ?", (link, member.turn, _SAME_NAME)
            )
        ]
        shares = [(self._compare(member.article, one).containment, one) for one in found]
        share, best = max(shares, key=lambda one: one[0], default=(0.0, 0))
        return best if share >= _TITLED else None

    def _head(self, near: int) -> int:
        while near in self.stories:
            near = self.stories[near]
        return near

    def _join(self, one: int, other: int) -> None:
        """The later of two stories becomes part of the earlier."""
        heads = {self._head(one), self._head(other)}
        if len(heads) == 2:
            first, second = sorted(heads, key=self._turn)
            self.stories[second] = first

    def _join_overlapping(self) -> None:
        """A text that holds most of an earlier one, or most of which stands there. No chain: what is not
        like the story's head itself begins a story of its own.
        """
        rows = self.db.execute(
            "SELECT article, overlap FROM turns WHERE near = article AND overlap IS NOT NULL ORDER BY turn"
        )
        for article, overlap in rows:
            if article in self.taken_from or article in self.stories:
                continue
            head = self._head(overlap)
            likeness = self._compare(article, head)
            if head == overlap or (likeness.containment >= _TO_THE_HEAD and not likeness.is_of_other_facts):
                self._join(article, head)

    # --- results --------------------------------------------------------------------------------------

    def _write(self) -> None:
        self.db.executemany(
            "UPDATE turns SET story = ? WHERE near = ?",
            [(self._head(near), near) for near in self.stories],
        )
        self.db.execute(_RESULTS)
        self.db.executemany(  # heads have these numbers alone, so no other component's stories are touched
            "UPDATE articles SET first_publisher = ? WHERE story = ? AND NOT gone",
            [(self._first_publisher(head), head) for head in self.taken_from if head not in self.stories],
        )

    def _first_publisher(self, head: int) -> str:
        """Whom the story's first article was taken from, if it says so; else who published it."""
        seen = {head}
        while (before := self.taken_from.get(head)) is not None and before not in seen:
            seen.add(before)
            head = before
        publisher, source = self.db.execute(
            "SELECT publisher, source FROM articles WHERE id = ?", (head,)
        ).fetchone()
        return str(source or publisher)
