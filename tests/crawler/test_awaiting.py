"""What other threads have done reaches the event loop, whole, and many results by one wake-up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TypeVar

import pytest

from crawler.awaiting import outcome_of

T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    async def waiting() -> T:
        return await work

    return asyncio.run(waiting())


async def _of(source: Future[T]) -> T:
    return await outcome_of(source)


def test_a_result_and_an_error_arrive() -> None:
    with ThreadPoolExecutor(1) as thread:
        assert run(_of(thread.submit(int, "42"))) == 42
        with pytest.raises(ValueError, match="invalid literal"):
            run(_of(thread.submit(int, "x")))


def test_what_was_done_before_anybody_waited_arrives_as_well() -> None:
    done: Future[str] = Future()
    done.set_result("kept")
    assert run(_of(done)) == "kept"


def test_a_cancelled_future_cancels_whoever_waits() -> None:
    left: Future[str] = Future()
    left.cancel()
    with pytest.raises((asyncio.CancelledError, CancelledError)):
        run(_of(left))


def test_whoever_leaves_cancels_the_future() -> None:
    source: Future[str] = Future()

    async def leave() -> None:
        waiting = asyncio.ensure_future(_of(source))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.sleep(0)

    asyncio.run(leave())
    assert source.cancelled()


def test_results_that_come_together_wake_the_loop_once() -> None:
    sources: list[Future[int]] = [Future() for _ in range(50)]

    def finish_all() -> None:
        for number, source in enumerate(sources):
            source.set_result(number)

    async def collect() -> tuple[list[int], int]:
        loop = asyncio.get_running_loop()
        calls: list[object] = []
        calling = loop.call_soon_threadsafe

        def counted(callback: Callable[..., object], *args: object) -> asyncio.Handle:
            calls.append(callback)
            return calling(callback, *args)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign, assignment]
        waiting = [outcome_of(source) for source in sources]
        finish = threading.Thread(target=finish_all)
        finish.start()
        finish.join()  # the loop stands still meanwhile
        return await asyncio.gather(*waiting), len(calls)

    results, calls = asyncio.run(collect())
    assert results == list(range(50))
    assert calls == 1


def test_results_from_many_threads_all_arrive() -> None:
    async def collect(threads: ThreadPoolExecutor) -> list[int]:
        return await asyncio.gather(*(outcome_of(threads.submit(pow, n, 2)) for n in range(2000)))

    with ThreadPoolExecutor(8) as threads:
        assert asyncio.run(collect(threads)) == [n * n for n in range(2000)]


def test_a_result_that_no_future_takes_holds_up_no_other() -> None:
    bad: Future[int] = Future()
    good: Future[int] = Future()

    async def both() -> tuple[BaseException | int, BaseException | int]:
        waiting = [outcome_of(bad), outcome_of(good)]
        bad.set_exception(StopIteration())
        good.set_result(1)
        first, second = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)
        return first, second

    error, result = asyncio.run(both())
    assert isinstance(error, RuntimeError)
    assert result == 1
