"""Lines told while a run writes: the same bytes as those read from its files, or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import cdxj
from archives.capture import Capture, Memento
from archives.cdxj_lines import index
from archives.collection import Collection
from archives.fresh_lines import FreshLines
from archives.warc import WarcWriter
from tests.archives import shelf
from tests.archives.shelf import NOW, capture

URN = "urn:kliping:article:https://pesisir.example/berita/å"


OPEN: list[FreshLines] = []


@pytest.fixture(autouse=True)
def close_lines() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def fresh_lines_in(folder: Path) -> FreshLines:
    lines = FreshLines(folder)
    OPEN.append(lines)
    return lines


def written(collection: Collection, *captures: Capture | Memento, max_bytes: int = 1 << 30) -> FreshLines:
    lines = fresh_lines_in(collection.root)
    writer = WarcWriter(collection, shelf.settings(max_bytes), lines)
    for item in captures:
        if isinstance(item, Memento):
            writer.append_memento(item, capture(url="https://archive.example/1"))
        else:
            writer.append(item)
        writer.append_metadata(URN, b'{"a": 1}\n', content_type="application/ld+json")
        writer.commit()
    writer.close()
    return lines


def read(path: Path) -> list[str]:
    found: list[str] = []

    class Sink:
        def write(self, line: str) -> None:
            found.append(line)

    index(path, Sink(), lambda gap: pytest.fail(gap.fault))
    return found


def memento(**more: object) -> Memento:
    usual: dict[str, object] = {
        "url": "https://pesisir.example/lama",
        "captured_at": NOW - timedelta(3000),
        "status": 200,
        "status_line": b"HTTP/1.1 200 Baik",
        "headers": ((b"Content-Type", b"text/html; charset=x"),),
        "body": b"<html>",
        "source": "https://archive.example/1",
        "notes": (),
    }
    return Memento(**usual | more)  # type: ignore[arg-type]


PLAIN: list[Capture | Memento] = [
    capture(),
    capture(url="https://pesisir.example/b?x=1&a", status=404, headers=()),
    capture(url="https://www.pesisir.example/é", headers=((b"CONTENT-TYPE", b"text/html;x"),)),
    capture(url="https://pesisir.example/a", headers=((b"X", b"\xe9"), (b"Content\0Type", b"a/b"))),
    capture(url="https://pesisir.example/via", via="https://pesisir.example/", status=299),
    memento(),
    memento(status_line=None, url="https://pesisir.example/lama2"),
]
ODD: list[Capture | Memento] = [
    capture(headers=((b"Content-Type", b""),)),
    capture(headers=((b"Content-Type", b"text/\xe9"), (b"Content-Type", b"text/html"))),
    capture(headers=((b"Content-Type", b"\x0btext/html"),)),
    capture(headers=((b"A", b"y" * 70_000),)),
    capture(url="https://pesisir.example/" + "x" * 70_000),
    capture(url="ftp://pesisir.example/"),
    memento(status_line=b"HTTP/1.1  200"),
]


def test_every_plain_record_has_the_line_that_reading_it_gives(collection: Collection) -> None:
    lines = written(collection, *PLAIN, max_bytes=2500)

    assert len(collection.warc_files()) > 2
    for path in collection.warc_files():
        assert list(lines.of(path) or ()) == read(path) != []


@pytest.mark.parametrize("odd", ODD)
def test_a_file_with_an_odd_record_is_read(collection: Collection, odd: Capture | Memento) -> None:
    lines = written(collection, capture(), odd, capture())

    (path,) = collection.warc_files()
    assert lines.of(path) is None


TEXT = st.binary(max_size=12)
NAMES = st.sampled_from([b"Content-Type", b"content-type", b"Content-Type ", b"Content Type", b"ETag", b"\t"])
VALUES = st.sampled_from([b"text/html", b" text/html; charset=utf-8 ", b"a;b", b"a\nb", b"\x1c", b";"])
CAPTURES = st.builds(
    lambda url, status, headers, body: capture(url=url, status=status, headers=tuple(headers), body=body),
    st.text(max_size=12).map("https://pesisir.example/".__add__) | st.text(max_size=12),
    st.integers(0, 999),
    st.lists(st.tuples(NAMES | TEXT, VALUES | TEXT), max_size=4),
    TEXT,
)


@given(CAPTURES)
@settings(max_examples=400, deadline=None)
def test_what_is_told_is_never_another_line(tmp_path_factory: pytest.TempPathFactory, one: Capture) -> None:
    collection = shelf.make_collection(tmp_path_factory.mktemp("c"))
    lines = written(collection, one)

    (path,) = collection.warc_files()
    told = lines.of(path)
    assert told is None or list(told) == read(path)


def test_the_index_is_the_same_from_lines_and_from_files(collection: Collection, tmp_path: Path) -> None:
    lines = written(collection, *PLAIN, max_bytes=2500)
    made = cdxj.update(collection, written=lines)
    from_lines = collection.index.read_bytes()

    assert cdxj.update(collection, rebuild=True).lines == made.lines == from_lines.count(b"\n")
    assert collection.index.read_bytes() == from_lines


def test_files_told_of_are_not_read_and_others_are(collection: Collection) -> None:
    shelf.write(collection, capture(url="https://pesisir.example/dahulu"))
    lines = written(collection, capture(url="https://pesisir.example/kini"))
    earlier, fresh = collection.warc_files()
    content = bytearray(fresh.read_bytes())
    content[len(content) // 2] ^= 255
    fresh.write_bytes(content)
    result = cdxj.update(collection, written=lines)

    assert (result.files, result.lines, result.damage) == (2, 3, [])
    assert [file for file in (earlier, fresh) if lines.of(file) is not None] == [fresh]


def test_a_file_of_another_length_is_read(collection: Collection) -> None:
    lines = written(collection, capture())
    (path,) = collection.warc_files()
    path.write_bytes(path.read_bytes() + b"\0")

    assert lines.of(path) is None
    assert cdxj.update(collection, written=lines).damage != []


def test_a_file_that_is_not_closed_has_no_lines(collection: Collection) -> None:
    lines = fresh_lines_in(collection.root)
    writer = WarcWriter(collection, shelf.settings(), lines)
    writer.append(capture())
    writer.commit()
    (path,) = collection.archive.iterdir()

    assert lines.of(path) is None
    assert lines.of(path.rename(path.with_suffix(""))) is None
    writer.abandon()


def test_lines_lie_in_a_file_without_a_name(collection: Collection) -> None:
    before = set(collection.root.iterdir())
    lines = written(collection, *PLAIN, *PLAIN, max_bytes=2500)

    assert set(collection.root.iterdir()) == before
    assert [list(lines.of(path) or ()) for path in collection.warc_files()] == [
        read(path) for path in collection.warc_files()
    ]


def test_without_room_for_lines_the_files_are_read(collection: Collection) -> None:
    lines = fresh_lines_in(collection.root / "nowhere")
    writer = WarcWriter(collection, shelf.settings(), lines)
    writer.append(capture())
    writer.close()

    (path,) = collection.warc_files()
    assert lines.of(path) is None
    assert cdxj.update(collection, written=lines).lines == 1


def test_lines_that_a_disk_has_lost_are_no_lines(collection: Collection) -> None:
    lines = written(collection, capture())
    (path,) = collection.warc_files()
    told = lines.of(path)
    assert told is not None
    assert lines._lines is not None
    lines._lines.truncate(5)
    with pytest.raises(OSError, match="lost on the disk"):
        list(told)
