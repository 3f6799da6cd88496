"""Pages that no newsroom prints, by name, and what each costs to read.

    python -m tests.extractors.hostile [NAME ...]

reads each page on three roads (a portal with rules, an unknown portal, a list), each in a process of its own,
and prints CPU seconds, peak memory and what became of it.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from multiprocessing.connection import Connection

from extractors.article import PageKind, content_digest
from extractors.extract import read_page
from extractors.lists import read_list
from extractors.stitch import join
from tests.extractors.press import CAPTURED, SENTENCES, URL, Sheet

MEGABYTE = 2**20
UNKNOWN = "https://kabar.example.org/2022/07/20/nelayan-menanti-cuaca"
INDEX = "https://aceh.tribunnews.com/index-news?date=2022-7-20"
_WORDS = "Nelayan menunggu angin reda di dermaga kayu sejak pagi hari. "


def _sheet(body: str = "", **fields: object) -> bytes:
    """A page of the network, with something in it."""
    return replace(Sheet(body="".join(SENTENCES) + body), **fields).html().encode()  # type: ignore[arg-type]


def _ld(json_ld: str) -> bytes:
    return _sheet(json_ld=json_ld)


def _article(**fields: object) -> str:
    return json.dumps({"@type": "NewsArticle", "headline": "Nelayan"} | fields)


_WRONG: tuple[object, ...] = (
    None,
    7,
    1e308,
    True,
    "",
    [],
    {},
    [[[["A"]]]],
    {"@type": {"a": 1}},
    [None, 7, {}],
)
_NAMES = (
    *("@type", "@graph", "headline", "description", "articleSection", "keywords", "author", "editor", "url"),
    *("publisher", "image", "datePublished", "dateModified", "isAccessibleForFree", "inLanguage", "name"),
    "itemListElement",
)


def wrong_types() -> list[str]:
    """JSON-LD in which each name has each wrong type, on its own and all at once."""
    single = [_article(**{name: value}) for name in _NAMES for value in _WRONG]
    return [*single, *(json.dumps({"@type": "NewsArticle"} | dict.fromkeys(_NAMES[2:], v)) for v in _WRONG)]


def _repeated(text: str, count: int) -> Callable[[], bytes]:
    """One paragraph, one heading, one byline, one date, one caption of the same hostile text."""
    return lambda: _sheet(
        f"<p>{text * count}</p><h2>{text * count}</h2><figure><img src=/a.jpg><figcaption>{text * count}"
        "</figcaption></figure>",
        byline=f'<div id="penulis">{text * count}</div><div id="editor">Editor: {text * count}</div>',
        printed=text * count,
        headline=text * count,
        standfirst=text * count,
        kicker=text * count,
        photo=f'<img class="imgfull" src="/b.jpg"><div class="arial f12 pt5 grey2">{text * count}</div>',
    )


def _in_paragraphs(text: str, count: int) -> Callable[[], bytes]:
    return lambda: _sheet(f"<p>{text}</p>" * count)


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE html [<!ENTITY l0 "ha">{entities}]>'.encode() + _sheet("<p>&l11;</p>")


def _mixed() -> bytes:
    page = _sheet("<p>Kata “dermaga” \x00 dan caf\u00e9.</p>")
    return page.replace("“".encode(), b"\x93\0").replace("é".encode(), b"\xe9") + b"\xff\xfe\x00<\x00p\x00>"


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    # bytes that are no page
    "empty body": bytes,
    "white space": lambda: b" \r\n" * 1000,
    "only NULs": lambda: bytes(MEGABYTE),
    "PDF": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000,
    "JPEG": lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4000,
    "gzip not decoded": lambda: gzip.compress(_sheet()),
    "XML": lambda: b'<?xml version="1.0"?><a>' + b"<b/>" * 20_000 + b"</a>",
    "no tag at all": lambda: b"kata " * 2_000_000,
    # size and shape
    "30 MB of HTML": lambda: _sheet("<p>" + _WORDS * 8 + "</p>" * 1) * (30 * MEGABYTE // 3000),
    "15 MB of HTML": lambda: _sheet(f"<p>{_WORDS * 25}</p>" * 10_000),
    "10 MB in one line": lambda: _sheet("<p>" + _WORDS * 170_000 + "</p>"),
    "50,000 nested div": lambda: _sheet("<div>" * 50_000 + "dasar"),
    "50,000 nested span": lambda: _sheet("<p>" + "<span>" * 50_000 + "dasar"),
    "50,000 nested b": lambda: _sheet("<p>" + "<b>" * 50_000 + "dasar"),
    "50,000 nested ul": lambda: _sheet("<ul><li>" * 25_000 + "dasar"),
    "50,000 nested around all": lambda: b"<html><body>" + b"<div>" * 50_000 + _sheet(),
    "200 nested div": lambda: _sheet("<div>" * 200 + "<p>Kalimat di dasar kotak.</p>"),
    "1,000 nested div, wide": lambda: _sheet(("<div>" * 100 + "<p>kata" + "</div>" * 100) * 200),
    "a million links": lambda: _sheet("<p>" + "<a href=/x>y</a>" * 900_000),
    "a million links outside": lambda: _sheet() + b"<a href=/x>y</a>" * 900_000,
    "100,000 links to articles": lambda: _sheet(f"<p><a href='{URL}'>Judul berita lain</a></p>" * 100_000),
    "100,000 p": lambda: _sheet("<p>Nelayan menunggu.</p>" * 100_000),
    "50,000 p without end": lambda: _sheet("<p>Nelayan menunggu." * 50_000),
    "50,000 br": lambda: _sheet("<p>" + "kata<br>" * 50_000),
    "25,000 brbr": lambda: _sheet("<p>" + "kata<br><br>" * 25_000),
    "100,000 figures": lambda: _sheet(
        "<figure><img src=/a.jpg><figcaption>Foto</figcaption></figure>" * 90_000
    ),
    "50,000 table cells": lambda: _sheet("<table><tr>" + "<td>a" * 50_000 + "</table>"),
    "10,000 tables": lambda: _sheet("<table><tr><td>a<td>b</table>" * 10_000),
    "nested tables": lambda: _sheet("<table><tr><td>a<td>" * 3_000),
    "10,000 nested lists in boxes": lambda: _sheet("<div><ul><li><a href=/x>Judul</a>" * 5_000),
    "100,000 containers": lambda: _sheet() + b'<div class="txt-article"><p>x</p></div>' * 100_000,
    "nested containers": lambda: _sheet('<div class="side-article txt-article"><p>x</p>' * 3_000),
    "100,000 h1": lambda: _sheet("<h1>Judul</h1>" * 100_000),
    "100,000 arttitle": lambda: b'<h1 id="arttitle">Judul</h1>' * 100_000 + _sheet(),
    "100,000 h2 with topics": lambda: _sheet() + b'<h2><a href="/topic/x">t</a></h2>' * 100_000,
    "100,000 time": lambda: _sheet() + b"<time>besok</time>" * 100_000,
    "100,000 pager entries": lambda: (
        _sheet() + b'<div class="paging"><a href="?page=2">2</a></div>' * 100_000
    ),
    "one pager of 100,000": lambda: (
        _sheet() + b'<div class="paging">' + b'<a href="?page=2">2</a>' * 100_000 + b"</div>"
    ),
    "nested pager": lambda: _sheet(pager=False) + b'<div class="paging"><li>' * 5_000,
    "pager text without end": lambda: _sheet() + b'<div class="paging">' + b"Halaman 1 2 3 4 5 6 " * 50_000,
    "100,000 tags": lambda: _sheet() + b"<h5 class=tagcloud3><a>tag</a></h5>" * 100_000,
    "14,000 tags": lambda: _sheet() + b"<h5 class=tagcloud3><a>tag</a></h5>" * 14_000,
    "14,000 pager entries": lambda: _sheet() + b'<div class="paging"><a href="?page=2">2</a></div>' * 14_000,
    "28,000 links": lambda: _sheet("<p>" + "<a href=/x>y</a>" * 28_000),
    "14,000 links to articles": lambda: _sheet(f"<p><a href='{URL}'>Judul berita lain</a></p>" * 14_000),
    "14,000 containers": lambda: _sheet() + b'<div class="txt-article"><p>x</p></div>' * 14_000,
    "10,000 figures": lambda: _sheet(
        "<figure><img src=/a.jpg><figcaption>Foto</figcaption></figure>" * 10_000
    ),
    "28,000 p": lambda: _sheet("<p>Nelayan menunggu.</p>" * 28_000),
    "50,000 meta": lambda: b"<meta name=keywords content=x>" * 50_000 + _sheet(),
    "20,000 scripts": lambda: _sheet("<script>var a=1</script>" * 20_000),
    "20,000 JSON-LD scripts": lambda: (
        _sheet() + b'<script type="application/ld+json">{"@type":"X"}</script>' * 20_000
    ),
    "20,000 dataLayer scripts": lambda: _sheet() + b"<script>dataLayer = [{'a':'b</script>" * 20_000,
    "attributes of 5 MB": lambda: _sheet(
        f'<p class="{"a " * 2_500_000}" title="{"b" * 5_000_000}">Kata.</p>'
    ),
    "an id of 5 MB": lambda: _sheet(f'<p id="{"-ad" * 1_700_000}">Kata.</p>'),
    "a class of 5 MB": lambda: _sheet(f'<p class="{"a-" * 2_500_000}">Kata.</p>'),
    "a style of 5 MB": lambda: _sheet(f'<p style="display{" " * 5_000_000}">Kata.</p>'),
    "a style of displays": lambda: _sheet(f'<p style="{"display " * 500_000}">Kata.</p>'),
    "an href of 5 MB": lambda: _sheet(f'<p>Baca juga: <a href="/{"a" * 5_000_000}">Judul</a></p>'),
    "an image of 5 MB": lambda: _sheet(f'<img src="/{"a" * 5_000_000}">'),
    "100,000 attributes": lambda: _sheet("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">Kata.</p>"),
    "a canonical of 5 MB": lambda: _sheet(head=f'<link rel="canonical" href="{"a" * 5_000_000}">'),
    "a title of 5 MB": lambda: _sheet(headline="a - " * 1_200_000),
    "a lightbox of 5 MB": lambda: _sheet(
        photo=f'<a data-glightbox="title: {"a ; " * 1_200_000}"><img class="imgfull" src="/a.jpg"></a>'
    ),
    # odd markup
    "comment without end": lambda: _sheet() + b"<!-- " + b"kata <p>" * 500_000,
    "comment without end in the body": lambda: _sheet("<!-- " + "kata <p>" * 500_000),
    "plaintext": lambda: _sheet("<plaintext>" + "kata </p>" * 100_000),
    "template": lambda: _sheet("<template>" + "<p>kata</p>" * 50_000 + "</template>"),
    "textarea without end": lambda: _sheet("<textarea>" + "<p>kata</p>" * 50_000),
    "script without end": lambda: _sheet("<script>" + "<p>kata</p>" * 50_000),
    "quote without end": lambda: _sheet('<p title="' + "kata>" * 500_000),
    "tags without end": lambda: _sheet("<p" * 500_000),
    "only <": lambda: _sheet("<" * 2_000_000),
    "only &": lambda: _sheet("<p>" + "&" * 2_000_000),
    "references": lambda: _sheet("<p>" + "&#x10FFFF;&#0;&#xD800;&nbsp;" * 100_000),
    "billion laughs": _laughs,
    "NULs": lambda: _sheet("<p>Kata</p>").replace(b" ", b"\0 "),
    "mixed encodings": _mixed,
    "UTF-16 that says UTF-8": lambda: _sheet().decode().encode("utf-16-le"),
    "UTF-16": lambda: _sheet().decode().encode("utf-16"),
    "UTF-32": lambda: _sheet().decode().encode("utf-32"),
    "UTF-7 declared": lambda: _sheet().replace(b'charset="utf-8"', b'charset="utf-7"'),
    "zip declared as charset": lambda: _sheet().replace(b'charset="utf-8"', b'charset="zlib_codec"'),
    "idna declared": lambda: _sheet().replace(b'charset="utf-8"', b'charset="idna"') + b"<p>kata" * 500_000,
    "punycode declared": lambda: _sheet().replace(b'charset="utf-8"', b'charset="punycode"') + b"a-" * 60_000,
    "all bytes invalid": lambda: _sheet() + b"<p>" + b"\xff\xe9\x81" * 1_000_000,
    "lone surrogates": lambda: _sheet(
        "<p>\ud800\udfff kata</p>".encode("utf-8", "surrogatepass").decode("latin-1")
    ),
    # JSON-LD
    "JSON-LD cut": lambda: _ld('{"@type": "NewsArticle", "headline": "Nela'),
    "JSON-LD string without end": lambda: _ld('{"@type":"NewsArticle","headline":"' + "\\\\" * 100_000),
    "JSON-LD of 5 MB": lambda: _ld(_article(description="kata " * MEGABYTE)),
    "JSON-LD of 250 KB": lambda: _ld(_article(description="kata " * 50_000, keywords="a," * 3000)),
    "JSON-LD nested lists": lambda: _ld("[" * 100_000),
    "JSON-LD nested objects": lambda: _ld('{"@graph":' * 20_000 + "1" + "}" * 20_000),
    "JSON-LD nested author": lambda: _ld(
        '{"@type":"NewsArticle","author":' + "[" * 900 + '"A"' + "]" * 900 + "}"
    ),
    "JSON-LD NaN": lambda: _ld('{"@type":"NewsArticle","headline":NaN,"datePublished":-Infinity}'),
    "JSON-LD doubled keys": lambda: _ld(
        '{"@type":"NewsArticle","headline":"A","headline":["B"],"headline":null,"@type":7}'
    ),
    "JSON-LD huge number": lambda: _ld('{"@type":"NewsArticle","author":' + "9" * 200_000 + "}"),
    "JSON-LD commas": lambda: _ld("{" + ", " * 120_000),
    "JSON-LD spaces": lambda: _ld("{" + ",\n" + " " * 250_000),
    "JSON-LD comma and spaces": lambda: _ld("{" + (", " + " " * 500) * 500),
    "JSON-LD 10,000 authors": lambda: _ld(_article(author=["A dan B" * 40] * 10_000)[:250_000]),
    "JSON-LD 1,000 authors": lambda: _ld(_article(author=["A dan B, C " * 10] * 1_000)),
    "JSON-LD wrong types": lambda: (
        _sheet()
        + "".join(f'<script type="application/ld+json">{text}</script>' for text in wrong_types()).encode()
    ),
    "JSON-LD lone surrogate": lambda: _ld('{"@type":"NewsArticle","headline":"\\ud800","author":"\\udfff"}'),
    "dates out of range": lambda: _sheet(
        json_ld=_article(datePublished="0000-00-00T00:00:00", dateModified="9999-12-31T23:59:59-23:59"),
        printed="Rabu, 31 Februari 0000 25:61 WIB",
        machine="9999-12-31T23:59:59+00:00",
    ),
    "dates at the edges": lambda: _sheet(
        json_ld=_article(datePublished="0001-01-01T00:00:00+23:59", dateModified="2100-12-31T23:59:60Z"),
        printed="Jumat, 31 Desember 9999 23:59 WIT",
    ),
    # pagers
    "page 7 of 2": lambda: _sheet() + b'<div class="paging"><span>Halaman 7/2</span></div>',
    "page 0 of 0": lambda: _sheet() + b'<div class="paging"><span>Halaman 0/0</span></div>',
    "999 pages": lambda: _sheet() + b'<div class="paging"><a href="?page=999">999</a><b>1</b></div>',
    "page of huge digits": lambda: (
        _sheet() + b'<div class="paging">Halaman ' + b"9" * 100_000 + b"/" + b"9" * 100_000 + b"</div>"
    ),
    "superscript page": lambda: (
        _sheet() + '<div class="paging"><b>²</b><a href="?page=³">⑦</a></div>'.encode()
    ),
    # scripts with traps for patterns
    "keywordBrandSafety without end": lambda: _sheet(
        head='<script>var keywordBrandSafety = "' + "\\a" * 120_000
    ),
    "keywordBrandSafety many": lambda: _sheet(
        head="<script>" + "keywordBrandSafety = 'aaaaaaaa" * 8_000 + "</script>"
    ),
    "keywordBrandSafety spaces": lambda: _sheet(
        head="<script>keywordBrandSafety" + " " * 250_000 + "</script>"
    ),
    "dataLayer without end": lambda: _sheet(
        head="<script>dataLayer=[{" + "'penulis':'" * 2_000 + "</script>"
    ),
    "dataLayer spaces": lambda: _sheet(
        head="<script>dataLayer=[{" + "'a' :  'b'" + " " * 20_000 + "</script>"
    ),
    "script of 10 MB": lambda: _sheet(
        head="<script>dataLayer=[{'a':'b'}];" + "x = 1;" * 1_700_000 + "</script>"
    ),
    # text with traps for patterns
    "spaces": _repeated(" ", 8_000),
    "no-break spaces": _repeated("\u00a0", 8_000),
    "spaces with a dot": _repeated(" " * 2000 + ".", 50),
    "brackets": _repeated("(", 8_000),
    "bracket pairs": _repeated("( a ) ", 8_000),
    "stars": _repeated("*", 8_000),
    "star brackets": _repeated("(*", 8_000),
    "dashes": _repeated("-", 8_000),
    "dashes apart": _repeated("- ", 8_000),
    "bullets": _repeated("• ", 8_000),
    "headline of megabytes over many lines": lambda: _sheet(
        "".join(f"<p>aaaaaaaaaaaaaaaa {number} nelayan pulang</p>" for number in range(4000)),
        headline="a" * (2 * MEGABYTE),
    ),
    "bars": _repeated("| ", 8_000),
    "commas": _repeated(", ", 8_000),
    "one letter": _repeated("A", 8_000),
    "capitals": _repeated("ACEH ", 8_000),
    "capitals with dots": _repeated("A.", 8_000),
    "domains": _repeated("TRIBUN.com, ", 8_000),
    "names": _repeated("Rica Ayu dan ", 8_000),
    "degrees": _repeated("S.H., ", 8_000),
    "digits": _repeated("1", 8_000),
    "dates": _repeated("31 Februari 2022 13:05 WIB ", 5_000),
    "Baca juga": _repeated("Baca juga: ", 100_000),
    "(Baca:": _repeated("(Baca: ", 8_000),
    "Laporan": _repeated("Laporan ", 100_000),
    "Oleh": _repeated("Oleh: ", 8_000),
    "Penulis": _repeated("Penulis: ", 8_000),
    "Penulis adalah": _repeated("*) Penulis adalah ", 8_000),
    "Halaman": _repeated("Halaman 1 2 3 ", 8_000),
    "tidak ditemukan": _repeated("halaman yang anda cari tidak ", 8_000),
    "login": _repeated("access are you silakan ", 8_000),
    "telah tayang": _repeated("Artikel ini telah tayang di ", 8_000),
    "promotion": _repeated("Simak berita ", 8_000),
    "promotion near": _repeated("Ikuti Google berita lainnya di ", 8_000),
    "zero width": _repeated("\u200b", 8_000),
    "200 characters of spaces in 2,000 p": _in_paragraphs("Laporan" + " |" * 100, 2_000),
    "300 letters in 2,000 p": _in_paragraphs("Laporan Wartawan " + "A" * 280, 2_000),
    "300 capitals in 2,000 p": _in_paragraphs("ACEH " * 60, 2_000),
    "Penulis in 2,000 p": _in_paragraphs("Penulis: " * 33, 2_000),
    "brackets in 2,000 p": _in_paragraphs("(Baca: " * 40, 2_000),
    "marks in 2,000 p": _in_paragraphs("(ab/" * 70, 2_000),
    "promotion in 2,000 p": _in_paragraphs("Simak berita " * 20, 2_000),
    "spaces in 5,000 pre": lambda: _sheet(f"<p>Baca{' ' * 200}juga{' ' * 200}x</p>" * 5_000),
    "class hostile": lambda: _sheet('<p class="ad-ad-ad-ad-ad-ad-ad-ads-x ads_">Kata.</p>' * 20_000),
}

Answer = tuple[str, float, float]


def read(name: str, road: str) -> str:
    """What becomes of a hostile page on a road, in a few words."""
    body = HOSTILE[name]()
    if road == "list":
        listing = read_list(body, url=INDEX, captured_at=CAPTURED[2022])
        return f"{len(listing.links)} links, {listing.recognised}, {list(listing.warnings)}"
    reading = read_page(body, url=URL if road == "rules" else UNKNOWN, captured_at=CAPTURED[2022])
    if reading.verdict.kind is PageKind.ARTICLE:
        json.dumps(join({1: reading}).as_plain(), ensure_ascii=False).encode()
    content_digest(reading).encode()
    said = (
        f"{reading.verdict.kind.value}: {reading.verdict.reason[:70]}"
        if reading.verdict.reason
        else reading.verdict.kind.value
    )
    return f"{said} | {len(reading.parts)} parts | {list(reading.warnings)}"


def _measure(pipe: Connection, name: str, road: str) -> None:
    HOSTILE[name]()
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    HOSTILE[name]()
    made = time.process_time() - begun
    begun = time.process_time()
    said = read(name, road)
    spent = time.process_time() - begun - made
    pipe.send((said, spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024))


def _costs(name: str, road: str, seconds: float = 60) -> Answer:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(theirs, name, road))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds) else ("NOT READ", seconds, 0.0)
    except EOFError:
        return ("DIED", 0.0, 0.0)
    finally:
        process.kill()
        process.join()


if __name__ == "__main__":
    import_module("trafilatura")
    for case in sys.argv[1:] or HOSTILE:
        for way in ("rules", "unknown", "list"):
            result, cpu, memory = _costs(case, way)
            print(f"{case:38} {way:8} {cpu:7.2f} s {memory:6.0f} MB  {result}", flush=True)
