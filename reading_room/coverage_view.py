"""The view of coverage: a calendar of days, what mends them, and how the fields of each host fare.

`/coverage` shows every host by month or year. A day leads to what is known of it, to its articles and to the
command that completes it; a field of a host leads to its rate over time, with the days on which it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archives import coverage
from archives.collection import Collection
from archives.coverage import Extent
from archives.gaps import Gaps
from archives.removals import Removals
from archives.states import DayState
from reading_room.asking import answer, wording
from reading_room.drift import Point, changes, gathered
from reading_room.fields import BY_NAME, FIELDS
from reading_room.fill_rates import FillRates
from reading_room.findings import (
    Calendar,
    Commands,
    Drift,
    Fields,
    HostDays,
    calendar_of,
    failures_of,
    fields_of,
    newest_moment,
    short_names,
)
from reading_room.holdings import holdings
from reading_room.report import parts

blueprint = Blueprint("coverage", __name__)

_SECONDS = 2.0
"""What a look may spend on counting what is new; a crawl counts at its end, `kliping report` counts all."""
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


@dataclass(frozen=True, slots=True)
class Months:
    """The month that is shown, and its neighbours among those with days."""

    first: date
    last: date
    earlier: date | None
    later: date | None


@blueprint.get("/coverage")
def calendar() -> AnyResponse:
    """All hosts: the year as strips, a month day by day."""
    db, collection = holdings().catalogue.database, holdings().collection
    now = newest_moment(db)
    shown = calendar_of(db, Extent(), now=now)
    months = _months(shown, request.args.get("month"))
    names = short_names(row.host for row in shown.hosts)
    fields, waiting = _fields(collection)
    names |= short_names([*fields.fills, *names])
    commands = Commands.of(collection)
    return answer(
        "coverage.html",
        _plain(shown, fields, commands),
        **parts(wording(), names),
        calendar=shown,
        months=months,
        rows=shown.within(months.first, months.last) if months else [],
        now=now,
        found=fields,
        waiting=waiting,
        failures=failures_of(db, Removals.of(collection)),
        commands=commands,
        day_url=_day_url,
        field_url=lambda host, field: url_for(".field", host=host, field=field),
        host_url=lambda row: url_for(".host", host=row.host, section=row.section or None),
    )


@blueprint.get("/coverage/<host>")
def host(host: str) -> AnyResponse:
    """All days of a host, or of one of its sections."""
    db, collection = holdings().catalogue.database, holdings().collection
    section = request.args.get("section", "")
    shown = calendar_of(db, Extent(hosts=(host,)), now=newest_moment(db))
    rows = [row for row in shown.hosts if row.section == section]
    if not rows:
        abort(404)
    gaps = [gap for gap in shown.gaps if _is_of(gap.sections, section)]
    found = Calendar(hosts=rows, gaps=gaps, gap_days=sum(gap.days for gap in gaps))
    return answer(
        "coverage_host.html",
        _plain(found, Fields(), Commands.of(collection)),
        **parts(wording(), {host: host}),
        row=rows[0],
        months=_whole_months(rows[0]),
        gaps=found.gaps,
        commands=Commands.of(collection),
        day_url=_day_url,
    )


def _is_of(sections: tuple[str, ...], section: str) -> bool:
    return section in sections if section else not sections


@blueprint.get("/coverage/<host>/<day>")
def day(host: str, day: str) -> AnyResponse:
    """One day of a host: how far its index was read, what became of what it named, and what completes it."""
    when = _as_day(day)
    db, collection = holdings().catalogue.database, holdings().collection
    section = request.args.get("section", "")
    extent = Extent(hosts=(host,), since=when, until=when)
    now = newest_moment(db)
    found = [
        (row, detail)
        for row, detail in zip(coverage.days(db, extent, now=now), coverage.details(db, extent), strict=False)
        if row.section == section
    ]
    if not found:
        abort(404)
    row, detail = found[0]
    gaps = Gaps()
    gaps.take(row)
    commands = Commands.of(collection)
    mending = [commands.close(gap) for gap in gaps.most_useful_first()]
    index, listed, urls = (current_app.json.loads(text or "{}") for text in detail)
    plain = {
        "host": host,
        "section": section or None,
        "day": when.isoformat(),
        "state": row.state.value,
        "pending": row.pending,
        "index": index,
        "listed": listed,
        "urls": urls,
        "command": mending[0] if mending else None,
    }
    return answer(
        "coverage_day.html",
        plain,
        **parts(wording(), {host: host}),
        row=row,
        index=index,
        listed=listed,
        urls=urls,
        mending=mending,
        earlier=when - timedelta(days=1),
        later=when + timedelta(days=1),
        day_url=_day_url,
        articles_url=articles_url(host, when.isoformat(), when.isoformat(), section),
    )


@blueprint.get("/coverage/<host>/fields/<field>")
def field(host: str, field: str) -> AnyResponse:
    """A field of a host over time, for articles of each age, with the days on which it changed."""
    if field not in BY_NAME:
        abort(404)
    collection, number = holdings().collection, [one.name for one in FIELDS].index(field)
    rates = FillRates.up_to_date(collection, thorough=False, seconds=_SECONDS)
    try:
        by_age: dict[str, list[Point]] = {}
        for row in rates.by_day(host=host):
            if row.day:
                by_age.setdefault(row.age, []).append(Point(row.day, row.articles, row.filled[number]))
    finally:
        rates.close()
    if not by_age:
        abort(404)
    series = [(age, gathered(points)) for age, points in sorted(by_age.items(), reverse=True)]
    drifts = [
        Drift(host=host, field=field, age=age, change=change)
        for age, points in series
        for change in changes(points)
    ]
    plain = {
        "host": host,
        "field": field,
        "series": [
            {
                "articles": age,
                "points": [
                    {"day": one.day, "articles": one.articles, "filled": one.filled} for one in points
                ],
            }
            for age, points in series
        ],
        "changes": [drift.as_plain for drift in drifts],
    }
    return answer(
        "coverage_field.html",
        plain,
        **parts(wording(), {host: host}),
        host=host,
        field=field,
        series=series,
        drifts=drifts,
        articles_url=articles_url,
    )


# --- helpers ------------------------------------------------------------------------------------------


def articles_url(host: str, since: str = "", until: str = "", section: str = "") -> str | None:
    """The list of a host's articles of some days; None while the room has no list."""
    if "listing.articles" not in current_app.view_functions:
        return None
    asked: dict[str, Any] = {"host": host, "since": since, "until": until, "section": section}
    return url_for("listing.articles", **{name: value for name, value in asked.items() if value})


def _day_url(row: HostDays, day: date) -> str:
    return url_for(".day", host=row.host, day=day.isoformat(), section=row.section or None)


def _as_day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR or found.isoformat() != text:
        abort(404)
    return found


def _fields(collection: Collection) -> tuple[Fields, int]:
    """The fields of all hosts as far as they are counted by now."""
    rates = FillRates.up_to_date(collection, thorough=False, seconds=_SECONDS)
    try:
        return fields_of(rates.by_day()), rates.waiting
    finally:
        rates.close()


def _months(shown: Calendar, asked: str | None) -> Months | None:
    """The month that is asked for, or the newest in which a day was asked for."""
    known = sorted(
        {
            day.replace(day=1)
            for row in shown.hosts
            for day, (state, _) in row.days.items()
            if state is not DayState.UNASKED
        }
    )
    if not known:
        return None
    first = known[-1]
    if asked is not None:
        wanted = _as_day(f"{asked}-01")
        first = wanted if wanted in known else first
    place = known.index(first)
    return Months(
        first=first,
        last=_end(first),
        earlier=known[place - 1] if place else None,
        later=known[place + 1] if place + 1 < len(known) else None,
    )


def _end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _whole_months(row: HostDays) -> list[tuple[date, date]]:
    """The months in which the host has days, the newest first."""
    firsts = {day.replace(day=1) for day, (state, _) in row.days.items() if state is not DayState.UNASKED}
    return [(first, _end(first)) for first in sorted(firsts, reverse=True)]


def _plain(shown: Calendar, fields: Fields, commands: Commands) -> Mapping[str, Any]:
    return {
        "hosts": [
            {
                "portal": row.portal,
                "host": row.host,
                "section": row.section or None,
                "days": {state.value: count for state, count in row.counts.items()},
                "months": row.marks,
            }
            for row in shown.hosts
        ],
        "gaps": [gap.as_plain(commands.close(gap)) for gap in shown.gaps],
        "alarms": [drift.as_plain for drift in fields.alarms],
    }
