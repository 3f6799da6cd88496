"""Articles from web archives, end to end: `kliping crawl … -a source=wayback` and `-a source=commoncrawl`."""

from __future__ import annotations

import gzip
import json
import signal
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archives.collection import Collection
from archives.reader import StoredRecord, iterate
from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import DemoPortal, Request
from tests.end_to_end.commands import Ended, ended, kliping, sidecar_bytes, start
from tests.support.portal import FaultyPortal, failing
from tests.support.portal import serving as serving_portal
from tests.support.web_archive import FILE, Held, Reply, SmallArchive, Spoil, serving

ARTICLES = [article for article in Newsroom().articles() if "/20" in article.url]
TWO_PAGES = next(article for article in ARTICLES if len(article.pages) == 2).url
HOST = urlsplit(TWO_PAGES).hostname or ""
OTHERS = [
    article.url for article in ARTICLES if len(article.pages) == 1 and urlsplit(article.url).hostname == HOST
]
OLD, NEW = "20250304050607", "20250604050607"
SLOW = pytest.mark.slow


def page(url: str, words: str = "") -> bytes:
    """The demo portal's page; `words` make another edition of it."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = DemoPortal().answer(Request(host=parts.hostname or "", target=target)).body
    begin = body.index(b"<p", body.index(b"txt-article"))
    return body[:begin] + (f"<p>{words}</p>".encode() if words else b"") + body[begin:]


def held(url: str, stamp: str = NEW, words: str = "") -> Held:
    return Held(url=url, stamp=stamp, body=page(url, words))


def both_pages(stamp: str, words: str = "") -> list[Held]:
    return [held(TWO_PAGES, stamp, words), held(f"{TWO_PAGES}?page=2", stamp)]


def crawl(
    tmp_path: Path, archive: SmallArchive, *words: str, source: str = "wayback", settings: Sequence[str] = ()
) -> Ended:
    with nullcontext(archive.address) if archive.address else serving(archive) as address:
        told = [f"KLIPING_CDX={address}/cdx/search/cdx", f"KLIPING_REPLAY={address}/web/"]
        if source == "commoncrawl":
            told = [f"KLIPING_CC_INDEX={address}/CC-MAIN-2024-10-index", f"KLIPING_CC_DATA={address}/"]
        options = [word for item in (*told, *settings) for word in ("-s", item)]
        return kliping("crawl", "demo", "-a", f"source={source}", *words, *options, collection=tmp_path / "c")


def asking(*, days: bool = True) -> tuple[str, ...]:
    site = HOST.partition(".")[0]
    range_ = ("-a", "since=2025-01-01", "-a", "until=2025-12-31") if days else ()
    return ("-a", f"hosts={site}", *range_)


def versions(tmp_path: Path, url: str = TWO_PAGES) -> list[dict[str, object]]:
    found = [json.loads(content) for content in sidecar_bytes(tmp_path / "c").values()]
    return sorted((one for one in found if one["url"] == url), key=lambda one: one["version"]["number"])


def records(tmp_path: Path) -> list[StoredRecord]:
    return [record for path in Collection(tmp_path / "c").warc_files() for record in iterate(path)]


def ledger(tmp_path: Path) -> dict[str, tuple[str, str | None]]:
    """State and reason of each article and further page."""
    with closing(sqlite3.connect(tmp_path / "c" / "catalogue.sqlite")) as db:
        rows = db.execute("SELECT url, state, reason FROM urls WHERE kind IN ('article', 'page')").fetchall()
    return {url: (state, reason) for url, state, reason in rows}


def is_whole(tmp_path: Path) -> bool:
    """Whether the collection verifies, and a second reading gives the same bytes."""
    before = sidecar_bytes(tmp_path / "c")
    verified = kliping("verify", collection=tmp_path / "c")
    again = kliping("reextract", collection=tmp_path / "c")
    assert (verified.code, again.code) == (0, 0), verified.out + again.out
    return sidecar_bytes(tmp_path / "c") == before != {}


@pytest.mark.slow
def test_captures_of_a_host_become_versions_in_the_order_of_their_dates(tmp_path: Path) -> None:
    archive = SmallArchive([*both_pages(NEW), *both_pages(OLD, "Kalimat yang kemudian dihapus.")])
    with serving(archive):
        said = crawl(tmp_path, archive, *asking())
        again = crawl(tmp_path, archive, *asking())
    assert said.code == 0, said.out + said.err
    assert again.code == 0, again.out + again.err
    assert len(archive.copies_asked()) == 4
    assert len(archive.questions()) == 1
    old, new = versions(tmp_path)
    assert "Kalimat yang kemudian dihapus." in str(old["articleBody"])
    assert "Kalimat yang kemudian dihapus." not in str(new["articleBody"])
    (first, second) = old["archive"]["pages"]  # type: ignore[index]
    assert first["fetchedAt"] == "2025-03-04T05:06:07Z"
    assert first["origin"].endswith(f"/web/{OLD}id_/{TWO_PAGES}")
    assert second["origin"].endswith(f"/web/{OLD}id_/{TWO_PAGES}?page=2")
    assert ledger(tmp_path)[TWO_PAGES] == ("captured", "from a web archive")
    assert is_whole(tmp_path)


@SLOW
def test_what_the_portal_has_no_more_is_filled_and_what_no_archive_has_is_told(tmp_path: Path) -> None:
    """The live crawl finds two articles gone and keeps a third; then the archive has one of the two."""
    gone, lost, kept = TWO_PAGES, OTHERS[0], OTHERS[1]
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{gone}\n{lost}\n{kept}", "utf-8")
    rules = [failing(urlsplit(gone).path, status=410), failing(urlsplit(lost).path, status=404)]
    with serving_portal(FaultyPortal(rules=rules)) as portal:
        route = ("-s", f"KLIPING_DEMO_ROUTE={portal.url}", "-a", "requisites=none")
        live = kliping("crawl", "demo", "-a", f"urls_file={listed}", *route, collection=tmp_path / "c")
    assert live.code == 0, live.out + live.err
    archive = SmallArchive([*both_pages(NEW), held(kept, OLD)])

    said = crawl(tmp_path, archive, "-a", "gaps=yes")
    assert said.code == 3, said.out + said.err
    assert ledger(tmp_path)[gone] == ("captured", "from a web archive")
    assert ledger(tmp_path)[lost] == ("gone", "http 404; not in the web archive")
    assert ledger(tmp_path)[kept] == ("captured", None)
    assert "http 404; not in the web archive" in said.out
    assert len(archive.questions()) == 2
    assert [one["pagination"]["pageCount"] for one in versions(tmp_path)] == [2]  # type: ignore[index]
    assert is_whole(tmp_path)


@SLOW
def test_an_older_capture_of_a_kept_article_becomes_the_version_before(tmp_path: Path) -> None:
    with serving_portal(FaultyPortal()) as portal:
        route = ("-s", f"KLIPING_DEMO_ROUTE={portal.url}", "-a", "requisites=none")
        live = kliping("crawl", "demo", "-a", f"url={TWO_PAGES}", *route, collection=tmp_path / "c")
    assert live.code == 0, live.out + live.err
    (before,) = versions(tmp_path)
    archive = SmallArchive(both_pages(OLD, "Kalimat edisi pertama."))

    said = crawl(tmp_path, archive, "-a", f"url={TWO_PAGES}")
    assert said.code == 0, said.out + said.err
    first, second = versions(tmp_path)
    assert "Kalimat edisi pertama." in str(first["articleBody"])
    assert second["archive"] == before["archive"]
    assert second["version"]["changedFields"] == ["articleBody"]  # type: ignore[index]
    assert is_whole(tmp_path)


@SLOW
def test_a_run_that_was_cut_off_before_the_versions_were_made_is_finished_by_the_next(tmp_path: Path) -> None:
    """The copies are fetched and the catalogue says so; a run that fetches nothing makes the sidecars."""
    archive = SmallArchive(both_pages(NEW))
    with serving(archive):
        assert crawl(tmp_path, archive, *asking()).code == 0
        made = sidecar_bytes(tmp_path / "c")
        with closing(sqlite3.connect(tmp_path / "c" / "catalogue.sqlite")) as db:
            db.executescript(
                "UPDATE captures SET waiting = 1 WHERE origin IS NOT NULL; DELETE FROM version_pages;"
                "DELETE FROM versions; DELETE FROM articles; DELETE FROM urls WHERE kind = 'article';"
            )
        for name in made:
            (tmp_path / "c" / name).unlink()

        again = crawl(tmp_path, archive, *asking())
    assert again.code == 0, again.out + again.err
    assert len(archive.copies_asked()) == 2
    assert sidecar_bytes(tmp_path / "c") == made
    assert is_whole(tmp_path)


@SLOW
def test_a_crawl_that_is_told_to_stop_leaves_the_order_of_versions_to_the_next(tmp_path: Path) -> None:
    """That reads through all WARC files of the collection, which can take an hour."""
    archive = SmallArchive(
        [held(url, f"20250{month}04050607", f"Edisi {month}.") for url in OTHERS for month in (3, 4, 5)]
    )
    with serving(archive) as address:
        told = ("-s", f"KLIPING_CDX={address}/cdx/search/cdx", "-s", f"KLIPING_REPLAY={address}/web/")
        words = ("crawl", "demo", "-a", "source=wayback", *asking(), *told, "-s", "KLIPING_PACE=0")
        begun = start(*words, collection=tmp_path / "c")
        log = tmp_path / "c" / "logs" / "run-1.log"
        deadline = time.monotonic() + 300
        while not (log.exists() and "put in order by date" in log.read_text("utf-8")):
            assert time.monotonic() < deadline, "the copies are not fetched"
            time.sleep(0.02)
        begun.send_signal(signal.SIGTERM)
        stopped = ended(begun)
        again = kliping(*words, collection=tmp_path / "c")
    assert stopped.code == 130, stopped.out + stopped.err
    assert again.code == 0, again.out + again.err
    assert len(archive.copies_asked()) == 3 * len(OTHERS)
    assert len(versions(tmp_path, OTHERS[0])) == 3
    assert is_whole(tmp_path)


@SLOW
def test_an_index_is_read_to_its_end_and_nothing_is_fetched_that_nobody_wants(tmp_path: Path) -> None:
    strange = [
        held(TWO_PAGES, "20240101000000", "Di luar rentang."),
        Held(url="http://lain.example/2020/10/09/kabar", stamp=NEW, body=b"x"),
        Held(url=f"http://{HOST}/", stamp=NEW, body=b"x"),
        Held(url=TWO_PAGES, stamp="20990101000000", body=b"x"),
        Held(url=TWO_PAGES, stamp="20250202000000", body=b"x", status="301"),
    ]
    archive = SmallArchive([*both_pages(NEW), *strange, held(OTHERS[0])], lines_a_page=2)
    said = crawl(tmp_path, archive, *asking())
    assert said.code == 0, said.out + said.err
    assert len(archive.questions()) > 1
    assert len(archive.copies_asked()) == 3


@SLOW
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>maintenance</html>", "no answer of a CDX server"),
        (b'[["timestamp"', "an array that is no JSON"),
    ],
)
def test_an_index_that_answers_nonsense_has_failed(tmp_path: Path, body: bytes, reason: str) -> None:
    spoil: Spoil = lambda target, reply: Reply(body=body) if "/cdx/" in target else reply  # noqa: E731
    said = crawl(tmp_path, SmallArchive(both_pages(NEW), spoil=spoil), *asking())
    assert said.code == 3, said.out + said.err
    assert f"failed: {reason}" in said.out


@SLOW
def test_an_index_that_never_ends_is_left(tmp_path: Path) -> None:
    """Each answer promises another, under a key of its own, and says the same again."""
    asked = iter(range(10**6))

    def spoil(target: str, reply: Reply) -> Reply:
        if "/cdx/" not in target:
            return reply
        rows = json.loads(reply.body or b"[]") or [["timestamp"], ["x"]]
        return Reply(body=json.dumps([*rows[:2], [], [f"key{next(asked)}"]]).encode())

    archive = SmallArchive(both_pages(NEW), spoil=spoil)
    said = crawl(tmp_path, archive, *asking())
    assert said.code == 3, said.out + said.err
    assert "failed: index" in said.out
    assert len(archive.questions()) < 10


@SLOW
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=302, headers={"Location": TWO_PAGES}), "http 302"),
        (Reply(status=404), "http 404"),
        (Reply(body=b"<html>log in</html>"), "nothing says that this is the capture asked for"),
        (
            Reply(body=b"x", headers={"Memento-Datetime": "Mon, 04 Mar 2019 05:06:07 GMT"}),
            "the web archive has answered with another capture",
        ),
    ],
    ids=["redirect", "404", "wall", "other day"],
)
def test_a_copy_that_is_not_what_was_asked_for_is_a_gap(tmp_path: Path, reply: Reply, reason: str) -> None:
    spoil: Spoil = lambda target, right: reply if "id_/" in target else right  # noqa: E731
    said = crawl(tmp_path, SmallArchive([held(OTHERS[0])], spoil=spoil), "-a", f"url={OTHERS[0]}")
    assert said.code == 3, said.out + said.err
    assert f"failed: {reason}" in said.out
    assert sidecar_bytes(tmp_path / "c") == {}
    assert [one for one in records(tmp_path) if one.source_uri] == []


@SLOW
def test_a_capture_that_is_no_article_fills_nothing(tmp_path: Path) -> None:
    empty = Held(url=OTHERS[0], stamp=NEW, body=b"<html><head><title>Just a moment...</title></head></html>")
    said = crawl(tmp_path, SmallArchive([empty]), "-a", f"url={OTHERS[0]}")
    assert said.code == 3, said.out + said.err
    assert ledger(tmp_path)[OTHERS[0]] == ("failed", "no page of it in the web archive")


@SLOW
def test_an_archive_that_wants_a_long_rest_is_left_alone_and_a_later_run_goes_on(tmp_path: Path) -> None:
    busy = Reply(status=429, headers={"Retry-After": "86400"})
    archive = SmallArchive([held(OTHERS[0])])
    archive.spoil = lambda target, reply: busy if "id_/" in target else reply
    with serving(archive):
        said = crawl(tmp_path, archive, "-a", f"url={OTHERS[0]}")
        archive.spoil = lambda _target, reply: reply
        again = crawl(tmp_path, archive, "-a", f"url={OTHERS[0]}")
    assert said.code == 4, said.out + said.err
    assert "failed: http 429" in said.out
    assert again.code == 0, again.out + again.err
    assert len(archive.questions()) == 1
    assert len(versions(tmp_path, OTHERS[0])) == 1


@SLOW
@pytest.mark.parametrize(
    ("robots", "code"),
    [(Reply(body=b"User-agent: *\nDisallow: /\n"), 0), (Reply(status=503, headers={"Retry-After": "0"}), 4)],
    ids=["disallow", "unreadable"],
)
def test_an_archives_rules_for_crawlers_are_read_but_its_services_are_used(
    tmp_path: Path, robots: Reply, code: int
) -> None:
    archive = SmallArchive([held(OTHERS[0])], robots=robots)
    impatient = ("KLIPING_FIRST_REST=0.01", "KLIPING_MAX_REST=1")
    said = crawl(tmp_path, archive, "-a", f"url={OTHERS[0]}", settings=impatient)
    assert said.code == code, said.out + said.err


@pytest.mark.slow
def test_a_real_archive_is_not_asked_without_a_contact(tmp_path: Path) -> None:
    said = kliping("crawl", "serambi", "-a", "source=wayback", collection=tmp_path / "c")
    assert said.code == 2
    assert "web.archive.org" in said.err
    assert "KLIPING_CONTACT" in said.err


# --- Common Crawl


@SLOW
def test_common_crawls_record_is_kept_byte_for_byte_and_read_as_what_it_is(tmp_path: Path) -> None:
    items = [*both_pages(OLD, "Kalimat edisi pertama."), *both_pages(NEW)]
    archive = SmallArchive(items, lines_a_page=3)
    said = crawl(tmp_path, archive, *asking(), source="commoncrawl")
    assert said.code == 0, said.out + said.err
    assert len(versions(tmp_path)) == 2
    assert sorted(archive.copies_asked()) == [f"/{FILE}"] * 4
    kept = records(tmp_path)
    members = {record.body for record in kept if record.status == 206}
    assert members == {item.member for item in items}
    taken = [record for record in kept if record.source_uri]
    assert {record.date for record in taken} == {
        datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC) for stamp in (OLD, NEW)
    }
    assert all(record.ip_address == "192.0.2.44" for record in taken)
    assert is_whole(tmp_path)


@SLOW
def test_an_article_that_common_crawl_has_not_is_told(tmp_path: Path) -> None:
    said = crawl(tmp_path, SmallArchive([]), "-a", f"url={OTHERS[0]}", source="commoncrawl")
    assert said.code == 3, said.out + said.err
    assert ledger(tmp_path)[OTHERS[0]] == ("failed", "not in the web archive")


@SLOW
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda reply: Reply(status=206, body=reply.body[:-20]), "the range is no record"),
        (lambda reply: Reply(status=200, body=reply.body), "the server knows no ranges"),
        (lambda _reply: Reply(status=206, body=held(OTHERS[1]).member), "the record's digest does not fit"),
    ],
    ids=["cut", "whole file", "another record"],
)
def test_a_range_that_is_not_the_record_is_not_taken(tmp_path: Path, spoil: object, reason: str) -> None:
    assert callable(spoil)
    archive = SmallArchive(
        [held(OTHERS[0])], spoil=lambda target, reply: spoil(reply) if target.endswith(".gz") else reply
    )
    said = crawl(tmp_path, archive, "-a", f"url={OTHERS[0]}", source="commoncrawl")
    assert said.code == 3, said.out + said.err
    assert f"failed: {reason}" in said.out


# --- removed articles


@SLOW
@pytest.mark.parametrize("source", ["wayback", "commoncrawl"])
def test_a_redacted_article_leaves_nothing_of_what_an_archive_gave_and_is_not_taken_again(
    tmp_path: Path, source: str
) -> None:
    words = "Kalimat yang tidak boleh tinggal."
    archive = SmallArchive([*both_pages(NEW, words), held(OTHERS[0])], lines_a_page=3)
    with serving(archive):
        first = crawl(tmp_path, archive, *asking(), source=source)
        assert (first.code, len(versions(tmp_path))) == (0, 1), first.out + first.err
        removed = kliping("remove", TWO_PAGES, "--redact", "--reason", "asked", collection=tmp_path / "c")
        assert removed.code == 0, removed.err
        asked = len(archive.copies_asked())
        again = crawl(tmp_path, archive, *asking(), source=source)
        named = crawl(tmp_path, archive, "-a", f"url={TWO_PAGES}", source=source)
        assert len(archive.copies_asked()) == asked
    assert (again.code, named.code) == (0, 0), again.out + named.out
    for record in records(tmp_path):
        body = record.body
        while body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        assert words.encode() not in body, (record.type, record.url)
    assert versions(tmp_path) == []
    assert len(versions(tmp_path, OTHERS[0])) == 1
    assert is_whole(tmp_path)
