"""Nobody watches: a run ends when it is told to, says nothing without need, and the next one goes on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archives.catalogue import Catalogue
from archives.reader import iterate
from archives.states import Kind, State
from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, Request
from tests.end_to_end.commands import Ended, kliping, sidecars, without_provenance
from tests.support.portal import FaultRule, FaultyPortal, Running, failing, serving

Demo = tuple[Path, Ended]
STOPPED = "stopped by --max-requests; the same command goes on"
NEWSROOM = Newsroom()
ARTICLES = [card.url for card in NEWSROOM.cards if card.kind == "article"]
MOVED = {path for _, path in NEWSROOM.moved} | {card.path for card in NEWSROOM.moved.values()}


def crawl(collection: Path, portal: Running, *words: str) -> Ended:
    return kliping("crawl", "demo", "-s", f"KLIPING_DEMO_ROUTE={portal.url}", *words, collection=collection)


def asked_twice(log: Iterable[Request]) -> list[str]:
    """Articles, pages and pictures that were asked for more than once.

    Lists and robots.txt are asked for by every run. An article that has moved is asked for under both of its
    addresses, also by a run that nothing disturbs.
    """
    paths = Counter(
        request.url
        for request in log
        if not any(part in request.path for part in ("robots.txt", "index-news", "sitemap", "rss", "indeks"))
        and request.path not in MOVED
    )
    return [url for url, count in paths.items() if count > 1]


def crawl_on(collection: Path, portal: Running, *words: str, most: int) -> list[Ended]:
    """The same command with a limit of `most` requests until it has nothing left to do."""
    runs: list[Ended] = []
    while not runs or (runs[-1].code == 3 and len(runs) < 8):
        before = len(portal.log)
        runs.append(crawl(collection, portal, *words, "--max-requests", str(most)))
        assert len(portal.log) - before <= most
        assert not list((collection / "archive").glob("*.open"))
    assert runs[-1].code == 0, runs[-1].out + runs[-1].err
    return runs


def same_articles(one: Path, other: Path) -> bool:
    first, second = sidecars(one), sidecars(other)
    return {url: without_provenance(item) for url, item in first.items()} == {
        url: without_provenance(item) for url, item in second.items()
    }


def run_record(collection: Path) -> dict[str, object]:
    """What the newest run says of itself in the WARC files."""
    blocks = (
        record.body
        for path in sorted((collection / "archive").iterdir())
        for record in iterate(path)
        if record.type == "metadata" and record.url.startswith("urn:kliping:run:")
    )
    *_, last = (json.loads(block) for block in blocks)
    assert isinstance(last, dict)
    return last


# --- limits -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_list_is_finished_by_runs_of_few_requests_and_nothing_is_asked_for_twice(tmp_path: Path) -> None:
    listed, collection = tmp_path / "daftar.csv", tmp_path / "collection"
    listed.write_text("judul;url\n" + "".join(f"x;{url}\n" for url in ARTICLES[:8]), "utf-8")
    with serving() as portal:
        *stopped, _ = crawl_on(collection, portal, "-a", f"urls_file={listed}", most=12)
    assert {(said.code, said.out.splitlines()[-1]) for said in stopped} == {(3, STOPPED)}
    assert asked_twice(portal.log) == []
    assert {record["url"] for record in sidecars(collection).values()} == set(ARTICLES[:8])
    verified = kliping("verify", collection=collection)
    assert verified.code == 0, verified.out


@pytest.mark.slow
def test_runs_that_end_at_their_limit_come_to_the_same_as_one_that_does_not(
    demo: Demo, tmp_path: Path
) -> None:
    collection = tmp_path / "collection"
    with serving() as portal:
        *stopped, _ = crawl_on(collection, portal, most=90)
    assert {(said.code, said.out.splitlines()[-1]) for said in stopped} == {(3, STOPPED)}
    assert same_articles(collection, demo[0])
    assert asked_twice(portal.log) == []
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_a_run_whose_time_is_over_finishes_what_is_under_way(demo: Demo, tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    with serving() as portal:
        said = crawl(collection, portal, "--max-runtime", "6s", "-s", "KLIPING_PACE=0.4")
        asked = len(portal.log)
        assert said.code == 3, said.out + said.err
        assert said.out.splitlines()[-1] == "stopped by --max-runtime; the same command goes on"
        assert run_record(collection)["stoppedBy"] == "--max-runtime"
        catalogue = Catalogue(collection / "catalogue.sqlite", read_only=True)
        assert catalogue.figures()["captures"] == asked, "nothing under way was lost"
        catalogue.close()
        assert crawl(collection, portal).code == 0
    assert same_articles(collection, demo[0])
    assert asked_twice(portal.log) == []


@pytest.mark.slow
def test_the_end_does_not_wait_for_a_host_that_rests(tmp_path: Path) -> None:
    """It asks for ten minutes; the article is left to do, and has not failed."""
    slug = ARTICLES[0].rpartition("/")[2]
    rest = Answer(status=503, headers=(("Retry-After", "590"),))
    rule = FaultRule(name="rest", slug=slug, spoil=lambda _portal, _request, _answer: rest, times=1)
    collection = tmp_path / "collection"
    with serving(FaultyPortal(rules=[rule])) as portal:
        words = ("-a", f"url={ARTICLES[0]}", "--max-runtime", "15s")
        said = crawl(collection, portal, *words)
        assert said.code == 3, said.out + said.err
        assert said.out.splitlines()[-1] == "stopped by --max-runtime; the same command goes on"
        catalogue = Catalogue(collection / "catalogue.sqlite", read_only=True)
        assert catalogue.states() == [(Kind.ARTICLE, State.TODO, None, 1)]
        catalogue.close()
    with serving() as portal:
        assert crawl(collection, portal, *words[:2]).code == 0


@pytest.mark.slow
def test_a_limit_that_is_not_reached_is_not_spoken_of(tmp_path: Path) -> None:
    words = ("-a", f"url={ARTICLES[0]}", "--max-requests", "500", "--max-runtime", "1d")
    said = kliping("crawl", "demo", *words, collection=tmp_path / "collection")
    assert said.code == 0
    assert "stopped by" not in said.out
    assert run_record(tmp_path / "collection")["stoppedBy"] is None


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (
            ("--max-requests", "0"),
            "--max-requests='0' is not possible; it takes a whole number of at least 1",
        ),
        (("--max-runtime", "2 weeks"), "--max-runtime='2 weeks' is no length of time"),
        (("-s", "KLIPING_MAX_REQUESTS=many"), "KLIPING_MAX_REQUESTS='many'"),
        (("--metrics", "/nowhere/k.prom"), "there is no folder /nowhere"),
    ],
)
def test_a_limit_that_is_none_is_refused_before_anything_is_made(
    tmp_path: Path, words: tuple[str, ...], hint: str
) -> None:
    said = kliping("crawl", "demo", *words, collection=tmp_path / "collection")
    assert said.code == 2
    assert hint in said.err
    assert not (tmp_path / "collection").exists()


# --- quiet, with figures ----------------------------------------------------------------------------


def figures(path: Path) -> dict[str, float]:
    return {
        sample.name + "".join(f" {sample.labels[name]}" for name in ("kind", "state", "reason") if name in sample.labels): sample.value  # noqa: E501
        for family in text_string_to_metric_families(path.read_text("utf-8"))
        for sample in family.samples
    }  # fmt: skip


@pytest.mark.slow
def test_a_quiet_run_speaks_only_when_something_is_wrong(tmp_path: Path) -> None:
    """And its figures and its log say it either way."""
    collection, prom = tmp_path / "collection", tmp_path / "k.prom"
    slug = ARTICLES[1].rpartition("/")[2]
    words = ("--quiet", "--metrics", str(prom))
    with serving(FaultyPortal(rules=[failing(slug, status=500)])) as portal:
        well = crawl(collection, portal, "-a", f"url={ARTICLES[0]}", *words)
        assert (well.code, well.out, well.err) == (0, "", "")
        first = figures(prom)
        assert first["kliping_run_exit_code"] == 0
        assert first["kliping_run_requests"] == len(portal.log)
        assert first["kliping_run_articles_new"] == 1
        assert first["kliping_run_urls article captured"] == 1

        wrong = crawl(collection, portal, "-a", f"url={ARTICLES[1]}", *words)
        assert (wrong.code, wrong.out) == (3, "")
        assert "failed: http 500" in wrong.err
        assert "(exit code 3)" in wrong.err
        assert "log: " in wrong.err
        second = figures(prom)
        assert second["kliping_run_failed http 500"] == 1
        assert second["kliping_run_exit_code"] == 3
    logs = {path.name for path in (collection / "logs").iterdir()}
    assert logs == {"run-1.log", "run-2.log"}
    assert "(exit code 3)" in (collection / "logs" / "run-2.log").read_text("utf-8")


@pytest.mark.slow
def test_a_quiet_run_says_nothing_of_pictures_that_are_not_to_be_had(tmp_path: Path) -> None:
    """They are no gap, and a mail about each of them would be read by nobody."""
    with serving(FaultyPortal(rules=[failing("/images/", status=500)])) as portal:
        well = crawl(
            tmp_path / "collection", portal, "-a", f"url={ARTICLES[0]}", "--quiet", "-sRETRY_TIMES=1"
        )
        assert [request for request in portal.log if "/images/" in request.path]
    assert (well.code, well.out, well.err) == (0, "", "")


@pytest.mark.slow
def test_a_run_that_cannot_begin_leaves_figures_too(tmp_path: Path) -> None:
    prom, collection = tmp_path / "k.prom", tmp_path / "collection"
    collection.mkdir()
    (collection / "catatan.txt").write_text("bukan koleksi")
    said = kliping("crawl", "demo", "--quiet", "--metrics", str(prom), collection=collection)
    assert (said.code, said.out) == (2, "")
    assert "is not empty and not a collection" in said.err
    assert figures(prom)["kliping_run_exit_code"] == 2
    assert "kliping_last_success_timestamp_seconds" not in figures(prom)


# --- lists ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_list_says_at_the_end_what_was_not_to_be_had(tmp_path: Path) -> None:
    gone = next(f"http://{ghost.host}{ghost.path}" for ghost in NEWSROOM.ghosts if ghost.status == 410)
    listed, collection = tmp_path / "daftar.jsonl", tmp_path / "collection"
    lines = [ARTICLES[0], gone, "bukan alamat", "https://koran.example/1", ARTICLES[0], ARTICLES[1]]
    listed.write_text("".join(json.dumps({"judul": "x", "url": url}) + "\n" for url in lines), "utf-8")
    known = kliping("crawl", "demo", "-a", f"url={ARTICLES[1]}", collection=collection)
    assert known.code == 0
    said = kliping("crawl", "demo", "-a", f"urls_file={listed}", collection=collection)
    assert said.code == 0, said.err
    told = [line.split() for line in said.out.splitlines()]
    assert ["articles", "asked", "for", "in", "daftar.jsonl", "3"] in told
    assert ["had", "2"] in told
    assert ["not", "had:", "http", "410", "1"] in told
    assert "1 named before (line 5: " in said.out
    assert "1 not a web address (line 3: 'bukan alamat')" in said.out
    report = collection / "reports" / "run-2-not-had.jsonl"
    assert f"not had, line by line: {report}" in said.out
    assert [
        (entry["line"], entry["state"], entry["reason"])
        for entry in map(json.loads, report.read_text("utf-8").splitlines())
    ] == [
        (2, "gone", "http 410"),
        (3, "unusable", "not a web address"),
        (4, "unusable", "on a site that is no portal"),
    ]
    assert kliping("verify", collection=collection).code == 0


def test_help_teaches_what_an_unattended_run_needs(tmp_path: Path) -> None:
    said = kliping("crawl", "--help", collection=tmp_path / "collection").out
    for word in ("--max-runtime", "--max-requests", "--quiet", "--metrics", "CSV", "JSONL", "not-had"):
        assert word in said
