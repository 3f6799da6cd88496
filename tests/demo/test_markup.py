"""Pages say what their article's truth says, in the markup of their year."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product

import lxml.html
import pytest
from lxml.html import HtmlElement

from crawler.demo.markup import page_url, render_amp, render_article, render_other
from crawler.demo.newsroom import DemoArticle, Newsroom
from crawler.demo.story import parts_of

NEWSROOM = Newsroom()
ARTICLES = tuple(NEWSROOM.articles())
ERAS = (2020, 2024, 2026)


def first(era: int, *, pages: int = 2) -> DemoArticle:
    """The first article of an era with at least so many pages and a pager on each."""
    found = (a for a in ARTICLES if a.era == era and a.page_count >= pages and a.pager_on_last)
    return next(found)


def tree(html: str) -> HtmlElement:
    # As bytes, as a crawler has it; the page names its own charset.
    return lxml.html.fromstring(html.encode())


def texts(page: HtmlElement, path: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in page.xpath(path)]


def test_every_page_parses_and_shows_each_of_its_parts() -> None:
    for article in ARTICLES:
        for number in range(1, article.page_count + 1):
            container = texts(tree(render_article(article, number)), "//div[contains(@class,'txt-article')]")
            assert len(container) == 1
            for part in parts_of(article):
                shown = re.sub(r"^\d+\. ", "", part.text) if part.type == "listItem" else part.text
                words = [" ".join(cell.split()) for cell in shown.split(" | ")]
                assert all(word in container[0] for word in words) or part.page != number


def test_a_page_is_well_formed_enough_for_the_parser_to_keep_its_boxes_apart() -> None:
    for article, pages in product(ARTICLES[:12], ("one", "all")):
        page = tree(render_article(article, all_pages=pages == "all"))
        assert len(page.xpath("//body")) == 1
        assert page.xpath("//div[contains(@class,'txt-article')]//*[@id='comments']") == []
        assert len(page.xpath("//div[@id='boxright']")) == 1


@pytest.mark.parametrize("era", ERAS)
def test_the_stable_ids_are_there(era: int) -> None:
    page = tree(render_article(first(era)))
    assert texts(page, "//h1[@id='arttitle']") == [first(era).headline]
    assert page.xpath("//meta[@http-equiv='Refresh']/@content") == ["900"]
    assert page.xpath("//div[contains(@class,'side-article')]//*[@id='widget_pilihanuntukmu_article']")
    assert page.xpath("//time[contains(@class,'timeago')]")
    assert page.xpath("//link[@rel='canonical']/@href") == [first(era).url]


def test_the_byline_stands_after_the_body_in_2020_and_under_the_title_later() -> None:
    for era, place in ((2020, "f12 grey mb15"), (2024, "f20 credit mt10"), (2026, "f20 credit mt10")):
        article = next(a for a in ARTICLES if a.era == era and a.byline_style == "lines" and a.editors)
        page = tree(render_article(article))
        assert page.xpath(f"//div[@class='{place}']//*[@id='editor']")
        other = tree(render_article(article, byline="under" if era == 2020 else "after"))
        assert not other.xpath(f"//div[@class='{place}']//*[@id='editor']")


@pytest.mark.parametrize("era", [2020, 2024])
def test_the_old_pager_lists_all_pages_and_marks_the_current_one(era: int) -> None:
    article = first(era, pages=3)
    page = tree(render_article(article, 2))
    assert texts(page, "//a[@id='pagecurrent']") == ["2"]
    assert texts(page, "//div[@class='paging mb20']")[0].startswith("Halaman")
    assert page.xpath("//div[@class='paging mb20']//a/@href") == [
        page_url(article, n) for n in range(1, article.page_count + 1)
    ]
    assert page.xpath("//a[contains(., 'Halaman selanjutnya')]/@href") == [page_url(article, 3)]


def test_the_pager_of_2026_says_page_of_pages() -> None:
    article = first(2026, pages=2)
    page = tree(render_article(article, 2))
    assert texts(page, "//span[@class='total-page']") == [f"Halaman 2/{article.page_count}"]
    assert page.xpath("//div[@class='page-number']/a[@class='active']/@rel") == ["page-2"]
    assert " - Halaman 2" in texts(page, "//title")[0]


@pytest.mark.parametrize("era", ERAS)
def test_all_pages_on_one_have_no_pager(era: int) -> None:
    article = first(era)
    page = tree(render_article(article, all_pages=True))
    assert page.xpath("//div[contains(@class,'paging')]") == []
    assert parts_of(article)[-1].text in texts(page, "//div[contains(@class,'txt-article')]")[0]


def test_json_ld_names_the_editor_as_author_where_there_is_no_writer() -> None:
    article = next(a for a in ARTICLES if a.era == 2020 and not a.authors and a.byline_style == "lines")
    article = replace(article, printed_writers=None)
    data = json.loads(tree(render_article(article)).xpath("//script[@type='application/ld+json']")[0].text)
    assert data["author"]["name"] == article.editors[0].name


def test_json_ld_of_2026_is_a_graph_with_a_separate_editor() -> None:
    article = next(a for a in ARTICLES if a.era == 2026 and a.editors)
    data = json.loads(tree(render_article(article)).xpath("//script[@type='application/ld+json']")[0].text)
    kinds = [node["@type"] for node in data["@graph"]]
    assert kinds == ["NewsArticle", "BreadcrumbList"]
    assert data["@graph"][0]["editor"]["name"] == article.editors[0].name
    assert data["@graph"][0]["isAccessibleForFree"] is article.free


def test_only_the_pages_of_2024_carry_the_plain_text_in_a_script() -> None:
    carrying = {era for era in ERAS if "keywordBrandSafety" in render_article(first(era))}
    assert carrying == {2024}


def test_the_standfirst_is_hidden_in_the_element_of_its_year() -> None:
    for era, name in ((2020, "h4"), (2024, "h4"), (2026, "h2")):
        page = tree(render_article(first(era)))
        assert texts(page, f"//{name}[@class='hide']") == [first(era).standfirst]


def test_a_page_is_filled_up_to_the_size_asked_for_without_article_text() -> None:
    small, large = render_article(ARTICLES[0]), render_article(ARTICLES[0], page_bytes=150_000)
    assert len(small) < 60_000
    assert 150_000 <= len(large.encode()) < 165_000
    container = "//div[contains(@class,'txt-article')]"
    assert texts(tree(small), container) == texts(tree(large), container)


def test_an_amp_page_leads_back_to_the_desktop_page() -> None:
    page = tree(render_amp(first(2024), 2))
    assert page.xpath("//link[@rel='canonical']/@href") == [first(2024).url]
    assert texts(page, "//h1") == [first(2024).headline]


def test_a_site_of_another_network_gets_the_same_markup() -> None:
    article = first(2024)
    site = replace(
        article.site,
        host="aceh.tribunnews.com",
        scheme="https",
        brand="Contoh",
        image_root="https://cdn.example",
    )
    page = tree(render_article(replace(article, site=site)))
    assert page.xpath("//meta[@property='og:url']/@content") == [f"https://aceh.tribunnews.com{article.path}"]
    assert texts(page, "//title") == [f"{article.headline} - Contoh"]


def test_video_and_gallery_pages_have_hardly_any_text() -> None:
    for card in NEWSROOM.cards[60:]:
        page = tree(render_other(card, ARTICLES[0]))
        assert len(texts(page, "//div[contains(@class,'txt-article')]")[0]) < 250
        assert page.xpath("//iframe | //ul[@class='bxslider']")
