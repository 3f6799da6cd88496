"""Daily index, sitemaps and feeds."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.article import Listing
from extractors.lists import read_list
from tests.extractors.press import CAPTURED, HOST

INDEX = f"{HOST}/index-news?date=2022-7-20"


def read(body: str | bytes, url: str = INDEX) -> Listing:
    return read_list(body if isinstance(body, bytes) else body.encode(), url=url, captured_at=CAPTURED[2022])


def item(slug: str, classes: str = "ptb15") -> str:
    return (
        f'<li class="{classes}"><div><a href="2022/07/20/{slug}"><img src="foto/x.jpg"></a></div>'
        f'<h4 class="red"><a href="{HOST}/topic/x">Topik</a></h4>'
        f'<h3 class="f16 fbo"><a href="{HOST}/2022/07/20/{slug}" title="Judul {slug}">Judul…</a></h3>'
        f'<time class="grey">Rabu, 20 Juli 2022 13:05 WIB</time></li>'
    )


def index(items: str, current: int = 1, last: int = 1) -> str:
    numbers = "".join(
        f'<a href="{INDEX}&page={n}"{" class=active" if n == current else ""}>{n}</a>'
        for n in range(1, last + 1)
    )
    pager = (
        f'<div id="paginga"><div class="paging">{numbers}<a href="{INDEX}&page={last}">Next</a></div></div>'
    )
    return f"<html><body><ul class='lsi'>{items}</ul>{pager if last > 1 else ''}<ul class='lsi'><li class='pb15'><h3><a href='/2022/07/20/samping'>S</a></h3></li></ul></body></html>"


def test_an_index_offers_its_articles_with_title_and_time() -> None:
    listing = read(index(item("banjir") + item("panen")))
    assert [link.url for link in listing.links] == [f"{HOST}/2022/07/20/banjir", f"{HOST}/2022/07/20/panen"]
    assert listing.links[0].title == "Judul banjir"
    assert listing.links[0].published_text == "Rabu, 20 Juli 2022 13:05 WIB"
    assert (listing.more, listing.warnings) == ((), ())


def test_advertisements_and_other_sites_are_skipped_with_a_reason() -> None:
    foreign = '<li class="ptb15"><h3><a href="https://tetangga.example/2022/07/20/x">X</a></h3></li>'
    topic = f'<li class="ptb15"><h3><a href="{HOST}/topic/banjir">X</a></h3></li>'
    listing = read(index(item("banjir") + item("iklan", "nativeads ptb15") + foreign + topic))
    assert len(listing.links) == 1
    assert [link.reason for link in listing.skipped] == [
        "advertisement",
        "another site",
        "not the address of an article",
    ]


def test_an_index_leads_to_its_next_page_and_the_last_to_none() -> None:
    first, last = read(index(item("a"), 1, 3)), read(index(item("c"), 3, 3), f"{INDEX}&page=3")
    assert (first.more, first.page, first.last_page) == ((f"{INDEX}&page=2",), 1, 3)
    assert (last.more, last.page, last.last_page) == ((), 3, 3)


def test_an_index_that_repeats_its_last_page_leads_nowhere() -> None:
    trap = read(index(item("c"), 3, 3), f"{INDEX}&page=11")
    assert trap.more == ()
    assert trap.warnings == ("page 11 was asked for and page 3 was given: the list has ended",)


def test_an_empty_day_offers_nothing() -> None:
    assert read(index("")) == Listing()


def test_a_sitemap_index_names_further_lists() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc><![CDATA[{HOST}/news/sitemap-news.xml]]></loc></sitemap><sitemap><loc>/sitemap-web.xml</loc></sitemap></sitemapindex>"""
    assert read(body, f"{HOST}/sitemap.xml").more == (
        f"{HOST}/news/sitemap-news.xml",
        f"{HOST}/sitemap-web.xml",
    )


NEWS = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc><![CDATA[{HOST}/2022/07/20/banjir]]></loc><news:news><news:publication_date><![CDATA[2022-07-20T13:05:00+07:00]]>
</news:publication_date><news:title><![CDATA[Banjir & Panen]]></news:title></news:news></url>
<url><loc>https://tetangga.example/2022/07/20/x</loc></url></urlset>"""


def test_a_news_sitemap_gives_title_and_date() -> None:
    listing = read(NEWS, f"{HOST}/sitemap-news.xml")
    (link,) = listing.links
    assert (link.title, link.published_text) == ("Banjir & Panen", "2022-07-20T13:05:00+07:00")
    assert len(listing.skipped) == 1


def test_a_compressed_sitemap_is_unpacked_within_bounds() -> None:
    assert read(gzip.compress(NEWS.encode()), f"{HOST}/sitemap.xml.gz") == read(NEWS, f"{HOST}/sitemap.xml")
    two = gzip.compress(NEWS[:200].encode()) + gzip.compress(NEWS[200:].encode())
    assert read(two, f"{HOST}/sitemap.xml.gz") == read(NEWS, f"{HOST}/sitemap.xml")
    bomb = read(gzip.compress(b"<urlset>" + b" " * 40_000_000), f"{HOST}/sitemap.xml.gz")
    assert (bomb.links, bomb.missing) == ((), "larger than the size limit")
    cut = read(gzip.compress(NEWS.encode())[:-20], f"{HOST}/sitemap.xml.gz")
    assert cut.missing == "body was cut"


def test_a_list_that_is_cut_gives_what_stands_before_and_says_so() -> None:
    entry = f"<url><loc>{HOST}/2022/07/20/a</loc></url>"
    large = read(f"<urlset>{entry}" + " " * 17_000_000, f"{HOST}/sitemap.xml")
    assert [link.url for link in large.links] == [f"{HOST}/2022/07/20/a"]
    assert large.missing == "larger than the size limit"


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("<urlset>" + "<url><loc>https://a.example/b</loc></url>" * 50_001, "more than 50000 links"),
        ("<sitemapindex>" + "<sitemap><loc>/b.xml</loc></sitemap>" * 50_001, "more than 50000 links"),
        pytest.param("<urlset>" + "<a/>" * 1_000_001, "more tags than a list has", marks=pytest.mark.slow),
        pytest.param(
            "<urlset><url>" + "<a/>" * 1_000_001, "more tags than a list has", marks=pytest.mark.slow
        ),
        (
            "<ul class=lsi>" + "<li class=ptb15><a href=/2022/07/20/a>x</a>" * 2_001,
            "more than 2000 links",
        ),
    ],
    ids=["sitemap", "index of sitemaps", "tags", "tags in one entry", "daily index"],
)
def test_a_list_without_end_is_left_at_a_limit_and_says_so(body: str, missing: str) -> None:
    assert read(body, f"{HOST}/sitemap.xml").missing == missing


def test_entities_are_never_resolved() -> None:
    body = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset><url><loc>{HOST}/2022/07/20/&a;</loc></url></urlset>'
    assert all("&" not in link.url and len(link.url) < 60 for link in read(body, f"{HOST}/sitemap.xml").links)


def test_feeds_of_both_kinds() -> None:
    rss = f"<rss><channel><link>{HOST}/</link><item><title>A</title><link>{HOST}/2022/07/20/a</link><pubDate>Wed, 20 Jul 2022</pubDate></item></channel></rss>"
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="{HOST}/2022/07/20/a"/><updated>2022-07-20</updated></entry></feed>'
    for body in (rss, atom):
        (link,) = read(body, f"{HOST}/rss").links
        assert (link.url, link.title) == (f"{HOST}/2022/07/20/a", "A")


def test_a_feed_of_home_pages_is_useless_and_says_so() -> None:
    rss = f"<rss><channel><item><link>{HOST}/</link></item><item><link>{HOST}</link></item></channel></rss>"
    assert read(rss, f"{HOST}/rss") == Listing(warnings=("every link of the feed is the home page",))


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=1500), st.sampled_from([b"", b"<urlset>", b"<rss>", b"<html>", b"\x1f\x8b"]))
def test_any_bytes_are_a_list_or_say_why_not(body: bytes, opening: bytes) -> None:
    read(opening + body)


# --- when an article has changed --------------------------------------------------------------------


def changes(*times: str, feed: bool = False) -> list[str | None]:
    """What a list of articles that say they changed then is believed, as instants in UTC."""
    address = "https://aceh.tribunnews.com/2022/07/20/warga-{}"
    if feed:
        entries = "".join(
            f'<entry><link href="{address.format(n)}"/><updated>{when}</updated></entry>'
            for n, when in enumerate(times)
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
    else:
        entries = "".join(
            f"<url><loc>{address.format(n)}</loc><lastmod>{when}</lastmod></url>"
            for n, when in enumerate(times)
        )
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    now = datetime(2022, 7, 22, tzinfo=UTC)
    listing = read_list(body.encode(), url="https://aceh.tribunnews.com/sitemap.xml", captured_at=now)
    assert len(listing.links) == len(times)
    return [
        link.modified.astimezone(UTC).isoformat() if link.modified is not None else None
        for link in listing.links
    ]


@pytest.mark.parametrize("feed", [False, True], ids=["sitemap", "feed"])
def test_the_time_of_the_last_change_is_that_of_the_host_unless_it_names_another(feed: bool) -> None:
    said = ("2022-07-20T08:00:00+09:00", "2022-07-20T08:00:00", "2022-07-20", "", "kemarin")
    assert changes(*said, feed=feed) == [
        "2022-07-19T23:00:00+00:00",
        "2022-07-20T01:00:00+00:00",
        "2022-07-19T17:00:00+00:00",
        None,
        None,
    ]


def test_a_change_in_the_future_is_not_believed() -> None:
    assert changes("2022-07-22T09:00:00+07:00", "9999-12-31T23:59:59-12:00", "0001-01-01") == [None] * 3


def test_a_change_that_all_entries_have_is_that_of_the_list() -> None:
    one, day = "2022-07-20T08:00:00+07:00", "2022-07-20"
    assert changes(*[one] * 5) == [None] * 5
    assert None not in changes(*[one] * 4)
    assert None not in changes(*[day] * 5)
    assert None not in changes(*[one] * 5, "2022-07-20T08:00:01+07:00")
