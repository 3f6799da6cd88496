"""The process dies at any point of its work; the next run ends with the same articles, each once."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.states import State
from archives.verify import verify
from crawler.demo.portal import DemoPortal
from crawler.workers import WorkerPool
from tests.archives.shelf import make_collection
from tests.crawler.newsdesk import (
    PowerCutError,
    Run,
    an_article,
    article_url,
    crawled,
    ledger,
    list_url,
    records,
    run_through,
    without_provenance,
)

ARTICLE = an_article(3)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, readers: WorkerPool) -> Collection:
    """The collection of a run that nothing happened to."""
    root = tmp_path_factory.mktemp("undisturbed") / "warta"
    return crawled(root, readers, [article_url(ARTICLE.url)])


def same_articles(one: Collection, other: Collection) -> bool:
    return without_provenance(records(one)) == without_provenance(records(other))


def _crawl_until_the_cut(collection: Collection, readers: WorkerPool, jobs: int, *, half_done: bool) -> bool:
    """Whether the power was cut before the crawl had come to its end."""
    with Run(collection, readers) as run:
        run.add(article_url(ARTICLE.url))
        run.keeper.jobs_left, run.keeper.half_done = jobs, half_done
        try:
            run.crawl()
        except PowerCutError:
            return True
    return False


@pytest.mark.parametrize(
    "half_done",
    [False, True],
    ids=["before a job", "before its commit"],
)
@pytest.mark.slow
def test_a_power_cut_at_any_job_of_the_keeper_changes_no_article(
    tmp_path: Path, readers: WorkerPool, undisturbed: Collection, half_done: bool
) -> None:
    for jobs in count():
        collection = make_collection(tmp_path / f"cut-{jobs}" / "warta")
        was_cut = _crawl_until_the_cut(collection, readers, jobs, half_done=half_done)
        with Run(collection, readers) as run:
            run.crawl()
        assert same_articles(collection, undisturbed), jobs
        assert {state for state, _ in ledger(collection).values()} == {State.CAPTURED}, jobs
        assert not verify(collection).findings, jobs
        if not was_cut:
            break
    assert jobs > 10


def test_what_was_archived_and_not_looked_at_is_looked_at_and_not_fetched_again(
    tmp_path: Path, readers: WorkerPool, undisturbed: Collection
) -> None:
    collection = make_collection(tmp_path / "warta")
    for page in (1, 2, 3):
        with Run(collection, readers) as run:
            run.add(article_url(ARTICLE.url))
            assert run_through(run.desk.resume()) == (page > 1)
            waiting = run.next_row()
            assert waiting is not None
            assert waiting.page == page
            run_through(run.capture(waiting))
    with Run(collection, readers) as run:
        run.crawl()
        assert run.asked == []
    assert same_articles(collection, undisturbed)


def test_resuming_twice_finds_nothing_the_second_time(tmp_path: Path, readers: WorkerPool) -> None:
    collection = make_collection(tmp_path / "warta")
    with Run(collection, readers) as run:
        run.add(article_url(an_article(1).url))
        run_through(run.capture(run.row(an_article(1).url)))
    with Run(collection, readers) as run:
        assert [run_through(run.desk.resume()), run_through(run.desk.resume())] == [1, 0]


def test_a_list_that_was_archived_and_not_read_offers_its_articles_to_the_next_run(
    tmp_path: Path, readers: WorkerPool
) -> None:
    url = "http://pesisir.kabarnusa.localhost/index-news?date=2024-8-7"
    collection = make_collection(tmp_path / "warta")
    with Run(collection, readers) as run:
        run.add(list_url(url))
        run_through(run.capture(run.row(url)))
    assert list(ledger(collection)) == [url]
    with Run(collection, readers) as run:
        assert run_through(run.desk.resume()) == 1
    assert ledger(collection)[url] == (State.CAPTURED, None)
    assert len([state for state, _ in ledger(collection).values() if state is State.TODO]) == 6


def test_pages_that_nobody_will_ask_for_are_missing_at_the_end_of_a_run(
    tmp_path: Path, readers: WorkerPool
) -> None:
    collection = make_collection(tmp_path / "warta")
    with Run(collection, readers, DemoPortal().answer) as run:
        run.add(article_url(ARTICLE.url))
        run_through(run.fetch(run.row(ARTICLE.url)))
        assert records(collection) == {}
        asyncio.run(run.desk.settle_rest())
    (record,) = records(collection).values()
    assert record["pagination"] == {"pageCount": 3, "pagesMissing": [2, 3]}
    with Run(collection, readers) as run:
        run.crawl()
    (record,) = records(collection).values()
    assert record["pagination"] == {"pageCount": 3, "pagesMissing": []}
