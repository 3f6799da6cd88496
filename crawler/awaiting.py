"""Brings what other threads have done to the event loop.

`asyncio.wrap_future` wakes the loop once for each result, by a byte through a socket. The keeper finishes
its jobs in batches, and one wake-up is enough for a batch.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class _Mailbox:
    """Results on their way to one event loop. Other threads only append to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._arrived: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._called = False

    def expect(self, source: Future[T]) -> asyncio.Future[T]:
        waiting: asyncio.Future[T] = self._loop.create_future()
        waiting.add_done_callback(partial(_pass_on_leaving, source))
        source.add_done_callback(partial(self._arrive, waiting))
        return waiting

    def _arrive(self, waiting: asyncio.Future[Any], source: Future[Any]) -> None:
        """Called in the thread that has done the work. The flag is taken back before the mailbox is emptied,
        so that what comes too late for that calls again.
        """
        self._arrived.append((waiting, source))
        if not self._called and not self._loop.is_closed():
            self._called = True
            self._loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._called = False
        while self._arrived:
            waiting, source = self._arrived.popleft()
            if not waiting.done():
                _copy(source, waiting)


def _copy(source: Future[Any], waiting: asyncio.Future[Any]) -> None:
    try:
        error = source.exception()
    except CancelledError:
        waiting.cancel()
        return
    if error is None:
        waiting.set_result(source.result())
    elif isinstance(error, StopIteration):  # which no future takes; those behind it must not wait for ever
        waiting.set_exception(RuntimeError("a job ended with StopIteration"))
    else:
        waiting.set_exception(error)


def _pass_on_leaving(source: Future[Any], waiting: asyncio.Future[Any]) -> None:
    if waiting.cancelled():
        source.cancel()


_mailboxes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Mailbox] = WeakKeyDictionary()


def outcome_of(source: Future[T]) -> asyncio.Future[T]:
    """What another thread's future comes to, for `await` in the running event loop.

    Whoever is cancelled while waiting cancels the future, too, as with `asyncio.wrap_future`.
    """
    loop = asyncio.get_running_loop()
    if source.done():  # a clerk's are: no other thread has to wake the loop
        ready: asyncio.Future[T] = loop.create_future()
        _copy(source, ready)
        return ready
    mailbox = _mailboxes.get(loop)
    if mailbox is None:
        mailbox = _mailboxes[loop] = _Mailbox(loop)
    return mailbox.expect(source)
