"""What a crawl leaves in its WARC files: cut bodies with their reason, revisits, sidecars, the run itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.story import DemoArticle
from tests.end_to_end.commands import kliping, records, sidecar_bytes, sidecars
from tests.support import portal as faults
from tests.support.portal import FaultRule, FaultyPortal, Running, serving


def an_article(pages: int) -> DemoArticle:
    return next(article for article in Newsroom().articles() if article.page_count == pages)


def crawl(collection: Path, running: Running, *words: str) -> str:
    route = (
        "-s",
        f"KLIPING_DEMO_ROUTE={running.url}",
        "-s",
        "KLIPING_PACE=0",
        "-s",
        "KLIPING_NETWORK_PACE=0",
    )
    return kliping("crawl", "demo", *words, *route, collection=collection).out


@pytest.mark.parametrize(
    ("rules", "limit", "reason", "said"),
    [
        (
            [faults.dripping("", pieces=9, pause=0.05)],
            "DOWNLOAD_MAXSIZE=4096",
            "length",
            "failed: larger than the size limit",
        ),
        pytest.param(
            [faults.dripping("", pieces=40, pause=0.25)], "DOWNLOAD_TIMEOUT=2", "time", "failed: timeout"
        ),
        ([faults.slow("", seconds=5)], "DOWNLOAD_TIMEOUT=1", "time", "failed: timeout"),
        pytest.param([faults.reset("")], "DOWNLOAD_TIMEOUT=30", "disconnect", "failed: body was cut"),
    ],
    ids=["too large", "too slow", "silent", "cut off"],
)
@pytest.mark.slow
def test_a_body_that_was_cut_is_kept_with_the_reason(
    tmp_path: Path, rules: list[FaultRule], limit: str, reason: str, said: str
) -> None:
    collection, article = tmp_path / "collection", an_article(1)
    slug = article.url.rsplit("/", 1)[1]
    with serving(FaultyPortal(rules=[replace(rule, slug=slug) for rule in rules])) as running:
        told = crawl(collection, running, "-a", f"url={article.url}", "-s", limit, "-s", "RETRY_TIMES=0")

    assert said in told
    (cut,) = [found for found in records(collection) if found.type == "response" and found.url == article.url]
    assert cut.fields["WARC-Truncated"] == reason
    assert cut.body
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_a_page_that_did_not_change_costs_a_request_and_a_revisit(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", an_article(3)
    with serving(FaultyPortal()) as running:
        words = ("-a", f"url={article.url}", "-a", "recheck=all")
        crawl(collection, running, *words)
        before, asked = sidecar_bytes(collection), len(running.log)
        crawl(collection, running, *words)
        again = running.log[asked:]

    conditional = [request for request in again if request.path != "/robots.txt"]
    assert len(conditional) == 3
    assert all("If-None-Match" in dict(request.headers) for request in conditional)
    assert sidecar_bytes(collection) == before
    revisits = [
        found
        for found in records(collection)
        if found.type == "revisit" and found.fields["WARC-Profile"].endswith("/server-not-modified")
    ]
    assert {found.url for found in revisits} == {request.url for request in conditional}
    for found in revisits:
        assert (found.status, found.body) == ("200", b"")
        assert found.fields["WARC-Refers-To-Target-URI"] == found.url
    assert kliping("verify", collection=collection).code == 0
    assert "1 same, 0 would be changed" in kliping("reextract", "--dry-run", collection=collection).out


def test_every_sidecar_and_the_run_itself_stand_in_the_warc_files(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", an_article(3)
    with serving(FaultyPortal()) as running:
        crawl(collection, running, "-a", f"url={article.url}")
    found = records(collection)

    (sidecar,) = [item for item in found if item.url == f"urn:kliping:article:{article.url}"]
    assert [sidecar.body] == list(sidecar_bytes(collection).values())
    (page_1,) = [item for item in found if item.type == "response" and item.url == article.url]
    assert sidecar.fields["WARC-Refers-To"] == page_1.fields["WARC-Record-ID"]
    (run,) = [item for item in found if item.url.startswith("urn:kliping:run:")]
    said = json.loads(run.body)
    assert (said["portal"], said["figures"]["articles"]) == ("demo", 1)
    (robots,) = [item for item in found if item.type == "response" and item.url.endswith("/robots.txt")]
    (policy,) = said["robots"].values()
    assert f"<{policy['warcRecordId']}>" == robots.fields["WARC-Record-ID"]


def test_each_answer_says_what_its_bytes_are(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", an_article(1)
    with serving(FaultyPortal()) as running:
        crawl(collection, running, "-a", f"url={article.url}", "-a", "requisites=none")

    kinds = {
        found.url: found.fields.get("WARC-Identified-Payload-Type")
        for found in records(collection)
        if found.type == "response"
    }
    assert kinds == {
        article.url: "text/html",
        article.url.split("/", 3)[0] + "//" + article.url.split("/")[2] + "/robots.txt": "text/plain",
    }


# --- pictures and style sheets ----------------------------------------------------------------------


def kept_beside(collection: Path, article: DemoArticle) -> dict[str, str]:
    """Address and page of every answer that the WARC files call embedded in a page."""
    found = records(collection)
    answers = {item.fields["WARC-Record-ID"]: item for item in found if item.type in {"response", "revisit"}}
    beside = {}
    for item in found:
        if item.type == "metadata" and b"hopsFromSeed: E" in item.body:
            answer = answers[item.fields["WARC-Concurrent-To"]]
            via = item.body.decode().partition("via: ")[2].splitlines()[0]
            beside[answer.url] = via
    assert article.url
    return beside


def with_photo() -> DemoArticle:
    return next(item for item in Newsroom().articles() if item.page_count > 1 and item.photos)


@pytest.mark.slow
def test_the_first_photo_of_an_article_is_kept_with_the_page_that_shows_it(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", with_photo()
    with serving(FaultyPortal()) as running:
        told = crawl(collection, running, "-a", f"url={article.url}")
    (record,) = sidecars(collection).values()
    photo = record["image"][0]["contentUrl"]  # type: ignore[index]

    assert kept_beside(collection, article) == {photo: article.url}
    assert re.search(r"pictures and style sheets +1\n", told)
    (answer,) = [item for item in records(collection) if item.url == photo and item.type == "response"]
    assert (answer.status, answer.fields["WARC-Identified-Payload-Type"]) == ("200", "image/png")
    assert kliping("verify", collection=collection).code == 0
    assert "1 same, 0 would be changed" in kliping("reextract", "--dry-run", collection=collection).out


@pytest.mark.slow
def test_nothing_beside_the_article_is_fetched_when_nobody_wants_it(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", with_photo()
    with serving(FaultyPortal()) as running:
        crawl(collection, running, "-a", f"url={article.url}", "-a", "requisites=none")

    assert kept_beside(collection, article) == {}


@pytest.mark.slow
def test_a_page_is_kept_with_its_style_sheets_and_pictures_where_asked_for(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", with_photo()
    with serving(FaultyPortal()) as running:
        crawl(collection, running, "-a", f"url={article.url}", "-a", "requisites=page")

    beside = kept_beside(collection, article)
    assert set(beside.values()) == {article.url}
    assert any(".css" in url for url in beside)
    assert len(beside) > 2


@pytest.mark.slow
def test_a_photo_that_cannot_be_had_is_named_and_is_no_gap(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", with_photo()
    photo = faults.failing(".png", status=500)
    with serving(FaultyPortal(rules=[photo])) as running:
        route = ("-s", f"KLIPING_DEMO_ROUTE={running.url}", "-s", "RETRY_TIMES=0")
        said = kliping("crawl", "demo", "-a", f"url={article.url}", *route, collection=collection)

    assert "not had: http 500" in said.out
    assert said.code == 0


INNER = ("127.0.0.1", "169.254.169.254", "[::1]", "10.1.2.3", "metadata.internal", "localhost", "intern")


@pytest.mark.slow
def test_a_page_cannot_send_the_crawl_into_the_operators_own_network(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", with_photo()
    pictures = "".join(f'<img src="http://{host}/secret.png">' for host in INNER).encode()
    edit = FaultRule(
        name="inner pictures",
        slug=article.url.rsplit("/", 1)[1],
        spoil=lambda _portal, _request, answer: replace(
            answer, body=answer.body.replace(b"</body>", pictures + b"</body>")
        ),
    )
    with serving(FaultyPortal(rules=[edit])) as running:
        told = crawl(collection, running, "-a", f"url={article.url}", "-a", "requisites=page")
        hosts = {request.host for request in running.log}

    assert not hosts & {host.strip("[]") for host in INNER}
    assert re.search(rf"not had: private address +{len(INNER)}\n", told), told
