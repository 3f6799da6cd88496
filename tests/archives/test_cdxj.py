"""The CDXJ index: equal to what cdxj-indexer's own command writes, never silently short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import cdxj
from archives.cdxj_line import parse
from archives.collection import Collection
from archives.members import Gap, find_member, walk
from tests.archives import shelf
from tests.archives.shelf import capture, gzipped, inflated_members
from tests.support import warcs

PAGES = [
    capture(),
    capture(url="http://pesisir.example:8080/Cari?b=2&a=1&b=3#hasil", body=b"plain", headers=()),
    capture(url="https://www.pesisir.example/%C3%A9t%c3%a9/é", headers=((b"Content-Type", b"text/html;x"),)),
    capture(url="https://pesisir.example/pindah", status=301, body=b"", headers=((b"Location", b"/"),)),
    capture(url="https://pesisir.example/", via="https://pesisir.example/pindah", target="/"),
    capture(url="https://pesisir.example/robots.txt", headers=((b"Content-Type", b"text/plain"),)),
]


def reference(*files: Path) -> bytes:
    """What cdxj-indexer writes; a process of its own, because it leaves temporary files open."""
    out = files[0].parent.parent / "reference.cdxj"
    command = [sys.executable, "-m", "cdxj_indexer.main", "-s", "-o", str(out), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True)
    return out.read_bytes()


def test_the_index_is_the_one_that_cdxj_indexer_writes(collection: Collection) -> None:
    shelf.write(collection, *PAGES, max_bytes=1500)
    result = cdxj.update(collection)

    assert len(collection.warc_files()) > 2
    assert (result.lines, result.anew, result.damage) == (len(PAGES), True, [])
    assert collection.index.read_bytes() == reference(*collection.warc_files())


DIGEST = {"WARC_Payload_Digest": ""}
FOREIGN = [
    warcs.record("warcinfo", {"Content-Type": "application/warc-fields"}, b"software: x\r\n"),
    warcs.record("request", {"WARC-Target-URI": "http://a.example/"}, b"GET / HTTP/1.1\r\n\r\n"),
    warcs.response("https://www.a.example:443/B/?z=1&y", b"bakau"),
    warcs.response("<http://a.example/c d>", b"bakau", "Content-Type:text/html ;x", **DIGEST),
    warcs.response("http://a.example/1", b"x", "CONTENT-TYPE: ;", "Content-type: b", line="HTTP/1.1 404"),
    warcs.response("http://a.example/2", b"x", "X: \xe9", "Content-Type: text/\r\n plain", line="HTTP/1.1"),
    warcs.response("http://a.example/3", b"", line="\r\n"),
    warcs.record("response", {"WARC-Target-URI": "http://a.example/4"}, b""),
    warcs.record("response", {"WARC-Target-URI": "http://a.example/5"}, b"HTTP/1.1 204 No\r\nA: b"),
    warcs.record("response", {"WARC-Target-URI": "dns:a.example", "Content-Type": "text/dns"}, b"1.2.3.4"),
    warcs.response("http://a.example/" + "x" * 200_000, b"y" * 200_000, "A: " + "é" * 70_000, **DIGEST),
    warcs.revisit("http://a.example/6", date=warcs.DATE),
    warcs.revisit("http://a.example/7", date=warcs.DATE, block=b"HTTP/1.1 304 Not\r\n\r\n"),
    warcs.record("resource", {"WARC-Target-URI": "urn:x:Y/", "Content-Type": "application/json"}, b"{}"),
    warcs.record("resource", {"WARC-Target-URI": "file:///a/b", "Content-Type": ""}, b"{}"),
    warcs.record("metadata", {"WARC-Target-URI": "http://a:x/é", "Content-Type": "text/x;a=b"}, b"{}"),
    warcs.record("metadata", {"Content-Type": "application/warc-fields"}, b"via: x\r\n"),
    warcs.record("conversion", {"WARC-Target-URI": "http://a.example/"}, b"x"),
    warcs.record(
        "resource", {"WARC-Target-URI": "http://a.example/8", "WARC-Date": "2022-07-21T01:02:03.45Z"}, b""
    ),
]


@pytest.mark.parametrize("packing", ["members", "plain"])
def test_the_lines_of_foreign_files_are_those_of_cdxj_indexer(
    collection: Collection, tmp_path: Path, packing: str
) -> None:
    path = warcs.WarcFile(FOREIGN).save(collection.archive / "asing.warc.gz", packing)
    result = cdxj.update(collection)

    assert result.damage == []
    assert result.lines == len(FOREIGN) - len(("warcinfo", "request", "fields", "conversion"))
    assert collection.index.read_bytes() == reference(path)


def test_behind_what_is_cut_in_a_plain_file_nothing_is_looked_for(collection: Collection) -> None:
    path = warcs.WarcFile(FOREIGN).save(collection.archive / "asing.warc.gz", "plain")
    place = sum(map(len, FOREIGN[:-1]))
    path.write_bytes(path.read_bytes()[: place + 20])
    result = cdxj.update(collection)

    assert result.lines == len(FOREIGN) - 5
    assert [(gap.offset, gap.end) for _, gap in result.damage] == [(place, place + 20)]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (FOREIGN[2].replace(b"WARC/1.0", b"WARC/9.0"), "no WARC record"),
        (FOREIGN[2].replace(b"Content-Length: ", b"Content-Length: -"), "Content-Length is -"),
        (FOREIGN[2].replace(b"Content-Length", b"Content-Breadth"), "Content-Length is missing"),
        (FOREIGN[2].replace(warcs.DATE.encode(), b"yesterday"), "no record that can be indexed"),
        (FOREIGN[2].replace(b"WARC-Date", b"WARC-Data"), "no record that can be indexed"),
        (b"WARC/1.0\r\nA: b\r\n", "its head is cut"),
        (b"WARC/1.0\r\n" + b"A: b\r\n" * 300_000, "its head has no end"),
        (b"", "no WARC record"),
    ],
)
def test_a_record_that_has_no_line_is_told_and_the_next_one_read(
    collection: Collection, wrong: bytes, fault: str
) -> None:
    warcs.WarcFile([wrong, FOREIGN[3]]).save(collection.archive / "asing.warc.gz")
    result = cdxj.update(collection)

    assert result.lines == 1
    assert [fault in gap.fault for _, gap in result.damage] == [True]


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
        parse(text)


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
