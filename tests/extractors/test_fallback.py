"""Portals without rules: which lines are the article's."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from extractors.article import PageKind
from extractors.extract import read_page

SENTENCES = (
    "Warga Desa Sukamaju bergotong royong membersihkan saluran air yang tersumbat sejak pekan lalu.",
    "Kepala desa mengatakan pekerjaan itu selesai dalam dua hari berkat bantuan para pemuda setempat.",
    "Saluran sepanjang satu kilometer itu mengairi lebih dari empat puluh petak sawah milik warga.",
    "Pemerintah kecamatan berjanji memperbaiki pintu air yang rusak sebelum musim hujan datang lagi.",
    "Para petani berharap panen tahun ini tidak lagi gagal karena air tidak sampai ke sawah mereka.",
)
HEADLINE = "Warga Sukamaju Bersihkan Saluran Air"


def page(body: str) -> str:
    return f"""<!DOCTYPE html><html lang="id"><head><title>{HEADLINE} - Kabar Dusun</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="Kabar Dusun"></head><body>
<nav><a href="/">Beranda</a><a href="/daerah">Daerah</a><a href="/olahraga">Olahraga</a></nav>
<main><h1>{HEADLINE}</h1><div class="isi">{body}</div></main>
<footer>Tentang kami | Pedoman media siber</footer></body></html>"""


def texts(body: str) -> list[str]:
    reading = read_page(
        page(body).encode(),
        url="https://kabardusun.example/daerah/warga-sukamaju-bersihkan-saluran-air",
        captured_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    return [part.text for part in reading.parts]


def paragraphs(*, before: str = "", after: str = "") -> str:
    """The sentences with something before and after the third."""
    lines = [f"<p>{sentence}</p>" for sentence in SENTENCES]
    return "".join((*lines[:2], before, lines[2], after, *lines[3:]))


@pytest.mark.parametrize(
    "stray",
    [
        "<p>ADVERTISEMENT</p>",
        "<p>SCROLL TO CONTINUE WITH CONTENT</p>",
        "<p><strong>Baca juga: <a href='/a'>Petani Menunggu Hujan Turun</a></strong></p>",
        "<p>Simak juga video: Panen raya di lereng gunung</p>",
        "<p>[Gambas:Video 20kabar]</p>",
        "<p>Cek Berita dan Artikel yang lain di Google News</p>",
        "<p>Ikuti saluran WhatsApp kami untuk mendapat kabar terbaru setiap hari dari redaksi</p>",
        "<p>Editor: Rahmat Ilham</p>",
        "<p>Pewarta: Siti Aminah Editor: Rahmat Ilham Copyright © KABAR 2026</p>",
        "<p>Sumber: Humas Kecamatan</p>",
        "<p>Halaman: 1 2 Selanjutnya</p>",
        "<p>Bagikan artikel ini ke teman Anda</p>",
        "<div class='artikel-terkait'><p>Petani di lereng gunung menunggu hujan.</p></div>",
        "<div class='wp-caption'><p class='wp-caption-text'>Warga bekerja. Foto: Dok. Desa</p></div>",
        "<figure><img src='/a.jpg'><figcaption>Warga membersihkan saluran air.</figcaption></figure>",
        f"<h1>{HEADLINE}</h1>",
        "<p>Kamis, 5 November 2026 10:15 WIB</p>",
    ],
)
def test_what_newsrooms_print_between_paragraphs_is_not_the_article(stray: str) -> None:
    assert texts(paragraphs(before=stray)) == list(SENTENCES)
    assert texts(paragraphs() + stray) == list(SENTENCES)


def test_a_subhead_a_quotation_and_a_short_answer_stay() -> None:
    markup = "<h3>Air untuk sawah</h3><blockquote>Kami senang sekali.</blockquote><p>Benarkah?</p>"
    assert texts(paragraphs(after=markup)) == [
        *SENTENCES[:3],
        "Air untuk sawah",
        "Kami senang sekali.",
        "Benarkah?",
        *SENTENCES[3:],
    ]


def test_ordered_items_keep_their_numbers() -> None:
    items = "<ol><li>Bersihkan saluran dari sampah plastik.</li><li>Perbaiki pintu air yang rusak.</li></ol>"
    assert texts(paragraphs(after=items))[3:5] == [
        "1. Bersihkan saluran dari sampah plastik.",
        "2. Perbaiki pintu air yang rusak.",
    ]


def test_lines_that_only_breaks_divide_are_paragraphs() -> None:
    assert texts("<br><br>".join(SENTENCES)) == list(SENTENCES)


def test_a_text_cut_into_two_columns_is_whole() -> None:
    first = paragraphs()
    second = "".join(f"<p>{sentence.replace('air', 'irigasi')}</p>" for sentence in SENTENCES)
    columns = f"<div class='potongan'>{first}</div><div id='iklan'></div><div class='potongan'>{second}</div>"
    assert len(texts(columns)) == 2 * len(SENTENCES)


def test_a_second_article_with_a_title_of_its_own_is_not_read_on() -> None:
    other = "".join(f"<p>{sentence.replace('Sukamaju', 'Sukaraja')}</p>" for sentence in SENTENCES)
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    cut = f"<div class='artikel'>{body}</div><div class='artikel'><h1>Warga Sukaraja</h1>{other}</div>"
    assert texts(cut) == list(SENTENCES)


def test_related_links_of_the_text_are_kept_as_links() -> None:
    stray = "<p><strong>Baca juga: <a href='/petani-menunggu'>Petani Menunggu Hujan Turun</a></strong></p>"
    reading = read_page(
        page(paragraphs(before=stray)).encode(),
        url="https://kabardusun.example/daerah/warga-sukamaju-bersihkan-saluran-air",
        captured_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    assert [(link.url, link.name, link.after_part) for link in reading.related] == [
        ("https://kabardusun.example/petani-menunggu", "Petani Menunggu Hujan Turun", 2)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Untuk mengurangi sampah, pemuda desa mengunggah cara membuat kompos di YouTube setiap hari Minggu.",
        "Sumber air di lereng itu tidak pernah kering walau kemarau berlangsung selama tujuh bulan penuh.",
        "Editor buku itu mengumpulkan catatan warga selama dua tahun sebelum menerbitkannya sendiri.",
        "Foto lama yang ditemukan di balai desa menunjukkan saluran itu sudah ada sejak tahun 1952.",
        "Warga dapat mengirim laporan kerusakan melalui WhatsApp ke nomor yang ditempel di balai desa.",
        "Hak cipta lagu daerah itu kini terdaftar atas nama masyarakat desa, bukan atas nama perorangan.",
    ],
)
def test_a_sentence_that_begins_like_a_label_stays(sentence: str) -> None:
    assert sentence in texts(paragraphs(before=f"<p>{sentence}</p>"))


def test_related_items_in_a_list_without_a_name_are_left() -> None:
    items = "".join(
        f"<li><a href='/d/{n}'><h3>Judul Berita Lain Ke-{n} dari Desa Sukaraja</h3></a>"
        f"<p>Kalimat pembuka berita nomor {n} yang cukup panjang sebagai paragraf tersendiri.</p></li>"
        for n in range(6)
    )
    assert texts(paragraphs() + f"<ul class='list-3'>{items}</ul>") == list(SENTENCES)


def test_text_that_stands_only_in_json_ld_is_read_there() -> None:
    stated = json.dumps({"@type": "NewsArticle", "headline": HEADLINE, "articleBody": "\n".join(SENTENCES)})
    markup = f"<script type='application/ld+json'>{stated}</script><div id='app'></div>"
    assert texts(markup) == list(SENTENCES)


def test_a_dateline_before_the_first_paragraph_opens_it() -> None:
    first = f"<strong>Sukamaju</strong> - {paragraphs()}"
    assert texts(first)[0] == f"Sukamaju - {SENTENCES[0]}"


def test_thousands_of_teasers_are_a_list_and_end() -> None:
    teasers = "".join(
        f"<div class='i'><h3><a href='/d/{n}'>Judul berita nomor {n}</a></h3><p>{SENTENCES[n % 5]}</p></div>"
        for n in range(1500)
    )
    reading = read_page(
        page(teasers).encode(),
        url="https://kabardusun.example/daerah",
        captured_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    assert reading.verdict.kind is PageKind.LIST
