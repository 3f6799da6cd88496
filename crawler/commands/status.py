from __future__ import annotations

import argparse
import json

from archives.catalogue import Catalogue
from crawler.command import KlipingCommand, console
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
            "--doubtful", action="store_true", help="list articles whose extraction left a doubt"
        )

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        catalogue = Catalogue(self.existing_collection().catalogue, read_only=True)
        try:
            tally = Tally.of(catalogue, None)
            doubtful = list(catalogue.doubtful()) if opts.doubtful else None
        finally:
            catalogue.close()
        if opts.json:
            print(
                json.dumps(
                    tally.as_plain() | ({} if doubtful is None else {"doubtfulSidecars": doubtful}), indent=2
                )
            )
        elif doubtful is not None:
            print("\n".join(doubtful) or "no article is doubtful")
        else:
            tally.show(console())
        return tally.exit_code
