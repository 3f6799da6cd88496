"""AMP pages: the network's own names where they are kept, and any AMP layout where they are not."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from tests.extractors.press import CAPTURED, HEADLINE, HOST, URL, Sheet

AMP_URL = URL.replace(HOST, f"{HOST}/amp")
ONE = "SERAMBINEWS.COM, SIGLI - Nelayan Kuala Baru menunggu angin reda di dermaga kayu."
TWO = "Harga ikan naik dua kali lipat sejak Senin lalu."
THREE = "Warga berharap cuaca membaik pekan depan."
PHOTO = "https://cdn-2.tstatic.net/a.jpg"
NAMES = '<div id="penulis">Penulis: Rica Ayu</div><div id="editor">Editor: Rahmat Ilham</div>'
PRINTED = "Rabu, 20 Juli 2022 13:05 WIB"
FIGURE = f'<figure><amp-img src="{PHOTO}" width="700" height="393" layout="responsive"></amp-img><figcaption>Perahu di dermaga. (AFP/Hadi)</figcaption></figure>'
BODY = (
    f"<p>{ONE}</p><amp-ad width='300' height='250' type='doubleclick'><div placeholder>Iklan panci</div></amp-ad>"
    f'<p class="baca">Baca juga: <a href="{HOST}/amp/2022/07/19/harga-ikan">Harga Ikan Naik</a></p><p>{TWO}</p>'
    f"<amp-iframe src='x'><p>video lain</p></amp-iframe><p>{THREE} (fis)</p>"
)
PAGER = f'<div class="paging"><span>Halaman</span><a id="pagecurrent" href="{AMP_URL}">1</a><a href="{AMP_URL}?page=2">2</a></div>'
CARDS = "".join(
    f'<li><a href="{HOST}/amp/2022/07/18/kabar-{n}"><amp-img src="/k{n}.jpg"></amp-img><h3>Kabar lain nomor {n} dari kampung</h3></a></li>'
    for n in range(6)
)

LAYOUTS = {
    "the network's names": f'<div id="article"><h1 id="arttitle">{HEADLINE}</h1><time class="grey">{PRINTED}</time>{NAMES}<div id="artimg">{FIGURE}</div><div class="side-article txt-article">{BODY}</div>{PAGER}</div>',
    "article and content": f'<article><header><h1>{HEADLINE}</h1></header><div class="meta"><time datetime="2022-07-20T13:05:00+07:00">{PRINTED}</time>{NAMES}</div>{FIGURE}<div class="content">{BODY}</div>{PAGER}</article>',
    "articleBody": f'<main><h1 class="title">{HEADLINE}</h1><div class="date"><time>{PRINTED}</time></div><div class="by">Penulis: Rica Ayu | Editor: Rahmat Ilham</div>{FIGURE}<section itemprop="articleBody">{BODY}</section>{PAGER}</main>',
    "one flat element": f"<article><h1>{HEADLINE}</h1><time>{PRINTED}</time><div>Penulis: Rica Ayu | Editor: Rahmat Ilham</div>{FIGURE}{BODY}{PAGER}</article>",
}


def amp(content: str, mark: str) -> PageReading:
    menu = "".join(
        f'<li><a href="/amp/{name}">{name.title()}</a></li>'
        for name in ("news", "nasional", "olahraga", "seleb")
    )
    markup = f"""<!doctype html><html {mark} lang="id"><head><meta charset="utf-8"><title>{HEADLINE} - Serambi</title>
<link rel="canonical" href="{URL}"><style amp-boilerplate>body{{visibility:hidden}}</style><script async src="https://cdn.ampproject.org/v0.js"></script></head><body>
<amp-sidebar id="menu" layout="nodisplay"><p>Menu</p><p>Beranda</p><ul>{menu}</ul></amp-sidebar>
<header class="head"><a href="/"><amp-img src="/logo.png"></amp-img></a></header><amp-sticky-ad><amp-ad><p>Panci</p><p>Murah</p></amp-ad></amp-sticky-ad>
{content}<div class="related"><h2>Berita Terkait</h2><ul>{CARDS}</ul></div>
<amp-accordion><section><h4>Jaringan</h4><div><p>Tribun Contoh</p><p>Tribun Lain</p></div></section></amp-accordion>
<footer><p>© 2022 Serambi</p><p>All Right Reserved</p></footer></body></html>"""
    return read_page(markup.encode(), url=AMP_URL, captured_at=CAPTURED[2022], content_type="text/html")


@pytest.mark.parametrize("mark", ["amp", "⚡", '⚡=""'])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_amp_page_says_what_the_ordinary_page_says(layout: str, mark: str) -> None:
    reading = amp(LAYOUTS[layout], mark)
    ordinary = Sheet(
        count=2,
        byline=NAMES,
        body=f'<p>{ONE}</p><p class="baca">Baca juga: <a href="{HOST}/2022/07/19/harga-ikan">Harga Ikan Naik</a></p><p>{TWO}</p><p>{THREE} (fis)</p>',
    ).read()
    for name in (
        "headline",
        "parts",
        "related",
        "authors",
        "editors",
        "published",
        "dateline",
        "place",
        "pager",
        "verdict",
    ):
        assert (name, getattr(reading, name)) == (name, getattr(ordinary, name))
    assert [(photo.content_url, photo.caption, photo.credit_text) for photo in reading.photos] == [
        (PHOTO, "Perahu di dermaga.", "AFP/Hadi")
    ]
    assert reading.address is not None
    assert (reading.address.url, reading.address.amp) == (URL, True)


def test_pictures_of_a_carousel_in_the_body_are_photos_and_its_cards_are_not_text() -> None:
    carousel = f'<amp-carousel width="400" height="300" type="slides"><amp-img src="{HOST}/b.jpg"></amp-img><amp-img src="{HOST}/c.jpg"></amp-img></amp-carousel>'
    cards = f"<amp-carousel><div><a href='{HOST}/amp/2022/07/18/a-b'>Kabar lain dari kampung sebelah yang panjang</a></div><div><a href='{HOST}/amp/2022/07/18/c-d'>Kabar kedua dari kampung sebelah yang panjang</a></div></amp-carousel>"
    reading = amp(
        LAYOUTS["article and content"].replace(f"<p>{TWO}</p>", f"<p>{TWO}</p>{carousel}{cards}"), "amp"
    )
    assert [part.text for part in reading.parts] == [ONE, TWO, THREE]
    assert [photo.content_url for photo in reading.photos] == [PHOTO, f"{HOST}/b.jpg", f"{HOST}/c.jpg"]
