from __future__ import annotations

import argparse
import json

from crawler.command import KlipingCommand, byte_bar, console
from crawler.exitcodes import ExitCode
from crawler.reprocess import Outcome, reextract


class Command(KlipingCommand):
    summary = "Make the sidecars again from the WARC files"
    details = (
        "Uses the rules of this version of Kliping, each page with the rule of its capture date, and says "
        "what changed against the sidecars that stand. With --dry-run it only says so."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="change nothing, only show what would change"
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        assert self.settings is not None
        collection = self.existing_collection()
        total = sum(path.stat().st_size for path in collection.warc_files())
        with collection.lock(), byte_bar("reading", total) as advance:
            outcome = reextract(
                collection,
                workers=self.settings.getint("KLIPING_WORKERS"),
                seconds=self.settings.getfloat("KLIPING_PAGE_SECONDS"),
                dry_run=opts.dry_run,
                advance=advance,
            )
        if opts.json:
            print(json.dumps(outcome.as_plain(), indent=2))
        else:
            _tell(outcome, dry_run=opts.dry_run)
        return ExitCode.COMPLETE


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    out = console()
    out.print(
        f"{outcome.records:,} answers read, {outcome.pages:,} pages of articles, "
        f"{outcome.sidecars:,} sidecars"
    )
    would = "would be " if dry_run else ""
    out.print(f"  {outcome.same:,} same, {outcome.changed:,} {would}changed, {outcome.new:,} {would}new")
    for name, count in outcome.fields.most_common():
        out.print(f"    {name}: differs in {count:,}")
    for path in outcome.left:
        out.print(f"  no longer made from any record, left as it is: {path}", soft_wrap=True)
