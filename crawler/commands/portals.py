from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.command import KlipingCommand, console
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from extractors.portals import all_portals


class Command(KlipingCommand):
    summary = "List the portals and hosts that can be crawled, or draft a new portal from one page"
    details = (
        "The first word of a host is enough for -a hosts=...: aceh means aceh.tribunnews.com. "
        "`kliping portals add NAME --from PAGE --url ADDRESS` works in a clone of the project: PAGE is a "
        "saved HTML file or a WARC file that holds the page. It writes the portal's file, a fixture with "
        "invented text and a test; docs/adding-a-portal.md tells the rest."
    )
    usage = "[add NAME --from PAGE --url ADDRESS] [options]"
    most_arguments = 2

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--from", dest="page", metavar="PAGE", help="add: a saved page, or a WARC file")
        parser.add_argument("--url", metavar="ADDRESS", help="add: the address of the page")
        parser.add_argument(
            "--date",
            metavar="YYYY-MM-DD",
            help="add: the day of capture (else the file's own, or the record's)",
        )

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        if self.words:
            return self._add(opts)
        if opts.page or opts.url or opts.date:
            raise WrongUsageError("--from, --url and --date go with `kliping portals add NAME`")
        return self._list(as_json=opts.json)

    def _list(self, *, as_json: bool) -> ExitCode:
        rows = [
            {
                "portal": portal.name,
                "host": host.name,
                "brand": host.brand,
                "province": host.province,
                "zone": host.zone,
            }
            for portal in all_portals().values()
            for host in portal.hosts
        ]
        if as_json:
            print(json.dumps(rows, ensure_ascii=False, indent=2))
            return ExitCode.COMPLETE
        from rich.table import Table  # noqa: PLC0415 - as in crawler.command

        table = Table(*("portal", "host", "brand", "province", "zone"), box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row.values())
        console().print(table)
        return ExitCode.COMPLETE

    def _add(self, opts: argparse.Namespace) -> ExitCode:
        from crawler.skeleton import CHECKOUT, draft, load  # noqa: PLC0415 - lists need none of it

        if self.words[0] != "add":
            raise WrongUsageError(f"unexpected word {self.words[0]!r}; usage: kliping portals {self.usage}")
        if len(self.words) < 2 or not opts.page or not opts.url:
            raise WrongUsageError("usage: kliping portals add NAME --from PAGE --url ADDRESS")
        source = load(Path(opts.page), opts.url)
        if opts.date:
            source = replace(source, captured_at=_day(opts.date))
        made = draft(self.words[1], source)
        for path in (made.portal, made.fixture, made.test):
            print(f"written  {path}")
        reading = made.reading
        print(f"read     {len(reading.parts)} paragraphs, rule {reading.rule}; published {reading.published}")
        print(
            _NEXT.format(portal=made.portal.name, test=made.test.name, path=made.test.relative_to(CHECKOUT))
        )
        return ExitCode.COMPLETE


_NEXT = """\
next     compare the fixture with the page in a browser; add to {portal} who wrote and edited, the sections,
         the index, and what is to be dropped; correct what {test} expects; then run
         bin/test tests/extractors/test_portals.py {path}
         docs/adding-a-portal.md goes through it"""


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise WrongUsageError(f"--date {text!r} is no day; write it as YYYY-MM-DD") from None
