"""What all commands share: the options everybody may give, exit codes, errors without a traceback."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout, suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from archives.collection import Collection
from archives.errors import ArchiveError
from crawler.errors import CommandError, WrongUsageError, exit_code_of
from crawler.exitcodes import ExitCode
from crawler.plain_settings import PlainSettings
from extractors.errors import ExtractionError

if TYPE_CHECKING:
    from rich.console import Console
    from scrapy.settings import Settings


class KlipingCommand(ABC):
    """A command of this project, under `scrapy` and under `kliping`.

    Subclasses say what they do in `summary` and `details`, and do it in `execute`, which returns an exit
    code; errors of this project are told in one line, with the exit code that the documentation promises.

    It is shaped like Scrapy's `ScrapyCommand` and passes for one (crawler/commands/_scrapy.py) without
    being one, for that would load Scrapy. For the same reason the modules of commands import what is slow
    (Scrapy, rich, Flask, lxml) where it is used.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": True}
    settings: PlainSettings | Settings
    """Given by whoever runs the command, before anything else."""
    exitcode: int = 0
    summary = ""
    details = ""
    usage = "[options]"
    most_arguments = 0
    can_be_quiet: ClassVar[bool] = True
    """Whether the `--quiet` of all commands is this one's, too: what it would have said is held back, and
    goes to stderr if the exit code is not 0.
    """

    def syntax(self) -> str:
        return self.usage

    def short_desc(self) -> str:
        return self.summary

    def long_desc(self) -> str:
        return f"{self.summary}. {self.details}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.usage = f"kliping {type(self).__module__.rsplit('.', 1)[-1]} {self.usage}"
        parser.allow_abbrev = False
        parser.add_argument(
            "--collection",
            metavar="DIR",
            help="folder of the collection (default: ./collection, or KLIPING_COLLECTION)",
        )
        if self.can_be_quiet:
            parser.add_argument(
                "--quiet",
                action="store_true",
                help="say nothing if all went well; otherwise all of it on stderr",
            )
        _add_global_options(parser, str(self.settings["LOG_LEVEL"]))
        self._parser = parser

    def process_options(self, _args: list[str], opts: argparse.Namespace) -> None:
        """Take the options over into the settings.

        Raises:
            SystemExit: one is wrong; it was said which.
        """
        try:
            self.settings.setdict(named_values(opts.set), priority="cmdline")
        except ValueError:
            self._parser.error("Invalid -s value, use -s NAME=VALUE")
        self._process_global_options(opts)
        self._check_settings(opts.set)
        if opts.collection:
            self.settings.set("KLIPING_COLLECTION", opts.collection, priority="cmdline")
        if self.can_be_quiet and opts.quiet:
            self.settings.set("KLIPING_QUIET", value=True, priority="cmdline")

    def _process_global_options(self, opts: argparse.Namespace) -> None:
        if opts.logfile:
            self._set(LOG_ENABLED=True, LOG_FILE=opts.logfile)
        if opts.loglevel:
            self._set(LOG_ENABLED=True, LOG_LEVEL=opts.loglevel)
        if opts.nolog:
            self._set(LOG_ENABLED=False)
        if opts.pidfile:
            Path(opts.pidfile).write_text(f"{os.getpid()}{os.linesep}", encoding="utf-8")
        if opts.pdb:
            _stop_at_errors()

    def _set(self, **values: object) -> None:
        self.settings.setdict(values, priority="cmdline")

    def _check_settings(self, given: list[str]) -> None:
        """A misspelt setting must not silently mean its default."""
        for item in given:
            name = item.partition("=")[0]
            if name.startswith("KLIPING_") and name not in _KNOWN:
                self._parser.error(f"-s {name}: there is no such setting; {_nearest(name, _KNOWN)}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's entry: check the words, do the work, turn errors into exit codes."""
        try:
            self._check_words(args)
            self.words = args
            with self._held_back(opts):
                self.exitcode = int(self.execute(opts))
        except (CommandError, ArchiveError, ExtractionError) as error:
            logging.getLogger(__name__).debug("the command ended with an error", exc_info=True)
            print(f"{error}", file=sys.stderr)  # noqa: T201 - what the person at the terminal needs
            self.exitcode = int(exit_code_of(error))
        except BrokenPipeError:  # who read has seen enough, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            self.exitcode = int(ExitCode.INTERRUPTED)

    @contextmanager
    def _held_back(self, opts: argparse.Namespace) -> Iterator[None]:
        """With `--quiet` stdout is told on stderr, and only if something is wrong. What a program asked for
        (`--json`, or a file to standard output) is no talk and goes its way; bars are left out in any case.
        """
        if not (self.can_be_quiet and opts.quiet):
            yield
            return
        Bars.are_shown = False
        try:
            if getattr(opts, "json", False) or str(getattr(opts, "output", "")) == "-":
                yield
                return
            said, went_well = io.StringIO(), False
            try:
                with redirect_stdout(said):
                    yield
                went_well = self.exitcode == 0
            finally:
                if not went_well:
                    sys.stderr.write(said.getvalue())
        finally:
            Bars.are_shown = True

    def _check_words(self, args: list[str]) -> None:
        for word in args:
            if word.startswith("-"):
                raise WrongUsageError(
                    f"unknown option {word!r}; `kliping {self._name} --help` lists the right ones"
                )
        if len(args) > self.most_arguments:
            raise WrongUsageError(
                f"unexpected word {args[self.most_arguments]!r}; usage: kliping {self._name} {self.usage}"
            )

    @property
    def _name(self) -> str:
        return type(self).__module__.rsplit(".", 1)[-1]

    @property
    def collection(self) -> Collection:
        """The collection that the command was given, whether it exists or not."""
        return Collection(Path(str(self.settings["KLIPING_COLLECTION"])))

    def settings_for_scrapy(self) -> Settings:
        """The settings as Scrapy's own, from here on; Scrapy is loaded for it."""
        if isinstance(self.settings, PlainSettings):
            self.settings = self.settings.for_scrapy()
        return self.settings

    def existing_collection(self) -> Collection:
        """The collection, which must be there.

        Raises:
            CollectionError: it is not.
        """
        collection = self.collection
        collection.check_format()
        return collection

    @abstractmethod
    def execute(self, opts: argparse.Namespace) -> ExitCode:
        """Do the command's work; `self.words` are the words that are no options."""


def named_values(words: list[str]) -> dict[str, str]:
    """NAME=VALUE, each.

    Raises:
        ValueError: one has no `=`.
    """
    return dict(word.split("=", 1) for word in words)


def _add_global_options(parser: argparse.ArgumentParser, loglevel: str) -> None:
    """Those that Scrapy gives every command, in its words."""
    group = parser.add_argument_group(title="Global Options")
    group.add_argument("--logfile", metavar="FILE", help="log file. if omitted stderr will be used")
    group.add_argument("-L", "--loglevel", metavar="LEVEL", help=f"log level (default: {loglevel})")
    group.add_argument("--nolog", action="store_true", help="disable logging completely")
    group.add_argument("--profile", metavar="FILE", help="write python cProfile stats to FILE")
    group.add_argument("--pidfile", metavar="FILE", help="write process ID to FILE")
    group.add_argument(
        "-s",
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set/override setting (may be repeated)",
    )
    group.add_argument("--pdb", action="store_true", help="enable pdb on failure (uses ipdb if installed)")


def _stop_at_errors() -> None:
    """Open the debugger where an error is logged, as Scrapy's commands do."""
    from scrapy.commands import _PdbHandler  # noqa: PLC0415 - for nobody else

    with suppress(ImportError):
        sys.modules["pdb"] = import_module("ipdb")
    logging.root.addHandler(_PdbHandler(level=logging.ERROR))


def console(*, stderr: bool = False) -> Console:
    """Where tables go: stdout or stderr; without a terminal plain and wide, so that no host name is cut."""
    from rich.console import Console  # noqa: PLC0415 - loaded when something is to be laid out

    out = sys.stderr if stderr else sys.stdout
    piped = not out.isatty() and "COLUMNS" not in os.environ
    return Console(highlight=False, width=_PIPED_WIDTH if piped else None, stderr=stderr)


_PIPED_WIDTH = 160


class Bars:
    """Whether bars are shown: on a terminal, unless somebody wants it quiet."""

    are_shown: ClassVar[bool] = True

    @classmethod
    def wanted(cls) -> bool:
        return cls.are_shown and sys.stderr.isatty()


def byte_bar(label: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    """A bar on stderr that is told bytes; nothing at all where stderr is no terminal."""
    return _bar(label, total, "DownloadColumn") if Bars.wanted() else nullcontext(_nothing)


def count_bar(label: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
    """The same for things that are counted."""
    return _bar(label, total, "MofNCompleteColumn") if Bars.wanted() else nullcontext(_nothing)


def _nothing(_done: int) -> None:
    """What is told where no bar is shown."""


@contextmanager
def _bar(label: str, total: int, told: str) -> Iterator[Callable[[int], None]]:
    from rich import progress  # noqa: PLC0415 - as above
    from rich.console import Console  # noqa: PLC0415

    columns = (
        progress.TextColumn(label),
        progress.BarColumn(),
        getattr(progress, told)(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else "known are " + ", ".join(known)


_KNOWN = (
    "KLIPING_COLLECTION",
    "KLIPING_CONTACT",
    "KLIPING_OPERATOR",
    "KLIPING_PACE",
    "KLIPING_NETWORK_PACE",
    "KLIPING_FIRST_REST",
    "KLIPING_MAX_REST",
    "KLIPING_MAX_WALLS",
    "KLIPING_MAX_FAILURES",
    "KLIPING_MAX_CRAWL_DELAY",
    "KLIPING_ROBOTS_REFRESH",
    "KLIPING_LATENCY_FACTOR",
    "KLIPING_ALLOW_PRIVATE",
    "KLIPING_RECHECK",
    "KLIPING_WORKERS",
    "KLIPING_PAGE_SECONDS",
    "KLIPING_WARC_BYTES",
    "KLIPING_MAX_RUNTIME",
    "KLIPING_MAX_REQUESTS",
    "KLIPING_METRICS",
    "KLIPING_QUIET",
    "KLIPING_CDX",
    "KLIPING_REPLAY",
    "KLIPING_CC_INDEX",
    "KLIPING_CC_DATA",
    "KLIPING_CAPTURES",
    "KLIPING_DEMO_ARTICLES",
    "KLIPING_DEMO_ROUTE",
)
