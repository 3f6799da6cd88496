"""What worker processes are given to do in the tests: work, faults, traps."""

from __future__ import annotations

import os
import signal
import time


def add(one: int, *, other: int) -> int:
    return one + other


def process_id() -> int:
    return os.getpid()


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def refuse(words: str) -> None:
    raise LookupError(words)


class AwkwardError(Exception):
    """An exception that cannot be sent through a pipe and made again on the other side."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def refuse_awkwardly() -> None:
    raise AwkwardError("this", "that")


def answer_what_cannot_be_sent() -> object:
    return lambda: None


def answer_too_deep() -> list[object]:
    """A value that no pickler follows to its bottom."""
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    return value


def answer_much(size: int) -> bytes:
    return bytes(size)


def stop_the_world() -> None:
    """As a segmentation fault in a C library does: no exception, no farewell."""
    os._exit(139)


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    raise SystemExit(3)


def ignore_everything() -> None:
    """A loop that no polite signal ends."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def eat_memory() -> int:
    """Allocates without end, in pieces."""
    eaten = []
    while True:
        eaten.append(bytearray(64 << 20))


def eat_memory_at_once() -> int:
    return len(bytearray(1 << 40))


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1)
