from __future__ import annotations

import argparse
import json

from archives.catalogue import Catalogue
from archives.moments import to_w3c
from archives.rereading import GoneArticle, gone_articles
from crawler.command import KlipingCommand, console
from crawler.doubts import doubts_of
from crawler.exitcodes import ExitCode
from crawler.tally import Tally


class Command(KlipingCommand):
    summary = "Show what a collection holds and what is missing"
    details = (
        "Counts over all runs, with the reasons for what was skipped or failed. Exit code 3: there are gaps."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--doubtful",
            action="store_true",
            help="list the articles that extraction left in doubt, and why",
        )

        parser.add_argument(
            "--gone", action="store_true", help="list the kept articles that the portal has deleted, and when"
        )

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        collection = self.existing_collection()
        catalogue = Catalogue(collection.catalogue, read_only=True)
        try:
            tally = Tally.of(catalogue, None, collection.root)
            paths = list(catalogue.doubtful()) if opts.doubtful else []
            gone = list(gone_articles(catalogue)) if opts.gone else []
        finally:
            catalogue.close()
        doubts = {path: doubts_of(collection.root / path) for path in paths}
        if opts.json:
            found = {"doubts": doubts} if opts.doubtful else {}
            found_gone = {"goneArticles": [_plain(one) for one in gone]} if opts.gone else {}
            print(json.dumps(tally.as_plain() | found | found_gone, indent=2))
        elif opts.doubtful:
            lines = [line for path, said in doubts.items() for line in (path, *(f"  {one}" for one in said))]
            print("\n".join(lines) or "no article is doubtful")
        elif opts.gone:
            _list_gone(gone)
        else:
            tally.show(console())
        return tally.exit_code


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
