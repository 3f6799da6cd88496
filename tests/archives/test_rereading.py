"""Which kept articles a run reads again, and since when the portal has deleted which."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from archives import coverage, rereading
from archives.catalogue import MAX_TRIES, Catalogue
from archives.coverage import Day
from archives.states import Source, State
from archives.versions import KeptPage
from tests.archives.shelf import ARTICLE, NOW, new_url
from tests.crawler.newsdesk import reference

HOST = "pesisir.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = (HOUR, DAY)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with closing(Catalogue(":memory:")) as catalogue:
        begin(catalogue)
        yield catalogue


def begin(catalogue: Catalogue, now: datetime = NOW, **arguments: str) -> int:
    return catalogue.begin_run(portal="demo", arguments=arguments, software="Kliping/0", now=now)


def answered(
    catalogue: Catalogue,
    status: int,
    when: datetime,
    *,
    url: str = ARTICLE,
    run_id: int = 1,
    kept: bool = True,
) -> None:
    """The portal answers a request for the article, which is kept where it is one."""
    catalogue.add_urls([new_url(url)], run_id)
    found = catalogue.find_url(url)
    assert found is not None
    capture_id = catalogue.add_capture(
        reference(url, when, status), run_id=run_id, url_id=found[0].url_id, waiting=True
    )
    if status == 200 and kept:
        catalogue.place_page(url, "demo", 1, KeptPage(capture_id, "digest"), count=1, run_id=run_id)
    state = {200: State.CAPTURED, 404: State.GONE, 410: State.GONE}.get(status, State.FAILED)
    reason = None if status == 200 else f"http {status}"
    catalogue.settle_url(found[0].url_id, state, reason=reason, run_id=run_id, capture_id=capture_id)


def gone_at(catalogue: Catalogue, url: str = ARTICLE) -> str | None:
    row = catalogue.database.execute("SELECT gone_at FROM urls WHERE url = ?", (url,)).fetchone()
    return None if row is None else row[0]


# --- deletions ----------------------------------------------------------------------------------------


def test_an_article_is_gone_since_the_first_answer_that_says_so(catalogue: Catalogue) -> None:
    answered(catalogue, 200, NOW)
    assert gone_at(catalogue) is None
    for hours, status in ((1, 404), (2, 410), (3, 500), (4, 404)):
        answered(catalogue, status, NOW + hours * HOUR)
        assert gone_at(catalogue) == "2026-11-22T02:02:03Z"
    answered(catalogue, 200, NOW + 5 * HOUR)
    assert gone_at(catalogue) is None
    answered(catalogue, 404, NOW + 6 * HOUR)
    assert gone_at(catalogue) == "2026-11-22T07:02:03Z"


def test_gone_articles_are_listed_with_their_dates_if_they_are_kept(catalogue: Catalogue) -> None:
    answered(catalogue, 200, NOW)
    answered(catalogue, 410, NOW + DAY)
    answered(catalogue, 404, NOW, url=f"{ARTICLE}-never-seen")
    answered(catalogue, 200, NOW, url=f"{ARTICLE}-there")
    (one,) = rereading.gone_articles(catalogue)
    assert (one.url, one.kept_since, one.gone_since, one.reason) == (ARTICLE, NOW, NOW + DAY, "http 410")
    assert rereading.count_gone(catalogue) == rereading.count_gone(catalogue, 1) == 1
    assert rereading.count_gone(catalogue, begin(catalogue)) == 0


def test_an_article_with_several_versions_is_gone_once(catalogue: Catalogue) -> None:
    answered(catalogue, 200, NOW)
    later = begin(catalogue)
    found = catalogue.find_url(ARTICLE)
    assert found is not None
    capture_id = catalogue.add_capture(
        reference(ARTICLE, NOW + HOUR), run_id=later, url_id=found[0].url_id, waiting=True
    )
    catalogue.place_page(ARTICLE, "demo", 1, KeptPage(capture_id, "other"), count=1, run_id=later)
    answered(catalogue, 404, NOW + DAY, run_id=later)
    catalogue.database.execute("UPDATE versions SET sidecar = 'v' || number")
    (one,) = rereading.gone_articles(catalogue)
    assert (one.kept_since, one.sidecar) == (NOW, "v2")
    assert rereading.count_gone(catalogue) == 1


def test_a_deleted_article_is_looked_at_after_a_day_and_after_a_week_and_no_more(
    catalogue: Catalogue,
) -> None:
    answered(catalogue, 200, NOW)
    answered(catalogue, 404, NOW + 400 * DAY)
    looked = []
    for hour in range(24 * 30):
        now = NOW + 400 * DAY + hour * HOUR
        if rereading.due(catalogue, [HOST], now, AGES):
            looked.append(hour)
            answered(catalogue, 404, now)
    assert looked == [24, 168]


def test_only_what_is_kept_is_looked_for_again(catalogue: Catalogue) -> None:
    answered(catalogue, 404, NOW)
    answered(catalogue, 200, NOW, url=f"{ARTICLE}-video", kept=False)
    answered(catalogue, 404, NOW, url=f"{ARTICLE}-video")
    assert rereading.due(catalogue, [HOST], NOW + 2 * DAY, AGES) == []


@pytest.mark.parametrize(("days_ago", "looks"), [(0, [1, 24]), (2, [1, 24]), (3, []), (400, [])])
def test_what_a_list_of_these_days_names_before_it_is_there_is_asked_for_again(
    catalogue: Catalogue, days_ago: int, looks: list[int]
) -> None:
    answered(catalogue, 404, NOW)
    day = Day(portal="demo", host=HOST, day=(NOW - days_ago * DAY).date(), ends=NOW)
    coverage.note_listed(
        catalogue.database, coverage.walk_of(catalogue.database, day), [ARTICLE], Source.INDEX, NOW
    )
    looked = []
    for hour in range(24 * 10):
        if rereading.due(catalogue, [HOST], NOW + hour * HOUR, AGES):
            looked.append(hour)
            answered(catalogue, 404, NOW + hour * HOUR)
    assert looked == looks


def test_what_could_be_had_is_tried_as_often_again_as_what_is_new(catalogue: Catalogue) -> None:
    for reading in range(MAX_TRIES + 2):
        answered(catalogue, 200, NOW + reading * HOUR)
    answered(catalogue, 503, NOW + DAY)
    catalogue.retry_failed([HOST], begin(catalogue))
    assert [row.url for row in catalogue.todo(HOST, 9)] == [ARTICLE]


# --- said to have changed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "hours", "asked"),
    [(200, 1, 1), (200, 0, 0), (200, -1, 0), (404, 1, 1), (404, -1, 0), (503, 1, 0)],
)
def test_an_article_changed_after_its_last_answer_is_asked_for_again(
    catalogue: Catalogue, status: int, hours: int, asked: int
) -> None:
    answered(catalogue, 200, NOW - DAY)
    answered(catalogue, status, NOW)
    later = begin(catalogue)
    assert rereading.ask_changed(catalogue, [(ARTICLE, NOW + hours * HOUR)], later) == asked
    assert len(catalogue.todo(HOST, 9)) == asked


def test_what_this_run_has_read_or_nobody_knows_is_not_asked_for(catalogue: Catalogue) -> None:
    answered(catalogue, 200, NOW)
    changes = [(ARTICLE, NOW + HOUR), ("https://pesisir.example/unknown", NOW + HOUR)]
    assert rereading.ask_changed(catalogue, changes, 1) == 0


# --- everything again -----------------------------------------------------------------------------------


def everything(
    catalogue: Catalogue, days: tuple[date, date] | None, run_id: int, begun_in: int | None = None
) -> list[str]:
    rereading.ask_kept(catalogue, [HOST], days, run_id=run_id, begun_in=begun_in or run_id)
    return [row.url for row in catalogue.todo(HOST, 99)]


def test_every_kept_article_of_the_hosts_is_asked_for_again_and_nothing_else(catalogue: Catalogue) -> None:
    answered(catalogue, 200, NOW)
    answered(catalogue, 200, NOW, url=f"{ARTICLE}-gone")
    answered(catalogue, 404, NOW + HOUR, url=f"{ARTICLE}-gone")
    answered(catalogue, 404, NOW, url=f"{ARTICLE}-never-kept")
    answered(catalogue, 200, NOW, url=f"{ARTICLE}-video", kept=False)
    catalogue.add_urls([new_url("https://lembah.example/a", host="lembah.example")], 1)
    assert everything(catalogue, None, begin(catalogue)) == [ARTICLE, f"{ARTICLE}-gone"]


@pytest.mark.parametrize(
    ("published", "since", "until", "asked"),
    [
        ("2026-11-20T00:10:00+07:00", "2026-11-20", "2026-11-20", True),
        ("2026-11-20T23:50:00+09:00", "2026-11-20", "2026-11-20", True),
        ("2026-11-20T00:10:00+07:00", "2026-11-18", "2026-11-19", False),
        ("2026-11-20T00:10:00+07:00", "2026-11-21", "2026-11-30", False),
        (None, "2026-11-22", "2026-11-22", True),
        (None, "2026-11-23", "2026-11-23", False),
    ],
)
def test_a_range_is_one_of_days_of_publication_where_they_are(
    catalogue: Catalogue, published: str | None, since: str, until: str, asked: bool
) -> None:
    answered(catalogue, 200, NOW)
    catalogue.database.execute("UPDATE versions SET published = ?", (published,))
    days = date.fromisoformat(since), date.fromisoformat(until)
    assert bool(everything(catalogue, days, begin(catalogue))) is asked


@pytest.mark.parametrize(
    ("published", "is_due"),
    [
        ("2026-11-22T07:30:00+07:00", True),
        ("2026-11-21T05:00:00+07:00", True),
        ("2026-10-22T05:00:00+07:00", False),
        ("2019-03-04T05:00:00+07:00", False),
        (None, True),
    ],
)
def test_what_a_backfill_has_fetched_is_not_due_unless_it_is_of_these_days(
    catalogue: Catalogue, published: str | None, is_due: bool
) -> None:
    answered(catalogue, 200, NOW)
    catalogue.database.execute("UPDATE versions SET published = ?", (published,))
    assert bool(rereading.due(catalogue, [HOST], NOW + 2 * HOUR, AGES)) is is_due


def test_what_an_interrupted_reading_has_read_is_not_read_again(catalogue: Catalogue) -> None:
    urls = [f"{ARTICLE}-{number}" for number in range(4)]
    for url in urls:
        answered(catalogue, 200, NOW, url=url)
    first = begin(catalogue)
    assert everything(catalogue, None, first) == urls
    for url in urls[:2]:
        answered(catalogue, 200, NOW + HOUR, url=url, run_id=first)
    second = begin(catalogue)
    assert everything(catalogue, None, second, begun_in=first) == urls[2:]
    assert catalogue.ask_again(urls, second, begun_in=first) == 0
    assert catalogue.ask_again(urls, second) == 2


def runs(catalogue: Catalogue, *told: tuple[float, int | None, int, str]) -> int:
    """Runs that began so many days ago, ended with a code, left so many URLs, and read in this way."""
    for days, code, left, recheck in told:
        run_id = begin(catalogue, NOW - days * DAY, recheck=recheck, hosts="aceh")
        if code is not None:
            catalogue.end_run(run_id, exit_code=code, figures={"to_do": left}, now=NOW)
    return begin(catalogue, NOW, recheck="all", hosts="aceh", order="oldest")


@pytest.mark.parametrize(
    ("told", "back"),
    [
        ([], 0),
        ([(2, 0, 0, "all"), (1, 0, 0, "all")], 0),
        ([(2, 0, 0, "all"), (1, None, 0, "all")], 1),
        ([(3, None, 0, "all"), (2, 130, 9, "all"), (1, 4, 9, "all")], 3),
        ([(2, None, 0, "all"), (1, 0, 0, "due")], 2),
        ([(2, None, 0, "all"), (1, 3, 0, "all")], 0),
        ([(2, 3, 7, "all")], 1),
        ([(9, None, 0, "all")], 0),
        ([(9, None, 0, "all"), (6, 130, 5, "all")], 1),
    ],
    ids=[
        "none",
        "ended",
        "killed",
        "chain",
        "others between",
        "ended since",
        "left some",
        "long ago",
        "parts",
    ],
)
def test_the_run_in_which_an_interrupted_reading_began(
    catalogue: Catalogue, told: list[tuple[float, int | None, int, str]], back: int
) -> None:
    now = runs(catalogue, *told)
    arguments = {"recheck": "all", "hosts": "aceh"}
    assert rereading.reading_begun_in(catalogue, now, "demo", arguments) == now - back
    assert rereading.reading_begun_in(catalogue, now, "tribun", arguments) == now


# --- formats --------------------------------------------------------------------------------------------


def test_a_catalogue_of_format_3_learns_since_when_a_url_is_gone(tmp_path: Path) -> None:
    today, old = tmp_path / "today.sqlite", tmp_path / "catalogue.sqlite"
    with closing(Catalogue(today)) as catalogue, catalogue.transaction():
        begin(catalogue)
        answered(catalogue, 200, NOW)
        answered(catalogue, 404, NOW + HOUR)
    with closing(sqlite3.connect(old)) as db:
        db.executescript((Path(__file__).parent / "formats/catalogue-3.sql").read_text("utf-8"))
        db.execute("ATTACH ? AS today", (str(today),))
        for table in ("runs", "urls", "captures"):
            names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM today.{table}")  # noqa: S608
        db.commit()
    with closing(Catalogue(old)) as catalogue:
        assert gone_at(catalogue) == "2026-11-22T02:02:03Z"


def test_the_time_of_a_change_may_have_any_zone(catalogue: Catalogue) -> None:
    answered(catalogue, 200, NOW)
    eastern = timezone(timedelta(hours=9))
    earlier, later = ((NOW + hours * HOUR).astimezone(eastern) for hours in (-1, 1))
    assert rereading.ask_changed(catalogue, [(ARTICLE, earlier)], begin(catalogue)) == 0
    assert rereading.ask_changed(catalogue, [(ARTICLE, later)], begin(catalogue)) == 1
