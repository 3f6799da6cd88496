"""Reading back: what stands in a file, and bodies whatever a server did to them."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter as WarcioWriter

from archives.capture import Truncation
from archives.collection import Collection
from archives.errors import DamageError
from archives.reader import StoredRecord, answers, iterate, read_record
from tests.archives import shelf
from tests.archives.shelf import capture, gzipped, write

TEXT = b"<p>Warga Pesisir menanam bakau di pantai.</p>" * 200
GZIP = ((b"Content-Encoding", b"gzip"),)
DEFLATE = ((b"content-encoding", b"Deflate"),)
CHUNKED = ((b"Transfer-Encoding", b"chunked"),)


def raw_deflate(content: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(content) + engine.flush()


def chunk(content: bytes, extension: bytes = b"") -> bytes:
    return b"%X%b\r\n%b\r\n" % (len(content), extension, content)


# --- records ----------------------------------------------------------------------------------------


def strange(path: Path, *, lines: bytes = b"", size: bytes = b"", block: bytes = b"x") -> Path:
    """A file with one record of another tool."""
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://pesisir.example/\r\n"
    head += b"WARC-Date: 2022-07-21T00:00:00Z\r\n" + lines
    told = size or str(len(block)).encode()
    path.write_bytes(gzip.compress(head + b"Content-Length: " + told + b"\r\n\r\n" + block + b"\r\n\r\n"))
    return path


def test_a_field_of_a_million_letters_is_looked_at_once(tmp_path: Path) -> None:
    """With each letter tried as a beginning a kilobyte of gzip took hours."""
    path = strange(tmp_path / "a.warc.gz", lines=b"X-Note:" + b"a" * 1_000_000 + b"\r\n")
    assert read_record(path, 0, None, length=path.stat().st_size).url == "http://pesisir.example/"


def test_a_block_without_a_blank_line_takes_no_more_memory_than_a_few_of_it(tmp_path: Path) -> None:
    block = b"ab\n" * 2_000_000
    path = strange(tmp_path / "a.warc.gz", block=block)
    tracemalloc.start()
    record = read_record(path, 0, None, length=path.stat().st_size)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (record.http_headers, record.body) == ((), b"")
    assert peak < 6 * len(block)


def test_a_length_of_thousands_of_digits_is_damage(tmp_path: Path) -> None:
    path = strange(tmp_path / "a.warc.gz", size=b"9" * 5000)
    with pytest.raises(DamageError, match="no record at offset 0"):
        read_record(path, 0, None, length=path.stat().st_size)


def test_references_are_read_back_as_the_writer_gave_them(collection: Collection) -> None:
    wanted = write(
        collection,
        capture(),
        capture("https://pesisir.example/b", via="https://pesisir.example/a", status=404),
        capture("https://pesisir.example/c", truncated=Truncation.TIME, headers=()),
        capture("https://pesisir.example/d", headers=((b"Content-Type", b" text/html;\r\n charset=x\xe9 "),)),
    )
    found = list(answers(collection.warc_files()[0]))

    assert [answer.ref for answer in found] == wanted
    assert {answer.run for answer in found} == {"1"}


def test_one_record_is_read_by_its_offset_as_it_is_in_passing(collection: Collection) -> None:
    write(collection, capture(), capture(body=b""))
    path = collection.warc_files()[0]

    for record in iterate(path):
        assert read_record(path, record.offset) == record
        assert read_record(path, record.offset, length=record.length) == record
    assert sum(record.length for record in iterate(path)) == path.stat().st_size


def test_repeated_headers_come_back_in_their_order(collection: Collection) -> None:
    pairs = ((b"Set-Cookie", b"b=2"), (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"X-Empty", b""))
    write(collection, capture(headers=pairs))

    assert list(iterate(collection.warc_files()[0]))[1].http_headers == pairs


def test_every_wrong_offset_is_damage_that_names_file_and_offset(collection: Collection) -> None:
    write(collection, capture())
    path = collection.warc_files()[0]
    right = {record.offset for record in iterate(path)}
    size = path.stat().st_size

    for offset in {*range(0, size, 7), size, size + 99} - right:
        with pytest.raises(DamageError, match=rf"{path.name}: no record at offset {offset} .*kliping verify"):
            read_record(path, offset)


def test_a_missing_file_is_not_damage(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_record(tmp_path / "a.warc.gz", 0)


def test_a_file_cut_anywhere_is_never_taken_for_whole(collection: Collection, tmp_path: Path) -> None:
    write(collection, capture(), capture())
    content = collection.warc_files()[0].read_bytes()
    ends = {record.offset + record.length for record in iterate(collection.warc_files()[0])}
    path = tmp_path / "cut.warc.gz"

    for length in set(range(1, len(content), 5)) - ends:
        path.write_bytes(content[:length])
        with pytest.raises(DamageError, match=r"cut\.warc\.gz: no whole record after offset"):
            list(iterate(path))


def told(path: Path, offset: int, length: int | None) -> StoredRecord | str:
    """The record at an offset, or what is said of it."""
    try:
        return read_record(path, offset, length=length)
    except DamageError as error:
        return str(error)


HEAD = (
    "WARC/1.1|WARC-Type: response|WARC-Target-URI: http://a.example/|WARC-Date: 2026-11-22T01:02:03Z"
    "|WARC-Record-ID: <urn:uuid:1>|Content-Type: application/http|Content-Length: 40"
)
BLOCK = "HTTP/1.1 200 OK|X: a| b||page|||end||".replace("|", "\r\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("WARC/1.1", "WARC/1.0"),
        ("WARC/1.1", "WARC/0.18"),
        ("WARC/1.1", "WARC/1.1 "),
        ("WARC/1.1", "warc/1.1"),
        ("WARC/1.1|", "WARC/1.1\n"),
        ("WARC-Type", "warc-type"),
        ("WARC-Type: response|", ""),
        ("WARC-Type: response", "WARC-Type: response|WARC-Type: request"),
        ("WARC-Type: response", "WARC-Type: revisit|WARC-Refers-To: <urn:uuid:2>|WARC-Truncated: time"),
        ("Type: response", "Type:response"),
        ("Type: response", "Type:  response "),
        ("Type: response", "Type : response"),
        ("Type: response", "Type: resp| onse"),
        ("http://a.example/", "<http://a.example/>"),
        ("http://a.example/", "http://a.example/b c"),
        ("http://a.example/", "http://a.example/caf\u00e9"),
        ("http://a.example/", "http://a.example/\x00"),
        ("|Content-Type", "|no field|Content-Type"),
        ("|Content-Type", "|: nothing|Content-Type"),
        ("|Content-Type", "|Empty: |Content-Type"),
        ("2026-11-22T01:02:03Z", "2026-11"),
        ("2026-11-22T01:02:03Z", "yesterday"),
        ("|WARC-Date: 2026-11-22T01:02:03Z", ""),
        ("Length: 40", "Length: 39"),
        ("Length: 40", "Length: 41"),
        ("Length: 40", "Length: 040"),
        ("Length: 40", "Length: +40"),
        ("Length: 40", "Length: 40|Content-Length: 7"),
    ],
)
def test_a_record_is_the_same_whether_its_length_is_known_or_not(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "a.warc.gz"
    head = HEAD.replace(old, new).replace("|", "\r\n") + "\r\n\r\n"
    for block in (BLOCK, BLOCK[:-2], BLOCK + "\n", BLOCK + head + BLOCK):
        content = gzipped((head + block).encode())
        path.write_bytes(content + gzipped(b"more"))
        known = told(path, 0, len(content))
        assert known == told(path, 0, None)
        passed = list(iterate(path, lambda _offset, _error: None))
        assert passed == ([known] if isinstance(known, StoredRecord) else [])
        assert all(told(path, 0, len(content) + wrong) == known for wrong in (-1, 1, 99, 5 << 20))


def test_a_blank_in_an_address_is_escaped_however_the_record_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    head = HEAD.replace("http://a.example/", "http://a.example/b c").replace("|", "\r\n") + "\r\n\r\n"
    path.write_bytes(gzipped((head + BLOCK).encode()))
    size = path.stat().st_size
    read = [read_record(path, 0), read_record(path, 0, length=size), *iterate(path)]
    assert [record.url for record in read] == ["http://a.example/b%20c"] * 3


def test_a_flipped_bit_is_never_read_as_a_record(collection: Collection, tmp_path: Path) -> None:
    (ref,) = write(collection, capture(body=random.Random(1).randbytes(3000)))
    content = collection.warc_files()[0].read_bytes()
    path = tmp_path / "flipped.warc.gz"
    dice = random.Random(2)

    for _ in range(80):
        flipped = bytearray(content)
        flipped[dice.randrange(ref.offset + 10, ref.offset + ref.length)] ^= 1 << dice.randrange(8)
        path.write_bytes(flipped)
        assert told(path, ref.offset, ref.length) == told(path, ref.offset, None)
        try:
            assert read_record(path, ref.offset).body == capture(body=random.Random(1).randbytes(3000)).body
            assert shelf.same_bytes_inside(content, bytes(flipped))  # the flip hit padding between blocks
        except DamageError:
            continue


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_by_warcio_is_read_as_well(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    with path.open("wb") as out:
        writer = WarcioWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("a", {"software": "other"}))
        for number in range(3):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            record = writer.create_warc_record(f"http://a.example/{number}", "response", http_headers=headers)
            writer.write_record(record)
    records = list(iterate(path))

    assert [record.type for record in records] == ["warcinfo", "response", "response", "response"]
    assert [record.status for record in records] == [None, 200, 200, 200]
    assert all(read_record(path, record.offset).url == record.url for record in records[1:])


def test_a_file_that_is_one_single_gzip_member_is_refused_with_the_remedy(
    collection: Collection, tmp_path: Path
) -> None:
    write(collection, capture())
    path = tmp_path / "one.warc.gz"
    path.write_bytes(gzip.compress(gzip.decompress(collection.warc_files()[0].read_bytes())))

    with pytest.raises(DamageError, match="warcio recompress"):
        list(iterate(path))


@pytest.mark.parametrize(
    "content",
    [b"\0" * 5000, b"not a WARC file\r\n" * 50, gzipped(b""), gzipped(b"x"), gzipped(b"WARC/1.1\r\n\r\n")],
)
def test_what_is_no_warc_file_is_damage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)

    with pytest.raises(DamageError, match=r"a\.warc\.gz"):
        list(iterate(path))
    with pytest.raises(DamageError, match=r"a\.warc\.gz: no record at offset 0"):
        read_record(path, 0)


def test_a_record_that_is_not_the_one_asked_for_is_damage(collection: Collection) -> None:
    (ref,) = shelf.write(collection, capture())
    path = collection.warc_files()[0]

    assert read_record(path, ref.offset, ref.record_id).record_id == ref.record_id
    with pytest.raises(DamageError, match=rf"offset {ref.offset} is {ref.record_id}, not urn:uuid:lain"):
        read_record(path, ref.offset, "urn:uuid:lain")


@pytest.mark.parametrize(
    "field", ["Content-Length: 99999999999\r\n", "Content-Length: -1\r\n", "Content-Length: x\r\n", ""]
)
def test_a_record_of_a_length_that_is_not_there_is_damage(tmp_path: Path, field: str) -> None:
    path = tmp_path / "a.warc.gz"
    head = f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Date: 2026-11-22T01:02:03Z\r\n{field}\r\n"
    path.write_bytes(gzipped(head.encode() + b"abc\r\n\r\n"))

    with pytest.raises(DamageError):
        read_record(path, 0)
