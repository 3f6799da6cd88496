"""Gzip members: each one begins where the last one ended, whatever the sizes of the pieces that are read."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.members import Member, members
from tests.archives.shelf import gzipped


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 70_000), max_size=5),
    st.sampled_from([1, 7, 4096, 16_384, 1 << 20]),
    st.booleans(),
)
def test_members_follow_each_other_without_a_gap(sizes: list[int], step: int, packs_well: bool) -> None:
    contents = [b"a" * size if packs_well else random.Random(size).randbytes(size) for size in sizes]
    packed = [gzipped(content) for content in contents]
    found = [
        (member, b"".join(member.read(step) for _ in range(3)))  # `members` drains the rest, counted once
        for member in members(io.BytesIO(b"".join(packed)))
    ]

    assert [member.length for member, _ in found] == [len(item) for item in packed]
    assert [member.offset for member, _ in found] == [
        sum(len(item) for item in packed[:index]) for index in range(len(packed))
    ]
    assert all(content.startswith(start) for content, (_, start) in zip(contents, found, strict=True))


def test_a_member_is_never_given_out_in_larger_pieces_than_asked_for() -> None:
    member = Member(io.BytesIO(gzipped(b"\0" * (1 << 20))), 0)

    assert len(member.read(100)) <= 100
    member.drain()
    assert member.read() == b""


@pytest.mark.parametrize("lost", [1, 8, 9, 500])
def test_a_cut_member_is_an_error_and_no_end(lost: int) -> None:
    content = gzipped(random.Random(1).randbytes(2000))

    with pytest.raises(EOFError, match="cut"):
        Member(io.BytesIO(content[:-lost]), 0).drain()


def test_a_checksum_that_does_not_fit_is_an_error() -> None:
    content = gzipped(b"bakau")

    with pytest.raises(zlib.error):
        Member(io.BytesIO(content[:-8] + b"\0" * 8), 0).drain()
