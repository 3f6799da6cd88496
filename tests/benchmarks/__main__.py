"""The whole set of benchmarks with peers beside, and whether what was aimed at is met: `bin/bench`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from tests.benchmarks import ours
from tests.benchmarks.bench import PEERS, Bench, BenchmarkError, Figures, LeftOutError
from tests.benchmarks.nginx import NoServerError, find_nginx, serving
from tests.benchmarks.portal import PACKS
from tests.benchmarks.rows import EXPERIMENTS, LONG, ROWS, lines, show
from tests.benchmarks.site import make_site

PAGES, LONG_PAGES = 3_000, 100_000
_PACKAGES = ("kliping", "scrapy", "twisted", "lxml", "trafilatura", "warcio", "isal")
_OF_PEERS = ("warcprox", "news-please")


@dataclass
class Results:
    """What was found so far, and where it is kept: written after each experiment, so that nothing is lost."""

    kept_in: Path | None
    figures: dict[str, Figures] = field(default_factory=dict)
    measured: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path | None) -> Results:
        """With the figures of earlier runs in that file."""
        results = cls(path)
        if path is not None and path.exists():
            plain = json.loads(path.read_text())
            results.figures, results.measured = plain["figures"], plain["measured"]
        return results

    def add(self, name: str, figures: Figures) -> None:
        self.figures[name] = figures
        self.measured[name] = datetime.now(UTC).isoformat(timespec="seconds")
        self.keep()

    def fail(self, name: str, reason: str) -> None:
        """A figure of an earlier run must not stand for one that could not be had now."""
        self.figures.pop(name, None)
        self.measured.pop(name, None)
        self.left_out[name] = reason
        self.keep()

    def keep(self) -> None:
        if self.kept_in is not None:
            unfinished = self.kept_in.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(self.as_plain(), indent=2) + "\n")
            unfinished.replace(self.kept_in)

    def as_plain(self) -> dict[str, object]:
        return {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[2],
            "python": platform.python_version(),
            "versions": _versions(),
            "measured": self.measured,
            "figures": self.figures,
            "left_out": self.left_out,
            "lines": [line.as_plain() for line in lines(self.figures)],
        }


def _versions() -> dict[str, str]:
    """Of whatever takes part, as far as it is installed."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    for name in _OF_PEERS:
        for place in (PEERS / name).glob(f"lib/python*/site-packages/{name.replace('-', '_')}-*.dist-info"):
            found[name] = place.name.removesuffix(".dist-info").rpartition("-")[2]
    for name in ("wget", "curl"):
        if shutil.which(name):
            said = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout
            found[name] = next(word for word in said.split() if word[0].isdigit())
    said = subprocess.run([find_nginx(), "-v"], capture_output=True, text=True, check=True).stderr
    return {**found, "nginx": said.strip().rpartition("/")[2]}


def run(bench: Bench, names: Sequence[str], results: Results, console: Console) -> None:
    """Experiment after experiment; one that fails is told and does not end the others."""
    work = {**EXPERIMENTS, LONG: ours.full}
    for number, name in enumerate(names, 1):
        begin = time.monotonic()
        console.print(f"[{number}/{len(names)}] {name} …", style="dim", markup=False)
        try:
            results.add(name, work[name](bench))
        except LeftOutError as reason:
            results.fail(name, str(reason))
            console.print(f"    left out: {reason}", soft_wrap=True, markup=False)
        except (BenchmarkError, OSError, subprocess.SubprocessError) as error:
            results.fail(name, f"failed: {str(error).splitlines()[0]}")
            results.failed.append(name)
            console.print(f"    no figures: {error}", soft_wrap=True, markup=False)
        console.print(f"    {time.monotonic() - begin:.0f} s", style="dim")


def wanted(options: argparse.Namespace, known: Mapping[str, Figures]) -> list[str]:
    """The experiments to be made, in their order."""
    if options.long:
        return [LONG]
    rows = options.only or list(ROWS)
    needed = {name for row in rows for name in ROWS.get(row, (row,))}
    return [name for name in EXPERIMENTS if name in needed and not (options.resume and name in known)]


@contextmanager
def _working(*, keep: bool, console: Console) -> Iterator[Path]:
    """A folder for what the contestants write; on the disk of the clone, since /tmp may be memory."""
    PACKS.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=PACKS))
    try:
        yield folder
    finally:
        if keep:
            console.print(f"kept: {folder}", soft_wrap=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the experiments and print the table; 1 if one of them could not be made as it should."""
    options = _options(argv)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 180)
    results = Results.of(options.json)
    names = wanted(options, results.figures)
    pages = options.long or options.pages
    try:
        find_nginx()
        console.print(f"the demo portal with {pages:,} pages …", style="dim")
        site = make_site(pages)
        with _working(keep=options.keep, console=console) as folder, serving(site) as served:
            run(Bench(site, served, folder), names, results, console)
    except NoServerError as error:
        console.print(f"no figures: {error}", soft_wrap=True, markup=False)
        return 1
    results.keep()
    show(lines(results.figures), results.left_out, console)
    return 1 if results.failed else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "--pages", type=int, default=PAGES, metavar="N", help=f"size of the portal (default {PAGES:,})"
    )
    parser.add_argument(
        "--only", action="append", choices=[*ROWS, *EXPERIMENTS], metavar="ROW",
        help=f"a row of the table, or one experiment (may be repeated): {', '.join([*ROWS, *EXPERIMENTS])}",
    )  # fmt: skip
    parser.add_argument(
        "--long", type=int, nargs="?", const=LONG_PAGES, metavar="N",
        help=f"only the crawl of a large portal (default {LONG_PAGES:,} pages), for the row `memory`",
    )  # fmt: skip
    keep = "also keep the figures in a file; those that it has of other experiments stay, and are shown"
    parser.add_argument("--json", type=Path, metavar="FILE", help=keep)
    parser.add_argument("--resume", action="store_true", help="leave out what --json FILE has figures of")
    parser.add_argument("--keep", action="store_true", help="leave logs, collection and WARC files there")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
