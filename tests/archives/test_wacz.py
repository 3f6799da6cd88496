"""WACZ files: what is in them, that they are the same every time, and that a broken one is found out."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archives import cdxj, sidecar, zipnum
from archives.collection import Collection
from archives.durable import write_file
from archives.errors import CollectionError, DamageError, SidecarError, WriteError
from archives.wacz import ARTICLES, Contents, Packed, write_wacz
from archives.wacz_check import check_wacz
from tests.archives import shelf

Entries = dict[str, bytes]


@pytest.fixture
def filled(tmp_path: Path) -> shelf.Shelf:
    """Three articles, the first of them on two pages."""
    kept = shelf.fill(tmp_path / "warta")
    record = sidecar.load(kept.sidecars[0])
    record["hasPart"] = [part(1, "Warga menanam bakau."), part(2, "Camat Lhok Kuala ikut menanam.")]
    record["articleBody"] = "Warga menanam bakau.\n\nCamat Lhok Kuala ikut menanam."
    record["pagination"] = {"pageCount": 2, "pagesMissing": []}
    archive = record["archive"]
    assert isinstance(archive, dict)
    archive["pages"] = [archive["pages"][0], archive["pages"][0] | {"page": 2}]
    write_file(kept.sidecars[0], sidecar.to_bytes(record))
    cdxj.update(kept.collection)
    return kept


def part(page: int, text: str) -> dict[str, object]:
    return {"position": page, "page": page, "type": "paragraph", "text": text}


@pytest.fixture
def package(filled: shelf.Shelf, tmp_path: Path) -> Path:
    pack(filled.collection, tmp_path / "warta.wacz")
    return tmp_path / "warta.wacz"


def pack(collection: Collection, output: Path) -> Packed:
    return write_wacz(Contents.of(collection), output, software="Kliping/0")


def entries_of(package: Path) -> Entries:
    with zipfile.ZipFile(package) as zip_file:
        return {name: zip_file.read(name) for name in zip_file.namelist()}


def lines_of(content: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in content.splitlines()]


def faults(package: Path) -> list[str]:
    return [f"{finding.file}: {finding.fault}" for finding in check_wacz(package).findings]


# --- what is in it ----------------------------------------------------------------------------------


def test_a_package_holds_the_parts_that_the_format_names(package: Path, filled: shelf.Shelf) -> None:
    entries = entries_of(package)

    assert list(entries) == [
        f"archive/{filled.warc.name}",
        "indexes/index.cdx.gz",
        "indexes/index.idx",
        "pages/pages.jsonl",
        "articles/articles.jsonl",
        "datapackage.json",
        "datapackage-digest.json",
    ]
    assert entries[f"archive/{filled.warc.name}"] == filled.warc.read_bytes()
    assert gzip.decompress(entries["indexes/index.cdx.gz"]) == filled.collection.index.read_bytes()


def test_what_is_compressed_is_stored_so_that_readers_can_jump_into_it(package: Path) -> None:
    with zipfile.ZipFile(package) as zip_file:
        stored = {info.filename for info in zip_file.infolist() if info.compress_type == zipfile.ZIP_STORED}

    assert {Path(name).suffix for name in stored} == {".gz"}
    assert len(stored) == 2


def test_the_manifest_has_size_and_digest_of_every_file(package: Path) -> None:
    entries = entries_of(package)
    manifest = json.loads(entries["datapackage.json"])

    assert manifest["profile"] == "data-package"
    assert manifest["wacz_version"] == "1.1.1"
    told = {item["path"]: (item["bytes"], item["hash"]) for item in manifest["resources"]}
    assert told == {
        name: (len(content), "sha256:" + hashlib.sha256(content).hexdigest())
        for name, content in entries.items()
        if not name.startswith("datapackage")
    }


def test_an_article_is_listed_with_its_whole_text_and_its_further_pages_with_theirs(package: Path) -> None:
    header, first, second, *others = lines_of(entries_of(package)["pages/pages.jsonl"])

    assert header["hasText"] is True
    assert first["text"] == "Warga menanam bakau.\n\nCamat Lhok Kuala ikut menanam."
    assert (first["title"], first["ts"]) == ("Warga Pesisir Menanam Bakau", "2026-11-22T01:02:03Z")
    assert second["text"] == "Camat Lhok Kuala ikut menanam."
    assert second["title"] == "Warga Pesisir Menanam Bakau (2/2)"
    assert len(others) == 2
    assert len({page["id"] for page in (first, second, *others)}) == 4


def test_sidecars_can_be_made_again_from_the_package_byte_for_byte(
    package: Path, filled: shelf.Shelf
) -> None:
    records = lines_of(entries_of(package)[ARTICLES])

    made = {sidecar.place(record).as_posix(): sidecar.to_bytes(record) for record in records}
    root = filled.collection.root
    assert made == {path.relative_to(root).as_posix(): path.read_bytes() for path in filled.sidecars}


def test_half_a_surrogate_pair_in_a_headline_comes_through(filled: shelf.Shelf, tmp_path: Path) -> None:
    record = sidecar.load(filled.sidecars[1])
    write_file(filled.sidecars[1], sidecar.to_bytes(record | {"headline": "Warga \ud83d menanam"}))
    pack(filled.collection, tmp_path / "warta.wacz")

    titles = [
        line.get("title") for line in lines_of(entries_of(tmp_path / "warta.wacz")["pages/pages.jsonl"])
    ]
    assert "Warga \ud83d menanam" in titles
    assert faults(tmp_path / "warta.wacz") == []


def test_the_same_collection_gives_the_same_bytes(
    filled: shelf.Shelf, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    for path in filled.sidecars:
        path.touch()
    pack(filled.collection, tmp_path / "again.wacz")

    assert (tmp_path / "again.wacz").read_bytes() == package.read_bytes()
    assert b"2026-11-22T01:02:03Z" in entries_of(package)["datapackage.json"]


def test_a_long_index_is_split_into_blocks_that_can_be_found(
    filled: shelf.Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipnum, "LINES_PER_BLOCK", 2)
    pack(filled.collection, tmp_path / "warta.wacz")

    entries = entries_of(tmp_path / "warta.wacz")
    header, *blocks = entries["indexes/index.idx"].decode().splitlines()
    assert json.loads(header.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
    assert len(blocks) == 2
    place = json.loads(blocks[1][blocks[1].index("{") :])
    block = entries["indexes/index.cdx.gz"][place["offset"] : place["offset"] + place["length"]]
    assert gzip.decompress(block).decode().startswith(blocks[1].partition(" {")[0])
    assert faults(tmp_path / "warta.wacz") == []


@pytest.mark.parametrize("limit", [zipfile.ZIP64_LIMIT, 500])
def test_a_large_file_is_marked_so_in_both_of_its_headers(
    filled: shelf.Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """wabac.js takes the local header to be as long as the directory says."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    pack(filled.collection, tmp_path / "warta.wacz")

    content = (tmp_path / "warta.wacz").read_bytes()
    with zipfile.ZipFile(tmp_path / "warta.wacz") as zip_file:
        for info in zip_file.infolist():
            (local_extra,) = struct.unpack_from("<H", content, info.header_offset + 28)
            assert (local_extra == 0) or info.extra
            assert bool(local_extra) == (info.file_size > limit)


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    kept = shelf.fill(tmp_path / "warta", articles=1)
    big = shelf.capture("https://pesisir.example/besar", body=bytes(range(256)) * (1 << 14))
    shelf.write(kept.collection, replace(big, headers=((b"Content-Type", b"image/png"),)))
    cdxj.update(kept.collection)
    with (kept.warc).open("r+b") as out:  # 64 MiB that take no place on disk
        out.truncate(1 << 26)
    tracemalloc.start()
    pack(kept.collection, tmp_path / "warta.wacz")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 << 20


# --- what is not packaged ---------------------------------------------------------------------------


def test_an_open_file_and_the_articles_in_it_are_left_out(filled: shelf.Shelf, tmp_path: Path) -> None:
    ref = shelf.write(filled.collection, shelf.capture(shelf.ARTICLE + "-baru"))[0]
    newest = filled.collection.warc_files()[-1]
    record = shelf.sidecar_record(ref, shelf.ARTICLE + "-baru")
    write_file(filled.collection.root / sidecar.place(record), sidecar.to_bytes(record))
    newest.rename(newest.with_name(newest.name + ".open"))

    packed = pack(filled.collection, tmp_path / "warta.wacz")

    assert (packed.articles, packed.left_out) == (3, 1)
    assert not [name for name in entries_of(tmp_path / "warta.wacz") if "open" in name]
    assert faults(tmp_path / "warta.wacz") == []


def test_a_collection_without_an_index_names_the_next_step(filled: shelf.Shelf, tmp_path: Path) -> None:
    filled.collection.index.unlink()

    with pytest.raises(CollectionError, match="kliping index"):
        pack(filled.collection, tmp_path / "warta.wacz")


def test_an_index_that_does_not_know_a_file_is_refused(filled: shelf.Shelf, tmp_path: Path) -> None:
    shelf.write(filled.collection, shelf.capture(shelf.ARTICLE + "-baru"))

    with pytest.raises(CollectionError, match="knows nothing of"):
        pack(filled.collection, tmp_path / "warta.wacz")
    assert list(tmp_path.glob("*.wacz*")) == list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("made", ["nothing", "no article"])
def test_a_package_without_pages_is_not_made(collection: Collection, tmp_path: Path, made: str) -> None:
    if made == "no article":
        shelf.write(collection, shelf.capture())
    cdxj.update(collection)

    with pytest.raises(CollectionError):
        pack(collection, tmp_path / "warta.wacz")
    assert not (tmp_path / "warta.wacz").exists()


def test_a_broken_sidecar_ends_the_packing_by_name(filled: shelf.Shelf, tmp_path: Path) -> None:
    filled.sidecars[1].write_bytes(b'{"headline": "Warga"}')

    with pytest.raises(SidecarError, match=filled.sidecars[1].name):
        pack(filled.collection, tmp_path / "warta.wacz")


def test_a_broken_index_ends_the_packing_by_name(filled: shelf.Shelf, tmp_path: Path) -> None:
    filled.collection.index.write_bytes(b"example,pesisir)/ no line\n")

    with pytest.raises(DamageError, match="kliping index"):
        pack(filled.collection, tmp_path / "warta.wacz")


def test_what_stood_there_before_survives_a_failure(filled: shelf.Shelf, package: Path) -> None:
    before = package.read_bytes()
    filled.sidecars[2].write_bytes(b"[]")

    with pytest.raises(SidecarError):
        pack(filled.collection, package)
    assert package.read_bytes() == before
    assert sorted(path.name for path in package.parent.iterdir()) == ["warta", "warta.wacz"]


def test_a_folder_that_cannot_be_written_is_named(filled: shelf.Shelf, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WriteError, match=r"file/warta\.wacz"):
        pack(filled.collection, tmp_path / "file" / "warta.wacz")


# --- a broken package is found out ------------------------------------------------------------------


def test_a_package_as_it_was_made_has_no_findings(package: Path) -> None:
    result = check_wacz(package)

    assert result.findings == []
    assert (result.articles, result.pages, result.captures, result.records) == (3, 4, 3, 7)


def rewrite(package: Path, change: Callable[[Entries], None], *, honest: bool = True) -> None:
    """The package with its entries changed; `honest` makes the manifest fit them again."""
    entries = entries_of(package)
    change(entries)
    if honest and "datapackage.json" in entries:
        manifest = json.loads(entries["datapackage.json"])
        manifest["resources"] = [
            {"name": name, "path": name, "hash": digest_of(content), "bytes": len(content)}
            for name, content in entries.items()
            if not name.startswith("datapackage")
        ]
        entries["datapackage.json"] = json.dumps(manifest).encode()
        entries["datapackage-digest.json"] = json.dumps(
            {"path": "datapackage.json", "hash": digest_of(entries["datapackage.json"])}
        ).encode()
    with zipfile.ZipFile(package, "w") as zip_file:
        for name, content in entries.items():
            zip_file.writestr(name, content)


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def drop(wanted: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        for name in [name for name in entries if name.startswith(wanted)]:
            del entries[name]

    return change


def swap(name: str, old: bytes, new: bytes) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        assert old in entries[name]
        entries[name] = entries[name].replace(old, new)

    return change


def edit_index(edit: Callable[[list[bytes]], list[bytes]]) -> Callable[[Entries], None]:
    """The index edited, in one block, and the list of blocks with it."""

    def change(entries: Entries) -> None:
        lines = gzip.decompress(entries["indexes/index.cdx.gz"]).splitlines(keepends=True)
        changed = gzip.compress(b"".join(edit(lines)), mtime=0)
        key = edit(lines)[0].partition(b" {")[0].decode()
        place = json.dumps({"offset": 0, "length": len(changed)})
        entries["indexes/index.cdx.gz"] = changed
        entries["indexes/index.idx"] = f"!meta 0 {{}}\n{key} {place}\n".encode()

    return change


def cut_warc(entries: Entries) -> None:
    name = next(name for name in entries if name.startswith("archive/"))
    entries[name] = entries[name][:-10]


def other_warc_name(entries: Entries) -> None:
    name = next(name for name in entries if name.startswith("archive/"))
    entries["archive/lain.warc.gz"] = entries.pop(name)


def only_header(entries: Entries) -> None:
    entries["pages/pages.jsonl"] = entries["pages/pages.jsonl"].splitlines(keepends=True)[0]


HONEST = [
    ("no pages", drop("pages/"), "pages/pages.jsonl: is missing"),
    ("empty page list", only_header, "names no page"),
    ("no WARC file", drop("archive/"), "holds no WARC file"),
    ("no index", drop("indexes/"), "holds no index"),
    ("no manifest", drop("datapackage.json"), "datapackage.json: is missing"),
    ("page of another time", swap("pages/pages.jsonl", b"01:02:03", b"01:02:04"), "no capture of"),
    ("page of another address", swap("pages/pages.jsonl", b"bakau-1", b"bakau-9"), "no capture of"),
    ("page without a time", swap("pages/pages.jsonl", b'"ts"', b'"zs"'), "has no url and time"),
    ("page list that is no JSON", swap("pages/pages.jsonl", b'"ts"', b'"ts'), "is not a JSON object"),
    ("cut WARC file", cut_warc, "cut or damaged"),
    ("WARC file of another name", other_warc_name, "names a file that is not in the package"),
    ("unsorted index", edit_index(lambda lines: lines[::-1]), "is not sorted"),
    ("index with a gap", edit_index(lambda lines: lines[1:]), "record is not in the index"),
    (
        "index of another place",
        edit_index(lambda lines: [line.replace(b'"offset": "', b'"offset": "1') for line in lines]),
        "promises another record",
    ),
    ("index that is no CDXJ", edit_index(lambda lines: [b"a b c\n", *lines]), "is no CDXJ line"),
    (
        "blocks elsewhere",
        swap("indexes/index.idx", b'"offset": 0', b'"offset": 7'),
        "does not fit the blocks",
    ),
    (
        "sidecar against the schema",
        swap(ARTICLES, b'"headline": ', b'"headlines": '),
        "does not fit the schema",
    ),
    ("sidecar of another place", swap(ARTICLES, b'"warcOffset": ', b'"warcOffset": 1'), "not in the index"),
    ("a way out", lambda entries: entries.update({"../keluar.txt": b"x"}), "outside its folder"),
]


@pytest.mark.parametrize(("change", "fault"), [case[1:] for case in HONEST], ids=[case[0] for case in HONEST])
def test_a_part_that_does_not_fit_the_others_is_found_though_all_digests_fit(
    package: Path, change: Callable[[Entries], None], fault: str
) -> None:
    rewrite(package, change)

    assert [told for told in faults(package) if fault in told]


FALSE = [
    ("changed file", swap("pages/pages.jsonl", b"Warga", b"Warna"), "not the file of its digest and size"),
    ("changed manifest", swap("datapackage.json", b"3 news", b"4 news"), "not the file of its digest"),
    ("missing file", drop("articles/"), "is missing; datapackage.json names it"),
    ("unlisted file", lambda entries: entries.update({"lain.txt": b"x"}), "is not named in datapackage.json"),
    ("other format", swap("datapackage.json", b'"1.1.1"', b'"9.9.9"'), "is of WACZ version"),
    ("no list of files", swap("datapackage.json", b'"resources"', b'"sources"'), "has no list of files"),
    ("digest of no kind", swap("datapackage.json", b"sha256:", b"sum256:"), "no known kind"),
]


@pytest.mark.parametrize(("change", "fault"), [case[1:] for case in FALSE], ids=[case[0] for case in FALSE])
def test_a_package_that_is_not_as_its_manifest_says_is_found(
    package: Path, change: Callable[[Entries], None], fault: str
) -> None:
    rewrite(package, change, honest=False)

    assert [told for told in faults(package) if fault in told]


def test_a_warc_file_that_is_compressed_twice_is_found(package: Path) -> None:
    entries = entries_of(package)
    with zipfile.ZipFile(package, "w", compression=zipfile.ZIP_DEFLATED) as zip_file:
        for name, content in entries.items():
            zip_file.writestr(name, content)

    assert len([told for told in faults(package) if "compressed twice" in told]) == 2


def test_no_entry_is_read_from_its_beginning_for_each_of_its_records(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is what zipfile does to go back in one: 400 s for 888 MB were not enough."""

    def refuse(*_: object) -> int:
        raise AssertionError("went back")

    monkeypatch.setattr(zipfile.ZipExtFile, "seek", refuse)

    assert check_wacz(package).records == 7


def test_a_flipped_bit_is_found_wherever_it_is(package: Path) -> None:
    """Except in what ZIP writes twice or what no reader looks at: local headers, among them times."""
    content = package.read_bytes()
    with zipfile.ZipFile(package) as zip_file:
        info = zip_file.infolist()[0]
        begin = info.header_offset + 30 + len(info.filename)
        places = range(begin, begin + info.compress_size, 97)
    for place in places:
        flipped = bytearray(content)
        flipped[place] ^= 4
        package.write_bytes(flipped)
        assert faults(package), place


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_package_is_found(package: Path, share: float) -> None:
    content = package.read_bytes()
    package.write_bytes(content[: int(len(content) * share)])

    assert "is no whole ZIP file" in faults(package)[0]
