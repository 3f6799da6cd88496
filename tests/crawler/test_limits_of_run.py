"""Limits of a run: understood or refused; never exceeded, and nothing under way is lost to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archives.states import State
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.limits_of_run import (
    PATIENCE,
    Allowance,
    Limit,
    RunEndedError,
    RunLimits,
    limits_of,
    parse_count,
    parse_duration,
)
from tests.crawler.newsdesk import run_through
from tests.crawler.test_scheduler import PESISIR, Begin, begin, on

__all__ = ["begin"]  # the fixture


class Clock:
    """A clock that a test turns."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


# --- what is written --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("45m", 2700), ("2h", 7200), ("1d", 86400), (" 1.5 H ", 5400), ("0.5", 0.5)],
)
def test_a_length_of_time_is_understood(text: str, seconds: float) -> None:
    assert parse_duration(text, name="--max-runtime") == seconds


@pytest.mark.parametrize(
    "text", ["", "0", "0h", "-5", "2x", "2hours", "h", "1h30m", "1e3", "٣", "nan", "9" * 20]
)
def test_what_is_no_length_of_time_is_refused_by_name(text: str) -> None:
    with pytest.raises(WrongUsageError, match=r"--max-runtime=.*like 45m or 2h"):
        parse_duration(text, name="--max-runtime")


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "1e3", "lots", "١", "9" * 20])
def test_what_is_no_number_of_requests_is_refused_by_name(text: str) -> None:
    with pytest.raises(WrongUsageError, match=r"--max-requests=.*at least 1"):
        parse_count(text, name="--max-requests")


def test_settings_say_the_same_and_an_empty_one_is_no_limit() -> None:
    assert limits_of(Settings({"KLIPING_MAX_RUNTIME": "", "KLIPING_MAX_REQUESTS": None})) == RunLimits()
    asked = Settings({"KLIPING_MAX_RUNTIME": "2h", "KLIPING_MAX_REQUESTS": 70})
    assert limits_of(asked) == RunLimits(seconds=7200, requests=70)
    for name in ("KLIPING_MAX_RUNTIME", "KLIPING_MAX_REQUESTS"):
        with pytest.raises(WrongUsageError, match=name):
            limits_of(Settings({name: 0}))


# --- what is left -----------------------------------------------------------------------------------


def test_without_limits_there_is_always_room() -> None:
    allowance = Allowance()
    for number in range(1000):
        allowance.begin(number)
        allowance.take(number)
    allowance.wait(1e9)
    assert (allowance.spent, allowance.leave_work(), allowance.stopped) == (None, False, None)


def test_a_request_is_set_aside_for_each_url_under_way() -> None:
    allowance = Allowance(RunLimits(requests=3))
    for number in (1, 2):
        assert allowance.spent is None
        allowance.begin(number)
    allowance.take(None)  # robots.txt
    assert allowance.spent is Limit.REQUESTS
    allowance.take(1)
    allowance.take(2)
    assert (allowance.sent, allowance.stopped) == (3, None)


def test_a_url_that_was_not_asked_for_gives_its_request_back() -> None:
    allowance = Allowance(RunLimits(requests=1))
    allowance.begin(1)
    assert allowance.spent is Limit.REQUESTS
    allowance.release(1)  # robots.txt forbids it, say
    assert allowance.spent is None


def test_what_would_go_beyond_the_number_is_held_back_and_remembered() -> None:
    allowance = Allowance(RunLimits(requests=1))
    allowance.take(1)
    with pytest.raises(RunEndedError):
        allowance.take(1)  # it was a redirect
    assert (allowance.sent, allowance.stopped) == (1, Limit.REQUESTS)


@given(st.integers(1, 20), st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=40))
def test_the_number_is_never_exceeded(most: int, urls: list[tuple[int, int]]) -> None:
    """URLs are handed out while there is room; each sends some requests, one after the other."""
    allowance = Allowance(RunLimits(requests=most))
    refused = 0
    for number, (sends, others) in enumerate(urls):
        if allowance.spent:
            break
        allowance.begin(number)
        for url_id in [number] * sends + [None] * others:
            try:
                allowance.take(url_id)
            except RunEndedError:
                refused += 1
        allowance.release(number)
    assert allowance.sent <= most
    assert bool(refused) == (allowance.stopped is not None)


def test_after_the_time_nothing_new_begins_but_a_short_wait_is_granted() -> None:
    clock = Clock()
    allowance = Allowance(RunLimits(seconds=60), clock=clock)
    allowance.wait(60)
    with pytest.raises(RunEndedError):
        allowance.wait(61)
    clock.now += 60
    assert allowance.spent is Limit.RUNTIME
    allowance.wait(PATIENCE)
    with pytest.raises(RunEndedError):
        allowance.wait(PATIENCE + 1)


def test_a_limit_that_left_nothing_undone_has_stopped_nothing() -> None:
    clock = Clock()
    allowance = Allowance(RunLimits(seconds=60), clock=clock)
    clock.now += 61
    assert allowance.stopped is None
    assert allowance.leave_work()
    assert allowance.stopped is Limit.RUNTIME


# --- the scheduler ----------------------------------------------------------------------------------


def test_the_scheduler_hands_out_no_more_than_may_be_asked_for(begin: Begin) -> None:
    crawl = begin(KLIPING_MAX_REQUESTS=3)
    crawl.learn(*on(PESISIR, 9))
    handed_out = crawl.handed_out()
    assert len(handed_out) == 3
    for request in handed_out:
        crawl.run.allowance.take(request.meta["url_id"])
        crawl.settle(request)
    assert crawl.next_url() is None
    assert not crawl.scheduler.has_pending_requests(), "the engine may end the run"
    assert crawl.run.allowance.stopped is Limit.REQUESTS
    assert sum(count for _, state, _, count in crawl.run.catalogue.states() if state is State.TODO) == 6


def test_what_was_held_back_is_not_handed_out_again_but_stays_to_do(begin: Begin) -> None:
    """Else a host whose turn comes after the end would be tried over and over until then."""
    crawl = begin(KLIPING_MAX_RUNTIME="1d")
    crawl.learn(*on(PESISIR, 1))
    (request,) = crawl.handed_out()
    with pytest.raises(RunEndedError) as held_back:
        crawl.run.allowance.wait(2 * 86400)
    failure = Failure(held_back.value)  # type: ignore[no-untyped-call]
    failure.request = request  # type: ignore[attr-defined]
    run_through(crawl.spider.unanswered(failure))
    assert crawl.next_url() is None
    assert not crawl.scheduler.has_pending_requests()
    crawl.run.close_reason = "finished"
    assert crawl.run.finish() is ExitCode.GAPS
    assert begin().next_url() == request.url


def test_a_number_that_is_just_enough_stops_nothing(begin: Begin) -> None:
    crawl = begin(KLIPING_MAX_REQUESTS=3)
    crawl.learn(*on(PESISIR, 3))
    for request in crawl.handed_out():
        crawl.run.allowance.take(request.meta["url_id"])
        crawl.settle(request)
    assert not crawl.scheduler.has_pending_requests()
    assert crawl.run.allowance.stopped is None
