"""Runs one spider to its end, for the commands `crawl` and `demo`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings
from scrapy.spiderloader import get_spider_loader

from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.portal_spider import PortalSpider
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


def crawl(
    spider: type[PortalSpider], arguments: Mapping[str, str], settings: Settings
) -> tuple[ExitCode, Tally, int]:
    """Crawl to the end: how it went, the figures, and how many answers came from the network.

    Raises:
        CommandError, ArchiveError: it could not begin.
    """
    plan = spider.plan(dict(arguments), today=datetime.now(UTC).astimezone().date())
    if sys.stderr.isatty() and (settings.getpriority("LOG_LEVEL") or 0) < SETTINGS_PRIORITIES["cmdline"]:
        settings.set("LOG_LEVEL", "WARNING", priority="command")  # the bar says the rest
    run = open_run(plan, spider=spider.name, arguments=arguments, settings=settings)
    try:
        process = AsyncCrawlerProcess(settings)
        crawler = process.create_crawler(spider)
        process.crawl(crawler, run=run)
        process.start()
        failed_to_start = process.bootstrap_failed
    finally:
        code = run.finish()
    fetched = int(crawler.stats.get_value("downloader/response_count", 0))
    tally = run.result
    assert tally is not None
    return (ExitCode.FAILURE if failed_to_start else code), tally, fetched


def report(code: ExitCode, tally: Tally, fetched: int, console: Console) -> None:
    """The table at the end of a crawl."""
    tally.show(console, fetched=fetched)
    console.print(f"{code.meaning} (exit code {int(code)})", soft_wrap=True)
