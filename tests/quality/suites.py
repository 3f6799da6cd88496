"""The sets of cases that the gate measures."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.quality import benchmark, newsroom, unknown
from tests.quality.figures import Figure, Reader

BENCHMARK = "KLIPING_BENCHMARK_DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A set of cases, how it is measured, and what it should reach in the end."""

    name: str
    cases: Callable[[], dict[str, str]]
    measure: Callable[[Reader], tuple[Figure, ...]]
    targets: Mapping[str, float]
    outside: bool = False
    """Whether the cases are given from outside: on others than those recorded the targets are the floors."""


def all_suites() -> list[Suite]:
    """The sets of the project, and the benchmark where it is at hand."""
    folder = os.environ.get(BENCHMARK)
    return [demo(), invented(), *([given(Path(folder))] if folder else [])]


def demo() -> Suite:
    """The demo newsroom's articles of all eras."""
    return Suite(name=newsroom.NAME, cases=newsroom.cases, measure=newsroom.measure, targets=newsroom.TARGETS)


def invented(pages: Path = unknown.PAGES) -> Suite:
    """The invented pages of portals without rules."""
    return Suite(
        name=unknown.NAME,
        cases=partial(unknown.cases, pages),
        measure=partial(unknown.measure, folder=pages),
        targets=unknown.TARGETS,
    )


def given(folder: Path) -> Suite:
    """The benchmark's pages in a folder that is not part of the project."""
    return Suite(
        name=benchmark.NAME,
        cases=partial(benchmark.cases, folder),
        measure=partial(benchmark.measure, folder=folder),
        targets=benchmark.TARGETS,
        outside=True,
    )
