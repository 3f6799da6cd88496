"""One page to one reading: fields of every era."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.article import PageKind, Pager
from extractors.extract import choose_rule, read_page
from extractors.page import Page, parse
from extractors.portals import all_portals
from tests.extractors.press import CAPTURED, HEADLINE, HOST, URL, Sheet

PHOTO = (
    '<img src="https://cdn1.tstatic.net/img/zoom-in.svg" alt="zoom-in"/><img class="imgfull" src="https://cdn-2.tstatic.net/a.jpg">'
    '<div class="f11 white pa3 fr pos_rel ar">AFP/File</div><div class="arial f12 pt5 grey2">Perahu di dermaga.&nbsp;</div>'
)


@pytest.mark.parametrize(("era", "rule"), [(2020, "tribun-2020"), (2022, "tribun-2021")])
def test_the_rule_is_that_of_the_capture_day_and_the_markup(era: int, rule: str) -> None:
    assert Sheet(era=era, byline_after=era == 2020).read().rule == rule


def test_old_markup_captured_late_is_read_with_its_own_rule() -> None:
    sheet = Sheet(era=2020, byline_after=True)
    reading = read_page(sheet.html().encode(), url=URL, captured_at=CAPTURED[2026])
    assert (reading.rule, reading.headline) == ("tribun-2020", HEADLINE)


def test_a_rule_for_a_future_layout_leaves_the_old_ones_alone() -> None:
    portal = all_portals()["serambi"]
    future = replace(
        portal.rules[0],
        name="tribun-2030",
        valid_from=datetime(2030, 1, 1, tzinfo=UTC).date(),
        marks=("//main",),
    )
    extended = replace(portal, rules=(*portal.rules, future))
    old = _page(Sheet().html())
    new = _page("<main>" + Sheet().html() + "</main>")
    rules = [choose_rule(extended, page) for page in (old, new)]
    assert [rule.name if rule else None for rule in rules] == ["tribun-2021", "tribun-2030"]


def _page(markup: str) -> Page:
    page = parse(markup.encode(), url=URL, captured_at=datetime(2031, 1, 1, tzinfo=UTC))
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize("after", [False, True])
def test_all_fields_of_a_page(after: bool) -> None:
    reading = Sheet(
        kicker="Internasional",
        standfirst="Nelayan menunggu cuaca di dermaga.",
        byline='<div id="penulis">Penulis: <a href="/penulis/rica">Rica Ayu</a></div><div id="editor">Editor: Tia Sari</div>',
        byline_after=after,
        source='<div class="sources mb20"><h6>Sumber: <div class="dip"><a href="https://solo.tribunnews.com" title="TribunSolo.com">TribunSolo.com</a></div></h6></div>',
        photo=PHOTO,
        tags=("nelayan", "cuaca"),
        body="<p>SERAMBINEWS.COM, SIGLI - Nelayan menunggu.</p>",
    ).read()
    assert (reading.kicker, reading.headline) == ("Internasional", HEADLINE)
    assert reading.standfirst == "Nelayan menunggu cuaca di dermaga."
    assert [(person.name, person.url) for person in reading.authors] == [("Rica Ayu", f"{HOST}/penulis/rica")]
    assert [person.name for person in reading.editors] == ["Tia Sari"]
    assert reading.byline == "Penulis: Rica Ayu | Editor: Tia Sari"
    assert reading.source is not None
    assert (reading.source.name, reading.source.url) == ("TribunSolo.com", "https://solo.tribunnews.com")
    (photo,) = reading.photos
    assert (photo.content_url, photo.credit_text, photo.caption) == (
        "https://cdn-2.tstatic.net/a.jpg",
        "AFP/File",
        "Perahu di dermaga.",
    )
    assert (reading.sections, reading.keywords) == (("Nanggroe",), ("nelayan", "cuaca"))
    assert (reading.dateline, reading.place, reading.language) == ("SERAMBINEWS.COM, SIGLI", "Sigli", "id")
    assert dict(reading.field_sources)["headline"] == "rule"


def test_the_editor_is_no_author_when_json_ld_says_so() -> None:
    ld = json.dumps({"@type": "NewsArticle", "author": {"@type": "Person", "name": "Rahmat Ilham"}})
    reading = Sheet(json_ld=ld).read()
    assert reading.authors == ()
    assert [person.name for person in reading.editors] == ["Rahmat Ilham"]


def test_both_names_on_one_line_and_a_lone_bar() -> None:
    reading = Sheet(byline="Penulis: Rica Ayu dan Budi Rahman | Editor: Tia Sari").read()
    assert [person.name for person in reading.authors] == ["Rica Ayu", "Budi Rahman"]
    assert reading.byline == "Penulis: Rica Ayu dan Budi Rahman | Editor: Tia Sari"
    empty = Sheet(byline="|").read()
    assert (empty.authors, empty.editors, empty.byline) == ((), (), None)


def test_a_page_that_gives_nothing_is_given_nothing() -> None:
    reading = Sheet(byline="", printed="").read()
    assert (reading.authors, reading.published, reading.kicker, reading.source, reading.free) == (
        (),
        None,
        None,
        None,
        None,
    )
    assert "no date of publication" in reading.warnings


def test_a_cut_standfirst_is_completed_from_the_description() -> None:
    whole = "Nelayan menunggu cuaca di dermaga sejak Senin."
    ld = json.dumps({"@type": "NewsArticle", "description": whole})
    assert Sheet(standfirst="Nelayan menunggu cuaca di derm", json_ld=ld).read().standfirst == whole
    assert (
        Sheet(standfirst="Kalimat lain sama sekali", json_ld=ld).read().standfirst
        == "Kalimat lain sama sekali"
    )


def test_a_printed_zone_wins_and_json_ld_adds_only_the_seconds() -> None:
    ld = json.dumps(
        {
            "@type": "NewsArticle",
            "datePublished": "2022-07-20T13:05:42+08:00",
            "dateModified": "2022-07-20T14:00:00+08:00",
        }
    )
    reading = Sheet(json_ld=ld).read()
    assert reading.published is not None
    assert reading.published.isoformat() == "2022-07-20T13:05:42+07:00"
    assert reading.modified is not None
    assert reading.modified.isoformat() == "2022-07-20T14:00:00+07:00"
    assert reading.published_text == "Rabu, 20 Juli 2022 13:05 WIB"


def test_a_printed_time_without_zone_is_the_hosts() -> None:
    url = "https://makassar.tribunnews.com/2020/10/09/panen-raya"
    markup = (
        Sheet(era=2020, printed="Jumat, 9 Oktober 2020 13:52", byline_after=True).html().replace(URL, url)
    )
    reading = read_page(markup.encode(), url=url, captured_at=CAPTURED[2020])
    assert reading.published is not None
    assert reading.published.isoformat() == "2020-10-09T13:52:00+08:00"


def test_a_machine_time_stands_in_for_a_printed_zone() -> None:
    reading = Sheet(era=2026, printed="Jumat, 24 Juli 2026 12:40", machine="2026-07-24T12:40+07:00").read()
    assert reading.rule == "tribun-2025"
    assert reading.published is not None
    assert reading.published.isoformat() == "2026-07-24T12:40:00+07:00"


def test_the_summary_of_2026_is_an_abstract_and_not_text() -> None:
    summary = '<blockquote class="summary-article"><p>Ringkasan Berita:</p><ul><li>Butir satu</li><li>Butir dua</li></ul></blockquote>'
    reading = Sheet(era=2026, body=summary + "<p>Isi berita.</p>").read()
    assert reading.abstract == ("Butir satu", "Butir dua")
    assert [part.text for part in reading.parts] == ["Isi berita."]


def test_a_premium_page_says_that_it_is_not_free() -> None:
    ld = json.dumps(
        {"@graph": [{"@type": "BreadcrumbList"}, {"@type": "NewsArticle", "isAccessibleForFree": "False"}]}
    )
    assert Sheet(json_ld=ld).read().free is False


def test_the_publishers_plain_text_is_a_check_and_never_the_body() -> None:
    script = '<script>var keywordBrandSafety = "Nelayan Kuala Baru menunggu angin reda. Bagian halaman dua.";</script>'
    reading = Sheet(head=script).read()
    assert dict(reading.checks)["brandSafetyWords"] == 9
    assert all("halaman dua" not in part.text for part in reading.parts)


def test_a_canonical_of_another_article_is_a_warning() -> None:
    reading = Sheet().read(url=URL.replace("nelayan", "petani"))
    assert "the canonical address is another article's" in reading.warnings


@pytest.mark.parametrize("coding", ["utf-8", "windows-1252"])
def test_quotes_survive_the_encodings_of_old_pages(coding: str) -> None:
    markup = (
        Sheet(body="<p>“Kami menunggu,” kata dia – pelan.</p>").html().replace('<meta charset="utf-8">', "")
    )
    reading = read_page(markup.encode(coding), url=URL, captured_at=CAPTURED[2022])
    assert reading.parts[0].text == "“Kami menunggu,” kata dia – pelan."


def test_mixed_encodings_and_nuls_are_read() -> None:
    markup = Sheet(body="<p>Café besar @@ @@.</p>").html().encode()
    mixed = markup.replace(b"@@", b"\x93kopi\x94", 1).replace(b"@@", b"te\x00h")
    assert read_page(mixed, url=URL, captured_at=CAPTURED[2022]).parts[0].text == "Café besar “kopi” teh."


def test_a_page_rewritten_by_the_wayback_machine_is_read_as_it_was() -> None:
    prefix = "https://web.archive.org/web/20220721000000/"
    markup = (
        Sheet(photo=PHOTO)
        .html()
        .replace('href="https://', f'href="{prefix}https://')
        .replace('src="https://', 'src="/web/20220721000000im_/https://')
    )
    reading = read_page(markup.encode(), url=prefix + URL, captured_at=CAPTURED[2022])
    assert (reading.url, reading.canonical, reading.portal) == (URL, URL, "serambi")
    assert reading.photos[0].content_url == "https://cdn-2.tstatic.net/a.jpg"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"", None, PageKind.UNREADABLE),
        (b"   \n", None, PageKind.UNREADABLE),
        (b"<p>a</p>" * 2_200_000, None, PageKind.UNREADABLE),
        (b"%PDF-1.7 ...", "text/html", PageKind.NOT_HTML),
        (b"<html></html>", "image/png", PageKind.NOT_HTML),
        (b"just words", "text/html", PageKind.NOT_HTML),
        (b"<title>404 Not Found</title><h1>Halaman tidak ditemukan</h1>", None, PageKind.SOFT_404),
        (b"<title>Attention Required! | Cloudflare</title><h1>Access denied</h1>", None, PageKind.WALL),
        (b"<title>Serambi</title><p>Selamat datang</p>", None, PageKind.UNREADABLE),
    ],
)
def test_what_is_no_article_gets_a_verdict_with_a_reason(
    body: bytes, content_type: str | None, kind: PageKind
) -> None:
    reading = read_page(body, url=URL, captured_at=CAPTURED[2022], content_type=content_type)
    assert reading.verdict.kind is kind
    assert reading.verdict.reason
    assert reading.parts == ()


@pytest.mark.parametrize(
    ("headline", "ld", "kind"),
    [
        ("VIDEO: Ombak di Kuala", {"@type": "VideoObject"}, PageKind.VIDEO),
        ("FOTO: Panen di Bukit", {"@type": "ImageGallery"}, PageKind.GALLERY),
        ("Laporan Langsung Pemilihan", {"@type": "LiveBlogPosting"}, PageKind.LIVE),
    ],
)
def test_players_galleries_and_live_reports_are_recognised_with_their_few_sentences(
    headline: str, ld: dict[str, str], kind: PageKind
) -> None:
    reading = Sheet(headline=headline, json_ld=json.dumps(ld), body="<p>Simak suasana pagi ini.</p>").read()
    assert reading.verdict.kind is kind
    assert [part.text for part in reading.parts] == ["Simak suasana pagi ini."]


def test_pictures_without_text_are_a_gallery_and_a_page_that_says_it_is_gone_is_none() -> None:
    figures = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>Gambar</figcaption></figure>" for n in range(5)
    )
    assert Sheet(body=figures, headline="Suasana Panen").read().verdict.kind is PageKind.GALLERY
    gone = Sheet(headline="Halaman tidak ditemukan", body="<p>Halaman yang Anda cari tidak ditemukan.</p>")
    assert gone.read().verdict.kind is PageKind.SOFT_404


def test_an_index_page_is_a_list() -> None:
    items = "".join(
        f'<li class="ptb15"><h3><a href="/2022/07/20/berita-{n}">Berita</a></h3></li>' for n in range(9)
    )
    reading = read_page(
        f"<ul class='lsi'>{items}</ul>".encode(), url=f"{HOST}/index-news", captured_at=CAPTURED[2022]
    )
    assert reading.verdict.kind is PageKind.LIST


HOSTILE = {
    "json-ld without end": b'<script type="application/ld+json">{"a":"' + b'\\"' * 16_000 + b"</script>",
    "nested json-ld": b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>",
    "nested elements": b"<div>" * 50_000,
    "nested lists": b"<ul><li>a" * 5_000,
    "paragraphs": b"<p>satu dua</p>" * 50_000,
    "rows": b"<table>" + b"<tr><td>a</td><td>b</td></tr>" * 50_000,
    "links": b"<a href='/2022/07/20/a'>x</a>" * 100_000,
    "brackets": b"<p>" + b"(Baca: " * 50_000,
    "capitals": b"<p>" + b"AAAA " * 50_000,
    "data layer": b"<script>dataLayer = [{" + b"'a':'" * 40_000 + b"</script>",
    "backslashes": b'<script>var keywordBrandSafety = "' + b"\\" * 200_000 + b"</script>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><p>&a;&a;</p>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_soon_with_a_verdict(name: str) -> None:
    markup = Sheet(body="@@").html().encode().replace(b"@@", HOSTILE[name])
    reading = read_page(markup, url=URL, captured_at=CAPTURED[2022])
    assert reading.verdict.kind in {PageKind.ARTICLE, PageKind.OTHER, PageKind.UNREADABLE}
    assert len(reading.parts) <= 5000


def test_a_page_longer_than_any_article_says_that_it_is_cut() -> None:
    reading = Sheet(body="<p>satu dua</p>" * 6000).read()
    assert dict(reading.checks)["incomplete"] is True


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=60), st.none() | st.text(max_size=40))
def test_any_bytes_give_a_verdict(body: bytes, url: str, content_type: str | None) -> None:
    for address in (URL, url):
        reading = read_page(body, url=address, captured_at=CAPTURED[2022], content_type=content_type)
        assert reading.verdict.kind in PageKind


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<ul>",
                "<li>",
                "<br>",
                "<b>",
                "</b>",
                "<td>",
                "<table>",
                "kata ",
                "Baca juga: ",
                "<a href='/x'>",
                "</a>",
                "(*)",
                "<figure>",
                "<img src='a.jpg'>",
                "<blockquote>",
            ]
        ),
        max_size=60,
    )
)
def test_any_markup_in_the_container_is_survived(pieces: list[str]) -> None:
    reading = Sheet(body="".join(pieces)).read()
    assert "while reading" not in reading.verdict.reason


def test_a_portal_without_rules_is_read_by_trafilatura() -> None:
    ld = json.dumps(
        {
            "@type": "NewsArticle",
            "headline": "Gotong Royong di Kampung",
            "datePublished": "2022-07-20T13:05:00+07:00",
            "author": [{"@type": "Person", "name": "Nur'aini Ma'rifah"}],
        }
    )
    markup = f"<html lang='id'><head><title>x</title><script type='application/ld+json'>{ld}</script></head><body><nav>Menu Beranda</nav><article><h1>Gotong Royong di Kampung</h1>{paragraphs(12)}<p>Baca juga: Banjir</p></article></body></html>"
    reading = read_page(
        markup.encode(), url="https://kabar.example/2022/gotong-royong", captured_at=CAPTURED[2022]
    )
    assert (reading.verdict.kind, reading.fallback, reading.portal, reading.rule) == (
        PageKind.ARTICLE,
        True,
        None,
        None,
    )
    assert reading.pager == Pager()
    assert len(reading.parts) == 12
    assert [person.name for person in reading.authors] == ["Nur'aini Ma'rifah"]


PLAIN = "<html><body><div class='menu'>Menu</div><article><h1>Gotong Royong</h1>{}</article></body></html>"


def paragraphs(count: int) -> str:
    """Paragraphs that differ; trafilatura drops what repeats."""
    return "".join(
        f"<p>Warga kampung nomor {n} bergotong royong membersihkan saluran air hingga petang hari.</p>"
        for n in range(count)
    )


def test_an_unknown_page_that_does_not_name_its_kind_is_an_article_if_it_has_its_text() -> None:
    url = "https://kabar.example/gotong-royong"
    kinds = [
        read_page(PLAIN.format(paragraphs(count)).encode(), url=url, captured_at=CAPTURED[2022]).verdict.kind
        for count in (1, 9)
    ]
    assert kinds == [PageKind.OTHER, PageKind.ARTICLE]


def test_a_page_of_a_known_portal_outside_its_article_addresses_is_no_article() -> None:
    body = PLAIN.format(paragraphs(9)).encode()
    reading = read_page(body, url=f"{HOST}/redaksi", captured_at=CAPTURED[2022])
    assert (reading.verdict.kind, reading.parts) == (PageKind.OTHER, ())


def test_an_article_address_whose_markup_no_rule_knows_falls_back_and_says_so() -> None:
    reading = read_page(PLAIN.format(paragraphs(9)).encode(), url=URL, captured_at=CAPTURED[2022])
    assert (reading.verdict.kind, reading.fallback, reading.portal) == (PageKind.ARTICLE, True, "serambi")
