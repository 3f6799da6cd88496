"""What is missing of the days that were asked for, as ranges, and the commands that close them.

Told by `kliping status`, by the report and by the reading room.
"""

from __future__ import annotations

import calendar
import heapq
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from archives.coverage import DayRow
from archives.states import DayState

HostName: TypeAlias = Callable[[str, str], str]
"""A portal and one of its hosts: what people call the host."""

MARKS = {
    DayState.CLOSED: "C",
    DayState.PARTIAL: "P",
    DayState.MISSING: "M",
    DayState.EMPTY: "E",
    DayState.UNASKED: ".",
}
_MOST_RANGES = 10_000
"""Ranges of gaps that are kept at most, the largest ones; of more only the number is told."""


class Marks:
    """The days of one host as a string for each month, with a mark for every day of it."""

    def __init__(self, rows: Iterable[DayRow] = ()) -> None:
        self.months: dict[str, str] = {}
        for row in rows:
            self.take(row)

    def take(self, row: DayRow) -> None:
        month, at = f"{row.day.year:04}-{row.day.month:02}", row.day.day - 1
        marks = self.months.get(month) or "." * calendar.monthrange(row.day.year, row.day.month)[1]
        self.months[month] = marks[:at] + MARKS[row.state] + marks[at + 1 :]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gap:
    """Days to crawl once more: from `since` to `until`, of which so many are gaps in all."""

    days: int
    until: date
    since: date
    portal: str
    hosts: tuple[str, ...]
    sections: tuple[str, ...] = ()

    def command(self, more: str = "", *, name: HostName | None = None) -> str:
        """What closes them, with `more` behind it; safe to paste, whatever a host or a section is called.

        `name` gives the shortest name that `-a hosts=` takes for a host; without it the whole one is used.
        """
        hosts = ",".join(name(self.portal, host) if name else host for host in self.hosts)
        words = ["kliping", "crawl", self.portal, "-a", f"hosts={hosts}"]
        words += ["-a", f"since={self.since}", "-a", f"until={self.until}"]
        if self.sections:
            words += ["-a", f"sections={','.join(self.sections)}"]
        return shlex.join(words) + more

    def as_plain(self, command: str) -> dict[str, object]:
        """For machines, with the command that closes them; docs/coverage.md has the keys."""
        return {
            "portal": self.portal,
            "hosts": self.hosts,
            "sections": self.sections,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "days": self.days,
            "command": command,
        }


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
