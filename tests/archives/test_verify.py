"""`verify`: nothing is invented on a clean collection, and every damage is found and named."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archives import cdxj
from archives.collection import Collection
from archives.digests import digest
from archives.errors import CollectionError
from archives.leftovers import sweep
from archives.reader import answers
from archives.removals import append
from archives.verify import Finding, facts, scan, verify
from archives.verify.facts import FactBase
from tests.archives import shelf
from tests.archives.shelf import Shelf, capture, gzipped, inflated_members


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    collection = shelf.fill(tmp_path_factory.mktemp("pristine") / "warta").collection
    cdxj.update(collection)
    return collection.root


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
        from archives.deflate import thorough
        from archives.warc import _gzip

        return b"".join(_gzip((record,), thorough()) for record in change(list(inflated_members(content))))

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


def no_catalogue(kept: Shelf) -> str:
    kept.collection.catalogue.unlink()
    return "catalogue.sqlite"


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


def db(*statements: str, file: str = "catalogue.sqlite") -> Callable[[Shelf], str]:
    """The catalogue changed behind our back; `file` names what the finding must be about."""

    def damage(kept: Shelf) -> str:
        with closing(sqlite3.connect(kept.collection.catalogue)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return {"warc": f"archive/{kept.warc.name}", "sidecar": relative(kept, kept.sidecars[1])}.get(
            file, file
        )

    return damage


WALK = (
    "INSERT INTO walks (walk_id, portal, host, section, day, ends) "
    "VALUES (1, 'demo', 'pesisir.example', '', '2026-11-20', '2026-11-20T17:00:00Z')"
)


def relative(kept: Shelf, path: Path) -> str:
    return path.relative_to(kept.collection.root).as_posix()


def catalogue_bytes(change: Callable[[bytes], bytes]) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        path = kept.collection.catalogue
        path.write_bytes(change(path.read_bytes()))
        return path.name

    return damage


def index_lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        path = kept.collection.index
        path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
        return "indexes/index.cdxj"

    return damage


def manifest(content: bytes | None) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        if content is None:
            kept.collection.manifest.unlink()
        else:
            kept.collection.manifest.write_bytes(content)
        return "collection.json"

    return damage


def sidecar_bytes(content: bytes) -> Callable[[Shelf], str]:
    def damage(kept: Shelf) -> str:
        kept.sidecars[1].write_bytes(content)
        return relative(kept, kept.sidecars[1])

    return damage


def copied_sidecar(kept: Shelf) -> str:
    path = kept.sidecars[1].with_name("salinan.json")
    shutil.copy(kept.sidecars[1], path)
    return relative(kept, path)


def renamed_warc(kept: Shelf) -> str:
    """Under another name that could be ours."""
    name = kept.warc.name.replace("-00001-", "-00002-")
    kept.warc.rename(kept.collection.archive / name)
    return f"archive/{name}"


def foreign_warc(kept: Shelf) -> str:
    shutil.copy(kept.warc, kept.collection.archive / "lain.warc.gz")
    return "archive/lain.warc.gz"


def inserted(content: bytes, other: bytes, instead_of: int = 0) -> bytes:
    """Bytes put in front of the second member, or over its first ones."""
    engine = zlib.decompressobj(31)
    engine.decompress(content)
    place = len(content) - len(engine.unused_data)
    return content[:place] + other + content[place + instead_of :]


def nth(number: int, change: Callable[[bytes], bytes]) -> Callable[[Shelf], str]:
    """Change one record: 0 is warcinfo, then response and request by turns."""
    return rewritten(lambda records: [*records[:number], change(records[number]), *records[number + 1 :]])


def with_fields(fields: bytes) -> Callable[[bytes], bytes]:
    return lambda record: record.replace(b"\r\nContent-Length", b"\r\n" + fields + b"\r\nContent-Length", 1)


def other_value(name: bytes, value: bytes) -> Callable[[bytes], bytes]:
    return lambda record: re.sub(
        rb"\r\n" + name + rb": [^\r]*", b"\r\n" + name + b": " + value, record, count=1
    )


def as_revisit(record: bytes) -> bytes:
    """The third article's response as a revisit of a record that there is not."""
    return with_fields(b"WARC-Refers-To: <urn:uuid:tidak-ada>")(other_value(b"WARC-Type", b"revisit")(record))


LATER = {"number": 1, "previous": "articles/x.json", "changedFields": []}
GHOST = b"<urn:uuid:00000000-0000-4000-8000-999999999999>"
TAKE_IN = "kliping reextract"
RESTORE, REMAKE, MOVE = "restore the file", "kliping reextract", "move it elsewhere"
REBUILD, REINDEX, REPAIR = "verify --repair", "kliping index", "verify --repair"
DAMAGES: dict[str, tuple[Callable[[Shelf], str], str, str]] = {
    "cut tail": (damaged_warc(lambda content: content[:-1]), "gzip member is cut", RESTORE),
    "last record gone": (rewritten(lambda records: records[:-1]), "is cut", RESTORE),
    "last article gone": (rewritten(lambda records: records[:-2]), "it is not", RESTORE),
    "zeros appended": (damaged_warc(lambda content: content + b"\0" * 512), "512 bytes that are no", RESTORE),
    "zeros in the place of the tail": (
        damaged_warc(lambda content: content[:-500] + b"\0" * 500), "is damaged", RESTORE
    ),
    "garbage between two members": (
        damaged_warc(lambda content: inserted(content, b"sampah")),
        "6 bytes that are no gzip member", RESTORE,
    ),
    "a member overwritten": (
        damaged_warc(lambda content: inserted(content, b"x" * 40, 40)),
        "no gzip member", RESTORE,
    ),
    "dangling Warcinfo-ID": (
        nth(1, other_value(b"WARC-Warcinfo-ID", GHOST)), "does not point to the file's warcinfo", RESTORE
    ),
    "dangling Concurrent-To": (
        nth(2, other_value(b"WARC-Concurrent-To", GHOST)), "points to a record that is not in", RESTORE
    ),
    "request lost": (
        rewritten(lambda records: [*records[:2], *records[3:]]),
        "request that belongs to it, or the note of its origin, is missing", RESTORE,
    ),
    "dangling revisit": (nth(5, as_revisit), "revisit of a record that is not in the collection", RESTORE),
    "wrong payload digest": (
        nth(1, other_value(b"WARC-Payload-Digest", digest(b"lain").encode())), "payload digest", RESTORE
    ),
    "wrong block digest": (
        nth(2, other_value(b"WARC-Block-Digest", digest(b"lain").encode())), "block digest", RESTORE
    ),
    "digest of an unknown kind": (
        nth(1, other_value(b"WARC-Payload-Digest", b"md9:abc")), "payload digest does not fit", RESTORE
    ),
    "another gzip header": (
        damaged_warc(lambda content: content[:9] + b"\x03" + content[10:]), "gzip header is not", RESTORE
    ),
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
    "WARC file renamed": (renamed_warc, "was written under another name", RESTORE),
    "a foreign WARC file that nobody adopted": (foreign_warc, "is not known to the catalogue", TAKE_IN),
    "WARC file missing": (missing_warc, "is missing", RESTORE),
    "WARC file twice": (copied_warc, "is not known to the catalogue", TAKE_IN),
    "stranger in archive": (stranger("archive/catatan.txt"), "is not a file of the collection", MOVE),
    "record of an article in archive": (stranger("archive/a.json"), "is not a file of the collection", MOVE),
    "stranger among articles": (stranger("articles/a.example/catatan.txt"), "not a file of", MOVE),
    "sidecar whose name is no UTF-8": (stranger("articles/a.example/\udcff.json"), "not a file of", MOVE),
    "name of nothing but an ending": (stranger("articles/a.example/.json"), "not a file of", MOVE),
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
    "sidecar empty": (sidecar_bytes(b""), "cannot be read", REMAKE),
    "sidecar an array": (sidecar_bytes(b"[]"), "is not a JSON object", REMAKE),
    "sidecar with another headline": (
        edited_sidecar(lambda record: record.update(headline="Lain")), "not as it was written", REMAKE
    ),
    "sidecar with another author": (
        edited_sidecar(lambda record: record.update(author=[{"name": "Si Lain"}])), "not as it was", REMAKE
    ),
    "sidecar only laid out differently": (edited_sidecar(lambda _record: None), "not as it was", REMAKE),
    "sidecar with another date of capture": (
        edited_sidecar(lambda record: page_of(record).update(fetchedAt="2020-01-01T00:00:00Z")),
        "other one", REMAKE,
    ),
    "sidecar with another payload digest": (
        edited_sidecar(lambda record: page_of(record).update(payloadDigest=digest(b"lain"))),
        "other one", REMAKE,
    ),
    "sidecar of a file that is not there": (
        edited_sidecar(lambda record: page_of(record).update(warcFile="lain.warc.gz")),
        "no such WARC", RESTORE,
    ),
    "sidecar copied": (copied_sidecar, "place that is not its own", REMAKE),
    "sidecar of a version before that is not there": (
        edited_sidecar(lambda record: record.update(version=LATER)),
        "names a version before it that is missing", REMAKE,
    ),
    "catalogue missing": (
        no_catalogue,
        "is missing", REBUILD,
    ),
    "catalogue broken": (broken_catalogue, "not a whole catalogue", REBUILD),
    "catalogue cut": (catalogue_bytes(lambda content: content[: len(content) // 2]), "", REBUILD),
    "catalogue with a page overwritten": (
        catalogue_bytes(lambda content: content[:8192] + b"\xa5" * 4096 + content[12288:]), "", REBUILD
    ),
    "catalogue forgot a capture": (forgotten_capture, "is not in the catalogue", REBUILD),
    "catalogue with an invented capture": (
        db(
            "CREATE TEMP TABLE invented AS SELECT * FROM captures LIMIT 1",
            "UPDATE invented SET capture_id = 99, offset = 7",
            "INSERT INTO captures SELECT * FROM invented",
            file="warc",
        ),
        "it is not", RESTORE,
    ),
    "catalogue with another offset": (
        db("UPDATE captures SET offset = 3 WHERE capture_id = 1", file="warc"), "it is not", RESTORE
    ),
    "catalogue with another status": (
        db("UPDATE captures SET status = 404 WHERE capture_id = 1", file="warc"), "other values", REBUILD
    ),
    "catalogue with another address": (
        db("UPDATE captures SET url = 'https://lain.example/' WHERE capture_id = 1", file="warc"),
        "other", REBUILD,
    ),
    "catalogue with another length of a file": (
        db("UPDATE warc_files SET committed = committed + 1", file="warc"), "is cut", RESTORE
    ),
    "catalogue with a page of no capture": (
        db("UPDATE version_pages SET capture_id = 99 WHERE version_id = 1"),
        "refers to one of captures", REBUILD,
    ),
    "ledger with a listed URL that is not there": (
        db(WALK, "INSERT INTO listed VALUES (1, 999, 'index', '', '')"),
        "a row of listed refers to one of urls", REBUILD,
    ),
    "ledger with a day whose lists are not archived": (
        db(WALK, "UPDATE walks SET read_begun = '2026-11-22T01:00:00Z', read_ended = '2026-11-22T01:00:00Z'"),
        "for 2026-11-20 is called read, and no archived list shows it", REPAIR,
    ),
    "catalogue with another headline": (
        db("UPDATE versions SET headline = 'Lain' WHERE version_id = 2", file="sidecar"),
        "other values", REBUILD,
    ),
    "catalogue with another digest of a sidecar": (
        db("UPDATE versions SET sidecar_digest = 'sha256:x' WHERE version_id = 2", file="sidecar"),
        "not as", REMAKE,
    ),
    "catalogue with another date of publication": (
        db("UPDATE versions SET published = '1999-01-01' WHERE version_id = 2", file="sidecar"),
        "other values", REBUILD,
    ),
    "catalogue with another capture as a version's page": (
        db("UPDATE version_pages SET capture_id = 1 WHERE version_id = 2", file="sidecar"),
        "other values", REBUILD,
    ),
    "catalogue without a version's pages": (
        db("DELETE FROM version_pages WHERE version_id = 2", file="sidecar"), "other values", REBUILD
    ),
    "catalogue forgot a sidecar's version": (
        db("DELETE FROM version_pages WHERE version_id = 2", "DELETE FROM versions WHERE version_id = 2",
           file="sidecar"),
        "is not known to the catalogue", REMAKE,
    ),
    "catalogue forgot a sidecar": (forgotten_sidecar, "another text than the catalogue", REMAKE),
    "collection.json missing": (manifest(None), "no collection here", REPAIR),
    "collection.json no JSON": (manifest(b"{"), "cannot be read", REPAIR),
    "collection.json without its version": (manifest(b"{}"), "format version None", REPAIR),
    "index out of order": (index_lines(lambda lines: lines[::-1]), "out of order", REINDEX),
    "index with a line twice": (index_lines(lambda lines: [lines[0], *lines]), "there twice", REINDEX),
    "index without a line": (index_lines(lambda lines: lines[1:]), "no line for the record", REINDEX),
    "index with a line of no file": (
        index_lines(lambda lines: [*lines, lines[-1].replace(b"-00001-", b"-00009-")]),
        "WARC file that is not", REINDEX,
    ),
    "index with another offset": (
        index_lines(lambda lines: [lines[0].replace(b'"offset": "', b'"offset": "1'), *lines[1:]]),
        "place where no record begins", REINDEX,
    ),
    "index with another digest": (
        index_lines(lambda lines: [lines[0].replace(b"sha256:", b"sha256:A"), *lines[1:]]),
        "does not fit", REINDEX,
    ),
    "index with another time": (
        index_lines(lambda lines: [lines[0].replace(b" 2026", b" 2025"), *lines[1:]]), "does not fit", REINDEX
    ),
    "index with another status": (
        index_lines(lambda lines: [*lines[:-1], lines[-1].replace(b'"200"', b'"404"')]),
        "does not fit", REINDEX,
    ),
    "index with another media type": (
        index_lines(lambda lines: [*lines[:-1], lines[-1].replace(b'"text/html"', b'"text/htmm"')]),
        "does not fit", REINDEX,
    ),
    "index with another key": (
        index_lines(lambda lines: [b"com," + lines[0], *lines[1:]]), "key does not fit", REINDEX
    ),
    "index cut": (index_lines(lambda lines: [*lines[:-1], lines[-1][:-9]]), "line cannot be read", REINDEX),
    "WACZ that is none": (stranger("paket.wacz"), "no whole ZIP file", "kliping wacz"),
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


def test_damage_is_found_also_where_the_manifest_has_another_name(kept: Shelf) -> None:
    manifest = json.loads(kept.collection.manifest.read_bytes())
    kept.collection.manifest.write_text(json.dumps(manifest | {"name": "lain"}))
    rewritten(lambda records: [records[0], forged(records[1]), *records[2:]])(kept)

    assert "payload digest does not fit" in {found.fault for found in findings(kept)}


def test_one_missing_sidecar_is_one_finding(kept: Shelf) -> None:
    missing_sidecar(kept)

    assert len(findings(kept)) == 1


def test_what_a_crash_leaves_behind_is_a_warning_and_no_damage(kept: Shelf) -> None:
    kept.sidecars[0].with_name(f".{kept.sidecars[0].name}.123.tmp").write_text("{")
    (kept.collection.indexes / ".index.cdxj.123.tmp").write_text("{")
    (kept.collection.archive / "warta-20261122T010203Z-00002-h.warc.gz.uncommitted").write_bytes(b"x")
    result = verify(kept.collection)

    assert result.findings == []
    assert [warning.fault for warning in result.warnings] == [
        "was left half written by a run that was cut off"
    ] * 2


def test_an_index_that_is_missing_or_behind_is_a_warning(kept: Shelf) -> None:
    kept.collection.index.write_bytes(b"")
    behind = verify(kept.collection)
    kept.collection.index.unlink()
    missing = verify(kept.collection)

    assert behind.findings == missing.findings == []
    assert ["not indexed yet: 3 lines" in warning.fault for warning in behind.warnings] == [True]
    assert [str(warning) for warning in missing.warnings] == [
        "indexes/index.cdxj: there is no index; run `kliping index`"
    ]


def test_a_newer_collection_is_refused_and_not_called_damaged(kept: Shelf) -> None:
    manifest(b'{"formatVersion": 99}')(kept)

    with pytest.raises(CollectionError, match=r"format version 99.*newer"):
        verify(kept.collection)


def test_behind_a_damaged_member_everything_is_still_checked(kept: Shelf) -> None:
    content = bytearray(kept.warc.read_bytes())
    content[kept.refs[0].offset + 50] ^= 1
    content[kept.refs[2].offset + 50] ^= 1
    kept.warc.write_bytes(content)
    result = verify(kept.collection)
    damaged = [found.offset for found in result.findings if "gzip member is damaged" in found.fault]

    assert damaged == [kept.refs[0].offset, kept.refs[2].offset]
    assert result.records == 5
    assert not [found for found in result.findings if found.offset == kept.refs[1].offset]
    assert "indexes/index.cdxj" not in {found.file for found in result.findings}


def test_ranges_and_processes_come_to_the_same_as_one_reading(
    kept: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = kept.warc.read_bytes()
    keeper = shelf.open_keeper(kept.collection, run_id=1)
    for number in range(6):  # a WARC file inside a record must not be taken for the record's neighbours
        keeper.keep(capture(f"https://pesisir.example/unduhan/{number}", body=inner, headers=())).result()
    keeper.close()
    content = bytearray(kept.collection.warc_files()[1].read_bytes())
    content[len(content) // 2] ^= 1
    kept.collection.warc_files()[1].write_bytes(content)
    whole = verify(kept.collection, jobs=1)
    for step in (97, 1000, 4001):
        monkeypatch.setattr(scan.ranges, "__kwdefaults__", {"step": step})
        assert verify(kept.collection, jobs=1).as_plain() == whole.as_plain()
    monkeypatch.undo()
    assert verify(kept.collection, jobs=2).as_plain() == whole.as_plain()
    assert whole.findings


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
        (found.fault, found.offset) for found in verify(kept.collection).warnings
    ]


def test_a_torn_tail_of_an_open_file_is_a_warning_if_nobody_promised_it(kept: Shelf) -> None:
    name, size = kept.warc.name, kept.warc.stat().st_size
    opened = kept.collection.archive / f"{name}.open"
    kept.warc.rename(opened)
    kept.collection.index.unlink()
    with opened.open("ab") as out:
        out.write(b"\0" * 99)
    torn = verify(kept.collection)
    os.truncate(opened, size - 1)
    lost = verify(kept.collection)

    assert torn.findings == []
    assert {(warning.file, warning.offset) for warning in torn.warnings} == {
        (f"archive/{opened.name}", None),
        (f"archive/{opened.name}", size),
    }
    assert "gzip member is cut" in [found.fault for found in lost.findings]


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


def test_no_question_looks_through_a_table_for_each_row_of_another(
    kept: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some did, so that the time went with the square of the records: 9 s instead of 1 for 114 MB."""
    append(kept.collection, {"action": "remove", "url": kept.refs[0].url, "addresses": [kept.refs[0].url]})
    asked: list[str] = []
    plans: dict[str, list[tuple[int, int, int, str]]] = {}

    class Listening(FactBase):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self.db.set_trace_callback(asked.append)

        def close(self) -> None:
            self.db.set_trace_callback(None)
            # As for tables of unknown size, and not for these, of which each is read in no time.
            self.db.executescript("DELETE FROM sqlite_stat1; ANALYZE sqlite_schema;")
            for statement in dict.fromkeys(asked):
                if (question := _QUESTION.search(statement)) is not None:
                    plans[statement] = self.db.execute(f"EXPLAIN QUERY PLAN {question[0]}").fetchall()
            super().close()

    monkeypatch.setattr(facts, "FactBase", Listening)
    verify(kept.collection)

    assert len(plans) > 20
    for statement, plan in plans.items():
        inner = {number for number, _, _, told in plan if "CORRELATED" in told}
        read_whole = [(parent, told) for _, parent, _, told in plan if told.startswith("SCAN")]
        per_row = [told for parent, told in read_whole if parent in inner]
        assert not per_row, statement
        assert len({parent for parent, _ in read_whole}) == len(read_whole), statement  # no two side by side


_QUESTION = re.compile(r"(?<!\w)SELECT\b.*(?:FROM|EXCEPT)\b.*", re.DOTALL)


def test_processes_that_read_load_nothing_that_only_the_first_one_needs() -> None:
    said = "import sys, archives.verify; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert not {"archives.catalogue", "archives.warc", "warcio", "jsonschema"} & set(loaded.split())


def test_a_strange_folder_is_told_once_and_folders_of_sidecars_are_none(kept: Shelf) -> None:
    (kept.collection.archive / "lain" / "dalam").mkdir(parents=True)
    (kept.collection.archive / "lain" / "dalam" / "catatan.txt").write_bytes(b"x")
    (kept.collection.archive / "lain" / "a.warc.gz").symlink_to(kept.warc)
    (kept.collection.articles / "a.example" / "kosong.json").mkdir(parents=True)
    assert sorted((finding.file, finding.fault) for finding in verify(kept.collection).findings) == [
        ("archive/lain", "is not a file of the collection"),
        ("archive/lain/a.warc.gz", "is a link; what lies elsewhere is not kept here"),
    ]


def test_a_hidden_link_that_leads_nowhere_or_round_is_told_and_ends_nothing(kept: Shelf) -> None:
    folder = kept.sidecars[0].parent
    (folder / ".putar").symlink_to(".putar")
    (folder / ".putar.json.123.tmp").symlink_to(".putar.json.123.tmp")
    (folder / ".salah").symlink_to(kept.warc / "x")
    found = verify(kept.collection)
    place = folder.relative_to(kept.collection.root).as_posix()
    assert [(finding.file, finding.fault) for finding in found.findings] == [
        (f"{place}/{name}", "is a link; what lies elsewhere is not kept here")
        for name in (".putar", ".putar.json.123.tmp", ".salah")
    ]
    assert [finding.file for finding in found.warnings] == [f"{place}/.putar.json.123.tmp"]
    assert sweep(kept.collection) == [folder / ".putar.json.123.tmp"]


def test_a_folder_whose_name_is_no_utf_8_is_told_file_by_file(kept: Shelf) -> None:
    folder = kept.collection.articles / "\udcff.example"
    folder.mkdir()
    (folder / "a.json").write_bytes(b"{}")
    assert [(finding.file, finding.fault) for finding in verify(kept.collection).findings] == [
        ("articles/\udcff.example/a.json", "is not a file of the collection")
    ]
