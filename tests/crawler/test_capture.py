"""What the archive is told of an exchange is what went over the wire, less what must stay secret."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from scrapy.http import Headers, HtmlResponse, Request, Response

from archives.capture import Truncation
from crawler.middlewares.archive import capture_of

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
URL = "https://aceh.tribunnews.com/index-news?date=2022-7-1&page=2"


def answer(url: str = URL, **more: object) -> Response:
    return Response(url, ip_address=ip_address("192.0.2.7"), protocol="HTTP/1.1", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (URL, "/index-news?date=2022-7-1&page=2"),
        ("https://aceh.tribunnews.com", "/"),
        ("https://aceh.tribunnews.com?page=2", "/?page=2"),
        ("https://aceh.tribunnews.com/a;b/c?d=%20&d=2&d=", "/a;b/c?d=%20&d=2&d="),
        ("https://aceh.tribunnews.com/a#bagian", "/a"),
    ],
)
def test_the_target_is_the_path_with_its_whole_query(url: str, target: str) -> None:
    assert capture_of(Request(url), answer(url), NOW).target == target


def test_the_host_is_named_with_its_port_and_without_a_password() -> None:
    url = "http://pembaca:rahasia@aceh.tribunnews.com:8080/a"
    headers = capture_of(Request(url), answer(url), NOW).request_headers
    assert headers[0] == (b"Host", b"aceh.tribunnews.com:8080")


def test_the_exchange_is_told_as_it_was() -> None:
    body = b"\x1f\x8b as received"
    found = capture_of(Request(URL), answer(status=503, body=body), NOW)
    assert (found.url, found.fetched_at, found.method, found.status) == (URL, NOW, "GET", 503)
    assert (found.body, found.protocol, found.ip_address) == (body, "HTTP/1.1", "192.0.2.7")
    assert (found.via, found.truncated) == (None, None)


def test_repeated_headers_stay_repeated_and_in_their_order() -> None:
    headers = Headers({"Set-Cookie": ["edisi=1; Path=/", "tema=terang"], "Content-Type": "text/html"})
    found = capture_of(Request(URL), answer(headers=headers), NOW).headers
    assert [value for name, value in found if name == b"Set-Cookie"] == [b"edisi=1; Path=/", b"tema=terang"]
    assert (b"Content-Type", b"text/html") in found


def test_what_was_asked_for_first_is_kept_when_redirects_led_here() -> None:
    request = Request(URL, meta={"redirect_urls": ["https://serambinews.com/a", "https://serambinews.com/b"]})
    assert capture_of(request, answer(), NOW).via == "https://serambinews.com/a"


def test_the_address_of_a_proxy_is_not_written_down_as_the_portals() -> None:
    request = Request(URL, meta={"proxy": "http://127.0.0.1:3128"})
    assert capture_of(request, answer(), NOW).ip_address is None


def test_the_address_of_the_demo_server_is_the_origins_own() -> None:
    request = Request(URL, meta={"proxy": "http://127.0.0.1:8000", "route": True})
    assert capture_of(request, answer(), NOW).ip_address == "192.0.2.7"


@pytest.mark.parametrize("name", ["Proxy-Authorization", "proxy-authorization"])
def test_the_password_of_a_proxy_stays_out_of_the_archive(name: str) -> None:
    request = Request(URL, headers={name: "Basic cmFoYXNpYQ==", "Accept-Encoding": "gzip"})
    headers = dict(capture_of(request, answer(), NOW).request_headers)
    assert headers == {b"Host": b"aceh.tribunnews.com", b"Accept-Encoding": b"gzip"}


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ([], None),
        (["partial"], None),  # the server ended the body by closing the connection: nothing is missing
        (["dataloss"], Truncation.DISCONNECT),
        (["download_stopped"], Truncation.LENGTH),
        (["partial", "dataloss"], Truncation.DISCONNECT),
    ],
)
def test_a_body_that_was_cut_says_why(flags: list[str], reason: Truncation | None) -> None:
    assert capture_of(Request(URL), answer(flags=flags), NOW).truncated is reason


def test_an_answer_that_does_not_say_its_protocol_or_address_is_still_an_answer() -> None:
    found = capture_of(Request(URL), Response(URL), NOW)
    assert (found.protocol, found.ip_address) == ("HTTP/1.1", None)


def test_what_others_do_to_the_answer_later_does_not_reach_the_capture() -> None:
    response = HtmlResponse(URL, headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8b")
    found = capture_of(Request(URL), response, NOW)
    del response.headers["Content-Encoding"]
    assert found.headers == ((b"Content-Encoding", b"gzip"),)
