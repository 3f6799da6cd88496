"""What `verify` and `index` make of other tools' files and of broken ones: bounded, told, no exception."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archives import cdxj
from archives.collection import Collection
from archives.reader import read_record
from archives.verify import Verification, verify
from tests.archives import shelf
from tests.archives.shelf import gzipped

CHUNKED = b"4\r\nbaka\r\n1\r\nu\r\n0\r\n\r\n"


def warcio_file(version: str, *, chunked: bool = False, sha256: bool = False) -> bytes:
    """A response as warcio's writer archives it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=version)
    headers = [("Content-Type", "text/html"), *([("Transfer-Encoding", "chunked")] if chunked else [])]
    record = writer.create_warc_record(
        "https://pesisir.example/a",
        "response",
        payload=io.BytesIO(CHUNKED if chunked else b"bakau"),
        http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Payload-Digest": f"sha256:{hashlib.sha256(b'bakau').hexdigest()}"
        } if sha256 else {},
    )  # fmt: skip
    writer.write_record(record)
    record.raw_stream.close()
    return out.getvalue()


def raw(head: str, block: bytes = b"bakau\r\n\r\n") -> bytes:
    return gzipped(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + block)


RECORD = (
    "WARC/{}\nWARC-Type: resource\nWARC-Record-ID: <urn:uuid:1>\nWARC-Date: 2020-05-04T01:02:03Z\n"
    "WARC-Target-URI: https://pesisir.example/a\nContent-Type: text/plain\nContent-Length: {}"
)


def adopted(collection: Collection, content: bytes) -> Verification:
    """Verify a collection that has taken in a file of that content."""
    shelf.begin_run(collection)
    path = collection.archive / "asing.warc.gz"
    path.write_bytes(content)
    collection.note_adopted(path.name, {"sha256": hashlib.sha256(content).hexdigest()})
    result = verify(collection, jobs=1)
    result.findings = [found for found in result.findings if "known to the catalogue" not in found.fault]
    return result


@pytest.mark.parametrize(
    "content",
    [
        warcio_file("1.0"),
        warcio_file("1.1"),
        warcio_file("1.1", chunked=True),
        warcio_file("1.0", chunked=True, sha256=True),
        raw(RECORD.format("0.18", 5)),
        raw(RECORD.format("1.0", 5).replace("https://pesisir.example/a", "<https://pesisir.example/a>")),
        raw(RECORD.format("1.0", 5).replace("text/plain", "text/plain;\n charset=utf-8")),
    ],
)  # fmt: skip
def test_whole_files_of_other_tools_are_no_damage(collection: Collection, content: bytes) -> None:
    result = adopted(collection, content)

    assert result.findings == []
    assert [warning.fault for warning in result.warnings] == ["there is no index"]
    assert cdxj.update(collection).damage == []
    assert verify(collection).warnings == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (raw(RECORD.format("1.0", 4 << 30)), "Content-Length is 4294967296, the block ends before"),
        (raw(RECORD.format("1.0", "-5")), "Content-Length is -5"),
        (raw(RECORD.format("9.9", 5)), "no WARC record"),
        (gzipped(b"filedesc://a.arc 0.0.0.0 20200504010203 text/plain 76\n1 0 x\n"), "no WARC record"),
        (gzipped(b""), "no WARC record"),
        (warcio_file("1.0")[:-9], "gzip member is cut"),
        (b"WARC/1.0\r\n" * 9, "90 bytes that are no gzip member"),
        (b"\0" * 70_000, "70000 bytes that are no gzip member, zeros"),
        (raw("WARC/1.0\n" + "X: y\n" * 300_000), "Content-Length is "),
    ],
)
def test_what_nobody_can_read_in_them_is_damage(collection: Collection, content: bytes, fault: str) -> None:
    result = adopted(collection, content)

    assert [found.fault for found in result.findings if fault in found.fault]
    assert result.findings[0].file == "archive/asing.warc.gz"
    cdxj.update(collection)


def test_a_digest_that_does_not_fit_was_so_when_the_file_was_adopted(collection: Collection) -> None:
    result = adopted(
        collection,
        raw(RECORD.format("1.0", 5).replace("\nContent-L", "\nWARC-Block-Digest: sha1:X\nContent-L")),
    )

    assert result.findings == []
    assert "block digest does not fit" in [warning.fault for warning in result.warnings]


def test_an_adopted_file_that_has_changed_is_damage(collection: Collection) -> None:
    adopted(collection, warcio_file("1.0"))
    (collection.archive / "asing.warc.gz").write_bytes(warcio_file("1.1"))

    assert "is not the file that was adopted" in str(verify(collection).findings)


def test_a_record_of_a_hundred_million_zeros_costs_little_memory(collection: Collection) -> None:
    content = raw(RECORD.format("1.0", 100 << 20), b"\0" * (100 << 20) + b"\r\n\r\n")
    tracemalloc.start()
    found = adopted(collection, content).findings
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == []
    assert peak < 8 << 20


@pytest.mark.parametrize("name", ["..warc.gz", "a b.warc.gz", "é.warc.gz", "a%0d.warc.gz"])
def test_names_of_other_tools_need_no_care(collection: Collection, name: str) -> None:
    Path(collection.archive / name).write_bytes(warcio_file("1.0"))
    shelf.begin_run(collection)
    cdxj.update(collection)
    found = verify(collection).findings

    assert [finding.fault for finding in found] == ["is not known to the catalogue"]


@pytest.mark.parametrize("told", ["9" * 5000, "٣", "-1", ""])
def test_a_length_that_is_no_number_is_damage_and_ends_nothing(collection: Collection, told: str) -> None:
    result = adopted(collection, raw(RECORD.format("1.0", told)))
    assert [found.fault for found in result.findings if found.file == "archive/asing.warc.gz"] == [
        f"Content-Length is {told[:40]}, the block ends before"
    ]
    assert "Content-Length is" in str(cdxj.update(collection).damage)


@pytest.mark.parametrize("status", ["2" * 5000, "²00", "²"])
def test_a_status_that_is_no_number_is_none(collection: Collection, status: str) -> None:
    head = (
        "WARC/1.0\nWARC-Type: response\nWARC-Record-ID: <urn:uuid:1>\nWARC-Date: 2020-05-04T01:02:03Z\n"
        "WARC-Target-URI: https://pesisir.example/a\nContent-Type: application/http; msgtype=response\n"
    )
    block = f"HTTP/1.1 {status} OK\r\n\r\nbakau".encode()
    content = raw(f"{head}Content-Length: {len(block)}", block + b"\r\n\r\n")
    assert adopted(collection, content).findings == []
    assert read_record(collection.archive / "asing.warc.gz", 0).status is None
