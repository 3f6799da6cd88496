"""Worker processes with a time limit per job.

One 33 kB page keeps trafilatura busy for 16 s (see docs); so pages are read in processes that can be ended.
The pool is own code because concurrent.futures cannot end a job that hangs, and the kept library that can
(pebble) is under the LGPL.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle  # noqa: TID251 - between our own processes; nothing of it is stored
import resource
import select
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from math import ceil
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MEMORY_LIMIT = 2 << 30
"""Address space of a worker in bytes; beyond it a page fails with MemoryError and not the machine."""

_LOADED_BEFOREHAND = ["crawler.drafts", "archives.sidecar", "extractors.extract", "extractors.stitch"]
"""What each job needs, loaded once for all workers; trafilatura only by a worker whose page asks for it."""


class TookTooLongError(Exception):
    """A job was ended at its time limit."""


class WorkerLostError(Exception):
    """A worker process died under its job."""


class UnsendableError(Exception):
    """A job's answer or exception cannot be sent from its process to ours; the text says which and why."""


class WorkerPool:
    """Runs functions of importable modules in processes; a hung or dead process is replaced."""

    def __init__(self, size: int, seconds: float) -> None:
        self.size = size
        self.seconds = seconds
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_LOADED_BEFOREHAND)
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(size):
            self._idle.put(_Worker(self._context))
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="worker")

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The function's result, or its exception, TookTooLongError, WorkerLostError or UnsendableError."""
        return self._threads.submit(lambda: self._run(function, args, kwargs))

    def close(self) -> None:
        """Wait for jobs under way and end the processes."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().stop()

    def _run(self, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        worker = self._idle.get()
        try:
            return worker.run(function, args, kwargs, self.seconds)
        except (TookTooLongError, WorkerLostError):
            worker.stop()
            worker = _Worker(self._context)
            raise
        finally:
            self._idle.put(worker)


class _Worker:
    """One process and the pipe to it. The process is started with its first job."""

    def __init__(self, context: ForkServerContext) -> None:
        self._context = context
        self._pipe: Connection | None = None
        self._answers = select.poll()
        self._process: multiprocessing.process.BaseProcess | None = None

    def run(
        self, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object], seconds: float
    ) -> T:
        if self._pipe is None:
            self._start()
        assert self._pipe is not None
        try:
            # Plain pickle: that of multiprocessing looks each class up in Python.
            self._pipe.send_bytes(pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL))
            if not self._answers.poll(max(0, ceil(seconds * 1000))):
                raise TookTooLongError(f"took longer than {seconds:g} s")
            fine, result = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - a process of ours
        except (EOFError, OSError) as error:
            raise WorkerLostError("the process that read the page died") from error
        if fine:
            return result  # type: ignore[no-any-return]
        raise result

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._answers.register(self._pipe, select.POLLIN)
        self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()


def _serve(pipe: Connection) -> None:
    """Answer jobs until the other end is gone. Ctrl-C and SIGTERM are the main process's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, resource.getrlimit(resource.RLIMIT_AS)[1]))
    # A page's elements live and die together; looking for cycles every 700 of them is a tenth of the CPU.
    gc.set_threshold(20_000, 20, 20)
    gc.freeze()  # what was imported is never garbage
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, object] = (True, function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the border of the process: it goes to whoever asked
            answer = (False, error)
        try:
            pipe.send_bytes(_packed(answer))
        except BrokenPipeError:
            return


def _packed(answer: tuple[bool, object]) -> bytes:
    """An answer as it goes through the pipe. What cannot be packed, and an exception that cannot be made
    again on the other side, still gives its reason.
    """
    fine, result = answer
    try:
        packed = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        if not fine:
            pickle.loads(packed)  # noqa: S301 - packed here
    except Exception as error:  # noqa: BLE001 - packing runs code of the value
        said = (
            f"{type(result).__name__}: {result}" if isinstance(result, Exception) else type(result).__name__
        )
        reason = f"the answer cannot be sent: {said[:500]} ({type(error).__name__})"
        return pickle.dumps((False, UnsendableError(reason)), pickle.HIGHEST_PROTOCOL)
    return packed
