"""detikcom's regional pages: invented text on the markup that public scrapers and their tests show."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from extractors.article import PageKind, PageReading
from extractors.extract import read_page
from extractors.lists import read_list
from extractors.portals import all_portals
from extractors.stitch import join

URL = "https://www.detik.com/jateng/berita/d-7345678/warga-kuala-tanam-bakau"
FIGURE = '<table align="center" class="pic_artikel_sisip_table"><tbody><tr><td><div class="pic_artikel_sisip"><img src="https://akcdn.detik.net.id/perahu.jpeg?w=300"><span>Perahu pembawa bibit. Foto: Sari Wulan/detikJateng</span></div></td></tr></tbody></table>'
RELATED = '<div class="noncontent"><table class="linksisip" width="100%"><tbody><tr><td><div class="lihatjg"><strong>Baca juga: </strong><a href="https://www.detik.com/jateng/berita/d-7111111/bibit">Bibit Bakau Dibagikan</a></div></td></tr></tbody></table></div>'
FIRST = f"""<p><strong>Banjar Kuala</strong> - Warga Kuala menanam bakau di tepi sungai.</p><div class="clearfix"></div>
<p>Bibit itu dibawa dengan perahu.</p>{FIGURE}{RELATED}
<div class="aevp"><div class="aevp__header"><h3 class="aevp__title"><a href="https://20.detik.com/video">Video Perahu</a></h3></div></div>"""
SECOND = """<h3>Menunggu pasang</h3><p>"Kami menunggu air naik," kata Jaka.</p><p>[Gambas:Video 20detik]</p>
<p>Artikel ini ditulis oleh Rina Sari, peserta Program Magang di detikcom.</p><br> <strong>(swl/bks)</strong>"""


def page(
    body: str = FIRST + SECOND,
    *,
    number: int = 1,
    count: int = 1,
    caption: str = "Bibit bakau di Kuala. Foto: Sari Wulan/detikJateng",
) -> str:
    links = "".join(
        f'<a href="{URL}?page={n}" class="detail__anchor-numb {"active" if n == number else ""}">{n}</a>'
        for n in range(1, count + 1)
    )
    pager = (
        f'<div class="detail__long-nav">Halaman {links} <a href="{URL}?single=1">Tampilkan semua</a></div>'
    )
    return f"""<!DOCTYPE html><html lang="id-ID"><head><title>Warga Kuala Tanam Bakau</title><link rel="canonical" href="{URL}">
<meta property="og:type" content="article"><meta name="author" content="Sari Wulan">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Warga Kuala Tanam Bakau", "datePublished": "2024-05-17T16:04:31+07:00"}}</script></head><body>
<div class="page__breadcrumb"><a href="https://www.detik.com/jateng">detikJateng</a><a href="https://www.detik.com/jateng/berita">Berita</a></div>
<article class="detail"><div class="detail__header"><h2 class="detail__subtitle">Jaga Sungai</h2><h1 class="detail__title">
 Warga Kuala Tanam Bakau </h1><div class="detail__author">Sari Wulan - <span class="detail__label">detikJateng</span></div><div class="detail__date">Jumat, 17 Mei 2024 16:04 WIB</div></div>
<div class="detail__media"><figure class="detail__media-image"><img src="https://akcdn.detik.net.id/bakau.jpeg?w=700" class="p_img_zoomin" /><figcaption class="detail__media-caption">{caption}</figcaption></figure></div>
<div class="detail__body itp_bodycontent_wrapper"><div class="detail__body-text itp_bodycontent">{body}{pager if count > 1 else ""}</div></div>
<div class="detail__body-tag mgt-16"><div class="nav"><a class="nav__item" href="https://www.detik.com/tag/bakau/">bakau</a><a class="nav__item" href="https://www.detik.com/tag/kuala/">kuala</a></div></div></article>
<div class="list-content"><article class="list-content__item"><a href="https://www.detik.com/jateng/berita/d-7000000/lain">Berita lain</a></article></div></body></html>"""


def read(html: str, *, url: str = URL) -> PageReading:
    return read_page(html.encode(), url=url, captured_at=datetime(2024, 6, 20, tzinfo=UTC))


def test_every_field_of_a_page() -> None:
    reading = read(page())
    assert (reading.portal, reading.rule) == ("detik", "detik-2020")
    assert (reading.headline, reading.kicker) == ("Warga Kuala Tanam Bakau", "Jaga Sungai")
    assert (reading.sections, reading.keywords) == (("detikJateng", "Berita"), ("bakau", "kuala"))
    assert [person.name for person in reading.authors] == ["Sari Wulan"]
    assert reading.editors == ()
    assert reading.published is not None
    assert reading.published.isoformat() == "2024-05-17T16:04:31+07:00"
    assert reading.published_text == "Jumat, 17 Mei 2024 16:04 WIB"
    assert (reading.dateline, reading.place) == ("Banjar Kuala", "Banjar Kuala")
    assert reading.warnings == ()


def test_the_body_is_the_article_and_nothing_else() -> None:
    reading = read(page())
    assert [(part.type.value, part.text) for part in reading.parts] == [
        ("paragraph", "Banjar Kuala - Warga Kuala menanam bakau di tepi sungai."),
        ("paragraph", "Bibit itu dibawa dengan perahu."),
        ("heading", "Menunggu pasang"),
        ("paragraph", '"Kami menunggu air naik," kata Jaka.'),
    ]
    assert [(link.name, link.label, link.after_part) for link in reading.related] == [
        ("Bibit Bakau Dibagikan", "Baca juga:", 2)
    ]


def test_pictures_in_the_text_are_tables_here() -> None:
    assert [(photo.content_url, photo.caption, photo.credit_text) for photo in read(page()).photos] == [
        ("https://akcdn.detik.net.id/bakau.jpeg?w=700", "Bibit bakau di Kuala.", "Sari Wulan/detikJateng"),
        ("https://akcdn.detik.net.id/perahu.jpeg?w=300", "Perahu pembawa bibit.", "Sari Wulan/detikJateng"),
    ]


@pytest.mark.parametrize(
    ("printed", "caption", "credit"),
    [
        ("Foto: Sari Wulan/detikJateng", None, "Sari Wulan/detikJateng"),
        ("Bibit bakau (Foto: dok. Desa Kuala)", "Bibit bakau", "dok. Desa Kuala"),
        ("Bibit bakau di tepi sungai", "Bibit bakau di tepi sungai", None),
    ],
)
def test_the_credit_follows_the_word_foto(printed: str, caption: str | None, credit: str | None) -> None:
    photo = read(page(caption=printed)).photos[0]
    assert (photo.caption, photo.credit_text) == (caption, credit)


def test_a_bold_beginning_without_a_dash_is_no_dateline() -> None:
    assert read(page("<p><strong>Warga Kuala</strong> menanam bakau di tepi sungai.</p>")).dateline is None


def test_sections_that_the_page_turns_by_script_are_one_text() -> None:
    body = "".join(
        f'<section id="section-detail-{n}" class="multi-card" data-page="{n}"><p>Bagian {n} tentang bakau.</p></section>'
        for n in (1, 2)
    )
    assert [part.text for part in read(page(body)).parts] == [
        "Bagian 1 tentang bakau.",
        "Bagian 2 tentang bakau.",
    ]


def test_pages_are_joined_and_the_whole_article_on_one_page_is_the_same() -> None:
    first = read(page(FIRST, number=1, count=2))
    second = read(page(SECOND, number=2, count=2), url=f"{URL}?page=2")
    whole = read(page(FIRST + SECOND), url=f"{URL}?single=1")
    assert (first.pager.number, first.pager.count, second.pager.number) == (1, 2, 2)
    assert join({1: first, 2: second}).text == join({1: whole}).text
    assert join({1: whole}).page_count == 1


def test_each_section_has_its_own_lists_by_day() -> None:
    portal = all_portals()["detik"]
    url = portal.index_url(portal.hosts[0], date(2024, 5, 17), section="jateng", page=2)
    assert url == "https://www.detik.com/jateng/indeks?date=05/17/2024&page=2"
    assert portal.default_sections == portal.sections

    html = f"""<html><body><div id="indeks-container" class="grid-row list-content"><article class="list-content__item"><div class="media"><div class="media__image"><a href="/jateng/berita/d-7345678/warga-kuala-tanam-bakau"><img></a></div>
<div class="media__text"><h3 class="media__title"><a class="media__link" href="{URL}">Warga Kuala Tanam Bakau</a></h3><div class="media__date"><span title="Jumat, 17 Mei 2024 16:04 WIB">1 jam yang lalu</span></div></div></div></article></div>
<div class="pagination"><a class="pagination__item pagination__item--active" href="{url}">2</a><a class="pagination__item" href="https://www.detik.com/jateng/indeks?page=3&date=05/17/2024">3</a></div></body></html>"""
    listing = read_list(html.encode(), url=url, captured_at=datetime(2024, 5, 18, tzinfo=UTC))
    assert [link.url for link in listing.links] == [URL]
    assert (listing.page, listing.last_page, len(listing.more)) == (2, 3, 1)


def test_an_amp_address_is_marked_at_its_end() -> None:
    reading = read(page(), url=f"{URL}/amp")
    assert reading.verdict.kind is PageKind.ARTICLE
    assert reading.address is not None
    assert (reading.address.url, reading.address.amp) == (URL, True)
