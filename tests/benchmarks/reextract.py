"""What `kliping reextract` costs over many records, each page another article's.

    python -m tests.benchmarks.reextract [--pages N] [--json FILE]

It runs over all pages and over a tenth of them. The difference of both is told: starting up counts for
nothing, and memory that grows with the records would show. The rate of two cores is reckoned from the CPU of
all processes; it is the most that the machine can do, whatever else it does meanwhile.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measure import Measured, measured, tell
from tests.benchmarks.warcs import make_collection

PAGES = 3_000
"""100,000 pages take 4 GB and, to make and to read them, half an hour."""
CORES = 2


def figures(pages: int = PAGES, folder: Path | None = None) -> dict[str, float]:
    """CPU milliseconds a page, of all processes and of the first one; the highest memory in MB.

    The collections are made below `folder`, and stay there; without one in a folder that goes away.

    Raises:
        RuntimeError: not every page was read as one of an article, so that figures would mean nothing.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="kliping-bench-") as scratch:
            return figures(pages, Path(scratch))
    tenth = max(pages // 10, 1)
    few, whole = (_run(folder / f"pages-{count}", count) for count in (tenth, pages))
    more = pages - tenth
    cpu, main = (whole.cpu - few.cpu) / more, (whole.cpu_main - few.cpu_main) / more
    return {
        "pages": pages,
        "cpu_ms_a_page": 1000 * cpu,
        "main_ms_a_page": 1000 * main,
        "pages_per_second_on_two_cores": CORES / cpu,
        "wall_pages_per_second": more / (whole.wall - few.wall),
        "peak_mb": whole.peak / 1e6,
        "peak_mb_of_a_tenth": few.peak / 1e6,
        "peak_main_mb": whole.peak_main / 1e6,
    }


def _run(root: Path, pages: int) -> Measured:
    make_collection(root, pages)
    command = [sys.executable, "-m", "crawler.cli", "reextract", "--json", "--collection", str(root)]
    found = measured(command, folder=root.parent, name=root.name)
    log = (root.parent / f"{root.name}.log").read_text()
    if found.exit_code != 0 or json.loads(log[log.index("{") :])["pages"] != pages:
        raise RuntimeError(f"{root}: not every page was read:\n{log[-2000:]}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    found = figures(given.pages)
    tell(found, given.json)


if __name__ == "__main__":
    main()
