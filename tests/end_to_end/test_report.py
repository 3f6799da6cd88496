"""A crawl leaves a report, a portal that drops a field raises an alarm, commands are quiet when asked."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from archives.collection import Collection
from crawler.demo.portal import Answer, DemoPortal, Request
from reading_room.app import make_app
from tests.end_to_end.commands import ROOT, Ended, environment, kliping, start
from tests.support.portal import Running, serving_with

pytestmark = pytest.mark.slow

HOST = "pesisir.kabarnusa.localhost"
CREDIT = b'<div class="f11 white pa3 fr pos_rel ar"'


@dataclass(slots=True)
class Dropping:
    """The demo portal, which on one host stops printing who took a photo when it is told to."""

    portal: DemoPortal
    drops: bool = False

    def respond(self, request: Request) -> Answer:
        answer = self.portal.answer(request)
        if not (self.drops and request.host == HOST and answer.body.startswith(b"<!")):
            return answer
        head, *rest = answer.body.split(CREDIT)
        body = head + b"".join(part.partition(b"</div>")[2] for part in rest)
        return replace(answer, body=re.sub(rb" \([^()<]*\)</figcaption>", b"</figcaption>", body))


@contextmanager
def dropping(articles: int) -> Iterator[tuple[Dropping, Running]]:
    found = Dropping(DemoPortal(articles=articles))
    with serving_with(found.respond) as running:
        yield found, running


def crawl(collection: Path, running: Running, *words: str, articles: int) -> Ended:
    route = ("-s", f"KLIPING_DEMO_ROUTE={running.url}", "-s", f"KLIPING_DEMO_ARTICLES={articles}")
    return kliping("crawl", "demo", *route, "-a", "requisites=none", *words, collection=collection)


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five crawls of some articles each; before the last one the photo credits are dropped on one host."""
    collection = tmp_path_factory.mktemp("dropped") / "collection"
    articles = 540
    with dropping(articles) as (portal, running):
        cards = [card for card in portal.portal.newsroom.cards if card.kind == "article" and card.era == 2024]
        urls = [card.url for card in cards if card.site.host == HOST]
        others = [card.url for card in cards if card.site.host != HOST]
        assert len(urls) >= 80
        for number in range(5):
            portal.drops = number == 4
            listed = collection.parent / "urls.txt"
            listed.write_text("\n".join([*urls[number::5], *others[number * 3 : number * 3 + 3]]))
            said = crawl(collection, running, "-a", f"urls_file={listed}", articles=articles)
            assert said.code == 0, said.out + said.err
    return collection


def test_a_portal_that_drops_the_photo_credit_on_one_host_raises_the_alarm(dropped: Path) -> None:
    said = kliping("report", "--json", collection=dropped)
    told = json.loads(said.out)

    assert said.code == 3
    assert [(alarm["host"], alarm["field"]) for alarm in told["alarms"]] == [(HOST, "credit")]
    alarm = told["alarms"][0]
    assert alarm["before"] > 0.8
    assert alarm["after"] < 0.2
    assert alarm["message"].startswith("Photo credit: ")
    assert " on pesisir since " in alarm["message"]


def test_each_crawl_leaves_a_report_and_the_last_one_says_what_was_lost(dropped: Path) -> None:
    reports = sorted(path.name for path in (dropped / "reports").glob("run-*.html"))
    assert reports == [f"run-{number}.html" for number in range(1, 6)]
    last, before = (dropped / "reports" / f"run-{number}.html" for number in (5, 4))
    assert "Photo credit: " in last.read_text("utf-8")
    assert "Photo credit: " not in before.read_text("utf-8")


def test_the_figures_of_a_run_tell_how_each_host_was_treated(dropped: Path) -> None:
    client = make_app(Collection(dropped)).test_client()
    hosts = client.get("/runs/5?format=json").get_json()["figures"]["hosts"]

    assert hosts[HOST]["requests"] > 15
    assert hosts[HOST]["gap"] == 0
    assert client.get("/runs/5/report").status_code == 200


def test_a_crawl_in_another_process_is_seen_while_it_runs_and_when_it_was_killed(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    process = start("crawl", "demo", "-s", "KLIPING_PACE=0.2", collection=collection)
    try:
        client = make_app(Collection(collection)).test_client()
        seen = waited_for(lambda: progress(collection, client), lambda live: live["answers"] > 5)
        assert seen["process"] == process.pid
        later = waited_for(
            lambda: progress(collection, client), lambda live: live["answers"] > seen["answers"]
        )
        assert later["known"] >= later["done"] > 0
        assert client.get("/runs").headers["Refresh"] == "5"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    said = client.get("/runs?format=json").get_json()
    assert said["running"] is None
    assert said["runs"][0]["state"] == "interrupted"


def progress(collection: Path, client: object) -> dict[str, int] | None:
    if not (collection / "catalogue.sqlite").exists():
        return None
    answer = client.get("/runs?format=json")  # type: ignore[attr-defined]
    found: dict[str, int] | None = answer.get_json()["running"] if answer.status_code == 200 else None
    return found


def waited_for(look: object, enough: object) -> dict[str, int]:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        found = look()  # type: ignore[operator]
        if found is not None and enough(found):  # type: ignore[operator]
            return dict(found)
        time.sleep(0.2)
    raise AssertionError("it was not seen within a minute")


def test_a_crawl_that_is_stopped_leaves_a_report_and_does_not_wait_for_it(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    process = start("crawl", "demo", "-s", "KLIPING_PACE=0.2", collection=collection)
    waited_for(
        lambda: {"there": 1} if list((collection / "archive").glob("*.open")) else None, lambda _found: True
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)

    assert process.returncode == 130
    assert "was interrupted" in (collection / "reports" / "run-1.html").read_text("utf-8")


def test_a_report_that_cannot_be_written_fails_no_crawl(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    with dropping(12) as (_, running):
        assert crawl(collection, running, articles=12).code == 0
        (collection / "reports" / "run-2.html").mkdir()
        (collection / "indexes" / "fill-rates.sqlite").unlink()
        (collection / "indexes" / "fill-rates.sqlite").mkdir()
        said = crawl(collection, running, articles=12)
    assert said.code == 0
    assert "the report of this run is not written" in said.err


@pytest.mark.parametrize(
    "words", [["demo"], ["crawl", "demo"], ["status"], ["verify"], ["report"], ["index"]]
)
def test_a_command_is_silent_when_asked_to_and_all_went_well(quiet: Path, words: list[str]) -> None:
    said = kliping(*words, "--quiet", collection=quiet)
    assert (said.code, said.out, said.err) == (0, "", "")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    collection = tmp_path_factory.mktemp("quiet") / "collection"
    assert kliping("demo", "--quiet", "--json", collection=collection).code == 0
    return collection


def test_a_quiet_command_tells_on_stderr_what_is_wrong(quiet: Path, tmp_path: Path) -> None:
    said = kliping("status", "--quiet", collection=tmp_path / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert "no collection here" in said.err


def test_json_is_told_also_when_it_is_quiet(quiet: Path) -> None:
    for words in (["demo"], ["crawl", "demo"], ["status"], ["verify"], ["report"], ["portals"]):
        assert json.loads(kliping(*words, "--json", "--quiet", collection=quiet).out)


def test_a_reader_that_has_seen_enough_is_no_error(quiet: Path) -> None:
    command = f"{sys.executable} -m crawler.cli status --json --collection {quiet} | head -c 20"
    said = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in said.stderr
