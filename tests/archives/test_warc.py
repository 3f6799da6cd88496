"""WARC files: bytes as promised, readable by other people's tools, torn by nothing."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.capture import Capture, Truncation
from archives.collection import Collection
from archives.digests import digest
from archives.errors import WriteError
from archives.members import GZIP_HEADER
from archives.reader import answers, iterate
from archives.warc import WarcWriter
from tests.archives import shelf
from tests.archives.shelf import capture, fastwarc_records, inflated_members, warcio_records, write

GOLDEN_RESPONSE = (
    b"WARC/1.1\r\n"
    b"WARC-Type: response\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000002>\r\n"
    b"WARC-Date: 2026-11-22T01:02:03Z\r\n"
    b"WARC-Target-URI: https://pesisir.example/cari?q=bakau&page=2\r\n"
    b"WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    b"WARC-Protocol: http/1.1\r\n"
    b"WARC-IP-Address: 192.0.2.7\r\n"
    b"WARC-Payload-Digest: sha256:TGOD5BZSH6B37T727HRUC4KPLPY3YU62MV6XTMC7IXLVGNMCZ7WQ====\r\n"
    b"WARC-Block-Digest: sha256:E5RTUBJ6BUH6QPW2U727TNKCEEG54BTWANUHF7PMBNQ72KFIBMOQ====\r\n"
    b"WARC-Identified-Payload-Type: text/html\r\n"
    b"Content-Type: application/http; msgtype=response\r\n"
    b"Content-Length: 90\r\n"
    b"\r\n"
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: text/html\r\n"
    b"Set-Cookie: a=1\r\n"
    b"Set-Cookie: b=2\r\n"
    b"\r\n"
    b"<p>bakau</p>"
    b"\r\n\r\n"
)

GOLDEN_REQUEST_BLOCK = (
    b"GET /cari?q=bakau&page=2 HTTP/1.1\r\nHost: pesisir.example\r\nAccept-Encoding: gzip\r\n\r\n\r\n\r\n"
)


def search_page() -> Capture:
    return capture(
        "https://pesisir.example/cari?q=bakau&page=2",
        target="/cari?q=bakau&page=2",
        body=b"<p>bakau</p>",
        headers=((b"Content-Type", b"text/html"), (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2")),
        request_headers=((b"Host", b"pesisir.example"), (b"Accept-Encoding", b"gzip")),
    )


def records_of(collection: Collection) -> list[bytes]:
    return list(inflated_members(collection.warc_files()[0].read_bytes()))


def test_a_response_record_is_written_byte_for_byte_as_pinned(collection: Collection) -> None:
    write(collection, search_page())

    assert records_of(collection)[1] == GOLDEN_RESPONSE


def test_the_request_keeps_its_whole_target_and_points_to_the_response(collection: Collection) -> None:
    write(collection, search_page())
    request = records_of(collection)[2]

    assert request.endswith(b"\r\n\r\n" + GOLDEN_REQUEST_BLOCK)
    assert b"WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-000000000002>\r\n" in request


def test_each_record_is_one_gzip_member_with_the_same_header(collection: Collection) -> None:
    write(collection, search_page(), capture())
    content = collection.warc_files()[0].read_bytes()
    starts = [record.split(b"\r\n", 2)[:2] for record in inflated_members(content)]

    assert starts == [
        [b"WARC/1.1", b"WARC-Type: " + kind]
        for kind in (b"warcinfo", b"response", b"request", b"response", b"request")
    ]
    assert content.count(GZIP_HEADER) == len(starts)


def test_the_warcinfo_record_names_file_software_and_collection(collection: Collection) -> None:
    write(collection, capture())
    info, *others = records_of(collection)

    assert f"WARC-Filename: {collection.warc_files()[0].name}\r\n".encode() in info
    assert b"software: Kliping/0\r\n" in info
    assert b"isPartOf: warta\r\n" in info
    pointer = b"WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    assert all(pointer in record for record in others)


def test_warcio_and_fastwarc_read_every_record_and_their_digest_checks_pass(collection: Collection) -> None:
    write(
        collection, search_page(), capture(via="https://pesisir.example/lama"), capture(body=b"", status=404)
    )
    path = collection.warc_files()[0]
    kinds = [kind for kind, _ in warcio_records(path)]

    assert kinds == [
        "warcinfo",
        "response",
        "request",
        "response",
        "request",
        "metadata",
        "response",
        "request",
    ]
    assert fastwarc_records(path) == kinds
    assert b"Warga Pesisir" in warcio_records(path)[3][1]


def test_the_body_is_kept_as_it_came_when_it_is_compressed(collection: Collection) -> None:
    write(collection, capture(body=shelf.PAGE))

    assert records_of(collection)[1].endswith(b"\r\n\r\n" + shelf.PAGE + b"\r\n\r\n")


def test_header_bytes_outside_ascii_stay_the_bytes_they_were(collection: Collection) -> None:
    write(collection, capture(headers=((b"X-Kota", b"Pal\xe9mbang"), (b"X-Kota", "Palémbang".encode()))))

    assert b"X-Kota: Pal\xe9mbang\r\nX-Kota: Pal\xc3\xa9mbang\r\n" in records_of(collection)[1]
    stored = list(iterate(collection.warc_files()[0]))[1]
    assert stored.http_headers == ((b"X-Kota", b"Pal\xe9mbang"), (b"X-Kota", "Palémbang".encode()))


@pytest.mark.parametrize("reason", Truncation)
def test_a_cut_body_is_marked_with_the_reason(collection: Collection, reason: Truncation) -> None:
    (ref,) = write(collection, capture(truncated=reason))

    assert f"WARC-Truncated: {reason}\r\n".encode() in records_of(collection)[1]
    assert ref.truncated is reason


def test_an_exchange_through_a_proxy_has_no_address_when_none_is_known(collection: Collection) -> None:
    write(collection, capture(ip_address=None))

    assert b"WARC-IP-Address" not in records_of(collection)[1]


def test_the_start_of_redirects_stands_in_a_metadata_record(collection: Collection) -> None:
    (ref,) = write(collection, capture(via="https://pesisir.example/?p=1"))
    metadata = records_of(collection)[3]

    assert metadata.endswith(b"\r\n\r\nvia: https://pesisir.example/?p=1\r\n\r\n\r\n")
    assert f"WARC-Concurrent-To: <{ref.record_id}>\r\n".encode() in metadata


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://pesisir.example/warga menanam", "https://pesisir.example/warga%20menanam"),
        ("https://pesisir.example/kafé?q=é", "https://pesisir.example/kaf%C3%A9?q=%C3%A9"),
        ("https://pesisir.example/a|b?c=<d>", "https://pesisir.example/a%7Cb?c=%3Cd%3E"),
        ("https://pesisir.example/100%25?a=[1]", "https://pesisir.example/100%25?a=[1]"),
        ("https://pesisir.example/\ud800", "https://pesisir.example/%ED%A0%80"),
    ],
)
def test_the_reference_names_the_address_as_the_record_does(
    collection: Collection, url: str, written: str
) -> None:
    refs = write(collection, capture(url, via=url))

    assert f"WARC-Target-URI: {written}\r\n".encode() in records_of(collection)[1]
    assert [answer.ref for answer in answers(collection.warc_files()[0])] == refs
    assert (refs[0].url, refs[0].via) == (written, written)


def test_what_http2_spoke_is_written_in_the_syntax_of_http1(collection: Collection) -> None:
    write(collection, capture(protocol="h2"))

    assert b"WARC-Protocol: h2\r\n" in records_of(collection)[1]
    assert b"\r\n\r\nHTTP/1.1 200 OK\r\n" in records_of(collection)[1]


def test_dates_are_utc_whatever_the_zone_of_the_clock(collection: Collection) -> None:
    wib = timezone(timedelta(hours=7))
    (ref,) = write(collection, capture(fetched_at=shelf.NOW.astimezone(wib) + timedelta(microseconds=9)))

    assert b"WARC-Date: 2026-11-22T01:02:03Z\r\n" in records_of(collection)[1]
    assert ref.fetched_at == shelf.NOW


def test_a_naive_date_is_refused_before_anything_is_written(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings())
    with pytest.raises(ValueError, match="naive"):
        writer.append(capture(fetched_at=datetime(2026, 11, 22)))  # noqa: DTZ001
    writer.append(capture())
    writer.close()

    assert len(records_of(collection)) == 3


NASTY_TEXT = st.text(st.sampled_from("\r\n\0\t \x7f\x85\u2028:aé/?\ud800"), max_size=12)
NASTY_BYTES = st.binary(max_size=12) | st.lists(
    st.sampled_from([b"\r\n", b"\r\n\r\n", b"WARC/1.1", b"\n", b"\0", b":", b" ", b"a"]), max_size=5
).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(
    url=NASTY_TEXT,
    target=NASTY_TEXT,
    protocol=NASTY_TEXT,
    via=NASTY_TEXT,
    headers=st.lists(st.tuples(NASTY_BYTES, NASTY_BYTES), max_size=4),
    body=NASTY_BYTES,
)
def test_no_control_character_anywhere_splits_a_record_or_a_head(
    url: str, target: str, protocol: str, via: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        collection = shelf.make_collection(Path(folder) / "warta")
        pairs = tuple(headers)
        item = capture(
            f"https://pesisir.example/{url}", target=f"/{target}", protocol=protocol, via=f"https://a.example/{via}",
            headers=pairs, request_headers=pairs, body=body, method="GET\r\nX: y", ip_address="::1\r\nX: y",
        )  # fmt: skip
        refs = write(collection, item)
        path = collection.warc_files()[0]
        records = list(iterate(path))

        assert fastwarc_records(path) == ["warcinfo", "response", "request", "metadata"]
        assert [kind for kind, _ in warcio_records(path)] == ["warcinfo", "response", "request", "metadata"]
        assert records[1].body == body
        assert [answer.ref for answer in answers(path)] == refs
        for record in inflated_members(path.read_bytes()):
            head = record.partition(b"\r\n\r\n")[0]
            assert re.search(rb"(?m)^X: ", head) is None


# --- files ------------------------------------------------------------------------------------------


def test_a_reference_points_exactly_at_its_gzip_member(collection: Collection) -> None:
    refs = write(collection, *(capture(f"{shelf.ARTICLE}-{number}") for number in range(4)))
    content = collection.warc_files()[0].read_bytes()

    for ref in refs:
        (record,) = inflated_members(content[ref.offset : ref.offset + ref.length])
        assert f"WARC-Record-ID: <{ref.record_id}>\r\n".encode() in record
        assert f"WARC-Payload-Digest: {ref.payload_digest}\r\n".encode() in record
    assert refs[0].payload_digest == digest(shelf.PAGE)


def test_files_roll_over_by_size_and_all_but_the_last_are_closed(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings(max_bytes=2000))
    for number in range(6):
        writer.append(capture(f"{shelf.ARTICLE}-{number}"))
        writer.commit()
    closed, opened = collection.warc_files(), collection.open_warc_files()

    assert len(closed) > 1
    assert len(opened) == 1
    serials = [re.findall(r"-(\d{5})-", path.name)[0] for path in (*closed, *opened)]
    assert serials == [f"{number:05d}" for number in range(1, len(serials) + 1)]
    writer.close()
    assert collection.open_warc_files() == []


def test_what_was_committed_is_told_for_every_file_that_was_touched(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings(max_bytes=1))
    writer.append(capture())
    first = writer.commit()
    writer.append(capture())
    second = writer.commit()

    assert [item.closed for item in first] == [False]
    assert (second[0].name, second[0].closed) == (first[0].name, True)
    assert [item.length for item in (second[0], *writer.close())] == [
        path.stat().st_size for path in collection.warc_files()
    ]


def test_a_file_is_never_closed_with_bytes_that_were_not_committed(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings(max_bytes=1))
    for _ in range(3):
        writer.append(capture())

    assert collection.warc_files() == []
    writer.commit()
    assert collection.warc_files() == []
    writer.close()
    assert len(collection.warc_files()) == 1


def test_a_later_run_begins_a_new_file_and_leaves_the_old_ones_alone(collection: Collection) -> None:
    write(collection, capture())
    old = {path: path.read_bytes() for path in collection.warc_files()}
    write(collection, capture(), capture())

    assert len(collection.warc_files()) == 2
    assert {path: path.read_bytes() for path in old} == old


def test_nothing_is_in_the_folder_before_the_first_capture(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings())

    assert writer.commit() == ()
    assert writer.close() == ()
    assert list(collection.archive.iterdir()) == []


def test_a_hostile_name_in_the_manifest_stays_inside_the_archive(collection: Collection) -> None:
    text = collection.manifest.read_text().replace('"warta"', '"../../warta lama"')
    collection.manifest.write_text(text)
    write(collection, capture())

    (path,) = collection.archive.iterdir()
    assert path.name.startswith("warta-lama-20261122T010203Z-00001-")


# --- a disk that refuses ----------------------------------------------------------------------------

FILL_UP = """
import resource, signal, sys
from pathlib import Path
from archives.collection import Collection
from archives.errors import WriteError
from archives.warc import WarcWriter
from tests.archives import shelf

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
writer = WarcWriter(Collection(Path(sys.argv[1])), shelf.settings())
committed = 0
try:
    for number in range(1000):
        writer.append(shelf.capture(body=bytes(range(256)) * 16 + str(number).encode(), headers=()))
        if number % 3 == 2:
            committed = writer.commit()[-1].length
except WriteError as error:
    print(committed)
    print(error)
try:
    writer.append(shelf.capture())
except WriteError as error:
    print("again:", error)
"""


def test_a_full_disk_leaves_a_file_of_whole_records_and_says_so(collection: Collection) -> None:
    out, err = shelf.run_python(FILL_UP, collection.root).communicate(timeout=300)
    committed, told, again = out.splitlines()
    (path,) = collection.open_warc_files()

    assert err == ""
    assert path.stat().st_size == int(committed) > 0
    assert "cannot be written" in told
    assert "free space" in told
    assert again == f"again: {told}"
    assert fastwarc_records(path) == [kind for kind, _ in warcio_records(path)]
    assert len(list(iterate(path))) % 6 == 1


def test_an_archive_folder_that_vanished_is_a_write_error(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings())
    collection.archive.rmdir()

    with pytest.raises(WriteError, match="cannot be written"):
        writer.append(capture())


def test_a_file_that_cannot_be_renamed_is_a_write_error(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings())
    ref = writer.append(capture())
    (collection.archive / ref.warc_file).mkdir()

    with pytest.raises(WriteError, match="cannot be written"):
        writer.close()
    assert collection.open_warc_files()[0].stat().st_size > ref.offset + ref.length


def test_the_writer_can_be_abandoned_without_losing_what_was_committed(collection: Collection) -> None:
    writer = WarcWriter(collection, shelf.settings())
    writer.append(capture())
    (state,) = writer.commit()
    writer.append(replace(capture(), body=b"x" * 100_000))
    writer.abandon()

    assert collection.open_warc_files()[0].stat().st_size == state.length
