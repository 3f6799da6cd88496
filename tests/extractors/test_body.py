"""The container as typed parts: nothing lost, nothing leaked."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import pytest

from tests.extractors.press import HOST, Sheet, body, texts

LINK = f'<a href="{HOST}/2022/07/19/harga-ikan">Harga Ikan Naik</a>'
ONE, TWO = "Satu kalimat tentang hujan.", "Dua kalimat tentang panen."


def test_inline_markup_stays_in_its_sentence() -> None:
    markup = f'<p><strong>SERAMBINEWS.COM</strong> - Warga <a href="{HOST}/tag/x" class="blue">Pidie</a>, <i>kata</i> dia.</p>'
    assert texts(markup) == ["SERAMBINEWS.COM - Warga Pidie, kata dia."]


def test_white_space_is_folded_and_invisible_characters_go() -> None:
    assert texts("<p>Satu&nbsp;&nbsp;kata\n\t lagi\u200b.</p><p>&nbsp;</p><p></p>") == ["Satu kata lagi."]


def test_two_breaks_end_a_paragraph_and_one_breaks_the_line() -> None:
    assert texts(f"<p>{ONE}<br><br/>{TWO}</p>") == [ONE, TWO]
    assert texts(f"<p>{ONE}<br>{TWO}</p>") == [f"{ONE}\n{TWO}"]


def test_text_without_paragraph_elements_is_kept() -> None:
    assert texts(f"{ONE}<div>{TWO}</div>ekor kalimat") == [ONE, TWO, "ekor kalimat"]


def test_headings_lists_tables_and_quotes_are_typed() -> None:
    markup = (
        "<h2>Jadwal</h2><ol start='3'><li>Pagi</li><li>Siang <b>hari</b></li></ol><ul><li>Tenda<ul><li>Tali</li></ul></li></ul>"
        "<table><tr><th>Desa</th><th>Jumlah</th></tr><tr><td>Baroh</td><td>12</td></tr></table>"
        f"<blockquote><p>{ONE}</p></blockquote><p><strong>Tahap Kedua</strong></p><p><b>{TWO}</b></p>"
    )
    assert body(markup) == [
        ("heading", "Jadwal"),
        ("listItem", "3. Pagi"),
        ("listItem", "4. Siang hari"),
        ("listItem", "Tenda"),
        ("listItem", "Tali"),
        ("tableRow", "Desa | Jumlah"),
        ("tableRow", "Baroh | 12"),
        ("quote", ONE),
        ("heading", "Tahap Kedua"),
        ("paragraph", TWO),
    ]


def test_a_layout_table_gives_paragraphs() -> None:
    assert body(f"<table><tr><td><p>{ONE}</p><p>{TWO}</p></td></tr></table>") == [
        ("paragraph", ONE),
        ("paragraph", TWO),
    ]


@pytest.mark.parametrize(
    "box",
    [
        '<div id="div-Inside-MediumRectangle"><script>ads()</script>Iklan</div>',
        '<div class="ads-placeholder">Iklan di sini</div>',
        '<div class="reserved_box_ads">Iklan di sini</div>',
        '<div style="display: none">Tersembunyi</div>',
        '<div id="widget_pilihanuntukmu_article"><p>Pilihan untukmu</p></div>',
        '<blockquote class="twitter-tweet"><p>Cuitan orang</p></blockquote>',
        '<blockquote class="summary-article"><ul><li>Butir ringkasan</li></ul></blockquote>',
        "<script>var x = '<p>teks</p>'</script>",
        "<iframe src='https://youtube.example/x'>video</iframe>",
        "<p>ADVERTISEMENT</p>",
        "<p>Ikuti kami di</p>",
        "<p>Dapatkan Berita Pilihan</p>",
        "<p>Berita Rekomendasi</p>",
        f"<div><div>Berita Rekomendasi</div><ul><li>{LINK}</li><li>{LINK}</li><li>{LINK}</li></ul></div>",
        "<p>(*)</p>",
        "<p>(fis)</p>",
        "<p>*) PENULIS adalah pegiat literasi di Sigli</p>",
        "<p>KUPI BEUNGOH adalah rubrik opini pembaca.</p>",
        "<p>zoom-in Nelayan di dermaga</p>",
    ],
)
def test_what_is_not_the_article_never_reaches_the_body(box: str) -> None:
    reading = Sheet(body=f"<p>{ONE}</p>{box}<p>{TWO}</p>").read()
    assert [part.text for part in reading.parts] == [ONE, TWO]
    assert reading.related == ()


@pytest.mark.parametrize(
    ("line", "label"),
    [
        (f'<p class="baca"><strong>Baca: {LINK}</strong></p>', "Baca:"),
        (f'<p class="baca">Baca juga: {LINK}</p>', "Baca juga:"),
        (f'<p class="baca"><strong><span class="more">Baca juga: {LINK}</span></strong></p>', "Baca juga:"),
        (f"<p><b>Baca :</b> {LINK}</p>", "Baca :"),
        (f"<p>( Baca: {LINK} )</p>", "Baca:"),
        (f"<p>• {LINK}</p>", "•"),
        (f"<p>Berita selengkapnya &gt;&gt;&gt; {LINK}</p>", "Berita selengkapnya >>>"),
        (f"<p>Selengkapnya baca {LINK}</p>", "Selengkapnya baca"),
        (f"<p>Baca Selengkapnya: {LINK}</p>", "Baca Selengkapnya:"),
        (f"<p>{LINK}</p>", None),
    ],
)
def test_every_spelling_of_a_related_line_becomes_a_link(line: str, label: str | None) -> None:
    reading = Sheet(body=f"<p>{ONE}</p>{line}<p>{TWO}</p>").read()
    assert [part.text for part in reading.parts] == [ONE, TWO]
    assert [(link.name, link.label, link.after_part) for link in reading.related] == [
        ("Harga Ikan Naik", label, 1)
    ]


def test_a_related_link_inside_a_sentence_leaves_it() -> None:
    reading = Sheet(body=f"<p>{ONE} (Baca juga: {LINK}) {TWO}</p>").read()
    assert [part.text for part in reading.parts] == [f"{ONE} {TWO}"]
    assert [link.name for link in reading.related] == ["Harga Ikan Naik"]


def test_a_paid_line_to_another_domain_is_neither_text_nor_related() -> None:
    reading = Sheet(
        body=f'<p>{ONE}</p><p class="baca">Baca: <a href="https://toko.example/x">Panci Murah</a></p>'
    ).read()
    assert [part.text for part in reading.parts] == [ONE]
    assert reading.related == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Selengkapnya akan diumumkan besok.",
        "Baca buku adalah hobinya.",
        "Penulis Budi Santoso adalah dosen di kota itu.",
    ],
)
def test_a_sentence_that_begins_like_a_label_stays(sentence: str) -> None:
    assert texts(f"<p>{ONE}</p><p>{sentence}</p>") == [ONE, sentence]


@pytest.mark.parametrize(
    "mark", ["(*)", "(fis)", "(Tribunnews/Rica Ayu)", "(Serambinews.com/Rica Ayu)", "(ia/yh)", "***"]
)
def test_an_end_mark_leaves_the_last_paragraph(mark: str) -> None:
    assert texts(f"<p>{ONE}</p><p>{TWO} {mark}</p>") == [ONE, TWO]


def test_brackets_that_end_a_sentence_are_no_end_mark() -> None:
    assert texts("<p>Beratnya sepuluh kilogram (kg)</p>") == ["Beratnya sepuluh kilogram (kg)"]


def test_an_earlier_publication_is_a_source_and_not_text() -> None:
    link = '<a href="https://berita.example/read/1/banjir">Berita Contoh</a>'
    reading = Sheet(
        body=f"<p>{ONE}</p><p>Artikel ini telah tayang di {link} dengan judul Banjir Surut</p>"
    ).read()
    assert reading.based_on == ("https://berita.example/read/1/banjir",)
    assert [part.text for part in reading.parts] == [ONE]


def test_a_figure_in_the_body_is_a_photo_with_credit() -> None:
    figure = '<figure class="image"><img src="/foto/a.jpg"><figcaption>Perahu di dermaga. (TRIBUN/Ridho Hadi)</figcaption></figure>'
    reading = Sheet(body=f"<p>{ONE}</p>{figure}").read()
    (photo,) = reading.photos
    assert (photo.content_url, photo.caption, photo.credit_text) == (
        f"{HOST}/foto/a.jpg",
        "Perahu di dermaga.",
        "TRIBUN/Ridho Hadi",
    )
    assert [part.text for part in reading.parts] == [ONE]


def test_a_report_line_before_the_dateline_leaves_the_first_paragraph() -> None:
    reading = Sheet(
        body=f"<p>Laporan Wartawan Serambi Indonesia Ayu Lestari | Sigli<br>SERAMBINEWS.COM, SIGLI - {ONE}</p>"
    ).read()
    assert [part.text for part in reading.parts] == [f"SERAMBINEWS.COM, SIGLI - {ONE}"]
    assert [person.name for person in reading.contributors] == ["Ayu Lestari"]
    assert (reading.dateline, reading.place) == ("SERAMBINEWS.COM, SIGLI", "Sigli")
