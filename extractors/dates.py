"""Printed Indonesian dates, ISO dates, and the three zones of Indonesia. Nothing here raises.

Indonesia has kept WIB +07, WITA +08 and WIT +09 without summer time since 1988; fixed offsets spare a zone
database, which is a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
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

_TIME = r"(?:[\s,|\-–]*(?:pukul\s+|jam\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?)?"
_ZONE = r"(?:\s*(?P<zone>WIB|WITA|WIT)\b)?"
_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})(?:\s+|[-/])(?P<month>[A-Za-z]{{3,9}})\.?(?:\s+|[-/])(?P<year>\d{{4}}){_TIME}{_ZONE}",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    rf"(?P<day>\d{{1,2}})[/-](?P<month>\d{{1,2}})[/-](?P<year>\d{{4}}){_TIME}{_ZONE}", re.IGNORECASE
)
_WEEKDAY = re.compile(
    r"(?:(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)\s*,?\s*)$", re.IGNORECASE
)
_YEARS = range(1990, 2101)
_LONGEST = 400


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
    """The first date of a line such as "Tayang: Jum'at, 9 Okt 2020 13:52 WITA"; None without one."""
    text = text[:_LONGEST]
    for pattern in (_DATE, _NUMERIC):
        for match in pattern.finditer(text):
            moment = _moment(match)
            if moment is not None:
                start = _WEEKDAY.search(text, 0, match.start())
                shown = text[start.start() if start else match.start() : match.end()].strip()
                return PrintedDate(text=shown, moment=moment, has_time=match["hour"] is not None)
    return None


def _moment(match: re.Match[str]) -> datetime | None:
    month = match["month"]
    number = int(month) if month.isdecimal() else _MONTHS.get(month.lower())
    year = int(match["year"])
    if number is None or year not in _YEARS:
        return None
    zone = match["zone"]
    tzinfo = timezone(timedelta(hours=_PRINTED_ZONES[zone.upper()])) if zone else None
    clock = (int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0))
    try:
        return datetime(year, number, int(match["day"]), *clock, tzinfo=tzinfo)
    except ValueError:
        return None


def read_iso(text: str) -> datetime | None:
    """An ISO 8601 date or "2020-10-09 13:52:50"; naive if it names no offset, None if it is neither."""
    try:
        moment = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment with an offset: its own, else that of the host's zone."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone_offset(zone))
