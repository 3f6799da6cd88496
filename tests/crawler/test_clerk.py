"""A clerk answers as a keeper does, at once and in this thread."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import WriteError
from archives.keeper import Note
from crawler import clerk
from crawler.awaiting import outcome_of
from crawler.clerk import Clerk
from crawler.desk import Desk, Scope
from crawler.workers import WorkerPool
from extractors.article import PageKind
from tests.archives.shelf import NOW, capture, write


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


def begin(name: str) -> Callable[[Catalogue], int]:
    """A job that leaves its name in the catalogue."""
    return lambda catalogue: catalogue.begin_run(portal=name, arguments={}, software="tests", now=NOW)


def begun(place: Path) -> list[str]:
    with closing(sqlite3.connect(place)) as database:
        return [row[0] for row in database.execute("SELECT portal FROM runs ORDER BY portal")]


def test_what_was_done_is_there_when_the_clerk_has_closed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clerk, "BATCH", 2)
    own = Clerk(Catalogue(place, scratch=True))
    asked = [own.do(begin(name)) for name in "abcde"]
    assert all(future.done() for future in asked)

    assert begun(place) == ["a", "b", "c", "d"]
    assert own.close() is None
    assert own.close() is None
    assert begun(place) == ["a", "b", "c", "d", "e"]


def test_a_job_that_fails_is_undone_and_its_neighbours_are_kept(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def half(catalogue: Catalogue) -> None:
        begin("half")(catalogue)
        raise ValueError("half")

    own = Clerk(Catalogue(place, scratch=True))
    own.do(begin("before"))
    with caplog.at_level(logging.CRITICAL, "crawler.clerk"):
        failed = own.do(half)
    own.do(begin("behind"))
    own.close()

    with pytest.raises(ValueError, match="half"):
        failed.result()
    assert begun(place) == ["before", "behind"]


class FullDisk(Catalogue):
    """Its disk takes no commit, as a full one does, and SQLite undoes the transaction."""

    @property
    def database(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", _Refusing(super().database))


class _Refusing:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)

    def execute(self, statement: str) -> sqlite3.Cursor:
        if statement == "COMMIT":
            self._database.execute("ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")
        return self._database.execute(statement)


def test_nothing_is_filed_after_a_commit_that_failed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clerk, "BATCH", 2)
    own = Clerk(FullDisk(place, scratch=True))
    asked = [own.do(begin(name)) for name in "ab"]
    refused = [own.do(begin("c")), own.do(begin("d"))]
    note = Note(target="urn:x", block=b"{}", content_type="application/json")
    refused.append(own.file(note, lambda catalogue, _where: begin("e")(catalogue)))

    assert [future.exception() for future in asked] == [None, None]
    for future in refused:
        with pytest.raises(WriteError, match="disk is full"):
            future.result()
    assert isinstance(own.close(), WriteError)
    assert begun(place) == []


def test_a_last_commit_that_fails_is_told_by_close(place: Path) -> None:
    own = Clerk(FullDisk(place, scratch=True))
    own.do(begin("a"))
    assert isinstance(own.close(), WriteError)


def test_a_closed_clerk_refuses_further_jobs(place: Path) -> None:
    own = Clerk(Catalogue(place, scratch=True))
    own.close()
    with pytest.raises(WriteError, match="closed"):
        own.do(begin("late")).result()


def test_a_note_is_filed_without_a_record(place: Path) -> None:
    own = Clerk(Catalogue(place, scratch=True))
    note = Note(target="urn:x", block=b"{}", content_type="application/json", refers_to="urn:y")

    assert own.file(note, lambda _catalogue, where: where).result() is None
    own.close()


def test_an_answer_that_is_there_takes_no_turn_of_the_loop(place: Path) -> None:
    own, turns = Clerk(Catalogue(place, scratch=True)), 0

    async def ask() -> int:
        def turn() -> None:
            nonlocal turns
            turns += 1

        asyncio.get_running_loop().call_soon(turn)
        for name in "abcde":
            assert await outcome_of(own.do(begin(name))) > 0
        return turns

    assert asyncio.run(ask()) == 0
    own.close()


def test_pages_that_cannot_be_read_together_are_read_one_by_one(
    tmp_path: Path, place: Path, readers: WorkerPool
) -> None:
    collection = Collection(tmp_path / "collection")
    collection.create(operator=None, contact=None, software="tests", now=capture().fetched_at)
    kept = write(collection, *(capture(url=f"http://a.example/{number}") for number in range(3)))
    broken = collection.warc_files()[0].rename(collection.archive / "other.warc.gz")
    own = Clerk(Catalogue(place, scratch=True))
    desk = Desk(collection, own, readers, run_id=1, scope=Scope(portals=frozenset(), hosts=frozenset()))

    async def together() -> list[PageKind]:
        return [reading.verdict.kind for reading in await desk.read_several(kept)]

    with pytest.raises(FileNotFoundError):
        asyncio.run(together())
    broken.rename(collection.archive / kept[0].warc_file)
    one_by_one = [asyncio.run(desk.read(ref)).verdict.kind for ref in kept]
    assert asyncio.run(together()) == one_by_one
    own.close()
