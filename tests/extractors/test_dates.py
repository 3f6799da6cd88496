"""Printed and machine dates."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.dates import in_zone, read_iso, read_printed, zone_offset


@pytest.mark.parametrize(
    ("printed", "iso", "shown"),
    [
        ("Sabtu, 2 Maret 2013 14:04 WITA", "2013-03-02T14:04:00+08:00", "Sabtu, 2 Maret 2013 14:04 WITA"),
        ("Jumat, 9 Oktober 2020 13:52", "2020-10-09T13:52:00", "Jumat, 9 Oktober 2020 13:52"),
        (
            "Tayang: Rabu, 7 Agustus 2024 13:05 WIB",
            "2024-08-07T13:05:00+07:00",
            "Rabu, 7 Agustus 2024 13:05 WIB",
        ),
        ("Jum'at, 17 Ags 2022 09.05 WIT", "2022-08-17T09:05:00+09:00", "Jum'at, 17 Ags 2022 09.05 WIT"),
        ("Senin, 3 Pebruari 2014 | 07:00", "2014-02-03T07:00:00", "Senin, 3 Pebruari 2014 | 07:00"),
        ("Minggu, 1 Nop 2015, pukul 23:59:58 WIB", "2015-11-01T23:59:58+07:00", None),
        ("Terbit 02/11/2023, 21:34 WIB", "2023-11-02T21:34:00+07:00", "02/11/2023, 21:34 WIB"),
        ("4 Agt 2021", "2021-08-04T00:00:00", "4 Agt 2021"),
    ],
)
def test_printed_dates_are_read_with_their_zone(printed: str, iso: str, shown: str | None) -> None:
    date = read_printed(printed)
    assert date is not None
    assert date.moment.isoformat() == iso
    assert shown is None or date.text == shown


@pytest.mark.parametrize(
    "text", ["6 jam lalu", "31 Februari 2020", "9 Foo 2020", "1 Januari 9999", "1 Januari 0000", ""]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_printed(text) is None


@pytest.mark.parametrize("text", ["0000-01-01", "9999-12-31T23:59:59", "besok", ""])
def test_impossible_machine_dates_are_none(text: str) -> None:
    assert read_iso(text) is None


def test_a_time_without_zone_takes_the_zone_of_the_host() -> None:
    naive = datetime.fromisoformat("2020-10-09T13:52:50")
    assert in_zone(naive, "Asia/Makassar").isoformat() == "2020-10-09T13:52:50+08:00"
    assert zone_offset("Asia/Jayapura").utcoffset(None) == timedelta(hours=9)


@given(st.text(max_size=300))
def test_date_readers_never_raise(text: str) -> None:
    read_printed(text)
    read_iso(text)
