"""What is taken over from a catalogue that is no whole database any more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archives.catalogue import Catalogue, NewUrl
from archives.collection import Collection
from archives.mending import Mending, renew_catalogue
from archives.states import Kind, State

NOW = datetime(2026, 11, 27, tzinfo=UTC)
PAGE = 4096


def urls() -> Iterator[NewUrl]:
    for number in range(400):
        url = f"https://aceh.pesisir.example/2022/07/21/kabar-{number}"
        yield NewUrl(url=url, kind=Kind.ARTICLE, portal="pesisir", host="aceh.pesisir.example")


def filled(path: Path) -> tuple[bytes, bytes]:
    """A catalogue and the log beside it that says how long it is, as a reader leaves them."""
    log = path.with_name(f"{path.name}-wal")
    with closing(Catalogue(path)) as catalogue:
        with catalogue.transaction():
            run_id = catalogue.begin_run(portal="pesisir", arguments={}, software="test", now=NOW)
            catalogue.add_urls(urls(), run_id)
        catalogue.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with catalogue.transaction():
            catalogue.begin_run(portal="pesisir", arguments={}, software="test", now=NOW)
        return path.read_bytes(), log.read_bytes()


def test_nothing_is_taken_over_that_is_only_zeros_behind_the_end_of_a_file(collection: Collection) -> None:
    """Where a file ends before its log says so, SQLite reads on in zeros and finds no fault."""
    catalogue = collection.catalogue
    (whole, log), taken = filled(catalogue), 0
    for cut in range(PAGE + 100, len(whole), 1_511):
        catalogue.write_bytes(whole[:cut])
        catalogue.with_name(f"{catalogue.name}-wal").write_bytes(log)
        renew_catalogue(Mending(collection, NOW))
        with closing(sqlite3.connect(catalogue)) as database:
            rows = database.execute("SELECT url, kind, state FROM urls").fetchall()
        taken = max(taken, len(rows))
        assert {kind for _, kind, _ in rows} <= {Kind.ARTICLE}, cut
        assert {state for *_, state in rows} <= {State.TODO}, cut
        assert {url for url, *_ in rows} <= {item.url for item in urls()}, cut
    assert taken > 100
