"""robots.txt on a real server: what closes a host and for how long, and what a portal says about use."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, DemoPortal, Request
from crawler.demo.wire import RawAnswer
from crawler.robots import MOST_REDIRECTS
from extractors.robots_txt import MAX_BYTES
from tests.end_to_end.commands import Ended, kliping, records, sidecar_bytes, sidecars
from tests.support.portal import FaultRule, FaultyPortal, Spoil, serving
from tests.support.proxy import proxy

ARTICLES = [article for article in Newsroom().articles() if len(article.pages) == 1]
HOST = ARTICLES[0].site.host
URLS = [article.url for article in ARTICLES if article.site.host == HOST][:6]
ELSEWHERE = next(article.url for article in ARTICLES if article.site.host != HOST)
QUICK = ("-a", "requisites=none", "-s", "KLIPING_PACE=0.01", "-s", "KLIPING_FIRST_REST=0.01")
CLOSED = "User-agent: *\nDisallow: /\n"


def text(content: str | bytes, status: int = 200) -> Answer:
    body = content.encode() if isinstance(content, str) else content
    return Answer(status=status, body=body, content_type="text/plain")


def to(url: str) -> Answer:
    return Answer(status=301, headers=(("Location", url),))


def spoiling(slug: str, spoil: Spoil, *, times: int | None = None) -> FaultRule:
    return FaultRule(name="spoiling", slug=slug, times=times, spoil=spoil)


def crawl(
    collection: Path, portal: FaultyPortal, urls: Sequence[str], *more: str
) -> tuple[Ended, list[Request]]:
    """Crawl these articles; what was said, and what the server was asked."""
    listed = collection.with_name("urls.txt")
    listed.write_text("\n".join(urls), "utf-8")
    with serving(portal) as running:
        route = ("-s", f"KLIPING_DEMO_ROUTE={running.url}")
        said = kliping("crawl", "demo", "-a", f"urls_file={listed}", *route, *more, collection=collection)
        return said, list(running.log)


def run_record(collection: Path) -> dict[str, object]:
    """What the newest run says of itself in the archive."""
    found = [item for item in records(collection) if item.url.startswith("urn:kliping:run:")]
    said: dict[str, object] = json.loads(found[-1].body)
    return said


# --- reading it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("hops", [MOST_REDIRECTS, pytest.param(MOST_REDIRECTS + 1, marks=pytest.mark.slow)])
def test_five_redirects_are_followed_to_other_hosts_as_well_and_a_sixth_is_not(
    tmp_path: Path, hops: int
) -> None:
    routes = {f"/hop{hop}": to(f"http://cdn.example.com/hop{hop + 1}") for hop in range(1, hops)}
    routes |= {"/robots.txt": to("http://cdn.example.com/hop1"), f"/hop{hops}": text(CLOSED)}
    said, log = crawl(tmp_path / "c", FaultyPortal(routes=routes), URLS[:1], *QUICK)
    assert said.code == 0, said.out + said.err
    followed = hops <= MOST_REDIRECTS
    assert ("skipped: robots.txt" in said.out) is followed
    assert [request.host for request in log][1] == "cdn.example.com"
    assert (log[-1].url == URLS[0]) is not followed


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/r",
        pytest.param("http://localhost:1/r", marks=pytest.mark.slow),
    ],
)
def test_no_redirect_of_robots_txt_leads_to_a_private_address(tmp_path: Path, address: str) -> None:
    portal = FaultyPortal(routes={"/robots.txt": to(address)})
    said, log = crawl(tmp_path / "c", portal, URLS[:1], *QUICK)
    assert said.code == 3, said.out + said.err
    assert "failed: private address" in said.out
    assert [request.url for request in log] == [f"http://{HOST}/robots.txt"]


@pytest.mark.slow
def test_no_more_of_an_endless_robots_txt_is_read_than_counts(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nUser-agent: *\n"
    endless = RawAnswer(pieces=(head, *[b"Disallow: /x\n" * 80_000] * 54))
    said, _ = crawl(tmp_path / "c", FaultyPortal(routes={"/robots.txt": endless}), URLS[:1], *QUICK)
    assert said.code == 0, said.out + said.err
    (robots,) = [item for item in records(tmp_path / "c") if item.url.endswith("/robots.txt") and item.status]
    assert MAX_BYTES < len(robots.body) < 2 * MAX_BYTES
    assert robots.fields["WARC-Truncated"] == "length"
    assert kliping("verify", collection=tmp_path / "c").code == 0


@pytest.mark.slow
def test_a_robots_txt_that_can_be_read_after_a_while_lets_the_crawl_go_on(tmp_path: Path) -> None:
    portal = FaultyPortal(rules=[spoiling("/robots.txt", lambda *_: text("", 500), times=1)])
    said, log = crawl(tmp_path / "c", portal, URLS[:3], *QUICK)
    assert said.code == 0, said.out + said.err
    assert set(sidecars(tmp_path / "c")) == set(URLS[:3])
    paths = [request.path for request in log]
    assert paths[:2] == ["/robots.txt"] * 2
    assert paths.count("/robots.txt") == 2


@pytest.mark.slow
def test_a_host_whose_robots_txt_stays_away_is_left_alone_and_the_others_go_on(tmp_path: Path) -> None:
    def of_one_host(_portal: DemoPortal, request: Request, answer: Answer) -> Answer:
        return text("", 500) if request.host == HOST else answer

    portal = FaultyPortal(rules=[spoiling("/robots.txt", of_one_host)])
    urls = [*URLS, ELSEWHERE]
    said, log = crawl(tmp_path / "c", portal, urls, *QUICK, "-s", "KLIPING_MAX_REST=0.01")
    assert said.code == 4, said.out + said.err
    assert list(sidecars(tmp_path / "c")) == [ELSEWHERE]
    assert {request.path for request in log if request.host == HOST} == {"/robots.txt"}
    assert "left alone for this run: its robots.txt cannot be read" in said.err
    assert "http 500" in said.err
    assert re.search(rf"still to do +{len(URLS)}\n", said.out)
    assert list(run_record(tmp_path / "c")["leftAlone"]) == [HOST]  # type: ignore[call-overload]
    again, _ = crawl(tmp_path / "c", FaultyPortal(), urls, *QUICK)
    assert again.code == 0, again.out + again.err
    assert set(sidecars(tmp_path / "c")) == set(urls)


@pytest.mark.slow
def test_a_long_run_reads_robots_txt_anew_and_obeys_what_it_says_now(tmp_path: Path) -> None:
    portal = FaultyPortal(rules=[spoiling("/robots.txt", lambda *_: text(""), times=1)])
    portal.rules += (spoiling("/robots.txt", lambda *_: text(CLOSED)),)
    often = ("-s", "KLIPING_ROBOTS_REFRESH=1", "-s", "KLIPING_PACE=0.5")
    said, log = crawl(tmp_path / "c", portal, URLS, "-a", "requisites=none", *often)
    assert said.code == 0, said.out + said.err
    kept = sidecars(tmp_path / "c")
    assert 0 < len(kept) < len(URLS)
    assert "skipped: robots.txt" in said.out
    second = [number for number, request in enumerate(log) if request.path == "/robots.txt"][1]
    assert {request.path for request in log[second:]} == {"/robots.txt"}


@pytest.mark.slow
def test_a_mail_address_goes_into_the_from_header_too(tmp_path: Path) -> None:
    for contact, expected in (
        ("arsip@library.example", "arsip@library.example"),
        ("https://a.example/", None),
    ):
        words = ("-s", f"KLIPING_CONTACT={contact}", "-s", "KLIPING_PACE=0.01", "-a", "requisites=none")
        url = "https://aceh.tribunnews.com/2022/07/21/sebuah-judul"
        collection = tmp_path / contact.rpartition("@")[2].strip(":/").replace("/", "")
        with proxy({url: Answer(status=404)}) as internet:
            kliping(
                "crawl",
                "serambi",
                "-a",
                f"url={url}",
                *words,
                collection=collection,
                env=internet.environment,
            )
        sent = [dict(request.headers) for request in internet.log]
        assert len(sent) == 2
        assert {headers.get("From") for headers in sent} == {expected}
        assert all(f"+{contact}" in headers["User-Agent"] for headers in sent)


# --- what it says about use ---------------------------------------------------------------------------

FIRST = (
    "# No text and data mining.\nUser-agent: *\nContent-Signal: search=yes, ai-train=no\nDisallow: /api/\n"
)
SECOND = "User-agent: *\nDisallow: /api/\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"


def edited(_portal: DemoPortal, _request: Request, answer: Answer) -> Answer:
    """The article with another text, and a header about its use."""
    body = answer.body.replace(b"<p>", b"<p>Ralat: ", 3)
    return replace(answer, body=body, headers=(*answer.headers, ("Content-Usage", "train-ai=n")))


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal whose robots.txt changes between the first run and the second, and stays for the third."""
    collection = tmp_path_factory.mktemp("rights") / "c"
    slug = URLS[0].rsplit("/", 1)[1]
    for robots, urls, rules in (
        (FIRST, URLS[:2], []),
        (SECOND, URLS[:1], [spoiling(slug, edited)]),
        (SECOND, URLS[2:3], []),
    ):
        portal = FaultyPortal(routes={"/robots.txt": text(robots)}, rules=rules)
        said, _ = crawl(collection, portal, urls, *QUICK, "-a", "recheck=all")
        assert said.code == 0, said.out + said.err
    return collection


def usage(record: dict[str, object]) -> dict[str, object]:
    found = record["usageInfo"]
    assert isinstance(found, dict)
    return found


@pytest.mark.slow
def test_each_version_says_what_was_said_of_its_use_when_it_was_captured(three_runs: Path) -> None:
    versions = sorted(
        (
            record
            for path in sidecar_bytes(three_runs).values()
            if (record := json.loads(path))["url"] == URLS[0]
        ),
        key=lambda record: int(record["version"]["number"]),
    )
    before, after = map(usage, versions)
    assert before["aiUse"] == after["aiUse"] == "reserved"
    assert before["signals"] == [
        {
            "source": "robots.txt",
            "name": "Content-Signal",
            "value": "search=yes, ai-train=no",
            "agents": ["*"],
        },
        {"source": "robots.txt", "name": "comment", "value": "No text and data mining."},
    ]
    assert after["signals"] == [
        {"source": "robots.txt", "name": "Disallow", "value": "CCBot, GPTBot"},
        {"source": "header", "name": "Content-Usage", "value": "train-ai=n"},
    ]


@pytest.mark.slow
def test_the_robots_txt_that_a_sidecar_cites_is_the_one_that_its_own_run_read(three_runs: Path) -> None:
    answers = [item for item in records(three_runs) if item.url.endswith("/robots.txt") and item.status]
    assert [item.type for item in answers] == ["response", "response", "revisit"]
    cited = usage(sidecars(three_runs)[URLS[2]])["robots"]
    assert isinstance(cited, dict)
    assert f"<{cited['warcRecordId']}>" == answers[2].fields["WARC-Record-ID"]
    robots = run_record(three_runs)["robots"]
    assert isinstance(robots, dict)
    (told,) = robots.values()
    assert (told["warcRecordId"], told["usageInfo"]["aiUse"]) == (cited["warcRecordId"], "reserved")


@pytest.mark.slow
def test_reextract_gives_the_same_bytes_also_without_the_catalogue(three_runs: Path, tmp_path: Path) -> None:
    live = sidecar_bytes(three_runs)
    assert len(live) == 4
    said = kliping("reextract", "--dry-run", collection=three_runs)
    assert "4 same, 0 would be changed" in said.out, said.out + said.err
    copy = tmp_path / "c"
    shutil.copytree(three_runs, copy)
    (copy / "catalogue.sqlite").unlink()
    shutil.rmtree(copy / "articles")
    (copy / "articles").mkdir()
    assert kliping("reextract", collection=copy).code == 0
    assert sidecar_bytes(copy) == live
    portal = FaultyPortal(routes={"/robots.txt": text(SECOND)})
    crawl(copy, portal, URLS[3:4], *QUICK)  # the catalogue made again finds it as well
    assert usage(sidecars(copy)[URLS[3]])["aiUse"] == "reserved"
    assert "5 same, 0 would be changed" in kliping("reextract", "--dry-run", collection=copy).out


@pytest.mark.slow
def test_verify_follows_the_pointer_to_robots_txt(three_runs: Path, tmp_path: Path) -> None:
    assert kliping("verify", collection=three_runs).code == 0
    copy = tmp_path / "c"
    shutil.copytree(three_runs, copy)
    path, content = next(iter(sidecar_bytes(copy).items()))
    record = json.loads(content)
    record["usageInfo"]["robots"]["warcOffset"] += 1
    (copy / path).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    said = kliping("verify", collection=copy)
    assert said.code == 7
    assert "robots.txt: " in said.out
    assert "no response record there" in said.out


@pytest.mark.slow
def test_a_portal_that_says_nothing_has_no_usage_info(tmp_path: Path) -> None:
    said, _ = crawl(tmp_path / "c", FaultyPortal(), URLS[:1], *QUICK)
    assert said.code == 0, said.out + said.err
    assert "usageInfo" not in sidecars(tmp_path / "c")[URLS[0]]
