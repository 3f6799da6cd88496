"""SURT keys: those that cdxj-indexer gives, so that any reader finds a page by the key that we wrote."""

from __future__ import annotations

import pytest
from cdxj_indexer.main import CDXJIndexer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archives.surt import surt

SESSION = "0123456789abcdef0123456789ABCDEF"
THEIRS = CDXJIndexer(None, [])


def reference(url: str) -> str:
    """cdxj-indexer's key; where it has none, the address itself."""
    return str(THEIRS.get_url_key(url))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://WWW3.Pesisir.example:443/Berita/", "example,pesisir)/berita"),
        ("http://pesisir.example", "example,pesisir)/"),
        ("http://pesisir.example:8080/a/?b=2&A=1&b=1#x", "example,pesisir:8080)/a?a=1&b=1&b=2"),
        ("http://u:p@pesisir.example/a//b/../c", "example,pesisir)/a/c"),
        ("http://pesisir.example/%2541%7e%zz é", "example,pesisir)/a~%25zz%20%c3%a9"),
        (f"http://pesisir.example/a?x=1&PHPSESSID={SESSION}&y", "example,pesisir)/a?x=1&y"),
        ("http://é.example./", "example,xn--9ca)/"),
        ("http://0177.1/", "1,0,0,127)/"),
        ("http://[2001:DB8::1]:81/", "2001:db8::1:81)/"),
        ("urn:kliping:Artikel/1", "urn:kliping:artikel/1"),
        ("dns:www.Pesisir.example", "dns:www.pesisir.example"),
    ],
)
def test_a_key_is_the_one_that_is_documented_and_theirs(url: str, key: str) -> None:
    assert surt(url) == key == reference(url)


def test_what_has_no_address_has_no_key() -> None:
    assert surt(None) == surt("") == surt(" \t") == "-"


@pytest.mark.parametrize(
    "url", ["http://a:x/b", "http://a:65536/", "http://a:80:90/", f"http://{'9' * 5000}/"]
)
def test_an_address_that_cannot_be_taken_apart_is_its_own_key(url: str) -> None:
    assert surt(url) == url == reference(url)


PIECES = [
    *(
        "a",
        "B",
        "z",
        "0",
        "-",
        "_",
        "~",
        ".",
        "..",
        "/",
        "//",
        "/../",
        "/./",
        "?",
        "&",
        "=",
        ";",
        ",",
        "+",
        " ",
    ),
    *(
        "%",
        "%41",
        "%2f",
        "%252F",
        "%25",
        "%zz",
        "%e9",
        "%20",
        "%26",
        "%23",
        "%3F",
        "%00",
        "%C3%A9",
        "é",
        "😀",
    ),
    *("!", "'", '"', "(", ")", "[", "]", "|", "\\", "^", "{", "<", ":", "@", "*", "$", "\t", "\x7f", ".aspx"),
    *(f"jsessionid={SESSION}", f"&sid={SESSION}", f"PHPSESSID={SESSION}&", f"sid={SESSION}0"),
    *("/(S(4hqa0555fwsecu455xqckv45))/", "/(4HQA0555fwsecu455xqckv45)/", "cfid=1&cftoken=2"),
    "ASPSESSIONIDABCDEFGH=ABCDEFGHIJKLMNOPQRSTUVWX",
]
HOSTS = [
    *(
        "pesisir.example",
        "WWW.Pesisir.Example",
        "www2.a.b",
        "www.www.x",
        "www",
        "www.",
        "a..b",
        ".a",
        "a.",
        "a b",
    ),
    *("localhost", "1.2.3.4", "1.2", "0377.1", "08.1", "1.256.1", "12345", "0x1.2", "www.1.2.3.4", "[::1]"),
    *("é.id", "%41b.c", "%2ea", "a%20b", "é..x", "%c3%a9", "x%ff", "a_b.c", "xn--a", "ß.de", "a。b"),
]
addresses = st.builds(
    "{}{}{}{}/{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "dns://", ""]),
    st.sampled_from(["", "", "u@", "u:P%40@"]),
    st.sampled_from(HOSTS),
    st.sampled_from(["", "", ":80", ":443", ":8080", ":0", ":081", ":99999", ":x", ":"]),
    st.lists(st.sampled_from(PIECES), max_size=7).map("".join),
    st.lists(st.sampled_from([*PIECES, "&", "="]), max_size=7).map(lambda pieces: "?" + "".join(pieces)),
    st.sampled_from(["", "", "#x", "#"]),
).filter(lambda url: not url.startswith(("u:", "localhost:")) and "://" in url)


@settings(max_examples=400, deadline=None)
@given(addresses)
def test_any_address_of_a_host_has_their_key(url: str) -> None:
    theirs = reference(url)

    # Theirs is the address, blanks and all, where they cannot take it apart: no line could hold that.
    assert surt(url) == (theirs.replace(" ", "%20").replace("\t", "%20") if theirs == url else theirs)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=40) | st.lists(st.sampled_from([*PIECES, *HOSTS, "http:", "//", "urn:"])).map("".join)
)
@example("http:///..//@:")
@example("http://[")
def test_a_key_of_anything_is_made_and_holds_no_blank(url: str) -> None:
    assert surt(url)
    assert len(surt(url).split()) == 1
