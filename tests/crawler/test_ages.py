"""KLIPING_RECHECK: what it takes, and what a slip is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.ages import read_ages
from crawler.errors import WrongUsageError
from crawler.settings import KLIPING_RECHECK


def hours(text: object) -> list[float]:
    return [age / timedelta(hours=1) for age in read_ages(text)]


def test_the_ages_are_those_of_the_promise() -> None:
    assert hours(KLIPING_RECHECK) == [1, 6, 24, 168]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("30min", [0.5]), ("1d, 1h ,24h", [1, 24]), ("2W", [336]), ("1 h,", [1])],
)
def test_ages_are_sorted_and_counted_once(text: str, wanted: list[float]) -> None:
    assert hours(text) == wanted


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "-a recheck=none"),
        (" , ", "-a recheck=none"),
        ("1h,6", "'6' is no age"),
        ("1m", "min, h, d or w"),
        ("0h", "'0h' is no age"),
        ("-1d", "'-1d' is no age"),
        ("1.5h", "'1.5h' is no age"),
        ("99999d", "10 years"),
        ("٣h", "is no age"),
        (",".join(f"{n}h" for n in range(1, 60)), "50 is the most"),
    ],
)
def test_a_slip_is_told_with_the_right_form(text: str, hint: str) -> None:
    with pytest.raises(WrongUsageError, match="KLIPING_RECHECK") as caught:
        read_ages(text)
    assert hint in str(caught.value)
