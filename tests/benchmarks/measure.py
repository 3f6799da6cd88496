"""Runs a command and measures its whole process tree: CPU, memory, time. Linux only.

    python -m tests.benchmarks.measure RESULT.json COMMAND...

This process becomes a "child subreaper" (prctl(2)): processes that the command leaves behind, such as the
fork server of multiprocessing and through it the workers, are handed to it and waited for here, so that the
kernel's own sums (wait4) miss nothing. Sampling /proc could lose what happens after the last sample.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.1
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """CPU in seconds, user + system; memory in bytes at the highest of all samples.

    `cpu_main` is the command's first process with its threads, `cpu_others` every other one. Memory is PSS:
    pages that processes share are counted once.
    """

    exit_code: int
    wall: float
    cpu_main: float
    cpu_others: float
    peak: int
    peak_main: int
    processes: int

    @property
    def cpu(self) -> float:
        return self.cpu_main + self.cpu_others


def measured(
    command: Sequence[str], *, folder: Path, name: str, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run a command in a measuring process of its own; what it prints goes to `folder/name.log`."""
    result = folder / f"{name}.json"
    wrapped = [sys.executable, "-m", "tests.benchmarks.measure", str(result), *command]
    with (folder / f"{name}.log").open("wb") as log:
        subprocess.run(
            wrapped, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
    return Measured(**json.loads(result.read_text()))


def run(command: Sequence[str]) -> Measured:
    """Run a command as a child of this process and measure its tree. Orphans count and are waited for."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER) failed; measuring needs Linux")
    begin = time.monotonic()
    child = subprocess.Popen(command)
    sampler = _Sampler(child.pid)
    sampler.start()
    main = others = 0.0
    status, processes, wall = 0, 0, 0.0
    while True:
        try:
            pid, code, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        seconds = usage.ru_utime + usage.ru_stime
        processes += 1
        if pid == child.pid:
            status, main, wall = os.waitstatus_to_exitcode(code), seconds, time.monotonic() - begin
        else:
            others += seconds
    child.returncode = status
    sampler.end()
    return Measured(
        exit_code=status, wall=wall, cpu_main=main, cpu_others=others, peak=sampler.peak,
        peak_main=sampler.peak_main, processes=max(processes, sampler.processes),
    )  # fmt: skip


def highest_resident(pid: int | str = "self") -> int:
    """The most bytes of memory that a process which still lives has had so far, by the kernel (VmHWM)."""
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def tell(found: Mapping[str, float], file: Path | None) -> None:
    """Print figures, a line each, and keep them in a file where there is one."""
    for name, value in found.items():
        print(f"{name:<32}{value:>12,.2f}")
    if file is not None:
        file.write_text(json.dumps(dict(found), indent=2) + "\n")


class _Sampler(threading.Thread):
    """Adds up the memory of the tree ten times a second."""

    def __init__(self, main: int) -> None:
        super().__init__(daemon=True)
        self._main = main
        self._ended = threading.Event()
        self.peak = self.peak_main = self.processes = 0

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            sizes = {pid: _pss(pid) for pid in _descendants(os.getpid())}
            self.peak = max(self.peak, sum(sizes.values()))
            self.peak_main = max(self.peak_main, sizes.get(self._main, 0))
            self.processes = max(self.processes, len(sizes))

    def end(self) -> None:
        self._ended.set()
        self.join()


def _descendants(root: int) -> set[int]:
    parents = {int(place.name): _parent(place) for place in _PROC.iterdir() if place.name.isdigit()}
    found = {root}
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return found - {root}


def _parent(place: Path) -> int:
    """The parent's id: the second field after the name, which may hold anything; 0 if it has ended."""
    try:
        return int((place / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _pss(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def cpu_of(pid: int) -> float:
    """CPU seconds that a running process has used so far."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(run(sys.argv[2:]))))
