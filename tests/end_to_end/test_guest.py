"""A good guest, on a real server: who is asked to wait waits, and who is not wanted goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, Request
from tests.end_to_end.commands import ROOT, Ended, kliping, sidecars
from tests.support.portal import FaultRule, FaultyPortal, serving

ARTICLES = [article for article in Newsroom().articles() if len(article.pages) == 1]
HOST = ARTICLES[0].site.host
URLS = [article.url for article in ARTICLES if article.site.host == HOST and "/20" in article.url][:6]
CAPTCHA = Answer(
    body=b"<html><head><title>Just a moment...</title></head><body><h1>Just a moment...</h1></body></html>"
)


class Clocked(FaultyPortal):
    """Notes when each request came, in seconds of a monotonic clock."""

    def __init__(self, *, rules: Sequence[FaultRule] = (), routes: dict[str, Answer] | None = None) -> None:
        super().__init__(rules=rules, routes=routes)
        self.times: list[tuple[float, str]] = []

    def answer(self, request: Request) -> Answer:
        self.times.append((monotonic(), request.path))
        return super().answer(request)


def saying(answer: Answer, *, slug: str = "/20", times: int | None = None) -> FaultRule:
    return FaultRule(name="saying", slug=slug, times=times, spoil=lambda *_: answer)


def crawl(
    tmp_path: Path, portal: FaultyPortal, urls: Sequence[str], *more: str
) -> tuple[Ended, list[Request]]:
    """Crawl these articles of a portal; what was said, and what the server was asked."""
    listed = tmp_path / "urls.txt"
    listed.write_text("\n".join(urls), "utf-8")
    words = ["crawl", "demo", "-a", f"urls_file={listed}"]
    with serving(portal) as running:
        route = ("-s", f"KLIPING_DEMO_ROUTE={running.url}")
        return kliping(*words, *route, *more, collection=tmp_path / "c"), list(running.log)


def articles_asked(log: Sequence[Request]) -> list[Request]:
    return [request for request in log if request.path.startswith("/20")]


@pytest.mark.slow
@pytest.mark.parametrize("status", [429, pytest.param(503, marks=pytest.mark.slow)])
def test_a_host_that_names_a_time_is_not_asked_before_and_nothing_is_lost(
    tmp_path: Path, status: int
) -> None:
    portal = Clocked(rules=[saying(Answer(status=status, headers=(("Retry-After", "2"),)), times=1)])
    said, _ = crawl(tmp_path, portal, URLS[:1])
    assert said.code == 0, said.out + said.err
    assert list(sidecars(tmp_path / "c")) == URLS[:1]
    refused, again = [when for when, path in portal.times if path.startswith("/20")]
    assert again - refused >= 2


def test_a_date_names_a_time_too(tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    answer = Answer(status=429, headers=(("Retry-After", format_datetime(until, usegmt=True)),))
    said, log = crawl(tmp_path, FaultyPortal(rules=[saying(answer)]), URLS[:1])
    assert said.code == 4, said.out + said.err
    assert len(articles_asked(log)) == 1


@pytest.mark.slow
def test_a_host_that_wants_a_long_rest_is_left_alone_and_a_later_run_goes_on(tmp_path: Path) -> None:
    answer = Answer(status=503, headers=(("Retry-After", "86400"),))
    said, log = crawl(tmp_path, FaultyPortal(rules=[saying(answer)]), URLS, "-s", "KLIPING_PACE=0.01")
    assert said.code == 4, said.out + said.err
    assert "left alone for this run" in said.err
    assert len(articles_asked(log)) <= 2  # two may be under way
    assert "still to do" in said.out
    again, _ = crawl(tmp_path, FaultyPortal(), URLS)
    assert again.code == 0, again.out + again.err
    assert set(sidecars(tmp_path / "c")) == set(URLS)


@pytest.mark.parametrize(
    ("wall", "reason"),
    [(Answer(status=403), "http 403"), (CAPTCHA, "wall")],
    ids=["403", "captcha"],
)
@pytest.mark.slow
def test_after_a_few_walls_the_host_is_left_alone(tmp_path: Path, wall: Answer, reason: str) -> None:
    pace = ("-s", "KLIPING_PACE=0.01", "-s", "KLIPING_MAX_WALLS=3")
    said, log = crawl(tmp_path, FaultyPortal(rules=[saying(wall)]), URLS, *pace)
    assert said.code == 4, said.out + said.err
    assert f"failed: {reason}" in said.out
    assert 3 <= len(articles_asked(log)) <= 4
    assert sidecars(tmp_path / "c") == {}


@pytest.mark.slow
def test_a_run_that_got_something_before_the_walls_is_blocked_all_the_same(tmp_path: Path) -> None:
    walls = [saying(Answer(status=403), slug=url.rsplit("/", 1)[1]) for url in URLS[1:]]
    pace = ("-s", "KLIPING_PACE=0.01", "-s", "KLIPING_MAX_WALLS=3")
    said, _ = crawl(tmp_path, FaultyPortal(rules=walls), URLS, *pace)
    assert said.code == 4, said.out + said.err
    assert "still to do" in said.out


@pytest.mark.slow
def test_a_crawl_delay_keeps_requests_apart(tmp_path: Path) -> None:
    rules = Answer(body=b"User-agent: *\nCrawl-delay: 0.7\n", content_type="text/plain")
    portal = Clocked(routes={"/robots.txt": rules})
    said, _ = crawl(tmp_path, portal, URLS[:3], "-a", "requisites=none")
    assert said.code == 0, said.out + said.err
    times = [when for when, path in portal.times if path.startswith("/20")]
    assert len(times) == 3
    assert times[-1] - times[0] >= 1.2  # two gaps; what the network adds may shorten them a little


LYING_NAMES = """
import socket
ask = socket.gethostbyname
socket.gethostbyname = lambda name: "127.0.0.1" if name == "aceh.tribunnews.com" else ask(name)
"""


@pytest.mark.parametrize(
    ("allowed", "told", "code"),
    [("", "failed: private address", 3), ("x.example,aceh.tribunnews.com", "(connection refused)", 4)],
)
@pytest.mark.slow
def test_a_name_that_stands_for_this_machine_is_connected_to_only_where_it_is_allowed(
    tmp_path: Path, allowed: str, told: str, code: int
) -> None:
    """The name server's lie is told where the interpreter asks it; nobody listens on port 443 here."""
    (tmp_path / "sitecustomize.py").write_text(LYING_NAMES, "utf-8")
    words = ["crawl", "serambi", "-a", "url=https://aceh.tribunnews.com/2022/07/21/sebuah-judul"]
    settings = ["KLIPING_CONTACT=arsip@example.org", "KLIPING_PACE=0", "KLIPING_MAX_REST=0"]
    said = kliping(
        *words,
        *(word for item in (*settings, f"KLIPING_ALLOW_PRIVATE={allowed}") for word in ("-s", item)),
        collection=tmp_path / "c",
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    assert said.code == code, said.out + said.err
    assert told in said.out + said.err
