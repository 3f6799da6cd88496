"""Drawings as SVG: the days of a calendar, bars, a line over time. Markup of ours, of numbers only.

Colours come from classes (`static/report.css`), so that the same drawing is light, dark and on paper; no
attribute is a style, which the reading room's policy would refuse. Each has a title that says what it shows;
a table beside it says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from markupsafe import Markup

from archives.states import DayState
from reading_room.drift import Point

_YEAR = 366
_SHADES = {
    DayState.CLOSED: "closed",
    DayState.EMPTY: "empty",
    DayState.PARTIAL: "partial",
    DayState.MISSING: "missing",
}
_HEIGHT, _WIDTH = 60, 240


def blocks(first: date, last: date) -> list[tuple[date, date]]:
    """The stretches that are drawn one below the other: years, or all of it where that fits in one."""
    if (last - first).days < _YEAR:
        return [(first, last)]
    return [
        (max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
        for year in range(last.year, first.year - 1, -1)
    ]


def months(first: date, last: date) -> list[tuple[date, int]]:
    """The months of a stretch, each with how many of its days lie in it."""
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return [
        (date(*month, 1), len(list(found)))
        for month, found in groupby(days, lambda day: (day.year, day.month))
    ]


def strip(days: Mapping[date, tuple[DayState, int]], first: date, last: date, title: str) -> Markup:
    """The days of a stretch as one strip: closed days are full, empty ones low, gaps stand out."""
    length = (last - first).days + 1
    runs: dict[str, list[str]] = {}
    states = (days.get(first + timedelta(number), (DayState.UNASKED, 0))[0] for number in range(length))
    start = 0
    for state, same in groupby(states):
        count = len(list(same))
        if state in _SHADES:
            runs.setdefault(_SHADES[state], []).append(f"M{start} 0h{count}")
        start += count
    paths = Markup("").join(
        Markup('<path class="{}" d="{}"/>').format(shade, "".join(found))
        for shade, found in sorted(runs.items())
    )
    return Markup(
        '<svg class="strip" viewBox="0 -1 {} 2" preserveAspectRatio="none" role="img">'
        "<title>{}</title>{}</svg>"
    ).format(length, title, paths)


def bar(value: float, most: float, title: str = "") -> Markup:
    """A bar as long as a value is of the most."""
    width = round(100 * value / most, 1) if most else 0
    told = Markup("<title>{}</title>").format(title) if title else Markup("")
    hidden = Markup("") if title else Markup(' aria-hidden="true"')
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none"{}>{}'
        '<rect width="{}" height="10"/></svg>'
    ).format(hidden, told, f"{width:g}")


def columns(values: Sequence[tuple[str, int]], title: str) -> Markup:
    """Numbers of days as columns, from the first to the last day; days that are not named have none."""
    if not values:
        return Markup("")
    first, last = date.fromisoformat(values[0][0]), date.fromisoformat(values[-1][0])
    length, most = max((last - first).days + 1, 14), max(value for _, value in values) or 1
    path = "".join(
        f"M{(date.fromisoformat(day) - first).days} 100v-{round(100 * value / most, 1):g}"
        for day, value in values
        if value
    )
    return Markup(
        '<svg class="columns" viewBox="-.5 0 {} 100" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<path d="{}"/></svg>'
    ).format(length, title, path)


def line(points: Sequence[Point], marks: Iterable[str], title: str, *, large: bool = False) -> Markup:
    """A rate over time, between 0 at the bottom and 1 at the top, with a mark where it has changed."""
    if not points:
        return Markup("")
    first = date.fromisoformat(points[0].day).toordinal()
    length = max(date.fromisoformat(points[-1].day).toordinal() - first, 1)
    same_day = points[0].day == points[-1].day

    def across(number: int) -> float:
        if same_day:
            return round(_WIDTH * number / max(len(points) - 1, 1), 1)
        return round(_WIDTH * (date.fromisoformat(points[number].day).toordinal() - first) / length, 1)

    path = " ".join(
        f"{across(number):g},{round(_HEIGHT * (1 - point.rate), 1):g}" for number, point in enumerate(points)
    )
    if len(points) == 1:  # one count is a level, and a line of one point would not be seen
        path += f" {_WIDTH},{path.partition(',')[2]}"
    marked = frozenset(marks)
    places = {point.day: across(number) for number, point in reversed(list(enumerate(points)))}
    drawn = Markup("").join(
        Markup('<path class="mark" d="M{} 0v{}"/>').format(f"{places[day]:g}", _HEIGHT)
        for day in sorted(marked & places.keys())
    )
    return Markup(
        '<svg class="{}" viewBox="-2 -2 {} {}" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<path class="floor" d="M0 {}h{}"/>{}<polyline points="{}"/></svg>'
    ).format(
        "line large" if large else "line",
        _WIDTH + 4,
        _HEIGHT + 4,
        title,
        _HEIGHT,
        _WIDTH,
        drawn,
        path,
    )
