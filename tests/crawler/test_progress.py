"""What is told while a crawl runs: days closed, articles, requests per second, time left by the pace."""

from __future__ import annotations

import pytest

from crawler.extensions.progress import RATE_SECONDS, Rate, Standing, in_words
from crawler.politeness import Habits, Manners


def test_a_range_is_told_by_its_days() -> None:
    standing = Standing(
        done=1250, known=2000, articles=700, requests_a_second=0.94, seconds_left=7500, days=31, closed=12
    )
    assert str(standing) == (
        "12 of 31 days closed, 1,250 of 2,000 addresses, 700 articles, 0.9 requests/s, "
        "at least 2 h 05 min left"
    )
    assert standing.bar == (12, 31)
    assert standing.beside_the_bar == "days, 700 articles, 0.9/s, ≥ 2 h 05 min left"


def test_without_a_range_addresses_are_told_and_without_a_pace_no_time() -> None:
    standing = Standing(done=5, known=20, articles=3, requests_a_second=12, seconds_left=None)
    assert str(standing) == "5 of 20 addresses, 3 articles, 12.0 requests/s"
    assert standing.bar == (5, 20)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 min"),
        (60, "1 min"),
        (61, "2 min"),
        (3600, "1 h 00 min"),
        (86_400, "1 day 0 h"),
        (200_000, "2 days 7 h"),
    ],
)
def test_times_are_rounded_up_to_what_people_say(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_a_rate_is_that_of_the_last_minute() -> None:
    rate = Rate()
    assert rate.take(0, 0.0) == 0
    assert rate.take(20, 10.0) == 2
    assert rate.take(20, 10.0 + RATE_SECONDS) == 0
    assert rate.take(26, 12.0 + RATE_SECONDS) == pytest.approx(3)


@pytest.mark.parametrize(
    ("waiting", "seconds"),
    [
        ({}, None),
        ({"a.example": 100, "b.example": 10}, 200),
        ({f"host{number}.example": 10 for number in range(20)}, 100),
        ({"lain.example": 10}, 20),
    ],
)
def test_the_time_left_is_that_of_the_slowest_host_or_of_its_network(
    waiting: dict[str, int], seconds: float | None
) -> None:
    manners = Manners(Habits(pace=2, network_pace=0.5))
    groups = {host: "jaringan" for host in waiting if host != "lain.example"}
    assert manners.time_for(waiting, groups) == seconds


def test_a_host_that_asks_for_a_longer_delay_counts_with_it_and_one_left_alone_not_at_all() -> None:
    manners = Manners(Habits(pace=1, network_pace=0, max_walls=1))
    manners.asked_to_wait("a.example", 10)
    assert manners.time_for({"a.example": 6, "b.example": 50}, {}) == 60
    manners.walled("a.example")
    assert manners.time_for({"a.example": 6, "b.example": 50}, {}) == 50


def test_without_a_pace_no_time_is_promised() -> None:
    assert Manners(Habits(pace=0)).time_for({"a.example": 6}, {"a.example": "jaringan"}) is None
