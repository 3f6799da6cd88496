"""What all contestants share: the served portal, a folder for what they write, how they are measured."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.benchmarks.measure import Measured, measured
from tests.benchmarks.nginx import Served
from tests.benchmarks.site import Site

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "build" / "benchmarks" / "peers"
"""Environments of peers, one for each lock in tests/benchmarks/locks; `bin/bench` makes them."""

Figures = dict[str, float]


class BenchmarkError(Exception):
    """A contestant did not do the whole work, so that its figures would mean nothing."""


class LeftOutError(Exception):
    """A contestant cannot run here; the text says why."""


@dataclass(frozen=True)
class Bench:
    """`pages` is how many article pages the portal has."""

    site: Site
    served: Served
    folder: Path

    @property
    def pages(self) -> int:
        return len(self.site.urls)

    @property
    def is_a_try(self) -> bool:
        """Whether this only shows that the set works, so that what is dear and no crawl may be made small."""
        return self.pages < 1000

    @cached_property
    def collection(self) -> Path:
        """Where `kliping` crawls to; what works offline reads it there."""
        return self.folder / "collection"

    def sample(self, count: int) -> list[str]:
        """About `count` addresses of pages, from all years."""
        return self.site.urls[:: max(1, self.pages // count)]

    def run(
        self,
        name: str,
        command: Sequence[str],
        *,
        pages: int,
        check: Callable[[], Mapping[str, float]] = dict,
        may_end_with: Sequence[int] = (0,),
    ) -> Figures:
        """Run a command that knows the portal by `http_proxy`, and see to it that it has done its work.

        CPU and time are per 1,000 pages, the peaks of memory are not; `check` adds figures of its own.

        Raises:
            BenchmarkError: it ended badly, or `check` says that something is missing.
        """
        cpu, position = self.served.cpu(), self.served.position()
        route = {"http_proxy": self.served.url, "no_proxy": ""}
        result = measured(command, folder=self.folder, name=name, environment=route)
        if result.exit_code not in may_end_with:
            log = (self.folder / f"{name}.log").read_text(errors="replace")
            raise BenchmarkError(f"{name}: exit code {result.exit_code}; the end of its log:\n{log[-3000:]}")
        answers = self.served.answers(position)
        return {
            **per_thousand(result, pages),
            "pages": pages,
            "requests": len(answers),
            "not_modified": sum(status == 304 for status, _ in answers),
            "redirects": sum(status == 301 for status, _ in answers),
            "robots": sum(address.endswith("/robots.txt") for _, address in answers),
            "cpu_server": (self.served.cpu() - cpu) * 1000 / pages,
            **check(),
        }


def per_thousand(result: Measured, pages: int) -> Figures:
    """What a command needed, per 1,000 pages; memory, and the CPU of the whole run, are what they are."""
    per = 1000 / pages
    return {
        "cpu": result.cpu * per,
        "cpu_main": result.cpu_main * per,
        "cpu_others": result.cpu_others * per,
        "cpu_total": result.cpu,
        "wall": result.wall * per,
        "wall_total": result.wall,
        "peak_mb": result.peak / 1e6,
        "peak_main_mb": result.peak_main / 1e6,
        "processes": result.processes,
    }


def program(name: str) -> str:
    """A program of the system.

    Raises:
        LeftOutError: it is not there.
    """
    found = shutil.which(name)
    if found is None:
        raise LeftOutError(f"{name} is not installed. On Debian: apt install {name}")
    return found


def of_peer(name: str, script: str = "python") -> str:
    """A program in the environment of a peer.

    Raises:
        LeftOutError: the environment is not there.
    """
    found = PEERS / name / "bin" / script
    if not found.exists():
        raise LeftOutError(f"{found} is not there; `bin/bench` makes it where the packages can be had")
    return str(found)


def kliping(*words: str) -> list[str]:
    return [sys.executable, "-m", "crawler.cli", *words]


def module(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", f"tests.benchmarks.{name}", *words]


def size_of(folder: Path, pattern: str = "*") -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())


def quiet() -> dict[str, str]:
    """An environment in which Python's own messages do not depend on who runs it."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}


def written(path: Path) -> dict[str, float]:
    """Figures that a script has left in a file."""
    found: dict[str, float] = json.loads(path.read_text())
    return found
