"""Writers, editors, reporters and outlet of a page, in every shape of markup that could print them."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from tests.extractors.press import CAPTURED, HOST, URL, Sheet

ANI, BUDI = "Ani Yuli", "Budi Rahman"


def people(reading: PageReading) -> tuple[list[str], list[str]]:
    return [one.name for one in reading.authors], [one.name for one in reading.editors]


BOTH = [
    '<div id="penulis">Penulis: Ani Yuli</div><div id="editor">Editor: Budi Rahman</div>',
    '<div id="penulis">Penulis&nbsp;:&nbsp;Ani&nbsp;Yuli&#8203;</div><div id="editor">\n\t\tEditor :\n Budi   Rahman\t</div>',
    '<div id="penulis"><span>Penulis</span><a href="/penulis/ani">Ani Yuli</a></div><div id="editor">EDITOR - Budi Rahman</div>',
    '<div id="penulis">Penulis: <a href="/penulis/ani"><img src="/a.png" alt=""> Ani Yuli</a></div><div id="editor">Budi Rahman</div>',
    '<div id="penulis">Penulis: Ani Yuli <small>Wartawan Tribun Jogja</small></div><div id="editor">Editor: Budi Rahman</div>',
    '<div id="penulis">Penulis: Ani Yuli | Editor: Budi Rahman</div>',
    '<h6 id="penulis">Penulis: Ani Yuli</h6><h6 id="editor">Editor: Budi Rahman</h6>',
    "<h6>Penulis: Ani Yuli</h6><h6>Editor: Budi Rahman</h6>",
    'Penulis: <a href="/penulis/ani">Ani Yuli</a> | Editor: <a href="/editor/budi">Budi Rahman</a>',
    'Penulis: <a href="/penulis/ani">Ani Yuli</a><br>Editor: <a href="/editor/budi">Budi Rahman</a>',
    "<div><span>Penulis:</span> <span>Ani Yuli</span></div><div><span>Editor:</span> <span>Budi Rahman</span></div>",
    "<div>Penulis:</div><div>Ani Yuli</div><div>Editor:</div><div>Budi Rahman</div>",
    "<table><tr><td>Penulis</td><td>:</td><td>Ani Yuli</td></tr><tr><td>Editor</td><td>:</td><td>Budi Rahman</td></tr></table>",
    '<a href="/penulis/ani">Ani Yuli</a> <a href="/editor/budi">Budi Rahman</a>',
    '<span><a href="/penulis/ani">Ani Yuli</a></span><span>Editor: Budi Rahman</span>',
    '<div id="penulis">Penulis: Ani Yuli<script>var a = "Editor: Cici";</script></div><div id="editor">Editor: Budi Rahman</div>',
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("markup", BOTH)
def test_writer_and_editor_are_read_from_any_markup(markup: str, after: bool) -> None:
    assert people(Sheet(byline=markup, byline_after=after).read()) == ([ANI], [BUDI])


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="meta-author">Penulis: <a href="/penulis/ani">Ani Yuli</a> | Editor: Budi Rahman</div>',
        '<p class="meta"><b>Penulis</b>: Ani Yuli<br/><b>Editor</b>: Budi Rahman</p>',
        '<div class="name"><a href="/penulis/ani">Ani Yuli</a> <a href="/editor/budi">Budi Rahman</a></div>',
    ],
)
def test_a_byline_under_a_class_that_nobody_has_seen_is_found_by_its_words_or_links(markup: str) -> None:
    page = Sheet(byline="").html().replace('<div class="f20 credit mt10"></div>', markup)
    assert people(read_page(page.encode(), url=URL, captured_at=CAPTURED[2022])) == ([ANI], [BUDI])


@pytest.mark.parametrize(
    "markup",
    [
        '<div id="penulis"></div><div id="editor">Editor: Budi Rahman</div>',
        '<div id="penulis">Penulis: </div><div id="editor">Editor: Budi Rahman</div>',
        '<div id="penulis">Penulis: | Editor: Budi Rahman</div>',
        '<div id="penulis">Penulis: Tim Tribun Manado</div><div id="editor">Editor: Budi Rahman</div>',
        '<div id="penulis">Penulis: Serambi Indonesia</div><div id="editor">Editor: Budi Rahman</div>',
    ],
)
def test_no_writer_means_no_author_whatever_json_ld_says(markup: str) -> None:
    ld = json.dumps({"@type": "NewsArticle", "author": {"@type": "Person", "name": BUDI}})
    assert people(Sheet(byline=markup, json_ld=ld).read()) == ([], [BUDI])


@pytest.mark.parametrize("markup", ["|", " | ", "", '<div id="penulis">|</div>'])
def test_a_lone_bar_is_nobody(markup: str) -> None:
    reading = Sheet(byline=markup).read()
    assert (people(reading), reading.contributors, reading.byline) == (([], []), (), None)


@pytest.mark.parametrize("after", [False, True])
def test_a_label_without_a_name_takes_none_from_the_boxes_around_it(after: bool) -> None:
    reading = Sheet(byline='<div id="penulis">Penulis: </div>', byline_after=after).read()
    assert (people(reading), reading.byline) == (([], []), None)


def test_the_hosts_own_brand_is_nobody_even_if_it_sounds_like_a_person() -> None:
    page = Sheet(byline='<div id="penulis">Penulis: Surya</div>').html()
    url = "https://surabaya.tribunnews.com/2022/07/20/panen-raya"
    readings = [read_page(page.encode(), url=where, captured_at=CAPTURED[2022]) for where in (url, URL)]
    assert [people(reading)[0] for reading in readings] == [[], ["Surya"]]


def test_a_byline_printed_twice_is_read_once_and_an_empty_one_is_passed_over() -> None:
    foot = f'<div class="f12 grey mb15">{BOTH[0]}</div><div class="side-article" id="widget'
    for under in (BOTH[0], '<div id="penulis"></div><div id="editor"></div>'):
        page = Sheet(byline=under).html().replace('<div class="side-article" id="widget', foot)
        reading = read_page(page.encode(), url=URL, captured_at=CAPTURED[2022])
        assert people(reading) == ([ANI], [BUDI])
        assert reading.byline == "Penulis: Ani Yuli | Editor: Budi Rahman"


def test_each_link_is_one_person_and_keeps_its_address() -> None:
    markup = '<div id="penulis">Penulis: <a href="/penulis/ani">Ani Yuli, S.H.</a>, <a href="/penulis/budi">Budi Rahman</a></div>'
    reading = Sheet(byline=markup).read()
    assert [(one.name, one.url) for one in reading.authors] == [
        ("Ani Yuli, S.H.", f"{HOST}/penulis/ani"),
        (BUDI, f"{HOST}/penulis/budi"),
    ]


def test_a_reporter_and_a_photographer_in_the_byline_are_contributors() -> None:
    markup = '<div id="reporter">Reporter: Ani Yuli</div><div id="editor">Editor: Budi Rahman</div><div>Fotografer: Cici Lia</div>'
    reading = Sheet(byline=markup).read()
    assert [(one.name, one.role_name) for one in reading.contributors] == [
        (ANI, "reporter"),
        ("Cici Lia", "photographer"),
    ]
    assert people(reading) == ([], [BUDI])


def test_reporters_of_the_byline_and_of_the_body_are_kept_and_the_writer_is_not_named_twice() -> None:
    body = "<p>Laporan Wartawan Tribun Jogja, ANI YULI dan Cici Lia</p><p>Hujan turun.</p>"
    reading = Sheet(byline="Penulis: Ani Yuli | Reporter: Dedi", body=body).read()
    assert [one.name for one in reading.contributors] == ["Dedi", "Cici Lia"]
    assert [part.text for part in reading.parts] == ["Hujan turun."]


@pytest.mark.parametrize(
    ("body", "author"),
    [
        ("<p>Oleh: Cici Lia*)</p><p>Isi opini.</p><p>*) PENULIS adalah dosen.</p>", ["Cici Lia"]),
        (
            "<p><strong>OLEH CICI LIA, dosen UIN, melaporkan dari Sigli</strong></p><p>Isi opini.</p>",
            ["CICI LIA"],
        ),
        ("<p>Oleh: Cici Lia</p><p>Dosen UIN</p><p>Isi opini.</p>", ["Cici Lia"]),
        ("<h4>Oleh: Cici Lia</h4><p>Isi opini.</p>", ["Cici Lia"]),
        ("<p>Isi opini.</p><p>Penulis Cici Lia adalah dosen.</p>", []),
    ],
)
def test_an_opinions_writer_stands_in_its_body(body: str, author: list[str]) -> None:
    reading = Sheet(body=body).read()
    assert [one.name for one in reading.authors] == author
    assert reading.parts[0].text == "Isi opini."


def test_names_outside_the_article_are_nobodys() -> None:
    page = (
        Sheet(byline="")
        .html()
        .replace('<ul class="lsi">', '<div>Penulis: <a href="/penulis/x">Xena</a></div><ul class="lsi">')
    )
    assert people(read_page(page.encode(), url=URL, captured_at=CAPTURED[2022])) == ([], [])


def test_without_a_printed_byline_the_data_layer_tells_writer_and_editor_apart() -> None:
    head = "<script>dataLayer = [{'editor': 'Budi Rahman', 'penulis': 'Ani Yuli', 'source': ''}];</script>"
    reading = Sheet(byline="", head=head).read()
    assert people(reading) == ([ANI], [BUDI])
    assert dict(reading.field_sources)["authors"] == "dataLayer"


def test_without_a_printed_byline_json_ld_counts_only_if_it_names_the_editor_apart() -> None:
    def ld(author: str, editor: str | None) -> str:
        given = {"editor": {"@type": "Person", "name": editor}} if editor else {}
        return json.dumps({"@type": "NewsArticle", "author": [{"@type": "Person", "name": author}], **given})

    assert people(Sheet(byline="", json_ld=ld(ANI, BUDI)).read()) == ([ANI], [BUDI])
    assert people(Sheet(byline="", json_ld=ld(BUDI, BUDI)).read()) == ([], [BUDI])
    assert people(Sheet(byline="", json_ld=ld(BUDI, None)).read()) == ([], [])


SOLO = "https://solo.tribunnews.com"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("markup", "name", "url"),
    [
        (
            f'<div class="sources mb20"><h6>Sumber: <div class="dip"><a href="{SOLO}" title="TribunSolo.com">TribunSolo.com</a></div></h6></div>',
            "TribunSolo.com",
            SOLO,
        ),
        (
            '<div class="sources mb20"><h6>Sumber: <div class="dip">Berita Aceh</div></h6></div>',
            "Berita Aceh",
            None,
        ),
        (
            '<div class="sources"><h6>SUMBER:&nbsp;<a href="//solo.tribunnews.com">TribunSolo.com</a></h6></div>',
            "TribunSolo.com",
            SOLO,
        ),
        ('<div class="sources"><h6>Sumber : <a href="#">Berita Aceh</a></h6></div>', "Berita Aceh", None),
        (
            '<div class="sumber"><b>Sumber</b>: <a href="https://www.kompas.com/">Kompas.com</a></div>',
            "Kompas.com",
            "https://www.kompas.com/",
        ),
    ],
)
def test_the_source_is_an_outlet_with_or_without_a_link(
    markup: str, name: str, url: str | None, after: bool
) -> None:
    source = Sheet(source=markup, byline_after=after).read().source
    assert source is not None
    assert (source.name, source.url) == (name, url)


@pytest.mark.parametrize(
    "markup", ['<div class="sources"><h6>Sumber: </h6></div>', '<div class="sources"></div>']
)
def test_a_source_without_a_name_is_none(markup: str) -> None:
    assert Sheet(source=markup).read().source is None


def test_the_source_can_stand_on_the_line_of_the_byline() -> None:
    reading = Sheet(
        byline=f'Penulis: Ani Yuli | Editor: Budi Rahman | Sumber: <a href="{SOLO}">TribunSolo.com</a>'
    ).read()
    assert reading.source is not None
    assert (reading.source.name, reading.source.url) == ("TribunSolo.com", SOLO)
    assert reading.byline == "Penulis: Ani Yuli | Editor: Budi Rahman"
