"""The coverage ledger: which days are closed, partial, missing or empty, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from archives import coverage
from archives.catalogue import MAX_TRIES, RETRY_AFTER, Catalogue, next_try
from archives.coverage import GRACE, Day, Extent
from archives.states import DayState, Kind, Source, State
from tests.archives.shelf import ARTICLE, NOW, new_url
from tests.crawler.newsdesk import reference

HOST = "pesisir.example"
DAY = Day(portal="demo", host=HOST, day=date(2026, 11, 20), ends=datetime(2026, 11, 20, 17, tzinfo=UTC))
INDEX = "https://pesisir.example/index-news?date=2026-11-20"
OVER = DAY.ends + GRACE


@dataclass(slots=True)
class Ledger:
    """A ledger in memory, and what a run writes into it."""

    catalogue: Catalogue
    run_id: int = 1

    def ask(self, day: Day = DAY) -> int:
        coverage.ask(
            self.catalogue.database, day, f"{INDEX}&{day.day}&{day.section}", rank=0, run_id=self.run_id
        )
        return coverage.walk_of(self.catalogue.database, day)

    def read(self, walk_id: int, *urls: str, begun: datetime = OVER) -> None:
        """An index of one page with these articles is read to its end."""
        db = self.catalogue.database
        self.catalogue.add_urls([new_url(url) for url in urls], self.run_id)
        coverage.begin_reading(db, walk_id, begun)
        coverage.note_page(db, walk_id, links=len(urls), fault=None)
        coverage.note_listed(db, walk_id, urls, Source.INDEX, begun)
        coverage.note_end(db, walk_id, last_page=1, at=begun, run_id=self.run_id)

    def settle(self, state: State, url: str = ARTICLE, *, times: int = 1, now: datetime = NOW) -> None:
        found = self.catalogue.find_url(url)
        assert found is not None
        for _ in range(times):
            self.catalogue.settle_url(found[0].url_id, state, reason="why", run_id=self.run_id, now=now)

    def state(self, day: Day = DAY, *, now: datetime = NOW) -> DayState:
        rows = coverage.days(self.catalogue.database, Extent(since=day.day, until=day.day), now=now)
        (found,) = (row.state for row in rows if row.section == day.section)
        return found


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    catalogue = Catalogue(":memory:")
    catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    yield Ledger(catalogue)
    catalogue.close()


def test_a_day_that_was_asked_for_is_missing_until_its_index_is_read_to_the_end(ledger: Ledger) -> None:
    walk_id = ledger.ask()
    assert ledger.state() is DayState.MISSING
    coverage.begin_reading(ledger.catalogue.database, walk_id, OVER)
    coverage.note_page(ledger.catalogue.database, walk_id, links=3, fault=None)
    assert ledger.state() is DayState.MISSING
    coverage.note_end(ledger.catalogue.database, walk_id, last_page=1, at=OVER, run_id=1)
    assert ledger.state() is DayState.CLOSED


@pytest.mark.parametrize(("early", "state"), [(1, DayState.PARTIAL), (0, DayState.EMPTY)])
def test_only_a_reading_that_begins_after_the_day_and_its_grace_closes_it(
    ledger: Ledger, early: int, state: DayState
) -> None:
    ledger.read(ledger.ask(), begun=OVER - timedelta(seconds=early))
    assert ledger.state() is state


@pytest.mark.parametrize(
    ("state", "times", "day"),
    [
        (State.TODO, 0, DayState.PARTIAL),
        (State.CAPTURED, 1, DayState.CLOSED),
        (State.DUPLICATE, 1, DayState.CLOSED),
        (State.NOT_ARTICLE, 1, DayState.CLOSED),
        (State.GONE, 1, DayState.CLOSED),
        (State.ROBOTS, 1, DayState.CLOSED),
        (State.FAILED, 1, DayState.PARTIAL),
        (State.FAILED, MAX_TRIES - 1, DayState.PARTIAL),
        (State.FAILED, MAX_TRIES, DayState.CLOSED),
    ],
)
def test_a_day_is_closed_when_nothing_that_was_listed_for_it_is_pending(
    ledger: Ledger, state: State, times: int, day: DayState
) -> None:
    ledger.read(ledger.ask(), ARTICLE)
    ledger.settle(state, times=times)
    assert ledger.state() is day


@pytest.mark.parametrize(
    ("state", "day"), [(State.TODO, DayState.PARTIAL), (State.CAPTURED, DayState.CLOSED)]
)
def test_a_page_of_an_article_that_is_pending_keeps_its_day_open(
    ledger: Ledger, state: State, day: DayState
) -> None:
    ledger.read(ledger.ask(), ARTICLE)
    ledger.settle(State.CAPTURED)
    page = new_url(f"{ARTICLE}?page=2", kind=Kind.PAGE, article=ARTICLE, page=2)
    ledger.catalogue.add_urls([page], 1)
    if state is not State.TODO:
        ledger.settle(state, page.url)
    assert ledger.state() is day


def test_what_a_sitemap_names_for_a_closed_day_opens_it_again(ledger: Ledger) -> None:
    walk_id = ledger.ask()
    ledger.read(walk_id)
    assert ledger.state() is DayState.EMPTY
    ledger.catalogue.add_urls([new_url()], 1)
    coverage.note_listed(ledger.catalogue.database, walk_id, [ARTICLE], Source.SITEMAP, NOW)
    assert ledger.state() is DayState.PARTIAL
    ledger.settle(State.CAPTURED)
    assert ledger.state() is DayState.CLOSED


def test_a_day_that_only_a_sitemap_told_of_was_not_asked_for_and_is_no_gap(ledger: Ledger) -> None:
    ledger.catalogue.add_urls([new_url()], 1)
    db = ledger.catalogue.database
    coverage.note_listed(db, coverage.walk_of(db, DAY), [ARTICLE], Source.SITEMAP, NOW)
    (row,) = coverage.days(db, Extent(), now=NOW)
    assert (row.state, row.is_gap, row.pending) == (DayState.UNASKED, False, 1)
    assert coverage.covered(db, now=NOW).asked == 0


def test_a_link_that_is_no_article_leaves_an_empty_day_empty(ledger: Ledger) -> None:
    walk_id = ledger.ask()
    ledger.read(walk_id)
    video = new_url("https://pesisir.example/video/1", kind=Kind.OTHER, state=State.NOT_ARTICLE)
    ledger.catalogue.add_urls([video], 1)
    coverage.note_listed(ledger.catalogue.database, walk_id, [video.url], Source.INDEX, NOW)
    assert ledger.state() is DayState.EMPTY


def test_a_day_that_is_not_over_is_no_gap(ledger: Ledger) -> None:
    ledger.ask()
    db = ledger.catalogue.database
    for moment, is_gap in ((OVER - timedelta(seconds=1), False), (OVER, True)):
        assert [row.is_gap for row in coverage.days(db, Extent(), now=moment)] == [is_gap]
        assert coverage.covered(db, now=moment).gaps == is_gap


def test_a_reading_that_stops_half_way_does_not_undo_one_that_came_to_the_end(ledger: Ledger) -> None:
    walk_id = ledger.ask()
    ledger.read(walk_id, ARTICLE)
    ledger.settle(State.CAPTURED)
    ledger.ask()
    coverage.begin_reading(ledger.catalogue.database, walk_id, OVER + timedelta(days=1))
    coverage.give_up(ledger.catalogue.database, walk_id, "page 2: http 500")
    assert ledger.state() is DayState.CLOSED


def test_sections_are_days_of_their_own(ledger: Ledger) -> None:
    ledger.read(ledger.ask())
    sport = replace(DAY, section="sport")
    ledger.ask(sport)
    assert (ledger.state(), ledger.state(sport)) == (DayState.EMPTY, DayState.MISSING)
    walked = coverage.walked(ledger.catalogue.database, Extent(hosts=(HOST,)))
    assert list(walked) == [("", DAY.day)]


@pytest.mark.parametrize(("early", "known"), [(1, 0), (0, 1)])
def test_an_index_that_was_read_after_the_day_is_known_whatever_is_pending(
    ledger: Ledger, early: int, known: int
) -> None:
    ledger.read(ledger.ask(), ARTICLE, begun=OVER - timedelta(seconds=early))
    assert ledger.state() is DayState.PARTIAL
    found = coverage.covered(ledger.catalogue.database, now=NOW)
    assert (found.gaps, found.unread) == (1, 1 - known)
    assert len(coverage.walked(ledger.catalogue.database, Extent())) == known


def test_a_run_counts_the_days_that_it_asked_for(ledger: Ledger) -> None:
    ledger.read(ledger.ask())
    ledger.run_id = 2
    ledger.ask(replace(DAY, day=date(2026, 11, 19)))
    coverage.note_asked(ledger.catalogue.database, [1], 2)
    found = coverage.covered(ledger.catalogue.database, now=NOW, run_id=2)
    assert (found.asked, found.closed, found.gaps, found.unread) == (2, 1, 1, 1)
    assert coverage.covered(ledger.catalogue.database, now=NOW, run_id=1).asked == 0


def test_pages_that_an_earlier_reading_left_are_put_away_and_found_again(ledger: Ledger) -> None:
    walk_id = ledger.ask()
    place = coverage.IndexPlace(url=f"{INDEX}&page=2", page=2, rank=0)
    db = ledger.catalogue.database
    assert coverage.ask_page(db, walk_id, DAY, place, run_id=1) == 1
    ledger.run_id = 2
    ledger.ask()
    assert [row.page for row in ledger.catalogue.todo(HOST, 9)] == [1]
    assert coverage.ask_page(db, walk_id, DAY, place, run_id=2) == 1
    assert coverage.ask_page(db, walk_id, DAY, place, run_id=2) == 0
    assert [row.page for row in ledger.catalogue.todo(HOST, 9)] == [1, 2]


def test_an_index_page_that_fails_in_every_run_is_left_at_last(ledger: Ledger) -> None:
    ledger.ask()
    now, again = NOW, 1
    url = ledger.catalogue.todo(HOST, 1)[0].url
    for _ in range(MAX_TRIES):
        ledger.settle(State.FAILED, url, now=now)
        ledger.run_id += 1
        assert coverage.begin_again(ledger.catalogue.database, [HOST], run_id=ledger.run_id, due=now) == 0
        now += max(RETRY_AFTER)
        again = coverage.begin_again(ledger.catalogue.database, [HOST], run_id=ledger.run_id, due=now)
    assert again == 0
    assert ledger.state() is DayState.MISSING


def test_an_index_that_failed_all_day_is_tried_again_when_no_run_asks_for_its_day_any_more(
    ledger: Ledger,
) -> None:
    """A timer asks for today and yesterday every hour: an outage of a day must not use up all tries."""
    now = NOW
    for _ in range(30):
        ledger.ask()
        ledger.settle(State.FAILED, ledger.catalogue.todo(HOST, 1)[0].url, now=now)
        now += timedelta(hours=1)
        ledger.run_id += 1
    assert coverage.begin_again(ledger.catalogue.database, [HOST], run_id=ledger.run_id, due=now) == 1
    assert [row.page for row in ledger.catalogue.todo(HOST, 9)] == [1]


def test_details_tell_of_each_list_and_of_each_state(ledger: Ledger) -> None:
    walk_id = ledger.ask()
    ledger.read(walk_id, ARTICLE, f"{ARTICLE}-2", f"{ARTICLE}-3")
    catalogue = ledger.catalogue
    known = replace(reference(ARTICLE), original=reference(ARTICLE).place)
    found = catalogue.find_url(ARTICLE)
    assert found is not None
    capture_id = catalogue.add_capture(known, run_id=1, url_id=found[0].url_id, waiting=False)
    catalogue.settle_url(found[0].url_id, State.CAPTURED, reason=None, run_id=1, capture_id=capture_id)
    ledger.settle(State.CAPTURED, f"{ARTICLE}-2")
    coverage.note_listed(catalogue.database, walk_id, [ARTICLE], Source.FEED, NOW)
    coverage.note_listed(catalogue.database, walk_id, [ARTICLE], Source.FEED, NOW + timedelta(hours=1))
    index, listed, urls = (json.loads(text) for text in next(coverage.details(catalogue.database, Extent())))
    assert (index["readBegun"], index["pages"], index["links"]) == ("2026-11-20T20:00:00Z", 1, 3)
    assert {source: said["urls"] for source, said in listed.items()} == {"index": 3, "feed": 1}
    assert (listed["feed"]["firstListed"], listed["feed"]["lastListed"]) == (
        "2026-11-22T01:02:03Z", "2026-11-22T02:02:03Z",
    )  # fmt: skip
    assert urls == {"revisit": 1, "captured": 1, "pending": 1}


@pytest.mark.parametrize("archived", [False, True])
def test_a_reading_that_no_archived_list_shows_can_be_forgotten(ledger: Ledger, archived: bool) -> None:
    ledger.read(ledger.ask())
    if archived:
        row = ledger.catalogue.todo(HOST, 1)[0]
        ref = reference(row.url, OVER)
        ledger.catalogue.add_capture(ref, run_id=1, url_id=row.url_id, waiting=False)
    assert coverage.forget_unshown(ledger.catalogue.database) == int(not archived)
    assert ledger.state() is (DayState.EMPTY if archived else DayState.MISSING)


# --- when failures are tried again ------------------------------------------------------------------


def test_tries_are_an_hour_six_hours_a_day_and_three_days_apart() -> None:
    waits = [(next_try(tries, NOW) or NOW) - NOW for tries in range(MAX_TRIES + 2)]
    hours = [wait.total_seconds() / 3600 for wait in waits]
    assert hours == [0, 1, 6, 24, 72, 0, 0]


@pytest.mark.parametrize(("hours", "again"), [(0.9, 0), (1, 1)])
def test_a_failed_url_waits_for_its_next_try_also_when_a_list_names_it_again(
    ledger: Ledger, hours: float, again: int
) -> None:
    ledger.catalogue.add_urls([new_url()], 1)
    ledger.settle(State.FAILED)
    due = NOW + timedelta(hours=hours)
    assert ledger.catalogue.add_urls([new_url()], 2, due=due) == again
    ledger.settle(State.FAILED)
    ledger.settle(State.FAILED)
    assert ledger.catalogue.retry_failed([HOST], 3, due=NOW + timedelta(hours=23)) == 0
    assert ledger.catalogue.retry_failed([HOST], 3, due=NOW + timedelta(hours=24)) == 1


def test_a_url_that_is_asked_for_by_name_is_tried_at_once_even_if_it_was_given_up(ledger: Ledger) -> None:
    ledger.catalogue.add_urls([new_url()], 1)
    ledger.settle(State.FAILED, times=MAX_TRIES)
    assert ledger.catalogue.add_urls([new_url()], 2, due=NOW + timedelta(days=99)) == 0
    assert ledger.catalogue.add_urls([new_url()], 2) == 1


@pytest.mark.parametrize(("listed", "day", "again"), [(True, 20, 1), (True, 19, 0), (False, 19, 1)])
def test_a_range_tries_at_once_what_failed_of_its_own_days_and_what_no_list_names(
    ledger: Ledger, listed: bool, day: int, again: int
) -> None:
    """Also a page of an article that is listed; it is on no list itself."""
    further = replace(new_url(f"{ARTICLE}?page=2"), kind=Kind.PAGE, article=ARTICLE, page=2)
    if listed:
        ledger.read(ledger.ask(), ARTICLE)
    ledger.catalogue.add_urls([new_url(), further], 1)
    for url in (ARTICLE, further.url):
        ledger.settle(State.FAILED, url)
    asked = date(2026, 11, day)
    extent = Extent(hosts=(HOST,), since=asked, until=asked)
    assert coverage.retry_range(ledger.catalogue.database, extent, run_id=2) == 2 * again
