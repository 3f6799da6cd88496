"""What pagers say, and which pages are believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.article import Pager
from extractors.extract import read_page
from extractors.pager import believe, title_page, without_page
from tests.extractors.press import CAPTURED, HEADLINE, URL, Sheet

SECOND = "<p>Halaman kedua memuat kalimat yang lain sama sekali.</p>"


@pytest.mark.parametrize("era", [2020, 2022, 2026])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_pager_of_every_era_says_number_and_count(era: int, number: int) -> None:
    reading = Sheet(era=era, number=number, count=3).read()
    assert reading.pager == Pager(number=number, count=3)


def test_a_page_without_pager_says_nothing() -> None:
    assert Sheet().read().pager == Pager()


def test_a_pager_that_says_page_seven_of_two_says_nothing() -> None:
    sheet = Sheet(era=2026, number=7, count=2)
    assert sheet.read().pager == Pager()


@pytest.mark.parametrize(
    ("title", "number", "bare"),
    [
        ("Panen Raya - Halaman 2", 2, "Panen Raya"),
        ("Panen Raya - Halaman 2 - Serambi", 2, "Panen Raya - Serambi"),
        ("Panen Raya - Halaman all", 0, "Panen Raya"),
        ("Panen Raya di Halaman 2 Sekolah", None, "Panen Raya di Halaman 2 Sekolah"),
    ],
)
def test_the_title_of_later_pages_carries_their_number(title: str, number: int | None, bare: str) -> None:
    assert (title_page(title), without_page(title)) == (number, bare)


def test_a_page_that_says_its_number_and_headline_is_believed() -> None:
    first, second = Sheet(count=2).read(), Sheet(count=2, number=2, body=SECOND).read()
    assert believe(first, second, 2) is None
    assert believe(first, first, 1) is None


def test_page_one_in_place_of_another_is_not_believed() -> None:
    first = Sheet(count=2).read()
    assert believe(first, first, 2) == "pager says 1"


def test_a_page_with_another_headline_is_not_believed() -> None:
    first, other = Sheet(count=2).read(), Sheet(count=2, number=2, body=SECOND, headline="Berita Lain").read()
    assert believe(first, other, 2) == "headline differs"


def test_a_page_that_repeats_page_one_is_not_believed_whatever_its_pager_says() -> None:
    first, liar = Sheet(count=2).read(), Sheet(count=2, number=2).read()
    assert believe(first, liar, 2) == "text repeats page 1"


def test_the_last_page_may_lack_a_pager_and_no_other() -> None:
    first = Sheet(count=3).read()
    bare = Sheet(count=3, number=3, pager=False, body=SECOND).read()
    assert believe(first, bare, 3) is None
    assert believe(first, bare, 2) == "no pager"


def test_the_number_in_the_title_is_heard_where_there_is_no_pager() -> None:
    first = Sheet(era=2026, count=2).read()
    titled = Sheet(era=2026, count=2, number=9, pager=False, title_page=True, body=SECOND).read()
    assert believe(first, titled, 2) == "title says page 9"


def test_a_wall_is_never_a_page_of_an_article() -> None:
    first, second = Sheet(count=2).read(), Sheet(count=2, number=2, body=SECOND).read()
    reason = believe(
        first, replace(second, verdict=replace(second.verdict, kind=Sheet(body="").read().verdict.kind)), 2
    )
    assert reason is not None
    assert reason.startswith("it is no article page")


@pytest.mark.parametrize(
    ("markup", "number", "count"),
    [
        ("Halaman <span class='current'>2</span> <a href='?page=1'>1</a> <a href='?page=3'>3</a>", 2, 3),
        ("<ul><li><a href='?page=1'>1</a></li><li class='active'><a href='?page=2'>2</a></li></ul>", 2, 2),
        ("<span>Halaman</span> <span>1 / 4</span>", 1, 4),
        ("<span>HALAMAN 2 dari 4</span>", 2, 4),
        ("<b>1</b> | <a href='u?page=2'>2</a> | <a href='u?page=all'>Semua</a>", 1, 2),
        ("<a href='u?page=2'>Halaman selanjutnya</a>", 1, 2),
        ("<a href='u?page=3'>Next »</a> <a href='u?page=1'>Prev</a>", 2, 3),
        ("<a href='u?page=1'>Sebelumnya</a>", None, None),
        ("<p>Halaman 7/2</p>", None, None),
    ],
)
def test_pagers_of_any_build_say_what_they_can(markup: str, number: int | None, count: int | None) -> None:
    html = (
        Sheet()
        .html()
        .replace(
            '<div class="side-article mb5">',
            f'<div class="side-article mb5"><div class="paging">{markup}</div>',
        )
    )
    assert read_page(html.encode(), url=URL, captured_at=CAPTURED[2022]).pager == Pager(
        number=number, count=count
    )


def test_a_headline_edited_between_the_pages_is_still_theirs() -> None:
    first = Sheet(count=2).read()
    edited = Sheet(count=2, number=2, body=SECOND, headline=f"{HEADLINE} Buruk").read()
    assert believe(first, edited, 2) is None
    assert believe(first, replace(edited, pager=Pager()), 2) == "headline differs"


def test_a_short_last_page_with_pictures_is_a_page_of_its_article() -> None:
    first = Sheet(count=2).read()
    pictures = "".join(f'<figure><img src="/{n}.jpg"></figure>' for n in range(4))
    last = Sheet(count=2, number=2, body=f"<p>Begitu kata dia.</p>{pictures}").read()
    assert believe(first, last, 2) is None
