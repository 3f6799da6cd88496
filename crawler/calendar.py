"""The coverage ledger, told: a calendar of days, its gaps, and the commands that close them."""

from __future__ import annotations

import calendar
import heapq
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby

from rich.console import Console
from rich.text import Text

from archives import coverage
from archives.coverage import DayRow, Extent
from archives.states import DayState
from extractors.portals import all_portals

MARKS = {
    DayState.CLOSED: ("C", "green"),
    DayState.PARTIAL: ("P", "yellow"),
    DayState.MISSING: ("M", "bold red"),
    DayState.EMPTY: ("E", "dim green"),
    DayState.UNASKED: (".", "dim"),
}
_STYLES = dict(MARKS.values())
_WORDS = {
    DayState.CLOSED: "closed",
    DayState.PARTIAL: "partial",
    DayState.MISSING: "missing",
    DayState.EMPTY: "closed and empty",
    DayState.UNASKED: "not asked for",
}
COMMANDS = 10
"""Commands that are shown at most."""
_MOST_RANGES = 10_000
"""Ranges of gaps that are kept at most, the largest ones; of more only the number is told."""


# --- months -----------------------------------------------------------------------------------------


class Marks:
    """The days of one host as a string for each month, with a mark for every day of it."""

    def __init__(self, rows: Iterable[DayRow] = ()) -> None:
        self.months: dict[str, str] = {}
        for row in rows:
            self.take(row)

    def take(self, row: DayRow) -> None:
        month, at = f"{row.day.year:04}-{row.day.month:02}", row.day.day - 1
        marks = self.months.get(month) or "." * calendar.monthrange(row.day.year, row.day.month)[1]
        self.months[month] = marks[:at] + MARKS[row.state][0] + marks[at + 1 :]


def _line(month: str, marks: str) -> Text:
    line = Text(f"  {month}  ", no_wrap=True)
    for start in (0, 10, 20):
        for mark, run in groupby(marks[start : start + 10 if start < 20 else None]):
            line.append("".join(run), _STYLES[mark])
        line.append(" ")
    line.rstrip()
    return line


_RULER = "           1234567890 1234567890 12345678901"


def legend() -> Text:
    """What the marks mean."""
    told = Text("  ")
    for state, (mark, style) in MARKS.items():
        told.append(mark, style).append(f" {_WORDS[state]}   ")
    told.rstrip()
    return told


# --- gaps -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gap:
    """Days to crawl once more: from `since` to `until`, of which so many are gaps in all."""

    days: int
    until: date
    since: date
    portal: str
    hosts: tuple[str, ...]
    sections: tuple[str, ...] = ()

    def command(self, more: str = "") -> str:
        """What closes them, with `more` behind it."""
        hosts = ",".join(_word_for(self.portal, host) for host in self.hosts)
        words = f"kliping crawl {self.portal} -a hosts={hosts} -a since={self.since} -a until={self.until}"
        if self.sections:
            words += f" -a sections={','.join(self.sections)}"
        return words + more


def _word_for(portal: str, host: str) -> str:
    """The shortest name that `-a hosts=` takes for a host."""
    short, known = host.partition(".")[0], all_portals().get(portal)
    if known is None or sum(found.name.partition(".")[0] == short for found in known.hosts) != 1:
        return host
    return short


@dataclass(slots=True)
class Gaps:
    """The gaps of all hosts, gathered day by day in the order of the ledger.

    Gaps are one range as long as nothing lies between them but closed days, which a crawl does not ask for.
    """

    days: int = 0
    ranges: int = 0
    _found: list[Gap] = field(default_factory=list)
    _open: Gap | None = None
    _last: tuple[str, str, int] = ("", "", 0)

    def take(self, row: DayRow) -> None:
        here = (row.host, row.section, row.day.toordinal())
        if here[:2] != self._last[:2] or here[2] != self._last[2] + 1 or row.state is DayState.UNASKED:
            self._end()
        self._last = here
        if not row.is_gap:
            return
        self.days += 1
        if self._open is not None:
            self._open = replace(self._open, until=row.day, days=self._open.days + 1)
        else:
            sections = (row.section,) if row.section else ()
            self._open = Gap(
                days=1, since=row.day, until=row.day, portal=row.portal, hosts=(row.host,), sections=sections
            )

    def _end(self) -> None:
        if self._open is None:
            return
        self.ranges += 1
        if len(self._found) < _MOST_RANGES:
            heapq.heappush(self._found, self._open)
        else:
            heapq.heappushpop(self._found, self._open)
        self._open = None

    def most_useful_first(self) -> list[Gap]:
        """The ranges, most days first, then the newest; hosts and sections with the same range are one."""
        self._end()
        of_hosts: dict[tuple[object, ...], list[Gap]] = {}
        for gap in self._found:
            of_hosts.setdefault((gap.portal, gap.sections, gap.since, gap.until), []).append(gap)
        of_sections: dict[tuple[object, ...], list[Gap]] = {}
        for gap in map(_as_one, of_hosts.values()):
            of_sections.setdefault((gap.portal, gap.hosts, gap.since, gap.until), []).append(gap)
        return sorted(map(_as_one, of_sections.values()), reverse=True)


def _as_one(gaps: list[Gap]) -> Gap:
    """Gaps of the same days as one."""
    return replace(
        gaps[0],
        days=sum(gap.days for gap in gaps),
        hosts=tuple(sorted({host for gap in gaps for host in gap.hosts})),
        sections=tuple(sorted({section for gap in gaps for section in gap.sections})),
    )


# --- showing ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What of the ledger is shown: these days, as they stand at `now`; `more` ends each command."""

    extent: Extent
    now: datetime
    more: str = ""


def show(console: Console, db: sqlite3.Connection, view: View) -> int:
    """Print the calendar and the commands that close its gaps; how many days are gaps."""
    gaps, shown = Gaps(), 0
    for (portal, host, section), rows in _by_host(db, view, gaps):
        lines = [_line(month, marks) for month, marks in Marks(rows).months.items() if marks.strip(".")]
        if not lines:
            continue
        if not shown:
            console.print(legend())
        shown += 1
        console.print(f"\n{host}{f' {section}' if section else ''} ({portal})", style="bold", soft_wrap=True)
        console.print(_RULER, style="dim")
        console.print(Text("\n").join(lines))
    if not shown:
        console.print(
            "no day has been asked for; `kliping crawl PORTAL -a since=... -a until=...` asks for days"
        )
    _show_commands(console, gaps, view)
    return gaps.days


def _show_commands(console: Console, gaps: Gaps, view: View) -> None:
    commands = gaps.most_useful_first()
    if not commands:
        return
    console.print(f"\n{_days(gaps.days)} with gaps; what closes most of them first:", style="bold")
    for gap in commands[:COMMANDS]:
        console.print(f"  {gap.command(view.more)}  # {_days(gap.days)}", soft_wrap=True)
    left = sum(gap.days for gap in commands[COMMANDS:])
    if left:
        console.print(f"  … and {len(commands) - COMMANDS} more such commands, for {_days(left)}")


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"


def _by_host(
    db: sqlite3.Connection, view: View, gaps: Gaps
) -> Iterator[tuple[tuple[str, str, str], Iterator[DayRow]]]:
    """The days of each host and section, on their way past the gaps."""

    def counted() -> Iterator[DayRow]:
        for row in coverage.days(db, view.extent, now=view.now):
            gaps.take(row)
            yield row

    yield from groupby(counted(), key=lambda row: (row.portal, row.host, row.section))


def as_json(db: sqlite3.Connection, view: View) -> Iterator[str]:
    """The ledger as one JSON object, in pieces, day by day; docs/coverage.md has its keys."""
    gaps, total = Gaps(), Counter[str]()
    details = coverage.details(db, view.extent)
    yield '{"hosts": ['
    for number, ((portal, host, section), rows) in enumerate(_by_host(db, view, gaps)):
        names = {"portal": portal, "host": host, "section": section or None}
        yield ("," if number else "") + "\n" + json.dumps(names)[:-1] + ', "dates": ['
        counts, marks = Counter[str](), Marks()
        for place, row in enumerate(rows):
            counts[row.state.value] += 1
            marks.take(row)
            yield ("," if place else "") + "\n  " + _day_as_json(row, next(details))
        total += counts
        yield "], " + json.dumps({"days": counts, "months": marks.months})[1:]
    commands = gaps.most_useful_first()
    told = {"days": total, "gapDays": gaps.days, "gaps": [_as_plain(gap, view) for gap in commands]}
    yield "],\n" + json.dumps(told, indent=2)[2:]


def _day_as_json(row: DayRow, detail: tuple[str, str, str]) -> str:
    """A day; what SQLite has made JSON of is not taken apart again."""
    index, listed, urls = detail
    said = {"day": row.day.isoformat(), "state": row.state, "over": row.over, "pending": row.pending}
    return f'{json.dumps(said)[:-1]}, "index": {index}, "listed": {listed}, "urls": {urls}}}'


def _as_plain(gap: Gap, view: View) -> dict[str, object]:
    return {
        "portal": gap.portal,
        "hosts": gap.hosts,
        "sections": gap.sections,
        "since": gap.since.isoformat(),
        "until": gap.until.isoformat(),
        "days": gap.days,
        "command": gap.command(view.more),
    }
