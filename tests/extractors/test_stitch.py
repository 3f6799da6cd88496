"""Joining the pages of an article."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.article import PageReading
from extractors.stitch import join
from tests.extractors.press import HOST, Sheet

RELATED = f'<p class="baca">Baca juga: <a href="{HOST}/2022/07/19/harga-ikan">Harga Ikan Naik</a></p>'
PHOTO = '<img class="imgfull" src="https://cdn-2.tstatic.net/a.jpg"><div class="f11 white pa3">AFP</div>'


def sentence(number: int) -> str:
    return f"Kalimat bernomor {number} menceritakan keadaan kampung pada musim hujan."


def pages(count: int, **changes: object) -> dict[int, PageReading]:
    return {
        number: Sheet(
            number=number,
            count=count,
            photo=PHOTO,
            body=f"<p>{sentence(number * 2)}</p>{RELATED}<p>{sentence(number * 2 + 1)}</p>",
            **changes,  # type: ignore[arg-type]
        ).read()
        for number in range(1, count + 1)
    }


THREE = pages(3)


def test_parts_stand_in_order_and_what_repeats_stands_once() -> None:
    plain = join(THREE).as_plain()
    assert plain["articleBody"] == "\n\n".join(sentence(number) for number in range(2, 8))
    assert plain["pagination"] == {"pageCount": 3, "pagesMissing": []}
    assert plain["relatedLink"] == [
        {
            "url": f"{HOST}/2022/07/19/harga-ikan",
            "name": "Harga Ikan Naik",
            "label": "Baca juga:",
            "page": 1,
            "afterPosition": 1,
        }
    ]
    images = plain["image"]
    assert isinstance(images, list)
    assert len(images) == 1


@settings(max_examples=30)
@given(st.permutations([1, 2, 3]))
def test_the_order_of_arrival_does_not_matter(order: list[int]) -> None:
    assert join({number: THREE[number] for number in order}) == join(THREE)


def test_missing_pages_are_named() -> None:
    article = join({1: THREE[1], 3: THREE[3]})
    assert (article.page_count, article.pages_missing) == (3, (2,))
    alone = join({1: THREE[1]})
    assert (alone.page_count, alone.pages_missing) == (3, (2, 3))


def test_the_caller_may_know_the_count_better() -> None:
    assert join({1: THREE[1]}, count=2).pages_missing == (2,)


def test_there_is_no_article_without_page_one() -> None:
    with pytest.raises(KeyError):
        join({2: THREE[2]})


def test_what_two_captures_share_stands_once_and_is_a_warning() -> None:
    first = Sheet(count=2, body="".join(f"<p>{sentence(n)}</p>" for n in (1, 2, 3))).read()
    second = Sheet(count=2, number=2, body="".join(f"<p>{sentence(n)}</p>" for n in (3, 4))).read()
    article = join({2: second, 1: first})
    assert article.text == "\n\n".join(sentence(n) for n in (1, 2, 3, 4))
    assert "page 2 repeats 1 parts of the page before it" in article.warnings


def test_a_standfirst_above_a_later_page_is_not_text() -> None:
    lead = "Nelayan menunggu cuaca di dermaga."
    first = Sheet(count=2, standfirst=lead, body=f"<p>{sentence(1)}</p>").read()
    second = Sheet(count=2, number=2, standfirst=lead, body=f"<p>{lead}</p><p>{sentence(2)}</p>").read()
    assert join({1: first, 2: second}).text == f"{sentence(1)}\n\n{sentence(2)}"


def test_names_and_source_of_the_last_page_complete_page_one() -> None:
    source = '<div>Sumber: <a href="https://solo.tribunnews.com">TribunSolo.com</a></div>'
    first = Sheet(era=2020, count=2, byline="", byline_after=True).read()
    second = Sheet(
        era=2020, count=2, number=2, byline_after=True, source=source, body=f"<p>{sentence(2)} (fis)</p>"
    ).read()
    header = join({1: first, 2: second}).header
    assert header.source is not None
    assert header.source.name == "TribunSolo.com"
    assert [person.name for person in header.editors] == ["Rahmat Ilham"]
    assert dict(header.field_sources)["source"] == "rule of a later page"
    assert header.headline == first.headline


def test_a_last_page_without_pager_is_a_warning() -> None:
    last = Sheet(count=2, number=2, pager=False, body=f"<p>{sentence(9)}</p>").read()
    assert "page 2: no pager; accepted as the last page" in join({1: Sheet(count=2).read(), 2: last}).warnings


def test_a_body_much_shorter_than_the_publishers_text_is_a_doubt() -> None:
    words = " ".join(f"kata{n}" for n in range(100))
    first = Sheet(count=2, head=f'<script>var keywordBrandSafety = "{words}"</script>').read()
    assert any("plain text has 100" in warning for warning in join({1: first}).warnings)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(2, 5)), st.randoms(use_true_random=False))
def test_any_set_of_pages_joins_completely_and_idempotently(found: set[int], dice: random.Random) -> None:
    numbers = [1, *found]
    dice.shuffle(numbers)
    article = join({number: FIVE[number] for number in numbers})
    assert article.pages_missing == tuple(number for number in range(1, 6) if number not in numbers)
    assert [piece.page for piece in article.body] == [number for number in sorted(numbers) for _ in range(2)]
    assert join({number: FIVE[number] for number in sorted(numbers)}) == article


FIVE = pages(5)


@pytest.mark.parametrize(("count", "doubted"), [(1, True), (2, False)])
def test_a_body_with_other_words_than_the_publishers_text_is_a_doubt(count: int, doubted: bool) -> None:
    head = f'<script>var keywordBrandSafety = "{"jalan rusak warga menunggu perbaikan " * 4}";</script>'
    pages = {number: Sheet(head=head, number=number, count=count).read() for number in range(1, count + 1)}
    found = [warning for warning in join(pages).warnings if "own plain text" in warning]
    assert bool(found) is doubted
