"""Lines put in order with bounded memory: sorted runs in temporary files, merged at the end."""

from __future__ import annotations

from contextlib import ExitStack
from heapq import merge
from itertools import groupby
from pathlib import Path
from typing import IO

_BUFFER = 1 << 25
"""Characters that are held before they are written out as a run, about 80,000 index lines."""


class Sorter:
    """Takes lines, each with its line feed, and gives them back in order, each once.

    `folder` is the caller's, for the runs, and so is its removal.
    """

    def __init__(self, folder: Path, buffer: int = _BUFFER) -> None:
        self._folder = folder
        self._buffer = buffer
        self._lines: list[str] = []
        self._held = 0
        self._runs: list[Path] = []

    def write(self, line: str) -> None:
        self._lines.append(line)
        self._held += len(line)
        if self._held > self._buffer:
            self._spill()

    def _spill(self) -> None:
        run = self._folder / f"run-{len(self._runs)}"
        self._lines.sort()
        with run.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(self._lines)
        self._runs.append(run)
        self._lines, self._held = [], 0

    def pour(self, out: IO[str]) -> None:
        """Write all lines in order."""
        self._lines.sort()
        with ExitStack() as files:
            runs = [files.enter_context(run.open(encoding="utf-8", newline="\n")) for run in self._runs]
            out.writelines(line for line, _ in groupby(merge(self._lines, *runs)))
