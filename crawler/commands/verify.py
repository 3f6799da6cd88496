from __future__ import annotations

import argparse
import json

from archives.verify import verify
from crawler.command import KlipingCommand, console
from crawler.exitcodes import ExitCode


class Command(KlipingCommand):
    summary = "Re-check every promise of a collection from its files"
    details = (
        "Reads every WARC record and sidecar again: gzip members, digests, references, schema, catalogue. "
        "Exit code 7 when something is damaged; each finding names the file, the place and the next step."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        result = verify(self.existing_collection())
        if opts.json:
            print(json.dumps(result.as_plain(), indent=2, ensure_ascii=False))
        else:
            for finding in result.findings:
                print(finding)
            console().print(
                f"{result.records:,} records in {result.files:,} WARC files and "
                f"{result.sidecars:,} sidecars checked: "
                + (f"{len(result.findings):,} findings" if result.findings else "everything as promised"),
                soft_wrap=True,
            )
        return ExitCode.DAMAGE if result.findings else ExitCode.COMPLETE
