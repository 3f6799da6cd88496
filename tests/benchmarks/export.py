"""What an export costs: articles per CPU second, peak memory, and Parquet beside plain pyarrow.

    python -m tests.benchmarks.export [--articles N] [--collection DIR] [--json FILE]

A collection of invented articles is made first (`tests.support.many`), or that of `--collection` is taken.
Each contestant works in a fresh process. CPU is user and system time of the process and those it started,
less what starting up takes; memory is the highest PSS of them together. Plain pyarrow gets the rows of the
JSON lines as Python objects and does nothing but `Table.from_pylist` and `write_table`; reading the lines
does not count.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import pyarrow as pa
from backports import zstd
from pyarrow import parquet
from rich.console import Console
from rich.table import Table

from archives.collection import Collection
from corpora.clusters import Clusters
from corpora.columns import COLUMNS
from corpora.shards import LEVEL, schema_of
from tests.benchmarks.measure import measured
from tests.corpora import exports
from tests.support import many

ARTICLES = 200_000
_BATCH = 5_000

Figures = dict[str, float]


def copies(collection: Collection, folder: Path) -> int:
    """Find copies in a collection that nobody has looked through yet; later contestants use what is found."""
    folder.mkdir()
    with Clusters.up_to_date(collection) as clusters:
        return len(clusters)


def export_as(format_name: str, processes: int) -> Callable[[Collection, Path], int]:
    def contestant(collection: Collection, folder: Path) -> int:
        return exports.make(collection, folder, format_name, processes=processes).counts.rows

    return contestant


def plain_pyarrow(_: Collection, folder: Path) -> int:
    """The same rows, as somebody writes them who has them as dictionaries."""
    schema, count = schema_of(COLUMNS), 0
    folder.mkdir()
    with parquet.ParquetWriter(
        folder / "rows.parquet", schema, compression="zstd", compression_level=LEVEL
    ) as out:
        rows = _lines(folder.parent / "jsonl")
        while batch := list(islice(rows, _BATCH)):
            begin = time.process_time()
            out.write_table(pa.Table.from_pylist(batch, schema=schema))
            _counted[0] += time.process_time() - begin
            count += len(batch)
    return count


_counted = [0.0]
"""CPU seconds of a contestant that must not be counted whole."""


def _lines(folder: Path) -> Iterator[dict[str, object]]:
    for path in sorted(folder.glob("*.jsonl.zst")):
        with zstd.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            yield from map(json.loads, lines)


CONTESTANTS: dict[str, Callable[[Collection, Path], int]] = {
    "finding copies": copies,
    "jsonl": export_as("jsonl", 0),
    "parquet": export_as("parquet", 0),
    "parquet, two processes": export_as("parquet", 2),
    "plain pyarrow": plain_pyarrow,
}


def take_part(name: str, collection: Path, folder: Path) -> Figures:
    """Be a contestant, here and now."""
    articles = CONTESTANTS[name](Collection(collection), folder) if name else 0
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
    return {"articles": articles, "own_cpu_s": _counted[0], "disk_mb": size / 1e6}


def run(name: str, collection: Path, work: Path) -> Figures:
    """The figures of one contestant with all its processes; of none, of starting up."""
    slug = name.replace(" ", "-").replace(",", "") or "nothing"
    words = [sys.executable, "-m", "tests.benchmarks.export", "--take-part", name]
    found = measured([*words, str(collection), str(work / slug)], folder=work, name=f"{slug}-run")
    told: Figures = json.loads((work / f"{slug}-run.log").read_text("utf-8").splitlines()[-1])
    return told | {
        "cpu_s": told["own_cpu_s"] or found.cpu_main + found.cpu_others,
        "wall_s": found.wall,
        "peak_mb": found.peak / 1e6,
    }


def contest(collection: Path, work: Path) -> dict[str, Figures]:
    """Everybody in turn. What starting up takes is no part of their CPU."""
    started = min(run("", collection, work)["cpu_s"] for _ in range(2))  # the first one may read cold files
    found = {name: run(name, collection, work) for name in CONTESTANTS}
    for figures in found.values():
        figures["cpu_s"] -= 0 if figures.pop("own_cpu_s") else started
        figures["per_cpu_s"] = figures["articles"] / figures["cpu_s"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--collection", type=Path, help="take this one instead of making one")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--take-part", nargs=3, help=argparse.SUPPRESS)
    opts = parser.parse_args()
    if opts.take_part:
        name, collection, folder = opts.take_part
        print(json.dumps(take_part(name, Path(collection), Path(folder))))
        return
    with tempfile.TemporaryDirectory() as work:
        place = opts.collection or many.fill(Path(work) / "collection", opts.articles).root
        figures = contest(place, Path(work))
    show(figures)
    if opts.json:
        about = {"python": platform.python_version(), "pyarrow": version("pyarrow")}
        opts.json.write_text(json.dumps({"about": about, "figures": figures}, indent=2) + "\n", "utf-8")


def show(figures: dict[str, Figures]) -> None:
    names = ("articles", "cpu_s", "per_cpu_s", "wall_s", "peak_mb", "disk_mb")
    table = Table("", *names)
    for name, found in figures.items():
        table.add_row(name, *(f"{found[one]:,.1f}" for one in names))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
