"""The coverage ledger, told: a calendar of days, its gaps, and the commands that close them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from rich.console import Console
from rich.text import Text

from archives import coverage
from archives.coverage import DayRow, Extent
from archives.gaps import MARKS, Gap, Gaps, Marks
from archives.states import DayState
from extractors.portals import all_portals

_COLOURS = {
    DayState.CLOSED: "green",
    DayState.PARTIAL: "yellow",
    DayState.MISSING: "bold red",
    DayState.EMPTY: "dim green",
    DayState.UNASKED: "dim",
}
_STYLES = {mark: _COLOURS[state] for state, mark in MARKS.items()}
_WORDS = {
    DayState.CLOSED: "closed",
    DayState.PARTIAL: "partial",
    DayState.MISSING: "missing",
    DayState.EMPTY: "closed and empty",
    DayState.UNASKED: "not asked for",
}
COMMANDS = 10
"""Commands that are shown at most."""


# --- months -----------------------------------------------------------------------------------------


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
    for state, mark in MARKS.items():
        told.append(mark, _COLOURS[state]).append(f" {_WORDS[state]}   ")
    told.rstrip()
    return told


def host_name(portal: str, host: str) -> str:
    """The shortest name that `-a hosts=` takes for a host."""
    short, known = host.partition(".")[0], all_portals().get(portal)
    if known is None or sum(found.name.partition(".")[0] == short for found in known.hosts) != 1:
        return host
    return short


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


def _command(gap: Gap, view: View) -> str:
    return gap.command(view.more, name=host_name)


def _show_commands(console: Console, gaps: Gaps, view: View) -> None:
    commands = gaps.most_useful_first()
    if not commands:
        return
    console.print(f"\n{_days(gaps.days)} with gaps; what closes most of them first:", style="bold")
    for gap in commands[:COMMANDS]:
        console.print(f"  {_command(gap, view)}  # {_days(gap.days)}", soft_wrap=True)
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
    told = {
        "days": total,
        "gapDays": gaps.days,
        "gaps": [gap.as_plain(_command(gap, view)) for gap in commands],
    }
    yield "],\n" + json.dumps(told, indent=2)[2:]


def _day_as_json(row: DayRow, detail: tuple[str, str, str]) -> str:
    """A day; what SQLite has made JSON of is not taken apart again."""
    index, listed, urls = detail
    said = {"day": row.day.isoformat(), "state": row.state, "over": row.over, "pending": row.pending}
    return f'{json.dumps(said)[:-1]}, "index": {index}, "listed": {listed}, "urls": {urls}}}'
