from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches

from archives import coverage
from archives.catalogue import Catalogue
from archives.coverage import Extent
from archives.moments import to_w3c
from archives.rereading import GoneArticle, gone_articles
from crawler import calendar
from crawler.calendar import View
from crawler.command import KlipingCommand, console
from crawler.days import add_days, days_asked
from crawler.doubts import doubts_of
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.tally import Tally


class Command(KlipingCommand):
    summary = "Show what a collection holds and what is missing"
    details = (
        "Counts over all runs, with the reasons for what was skipped or failed, and a calendar of the days "
        "that were asked for, with the commands that close its gaps. --since, --until and --hosts show only "
        "these days of the calendar. Exit code 3: there are gaps."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--doubtful",
            action="store_true",
            help="list the articles that extraction left in doubt, and why",
        )
        add_days(parser)
        parser.add_argument("--hosts", metavar="HOST,...", help="only these hosts")

        parser.add_argument(
            "--gone", action="store_true", help="list the kept articles that the portal has deleted, and when"
        )

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        collection = self.existing_collection()
        catalogue = Catalogue(collection.catalogue, read_only=True)
        try:
            if opts.doubtful and not opts.json:
                return self._show_doubts(catalogue)
            if opts.gone and not opts.json:
                return self._show_gone(catalogue)
            return self._show(catalogue, opts)
        finally:
            catalogue.close()

    def _show(self, catalogue: Catalogue, opts: argparse.Namespace) -> ExitCode:
        now = datetime.now(UTC)
        extent = _extent(opts, catalogue)
        view = View(extent=extent, now=now, more=self._place())
        with catalogue.snapshot():
            if opts.json:
                return self._print_json(catalogue, view, doubtful=opts.doubtful, gone=opts.gone)
            if extent != Extent():
                gaps = calendar.show(console(), catalogue.database, view)
                return ExitCode.GAPS if gaps else ExitCode.COMPLETE
            tally = Tally.of(catalogue, None, self.existing_collection().root)
            tally.show(console())
            print()
            calendar.show(console(), catalogue.database, view)
        return tally.exit_code

    def _print_json(self, catalogue: Catalogue, view: View, *, doubtful: bool, gone: bool) -> ExitCode:
        root = self.existing_collection().root
        tally = Tally.of(catalogue, None, root)
        said = tally.as_plain()
        if doubtful:
            said |= {"doubts": {path: doubts_of(root / path) for path in catalogue.doubtful()}}
        if gone:
            said |= {"goneArticles": [_plain(one) for one in gone_articles(catalogue)]}
        print(json.dumps(said, indent=2)[:-2] + ',\n  "failures": [', end="")
        for piece in _failures(catalogue):
            print(piece, end="")
        print('],\n  "coverage": ', end="")
        for piece in calendar.as_json(catalogue.database, view):
            print(piece, end="")
        print("\n}")
        if view.extent == Extent():
            return tally.exit_code
        gaps = coverage.covered(catalogue.database, view.extent, now=view.now).gaps
        return ExitCode.GAPS if gaps else ExitCode.COMPLETE

    def _show_doubts(self, catalogue: Catalogue) -> ExitCode:
        root = self.existing_collection().root
        for path in (found := list(catalogue.doubtful())):
            print("\n".join((path, *(f"  {said}" for said in doubts_of(root / path)))))
        if not found:
            print("no article is doubtful")
        return Tally.of(catalogue, None, root).exit_code

    def _show_gone(self, catalogue: Catalogue) -> ExitCode:
        _list_gone(list(gone_articles(catalogue)))
        return Tally.of(catalogue, None, self.existing_collection().root).exit_code

    def _place(self) -> str:
        """What a command needs to find this collection again."""
        given = (self.settings.getpriority("KLIPING_COLLECTION") or 0) >= _GIVEN
        return f" --collection {shlex.quote(str(self.settings['KLIPING_COLLECTION']))}" if given else ""


_GIVEN = 40
"""Scrapy's priority of what stands on the command line."""


def _failures(catalogue: Catalogue) -> Iterator[str]:
    for number, failure in enumerate(coverage.failures(catalogue.database)):
        said = {("nextTry" if name == "next_try" else name): value for name, value in asdict(failure).items()}
        yield ("," if number else "") + "\n    " + json.dumps(said, ensure_ascii=False)


def _extent(opts: argparse.Namespace, catalogue: Catalogue) -> Extent:
    since, until = days_asked(opts)
    return Extent(hosts=_hosts(opts.hosts, catalogue), since=since, until=until)


def _hosts(text: str | None, catalogue: Catalogue) -> tuple[str, ...]:
    if text is None:
        return ()
    known = coverage.hosts_known(catalogue.database)
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not words:
        raise WrongUsageError("--hosts: is empty; name a host, or leave the option out")
    return tuple(dict.fromkeys(host for word in words for host in _found(word, known)))


def _found(word: str, known: list[str]) -> list[str]:
    found = [host for host in known if word in {host, host.partition(".")[0]}]
    if found:
        return found
    names = [*known, *(host.partition(".")[0] for host in known)]
    near = get_close_matches(word, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`kliping status` shows those that it has"
    raise WrongUsageError(f"--hosts: the collection has no days of a host {word!r}; {hint}")


def _list_gone(gone: list[GoneArticle]) -> None:
    if not gone:
        print("no kept article is known to be deleted")
        return
    print(f"{'kept since':<20}  {'gone since':<20}  address (what the portal answers)")
    for one in gone:
        print(f"{to_w3c(one.kept_since):<20}  {to_w3c(one.gone_since):<20}  {one.url} ({one.reason})")


def _plain(one: GoneArticle) -> dict[str, object]:
    return {
        "url": one.url,
        "keptSince": to_w3c(one.kept_since),
        "goneSince": to_w3c(one.gone_since),
        "reason": one.reason,
        "sidecar": one.sidecar,
    }
