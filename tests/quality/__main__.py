"""The quality gate: `python -m tests.quality`, also run by `bin/test`. See docs/quality.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from extractors.extract import read_page
from tests.quality.figures import Figure, Reader
from tests.quality.floors import PATH, Floors, digest, findings, load, missing, recorded, save
from tests.quality.suites import Suite, all_suites

FEW = 5


def main(
    argv: Sequence[str] | None = None,
    *,
    read: Reader = read_page,
    path: Path = PATH,
    suites: Sequence[Suite] | None = None,
    console: Console | None = None,
) -> int:
    """0 when every figure holds its floor, 1 when one does not; wrong usage exits with 2."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--record", action="store_true", help="raise the floors to what is measured now")
    parser.add_argument(
        "--lower", action="store_true", help="with --record: lower floors, too, and let go of cases"
    )
    arguments = parser.parse_args(argv)
    if arguments.lower and not arguments.record:
        parser.error("--lower goes with --record")
    console = console or Console()
    floors, good = load(path), True
    for suite in all_suites() if suites is None else suites:
        figures, cases = suite.measure(read), suite.cases()
        known = _floors(suite, floors.get(suite.name), cases)
        console.print(_table(suite, figures, known))
        if arguments.record and (lost := missing(known, cases)) and not arguments.lower:
            console.print(f"cases are gone, which needs --lower: {', '.join(lost[:FEW])}", style="red")
            good = False
            continue
        if arguments.record:
            known = recorded(known, figures, cases, lower=arguments.lower)
            floors[suite.name] = replace(known, cases=()) if suite.outside else known
        found = findings(known, figures, cases)
        good = good and not found
        _report(console, found, figures, known)
    if arguments.record and good:
        save(floors, path)
    return 0 if good else 1


def _floors(suite: Suite, kept: Floors | None, cases: Mapping[str, str]) -> Floors:
    if suite.outside and (kept is None or kept.digest != digest(cases)):
        return Floors(digest=digest(cases), figures=suite.targets)
    return kept or Floors()


def _table(suite: Suite, figures: Sequence[Figure], floors: Floors) -> Table:
    table = Table(title=suite.name, title_justify="left", title_style="bold")
    table.add_column("figure")
    for column in ("measured", "floor", "target", "cases"):
        table.add_column(column, justify="right")
    for figure in figures:
        floor, target = floors.figures.get(figure.name), suite.targets.get(figure.name)
        bad = floor is not None and figure.is_worse_than(floor)
        table.add_row(
            figure.name,
            figure.shown(),
            "" if floor is None else f"{floor:g}",
            "" if target is None else f"{target:g}",
            str(figure.cases),
            style="red" if bad else "dim" if figure.peer else None,
        )
    return table


def _report(console: Console, found: Sequence[str], figures: Sequence[Figure], floors: Floors) -> None:
    """What is wrong, and for each figure that fell the first few cases."""
    for line in found:
        console.print(line, style="red", markup=False, highlight=False)
    for figure in figures:
        floor = floors.figures.get(figure.name)
        if floor is not None and figure.is_worse_than(floor):
            for failure in figure.failures[:FEW]:
                console.print(f"  {figure.name}: {failure.case}", markup=False, highlight=False)
                console.print(f"    expected {failure.expected}", markup=False, highlight=False)
                console.print(f"    got      {failure.got}", markup=False, highlight=False)
            if len(figure.failures) > FEW:
                console.print(f"  … and {len(figure.failures) - FEW} more")


if __name__ == "__main__":
    sys.exit(main())
