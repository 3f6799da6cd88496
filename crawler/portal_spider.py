"""What all spiders do: fill the ledger with lists, hand every answer to the desk."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.python.failure import Failure

from archives.catalogue import Catalogue, NewUrl, UrlRow
from archives.errors import WriteError
from archives.states import Kind, Priority, State
from crawler.arguments import Order, Place, Plan, Recheck, make_plan
from crawler.failures import reason_for_failure, reason_for_status
from crawler.limits_of_run import RunEndedError
from crawler.politeness import user_agent
from crawler.run import Run, manners_of, open_run
from extractors.addresses import identify
from extractors.article import PageKind
from extractors.portal import Portal
from extractors.portals import all_portals

_OK = 200
MOST_DAYS = 60
"""Days that a crawl without dates looks back at most; a longer absence is a backfill and asked for as one."""
RECHECK_AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
"""Ages at which a kept article is read once more: corrections come early or not at all."""

logger = logging.getLogger(__name__)


class PortalSpider(Spider):
    """A spider over one or more portals.

    Arguments (`-a NAME=VALUE`): hosts, since, until, sections, order, recheck, url, urls_file; see
    `kliping crawl --help`.
    """

    portal_names: ClassVar[tuple[str, ...]] = ()
    summary: ClassVar[str] = ""
    route: str | None = None
    run: Run

    @classmethod
    def portals(cls) -> tuple[Portal, ...]:
        known = all_portals()
        return tuple(known[name] for name in cls.portal_names)

    @classmethod
    def plan(cls, arguments: dict[str, str], *, today: date) -> Plan:
        """The crawl that these arguments ask for.

        Raises:
            WrongUsageError: an argument is wrong.
        """
        return make_plan(cls.portals(), arguments, today=today)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, run: Run | None = None, **arguments: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        """Make the spider; without a `run` (a script of somebody else) one is opened here."""
        if run is None:
            plan = cls.plan(arguments, today=portal_day(datetime.now(UTC)))
            run = open_run(plan, spider=cls.name, arguments=arguments, settings=crawler.settings)
        crawler.settings.set(
            "USER_AGENT", user_agent(str(crawler.settings.get("KLIPING_CONTACT") or "")), priority="spider"
        )
        spider = super().from_crawler(crawler, *args)
        spider.run = run
        run.manners = manners_of(crawler.settings)  # only the crawler knows the spider's own settings
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Look at what an earlier run left, then put this run's lists into the ledger."""
        resumed = await self.run.desk.resume()
        if resumed:
            logger.info("%d answers of an earlier run were archived but not looked at; done now", resumed)
        await self.run.desk.seed(self._seed)
        if self.run.asked is not None:
            for named in self.run.asked.batches():
                await self.run.desk.seed(partial(self._seed_named, named=named))
                self.run.ready = True  # the first ones are fetched while the rest of the list is read
        self.run.ready = True
        nothing: tuple[Request, ...] = ()  # the ledger hands out the requests, not this method
        for request in nothing:
            yield request

    def _seed(self, catalogue: Catalogue) -> int:
        plan, run_id = self.run.plan, self.run.run_id
        if plan.by_name:
            return self._seed_named(catalogue, tuple(_articles(plan)))
        added = catalogue.add_urls(self._first_urls(plan), run_id)
        if plan.recheck is Recheck.DUE and not plan.days:
            hosts = [place.host.name for place in plan.places]
            added += catalogue.ask_again(catalogue.due(hosts, datetime.now(UTC), RECHECK_AFTER), run_id)
        return added

    def _seed_named(self, catalogue: Catalogue, named: Sequence[NewUrl]) -> int:
        """Articles that were asked for by name, and what an earlier run left of them."""
        run_id, addresses = self.run.run_id, [new.url for new in named]
        added = catalogue.add_urls(named, run_id)
        if self.run.plan.recheck is Recheck.ALL:
            added += catalogue.ask_again(addresses, run_id)
        return added + catalogue.claim(addresses, run_id)

    def _first_urls(self, plan: Plan) -> Iterator[NewUrl]:
        days = plan.days or self.recent_days()
        for place in plan.places:
            yield from _daily_lists(place, days, plan)
            if not plan.days and not plan.sections:
                yield from _standing_lists(place)

    def recent_days(self) -> tuple[date, ...]:
        """The days whose index may have grown since the last run of the same extent, newest first."""
        today = portal_day(datetime.now(UTC))
        last = self.run.last_run
        first = min(portal_day(last) if last else today, today) - timedelta(1)
        if (today - first).days > MOST_DAYS:
            logger.warning(
                "the last run was on %s; only the last %d days are looked through: "
                "name the days before with -a since=... -a until=...",
                first + timedelta(1),
                MOST_DAYS,
            )
            first = today - timedelta(MOST_DAYS)
        return tuple(today - timedelta(n) for n in range((today - first).days + 1))

    async def answered(self, response: Response) -> None:
        """Every answer ends here once, after redirects and retries."""
        assert response.request is not None
        row, kept = response.request.meta["row"], response.request.meta["kept"]
        try:
            if kept.ref.status == _OK:  # a 304 that confirms an earlier answer is kept as that answer again
                self._heed(response, await self.run.desk.take(row, kept))
            else:
                self._heed(response, None)
                state, reason = reason_for_status(response.status)
                await self.run.desk.miss(row, state, reason, kept.capture_id)
        except WriteError as error:
            logger.debug("%s: %s", row.url, error)  # the keeper has raised the alarm already
        except Exception as error:
            logger.exception("%s: this is a fault of the program", row.url)
            await self._give_up(row, f"internal ({type(error).__name__})")
        finally:
            self._release(row)

    def _heed(self, response: Response, kind: PageKind | None) -> None:
        """Count walls, which look like refusals or like pages; other refusals say nothing about them."""
        host = urlparse_cached(response).hostname or ""
        if response.status == HTTPStatus.FORBIDDEN or kind is PageKind.WALL:
            self.run.manners.walled(host)
        elif kind not in {None, PageKind.OTHER, PageKind.UNREADABLE}:
            self.run.manners.welcomed(host)

    async def _give_up(self, row: UrlRow, reason: str) -> None:
        """Without a final state the URL would be handed out again at once, for ever."""
        try:
            await self.run.desk.miss(row, State.FAILED, reason)
        except Exception:
            logger.exception("%s: cannot be written down as failed; the run ends", row.url)
            self.run.alarm.sound()

    async def unanswered(self, failure: Failure) -> None:
        """No answer at all: refused by robots.txt, a network fault, a redirect that leads away."""
        row = failure.request.meta["row"]  # type: ignore[attr-defined]
        if isinstance(failure.value, IgnoreRequest) and self.run.alarm.raised:
            return
        if isinstance(failure.value, RunEndedError):
            self.run.allowance.release(row.url_id)  # the scheduler keeps it as busy: this run asks no more
            return
        state, reason = reason_for_failure(failure.value)
        logger.info("%s: %s", row.url, reason)
        try:
            await self.run.desk.miss(row, state, reason)
        except WriteError as error:
            logger.debug("%s: %s", row.url, error)
        finally:
            self._release(row)

    def _release(self, row: UrlRow) -> None:
        assert self.crawler.engine is not None
        self.crawler.engine.scheduler.release(row.url_id)  # type: ignore[union-attr]


def portal_day(moment: datetime) -> date:
    """The day of a moment where the portals are; the western zone is the one that most of them keep."""
    return moment.astimezone(ZoneInfo("Asia/Jakarta")).date()


def _articles(plan: Plan) -> Iterator[NewUrl]:
    for url in plan.urls:
        address = identify(url)
        if address is not None:
            yield NewUrl(url=address.url, kind=Kind.ARTICLE, portal=address.portal, host=address.host)


def _daily_lists(place: Place, days: tuple[date, ...], plan: Plan) -> Iterator[NewUrl]:
    for day in days:
        rank = -day.toordinal() if plan.order is Order.NEWEST else day.toordinal()
        for section in plan.sections or place.portal.default_sections:
            url = place.portal.index_url(place.host, day, section=section)
            if url is not None:
                yield _list(place, url, Kind.LIST, rank)


def _standing_lists(place: Place) -> Iterator[NewUrl]:
    if not place.host.has_lists:
        return
    for url in place.portal.newest_urls(place.host):
        yield _list(place, url, Kind.LIST, 0)
    for url in place.portal.sitemap_urls(place.host):
        yield _list(place, url, Kind.SITEMAP, 0)
    for url in place.portal.feed_urls(place.host):
        yield _list(place, url, Kind.FEED, 0)


def _list(place: Place, url: str, kind: Kind, rank: int) -> NewUrl:
    return NewUrl(
        url=url, kind=kind, portal=place.portal.name, host=place.host.name, priority=Priority.LIST, rank=rank
    )
