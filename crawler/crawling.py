"""Runs one spider to its end, for the commands `crawl` and `demo`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import cast

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.log import DEFAULT_LOGGING

from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.portal_spider import PortalSpider, portal_day
from crawler.run import open_run
from crawler.tally import Tally


def find_spider(name: str, settings: BaseSettings) -> type[PortalSpider]:
    """The spider of that name.

    Raises:
        WrongUsageError: there is none; the message names the closest.
    """
    loader = get_spider_loader(settings)
    names = loader.list()
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(names))}"
        raise WrongUsageError(f"there is no portal {name!r}; {hint}")
    spider = loader.load(name)
    assert issubclass(spider, PortalSpider)
    return spider


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """How a crawl went. `offered` counts links on lists, `fetched` answers from the network."""

    code: ExitCode
    tally: Tally
    offered: int
    fetched: int

    def report(self, console: Console) -> None:
        """The table at the end of a crawl."""
        self.tally.show(console, offered=self.offered, fetched=self.fetched)
        console.print(f"{self.code.meaning} (exit code {int(self.code)})", soft_wrap=True)


def crawl(spider: type[PortalSpider], arguments: Mapping[str, str], settings: Settings) -> Crawled:
    """Crawl to the end.

    Raises:
        CommandError, ArchiveError: it could not begin.
    """
    plan = spider.plan(dict(arguments), today=portal_day(datetime.now(UTC)))
    _set_log_level(settings)
    run = open_run(plan, spider=spider.name, arguments=arguments, settings=settings)
    try:
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(spider)
        process.crawl(crawler, run=run)
        process.start()
        failed_to_start = process.bootstrap_failed
    finally:
        code = run.finish()
    assert run.result is not None
    return Crawled(
        code=ExitCode.FAILURE if failed_to_start else code,
        tally=run.result,
        offered=run.desk.progress.offered,
        fetched=int(crawler.stats.get_value("downloader/response_count", 0)),
    )


def _set_log_level(settings: Settings) -> None:
    """What the operator asked for; else our own lines only, and next to a bar nothing but warnings."""
    if (settings.getpriority("LOG_LEVEL") or 0) >= SETTINGS_PRIORITIES["cmdline"]:
        return
    # Scrapy sets its own logger's level whenever it configures logging, from this table.
    loggers = cast("dict[str, dict[str, str]]", DEFAULT_LOGGING["loggers"])
    loggers["scrapy"]["level"] = "WARNING"
    if sys.stderr.isatty():
        settings.set("LOG_LEVEL", "WARNING", priority="command")
