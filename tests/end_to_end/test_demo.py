"""`kliping demo`: the main job from end to end, every field held against the demo portal's own truth."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.checker import Checker

from crawler.demo.newsroom import Newsroom, truth
from tests.end_to_end.commands import Ended, kliping, sidecar_bytes, sidecars

Demo = tuple[Path, Ended]
OUR_OWN = {
    "@context",
    "@type",
    "schemaVersion",
    "identifier",
    "publisher",
    "archive",
    "extraction",
    "version",
    "contentHash",
    "simhash",
    "wordCount",
}


def records(collection: Path, *, parse_http: bool = True) -> Iterator[WarcRecord]:
    for path in sorted((collection / "archive").iterdir()):
        with path.open("rb") as stream:
            yield from ArchiveIterator(stream, parse_http=parse_http)


def test_the_demo_is_complete_and_shows_an_article_beside_its_original(demo: Demo) -> None:
    _, said = demo
    assert said.code == 0, said.err
    assert "complete (exit code 0)" in said.out
    assert "0 findings" in said.out
    assert "its archived original" in said.out


def test_every_article_of_the_newsroom_is_kept_once(demo: Demo) -> None:
    collection, _ = demo
    expected = {article.url for article in Newsroom().articles()}
    assert set(sidecars(collection)) == expected
    assert len(sidecar_bytes(collection)) == len(expected)


@pytest.mark.parametrize("article", list(Newsroom().articles()), ids=lambda article: article.url[7:60])
def test_every_field_is_what_the_newsroom_wrote(demo: Demo, article: object) -> None:
    expected = truth(article)  # type: ignore[arg-type]
    found = sidecars(demo[0])[str(expected["url"])]
    assert {name: found.get(name) for name in expected} == expected
    assert set(found) - set(expected) <= OUR_OWN


def test_the_numbers_of_the_table_add_up(demo: Demo) -> None:
    _, said = demo
    figures = {
        name.strip(): int(count.replace(",", ""))
        for name, count in re.findall(r"^( *[a-z][^\n]*?) {2,}([\d,]+)$", said.out, re.MULTILINE)
    }
    parts = [
        count
        for name, count in figures.items()
        if name.startswith(("captured", "skipped", "failed", "still"))
    ]
    assert figures["addresses"] == sum(parts)
    assert figures["answers fetched"] == figures["answers archived"]
    assert figures["pages joined"] == figures["captured"]


def test_the_archive_passes_warcio_check(demo: Demo) -> None:
    class Options:
        verbose = False
        inputs = [str(path) for path in (demo[0] / "archive").iterdir()]  # noqa: RUF012 - read once

    checker = Checker(Options)
    for path in Options.inputs:
        checker.process_one(path)
    assert checker.exit_value == 0


def test_fastwarc_reads_every_record_and_finds_every_digest_right(demo: Demo) -> None:
    count = 0
    for record in records(demo[0], parse_http=False):
        count += 1
        assert record.verify_block_digest()
        if record.record_type == WarcRecordType.response:
            record.parse_http()
            assert record.verify_payload_digest()
    assert f"verified: {count:,} records" in demo[1].out


def test_robots_redirects_errors_lists_and_pages_are_all_in_the_archive(demo: Demo) -> None:
    answers = [
        (record.headers["WARC-Target-URI"], record.http_headers.status_code)
        for record in records(demo[0])
        if record.record_type == WarcRecordType.response
    ]
    urls = {url for url, _ in answers}
    assert {
        "http://pesisir.kabarnusa.localhost/robots.txt",
        "http://lembah.kabarnusa.localhost/robots.txt",
    } <= urls
    assert {200, 301, 404, 410} <= {status for _, status in answers}
    assert any("/index-news?date=" in url and "&page=2" in url for url in urls)
    assert any(url.endswith("?page=5") for url in urls)


def test_responses_are_as_received_with_address_and_protocol(demo: Demo) -> None:
    pages = 0
    for record in records(demo[0]):
        if record.record_type != WarcRecordType.response or "?page=" not in record.headers["WARC-Target-URI"]:
            continue
        pages += 1
        assert record.http_headers["Content-Encoding"] == "gzip"
        assert record.reader.read(2) == b"\x1f\x8b"
        assert record.headers["WARC-IP-Address"] == "127.0.0.1"
        assert record.headers["WARC-Protocol"] == "http/1.1"
    assert pages > 0


def test_requests_carry_the_whole_target_and_are_concurrent_to_their_answers(demo: Demo) -> None:
    answers: dict[str, str] = {}
    for record in records(demo[0]):
        if record.headers["WARC-Type"] in {"response", "revisit"}:
            answers[record.headers["WARC-Record-ID"]] = record.headers["WARC-Target-URI"]
        elif record.record_type == WarcRecordType.request:
            url = answers[record.headers["WARC-Concurrent-To"]]
            line = record.http_headers.status_line
            assert str(line).split(" ")[1] == url.split(".localhost", 1)[1]
            assert record.http_headers["Host"] in url
            assert record.http_headers["Accept-Encoding"] == "gzip"


def test_a_second_crawl_adds_nothing(demo: Demo, tmp_path: Path) -> None:
    collection = tmp_path / "again"
    shutil.copytree(demo[0], collection)
    before = sidecar_bytes(collection)
    said = kliping("crawl", "demo", collection=collection)
    assert said.code == 0, said.err
    assert sidecar_bytes(collection) == before
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_recheck_all_reads_every_article_again_and_keeps_one_version_of_what_is_unchanged(
    demo: Demo, tmp_path: Path
) -> None:
    collection = tmp_path / "recheck"
    shutil.copytree(demo[0], collection)
    before = sidecar_bytes(collection)
    said = kliping("crawl", "demo", "-a", "recheck=all", collection=collection)
    assert said.code == 0, said.err
    assert sidecar_bytes(collection) == before
    assert re.search(r"captured +134\b", said.out)


def test_reextract_makes_the_same_bytes_from_the_warc_files_alone(demo: Demo, tmp_path: Path) -> None:
    collection = tmp_path / "reextract"
    shutil.copytree(demo[0], collection)
    before = sidecar_bytes(collection)
    shutil.rmtree(collection / "articles")
    (collection / "catalogue.sqlite").unlink()
    said = kliping("reextract", collection=collection)
    assert said.code == 0, said.err
    assert sidecar_bytes(collection) == before


@pytest.mark.slow
def test_reextract_says_what_differs_and_changes_nothing_in_a_dry_run(demo: Demo, tmp_path: Path) -> None:
    collection = tmp_path / "dry"
    shutil.copytree(demo[0], collection)
    victim = min((collection / "articles").rglob("*.json"))
    victim.write_text(victim.read_text("utf-8").replace('"headline": "', '"headline": "Ubahan '), "utf-8")
    spoiled = sidecar_bytes(collection)
    said = kliping("reextract", "--dry-run", collection=collection)
    assert "1 would be changed" in said.out
    assert "headline: differs in 1" in said.out
    assert sidecar_bytes(collection) == spoiled
    kliping("reextract", collection=collection)
    assert sidecar_bytes(collection) == sidecar_bytes(demo[0])
