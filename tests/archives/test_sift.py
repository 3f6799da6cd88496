"""Foreign files made ready for the archive: every whole record survives, byte for byte."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import pytest

from archives.errors import NotAWarcError
from archives.reader import iterate
from archives.sift import Sifted, _Reader, check_is_warc, sift
from tests.archives.shelf import inflated_members
from tests.support.warcs import record, response

RECORDS = [
    record(
        "warcinfo", {"Content-Type": "application/warc-fields"}, b"software: other\r\n", version="WARC/1.1"
    ),
    response("http://a.example/1", random.Random(1).randbytes(3000)),
    record("metadata", {}, b""),
    response("http://a.example/2", b"WARC/1.0\r\n\r\n" * 50),
]
PACKINGS = ["plain", "members", "one", "pairs"]


def packed(packing: str) -> bytes:
    if packing == "members":
        return b"".join(gzip.compress(item, mtime=7) for item in RECORDS)
    if packing == "pairs":
        return b"".join(gzip.compress(b"".join(RECORDS[at : at + 2])) for at in (0, 2))
    return gzip.compress(b"".join(RECORDS)) if packing == "one" else b"".join(RECORDS)


def sifted(path: Path) -> tuple[Sifted, bytes]:
    out = io.BytesIO()
    found = sift(path, out)
    only_looked = sift(path, None)
    assert (only_looked.as_is, len(only_looked.left_out)) == (found.as_is, len(found.left_out))
    return found, out.getvalue()


@pytest.mark.parametrize("packing", PACKINGS)
def test_each_record_becomes_one_member_with_its_own_bytes(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(packing))
    found, content = sifted(path)

    assert (found.records, found.left_out) == (4, [])
    assert list(inflated_members(content)) == RECORDS
    assert found.as_is is (packing == "members")
    if found.as_is:
        assert content == packed(packing)


@pytest.mark.parametrize("packing", PACKINGS)
def test_of_a_file_cut_anywhere_every_whole_record_is_kept(tmp_path: Path, packing: str) -> None:
    content, path, out = packed(packing), tmp_path / "a.warc.gz", tmp_path / "out.warc.gz"
    for length in range(20, len(content), 97):
        path.write_bytes(content[:length])
        found, kept = sifted(path)
        out.write_bytes(kept)
        assert [item in RECORDS for item in inflated_members(kept)] == [True] * found.records
        assert len(list(iterate(out))) == found.records if kept else found.records == 0


@pytest.mark.parametrize("packing", ["plain", "members"])
def test_reading_goes_on_behind_damage(tmp_path: Path, packing: str) -> None:
    content, path = bytearray(packed(packing)), tmp_path / "a.warc.gz"
    place = content.index(b"Content-Length", len(RECORDS[0])) if packing == "plain" else 400
    content[place : place + 30] = b"\xff" * 30
    path.write_bytes(content)
    found, kept = sifted(path)

    assert list(inflated_members(kept)) == [RECORDS[0], *RECORDS[2:]]
    assert [item.offset for item in found.left_out] == [
        len(RECORDS[0]) if packing == "plain" else len(gzip.compress(RECORDS[0]))
    ]
    assert found.left_out[0].offset + found.left_out[0].length < len(content)


def test_a_record_larger_than_memory_passes_in_pieces(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(response("http://a.example/video", b"\0" * (16 << 20)), 1))
    tracemalloc.start()
    found = sift(path, None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found.records == 1
    assert peak < 4 << 20


@pytest.mark.parametrize(
    "start", [b"WARC/1.0\r\n", b"\r\nWARC/1.1\r\n", gzip.compress(b"WARC/0.18\r\n", mtime=0)]
)
def test_a_warc_file_is_known_by_its_first_bytes(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "a").write_bytes(start)
    check_is_warc(tmp_path / "a")


def test_a_folder_is_no_warc_file(tmp_path: Path) -> None:
    with pytest.raises(NotAWarcError, match="cannot be read"):
        check_is_warc(tmp_path)


def test_a_record_that_cannot_be_whole_is_not_searched_to_the_end_of_the_file() -> None:
    """Else a file of many such beginnings is read once for each of them."""
    heads = io.BytesIO(b"WARC/1.0\r\n" * 100_000)
    with pytest.raises(EOFError):
        _Reader(heads.read).head()
    assert heads.tell() <= 1 << 16
    long = io.BytesIO(bytes(1 << 20))
    with pytest.raises(EOFError):
        next(_Reader(long.read, size=1 << 20).take(1 << 40))
    assert long.tell() == 0
