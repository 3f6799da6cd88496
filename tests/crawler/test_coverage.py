"""Walks over daily indexes: read to the end or not, while they change, repeat themselves or never end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives import coverage
from archives.collection import Collection
from archives.coverage import GRACE, Day, Walk
from archives.states import DayState, State
from crawler.arguments import make_plan
from crawler.coverage import (
    MAX_LIST_PAGES,
    MAX_ROUNDS,
    STALE_PAGES,
    IndexPage,
    Move,
    ask_for_days,
    dated,
    end_of,
    next_move,
)
from crawler.demo.portal import Answer, Request
from crawler.workers import WorkerPool
from extractors.portals.demo import PORTAL
from tests.archives.shelf import NOW, make_collection
from tests.crawler.newsdesk import (
    HOSTS,
    NEWSROOM,
    Ask,
    PowerCutError,
    Run,
    article_url,
    endless_index,
    repeating_index,
    run_through,
)
from tests.support.portal import FaultyPortal, failing, moving_index

TODAY = date(2026, 11, 22)
OVER = datetime.fromisoformat("2026-11-23T00:00:00+07:00")
AFTERWARDS = OVER + GRACE
FULL_DAY = date(2024, 8, 7)
CARDS = [card for card in NEWSROOM.on_host[HOSTS[0]] if card.kind == "article"]


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return make_collection(tmp_path / "warta")


def moving(count: int, arrivals: Mapping[int, int]) -> Ask:
    """The demo portal whose index of today lists so many articles in the end, five a page."""
    return answers(FaultyPortal(rules=[moving_index(TODAY, CARDS[:count], arrivals)]))


def answers(portal: FaultyPortal) -> Ask:
    def ask(request: Request) -> Answer:
        answer = portal.respond(request)
        assert isinstance(answer, Answer)
        return answer

    return ask


async def read_lists(run: Run) -> None:
    """Fetch lists until there are no more; articles stay to do."""
    while rows := [row for row in run.do(lambda c: c.todo(HOSTS[0], 999)) if row.kind.is_list]:
        await run.fetch(rows[0])


def pages_asked(run: Run) -> list[int]:
    return [int(url.partition("&page=")[2] or 1) for url in run.asked if "index-news" in url]


def listed(run: Run, day: date) -> set[str]:
    """Articles that the ledger says were listed for a day of the first host."""
    rows = run.do(
        lambda catalogue: catalogue.database.execute(
            "SELECT u.url FROM listed JOIN walks w USING (walk_id) JOIN urls u USING (url_id) "
            "WHERE w.host = ? AND w.day = ? AND u.kind = 'article'",
            (HOSTS[0], day.isoformat()),
        ).fetchall()
    )
    return {url for (url,) in rows}


def walk_row(run: Run, day: date) -> tuple[object, ...]:
    found = run.do(
        lambda catalogue: catalogue.database.execute(
            "SELECT at_page, fault, read_ended IS NOT NULL, pages, links FROM walks "
            "WHERE host = ? AND day = ?",
            (HOSTS[0], day.isoformat()),
        ).fetchone()
    )
    assert isinstance(found, tuple)
    return found


# --- an index that changes while it is read ---------------------------------------------------------


def test_items_that_move_on_while_todays_index_is_read_are_all_found(
    collection: Collection, readers: WorkerPool
) -> None:
    """One comes in before page 2 is asked for, one before page 3: each pushes one item over each edge."""
    with Run(collection, readers, moving(14, {2: 1, 3: 1})) as run:
        run.ask_for(TODAY)
        run_through(read_lists(run))
        assert pages_asked(run) == [1, 2, 3, 1, 2, 1]
        assert listed(run, TODAY) == {card.url for card in CARDS[:14]}
        assert walk_row(run, TODAY) == (0, None, 1, 6, 14)
        assert run.covered()[TODAY] is DayState.PARTIAL


def test_a_whole_page_that_is_pushed_on_does_not_look_like_the_end(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers, moving(20, {2: 5})) as run:
        run.ask_for(TODAY)
        run_through(read_lists(run))
        assert listed(run, TODAY) == {card.url for card in CARDS[:20]}


def test_an_index_that_never_rests_is_left_after_some_rounds(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers, moving(30, dict.fromkeys(range(2, 22), 1))) as run:
        run.ask_for(TODAY)
        run_through(read_lists(run))
        assert 2 < pages_asked(run).count(1) <= MAX_ROUNDS + 1
        assert walk_row(run, TODAY)[:3] == (0, None, 1)


def test_the_index_of_a_day_that_is_over_is_read_once(collection: Collection, readers: WorkerPool) -> None:
    with Run(collection, readers, moving(14, {}), now=AFTERWARDS) as run:
        run.ask_for(TODAY)
        run_through(read_lists(run))
        assert pages_asked(run) == [1, 2, 3]


def test_a_single_page_is_read_once_also_today(collection: Collection, readers: WorkerPool) -> None:
    with Run(collection, readers, moving(4, {})) as run:
        run.ask_for(TODAY)
        run_through(read_lists(run))
        assert pages_asked(run) == [1]


# --- closed or not ----------------------------------------------------------------------------------


def test_a_day_is_closed_when_all_that_its_index_lists_is_dealt_with(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers) as run:
        run.ask_for(FULL_DAY, date(2019, 1, 1))
        run_through(read_lists(run))
        assert run.covered() == {date(2019, 1, 1): DayState.EMPTY, FULL_DAY: DayState.PARTIAL}
        run.crawl()
        assert run.covered()[FULL_DAY] is DayState.CLOSED
    with Run(collection, readers) as again:
        again.ask_for(FULL_DAY, date(2019, 1, 1))
        again.crawl()
        assert again.asked == []


@pytest.mark.parametrize(("early", "state"), [(1, DayState.PARTIAL), (0, DayState.EMPTY)])
def test_a_reading_that_begins_before_the_day_is_over_does_not_close_it(
    collection: Collection, readers: WorkerPool, early: int, state: DayState
) -> None:
    begins = AFTERWARDS - timedelta(seconds=1)  # the answer comes a second later
    with Run(collection, readers, now=begins - timedelta(seconds=early)) as run:
        run.ask_for(TODAY)
        run.crawl()
        assert run.covered() == {TODAY: state}


def test_an_index_page_that_fails_leaves_the_day_missing_and_the_next_run_begins_at_page_1(
    collection: Collection, readers: WorkerPool
) -> None:
    broken = FaultyPortal(rules=[failing("/index-news", status=500, page=2)])
    with Run(collection, readers, answers(broken)) as run:
        run.ask_for(FULL_DAY)
        run.crawl()
        assert walk_row(run, FULL_DAY)[:3] == (0, "page 2: http 500", 0)
        assert run.covered() == {FULL_DAY: DayState.MISSING}
    with Run(collection, readers) as again:
        again.ask_for(FULL_DAY)
        again.crawl()
        assert pages_asked(again) == [1, 2]
        assert not set(again.asked) & set(run.asked) - {url for url in run.asked if "index-news" in url}
        assert again.covered() == {FULL_DAY: DayState.CLOSED}


def test_an_index_that_only_repeats_itself_has_been_read_to_its_end(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers, repeating_index) as run:
        run.ask_for(FULL_DAY)
        run_through(read_lists(run))
        assert pages_asked(run) == [1, 2]
        assert walk_row(run, FULL_DAY)[:3] == (0, None, 1)


def test_an_index_that_repeats_itself_with_other_tracking_marks_has_ended_too(
    collection: Collection, readers: WorkerPool
) -> None:
    def ask(request: Request) -> Answer:
        mark = f'?utm_content={request.query("page") or 1}" class="f20'.encode()
        answer = repeating_index(request)
        return replace(answer, body=answer.body.replace(b'" class="f20', mark))

    with Run(collection, readers, ask) as run:
        run.ask_for(FULL_DAY)
        run_through(read_lists(run))
        assert pages_asked(run) == [1, 2]


def test_an_index_that_never_ends_has_not_been_read_to_its_end(
    collection: Collection, readers: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_LIST_PAGES >= 100
    monkeypatch.setattr("crawler.coverage.MAX_LIST_PAGES", 4)
    with Run(collection, readers, endless_index) as run:
        run.ask_for(FULL_DAY)
        run_through(read_lists(run))
        assert pages_asked(run) == [1, 2, 3, 4]
        assert walk_row(run, FULL_DAY)[:3] == (0, "more than 4 pages", 0)
        assert run.covered() == {FULL_DAY: DayState.MISSING}


def test_a_page_that_is_no_list_does_not_end_an_index(collection: Collection, readers: WorkerPool) -> None:
    def ask(_request: Request) -> Answer:
        return Answer(body=b"<html><body><h1>Situs sedang dipelihara</h1></body></html>")

    with Run(collection, readers, ask) as run:
        run.ask_for(FULL_DAY)
        run_through(read_lists(run))
        assert walk_row(run, FULL_DAY)[:3] == (0, "page 1: not a list", 0)


# --- interrupted ------------------------------------------------------------------------------------


def test_a_walk_that_was_cut_off_begins_again_at_page_1_and_fetches_no_article_twice(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers) as run:
        run.ask_for(FULL_DAY)
        row = run.next_row()
        assert row is not None
        run_through(run.fetch(row))
        for _ in range(3):
            article = next(row for row in run.next_rows(99) if not row.kind.is_list)
            run_through(run.fetch(article))
    with Run(collection, readers) as again:
        again.do(lambda c: coverage.begin_again(c.database, HOSTS, run_id=again.run_id, due=NOW))
        again.crawl()
        assert pages_asked(again) == [1, 2]
        assert not set(run.asked[1:]) & set(again.asked)
        assert again.covered() == {FULL_DAY: DayState.CLOSED}


def test_a_power_cut_does_not_part_a_list_from_what_it_listed(
    collection: Collection, readers: WorkerPool
) -> None:
    with Run(collection, readers) as run:
        run.ask_for(FULL_DAY)
        row = run.next_row()
        assert row is not None
        run.keeper.jobs_left, run.keeper.half_done = 1, True
        with pytest.raises(PowerCutError):
            asyncio.run(run.fetch(row))
        assert (listed(run, FULL_DAY), walk_row(run, FULL_DAY)[0]) == (set(), 1)
    with Run(collection, readers) as again:
        run_through(again.desk.resume())
        assert len(listed(again, FULL_DAY)) == 5
        assert walk_row(again, FULL_DAY)[0] == 2


def test_a_list_that_nobody_has_looked_at_waits_for_a_run_over_its_host(
    collection: Collection, readers: WorkerPool
) -> None:
    """Another run would note its articles as outside the crawl, and its day would be closed without them."""
    single = moving(3, {})
    with Run(collection, readers, single, now=AFTERWARDS) as run:
        run.ask_for(TODAY)
        row = run.next_row()
        assert row is not None
        run_through(run.capture(row))
    with Run(collection, readers, single, now=AFTERWARDS, hosts=HOSTS[1:]) as other:
        other.crawl()
        assert listed(other, TODAY) == set()
    with Run(collection, readers, single, now=AFTERWARDS) as again:
        again.crawl()
        assert pages_asked(again) == []
        assert listed(again, TODAY) == {card.url for card in CARDS[:3]}
        assert {again.states()[card.url] for card in CARDS[:3]} == {(State.CAPTURED, None)}
        assert again.covered()[TODAY] is DayState.CLOSED


# --- what failed ------------------------------------------------------------------------------------


def test_a_patient_run_leaves_what_has_failed_until_it_is_due(
    collection: Collection, readers: WorkerPool
) -> None:
    card = CARDS[3]
    broken = FaultyPortal(rules=[failing(card.path, status=500)])
    with Run(collection, readers, answers(broken)) as run:
        run.crawl(article_url(card.url))
        assert run.states()[card.url] == (State.FAILED, "http 500")
    for hours, asked in ((0.9, 0), (1.1, 1)):
        with Run(
            collection, readers, moving(14, {}), now=NOW + timedelta(hours=hours), patient=True
        ) as again:
            again.ask_for(TODAY)  # the index lists the article
            again.crawl()
            assert again.asked.count(card.url) == asked
            assert again.states()[card.url][0] is (State.CAPTURED if asked else State.FAILED)


def test_an_index_that_is_known_is_not_asked_for_again_while_an_article_is_pending(
    collection: Collection, readers: WorkerPool
) -> None:
    card = next(card for card in CARDS if card.published.date() == FULL_DAY)
    with Run(collection, readers, answers(FaultyPortal(rules=[failing(card.path, status=500)]))) as run:
        run.ask_for(FULL_DAY)
        run.crawl()
        assert run.covered() == {FULL_DAY: DayState.PARTIAL}
    with Run(collection, readers) as again:
        again.ask_for(FULL_DAY)
        again.do(lambda catalogue: catalogue.retry_failed(HOSTS, again.run_id))
        again.crawl()
        assert again.asked[0] == card.url
        assert pages_asked(again) == []
        assert again.covered() == {FULL_DAY: DayState.CLOSED}


def test_an_interrupted_reading_of_everything_does_not_read_an_index_twice(
    collection: Collection, readers: WorkerPool
) -> None:
    plan = make_plan([PORTAL], {"hosts": HOSTS[0], "recheck": "all"}, today=FULL_DAY)
    days = (FULL_DAY, FULL_DAY - timedelta(1))

    def read(begun_in: int | None = None) -> Run:
        with Run(collection, readers) as run:
            run.do(lambda c: ask_for_days(c, plan, days, run_id=run.run_id, begun_in=begun_in))
            run_through(read_lists(run))
        return run

    first = read()
    assert len(pages_asked(first)) > len(days)
    assert pages_asked(read(first.run_id)) == []
    assert pages_asked(read()) == pages_asked(first)


# --- decisions --------------------------------------------------------------------------------------

DAY = Day(portal="demo", host=HOSTS[0], day=TODAY, ends=OVER)
WALK = Walk(walk_id=1, day=DAY, at_page=2, round=0, begun=NOW, fault=None)
PAGE = IndexPage(number=2, at=NOW, following="http://x/?page=3")


@pytest.mark.parametrize(
    ("walk", "page", "fresh", "stale", "move"),
    [
        (WALK, PAGE, 3, 0, Move.ON),
        (WALK, PAGE, 0, STALE_PAGES, Move.ON),
        (WALK, PAGE, 0, STALE_PAGES + 1, Move.AGAIN),
        (replace(WALK, begun=AFTERWARDS), PAGE, 0, 1, Move.END),
        (replace(WALK, round=1), PAGE, 0, 1, Move.AGAIN),
        (replace(WALK, round=MAX_ROUNDS), PAGE, 0, 1, Move.END),
        (replace(WALK, round=1), replace(PAGE, number=1), 0, 1, Move.END),
        (WALK, replace(PAGE, following=None), 3, 0, Move.AGAIN),
        (replace(WALK, fault="page 1: body was cut"), replace(PAGE, following=None), 3, 0, Move.LEAVE),
        (replace(WALK, fault="page 1: body was cut"), PAGE, 3, 0, Move.ON),
        (WALK, replace(PAGE, number=MAX_LIST_PAGES), 3, 0, Move.LEAVE),
        (WALK, replace(PAGE, number=MAX_LIST_PAGES, following=None), 3, 0, Move.AGAIN),
    ],
)
def test_what_a_walk_does_after_a_page(
    walk: Walk, page: IndexPage, fresh: int, stale: int, move: Move
) -> None:
    assert next_move(walk, page, fresh=fresh, stale_pages=stale) is move


@given(st.integers(1, 9), st.integers(0, MAX_ROUNDS), st.booleans())
def test_every_walk_ends(last_page: int, fresh_rounds: int, over: bool) -> None:
    walk = replace(WALK, begun=AFTERWARDS if over else NOW)
    number, moves = 1, 0
    while True:
        fresh = 1 if walk.round <= fresh_rounds else 0
        page = replace(PAGE, number=number, following="http://x/" if number < last_page else None)
        move = next_move(walk, page, fresh=fresh, stale_pages=0 if fresh else 1)
        moves += 1
        if move in {Move.END, Move.LEAVE}:
            break
        number = number + 1 if move is Move.ON else 1
        walk = walk if move is Move.ON else replace(walk, round=walk.round + 1)
    assert moves <= (MAX_ROUNDS + 1) * last_page


@pytest.mark.parametrize(
    ("host", "text", "day"),
    [
        (HOSTS[0], "2024-08-07T23:30:00Z", date(2024, 8, 8)),
        (HOSTS[1], "2024-08-07T23:30:00+07:00", date(2024, 8, 8)),
        (HOSTS[0], "2024-08-07", date(2024, 8, 7)),
        (HOSTS[0], "Wed, 07 Aug 2024 08:00:00 +0700", date(2024, 8, 7)),
        (HOSTS[0], "Rabu, 7 Agustus 2024 08:00 WIB", date(2024, 8, 7)),
        (HOSTS[0], "3 jam lalu", None),
        (HOSTS[0], "2031-01-01", None),
        (HOSTS[0], "1999-01-01", None),
        (HOSTS[0], None, None),
        ("lain.example", "2024-08-07", None),
    ],
)
def test_a_link_counts_for_the_day_of_its_date_where_the_host_is(
    host: str, text: str | None, day: date | None
) -> None:
    found = dated("demo", host, text, NOW)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Jakarta", 17), ("Asia/Makassar", 16), ("Asia/Jayapura", 15)]
)
def test_a_day_ends_at_midnight_of_its_zone(zone: str, hour: int) -> None:
    assert end_of(TODAY, zone) == datetime.fromisoformat(f"2026-11-22T{hour}:00:00+00:00")
