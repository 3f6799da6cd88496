"""The pages of the two seed articles show what the texts say, in both variants of the byline."""

from __future__ import annotations

import lxml.html
import pytest
from lxml.html import HtmlElement

from crawler.demo.story import BylinePlace
from tests.end_to_end.seed_pages import MISSING, Seed, read_text, seeds, seeds_are_here

needs_seeds = pytest.mark.skipif(not seeds_are_here(), reason=MISSING)

INVENTED = """Dunia

Judul Berita Contoh

Kepala berita contoh.

Penulis: Ani Contoh
Editor: Budi Contoh
zoom-in Judul Berita Contoh
Kantor Contoh
Keterangan foto contoh.

CONTOH.COM, KOTA CONTOH - Kalimat pertama.

Baca juga: Judul Lain

Kalimat kedua.

Halaman
12
Sumber: Contoh.com"""


def test_a_rendering_is_read_by_position() -> None:
    text = read_text(INVENTED)
    assert (text.kicker, text.headline, text.standfirst) == (
        "Dunia",
        "Judul Berita Contoh",
        "Kepala berita contoh.",
    )
    assert (text.writer, text.editor, text.source) == ("Ani Contoh", "Budi Contoh", "Contoh.com")
    assert (text.credit, text.caption) == ("Kantor Contoh", "Keterangan foto contoh.")
    assert text.body[1:] == ("Baca juga: Judul Lain", "Kalimat kedua.")


@needs_seeds
def test_the_values_are_those_of_the_texts() -> None:
    first, second = seeds()
    assert [first.text.kicker is None, second.text.kicker is None] == [False, True]
    assert [len(seed.article.authors) for seed in (first, second)] == [0, 1]
    assert [len(seed.article.editors) for seed in (first, second)] == [1, 1]
    assert [seed.article.dateline for seed in (first, second)] == [
        "SERAMBINEWS.COM, PYONGYANG",
        "TRIBUNNEWS.COM",
    ]
    assert [seed.article.place for seed in (first, second)] == ["Pyongyang", None]
    assert [seed.article.source is None for seed in (first, second)] == [True, False]
    assert [_count(seed) for seed in (first, second)] == [2, 1]


def _count(seed: Seed) -> int:
    related = seed.truth["relatedLink"]
    return len(related) if isinstance(related, list) else 0


@needs_seeds
@pytest.mark.parametrize("byline", ["under", "after"])
def test_the_pages_show_byline_photo_and_pager(byline: BylinePlace) -> None:
    for seed in seeds():
        pages = seed.pages(byline)
        page: HtmlElement = lxml.html.fromstring(pages[seed.article.url].encode())
        text = " ".join(page.itertext())
        assert seed.article.editors[0].name in text
        assert seed.text.credit in text
        assert page.xpath("//div[@class='paging mb20']//a/text()") == ["1", "2"]
        assert page.xpath("boolean(//div[@class='f12 grey mb15'])") is (byline == "after")


@needs_seeds
def test_the_body_is_free_of_everything_forbidden() -> None:
    for seed in seeds():
        body = str(seed.truth["articleBody"])
        assert [line for line in seed.forbidden if line in body] == []
        assert len(seed.forbidden) > 8


@needs_seeds
def test_the_index_lists_the_article() -> None:
    for seed in seeds():
        assert seed.article.url in seed.pages()[seed.index_url]
