"""After any end of a run: what was promised is there, what was not is cut off, and nothing is deleted."""

from __future__ import annotations

import os
import random
import signal
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import DamageError, WriteError
from archives.reader import read_record
from archives.recovery import Repair, recover
from archives.verify import verify
from archives.warc import WarcWriter
from tests.archives import shelf
from tests.archives.shelf import capture, fastwarc_records, warcio_records


def crash(collection: Collection, captures: int = 3, *, max_bytes: int = 1 << 30) -> Path:
    """What a power cut leaves behind: a file that the catalogue knows up to its last commit."""
    run_id = shelf.begin_run(collection)
    writer = WarcWriter(collection, shelf.settings(max_bytes))
    with closing(Catalogue(collection.catalogue)) as catalogue:
        for number in range(captures):
            ref = writer.append(capture(f"{shelf.ARTICLE}-{number}"))
            committed = writer.commit()
            with catalogue.transaction():
                catalogue.note_files(committed, run_id)
                catalogue.add_capture(ref, run_id=run_id, url_id=None, waiting=False)
    writer.abandon()
    return collection.open_warc_files()[0]


def start_again(collection: Collection) -> list[Repair]:
    with closing(Catalogue(collection.catalogue)) as catalogue:
        return recover(collection, catalogue, run_id=1)


TORN = bytes(shelf.PAGE[:20])


@pytest.mark.parametrize(
    "tail", [b"", TORN, b"\0" * 4096, shelf.PAGE * 3], ids=["none", "torn", "zeros", "whole"]
)
def test_what_lies_beyond_the_commit_is_cut_off_and_the_file_closed(
    collection: Collection, tail: bytes
) -> None:
    path = crash(collection)
    promised = path.read_bytes()
    path.write_bytes(promised + tail)
    (repair,) = start_again(collection)
    (closed,) = collection.warc_files()

    assert closed.read_bytes() == promised
    assert ("cut from" in repair.action) is bool(tail)
    assert len(warcio_records(closed)) == len(fastwarc_records(closed)) == 7
    assert verify(collection).findings == []


def test_a_file_that_lost_synced_bytes_stops_the_start_and_is_named(collection: Collection) -> None:
    path = crash(collection)
    os.truncate(path, path.stat().st_size - 1)

    with pytest.raises(DamageError, match="the disk has lost data") as caught:
        start_again(collection)
    assert path.name in str(caught.value)
    assert "Restore" in str(caught.value)
    assert path.exists()


def test_a_file_that_no_transaction_mentions_is_set_aside(collection: Collection) -> None:
    shelf.begin_run(collection)
    writer = WarcWriter(collection, shelf.settings())
    writer.append(capture())
    writer.commit()
    writer.abandon()
    content = collection.open_warc_files()[0].read_bytes()
    (repair,) = start_again(collection)

    (aside,) = collection.archive.iterdir()
    assert aside.name.endswith(".warc.gz.uncommitted")
    assert aside.read_bytes() == content
    assert aside.name in repair.action
    assert verify(collection).findings == []


def test_the_serial_of_a_file_set_aside_is_not_used_again(collection: Collection) -> None:
    test_a_file_that_no_transaction_mentions_is_set_aside(collection)
    shelf.write(collection, capture())

    assert "-00002-" in collection.warc_files()[0].name


def test_a_rename_that_the_catalogue_was_not_told_of_is_written_down(collection: Collection) -> None:
    path = crash(collection)
    path.rename(path.with_suffix(""))

    assert start_again(collection) == []
    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        assert catalogue.unclosed_lengths() == {}
        assert list(catalogue.committed_lengths()) == [path.with_suffix("").name]
    assert verify(collection).findings == []


def test_a_renamed_file_that_lost_bytes_stops_the_start_too(collection: Collection) -> None:
    path = crash(collection).rename(collection.archive / "away")
    path.write_bytes(path.read_bytes()[:-9])
    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        (name,) = catalogue.committed_lengths()
    path.rename(collection.archive / name)

    with pytest.raises(DamageError, match="lost data"):
        start_again(collection)


def test_a_crash_at_the_roll_over_leaves_a_collection_that_verifies(collection: Collection) -> None:
    """The next file's first record is committed, the transaction that would say so never comes."""
    crash(collection, 2)
    start_again(collection)
    with closing(Catalogue(collection.catalogue)) as catalogue, catalogue.transaction():
        catalogue._db.execute("UPDATE warc_files SET closed = 0")
    writer = WarcWriter(collection, shelf.settings(max_bytes=1))
    writer.append(capture())
    writer.commit()
    writer.abandon()

    assert [repair.action.split()[-1][-12:] for repair in start_again(collection)] == [".uncommitted"]
    assert verify(collection).findings == []


def test_a_second_start_finds_nothing_to_do(collection: Collection) -> None:
    crash(collection)
    start_again(collection)
    before = {path: path.stat() for path in collection.archive.iterdir()}

    assert start_again(collection) == []
    assert {path: path.stat() for path in collection.archive.iterdir()} == before


def test_an_empty_collection_needs_no_repair(collection: Collection) -> None:
    shelf.begin_run(collection)

    assert start_again(collection) == []


def test_a_file_that_cannot_be_renamed_is_a_write_error_with_a_next_step(collection: Collection) -> None:
    path = crash(collection)
    path.with_suffix("").mkdir()

    with pytest.raises(WriteError, match="make the folder writable"):
        start_again(collection)


def lose_catalogue(collection: Collection) -> None:
    """The crawl begins again later, with a catalogue that knows nothing."""
    for path in collection.root.glob("catalogue.sqlite*"):
        path.unlink()
    catalogue = Catalogue(collection.catalogue)
    catalogue.begin_run(
        portal="demo", arguments={}, software="Kliping/0", now=shelf.NOW + timedelta(minutes=5)
    )
    catalogue.close()


@pytest.mark.parametrize("tail", [b"", TORN, b"\0" * 4096], ids=["none", "torn", "zeros"])
def test_of_a_file_older_than_the_catalogue_every_whole_record_is_kept(
    collection: Collection, tail: bytes
) -> None:
    path = crash(collection)
    records = path.read_bytes()
    path.write_bytes(records + tail)
    lose_catalogue(collection)
    (repair,) = start_again(collection)

    (closed,) = collection.warc_files()
    assert closed.read_bytes() == records
    assert "run `kliping reextract`" in repair.action
    assert [aside.read_bytes() for aside in collection.archive.glob("*.uncommitted")] == [tail] * bool(tail)
    (finding,) = verify(collection).findings
    assert finding.fault == "is not known to the catalogue"
    assert start_again(collection) == []


def test_what_is_half_written_is_swept_away_and_what_a_living_process_writes_is_not(
    collection: Collection,
) -> None:
    with shelf.run_python("pass") as ended:
        pass
    left = [
        collection.root / f".collection.json.{ended.pid}.tmp",
        collection.articles / "pesisir.example" / f".a.json.{ended.pid}.tmp",
        collection.archive / ".0123456789abcdef.adopting.tmp",
        collection.indexes / ".index-abc" / "lines",
    ]
    mine = collection.root / f".warta.wacz.{os.getppid()}.tmp"
    for path in (*left, mine):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    shelf.begin_run(collection)
    with closing(Catalogue(collection.catalogue)) as catalogue:
        recover(collection, catalogue, run_id=None)

    assert [path for path in left if path.exists()] == []
    assert not (collection.indexes / ".index-abc").exists()
    assert mine.exists()


WRITE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.keeper import Keeper
from archives.recovery import recover
from archives.warc import WarcSettings, WarcWriter
from tests.archives import shelf

collection = Collection(Path(sys.argv[1]))
lock = collection.lock()
run_id = shelf.begin_run(collection)
catalogue = Catalogue(collection.catalogue)
recover(collection, catalogue, run_id=run_id)
catalogue.close()
writer = WarcWriter(collection, WarcSettings(info={"software": "Kliping/0"}, max_bytes=60_000))
keeper = Keeper(lambda: Catalogue(collection.catalogue), writer, run_id=run_id)
for number in itertools.count():
    futures = [keeper.keep(shelf.capture(f"https://pesisir.example/{run_id}/{number}/{n}")) for n in range(7)]
    for future in futures:
        print(future.result().ref.url, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_called_done(collection: Collection) -> None:
    dice = random.Random(20261122)
    told: list[str] = []
    for _ in range(6):
        with shelf.run_python(WRITE_FOR_EVER, collection.root) as child:
            assert child.stdout is not None
            told += [child.stdout.readline() for _ in range(dice.randrange(5, 400))]
            child.send_signal(signal.SIGKILL)
            told += child.stdout.readlines()
    start_again(collection)

    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        refs = list(catalogue.every_capture())
    assert collection.open_warc_files() == []
    assert len(told) > 6 * 5
    assert {line.strip() for line in told if line.endswith("\n")} <= {ref.url for ref in refs}
    for ref in refs:
        stored = read_record(collection.warc_path(ref.warc_file), ref.offset)
        assert (stored.url, stored.record_id, stored.length) == (ref.url, ref.record_id, ref.length)
    assert len(collection.warc_files()) > 6
    assert verify(collection).findings == []
