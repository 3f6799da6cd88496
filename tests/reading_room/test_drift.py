"""The rule behind the alarms: what a portal has taken away is found, chance and small numbers are not."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reading_room.drift import (
    LEAST_AFTER,
    LEAST_BEFORE,
    LEAST_OF_A_POINT,
    LEAST_POINTS,
    Point,
    chance,
    changes,
    gathered,
    groups_of,
)
from tests.conftest import examples

FIRST = date(2026, 9, 1)


def points(
    *stretches: tuple[int, float], articles: int = 40, seed: int = 0, wave: float = 0.0
) -> list[Point]:
    """So many days at a rate, then so many at another; drawn by chance, on days that differ by a `wave`."""
    dice = random.Random(seed)
    found: list[Point] = []
    for days, rate in stretches:
        for _ in range(days):
            here = min(max(dice.gauss(rate, wave), 0.0), 1.0)
            filled = sum(dice.random() < here for _ in range(articles))
            found.append(Point((FIRST + timedelta(len(found))).isoformat(), articles, filled))
    return found


def test_a_field_that_is_gone_from_one_day_to_the_next_is_found_with_its_day() -> None:
    (found,) = changes(points((30, 0.92), (3, 0.03)))

    assert found.day == (FIRST + timedelta(30)).isoformat()
    assert found.before == pytest.approx(0.92, abs=0.03)
    assert found.after < 0.1
    assert found.articles == 120
    assert found.in_force
    assert found.is_loss


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("before", "after"), [(1.0, 0.0), (0.95, 0.5), (0.5, 0.1), (0.1, 0.6)])
def test_a_clear_step_is_found_wherever_it_lies_to_a_day(before: float, after: float, seed: int) -> None:
    at = 8 + seed
    (found,) = changes(points((at, before), (6, after), seed=seed, wave=0.03))

    assert abs((date.fromisoformat(found.day) - FIRST).days - at) <= 1
    assert found.is_loss == (after < before)


def test_a_field_that_came_back_is_two_changes_and_the_loss_is_no_longer_in_force() -> None:
    lost, back = changes(points((30, 0.9), (8, 0.02), (20, 0.9)))

    assert (lost.is_loss, lost.in_force) == (True, False)
    assert (back.is_loss, back.in_force) == (False, True)
    assert lost.articles == 8 * 40


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("rate", [0.02, 0.3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("wave", [0.0, 0.08])
def test_a_year_of_chance_raises_no_alarm(rate: float, wave: float, seed: int) -> None:
    assert changes(gathered(points((365, rate), articles=12, seed=seed, wave=wave))) == []


def test_a_slow_wave_is_no_step() -> None:
    week = [0.9, 0.85, 0.8, 0.75, 0.7, 0.75, 0.85]
    found = [Point((FIRST + timedelta(n)).isoformat(), 40, round(40 * week[n % 7])) for n in range(70)]

    assert changes(found) == []


def test_nothing_is_said_of_a_handful_of_articles() -> None:
    assert changes(points((30, 1.0), (1, 0.0), articles=LEAST_AFTER - 1)) == []
    assert changes(points((30, 1.0), (1, 0.0), articles=LEAST_AFTER)) != []


def test_nothing_is_said_of_a_new_host() -> None:
    assert changes(points((LEAST_POINTS - 1, 1.0), (10, 0.0))) == []
    assert changes(points((1, 1.0), articles=1000)) == []
    few = LEAST_BEFORE // LEAST_POINTS - 1
    assert changes(points((LEAST_POINTS, 1.0), articles=few) + points((1, 0.0), articles=200)) == []
    assert changes([]) == []


def test_a_small_change_is_none_however_sure_it_is() -> None:
    assert changes(points((30, 0.9), (30, 0.75), articles=2000)) == []


def test_small_days_are_put_together() -> None:
    found = gathered([Point("2026-09-01", 4, 4), Point("2026-09-02", 7, 0), Point("2026-09-03", 3, 1)])

    assert found == [Point("2026-09-01", 14, 5)]
    assert gathered([]) == []
    assert gathered([Point("2026-09-01", 2, 1)]) == [Point("2026-09-01", 2, 1)]


@given(st.lists(st.integers(0, 60), max_size=40))
@hypothesis_settings(max_examples=examples(60))
def test_putting_days_together_loses_none_and_leaves_enough_in_each(articles: list[int]) -> None:
    groups = groups_of(articles)
    sizes = [sum(articles[first:end]) for first, end in groups]

    assert sum(sizes) == sum(articles)
    assert [end for _, end in groups[:-1]] == [first for first, _ in groups[1:]]
    if len(groups) > 1:
        assert min(sizes) >= LEAST_OF_A_POINT


@given(st.lists(st.tuples(st.integers(1, 80), st.floats(0, 1)), max_size=30))
@hypothesis_settings(max_examples=examples(100))
def test_any_row_gives_changes_in_order_with_rates_between_0_and_1(row: list[tuple[int, float]]) -> None:
    found = changes(
        [
            Point((FIRST + timedelta(n)).isoformat(), articles, round(articles * rate))
            for n, (articles, rate) in enumerate(row)
        ]
    )

    assert [change.day for change in found] == sorted({change.day for change in found})
    assert all(0 <= rate <= 1 for change in found for rate in (change.before, change.after))
    assert [change.in_force for change in found] == [False] * (len(found) - 1) + [True] * bool(found)


@given(st.integers(15, 300), st.floats(0.5, 1.0), st.integers(6, 40))
@hypothesis_settings(max_examples=examples(60))
def test_what_is_lost_entirely_after_a_steady_rate_is_found(articles: int, rate: float, days: int) -> None:
    filled = round(articles * rate)
    row = [Point((FIRST + timedelta(n)).isoformat(), articles, filled) for n in range(days)]
    row += [Point((FIRST + timedelta(days + n)).isoformat(), articles, 0) for n in range(3)]

    (found,) = changes(row)
    assert found.day == row[days].day
    assert found.after == 0


def test_the_chance_of_what_is_expected_is_high_and_of_a_loss_is_none() -> None:
    assert chance(100, 92, 0.92) == pytest.approx(1.0)
    assert chance(15, 0, 0.92) < 1e-12
    assert chance(10, 10, 1.0) <= 1.0
    assert chance(10, 0, 0.0) <= 1.0
