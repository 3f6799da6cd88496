"""The newsroom is deterministic, and its articles take every shape that extraction must survive."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from crawler.demo.newsroom import DemoArticle, Newsroom, truth
from crawler.demo.story import Box, Figure, Heading, Items, Paragraph, Quote, Related, Stray, Table, parts_of


@pytest.fixture(scope="module")
def articles() -> tuple[DemoArticle, ...]:
    return tuple(Newsroom().articles())


def test_the_same_seed_writes_the_same_articles(articles: tuple[DemoArticle, ...]) -> None:
    assert tuple(Newsroom().articles()) == articles


def test_another_seed_writes_other_articles(articles: tuple[DemoArticle, ...]) -> None:
    others = tuple(Newsroom(seed=7).articles())
    assert {article.headline for article in others} != {article.headline for article in articles}


def test_an_article_does_not_depend_on_which_were_asked_for_before(articles: tuple[DemoArticle, ...]) -> None:
    newsroom = Newsroom()
    assert newsroom.article(newsroom.cards[41]) == articles[41]


def test_sixty_articles_have_one_to_five_pages_in_three_eras(articles: tuple[DemoArticle, ...]) -> None:
    assert len(articles) == 60
    assert {article.page_count for article in articles} == {1, 2, 3, 4, 5}
    assert {(article.site.host, article.era) for article in articles} == {
        (host, era)
        for host in ("pesisir.kabarnusa.localhost", "lembah.kabarnusa.localhost")
        for era in (2020, 2024, 2026)
    }


def test_addresses_are_unique_and_of_both_shapes(articles: tuple[DemoArticle, ...]) -> None:
    assert len({article.url for article in articles}) == 60
    shapes = {(article.era, f"/{article.article_id}/" in article.path) for article in articles}
    assert shapes == {(2020, False), (2024, False), (2026, False), (2026, True)}


def test_no_article_repeats_a_paragraph(articles: tuple[DemoArticle, ...]) -> None:
    for article in articles:
        texts = [part.text for part in parts_of(article) if part.type == "paragraph"]
        assert len(texts) == len(set(texts)), article.url


def test_articles_share_hardly_a_paragraph_with_each_other(articles: tuple[DemoArticle, ...]) -> None:
    texts = [part.text for article in articles for part in parts_of(article) if len(part.text) > 60]
    assert len(set(texts)) > 0.96 * len(texts)


@pytest.mark.parametrize("kind", [Paragraph, Heading, Items, Table, Quote, Related, Figure, Stray, Box])
def test_every_kind_of_block_occurs(kind: type, articles: tuple[DemoArticle, ...]) -> None:
    assert any(isinstance(block, kind) for article in articles for page in article.pages for block in page)


def test_bylines_take_every_form(articles: tuple[DemoArticle, ...]) -> None:
    forms = {
        (len(article.authors), bool(article.printed_writers), bool(article.editors), article.byline_style)
        for article in articles
    }
    assert {
        (1, True, True, "lines"),
        (1, True, True, "one-line"),
        (1, True, False, "lines"),
        (2, True, True, "lines"),
        (0, True, True, "lines"),  # a team
        (1, False, True, "lines"),  # "Oleh: NAME" in the body
        (0, False, True, "lines"),
        (0, False, False, "none"),
        (0, False, False, "pipe"),
    } <= forms
    assert sum(bool(article.contributors) for article in articles) >= 8


def test_datelines_take_every_form(articles: tuple[DemoArticle, ...]) -> None:
    assert {_shape(article) for article in articles} == {
        "",
        "B, C - ",
        "B - ",
        "B, C – ",
        "C - ",
        "M | C - ",
        "B -- ",
        "C, B - ",
        "B- ",
        "B, C -",
    }
    assert {bool(article.place) for article in articles if article.dateline} == {True, False}


def _shape(article: DemoArticle) -> str:
    """The dateline with what separates it from the text, brand and city as letters."""
    text = parts_of(article)[0].text
    for name, letter in (
        (article.site.dateline_brand, "B"),
        (article.site.outlet, "M"),
        ((article.place or "?").upper(), "C"),
    ):
        text = text.replace(name, letter, 1)
    match = re.match(r"[BMC](?:(?:, | \| )[BMC])?(?: -+| –|-)\s?", text)
    return match[0] if match else ""


def test_traps_occur(articles: tuple[DemoArticle, ...]) -> None:
    related = [
        block
        for article in articles
        for page in article.pages
        for block in page
        if isinstance(block, Related)
    ]
    assert any(block.paid for block in related)
    assert {block.style for block in related} == {
        "baca",
        "plain",
        "bold",
        "parenthesis",
        "bullet",
        "baca-bullet",
        "span",
    }
    assert any(article.lead and article.lead.credit == article.lead.caption for article in articles)
    assert any(article.json_ld_offset == 7 and article.site.offset == 8 for article in articles)
    assert any(not article.free for article in articles)
    assert any(article.based_on for article in articles)
    assert any(article.source for article in articles)
    assert any(article.kicker is None for article in articles)
    assert any(not article.pager_on_last and article.page_count > 1 for article in articles)


def test_the_truth_leaves_out_what_is_not_the_article(articles: tuple[DemoArticle, ...]) -> None:
    for article in articles:
        body = str(truth(article)["articleBody"])
        strays = [
            block.text
            for page in article.pages
            for block in page
            if isinstance(block, Stray) and len(block.text) > 5
        ]
        forbidden = [*strays, article.standfirst, "Baca juga", "Berita Rekomendasi", "Penulis:", "(fah)"]
        assert not [line for line in forbidden if line in body], article.url


def test_the_truth_begins_with_the_dateline(articles: tuple[DemoArticle, ...]) -> None:
    for article in articles:
        if article.dateline:
            assert str(truth(article)["articleBody"]).startswith(article.dateline)


def test_parts_are_numbered_by_page_in_order(articles: tuple[DemoArticle, ...]) -> None:
    for article in articles:
        pages = [part.page for part in parts_of(article)]
        assert all(before <= after for before, after in pairwise(pages))
        assert set(pages) == set(range(1, article.page_count + 1))


def test_a_large_newsroom_is_dealt_without_writing_its_articles() -> None:
    newsroom = Newsroom(articles=3000)
    assert len({card.url for card in newsroom.cards}) == len(newsroom.cards) == 3006
    assert len(newsroom.neighbours(newsroom.cards[2999], 4)) == 4
