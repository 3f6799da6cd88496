"""Servers that mean harm or know no better: each answer has its reason in the ledger, and the crawl goes on.

docs/hostile-network.md lists what is shown here and what elsewhere.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, DemoPortal, Request
from crawler.demo.wire import RawAnswer
from tests.benchmarks.measure import Measured, measured
from tests.end_to_end.commands import ROOT, environment, kliping, sidecars
from tests.support.hostile import (
    OPENING,
    Counted,
    Endless,
    bomb,
    chunk,
    chunked,
    head,
    packed,
    raw,
    to,
)
from tests.support.portal import FaultRule, FaultyPortal, Running, serving
from tests.support.proxy import proxy

HOST = "pesisir.kabarnusa.localhost"
ARTICLES = [article for article in Newsroom().articles() if article.site.host == HOST]
SINGLE = [article.url for article in ARTICLES if len(article.pages) == 1]
GOOD = SINGLE[:6]
PAGE = DemoPortal().answer(Request(host=HOST, target=SINGLE[6].removeprefix(f"http://{HOST}"))).body
PICTURE = re.compile(rb"http://[^\"' ]*/(?!kosong|logo)[^\"'/ ]*\.png")
PACKED = gzip.compress(PAGE, mtime=0)
HALF = len(PAGE) // 2
MOST_MEMORY = 280_000_000
"""Bytes of the whole process tree, shared pages counted once."""

Route = Answer | RawAnswer


def address(name: str) -> str:
    """A trap has the address of an article."""
    return f"http://{HOST}/2024/01/02/{name}"


@dataclass(frozen=True, slots=True)
class Trap:
    """An answer and what the ledger says of its address afterwards; `asked` bounds the requests for it."""

    answer: Route
    state: str
    reason: str | None = None
    asked: int = 1


LARGE, CUT, OTHER_HOST, NO_ADDRESS, NO_HTTP = (
    "larger than the size limit",
    "body was cut",
    "redirects to another host",
    "redirects to no web address",
    "answer is not HTTP",
)
LARGE_HEAD = "headers larger than the size limit"


def _redirect(location: str, reason: str = OTHER_HOST) -> Trap:
    return Trap(to(location), "not-article", reason)


def _wire(*pieces: bytes, reason: str | None = None, asked: int = 2) -> Trap:
    return Trap(raw(*pieces), "failed" if reason else "captured", reason, asked)


def _whole(body: bytes = PAGE) -> Trap:
    return Trap(Answer(body=body), "captured")


BODIES: Mapping[str, Trap] = {
    "bom-gzip": Trap(packed(bomb(200)), "failed", LARGE),
    "bom-gzip-berlapis": Trap(
        raw(head("Content-Encoding: gzip, gzip") + gzip.compress(bomb(200), mtime=0)), "failed", LARGE
    ),
    "tanpa-akhir": Trap(RawAnswer(pieces=Endless(head() + OPENING, b"kata " * 13_000)), "failed", LARGE),
    "potongan-tanpa-akhir": Trap(
        RawAnswer(pieces=Endless(chunked(chunk(OPENING)), chunk(b"kata " * 13_000))), "failed", LARGE
    ),
    "lebih-pendek": _wire(head(f"Content-Length: {len(PAGE) + 999}") + PAGE[:HALF], reason=CUT),
    "lebih-panjang": _wire(head(f"Content-Length: {HALF}") + PAGE, asked=1),
    "panjang-negatif": _wire(head("Content-Length: -5") + PAGE, reason=NO_HTTP),
    "dua-panjang": _wire(head("Content-Length: 5", "Content-Length: 6") + PAGE, reason=NO_HTTP),
    "potongan-terpotong": _wire(chunked(chunk(PAGE[:HALF]), b"ffff\r\n", PAGE[HALF:][:99]), reason=CUT),
    "potongan-rusak": _wire(chunked(chunk(PAGE[:HALF]), b"zz\r\n", PAGE[HALF:]), reason=CUT),
    "potongan-raksasa": _wire(chunked(b"f" * 15, b"\r\n", PAGE[:HALF]), reason=CUT),
    "ekor-tanpa-akhir": Trap(
        RawAnswer(pieces=Endless(chunked(chunk(PAGE), b"0\r\n"), b"X-Ekor: ya\r\n" * 5000)),
        "captured",
        asked=2,
    ),
    "gzip-rusak": Trap(packed(PACKED[:1500] + bytes(64) + PACKED[1564:]), "failed", CUT),
    "gzip-terpotong": Trap(packed(PACKED[: len(PACKED) // 2]), "failed", CUT),
    "gzip-polos": Trap(packed(PAGE), "captured"),
    "sandi-asing": _wire(head("Content-Encoding: exi") + PAGE, asked=1),
    "kosong": Trap(raw(head("Content-Length: 0")), "failed", "empty body"),
}
HEADS: Mapping[str, Trap] = {
    "kepala-tanpa-akhir": Trap(
        RawAnswer(pieces=Endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 8000)), "failed", LARGE_HEAD
    ),
    "baris-tanpa-akhir": Trap(
        RawAnswer(pieces=Endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 65_536)), "failed", LARGE_HEAD
    ),
    "lanjutan-tanpa-akhir": Trap(
        RawAnswer(pieces=Endless(b"HTTP/1.1 200 OK\r\nX-A: b\r\n", b" b\r\n" * 8000)), "failed", LARGE_HEAD
    ),
    "seratus-tanpa-akhir": Trap(
        RawAnswer(pieces=Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)), "failed", LARGE_HEAD
    ),
    "baris-20-kb": _wire(head("X-A: " + "a" * 20_000) + PAGE, asked=1),
    "baris-200-kb": _wire(head("X-A: " + "a" * 200_000) + PAGE, reason=LARGE_HEAD, asked=1),
    "bukan-http": _wire(b"\x16\x03\x01 bukan http\r\n\r\n", reason=NO_HTTP),
    # Twisted itself asks once more where a kept connection gave no byte: twice for each of our tries.
    "tanpa-jawaban": _wire(reason="connection lost", asked=4),
    "putus-di-kepala": Trap(raw(b"HTTP/1.1 200 OK\r\nContent-", reset=True), "failed", "connection lost", 2),
    "transfer-asing": _wire(head("Transfer-Encoding: gzip") + PACKED, reason=NO_HTTP),
    "status-999": _wire(head(status="999 x") + PAGE, reason="http 999", asked=1),
    "kuki": _wire(head(*(f"Set-Cookie: a{n}=b; Path=/" for n in range(200))) + PAGE, asked=1),
    # What a careless writer of WARC files would take for the end of a header, or of a record.
    "suntikan": _wire(
        head(
            "X-A: b\rWARC-Type: warcinfo", "X-B: b\x00c\x0bWARC-Target-URI: x", "X-C: b\x85Content-Length: 1"
        )
        + PAGE,
        asked=1,
    ),
}
REDIRECTS: Mapping[str, Trap] = {
    "lingkaran": Trap(to(address("lingkaran")), "failed", "too many redirects", 9),
    **{
        f"rantai-{n}": Trap(to(address(f"rantai-{n + 1}")), "failed", "too many redirects", 99)
        for n in (1, 2)
    },
    **{f"rantai-{n}": Trap(to(address(f"rantai-{n + 1}")), "gone", "http 404", 99) for n in range(3, 11)},
    "ke-loopback": _redirect("http://127.0.0.1:22/"),
    "ke-desimal": _redirect("http://2130706433/"),
    "ke-oktal": _redirect("http://0177.0.0.1/"),
    "ke-heksa": _redirect("http://0x7f.1/"),
    "ke-ipv6": _redirect("http://[::ffff:127.0.0.1]/"),
    "ke-localhost": _redirect("http://localhost./"),
    "ke-metadata": _redirect("http://169.254.169.254/latest/meta-data/"),
    "ke-jaringan-dalam": _redirect("//10.0.0.1/"),
    "ke-berkas": _redirect("file:///etc/passwd", NO_ADDRESS),
    "ke-data": _redirect("data:text/html,x", NO_ADDRESS),
    "ke-skrip": _redirect("javascript:alert(1)", NO_ADDRESS),
    "ke-rusak": _redirect("http://[::1", NO_ADDRESS),
    "ke-pecah": Trap(to(address("hilang%0d%0aSet-Cookie:a")), "gone", "http 404"),
    "muat-ulang": Trap(
        Answer(body=b"<meta http-equiv=refresh content='0;url=http://127.0.0.1:22/'><h1>x</h1>"),
        "not-article",
        "other",
    ),
    "masuk-dulu": Trap(to(f"http://{HOST}/login?next=/2024"), "gone", "http 404"),
}
PAGES: Mapping[str, Trap] = {
    "dasar-berkas": _whole(
        PAGE.replace(b"<head>", b'<head><base href="file:///etc/">').replace(
            b"</body>", b'<a href="passwd">x</a><a href="javascript:x">y</a><a href="data:,x">z</a></body>'
        )
    ),
    "tautan-300000": Trap(
        Answer(body=PAGE.replace(b"</body>", b"<a href=/x>y</a>" * 300_000 + b"</body>")),
        "failed",
        "more tags than a page has",
    ),
    "sarang-50000": _whole(PAGE.replace(b"</body>", b"<div>" * 50_000 + b"</body>")),
    "aksara-salah": _wire(head().replace(b"UTF-8", b"utf-16") + PAGE, asked=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A crawl that has ended: its ledger by address, what it asked the server, what it cost and printed."""

    collection: Path
    ledger: Mapping[str, tuple[str, str | None]]
    running: Running
    cost: Measured
    said: str


def ledger(collection: Path) -> dict[str, tuple[str, str | None]]:
    """State and reason of every URL that a collection knows."""
    with sqlite3.connect(collection / "catalogue.sqlite") as catalogue:
        rows = catalogue.execute("SELECT url, state, reason FROM urls")
        return {url: (state, reason) for url, state, reason in rows}


def crawl(folder: Path, portal: FaultyPortal, *words: str, urls: Sequence[str] = ()) -> Crawled:
    """Crawl a portal with a measured process tree; `words` are arguments and settings."""
    collection, listed = folder / "c", folder / "urls.txt"
    listed.write_text("\n".join(urls), "utf-8")
    with serving(portal) as running:
        command = [
            *(sys.executable, "-m", "crawler.cli", "crawl", "demo", "--collection", str(collection)),
            *(("-a", f"urls_file={listed}") if urls else ()),
            *(f"-sKLIPING_DEMO_ROUTE={running.url}", "-sRETRY_TIMES=1", "-LWARNING", *words),
        ]
        cost = measured(command, folder=folder, name="crawl", environment=environment())
    said = (folder / "crawl.log").read_text()
    assert (collection / "catalogue.sqlite").exists(), said
    return Crawled(collection=collection, ledger=ledger(collection), running=running, cost=cost, said=said)


def spring(folder: Path, traps: Mapping[str, Trap], *words: str) -> Crawled:
    """Crawl addresses that are traps, with articles before and behind each handful of them."""
    portal = FaultyPortal(routes={f"/2024/01/02/{name}": trap.answer for name, trap in traps.items()})
    urls = [address(name) for name in traps]
    step = len(urls) // len(GOOD) + 1
    mixed = [url for n, good in enumerate(GOOD) for url in (good, *urls[n * step : (n + 1) * step])]
    # Two at a time, as in any crawl that keeps a pace.
    ours = ("-sKLIPING_MAX_FAILURES=1000", "-sCONCURRENT_REQUESTS_PER_DOMAIN=2")
    return crawl(folder, portal, *ours, *words, urls=mixed)


def check(crawled: Crawled, traps: Mapping[str, Trap]) -> None:
    """Each trap as it is written down, all articles, a clean archive, and no more memory than promised."""
    found = {name: crawled.ledger[address(name)] for name in traps}
    assert found == {name: (trap.state, trap.reason) for name, trap in traps.items()}, crawled.said
    assert {crawled.ledger[url] for url in GOOD} == {("captured", None)}
    assert set(GOOD) <= set(sidecars(crawled.collection))
    counts = {name: len([r for r in crawled.running.log if r.url == address(name)]) for name in traps}
    assert not {name: count for name, count in counts.items() if count > traps[name].asked}
    assert crawled.cost.exit_code == 3, crawled.said
    assert crawled.cost.peak < MOST_MEMORY
    verified = kliping("verify", collection=crawled.collection)
    assert verified.code == 0, verified.out


@pytest.mark.slow
def test_bodies_that_lie_swell_or_never_end_have_a_reason_and_the_rest_is_kept(tmp_path: Path) -> None:
    crawled = spring(tmp_path, BODIES)
    check(crawled, BODIES)
    short = sidecars(crawled.collection)[address("lebih-panjang")]["extraction"]
    assert isinstance(short, dict)
    assert "the page has no end; its body may be cut" in short["warnings"]


@pytest.mark.slow
def test_heads_without_end_and_answers_that_are_no_http_have_a_reason(tmp_path: Path) -> None:
    crawled = spring(tmp_path, HEADS)
    check(crawled, HEADS)
    assert not [r for r in crawled.running.log if any(name.lower() == "cookie" for name, _ in r.headers)]
    for path in (crawled.collection / "archive").iterdir():
        assert b"\r\nWARC-Type: warcinfo" not in gzip.decompress(path.read_bytes())[4000:]


@pytest.mark.slow
def test_redirects_and_pages_lead_nowhere_but_to_the_hosts_that_were_asked_for(tmp_path: Path) -> None:
    traps = {**REDIRECTS, **PAGES}
    crawled = spring(tmp_path, traps)
    check(crawled, traps)
    assert {request.host for request in crawled.running.log} == {HOST}


@pytest.mark.slow
def test_what_comes_too_slowly_is_ended_and_named(tmp_path: Path) -> None:
    whole = head(f"Content-Length: {len(PAGE)}")
    traps = {
        "tubuh-lambat": Trap(
            RawAnswer(pieces=Endless(head() + OPENING, b"k"), pause=0.2), "failed", "timeout", 2
        ),
        "kepala-lambat": Trap(
            RawAnswer(pieces=Endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), pause=0.2),
            "failed",
            "timeout",
            2,
        ),
        "diam": Trap(raw(b"", b"", pause=9), "failed", "timeout", 2),
        "diam-di-tengah": Trap(raw(whole + PAGE[:HALF], b"", pause=9), "failed", "timeout", 2),
    }
    check(spring(tmp_path, traps, "-sDOWNLOAD_TIMEOUT=5", "-sCONCURRENT_REQUESTS_PER_DOMAIN=8"), traps)


@pytest.mark.slow
def test_a_host_that_fails_for_an_hour_is_asked_a_few_times_and_left_alone(tmp_path: Path) -> None:
    broken = FaultRule(name="500", slug="/", spoil=lambda *_: Answer(status=500, body=b"Terjadi kesalahan"))
    robots = {"/robots.txt": Answer(body=b"User-agent: *\nAllow: /\n", content_type="text/plain")}
    urls = [*(address(f"artikel-{n}") for n in range(200)), GOOD[0]]
    crawled = crawl(tmp_path, FaultyPortal(rules=[broken], routes=robots), urls=urls)
    assert crawled.cost.exit_code == 4, crawled.said
    assert f"{HOST} is left alone for this run: 10 failures in a row" in crawled.said
    assert 10 <= len(crawled.running.asked("/2024/01/02/")) <= 30
    states = [crawled.ledger[url] for url in urls]
    assert set(states) <= {("failed", "http 500"), ("failed", "host left alone"), ("todo", None)}
    assert states.count(("todo", None)) > 150
    with serving(FaultyPortal()) as healed:
        again = (f"-sKLIPING_DEMO_ROUTE={healed.url}", "-sKLIPING_PACE=0")
        listed = ("-a", f"urls_file={tmp_path / 'urls.txt'}")
        said = kliping("crawl", "demo", *listed, *again, collection=crawled.collection)
    assert said.code == 0, said.out + said.err
    assert ledger(crawled.collection)[GOOD[0]] == ("captured", None)


PRIVATE = (
    *(
        "http://127.0.0.1:8/a.jpg",
        "http://2130706433/a.jpg",
        "http://0177.0.0.1/a.jpg",
        "http://0x7f.1/a.jpg",
    ),
    *(
        "http://127.1/a.jpg",
        "http://[::ffff:127.0.0.1]/a.jpg",
        "http://[::1]/a.jpg",
        "http://localhost./a.jpg",
    ),
    *("http://10.0.0.1/a.jpg", "http://169.254.169.254/latest/a.jpg", "http://kamera.internal/a.jpg"),
)


@pytest.mark.slow
def test_a_picture_that_leads_into_the_private_network_is_refused_before_anybody_is_asked(
    tmp_path: Path,
) -> None:
    """The demo's route is a proxy that would look names up itself: addresses are judged all the same."""
    away = "http://foto.example.org/pindah.jpg"
    endless = "http://foto.example.org/besar.jpg"
    pictures = (*PRIVATE, away, endless, "file:///etc/passwd", "data:image/png;base64,AAAA")
    pages = {f"/2024/01/02/foto-{n}": _with_picture(url) for n, url in enumerate(pictures)}
    routes: dict[str, Route] = {
        **pages,
        "/pindah.jpg": to("http://[::ffff:a00:1]/a.jpg"),
        "/besar.jpg": RawAnswer(pieces=Endless(head(), bytes(65_536))),
    }
    urls = [f"http://{HOST}{path}" for path in pages]
    crawled = crawl(tmp_path, FaultyPortal(routes=routes), "-sKLIPING_PACE=0", urls=urls)
    assert set(sidecars(crawled.collection)) == set(urls)
    found = {url: crawled.ledger.get(url) for url in (*PRIVATE, away)}
    assert found == dict.fromkeys((*PRIVATE, away), ("not-article", "private address"))
    assert crawled.ledger[endless] == ("failed", LARGE)
    assert {request.host for request in crawled.running.log} == {HOST, "foto.example.org"}
    assert crawled.cost.exit_code == 0, crawled.said
    assert len(crawled.ledger) == len(urls) + len(PRIVATE) + 2


def _with_picture(url: str) -> Answer:
    """An article that shows a picture of that address."""
    page, times = PICTURE.subn(url.encode(), PAGE)
    assert times
    return Answer(body=page)


@pytest.mark.slow
def test_a_host_of_pictures_that_the_operator_names_may_be_private(tmp_path: Path) -> None:
    inside = "http://10.0.0.1/a.jpg"
    routes = {
        "/2024/01/02/foto": _with_picture(inside),
        "/a.jpg": Answer(body=b"x", content_type="image/jpeg"),
    }
    words = ("-sKLIPING_PACE=0", "-sKLIPING_ALLOW_PRIVATE=10.0.0.1")
    crawled = crawl(tmp_path, FaultyPortal(routes=routes), *words, urls=[address("foto")])
    assert crawled.ledger[inside] == ("captured", None), crawled.said


CALENDAR = "".join(f'<a href="/index-news?date=20{year}-1-1">{year}</a>' for year in range(30, 99))
VISITS = [f"{GOOD[0]};jsessionid={n:032x}" for n in range(20)]
VISITS += [f"{GOOD[0]}?{name}={n:032x}" for n in range(20) for name in ("PHPSESSID", "sid", "utm_source")]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def _index(urls: Sequence[str], more: str) -> Answer:
    items = "".join(f'<li class="ptb15"><h3><a href="{url}">Judul</a></h3></li>' for url in urls)
    return Answer(body=f'<ul class="lsi">{items}</ul><div id="paginga">{more}</div>'.encode())


def _xml(text: str) -> Answer:
    return Answer(body=text.encode(), content_type="application/xml")


@pytest.mark.slow
def test_lists_that_are_traps_end_and_say_so(tmp_path: Path) -> None:
    """An index with a calendar and an address for each visit; sitemaps that swell and name themselves."""
    root = f"http://{HOST}"
    names = ("sitemap.xml", "bom.xml.gz", "tawa.xml", "raksasa.xml", "peta-lagi.xml", "tautan.xml")
    children = "".join(f"<sitemap><loc>{root}/{name}</loc></sitemap>" for name in names)
    entry = f"<url><loc>{GOOD[1]}</loc></url>"
    routes: dict[str, Route] = {
        "/index-news": _index(VISITS, CALENDAR),
        "/rss": _xml(f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{LAUGHS}]><rss><item><link>&l11;</link></item></rss>"),
        "/sitemap.xml": _xml(f"<sitemapindex>{children}</sitemapindex>"),
        "/peta-lagi.xml": _xml(f"<sitemapindex>{children}</sitemapindex>"),
        "/bom.xml.gz": Answer(
            body=bomb(200, opening=b"<urlset>" + entry.encode()), content_type="application/x-gzip"
        ),
        "/tawa.xml": _xml(
            f"<!DOCTYPE urlset [<!ENTITY l0 'ha'>{LAUGHS}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
            f"<urlset>{entry}<url><loc>{root}/2024/01/02/&l11;&f;</loc></url></urlset>"
        ),
        "/raksasa.xml": raw(head() + f"<urlset>{entry}".encode() + b" " * (50 << 20)),
        "/tautan.xml": _xml("<urlset>" + entry * 60_000 + "</urlset>"),
    }
    words = ("-sKLIPING_PACE=0", "-sKLIPING_NETWORK_PACE=0", "-ahosts=pesisir", "-arequisites=none")
    crawled = crawl(tmp_path, FaultyPortal(routes=routes), *words)
    assert {name: crawled.ledger[f"{root}/{name}"] for name in names} == {
        "sitemap.xml": ("captured", None),
        "peta-lagi.xml": ("captured", None),
        "bom.xml.gz": ("failed", LARGE),
        "raksasa.xml": ("failed", LARGE),
        "tawa.xml": ("captured", None),
        "tautan.xml": ("failed", "more than 50000 links"),
    }
    assert {url for url in crawled.ledger if "/20" in url} == {*GOOD[:2]}
    indexes = [request.url for request in crawled.running.asked("/index-news")]
    assert len(indexes) == len(set(indexes))
    assert not [url for url in indexes if "-1-1" in url]
    assert len(crawled.running.asked(GOOD[0])) == 1
    assert set(sidecars(crawled.collection)) == set(GOOD[:2])
    assert crawled.cost.exit_code == 3, crawled.said
    assert crawled.cost.peak < MOST_MEMORY
    assert kliping("verify", collection=crawled.collection).code == 0


@pytest.mark.slow
def test_a_robots_txt_of_54_mb_is_read_as_far_as_it_must_be(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /2024/01/02/\n" + b"Disallow: /x\n" * (54 << 16)
    plain = raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" + rules)
    crawled = crawl(tmp_path, FaultyPortal(routes={"/robots.txt": plain}), urls=[GOOD[0], address("x")])
    assert (crawled.ledger[GOOD[0]], crawled.ledger[address("x")]) == (
        ("captured", None),
        ("robots", "robots.txt"),
    )
    assert crawled.cost.peak < MOST_MEMORY


NO_NAMES = """
import socket
ask = socket.gethostbyname
def fail(name):
    if name.endswith("tribunnews.com"):
        raise socket.gaierror(-2, "Name or service not known")
    return ask(name)
socket.gethostbyname = fail
"""
REAL = (
    "-sKLIPING_CONTACT=arsip@example.org",
    "-sKLIPING_PACE=0",
    "-sKLIPING_NETWORK_PACE=0",
    "-sRETRY_TIMES=1",
    "-sKLIPING_FIRST_REST=0.1",
    "-sKLIPING_MAX_REST=0.1",
)


@pytest.mark.slow
def test_a_name_that_nobody_knows_is_a_named_gap(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_NAMES, "utf-8")
    url = "https://aceh.tribunnews.com/2022/07/21/sebuah-judul"
    env = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    said = kliping("crawl", "serambi", f"-aurl={url}", *REAL, collection=tmp_path / "c", env=env)
    assert said.code == 4, said.out + said.err
    assert "left alone: aceh.tribunnews.com: its robots.txt cannot be read (host not found)" in said.out
    assert ledger(tmp_path / "c") == {url: ("todo", None)}


@pytest.mark.slow
def test_over_tls_a_server_that_sends_without_end_is_hung_up_on_too(tmp_path: Path) -> None:
    """A slow page keeps the crawl alive for a while, in which much could be sent."""
    root = "https://aceh.tribunnews.com/2022/07/21/"
    traps = {
        "tubuh": Counted(head() + OPENING, b"kata " * 13_000),
        "kepala": Counted(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 2000),
        "potongan": Counted(chunked(chunk(OPENING), b"zz\r\n"), b"k" * 10_000),
    }
    answers = {name: RawAnswer(pieces=trap) for name, trap in traps.items()}
    pages = {root + name: answer for name, answer in answers.items()}
    slow = {root + "lambat": raw(head() + OPENING, b"</html>", pause=4)}
    (tmp_path / "urls.txt").write_text("\n".join({**pages, **slow}), "utf-8")
    words = ("crawl", "serambi", f"-aurls_file={tmp_path / 'urls.txt'}", *REAL, "-sRETRY_TIMES=0")
    with proxy({**pages, **slow}) as internet:
        said = kliping(*words, collection=tmp_path / "c", env=internet.environment)
    assert said.code == 3, said.out + said.err
    found = ledger(tmp_path / "c")
    assert [found[root + name][1] for name in traps] == [LARGE, LARGE_HEAD, CUT]
    assert {name: trap.sent < 64 << 20 for name, trap in traps.items()} == dict.fromkeys(traps, True)


@pytest.mark.slow
def test_certificates_that_are_not_in_order_are_refused_and_other_hosts_go_on(tmp_path: Path) -> None:
    labels = ("solo", "medan", "jogja", "bali", "kupang")
    pages = {f"https://{label}.tribunnews.com/2022/07/21/judul": PAGE for label in labels}
    names = [f"{label}.tribunnews.com" for label in labels]
    (tmp_path / "urls.txt").write_text("\n".join(pages), "utf-8")
    words = ("crawl", "tribun", f"-aurls_file={tmp_path / 'urls.txt'}", "-arequisites=none", *REAL)
    bad = {"untrusted": names[:1], "expired": names[1:2], "misnamed": names[2:3], "garbled": names[3:4]}
    with proxy(pages, **bad) as internet:
        said = kliping(*words, collection=tmp_path / "c", env=internet.environment)
    assert said.code == 4, said.out + said.err
    *refused, kept = ledger(tmp_path / "c").values()
    assert refused == [("todo", None)] * 4
    for name in names[:3]:
        assert f"left alone: {name}: its robots.txt cannot be read (tls failure)" in said.out
    assert f"left alone: {names[3]}: its robots.txt cannot be read" in said.out
    assert kept == ("captured", None)
    assert {request.host for request in internet.log} == {names[4]}
