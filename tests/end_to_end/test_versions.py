"""Articles that change between runs, while pages fail and plugs are pulled: versions, and the same again."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, DemoPortal, Request
from tests.end_to_end.commands import kliping, start
from tests.support import portal as faults
from tests.support.portal import FaultRule, FaultyPortal, serving

SEVERAL = [article for article in Newsroom().articles() if len(article.pages) > 1]


def edited(slug: str, mark: str, *, page: int | None = None) -> FaultRule:
    """The paragraphs of an article say something else."""

    def spoil(_portal: DemoPortal, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=re.sub(rb"<p>", b"<p>" + mark.encode() + b" ", answer.body, count=3))

    return FaultRule(name="edited", slug=slug, spoil=spoil, page=page)


def _slug(url: str) -> str:
    return url.rsplit("/", 1)[1]


def _versions(collection: Path, slug: str) -> list[dict[str, object]]:
    records = [json.loads(path.read_bytes()) for path in (collection / "articles").rglob(f"{slug}-*.json")]
    return sorted(records, key=lambda record: record["version"]["number"])


def test_an_edited_article_gets_a_second_version_with_all_its_pages(tmp_path: Path) -> None:
    collection, article = tmp_path / "collection", SEVERAL[0]
    slug = _slug(article.url)
    for rules in ([], [edited(slug, "Ralat:")]):
        with serving(FaultyPortal(rules=rules)) as running:
            said = kliping(
                "crawl", "demo", "-a", f"url={article.url}", "-a", "recheck=all",
                "-s", f"KLIPING_DEMO_ROUTE={running.url}", collection=collection,
            )  # fmt: skip
        assert said.code == 0, said.out + said.err
    first, second = _versions(collection, slug)
    assert second["version"] == {
        "number": 2,
        "previous": next(collection.rglob(f"{slug}-*[0-9a-f].json")).relative_to(collection).as_posix(),
        "changedFields": ["articleBody"],
    }
    assert second["pagination"] == first["pagination"]
    assert str(second["articleBody"]).count("Ralat:") >= len(article.pages)
    assert "Ralat:" not in str(first["articleBody"])
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True], ids=["undisturbed", "killed"])
def test_reextract_agrees_after_edits_failures_and_kills(tmp_path: Path, killed: bool) -> None:
    collection = tmp_path / "collection"
    for turn in range(3):
        failing = [faults.failing(_slug(item.url), status=500, page=2) for item in SEVERAL[turn::3]]
        rules = [*failing, edited("", f"K{turn}")] if turn else failing
        robots = Answer(body=f"User-agent: *\nContent-Signal: ai-train=no, turn={turn}".encode())
        with serving(FaultyPortal(rules=rules, routes={"/robots.txt": robots})) as running:
            words = (
                "crawl", "demo", "-a", "recheck=all", "-s", f"KLIPING_DEMO_ROUTE={running.url}",
                "-s", "RETRY_TIMES=0",
            )  # fmt: skip
            for lists in (5, 15) if killed and turn else ():
                crawl = start(*words, collection=collection)
                while len(running.asked("index-news")) < lists * turn and crawl.poll() is None:
                    time.sleep(0.02)
                crawl.kill()
                crawl.communicate()
            kliping(*words, collection=collection)
        said = kliping("reextract", "--dry-run", collection=collection)
        assert f"{60 * (turn + 1)} same, 0 would be changed, 0 would be new" in said.out
    for path in (collection / "articles").rglob("*.json"):
        record = json.loads(path.read_bytes())
        (signal,) = record["usageInfo"]["signals"]
        assert signal["value"] == f"ai-train=no, turn={record['version']['number'] - 1}"
    assert kliping("verify", collection=collection).code == 0
