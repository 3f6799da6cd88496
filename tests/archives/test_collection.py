"""A collection: made once, held by one, refused when it is not ours."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import CollectionBusyError, CollectionError, WriteError
from tests.archives import shelf


def test_a_new_collection_says_what_it_is(collection: Collection) -> None:
    manifest = json.loads(collection.manifest.read_bytes())

    assert manifest["name"] == collection.name == "warta"
    assert (manifest["formatVersion"], manifest["created"]) == (1, "2026-11-22T01:02:03Z")
    assert {path.name for path in collection.root.iterdir()} == {
        "collection.json", "archive", "articles", "indexes", "reports", "logs",
    }  # fmt: skip


def test_making_it_again_changes_nothing(collection: Collection) -> None:
    before = collection.manifest.read_bytes()
    collection.create(operator="other", contact="other", software="Kliping/9", now=shelf.NOW)

    assert collection.manifest.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["naskah.txt", "archive/naskah.txt", "catalogue.sqlite", "archive/a.warc.gz"]
)
def test_a_folder_that_holds_something_else_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("milik orang lain")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(CollectionError, match=r"not empty and not a collection .* --collection"):
        shelf.make_collection(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_making_it_goes_on_where_a_crash_ended_it(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / ".collection.json.123.tmp").write_text("{")

    assert shelf.make_collection(tmp_path).exists()


def test_a_file_in_the_place_of_the_folder_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "warta").write_text("")

    with pytest.raises(WriteError, match=r"warta: cannot be created .* --collection"):
        shelf.make_collection(tmp_path / "warta")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_a_write_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(WriteError, match="--collection"):
        shelf.make_collection(tmp_path / "warta")


@pytest.mark.skipif(not Path("/proc/1").is_dir(), reason="needs /proc")
def test_a_file_system_that_takes_no_folders_is_a_write_error() -> None:
    with pytest.raises(WriteError, match="--collection"):
        shelf.make_collection(Path("/proc/kliping-test/warta"))


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (b'{"formatVersion": 2}', "format version 2, this Kliping reads 1"),
        (b"{}", "format version None"),
        (b"{", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[1]", "is not a JSON object"),
    ],
)
def test_a_manifest_that_cannot_be_kept_is_refused_with_a_next_step(
    collection: Collection, manifest: bytes, told: str
) -> None:
    collection.manifest.write_bytes(manifest)

    with pytest.raises(CollectionError, match=re.escape(told)) as caught:
        collection.create(operator=None, contact=None, software="Kliping/0", now=shelf.NOW)
    assert "collection.json: " in str(caught.value)
    assert "; " in str(caught.value)


def test_a_folder_without_a_manifest_is_no_collection(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"no collection here .* --collection"):
        Collection(tmp_path).check_format()


# --- the lock ---------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from archives.collection import Collection
lock = Collection(Path(sys.argv[1])).lock()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_run_is_told_which_process_holds_the_collection(collection: Collection) -> None:
    with shelf.run_python(HOLD, collection.root) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(CollectionBusyError, match=rf"process {child.pid} on .*; wait for it to end"):
            collection.lock()
        child.send_signal(signal.SIGKILL)


def test_the_lock_goes_with_its_holder_however_that_ends(collection: Collection) -> None:
    with shelf.run_python(HOLD, collection.root) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)

    collection.lock().release()


def test_a_lock_released_can_be_taken_again(collection: Collection) -> None:
    first = collection.lock()
    with pytest.raises(CollectionBusyError, match=f"process {os.getpid()} "):
        collection.lock()
    first.release()

    collection.lock().release()


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        ({"pid": 1, "host": "mesin-lain", "since": "2026-11-22T01:02:03Z"}, "another machine, look there"),
        ({"pid": 1 << 30, "since": "2026-11-22T01:02:03Z"}, "it has ended, but a process that it started"),
    ],
)
def test_an_owner_elsewhere_or_gone_is_told_apart(
    collection: Collection, owner: dict[str, object], told: str
) -> None:
    lock = collection.lock()
    written = json.loads((collection.root / ".owner.json").read_bytes())
    (collection.root / ".owner.json").write_text(json.dumps(written | owner))

    with pytest.raises(CollectionBusyError, match=told):
        collection.lock()
    lock.release()


def test_an_owner_that_cannot_be_read_still_means_busy(collection: Collection) -> None:
    lock = collection.lock()
    (collection.root / ".owner.json").write_text("[")

    with pytest.raises(CollectionBusyError, match="owner unknown"):
        collection.lock()
    lock.release()


def test_a_lock_that_cannot_be_written_down_is_not_kept(collection: Collection) -> None:
    (collection.root / ".owner.json").mkdir()
    with pytest.raises(WriteError):
        collection.lock()
    (collection.root / ".owner.json").rmdir()

    collection.lock().release()


# --- WARC files -------------------------------------------------------------------------------------


def touch(collection: Collection, *names: str) -> None:
    for name in names:
        (collection.archive / name).touch()


def test_warc_files_are_ordered_by_serial_when_the_clock_jumps_back(collection: Collection) -> None:
    names = [
        "warta-20261122T010203Z-00001-h.warc.gz",
        "warta-20251122T010203Z-00002-h.warc.gz",
        "warta-20261123T010203Z-99999-h.warc.gz",
        "warta-20200101T000000Z-100000-h.warc.gz",
    ]
    touch(collection, *reversed(names))

    assert [path.name for path in collection.warc_files()] == names
    assert collection.next_serial() == 100_001


def test_open_files_and_files_set_aside_count_for_the_next_serial(collection: Collection) -> None:
    touch(
        collection,
        "warta-20261122T010203Z-00004-h.warc.gz.open",
        "warta-20261122T010203Z-00007-h.warc.gz.uncommitted",
    )

    assert collection.next_serial() == 8
    assert collection.warc_files() == []


def test_a_name_that_looks_like_stamp_and_serial_misleads_nobody(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "x-20200101000000-00099-y")
    touch(collection, collection.warc_name(3, shelf.NOW))

    assert collection.next_serial() == 4


def test_a_file_is_found_whether_it_is_open_or_closed(collection: Collection) -> None:
    name = collection.warc_name(1, shelf.NOW)
    with pytest.raises(FileNotFoundError, match="no such WARC file"):
        collection.warc_path(name)
    touch(collection, f"{name}.open")

    assert collection.warc_path(name).name == f"{name}.open"


@pytest.mark.parametrize("folder", ["Koran Lama (2019)", "..x", "é", "a" * 200])
def test_warc_names_hold_nothing_that_a_file_system_dislikes(tmp_path: Path, folder: str) -> None:
    name = shelf.make_collection(tmp_path / folder).warc_name(1, shelf.NOW)

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*-20261122T010203Z-00001-[A-Za-z0-9.-]+\.warc\.gz", name)
    assert len(name) < 200
