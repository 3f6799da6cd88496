from __future__ import annotations

import argparse
import json

from archives.cdxj import Indexed, update
from crawler.command import KlipingCommand, byte_bar, console
from crawler.exitcodes import ExitCode


class Command(KlipingCommand):
    summary = "Index the WARC files: indexes/index.cdxj, for replay tools"
    details = (
        "Reads the closed WARC files that the index does not name yet and merges their lines in; a crawl "
        "does so at its end. With --rebuild all files are read again. Exit code 7 when a file is damaged: "
        "what can be read is indexed, and `kliping verify` says more."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--rebuild", action="store_true", help="read all WARC files again")
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        collection = self.existing_collection()
        total = sum(path.stat().st_size for path in collection.warc_files())
        with collection.lock(), byte_bar("indexing", total) as advance:
            result = update(collection, rebuild=opts.rebuild, advance=advance)
        if opts.json:
            print(json.dumps(result.as_plain(), indent=2))
        else:
            _tell(result)
        return ExitCode.DAMAGE if result.damage else ExitCode.COMPLETE


def _tell(result: Indexed) -> None:
    for name, gap in result.damage:
        print(f"archive/{name} at {gap.offset}: {gap.fault}; run `kliping verify`")
    files = f"{result.files:,} WARC files read" if result.files else "no new WARC file"
    console().print(f"{files}, {result.lines:,} lines in the index", soft_wrap=True)
