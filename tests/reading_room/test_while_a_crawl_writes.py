"""Any two requests at once while a crawl is writing the same collection work."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from archives.catalogue import reading_uri
from archives.collection import Collection
from reading_room.app import make_app
from reading_room.holdings import place_of
from tests.archives.shelf import ROOT
from tests.reading_room.holding import hold
from tests.reading_room.test_article import two_pages

FORMS = ("", "?format=json", "/original/1", ".json", ".txt", ".warc.gz", ".wacz", "/changes")
READERS = 4


@pytest.mark.slow
def test_every_request_is_answered_while_a_crawl_writes(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "nusa")
    crawl = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "demo", "--collection", str(collection.root)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip
    try:
        app = make_app(collection)
        with ThreadPoolExecutor(READERS) as pool:
            counts = pool.map(lambda seed: _read_on(app, collection, crawl, seed), range(READERS))
            statuses = sum(counts, Counter[int]())
    finally:
        crawl.wait(300)

    assert crawl.returncode == 0
    assert set(statuses) == {200}, statuses
    assert statuses.total() > len(FORMS)


def _read_on(app: Flask, collection: Collection, crawl: subprocess.Popen[bytes], seed: int) -> Counter[int]:
    """The newest articles in all their forms, for as long as the crawl goes on."""
    reader, statuses, turn = app.test_client(), Counter[int](), seed
    while crawl.poll() is None:
        for place in _newest(collection):
            turn += 1
            answer = reader.get(f"/articles/{place}{FORMS[turn % len(FORMS)]}", buffered=True)
            statuses[answer.status_code] += 1
    return statuses


def _newest(collection: Collection) -> list[str]:
    if not collection.catalogue.exists():
        return []
    try:
        database = sqlite3.connect(reading_uri(collection.catalogue), uri=True)
    except sqlite3.OperationalError:
        return []
    try:
        rows = database.execute(
            "SELECT sidecar FROM versions WHERE sidecar IS NOT NULL ORDER BY version_id DESC LIMIT 4"
        ).fetchall()
    except sqlite3.OperationalError:  # not made yet
        return []
    finally:
        database.close()
    return [place_of(path) for (path,) in rows]


def test_readers_at_once_have_a_connection_each(tmp_path: Path) -> None:
    holding = hold(tmp_path / "warta", two_pages())
    app = make_app(holding.collection)

    def read(number: int) -> int:
        form = FORMS[number % len(FORMS)]
        return app.test_client().get(f"/articles/{holding.places[0]}{form}", buffered=True).status_code

    with ThreadPoolExecutor(READERS) as pool:
        assert set(pool.map(read, range(32))) == {200}
