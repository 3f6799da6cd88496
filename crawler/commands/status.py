from __future__ import annotations

import argparse
import json

from archives.catalogue import Catalogue
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

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        collection = self.existing_collection()
        catalogue = Catalogue(collection.catalogue, read_only=True)
        try:
            tally = Tally.of(catalogue, None, collection.root)
            paths = list(catalogue.doubtful()) if opts.doubtful else []
        finally:
            catalogue.close()
        doubts = {path: doubts_of(collection.root / path) for path in paths}
        if opts.json:
            print(json.dumps(tally.as_plain() | ({"doubts": doubts} if opts.doubtful else {}), indent=2))
        elif opts.doubtful:
            lines = [line for path, said in doubts.items() for line in (path, *(f"  {one}" for one in said))]
            print("\n".join(lines) or "no article is doubtful")
        else:
            tally.show(console())
        return tally.exit_code
