"""Invented words in the place of a page's own, the same everywhere."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.filler import fill, fill_address
from extractors.page import Page, parse

HTML = b"""<html lang="id"><head><title>Warga Menanam - Kabar</title><meta property="og:type" content="article">
<meta property="og:site_name" content="Kabar Kuala"><meta name="description" content="Warga menanam."><style>p{}</style>
<script>var isi = "rahasia";</script><script type="application/ld+json">{"@type": "NewsArticle",
"headline": "Warga Menanam", "datePublished": "2026-03-17T09:05:00+07:00", "publisher": {"name": "Kabar Kuala"}}</script>
</head><body onclick="x()"><!-- rahasia --><h1 class="judul" title="rahasia">Warga Menanam</h1>
<time datetime="2026-03-17">Selasa, 17 Maret 2026</time><p>Baca juga: <a href="/daerah/1/warga-menanam-bakau">WARGA</a>
<script>1</script>ekor</p></body></html>"""


def page() -> Page:
    parsed = parse(HTML, url="https://kabar.example/a", captured_at=datetime(2026, 3, 18, tzinfo=UTC))
    assert isinstance(parsed, Page)
    return parsed


def test_a_word_is_the_same_other_word_everywhere_with_its_length_and_capitals() -> None:
    filled = parse(fill(page()).encode(), url="https://kabar.example/a", captured_at=page().captured_at)
    assert isinstance(filled, Page)
    headline = filled.tree.findtext(".//h1") or ""
    assert headline == filled.json_ld[0]["headline"]
    assert filled.title.startswith(headline + " - ")
    assert [len(word) for word in headline.split()] == [5, 7]
    assert headline.istitle()
    assert (filled.tree.findtext(".//a") or "") == headline.split()[0].upper()


def test_dates_labels_brand_and_vocabulary_stay() -> None:
    text = fill(page())
    for kept in (
        "Selasa, 17 Maret 2026",
        "Baca juga: ",
        "2026-03-17T09:05:00+07:00",
        "Kabar Kuala",
        '"article"',
    ):
        assert kept in text, kept


@pytest.mark.parametrize("gone", ["rahasia", "onclick", "<style", "Warga", "menanam", "<!--"])
def test_scripts_comments_handlers_and_the_text_itself_go(gone: str) -> None:
    assert gone not in fill(page()).replace("<!DOCTYPE", "")


def test_text_after_a_script_stays_in_its_place() -> None:
    paragraph = fill(page()).partition("</a>")[2].partition("</p>")[0]
    assert len(paragraph.strip()) == len("ekor")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://kabar.example/daerah/2026/03/17/45123/warga-menanam-bakau", "/daerah/2026/03/17/45123/"),
        (
            "https://kabar.example/jateng/berita/d-7345678/warga-menanam-bakau?page=2",
            "/jateng/berita/d-7345678/",
        ),
        (
            "https://x.example/share?u=https://kabar.example/warga-menanam-bakau",
            "share?u=https://kabar.example/",
        ),
        ("https://kabar.example/author/151/warga", "/author/"),
        ("/tag/menanam", "/tag/"),
    ],
)
def test_the_slugs_of_addresses_are_filled_and_their_shape_stays(url: str, same: str) -> None:
    filled = fill_address(url)
    assert same in filled
    assert len(filled) == len(url)
    assert not {"warga", "menanam", "bakau"} & set(filled.replace("/", "-").split("-"))


@pytest.mark.parametrize(
    "url", ["", "#", "javascript:void(0)", "https://kabar.example", "//kabar.example/", "a"]
)
def test_other_addresses_stay_as_they_are(url: str) -> None:
    assert fill_address(url) == url
