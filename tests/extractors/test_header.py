"""Headline, kicker, standfirst, sections, tags and flags, in the shapes that a page can give them."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from tests.extractors.press import CAPTURED, HEADLINE, URL, Sheet

TITLE = f'<h1 id="arttitle">{HEADLINE}</h1>'
CRUMBS = '<ul class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/news">Nanggroe</a></li></ul>'
BELOW = '<div id="comments">'
WHOLE = "Nelayan menunggu cuaca di dermaga sejak Senin."


def read(old: str, new: str, *, head: str = "", **stated: object) -> PageReading:
    """The page with `old` replaced by `new` and these values in JSON-LD."""
    page = Sheet(head=head, json_ld=json.dumps({"@type": "NewsArticle", **stated})).html()
    assert old in page
    return read_page(page.replace(old, new).encode(), url=URL, captured_at=CAPTURED[2022])


@pytest.mark.parametrize(
    ("inner", "headline"),
    [
        ("Ani &amp; Budi &quot;Pulang&quot;", 'Ani & Budi "Pulang"'),
        ("Ani &amp;amp; Budi &amp;quot;Pulang&amp;quot;", 'Ani & Budi "Pulang"'),
        ("Nelayan Kuala<br/>Menanti&nbsp;Cuaca&#8203;", HEADLINE),
        ("Nelayan Kuala Menanti Cuaca - Halaman 2", HEADLINE),
        ("BREAKING NEWS: Kapal Tiba", "BREAKING NEWS: Kapal Tiba"),
    ],
)
def test_the_headline_is_what_a_reader_sees(inner: str, headline: str) -> None:
    assert read(TITLE, f'<h1 id="arttitle">{inner}</h1>').headline == headline


def test_a_label_before_the_title_is_no_headline() -> None:
    label = '<h1 id="arttitle"><span>Breaking News:</span> Nelayan Kuala Menanti Cuaca</h1>'
    assert read(TITLE, label, headline=HEADLINE).headline == HEADLINE
    above = f'<div class="red">Breaking News:</div><div class="superhub">Dipersembahkan oleh</div>{TITLE}'
    assert read(TITLE, above).headline == HEADLINE


@pytest.mark.parametrize(
    "site", ["Serambi Indonesia", "SerambiIndonesia", "Serambinews.com", "Halaman 2 - Serambinews.com"]
)
def test_without_a_printed_title_the_documents_title_is_it_without_the_site(site: str) -> None:
    head = f'<meta property="og:title" content="Satu - Dua - {site}">'
    assert read(TITLE, '<h1 id="arttitle"> </h1>', head=head).headline == "Satu - Dua"


@pytest.mark.parametrize(
    "markup",
    [
        '<h2 class="red f16"><a href="/topic/x">Perang Dagang</a></h2>' + TITLE,
        '<h2 class="red f16"><a href="https://www.tribunnews.com/topic/x"><span>Perang&nbsp;Dagang</span></a></h2>'
        + TITLE,
        '<div class="mb5"><h2><a href="/topic/x">Perang Dagang</a></h2></div>' + TITLE,
        '<h2 class="red f16">Perang Dagang</h2>' + TITLE,
        TITLE + '<h2><a href="/topic/x">Perang Dagang</a></h2>',
    ],
)
def test_the_kicker_stands_at_the_title(markup: str) -> None:
    assert read(TITLE, markup).kicker == "Perang Dagang"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TITLE, '<h2><a href="/2022/07/20/lain">Berita lain</a></h2>' + TITLE),
        (BELOW, '<h2 class="red"><a href="/topic/z">Topik Lain</a></h2>' + BELOW),
        (
            '<div class="tapp-banner">',
            '<div class="menu"><h2 class="red f16"><a href="/topic/z">Topik</a></h2></div><div>',
        ),
        ("<p>Nelayan", '<h2><a href="/topic/z">Topik Lain</a></h2><p>Nelayan'),
    ],
)
def test_topics_of_menus_boxes_and_body_are_no_kicker(old: str, new: str) -> None:
    assert read(old, new).kicker is None


@pytest.mark.parametrize("tag", ["h4", "h2"])
def test_the_hidden_standfirst_is_read(tag: str) -> None:
    hidden = f'{TITLE}<{tag} class="hide f16"> Ani &amp;quot;Yuli&amp;quot; &amp; Budi&nbsp;</{tag}>'
    assert read(TITLE, hidden).standfirst == 'Ani "Yuli" & Budi'


@pytest.mark.parametrize(
    "cut", ["Nelayan menunggu cuaca di derm", "Nelayan menunggu cuaca di derm...", "Nelayan menunggu cuaca"]
)
def test_a_cut_standfirst_is_completed_from_any_description_that_begins_with_it(cut: str) -> None:
    hidden = f'{TITLE}<h4 class="hide">{cut}</h4>'
    assert read(TITLE, hidden, description=WHOLE).standfirst == WHOLE
    for name in ('property="og:description"', 'name="description"'):
        assert read(TITLE, hidden, head=f'<meta {name} content="{WHOLE}">').standfirst == WHOLE


@pytest.mark.parametrize(
    ("shown", "described"), [("Kalimat lain", WHOLE), (WHOLE, WHOLE[:30]), (WHOLE[:20], WHOLE[:25] + "…")]
)
def test_a_description_that_says_no_more_changes_nothing(shown: str, described: str) -> None:
    assert read(TITLE, f'{TITLE}<h4 class="hide">{shown}</h4>', description=described).standfirst == shown


def test_quotes_of_another_make_are_the_same_standfirst() -> None:
    hidden = f'{TITLE}<h4 class="hide">Nelayan “Kuala” menun</h4>'
    assert (
        read(TITLE, hidden, description="Nelayan &quot;Kuala&quot; menunggu.").standfirst
        == 'Nelayan "Kuala" menunggu.'
    )


def test_hidden_text_below_the_article_is_no_standfirst() -> None:
    assert read(BELOW, '<h4 class="hide">Menu tersembunyi</h4>' + BELOW).standfirst is None


@pytest.mark.parametrize(
    ("markup", "sections"),
    [
        (CRUMBS, ("Nanggroe",)),
        (
            '<ul class="breadcrumb"><li><a href="https://aceh.tribunnews.com/">Serambinews.com</a></li><li><a href="/news">» News</a></li><li><a href="/aceh">Aceh&nbsp;Besar</a></li></ul>',
            ("News", "Aceh Besar"),
        ),
        (
            f'<ul class="breadcrumb"><li><a href="/news">Hukum &amp;amp; Kriminal</a></li><li><a href="{URL}">{HEADLINE}</a></li></ul>',
            ("Hukum & Kriminal",),
        ),
        (
            '<ul itemtype="http://schema.org/BreadcrumbList"><li><h4><a href="/"><span>Beranda</span></a></h4></li><li><h4><a href="/pendidikan"><span>Pendidikan</span></a></h4></li></ul>',
            ("Pendidikan",),
        ),
    ],
)
def test_the_breadcrumb_gives_the_sections_without_home_and_title(
    markup: str, sections: tuple[str, ...]
) -> None:
    assert read(CRUMBS, markup).sections == sections


@pytest.mark.parametrize(
    ("stated", "sections"), [("Nasional", ("Nasional",)), (["Nasional", "Hukum"], ("Nasional", "Hukum"))]
)
def test_json_ld_names_the_sections_that_no_breadcrumb_shows(
    stated: object, sections: tuple[str, ...]
) -> None:
    assert read(CRUMBS, "", articleSection=stated).sections == sections


def tag(*names: str) -> str:
    return "".join(f"<h5 class='tagcloud3'><a class='rd2' href='/tag/x'>{name}</a></h5>" for name in names)


@pytest.mark.parametrize(
    "markup",
    [
        tag("nelayan", "cuaca"),
        tag("#nelayan", "# cuaca&nbsp;", "Nelayan"),
        '<div itemprop="keywords"><a href="/tag/n">nelayan</a>, <a href="/tag/c">cuaca</a></div>',
        f'<div itemprop="keywords">{tag("nelayan", "cuaca")}</div>',
        tag("nelayan") + '<div itemprop="keywords"><a>cuaca</a><a>nelayan</a></div>',
    ],
)
def test_tags_of_both_places_are_kept_once(markup: str) -> None:
    sidebar = '<ul class="lsi">'
    page = Sheet().html().replace('<div class="side-article mb5">', f'<div class="side-article mb5">{markup}')
    page = page.replace(sidebar, tag("populer") + sidebar)
    assert read_page(page.encode(), url=URL, captured_at=CAPTURED[2022]).keywords == ("nelayan", "cuaca")


@pytest.mark.parametrize(
    ("head", "stated"),
    [
        ("", ["nelayan", "cuaca", "Nelayan"]),
        ("", "nelayan, cuaca,"),
        ('<meta name="news_keywords" content="nelayan, cuaca">', None),
        ("<script>dataLayer = [{'content_tag': 'nelayan, cuaca', 'x': 'y'}];</script>", None),
    ],
)
def test_tags_that_are_not_shown_come_from_what_machines_are_told(head: str, stated: object) -> None:
    assert read(CRUMBS, CRUMBS, head=head, keywords=stated).keywords == ("nelayan", "cuaca")


@pytest.mark.parametrize(
    ("stated", "free"),
    [
        (True, True),
        (False, False),
        ("False", False),
        ("http://schema.org/False", False),
        ("https://schema.org/True", True),
        (None, None),
        ("x", None),
        (0, None),
    ],
)
def test_the_premium_flag_is_read_and_never_guessed(stated: object, free: bool | None) -> None:
    assert read(CRUMBS, CRUMBS, isAccessibleForFree=stated).free is free


def test_the_data_layer_knows_premium_pieces_too() -> None:
    reading = read(
        CRUMBS, CRUMBS, head="<script>dataLayer = [{'content_type': 'premium', 'x': 'y'}];</script>"
    )
    assert (reading.free, dict(reading.field_sources)["free"]) == (False, "dataLayer")


@pytest.mark.parametrize(
    ("note", "origin"),
    [
        (
            'Artikel ini telah tayang di Kompas.com dengan judul "Perahu Tiba di Dermaga"',
            "Perahu Tiba di Dermaga",
        ),
        (
            'Artikel ini telah tayang di <a href="https://www.kompas.com">Kompas.com</a> dengan judul <a href="https://www.kompas.com/read/1/perahu">Perahu</a>',
            "https://www.kompas.com/read/1/perahu",
        ),
        (
            "<em>Artikel ini telah tayang di TribunSolo.com dengan judul Perahu Tiba, https://solo.tribunnews.com/2022/07/20/perahu</em>",
            "https://solo.tribunnews.com/2022/07/20/perahu",
        ),
        ("(Artikel ini sudah tayang di TribunSolo.com dengan judul: Perahu Tiba)", "Perahu Tiba"),
        ("Artikel ini telah tayang di TribunSolo.com", "TribunSolo.com"),
    ],
)
def test_a_note_on_the_first_appearance_says_what_the_article_is_based_on(note: str, origin: str) -> None:
    reading = Sheet(body=f"<p>Isi berita pagi.</p><p>{note}</p>").read()
    assert (reading.based_on, [part.text for part in reading.parts]) == ((origin,), ["Isi berita pagi."])


def test_every_field_says_where_it_comes_from() -> None:
    reading = Sheet(
        kicker="K", standfirst="S", tags=("t",), byline="Penulis: Ani Yuli | Editor: Budi Rahman"
    ).read()
    named = {
        "headline",
        "kicker",
        "standfirst",
        "keywords",
        "sections",
        "authors",
        "editors",
        "byline",
        "published",
    }
    assert named <= dict(reading.field_sources).keys()
