"""`verify --repair` on what a real crawl has left: mended from the files, or left and told."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archives.catalogue import Catalogue
from tests.end_to_end.commands import Ended, kliping, sidecar_bytes


@pytest.fixture
def kept(demo: tuple[Path, Ended], tmp_path: Path) -> Path:
    """A copy of the demo's collection, under its name."""
    return Path(shutil.copytree(demo[0], tmp_path / demo[0].name))


def repaired(collection: Path, code: int = 0) -> dict[str, object]:
    """The report of a repair."""
    ended = kliping("verify", "--repair", collection=collection)
    assert ended.code == code, ended.out + ended.err
    (report,) = (collection / "reports").glob("repair-*.json")
    told = json.loads(report.read_bytes())
    assert isinstance(told, dict)
    return told


def test_the_crawl_leaves_nothing_to_find(demo: tuple[Path, Ended]) -> None:
    told = json.loads(kliping("verify", "--json", collection=demo[0]).out)

    assert told["findings"] == told["warnings"] == []
    assert told["indexLines"] > 100


@pytest.mark.slow
def test_sidecars_index_and_leftovers_are_mended_in_one_go(kept: Path) -> None:
    before, index = sidecar_bytes(kept), (kept / "indexes/index.cdxj").read_bytes()
    edited, missing, misplaced, *_ = (kept / name for name in before)
    edited.write_bytes(edited.read_bytes().replace(b'"headline": "', b'"headline": "Bukan '))
    missing.unlink()
    misplaced.rename(misplaced.with_name("lain.json"))
    nobody = 1 << 23  # no process has such a number: Linux stops at 1 << 22
    misplaced.with_name(f".{misplaced.name}.{nobody}.tmp").write_text("{")
    (kept / "indexes/index.cdxj").write_bytes(b"".join(reversed(index.splitlines(keepends=True))))
    (warc,) = (kept / "archive").iterdir()
    with warc.open("ab") as out:
        out.write(b"\0" * 300)
    report = repaired(kept)

    assert sidecar_bytes(kept) == before
    assert (kept / "indexes/index.cdxj").read_bytes() == index
    assert [path.read_bytes() for path in (kept / "archive").glob("*.from-*.uncommitted")] == [b"\0" * 300]
    assert [path.name for path in (kept / "reports").rglob("lain.json")] == ["lain.json"]
    assert [path for path in (kept / "reports").rglob(edited.name) if b'"Bukan ' in path.read_bytes()]
    assert report["done"]
    assert report["after"]["findings"] == report["after"]["warnings"] == []  # type: ignore[index]


@pytest.mark.slow
def test_a_lost_catalogue_and_manifest_are_made_again_from_the_files(kept: Path) -> None:
    before = sidecar_bytes(kept)
    manifest = json.loads((kept / "collection.json").read_bytes())
    (kept / "collection.json").unlink()
    catalogue = kept / "catalogue.sqlite"
    content = catalogue.read_bytes()
    catalogue.write_bytes(content[: len(content) // 2])
    (warc,) = (kept / "archive").iterdir()
    warc.rename(warc.with_name(f"{warc.name}.open"))
    with warc.with_name(f"{warc.name}.open").open("ab") as out:
        out.write(b"\x1f\x8b\x08\0torn")
    repaired(kept)

    assert sidecar_bytes(kept) == before
    assert json.loads((kept / "collection.json").read_bytes())["name"] == manifest["name"]
    assert kliping("verify", collection=kept).code == 0
    again = kliping("status", "--json", collection=kept)
    assert json.loads(again.out)["articles"] == len(before)


def test_what_cannot_be_mended_stays_a_finding_and_is_not_touched(kept: Path) -> None:
    (warc,) = (kept / "archive").iterdir()
    content = bytearray(warc.read_bytes())
    content[len(content) // 2] ^= 1
    warc.write_bytes(content)
    report = repaired(kept, code=7)

    assert warc.read_bytes() == content
    assert any("damaged" in item["fault"] for item in report["after"]["findings"])  # type: ignore[index]


def articles_left(kept: Path) -> int:
    return len(sidecar_bytes(kept))


@pytest.mark.slow
def test_a_sound_sidecar_stays_where_its_warc_record_is_damaged(kept: Path) -> None:
    before = sidecar_bytes(kept)
    (warc,) = (kept / "archive").iterdir()
    whole = warc.read_bytes()
    page = json.loads(next(iter(before.values())))["archive"]["pages"][0]
    content = bytearray(whole)
    content[page["warcOffset"] + page["warcLength"] // 2] ^= 1
    warc.write_bytes(content)
    repaired(kept, code=7)

    assert sidecar_bytes(kept) == before
    warc.write_bytes(whole)
    assert kliping("verify", collection=kept).code == 0


@pytest.mark.slow
def test_a_lost_warc_file_is_not_repaired_away(kept: Path) -> None:
    before = sidecar_bytes(kept)
    (warc,) = (kept / "archive").iterdir()
    aside = warc.rename(kept.parent / warc.name)
    report = repaired(kept, code=7)

    assert sidecar_bytes(kept) == before
    told = [item["fault"] for item in report["after"]["findings"]]  # type: ignore[index]
    assert "is missing" in told
    aside.rename(warc)
    assert kliping("verify", collection=kept).code in {0, 7}
    assert kliping("verify", "--repair", collection=kept).code == 0
    assert sidecar_bytes(kept) == before


@pytest.mark.slow
def test_a_wrong_catalogue_is_kept_while_a_warc_file_is_damaged(kept: Path) -> None:
    (warc,) = (kept / "archive").iterdir()
    content = bytearray(warc.read_bytes())
    content[-40] ^= 1
    warc.write_bytes(content)
    with closing(sqlite3.connect(kept / "catalogue.sqlite")) as database, database:
        database.execute("UPDATE captures SET status = 404 WHERE capture_id = 9")
    count = articles_left(kept)
    repaired(kept, code=7)

    assert articles_left(kept) == count
    assert json.loads(kliping("status", "--json", collection=kept).out)["articles"] == count


@pytest.mark.slow
def test_an_older_copy_of_the_catalogue_costs_no_record(kept: Path) -> None:
    """As if a backup of the catalogue, taken while the file was written, had been put in its place."""
    before = sidecar_bytes(kept)
    (warc,) = (kept / "archive").iterdir()
    with closing(sqlite3.connect(kept / "catalogue.sqlite")) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        (place,) = database.execute("SELECT offset FROM captures WHERE capture_id = 100").fetchone()
        database.execute("UPDATE warc_files SET committed = ?", (place,))
        database.execute("DELETE FROM captures WHERE offset >= ?", (place,))
    size = warc.stat().st_size
    repaired(kept)

    assert warc.stat().st_size == size
    assert sidecar_bytes(kept) == before


@pytest.mark.slow
def test_a_repair_that_was_cut_off_before_it_filled_the_catalogue_is_taken_up_again(kept: Path) -> None:
    before = sidecar_bytes(kept)
    (kept / "catalogue.sqlite").unlink()
    Catalogue(kept / "catalogue.sqlite").close()
    repaired(kept)

    assert sidecar_bytes(kept) == before
    with closing(sqlite3.connect(kept / "catalogue.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM versions").fetchone() == (len(before),)


@pytest.mark.slow
def test_what_was_cut_off_earlier_is_kept_when_more_is_cut_off(kept: Path) -> None:
    (warc,) = (kept / "archive").iterdir()
    for garbage in (b"satu", b"dua!"):
        with warc.open("ab") as out:
            out.write(garbage)
        kliping("verify", "--repair", collection=kept)

    asides = sorted((kept / "archive").glob("*.uncommitted"))
    assert sorted(path.read_bytes() for path in asides) == [b"dua!", b"satu"]
