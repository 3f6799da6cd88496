"""Each thing that goes wrong gets a word that can be counted; the words of Scrapy are read from Scrapy."""

from __future__ import annotations

import pytest
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ResponseFailed

from archives.states import State
from crawler.failures import reason_for_failure, reason_for_status
from crawler.heads import HeadTooLargeError
from crawler.middlewares.redirects import WebRedirectMiddleware
from crawler.middlewares.scope import ScopeMiddleware
from crawler.spiders.demo import DemoSpider


def _failed(*reasons: Exception) -> DownloadFailedError:
    """Scrapy's one error for all that Twisted can say was wrong with an answer."""
    error = DownloadFailedError("x")
    error.__cause__ = ResponseFailed([Failure(reason) for reason in reasons])  # type: ignore[no-untyped-call]
    return error


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_article_is_gone(status: int) -> None:
    assert reason_for_status(status) == (State.GONE, f"http {status}")


@pytest.mark.parametrize("status", [301, 304, 400, 401, 403, 429, 451, 500, 503, 599])
def test_any_other_status_is_a_failure_by_its_number(status: int) -> None:
    assert reason_for_status(status) == (State.FAILED, f"http {status}")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CannotResolveHostError("x"), "host not found"),
        (DownloadConnectionRefusedError("x"), "connection refused"),
        (DownloadTimeoutError("x"), "timeout"),
        (DownloadCancelledError("x"), "larger than the size limit"),
        (DownloadFailedError("[SSL: CERTIFICATE_VERIFY_FAILED]"), "tls failure"),
        (DownloadFailedError("x"), "no answer (DownloadFailedError)"),
        (ValueError("x"), "no answer (ValueError)"),
        (HeadTooLargeError(), "headers larger than the size limit"),
        (_failed(ConnectionDone()), "connection lost"),
        (_failed(ConnectionLost(), ConnectionDone()), "connection lost"),
        (_failed(ValueError("Content-Length: -5")), "answer is not HTTP"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_answer_has_a_word(error: BaseException, words: str) -> None:
    assert reason_for_failure(error) == (State.FAILED, words)


def _redirects_end() -> IgnoreRequest:
    """What Scrapy's own middleware says when there have been enough of them."""
    crawler = Crawler(DemoSpider, {"REDIRECT_MAX_TIMES": 8})
    crawler.spider = DemoSpider()
    middleware = build_from_crawler(RedirectMiddleware, crawler)
    request = Request("http://a.example/", meta={"redirect_ttl": 0})
    answer = Response("http://a.example/", status=302, headers={"Location": "http://a.example/b"})
    with pytest.raises(IgnoreRequest) as refused:
        middleware.process_response(request, answer)
    return refused.value


def test_endless_redirects_are_a_failure() -> None:
    assert reason_for_failure(_redirects_end()) == (State.FAILED, "too many redirects")


def test_what_robots_txt_forbids_is_told_apart() -> None:
    assert reason_for_failure(IgnoreRequest("Forbidden by robots.txt")) == (State.ROBOTS, "robots.txt")


@pytest.mark.parametrize(
    "url",
    [
        "https://iklan.example/x",
        "https://redirect.iklan.example/x",
        "https://robots.txt.example/",
        "ftp://pesisir.example/x",
    ],
)
def test_a_redirect_that_leads_away_is_no_article_whatever_its_host_is_called(url: str) -> None:
    scope = ScopeMiddleware(frozenset({"pesisir.example"}))
    with pytest.raises(IgnoreRequest) as refused:
        scope.process_request(Request(url))
    assert reason_for_failure(refused.value) == (State.NOT_ARTICLE, "redirects to another host")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "data:,x", "javascript:x", "http://[::1"])
def test_a_redirect_to_no_place_on_the_web_is_no_article(location: str) -> None:
    crawler = Crawler(DemoSpider, {"REDIRECT_MAX_TIMES": 8})
    crawler.spider = DemoSpider()
    middleware = build_from_crawler(WebRedirectMiddleware, crawler)
    answer = Response("http://a.example/", status=302, headers={"Location": location})
    with pytest.raises(IgnoreRequest) as refused:
        middleware.process_response(Request("http://a.example/"), answer)
    assert reason_for_failure(refused.value) == (State.NOT_ARTICLE, "redirects to no web address")


@pytest.mark.parametrize("url", ["http://pesisir.example/x", "https://pesisir.example:8443/x"])
def test_what_is_in_scope_passes(url: str) -> None:
    ScopeMiddleware(frozenset({"pesisir.example"})).process_request(Request(url))


def test_a_refusal_in_other_words_is_counted_with_its_words() -> None:
    state, words = reason_for_failure(IgnoreRequest("something new " + "x" * 200))
    assert state is State.FAILED
    assert words.startswith("not fetched (something new")
    assert len(words) < 90
