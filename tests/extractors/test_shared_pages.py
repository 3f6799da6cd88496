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


@pytest.mark.parametrize(
    ("name", "url", "year"),
    [
        (
            "money.kompas.com_2023-11-02.html",
            "https://money.kompas.com/read/2023/11/02/213419026/menhub",
            2023,
        ),
        ("mediaindonesia.com_2025-10-22.html", "https://mediaindonesia.com/ekonomi/822959/kpk", 2025),
    ],
)
def test_portals_without_rules_give_headline_date_and_text(name: str, url: str, year: int) -> None:
    reading = read(name, url, year)
    assert (reading.verdict.kind, reading.fallback) == (PageKind.ARTICLE, True)
    assert reading.headline
    assert reading.published is not None
    assert reading.published.year == year
    assert len(reading.parts) > 7
