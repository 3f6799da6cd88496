from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.durable import write_file
from archives.errors import WriteError
from crawler.command import KlipingCommand, count_bar
from crawler.days import add_days, days_asked
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from reading_room.phrases import LANGUAGES, WORDINGS

if TYPE_CHECKING:
    from reading_room.findings import Period
    from reading_room.report import Report

_OUT = "report.html"


class Command(KlipingCommand):
    summary = "Write one page of what a collection holds, lacks and has lost"
    details = (
        "An HTML file that needs nothing beside itself: a calendar of the days, the commands that close its "
        "gaps, articles by host and section, what failed and why, how the portals were treated, and which "
        "fields (photo credit, editor, tags ...) have changed against the days before. --since and --until "
        "are days of publication for the calendar and the articles, and of capture for fields and traffic. "
        "Each crawl leaves such a page in reports/. Exit code 3: there are gaps, failures or alarms."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_days(parser)
        parser.add_argument(
            "--output",
            metavar="FILE",
            type=Path,
            help=f"default: reports/{_OUT} in the collection; - is standard output",
        )
        parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the page (default: en)")
        parser.add_argument("--json", action="store_true", help="for machines, to standard output")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        from reading_room.findings import Period  # noqa: PLC0415 - every command loads this module
        from reading_room.report import render  # noqa: PLC0415 - as above

        period = Period.of(*days_asked(opts))
        collection = self.existing_collection()
        _refuse(opts.output)
        report = _made(collection, period)
        if opts.json:
            print(json.dumps(report.as_plain(), indent=2, ensure_ascii=False))
        elif str(opts.output) == "-":
            sys.stdout.write(render(report, opts.language))
        else:
            output = opts.output or _usual_place(collection)
            write_file(output, render(report, opts.language).encode())
            print(" ".join(report.verdict(WORDINGS["en"])))
            print(output)
        return ExitCode.COMPLETE if report.level == "good" else ExitCode.GAPS


def _made(collection: Collection, period: Period) -> Report:
    from reading_room.fill_rates import FillRates  # noqa: PLC0415 - as above
    from reading_room.report import make_report  # noqa: PLC0415 - as above

    catalogue = Catalogue(collection.catalogue, read_only=True)
    try:
        total = catalogue.database.execute("SELECT count(*) FROM versions").fetchone()[0]
        with count_bar("counting", total) as advance:
            rates = FillRates.up_to_date(collection, advance=advance)
        try:
            return make_report(collection, catalogue, rates, period=period)
        finally:
            rates.close()
    finally:
        catalogue.close()


def _refuse(output: Path | None) -> None:
    """A mistake is told before the work, not after it."""
    if output is None or str(output) == "-":
        return
    if output.is_dir():
        raise WrongUsageError(f"--output {output}: is a folder; name a file in it, like {output / _OUT}")
    if not output.parent.is_dir():
        raise WrongUsageError(f"--output: there is no folder {output.parent}; make it, or name another")


def _usual_place(collection: Collection) -> Path:
    try:
        probe = collection.reports / f".{_OUT}.probe"
        write_file(probe, b"")
        probe.unlink()
    except (OSError, WriteError):
        return Path(_OUT)  # a collection on a medium that cannot be written
    return collection.reports / _OUT
