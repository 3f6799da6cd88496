"""A range of days: crawled with faults, its gaps told and closed by the command shown, then left alone."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from tests.end_to_end.commands import Ended, ended, kliping, start
from tests.support.portal import FaultRule, FaultyPortal, Running, failing, serving

HOST = "pesisir.kabarnusa.localhost"
DAY = "2024-08-07"
CARDS = [card for card in Newsroom().on_host[HOST] if str(card.published.date()) == DAY]
ARTICLE = max((card for card in CARDS if card.kind == "article"), key=lambda card: card.published)
RANGE = ("-a", "hosts=pesisir", "-a", "since=2024-08-05", "-a", "until=2024-08-08")


def crawl(collection: Path, running: Running, *words: str) -> Ended:
    route = ("-s", f"KLIPING_DEMO_ROUTE={running.url}", "-s", "RETRY_TIMES=0")
    return kliping("crawl", "demo", *words, *route, "-a", "requisites=none", collection=collection)


def month(collection: Path) -> str:
    """The marks of the first eight days of August 2024."""
    told = json.loads(kliping("status", "--json", collection=collection).out)
    (host,) = told["coverage"]["hosts"]
    marks: str = host["months"]["2024-08"]
    return marks[:8]


def backfilled(tmp_path: Path, rules: Sequence[FaultRule]) -> Path:
    with serving(FaultyPortal(rules=rules)) as running:
        assert crawl(tmp_path / "c", running, *RANGE).code == 3
    return tmp_path / "c"


@pytest.mark.slow
def test_the_gaps_of_a_range_are_closed_by_the_command_that_status_shows_and_then_cost_nothing(
    tmp_path: Path,
) -> None:
    collection = backfilled(tmp_path, [failing(ARTICLE.path, status=500)])
    said = kliping("status", "--since", "2024-08-05", "--hosts", "pesisir", collection=collection)
    assert said.code == 3
    assert "  2024-08  ....ECPC.. .......... ..........." in said.out
    (command,) = (line.strip() for line in said.out.splitlines() if "kliping crawl" in line)
    words = shlex.split(command, comments=True)
    assert words[:3] == ["kliping", "crawl", "demo"]
    assert words[-2:] == ["--collection", str(collection)]
    with serving(FaultyPortal()) as running:
        assert crawl(collection, running, *words[3:-2]).code == 0
        assert {request.path for request in running.log} == {"/robots.txt", ARTICLE.path}
    with serving(FaultyPortal()) as running:
        again = crawl(collection, running, *RANGE)
        assert (again.code, running.log) == (0, [])
    assert month(collection) == "....ECCC"
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_an_index_that_fails_half_way_leaves_its_day_missing_and_the_others_closed(tmp_path: Path) -> None:
    collection = backfilled(tmp_path, [failing("/index-news", status=500, page=2)])
    assert month(collection) == "....ECMC"
    with serving(FaultyPortal()) as running:
        assert crawl(collection, running, *RANGE).code == 0
        assert len(running.asked("/index-news")) == 2
        assert not running.asked(ARTICLE.path)
    assert month(collection) == "....ECCC"


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_backfill_that_was_stopped_goes_on_also_with_other_dates(
    tmp_path: Path, how: signal.Signals
) -> None:
    collection = tmp_path / "c"
    with serving(FaultyPortal()) as running:
        route = ("-s", f"KLIPING_DEMO_ROUTE={running.url}", "-a", "requisites=none")
        stopped = start("crawl", "demo", *RANGE, *route, "-s", "KLIPING_PACE=0.2", collection=collection)
        while len(running.asked("/2")) < 3:
            assert stopped.poll() is None
        stopped.send_signal(how)
        ended(stopped)
        before = {request.url for request in running.asked(HOST) if "/index-news" not in request.url}
        articles = {str(path) for path in (collection / "articles").rglob("*.json")}
        running.log.clear()
        said = crawl(
            collection, running, "-a", "hosts=pesisir", "-a", "since=2024-08-06", "-a", "until=2024-08-09"
        )
        assert said.code == 0, said.out + said.err
        twice = before & {request.url for request in running.asked(HOST)} - {f"http://{HOST}/robots.txt"}
        assert len(twice) <= 2  # what was under way
    assert month(collection)[5:8] == "CCC"
    assert articles <= {str(path) for path in (collection / "articles").rglob("*.json")}
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_recheck_all_asks_for_closed_days_again(tmp_path: Path) -> None:
    collection = tmp_path / "c"
    with serving(FaultyPortal()) as running:
        assert crawl(collection, running, *RANGE).code == 0
        first = len(running.asked("/index-news"))
        assert crawl(collection, running, *RANGE, "-a", "recheck=all").code == 0
        assert len(running.asked("/index-news")) == 2 * first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "2024-13-01"), "--since 2024-13-01: is no day; write it as YYYY-MM-DD"),
        (("--since", "2024-08-02", "--until", "2024-08-01"), "lies after --until 2024-08-01; swap them"),
        (("--hosts", "pesisr"), "the collection has no days of a host 'pesisr'"),
        (("--hosts", ","), "--hosts: is empty"),
    ],
)
def test_wrong_limits_of_status_are_named(
    demo: tuple[Path, Ended], words: tuple[str, ...], said: str
) -> None:
    told = kliping("status", *words, collection=demo[0])
    assert (told.code, said in told.err) == (2, True), told.err
