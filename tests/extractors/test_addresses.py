"""Which article a URL belongs to."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extractors import addresses
from extractors.addresses import identify, is_public, literal_address, normalise

DATED = "https://aceh.tribunnews.com/2022/07/20/nelayan-kuala"
WWW = "https://www.tribunnews.com/nasional/2022/07/20/nelayan-kuala"
NUMERIC = "https://medan.tribunnews.com/news/1234567/nelayan-kuala"


@pytest.mark.parametrize(
    ("url", "article", "page"),
    [
        (DATED, DATED, 1),
        (f"{DATED}/", DATED, 1),
        (f"{DATED}?page=1", DATED, 1),
        (f"{DATED}?page=3&utm_source=wa#komentar", DATED, 3),
        (f"{DATED}?page=all", DATED, 0),
        (f"{DATED}?page=0", DATED, 1),
        (f"{DATED}?page=x", DATED, 1),
        (DATED.replace("https", "http"), DATED, 1),
        (DATED.replace(".com/", ".com:443/"), DATED, 1),
        (DATED.replace(".com/", ".com./"), DATED, 1),
        (DATED.replace("aceh", "ACEH"), DATED, 1),
        (WWW, WWW, 1),
        (WWW.replace("www.", "m."), WWW, 1),
        (NUMERIC, NUMERIC, 1),
    ],
)
def test_every_spelling_of_an_address_is_one_article(url: str, article: str, page: int) -> None:
    address = identify(url)
    assert address is not None
    assert (address.url, address.page, address.amp) == (article, page, False)


def test_an_amp_address_is_its_desktop_article() -> None:
    address = identify("https://m.tribunnews.com/amp/nasional/2022/07/20/nelayan-kuala?page=2")
    assert address is not None
    assert (address.url, address.page, address.amp, address.host) == (WWW, 2, True, "www.tribunnews.com")


def test_a_port_is_kept_on_this_machine_only() -> None:
    demo = identify("http://pesisir.kabarnusa.localhost:43211/2024/08/07/kabar?page=2")
    assert demo is not None
    assert demo.url == "http://pesisir.kabarnusa.localhost:43211/2024/08/07/kabar"
    live = identify("https://aceh.tribunnews.com:8443/2022/07/20/nelayan-kuala")
    assert live is not None
    assert live.url == DATED


@pytest.mark.parametrize(
    "url",
    [
        "https://aceh.tribunnews.com/",
        "https://aceh.tribunnews.com/index-news?date=2022-7-20",
        "https://aceh.tribunnews.com/tag/12345/banjir",
        "https://aceh.tribunnews.com/topic/12345/banjir",
        "https://aceh.tribunnews.com/penulis/12345/rahmat",
        "https://aceh.tribunnews.com/editor/12345/rahmat",
        "https://video.tribunnews.com/view/143263/banjir",
        "https://www.tribunnews.com/videos/2022/07/20/banjir",
        "https://aceh.tribunnews.com/2022/13/20/bulan-tigabelas",
        "https://aceh.tribunnews.com/2022/07",
        "https://api.tribunnews.com/2022/07/20/nelayan",
        "https://tetangga.example/2022/07/20/nelayan",
        "ftp://aceh.tribunnews.com/2022/07/20/nelayan",
        "javascript:void(0)",
        "http://[::1",
        "",
    ],
)
def test_what_is_no_article_is_refused(url: str) -> None:
    assert identify(url) is None


def test_tracking_parameters_go_and_the_others_stay() -> None:
    url = "https://aceh.tribunnews.com:443/index-news?utm_medium=x&page=2&date=2022-7-20&fbclid=1#a"
    assert normalise(url) == "https://aceh.tribunnews.com/index-news?date=2022-7-20&page=2"


@pytest.mark.parametrize(
    "mark", [";jsessionid=0A1B", ";JSESSIONID=0A1B?sid=7", ";sid=x;x=y", "?PHPSESSID=0A1B&page=1", "?sid=7"]
)
def test_an_address_for_each_visit_is_the_same_article(mark: str) -> None:
    found = identify(DATED + mark)
    assert found is not None
    assert found.url.removesuffix(";x=y") == DATED


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0x7F000001", "127.0.0.1."),
        *("[::1]", "::ffff:127.0.0.1", "[::ffff:7f00:1]", "2002:7f00:1::", "64:ff9b::127.0.0.1"),
        *("10.0.0.1", "0xa000001", "169.254.169.254", "2852039166", "168.63.129.16", "fd00:ec2::254"),
        *("localhost", "LOCALHOST.", "a.localhost.", "metadata.google.internal", "kamera.local.", "kamera"),
        *("256.1.1.1", "1.2.3.4.5", "contoh.1", "0x", ""),
    ],
)
def test_no_spelling_of_a_private_address_is_a_site_on_the_web(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize(
    "host",
    ["foto.example.com", "foto.example.com.", "93.184.216.34", "1572395042", "[2606:4700::1111]"],
)
def test_a_site_on_the_web_is_one_in_any_spelling(host: str) -> None:
    assert is_public(host)


@given(st.ip_addresses(v=4), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_a_number_means_the_address_that_it_is(address: IPv4Address, spelling: str) -> None:
    assert literal_address(spelling.format(int(address))) == address
    assert literal_address(".".join(spelling.format(part) for part in address.packed)) == address


@given(st.text(max_size=80))
def test_any_text_is_a_public_host_or_not(host: str) -> None:
    assert is_public(host) in {True, False}


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_none(text: str) -> None:
    identify(text)
    with suppress(ValueError):
        normalise(text)


@given(st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=60), st.integers(1, 99))
def test_an_article_address_is_its_own_normal_form(slug: str, page: int) -> None:
    address = identify(f"https://aceh.tribunnews.com/2022/07/20/{slug}?page={page}")
    assert address is not None
    again = identify(address.url)
    assert again is not None
    assert (again.url, again.page, address.page) == (address.url, 1, page)


@given(
    st.from_regex(
        r"https?://[a-z0-9-]{1,60}(\.[a-z0-9-]{1,60}){1,3}"
        r"/([\w-]{1,9}[./]{1,2}){0,3}[\w-]{0,9}(\?page=[0-9]{0,4})?",
        fullmatch=True,
    )
)
def test_an_address_that_is_left_as_it_is_is_one_with_nothing_to_normalise(url: str) -> None:
    assume(addresses._NORMAL.fullmatch(url))
    assert normalise(url) == url == addresses._normalised(url)
