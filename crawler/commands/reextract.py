from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from archives.collection import Collection
from crawler.command import Bars, KlipingCommand, console
from crawler.exitcodes import ExitCode
from crawler.foreign import find_sources
from crawler.reprocess import Job, Outcome, Watch, reextract
from crawler.version import SOFTWARE

LINE_SECONDS = 30
_PROJECT_PRIORITY = 20
_LISTED = 10


class Command(KlipingCommand):
    summary = "Make the sidecars again from the WARC files"
    usage = "[WARC_OR_FOLDER ...] [options]"
    details = (
        "Uses the rules of this version of Kliping, each page with the rule of its capture date, and says "
        "what changed against the sidecars that stand. With --dry-run it only says so. WARC files of other "
        "tools, named or in named folders, are copied into the collection's archive if they hold pages of "
        "articles; the collection is made if there is none."
    )
    most_arguments = sys.maxsize

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="change nothing, only show what would change"
        )
        parser.add_argument(
            "--examples",
            type=int,
            default=3,
            metavar="N",
            help="differences shown of each field (default: 3)",
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        sources = find_sources(self.words, self.collection)
        collection = self._collection_for(foreign=bool(self.words), dry_run=opts.dry_run)
        with ExitStack() as stack:
            if collection.exists():
                stack.enter_context(collection.lock())
            watch = stack.enter_context(_watching())
            outcome = reextract(
                Job(
                    collection=collection,
                    sources=sources,
                    workers=self._workers(),
                    seconds=self.settings.getfloat("KLIPING_PAGE_SECONDS"),
                    dry_run=opts.dry_run,
                    examples=max(opts.examples, 0),
                    watch=watch,
                )
            )
        if not opts.dry_run:
            from reading_room.fill_rates import forget  # noqa: PLC0415 - every command loads this module

            forget(collection)  # the counts of fields: they are made again from what stands there now
        if opts.json:
            print(json.dumps(outcome.as_plain(), indent=2, ensure_ascii=False))
        else:
            _tell(outcome, dry_run=opts.dry_run)
        useless = sources.files and len(outcome.without_article) == len(sources.files)
        return ExitCode.GAPS if outcome.damage or useless else ExitCode.COMPLETE

    def _collection_for(self, *, foreign: bool, dry_run: bool) -> Collection:
        """With foreign files the collection may be a new one; a dry run makes none."""
        if not foreign or (dry_run and self.collection.exists()):
            return self.existing_collection()
        if not dry_run:
            self.collection.create(
                operator=str(self.settings.get("KLIPING_OPERATOR") or "") or None,
                contact=str(self.settings.get("KLIPING_CONTACT") or "") or None,
                software=SOFTWARE,
                now=datetime.now(UTC),
            )
        return self.collection

    def _workers(self) -> int:
        """One for each core, unless somebody has said a number: a crawl must leave room, this need not."""
        if (self.settings.getpriority("KLIPING_WORKERS") or 0) > _PROJECT_PRIORITY:
            return self.settings.getint("KLIPING_WORKERS")
        return len(os.sched_getaffinity(0))


# --- while it works -----------------------------------------------------------------------------------


@contextmanager
def _watching() -> Iterator[Watch]:
    """A bar on a terminal, else a line now and then."""
    shown = Console(stderr=True, quiet=not Bars.are_shown)
    if not shown.is_terminal:
        yield _Lines(shown)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), _Done(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True) as bar:
        yield _Bar(bar)


class _Done(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(_so_far(task.description, task.completed, task.total or 0, task.speed or 0))


def _so_far(what: str, done: float, total: float, speed: float) -> str:
    if what == "indexing":
        return f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
    return f"{done:,.0f} of {total:,.0f} pages, {speed:,.0f}/s"


class _Bar(Watch):
    def __init__(self, bar: Progress) -> None:
        self._bar = bar

    def indexing(self, total: int) -> None:
        self._task = self._bar.add_task("indexing", total=total)

    def indexed(self, count: int) -> None:
        self._bar.advance(self._task, count)

    def reading(self, total: int) -> None:
        self._task = self._bar.add_task("reading", total=total)

    def page(self) -> None:
        self._bar.advance(self._task)


class _Lines(Watch):
    def __init__(self, shown: Console) -> None:
        self._shown = shown
        self._begin("indexing", 0)

    def _begin(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._begun = self._told = time.monotonic()

    def indexing(self, total: int) -> None:
        self._begin("indexing", total)

    def indexed(self, count: int) -> None:
        self._advance(count)

    def reading(self, total: int) -> None:
        self._begin("reading", total)

    def page(self) -> None:
        self._advance(1)

    def _advance(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now - self._told >= LINE_SECONDS:
            self._told = now
            speed = self._done / (now - self._begun)
            line = _so_far(self._what, self._done, self._total, speed)
            self._shown.print(f"{self._what}: {line}", highlight=False, markup=False)


# --- afterwards ---------------------------------------------------------------------------------------


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    out = console()
    would = "would be " if dry_run else ""
    out.print(_funnel(outcome))
    out.print(f"{outcome.same:,} same, {outcome.changed:,} {would}changed, {outcome.new:,} {would}new")
    for name, changes in outcome.differences.most_common():
        out.print(f"  {escape(name)}: differs in {changes.count:,}")
        for one in changes.examples:
            _line(out, f"    {_slug(one.url)}: {_value(one.before)} → {_value(one.after)}")
    for name in outcome.adopted:
        _line(out, f"{would or 'now '}in the archive: {name}")
    for path in outcome.without_article:
        _line(out, f"no page of an article that Kliping knows, left where it is: {path}")
    _list(out, outcome.orphans, "without its page 1")
    _list(out, outcome.damage, "could not be read")
    for path in outcome.left:
        _line(out, f"no longer made from any record, left as it is: {path}")


def _line(out: Console, text: str) -> None:
    out.print(text, soft_wrap=True, markup=False)


def _list(out: Console, items: list[str], words: str) -> None:
    for item in items[:_LISTED]:
        _line(out, f"{words}: {item}")
    if len(items) > _LISTED:
        _line(out, f"{words}: {len(items) - _LISTED:,} more (--json lists them)")


def _funnel(outcome: Outcome) -> Table:
    """Answers = pages + everything that was left out."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    rows = [
        ("WARC files", outcome.files),
        ("answers", outcome.answers),
        ("  pages of articles", outcome.pages),
        ("    nothing new", outcome.repeated),
        *(("  left out: " + reason, count) for reason, count in outcome.left_out.most_common()),
        ("sidecars", outcome.sidecars),
    ]
    for name, count in rows:
        table.add_row(escape(name), f"{count:,}")
    return table


def _slug(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1][:40]


def _value(text: str | None) -> str:
    return "nothing" if text is None else text
