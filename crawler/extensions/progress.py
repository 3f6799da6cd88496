"""Keeps people informed while a crawl runs, and ends it properly."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bar,
)
from scrapy import signals
from scrapy.crawler import Crawler

from archives.errors import ArchiveError
from crawler.run import Run, run_of

SECONDS = 0.5
LOG_SECONDS = 60

logger = logging.getLogger(__name__)


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
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task("addresses")
            while True:
                now = self._run.desk.progress
                bar.update(
                    task,
                    completed=now.done,
                    total=now.known,
                    description=f"{now.articles:,} articles, addresses",
                )
                await asyncio.sleep(SECONDS)

    async def _lines(self) -> None:
        assert self._run is not None
        while True:
            await asyncio.sleep(LOG_SECONDS)
            now = self._run.desk.progress
            logger.info("%d of %d addresses, %d articles", now.done, now.known, now.articles)
