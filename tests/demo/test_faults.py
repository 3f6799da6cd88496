"""The faults that tests order are really faults; the test's internet really speaks TLS."""

from __future__ import annotations

import gzip
import http.client
import ssl
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from crawler.demo.newsroom import DemoArticle, Newsroom
from crawler.demo.portal import Answer
from tests.support import portal as faults
from tests.support.portal import FaultyPortal, Running, serving
from tests.support.proxy import Internet, Page, proxy

NEWSROOM = Newsroom()


def long_article() -> DemoArticle:
    return next(a for a in NEWSROOM.articles() if a.page_count >= 3 and a.era == 2024 and a.pager_on_last)


ARTICLE = long_article()
SLUG = ARTICLE.path.rpartition("/")[2]


def fetch(running: Running, url: str) -> tuple[int, bytes]:
    where = urlsplit(running.url)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=5)) as connection:
        connection.request("GET", url)
        response = connection.getresponse()
        return response.status, response.read()


@contextmanager
def portal_with(*rules: faults.FaultRule) -> Iterator[Running]:
    with serving(FaultyPortal(rules=rules)) as running:
        yield running


def test_a_lying_pager_answers_page_1_for_page_2() -> None:
    with portal_with(faults.lying_pager(SLUG)) as running:
        page_1 = fetch(running, ARTICLE.url)
        assert fetch(running, f"{ARTICLE.url}?page=2") == page_1
        assert fetch(running, f"{ARTICLE.url}?page=3") != page_1


def test_a_doubled_body_keeps_its_own_pager() -> None:
    with portal_with(faults.doubled_body(SLUG, page=2, of=1)) as running:
        _, page_1 = fetch(running, ARTICLE.url)
        _, page_2 = fetch(running, f"{ARTICLE.url}?page=2")
    between = b"txt-article", b'<div class="side-article mb5">'
    bodies = [page.partition(between[0])[2].partition(between[1])[0] for page in (page_1, page_2)]
    assert bodies[0] == bodies[1]
    assert page_1 != page_2


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_page_fails_with_its_status_and_the_others_do_not(status: int) -> None:
    with portal_with(faults.failing(SLUG, status=status, page=2)) as running:
        assert fetch(running, f"{ARTICLE.url}?page=2")[0] == status
        assert fetch(running, ARTICLE.url)[0] == fetch(running, f"{ARTICLE.url}?page=3")[0] == 200


def test_a_failure_can_pass() -> None:
    with portal_with(faults.failing(SLUG, status=503, times=2)) as running:
        assert [fetch(running, ARTICLE.url)[0] for _ in range(3)] == [503, 503, 200]


def test_other_kinds_of_answer_under_an_article_address() -> None:
    for rule, sign in ((faults.pdf(SLUG), b"%PDF"), (faults.soft_404(SLUG), b"tidak ditemukan")):
        with portal_with(rule) as running:
            status, body = fetch(running, ARTICLE.url)
            assert (status, sign in body) == (200, True)


def test_a_redirect_loop_never_ends() -> None:
    with portal_with(faults.redirect_loop(SLUG)) as running:
        assert fetch(running, ARTICLE.url)[0] == fetch(running, f"{ARTICLE.url}-lagi")[0] == 302


def test_broken_bodies_break_on_the_wire() -> None:
    with portal_with(faults.reset(SLUG)) as running, pytest.raises(ConnectionResetError):
        fetch(running, ARTICLE.url)
    with (
        portal_with(faults.content_length_too_long(SLUG)) as running,
        pytest.raises(http.client.IncompleteRead),
    ):
        fetch(running, ARTICLE.url)
    with portal_with(faults.corrupt_gzip(SLUG)) as running:
        _, body = fetch(running, ARTICLE.url)
        with pytest.raises((OSError, EOFError, zlib.error)):
            gzip.decompress(body)


def test_a_huge_body_is_huge() -> None:
    with portal_with(faults.huge_body(SLUG, size=3_000_000)) as running:
        assert len(fetch(running, ARTICLE.url)[1]) > 3_000_000


def test_a_test_can_add_routes_and_reads_what_was_asked() -> None:
    with serving(FaultyPortal(routes={"/fault/kosong": Answer(body=b"kosong")})) as running:
        assert fetch(running, "http://pesisir.kabarnusa.localhost/fault/kosong?x=1") == (200, b"kosong")
        assert [request.target for request in running.asked("fault")] == ["/fault/kosong?x=1"]


PAGES: dict[str, Page] = {
    "https://aceh.tribunnews.com/2022/07/21/contoh": "<p>satu</p>",
    "https://aceh.tribunnews.com/2022/07/21/contoh?page=2": b"<p>dua</p>",
    "http://www.serambinews.com/": Answer(
        status=301, headers=(("Location", "https://aceh.tribunnews.com/"),)
    ),
    "https://palsu.tribunnews.com/": "<p>palsu</p>",
}


def through(internet: Internet, url: str) -> tuple[int, bytes]:
    """A request through the proxy as a crawler makes it, certificates verified."""
    parts, where = urlsplit(url), urlsplit(internet.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "http":
        return fetch(internet.running, url)
    context = ssl.create_default_context(cafile=str(internet.ca_file))
    connection = http.client.HTTPSConnection(where.hostname or "", where.port, timeout=5, context=context)
    with closing(connection):
        connection.set_tunnel(parts.netloc)
        connection.request("GET", target)
        response = connection.getresponse()
        return response.status, response.read()


def test_the_internet_serves_real_host_names_over_tls() -> None:
    with proxy(PAGES) as internet:
        url = "https://aceh.tribunnews.com/2022/07/21/contoh"
        assert through(internet, url) == (200, b"<p>satu</p>")
        assert through(internet, f"{url}?page=2") == (200, b"<p>dua</p>")
        assert through(internet, "http://www.serambinews.com/")[0] == 301
        assert [request.url for request in internet.log][:2] == [url, f"{url}?page=2"]


def test_the_internet_knows_no_other_page_and_no_other_host() -> None:
    with proxy(PAGES) as internet:
        assert through(internet, "https://aceh.tribunnews.com/robots.txt")[0] == 404
        assert through(internet, "http://tidak.ada.example/")[0] == 502
        with pytest.raises(OSError, match="502"):
            through(internet, "https://tidak.ada.example/")


def test_a_certificate_of_an_unknown_authority_is_shown_where_asked_for() -> None:
    with proxy(PAGES, untrusted=["palsu.tribunnews.com"]) as internet:
        with pytest.raises(ssl.SSLCertVerificationError):
            through(internet, "https://palsu.tribunnews.com/")
        assert through(internet, "https://aceh.tribunnews.com/2022/07/21/contoh")[0] == 200
        assert internet.refused == ["palsu.tribunnews.com"]
