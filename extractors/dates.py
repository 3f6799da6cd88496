"""Printed Indonesian dates, ISO dates, and the three zones of Indonesia. Nothing here raises.

Indonesia has kept WIB +07, WITA +08 and WIT +09 without summer time since 1988; fixed offsets spare a zone
database, which is a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType

_OFFSETS = MappingProxyType({"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9})
_PRINTED_ZONES = MappingProxyType({"WIB": 7, "WITA": 8, "WIT": 9})

_MONTHS = MappingProxyType(
    {
        spelling: number
        for number, spellings in enumerate(
            (
                "januari jan january",
                "februari pebruari feb peb february",
                "maret mar mrt march",
                "april apr",
                "mei may",
                "juni jun june",
                "juli jul july",
                "agustus agt ags agu agust august aug",
                "september sep sept",
                "oktober okt october oct",
                "november nopember nov nop",
                "desember des december dec",
            ),
            start=1,
        )
        for spelling in spellings.split()
    }
)

_TIME = (
    r"(?:[\s,|•·\-–—]*T?(?:pukul\s*:?\s*|jam\s*:?\s*)?(?P<hour>\d{1,2})\s?[:.]\s?(?P<minute>\d{2})(?!\d)"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?:\s?(?P<half>[ap])\.?m\b\.?)?)?"
)
_ZONE = (
    r"(?:\s*\(?\s*(?:(?P<zone>WIB|WITA|WIT)\b|(?P<utc>(?:GMT|UTC)\b\s*(?:[+-]\s?\d{1,2}(?::?\d{2})?)?"
    r"|(?<=\d\s)[+-]\d{4}\b|[+-]\d{2}:\d{2}\b|(?<=\d)Z\b)))?"
)
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_DAY, _YEAR = r"(?<!\d)(?P<day>\d{1,2})", r"(?P<year>\d{4})(?!\d)"
_PATTERNS = tuple(
    re.compile(date + _TIME + _ZONE, re.IGNORECASE)
    for date in (
        rf"{_DAY}(?:\s+|[-/.])\s*{_MONTH}(?:,?\s+|[-/.])\s*{_YEAR}",
        rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        rf"{_DAY}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d\d)(?!\d)",
    )
)
_WEEKDAY = re.compile(
    r"(?:(?:senin|selasa|rabu|kamis|jum['’‘`]?at|sabtu|minggu|ahad)\s*,?\s*)$", re.IGNORECASE
)
_UPDATED = re.compile(
    r"(?:(?:terakhir\s+)?(?:diperbarui|diperbaharui|di-?update|diubah|diedit|dimutakhirkan|disunting)"
    r"|(?:last\s+)?(?:updated?|modified)|pembaruan|perubahan)(?:\s+(?:pada|terakhir))?\s*[:：]?\s*$",
    re.IGNORECASE,
)
_YEARS = range(1990, 2101)
_LONGEST = 400
_LONGEST_LABEL = 60
_DIGIT = re.compile(r"\d")
_ONLY_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDate:
    """A date as a page prints it. `moment` is aware only if the text names a zone."""

    text: str
    moment: datetime
    has_time: bool


def zone_offset(zone: str) -> timezone:
    """The fixed offset of an Indonesian IANA zone; Jakarta's for any other."""
    return timezone(timedelta(hours=_OFFSETS.get(zone, 7)))


def read_printed(text: str) -> PrintedDate | None:
    """The first date of a line such as "Tayang: Jum'at, 9 Okt 2020 13:52 WITA"; None without one. A date
    behind "Diperbarui:" is that of a change and passed over.
    """
    return _first(text[:_LONGEST], updated=False)


def read_updated(text: str) -> PrintedDate | None:
    """The date behind "Diperbarui:" or a word of its kind; None without one."""
    return _first(text[:_LONGEST], updated=True)


@lru_cache(maxsize=256)  # a page asks for its dates once for each field that they stand in
def _first(text: str, *, updated: bool) -> PrintedDate | None:
    if _DIGIT.search(text) is None:
        return None
    return next((date for date, of_change in _dates_of(text) if of_change is updated), None)


def says_updated(text: str) -> bool:
    """Whether a text ends in a label such as "Diperbarui:"."""
    return _UPDATED.search(text[-_LONGEST_LABEL:]) is not None


def _dates_of(text: str) -> Iterator[tuple[PrintedDate, bool]]:
    """The dates of a line, each with whether it is that of a change, one spelling after another."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            moment = _moment(match)
            if moment is not None:
                weekday = _WEEKDAY.search(text, 0, match.start())
                start = weekday.start() if weekday else match.start()
                shown = text[start : match.end()].strip()
                yield (
                    PrintedDate(text=shown, moment=moment, has_time=match["hour"] is not None),
                    says_updated(text[:start]),
                )


def _moment(match: re.Match[str]) -> datetime | None:
    month = match["month"]
    number = int(month) if month.isdecimal() else _MONTHS.get(month.lower())
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    if number is None or year not in _YEARS:
        return None
    try:
        clock = (_hour(match), int(match["minute"] or 0), int(match["second"] or 0))
        return datetime(year, number, int(match["day"]), *clock, tzinfo=_zone(match))
    except ValueError:
        return None


def _hour(match: re.Match[str]) -> int:
    hour, half = int(match["hour"] or 0), (match["half"] or "").lower()
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half == "p" else 0)


def _zone(match: re.Match[str]) -> timezone | None:
    """The zone that a text names. Raises ValueError for an offset of more than a day."""
    if match["zone"]:
        return timezone(timedelta(hours=_PRINTED_ZONES[match["zone"].upper()]))
    if not match["utc"]:
        return None
    sign, digits = "-" in match["utc"], re.sub(r"\D", "", match["utc"])
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits or 0), 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign else offset)


def read_iso(text: str) -> datetime | None:
    """An ISO 8601 date or "2020-10-09 13:52:50"; naive if it names no offset, None if it is neither. What a
    page prints as a date in an attribute ("Rabu, 20 Juli 2022 13:05 WIB") is read too.
    """
    text = text.strip()[:_LONGEST_LABEL]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        printed = read_printed(text)
        return printed.moment if printed is not None else None
    return moment if moment.year in _YEARS else None


def is_day(text: str) -> bool:
    """Whether a machine date is a day without a time."""
    return _ONLY_DAY.fullmatch(text.strip()[:_LONGEST_LABEL]) is not None


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment with an offset: its own, else that of the host's zone."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone_offset(zone))
