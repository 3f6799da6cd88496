"""What portals, networks and disks do to a crawl: each fault counted by its name, the rest kept."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer
from crawler.demo.story import DemoArticle
from tests.end_to_end.commands import Ended, environment, kliping, sidecars
from tests.support import portal as faults
from tests.support.portal import FaultRule, FaultyPortal, serving
from tests.support.proxy import proxy

CONTACT = ("-s", "KLIPING_CONTACT=arsip@example.org", "-s", "KLIPING_PACE=0", "-s", "KLIPING_NETWORK_PACE=0")
IMPATIENT = ("-s", "KLIPING_FIRST_REST=0.1", "-s", "KLIPING_MAX_REST=0.1")
"""A host whose robots.txt cannot be read rests and is asked once more; no longer than a test can wait."""


def _article(pages: int, skip: int = 0) -> DemoArticle:
    """An article of the newsroom with that many pages."""
    found = [article for article in Newsroom().articles() if len(article.pages) == pages]
    return found[skip]


def _slug(article: DemoArticle) -> str:
    return article.url.rsplit("/", 1)[1]


def _crawl(collection: Path, rules: Sequence[FaultRule], *urls: str) -> Ended:
    """Crawl single articles of a demo portal with faults."""
    listed = collection.parent / "urls.txt"
    listed.write_text("\n".join(urls), "utf-8")
    with serving(FaultyPortal(rules=rules)) as running:
        return kliping(
            "crawl",
            "demo",
            "-a",
            f"urls_file={listed}",
            "-s",
            f"KLIPING_DEMO_ROUTE={running.url}",
            "-s",
            "RETRY_TIMES=1",
            collection=collection,
        )


def _pagination(collection: Path, article: DemoArticle) -> object:
    return sidecars(collection)[article.url]["pagination"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (lambda slug: faults.failing(slug, status=404), "skipped: http 404"),
        pytest.param(faults.gone, "skipped: http 410"),
        pytest.param(faults.soft_404, "skipped: soft 404"),
        pytest.param(faults.pdf, "skipped: not-html"),
        pytest.param(lambda slug: faults.failing(slug, status=500), "failed: http 500"),
        pytest.param(faults.redirect_loop, "failed: too many redirects"),
        pytest.param(
            lambda slug: faults.redirect_to(slug, "http://elsewhere.localhost/x"),
            "skipped: redirects to another host",
        ),
        pytest.param(faults.huge_body, "failed: larger than the size limit"),
        pytest.param(faults.reset, "failed: body was cut"),
        pytest.param(faults.corrupt_gzip, "failed: body was cut"),
    ],
    ids=[
        "404",
        "410",
        "soft 404",
        "pdf",
        "500",
        "redirect loop",
        "foreign redirect",
        "huge",
        "reset",
        "corrupt",
    ],
)
@pytest.mark.slow
def test_an_article_that_cannot_be_had_is_counted_by_its_reason(
    tmp_path: Path, rule: object, reason: str
) -> None:
    collection = tmp_path / "collection"
    bad, good = _article(2), _article(3)
    said = _crawl(collection, [rule(_slug(bad))], bad.url, good.url)  # type: ignore[operator]
    assert reason in said.out, said.out + said.err
    assert said.code == (3 if reason.startswith("failed") else 0)
    assert list(sidecars(collection)) == [good.url]
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.parametrize(
    "rule",
    [
        lambda slug: faults.lying_pager(slug, page=2),
        pytest.param(lambda slug: faults.duplicate_page(slug, page=2, of=3)),
        lambda slug: faults.doubled_body(slug, page=2, of=1),
        pytest.param(lambda slug: faults.failing(slug, status=404, page=2)),
        pytest.param(lambda slug: faults.failing(slug, status=500, page=2)),
        pytest.param(lambda slug: faults.reset(slug, page=2)),
    ],
    ids=["lying pager", "page 3 instead", "page 1 again", "404", "500", "reset"],
)
@pytest.mark.slow
def test_a_page_that_cannot_be_had_is_written_down_as_missing(tmp_path: Path, rule: object) -> None:
    collection = tmp_path / "collection"
    article = _article(4)
    said = _crawl(collection, [rule(_slug(article))], article.url)  # type: ignore[operator]
    assert said.code == 3, said.out + said.err
    assert _pagination(collection, article) == {"pageCount": 4, "pagesMissing": [2]}
    parts = sidecars(collection)[article.url]["hasPart"]
    assert isinstance(parts, list)
    assert {part["page"] for part in parts} == {1, 3, 4}


@pytest.mark.slow
def test_a_missing_page_is_filled_in_by_a_later_run(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    article = _article(4)
    _crawl(collection, [faults.failing(_slug(article), status=500, page=2)], article.url)
    assert _pagination(collection, article) == {"pageCount": 4, "pagesMissing": [2]}
    with serving(FaultyPortal()) as running:
        said = kliping(
            "crawl",
            "demo",
            "-a",
            "hosts=" + article.site.host,
            "-a",
            "since=2019-01-01",
            "-a",
            "until=2019-01-01",
            "-s",
            f"KLIPING_DEMO_ROUTE={running.url}",
            collection=collection,
        )
    assert said.code == 0, said.out + said.err
    record = sidecars(collection)[article.url]
    assert record["pagination"] == {"pageCount": 4, "pagesMissing": []}
    assert record["version"] == {"number": 1, "changedFields": []}


@pytest.mark.slow
def test_a_whole_page_under_a_wrong_length_is_kept_with_a_warning(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    article = _article(1)
    said = _crawl(collection, [faults.content_length_too_long(_slug(article))], article.url)
    kept = sidecars(collection).get(article.url)
    assert kept is not None, said.out + said.err
    extraction = kept["extraction"]
    assert isinstance(extraction, dict)
    assert any("cut" in text for text in extraction["warnings"])
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_a_body_that_is_plain_although_it_says_gzip_is_read(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    article = _article(1)
    _crawl(collection, [faults.plain_as_gzip(_slug(article))], article.url)
    assert list(sidecars(collection)) == [article.url]


@pytest.mark.slow
def test_an_error_that_passes_is_overcome(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    article = _article(2)
    said = _crawl(collection, [faults.failing(_slug(article), status=503, times=1)], article.url)
    assert said.code == 0, said.out
    assert _pagination(collection, article) == {"pageCount": 2, "pagesMissing": []}


@pytest.mark.parametrize(
    ("status", "told"), [(500, "its robots.txt cannot be read (http 500)"), (503, "it wants to rest")]
)
@pytest.mark.slow
def test_nothing_is_fetched_where_robots_txt_cannot_be_read(tmp_path: Path, status: int, told: str) -> None:
    article = _article(1)
    with serving(FaultyPortal(routes={"/robots.txt": Answer(status=status)})) as running:
        said = kliping(
            "crawl",
            "demo",
            "-a",
            f"url={article.url}",
            "-s",
            f"KLIPING_DEMO_ROUTE={running.url}",
            "-s",
            "KLIPING_FIRST_REST=0.01",
            "-s",
            "KLIPING_MAX_REST=0.01",
            collection=tmp_path / "c",
        )
    assert said.code == 4, said.out + said.err
    assert f"left alone for this run: {told}" in said.err
    assert "still to do" in said.out
    assert {request.path for request in running.log} == {"/robots.txt"}


def test_what_robots_txt_forbids_is_left_alone(tmp_path: Path) -> None:
    article = _article(1)
    rules = Answer(body=b"User-agent: Kliping\nDisallow: /", content_type="text/plain")
    with serving(FaultyPortal(routes={"/robots.txt": rules})) as running:
        said = kliping(
            "crawl",
            "demo",
            "-a",
            f"url={article.url}",
            "-s",
            f"KLIPING_DEMO_ROUTE={running.url}",
            collection=tmp_path / "c",
        )
    assert said.code == 0, said.out + said.err
    assert "skipped: robots.txt" in said.out
    assert {request.path for request in running.log} == {"/robots.txt"}


@pytest.mark.slow
def test_an_empty_day_is_no_gap(tmp_path: Path) -> None:
    said = kliping(
        "crawl", "demo", "-a", "since=2021-03-03", "-a", "until=2021-03-03", collection=tmp_path / "c"
    )
    assert said.code == 0, said.out + said.err
    assert "lists read" in said.out
    assert sidecars(tmp_path / "c") == {}


@pytest.mark.slow
def test_a_host_that_does_not_answer_is_a_named_gap(tmp_path: Path) -> None:
    with proxy({"https://medan.tribunnews.com/x": "x"}) as internet:
        said = kliping(
            "crawl",
            "serambi",
            "-a",
            "hosts=aceh",
            "-a",
            "since=2022-07-21",
            "-a",
            "until=2022-07-21",
            *CONTACT,
            "-s",
            "RETRY_TIMES=0",
            *IMPATIENT,
            collection=tmp_path / "c",
            env=internet.environment,
        )
    assert said.code == 4, said.out + said.err
    assert "left alone: aceh.tribunnews.com: its robots.txt cannot be read (no answer" in said.out


@pytest.mark.slow
def test_a_host_with_nobody_behind_it_is_a_named_gap(tmp_path: Path) -> None:
    said = kliping(
        "crawl",
        "demo",
        "-a",
        "since=2021-03-03",
        "-a",
        "until=2021-03-03",
        "-s",
        "KLIPING_DEMO_ROUTE=http://127.0.0.1:9",
        "-s",
        "RETRY_TIMES=0",
        *IMPATIENT,
        collection=tmp_path / "c",
    )
    assert said.code == 4, said.out + said.err
    assert said.out.count("its robots.txt cannot be read (connection refused)") == 2
    assert "over and not closed  2" in said.out


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    host = "aceh.tribunnews.com"
    pages = {f"https://{host}/index-news?date=2022-7-21": Answer(body=b"<html></html>")}
    with proxy(pages, untrusted=[host]) as internet:
        said = kliping(
            "crawl",
            "serambi",
            "-a",
            "hosts=aceh",
            "-a",
            "since=2022-07-21",
            "-a",
            "until=2022-07-21",
            *CONTACT,
            "-s",
            "RETRY_TIMES=0",
            *IMPATIENT,
            collection=tmp_path / "c",
            env=internet.environment,
        )
    assert said.code == 4, said.out + said.err
    assert "left alone: aceh.tribunnews.com: its robots.txt cannot be read (tls failure)" in said.out
    assert not [request for request in internet.log if "index-news" in request.url]


def test_a_collection_folder_that_cannot_be_made_ends_with_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "crawl",
        "demo",
        "--collection",
        str(tmp_path / "file" / "c"),
    ]
    said = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(), timeout=300
    )
    assert said.returncode == 5
    assert "--collection" in said.stderr


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"x")
    said = kliping("crawl", "demo", collection=folder)
    assert said.code == 2
    assert "not a collection" in said.err
    assert [path.name for path in folder.iterdir()] == ["holiday.jpg"]


@pytest.mark.slow
def test_a_full_disk_stops_the_crawl_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """The limit on the size of a file stands for the disk: writing beyond it fails like ENOSPC does."""
    collection = tmp_path / "collection"
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "crawl",
        "demo",
        "--collection",
        str(collection),
        "-L",
        "WARNING",
    ]
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(),
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000)),
    )
    assert said.returncode == 5, said.stdout + said.stderr
    assert "run the same command again" in said.stderr or "run again" in said.stderr
    again = kliping("crawl", "demo", collection=collection)
    assert again.code == 0, again.err
    assert len(sidecars(collection)) == 60
    assert kliping("verify", collection=collection).code == 0
