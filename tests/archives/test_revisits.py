"""A payload is stored once: what was seen before, and what a 304 confirms, becomes a revisit record."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from archives.capture import Capture, CaptureRef, Truncation
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.digests import digest
from archives.keeper import Keeper
from archives.warc import IDENTICAL, NOT_MODIFIED
from tests.archives.shelf import ARTICLE, NOW, PAGE, capture, fastwarc_records, open_keeper, warcio_records

LATER = NOW + timedelta(hours=6)
OTHER = f"{ARTICLE}?sumber=arsip"
HEADERS = (
    (b"Content-Type", b"text/html"),
    (b"Content-Encoding", b"gzip"),
    (b"ETag", b'"v1"'),
    (b"Last-Modified", b"Sun, 22 Nov 2026 01:00:00 GMT"),
)


def keep(collection: Collection, *captures: Capture) -> list[CaptureRef]:
    """One after the other, each durable before the next."""
    keeper = open_keeper(collection)
    refs = [keeper.keep(item).result().ref for item in captures]
    assert keeper.close() is None
    return refs


def answer(earlier: CaptureRef) -> Capture:
    """The server's 304 to a request that carried `earlier`'s validators."""
    return capture(status=304, body=b"", headers=((b"ETag", b'"v1"'),), fetched_at=LATER, unchanged=earlier)


def seen_by_warcio(collection: Collection, ref: CaptureRef) -> ArcWarcRecord:
    with (collection.archive / ref.warc_file).open("rb") as stream:
        return next(
            record
            for record in ArchiveIterator(stream)
            if record.rec_headers.get_header("WARC-Record-ID") == f"<{ref.record_id}>"
        )


def field(record: ArcWarcRecord, name: str) -> str:
    return str(record.rec_headers.get_header(name))


def test_the_same_payload_under_any_address_is_stored_once(collection: Collection) -> None:
    first, again, elsewhere = keep(
        collection, capture(), capture(fetched_at=LATER), capture(OTHER, fetched_at=LATER)
    )

    assert first.original is None
    assert again.original == elsewhere.original == first.place
    assert first.payload_digest == again.payload_digest == elsewhere.payload_digest
    record = seen_by_warcio(collection, elsewhere)
    assert (record.rec_type, field(record, "WARC-Profile")) == ("revisit", IDENTICAL)
    assert field(record, "WARC-Refers-To") == f"<{first.record_id}>"
    assert field(record, "WARC-Refers-To-Target-URI") == ARTICLE
    assert field(record, "WARC-Refers-To-Date") == "2026-11-22T01:02:03Z"
    assert field(record, "WARC-Target-URI") == OTHER
    assert record.http_headers.get_header("Content-Encoding") == "gzip"
    assert record.content_stream().read() == b""


def test_a_304_becomes_a_revisit_with_the_status_and_headers_that_it_confirms(collection: Collection) -> None:
    (first,) = keep(collection, capture(headers=HEADERS))
    (confirmed,) = keep(collection, answer(first))

    assert (confirmed.status, confirmed.original) == (200, first.place)
    assert (confirmed.etag, confirmed.last_modified) == ('"v1"', "Sun, 22 Nov 2026 01:00:00 GMT")
    record = seen_by_warcio(collection, confirmed)
    assert (record.rec_type, field(record, "WARC-Profile")) == ("revisit", NOT_MODIFIED)
    assert record.http_headers.get_statuscode() == "200"
    assert record.http_headers.get_header("Content-Type") == "text/html"
    assert field(record, "WARC-Payload-Digest") == first.payload_digest
    assert field(record, "WARC-Date") == "2026-11-22T07:02:03Z"


def test_a_revisit_of_a_revisit_refers_to_the_record_that_has_the_payload(collection: Collection) -> None:
    first, again = keep(collection, capture(headers=HEADERS), capture(OTHER, headers=HEADERS))
    (confirmed,) = keep(collection, answer(again))

    assert confirmed.original == first.place
    assert field(seen_by_warcio(collection, confirmed), "WARC-Refers-To-Target-URI") == ARTICLE


def test_a_304_that_confirms_nothing_readable_is_kept_as_it_came(collection: Collection) -> None:
    (first,) = keep(collection, capture(headers=HEADERS))
    (collection.archive / first.warc_file).unlink()
    (bare,) = keep(collection, answer(first))

    assert (bare.status, bare.original) == (304, None)
    assert seen_by_warcio(collection, bare).rec_type == "response"


def test_a_payload_is_kept_again_where_the_file_that_had_it_is_lost_or_damaged(
    collection: Collection,
) -> None:
    (first,) = keep(collection, capture())
    warc = collection.archive / first.warc_file
    content = bytearray(warc.read_bytes())
    content[first.offset + first.length // 2] ^= 1
    warc.write_bytes(content)
    (second,) = keep(collection, capture(OTHER, fetched_at=LATER))
    warc.unlink()
    (third,) = keep(collection, capture(f"{ARTICLE}?lain", fetched_at=LATER))

    assert second.original is None
    assert third.original is None


def test_a_record_that_only_claims_the_digest_of_a_payload_is_no_original(collection: Collection) -> None:
    (first,) = keep(collection, capture(body=b"<p>palsu</p>", headers=()))
    with sqlite3.connect(collection.catalogue) as database:
        database.execute("UPDATE captures SET payload_digest = ?", (digest(PAGE),))
    (second,) = keep(collection, capture(OTHER, fetched_at=LATER))

    assert (first.original, second.original) == (None, None)


@pytest.mark.parametrize(
    "more",
    [
        {"status": 404},
        {"body": b""},
        {"truncated": Truncation.DISCONNECT},
    ],
)
def test_errors_empty_and_cut_bodies_are_never_revisits(
    collection: Collection, more: dict[str, object]
) -> None:
    both = keep(collection, capture(**more), capture(fetched_at=LATER, **more))  # type: ignore[arg-type]

    assert [ref.original for ref in both] == [None, None]


def test_what_a_cut_body_has_in_common_with_another_is_no_original(collection: Collection) -> None:
    cut, whole = keep(collection, capture(truncated=Truncation.LENGTH), capture(fetched_at=LATER))

    assert (cut.original, whole.original) == (None, None)


def test_captures_that_are_not_durable_yet_are_no_originals(collection: Collection) -> None:
    keeper: Keeper = open_keeper(collection)
    kept = [keeper.keep(capture(fetched_at=LATER)) for _ in range(40)]
    refs = [future.result().ref for future in kept]
    assert keeper.close() is None

    originals = {ref.place for ref in refs if ref.original is None}
    assert originals
    assert {ref.original for ref in refs if ref.original is not None} <= originals


def test_other_tools_read_revisits_and_their_digests(collection: Collection) -> None:
    first, _ = keep(collection, capture(headers=HEADERS), capture(OTHER, headers=HEADERS))
    keep(collection, answer(first))

    kinds = [[kind for kind, _ in warcio_records(path)] for path in collection.warc_files()]
    assert [fastwarc_records(path) for path in collection.warc_files()] == kinds
    assert kinds[-1] == ["warcinfo", "revisit", "request"]


def test_the_catalogue_remembers_what_a_revisit_refers_to(collection: Collection) -> None:
    refs = keep(collection, capture(headers=HEADERS), capture(OTHER, headers=HEADERS))
    catalogue = Catalogue(collection.catalogue, read_only=True)

    assert list(catalogue.every_capture()) == refs
    catalogue.close()
