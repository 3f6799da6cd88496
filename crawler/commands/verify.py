from __future__ import annotations

import argparse
import json
from contextlib import AbstractContextManager, nullcontext

from archives.collection import Collection
from archives.errors import WriteError
from archives.verify import Verification, verify
from archives.verify.jobs import cores
from crawler.command import KlipingCommand, byte_bar, console
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode


class Command(KlipingCommand):
    summary = "Re-check every promise of a collection from its files"
    details = (
        "Reads every WARC record and sidecar again: gzip members, digests, references, schema, catalogue, "
        "index, WACZ packages. Exit code 7 when something is damaged; each finding names the file, the place "
        "and the next step. Warnings are no damage: what a run that was cut off left behind."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--repair",
            action="store_true",
            help="mend what can be mended safely; reports/repair-TIME.json says what was done",
        )
        parser.add_argument("--jobs", metavar="N", help="processes that read (default: one for each core)")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        jobs = _number(opts.jobs)
        collection = self.collection
        with hold(collection, must=opts.repair):
            result = checked(collection, jobs)
            if opts.repair and (result.findings or result.warnings):
                result = self._repair(collection, result, jobs, quiet=opts.json)
        if opts.json:
            print(json.dumps(result.as_plain(), indent=2, ensure_ascii=False))
        else:
            tell(result)
        return ExitCode.DAMAGE if result.findings else ExitCode.COMPLETE

    def _repair(
        self, collection: Collection, before: Verification, jobs: int | None, *, quiet: bool
    ) -> Verification:
        from crawler.repair import repair  # noqa: PLC0415 - it loads all that reads pages

        after: list[Verification] = []

        def check() -> Verification:
            after.append(checked(collection, jobs))
            return after[-1]

        work = repair(
            collection,
            before,
            check,
            workers=jobs or cores(),
            seconds=self.settings.getfloat("KLIPING_PAGE_SECONDS"),
        )
        for item in work.done if not quiet else ():
            print(f"mended: {item.file}: {item.action}")
        return after[-1]


def hold(collection: Collection, *, must: bool) -> AbstractContextManager[object]:
    """The collection's lock, for a run at the same time would look like damage; not where none can be."""
    if not collection.root.is_dir():
        return nullcontext()
    try:
        return collection.lock()
    except WriteError:
        if must:
            raise
        return nullcontext()


def checked(collection: Collection, jobs: int | None) -> Verification:
    """Verify with a bar."""
    files = (*collection.warc_files(), *collection.open_warc_files())
    with byte_bar("verifying", sum(path.stat().st_size for path in files)) as advance:
        return verify(collection, jobs=jobs, advance=advance)


def tell(result: Verification) -> None:
    """Findings, warnings and a line that sums up."""
    out = console()
    for finding in result.findings:
        print(finding)
    for warning in result.warnings:
        print(f"warning: {warning}")
    if result.untold:
        print(f"and {result.untold:,} more")
    found = f"{len(result.findings):,} findings" if result.findings else "everything as promised"
    warned = f", {len(result.warnings):,} warnings" if result.warnings else ""
    out.print(
        f"{result.records:,} records in {result.files:,} WARC files and {result.sidecars:,} sidecars "
        f"checked: {found}{warned}",
        soft_wrap=True,
    )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise WrongUsageError(f"--jobs {text}: takes a whole number of at least 1")
    return int(text)
