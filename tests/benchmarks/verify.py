"""What `kliping verify` costs, on WARC files like a crawl's: gzip pages of 39 KB with their requests.

    python -m tests.benchmarks.verify [--pages N] [--jobs N] [--json FILE]

MB are compressed bytes of the files. Starting up counts with the seconds and not with the rates, which are
those of larger files: the command runs on a collection and on one with a tenth of its pages, and the
difference of both counts. The rate of two cores is reckoned from the CPU of all processes; it is the most
that the machine can do, whatever else it does meanwhile.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measure import Measured, measured, tell
from tests.benchmarks.warcs import make_collection

PAGES = 12_000
JOBS = CORES = 2
ROUNDS = 3


def figures(pages: int = PAGES, folder: Path | None = None, *, jobs: int = JOBS) -> dict[str, float]:
    """Rates, CPU seconds and the highest memory (MB, of all processes) of verifying so many pages.

    The collections are made below `folder`, and stay there; without one in a folder that goes away.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="kliping-bench-") as scratch:
            return figures(pages, Path(scratch), jobs=jobs)
    megabytes, runs = [], []
    for name, count in (("few", max(pages // 10, 1)), ("all", pages)):
        collection = make_collection(folder / name, count)
        megabytes.append(sum(path.stat().st_size for path in collection.warc_files()) / 1e6)
        runs.append(_fastest(collection.root, folder, jobs))
    few, whole = runs
    more, cpu = megabytes[1] - megabytes[0], whole.cpu - few.cpu
    main = whole.cpu_main - few.cpu_main
    return {
        "pages": pages,
        "megabytes": megabytes[1],
        "cpu_seconds": whole.cpu,
        "mb_per_cpu_second": more / cpu,
        "mb_per_second_on_two_cores": min(CORES, jobs) * more / cpu,
        "main_share": main / cpu,
        "peak_mb": whole.peak / 1e6,
        "peak_mb_of_a_tenth": few.peak / 1e6,
    }


def _fastest(root: Path, folder: Path, jobs: int) -> Measured:
    """The round that cost least. The collection has no catalogue; nothing else may be found.

    Raises:
        RuntimeError: it was not verified, or something else was found.
    """
    words = ["verify", "--json", "--jobs", str(jobs), "--collection", str(root)]
    name = f"verify-{root.name}"
    rounds = [
        measured([sys.executable, "-m", "crawler.cli", *words], folder=folder, name=name)
        for _ in range(ROUNDS)
    ]
    said = (folder / f"{name}.log").read_text()
    if [found["file"] for found in json.loads(said)["findings"]] != ["catalogue.sqlite"]:
        raise RuntimeError(f"{root}: {said[-2000:]}")
    return min(rounds, key=lambda one: one.cpu)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    found = figures(given.pages, jobs=given.jobs)
    tell(found, given.json)


if __name__ == "__main__":
    main()
