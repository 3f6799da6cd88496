"""Everything that newsrooms print inside a body and that is not the article, in every dress; and the
sentences that look like it and are.
"""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.article import PageReading
from tests.extractors.press import HEADLINE, HOST, URL, Sheet, body, texts

NAME = "Harga Ikan Naik"
LINK = f'<a href="{HOST}/2022/07/19/harga-ikan">{NAME}</a>'
ONE = "SERAMBINEWS.COM, SIGLI - Satu kalimat panjang tentang hujan di kampung."
TWO = "Dua kalimat tentang panen padi."
THREE = "Tiga kalimat tentang pasar pagi."

DRESSES: dict[str, Callable[[str], str]] = {
    "paragraph": lambda x: f"<p>{x}</p>",
    "division": lambda x: f"<div>{x}</div>",
    "nested": lambda x: (
        f"<div class='a'><section><div><p><span style='color:red'>{x}</span></p></div></section></div>"
    ),
    "paragraph in paragraph": lambda x: f"<p><p>{x}</p></p>",
    "strong": lambda x: f"<p><strong>{x}</strong></p>",
    "strong around": lambda x: f"<strong><p>{x}</p></strong>",
    "italic": lambda x: f"<p><em><i>{x}</i></em></p>",
    "heading": lambda x: f"<h3>{x}</h3>",
    "list item": lambda x: f"<ul><li>{x}</li></ul>",
    "list item paragraph": lambda x: f"<ul><li><p>{x}</p></li></ul>",
    "table": lambda x: f"<table><tbody><tr><td>{x}</td></tr></tbody></table>",
    "bare": lambda x: f"<br><br>{x}<br><br>",
    "centre": lambda x: f"<center><p style='text-align:center'>{x}</p></center>",
    "blanks": lambda x: f"<p>&nbsp; \u200b{x}\u00ad&nbsp;\ufeff</p>",
    "break before": lambda x: f"<p><br>{x}<br></p>",
}


def between(markup: str) -> PageReading:
    return Sheet(body=f"<p>{ONE}</p><p>{TWO}</p>{markup}<p>{THREE}</p>").read()


def said(reading: PageReading) -> list[str]:
    return [part.text for part in reading.parts]


RELATED = (
    f"Baca juga: {LINK}",
    f"BACA JUGA: {LINK}",
    f"baca juga : {LINK}",
    f"Baca Juga {LINK}",
    f"Baca: {LINK}",
    f"Baca :&nbsp;{LINK}",
    f"( Baca: {LINK} )",
    f"(Baca juga: {LINK})",
    f"[Baca juga: {LINK}]",
    f"• {LINK}",
    f"• Baca juga: {LINK}",
    f"» {LINK}",
    f"👉 Baca juga: {LINK}",
    f"<b>Baca</b> <b>juga</b>: {LINK}",
    f"Baca Selengkapnya {LINK}",
    f"Baca selengkapnya: {LINK}",
    f"Berita selengkapnya &gt;&gt;&gt; {LINK}",
    f"Selengkapnya baca {LINK}",
    f"Lihat juga: {LINK}",
    f"Simak juga: {LINK}",
    f"Simak Juga {LINK}",
    f"Tonton juga : {LINK}",
    f"Berita terkait: {LINK}",
    f"Artikel Terkait : {LINK}",
    f"Baca berita lainnya: {LINK}",
    f"Baca pula: {LINK}",
    f"Baca juga：{LINK}",
    f"Baca Juga - {LINK}",
    f'<a href="{HOST}/2022/07/19/harga-ikan">Baca juga: {NAME}</a>',
    f'<a href="{HOST}/2022/07/19/harga-ikan"><strong>Baca juga:</strong> {NAME}</a>',
    f'<span class="more">Baca juga: {LINK}</span>',
    LINK,
)


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("line", RELATED)
def test_a_related_line_is_a_link_in_every_dress(line: str, dress: str) -> None:
    reading = between(DRESSES[dress](line))
    assert said(reading) == [ONE, TWO, THREE]
    assert [link.name for link in reading.related] == [NAME]


@pytest.mark.parametrize("place", ["start", "end"])
@pytest.mark.parametrize("line", RELATED)
def test_a_related_line_is_a_link_at_either_end(line: str, place: str) -> None:
    markup = f"<p>{line}</p>"
    text = f"<p>{ONE}</p><p>{TWO}</p>"
    reading = Sheet(body=markup + text if place == "start" else text + markup).read()
    assert said(reading) == [ONE, TWO]
    assert [link.name for link in reading.related] == [NAME]


@pytest.mark.parametrize(
    "line",
    [
        f"<p>{TWO} Baca juga: {LINK}</p>",
        f"<p>{TWO}<br>Baca juga: {LINK}</p>",
        f"<p>{TWO} (Baca juga: {LINK})</p>",
        f"<p>{TWO} [Baca: {LINK}]</p>",
        f"<p>{TWO} <strong>Baca juga {LINK}</strong></p>",
        f"<p>Baca juga: {LINK} {TWO}</p>",
        f"<p>Baca juga: {LINK}<br>{TWO}</p>",
        f"<p>Baca juga:</p><p>{LINK}</p><p>{TWO}</p>",
        f"<p>Baca juga:<br>{LINK}</p><p>{TWO}</p>",
        f"<p><strong>Baca juga</strong></p><ul><li>{LINK}</li></ul><p>{TWO}</p>",
        f"<div>Baca juga:</div><div><p>{LINK}</p></div><p>{TWO}</p>",
        f"<div class='box'><b>Baca Juga:</b><ul><li>{LINK}</li></ul></div><p>{TWO}</p>",
    ],
)
def test_a_related_line_glued_to_a_sentence_or_in_two_pieces_is_taken_apart(line: str) -> None:
    reading = Sheet(body=f"<p>{ONE}</p>{line}<p>{THREE}</p>").read()
    assert said(reading) == [ONE, TWO, THREE]
    assert [link.name for link in reading.related] == [NAME]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: Harga Ikan Naik di Pasar Pagi",
        "Baca juga Harga Ikan Naik di Pasar Pagi",
        "BACA JUGA",
        "Berita selengkapnya >>>",
    ],
)
def test_a_related_line_that_lost_its_link_is_not_text(line: str, dress: str) -> None:
    assert said(between(DRESSES[dress](line))) == [ONE, TWO, THREE]


PAID = '<a href="https://toko.example/promo">Panci Murah Sekali</a>'


@pytest.mark.parametrize(
    "line", [f"Baca juga: {PAID}", f"Baca: {PAID}", f"• {PAID}", f"Simak juga {PAID}", f"(Baca: {PAID})"]
)
def test_a_paid_line_in_every_spelling_is_neither_text_nor_related(line: str) -> None:
    reading = between(f"<p>{line}</p>")
    assert (said(reading), reading.related) == ([ONE, TWO, THREE], ())


PROMOTIONS = (
    "Ikuti kami di",
    "Ikuti kami di Google News",
    "Ikuti berita terkini Serambinews.com di Google News",
    "Ikuti saluran WhatsApp Serambi di sini",
    "Follow Saluran WhatsApp Channel Serambinews untuk berita terkini",
    "Cek berita dan artikel lainnya di Google News",
    "Cek Berita dan Artikel yang lain di Google News dan WhatsApp Channel",
    "Cek berita lainnya",
    "Simak berita lainnya di Google News Serambinews",
    "Baca berita Serambi lainnya di Google News",
    "Baca berita terbaru lainnya di Serambinews.com, klik di sini",
    "Update berita lainnya di Serambinews.com dan Google News",
    "Dapatkan Berita Pilihan",
    "Dapatkan Berita Pilihan di WhatsApp Anda",
    "Dapatkan informasi lain dari Serambinews melalui saluran Telegram",
    "Dapatkan update berita pilihan dan breaking news setiap hari. Mari bergabung di Grup Telegram kami, caranya klik link berikut",
    "Yuk gabung di channel WhatsApp kami",
    "Bergabunglah dengan Grup Telegram kami",
    "Jangan lupa subscribe channel YouTube Serambi on TV",
    "Subscribe YouTube Serambi on TV untuk video terbaru",
    "Download aplikasi Serambinews di Play Store",
    "Baca WhatsApp Tribunnews",
    "Nikmati berita interaktif dan LIVE report 24 jam di TribunX",
    "Tribun JualBeli",
    "AA",
    "A A",
    "A+ A-",
    "Text Sizes",
    "KOMENTAR",
    "Komentar (3)",
    "Isi komentar sepenuhnya adalah tanggung jawab pengguna dan diatur dalam UU ITE.",
    "Ads you may like.",
    "Atas",
    "×",
    "© 2026 Serambinews.com, a subsidiary of Grup Contoh",
    "Copyright 2022 Serambinews",
    "All Right Reserved",
    "ADVERTISEMENT",
    "Advertisement",
    "SCROLL TO CONTINUE WITH CONTENT",
    "Gulir ke bawah untuk lanjut membaca",
    "KUPI BEUNGOH adalah rubrik opini pembaca. Isinya menjadi tanggung jawab penulis.",
    "Tribunners adalah platform jurnalisme warga. Isinya di luar tanggung jawab redaksi.",
    "Artikel ini menjadi tanggung jawab penulis",
    "Breaking News:",
    "Berita Rekomendasi",
    "Rekomendasi untuk Anda",
    "Berita Populer",
    "Halaman selanjutnya",
    "Baca Halaman Selanjutnya",
    "Lanjut ke halaman 2",
    "Halaman 1/4",
    "Halaman 2",
    "Baca selanjutnya",
    "1 2 3 Selanjutnya",
    "zoom-in",
    "lihat foto",
    "https://aceh.tribunnews.com/2022/07/19/harga-ikan",
    "Berlangganan untuk membaca lebih lanjut",
)


@pytest.mark.parametrize("dress", [name for name in DRESSES if name != "table"])
@pytest.mark.parametrize("line", PROMOTIONS)
def test_a_promotion_or_a_control_is_not_text_in_any_dress(line: str, dress: str) -> None:
    assert said(between(DRESSES[dress](line))) == [ONE, TWO, THREE]


@pytest.mark.parametrize("line", PROMOTIONS)
def test_a_promotion_at_the_end_is_not_text(line: str) -> None:
    reading = Sheet(body=f"<p>{ONE}</p><p>{TWO}</p><p>{line}</p><p>(fis)</p>").read()
    assert said(reading) == [ONE, TWO]


GENUINE = (
    "Baca puisi karya sendiri menjadi puncak acara malam itu.",
    "Baca doa dipimpin oleh imam masjid.",
    "Baca Al-Quran bersama digelar setiap Jumat.",
    "Baca juga perlu dilatih sejak kecil, kata guru itu.",
    "Simak penjelasannya berikut ini.",
    "Simak juga harus dilakukan dengan sabar, kata pelatih itu.",
    "Simak cara membuat kue timphan di rumah:",
    "Lihat saja harga cabai yang naik dua kali lipat.",
    "Selengkapnya akan diumumkan besok.",
    "Berikut daftar selengkapnya:",
    "Berita terkait penutupan sekolah itu dibantah kepala dinas.",
    "Ikuti saja aturan yang ada, pinta kepala desa.",
    "Ikuti jejak kakaknya, Rahmat menjadi nelayan.",
    "Bergabung dengan grup WhatsApp warga, Rahmat menjual hasil kebunnya.",
    "“Ikuti kami di jalan ini,” kata seorang warga.",
    "Dapatkan izin dulu, baru membangun, katanya.",
    "Menurut polisi, pelaku mengikuti akun Instagram korban dan mengunduh videonya.",
    "Jangan lupa membawa payung, kata petugas BMKG.",
    "Download data sekolah berlangsung dua jam di kantor dinas.",
    "Halaman rumahnya tergenang air setinggi lutut.",
    "Halaman 12 buku itu hilang, kata guru.",
    "Komentar warga beragam setelah harga naik.",
    "Atas kejadian itu, warga melapor ke polisi.",
    "Iklan layanan masyarakat itu dipasang di tepi jalan.",
    "Penulis Budi Santoso adalah dosen di kota itu.",
    "Editor film itu berasal dari Pidie.",
    "Sumber api diduga dari dapur.",
    "Foto itu diambil tahun lalu.",
    "Ya.",
    "Tidak!",
    "“Baca juga: kalimat itu tertulis di papan,” kata dia.",
    "1 + 1 = 2 dan 3 × 4 = 12",
    "Suhu ≤ 5 °C, pH ≥ 7, x² − y² ≠ 0",
    "Selamat ulang tahun 🎉🎂",
    "بِسْمِ اللَّهِ الرَّحْمَٰنِ الرَّحِيمِ",
    "A. Berlari",
    "Skor akhir 2-1",
    "0812-3456-7890",
    "Rp 1.250.000",
    "Artikel ini ditulis oleh siswa kelas lima.",
    "Tag harga di pasar itu salah.",
    "Share location menjadi bukti di pengadilan.",
    "Masuk sekolah untuk membaca dan menulis adalah hak anak, kata guru.",
    "Hak cipta lagu itu milik negara, kata hakim.",
)


@pytest.mark.parametrize("sentence", GENUINE)
def test_a_sentence_that_begins_like_a_label_is_text(sentence: str) -> None:
    assert said(between(f"<p>{sentence}</p>")) == [ONE, TWO, sentence, THREE]
    assert said(Sheet(body=f"<p>{ONE}</p><p>{TWO}</p><p>{sentence}</p>").read()) == [ONE, TWO, sentence]


@pytest.mark.parametrize(
    "mark",
    [
        "(*)",
        "(***)",
        "(fis)",
        "(ia/yh)",
        "(Tribunnews/Rica Ayu)",
        "(TRIBUN/RICA AYU)",
        "(Serambinews.com/Rica Ayu)",
        "(TribunGayo.com/Rica)",
        "(*/fis)",
        "[*]",
        "***",
        "(Ant/Rica)",
        "(B-4)",
        "(POS-KUPANG.COM/Rica)",
        "— (fis)",
        "(Tribun-Medan.com/rica)",
    ],
)
def test_an_end_mark_goes_alone_or_behind_the_last_sentence(mark: str) -> None:
    assert texts(f"<p>{ONE}</p><p>{TWO} {mark}</p>") == [ONE, TWO]
    assert texts(f"<p>{ONE}</p><p>{TWO}{mark}</p>") == [ONE, TWO]
    assert texts(f"<p>{ONE}</p><p>{TWO}<br>{mark}</p>") == [ONE, TWO]
    assert texts(f"<p>{ONE}</p><p>{TWO}</p><p><strong>{mark}</strong></p>") == [ONE, TWO]
    assert texts(f"<p>{ONE}</p><p>{TWO}</p><p>{mark}</p><p>Baca juga: {LINK}</p>") == [ONE, TWO]


@pytest.mark.parametrize(
    "end",
    [
        "pada Rabu (20/7/2022)",
        "oleh Komisi Pemberantasan Korupsi (KPK)",
        "sepuluh kilogram (kg)",
        "Gubernur (nonaktif)",
        "Rahmat (45)",
        "tahun 2022 (Covid-19)",
        "di Kuala (hilir)",
        "pada pukul 10 (WIB)",
    ],
)
def test_a_bracket_that_belongs_to_the_last_sentence_stays(end: str) -> None:
    assert texts(f"<p>{ONE}</p><p>Kabar itu disampaikan {end}</p>") == [ONE, f"Kabar itu disampaikan {end}"]
    assert texts(f"<p>{ONE}</p><p>Kabar itu disampaikan {end}.</p>") == [ONE, f"Kabar itu disampaikan {end}."]


ORIGIN = '<a href="https://berita.example/read/1/banjir">Banjir Surut</a>'


@pytest.mark.parametrize(
    "note",
    [
        f"<p>Artikel ini telah tayang di Berita.example dengan judul {ORIGIN}</p>",
        f"<p><em>Artikel ini telah tayang di <a href='https://berita.example'>Berita.example</a> dengan judul {ORIGIN}, Klik untuk baca: https://berita.example/read/1/banjir.</em></p>",
        f"<p>(Artikel ini telah tayang di Berita.example dengan judul {ORIGIN})</p>",
        f"<p>Artikel ini sudah tayang di Berita.example<br>dengan judul:<br>{ORIGIN}</p>",
        f'<div>Berita ini telah tayang di Berita.example dengan judul "{ORIGIN}"</div>',
        "<p>Artikel ini telah tayang di Berita.example dengan judul Banjir Surut, https://berita.example/read/1/banjir</p>",
        "<p>Artikel ini telah tayang di Berita.example dengan judul Banjir Surut, <br>https://berita.example/read/1/banjir<br>Penulis: Rica<br>Editor: Budi</p>",
    ],
)
def test_the_note_on_an_earlier_publication_is_a_source_in_every_form(note: str) -> None:
    reading = Sheet(body=f"<p>{ONE}</p><p>{TWO} (*)</p>{note}").read()
    assert said(reading) == [ONE, TWO]
    assert [url.rstrip(".") for url in reading.based_on] == ["https://berita.example/read/1/banjir"]


def test_the_note_may_follow_the_last_sentence_or_name_no_title() -> None:
    glued = Sheet(
        body=f"<p>{ONE}</p><p>{TWO} Artikel ini telah tayang di Berita.example dengan judul {ORIGIN}</p>"
    ).read()
    assert (said(glued), glued.based_on) == ([ONE, TWO], ("https://berita.example/read/1/banjir",))
    bare = Sheet(body=f"<p>{ONE}</p><p>{TWO}</p><p>Artikel ini telah tayang di Berita.example</p>").read()
    assert (said(bare), bare.based_on) == ([ONE, TWO], ("Berita.example",))


@pytest.mark.parametrize(
    "note",
    [
        "*) PENULIS adalah pegiat literasi di Sigli",
        "*) Penulis, dosen di kota itu",
        "*Penulis adalah guru di Sigli.",
        "(Penulis adalah guru di Sigli)",
        "Penulis adalah guru di Sigli",
        "**) Mahasiswa di Sigli",
    ],
)
def test_the_note_on_the_writer_of_an_opinion_is_not_text(note: str) -> None:
    assert texts(f"<p>{ONE}</p><p>{TWO}</p><p>{note}</p>") == [ONE, TWO]
    assert texts(f"<p>{ONE}</p><p>{TWO}</p><p><em>{note}</em></p><p>(*)</p>") == [ONE, TWO]


@pytest.mark.parametrize(
    "names",
    [
        "<p>Penulis: Rica Ayu</p><p>Editor: Budi Rahman</p>",
        "<p>Penulis: Rica Ayu | Editor: Budi Rahman</p>",
        "<p>Penulis: Rica Ayu<br>Editor: Budi Rahman</p>",
        "<div><b>Editor:</b> Dr. Budi Rahman, S.H.</div>",
        "<p>Sumber: Serambinews.com</p>",
        "<p>Reporter: Rica Ayu</p>",
    ],
)
def test_the_names_below_a_text_are_not_text(names: str) -> None:
    assert texts(f"<p>{ONE}</p><p>{TWO} (fis)</p>{names}") == [ONE, TWO]


def test_facts_about_a_book_in_the_middle_are_text() -> None:
    lines = ["Penulis: Rica Ayu", "Penerbit: Bandar Publishing", "Halaman: 120"]
    markup = "".join(f"<p>{line}</p>" for line in lines)
    assert texts(f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{markup}<p>{TWO}</p>") == [
        ONE,
        TWO,
        THREE,
        *lines,
        TWO,
    ]


SUMMARY = ["Air naik semeter", "Warga mengungsi"]


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote class='summary-article'><p>Ringkasan Berita:</p><ul><li>{}</li><li>{}</li></ul></blockquote>",
        "<div class='summary-article'><p>Ringkasan Berita:</p><ul><li>{}</li><li>{}</li></ul></div>",
        "<p><strong>Ringkasan Berita:</strong></p><ul><li>{}</li><li>{}</li></ul>",
        "<div><h3>Ringkasan Berita</h3><ul><li><p>{}</p></li><li>{}</li></ul></div>",
        "<p>Ringkasan Berita:</p><p>• {}</p><p>• {}</p>",
        "<p><b>Ringkasan Berita:</b><br>- {}<br>- {}</p>",
        "<blockquote class='summary-article'><p>Ringkasan Berita:</p><p>{}</p><p>{}</p></blockquote>",
    ],
)
def test_the_bullets_of_the_summary_are_an_abstract_however_they_are_set(markup: str) -> None:
    reading = Sheet(era=2026, body=markup.format(*SUMMARY) + f"<p>{ONE}</p><p>{TWO}</p>").read()
    assert said(reading) == [ONE, TWO]
    assert list(reading.abstract) == SUMMARY


@pytest.mark.parametrize("dress", ["paragraph", "strong", "heading", "division", "italic", "blanks"])
def test_what_the_header_says_the_body_does_not_repeat(dress: str) -> None:
    photo = '<img class="imgfull" src="/a.jpg"><div class="f11 white pa3">AFP/File Contoh</div><div class="arial f12 grey2">Perahu bersandar di dermaga.</div>'
    lead = "Nelayan menunggu angin reda sejak Senin."
    for line in (
        HEADLINE,
        HEADLINE.upper(),
        "Perahu bersandar di dermaga.",
        "AFP/File Contoh",
        "Rabu, 20 Juli 2022 13:05 WIB",
        lead,
    ):
        reading = Sheet(
            photo=photo, standfirst=lead, body=f"{DRESSES[dress](line)}<p>{ONE}</p><p>{TWO}</p>"
        ).read()
        assert said(reading) == [ONE, TWO]


def test_a_first_paragraph_from_which_the_standfirst_was_cut_stays() -> None:
    assert said(Sheet(standfirst=ONE, body=f"<p>{ONE}</p><p>{TWO}</p>").read()) == [ONE, TWO]
    assert said(Sheet(standfirst=TWO, body=f"<p>{TWO}</p><p>{THREE}</p>").read()) == [TWO, THREE]


@pytest.mark.parametrize(
    "figure",
    [
        '<figure class="image"><img src="/b.jpg"><figcaption>Warga memanen padi. (TRIBUN/Ridho Hadi)</figcaption></figure>',
        '<div class="wp-caption"><img src="/b.jpg"><p class="wp-caption-text">Warga memanen padi. (TRIBUN/Ridho Hadi)</p></div>',
        '<p><img src="/b.jpg"><br><span class="caption">Warga memanen padi. (TRIBUN/Ridho Hadi)</span></p>',
        '<div><img data-src="/b.jpg" src="data:image/gif;base64,R0"><div class="photo-caption">Warga memanen padi. (TRIBUN/Ridho Hadi)</div></div>',
        '<p><img src="/b.jpg" alt="Warga memanen padi. (TRIBUN/Ridho Hadi)"></p><p><em>Warga memanen padi. (TRIBUN/Ridho Hadi)</em></p>',
    ],
)
def test_the_caption_of_a_picture_in_the_body_is_the_pictures(figure: str) -> None:
    reading = between(figure)
    assert said(reading) == [ONE, TWO, THREE]
    assert [(photo.caption, photo.credit_text) for photo in reading.photos] == [
        ("Warga memanen padi.", "TRIBUN/Ridho Hadi")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "(Foto: Rica Ayu)",
        "Foto: Rica Ayu",
        "FOTO/ANTARA",
        "Sumber foto: Rica Ayu",
        "Keterangan foto: Warga memanen padi",
    ],
)
def test_a_credit_line_below_a_picture_is_not_text(line: str) -> None:
    assert said(between(f'<p><img src="/b.jpg"></p><p>{line}</p>')) == [ONE, TWO, THREE]


PAGER_LINKS = f'<a href="{URL}">1</a><a href="{URL}?page=2">2</a><a href="{URL}?page=3">3</a>'


@pytest.mark.parametrize(
    "markup",
    [
        f"<div class='paging mb20'>Halaman {PAGER_LINKS}</div>",
        f"<p>Halaman</p><p>{PAGER_LINKS}</p>",
        f"<div>{PAGER_LINKS}</div>",
        f'<p><a href="{URL}?page=2">Halaman selanjutnya</a></p>',
        f'<p><a href="{URL}?page=all">Baca semua halaman</a></p>',
        f'<div class="pagination-wrap"><span class="total-page">Halaman 1/3</span>{PAGER_LINKS}</div>',
        f"<p>Baca selanjutnya: {LINK}</p>",
        f"<div><span>Baca selanjutnya</span><p>{LINK}</p></div>",
    ],
)
def test_a_pager_inside_the_body_is_neither_text_nor_related_to_itself(markup: str) -> None:
    reading = between(markup)
    assert said(reading) == [ONE, TWO, THREE]
    assert all(link.name == NAME for link in reading.related)


def test_poems_dialogues_and_preformatted_lines_keep_their_lines() -> None:
    poem = "Atas<br>nama hujan<br>Baca<br>angin"
    assert texts(f"<p>{ONE}</p><p>{poem}</p>") == [ONE, "Atas\nnama hujan\nBaca\nangin"]
    assert texts(f"<p>{ONE}</p><pre>a = 1\nb = 2</pre>") == [ONE, "a = 1\nb = 2"]
    assert texts(f"<p>{ONE}</p><p>– Siapa?</p><p>– Saya.</p>") == [ONE, "– Siapa?", "– Saya."]


@pytest.mark.parametrize(
    ("markup", "items"),
    [
        ("<ol><li><p>Satu</p></li><li><p>Dua</p><p>lanjut</p></li></ol>", ["1. Satu", "2. Dua", "lanjut"]),
        ('<ol type="a"><li>Satu</li><li>Dua</li></ol>', ["a. Satu", "b. Dua"]),
        ('<ol type="I" start="4"><li>Satu</li><li>Dua</li></ol>', ["IV. Satu", "V. Dua"]),
        ("<ol reversed><li>Satu</li><li>Dua</li></ol>", ["2. Satu", "1. Dua"]),
        ('<ol><li>Satu</li><li value="7">Dua</li><li>Tiga</li></ol>', ["1. Satu", "7. Dua", "8. Tiga"]),
        ("<ol><li>Satu<ul><li>anak</li></ul></li><li>Dua</li></ol>", ["1. Satu", "anak", "2. Dua"]),
        ("<ol><li>Satu</li><ol><li>anak</li></ol><li>Dua</li></ol>", ["1. Satu", "1. anak", "2. Dua"]),
        ("<ul>Pembuka<li>Satu</li><p>sela</p><li>Dua</li></ul>", ["Pembuka", "Satu", "sela", "Dua"]),
        (
            "<ol><li><strong>Satu</strong></li><li><div><span>Dua</span></div></li></ol>",
            ["1. Satu", "2. Dua"],
        ),
    ],
)
def test_lists_keep_their_numbers_and_everything_in_them(markup: str, items: list[str]) -> None:
    assert texts(f"<p>{ONE}</p>{markup}<p>{TWO}</p>") == [ONE, *items, TWO]


@pytest.mark.parametrize(
    ("markup", "parts"),
    [
        (
            "<table><caption>Klasemen</caption><thead><tr><th>Tim</th><th>Poin</th></tr></thead><tbody><tr><td>Persiraja</td><td>9</td></tr></tbody></table>",
            ["Klasemen", "Tim | Poin", "Persiraja | 9"],
        ),
        ("<figure><table><tr><td>Tim</td><td>Poin</td></tr></table></figure>", ["Tim | Poin"]),
        ("<table><tr><td><p>Tim</p></td><td><p>Poin<br>total</p></td></tr></table>", ["Tim | Poin total"]),
        (
            "<table><tr><td><table><tr><td>Tim</td><td>Poin</td></tr></table></td></tr></table>",
            ["Tim | Poin"],
        ),
        ("<table><tr><td>Kalimat dalam tabel.</td></tr></table>", ["Kalimat dalam tabel."]),
        ("<figure><blockquote><p>Kalimat kutipan.</p></blockquote></figure>", ["Kalimat kutipan."]),
        ("<details><summary>Pertanyaan?</summary><p>Jawaban.</p></details>", ["Pertanyaan?", "Jawaban."]),
        ("<dl><dt>Nama</dt><dd>Rahmat</dd></dl>", ["Nama", "Rahmat"]),
        (f'<a href="https://contoh.example/x"><p>{THREE}</p></a>', [THREE]),
        (f"<strong><p>{THREE}</p></strong>", [THREE]),
        ("<p>Kata <span>warga</span><!-- catatan --> itu, <u>benar</u>.</p>", ["Kata warga itu, benar."]),
    ],
)
def test_tables_quotations_and_wrapped_blocks_lose_nothing(markup: str, parts: list[str]) -> None:
    assert texts(f"<p>{ONE}</p>{markup}<p>{TWO}</p>") == [ONE, *parts, TWO]


def test_subheads_in_bold_are_headings_wherever_the_bold_stands() -> None:
    for subhead in (
        "<p><strong>Tahap Kedua</strong></p>",
        "<strong><p>Tahap Kedua</p></strong>",
        "<div><b>Tahap</b> <b>Kedua</b></div>",
        "<h2>Tahap Kedua</h2>",
        "<p><span><strong>Tahap Kedua</strong></span></p>",
    ):
        assert ("heading", "Tahap Kedua") in body(f"<p>{ONE}</p>{subhead}<p>{TWO}</p>")


def test_a_round_up_keeps_the_dateline_of_each_item() -> None:
    items = [ONE, "SERAMBINEWS.COM, MEULABOH - Kabar kedua.", "SERAMBINEWS.COM, LANGSA - Kabar ketiga."]
    assert texts("".join(f"<h3>Kabar {n}</h3><p>{item}</p>" for n, item in enumerate(items))) == [
        text for n, item in enumerate(items) for text in (f"Kabar {n}", item)
    ]


@pytest.mark.parametrize(
    "box",
    [
        '<div class="OUTBRAIN" data-widget-id="AR_1"><p>Isi kotak</p></div>',
        '<div id="taboola-below-article"><p>Isi kotak</p></div>',
        '<div id="google_ads_iframe_/31800665/x__container__"><p>Isi kotak</p></div>',
        "<div hidden><p>Isi kotak</p></div>",
        '<div class="teads-inread sm-screen"><p>Isi kotak</p></div>',
        '<amp-ad width="300"><div fallback>Isi kotak</div></amp-ad>',
        '<amp-sidebar id="menu"><ul><li>Isi kotak</li></ul></amp-sidebar>',
        '<amp-iframe src="x"><p placeholder>Isi kotak</p></amp-iframe>',
        "<noscript><p>Isi kotak</p></noscript>",
        "<template><p>Isi kotak</p></template>",
        '<blockquote class="instagram-media"><p>Isi kotak</p></blockquote>',
        "<form><p>Isi kotak</p></form>",
        f"<div class='x'><h4>Berita Terkini</h4><ul><li>{LINK}</li><li>{LINK}</li><li>{LINK}</li><li>{LINK}</li><li>{LINK}</li><li>{LINK}</li></ul></div>",
    ],
)
def test_boxes_players_and_hidden_things_are_not_text(box: str) -> None:
    assert said(between(box)) == [ONE, TWO, THREE]
    assert said(between(f"<div><div>{box}</div></div>")) == [ONE, TWO, THREE]


def test_text_under_many_wrappers_is_read() -> None:
    for depth in (10, 140, 230):
        reading = between("<div>" * depth + f"<p>{TWO}</p>" + "</div>" * depth)
        assert said(reading) == [ONE, TWO, TWO, THREE]
