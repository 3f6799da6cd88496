"""What an export reads, in its order: the catalogue's versions by time of publication, address and number.

SQLite sorts, on disk where there are many, so memory does not grow with the collection. Articles without a
date of publication come last.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from archives.coverage import Extent, days
from archives.moments import from_w3c
from archives.removals import Removals

_FROM = "FROM versions v JOIN articles a USING (article_id) WHERE v.sidecar IS NOT NULL"
_LATEST = (
    "v.number = (SELECT max(number) FROM versions w "
    "WHERE w.article_id = v.article_id AND w.sidecar IS NOT NULL)"
)
_INSTANT = "strftime('%Y-%m-%dT%H:%M:%SZ', v.published)"
_PLAN = (
    f"SELECT a.address, a.portal, v.number, {_LATEST}, v.sidecar, v.sidecar_digest, v.published {_FROM} "
    f"ORDER BY {_INSTANT} NULLS LAST, a.address, v.number"
)
_UNWRITTEN = (
    "SELECT a.address, a.portal, v.number, "
    "v.number = (SELECT max(number) FROM versions w WHERE w.article_id = v.article_id), v.published "
    "FROM versions v JOIN articles a USING (article_id) WHERE v.sidecar IS NULL"
)
_STATE = (
    "SELECT a.address, v.number, v.sidecar, coalesce(v.sidecar_digest, v.content_hash) "
    "FROM versions v JOIN articles a USING (article_id) ORDER BY a.address, v.number"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article version as the catalogue knows it; `digest` is that of its sidecar's bytes, if known."""

    address: str
    portal: str
    number: int
    is_latest: bool
    sidecar: str
    digest: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of a host's section that the ledger calls partial or missing: how many, the first and the last."""

    host: str
    section: str
    state: str
    days: int
    first: str
    last: str


def entries(database: sqlite3.Connection) -> Iterator[Entry]:
    for address, portal, number, is_latest, sidecar, digest, published in database.execute(_PLAN):
        yield Entry(address, portal, number, bool(is_latest), sidecar, digest, published)


def count(database: sqlite3.Connection) -> int:
    return int(database.execute(f"SELECT count(*) {_FROM}").fetchone()[0])


def unwritten(database: sqlite3.Connection) -> Iterator[Entry]:
    """Versions without a sidecar: it is not written yet, or the article was removed."""
    for address, portal, number, is_latest, published in database.execute(_UNWRITTEN):
        yield Entry(address, portal, number, bool(is_latest), "", None, published)


def state_of(database: sqlite3.Connection) -> str:
    """A digest of what an export depends on, beside removals: versions, sidecars and the ledger's gaps."""
    seen = sha256()
    for row in database.execute(_STATE):
        seen.update(json.dumps(row).encode())
    for gap in gaps(database, Extent()):
        seen.update(
            json.dumps(["gap", gap.host, gap.section, gap.state, gap.days, gap.first, gap.last]).encode()
        )
    return f"sha256:{seen.hexdigest()}"


def removals_of(removals: Removals) -> str:
    """A digest of which articles are removed."""
    removed = sorted(one.url for one in removals.active)
    return f"sha256:{sha256(json.dumps(removed).encode()).hexdigest()}"


def gaps(database: sqlite3.Connection, extent: Extent) -> list[Gap]:
    """What the coverage ledger knows to be missing, as it stood at the newest capture: no clock is asked."""
    newest = database.execute("SELECT max(fetched_at) FROM captures").fetchone()[0]
    if newest is None:
        return []
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in days(database, extent, now=from_w3c(newest)):
        if row.is_gap:
            found.setdefault((row.host, row.section, row.state.value), []).append(row.day.isoformat())
    return [
        Gap(*place, days=len(there), first=min(there), last=max(there))
        for place, there in sorted(found.items())
    ]
