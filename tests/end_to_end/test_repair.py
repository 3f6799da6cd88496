"""`verify --repair` on what a real crawl has left: mended from the files, or left and told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

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
