"""`kliping report`: what a collection holds and what it lacks, on one page that needs nothing beside itself.

No script, no picture from elsewhere, no font: a file that can be mailed, printed, and read in twenty years.
The same collection and the same options give the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.durable import write_file
from archives.moments import to_w3c
from archives.removals import Removals
from archives.states import DayState
from reading_room import drawings, report_phrases, typesetting
from reading_room.fields import BY_NAME, FIELDS
from reading_room.fill_rates import Counts, FillRates, Traffic
from reading_room.findings import (
    Calendar,
    Commands,
    Deleted,
    Drift,
    FailureGroup,
    Fields,
    Period,
    RunRow,
    address_count,
    calendar_of,
    deleted_of,
    failures_of,
    fields_of,
    newest_moment,
    period_of_run,
    runs_of,
    short_names,
)
from reading_room.phrases import WORDINGS, Wording

_SECTIONS = 30
"""Sections that are told of by name, over all hosts and for each: pages may name as many as they like."""
_SECTIONS_OF_A_HOST = 4
_GAPS = 20
_FAILURES = 40
_HOSTS = 100
_RUNS = 30
_CATCH_UP_SECONDS = 120.0
"""What a run may count at its end; after `kliping reextract` of a large collection it is not all."""
_HURRIED_SECONDS = 0.5
"""The same for a run that was stopped: who has pressed Ctrl-C does not wait for a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that the page tells."""

    name: str
    run_id: int | None
    as_of: datetime
    period: Period
    calendar: Calendar
    hosts: Sequence[Counts]
    sections: Sequence[tuple[str, str, int]]
    lengths: Sequence[tuple[str, int, int]]
    captured: Sequence[tuple[str, int, int]]
    fields: Fields
    failures: Sequence[FailureGroup]
    failed: int
    to_do: int
    deleted: Deleted
    traffic: Sequence[Traffic]
    bytes_by_day: Sequence[tuple[str, int, int]]
    runs: Sequence[RunRow]
    commands: Commands
    uncounted: int

    @property
    def articles(self) -> int:
        return sum(count for _, _, count in self.lengths)

    @property
    def names(self) -> dict[str, str]:
        """What the hosts are called."""
        return short_names([*(row.host for row in self.calendar.hosts), *(row.host for row in self.hosts)])

    @property
    def edits(self) -> int:
        return sum(row.edits for row in self.hosts)

    @property
    def walls(self) -> list[str]:
        """The hosts that turned us away and still do."""
        return sorted({group.host for group in self.failures if group.is_wall})

    @property
    def level(self) -> str:
        """`good`, `look` or `act`: how urgent the whole is."""
        if self.fields.alarms or self.walls:
            return "act"
        if self.calendar.gap_days or self.failed or self._is_interrupted:
            return "look"
        return "good"

    @property
    def _is_interrupted(self) -> bool:
        return bool(self.runs) and self.runs[0].exit_code == 130

    def verdict(self, t: Wording) -> list[str]:
        """How the collection stands, in sentences, the most urgent first."""
        alarms, counts = self.fields.alarms, self.calendar.counts
        told = [t(f"verdict.{self.level}")]
        if alarms:
            told.append(f"{drift_in_words(alarms[0], t, self.names)}.")
            if len(alarms) > 1:
                told.append(t("verdict.drift", count=len(alarms) - 1))
        if self.walls:
            told.append(_walls(self.walls, t))
        if self.calendar.gap_days:
            hosts = {host for gap in self.calendar.gaps for host in gap.hosts}
            if self.calendar.gap_days == 1:
                told.append(t("verdict.gaps.one"))
            elif len(hosts) == 1:
                told.append(t("verdict.gaps.host", count=t.number(self.calendar.gap_days)))
            else:
                told.append(t("verdict.gaps", count=t.number(self.calendar.gap_days), hosts=len(hosts)))
        if self.failed:
            told.append(t.count("verdict.failed", self.failed))
        if self._is_interrupted:
            told.append(t("verdict.interrupted"))
        asked = sum(counts.values()) - counts[DayState.UNASKED]
        if asked:
            done = counts[DayState.CLOSED] + counts[DayState.EMPTY]
            told.append(t("verdict.closed", closed=t.number(done), asked=t.number(asked)))
        elif not self.runs:
            told.append(t("verdict.no.days"))
        if not alarms:
            told.append(t("verdict.no.drift"))
        return told

    def as_plain(self) -> dict[str, object]:
        """For machines; docs/report.md has the keys."""
        counts = self.calendar.counts
        since, until = self.period.printed
        return {
            "collection": self.name,
            "run": self.run_id,
            "asOf": to_w3c(self.as_of),
            "since": since or None,
            "until": until if until != "9" else None,
            "level": self.level,
            "verdict": " ".join(self.verdict(WORDINGS["en"])),
            "days": {state.value: counts[state] for state in DayState},
            "gapDays": self.calendar.gap_days,
            "gaps": [gap.as_plain(self.commands.close(gap)) for gap in self.calendar.gaps],
            "articles": self.articles,
            "articlesByHost": _sum(((host, count) for host, _, count in self.sections)),
            "sections": [
                {"host": host, "section": section or None, "articles": count}
                for host, section, count in self.sections
            ],
            "pagesPerArticle": {
                str(pages): count
                for pages, count in sorted(_sum(((pages, count) for _, pages, count in self.lengths)).items())
            },
            "fields": {
                host: {
                    name: {
                        "rate": round(fill.now, 4),
                        "median": None if fill.usual is None else round(fill.usual, 4),
                        "articles": fill.articles,
                    }
                    for name, fill in fills.items()
                }
                for host, fills in self.fields.fills.items()
            },
            "alarms": [
                {**drift.as_plain, "message": drift_in_words(drift, WORDINGS["en"], self.names)}
                for drift in self.fields.alarms
            ],
            "changes": [drift.as_plain for drift in self.fields.drifts],
            "failed": self.failed,
            "toDo": self.to_do,
            "failures": [
                {
                    "portal": group.portal,
                    "host": group.host,
                    "reason": group.reason,
                    "wall": group.is_wall,
                    "addresses": group.count,
                    "givenUp": group.left,
                    "command": self.commands.retry(group.portal, [group.host]),
                    "examples": list(group.examples),
                }
                for group in self.failures
            ],
            "newVersions": self.edits,
            "deleted": self.deleted.count,
            "traffic": [{name: getattr(row, name) for name in Traffic.__slots__} for row in self.traffic],
            "notCounted": self.uncounted,
        }


def _walls(hosts: Sequence[str], t: Wording) -> str:
    if len(hosts) == 1:
        return f"{t('verdict.walls.one')[:-1]}: {typesetting.clean(hosts[0])}."
    named = ", ".join(typesetting.clean(host) for host in hosts[:5]) + (" …" if len(hosts) > 5 else "")
    return t("verdict.walls", count=len(hosts), hosts=named)


def _sum(pairs: Any) -> dict[Any, int]:  # noqa: ANN401 - keys of any kind
    found: dict[Any, int] = defaultdict(int)
    for key, count in pairs:
        found[key] += count
    return dict(found)


def drift_in_words(drift: Drift, t: Wording, names: Mapping[str, str]) -> str:
    """ "Photo credit: 92 % to 3 % on medan since Tuesday 24 November 2026"."""
    change = drift.change
    return t(
        "drift.fell",
        field=capital(field_name(drift.field, t)),
        before=report_phrases.percent(change.before),
        after=report_phrases.percent(change.after),
        host=typesetting.clean(names.get(drift.host, drift.host)),
        day=report_phrases.long_day(date.fromisoformat(change.day), t.language),
    )


def drift_of(drift: Drift, t: Wording) -> str:
    """Of how many articles, and of which."""
    kind = {"new": "drift.of.new", "undated": "drift.of.undated"}.get(drift.age, "drift.of.year")
    words: dict[str, object] = {"count": t.number(drift.change.articles)}
    return t(kind, **words, **({"year": drift.age} if kind == "drift.of.year" else {}))


def field_name(name: str, t: Wording) -> str:
    found = BY_NAME[name]
    return found.indonesian if t.language == "id" else found.english


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- making -----------------------------------------------------------------------------------------


def make_report(
    collection: Collection,
    catalogue: Catalogue,
    rates: FillRates,
    *,
    period: Period | None = None,
    run_id: int | None = None,
) -> Report:
    """Gather everything. With `run_id` it is the report that stands at the end of that run."""
    db, removed = catalogue.database, Removals.of(collection)
    with catalogue.snapshot():
        if period is None:
            period = period_of_run(db, run_id) if run_id is not None else Period()
        now = newest_moment(db)
        calendar = calendar_of(db, period.extent, now=now)
        failed, to_do = address_count(db)
        since, until = period.captured
        return Report(
            name=collection.name,
            run_id=run_id,
            as_of=now,
            period=period,
            calendar=calendar,
            hosts=rates.by_host(since, until),
            sections=rates.sections(*period.printed),
            lengths=rates.lengths(*period.printed),
            captured=rates.captured(since, until),
            fields=fields_of(rates.by_day(period.fields_since, until), since=since),
            failures=failures_of(db, removed),
            failed=failed,
            to_do=to_do,
            deleted=deleted_of(db, removed=removed),
            traffic=rates.traffic(since, until),
            bytes_by_day=rates.bytes_by_day(since, until),
            runs=runs_of(db, most=_RUNS, before=None if run_id is None else run_id + 1),
            commands=Commands.of(collection),
            uncounted=rates.waiting,
        )


def write_run_report(collection: Collection, run_id: int, *, interrupted: bool, language: str = "en") -> None:
    """Put `reports/run-N.html` beside what the run has left there.

    Raises:
        ArchiveError: it could not be made; the run is none the worse for it.
    """
    seconds = _HURRIED_SECONDS if interrupted else _CATCH_UP_SECONDS
    rates = FillRates.up_to_date(collection, thorough=False, seconds=seconds)
    try:
        catalogue = Catalogue(collection.catalogue, read_only=True)
        try:
            report = make_report(collection, catalogue, rates, run_id=run_id)
        finally:
            catalogue.close()
    finally:
        rates.close()
    write_file(collection.reports / f"run-{run_id}.html", render(report, language).encode())


# --- showing ----------------------------------------------------------------------------------------


def parts(t: Wording, names: Mapping[str, str]) -> dict[str, Any]:
    """What the templates of the report and of the views that share its parts can call."""
    return {
        "t": t,
        "draw": drawings,
        "percent": report_phrases.percent,
        "size": lambda count: report_phrases.size(count, t.language),
        "duration": lambda seconds: report_phrases.duration(seconds, t.language),
        "long_day": lambda day: report_phrases.long_day(_as_day(day), t.language),
        "short_month": lambda day: report_phrases.short_month(day, t.language),
        "month_name": lambda day: report_phrases.month_name(_as_day(day), t.language),
        "field_name": lambda name: field_name(name, t),
        "capital": capital,
        "drift_in_words": lambda drift: drift_in_words(drift, t, names),
        "drift_of": lambda drift: drift_of(drift, t),
        "fields": FIELDS,
        "states": (DayState.CLOSED, DayState.EMPTY, DayState.PARTIAL, DayState.MISSING),
        "stamp": lambda moment: f"{moment:%Y-%m-%d %H:%M}",
        "code_name": lambda code: code_name(code, t),
        "short": lambda host: names.get(host, host),
        "short_hosts": lambda hosts: ", ".join(typesetting.clean(names.get(host, host)) for host in hosts),
        "hosts_of": hosts_of,
        "most_failures": _FAILURES,
        "most_gaps": _GAPS,
        "most_hosts": _HOSTS,
    }


def hosts_of(groups: Sequence[FailureGroup]) -> list[tuple[str, list[str]]]:
    """The hosts of each portal on which something has failed."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        found[group.portal].add(group.host)
    return [(portal, sorted(hosts)) for portal, hosts in sorted(found.items())]


def code_name(code: int | None, t: Wording) -> str:
    """What an exit code means."""
    if code is None:
        return t("runs.interrupted")
    name = f"runs.code.{code}"
    return t(name) if t.has(name) else t("runs.code.other", code=code)


def _as_day(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def section_rows(
    report: Report,
) -> tuple[list[tuple[str, int]], list[tuple[str, int, list[tuple[str, int]]]]]:
    """Sections over all hosts, and those of each host, the largest first; the rest of each as None."""
    overall = sorted(_sum((section, count) for _, section, count in report.sections).items(), key=_largest)
    of_hosts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for host, section, count in report.sections:
        of_hosts[host].append((section, count))
    rows = [
        (host, sum(count for _, count in found), _most(sorted(found, key=_largest), _SECTIONS_OF_A_HOST))
        for host, found in of_hosts.items()
    ]
    return _most(overall, _SECTIONS), sorted(rows, key=lambda row: (-row[1], row[0]))


_REST = "\0"
"""Stands for all other sections; no page can have it as a name, control characters are taken out."""


def _most(rows: Sequence[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    rest = sum(count for _, count in rows[most:])
    return [*rows[:most], *([(_REST, rest)] if rest else [])]


def _largest(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def page_rows(report: Report) -> list[tuple[str, int]]:
    """How many articles have 1, 2, 3 ... pages; ten and more are one row."""
    counts: dict[int, int] = defaultdict(int)
    for _, pages, count in report.lengths:
        counts[min(pages, 10)] += count
    return [(f"{pages}" if pages < 10 else "10+", counts[pages]) for pages in sorted(counts)]


def by_month(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of days, which begin with the day, as rows of months: what follows is added up."""
    months: dict[str, list[int]] = {}
    for day, *counts in rows:
        if not day:
            continue
        found = months.setdefault(f"{day[:7]}-01", [0] * len(counts))
        for number, count in enumerate(counts):
            found[number] += count
    return [(month, *counts) for month, counts in sorted(months.items())]


def traffic_rows(rows: Sequence[Traffic]) -> list[Traffic]:
    """All together first, then the busiest hosts; the rest as one, without a name."""
    rest = rows[_HOSTS:]
    return [_added(rows), *rows[:_HOSTS], *([_added(rest)] if rest else [])]


def _added(rows: Sequence[Traffic]) -> Traffic:
    def of(name: str) -> Any:  # noqa: ANN401 - whole numbers and seconds
        values = [getattr(row, name) for row in rows]
        return max(values, default=0) if name in {"longest", "gap"} else sum(values)

    return Traffic(host="", **{name: of(name) for name in Traffic.__slots__ if name != "host"})


def render(report: Report, language: str = "en") -> str:
    """The page."""
    t = WORDINGS[language]
    overall, of_hosts = section_rows(report)
    page = _environment().get_template("report.html")
    return page.render(
        **parts(t, report.names),
        report=report,
        css=_css(),
        software=f"Kliping {version('kliping')}",
        verdict=report.verdict(t),
        traffic_rows=traffic_rows(report.traffic),
        other_hosts=max(len(report.traffic) - _HOSTS, 0),
        overall=overall,
        of_hosts=of_hosts,
        rest=_REST,
        page_rows=page_rows(report),
        captured_months=by_month(report.captured),
        bytes_months=by_month(report.bytes_by_day),
    )


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("reading_room"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["first_two"] = lambda row: (row[0], row[1])
    found.filters["first_and_last"] = lambda row: (row[0], row[-1])
    found.filters["clean"] = typesetting.clean
    found.filters["bdi"] = typesetting.isolated
    found.filters["breakable"] = typesetting.breakable
    return found


@cache
def _css() -> str:
    """The style sheets of the reading room that the page uses; `</style` cannot stand in them."""
    folder = files("reading_room") / "static"
    return "\n".join((folder / name).read_text("utf-8") for name in ("room.css", "report.css"))
