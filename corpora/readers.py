"""Sidecars are read in processes of their own, and their rows come back in the order of the plan.

Each process has one batch at a time, in turn, so the order does not depend on which is faster. A process ends
when ours does: the end of its pipe tells it.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from typing import Self

from archives.errors import ArchiveError
from corpora.plan import Entry
from corpora.reading import Kept, Place, Recipe, read_all

Wanted = tuple[Entry, Place]
Slot = Wanted | str
"""A version to be read, or the reason why it need not be."""
BATCH = 200


def read_batches(
    recipe: Recipe, batches: Iterator[list[Slot]], *, processes: int
) -> Iterator[list[Kept | str]]:
    """For each slot its row or the reason, in order.

    Raises:
        ArchiveError: a process ended under its work.
    """
    if processes < 1:
        for batch in batches:
            yield _joined(batch, read_all(recipe, _wanted(batch)))
        return
    with ExitStack() as stack:
        readers = [stack.enter_context(_Reader(recipe)) for _ in range(processes)]
        yield from _in_turn(readers, batches)


def _in_turn(readers: Sequence[_Reader], batches: Iterator[list[Slot]]) -> Iterator[list[Kept | str]]:
    under_way: list[tuple[_Reader, list[Slot]]] = []
    for reader in readers:
        batch = next(batches, None)
        if batch is not None:
            reader.send(_wanted(batch))
            under_way.append((reader, batch))
    while under_way:
        reader, batch = under_way.pop(0)
        found = reader.receive()
        more = next(batches, None)
        if more is not None:  # it works on while we write
            reader.send(_wanted(more))
            under_way.append((reader, more))
        yield _joined(batch, found)


def _wanted(batch: Sequence[Slot]) -> list[Wanted]:
    return [slot for slot in batch if not isinstance(slot, str)]


def _joined(batch: Sequence[Slot], found: Sequence[Kept | str]) -> list[Kept | str]:
    rest = iter(found)
    return [slot if isinstance(slot, str) else next(rest) for slot in batch]


class _Reader:
    """One process and the pipe to it."""

    def __init__(self, recipe: Recipe) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["corpora.reading"])
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, recipe), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join()

    def send(self, batch: list[Wanted]) -> None:
        try:
            self._pipe.send(batch)
        except OSError as error:
            raise _lost(error) from error

    def receive(self) -> list[Kept | str]:
        try:
            found = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise _lost(error) from error
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, list)
        return found


def _lost(error: Exception) -> ArchiveError:
    return ArchiveError(
        f"a process that reads sidecars ended under its work ({str(error) or 'killed'}; too little memory?); "
        "run the same command again, it goes on"
    )


def _work(pipe: Connection, recipe: Recipe) -> None:
    """Answer batches until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked us ends us
    with suppress(EOFError, OSError):
        while True:
            batch = pipe.recv()
            try:
                answer: object = read_all(recipe, batch)
            except Exception as error:  # noqa: BLE001 - it is raised where somebody can tell it
                answer = error
            pipe.send(answer)
