"""Real pages that are not part of the project: read where they are at hand, skipped elsewhere."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractors.article import PageKind, PageReading, PartType
from extractors.extract import read_page

SHARED = Path(os.environ.get("KLIPING_SHARED") or Path(__file__).parents[3] / "shared")
PAGES = SHARED / "pages"


def read(name: str, url: str, year: int) -> PageReading:
    path = PAGES / name
    if not path.is_file():
        pytest.skip(f"{name} is not at hand; KLIPING_SHARED names its folder")
    return read_page(path.read_bytes(), url=url, captured_at=datetime(year, 5, 28, tzinfo=UTC))


def test_the_network_page_of_2020_is_read_as_a_person_reads_it() -> None:
    url = "https://www.tribunnews.com/pendidikan/2020/05/04/jawaban-soal"
    reading = read("www.tribunnews.com_2020-05-04.html", url, 2020)
    assert (reading.verdict.kind, reading.portal, reading.rule) == (PageKind.ARTICLE, "tribun", "tribun-2020")
    assert (reading.pager.number, reading.pager.count) == (1, 4)
    assert [len(reading.authors), len(reading.editors), len(reading.contributors)] == [1, 1, 0]
    assert reading.source is not None
    assert reading.source.url == "https://solo.tribunnews.com"
    assert (reading.dateline, reading.place) == ("TRIBUNNEWS.COM", None)
    assert reading.published is not None
    assert reading.published.isoformat() == "2020-05-04T04:25:13+07:00"
    assert [part.type for part in reading.parts].count(PartType.HEADING) == 2
    assert (len(reading.parts), len(reading.related), len(reading.photos), len(reading.keywords)) == (
        10,
        3,
        1,
        5,
    )
    assert reading.sections == ("Pendidikan",)
    assert reading.kicker is None
    assert [link.after_part for link in reading.related] == [4, 4, 4]


def test_the_first_page_of_kompas_of_2023_is_read_as_a_person_reads_it() -> None:
    url = "https://money.kompas.com/read/2023/11/02/213419026/menhub-bocorkan-penyebab-harga-tiket-pesawat-masih-mahal"
    reading = read("money.kompas.com_2023-11-02.html", url, 2024)
    assert (reading.verdict.kind, reading.portal, reading.rule) == (PageKind.ARTICLE, "kompas", "kompas-2023")
    assert (reading.pager.number, reading.pager.count) == (1, 2)
    assert reading.published is not None
    assert reading.published.isoformat() == "2023-11-02T21:34:19+07:00"
    assert [len(reading.authors), len(reading.editors), len(reading.contributors)] == [1, 1, 0]
    assert all(person.url for person in (*reading.authors, *reading.editors))
    assert dict(reading.field_sources)["authors"] == "rule"  # JSON-LD names the editor
    assert (reading.dateline, reading.place) == ("JAKARTA, KOMPAS.com", "Jakarta")
    assert (reading.sections, len(reading.keywords)) == (("Money", "Whats New"), 3)
    assert [part.type for part in reading.parts] == [PartType.PARAGRAPH] * 10
    assert [link.after_part for link in reading.related] == [3, 6, 9]
    assert [(bool(photo.caption), len((photo.credit_text or "").split())) for photo in reading.photos] == [
        (True, 6)
    ]
    assert not any("(" in (photo.credit_text or "") for photo in reading.photos)
    assert reading.warnings == ()


def test_the_page_of_media_indonesia_of_2025_is_read_as_a_person_reads_it() -> None:
    url = "https://mediaindonesia.com/ekonomi/822959/kpk-tak-temukan-surat-pencabutan-iup-nikel-raja-ampat-apa-iya-betul-dicabut"
    reading = read("mediaindonesia.com_2025-10-22.html", url, 2026)
    assert (reading.verdict.kind, reading.portal, reading.fallback) == (
        PageKind.ARTICLE,
        "mediaindonesia",
        False,
    )
    assert reading.published is not None
    assert reading.published.isoformat() == "2025-10-22T06:59:00+07:00"
    assert [len(person.name.split()) for person in (*reading.authors, *reading.editors)] == [2, 1]
    assert (reading.sections, len(reading.keywords)) == (("Ekonomi",), 5)
    assert [part.type for part in reading.parts] == [PartType.PARAGRAPH] * 9
    assert [link.after_part for link in reading.related] == [3, 6]
    assert [len((photo.caption or "").split()) for photo in reading.photos] == [5]
    assert [len((photo.credit_text or "").split()) for photo in reading.photos] == [2]
    assert (reading.standfirst, reading.dateline, reading.warnings) == (None, None, ())
