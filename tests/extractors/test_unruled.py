"""The fields of portals without rules, and pages there that are no articles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from extractors.article import PageKind, PageReading
from extractors.extract import read_page
from extractors.unruled import split_caption
from tests.extractors.test_fallback import HEADLINE, paragraphs

URL = "https://kabardusun.example/daerah/warga-sukamaju-bersihkan-saluran-air"


def read(
    *, above: str = "", below: str = "", head: str = "", h1: str = HEADLINE, **stated: object
) -> PageReading:
    """A page with something above and below the text; `stated` are fields of its JSON-LD."""
    ld = json.dumps(
        {"@context": "https://schema.org", "@type": "NewsArticle", "headline": HEADLINE, **stated}
    )
    page = f"""<!DOCTYPE html><html lang="id"><head><title>{HEADLINE} - Kabar Dusun</title>
<meta property="og:site_name" content="Kabar Dusun">{head}
<script type="application/ld+json">{ld}</script></head>
<body><main><h1>{h1}</h1>{above}<div class="isi">{paragraphs()}</div>{below}</main></body></html>"""
    return read_page(page.encode(), url=URL, captured_at=datetime(2026, 11, 6, tzinfo=UTC))


def people(reading: PageReading) -> tuple[list[str], list[str]]:
    return [one.name for one in reading.authors], [one.name for one in reading.editors]


def person(name: str) -> dict[str, str]:
    return {"@type": "Person", "name": name}


@pytest.mark.parametrize("name", ["Kabar Dusun", "Tim Kabar Dusun", "Redaksi", "Administrator", "admin"])
def test_the_portal_a_desk_or_an_account_is_no_author(name: str) -> None:
    assert people(read(author=person(name))) == ([], [])


def test_an_organisation_is_no_author() -> None:
    assert people(read(author={"@type": "Organization", "name": "Sari Wulandari"})) == ([], [])


def test_a_person_whom_only_json_ld_names_is_the_author() -> None:
    reading = read(author=person("Sari Wulandari"))
    assert people(reading) == (["Sari Wulandari"], [])
    assert dict(reading.field_sources)["authors"] == "json-ld"


def test_json_lds_author_who_is_printed_as_editor_is_no_author_and_a_doubt() -> None:
    reading = read(author=person("Sari Wulandari"), below="<p>Editor: Sari Wulandari</p>")
    assert people(reading) == ([], ["Sari Wulandari"])
    assert "the page's scripts name the editor as author" in reading.warnings


def test_a_printed_reporter_is_the_author_and_json_lds_is_not_believed() -> None:
    line = "<div>Rep: Muhyiddin Yamin/ Red: Sari Wulandari</div>"
    assert people(read(above=line, author=person("Sari Wulandari"))) == (
        ["Muhyiddin Yamin"],
        ["Sari Wulandari"],
    )


def test_labels_on_lines_of_their_own_name_the_lines_that_follow() -> None:
    line = "<p>Reporter</p><h4>Budi Santoso</h4><p>Editor</p><h4>Sari Wulandari</h4>"
    assert people(read(above=line)) == (["Budi Santoso"], ["Sari Wulandari"])


def test_two_places_that_name_different_authors_are_a_doubt_without_a_value() -> None:
    reading = read(above='<a rel="author" href="/p/budi">Budi Santoso</a>', author=person("Sari Wulandari"))
    assert people(reading) == ([], [])
    assert "the page names different authors in different places" in reading.warnings


def test_a_label_after_a_related_link_names_nobody() -> None:
    stray = "<p>Pilihan Editor: <a href='/x'>Petani Menunggu Hujan Turun di Lereng</a></p>"
    assert people(read(below=stray)) == ([], [])


def test_the_name_of_the_site_in_the_h1_is_no_headline() -> None:
    assert read(h1="Kabar Dusun").headline == HEADLINE


def test_the_brand_at_the_end_of_the_title_is_not_in_the_headline() -> None:
    assert read(h1="", headline="").headline == HEADLINE


def test_a_printed_zone_corrects_a_script_that_states_the_same_clock_time() -> None:
    reading = read(
        above="<div>Kamis, 5 November 2026 10:15 WITA</div>", datePublished="2026-11-05T10:15:30+07:00"
    )
    assert reading.published is not None
    assert reading.published.isoformat() == "2026-11-05T10:15:30+08:00"
    assert reading.published_text == "Kamis, 5 November 2026 10:15 WITA"


def test_a_printed_date_alone_is_the_date_of_publication() -> None:
    published = read(above="<div>Kamis, 5 November 2026 10:15 WIB</div>").published
    assert published is not None
    assert published.isoformat() == "2026-11-05T10:15:00+07:00"


@pytest.mark.parametrize(
    ("printed", "caption", "credit"),
    [
        ("Warga bekerja. (Foto: Budi/Kabar)", "Warga bekerja.", "Budi/Kabar"),
        ("Warga bekerja. [Kabar/Budi]", "Warga bekerja.", "Kabar/Budi"),
        ("Warga bekerja. Foto: Dok Desa", "Warga bekerja.", "Dok Desa"),
        ("Warga bekerja. KABAR FOTO/Budi Santoso", "Warga bekerja.", "KABAR FOTO/Budi Santoso"),
        ("Warga bekerja. /Kabar/Budi", "Warga bekerja.", "Kabar/Budi"),
        ("Warga bekerja, Kamis (5/11/2026)", "Warga bekerja, Kamis (5/11/2026)", None),
        ("Foto: Budi", None, "Budi"),
        ("Warga bekerja.", "Warga bekerja.", None),
    ],
)
def test_a_caption_and_its_credit_come_apart(printed: str, caption: str | None, credit: str | None) -> None:
    assert split_caption(printed) == (caption, credit)


def test_the_photo_has_the_caption_next_to_it() -> None:
    figure = (
        "<figure><img src='/f/saluran-700x400.jpg'><figcaption>Saluran. (Foto: Budi)</figcaption></figure>"
    )
    photo = read(above=figure, image="https://kabardusun.example/f/saluran.jpg").photos[0]
    assert (photo.content_url, photo.caption, photo.credit_text) == (
        "https://kabardusun.example/f/saluran-700x400.jpg",
        "Saluran.",
        "Budi",
    )


def test_indonesian_text_is_indonesian_whatever_the_theme_says() -> None:
    page = paragraphs() * 2
    head = f"<html lang='en-US'><head><title>{HEADLINE}</title></head>"
    markup = f"{head}<body><h1>{HEADLINE}</h1>{page}</body></html>"
    reading = read_page(markup.encode(), url=URL, captured_at=datetime(2026, 11, 6, tzinfo=UTC))
    assert reading.language == "id"


def kind(body: str, *, head: str = "", url: str = URL) -> PageKind:
    page = f"<html><head><title>Kabar Dusun</title>{head}</head><body>{body}</body></html>"
    return read_page(page.encode(), url=url, captured_at=datetime(2026, 11, 6, tzinfo=UTC)).verdict.kind


TEASERS = "".join(
    f"<div class='item'><h2><a href='/d/{n}'>Judul Berita Ke-{n} dari Desa Sukamaju</a></h2>"
    f"<p>Kalimat pembuka dari berita nomor {n} yang cukup panjang sebagai sebuah paragraf.</p></div>"
    for n in range(12)
)


def test_teasers_are_a_list_and_no_article() -> None:
    assert kind(TEASERS) is PageKind.LIST
    assert kind(TEASERS, head="<meta property='og:type' content='article'>") is PageKind.LIST


def test_a_page_that_says_it_is_gone_is_no_article_although_it_shows_others() -> None:
    assert kind("<h2>Maaf, halaman yang Anda cari tidak ditemukan</h2>" + TEASERS) is PageKind.SOFT_404


def test_an_article_that_asks_readers_to_log_in_after_a_sentence_is_a_wall() -> None:
    markup = f"<h1>{HEADLINE}</h1>{paragraphs()}<p>Silakan masuk untuk melanjutkan membaca.</p>"
    assert kind(markup, head="<meta property='og:type' content='article'>") is PageKind.WALL


def test_a_login_for_comments_walls_nothing() -> None:
    markup = f"<h1>{HEADLINE}</h1>{paragraphs()}<p>Silakan login untuk memberi komentar.</p>"
    assert kind(markup, head="<meta property='og:type' content='article'>") is PageKind.ARTICLE
