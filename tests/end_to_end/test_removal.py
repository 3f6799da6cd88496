"""`kliping remove` as people run it: words, exit codes, and that no crawl brings an article back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from tests.end_to_end.commands import Ended, kliping, sidecars
from tests.support.portal import FaultyPortal, redirect_to, serving

ARTICLES = Newsroom().articles()
LONG = next(article for article in ARTICLES if article.page_count == 3)
DAY, HOST = LONG.published.date().isoformat(), LONG.url.split("/")[2].split(".")[0]
ALIAS = next(
    one for one in ARTICLES if one.url.split("/")[2] == LONG.url.split("/")[2] and one.url != LONG.url
)


def _crawl(collection: Path, route: str, *words: str) -> Ended:
    return kliping("crawl", "demo", *words, "-s", f"KLIPING_DEMO_ROUTE={route}", collection=collection)


def _state(collection: Path, url: str) -> tuple[str, str | None]:
    with sqlite3.connect(collection / "catalogue.sqlite") as database:
        return database.execute("SELECT state, reason FROM urls WHERE url = ?", (url,)).fetchone()  # type: ignore[no-any-return]


@pytest.mark.slow
@pytest.mark.parametrize("redact", [[], ["--redact"]])
def test_a_removed_article_is_not_asked_for_again_and_its_day_still_closes(
    tmp_path: Path, redact: list[str]
) -> None:
    collection = tmp_path / "collection"
    days = ("-a", f"hosts={HOST}", "-a", f"since={DAY}", "-a", f"until={DAY}")
    with serving() as running:
        first = _crawl(collection, running.url, *days)
        assert LONG.url in sidecars(collection), first.out + first.err
        said = kliping("remove", LONG.url, "--reason", "asked", *redact, collection=collection)
        assert said.code == 0, said.err
    with serving(FaultyPortal(rules=[redirect_to(ALIAS.url.rsplit("/", 1)[1], LONG.url)])) as running:
        words = (*days, "-a", "recheck=all")
        again = _crawl(collection, running.url, *words)
        assert again.code == first.code == 0, again.out + again.err
        asked = _crawl(collection, running.url, "-a", f"url={LONG.url}", "-a", "recheck=all")
        led = _crawl(collection, running.url, "-a", f"url={ALIAS.url}", "-a", "recheck=all")
        assert running.asked(LONG.url.rsplit("/", 1)[1]) == []
    assert "skipped: removed" in again.out + again.err
    assert (asked.code, led.code) == (0, 0), asked.err + led.err
    assert _state(collection, LONG.url) == _state(collection, ALIAS.url) == ("removed", "removed")
    assert LONG.url not in sidecars(collection)
    status = json.loads(kliping("status", "--json", collection=collection).out)
    assert (status["removed"], status["days_open"]) == (1, 0)
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_what_people_are_told(tmp_path: Path, demo: tuple[Path, Ended]) -> None:
    collection = tmp_path / "collection"
    shutil.copytree(demo[0], collection)
    url = min(sidecars(collection))
    for words, code, told in (
        (("remove", url), 2, "--reason"),
        (("remove", "--reason", "x"), 2, "which article"),
        (("remove", f"{url[:-4]}", "--reason", "x"), 2, "did you mean"),
        (("remove", "http://no.example/x", "--reason", "x"), 2, "no article is kept"),
        (("remove", url, "--undo"), 2, "is not removed"),
        (("remove", "--list"), 0, "no article was removed"),
        (("remove", url, "--reason", "x", "--by", "letter 12"), 0, "removed; 1 records"),
        (("remove", url, "--reason", "x", "--undo", "--redact"), 2, "opposites"),
        (("remove", "--list"), 0, "letter 12"),
        (("diff", url), 2, "was removed on"),
        (("status",), 0, "removed articles"),
        (("remove", f"{url}?page=2", "--undo"), 0, "handed out again"),
        (("verify",), 0, "everything as promised"),
    ):
        ended = kliping(*words, collection=collection)
        assert (ended.code, told in ended.out + ended.err) == (code, True), (words, ended)
