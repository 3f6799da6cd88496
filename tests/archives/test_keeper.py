"""The keeper: nothing is called done that would not survive a power cut, and everybody gets an answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import ArchiveError, CollectionError, WriteError
from archives.keeper import BATCH, Keeper, Kept
from archives.reader import read_record
from archives.warc import WarcWriter
from tests.archives import shelf
from tests.archives.shelf import capture, new_url, open_keeper

SOON = 20


def captures_in(collection: Collection) -> list[tuple[int, str, int]]:
    """What another process would see in the catalogue now."""
    with closing(sqlite3.connect(f"file:{collection.catalogue}?mode=ro", uri=True)) as db:
        return db.execute("SELECT capture_id, record_id, waiting FROM captures ORDER BY 1").fetchall()


def hold(keeper: Keeper) -> Event:
    """Keeps the keeper's thread busy until the event is set, so that what follows is one batch."""
    begun, free = Event(), Event()

    def wait(_catalogue: Catalogue) -> None:
        begun.set()
        assert free.wait(SOON)

    keeper.do(wait)
    assert begun.wait(SOON)
    return free


def test_a_capture_is_in_file_and_catalogue_when_its_future_is_done(collection: Collection) -> None:
    keeper = open_keeper(collection)
    kept = keeper.keep(capture(), waiting=True).result(SOON)
    (path,) = collection.open_warc_files()
    stored = read_record(path, kept.ref.offset)

    assert stored.record_id == kept.ref.record_id
    assert captures_in(collection) == [(kept.capture_id, kept.ref.record_id, 1)]
    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        assert catalogue.committed_lengths() == {kept.ref.warc_file: path.stat().st_size}
    assert keeper.close() is None


def test_a_job_is_durable_when_its_future_is_done(collection: Collection) -> None:
    run_id = shelf.begin_run(collection)
    keeper = open_keeper(collection, run_id=run_id)
    added = keeper.do(lambda catalogue: catalogue.add_urls([new_url()], run_id)).result(SOON)

    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        assert added == len(catalogue.todo("pesisir.example", 9)) == 1
    keeper.close()


def test_captures_of_one_batch_lie_in_the_order_in_which_they_came(collection: Collection) -> None:
    keeper = open_keeper(collection)
    free = hold(keeper)
    futures = [keeper.keep(capture(f"{shelf.ARTICLE}-{number}")) for number in range(BATCH + 10)]
    free.set()
    kept = [future.result(SOON) for future in futures]

    assert [item.capture_id for item in kept] == list(range(1, BATCH + 11))
    assert [item.ref.offset for item in kept] == sorted(item.ref.offset for item in kept)
    keeper.close()


def test_a_failing_job_keeps_its_neighbours_and_undoes_only_its_own_work(collection: Collection) -> None:
    run_id = shelf.begin_run(collection)
    keeper = open_keeper(collection, run_id=run_id)

    def fail(catalogue: Catalogue) -> None:
        catalogue.add_urls([new_url("https://pesisir.example/undone")], run_id)
        raise KeyError("invented")

    free = hold(keeper)
    before = keeper.do(lambda catalogue: catalogue.add_urls([new_url("https://pesisir.example/a")], run_id))
    failing = keeper.do(fail)
    after = keeper.keep(capture())
    free.set()

    assert (before.result(SOON), after.result(SOON).capture_id) == (1, 1)
    with pytest.raises(KeyError, match="invented"):
        failing.result(SOON)
    assert (
        keeper.do(lambda catalogue: catalogue.find_url("https://pesisir.example/undone")).result(SOON) is None
    )
    assert keeper.close() is None


def test_a_capture_that_cannot_be_a_record_fails_alone(collection: Collection) -> None:
    keeper = open_keeper(collection)
    free = hold(keeper)
    naive = keeper.keep(capture(fetched_at=datetime(2026, 11, 22)))  # noqa: DTZ001
    good = keeper.keep(capture())
    free.set()

    with pytest.raises(ValueError, match="naive"):
        naive.result(SOON)
    assert good.result(SOON).capture_id == 1
    assert keeper.close() is None


def test_who_stops_waiting_stops_nobody_else_and_the_capture_is_kept(collection: Collection) -> None:
    """A cancelled task of asyncio cancels its future."""
    keeper = open_keeper(collection)
    free = hold(keeper)
    left, stayed = keeper.keep(capture()), keeper.keep(capture())
    assert left.cancel()
    free.set()

    assert stayed.result(SOON).capture_id == 2
    with pytest.raises(CancelledError):
        left.result(SOON)
    assert len(captures_in(collection)) == 2
    assert keeper.close() is None


def test_every_job_is_refused_after_a_write_error_and_the_alarm_sounds_once(collection: Collection) -> None:
    alarms: list[ArchiveError] = []
    keeper = open_keeper(collection, on_failure=alarms.append)
    collection.archive.rmdir()
    futures: list[Future[Kept]] = [keeper.keep(capture()) for _ in range(3)]
    errors = [future.exception(SOON) for future in futures]
    late = keeper.do(lambda _catalogue: None).exception(SOON)

    assert all(isinstance(error, WriteError) for error in (*errors, late))
    assert len(alarms) == 1
    assert keeper.close() is alarms[0]
    assert captures_in(collection) == []


def test_a_catalogue_that_cannot_be_written_stops_the_run(collection: Collection) -> None:
    alarms: list[ArchiveError] = []
    keeper = open_keeper(collection, on_failure=alarms.append)
    keeper.keep(capture()).result(SOON)
    with closing(sqlite3.connect(collection.catalogue)) as other:
        other.execute("DROP TABLE captures")
        other.commit()
    error = keeper.keep(capture()).exception(SOON)

    assert isinstance(error, WriteError)
    assert "catalogue.sqlite" in str(error)
    assert [keeper.close()] == alarms == [error]


def test_an_alarm_that_fails_itself_leaves_nobody_waiting(collection: Collection) -> None:
    def broken(_error: ArchiveError) -> None:
        raise RuntimeError("reactor is gone")

    keeper = open_keeper(collection, on_failure=broken)
    collection.archive.rmdir()

    assert isinstance(keeper.keep(capture()).exception(SOON), WriteError)
    assert isinstance(keeper.close(), WriteError)


def test_a_catalogue_that_does_not_open_refuses_everything(collection: Collection) -> None:
    collection.catalogue.write_bytes(b"this is no database" * 100)
    alarms: list[ArchiveError] = []
    keeper = Keeper(
        lambda: Catalogue(collection.catalogue), WarcWriter(collection, shelf.settings()), run_id=1,
        on_failure=alarms.append,
    )  # fmt: skip
    error = keeper.keep(capture()).exception(SOON)

    assert isinstance(error, CollectionError)
    assert keeper.close() is error
    assert alarms == [error]


def test_what_nobody_foresaw_is_a_write_error_and_not_a_silence(collection: Collection) -> None:
    keeper = open_keeper(collection)
    error = keeper.keep(capture(headers=None)).exception(SOON)  # type: ignore[arg-type]

    assert isinstance(error, WriteError)
    assert "TypeError" in str(error)
    assert keeper.close() is error


def test_a_file_that_cannot_be_closed_at_the_end_is_told_by_close(collection: Collection) -> None:
    keeper = open_keeper(collection)
    kept = keeper.keep(capture()).result(SOON)
    (collection.archive / kept.ref.warc_file).mkdir()

    assert isinstance(keeper.close(), WriteError)


def test_closing_twice_changes_nothing_and_ends_the_thread(collection: Collection) -> None:
    keeper = open_keeper(collection)
    keeper.keep(capture()).result(SOON)

    assert (keeper.close(), keeper.close()) == (None, None)
    assert not keeper._thread.is_alive()
    assert len(collection.warc_files()) == 1


def test_work_handed_in_before_closing_is_done_and_after_it_refused(collection: Collection) -> None:
    keeper = open_keeper(collection)
    free = hold(keeper)
    before = [keeper.keep(capture()) for _ in range(5)]
    Thread(target=free.set).start()
    keeper.close()

    assert [future.result(0).capture_id for future in before] == [1, 2, 3, 4, 5]
    with pytest.raises(WriteError, match="closed"):
        keeper.keep(capture()).result(0)
    with pytest.raises(WriteError, match="closed"):
        keeper.do(lambda _catalogue: None).result(0)


def test_many_threads_lose_and_double_nothing(collection: Collection) -> None:
    keeper = open_keeper(collection, max_bytes=20_000)
    futures: list[Future[Kept]] = []

    def submit(worker: int) -> None:
        for number in range(40):
            url = f"{shelf.ARTICLE}-{worker}-{number}"
            futures.append(keeper.keep(capture(url, body=shelf.page_of(url))))

    threads = [Thread(target=submit, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [future.result(SOON) for future in futures]
    assert keeper.close() is None

    assert len({item.capture_id for item in kept}) == len({item.ref.url for item in kept}) == 320
    for item in kept:
        assert read_record(Path(collection.archive / item.ref.warc_file), item.ref.offset).url == item.ref.url
    assert sum(len(shelf.fastwarc_records(path)) - 1 for path in collection.warc_files()) == 640


def test_a_keeper_that_lingers_does_in_one_transaction_what_comes_meanwhile(collection: Collection) -> None:
    commits = []

    class Watched(Catalogue):
        @contextmanager
        def transaction(self) -> Iterator[None]:
            with super().transaction():
                yield
            commits.append(1)

    writer = WarcWriter(collection, shelf.settings())
    keeper = Keeper(lambda: Watched(collection.catalogue), writer, run_id=1, linger=0.5)
    futures = [keeper.do(lambda _catalogue, n=n: n) for n in range(20)]  # type: ignore[misc]
    assert [future.result() for future in futures] == list(range(20))
    assert len(commits) <= 3  # one, but where this thread itself had to wait
    keeper.close()
