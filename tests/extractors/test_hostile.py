"""Whatever the bytes are: a reading with a named reason, or the article that is on the page."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from extractors.article import PageKind, content_digest
from extractors.extract import read_page
from extractors.lists import read_list
from extractors.stitch import join
from tests.extractors.hostile import HOSTILE, INDEX, UNKNOWN, wrong_types
from tests.extractors.press import CAPTURED, HEADLINE, URL, Sheet

# Only a limit of time ends these: tests/crawler/test_workers.py.
ENDLESS = {"100,000 attributes"}
NAMES = [name for name in HOSTILE if name not in ENDLESS]
# What stands around a body matters on these roads, not what stands in it.
OTHER_ROADS = [
    name for name in NAMES if "nested" in name or "JSON-LD" in name or " of " in name or "0 " in name
]
FIRST = [
    "Nelayan Kuala Baru menunggu angin reda di dermaga kayu.",
    "Harga ikan naik dua kali lipat sejak Senin lalu.",
]
# Pages with a few lines and many pictures.
GALLERIES = {"10,000 figures"}


HEAVY = {"nested tables", "10 MB in one line", "Laporan", "Baca juga"}
"""Pages that take seconds to make or to read; they are among the slow tests."""


def marked(names: Sequence[str]) -> list[object]:
    return [pytest.param(name, marks=pytest.mark.slow) if name in HEAVY else name for name in names]


@pytest.mark.parametrize("name", marked(NAMES))
def test_a_hostile_page_of_a_known_portal_is_its_article_or_gets_a_reason(name: str) -> None:
    reading = read_page(HOSTILE[name](), url=URL, captured_at=CAPTURED[2022])
    assert "while reading" not in reading.verdict.reason
    if reading.verdict.kind is PageKind.ARTICLE:
        texts = [part.text for part in reading.parts]
        assert texts[:2] == FIRST or texts == ["x"]
        assert len(texts) <= 5000
        json.dumps(join({1: reading}).as_plain(), ensure_ascii=False).encode()
    else:
        assert reading.verdict.kind in {PageKind.UNREADABLE, PageKind.NOT_HTML} or name in GALLERIES
        assert reading.verdict.reason
    content_digest(reading)


@pytest.mark.parametrize("name", marked(OTHER_ROADS[::2]))
def test_a_hostile_page_of_an_unknown_portal_ends_with_a_verdict(name: str) -> None:
    reading = read_page(HOSTILE[name](), url=UNKNOWN, captured_at=CAPTURED[2022])
    assert "while reading" not in reading.verdict.reason
    assert reading.verdict.reason or reading.parts


@pytest.mark.parametrize("name", marked(OTHER_ROADS[1::2]))
def test_a_hostile_list_offers_nothing(name: str) -> None:
    listing = read_list(HOSTILE[name](), url=INDEX, captured_at=CAPTURED[2022])
    assert not listing.links
    assert not any("while reading" in warning for warning in listing.warnings)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty body", "empty body"),
        ("30 MB of HTML", "larger than the size limit"),
        ("a million links", "more tags than a page has"),
        ("50,000 nested around all", "the page cannot be read whole: nested too deeply"),
        (
            "keywordBrandSafety without end",
            "the page cannot be read whole: an element without end holds the rest of the page",
        ),
        ("PDF", "the bytes are not HTML"),
        ("XML", "the bytes are XML"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(name: str, reason: str) -> None:
    assert read_page(HOSTILE[name](), url=URL, captured_at=CAPTURED[2022]).verdict.reason == reason


@pytest.mark.parametrize("name", ["50,000 nested div", "50,000 nested ul", "nested tables"])
def test_an_article_that_the_parser_cuts_is_doubtful(name: str) -> None:
    reading = read_page(HOSTILE[name](), url=URL, captured_at=CAPTURED[2022])
    assert reading.verdict.kind is PageKind.ARTICLE
    assert [warning for warning in reading.warnings if warning.startswith("incomplete: ")]
    assert dict(reading.checks)["incomplete"]


@pytest.mark.parametrize("page", ["page 7 of 2", "page 0 of 0", "999 pages", "page of huge digits"])
def test_a_pager_that_contradicts_itself_says_nothing(page: str) -> None:
    pager = read_page(HOSTILE[page](), url=URL, captured_at=CAPTURED[2022]).pager
    assert (pager.number, pager.count) == (None, None)


def test_wrong_types_in_json_ld_change_nothing_that_the_page_prints() -> None:
    plain = Sheet().read()
    for text in wrong_types():
        reading = Sheet(json_ld=text).read()
        assert (reading.headline, reading.published, reading.parts) == (
            HEADLINE,
            plain.published,
            plain.parts,
        )
        assert reading.editors == plain.editors
        assert not reading.authors


@pytest.mark.parametrize("name", ["dates out of range", "dates at the edges"])
def test_impossible_dates_are_no_dates(name: str) -> None:
    reading = read_page(HOSTILE[name](), url=URL, captured_at=CAPTURED[2022])
    assert (reading.published, reading.modified) == (None, None)
    assert "no date of publication" in reading.warnings
