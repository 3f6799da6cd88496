"""Printed and machine dates."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.dates import in_zone, is_day, read_iso, read_printed, read_updated, zone_offset


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
    "printed",
    [
        "Rabu, 7 Agustus 2024 13:05 WIB",
        "Rabu,7 Agustus 2024 13.05WIB",
        "Rabu, 07 Agustus 2024 - 13:05 (WIB)",
        "Rabu, 7 Agustus 2024, pukul 13.05 WIB",
        "Rabu 7 Agt. 2024 | 13 : 05 wib",
        "7 Ags 2024 Pukul: 13:05 GMT+7",
        "7 Agu 2024 1:05 PM WIB",
        "7 AUG 2024 13:05 +0700",
        "August 7, 2024, 1:05 p.m. WIB",
        "7/8/2024 13:05 WIB",
        "07.08.24 13:05 WIB",
        "2024/08/07 13:05 WIB",
        "Diterbitkan Rabu, 7 Agustus 2024 13:05 WIB",
        "Tayang: Rabu, 7 Agustus 2024 13:05 WIB | Diperbarui: Kamis, 8 Agustus 2024 09:00 WIB",
        "Diperbarui: Kamis, 8 Agustus 2024 09:00 WIB Tayang: Rabu, 7 Agustus 2024 13:05 WIB",
    ],
)
def test_one_instant_in_many_spellings(printed: str) -> None:
    date = read_printed(printed)
    assert date is not None
    assert date.moment.isoformat() == "2024-08-07T13:05:00+07:00"


@pytest.mark.parametrize("friday", ["Jumat", "Jum'at", "Jum’at", "Jum`at"])
def test_friday_has_four_spellings(friday: str) -> None:
    date = read_printed(f"{friday}, 9 Oktober 2020 13:52")
    assert date is not None
    assert date.text == f"{friday}, 9 Oktober 2020 13:52"


def test_a_date_of_a_change_is_not_that_of_the_publication() -> None:
    line = "Terakhir diperbarui: Kamis, 8 Agustus 2024 09:00 WIB"
    assert read_printed(line) is None
    changed = read_updated(line)
    assert changed is not None
    assert changed.moment.isoformat() == "2024-08-08T09:00:00+07:00"


@pytest.mark.parametrize(
    "text",
    [
        "6 jam lalu",
        "31 Februari 2020",
        "29 Februari 2023",
        "9 Foo 2020",
        "1 Januari 9999",
        "1 Januari 0000",
        "",
        "1 Januari 20205",
        "1 Januari 2020 25:00",
        "13:05 WIB",
        "Rabu",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_printed(text) is None


@pytest.mark.parametrize(
    ("stamp", "iso"),
    [
        ("2022-07-20T13:05+07", "2022-07-20T13:05:00+07:00"),
        ("2022-07-20 13:05:22 +0700", "2022-07-20T13:05:22+07:00"),
        ("2022-07-20T13:05:22Z", "2022-07-20T13:05:22+00:00"),
        ("2022-07-20 13:05:22", "2022-07-20T13:05:22"),
        ("2022-7-20 13:05:22 WITA", "2022-07-20T13:05:22+08:00"),
        ("Wed, 20 Jul 2022 13:05:22 +0700", "2022-07-20T13:05:22+07:00"),
    ],
)
def test_machine_dates_of_all_makes(stamp: str, iso: str) -> None:
    moment = read_iso(stamp)
    assert moment is not None
    assert moment.isoformat() == iso


def test_a_day_is_not_a_time() -> None:
    assert is_day("2022-07-20")
    assert not is_day("2022-07-20T00:00")


@pytest.mark.parametrize(
    "text",
    ["0000-01-01", "0000-00-00 00:00:00", "9999-12-31T23:59:59", "2022-07-20T13:05+99:00", "besok", ""],
)
def test_impossible_machine_dates_are_none(text: str) -> None:
    assert read_iso(text) is None


def test_a_time_without_zone_takes_the_zone_of_the_host() -> None:
    naive = datetime.fromisoformat("2020-10-09T13:52:50")
    assert in_zone(naive, "Asia/Makassar").isoformat() == "2020-10-09T13:52:50+08:00"
    assert zone_offset("Asia/Jayapura").utcoffset(None) == timedelta(hours=9)


@given(st.text(max_size=300))
def test_date_readers_never_raise(text: str) -> None:
    read_printed(text)
    read_updated(text)
    read_iso(text)


@given(st.text("0123456789 :./-TZ+WIBapmGUC,Januri", max_size=60))
def test_date_readers_never_raise_on_digits_and_marks(text: str) -> None:
    read_printed(text)
    read_updated(text)
    read_iso(text)
