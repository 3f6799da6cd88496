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

from archives import coverage
from archives.catalogue import Catalogue, NewUrl, UrlRow
from archives.coverage import Extent
from archives.errors import WriteError
from archives.keeper import Kept
from archives.rereading import ask_kept, due
from archives.states import Kind, Priority, State
from crawler.ages import read_ages
from crawler.arguments import Place, Plan, Recheck, make_plan
from crawler.coverage import ask_for_days
from crawler.desk import REDIRECTED_HOME, is_front_of_portal
from crawler.failures import ELSEWHERE, HostRestsError, reason_for_failure, reason_for_status
from crawler.limits_of_run import RunEndedError
from crawler.politeness import REFUSING, sender, user_agent
from crawler.run import Run, is_ending, manners_of, open_run
from extractors.addresses import identify
from extractors.article import PageKind
from extractors.portal import Portal
from extractors.portals import all_portals

_OK = 200
MOST_DAYS = 60
"""Days that a crawl without dates looks back at most; a longer absence is a backfill and asked for as one."""

logger = logging.getLogger(__name__)


class PortalSpider(Spider):
    """A spider over one or more portals.

    Arguments (`-a NAME=VALUE`): hosts, since, until, sections, order, recheck, requisites, url, urls_file,
    source, gaps; see `kliping crawl --help`.
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
        contact = str(crawler.settings.get("KLIPING_CONTACT") or "")
        crawler.settings.set("USER_AGENT", user_agent(contact), priority="spider")
        if mail := sender(contact):
            headers = {**crawler.settings.getdict("DEFAULT_REQUEST_HEADERS"), "From": mail}
            crawler.settings.set("DEFAULT_REQUEST_HEADERS", headers, priority="spider")
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
        if plan.archive is not None:
            return self.run.desk.first_questions(catalogue)
        if plan.by_name:
            return self._seed_named(catalogue, tuple(_articles(plan)))
        hosts = [place.host.name for place in plan.places]
        now = datetime.now(UTC)
        added = catalogue.retry_failed(hosts, run_id, due=now)
        if plan.days:
            extent = Extent(hosts=tuple(hosts), since=plan.since, until=plan.until)
            added += coverage.retry_range(catalogue.database, extent, run_id=run_id)
        added += self._seed_days(catalogue)
        added += coverage.begin_again(catalogue.database, hosts, run_id=run_id, due=now)
        if not plan.days and not plan.sections:
            lists = (new for place in plan.places for new in _standing_lists(place))
            added += catalogue.add_urls(lists, run_id)
        return added + self._ask_kept(catalogue)

    def _ask_kept(self, catalogue: Catalogue) -> int:
        """Put kept articles back to do that this run reads again without being told by any list.

        Which section an article belongs to, only its lists know: with sections, those that they name.
        """
        plan, run_id = self.run.plan, self.run.run_id
        hosts = [place.host.name for place in plan.places]
        if plan.recheck is Recheck.ALL and not plan.sections:
            days = (plan.since, plan.until) if plan.since and plan.until else None
            return ask_kept(catalogue, hosts, days, run_id=run_id, begun_in=self.run.begun_in)
        if plan.recheck is Recheck.DUE and not plan.days:
            ages = read_ages(self.settings.get("KLIPING_RECHECK"))
            return catalogue.ask_again(due(catalogue, hosts, datetime.now(UTC), ages), run_id)
        return 0

    def _seed_days(self, catalogue: Catalogue) -> int:
        """The indexes of the days asked for, but for those that are known."""
        plan, run_id = self.run.plan, self.run.run_id
        days = plan.days or self.recent_days()
        asked = ask_for_days(catalogue, plan, days, run_id=run_id, begun_in=self.run.begun_in)
        if asked.known and plan.days and plan.recheck is not Recheck.ALL:
            logger.info(
                "the index of %d of %d days is known and not asked for again; -a recheck=all does that",
                asked.known,
                asked.days,
            )
        return asked.to_do

    def _seed_named(self, catalogue: Catalogue, named: Sequence[NewUrl]) -> int:
        """Articles that were asked for by name, and what an earlier run left of them."""
        if self.run.plan.archive is not None:
            return self.run.desk.ask_about(catalogue, named)
        run_id, addresses = self.run.run_id, [new.url for new in named]
        added = catalogue.add_urls(named, run_id)
        if self.run.plan.recheck is Recheck.ALL:
            added += catalogue.ask_again(addresses, run_id, begun_in=self.run.begun_in)
        return added + catalogue.claim(addresses, run_id)

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
            if row.kind in {Kind.CAPTURES, Kind.MEMENTO}:
                await self._take_from_archive(row, kept, response)
            elif kept.ref.status == _OK:  # a 304 that confirms an earlier answer is kept as that answer again
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

    async def _take_from_archive(self, row: UrlRow, kept: Kept, response: Response) -> None:
        """An index may say with 404 that it has nothing; a copy is one only if it is what was asked for."""
        answered = row.kind is Kind.CAPTURES and kept.ref.status in {_OK, HTTPStatus.NOT_FOUND}
        if answered or kept.ref.origin is not None:
            self._heed(response, await self.run.desk.take(row, kept))
        else:
            self._heed(response, None)
            assert response.request is not None
            fault = response.request.meta.get("no_copy") or f"http {response.status}"
            await self.run.desk.miss(row, State.FAILED, fault, kept.capture_id)

    def _heed(self, response: Response, kind: PageKind | None) -> None:
        """Count walls, which look like refusals or like pages; other refusals say nothing about them. Count
        failures, which any answer in good order ends; one that asks for rest is neither.
        """
        host = urlparse_cached(response).hostname or ""
        if response.status in REFUSING:
            return
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or kind is PageKind.UNREADABLE:
            self.run.manners.failed(host)
        else:
            self.run.manners.worked(host)
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
        if isinstance(failure.value, RunEndedError) or (
            isinstance(failure.value, IgnoreRequest) and is_ending(self.crawler)
        ):
            # It was not asked for and stays to do. The scheduler keeps it as busy: this run asks no more.
            self.run.allowance.release(row.url_id)
            return
        if isinstance(failure.value, HostRestsError):
            self._release(row, again=True)
            return
        state, reason = reason_for_failure(failure.value)
        if not isinstance(failure.value, IgnoreRequest):
            self.run.manners.failed(urlparse_cached(failure.request).hostname or "")  # type: ignore[attr-defined]
        kept, capture_id = failure.request.meta.get("kept"), None  # type: ignore[attr-defined]
        if reason == ELSEWHERE and kept is not None and is_front_of_portal(failure.request.url):  # type: ignore[attr-defined]
            state, reason, capture_id = State.GONE, REDIRECTED_HOME, kept.capture_id
        logger.info("%s: %s", row.url, reason)
        try:
            await self.run.desk.miss(row, state, reason, capture_id)
        except WriteError as error:
            logger.debug("%s: %s", row.url, error)
        finally:
            self._release(row)

    def _release(self, row: UrlRow, *, again: bool = False) -> None:
        assert self.crawler.engine is not None
        self.crawler.engine.scheduler.release(row.url_id, again=again)  # type: ignore[union-attr]


def portal_day(moment: datetime) -> date:
    """The day of a moment where the portals are; the western zone is the one that most of them keep."""
    return moment.astimezone(ZoneInfo("Asia/Jakarta")).date()


def _articles(plan: Plan) -> Iterator[NewUrl]:
    for url in plan.urls:
        address = identify(url)
        if address is not None:
            yield NewUrl(url=address.url, kind=Kind.ARTICLE, portal=address.portal, host=address.host)


def _standing_lists(place: Place) -> Iterator[NewUrl]:
    if not place.host.has_lists:
        return
    for url in place.portal.newest_urls(place.host):
        yield _list(place, url, Kind.LIST)
    for url in place.portal.sitemap_urls(place.host):
        yield _list(place, url, Kind.SITEMAP)
    for url in place.portal.feed_urls(place.host):
        yield _list(place, url, Kind.FEED)


def _list(place: Place, url: str, kind: Kind) -> NewUrl:
    return NewUrl(url=url, kind=kind, portal=place.portal.name, host=place.host.name, priority=Priority.LIST)
