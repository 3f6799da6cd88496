"""What a second reading needs of a keeper: the same answers, and nothing that has to last."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from archives.capture import RecordPlace
from archives.catalogue import Catalogue
from archives.errors import ArchiveError, WriteError
from archives.keeper import Keeper, Note

T = TypeVar("T")

logger = logging.getLogger(__name__)

BATCH = 1000
"""Jobs in one transaction. A scratch catalogue is thrown away with whatever cuts the work off."""


class Clerk(Keeper):
    """Does each job at once, in the thread that asks; its futures are done when they are handed out.

    A second reading asks one thing after the other. A keeper would do so in its thread, in a transaction for
    each: two changes of threads and a turn of the loop, which together take longer than the job.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """The catalogue belongs to this thread, and is closed with the clerk."""
        self._catalogue = catalogue
        self._done = 0
        self._is_open = True
        self._failure: WriteError | None = None

    def do(self, action: Callable[[Catalogue], T]) -> Future[T]:
        """As every keeper; after the first failed write each further job fails with the same error: SQLite
        has undone what was not committed, and nothing may be filed as if it were there.
        """
        future: Future[T] = Future()
        if self._failure is not None or not self._is_open:
            future.set_exception(self._failure or WriteError("the clerk has closed the catalogue"))
            return future
        try:
            with self._catalogue.refusals():
                self._begin_or_commit()
            with self._catalogue.savepoint():
                future.set_result(action(self._catalogue))
        except WriteError as error:
            self._failure = error
            future.set_exception(error)
        except Exception as error:
            logger.exception("a job of the clerk failed; its neighbours are kept")
            future.set_exception(error)
        return future

    def file(self, note: Note, action: Callable[[Catalogue, RecordPlace | None], T]) -> Future[T]:  # noqa: ARG002 - it writes no records
        return self.do(lambda catalogue: action(catalogue, None))

    def close(self) -> ArchiveError | None:
        """Commit, and close the catalogue; the first failed write, if any. Twice changes nothing."""
        if self._is_open:
            self._is_open = False
            try:
                if self._failure is None and self._catalogue.database.in_transaction:
                    with self._catalogue.refusals():
                        self._catalogue.database.execute("COMMIT")
            except WriteError as error:
                self._failure = error
            finally:
                self._catalogue.close()
        return self._failure

    def _begin_or_commit(self) -> None:
        database = self._catalogue.database
        if database.in_transaction and self._done % BATCH == 0:
            database.execute("COMMIT")
        if not database.in_transaction:
            database.execute("BEGIN IMMEDIATE")
        self._done += 1
