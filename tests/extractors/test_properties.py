"""What holds for any page: no mutation makes reading raise, and what is read twice is read the same."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urljoin

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.demo.markup import render_article
from crawler.demo.newsroom import Newsroom
from extractors.addresses import identify, normalise
from extractors.article import PageKind, PageReading, content_digest
from extractors.bylines import read_labelled, read_opening
from extractors.datelines import read_dateline
from extractors.dates import read_iso, read_printed
from extractors.extract import read_page
from extractors.lists import read_list
from extractors.page import absolute, fold
from extractors.stitch import join
from tests.conftest import examples
from tests.extractors.press import CAPTURED, HOST, URL

WHEN = datetime(2026, 12, 1, tzinfo=UTC)


@cache
def _pages() -> tuple[tuple[str, bytes], ...]:
    """Page 1 of every fifth article of the newsroom."""
    return tuple((one.url, render_article(one).encode()) for one in tuple(Newsroom().articles())[::5])


def _mutate(body: bytes, dice: random.Random) -> bytes:
    """The page cut, or a stretch of it doubled, moved, lost or with bits turned; as often as the dice say."""
    for _ in range(dice.randint(1, 6)):
        start, end = sorted(dice.choices(range(len(body) + 1), k=2))
        end = min(end, start + dice.choice((1, 30, 1000, 10**6)))
        piece, rest = body[start:end], body[:start] + body[end:]
        place = dice.randint(0, len(rest))
        turned = bytes(byte ^ dice.choice((0, 0, 0, 1, 128)) for byte in piece[:2000]) + piece[2000:]
        body = dice.choice(
            (
                body[:end],
                body[:end] + piece + body[end:],
                rest[:place] + piece + rest[place:],
                rest,
                body[:start] + turned + body[end:],
                body[:start] + b"\0\xff<!--"[: dice.randint(1, 6)] + body[start:],
            )
        )
    return body


def _check(reading: PageReading) -> None:
    """What every reading keeps to."""
    assert "while reading" not in reading.verdict.reason
    content_digest(reading)
    if reading.verdict.kind is PageKind.ARTICLE:
        assert reading.parts
        assert all(part.text == part.text.strip() != "" for part in reading.parts)
        json.dumps(join({1: reading}).as_plain(), ensure_ascii=False).encode()
    else:
        assert reading.verdict.reason


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(80))
def test_no_mutation_of_a_page_makes_reading_raise(dice: random.Random) -> None:
    url, body = dice.choice(_pages())
    _check(read_page(_mutate(body, dice), url=url, captured_at=WHEN))


NAMES = (
    *("arttitle", "article", "penulis", "editor", "artimg", "va", "txt-article", "side-article", "paging"),
    *("hide", "credit", "f20", "summary-article", "sources", "baca", "tagcloud3", "pagecurrent", "grey"),
)
TAGS = (
    *("div", "p", "a", "b", "h1", "h2", "h4", "li", "ul", "table", "td", "tr", "time", "img", "figure"),
    "br",
)
WORDS = st.sampled_from(
    (
        "Baca juga: ",
        "Penulis: ",
        "Editor: ",
        "Laporan ",
        "ACEH - ",
        "(*)",
        "Halaman 1/2",
        "Rabu, 20 Juli 2022",
        "|",
    )
) | st.text(max_size=8)


@st.composite
def _soup(draw: st.DrawFn) -> str:
    """Tags of the network's names, opened and closed in any order."""
    pieces = []
    for _ in range(draw(st.integers(1, 40))):
        tag, name = draw(st.sampled_from(TAGS)), draw(st.sampled_from(NAMES))
        opening = f'<{tag} id="{name}" class="{name} {draw(st.sampled_from(NAMES))}" href="?page=2">'
        pieces.append(draw(st.sampled_from((opening, f"</{tag}>", opening, ""))) + draw(WORDS))
    return "".join(pieces)


@given(_soup())
@settings(max_examples=examples(80))
def test_no_soup_of_the_networks_tags_makes_reading_raise(markup: str) -> None:
    body = f'<html><body><div id="article"><h1 id="arttitle">Judul</h1><div class="txt-article">{markup}'
    _check(read_page(body.encode("utf-8", "replace"), url=URL, captured_at=CAPTURED[2022]))


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(30))
def test_a_page_is_read_the_same_twice(dice: random.Random) -> None:
    url, body = dice.choice(_pages())
    body = _mutate(body, dice)
    assert read_page(body, url=url, captured_at=WHEN) == read_page(body, url=url, captured_at=WHEN)


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(40))
def test_no_mutation_of_a_page_makes_reading_it_as_a_list_raise(dice: random.Random) -> None:
    listing = read_list(_mutate(dice.choice(_pages())[1], dice), url=f"{HOST}/index-news", captured_at=WHEN)
    assert not any("while reading" in warning for warning in listing.warnings)


DATES = st.from_regex(
    r"\d{1,2}[ /-]([A-Za-z]{3,9}|\d{1,2})[ /-]\d{4}( \d\d[:.]\d\d)?( (WIB|WITA|WIT))?", fullmatch=True
)


@given(DATES | st.text())
@settings(max_examples=examples(200))
def test_a_printed_date_reads_again_as_itself(text: str) -> None:
    date = read_printed(text)
    if date is not None:
        assert date.text in " ".join(text.split()) or date.text in text
        again = read_printed(date.text)
        assert again is not None
        assert again.moment == date.moment
        assert read_iso(date.moment.isoformat()) == date.moment


@given(st.lists(WORDS, max_size=8).map("".join).map(fold))
@settings(max_examples=examples(200))
def test_readers_of_bylines_and_datelines_never_raise_and_name_nobody_twice(line: str) -> None:
    for byline in filter(None, (read_opening(line), read_labelled(line))):
        assert len(set(byline.authors)) == len(byline.authors)
        assert all(name == name.strip() != "" for name in (*byline.authors, *byline.editors))
    dateline = read_dateline(line)
    assert dateline is None or dateline.text


ADDRESSES = st.text(max_size=60) | st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ("https://aceh.tribunnews.com", "http://www.tribunnews.com/amp", "//", "https://[", "ftp://a")
    ),
    st.sampled_from(("/2022/07/20/a-b-c", "/news/7800001/a-b", "", "/%zz", "/2022/07/20/a?page=2&utm_x=1#y")),
    st.text(max_size=12),
)


@given(ADDRESSES)
@settings(max_examples=examples(300))
def test_the_normal_address_is_normal_and_the_articles_is_the_articles(url: str) -> None:
    try:
        normal = normalise(url)
    except ValueError:
        assert identify(url) is None
        return
    assert normalise(normal) == normal
    address = identify(url)
    if address is not None:
        again = identify(address.url)
        assert again is not None
        assert (again.url, again.page) == (address.url, 1)


SCHEMES = st.sampled_from(("http://", "https://", "HTTP://", "ftp://", "//", "", "http:", "https:///"))
HOSTS = st.sampled_from(("a.example", "A.example", "a.example:80", "a.example:", "[", "[::1]", "", "u@a.org"))
PIECES = st.sampled_from(
    ("/", "//", "/.", "/..", "a", ";", "?", "?a=1", "&", "#", "%20", " ", "\t", "é", "'", "=")
)
LINKS = st.builds("{}{}{}".format, SCHEMES, HOSTS, st.lists(PIECES, max_size=5).map("".join))


@given(LINKS, LINKS)
@settings(max_examples=examples(500))
def test_a_link_becomes_the_address_that_the_standard_library_makes(base: str, link: str) -> None:
    try:
        joined = urljoin(base, link.strip())
    except ValueError:
        joined = ""
    assert absolute(base, link) == (joined if joined.startswith(("http://", "https://")) else None)
