"""The index follows the catalogue, whatever happens to it or to the one who writes it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from archives.errors import CollectionError
from reading_room import bitsets, index_file
from reading_room.index_file import Brought, BusyError, bring_up_to_date, is_behind, place_of
from reading_room.search import Asked, SearchDesk
from tests.reading_room.finding import Reader, reading
from tests.reading_room.newsstand import Newsstand, url_of
from tests.support import many


@pytest.fixture
def stand(tmp_path: Path) -> Newsstand:
    stand = Newsstand.open(tmp_path / "warta")
    for number in range(5):
        stand.put(url_of(f"a{number}"), f"Kabar {number}", f"Satu kata{number} saja.")
    return stand


def test_a_new_version_takes_the_place_of_the_one_before(stand: Newsstand) -> None:
    reader = reading(stand)
    stand.put(url_of("a1"), "Kabar Baru", "Semuanya lain.")

    brought = reader.bring()

    assert brought == Brought(added=1)
    assert (reader.slugs("kata1"), reader.slugs("semuanya")) == ([], ["a1"])
    assert reader.found().total == 5
    assert reader.found("semuanya").hits[0].sidecar.endswith(".v2.json")


def test_a_record_that_was_made_again_is_read_again(stand: Newsstand) -> None:
    reader = reading(stand)
    stand.rewrite(url_of("a2"), "Kabar 2", "Aturan baru membaca ini.")

    assert reader.bring().added == 1
    assert (reader.slugs("kata2"), reader.slugs("aturan")) == ([], ["a2"])


def test_an_article_that_the_catalogue_has_no_more_is_not_found(stand: Newsstand) -> None:
    reader = reading(stand)
    stand.lose(url_of("a3"))

    assert reader.bring() == Brought(dropped=1)
    assert reader.slugs("kata3") == []
    assert reader.found().total == 4


def test_a_removed_article_is_gone_from_the_file_itself(stand: Newsstand) -> None:
    stand.put(url_of("rahasia"), "Nama Lengkap", "Xylofonika disebut di sini.")
    reader = reading(stand)
    assert reader.slugs("xylofonika") == ["rahasia"]
    stand.remove(url_of("rahasia"))

    brought = reader.bring()

    assert brought.made_again
    assert reader.slugs("xylofonika") == []
    assert reader.found().total == 5
    assert all(b"xylofonika" not in path.read_bytes() for path in place_of(stand.collection).parent.iterdir())


def test_nothing_is_done_twice(stand: Newsstand) -> None:
    reader = reading(stand)

    assert reader.bring() == Brought()
    assert not is_behind(stand.collection)
    stand.put(url_of("a9"), "Lagi")
    assert is_behind(stand.collection)


def test_when_too_much_is_left_over_the_file_is_made_again(
    stand: Newsstand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "_FEW", 3)
    reader = reading(stand)
    before = place_of(stand.collection).stat().st_ino
    for number in range(5):
        stand.put(url_of(f"a{number}"), f"Kabar {number}", "Semuanya baru.")

    assert reader.bring() == Brought(added=5, made_again=True)
    assert place_of(stand.collection).stat().st_ino != before
    assert len(reader.slugs("semuanya")) == 5


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_file_that_is_no_index_is_made_again(stand: Newsstand, content: bytes) -> None:
    path = place_of(stand.collection)
    path.write_bytes(content)

    assert reading(stand).found().total == 5


def test_an_index_of_another_format_is_made_again(stand: Newsstand) -> None:
    reading(stand)
    database = sqlite3.connect(place_of(stand.collection))
    database.execute("PRAGMA user_version = 99")
    database.close()

    assert reading(stand).found("kata1").total == 1


def test_damage_in_the_middle_is_mended_by_making_it_again(stand: Newsstand) -> None:
    reading(stand)
    path = place_of(stand.collection)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    assert reading(stand).found("kata1").total == 1


def test_a_record_that_cannot_be_read_is_left_out_until_it_can(stand: Newsstand) -> None:
    path = stand.collection.root / stand.put(url_of("rusak"), "Rusak", "Rusak sekali.")
    content = path.read_bytes()
    path.write_bytes(b"{")

    reader = reading(stand)
    assert reader.bring() == Brought(unreadable=1)
    path.write_bytes(content)

    assert reader.bring() == Brought(added=1)
    assert reader.slugs("sekali") == ["rusak"]


def test_a_link_in_place_of_a_record_is_not_followed(stand: Newsstand, tmp_path: Path) -> None:
    path = stand.collection.root / stand.put(url_of("tautan"), "Tautan", "Rahasia orang lain.")
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")

    reader = reading(stand)

    assert reader.slugs("rahasia") == []
    assert reader.found().total == 5


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_no_folder_that_is_a_link_leads_out_of_the_collection(
    stand: Newsstand, tmp_path: Path, depth: int
) -> None:
    kept = stand.put(url_of("tautan"), "Tautan", "Rahasia orang lain.")
    folder = stand.collection.root.joinpath(*Path(kept).parts[:depth])
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")

    assert reading(stand).slugs("rahasia") == []


def test_a_folder_may_be_a_link_within_the_collection(stand: Newsstand) -> None:
    kept = stand.put(url_of("tautan"), "Tautan", "Rahasia sendiri.")
    folder = (stand.collection.root / kept).parent
    folder.rename(stand.collection.root / "moved")
    folder.symlink_to(stand.collection.root / "moved")

    assert reading(stand).slugs("rahasia") == ["tautan"]


def test_two_at_once_do_not_write_the_same(stand: Newsstand) -> None:
    path = place_of(stand.collection)
    with FileLock(path.with_name(f".{path.name}.lock")), pytest.raises(BusyError):
        bring_up_to_date(stand.collection)


def test_time_that_is_over_leaves_the_rest_to_the_next(
    stand: Newsstand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "_BATCH", 2)

    first = bring_up_to_date(stand.collection, seconds=-1)
    rest = bring_up_to_date(stand.collection)

    assert (first.added, first.left) == (0, 5)
    assert (rest.added, rest.left) == (5, 0)


def test_the_newest_articles_are_read_first(stand: Newsstand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.put(url_of("lama"), "Lama", datePublished="2001-01-01T00:00:00+07:00")
    monkeypatch.setattr(index_file, "_BATCH", 1)
    seen: list[tuple[int, int]] = []

    bring_up_to_date(stand.collection, advance=lambda done, of: seen.append((done, of)))
    reader = Reader(stand, SearchDesk(stand.collection))

    assert seen == [(number, 6) for number in range(7)]
    assert reader.found("lama").hits[0].document == 6


def test_of_a_collection_that_cannot_be_written_the_index_is_in_the_cache(
    stand: Newsstand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    really = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode: not str(path).startswith(str(stand.collection.root)) and really(path, mode),
    )

    assert reading(stand).found("kata1").total == 1
    assert place_of(stand.collection).is_relative_to(tmp_path / "cache")
    assert not (stand.collection.indexes / index_file.NAME).exists()


def test_without_a_catalogue_it_says_so(tmp_path: Path) -> None:
    stand = Newsstand.open(tmp_path / "warta")
    stand.collection.catalogue.unlink()

    with pytest.raises(CollectionError):
        bring_up_to_date(stand.collection)


def test_a_reader_sees_what_is_written_meanwhile(stand: Newsstand) -> None:
    reader = reading(stand)
    errors: list[BaseException] = []
    end = threading.Event()

    def ask() -> None:
        try:
            while not end.is_set():
                assert reader.found("kabar", count=3).total >= 5
                reader.counts("host")
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for number in range(10, 14):
        stand.put(url_of(f"a{number}"), f"Kabar {number}")
        reader.bring()
    end.set()
    for asker in askers:
        asker.join()

    assert errors == []
    assert reader.found("kabar").total == 9


def test_common_words_are_found_by_their_bits_as_by_the_words_themselves(tmp_path: Path) -> None:
    collection = many.fill(tmp_path / "many", 300)
    bring_up_to_date(collection)
    database = index_file.open_for_reading(place_of(collection))
    assert database is not None
    common = [row[0] for row in database.execute("SELECT DISTINCT word FROM common")]

    assert "di" in common
    assert "men*" in common
    for word in common[:80]:
        match = f'"{word[:-1]}" *' if word.endswith("*") else f'"{word}"'
        found = index_file.documents_matching(database, match)
        assert index_file.bits_of_common(database, word) == bitsets.of(found, 400)
    database.close()


def test_the_desk_brings_it_up_to_date_in_the_background(stand: Newsstand) -> None:
    desk = SearchDesk(stand.collection)
    desk.look()
    desk.wait_for_first(30)

    assert desk.find(Asked()).total == 5


@pytest.mark.slow
def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    collection = many.fill(tmp_path / "many", 1500)
    program = (
        "import sys; from pathlib import Path; from archives.collection import Collection;"
        "from reading_room import index_file as f; f._BATCH = 50;"
        "f.bring_up_to_date(Collection(Path(sys.argv[1])), advance=lambda d, o: print(d, flush=True))"
    )
    for wanted in (50, 300, 700):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(collection.root)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= wanted:
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        time.sleep(0.01)

    brought = bring_up_to_date(collection)
    desk = SearchDesk(collection)

    assert 0 < brought.added < 1500
    assert desk.find(Asked()).total == 1500
    database = sqlite3.connect(desk.path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.execute("INSERT INTO texts (texts) VALUES ('integrity-check')")
    database.close()
