"""Kept articles are read again at an hour, six hours, a day and a week, each age once and then no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import rereading
from archives.catalogue import Catalogue, NewUrl
from archives.states import Kind, State
from crawler.ages import read_ages
from crawler.settings import KLIPING_RECHECK
from tests.archives.shelf import ARTICLE, NOW, new_url
from tests.crawler.newsdesk import reference

HOST = "pesisir.example"
HOUR = timedelta(hours=1)
RECHECK_AFTER = read_ages(KLIPING_RECHECK)


@contextmanager
def empty_catalogue() -> Iterator[Catalogue]:
    catalogue = Catalogue(":memory:")
    catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    yield catalogue
    catalogue.close()


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with empty_catalogue() as catalogue:
        yield catalogue


def read(catalogue: Catalogue, when: datetime, new: NewUrl | None = None, *, status: int = 200) -> None:
    """The article is fetched and kept."""
    new = new or new_url()
    catalogue.add_urls([new], 1)
    found = catalogue.find_url(new.url)
    assert found is not None
    capture_id = catalogue.add_capture(
        reference(new.url, when, status), run_id=1, url_id=found[0].url_id, waiting=True
    )
    catalogue.settle_url(found[0].url_id, State.CAPTURED, reason=None, run_id=1, capture_id=capture_id)


def due(catalogue: Catalogue, when: datetime, host: str = HOST) -> list[str]:
    return rereading.due(catalogue, [host], when, RECHECK_AFTER)


@pytest.mark.parametrize(
    ("hours", "is_due"),
    [(0, False), (0.9, False), (1, True), (5, True), (30, True), (200, True), (335, True)],
)
def test_an_article_read_once_is_due_from_an_hour_on(
    catalogue: Catalogue, hours: float, is_due: bool
) -> None:
    read(catalogue, NOW)
    assert due(catalogue, NOW + hours * HOUR) == ([ARTICLE] if is_due else [])


@pytest.mark.parametrize(
    ("last", "hours", "is_due"),
    [
        (1, 5.9, False), (1, 6, True), (2, 5, False), (6, 23, False), (6, 24, True), (24, 167, False),
        (24, 168, True), (30, 100, False), (168, 169, False), (200, 330, False),
    ],
)  # fmt: skip
def test_after_each_reading_the_next_age_counts(
    catalogue: Catalogue, last: float, hours: float, is_due: bool
) -> None:
    read(catalogue, NOW)
    read(catalogue, NOW + last * HOUR)
    assert bool(due(catalogue, NOW + hours * HOUR)) is is_due


@settings(max_examples=30)
@given(st.lists(st.integers(1, 100), min_size=1, max_size=25))
def test_however_often_a_timer_starts_an_article_is_read_at_most_once_for_each_age(gaps: list[int]) -> None:
    with empty_catalogue() as catalogue:
        read(catalogue, NOW)
        now, readings = NOW, 0
        for hours in gaps:
            now += hours * HOUR
            if due(catalogue, now):
                readings += 1
                read(catalogue, now)
                assert not due(catalogue, now)
    assert readings <= len(RECHECK_AFTER)
    assert readings >= (now - NOW >= HOUR)


def test_an_hourly_timer_reads_an_article_four_times_and_then_leaves_it(catalogue: Catalogue) -> None:
    read(catalogue, NOW)
    ages = []
    for hour in range(1, 24 * 30):
        if due(catalogue, NOW + hour * HOUR):
            ages.append(hour)
            read(catalogue, NOW + hour * HOUR)
    assert ages == [1, 6, 24, 168]


def test_an_article_of_long_ago_is_left_alone(catalogue: Catalogue) -> None:
    read(catalogue, NOW)
    assert not due(catalogue, NOW + timedelta(days=15))


def test_other_hosts_lists_pages_and_failures_are_never_due(catalogue: Catalogue) -> None:
    read(catalogue, NOW, new_url("https://lain.example/2026/11/22/x", host="lain.example"))
    read(catalogue, NOW, new_url("https://pesisir.example/index-news?date=2026-11-22", kind=Kind.LIST))
    read(catalogue, NOW, new_url(ARTICLE + "?page=2", kind=Kind.PAGE, article=ARTICLE, page=2))
    read(catalogue, NOW, new_url(ARTICLE + "-gagal"), status=503)
    assert due(catalogue, NOW + 2 * HOUR) == []


@pytest.mark.parametrize("state", [State.DUPLICATE, State.NOT_ARTICLE, State.GONE, State.TODO])
def test_only_what_is_kept_is_read_again(catalogue: Catalogue, state: State) -> None:
    read(catalogue, NOW)
    found = catalogue.find_url(ARTICLE)
    assert found is not None
    catalogue.settle_url(found[0].url_id, state, reason=None, run_id=1)
    assert due(catalogue, NOW + 2 * HOUR) == []


def test_without_hosts_nothing_is_due(catalogue: Catalogue) -> None:
    read(catalogue, NOW)
    assert rereading.due(catalogue, [], NOW + 2 * HOUR, RECHECK_AFTER) == []
