"""The long forms: `python -m tests.soak crashes`, `python -m tests.soak kills --times 200`.

Exit code 1 when a promise was broken; what came of it is printed as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from random import Random

from crawler.workers import WorkerPool
from tests.end_to_end.commands import kliping
from tests.soak.crashes import sample, try_all, works
from tests.soak.kills import Soak, soak


def crashes(folder: Path, count: int | None, seed: int) -> list[str]:
    """Every crash of every work, or `count` of each."""
    pool, trouble = WorkerPool(2, 60), []
    try:
        for recording in works(folder / "works", pool):
            points = None if count is None else sample(recording, count, Random(seed))
            report = try_all(recording, folder / "tried", pool, points)
            print(json.dumps(report.as_plain(), indent=2, ensure_ascii=False), flush=True)
            trouble += report.trouble
    finally:
        pool.close()
    return trouble


def kills(folder: Path, count: int, seed: int) -> list[str]:
    """So many kills of real crawls."""
    undisturbed = folder / "undisturbed"
    first = kliping("crawl", "demo", collection=undisturbed)
    if first.code != 0:
        return [first.err]

    def told(result: Soak) -> None:
        print(f"{result.kills} kills, broken promises: {result.trouble}", file=sys.stderr, flush=True)

    result = soak(folder, undisturbed, count, Random(seed), told)
    print(json.dumps(result.as_plain(), indent=2, ensure_ascii=False))
    return result.trouble


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("what", choices=["crashes", "kills"])
    parser.add_argument(
        "--times", type=int, help="kills (default 200), or crashes of each work (default: all)"
    )
    parser.add_argument("--seed", type=int, default=20261122, help="of the dice")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kliping-soak-") as folder:
        if words.what == "crashes":
            trouble = crashes(Path(folder), words.times, words.seed)
        else:
            trouble = kills(Path(folder), words.times or 200, words.seed)
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
