"""What is told of a collection: its calendar, its gaps, what failed and why, and which fields have changed.

The report and the reading room's views of coverage and runs show the same findings. Everything comes from the
catalogue and the counts beside it (`reading_room.fill_rates`); no clock is asked: the collection's own newest
moment is "now", so that the same collection gives the same findings.
"""

from __future__ import annotations

import json
import math
import shlex
import sqlite3
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import add, attrgetter
from statistics import median
from urllib.parse import quote

from archives import coverage
from archives.catalogue import MAX_TRIES
from archives.collection import Collection
from archives.coverage import DayRow, Extent
from archives.gaps import MARKS, Gap, Gaps
from archives.moments import from_w3c
from archives.states import BLOCKING, DayState
from reading_room.drift import Change, Point, changes, clearest, groups_of
from reading_room.fields import FIELDS
from reading_room.fill_rates import Counts

STALE = timedelta(days=90)
"""After so long a change is how the portal is, and no alarm any more."""
NOW_ARTICLES = 30
"""The newest articles that a field's present rate is taken of, at least, where there are so many."""
_SHOWN_FAILURES = 200
_EXAMPLES = 3
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))
"""Characters of an address that stay as they are in a command; all others are percent-encoded."""


# --- commands ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands that mend something, for this collection: each can be pasted as it stands."""

    collection: str
    contact: str | None = None

    @classmethod
    def of(cls, collection: Collection) -> Commands:
        return cls(str(collection.root), _contact(collection))

    @property
    def more(self) -> str:
        """What each crawl needs beside what it is to fetch."""
        contact = f" -s {shlex.quote(f'KLIPING_CONTACT={self.contact}')}" if self.contact else ""
        return f" --collection {shlex.quote(self.collection)}{contact}"

    def close(self, gap: Gap) -> str:
        return gap.command(self.more)

    def fetch(self, portal: str, url: str) -> str:
        """Ask for one address again."""
        return shlex.join(["kliping", "crawl", portal, "-a", f"url={quote(url, safe=_PLAIN)}"]) + self.more

    def crawl(self, portal: str, arguments: Mapping[str, object]) -> str:
        """The same crawl once more; what was interrupted goes on."""
        words = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
        return shlex.join(["kliping", "crawl", portal, *words]) + self.more

    def retry(self, portal: str, hosts: Iterable[str]) -> str:
        """Ask for what has failed of hosts and is due, and for what is new."""
        return shlex.join(["kliping", "crawl", portal, "-a", f"hosts={','.join(hosts)}"]) + self.more


def _contact(collection: Collection) -> str | None:
    try:
        found = json.loads(collection.manifest.read_bytes()).get("contact")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) and found.isprintable() else None


def short_names(hosts: Iterable[str]) -> dict[str, str]:
    """What people call the hosts: the first word of each, where that is enough to tell them apart."""
    known = frozenset(hosts)
    words = Counter(host.partition(".")[0] for host in known)
    found = {}
    for host in known:
        short = host.partition(".")[0]
        found[host] = short if words[short] == 1 and short != "www" else host
    return found


# --- days -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDays:
    """The days of a host's index, or of that of one of its sections: each day with its state and with how
    many listed articles are pending; the ledger does not know the others.
    """

    portal: str
    host: str
    section: str
    days: Mapping[date, tuple[DayState, int]]

    @property
    def counts(self) -> Counter[DayState]:
        return Counter(state for state, _ in self.days.values())

    @property
    def marks(self) -> dict[str, str]:
        """The days as a string for each month in which one was asked for."""
        found: dict[str, list[str]] = {}
        for day, (state, _) in self.days.items():
            month = f"{day.year:04}-{day.month:02}"
            length = monthrange(day.year, day.month)[1]
            found.setdefault(month, ["."] * length)[day.day - 1] = MARKS[state]
        return {month: "".join(marks) for month, marks in found.items() if any(mark != "." for mark in marks)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of all hosts and what is missing of them."""

    hosts: Sequence[HostDays]
    gaps: Sequence[Gap]
    gap_days: int

    @property
    def counts(self) -> Counter[DayState]:
        return sum((host.counts for host in self.hosts), Counter())

    def within(self, first: date, last: date) -> list[HostDays]:
        """The hosts with days in a stretch, and these days alone."""
        found = []
        for host in self.hosts:
            days = {day: said for day, said in host.days.items() if first <= day <= last}
            if any(state is not DayState.UNASKED for state, _ in days.values()):
                found.append(replace(host, days=days))
        return found

    @property
    def extent(self) -> tuple[date, date] | None:
        """The first and the last day that is known."""
        known = [day for host in self.hosts for day in (min(host.days), max(host.days))]
        return (min(known), max(known)) if known else None


def calendar_of(db: sqlite3.Connection, extent: Extent, *, now: datetime) -> Calendar:
    """Read the ledger. Hosts of which no day was ever asked for are left out."""
    gaps, hosts = Gaps(), []

    def counted() -> Iterator[DayRow]:
        for row in coverage.days(db, extent, now=now):
            gaps.take(row)
            yield row

    for (portal, host, section), rows in groupby(
        counted(), key=lambda row: (row.portal, row.host, row.section)
    ):
        days = {row.day: (row.state, row.pending) for row in rows}
        if any(state is not DayState.UNASKED for state, _ in days.values()):
            hosts.append(HostDays(portal=portal, host=host, section=section, days=days))
    return Calendar(hosts=hosts, gaps=gaps.most_useful_first(), gap_days=gaps.days)


# --- fields -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A field of a host has changed. `age` names the articles that are compared: new ones, or of a year."""

    host: str
    field: str
    age: str
    change: Change

    @property
    def as_plain(self) -> dict[str, object]:
        return {
            "host": self.host,
            "field": self.field,
            "articles": self.age,
            "since": self.change.day,
            "before": round(self.change.before, 4),
            "after": round(self.change.after, 4),
            "articlesSince": self.change.articles,
            "inForce": self.change.in_force,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The points of one field of a host, of articles of one age."""

    host: str
    field: str
    age: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A field of a host: its rate in the newest articles, and the median of the points before, if any."""

    now: float
    usual: float | None
    articles: int

    @property
    def is_unusual(self) -> bool:
        """Whether the two are further apart than so few articles are by chance. It is no alarm yet."""
        if self.usual is None:
            return False
        spread = math.sqrt(self.usual * (1 - self.usual) / self.articles)
        return abs(self.now - self.usual) > max(0.15, 3 * spread)


@dataclass(slots=True)
class Fields:
    """All fields of all hosts."""

    fills: dict[str, dict[str, Fill]] = field(default_factory=dict)
    drifts: list[Drift] = field(default_factory=list)
    series: dict[tuple[str, str, str], Series] = field(default_factory=dict)
    """Those of which a change is told."""
    newest: str = ""

    @property
    def alarms(self) -> list[Drift]:
        """Losses that are in force and not so old that they are how the portal is, the largest first."""
        if not self.newest:
            return []
        oldest = (date.fromisoformat(self.newest) - STALE).isoformat()
        found = [
            drift
            for drift in self.drifts
            if drift.change.in_force and drift.change.is_loss and drift.change.day >= oldest
        ]
        return sorted(found, key=lambda one: (one.change.after - one.change.before, one.host, one.field))

    @property
    def alarm_cells(self) -> frozenset[tuple[str, str]]:
        return frozenset((drift.host, drift.field) for drift in self.alarms)

    @property
    def past(self) -> list[Drift]:
        """The other changes, the newest first: what came back, what came new, what is long ago."""
        alarms = self.alarms
        found = [drift for drift in self.drifts if drift not in alarms]
        return sorted(found, key=lambda one: (one.change.day, one.host, one.field), reverse=True)


@dataclass(slots=True)
class _Row:
    """The counts of a host's articles of one age, point by point, each as long as `FIELDS`."""

    days: list[str] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)
    filled: list[Sequence[int]] = field(default_factory=list)

    def take(self, counts: Counts) -> None:
        """Counts come by day and run; those of several rules are one point."""
        if self.days and (self.days[-1], self.runs[-1]) == (counts.day, counts.run_id):
            self.articles[-1] += counts.articles
            self.filled[-1] = tuple(map(add, self.filled[-1], counts.filled))
            return
        self.days.append(counts.day)
        self.runs.append(counts.run_id)
        self.articles.append(counts.articles)
        self.filled.append(counts.filled)

    def put_together(self) -> None:
        """Let each point have enough articles to have a rate."""
        groups = groups_of(self.articles)
        if len(groups) == len(self.days):
            return
        self.days = [self.days[first] for first, _ in groups]
        self.articles = [sum(self.articles[first:end]) for first, end in groups]
        self.filled = [tuple(map(sum, zip(*self.filled[first:end], strict=True))) for first, end in groups]


def fields_of(counts: Iterable[Counts], *, since: str = "") -> Fields:
    """Judge the counts, which come by host and day. Of changes before `since` only those that are in force
    are told.
    """
    found = Fields()
    for host, its_counts in groupby(counts, key=attrgetter("host")):
        by_age: dict[str, _Row] = defaultdict(_Row)
        for one in its_counts:
            if one.day:
                by_age[one.age].take(one)
        if not by_age:
            continue
        main = max(by_age, key=lambda age: (by_age[age].days[-1], sum(by_age[age].articles)))
        found.newest = max(found.newest, by_age[main].days[-1])
        for age, row in sorted(by_age.items()):
            row.put_together()
            _judge(found, host, age, row, since)
        found.fills[host] = _fills(by_age[main])
    return found


def _judge(found: Fields, host: str, age: str, row: _Row, since: str) -> None:
    for one, filled in zip(FIELDS, zip(*row.filled, strict=True), strict=True):
        if clearest(row.articles, filled) is None:
            continue
        points = [Point(*point) for point in zip(row.days, row.articles, filled, strict=True)]
        told = [change for change in changes(points) if change.day >= since or change.in_force]
        found.drifts += [Drift(host=host, field=one.name, age=age, change=change) for change in told]
        if told:
            found.series[host, one.name, age] = Series(host=host, field=one.name, age=age, points=points)


def _fills(row: _Row) -> dict[str, Fill]:
    """The present rate of each field: that of the newest points with `NOW_ARTICLES` articles in all."""
    place, articles = len(row.days), 0
    while place and articles < NOW_ARTICLES:
        place -= 1
        articles += row.articles[place]
    before = list(zip(row.articles, row.filled, strict=True))[max(0, place - 60) : place]
    found = {}
    for number, one in enumerate(FIELDS):
        filled = sum(counts[number] for counts in row.filled[place:])
        usual = median(counts[number] / count for count, counts in before) if len(before) >= 3 else None
        found[one.name] = Fill(now=filled / articles, usual=usual, articles=articles)
    return found


# --- what could not be had --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """Addresses of a host that failed for the same reason; `left` are no more tried by themselves."""

    portal: str
    host: str
    reason: str
    count: int
    left: int
    examples: Sequence[str]

    @property
    def is_wall(self) -> bool:
        return self.reason in BLOCKING


def failures_of(db: sqlite3.Connection, removed: Container[str] = frozenset()) -> list[FailureGroup]:
    """What has failed, the largest group first. Pictures are none of it: the article is whole without."""
    rows = db.execute(
        "SELECT portal, host, coalesce(reason, 'failed'), count(*), sum(tries >= ?) FROM urls "
        "WHERE state = 'failed' AND kind != 'requisite' GROUP BY host, portal, 3 "
        "ORDER BY 4 DESC, 2, 3 LIMIT ?",
        (MAX_TRIES, _SHOWN_FAILURES),
    ).fetchall()
    found = []
    for portal, host, reason, count, left in rows:
        examples = db.execute(
            "SELECT url FROM urls WHERE state = 'failed' AND host = ? AND portal = ? "
            "AND coalesce(reason, 'failed') = ? AND kind IN ('article', 'page', 'list') "
            "ORDER BY kind, url LIMIT ?",
            (host, portal, reason, _EXAMPLES),
        )
        urls = [url for (url,) in examples if url not in removed]
        found.append(
            FailureGroup(portal=portal, host=host, reason=str(reason), count=count, left=left, examples=urls)
        )
    return found


# --- runs -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as the catalogue tells of it. `figures` are empty while it is under way, or if it died."""

    run_id: int
    portal: str
    arguments: Mapping[str, str]
    software: str
    started: datetime
    ended: datetime | None
    exit_code: int | None
    figures: Mapping[str, object]

    def figure(self, name: str) -> int:
        """A number of its figures; the sum where reasons are counted one by one."""
        value = self.figures.get(name)
        if isinstance(value, dict):
            return sum(count for count in value.values() if isinstance(count, int))
        return value if isinstance(value, int) else 0


def runs_of(db: sqlite3.Connection, *, most: int, before: int | None = None) -> list[RunRow]:
    """The last runs, or the last ones before a run, the newest first."""
    rows = db.execute(
        "SELECT run_id, portal, arguments, software, started, ended, exit_code, figures FROM runs "
        "WHERE run_id < coalesce(?, run_id + 1) ORDER BY run_id DESC LIMIT ?",
        (before, most),
    )
    return [
        RunRow(
            run_id=row[0],
            portal=row[1],
            arguments=_object(row[2]),  # type: ignore[arg-type]
            software=row[3],
            started=from_w3c(row[4]),
            ended=from_w3c(row[5]) if row[5] else None,
            exit_code=row[6],
            figures=_object(row[7]),
        )
        for row in rows
    ]


def _object(text: str | None) -> dict[str, object]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# --- deletions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Kept articles that the portal has deleted: how many on each host, and the newest of them."""

    count: int
    newest: Sequence[tuple[str, str]]
    """Address and day."""


_KEPT = (
    "EXISTS (SELECT 1 FROM captures k JOIN version_pages p ON p.capture_id = k.capture_id "
    "WHERE k.url_id = u.url_id)"
)


def deleted_of(db: sqlite3.Connection, *, most: int = 10, removed: Container[str] = frozenset()) -> Deleted:
    wanted = f"FROM urls u WHERE u.gone_at IS NOT NULL AND u.kind = 'article' AND {_KEPT}"
    count = db.execute(f"SELECT count(*) {wanted}").fetchone()[0]
    rows = db.execute(
        f"SELECT u.url, substr(u.gone_at, 1, 10) {wanted} ORDER BY u.gone_at DESC, u.url LIMIT ?", (most,)
    )
    return Deleted(count=count, newest=[(url, day) for url, day in rows if url not in removed])


# --- all of it --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that are told of: `printed` by their publication, `captured` by when they were kept."""

    since: date | None = None
    until: date | None = None
    captured_since: date | None = None
    captured_until: date | None = None

    @classmethod
    def of(cls, since: date | None, until: date | None) -> Period:
        return cls(since=since, until=until, captured_since=since, captured_until=until)

    @property
    def fields_since(self) -> str:
        """From when on fields are read: what they are held against lies before the days that are told of."""
        return (self.captured_since - 2 * STALE).isoformat() if self.captured_since else ""

    @property
    def extent(self) -> Extent:
        return Extent(since=self.since, until=self.until)

    @property
    def printed(self) -> tuple[str, str]:
        return _span(self.since, self.until)

    @property
    def captured(self) -> tuple[str, str]:
        return _span(self.captured_since, self.captured_until)


def _span(since: date | None, until: date | None) -> tuple[str, str]:
    return (since.isoformat() if since else "", until.isoformat() if until else "9")


def newest_moment(db: sqlite3.Connection) -> datetime:
    """The newest moment that the collection knows of: what "now" is for whoever reads it."""
    row = db.execute(
        "SELECT max(coalesce((SELECT max(coalesce(ended, started)) FROM runs), ''), "
        "coalesce((SELECT max(fetched_at) FROM captures), ''))"
    ).fetchone()
    return from_w3c(row[0]) if row[0] else datetime(1970, 1, 1, tzinfo=UTC)


def period_of_run(db: sqlite3.Connection, run_id: int, *, days: int = 31) -> Period:
    """What the report of one run tells of: the last month, and the days that the run asked for."""
    today = newest_moment(db).date()
    month = today - timedelta(days=days - 1)
    first = db.execute("SELECT min(day) FROM walks WHERE asked_in = ?", (run_id,)).fetchone()[0]
    since = min(month, date.fromisoformat(first)) if first else month
    return Period(since=since, until=None, captured_since=month, captured_until=None)


def address_count(db: sqlite3.Connection) -> tuple[int, int]:
    """How many addresses have failed, and how many are to do."""
    failed, to_do = db.execute(
        "SELECT (SELECT count(*) FROM urls WHERE state = 'failed' AND kind != 'requisite'), "
        "(SELECT count(*) FROM urls WHERE state = 'todo')"
    ).fetchone()
    return failed, to_do
