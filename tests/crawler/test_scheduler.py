"""The scheduler is a window on the ledger: urgency, hosts' limits, waking up, nothing to lose."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from datetime import date
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.settings import Settings

from archives.catalogue import Catalogue, NewUrl
from archives.states import Kind, Priority, State
from crawler.run import Run, open_run
from crawler.scheduler import AT_ONCE, LedgerScheduler
from crawler.spiders.demo import DemoSpider
from tests.archives.shelf import capture
from tests.crawler.newsdesk import HOSTS, NEWSROOM, article_url, list_url, run_through

PESISIR, LEMBAH = HOSTS
TODAY = date(2026, 11, 22)
Begin = Callable[..., "Crawl"]


class Crawl:
    """A run and its scheduler; the test plays the engine."""

    def __init__(self, collection: Path, arguments: Mapping[str, str], more: Mapping[str, object]) -> None:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.setdict(DemoSpider.custom_settings or {}, priority="spider")
        ours = {"KLIPING_COLLECTION": str(collection), "KLIPING_DEMO_ROUTE": "http://127.0.0.1:9"}
        settings.setdict({**ours, **more}, priority="cmdline")
        plan = DemoSpider.plan(dict(arguments), today=TODAY)
        self.run: Run = open_run(plan, spider="demo", arguments=arguments, settings=settings)
        crawler = Crawler(DemoSpider, settings)
        self.spider = crawler.spider = DemoSpider.from_crawler(crawler, run=self.run)
        self.scheduler = LedgerScheduler.from_crawler(crawler)
        self.run.ready = True

    def learn(self, *urls: NewUrl) -> None:
        """URLs are found and committed, as the desk does it."""
        run_through(self.run.desk.seed(lambda catalogue: catalogue.add_urls(urls, self.run.run_id)))

    def seed(self) -> None:
        """The first URLs of the plan are put into the ledger, as the spider does it."""
        run_through(self.run.desk.seed(self.spider._seed))

    def settle(self, request: Request, state: State = State.CAPTURED) -> None:
        """A request has got its answer."""
        url_id = request.meta["url_id"]

        def settle(catalogue: Catalogue) -> None:
            catalogue.settle_url(url_id, state, reason=None, run_id=self.run.run_id)

        done: Future[None] = self.run.keeper.do(settle)
        done.result()
        self.scheduler.release(url_id)

    def next_url(self) -> str | None:
        request = self.scheduler.next_request()
        return request.url if request is not None else None

    def handed_out(self) -> list[Request]:
        """All that may be fetched at once."""
        return list(iter(self.scheduler.next_request, None))

    def drain(self) -> list[str]:
        """Everything in the order in which it is fetched, one at a time."""
        order = []
        while (request := self.scheduler.next_request()) is not None:
            order.append(request.url)
            self.settle(request)
        return order


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins runs on one collection, one after the other."""
    begun: list[Crawl] = []

    def begin(arguments: Mapping[str, str] | None = None, **settings: object) -> Crawl:
        for crawl in begun:
            crawl.run.finish()
        begun.append(Crawl(tmp_path / "warta", arguments or {}, settings))
        return begun[-1]

    yield begin
    for crawl in begun:
        crawl.run.finish()


def on(host: str, count: int) -> list[NewUrl]:
    """Articles of a host."""
    return [article_url(f"http://{host}/2024/08/07/kabar-nomor-{number}") for number in range(count)]


def page_of(url: NewUrl, number: int = 2) -> NewUrl:
    return NewUrl(
        url=f"{url.url}?page={number}", kind=Kind.PAGE, portal=url.portal, host=url.host,
        priority=Priority.PAGE, article=url.url, page=number,
    )  # fmt: skip


# --- who goes first ---------------------------------------------------------------------------------


def test_pages_go_before_articles_and_articles_before_lists(begin: Begin) -> None:
    crawl = begin()
    (article,) = on(PESISIR, 1)
    day = list_url(f"http://{PESISIR}/index-news?date=2024-8-7")
    crawl.learn(day, article, page_of(article))
    assert crawl.drain() == [page_of(article).url, article.url, day.url]


def test_a_page_found_later_goes_before_the_articles_that_wait_already(begin: Begin) -> None:
    crawl = begin()
    first, *others = on(PESISIR, 3)
    crawl.learn(first, *others)
    request = crawl.scheduler.next_request()
    assert request is not None
    assert request.url == first.url
    crawl.learn(page_of(first))
    crawl.settle(request)
    assert crawl.drain() == [page_of(first).url, *(url.url for url in others)]


def test_hosts_take_turns(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 3), *on(LEMBAH, 3))
    hosts = [url.split("/")[2] for url in crawl.drain()]
    assert hosts == [PESISIR, LEMBAH] * 3


def test_days_go_in_the_order_asked_for(begin: Begin) -> None:
    crawl = begin({"since": "2024-08-05", "until": "2024-08-07", "order": "oldest", "hosts": "pesisir"})
    crawl.seed()
    assert [url.rpartition("=")[2] for url in crawl.drain()] == ["2024-8-5", "2024-8-6", "2024-8-7"]


# --- how many at once -------------------------------------------------------------------------------


def test_a_host_gets_two_requests_at_a_time_where_there_is_a_pace(begin: Begin) -> None:
    crawl = begin(KLIPING_PACE=1)
    crawl.learn(*on(PESISIR, 9))
    busy = crawl.handed_out()
    assert len(busy) == 2
    crawl.settle(busy[0])
    assert len(crawl.handed_out()) == 1


def test_a_host_gets_its_limit_where_there_is_no_pace(begin: Begin) -> None:
    crawl = begin(KLIPING_PACE=0, CONCURRENT_REQUESTS_PER_DOMAIN=5)
    crawl.learn(*on(PESISIR, 9), *on(LEMBAH, 3))
    busy = [request.url.split("/")[2] for request in crawl.handed_out()]
    assert (busy.count(PESISIR), busy.count(LEMBAH)) == (5, 3)


def test_what_is_under_way_is_not_handed_out_again(begin: Begin) -> None:
    crawl = begin(CONCURRENT_REQUESTS_PER_DOMAIN=4)
    crawl.learn(*on(PESISIR, 30))
    seen: list[str] = []
    busy = crawl.handed_out()
    while busy:
        seen += [request.url for request in busy]
        for request in busy:
            crawl.settle(request)
        busy = crawl.handed_out()
    assert sorted(seen) == sorted(url.url for url in on(PESISIR, 30))


def test_more_than_one_window_of_urls_is_handed_out(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 2 * AT_ONCE + 1))
    assert len(set(crawl.drain())) == 2 * AT_ONCE + 1


# --- emptying and waking up -------------------------------------------------------------------------


def test_an_empty_ledger_has_nothing_pending(begin: Begin) -> None:
    crawl = begin()
    assert crawl.next_url() is None
    assert not crawl.scheduler.has_pending_requests()


def test_what_is_committed_later_wakes_it_up(begin: Begin) -> None:
    crawl = begin()
    assert crawl.next_url() is None
    (article,) = on(PESISIR, 1)
    crawl.learn(article)
    assert crawl.scheduler.has_pending_requests()
    assert crawl.next_url() == article.url
    assert not crawl.scheduler.has_pending_requests()


def test_an_empty_host_wakes_up_while_another_is_busy(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 1))
    assert [request.url for request in crawl.handed_out()] == [on(PESISIR, 1)[0].url]
    crawl.learn(*on(LEMBAH, 1))
    assert crawl.next_url() == on(LEMBAH, 1)[0].url


def test_a_url_that_got_no_final_state_is_left_to_the_next_run(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 1))
    (request,) = crawl.handed_out()
    crawl.scheduler.release(request.meta["url_id"])
    assert crawl.next_url() is None
    assert begin().next_url() == request.url


def test_nothing_goes_out_before_the_run_is_ready_or_after_the_alarm(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 2))
    crawl.run.ready = False
    assert crawl.next_url() is None
    crawl.run.ready = True
    assert crawl.next_url() is not None
    crawl.run.alarm.sound()
    assert crawl.next_url() is None


# --- whose URLs -------------------------------------------------------------------------------------


WANTED = next(card.url for card in NEWSROOM.on_host[PESISIR] if card.kind == "article")


def test_a_crawl_of_given_addresses_leaves_what_others_left_to_do(begin: Begin) -> None:
    begin().learn(*on(PESISIR, 3))
    crawl = begin({"url": WANTED})
    crawl.seed()
    assert crawl.drain() == [WANTED]
    assert len(begin().drain()) == 3


def test_a_crawl_of_given_addresses_leaves_what_failed_before(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 1))
    for request in crawl.handed_out():
        crawl.settle(request, State.FAILED)
    crawl = begin({"url": WANTED})
    crawl.seed()
    assert crawl.drain() == [WANTED]


def test_an_interrupted_crawl_of_given_addresses_goes_on_with_the_same_command(begin: Begin) -> None:
    page = page_of(article_url(WANTED))
    crawl = begin({"url": WANTED})
    crawl.seed()
    crawl.learn(page)
    again = begin({"url": WANTED})
    again.seed()
    assert again.drain() == [page.url, WANTED]


def test_hosts_that_were_not_asked_for_wait(begin: Begin) -> None:
    begin().learn(*on(PESISIR, 1), *on(LEMBAH, 1))
    assert begin({"hosts": "lembah"}).drain() == [on(LEMBAH, 1)[0].url]


# --- continuations ----------------------------------------------------------------------------------


def test_a_redirect_goes_before_everything_and_belongs_to_its_url(begin: Begin) -> None:
    crawl = begin()
    crawl.learn(*on(PESISIR, 2))
    request = crawl.scheduler.next_request()
    assert request is not None
    there = request.replace(url=f"http://{PESISIR}/baru")
    assert crawl.scheduler.enqueue_request(there)
    assert crawl.scheduler.has_pending_requests()
    assert crawl.scheduler.next_request() is there
    assert there.meta["url_id"] == request.meta["url_id"]


def test_a_request_that_is_not_of_the_ledger_is_refused(begin: Begin) -> None:
    crawl = begin()
    assert not crawl.scheduler.enqueue_request(Request(f"http://{PESISIR}/x"))
    assert not crawl.scheduler.has_pending_requests()


# --- hosts that do not want us ----------------------------------------------------------------------


def test_a_host_that_rests_gets_nothing_and_still_has_something_to_do(begin: Begin) -> None:
    crawl = begin()
    (theirs,), (others,) = on(PESISIR, 1), on(LEMBAH, 1)
    crawl.learn(theirs, others)
    crawl.run.manners.refused(PESISIR, 500, time.monotonic())
    assert crawl.drain() == [others.url]
    assert crawl.scheduler.has_pending_requests()


def test_a_host_that_is_left_alone_holds_nobody_up_and_its_urls_stay_to_do(begin: Begin) -> None:
    crawl = begin()
    (theirs,), (others,) = on(PESISIR, 1), on(LEMBAH, 1)
    crawl.learn(theirs, others)
    crawl.run.manners.refused(PESISIR, 1e6, time.monotonic())
    assert crawl.drain() == [others.url]
    assert not crawl.scheduler.has_pending_requests()
    assert crawl.run.tally().to_do == 1


def test_a_request_is_not_conditional_where_the_earlier_answer_is_lost(begin: Begin) -> None:
    crawl = begin()
    urls = on(PESISIR, 2)
    crawl.learn(*urls)
    for url in urls:
        found = crawl.run.catalogue.find_url(url.url)
        assert found is not None
        seen = capture(url.url, body=url.url.encode(), headers=((b"ETag", b'"v1"'),))
        crawl.run.keeper.keep(seen, url_id=found[0].url_id).result()
    first = crawl.scheduler.next_request()
    (warc,) = crawl.run.collection.archive.iterdir()
    warc.rename(warc.with_name("elsewhere"))
    second = crawl.scheduler.next_request()
    warc.with_name("elsewhere").rename(warc)

    assert first is not None
    assert second is not None
    assert (first.headers.get("If-None-Match"), second.headers.get("If-None-Match")) == (b'"v1"', None)
