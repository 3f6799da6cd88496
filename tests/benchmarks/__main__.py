"""CPU and memory per 1,000 pages of crawl + archive + extract, with plain Scrapy beside it: `bin/bench`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.measure import Measured, cpu_of, measured
from tests.benchmarks.portal import Pack, Served, make_pack, serving

ARTICLES = 1320
"""Articles of the demo portal whose pages are 3,000."""
SAMPLE = 300
"""Pages that the slowest contestant is given; its figures are per 1,000 pages like all others."""


class BenchmarkError(Exception):
    """A contestant did not do the whole work, so that its figures would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one contestant needed, per 1,000 pages (only the peaks of memory are not)."""

    name: str
    pages: int
    cpu: float
    cpu_main: float
    cpu_others: float
    cpu_server: float
    wall: float
    peak_mb: float
    peak_main_mb: float
    processes: int
    warc_mb: float | None

    @classmethod
    def of(cls, name: str, pages: int, result: Measured, *, server: float, warc: int | None) -> Figures:
        per = 1000 / pages
        return cls(
            name=name, pages=pages, cpu=result.cpu * per, cpu_main=result.cpu_main * per,
            cpu_others=result.cpu_others * per, cpu_server=server * per, wall=result.wall * per,
            peak_mb=result.peak / 1e6, peak_main_mb=result.peak_main / 1e6, processes=result.processes,
            warc_mb=None if warc is None else warc / 1e6 * per,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bench:
    """The enlarged portal as it is served, and a folder for everything that the contestants write."""

    pack: Pack
    served: Served
    folder: Path

    def kliping(self) -> Figures:
        """Crawl lists and articles, archive, extract, keep sidecars and catalogue; all must be there."""
        collection = self.folder / "collection"
        command = [
            sys.executable, "-m", "crawler.cli", "crawl", "demo", "--collection", str(collection),
            "-s", "KLIPING_PACE=0", "-s", "KLIPING_NETWORK_PACE=0",
            "-s", f"KLIPING_DEMO_ROUTE={self.served.url}",
            "-s", f"KLIPING_DEMO_ARTICLES={self.pack.articles}",
        ]  # fmt: skip
        pages = len(self.pack.urls)

        def check() -> int:
            _check_sidecars(collection, articles=self.pack.articles, pages=pages)
            return sum(path.stat().st_size for path in (collection / "archive").iterdir())

        return self._run("kliping crawl", command, pages, check)

    def plain_scrapy(self) -> Figures:
        """The same article pages, a title from each, nothing kept."""
        return self._peer("plain Scrapy", "plain", self.pack.urls)

    def archiving_scrapy(self) -> Figures:
        """Archive with warcio and extract with trafilatura in the callback, over a sample from all years."""
        urls = self.pack.urls
        return self._peer("Scrapy + warcio + trafilatura", "archiving", urls[:: max(1, len(urls) // SAMPLE)])

    def _peer(self, name: str, which: str, urls: Sequence[str]) -> Figures:
        folder = self.folder / which
        folder.mkdir()
        listing = folder / "urls.txt"
        listing.write_text("\n".join(urls))
        command = [sys.executable, "-m", "tests.benchmarks.peers", which, str(listing), str(folder)]
        warc = folder / "peer.warc.gz"

        def check() -> int | None:
            found = int((folder / "pages").read_text())
            if found != len(urls):
                raise BenchmarkError(f"{name}: {found:,} of {len(urls):,} pages had a title")
            return warc.stat().st_size if warc.exists() else None

        return self._run(name, command, len(urls), check)

    def _run(self, name: str, command: Sequence[str], pages: int, check: Callable[[], int | None]) -> Figures:
        before = cpu_of(self.served.pid)
        label = name.replace(" ", "-")
        route = {"http_proxy": self.served.url, "no_proxy": ""}
        result = measured(command, folder=self.folder, name=label, environment=route)
        server = cpu_of(self.served.pid) - before
        if result.exit_code != 0:
            log = (self.folder / f"{label}.log").read_text()
            raise BenchmarkError(f"{name}: exit code {result.exit_code}; the end of its log:\n{log[-3000:]}")
        return Figures.of(name, pages, result, server=server, warc=check())


def _check_sidecars(collection: Path, *, articles: int, pages: int) -> None:
    """A fast crawl that leaves something out is no fast crawl."""
    records = [json.loads(path.read_text()) for path in (collection / "articles").rglob("*.json")]
    urls = {record["url"] for record in records}
    joined = sum(len(record["archive"]["pages"]) for record in records)
    if (len(records), len(urls), joined) != (articles, articles, pages):
        raise BenchmarkError(
            f"kliping crawl: {len(records):,} sidecars of {len(urls):,} articles with {joined:,} pages; "
            f"the portal has {articles:,} articles with {pages:,} pages"
        )


def show(figures: Sequence[Figures], console: Console) -> None:
    """One row for each contestant; ratios are against plain Scrapy."""
    plain = next(row for row in figures if row.name == "plain Scrapy")
    table = Table(title="per 1,000 pages", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name in ("CPU s", "main", "others", "ratio", "(server)", "wall s", "WARC MB", "peak MB", "main MB"):
        table.add_column(name, justify="right")
    for row in figures:
        seconds = (row.cpu, row.cpu_main, row.cpu_others, row.cpu / plain.cpu, row.cpu_server)
        warc = "–" if row.warc_mb is None else f"{row.warc_mb:.1f}"
        peaks = (f"{row.peak_mb:.0f}", f"{row.peak_main_mb:.0f}")
        table.add_row(row.name, *(f"{value:.2f}" for value in seconds), f"{row.wall:.1f}", warc, *peaks)
    console.print(table)


def as_plain(figures: Sequence[Figures], articles: int) -> dict[str, object]:
    """For keeping: the figures and what they were measured on."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "articles": articles,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("kliping", "scrapy", "twisted", "lxml", "trafilatura")},
        "figures": [asdict(row) for row in figures],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the contestants one after the other; 1 if one of them did not do its work."""
    options = _options(argv)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    folder = Path(tempfile.mkdtemp(prefix="kliping-bench-"))
    try:
        console.print(f"rendering the demo portal with {options.articles:,} articles …", style="dim")
        pack = make_pack(options.articles)
        with serving(pack) as served:
            bench = Bench(pack, served, folder)
            figures = []
            for contestant in (bench.kliping, bench.plain_scrapy, bench.archiving_scrapy):
                figures.append(contestant())
                console.print(f"{figures[-1].name}: {figures[-1].pages:,} pages, done", style="dim")
    except BenchmarkError as error:
        console.print(f"no figures: {error}", soft_wrap=True, markup=False)
        return 1
    finally:
        if options.keep:
            console.print(f"kept: {folder}", soft_wrap=True)
        else:
            shutil.rmtree(folder)
    show(figures, console)
    if options.json:
        options.json.write_text(json.dumps(as_plain(figures, options.articles), indent=2) + "\n")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__, allow_abbrev=False)
    size = f"articles of the portal (default {ARTICLES:,}, which have 3,000 pages)"
    parser.add_argument("--articles", type=int, default=ARTICLES, metavar="N", help=size)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    parser.add_argument("--keep", action="store_true", help="leave logs, collection and WARC files there")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
