"""Runs one spider to its end, for the commands `crawl` and `demo`."""

from __future__ import annotations

import gc
import logging
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from rich.console import Console
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.log import DEFAULT_LOGGING, install_scrapy_root_handler

from archives.collection import Collection
from archives.errors import ArchiveError
from archives.states import Kind, State
from crawler.asked_urls import Account
from crawler.errors import WrongUsageError, exit_code_of
from crawler.exitcodes import ExitCode
from crawler.limits_of_run import Limit
from crawler.metrics import Figures, MetricsFile
from crawler.portal_spider import PortalSpider, portal_day
from crawler.run import Run, open_run
from crawler.run_log import RunLog
from crawler.tally import Tally

logger = logging.getLogger(__name__)


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
    """How a crawl went. `offered` counts links on lists, `fetched` answers from the network.

    `log` is the run's log file, `troubles` are the last warnings in it; `stopped` is the limit at which it
    ended with work left to do.
    """

    code: ExitCode
    tally: Tally
    offered: int
    fetched: int
    figures: Figures
    account: Account | None = None
    stopped: Limit | None = None
    log: Path | None = None
    troubles: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    """Hosts that got no more requests in this run, each with the reason."""

    def report(self, console: Console) -> None:
        """The table at the end of a crawl, and why it ended."""
        self.tally.show(console, offered=self.offered, fetched=self.fetched)
        if self.account is not None:
            self.account.show(console)
        for line in _listed(self.left_alone):
            console.print(f"left alone: {line}", soft_wrap=True, markup=False)
        console.print(f"{self.code.meaning} (exit code {int(self.code)})", soft_wrap=True)
        if self.code is not ExitCode.COMPLETE and self.log is not None:
            console.print(f"log: {self.log}", soft_wrap=True, markup=False)
        if self.stopped is not None:
            console.print(f"stopped by {self.stopped}; the same command goes on", soft_wrap=True)

    def as_plain(self) -> dict[str, object]:
        """For machines: the figures, and how it ended."""
        return {
            "exitCode": int(self.code),
            "meaning": self.code.meaning,
            "stoppedBy": str(self.stopped) if self.stopped is not None else None,
            "leftAlone": list(self.left_alone),
            "log": str(self.log) if self.log is not None else None,
            "linksOnLists": self.offered,
            "answersFetched": self.fetched,
            **self.tally.as_plain(),
        }

    def complain(self, console: Console) -> None:
        """The same with the warnings, for somebody who has seen nothing yet; nothing if all is well."""
        if self.code is ExitCode.COMPLETE:
            return
        for line in self.troubles:
            console.print(f"warning: {line}", soft_wrap=True, markup=False)
        self.report(console)


_LISTED = 5


def _listed(lines: Sequence[str]) -> list[str]:
    """The first few, and how many there are more."""
    more = len(lines) - _LISTED
    return [*lines[:_LISTED], *([f"and {more} more hosts"] if more > 0 else [])]


def crawl(spider: type[PortalSpider], arguments: Mapping[str, str], settings: Settings) -> Crawled:
    """Crawl to the end, and tell Prometheus how it went where that is asked for.

    Raises:
        CommandError, ArchiveError: it could not begin.
    """
    started, metrics = datetime.now(UTC), _metrics_file(spider, settings)
    try:
        crawled = _crawl(spider, arguments, settings, started)
    except BaseException as error:
        if metrics is not None:
            code = exit_code_of(error) if isinstance(error, Exception) else ExitCode.INTERRUPTED
            metrics.write(Figures(exit_code=code, started=started, ended=datetime.now(UTC)))
        raise
    if metrics is not None:
        metrics.write(crawled.figures)
    return crawled


def _metrics_file(spider: type[PortalSpider], settings: Settings) -> MetricsFile | None:
    name = str(settings.get("KLIPING_METRICS") or "")
    if not name:
        return None
    collection = Collection(Path(str(settings["KLIPING_COLLECTION"])))
    try:
        told = collection.name
    except ArchiveError:  # the crawl will say what is wrong with it
        told = collection.root.name
    return MetricsFile.checked(Path(name), portal=spider.name, collection=told)


def _crawl(
    spider: type[PortalSpider], arguments: Mapping[str, str], settings: Settings, started: datetime
) -> Crawled:
    plan = spider.plan(dict(arguments), today=portal_day(started))
    log = RunLog(_set_log_level(settings))
    install_scrapy_root_handler(settings)  # what is mended before the crawl begins is told like the rest
    try:
        run = open_run(plan, spider=spider.name, arguments=arguments, settings=settings)
        log.open(run.collection.logs, run.run_id)
        logger.info("run %d of %s into %s: %s", run.run_id, spider.name, run.collection.root, arguments)
        try:
            process = AsyncCrawlerProcess(settings)
            crawler = process.create_crawler(spider)
            process.crawl(crawler, run=run)
            _spare_the_collector()
            process.start()
            failed_to_start = process.bootstrap_failed
        finally:
            code = run.finish()
        code = ExitCode.FAILURE if failed_to_start else code
        logger.info("run %d: %s (exit code %d)", run.run_id, code.meaning, code)
    except Exception:
        logger.debug("the run ended with an error", exc_info=True)
        raise
    finally:
        log.end()
    assert run.result is not None
    return Crawled(
        code=code,
        tally=run.result,
        offered=run.desk.progress.offered,
        fetched=run.fetched,
        figures=_figures(run, code, started),
        account=run.account,
        stopped=run.allowance.stopped,
        log=log.file,
        troubles=tuple(log.troubles),
        left_alone=tuple(f"{host}: {why}" for host, why in sorted(run.manners.left.items())),
    )


def _spare_the_collector() -> None:
    """What is loaded by now stays, and what a request leaves in cycles is small: Python looks through all of
    it for garbage more often than it is worth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


def _figures(run: Run, code: ExitCode, started: datetime) -> Figures:
    assert run.result is not None
    failed: Counter[str] = Counter()
    for _, state, reason, count in run.states:
        if state is State.FAILED:
            failed[reason or state.value] += count
    articles, versions = run.begun
    return Figures(
        exit_code=code,
        started=started,
        ended=datetime.now(UTC),
        requests=run.allowance.sent,
        captures=run.result.answers,
        bytes=run.result.bytes,
        articles_new=articles,
        versions_new=versions,
        urls=_by_state(run),
        failed=failed,
        hosts_left_alone=len(run.manners.left),
    )


def _by_state(run: Run) -> Counter[tuple[Kind, State]]:
    found: Counter[tuple[Kind, State]] = Counter()
    for kind, state, _, count in run.states:
        found[kind, state] += count
    return found


def _set_log_level(settings: Settings) -> int:
    """What the operator asked for; else our own lines only, and next to a bar nothing but warnings.

    Returns the level of the log file, which says what a run without a terminal would say, or more.
    """
    if (settings.getpriority("LOG_LEVEL") or 0) < SETTINGS_PRIORITIES["cmdline"]:
        # Scrapy sets its own logger's level whenever it configures logging, from this table.
        loggers = cast("dict[str, dict[str, str]]", DEFAULT_LOGGING["loggers"])
        loggers["scrapy"]["level"] = "WARNING"
        if sys.stderr.isatty():
            settings.set("LOG_LEVEL", "WARNING", priority="command")
    asked = logging.getLevelName(str(settings["LOG_LEVEL"]))
    if settings.getbool("KLIPING_QUIET"):
        settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
    return min(logging.INFO, asked) if isinstance(asked, int) else logging.INFO
