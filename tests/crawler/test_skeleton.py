"""What a portal is drafted from: pages and records that are there, and those that are not."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archives.errors import DamageError
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.skeleton import draft, load, shape_of
from tests.support.foreign import response, write_warc

URL = "https://www.warta-rimba.example/daerah/2026/03/17/45123/warga-menanam-bakau"
BODY = b"<html><body><h1>Warga Menanam Bakau</h1><p>Pendek saja.</p></body></html>"
AT = datetime(2025, 12, 24, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty clone: drafts that are refused write nothing into it."""
    (tmp_path / "extractors" / "portals").mkdir(parents=True)
    (tmp_path / "tests" / "extractors" / "portals").mkdir(parents=True)
    (tmp_path / "page.html").write_bytes(BODY)
    return tmp_path


@pytest.mark.parametrize("name", ["rimba.warc.gz", "rimba.warc"])
def test_a_record_brings_its_own_date(root: Path, name: str) -> None:
    records = [response(URL + "-lain", b"<html></html>", at=AT), response(URL, BODY, at=AT)]
    source = load(write_warc(root / name, records), URL + "#komentar")
    assert (source.body, source.captured_at, source.content_type) == (BODY, AT, "text/html; charset=utf-8")


def test_a_saved_page_was_captured_when_its_file_was_changed(root: Path) -> None:
    os.utime(root / "page.html", (1_773_800_000, 1_773_800_000))
    assert load(root / "page.html", URL).captured_at.date().isoformat() == "2026-03-18"


def test_a_record_that_is_not_there_is_named_with_those_that_are_near(root: Path) -> None:
    warc = write_warc(root / "rimba.warc.gz", [response(URL + "-lain", BODY, at=AT)])
    with pytest.raises(WrongUsageError, match=r"rimba\.warc\.gz has no such page .*-lain") as refused:
        load(warc, URL)
    assert refused.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("page", "url", "hint"),
    [
        ("tiada.html", URL, "tiada.html: cannot be read"),
        (".", URL, "cannot be read"),
        ("page.html", "warta-rimba.example/x", "is no web address"),
        ("page.html", "https://warta-rimba.example/", "is a home page"),
    ],
)
def test_a_page_that_cannot_be_had_is_named(root: Path, page: str, url: str, hint: str) -> None:
    with pytest.raises(WrongUsageError, match=hint):
        load(root / page, url)


def test_a_damaged_warc_file_is_damage(root: Path) -> None:
    (root / "rusak.warc.gz").write_bytes(b"\x1f\x8b" + bytes(40))
    with pytest.raises(DamageError, match=r"rusak\.warc\.gz"):
        load(root / "rusak.warc.gz", URL)


@pytest.mark.parametrize(
    ("name", "body", "url", "hint"),
    [
        ("Warta-Rimba", BODY, URL, "cannot be a portal's name"),
        ("class", BODY, URL, "cannot be a portal's name"),
        ("../rimba", BODY, URL, "cannot be a portal's name"),
        ("rimba", BODY, "https://regional.kompas.com/read/2026/03/17/1/a", "belongs to the portal 'kompas'"),
        ("rimba", b"", URL, "no HTML page: empty body"),
        ("rimba", b"\x89PNG\r\n", URL, "no HTML page"),
        ("rimba", BODY, URL, "no element on it holds 3 paragraphs"),
        ("rimba", b"<html><body><p>Tanpa judul.</p></body></html>", URL, "no headline"),
    ],
)
def test_what_cannot_be_drafted_is_said_and_nothing_is_written(
    root: Path, name: str, body: bytes, url: str, hint: str
) -> None:
    (root / "page.html").write_bytes(body)
    with pytest.raises(WrongUsageError, match=hint):
        draft(name, load(root / "page.html", url), root)
    assert [path.name for path in root.rglob("*.*")] == ["page.html"]


def test_outside_a_clone_nothing_is_drafted(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(BODY)
    with pytest.raises(WrongUsageError, match="in a clone of Kliping"):
        draft("rimba", load(tmp_path / "page.html", URL), tmp_path)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/daerah/2026/03/17/45123/warga-menanam", r"/[\w-]+/(?:19|20)\d\d/\d{2}/\d{2}/\d+/[^/]+"),
        ("/jateng/berita/d-7345678/warga", r"/[\w-]+/[\w-]+/d-\d+/[^/]+"),
        ("/warga-menanam-bakau.html", "/[^/]+"),
    ],
)
def test_the_shape_of_an_address_is_guessed_from_its_pieces(path: str, shape: str) -> None:
    assert shape_of(path) == shape
