"""The keeper: one thread that owns the WARC writer and the catalogue, so that neither blocks the fetching.

Work arrives in a queue and is done in batches: append records, fsync the WARC file, then one
transaction with the captures and everything learned from them. The order is the archive's main promise:
with the transaction first, half of all simulated power cuts lost data.
"""

from __future__ import annotations

import logging
import select
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from archives.capture import Capture, CaptureRef, Memento, RecordPlace
from archives.catalogue import Catalogue
from archives.errors import ArchiveError, WriteError
from archives.warc import WarcWriter

T = TypeVar("T")
BATCH = 64
"""Jobs that share one fsync and one transaction at most."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture that is on disk and known to the catalogue."""

    capture_id: int
    ref: CaptureRef
    run_id: int | None = None
    """The run that made it, where that is not the present one."""


@dataclass(slots=True)
class _Keep:
    capture: Capture
    url_id: int | None
    waiting: bool
    future: Future[Kept]
    memento: Memento | None = None
    ref: CaptureRef | None = None
    beside: CaptureRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A metadata record of ours before it is written (`WarcWriter.append_metadata`)."""

    target: str
    block: bytes
    content_type: str
    refers_to: str | None = None


@dataclass(slots=True)
class _File(Generic[T]):
    note: Note
    action: Callable[[Catalogue, RecordPlace | None], T]
    future: Future[T]
    place: RecordPlace | None = None


@dataclass(slots=True)
class _Do(Generic[T]):
    action: Callable[[Catalogue], T]
    future: Future[T]


_Job = _Keep | _File[object] | _Do[object]


class Keeper:
    """Hands out futures; after the first failed write every further job fails with the same error."""

    def __init__(
        self,
        open_catalogue: Callable[[], Catalogue],
        writer: WarcWriter,
        *,
        run_id: int,
        on_failure: Callable[[ArchiveError], None] = lambda _error: None,
        linger: float = 0.0,
    ) -> None:
        """`linger` is how many seconds the first job of a batch waits for company. Each batch costs an fsync
        and a commit, some 0.5 ms of CPU together; where many ask at a time, a moment's patience spares most.
        """
        self._linger = linger
        self._open_catalogue = open_catalogue
        self._writer = writer
        self._run_id = run_id
        self._on_failure = on_failure
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._failure: ArchiveError | None = None
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
        self._thread.start()

    def keep(self, capture: Capture, *, url_id: int | None = None, waiting: bool = False) -> Future[Kept]:
        """Archive a capture; the future is done when it would survive a power cut.

        `waiting` marks a capture that somebody must still look at; the next run does, should this one end.
        """
        future: Future[Kept] = Future()
        self._hand_in(_Keep(capture, url_id, waiting, future))
        return future

    def keep_copy(self, memento: Memento, exchange: Capture, *, url_id: int) -> Future[Kept]:
        """Archive what a web archive has handed out in an exchange, and the exchange, both or none of them.

        The future is the memento's, which waits for somebody to look at it.
        """
        future: Future[Kept] = Future()
        self._hand_in(_Keep(exchange, url_id, True, future, memento))
        return future

    def do(self, action: Callable[[Catalogue], T]) -> Future[T]:
        """Run `action` inside the next transaction; the future is done when that is durable."""
        future: Future[T] = Future()
        self._hand_in(_Do(action, future))  # type: ignore[arg-type]
        return future

    def file(self, note: Note, action: Callable[[Catalogue, RecordPlace | None], T]) -> Future[T]:
        """Write a metadata record, and when it is durable run `action`, told where it stands, in the
        transaction that mentions it.
        """
        future: Future[T] = Future()
        self._hand_in(_File(note, action, future))  # type: ignore[arg-type]
        return future

    def close(self) -> ArchiveError | None:
        """Finish all work, close the WARC file; the first failure, if any. Twice changes nothing."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()
        return self._failure

    def _hand_in(self, job: _Job) -> None:
        with self._closing:
            if not self._closed:
                self._jobs.put(job)
                return
        job.future.set_exception(WriteError("the keeper is closed; nothing more is archived by this run"))

    def _work(self) -> None:
        catalogue: Catalogue | None = None
        try:
            catalogue = self._open_catalogue()
            while (batch := self._next_batch()) is not None:
                self._do_batch(catalogue, batch)
            self._finish(catalogue)
        except Exception as error:  # noqa: BLE001 - the border of the thread: whoever waits must get an answer
            self._fail(_as_archive_error(error))
            self._refuse_rest()
        finally:
            if catalogue is not None:
                catalogue.close()

    def _next_batch(self) -> list[_Job] | None:
        first = self._jobs.get()
        if first is None:
            self._jobs.put(None)  # the end mark stays in the queue, whoever reads it next
            return None
        if self._linger:
            # A wait of some length, and none until some moment, as `time.sleep` is: clocks are set.
            select.select((), (), (), self._linger)
        batch = [first]
        while len(batch) < BATCH:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        return batch

    def _do_batch(self, catalogue: Catalogue, batch: list[_Job]) -> None:
        batch = [job for job in batch if job.future.set_running_or_notify_cancel() or isinstance(job, _Keep)]
        if self._failure is not None:
            self._refuse(batch, self._failure)
            return
        try:
            results = self._make_durable(catalogue, batch)
        except Exception as error:  # noqa: BLE001 - as above
            self._refuse(batch, self._fail(_as_archive_error(error)))
            return
        for job, result in zip(batch, results, strict=True):
            if job.future.cancelled():
                continue  # whoever asked has left; what was captured is kept all the same
            if isinstance(result, Exception):
                job.future.set_exception(result)
            else:
                job.future.set_result(result)  # type: ignore[arg-type]

    def _make_durable(self, catalogue: Catalogue, batch: list[_Job]) -> list[object]:
        faults = {id(job): self._append(catalogue, job) for job in batch}
        committed = self._writer.commit()
        with catalogue.transaction():
            catalogue.note_files(committed, self._run_id)
            return [faults[id(job)] or self._record(catalogue, job) for job in batch]

    def _append(self, catalogue: Catalogue, job: _Job) -> ValueError | None:
        """A capture that cannot become a record (a naive date) fails alone: nothing of it was written."""
        try:
            if isinstance(job, _Keep):
                self._append_capture(catalogue, job)
            elif isinstance(job, _File):
                note = job.note
                job.place = self._writer.append_metadata(
                    note.target, note.block, content_type=note.content_type, refers_to=note.refers_to
                )
        except ValueError as error:
            logger.exception("a record cannot be written as it is")
            return error
        return None

    def _append_capture(self, catalogue: Catalogue, job: _Keep) -> None:
        if job.memento is None:
            job.ref = self._writer.append(job.capture, catalogue.find_payload)
        else:
            job.ref, job.beside = self._writer.append_memento(
                job.memento, job.capture, catalogue.find_payload
            )

    def _record(self, catalogue: Catalogue, job: _Job) -> object:
        """Results of the jobs; an error of one job's own making must not undo its neighbours' work."""
        if isinstance(job, _Keep):
            assert job.ref is not None
            capture_id = catalogue.add_capture(
                job.ref, run_id=self._run_id, url_id=job.url_id, waiting=job.waiting
            )
            if job.beside is not None:
                catalogue.add_capture(job.beside, run_id=self._run_id, url_id=None, waiting=False)
            return Kept(capture_id, job.ref)
        try:
            with catalogue.savepoint():
                return job.action(catalogue) if isinstance(job, _Do) else job.action(catalogue, job.place)
        except WriteError:
            raise
        except Exception as error:
            logger.exception("a job of the keeper failed; its neighbours are kept")
            return error

    def _finish(self, catalogue: Catalogue) -> None:
        if self._failure is not None:
            return
        committed = self._writer.close()
        with catalogue.transaction():
            catalogue.note_files(committed, self._run_id)

    def _fail(self, error: ArchiveError) -> ArchiveError:
        """Remember the first failure and sound the alarm once; the writer lets go of its file."""
        if self._failure is not None:
            return self._failure
        self._failure = error
        self._writer.abandon()
        try:
            self._on_failure(error)
        except Exception:
            logger.exception("the alarm itself failed")
        return error

    def _refuse(self, batch: list[_Job], error: ArchiveError) -> None:
        for job in batch:
            if not job.future.done():
                job.future.set_exception(error)

    def _refuse_rest(self) -> None:
        assert self._failure is not None
        while (job := self._jobs.get()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._refuse([job], self._failure)


def _as_archive_error(error: Exception) -> ArchiveError:
    """What nobody foresaw is a failed write as well: nothing after it may be called done."""
    if isinstance(error, ArchiveError):
        return error
    logger.error("the keeper failed", exc_info=error)
    failure = WriteError(f"the archive could not be written ({type(error).__name__}: {error}); see the log")
    failure.__cause__ = error
    return failure
