"""Instants as WARC, sidecars and the catalogue write them: UTC, whole seconds, `Z`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# WARC 1.1 allows dates of less precision; some tools write the stamp of the Wayback Machine.
_PARTIAL = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?)?)?)?(?:\.\d+)?Z?")


def to_w3c(moment: datetime) -> str:
    """`2026-11-22T01:02:03Z`, the W3C profile of ISO 8601 that WARC-Date asks for (ISO 28500, 5.4).

    Raises:
        ValueError: the datetime is naive; local capture dates are a known way to corrupt an archive.
    """
    return _utc(moment).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def from_w3c(text: str) -> datetime:
    """The aware datetime of a WARC-Date, with or without a fraction of a second.

    Raises:
        ValueError: the text is no such date, or one without a zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text}: a date without a zone")
    return moment.astimezone(UTC)


def from_warc_date(text: str) -> datetime:
    """The same for dates that other tools write: `2020-05`, `20200504010203`; what is not said is the first.

    Raises:
        ValueError: the text is no date.
    """
    try:
        return from_w3c(text)
    except ValueError:
        found = _PARTIAL.fullmatch(text.strip())
        if found is None:
            raise
    year, month, day, *time = (int(value) if value else None for value in found.groups())
    assert year is not None
    hour, minute, second = (value or 0 for value in time)
    return datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=UTC)


def to_stamp(moment: datetime) -> str:
    """`20261122T010203Z`, the stamp in WARC file names.

    Raises:
        ValueError: the datetime is naive.
    """
    return _utc(moment).strftime("%Y%m%dT%H%M%SZ")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: captures need a zone")
    return moment.astimezone(UTC)
