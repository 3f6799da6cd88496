"""Which articles have to be looked at together: those that may be copies, directly or through others.

What was read is brought in here in lots: the keys of a lot are sorted and go into the store in one pass, so
that a store of millions of keys is not written again for every few articles. Articles with an address or a
text in common are tied together; those with a band in common, if their sketches are alike. One band is
no sign: two reports with a few sentences in common have one by chance, and in a collection of a newsroom's
articles such chains would tie nearly all of them together.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from corpora.cluster_facts import Facts
from corpora.likeness import LEAST_ALIKE, agreements

BAND, SAME, TITLE, NAMED_TITLE = range(4)
"""Kinds of keys."""
LOT = 50_000
"""Articles whose keys are sorted and brought in together."""
LARGE = 1000
"""A band that more articles have ties all of them together, alike or not: a report of one pattern."""

_SHARED = """
SELECT DISTINCT key FROM lot WHERE EXISTS (SELECT 1 FROM keys k WHERE k.key = lot.key LIMIT 1 OFFSET 1)
ORDER BY key
"""
_LOT = "key INTEGER, kind INTEGER, article INTEGER, PRIMARY KEY (key, kind, article)"
_SCRATCH = (
    "CREATE TEMP TABLE IF NOT EXISTS fresh (article INTEGER PRIMARY KEY)",
    f"CREATE TEMP TABLE IF NOT EXISTS lot ({_LOT}) WITHOUT ROWID",
    "DELETE FROM fresh",
    "DELETE FROM lot",
    "INSERT OR IGNORE INTO fresh SELECT article FROM incoming",
    "INSERT OR IGNORE INTO lot SELECT key, kind, article FROM incoming ORDER BY key, kind, article",
    "INSERT OR IGNORE INTO keys SELECT key, kind, article FROM lot ORDER BY key, kind, article",
)
_DONE = ("DELETE FROM incoming", "DELETE FROM fresh", "DELETE FROM lot")
_BUCKET = """
SELECT k.kind, k.article, a.component, k.article IN (SELECT article FROM fresh)
FROM keys k JOIN articles a ON a.id = k.article WHERE k.key = ? ORDER BY k.kind, k.article
"""
_CHANGED = """
UPDATE components SET dirty = 1 WHERE size > 1 AND component IN
(SELECT component FROM articles WHERE id IN (SELECT article FROM fresh))
"""


def keys_of(article: int, facts: Facts) -> Iterator[tuple[int, int, int]]:
    """Rows of `incoming`."""
    for band in facts.sketch.bands if facts.sketch is not None else ():
        yield band, BAND, article
    for key in facts.keys:
        yield key, SAME, article
    if facts.title is not None:
        yield facts.title, TITLE, article
    for key in facts.title_links:
        yield key, NAMED_TITLE, article


def bring_in(db: sqlite3.Connection) -> None:
    """Sort the keys of `incoming` in, and tie the articles together that they join. Within a transaction."""
    for statement in _SCRATCH:
        db.execute(statement)
    for (key,) in db.execute(_SHARED):
        _tie(db, key, db.execute(_BUCKET, (key,)).fetchall())
    db.execute(_CHANGED)
    for statement in _DONE:
        db.execute(statement)


def _tie(db: sqlite3.Connection, key: int, bucket: list[tuple[int, int, int, int]]) -> None:
    kinds = {kind for kind, _, _, _ in bucket}
    if BAND in kinds:
        _keep_shared(db, key, bucket)
        components = {component for _, _, component, _ in bucket}
        if len(components) > 1:
            for joined in [components] if len(bucket) > LARGE else _alike(db, bucket):
                _join(db, joined)
    elif SAME in kinds or NAMED_TITLE in kinds:
        _join(db, {component for _, _, component, _ in bucket})


def _keep_shared(db: sqlite3.Connection, band: int, bucket: list[tuple[int, int, int, int]]) -> None:
    """Only these bands are looked at later; most are of one article alone."""
    known = [article for _, article, _, is_fresh in bucket if not is_fresh]
    added = [article for _, article, _, is_fresh in bucket if is_fresh]
    db.executemany(
        "INSERT OR IGNORE INTO shared_bands VALUES (?, ?)",
        [(article, band) for article in (*added, *(known if len(known) == 1 else ()))],
    )


def _alike(db: sqlite3.Connection, bucket: list[tuple[int, int, int, int]]) -> list[set[int]]:
    """Components that alike articles of a bucket join. Those known before were held together before."""
    sketches = sketches_of(db, [article for _, article, _, _ in bucket])
    members = [
        (sketches[one], component, is_fresh) for _, one, component, is_fresh in bucket if one in sketches
    ]
    groups = [{component} for component in {component for _, component, _ in members}]
    values = [sketch for sketch, _, _ in members]
    for sketch, _, is_fresh in members:
        if len(groups) == 1:
            break
        if is_fresh:
            found = {members[at][1] for at in np.flatnonzero(agreements(sketch, values) >= LEAST_ALIKE)}
            apart = [group for group in groups if group.isdisjoint(found)]
            together = [group for group in groups if not group.isdisjoint(found)]
            groups = [*apart, set().union(*together)]
    return [group for group in groups if len(group) > 1]


def _join(db: sqlite3.Connection, components: set[int]) -> None:
    """Make one component of several, under the number of the largest."""
    if len(components) < 2:
        return
    sizes = dict(
        db.execute(
            "SELECT component, size FROM components WHERE component IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(components)),),
        )
    )
    largest = max(sizes, key=lambda one: (sizes[one], -one))
    others = [one for one in sizes if one != largest]
    db.executemany(
        "UPDATE articles SET component = ? WHERE component = ?", [(largest, other) for other in others]
    )
    db.executemany("DELETE FROM components WHERE component = ?", [(other,) for other in others])
    db.execute(
        "UPDATE components SET size = ?, dirty = 1 WHERE component = ?", (sum(sizes.values()), largest)
    )


def sketches_of(db: sqlite3.Connection, articles: Sequence[int]) -> dict[int, bytes]:
    """The sketches of those that have one."""
    return dict(
        db.execute(
            "SELECT id, sketch FROM sketches WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(articles),),
        )
    )
