"""Jobs in processes, their outcomes in order, few of them under way, so that memory stays flat."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from archives.errors import ArchiveError

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
_AHEAD = 2
"""Jobs under way or waiting for each process."""
_LOADED_BEFOREHAND = ["archives.verify"]
"""What the processes read with. Not jsonschema, a tenth of a second: only a sidecar that does not fit its
schema asks for it."""


class Workers:
    """Runs a function over jobs, in this process or in several."""

    def __init__(self, pool: ProcessPoolExecutor | None, count: int) -> None:
        self._pool = pool
        self._count = count

    def run(self, function: Callable[[Job], Outcome], jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, in the order of the jobs.

        Raises:
            ArchiveError: a process was lost.
        """
        if self._pool is None:
            yield from ((job, function(job)) for job in jobs)
            return
        under_way: deque[tuple[Job, Future[Outcome]]] = deque()
        try:
            for job in jobs:
                under_way.append((job, self._pool.submit(function, job)))
                if len(under_way) >= _AHEAD * self._count:
                    first, future = under_way.popleft()
                    yield first, future.result()
            while under_way:
                first, future = under_way.popleft()
                yield first, future.result()
        except BrokenProcessPool as error:
            raise ArchiveError(
                "a process that verified was ended from outside (out of memory?); run again with --jobs 1"
            ) from error


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers(count: int) -> Iterator[Workers]:
    """`count` processes; with one, everything is done here."""
    if count <= 1:
        yield Workers(None, 1)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED_BEFOREHAND)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_leave_signals_to_the_parent)
    try:
        yield Workers(pool, count)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
