"""Links inside a collection: nothing outside is cut, written, read as ours or packed."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from archives import wacz
from archives.cdxj import update
from archives.durable import below, write_file
from archives.errors import WriteError
from archives.mending import Mending, mend_open_files, mend_tails
from archives.verify import verify
from archives.verify.findings import Finding
from tests.archives import shelf
from tests.archives.shelf import NOW, Shelf


@pytest.fixture
def kept(tmp_path: Path) -> Shelf:
    kept = shelf.fill(tmp_path / "warta")
    update(kept.collection)
    return kept


@pytest.fixture
def outside(kept: Shelf, tmp_path: Path) -> Path:
    """A WARC file of somebody else, with something behind its last record."""
    path = tmp_path / "outside.warc.gz"
    path.write_bytes(kept.warc.read_bytes() + b"ekor")
    return path


def faults(kept: Shelf) -> set[tuple[str, str]]:
    return {(item.file, item.fault) for item in verify(kept.collection).findings}


@pytest.mark.parametrize("name", ["lain.warc.gz", "lain.warc.gz.open"])
def test_a_link_among_the_warc_files_is_told_and_not_followed(
    kept: Shelf, outside: Path, tmp_path: Path, name: str
) -> None:
    before = outside.read_bytes()
    (kept.collection.archive / name).symlink_to(outside)
    assert faults(kept) == {(f"archive/{name}", "is a link; what lies elsewhere is not kept here")}

    kept.collection.catalogue.unlink()
    work = Mending(kept.collection, NOW)
    mend_open_files(work)
    mend_tails(work)
    assert outside.read_bytes() == before
    update(kept.collection, rebuild=True)
    wacz.write_wacz(wacz.Contents.of(kept.collection), tmp_path / "p.wacz", software="Kliping/0")
    packed = zipfile.ZipFile(tmp_path / "p.wacz").namelist()
    assert [item for item in packed if item.startswith("archive/")] == [f"archive/{kept.warc.name}"]


def test_a_warc_file_that_was_moved_out_and_linked_is_not_cut_there(kept: Shelf, tmp_path: Path) -> None:
    warc = kept.warc
    moved = Path(shutil.move(warc, tmp_path / warc.name))
    warc.symlink_to(moved)
    moved.write_bytes(moved.read_bytes() + b"ekor")
    before = moved.read_bytes()
    mend_tails(Mending(kept.collection, NOW))

    assert moved.read_bytes() == before


def test_what_is_cut_off_is_not_written_through_a_link(kept: Shelf, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"penting")
    size = kept.warc.stat().st_size
    (kept.collection.archive / f"{kept.warc.name}.from-{size}.uncommitted").symlink_to(precious)
    with kept.warc.open("ab") as out:
        out.write(b"ekor")
    mend_tails(Mending(kept.collection, NOW))

    assert precious.read_bytes() == b"penting"
    assert kept.warc.stat().st_size == size


def test_sidecars_are_neither_written_nor_packed_through_a_link(kept: Shelf, tmp_path: Path) -> None:
    (host,) = kept.collection.articles.iterdir()
    moved = Path(shutil.move(host, tmp_path / "elsewhere"))
    host.symlink_to(moved)
    name = "articles/pesisir.example/2026/11/22/x.json"
    with pytest.raises(WriteError, match="a link leads out"):
        write_file(below(kept.collection.root, name), b"{}")
    loop = kept.collection.articles / "loop"
    loop.symlink_to(kept.collection.articles)

    assert list(wacz._sidecar_files(kept.collection.articles)) == []
    told = {file for file, fault in faults(kept) if fault.startswith("is a link")}
    assert told == {"articles/pesisir.example", "articles/loop"}


@pytest.mark.parametrize("name", ["/etc/x.json", "articles/../../x.json", "../x/y.json"])
def test_a_name_that_leads_out_without_a_link_is_refused(kept: Shelf, name: str) -> None:
    with pytest.raises(WriteError, match="a link leads out"):
        below(kept.collection.root, name)


def test_links_that_stay_inside_are_followed(kept: Shelf) -> None:
    (kept.collection.articles / "lain").symlink_to(kept.collection.articles / "pesisir.example")
    assert below(kept.collection.root, "articles/lain/x.json").parent.is_symlink()
    assert below(kept.collection.root, "x.json") == kept.collection.root / "x.json"


def test_a_half_written_file_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"penting")
    (tmp_path / f".x.json.{os.getpid()}.tmp").symlink_to(precious)
    write_file(tmp_path / "x.json", b"{}")

    assert (precious.read_bytes(), (tmp_path / "x.json").read_bytes()) == (b"penting", b"{}")


def test_a_name_cannot_write_lines_of_its_own_on_a_terminal() -> None:
    told = str(Finding("archive/a\nb\x1b[31m", None, "is a link", "move it elsewhere"))

    assert told == "archive/a\\x0ab\\x1b[31m: is a link; move it elsewhere"
