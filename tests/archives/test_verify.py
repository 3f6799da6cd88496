"""`verify`: nothing is invented on a clean collection, and every damage is found and named."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import CollectionError
from archives.reader import answers
from archives.verify import Finding, verify
from archives.warc import digest
from tests.archives import shelf
from tests.archives.shelf import Shelf, capture, gzipped, inflated_members


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelf.fill(tmp_path_factory.mktemp("pristine") / "warta").collection.root


@pytest.fixture
def kept(pristine: Path, tmp_path: Path) -> Shelf:
    """A collection of three articles that a test may damage."""
    root = tmp_path / "warta"
    shutil.copytree(pristine, root)
    collection = Collection(root)
    refs = [answer.ref for answer in answers(collection.warc_files()[0])]
    return Shelf(collection, refs, sorted(collection.articles.rglob("*.json")))


def findings(kept: Shelf) -> list[Finding]:
    return verify(kept.collection).findings


def test_a_clean_collection_has_no_findings(kept: Shelf) -> None:
    result = verify(kept.collection)

    assert result.findings == []
    assert (result.files, result.records, result.sidecars) == (1, 7, 3)


def test_an_empty_collection_lacks_only_its_catalogue(collection: Collection) -> None:
    assert [finding.file for finding in verify(collection).findings] == ["catalogue.sqlite"]
    shelf.begin_run(collection)
    assert verify(collection).findings == []


def test_a_folder_that_is_no_collection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="no collection here"):
        verify(Collection(tmp_path))


def test_a_flipped_bit_is_found_wherever_it_is(kept: Shelf) -> None:
    content = kept.warc.read_bytes()
    dice = random.Random(20261122)
    headers = [range(ref.offset, ref.offset + 10) for ref in kept.refs]
    places = [*headers[0], *headers[1], *(dice.randrange(len(content)) for _ in range(150))]
    hidden = 0

    for place in places:
        flipped = bytearray(content)
        flipped[place] ^= 1 << dice.randrange(8)
        kept.warc.write_bytes(flipped)
        found = findings(kept)
        if not found:  # deflate pads its last byte; a flip there changes nothing that anybody can read
            assert shelf.same_bytes_inside(content, bytes(flipped))
            hidden += 1
            continue
        assert found[0].file == f"archive/{kept.warc.name}"
        assert found[0].next_step == "restore the file from a copy"
        assert found[0].offset is not None
        assert found[0].offset <= place
    assert hidden < 5


def damaged_warc(change: Callable[[bytes], bytes]) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        kept.warc.write_bytes(change(kept.warc.read_bytes()))
        return f"archive/{kept.warc.name}"

    return damage


def rewritten(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Shelf], str]:
    """Other records, each again a whole gzip member as ours are."""

    def repack(content: bytes) -> bytes:
        from archives.warc import _gzip

        return b"".join(_gzip((record,), 6) for record in change(list(inflated_members(content))))

    return damaged_warc(repack)


def replaced(old: bytes, new: bytes) -> Callable[[Shelf], str]:
    return rewritten(lambda records: [record.replace(old, new) for record in records])


def edited_sidecar(change: Callable[[dict[str, object]], object]) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        path = kept.sidecars[1]
        record = json.loads(path.read_bytes())
        change(record)
        path.write_text(json.dumps(record))
        return path.relative_to(kept.collection.root).as_posix()

    return damage


def page_of(record: dict[str, object]) -> dict[str, object]:
    return record["archive"]["pages"][0]  # type: ignore[index,no-any-return]


def stranger(name: str) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        path = kept.collection.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        return name

    return damage


def copied_warc(kept: Shelf) -> str:
    copy = kept.warc.name.replace("-00001-", "-00009-")
    shutil.copy(kept.warc, kept.collection.archive / copy)
    return f"archive/{copy}"


def missing_sidecar(kept: Shelf) -> str:
    kept.sidecars[0].unlink()
    return kept.sidecars[0].relative_to(kept.collection.root).as_posix()


def moved_sidecar(kept: Shelf) -> str:
    path = kept.sidecars[0].with_name("lain.json")
    kept.sidecars[0].rename(path)
    return path.relative_to(kept.collection.root).as_posix()


def missing_warc(kept: Shelf) -> str:
    name = kept.warc.name
    kept.warc.unlink()
    return f"archive/{name}"


def broken_catalogue(kept: Shelf) -> str:
    kept.collection.catalogue.write_bytes(b"x" * 9000)
    return "catalogue.sqlite"


def forgotten_capture(kept: Shelf) -> str:
    with closing(sqlite3.connect(kept.collection.catalogue)) as db, db:
        db.execute("DELETE FROM version_pages WHERE capture_id = 2")
        db.execute("DELETE FROM captures WHERE capture_id = 2")
    return f"archive/{kept.warc.name}"


def forgotten_sidecar(kept: Shelf) -> str:
    with closing(sqlite3.connect(kept.collection.catalogue)) as db, db:
        db.execute("UPDATE versions SET sidecar = NULL WHERE version_id = 2")
        (path,) = db.execute("SELECT sidecar FROM versions WHERE version_id = 1").fetchone()
        db.execute("UPDATE versions SET content_hash = 'sha256:0' WHERE version_id = 1")
    return str(path)


RESTORE, REMAKE, MOVE = "restore the file", "kliping reextract", "move it elsewhere"
DAMAGES: dict[str, tuple[Callable[[Shelf], str], str, str]] = {
    "cut tail": (damaged_warc(lambda content: content[:-1]), "gzip member is cut", RESTORE),
    "last record gone": (rewritten(lambda records: records[:-1]), "is cut", RESTORE),
    "last article gone": (rewritten(lambda records: records[:-2]), "it is not", RESTORE),
    "zeros appended": (damaged_warc(lambda content: content + b"\0" * 512), "is damaged", RESTORE),
    "record appended": (rewritten(lambda records: [*records, records[-1]]), "id is used twice", RESTORE),
    "record twice": (rewritten(lambda records: [*records[:2], *records[1:]]), "used twice", RESTORE),
    "records swapped": (
        rewritten(lambda records: [records[0], records[3], records[4], *records[1:3], *records[5:]]),
        "it is not",
        RESTORE,
    ),
    "request before its response": (
        rewritten(lambda records: [records[0], records[2], records[1], *records[3:]]),
        "points to a record that is not in the file",
        RESTORE,
    ),
    "no warcinfo": (rewritten(lambda records: records[1:]), "warcinfo", RESTORE),
    "one member for all": (
        damaged_warc(lambda content: gzipped(b"".join(inflated_members(content)))),
        "does not end with two CRLF",
        RESTORE,
    ),
    "plain file": (damaged_warc(lambda content: b"".join(inflated_members(content))), "damaged", RESTORE),
    "emptied": (damaged_warc(lambda _content: b""), "is cut", RESTORE),
    "other body": (
        rewritten(lambda records: [record.replace(b"HTTP/1.1 200", b"HTTP/1.1 404") for record in records]),
        "block digest",
        RESTORE,
    ),
    "other body with a fitting block digest": (
        rewritten(lambda records: [records[0], forged(records[1]), *records[2:]]),
        "payload digest",
        RESTORE,
    ),
    "no digest": (replaced(b"WARC-Block-Digest", b"X-Block-Digest"), "block digest does not fit", RESTORE),
    "Content-Length too small": (rewritten(lambda records: [*map(shortened, records)]), "CRLF", RESTORE),
    "Content-Length too large": (replaced(b"Content-Length: ", b"Content-Length: 9"), "ends before", RESTORE),
    "Content-Length no number": (replaced(b"Content-Length: ", b"Content-Length: x"), "ends before", RESTORE),
    "other version": (replaced(b"WARC/1.1\r\n", b"WARC/7.1\r\n"), "no WARC/1.1 record", RESTORE),
    "no record id": (replaced(b"WARC-Record-ID", b"X-Record-ID"), "warc-record-id missing", RESTORE),
    "date without a zone": (replaced(b"03Z\r\n", b"03\r\n"), "is no date", RESTORE),
    "final line end lost": (
        rewritten(lambda records: [record.removesuffix(b"\r\n") for record in records]), "two CRLF", RESTORE
    ),
    "WARC file missing": (missing_warc, "is missing", RESTORE),
    "WARC file twice": (copied_warc, "is not known to the catalogue", MOVE),
    "stranger in archive": (stranger("archive/catatan.txt"), "is not a file of the collection", MOVE),
    "stranger among articles": (stranger("articles/a.example/catatan.txt"), "not a file of", MOVE),
    "sidecar missing": (missing_sidecar, "is missing", REMAKE),
    "sidecar moved": (moved_sidecar, "place that is not its own", REMAKE),
    "sidecar no JSON": (stranger("articles/a.example/2026/01/01/x.json"), "cannot be read", REMAKE),
    "sidecar with another offset": (
        edited_sidecar(lambda record: page_of(record).update(warcOffset=3)), "no response record", REMAKE
    ),
    "sidecar with another length": (
        edited_sidecar(lambda record: page_of(record).update(warcLength=3)), "is another one", REMAKE
    ),
    "sidecar with another record id": (
        edited_sidecar(lambda record: page_of(record).update(warcRecordId="urn:uuid:0")), "other one", REMAKE
    ),
    "sidecar with another text": (
        edited_sidecar(lambda record: record.update(articleBody="Lain.")), "not the text of", REMAKE
    ),
    "sidecar with another text and its hash": (
        edited_sidecar(lambda record: record.update(shelf.article_fields(str(record["url"]), body="Lain."))),
        "another text than the catalogue",
        REMAKE,
    ),
    "sidecar off the schema": (edited_sidecar(lambda record: record.pop("headline")), "schema at $", REMAKE),
    "sidecar of another address": (
        edited_sidecar(lambda record: record.update(url="https://lain.example/x")), "not its own", REMAKE
    ),
    "sidecar of no address": (edited_sidecar(lambda record: record.update(url="x")), "no host", "restore"),
    "catalogue broken": (broken_catalogue, "not a whole catalogue", RESTORE),
    "catalogue forgot a capture": (forgotten_capture, "is not in the catalogue", RESTORE),
    "catalogue forgot a sidecar": (forgotten_sidecar, "another text than the catalogue", REMAKE),
}  # fmt: skip


def shortened(record: bytes) -> bytes:
    """A length that is one too small."""
    return re.sub(
        rb"Content-Length: (\d+)", lambda found: b"Content-Length: %d" % (int(found[1]) - 1), record, count=1
    )


def forged(record: bytes) -> bytes:
    """Another payload under the old payload digest; everything else fits."""
    head, _, block = record.partition(b"\r\n\r\n")
    old = block.removesuffix(b"\r\n\r\n")
    new = old[:-3] + b"abc"
    return head.replace(digest(old).encode(), digest(new).encode()) + b"\r\n\r\n" + new + b"\r\n\r\n"


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_named_with_the_next_step(kept: Shelf, name: str) -> None:
    damage, fault, next_step = DAMAGES[name]
    file = damage(kept)
    named = [finding for finding in findings(kept) if finding.file == file and fault in finding.fault]

    assert named
    assert str(named[0]).startswith(file)
    if next_step != "restore":
        assert next_step in named[0].next_step


def test_one_missing_sidecar_is_one_finding(kept: Shelf) -> None:
    missing_sidecar(kept)

    assert len(findings(kept)) == 1


def test_what_a_crash_leaves_behind_is_no_damage(kept: Shelf) -> None:
    kept.sidecars[0].with_name(f".{kept.sidecars[0].name}.123.tmp").write_text("{")
    (kept.collection.archive / "warta-20261122T010203Z-00002-h.warc.gz.uncommitted").write_bytes(b"x")

    assert findings(kept) == []


def test_an_open_file_that_holds_more_than_was_committed_is_told(kept: Shelf) -> None:
    name = kept.warc.name
    size = kept.warc.stat().st_size
    kept.warc.rename(kept.collection.archive / f"{name}.open")
    shelf.write(kept.collection, capture())
    extra = kept.collection.warc_files()[0].read_bytes()
    kept.collection.warc_files()[0].unlink()
    with (kept.collection.archive / f"{name}.open").open("ab") as out:
        out.write(extra)

    assert ("holds more than was committed", size) in [
        (found.fault, found.offset) for found in findings(kept)
    ]


def test_a_huge_record_is_checked_in_little_memory(collection: Collection) -> None:
    shelf.begin_run(collection)
    keeper = shelf.open_keeper(collection, run_id=1)
    keeper.keep(capture(body=b"\0" * (64 << 20), headers=())).result(60)
    keeper.close()
    tracemalloc.start()
    found = verify(collection).findings
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == []
    assert peak < 8 << 20


def test_findings_come_as_plain_data_for_machines(kept: Shelf) -> None:
    os.truncate(kept.warc, kept.warc.stat().st_size - 1)
    plain = verify(kept.collection).as_plain()
    (first, *_) = json.loads(json.dumps(plain))["findings"]

    assert first["file"] == f"archive/{kept.warc.name}"
    assert set(first) == {"file", "offset", "fault", "nextStep"}
