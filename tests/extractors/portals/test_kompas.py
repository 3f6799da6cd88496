"""Kompas.com: invented text on the markup of November 2023, and of what came before and after it."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from extractors.lists import read_list
from extractors.portals import all_portals
from extractors.stitch import join

URL = "https://regional.kompas.com/read/2023/11/02/081500578/warga-kuala-tanam-bakau"
HEADLINE = "Warga Kuala Tanam Bakau"
PARAGRAPHS = (
    "<p><strong>KUALA, KOMPAS.com -</strong> Warga <a class='inner-link-tag' href='https://www.kompas.com/tag/kuala'>Kuala</a> menanam bakau di tepi sungai.</p>",
    "<p><strong>Baca juga: <a href='https://regional.kompas.com/read/2023/11/01/101010101/bibit' class='inner-link-baca-juga'>Bibit Bakau Dibagikan </a></strong></p>",
    "<p>Bibit itu <em>dibawa</em> dengan perahu.</p><span class='ads-on-body'>Iklan di tengah</span>",
    "<div class='inject-baca-juga-2 inject-baca-juga'>Baca juga: <a href='https://regional.kompas.com/read/2023/11/01/202020202/perahu'>Perahu Baru</a></div>",
    "<div class='kompasidRec-3 kompasidRec'><p>Berita pilihan berlangganan</p></div>",
    "<p><strong>Menunggu pasang</strong></p><p>Penanaman dimulai saat air naik.</p>",
    "<p>(Penulis: Kontributor Kuala, Sari Wulan | Editor: Budi Karsa)</p>",
    "<p>Simak breaking news dan berita pilihan kami langsung di ponselmu. Pilih saluran andalanmu akses berita Kompas.com WhatsApp Channel : https://example.org Pastikan kamu sudah install aplikasi WhatsApp ya.</p>",
)
MODAL = "".join(
    f'<a href="http://indeks.kompas.com/profile/{number}/{name.replace(" ", ".")}"><div class="credit-author"><div class="credit-author-title"><h6 class="credit-author-name"> {name} </h6><h6 class="credit-author-position">{role}<h6></div></div></a>'
    for number, (name, role) in enumerate(
        [("Sari Wulan", "Penulis"), ("Rudi Hartono", "Penulis"), ("Budi Karsa", "Editor")]
    )
)
CREDIT_2023 = f'<div class="credit"><div class="credit-title-name"><h6>Sari Wulan,</h6><h6>Rudi Hartono,</h6><h6>Budi Karsa</h6></div><p>Tim Redaksi</p></div><div id="creditModal" class="creditModal"><div class="creditModal-body">{MODAL}</div></div>'
CREDIT_2018 = '<div class="read__credit clearfix"><div class="read__credit__item" id="penulis">Penulis <a href="https://indeks.kompas.com/profile/1/Sari.Wulan">Sari Wulan</a></div><div class="read__credit__item" id="editor">Editor <a href="https://indeks.kompas.com/profile/2/Budi.Karsa">Budi Karsa</a></div></div>'
CREDIT_2025 = '<div class="credit-title-nameEditor">Budi Karsa</div>'
LD = '{"@type":"NewsArticle","headline":"Warga Kuala Tanam Bakau","datePublished":"2023-11-02T01:15:42+00:00","dateModified":"2023-11-02T02:00:00+00:00","author":{"@type":"Person","name":"Budi Karsa"},"description":"Bakau ditanam di tepi sungai."}'


def page(
    body: str = "".join(PARAGRAPHS),
    *,
    number: int = 1,
    count: int = 2,
    credit: str = CREDIT_2023,
    printed: str = "02/11/2023, 08:15 WIB",
) -> str:
    links = "".join(
        f'<div class="paging__item"><a class="paging__link {"paging__link--active" if n == number else ""}" href="{URL}?page={n}">{n}</a></div>'
        for n in range(1, count + 1)
    )
    pager = f'<div class="read__paging clearfix"><div class="paging"><div class="paging__teaser">Halaman: </div><div class="paging__wrap">{links}</div><a class="paging__link paging__link--show" href="{URL}?page=all#page2">Show All</a></div></div>'
    return f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{HEADLINE}</title>
<link rel="canonical" href="{URL}"><meta property="og:type" content="article"><meta name="author" content="Kompas Cyber Media">
<script type="application/ld+json">{LD}</script></head><body>
<div class="hypeTag__item"><a href="https://www.kompas.com/tag/x">#populer</a></div>
<h3 class="breadcrumb"><ul class="breadcrumb__wrap"><li class="breadcrumb__item"><a href="https://www.kompas.com">Kompas.com</a></li>
<li class="breadcrumb__item"><a href="https://regional.kompas.com/">Regional</a></li><li class="breadcrumb__item"><a href="https://regional.kompas.com/aceh">Aceh</a></li></ul></h3>
<h1 class="read__title">{HEADLINE}</h1>
<div class="read__header"><div class="read__time"><a href="https://www.kompas.com">Kompas.com</a> - {printed}</div>{credit}</div>
<div class="cover-photo -gallery"><div class="photo__wrap"><img src="https://asset.kompas.com/crops/1200x800/bakau.jpg" alt="x"><div class="photo__icon">Lihat Foto</div></div>
<div class="photo__caption"> Warga (kiri) menanam bakau, Rabu (1/11/2023).<span class="photo__author author">(KOMPAS.com/SARI WULAN)</span> </div></div>
<div class="photoCarousel"><img class="lozad" data-src="https://asset.kompas.com/crops/750x500/bakau.jpg"></div>
<div class="read__article"><div class="read__content"><div class="clearfix">{body}<span class="liftdown_v2_tanda"></span></div><div class="fb-quote"></div></div>
<div class="ads-partner-wrap"><p></p></div>
<div class="read__paging__footnote"><span>Halaman Selanjutnya</span><h5><a href="{URL}?page=2" class="next">Pasang naik…</a></h5></div>
{pager if count > 1 else ""}
<div class="read__tagging"><h3 class="tag"><ul class="tag__article__wrap"><li><a class="tag__article__link" href="javascript:void(0)">Kuala</a></li><li><a class="tag__article__link" href="javascript:void(0)">bakau</a></li></ul></h3></div>
<div class="aTerkait"><ul><li><a href="https://regional.kompas.com/read/2023/10/01/111111111/lain"><h4>Berita lain dari Kuala</h4></a></li></ul></div></div></body></html>"""


def read(html: str, *, url: str = URL, year: int = 2023) -> PageReading:
    return read_page(html.encode(), url=url, captured_at=datetime(year, 11, 20, tzinfo=UTC))


def test_every_field_of_a_page_of_2023() -> None:
    reading = read(page())
    assert (reading.portal, reading.rule, reading.headline) == ("kompas", "kompas-2023", HEADLINE)
    assert reading.sections == ("Regional", "Aceh")
    assert reading.keywords == ("Kuala", "bakau")
    assert reading.published is not None
    assert reading.published.isoformat() == "2023-11-02T08:15:42+07:00"
    assert reading.published_text == "02/11/2023, 08:15 WIB"
    assert (reading.dateline, reading.place) == ("KUALA, KOMPAS.com", "Kuala")
    photo = reading.photos[0]
    assert photo.content_url == "https://asset.kompas.com/crops/1200x800/bakau.jpg"
    assert photo.caption == "Warga (kiri) menanam bakau, Rabu (1/11/2023)."
    assert photo.credit_text == "KOMPAS.com/SARI WULAN"
    assert len(reading.photos) == 1
    assert (reading.pager.number, reading.pager.count) == (1, 2)
    assert reading.warnings == ()


def test_the_body_is_the_article_and_nothing_else() -> None:
    assert [(part.type.value, part.text) for part in read(page()).parts] == [
        ("paragraph", "KUALA, KOMPAS.com - Warga Kuala menanam bakau di tepi sungai."),
        ("paragraph", "Bibit itu dibawa dengan perahu."),
        ("heading", "Menunggu pasang"),
        ("paragraph", "Penanaman dimulai saat air naik."),
    ]


def test_related_lines_become_links_in_their_places() -> None:
    related = read(page()).related
    assert [(link.name, link.after_part) for link in related] == [
        ("Bibit Bakau Dibagikan", 1),
        ("Perahu Baru", 2),
    ]
    assert {link.label for link in related} == {"Baca juga:"}


def test_the_writers_of_the_editorial_box_are_the_authors_and_its_editor_is_none() -> None:
    reading = read(page())
    assert [person.name for person in reading.authors] == ["Sari Wulan", "Rudi Hartono"]
    assert [person.name for person in reading.editors] == ["Budi Karsa"]
    assert reading.editors[0].url == "http://indeks.kompas.com/profile/2/Budi.Karsa"


@pytest.mark.parametrize(
    ("credit", "year", "rule", "authors"),
    [
        (CREDIT_2018, 2019, "kompas-2018", ["Sari Wulan"]),
        (CREDIT_2025, 2026, "kompas-2025", []),
    ],
)
def test_other_eras_name_their_people_elsewhere(
    credit: str, year: int, rule: str, authors: list[str]
) -> None:
    """Where only an editor is printed there is no author, whatever JSON-LD says."""
    reading = read(page(credit=credit), year=year)
    assert reading.rule == rule
    assert [person.name for person in reading.authors] == authors
    assert [person.name for person in reading.editors] == ["Budi Karsa"]


def test_an_author_whom_only_json_ld_names_is_a_doubt_and_no_author() -> None:
    other = page(credit=CREDIT_2025).replace('"Person","name":"Budi Karsa"', '"Person","name":"Tono Raharja"')
    reading = read(other, year=2026)
    assert reading.authors == ()
    assert reading.warnings == ("only JSON-LD names an author: Tono Raharja",)
    assert read(page(credit=CREDIT_2025), year=2026).warnings == ()  # there it is the editor


def test_the_writer_of_2025_is_named_in_the_body() -> None:
    body = "<p><strong>Oleh: Sari Wulan</strong></p>" + PARAGRAPHS[0]
    reading = read(page(body, credit=CREDIT_2025, printed="2 November 2023, 08:15 WIB"), year=2026)
    assert [person.name for person in reading.authors] == ["Sari Wulan"]
    assert [part.text[:5] for part in reading.parts] == ["KUALA"]
    assert reading.published is not None
    assert reading.published.hour == 8


def test_a_sentence_about_whatsapp_is_no_promotion() -> None:
    text = "Dapatkah warga mengikuti pendaftaran lewat WhatsApp? Simak penjelasan kepala desa di Kompas.com."
    assert [part.text for part in read(page(f"<p>{text}</p>")).parts] == [text]


def test_the_whole_article_on_one_page_is_complete() -> None:
    """With `?page=all` no page is marked; a pager that is shown all the same does not make pages missing."""
    reading = read(page(number=0), url=f"{URL}?page=all")
    article = join({1: reading})
    assert (article.page_count, article.pages_missing, article.url) == (1, (), URL)


def test_a_server_that_gives_page_1_for_the_whole_is_seen_through() -> None:
    reading = read(page(number=1), url=f"{URL}?page=all")
    assert join({1: reading}).pages_missing == (2,)


INDEX = """<html><body><div class="latest--indeks mt2 clearfix">
<div class="article__list clearfix"><div class="article__list__title"><h3 class="article__title"><a class="article__link" href="{0}">Warga Kuala Tanam Bakau</a></h3></div><div class="article__list__info"><div class="article__date">02/11/2023, 08:15 WIB</div></div></div>
<div class="article__list clearfix"><div class="article__list__title"><h3><a href="https://video.kompas.com/watch/1/banjir">Banjir</a></h3></div></div></div>
<div class="paging__wrap clearfix"><div class="paging__item"><a class="paging__link paging__link--active" href="https://indeks.kompas.com/?site=regional&date=2023-11-02&page=1">1</a></div>
<div class="paging__item"><a class="paging__link" href="https://indeks.kompas.com/?site=regional&date=2023-11-02&page=3">Last</a></div></div></body></html>"""


def test_the_index_stands_on_a_host_of_its_own() -> None:
    portal = all_portals()["kompas"]
    regional, surabaya = portal.find_hosts(["regional", "surabaya"])
    url = portal.index_url(regional, datetime(2023, 11, 2, tzinfo=UTC).date())
    assert url == "https://indeks.kompas.com/?site=regional&date=2023-11-02"
    assert "site=all" in (portal.index_url(surabaya, datetime(2023, 11, 2, tzinfo=UTC).date()) or "")

    listing = read_list(INDEX.format(URL).encode(), url=url, captured_at=datetime(2023, 11, 3, tzinfo=UTC))
    assert [(link.url, link.title, link.published_text) for link in listing.links] == [
        (URL, HEADLINE, "02/11/2023, 08:15 WIB")
    ]
    assert [skipped.reason for skipped in listing.skipped] == ["another site"]
    assert listing.more == ("https://indeks.kompas.com/?site=regional&date=2023-11-02&page=2",)


def test_the_index_of_2025_is_read_too() -> None:
    html = f'<div class="articleList"><div class="articleItem"><a class="article-link" href="{URL}"><h2 class="articleTitle">{HEADLINE}</h2><div class="articlePost-date">02/11/2023</div></a></div></div>'
    listing = read_list(
        html.encode(),
        url="https://indeks.kompas.com/?site=regional&date=2023-11-02",
        captured_at=datetime(2025, 11, 3, tzinfo=UTC),
        content_type="text/html",
    )
    assert [(link.title, link.published_text) for link in listing.links] == [(HEADLINE, "02/11/2023")]
