"""What is an edit and what is not, on the demo portal's pages of all three eras.

An edit makes another digest, and so a new version; what the portal changes around an article does not.
"""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.sidecar import changed_fields
from crawler.demo.markup import render_article
from crawler.demo.newsroom import Newsroom
from crawler.demo.story import Block, Box, DemoArticle, Heading, Items, Named, Paragraph, Quote, Related
from extractors.article import PageReading, content_digest
from extractors.extract import read_page
from extractors.stitch import join

ERAS = (2020, 2024, 2026)
ARTICLES = tuple(Newsroom().articles())
Edit: TypeAlias = Callable[[DemoArticle], DemoArticle]
Around: TypeAlias = Callable[[str], str]


def read(article: DemoArticle, number: int = 1, around: Around = str) -> PageReading:
    html = around(render_article(article, number))
    url = article.url + (f"?page={number}" if number > 1 else "")
    return read_page(html.encode(), url=url, captured_at=datetime(article.era, 12, 1, tzinfo=UTC))


def digests(article: DemoArticle, around: Around = str) -> list[str]:
    """The digest of each page, as the desk makes them."""
    first = read(article, 1, around)
    later = [read(article, number, around) for number in range(2, article.page_count + 1)]
    return [content_digest(first), *(content_digest(page, first) for page in later)]


def record(article: DemoArticle, around: Around = str) -> dict[str, object]:
    pages = {number: read(article, number, around) for number in range(1, article.page_count + 1)}
    return join(pages).as_plain()


def fit(era: int, fits: Callable[[DemoArticle], bool]) -> DemoArticle:
    return next(article for article in ARTICLES if article.era == era and fits(article))


# --- edits --------------------------------------------------------------------------------------------


def _blocks(article: DemoArticle, page: int, edit: Callable[[Block], Block]) -> DemoArticle:
    """The article with the first block of a page changed that `edit` changes."""
    blocks = list(article.pages[page - 1])
    place = next(place for place, block in enumerate(blocks) if edit(block) != block)
    blocks[place] = edit(blocks[place])
    pages = list(article.pages)
    pages[page - 1] = tuple(blocks)
    return replace(article, pages=tuple(pages))


def _text(block: Block) -> Block:
    if not isinstance(block, Paragraph) or block.strong or block.mark or block.tags:
        return block
    return replace(block, text=block.text.replace(".", " (diralat).", 1))


def _lead(article: DemoArticle, **changes: str) -> DemoArticle:
    assert article.lead is not None
    return replace(article, lead=replace(article.lead, **changes))


def _byline(article: DemoArticle) -> DemoArticle:
    people = tuple(Named(name="Cut Nyak Meutia", url=person.url) for person in article.authors)
    return replace(article, authors=people, printed_writers="Cut Nyak Meutia")


EDITS: dict[str, tuple[Edit, Callable[[DemoArticle], bool], str]] = {
    "title": (
        lambda item: replace(item, headline=f"{item.headline} Lagi"),
        lambda item: True,
        "headline",
    ),
    "standfirst": (
        lambda item: replace(item, standfirst=f"{item.standfirst}, kata warga"),
        lambda item: True,
        "description",
    ),
    "body": (
        lambda item: _blocks(item, 1, _text),
        lambda item: any(_text(block) != block for block in item.pages[0]),
        "articleBody",
    ),
    "byline": (_byline, lambda item: len(item.authors) == 1 and item.byline_style == "lines", "creditText"),
    "editor": (
        lambda item: replace(item, editors=(Named(name="Teuku Rizal", url=item.editors[0].url),)),
        lambda item: bool(item.editors) and item.byline_style == "lines",
        "editor",
    ),
    "credit": (
        lambda item: _lead(item, credit="KABAR/NUR AINI"),
        lambda item: item.lead is not None and item.lead.credit is not None,
        "image",
    ),
    "caption": (
        lambda item: _lead(item, caption="Warga menunggu di dermaga, Jumat."),
        lambda item: item.lead is not None,
        "image",
    ),
}


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_makes_another_digest_and_is_named(name: str, era: int) -> None:
    edit, fits, field = EDITS[name]
    article = fit(era, fits)
    edited = edit(article)
    assert digests(edited)[0] != digests(article)[0]
    changed = changed_fields(record(article), record(edited))
    assert field in changed
    assert set(changed) <= {
        field,
        *(("author", "creditText", "editor") if name in {"byline", "editor"} else ()),
    }


@pytest.mark.parametrize("era", ERAS)
def test_an_edit_on_page_2_alone_changes_the_digest_of_page_2_alone(era: int) -> None:
    article = fit(
        era, lambda item: item.page_count > 1 and any(_text(block) != block for block in item.pages[1])
    )
    before, after = digests(article), digests(_blocks(article, 2, _text))
    assert [one != other for one, other in zip(before, after, strict=True)] == [
        number == 2 for number in range(1, article.page_count + 1)
    ]


@pytest.mark.parametrize("era", ERAS)
def test_what_page_1_gives_counts_on_page_1_alone(era: int) -> None:
    """A title that is changed between the requests for page 1 and page 2 is one edit, found on page 1."""
    article = fit(era, lambda item: item.page_count > 1 and item.lead is not None and bool(item.authors))
    first = read(article)
    for edit in ("title", "standfirst"):
        assert content_digest(read(EDITS[edit][0](article), 2), first) == digests(article)[1]


# --- no edits -----------------------------------------------------------------------------------------


def _others(article: DemoArticle, salt: int) -> DemoArticle:
    """Other recommendations, other articles in the sidebar, another choice below the text."""
    items = [
        (f"Kabar Lain Nomor {salt + n}", f"{article.site.root}/daerah/80{salt % 9}{n:03}/kabar-{n}")
        for n in range(4)
    ]
    return replace(article, recommended=tuple(items))


def _related(article: DemoArticle, salt: int) -> DemoArticle:
    """Other "Baca juga" lines, in text and in address, as many as before or fewer."""

    def other(block: Block) -> Block | None:
        if isinstance(block, Box):
            return replace(block, links=block.links[: salt % 3])
        if not isinstance(block, Related):
            return block
        if salt % 5 == 0:
            return None
        return replace(
            block,
            name=f"Warga Bergotong Royong ke-{salt}",
            url=f"{article.site.root}/daerah/80{salt:04}/gotong-royong",
        )

    pages = tuple(tuple(new for block in page if (new := other(block)) is not None) for page in article.pages)
    return replace(article, pages=pages)


def _modified(article: DemoArticle, salt: int) -> DemoArticle:
    return replace(article, modified=article.modified + timedelta(minutes=7 * salt + 1))


def _advertised(html: str) -> str:
    """Another campaign: in the slots, between the paragraphs, and in the scripts."""
    banner = '<div class="ads-placeholder"><div id="div-gpt-ad-Inside-{0}"><a href="https://iklan.example/{0}">Beli Sekarang</a></div></div>'
    places = iter(range(1000))
    return re.sub(
        r"</p>", lambda match: match[0] + (banner.format(99) if next(places) % 4 == 1 else ""), html
    )


def _counted(html: str) -> str:
    """Views, shares and comments."""
    html = re.sub(r'(<div class="fb-like"[^>]*>)', r'\1<span class="count">1.204 kali dibagikan</span>', html)
    html = html.replace("</time>", "</time><span class='grey view-count'>Dibaca 8.731 kali</span>", 1)
    return re.sub(
        r'(<div class="fb-comments"[^>]*>)',
        r'\1<div class="comment"><b>Warga 21</b><p>Semoga lekas selesai, terima kasih.</p></div><span>17 komentar</span>',
        html,
    )


def _later(html: str) -> str:
    """The sidebar's times and the year of the copyright."""
    return re.sub(r"\d+ jam lalu", "23 jam lalu", html).replace("&copy; 20", "&copy; 19")


AROUND: dict[str, tuple[Callable[[DemoArticle, int], DemoArticle], Around]] = {
    "recommendations and sidebar": (_others, str),
    "related lines": (_related, str),
    "time of the last change": (_modified, str),
    "advertisements": (lambda item, _salt: item, _advertised),
    "views, shares and comments": (lambda item, _salt: item, _counted),
    "times in the sidebar": (lambda item, _salt: item, _later),
    "all of it": (
        lambda item, salt: _others(_related(_modified(item, salt), salt), salt),
        lambda html: _later(_counted(_advertised(html))),
    ),
}


@settings(max_examples=4, deadline=None)
@given(st.data())
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", AROUND)
def test_what_changes_around_an_article_is_no_edit(name: str, era: int, data: st.DataObject) -> None:
    article = data.draw(st.sampled_from([item for item in ARTICLES if item.era == era]))
    change, around = AROUND[name]
    other = change(article, data.draw(st.integers(0, 999)))
    assert around is str or around(render_article(article)) != render_article(article)
    assert digests(other, around) == digests(article)


def test_other_addresses_of_a_picture_or_a_person_are_no_edit() -> None:
    article = fit(
        2026, lambda item: item.lead is not None and bool(item.authors) and item.byline_style == "lines"
    )
    moved = _lead(article, url=f"{article.site.images}/lain/640x360/foto.png")
    moved = replace(moved, authors=tuple(replace(one, url=f"{one.url}-2") for one in article.authors))
    assert digests(moved) == digests(article)
    assert changed_fields(record(article), record(moved)) == []
    assert record(article) != record(moved)


@pytest.mark.parametrize("kind", [Heading, Items, Quote])
def test_headings_lists_and_quotes_are_text(kind: type) -> None:
    article = next(item for item in ARTICLES if any(isinstance(block, kind) for block in item.pages[0]))
    shorter = tuple(block for block in article.pages[0] if not isinstance(block, kind))
    edited = replace(article, pages=(shorter, *article.pages[1:]))
    assert digests(edited)[0] != digests(article)[0]
