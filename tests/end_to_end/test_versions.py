"""Articles that change between runs, while pages fail and plugs are pulled: versions, and the same again."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, DemoPortal, Request
from tests.end_to_end.commands import Ended, kliping, sidecar_bytes, sidecars, start
from tests.support import portal as faults
from tests.support.portal import FaultRule, FaultyPortal, Running, serving

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


@pytest.mark.slow
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


# --- what an unchanged, a decorated and an edited page cost -------------------------------------------------


def crawl(collection: Path, *words: str, rules: Sequence[FaultRule] = ()) -> Running:
    """Crawl the demo portal with these faults; the requests that it has got."""
    with serving(FaultyPortal(rules=rules)) as running:
        said = kliping(
            "crawl", "demo", "-a", "requisites=none", "-s", f"KLIPING_DEMO_ROUTE={running.url}", *words,
            collection=collection,
        )  # fmt: skip
    assert said.code == 0, said.out + said.err
    return running


def decorated(slug: str) -> FaultRule:
    """The page with another advertisement, another view count, another "Baca juga" and other comments."""

    def spoil(_portal: DemoPortal, _request: Request, answer: Answer) -> Answer:
        body = re.sub(
            rb"</time>", b"</time><span class='view-count'>Dibaca 8.731 kali</span>", answer.body, count=1
        )
        related = (
            b'<p>Baca juga: <a href="http://pesisir.kabarnusa.localhost/daerah/800142/x">Kabar Lain</a></p>'
        )
        body = body.replace(b"</p>", b"</p><div class='ads-placeholder'>Iklan</div>" + related, 1)
        return replace(answer, body=body.replace(b"KOMENTAR", b"17 KOMENTAR"))

    return FaultRule(name="decorated", slug=slug, spoil=spoil)


def newest_records(collection: Path) -> Counter[str]:
    """The records of the newest WARC file that tell of pages: responses, and revisits by their profile."""
    newest = max((collection / "archive").glob("*.warc.gz"))
    with newest.open("rb") as stream:
        return Counter(
            str(record.rec_headers["WARC-Profile"] or record.rec_type).rpartition("/")[2]
            for record in ArchiveIterator(stream)
            if record.rec_type in {"response", "revisit"}
            and "robots" not in record.rec_headers["WARC-Target-URI"]
        )


@pytest.mark.slow
def test_a_page_costs_one_request_and_a_version_only_when_it_was_edited(tmp_path: Path) -> None:
    """Of three pages each: unchanged, changed around the text, edited on page 2 alone."""
    collection = tmp_path / "collection"
    article = next(item for item in SEVERAL if len(item.pages) == 3)
    slug, words = _slug(article.url), ("-a", f"url={article.url}", "-a", "recheck=all")
    asked = [article.url, f"{article.url}?page=2", f"{article.url}?page=3"]
    seen = {}
    for name, rules in (
        ("new", []),
        ("unchanged", []),
        ("decorated", [decorated(slug)]),
        ("edited", [edited(slug, "Ralat:", page=2)]),
    ):
        running = crawl(collection, *words, rules=rules)
        assert [request.url for request in running.asked(slug)] == asked
        seen[name] = (len(_versions(collection, slug)), newest_records(collection))
    assert seen == {
        "new": (1, Counter({"response": 3})),
        "unchanged": (1, Counter({"server-not-modified": 3})),
        "decorated": (1, Counter({"response": 3})),
        "edited": (2, Counter({"response": 1, "identical-payload-digest": 2})),
    }
    _check_diff(collection, article.url)
    said = kliping("reextract", "--dry-run", collection=collection)
    assert "2 same, 0 would be changed, 0 would be new" in said.out
    assert kliping("verify", collection=collection).code == 0


def _check_diff(collection: Path, url: str) -> None:
    """Whatever address or path names the article, its edit is shown with what is needed to cite it."""
    first, second = _versions(collection, _slug(url))
    path = next(collection.rglob("*.v2.json"))
    said = {
        word: kliping("diff", word, collection=collection)
        for word in (url, f"{url.replace('http:', 'https:')}?page=2#komentar", str(path))
    }
    assert {ended.code for ended in said.values()} == {0}
    assert len({ended.out for ended in said.values()}) == 1
    out = said[url].out
    assert "{+Ralat:+}" in out
    assert "\x1b" not in out
    for version in (first, second):
        for page in version["archive"]["pages"]:  # type: ignore[index]
            assert f"captured {page['fetchedAt']}  <{page['warcRecordId']}>" in out
    told = json.loads(kliping("diff", url, "--json", "--all", collection=collection).out)
    assert [version["number"] for version in told["versions"]] == [1, 2]
    assert [field["label"] for field in told["diffs"][0]["fields"]] == ["body"]


@pytest.mark.slow
def test_an_article_with_one_version_says_so_and_a_near_miss_gets_a_hint(demo: tuple[Path, Ended]) -> None:
    collection, _ = demo
    url = SEVERAL[0].url
    only = kliping("diff", url, collection=collection)
    assert only.code == 0
    assert "only this version" in only.out
    assert f"-a url={url} -a recheck=all" in only.out
    (host, path), card = next(iter(Newsroom().moved.items()))
    moved = kliping("diff", f"http://{host}{path}", collection=collection)
    assert moved.code == 0
    assert card.url in moved.out
    for words, hint in (
        ((url[:-1],), f"did you mean {url} ?"),
        (("https://lain.example/x",), "kliping crawl PORTAL -a url=ADDRESS"),
        ((url, "--from", "2"), "there is no version 2"),
    ):
        said = kliping("diff", *words, collection=collection)
        assert said.code == 2, said.out
        assert hint in said.err


# --- deletions --------------------------------------------------------------------------------------------


def _gone(collection: Path) -> dict[str, tuple[str, str]]:
    said = kliping("status", "--gone", "--json", collection=collection)
    return {item["url"]: (item["reason"], item["goneSince"]) for item in json.loads(said.out)["goneArticles"]}


@pytest.mark.slow
def test_deleted_articles_are_told_with_their_dates_and_come_back(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    short = [item.url for item in Newsroom().articles() if len(item.pages) == 1][:6]
    one, two, three, four, five, six = short
    listed = tmp_path / "urls"
    listed.write_text("\n".join(short))
    words = ("-a", f"urls_file={listed}", "-a", "recheck=all")
    crawl(collection, *words)
    kept = sidecar_bytes(collection)
    assert "no kept article" in kliping("status", "--gone", collection=collection).out
    home = f"http://{urlsplit(three).hostname}"
    rules = [
        faults.gone(_slug(one)),
        faults.soft_404(_slug(two)),
        faults.redirect_to(_slug(three), f"{home}/"),
        faults.redirect_to(_slug(four), f"{home}/index-news"),
        faults.redirect_to(_slug(five), "https://www.tribunnews.com/"),
        faults.redirect_to(_slug(six), "https://www.orang-lain.example/"),  # says nothing about the article
    ]
    crawl(collection, *words, rules=rules)
    gone = _gone(collection)
    assert {url: reason for url, (reason, _) in gone.items()} == {
        one: "http 410",
        two: "soft 404",
        three: "redirected to the home page",
        four: "redirected to a list",
        five: "redirected to the home page",
    }
    assert "kept articles that the portal has deleted" in kliping("status", collection=collection).out
    assert one in kliping("status", "--gone", collection=collection).out
    assert sidecar_bytes(collection) == kept
    crawl(collection, *words, rules=rules[1:])
    assert _gone(collection) == {url: told for url, told in gone.items() if url != one}
    assert kliping("verify", collection=collection).code == 0
    assert "6 same, 0 would be changed" in kliping("reextract", "--dry-run", collection=collection).out


# --- which are read again -------------------------------------------------------------------------------


def _without_articles(portal: DemoPortal, request: Request, _answer: Answer) -> Answer:
    return portal.answer(replace(request, target="/index-news?date=1999-1-1"))


@pytest.mark.slow
def test_everything_in_a_range_is_read_again_and_an_interrupted_reading_goes_on(tmp_path: Path) -> None:
    """Although no list names an article any more; what was read before the interruption is not read twice."""
    collection = tmp_path / "collection"
    days = ("-a", "since=2024-08-07", "-a", "until=2024-08-07", "-s", "KLIPING_PACE=0")
    crawl(collection, *days)
    kept = sorted(sidecars(collection))
    empty = FaultRule(name="empty", slug="index-news", spoil=_without_articles)
    again = (*days, "-a", "recheck=all")

    def read_by(running: Running) -> Counter[str]:
        return Counter(request.url for request in running.log if request.url in kept)

    with serving(FaultyPortal(rules=[empty, faults.slow("/", seconds=0.3)])) as running:
        crawling = start(
            "crawl", "demo", "-a", "requisites=none", "-s", f"KLIPING_DEMO_ROUTE={running.url}", *again,
            "-s", "CONCURRENT_REQUESTS=1", collection=collection,
        )  # fmt: skip
        while len(read_by(running)) < 3 and crawling.poll() is None:
            time.sleep(0.02)
        crawling.kill()
        crawling.communicate()
    before = read_by(running)
    assert 3 <= len(before) < len(kept)
    after = read_by(crawl(collection, *again, rules=[empty]))
    assert set(before) | set(after) == set(kept)
    assert len(set(before) & set(after)) <= 2  # those that were asked for and not yet dealt with
    assert sorted(read_by(crawl(collection, *again, rules=[empty]))) == kept
    assert not read_by(crawl(collection, *days, "-a", "recheck=none", rules=[empty]))


@pytest.mark.slow
def test_a_sitemap_that_says_an_article_has_changed_has_it_read_again(tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    changed, other = SEVERAL[0], SEVERAL[1]
    crawl(collection)

    def tell(_portal: DemoPortal, _request: Request, _answer: Answer) -> Answer:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entries = "".join(
            f"<url><loc>{url}</loc><lastmod>{when}</lastmod></url>"
            for url, when in ((changed.url, now), (other.url, "2020-01-01"), (SEVERAL[2].url, "2999-01-01"))
        )
        xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
        return Answer(body=xml.encode(), content_type="application/xml")

    told = FaultRule(name="told", slug="/sitemap.xml", spoil=tell)
    running = crawl(collection, rules=[told, edited(_slug(changed.url), "Ralat:")])
    assert running.asked(_slug(changed.url))
    assert not running.asked(_slug(other.url))
    assert not running.asked(_slug(SEVERAL[2].url))
    assert len(_versions(collection, _slug(changed.url))) == 2
    assert not crawl(collection, "-a", "recheck=none", rules=[told]).asked(_slug(changed.url))
