"""The ledger's part of the set: tests/benchmarks/ledger.py without the peer, which it measures by itself."""

from __future__ import annotations

from tests.benchmarks.bench import Bench, Figures
from tests.benchmarks.ledger import KNOWN, QUEUED, contest


def ledger(bench: Bench) -> Figures:
    """A million URLs known, and a hundred thousand to do."""
    known, queued = (bench.pages * 10, bench.pages) if bench.is_a_try else (KNOWN, QUEUED)
    folder = bench.folder / "ledger"
    folder.mkdir()
    return contest(known, queued, folder, names=("ledger",))["ledger"] | {"known": known, "queued": queued}
