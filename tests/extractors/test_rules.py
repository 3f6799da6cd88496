"""Rules are dated: each capture is read with the rule of its day, and a new layout touches no old rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archives.reader import answers
from crawler.reading import read_article_page
from extractors.article import PageKind, PageReading
from extractors.extract import read_page
from extractors.portal import Portal, Rule, has_class
from extractors.portals import all_portals
from tests.extractors.press import URL, Sheet
from tests.support.foreign import response, write_warc

SERAMBI = all_portals()["serambi"]
RULE_2028 = Rule(
    name="tribun-2028",
    valid_from=date(2028, 3, 1),
    marks=("//main[@data-layout='naskah']",),
    container=(f"//main//section[{has_class('naskah-isi')}]",),
    headline=("//main//h1",),
    writer=(f"//main//*[{has_class('naskah-penulis')}]",),
    date_text=("//main//time",),
    drop=("//main//aside",),
)
FUTURE = replace(SERAMBI, rules=(RULE_2028, *SERAMBI.rules))
PAGE_2028 = """<html lang="id"><head><title>Bakau</title></head><body><main data-layout="naskah">
<h1>Warga Menanam Bakau</h1><p class="naskah-penulis">Sari Wulan</p><time>Rabu, 5 April 2028 13:05 WIB</time>
<section class="naskah-isi"><p>Bakau ditanam di tepi sungai.</p><aside><p>Langganan murah.</p></aside>
<p>Bibit dibawa dengan perahu.</p></section></main></body></html>"""
WITH_DATE = {
    2020: Sheet(
        era=2020, printed="Selasa, 6 Oktober 2020 13:52", byline='<div id="penulis">Penulis: Sari Wulan</div>'
    ),
    2026: Sheet(
        era=2026,
        printed="Rabu, 20 Juli 2026 13:05 WIB",
        machine="2026-07-20T13:05+07:00",
        count=2,
        byline='<div id="penulis">Penulis: Rudi Hartono</div>',
    ),
}


def read(html: str, year: int, *, portal: Portal = FUTURE) -> PageReading:
    return read_page(html.encode(), url=URL, captured_at=datetime(year, 11, 5, tzinfo=UTC), portal=portal)


def test_one_file_with_captures_of_two_eras_is_read_with_two_rules(tmp_path: Path) -> None:
    records = [
        response(URL, sheet.html().encode(), at=datetime(year, 11, 5, tzinfo=UTC))
        for year, sheet in WITH_DATE.items()
    ]
    warc = write_warc(tmp_path / "two-eras.warc.gz", records)
    old, new = (read_article_page(tmp_path, ref) for ref in (answer.ref for answer in answers(warc)))
    assert (old.rule, new.rule) == ("tribun-2020", "tribun-2025")
    assert [person.name for person in (*old.authors, *new.authors)] == ["Sari Wulan", "Rudi Hartono"]
    assert [reading.published.year if reading.published else None for reading in (old, new)] == [2020, 2026]
    assert new.pager.count == 2


def test_a_page_of_a_future_layout_is_read_with_its_new_rule() -> None:
    reading = read(PAGE_2028, 2028)
    assert (reading.verdict.kind, reading.rule, reading.fallback) == (PageKind.ARTICLE, "tribun-2028", False)
    assert [person.name for person in reading.authors] == ["Sari Wulan"]
    assert [part.text for part in reading.parts] == [
        "Bakau ditanam di tepi sungai.",
        "Bibit dibawa dengan perahu.",
    ]


@pytest.mark.parametrize("year", [2020, 2026])
def test_a_new_rule_changes_nothing_for_old_captures(year: int) -> None:
    html = WITH_DATE[year].html()
    assert read(html, year) == read(html, year, portal=SERAMBI)


def test_hosts_that_keep_the_old_layout_are_read_with_the_old_rule_after_the_change() -> None:
    assert read(WITH_DATE[2026].html(), 2029).rule == "tribun-2025"


def test_a_later_rule_serves_a_layout_that_came_before_its_date() -> None:
    assert read(PAGE_2028, 2027).rule == "tribun-2028"


def test_a_mark_that_an_old_layout_has_too_does_no_harm() -> None:
    """A sloppy new rule, marked by nothing but a headline, finds no container on old pages and yields."""
    sloppy = replace(RULE_2028, marks=("//h1",), valid_from=date(2019, 1, 1), name="sloppy")
    portal = replace(SERAMBI, rules=(*SERAMBI.rules, sloppy, replace(sloppy, valid_from=date(2026, 1, 1))))
    assert read(WITH_DATE[2026].html(), 2026, portal=portal).rule == "tribun-2025"
