"""Notices: any length, and any reader takes them."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastWarcIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archives.notices import NoRoomError, Notice
from archives.reader import record_in
from archives.verify.scan import Range, scan
from archives.warc_fields import warc_field

NOTICE = Notice(
    record_id="urn:uuid:00000000-0000-4000-8000-000000000001",
    type="response",
    at="2026-11-22T01:02:03Z",
    reason="asked by the person named, letter of 20 November",
    info_id="urn:uuid:00000000-0000-4000-8000-000000000009",
)
LEAST = 400
"""Bytes that a notice of ours always fits in; the shortest records of a crawl have some 440."""


@given(st.integers(LEAST, 3000))
def test_a_notice_fills_any_length_to_the_byte(length: int) -> None:
    member = NOTICE.member(length)
    assert len(member) == length
    engine = zlib.decompressobj(31)
    assert engine.decompress(member).startswith(b"WARC/1.1\r\n")
    assert engine.eof
    assert not engine.unused_data


@pytest.mark.parametrize("length", [65_530, 65_535, 65_900, 66_000, 131_500, 1_000_000, 10_000_001])
def test_a_notice_fills_the_place_of_a_long_record(length: int) -> None:
    assert len(NOTICE.member(length)) == length


@given(st.integers(65_000, 67_000) | st.integers(130_000, 133_000))
def test_a_notice_fills_lengths_about_the_size_of_a_block(length: int) -> None:
    assert len(NOTICE.member(length)) == length


def test_a_notice_says_what_was_there_when_it_went_and_why() -> None:
    record = record_in(NOTICE.member(1200))
    assert (record.type, record.record_id, record.url) == ("metadata", NOTICE.notice_id, "")
    assert warc_field(record.body, "removed") == NOTICE.at
    assert warc_field(record.body, "removed-record") == f"<{NOTICE.record_id}>"
    assert warc_field(record.body, "reason") == NOTICE.reason


def test_a_short_notice_leaves_out_the_reason_first() -> None:
    record = record_in(NOTICE.member(LEAST))
    assert warc_field(record.body, "reason") is None
    assert record.record_id == NOTICE.notice_id


@given(st.integers(220, LEAST))
def test_records_of_other_tools_can_be_shorter(length: int) -> None:
    assert record_in(NOTICE.member(length)).record_id == NOTICE.notice_id


def test_a_record_with_less_room_than_a_notice_is_refused() -> None:
    with pytest.raises(NoRoomError):
        NOTICE.member(120)


@pytest.mark.parametrize("length", [LEAST, 700, 70_000])
def test_our_check_warcio_and_fastwarc_take_a_notice(tmp_path: Path, length: int) -> None:
    member = NOTICE.member(length)
    path = tmp_path / "notice.warc.gz"
    path.write_bytes(member)
    seen = scan(Range(path=path, start=0, stop=length, strict=True, exact=True))
    assert (seen.faults, seen.gaps, len(seen.records)) == ([], [], 1)
    records = ArchiveIterator(io.BytesIO(member), check_digests="raise")
    assert [(record.rec_type, len(record.raw_stream.read()) > 0) for record in records] == [
        ("metadata", True)
    ]
    fast = FastWarcIterator(io.BytesIO(member), verify_digests=True)
    assert [record.record_id for record in fast] == [f"<{NOTICE.notice_id}>"]
