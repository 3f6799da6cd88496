"""The CDXJ index: equal to what cdxj-indexer's own command writes, never silently short."""

from __future__ import annotations

from pathlib import Path

import pytest
from cdxj_indexer.main import main as cdxj_indexer
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import cdxj
from archives.collection import Collection
from archives.members import Gap, find_member, walk
from tests.archives import shelf
from tests.archives.shelf import capture, gzipped, inflated_members

PAGES = [
    capture(),
    capture(url="http://pesisir.example:8080/Cari?b=2&a=1&b=3#hasil", body=b"plain", headers=()),
    capture(url="https://www.pesisir.example/%C3%A9t%c3%a9/é", headers=((b"Content-Type", b"text/html;x"),)),
    capture(url="https://pesisir.example/pindah", status=301, body=b"", headers=((b"Location", b"/"),)),
    capture(url="https://pesisir.example/", via="https://pesisir.example/pindah", target="/"),
    capture(url="https://pesisir.example/robots.txt", headers=((b"Content-Type", b"text/plain"),)),
]


def reference(*files: Path) -> bytes:
    """What the command line of cdxj-indexer writes."""
    out = files[0].parent.parent / "reference.cdxj"
    cdxj_indexer(["-s", "-o", str(out), *map(str, files)])
    return out.read_bytes()


def test_the_index_is_the_one_that_cdxj_indexer_writes(collection: Collection) -> None:
    shelf.write(collection, *PAGES, max_bytes=1500)
    result = cdxj.update(collection)

    assert len(collection.warc_files()) > 2
    assert (result.lines, result.anew, result.damage) == (len(PAGES), True, [])
    assert collection.index.read_bytes() == reference(*collection.warc_files())


def test_an_index_grown_run_by_run_is_the_one_made_at_once(collection: Collection) -> None:
    for page in PAGES:
        shelf.write(collection, page)
        assert cdxj.update(collection).files == 1
    grown = collection.index.read_bytes()
    again = cdxj.update(collection)

    assert (again.files, again.lines, again.anew) == (0, len(PAGES), False)
    assert grown == reference(*collection.warc_files())
    assert cdxj.update(collection, rebuild=True).files == len(PAGES)
    assert collection.index.read_bytes() == grown


def test_an_empty_collection_has_an_empty_index(collection: Collection) -> None:
    assert cdxj.update(collection).lines == 0
    assert collection.index.read_bytes() == b""


@pytest.mark.parametrize(
    "spoil", [lambda lines: lines[::-1], lambda lines: [b"x\n"], lambda lines: [b"\xff"]]
)
def test_an_index_that_cannot_be_built_upon_is_made_anew(collection: Collection, spoil: object) -> None:
    shelf.write(collection, *PAGES)
    cdxj.update(collection)
    whole = collection.index.read_bytes()
    collection.index.write_bytes(b"".join(spoil(whole.splitlines(keepends=True))))  # type: ignore[operator]

    assert cdxj.update(collection).anew
    assert collection.index.read_bytes() == whole


def test_nothing_is_left_beside_the_index(collection: Collection) -> None:
    shelf.write(collection, *PAGES)
    cdxj.update(collection)

    assert [path.name for path in collection.indexes.iterdir()] == ["index.cdxj"]


def test_what_lies_behind_a_damaged_record_is_indexed_and_the_damage_told(collection: Collection) -> None:
    refs = shelf.write(collection, *PAGES)
    cdxj.update(collection)
    whole = collection.index.read_bytes().splitlines()
    path = collection.warc_files()[0]
    content = bytearray(path.read_bytes())
    content[refs[2].offset + 60] ^= 4
    path.write_bytes(content)
    result = cdxj.update(collection, rebuild=True)

    lost = f'"offset": "{refs[2].offset}"'.encode()
    assert collection.index.read_bytes().splitlines() == [line for line in whole if lost not in line]
    assert [(name, gap.offset) for name, gap in result.damage] == [(path.name, refs[2].offset)]
    assert "damaged" in result.damage[0][1].fault


def test_a_file_whose_records_share_one_member_is_told_and_not_half_indexed(collection: Collection) -> None:
    shelf.write(collection, *PAGES)
    path = collection.warc_files()[0]
    path.write_bytes(gzipped(b"".join(inflated_members(path.read_bytes()))))
    result = cdxj.update(collection)

    assert result.lines == 0
    assert [gap.offset for _, gap in result.damage] == [0]
    assert "several records in one gzip member" in result.damage[0][1].fault


@pytest.mark.parametrize("text", ["", "a b", "a b c\n", "a b [1]\n"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whichever kind
        cdxj.parse(text)


# --- going on behind damage -------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 5000), bit=st.integers(0, 7), lost=st.integers(0, 40))
def test_walking_on_behind_damage_loses_one_member_and_tells_where(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int, lost: int
) -> None:
    packed = [
        gzipped(b"WARC/1.1\r\n" + bytes([65 + number]) * 900 + bytes(range(256))) for number in range(12)
    ]
    ends = [sum(map(len, packed[: number + 1])) for number in range(12)]
    content = bytearray(b"".join(packed))
    place %= len(content)
    content[place] ^= 1 << bit
    del content[place + 1 : place + 1 + lost]
    path = tmp_path_factory.mktemp("walk") / "a.warc.gz"
    path.write_bytes(content)
    gaps: list[Gap] = []
    with path.open("rb") as source:
        seen = [member.offset for member in walk(source, gaps.append)]

    hit = sum(end <= place for end in ends)
    assert len(gaps) <= 1
    if gaps:
        (gap,) = gaps
        assert gap.offset <= place < gap.end + lost
        assert len(content) - gap.end in [ends[-1] - end for end in ends[hit:]]
    else:
        assert lost == 0
        assert seen == [0, *ends[:-1]]


def test_a_gzip_body_inside_a_record_is_not_taken_for_a_record(tmp_path: Path) -> None:
    inner = gzipped(b"<html>" + bytes(range(256)) * 9)
    first, second = gzipped(b"WARC/1.1\r\n" + inner), gzipped(b"WARC/1.1\r\n")
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"\0" + first[1:] + inner + second)
    with path.open("rb") as source:
        assert find_member(source, 0, path.stat().st_size) == len(first) + len(inner)
