"""The coverage ledger: what a portal listed for each day of publication, and how far its index was read.

Functions on the catalogue's connection; whoever writes calls them in the transaction that settles the list,
so that a crash cannot part what was read from what is known of it. docs/coverage.md tells the rest.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archives.catalogue import MAX_TRIES
from archives.moments import from_w3c, to_w3c
from archives.states import DayState, Kind, Priority, Source

GRACE = timedelta(hours=3)
"""How long after the end of a day a reading must begin to close it. An index may keep western time whatever
its host's zone (two hours behind the eastern one), and editors set dates back by some minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of publication: `day` is the host's own, `ends` the instant at which it is over there.

    `section` is empty for the index of all sections.
    """

    portal: str
    host: str
    day: date
    ends: datetime
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A reading of a day's index under way: the page that it needs next (0: none is under way), how often it
    has begun again at page 1, when it began, and why it cannot have seen everything, if so.
    """

    walk_id: int
    day: Day
    at_page: int
    round: int
    begun: datetime | None
    fault: str | None

    @property
    def settles(self) -> bool:
        """Whether the day was over when this reading began: nothing moves in its index any more."""
        return self.begun is not None and self.begun >= self.day.ends + GRACE


# --- asking -----------------------------------------------------------------------------------------


def walk_of(db: sqlite3.Connection, day: Day) -> int:
    """The number of the day's walk, which is begun to be known with this call at the latest."""
    found = db.execute(
        "SELECT walk_id FROM walks WHERE host = ? AND section = ? AND day = ?",
        (day.host, day.section, day.day.isoformat()),
    ).fetchone()
    if found is not None:
        return int(found[0])
    cursor = db.execute(
        "INSERT INTO walks (portal, host, section, day, ends) VALUES (?, ?, ?, ?, ?)",
        (day.portal, day.host, day.section, day.day.isoformat(), to_w3c(day.ends)),
    )
    return int(cursor.lastrowid or 0)


def ask(db: sqlite3.Connection, day: Day, url: str, *, rank: int, run_id: int) -> int:
    """Have a day's index read from its first page, `url`; how many URLs that puts to do.

    Tries count from the last time that the day was asked for, as a timer does every hour.
    """
    walk_id = walk_of(db, day)
    db.execute(
        "UPDATE walks SET asked_in = ?, at_page = 1, round = 0 WHERE walk_id = ?",
        (run_id, walk_id),
    )
    _put_away(db, walk_id, beyond=1)
    db.execute("UPDATE urls SET tries = 0 WHERE walk_id = ?", (walk_id,))
    return ask_page(db, walk_id, day, IndexPlace(url=url, page=1, rank=rank), run_id=run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPlace:
    """A page of a daily index: its address, its number, its turn, and the page that led to it."""

    url: str
    page: int
    rank: int
    found_on: str | None = None


def ask_page(db: sqlite3.Connection, walk_id: int, day: Day, place: IndexPlace, *, run_id: int) -> int:
    """Put a page of the index to do, whatever became of it in an earlier reading; 1 if it was not."""
    before = db.execute("SELECT state FROM urls WHERE url = ?", (place.url,)).fetchone()
    db.execute(
        _ASK_PAGE,
        (
            place.url,
            Kind.LIST,
            day.portal,
            day.host,
            Priority.LIST,
            place.rank,
            place.page,
            place.found_on,
            run_id,
            walk_id,
        ),
    )
    return int(before is None or before[0] != "todo")


_ASK_PAGE = """
INSERT INTO urls (url, kind, portal, host, priority, rank, page, found_on, run_id, walk_id, state)
VALUES (?,?,?,?,?,?,?,?,?,?,'todo')
ON CONFLICT (url) DO UPDATE SET
    kind = excluded.kind, portal = excluded.portal, host = excluded.host, priority = excluded.priority,
    rank = excluded.rank, page = excluded.page, found_on = coalesce(excluded.found_on, found_on),
    run_id = excluded.run_id, walk_id = excluded.walk_id,
    tries = iif(state = 'captured', 0, tries), state = 'todo', reason = NULL, next_try = NULL
"""


def _put_away(db: sqlite3.Connection, walk_id: int, *, beyond: int) -> None:
    """Further pages that an earlier reading left: this one finds them itself, if they are there still."""
    db.execute(
        "UPDATE urls SET state = 'not-article', reason = 'of an earlier reading of the index' "
        "WHERE walk_id = ? AND page > ? AND state IN ('todo', 'failed')",
        (walk_id, beyond),
    )


def note_asked(db: sqlite3.Connection, walk_ids: Iterable[int], run_id: int) -> None:
    """The run covers these days, too, though there is nothing to do for them."""
    db.executemany("UPDATE walks SET asked_in = ? WHERE walk_id = ?", [(run_id, one) for one in walk_ids])


def begin_again(db: sqlite3.Connection, hosts: Sequence[str], *, run_id: int, due: datetime | None) -> int:
    """Let the walks of these hosts that stopped on their way begin again at page 1: those that a run was cut
    off in, and those with a page that has failed, all of them or those that are `due`. How many.

    What an index shows may have moved since, so that going on in the middle could pass something by.
    """
    marks = ", ".join("?" for _ in hosts)
    stopped = db.execute(
        "SELECT DISTINCT walk_id FROM walks JOIN urls u USING (walk_id) WHERE asked_in IS NOT ? "
        f"AND u.host IN ({marks}) AND ((u.state = 'todo' AND u.page > 1) "
        "OR (u.state = 'failed' AND tries < ? AND coalesce(next_try, '') <= ?))",
        (run_id, *hosts, MAX_TRIES, to_w3c(due) if due is not None else "9"),
    ).fetchall()
    for (walk_id,) in stopped:
        db.execute(
            "UPDATE walks SET asked_in = ?, at_page = 1, round = 0 WHERE walk_id = ?", (run_id, walk_id)
        )
        _put_away(db, walk_id, beyond=1)
        reopen_first(db, walk_id, run_id=run_id)
    return len(stopped)


def retry_range(db: sqlite3.Connection, extent: Extent, *, run_id: int) -> int:
    """Give what has failed of these days another chance, whenever its next try were due, and with it what was
    asked for by name, which no list names; how many. What failed of other days waits for its time: else a
    backfill in many ranges would use up its tries within the hour.
    """
    named = "coalesce((SELECT a.url_id FROM urls a WHERE a.url = urls.article), urls.url_id)"
    marks = ", ".join("?" for _ in extent.hosts)
    days = [day.isoformat() if day is not None else None for day in (extent.since, extent.until)]
    return db.execute(
        "UPDATE urls SET state = 'todo', reason = NULL, run_id = ? WHERE state = 'failed' AND tries < ? "
        f"AND walk_id IS NULL AND host IN ({marks}) AND (EXISTS (SELECT 1 FROM listed l "
        f"JOIN walks w ON w.walk_id = l.walk_id WHERE l.url_id = {named} AND w.day BETWEEN ? AND ?) "
        f"OR NOT EXISTS (SELECT 1 FROM listed l WHERE l.url_id = {named}))",
        (run_id, MAX_TRIES, *extent.hosts, *days),
    ).rowcount


def reopen_first(db: sqlite3.Connection, walk_id: int, *, run_id: int) -> int:
    """Put page 1 of an index to do once more."""
    return db.execute(
        "UPDATE urls SET state = 'todo', reason = NULL, next_try = NULL, run_id = ? "
        "WHERE walk_id = ? AND page = 1",
        (run_id, walk_id),
    ).rowcount


# --- reading ----------------------------------------------------------------------------------------


def find_walk(db: sqlite3.Connection, walk_id: int) -> Walk | None:
    row = db.execute(
        "SELECT walk_id, portal, host, section, day, ends, at_page, round, begun, fault FROM walks "
        "WHERE walk_id = ?",
        (walk_id,),
    ).fetchone()
    return None if row is None else _walk(row)


def _walk(row: Sequence[object]) -> Walk:
    walk_id, portal, host, section, day, ends, at_page, round_, begun, fault = row
    return Walk(
        walk_id=int(str(walk_id)),
        day=Day(
            portal=str(portal),
            host=str(host),
            section=str(section),
            day=date.fromisoformat(str(day)),
            ends=from_w3c(str(ends)),
        ),
        at_page=int(str(at_page)),
        round=int(str(round_)),
        begun=None if begun is None else from_w3c(str(begun)),
        fault=None if fault is None else str(fault),
    )


def begin_reading(db: sqlite3.Connection, walk_id: int, at: datetime) -> None:
    """Page 1 has been read: the reading begins with it."""
    db.execute(
        "UPDATE walks SET begun = ?, fault = NULL, pages = 0, links = 0 WHERE walk_id = ?",
        (to_w3c(at), walk_id),
    )


def note_page(db: sqlite3.Connection, walk_id: int, *, links: int, fault: str | None) -> None:
    """A page has been read; `links` is how many articles the reading has found with it."""
    db.execute(
        "UPDATE walks SET pages = pages + 1, links = ?, fault = coalesce(fault, ?) WHERE walk_id = ?",
        (links, fault, walk_id),
    )


def note_listed(
    db: sqlite3.Connection, walk_id: int, urls: Iterable[str], source: Source, at: datetime
) -> None:
    """A list that was read at that moment names these URLs, which the catalogue knows."""
    moment = to_w3c(at)
    db.executemany(
        "INSERT INTO listed (walk_id, url_id, source, first_listed, last_listed) "
        "SELECT ?1, url_id, ?2, ?3, ?3 FROM urls WHERE url = ?4 "
        "ON CONFLICT DO UPDATE SET last_listed = max(last_listed, excluded.last_listed)",
        [(walk_id, source, moment, url) for url in urls],
    )


def go_on(db: sqlite3.Connection, walk_id: int, page: int, *, again: bool = False) -> None:
    """The reading needs that page next; `again` when it begins another round."""
    db.execute(
        "UPDATE walks SET at_page = ?, round = round + ? WHERE walk_id = ?", (page, int(again), walk_id)
    )


def note_end(db: sqlite3.Connection, walk_id: int, *, last_page: int, at: datetime, run_id: int) -> None:
    """The index has been read to its end; `run_id` is the run that archived its last page."""
    db.execute(
        "UPDATE walks SET at_page = 0, read_begun = begun, read_ended = ?, read_in = ? WHERE walk_id = ?",
        (to_w3c(at), run_id, walk_id),
    )
    _put_away(db, walk_id, beyond=last_page)


def give_up(db: sqlite3.Connection, walk_id: int, fault: str | None) -> None:
    """The reading ends without having seen the whole index."""
    db.execute("UPDATE walks SET at_page = 0, fault = coalesce(?, fault) WHERE walk_id = ?", (fault, walk_id))


UNSHOWN = """
w.read_ended IS NOT NULL AND (
    w.read_begun IS NULL OR w.read_ended < w.read_begun
    OR NOT EXISTS (SELECT 1 FROM {0}.urls u JOIN {0}.captures c USING (url_id)
        WHERE u.walk_id = w.walk_id AND u.page = 1 AND c.fetched_at = w.read_begun)
    OR NOT EXISTS (SELECT 1 FROM {0}.urls u JOIN {0}.captures c USING (url_id)
        WHERE u.walk_id = w.walk_id AND c.fetched_at = w.read_ended))
"""
"""Of walks `w` in a database: called read to the end, and the archived answers do not show it. Times and not
runs, because a catalogue that was made again knows its captures by a run of its own."""


def forget_unshown(db: sqlite3.Connection) -> int:
    """Readings that no archived list shows, as in a catalogue that could be saved in part; how many.

    Their days are missing then, and are read again.
    """
    return db.execute(
        "UPDATE walks AS w SET read_begun = NULL, read_ended = NULL, read_in = NULL WHERE "
        + UNSHOWN.format("main")
    ).rowcount


# --- what is covered --------------------------------------------------------------------------------

# What is to do or will be tried again, and the articles of such pages: these keep their days open. There are
# few of them, so that the days are found from here and no listed URL is looked at that has its final state.
_WAITING = f"""
waiting (url_id) AS (
    SELECT url_id FROM urls WHERE state = 'todo' AND kind = 'article'
    UNION SELECT url_id FROM urls WHERE state = 'failed' AND kind = 'article' AND tries < {MAX_TRIES}
    UNION SELECT a.url_id FROM urls p INDEXED BY urls_todo CROSS JOIN urls a ON a.url = p.article
        WHERE p.state = 'todo' AND p.kind = 'page'
    UNION SELECT a.url_id FROM urls p INDEXED BY urls_failed CROSS JOIN urls a ON a.url = p.article
        WHERE p.state = 'failed' AND p.kind = 'page' AND p.tries < {MAX_TRIES}
),
open (walk_id, pending) AS (
    SELECT walk_id, count(DISTINCT url_id) FROM waiting CROSS JOIN listed USING (url_id) GROUP BY walk_id
)"""
_OVER = f"strftime('%Y-%m-%dT%H:%M:%SZ', w.ends, '+{int(GRACE.total_seconds())} seconds')"
_STATE = f"""
CASE
    WHEN w.asked_in IS NULL THEN 'unasked'
    WHEN w.read_begun IS NULL THEN 'missing'
    WHEN w.read_begun < {_OVER} OR o.pending THEN 'partial'
    WHEN w.links = 0 AND NOT EXISTS (SELECT 1 FROM listed l JOIN urls u USING (url_id)
        WHERE l.walk_id = w.walk_id AND u.kind = 'article') THEN 'empty'
    ELSE 'closed'
END"""
_FROM = "FROM walks w LEFT JOIN open o ON o.walk_id = w.walk_id"
URL_STATE = """
CASE
    WHEN u.state = 'todo' THEN 'pending'
    WHEN u.state = 'captured' AND EXISTS (SELECT 1 FROM captures c WHERE c.capture_id = u.capture_id
        AND c.original_id IS NOT NULL) THEN 'revisit'
    ELSE u.state
END"""
"""The one state of a URL in the ledger: that of `archives.states`, where `pending` is to do, and `revisit` is
captured with an answer that was known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Which days are meant: of these hosts (none: all), from `since` to `until`, both included."""

    hosts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def condition(self) -> str:
        marks = ", ".join("?" for _ in self.hosts)
        hosts = f" AND w.host IN ({marks})" if self.hosts else ""
        return f"w.day >= ? AND w.day <= ?{hosts}"

    @property
    def values(self) -> tuple[str, ...]:
        first = self.since.isoformat() if self.since else "0"
        return (first, self.until.isoformat() if self.until else "9", *self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A day of publication and how far it is covered.

    `over` says whether it can be closed by now; `pending` counts the listed articles that are to do or will
    be tried again.
    """

    portal: str
    host: str
    section: str
    day: date
    state: DayState
    over: bool
    pending: int

    @property
    def is_gap(self) -> bool:
        """Whether a crawl of this day is called for. One that is not over yet cannot be complete."""
        return self.over and self.state in {DayState.PARTIAL, DayState.MISSING}


def days(db: sqlite3.Connection, extent: Extent, *, now: datetime) -> Iterator[DayRow]:
    """The days that the ledger knows, by host, section and day."""
    for row in db.execute(
        f"WITH {_WAITING} SELECT w.portal, w.host, w.section, w.day, {_STATE}, {_OVER} <= ?, "
        f"coalesce(o.pending, 0) {_FROM} WHERE {extent.condition} ORDER BY w.host, w.section, w.day",
        (to_w3c(now), *extent.values),
    ):
        yield DayRow(
            portal=row[0],
            host=row[1],
            section=row[2],
            day=date.fromisoformat(row[3]),
            state=DayState(row[4]),
            over=bool(row[5]),
            pending=row[6],
        )


def details(db: sqlite3.Connection, extent: Extent) -> Iterator[tuple[str, str, str]]:
    """In the order of `days`, as JSON: the reading of a day's index, how many URLs each kind of list named,
    and how many of the named are in which state.
    """
    yield from db.execute(
        "SELECT json_object('readBegun', w.read_begun, 'readEnded', w.read_ended, 'run', w.read_in, "
        "'lastBegun', w.begun, 'pages', w.pages, 'links', w.links, 'fault', w.fault), "
        "(SELECT json_group_object(source, json(n)) FROM (SELECT source, json_object('urls', count(*), "
        "'firstListed', min(first_listed), 'lastListed', max(last_listed)) n "
        "FROM listed l WHERE l.walk_id = w.walk_id GROUP BY source)), "
        f"(SELECT json_group_object(state, n) FROM (SELECT {URL_STATE} state, count(*) n FROM urls u "
        "WHERE u.url_id IN (SELECT url_id FROM listed l WHERE l.walk_id = w.walk_id) GROUP BY 1)) "
        f"FROM walks w WHERE {extent.condition} ORDER BY w.host, w.section, w.day",
        extent.values,
    )


def walked(db: sqlite3.Connection, extent: Extent, *, since_run: int = 0) -> dict[tuple[str, date], int]:
    """The walks of a host that need not be made again, by section and day: the index was read to its end
    after the day was over, by run `since_run` or a later one. What it listed is known; closed is the day when
    nothing of that is pending.
    """
    rows = db.execute(
        f"SELECT w.section, w.day, w.walk_id FROM walks w WHERE w.read_begun >= {_OVER} "
        f"AND coalesce(w.read_in, 0) >= ? AND {extent.condition}",
        (since_run, *extent.values),
    )
    return {(section, date.fromisoformat(day)): walk_id for section, day, walk_id in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How many days were asked for, and how many are closed. Of those that are over: how many are not closed,
    and of how many the index has not been read to its end since.
    """

    asked: int
    closed: int
    gaps: int
    unread: int


def covered(
    db: sqlite3.Connection, extent: Extent | None = None, *, now: datetime, run_id: int | None = None
) -> Covered:
    """Count the days that a run has asked for, or all that were ever asked for."""
    extent = extent or Extent()
    asked, done, gaps, unread = db.execute(
        f"WITH {_WAITING}, found AS (SELECT {_STATE} AS state, {_OVER} <= ? AS over, "
        f"coalesce(w.read_begun >= {_OVER}, 0) AS known {_FROM} "
        f"WHERE w.asked_in IS NOT NULL AND w.asked_in = coalesce(?, w.asked_in) AND {extent.condition}) "
        "SELECT count(*), coalesce(sum(state IN ('closed', 'empty')), 0), "
        "coalesce(sum(over AND state IN ('partial', 'missing')), 0), "
        "coalesce(sum(over AND NOT known), 0) FROM found",
        (to_w3c(now), run_id, *extent.values),
    ).fetchone()
    return Covered(asked=asked, closed=done, gaps=gaps, unread=unread)


def hosts_known(db: sqlite3.Connection) -> list[str]:
    """The hosts that the ledger has days of."""
    return [row[0] for row in db.execute("SELECT DISTINCT host FROM walks ORDER BY host")]


def waiting_by_host(db: sqlite3.Connection) -> dict[str, int]:
    """How many URLs of each host are to do."""
    return dict(db.execute("SELECT host, count(*) FROM urls WHERE state = 'todo' GROUP BY host"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A URL that could not be had: why, in how many runs it was tried, when it is tried again, if at all."""

    url: str
    kind: Kind
    reason: str | None
    tries: int
    next_try: str | None


def failures(db: sqlite3.Connection) -> Iterator[Failure]:
    """The URLs that have failed, by host and address."""
    for row in db.execute(
        "SELECT url, kind, reason, tries, next_try FROM urls WHERE state = 'failed' ORDER BY host, url"
    ):
        yield Failure(url=row[0], kind=Kind(row[1]), reason=row[2], tries=row[3], next_try=row[4])
