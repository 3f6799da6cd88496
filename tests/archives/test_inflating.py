"""Inflating in one step: the same with isal and with zlib, and only what is whole."""

from __future__ import annotations

import gzip
import random
import zlib
from types import ModuleType

import pytest

from archives import inflating
from archives.bodies import decode_body
from archives.inflating import inflated

GZIP = ((b"Content-Encoding", b"gzip"),)
PAGE = b"<html>" + bytes(random.Random(1).choices(b"abcdefgh <>", k=40_000)) + b"</html>"
STREAM = gzip.compress(PAGE, mtime=0)
LIMIT = len(PAGE)

modules = pytest.mark.parametrize("module", [inflating.FASTEST, zlib], ids=["fastest", "zlib"])


@modules
@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_a_whole_stream_is_inflated(module: ModuleType, level: int) -> None:
    assert inflated(gzip.compress(PAGE, level, mtime=0), LIMIT, module) == PAGE
    assert inflated(gzip.compress(b"", level, mtime=0), LIMIT, module) == b""


ODD = {
    "cut": STREAM[:-1],
    "cut in its checksum": STREAM[:-6],
    "cut in its header": STREAM[:9],
    "empty": b"",
    "another checksum": STREAM[:-8] + b"\0\0\0\0" + STREAM[-4:],
    "another length": STREAM[:-4] + b"\0\0\0\0",
    "followed by more": STREAM + b"\n",
    "two members": STREAM + STREAM,
    "with a name": b"\x1f\x8b\x08\x08" + STREAM[4:10] + b"page.html\0" + STREAM[10:],
    "with flags that nobody knows": b"\x1f\x8b\x08\xe0" + STREAM[4:],
    "no deflate": b"\x1f\x8b\x07\0" + STREAM[4:],
    "zlib's header": zlib.compress(PAGE),
    "plain": PAGE,
}


@modules
@pytest.mark.parametrize("odd", ODD)
def test_any_other_stream_is_left_to_the_careful_way(module: ModuleType, odd: str) -> None:
    assert inflated(ODD[odd], LIMIT, module) is None


@modules
def test_a_stream_that_holds_more_than_the_limit_is_left_as_well(module: ModuleType) -> None:
    assert inflated(STREAM, LIMIT - 1, module) is None
    bomb = gzip.compress(bytes(100_000_000), mtime=0)
    assert inflated(bomb, 1_000_000, module) is None


@modules
def test_a_stream_with_a_flipped_bit_gives_its_content_or_nothing(module: ModuleType) -> None:
    dice = random.Random(2)
    for _ in range(300):
        flipped = bytearray(STREAM)
        flipped[dice.randrange(len(STREAM))] ^= 1 << dice.randrange(8)
        assert inflated(bytes(flipped), LIMIT, module) in {None, PAGE}


@pytest.mark.parametrize("odd", ["whole", *ODD])
def test_a_body_is_decoded_alike_with_either_module(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = STREAM if odd == "whole" else ODD[odd]
    answers = []
    for module in (inflating.FASTEST, zlib):
        monkeypatch.setattr(inflating, "FASTEST", module)
        answers.append([decode_body(GZIP, body, limit) for limit in (LIMIT - 1, LIMIT, LIMIT + 1)])
    assert answers[0] == answers[1]
    kept = {"whole", "cut", "cut in its checksum", "another checksum", "another length", "followed by more"}
    assert (answers[0][1].content == PAGE) == (odd in {*kept, "two members", "with a name", "plain"})
