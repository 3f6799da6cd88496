"""Pull the plug, press Ctrl-C, start twice: nothing is lost, nothing is doubled."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer
from tests.end_to_end.commands import (
    Ended,
    ended,
    kliping,
    sidecar_bytes,
    sidecars,
    start,
    without_provenance,
)
from tests.support.hostile import head, raw
from tests.support.portal import FaultRule, FaultyPortal, serving, slow

Demo = tuple[Path, Ended]


ONE = next(article for article in Newsroom().articles() if len(article.pages) == 1)


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not true():
        assert time.monotonic() < deadline, "the crawl does not get on"
        time.sleep(0.02)


def wait_for_articles(collection: Path, count: int) -> None:
    """Until the crawl has kept that many articles."""
    _wait_until(lambda: sum(1 for _ in (collection / "articles").rglob("*.json")) >= count)


def _same_articles(one: Path, other: Path) -> bool:
    first, second = sidecars(one), sidecars(other)
    return {url: without_provenance(item) for url, item in first.items()} == {
        url: without_provenance(item) for url, item in second.items()
    }


@pytest.mark.parametrize("articles", [1, 20, 45])
@pytest.mark.slow
def test_a_second_start_after_sigkill_gives_the_same_articles(
    demo: Demo, tmp_path: Path, articles: int
) -> None:
    collection = tmp_path / "collection"
    crawl = start("crawl", "demo", collection=collection)
    wait_for_articles(collection, articles)
    crawl.kill()
    crawl.communicate()
    assert len(sidecar_bytes(collection)) < 60
    again = kliping("crawl", "demo", collection=collection)
    assert again.code == 0, again.err
    assert _same_articles(collection, demo[0])
    assert len(sidecar_bytes(collection)) == len(sidecar_bytes(demo[0]))
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_reextract_after_sigkill_and_restart_gives_the_same_bytes(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    for articles in (5, 30):
        crawl = start("crawl", "demo", collection=collection)
        wait_for_articles(collection, articles)
        crawl.kill()
        crawl.communicate()
    kliping("crawl", "demo", collection=collection)
    said = kliping("reextract", collection=collection)
    assert "60 same, 0 changed, 0 new" in said.out, said.out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.slow
def test_an_interrupted_crawl_keeps_what_it_has_and_can_go_on(
    demo: Demo, tmp_path: Path, how: signal.Signals
) -> None:
    collection = tmp_path / "collection"
    crawl = start("crawl", "demo", collection=collection)
    wait_for_articles(collection, 10)
    crawl.send_signal(how)
    said = ended(crawl)
    assert said.code == 130, said.err
    assert "run the same command again" in said.out
    assert kliping("verify", collection=collection).code == 0
    assert kliping("crawl", "demo", collection=collection).code == 0
    assert _same_articles(collection, demo[0])


def _interrupted_at(portal: FaultyPortal, tmp_path: Path) -> tuple[Ended, float]:
    """A crawl that gets SIGTERM while it asks for its one article; the seconds until it has ended."""
    with serving(portal) as running:
        words = ("-a", f"url={ONE.url}", "-s", f"KLIPING_DEMO_ROUTE={running.url}")
        crawl = start("crawl", "demo", *words, collection=tmp_path / "collection")
        _wait_until(lambda: any(ONE.path in request.path for request in running.log))
        time.sleep(0.3)  # until the answer has begun to come
        crawl.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        return ended(crawl), time.monotonic() - begun


@pytest.mark.slow
def test_a_crawl_that_is_told_to_stop_does_not_wait_for_a_host_that_rests(tmp_path: Path) -> None:
    resting = Answer(status=503, headers=(("Retry-After", "90"),))
    rule = FaultRule(name="resting", slug=ONE.path, spoil=lambda *_: resting)
    said, seconds = _interrupted_at(FaultyPortal(rules=[rule]), tmp_path)

    assert said.code == 130, said.err
    assert seconds < 60
    assert "still to do" in said.out


@pytest.mark.slow
def test_a_robots_txt_that_stalls_is_asked_for_once_before_the_host_rests_and_not_at_all_at_the_end(
    tmp_path: Path,
) -> None:
    """Another try at once would wait for the same silence, also in a run that was told to stop."""
    stalling = raw(head("Content-Length: 99", html=False) + b"User-agent: *\n", b"", pause=4)
    with serving(FaultyPortal(routes={"/robots.txt": stalling})) as running:
        patience = ("-sDOWNLOAD_TIMEOUT=1", "-sKLIPING_FIRST_REST=100", "-sKLIPING_PACE=0.1")
        words = ("-a", f"url={ONE.url}", "-s", f"KLIPING_DEMO_ROUTE={running.url}", *patience)
        crawl = start("crawl", "demo", *words, collection=tmp_path / "collection")
        log = tmp_path / "collection" / "logs" / "run-1.log"
        _wait_until(lambda: log.exists() and "robots.txt cannot be read" in log.read_text("utf-8"))
        asked = len(running.log)
        crawl.send_signal(signal.SIGTERM)
        said = ended(crawl)

    assert asked == len(running.log) == 1
    assert said.code == 130, said.err
    assert "still to do" in said.out


@pytest.mark.slow
def test_what_is_under_way_when_a_crawl_is_told_to_stop_is_kept(tmp_path: Path) -> None:
    said, _ = _interrupted_at(FaultyPortal(rules=[slow(ONE.path, seconds=1.5)]), tmp_path)

    assert said.code == 130, said.err
    assert list(sidecars(tmp_path / "collection")) == [ONE.url]


@pytest.mark.slow
def test_a_second_run_on_a_busy_collection_is_refused(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    crawl = start("crawl", "demo", "-s", "KLIPING_PACE=1", collection=collection)
    try:
        wait_for_articles(collection, 1)
        second = kliping("crawl", "demo", collection=collection)
        assert second.code == 6
        assert f"process {crawl.pid}" in second.err
    finally:
        crawl.kill()
        crawl.communicate()


@pytest.mark.slow
def test_nothing_of_a_killed_crawl_lives_on(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    crawl = start("crawl", "demo", collection=collection)
    wait_for_articles(collection, 1)
    session = _descendants(crawl.pid)
    assert session
    crawl.kill()
    crawl.communicate()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in session) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in session if Path(f"/proc/{pid}").exists()]


def _descendants(pid: int) -> list[int]:
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return children + [below for child in children for below in _descendants(child)]
