"""The ledger's part of the set: tests/benchmarks/ledger.py without the peer, which it measures by itself."""

from __future__ import annotations

from tests.benchmarks.bench import Bench, Figures
from tests.benchmarks.ledger import KNOWN, QUEUED, contest

SMALL = 3000
"""A portal below that size is a try of the benchmark itself; its ledger is small as well."""


def ledger(bench: Bench) -> Figures:
    """A million URLs; fewer where the portal is small, too."""
    known, queued = (KNOWN, QUEUED) if bench.pages >= SMALL else (bench.pages * 10, bench.pages)
    folder = bench.folder / "ledger"
    folder.mkdir()
    return contest(known, queued, folder, names=("ledger",))["ledger"] | {"known": known, "queued": queued}
