"""Media Indonesia: invented text on the markup of October 2025."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from extractors.lists import read_list
from extractors.portals import all_portals

URL = "https://mediaindonesia.com/nusantara/812345/warga-kuala-tanam-bakau"
BODY = (
    '<p><!--StartFragment -->WARGA Kuala (<a href="https://mediaindonesia.com/tag/kuala">Kuala</a>) menanam bakau.</p>'
    '<div class="flying-carpet"><div class="dfp-ad">Iklan yang melayang di sini</div></div>'
    '<p>Bibit itu dibawa dengan perahu.</p><p class="related-news"><strong>Baca juga : <a href="https://mediaindonesia.com/nusantara/811111/bibit" target="_blank">Bibit Bakau Dibagikan</a></strong></p>'
    "<h2>Menunggu Pasang</h2><p>Penanaman dimulai saat air naik. (Ant/H-2)</p><p><!--EndFragment --></p>"
)
EDITOR = '<div class="info-author">\n Editor : <a title="Budi" href="https://mediaindonesia.com/author/151/budi" class="author">Budi</a></div>'


def page(*, writer: str = "Budi Karsa", editor: str = EDITOR, ld_author: str = "Budi") -> str:
    return f"""<html lang="id"><head><meta charset="UTF-8"><title>Warga Kuala Tanam Bakau Di Tepi Sungai    </title>
<meta property="og:type" content="website"><meta name="author" content="mediaindonesia.com developer"><link rel="canonical" href="{URL}">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Warga Kuala Tanam Bakau Di Tepi Sungai", "datePublished": "2025-10-22T06:59:00+07:00",
"dateModified": "2025-10-22T07:06:59+07:00", "author": [{{"@type": "Person", "name": "{ld_author}"}}]}}</script></head><body>
<section class="newsticker"><a href="https://mediaindonesia.com/humaniora/798556/lain"><div class="item">Berita lain</div></a></section>
<section class="detail"><div class="column is-8"><div class="post-header">
<ul class="mi-breadcrumb"><li><a href="https://mediaindonesia.com/">Home <i class="fa fa-angle-right"></i></a> </li><li><a href="https://mediaindonesia.com/nusantara">Nusantara</a></li></ul>
<h1>Warga Kuala Tanam Bakau: Di Tepi Sungai</h1>
<div class="info"><div class="author-2">{writer}</div><span class="datetime"> 22/10/2025 06:59</span><div class="font-size-bt-group"><button class="bt-min">A-</button></div></div></div>
<div class="article"><figure class="main-img"><img class="zoomable" data-src="https://asset.mediaindonesia.com/news/2025/10/22/bakau.jpg" alt="x"><figcaption>Bibit bakau di Kuala(Antara/Sari Wulan)</figcaption></figure>
{BODY}<br><br>
<div class="ext-channel">Cek berita dan artikel yg lain di <a href="https://news.google.com/x">Google News</a> dan dan ikuti <a href="https://whatsapp.com/channel/x">WhatsApp channel</a> mediaindonesia.com</div>
{editor}<div id="x" class="_ap_apex_ad"></div></div>
<ul class="related-tags"><li>Tags:</li><li><a class="bt bt-grey" href="https://mediaindonesia.com/tag/bakau"># bakau</a></li><li><a class="bt" href="https://mediaindonesia.com/tag/Kuala"># Kuala</a></li></ul>
<section><div class="ti">Berita Lainnya</div><ul class="list-3"><li><div class="pic"><a href="https://mediaindonesia.com/nusantara/781249/lain"><img data-src="x.jpg"></a></div>
<div class="text"><h3><a title="Judul Lain" href="https://mediaindonesia.com/nusantara/781249/lain">Judul Lain</a></h3><span>11/6/2025 10:54</span><p>Ringkasan lain.</p></div></li></ul></section></div></section></body></html>"""


def read(html: str) -> PageReading:
    return read_page(html.encode(), url=URL, captured_at=datetime(2025, 11, 20, tzinfo=UTC))


def test_every_field_of_a_page_of_2025() -> None:
    reading = read(page())
    assert (reading.portal, reading.rule) == ("mediaindonesia", "mediaindonesia-2023")
    assert reading.headline == "Warga Kuala Tanam Bakau: Di Tepi Sungai"
    assert (reading.sections, reading.keywords) == (("Nusantara",), ("bakau", "Kuala"))
    assert reading.published is not None
    assert reading.published.isoformat() == "2025-10-22T06:59:00+07:00"
    assert (reading.standfirst, reading.dateline, reading.language) == (None, None, "id")
    assert [(photo.content_url, photo.caption, photo.credit_text) for photo in reading.photos] == [
        (
            "https://asset.mediaindonesia.com/news/2025/10/22/bakau.jpg",
            "Bibit bakau di Kuala",
            "Antara/Sari Wulan",
        )
    ]
    assert reading.publisher is not None
    assert reading.publisher.name == "Media Indonesia"
    assert reading.warnings == ()


def test_the_body_is_the_article_and_nothing_else() -> None:
    reading = read(page())
    assert [(part.type.value, part.text) for part in reading.parts] == [
        ("paragraph", "WARGA Kuala (Kuala) menanam bakau."),
        ("paragraph", "Bibit itu dibawa dengan perahu."),
        ("heading", "Menunggu Pasang"),
        ("paragraph", "Penanaman dimulai saat air naik."),
    ]
    assert [(link.name, link.after_part) for link in reading.related] == [("Bibit Bakau Dibagikan", 2)]


def test_the_author_of_json_ld_is_the_editor_and_the_printed_name_is_the_writer() -> None:
    reading = read(page())
    assert [person.name for person in reading.authors] == ["Budi Karsa"]
    assert [(person.name, person.url) for person in reading.editors] == [
        ("Budi", "https://mediaindonesia.com/author/151/budi")
    ]
    assert reading.byline == "Budi Karsa | Editor : Budi"


@pytest.mark.parametrize("writer", ["", " ", "Media Indonesia"])
def test_without_a_printed_writer_there_is_no_author(writer: str) -> None:
    reading = read(page(writer=writer))
    assert reading.authors == ()
    assert [person.name for person in reading.editors] == ["Budi"]


def test_without_lists_by_day_there_are_lists_of_what_is_new() -> None:
    portal = all_portals()["mediaindonesia"]
    host = portal.find_hosts(["mediaindonesia.com"])[0]
    assert portal.index_url(host, date(2025, 10, 22)) is None
    assert portal.newest_urls(host)[0] == "https://mediaindonesia.com/nusantara"

    listing = read_list(
        page().encode(), url=portal.newest_urls(host)[0], captured_at=datetime(2025, 10, 22, tzinfo=UTC)
    )
    assert [(link.title, link.published_text) for link in listing.links] == [
        ("Judul Lain", "11/6/2025 10:54")
    ]
