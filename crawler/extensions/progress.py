"""Keeps people informed while a crawl runs, and ends it properly."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from scrapy import signals
from scrapy.crawler import Crawler

from archives import coverage
from archives.catalogue import Catalogue
from archives.errors import ArchiveError
from crawler.run import Run, run_of
from extractors.portals import portals_by_host

SECONDS = 0.5
LOG_SECONDS = 60
LEDGER_SECONDS = 5
"""Between two looks at the ledger, at least: closed days and what waits are counted there."""
RATE_SECONDS = 60
"""The time over which requests per second are counted."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run is. `seconds_left` is what the URLs that are known take by the pace in force, None where
    no pace is kept; lists that are still to be read may add to it. Without `days` no range was asked for.
    """

    done: int
    known: int
    articles: int
    requests_a_second: float
    seconds_left: float | None
    days: int = 0
    closed: int = 0

    @property
    def bar(self) -> tuple[int, int]:
        """What the bar shows: so much of so much."""
        return (self.closed, self.days) if self.days else (self.done, self.known)

    @property
    def beside_the_bar(self) -> str:
        """The same in few words: with the bar they stand on 80 columns."""
        left = [f"≥ {in_words(self.seconds_left)} left"] if self.seconds_left else []
        what = "days" if self.days else "addresses"
        return ", ".join([what, f"{self.articles:,} articles", f"{self.requests_a_second:.1f}/s", *left])

    def __str__(self) -> str:
        return ", ".join(self._words())

    def _words(self) -> list[str]:
        days = [f"{self.closed:,} of {self.days:,} days closed"] if self.days else []
        left = [f"at least {in_words(self.seconds_left)} left"] if self.seconds_left else []
        return [
            *days,
            f"{self.done:,} of {self.known:,} addresses",
            f"{self.articles:,} articles",
            f"{self.requests_a_second:.1f} requests/s",
            *left,
        ]


def in_words(seconds: float) -> str:
    """A time as people say it, rounded up to minutes: "20 min", "3 h 05 min", "2 days 4 h"."""
    minutes = max(1, -int(-seconds // 60))
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} day{'' if days == 1 else 's'} {hours % 24} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"


@dataclass(slots=True)
class Rate:
    """Requests per second over the last minute."""

    _counts: deque[tuple[float, int]] = field(default_factory=deque)

    def take(self, count: int, now: float) -> float:
        """The rate when so many requests have been made by `now`, in seconds of a monotonic clock."""
        self._counts.append((now, count))
        while len(self._counts) > 1 and now - self._counts[0][0] > RATE_SECONDS:
            self._counts.popleft()
        then, before = self._counts[0]
        return (count - before) / (now - then) if now > then else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What the ledger said when it was looked at: days asked for and closed, URLs to do by host."""

    days: int = 0
    closed: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)


def _look(path: Path, run_id: int) -> _Look:
    """In a thread of its own: with a million URLs it takes longer than the event loop may wait."""
    with closing(Catalogue(path, read_only=True)) as catalogue:
        covered = coverage.covered(catalogue.database, now=datetime.now(UTC), run_id=run_id)
        waiting = coverage.waiting_by_host(catalogue.database)
        return _Look(days=covered.asked, closed=covered.closed, waiting=waiting)


class Watch:
    """Sees how a run stands, without keeping it from its work."""

    def __init__(self, run: Run, crawler: Crawler) -> None:
        self._run = run
        self._crawler = crawler
        self._rate = Rate()
        self._seen = _Look()
        self._next_look = 0.0

    async def standing(self) -> Standing:
        await self._look()
        now = self._run.desk.progress
        return Standing(
            done=now.done,
            known=now.known,
            articles=now.articles,
            requests_a_second=self._rate.take(self._run.allowance.sent, time.monotonic()),
            seconds_left=self._run.manners.time_for(self._seen.waiting, _groups(self._seen.waiting)),
            days=self._seen.days if self._run.plan.days else 0,
            closed=self._seen.closed,
        )

    async def _look(self) -> None:
        begun = time.monotonic()
        if begun < self._next_look or not self._run.ready:
            return
        try:
            self._seen = await asyncio.to_thread(_look, self._run.collection.catalogue, self._run.run_id)
        except ArchiveError as error:
            logger.debug("the ledger cannot be looked at: %s", error)
        ended = time.monotonic()
        self._next_look = ended + max(LEDGER_SECONDS, 20 * (ended - begun))


def _groups(hosts: Mapping[str, int]) -> dict[str, str]:
    """The network of each host that belongs to one."""
    known = portals_by_host()
    return {host: known[host].group for host in hosts if host in known}


class Progress:
    """A bar when stderr is a terminal, a line a minute in the log otherwise; stops the crawl on alarm."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run: Run | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticker: asyncio.Task[None] | None = None
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _opened(self) -> None:
        self._run = run_of(self._crawler)
        self._loop = asyncio.get_running_loop()
        self._run.alarm.on_raise(self._stop_soon)
        console = Console(stderr=True)
        seen = console.is_terminal and not self._crawler.settings.getbool("KLIPING_QUIET")
        self._ticker = self._loop.create_task(self._bar(console) if seen else self._lines())

    def _stop_soon(self) -> None:
        """Called in the keeper's thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        """The archive cannot be written: a crawl without an archive is worth nothing."""
        engine = self._crawler.engine
        if engine is not None:
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="not archived"))

    async def _closed(self, reason: str) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
        if self._run is None:
            return
        self._run.close_reason = reason
        if reason == "finished" and not (self._run.alarm.raised or self._run.allowance.stopped):
            try:
                await self._run.desk.settle_rest()
            except ArchiveError as error:
                logger.debug("%s", error)

    async def _bar(self, console: Console) -> None:
        assert self._run is not None
        watch = Watch(self._run, self._crawler)
        columns = (
            SpinnerColumn(),
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
        )
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task("")
            while True:
                standing = await watch.standing()
                done, of = standing.bar
                bar.update(task, completed=done, total=of, description=standing.beside_the_bar)
                await asyncio.sleep(SECONDS)

    async def _lines(self) -> None:
        assert self._run is not None
        watch = Watch(self._run, self._crawler)
        while True:
            await asyncio.sleep(LOG_SECONDS)
            logger.info("%s", await watch.standing())
