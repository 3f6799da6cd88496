from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from archives.cdxj import update
from archives.collection import Collection
from archives.errors import CollectionError
from archives.wacz import Contents, Packed, write_wacz
from archives.wacz_check import WaczCheck, check_wacz
from crawler.command import KlipingCommand, byte_bar, console
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.version import SOFTWARE

SUFFIX = ".wacz"


class Command(KlipingCommand):
    summary = "Package a collection as one WACZ file for replay"
    details = (
        "The closed WARC files, their index, each article's title, time and text for search, and the JSON "
        "records, in one file that ReplayWeb.page opens. The same collection gives the same bytes. "
        "With --check it checks such a file instead; exit code 7 when something is wrong with it."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--output", metavar="FILE", type=Path, help="default: the collection's name and .wacz, here"
        )
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")
        parser.add_argument("--check", metavar="FILE", type=Path, help="check this WACZ file, write none")
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        if opts.check is not None:
            return _check(opts.check, as_json=opts.json)
        collection = self.existing_collection()
        output = opts.output or Path(collection.name + SUFFIX)
        _refuse(output, force=opts.force)
        _index(collection)
        contents = Contents.of(collection)
        for path in contents.open_files:
            print(f"left out: archive/{path.name}; the next run closes it", file=sys.stderr)
        with byte_bar("packing", contents.size) as advance:
            packed = write_wacz(contents, output, software=SOFTWARE, advance=advance)
        if opts.json:
            print(json.dumps(_plain(output, packed), indent=2))
        else:
            _tell(output, packed)
        return ExitCode.COMPLETE


def _refuse(output: Path, *, force: bool) -> None:
    if output.suffix != SUFFIX:
        raise WrongUsageError(f"--output {output}: the name of a WACZ file ends with {SUFFIX}")
    if output.exists() and not (force and output.is_file()):
        raise WrongUsageError(f"{output}: is there already; give another --output, or --force to replace it")


def _index(collection: Collection) -> None:
    """Bring the index up to the files. Only this needs the lock; a run may begin while we pack."""
    total = sum(path.stat().st_size for path in collection.warc_files())
    with collection.lock(), byte_bar("indexing", total) as advance:
        indexed = update(collection, advance=advance)
    for name, gap in indexed.damage:
        print(f"archive/{name} at {gap.offset}: {gap.fault}; run `kliping verify`", file=sys.stderr)


def _plain(output: Path, packed: Packed) -> dict[str, object]:
    return {
        "file": str(output),
        "bytes": output.stat().st_size,
        "warcFiles": packed.warc_files,
        "captures": packed.captures,
        "articles": packed.articles,
        "pages": packed.pages,
        "articlesLeftOut": packed.left_out,
        "articlesRemoved": packed.removed,
    }


def _tell(output: Path, packed: Packed) -> None:
    out = console()
    out.print(
        f"{output}: {packed.articles:,} articles on {packed.pages:,} pages, {packed.captures:,} captures, "
        f"{output.stat().st_size:,} bytes",
        soft_wrap=True,
    )
    if packed.left_out:
        out.print(
            f"left out: {packed.left_out:,} articles with a page in a file that is not closed yet",
            soft_wrap=True,
        )
    if packed.removed:
        out.print(f"left out: {packed.removed:,} removed articles, with their records", soft_wrap=True)


def _check(path: Path, *, as_json: bool) -> ExitCode:
    if not path.is_file():
        raise CollectionError(f"{path}: there is no such file; name a WACZ file with --check")
    with byte_bar("checking", path.stat().st_size) as advance:
        result = check_wacz(path, advance)
    if as_json:
        print(json.dumps(result.as_plain(), indent=2, ensure_ascii=False))
    else:
        _tell_findings(result)
    return ExitCode.DAMAGE if result.findings else ExitCode.COMPLETE


def _tell_findings(result: WaczCheck) -> None:
    for finding in result.findings:
        print(finding)
    console().print(
        f"{result.articles:,} articles, {result.pages:,} pages, {result.captures:,} captures and "
        f"{result.records:,} records checked: "
        + (f"{len(result.findings):,} findings" if result.findings else "everything as promised"),
        soft_wrap=True,
    )
