"""The demo portal over a real socket: every route, both forms of request, and the end of the process."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import pytest

from crawler.demo.newsroom import DemoArticle, Newsroom
from crawler.demo.portal import DemoPortal, Request
from crawler.demo.server import DemoServer

PESISIR, LEMBAH = "pesisir.kabarnusa.localhost", "lembah.kabarnusa.localhost"
NEWSROOM = Newsroom()
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with DemoServer() as running:
        yield running.url


def fetch(
    server: str, target: str, *, host: str | None = None, headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    """One exchange; `target` may be in absolute form, as a proxy's client sends it."""
    where = urlsplit(server)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)) as connection:
        connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host or urlsplit(target).netloc)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response, response.read()


def article(era: int = 2024, *, pages: int = 2, host: str = PESISIR) -> DemoArticle:
    return next(a for a in NEWSROOM.articles() if a.era == era and a.page_count >= pages and a.host == host)


def test_a_proxy_request_and_a_host_header_get_the_same_bytes(server: str) -> None:
    one = article()
    _, by_proxy = fetch(server, one.url)
    _, by_host = fetch(server, one.path, host=one.host)
    assert by_proxy == by_host
    assert one.headline.encode() in by_proxy


def test_the_bytes_are_those_of_any_other_process(server: str) -> None:
    one = article()
    _, body = fetch(server, one.url)
    assert body == DemoPortal().answer(Request(host=one.host, target=one.path)).body


def test_a_browser_gets_links_with_its_port(server: str) -> None:
    one = article()
    _, body = fetch(server, one.path, host=f"{one.host}:8099")
    assert _select(body, "//link[@rel='canonical']/@href") == [f"http://{one.host}:8099{one.path}"]


def test_unknown_hosts_are_refused(server: str) -> None:
    response, _ = fetch(server, "/", host="www.example.com")
    assert response.status == 421


def test_gzip_is_sent_when_accepted_and_says_its_length(server: str) -> None:
    one = article()
    _, plain = fetch(server, one.url)
    response, packed = fetch(server, one.url, headers={"Accept-Encoding": "gzip"})
    assert response.getheader("Content-Encoding") == "gzip"
    assert int(response.getheader("Content-Length") or 0) == len(packed)
    assert gzip.decompress(packed) == plain


def test_cookies_come_in_headers_of_their_own(server: str) -> None:
    response, _ = fetch(server, article().url)
    assert len(response.headers.get_all("Set-Cookie") or []) == 2


def test_an_unchanged_page_answers_304(server: str) -> None:
    one = article()
    response, _ = fetch(server, one.url)
    tag, modified = response.getheader("ETag") or "", response.getheader("Last-Modified") or ""
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        again, body = fetch(server, one.url, headers=headers)
        assert (again.status, body) == (304, b"")


def test_a_connection_is_kept_open(server: str) -> None:
    where = urlsplit(server)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)) as connection:
        for _ in range(3):
            connection.request("GET", "/robots.txt", headers={"Host": PESISIR})
            response = connection.getresponse()
            assert b"Sitemap:" in response.read()
            assert not response.will_close


def test_pages_differ_and_pages_out_of_range_answer_page_1(server: str) -> None:
    one = article(pages=2)
    page_1 = fetch(server, one.url)[1]
    assert fetch(server, f"{one.url}?page=1")[1] == page_1
    assert fetch(server, f"{one.url}?page={one.page_count + 1}")[1] == page_1
    assert fetch(server, f"{one.url}?page=abc")[1] == page_1
    assert len({page_1, fetch(server, f"{one.url}?page=2")[1], fetch(server, f"{one.url}?page=all")[1]}) == 3


def test_every_article_has_an_amp_form(server: str) -> None:
    one = article()
    response, body = fetch(server, f"http://{one.host}/amp{one.path}?page=2")
    assert response.status == 200
    assert b"<html amp" in body


def test_the_daily_index_spans_pages_and_repeats_the_last(server: str) -> None:
    day = f"http://{PESISIR}/index-news?date=2024-8-7"
    pages = [fetch(server, f"{day}&page={n}")[1] for n in (1, 2, 3)]
    assert pages[1] == pages[2] != pages[0]
    assert fetch(server, f"{day.replace('8-7', '08-07')}")[1] == pages[0]
    found = [link for page in pages[:2] for link in _titles(page)]
    expected = {
        card.url for card in NEWSROOM.on_host[PESISIR] if card.published.date().isoformat() == "2024-08-07"
    }
    assert {link for link in found if PESISIR in urlsplit(link).netloc} == expected
    assert len(expected) > 5


def _titles(page: bytes) -> list[str]:
    return [str(link) for link in _select(page, "//li//h3[@class='f16 fbo']/a/@href")]


def _select(page: bytes, path: str) -> list[str]:
    found = lxml.html.fromstring(page).xpath(path)
    return [str(item) for item in found] if isinstance(found, list) else [str(found)]


def test_the_index_has_advertisements_foreign_links_and_a_pager(server: str) -> None:
    page = fetch(server, f"http://{PESISIR}/index-news?date=2024-8-7")[1]
    assert len(_select(page, "//li[contains(@class,'nativeads')]")) == 1
    assert any("tetangga-berita" in link for link in _select(page, "//li[@class='ptb15']//h3/a/@href"))
    assert not _select(page, "//li[@class='ptb15']//img/@src")[0].startswith(("http", "/"))
    assert _select(page, "//*[@id='paginga']//div[@class='paging']/a/@href")[-1].endswith("page=2")
    assert int(_select(page, "string(//div[@class='pt10 pb10']/b)")[0]) > 5


def test_an_empty_day_is_a_page_without_items(server: str) -> None:
    response, body = fetch(server, f"http://{PESISIR}/index-news?date=2019-1-1")
    assert response.status == 200
    assert _select(body, "//li[contains(@class,'ptb15')]") == []


def test_a_section_index_lists_its_section_only(server: str) -> None:
    card = next(card for card in NEWSROOM.on_host[PESISIR] if card.era == 2024 and card.kind == "article")
    day = card.published
    target = f"http://{PESISIR}/index-news/{card.section.lower()}?date={day.year}-{day.month}-{day.day}"
    links = [link for link in _titles(fetch(server, target)[1]) if PESISIR in urlsplit(link).netloc]
    sections = {NEWSROOM.by_address[PESISIR, urlsplit(link).path].section for link in links}
    assert sections == {card.section}


def test_the_sitemaps_list_every_article_and_what_is_gone(server: str) -> None:
    for host in (PESISIR, LEMBAH):
        index = lxml.etree.fromstring(fetch(server, f"http://{host}/sitemap.xml")[1])
        listed: dict[str, set[str]] = {"sitemap-news.xml": set(), "sitemap-web.xml.gz": set()}
        for child in index.findall("{*}sitemap/{*}loc"):
            url = str(child.text)
            response, body = fetch(server, url)
            assert response.status == 200
            xml = lxml.etree.fromstring(gzip.decompress(body) if url.endswith(".gz") else body)
            listed[url.rpartition("/")[2]] |= {str(loc.text) for loc in xml.findall("{*}url/{*}loc")}
        cards = {card.url for card in NEWSROOM.on_host[host]}
        assert listed["sitemap-news.xml"] == cards
        gone = {f"http://{ghost.host}{ghost.path}" for ghost in NEWSROOM.ghosts if ghost.host == host}
        moved = {f"http://{host}{path}" for own, path in NEWSROOM.moved if own == host}
        assert listed["sitemap-web.xml.gz"] == cards | gone | moved


def test_deleted_articles_answer_404_and_410(server: str) -> None:
    statuses = {fetch(server, f"http://{ghost.host}{ghost.path}")[0].status for ghost in NEWSROOM.ghosts}
    assert statuses == {404, 410}
    assert fetch(server, f"http://{PESISIR}/2024/08/07/tidak-pernah-ada")[0].status == 404


def test_an_old_address_redirects_to_the_numeric_one(server: str) -> None:
    (host, path), card = next(iter(NEWSROOM.moved.items()))
    response, _ = fetch(server, f"http://{host}{path}?page=2")
    assert (response.status, response.getheader("Location")) == (301, f"{card.url}?page=2")


def test_feed_home_section_tag_and_style_are_served(server: str) -> None:
    for target, kind in (
        ("/rss", "text/xml"),
        ("/", "text/html"),
        ("/ekonomi", "text/html"),
        ("/tag/nelayan", "text/html"),
        ("/topic/banjir", "text/html"),
        ("/css/style.css", "text/css"),
    ):
        response, body = fetch(server, f"http://{PESISIR}{target}")
        assert response.status == 200
        assert (response.getheader("Content-Type") or "").startswith(kind)
        assert body


def test_photos_are_pictures_and_differ(server: str) -> None:
    bodies = set()
    for one in list(NEWSROOM.articles())[:4]:
        if one.lead:
            response, body = fetch(server, one.lead.url)
            assert response.getheader("Content-Type") == "image/png"
            assert body.startswith(b"\x89PNG\r\n\x1a\n")
            bodies.add(body)
    assert len(bodies) >= 3


def test_robots_forbids_tags_and_names_the_sitemap(server: str) -> None:
    body = fetch(server, f"http://{LEMBAH}/robots.txt")[1].decode()
    assert "Disallow: /tag/" in body
    assert f"Sitemap: http://{LEMBAH}/sitemap.xml" in body


def test_a_large_portal_fills_its_pages() -> None:
    with DemoServer(articles=600, page_kb=100) as running:
        url = Newsroom(articles=600).cards[599].url
        assert len(fetch(running.url, url)[1]) >= 100 * 1024


def test_the_process_says_its_address_first_and_ends_on_sigterm() -> None:
    process = _start()
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("listening on http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        _reap(process)


def test_the_process_ends_with_its_parent() -> None:
    # A child of this test starts the server and dies without a word; the server must follow.
    script = (
        "import os, sys\n"
        "from crawler.demo.server import DemoServer\n"
        "server = DemoServer().__enter__()\n"
        "print(server.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody has fetched yet does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.demo.server"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _reap(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def test_the_server_needs_no_library() -> None:
    script = "import sys, crawler.demo.server as s; print('scrapy' in sys.modules, 'lxml' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.split() == ["False", "False"]
