"""The counts beside the index: made from new versions only, and made again when they are lost."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archives import sidecar
from archives.catalogue import Catalogue, SidecarEntry
from archives.collection import Collection
from archives.digests import digest
from archives.durable import write_file
from archives.errors import CollectionError
from reading_room.fields import BY_NAME, FIELDS, age_group, captured_on, fields_of, published_on
from reading_room.fill_rates import FillRates, forget, manners_in, place_of
from tests.archives import shelf
from tests.archives.shelf import Shelf


def counted(collection: Collection, **more: object) -> list[tuple[str, int, int]]:
    """Hosts with their articles, and how many of these have a photo credit."""
    rates = FillRates.up_to_date(collection, **more)  # type: ignore[arg-type]
    try:
        place = [field.name for field in FIELDS].index("credit")
        return [(row.host, row.articles, row.filled[place]) for row in rates.by_host()]
    finally:
        rates.close()


def rewrite(found: Shelf, number: int, **fields: object) -> None:
    """Write a sidecar again with other fields, as a later page or `reextract` does."""
    path = found.sidecars[number]
    record = sidecar.load(path) | fields
    content = sidecar.to_bytes(record)
    write_file(path, content)
    entry = SidecarEntry(
        path=path.relative_to(found.collection.root).as_posix(),
        digest=digest(content),
        content_hash=str(record["contentHash"]),
        headline=str(record["headline"]),
        published=None,
        pages_missing=(),
        doubtful=False,
    )
    catalogue = Catalogue(found.collection.catalogue)
    with catalogue.transaction():
        catalogue.replace_sidecar(str(record["url"]), 1, entry)
    catalogue.close()


CREDITED = {"image": [{"contentUrl": "https://pesisir.example/a.jpg", "creditText": "IST", "position": 1}]}


def test_each_version_is_counted_once(filled: Shelf) -> None:
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]
    assert counted(filled.collection, thorough=False) == [("pesisir.example", 3, 0)]


def test_a_sidecar_that_is_written_again_is_counted_again_instead(filled: Shelf) -> None:
    counted(filled.collection)
    rewrite(filled, 1, **CREDITED)

    assert counted(filled.collection) == [("pesisir.example", 3, 1)]
    rewrite(filled, 1, image=[])
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]


def test_only_what_runs_have_touched_is_looked_at_at_the_end_of_a_crawl(filled: Shelf) -> None:
    counted(filled.collection)
    rewrite(filled, 0, **CREDITED)  # of the last run: within reach
    assert counted(filled.collection, thorough=False) == [("pesisir.example", 3, 1)]

    shelf.begin_run(filled.collection)
    counted(filled.collection, thorough=False)
    rewrite(filled, 1, **CREDITED)  # by nobody's run, as `kliping reextract` does
    assert counted(filled.collection, thorough=False) == [("pesisir.example", 3, 1)]
    assert counted(filled.collection) == [("pesisir.example", 3, 2)]


@pytest.mark.parametrize("broken", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_lost_or_broken_is_made_again(filled: Shelf, broken: bytes) -> None:
    counted(filled.collection)
    place_of(filled.collection).write_bytes(broken)
    for end in ("-wal", "-shm"):
        Path(f"{place_of(filled.collection)}{end}").unlink(missing_ok=True)
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]
    forget(filled.collection)
    assert not place_of(filled.collection).exists()
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]


def test_a_file_of_another_kliping_is_made_again(filled: Shelf) -> None:
    counted(filled.collection)
    with sqlite3.connect(place_of(filled.collection)) as db:
        db.execute("UPDATE meta SET value = 'of another shape' WHERE name = 'shape'")
        db.execute("UPDATE days SET articles = 77")
    db.close()
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]


def test_what_there_is_no_time_for_is_told_and_counted_by_the_next(filled: Shelf) -> None:
    rates = FillRates.up_to_date(filled.collection, seconds=0)
    assert rates.waiting == 3
    assert rates.by_host() == []
    rates.close()
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]


def test_versions_that_the_catalogue_has_no_more_are_taken_out(filled: Shelf) -> None:
    counted(filled.collection)
    with sqlite3.connect(filled.collection.catalogue) as db:
        db.execute("UPDATE versions SET sidecar = NULL WHERE version_id = 2")
    db.close()
    assert counted(filled.collection) == [("pesisir.example", 2, 0)]


def test_a_catalogue_that_was_made_anew_is_counted_as_it_is(filled: Shelf) -> None:
    counted(filled.collection)
    with sqlite3.connect(filled.collection.catalogue) as db:  # the same articles under other numbers
        db.execute("UPDATE runs SET started = '2027-01-01T00:00:00Z'")
        db.execute("UPDATE version_pages SET version_id = version_id + 100")
        db.execute("UPDATE versions SET version_id = version_id + 100")
    db.close()
    counted(filled.collection, thorough=False)
    assert counted(filled.collection) == [("pesisir.example", 3, 0)]


def test_a_sidecar_that_cannot_be_read_is_left_out_and_told(filled: Shelf) -> None:
    filled.sidecars[0].write_bytes(b"{")
    rates = FillRates.up_to_date(filled.collection)
    assert (rates.unreadable, rates.by_host()[0].articles) == (1, 2)
    rates.close()


def test_a_path_that_leads_out_of_the_collection_is_not_followed(filled: Shelf, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_bytes(filled.sidecars[0].read_bytes())
    with sqlite3.connect(filled.collection.catalogue) as db:
        db.execute("UPDATE versions SET sidecar = 'articles/../../outside.json' WHERE version_id = 1")
        db.execute("UPDATE versions SET sidecar = ? WHERE version_id = 2", (str(outside),))
    db.close()
    rates = FillRates.up_to_date(filled.collection)
    assert (rates.unreadable, rates.by_host()[0].articles) == (2, 1)
    rates.close()


def test_two_at_once_count_nothing_twice(tmp_path: Path) -> None:
    found = shelf.fill(tmp_path / "warta", articles=30)
    ended: list[object] = []

    def count() -> None:
        ended.append(counted(found.collection))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == len(threads)
    assert counted(found.collection) == [("pesisir.example", 30, 0)]


@pytest.fixture
def unwritable(filled: Shelf) -> Iterator[Shelf]:
    folders = (filled.collection.indexes, filled.collection.root)
    for folder in folders:
        folder.chmod(0o555)
    yield filled
    for folder in folders:
        folder.chmod(0o755)


def test_a_collection_that_cannot_be_written_is_counted_elsewhere(
    unwritable: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        os, "access", lambda path, mode: str(tmp_path / "cache") in str(path)
    )  # root may always
    assert counted(unwritable.collection) == [("pesisir.example", 3, 0)]
    assert not (unwritable.collection.indexes / "fill-rates.sqlite").exists()
    assert list((tmp_path / "cache" / "kliping").rglob("fill-rates.sqlite"))


def test_a_collection_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "warta")
    with pytest.raises(CollectionError):
        FillRates.up_to_date(collection)


def test_answers_are_counted_by_host_when_a_run_is_over(filled: Shelf) -> None:
    treated = {
        "requests": 9,
        "rests": 2,
        "rested": 12.5,
        "longest": 30,
        "gap": 1.5,
        "left": "it wants to rest",
    }
    with sqlite3.connect(filled.collection.catalogue) as db:
        db.execute(
            "UPDATE runs SET ended = started, figures = ?",
            (json.dumps({"hosts": {"pesisir.example": treated, "x": 7}}),),
        )
        db.execute("UPDATE captures SET status = 429 WHERE capture_id = 1")
    db.close()
    rates = FillRates.up_to_date(filled.collection)
    (row,) = rates.traffic()
    rates.close()
    assert (row.host, row.answers, row.refused, row.requests) == ("pesisir.example", 3, 1, 9)
    assert (row.rests, row.rested, row.longest, row.gap, row.runs_left) == (2, 12.5, 30, 1.5, 1)
    assert row.bytes == sum(ref.length for ref in filled.refs)


@pytest.mark.parametrize("figures", [None, "", "{", "[]", '{"hosts": 3}', '{"hosts": {"a": {"gap": "x"}}}'])
def test_figures_of_any_kind_are_read(figures: str | None) -> None:
    assert all(set(said.values()) == {0.0} for said in manners_in(figures).values())


def test_every_field_is_seen_in_a_sidecar_that_has_it(filled: Shelf) -> None:
    record = sidecar.load(filled.sidecars[0])
    bare = fields_of(record)
    has = {field.name for number, field in enumerate(FIELDS) if bare >> number & 1}
    assert has == {"published", "whole", "ruled", "sure"}
    full = record | {
        "dateModified": "x", "author": [{"name": "A"}], "editor": [{"name": "B"}], "creditText": "A",
        "sourceOrganization": {"name": "C"}, "dateline": "D", "articleSection": ["E"], "keywords": ["F"],
        "alternativeHeadline": "G", "description": "H", "abstract": ["I"], "relatedLink": [{"url": "J"}],
        "image": [{"contentUrl": "u", "caption": "K", "creditText": "L", "position": 1}], "wordCount": 400,
    }  # fmt: skip
    assert fields_of(full) == (1 << len(FIELDS)) - 1
    lost = full | {
        "pagination": {"pageCount": 2, "pagesMissing": [2]},
        "extraction": {"fallback": True, "warnings": ["w"]},
    }
    assert {name for name, field in BY_NAME.items() if not field.has(lost)} == {"whole", "ruled", "sure"}


@pytest.mark.parametrize(
    "odd", [{}, {"image": "x"}, {"image": [3]}, {"archive": {"pages": [3]}}, {"datePublished": 5}]
)
def test_odd_records_have_fewer_fields_and_no_day(odd: dict[str, object]) -> None:
    assert fields_of(odd) < 1 << len(FIELDS)
    assert captured_on(odd) == published_on(odd) == ""


def test_new_articles_are_told_from_those_of_a_backfill() -> None:
    assert age_group("2026-11-20", "2026-11-22") == "new"
    assert age_group("2019-11-20", "2026-11-22") == "2019"
    assert age_group("", "2026-11-22") == "undated"
