"""Copies of a page: saved by a browser, rewritten by the Wayback Machine, in odd encodings."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from tests.extractors.press import CAPTURED, HOST, URL, Sheet

NEXT = f"{HOST}/2022/07/19/harga-ikan"
LEAD = "https://cdn-2.tstatic.net/aceh/foto/bank/images/perahu-dermaga.jpg"
INNER = "https://cdn-2.tstatic.net/aceh/foto/bank/images/panen-padi.jpg"
SHEET = Sheet(
    count=3,
    kicker="Nanggroe",
    standfirst="Nelayan menunggu cuaca di dermaga kayu.",
    photo=f'<a class="glightbox" href="{LEAD}"><img class="imgfull" src="{LEAD}"></a><div class="f11 white pa3">AFP/File</div><div class="arial f12 grey2">Perahu.</div>',
    head=f'<meta property="og:image" content="{LEAD}"><meta property="og:url" content="{URL}">',
    body=(
        "<p>SERAMBINEWS.COM, SIGLI - “Kami menunggu,” kata dia – pelan.</p>"
        f'<p class="baca">Baca juga: <a href="{NEXT}">Harga Ikan Naik</a></p>'
        f'<figure class="image"><a href="{INNER}"><img src="{INNER}"></a><figcaption>Padi menguning. (TRIBUN/Rica)</figcaption></figure>'
        "<p>Café tutup; harga naik ½ kali.</p>"
    ),
    tags=("nelayan",),
)
CLEAN = SHEET.read()


def read(markup: str | bytes, url: str = URL, content_type: str | None = "text/html") -> PageReading:
    data = markup if isinstance(markup, bytes) else markup.encode()
    return read_page(data, url=url, captured_at=CAPTURED[2022], content_type=content_type)


def said(reading: PageReading) -> PageReading:
    """A reading without where its values came from."""
    return replace(reading, field_sources=(), checks=(), warnings=())


def saved(markup: str) -> str:
    """What a browser writes: scripts have run, advertisements stand in the text, files lie beside the page."""
    markup = markup.replace("<html", f"<!-- saved from url=({len(URL):04d}){URL} -->\n<html", 1)
    markup = re.sub(
        r'<img([^>]*) src="https://[^"]*/([^"/]+)"', r'<img\1 src="./Nelayan Kuala_files/\2"', markup
    )
    injected = '<div id="google_ads_iframe_1__container__" style="border:0"><iframe src="./Nelayan Kuala_files/saved_resource.html"></iframe><p>Beli panci</p></div><div class="teads-inread"><p>Tonton iklan</p></div><ins class="adsbygoogle"><p>Panci</p></ins>'
    return markup.replace("<p>Café", f'{injected}<p data-v-1="" style="font-size: 18px">Café').replace(
        "<body>", '<body class="js" style="overflow: visible;"><div id="fb-root"></div>'
    )


@pytest.mark.parametrize("url", [URL, "file:///home/x/Nelayan%20Kuala.html", "Nelayan Kuala.html", ""])
def test_a_page_saved_by_a_browser_reads_like_the_page_itself(url: str) -> None:
    reading = read(saved(SHEET.html()), url)
    assert said(reading) == said(CLEAN)
    assert [photo.content_url for photo in reading.photos] == [LEAD, INNER]


def test_a_saved_page_without_comment_tells_its_address_by_its_canonical_link() -> None:
    markup = re.sub(r"<!-- saved .*?-->", "", saved(SHEET.html()))
    assert read(markup, "file:///x.html").url == URL
    bare = re.sub(r'<link rel="canonical"[^>]*>', "", markup)
    assert read(bare, "file:///x.html").url == URL


def test_a_saved_later_page_keeps_its_number() -> None:
    markup = saved(SHEET.html()).replace(f"{URL} -->", f"{URL}?page=2 -->")
    reading = read(markup, "file:///x.html")
    assert reading.address is not None
    assert (reading.address.url, reading.address.page) == (URL, 2)


def test_a_saved_picture_of_unknown_origin_is_no_address() -> None:
    markup = saved(SHEET.html()).replace(f'href="{INNER}"', 'href="#"')
    assert [photo.content_url for photo in read(markup).photos] == [LEAD]


def test_links_begin_where_the_base_element_says() -> None:
    markup = (
        SHEET.html()
        .replace("<head>", '<head><base href="https://aceh.tribunnews.com/">')
        .replace(f'"{NEXT}"', '"2022/07/19/harga-ikan"')
    )
    assert read(markup).related[0].url == NEXT


WAYBACK = "/web/20220721080000"


def rewritten(markup: str, prefix: str, form: str) -> str:
    """What the Wayback Machine serves: its scripts and toolbar, every address inside one of its own."""
    markup = re.sub(r'(href|content)="(https://)', rf'\1="{prefix}{form}/\2', markup)
    markup = re.sub(r'src="(https://)', rf'src="{prefix}im_/\1', markup)
    top = '<script type="text/javascript" src="https://web-static.archive.org/_static/js/wombat.js"></script><script>__wm.init("https://web.archive.org/web");</script>'
    bar = '<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base" lang="en"><div id="wm-ipp"><a href="/web/">Wayback Machine</a><p>12 captures</p><h1>Toolbar</h1></div></div><!-- END WAYBACK TOOLBAR INSERT -->'
    tail = "<!--\n     FILE ARCHIVED ON 08:00:00 Jul 21, 2022 AND RETRIEVED FROM THE\n     INTERNET ARCHIVE ON 10:00:00 Nov 01, 2026.\n-->"
    return markup.replace("<head>", f"<head>{top}", 1).replace("<body>", f"<body>{bar}", 1) + tail


@pytest.mark.parametrize(
    "prefix",
    [
        WAYBACK,
        f"https://web.archive.org{WAYBACK}",
        f"http://web.archive.org{WAYBACK}",
        f"//web.archive.org{WAYBACK}",
        "http://localhost:8080/arsip/20220721080000",
    ],
)
@pytest.mark.parametrize("form", ["", "if_", "id_", "mp_"])
def test_a_page_of_a_web_archive_reads_like_the_page_itself(prefix: str, form: str) -> None:
    address = prefix if prefix.startswith("http") else f"https://web.archive.org{WAYBACK}"
    for url in (URL, f"{address}{form}/{URL}"):
        reading = read(rewritten(SHEET.html(), prefix, form), url)
        assert said(reading) == said(CLEAN)
        assert [photo.content_url for photo in reading.photos] == [LEAD, INNER]
        assert [link.url for link in reading.related] == [NEXT]


@pytest.mark.parametrize(
    ("coding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/html; charset=utf-8"),
        ("utf-8", "iso-8859-1", "text/html; charset=ISO-8859-1"),
        ("utf-8", "unicode_escape", "text/html; charset=utf-7"),
        ("utf-8", "punycode", None),
        ("utf-8", "utf-16", None),
        ("utf-8", "no-such-charset", "text/html; charset=x"),
        ("utf-8-sig", "windows-1252", None),
        ("windows-1252", "utf-8", "text/html; charset=utf-8"),
        ("windows-1252", "windows-1252", None),
        ("utf-16", "utf-8", None),
        ("utf-16-le", "utf-16le", None),
        ("utf-16-be", "utf-8", "text/html; charset=utf-16be"),
        ("windows-1254", "windows-1254", None),
    ],
)
def test_quotes_and_accents_survive_every_coding_and_every_wrong_declaration(
    coding: str, declared: str, content_type: str | None
) -> None:
    markup = SHEET.html().replace('charset="utf-8"', f'charset="{declared}"')
    assert said(read(markup.encode(coding), content_type=content_type)) == said(CLEAN)


def test_text_that_was_encoded_twice_is_read_as_it_was_meant() -> None:
    twice = SHEET.html().encode().decode("windows-1252", "surrogateescape").encode("utf-8", "surrogateescape")
    assert [part.text for part in read(twice).parts] == [part.text for part in CLEAN.parts]
    honest = "<p>São Paulo, SÃO JOÃO, â la carte, 5 € – Â pas.</p>"
    assert Sheet(body=honest).read().parts[0].text == "São Paulo, SÃO JOÃO, â la carte, 5 € – Â pas."


def test_entities_without_semicolons_and_zeros_are_read() -> None:
    markup = (
        SHEET.html()
        .replace("“Kami menunggu,” kata", "&ldquo;Kami menunggu,&rdquo;&nbspkata")
        .replace("–", "&#8211")
    )
    assert [part.text for part in read(markup).parts] == [part.text for part in CLEAN.parts]
    assert said(read(SHEET.html().replace("harga naik", "har\x00ga nai\x01k"))) == said(CLEAN)
