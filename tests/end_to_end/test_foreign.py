"""`kliping reextract` over files of other tools, from the command line, wget's own among them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import DemoPortal
from tests.end_to_end.commands import kliping, sidecars, without_provenance
from tests.support.portal import FaultyPortal, serving
from tests.support.warcs import SITE, WarcFile, page, response, revisit

UTUH = response(SITE + "utuh", page("utuh"))


@pytest.mark.slow
def test_a_folder_of_foreign_files_becomes_a_collection(tmp_path: Path) -> None:
    WarcFile([response(SITE + "satu", page("satu"))]).save(tmp_path / "in" / "a.warc.gz")
    WarcFile([response(SITE + "dua", page("dua"))]).save(tmp_path / "in" / "b" / "b.warc", "plain")
    (tmp_path / "in" / "c.warc.gz").write_bytes(b"no WARC file")
    collection = tmp_path / "collection"
    dry = kliping("reextract", str(tmp_path / "in"), "--dry-run", collection=collection)
    assert (dry.code, collection.exists()) == (3, False)
    assert "0 same, 0 would be changed, 2 would be new" in dry.out

    said = kliping("reextract", str(tmp_path / "in"), "--json", collection=collection)
    told = json.loads(said.out)
    assert said.code == 3
    assert (told["new"], sorted(told["adopted"])) == (2, ["a.warc.gz", "b.warc.gz"])
    assert told["answers"] == told["pages"] + sum(told["leftOut"].values()) == 2
    assert "c.warc.gz: is no WARC file" in told["damage"][0]
    assert kliping("verify", collection=collection).code == 0
    assert "articles          2" in kliping("status", collection=collection).out
    again = kliping("reextract", str(tmp_path / "in" / "a.warc.gz"), collection=collection)
    assert (again.code, "2 same, 0 changed, 0 new" in again.out) == (0, True)


@pytest.mark.slow
def test_the_robots_txt_of_a_foreign_crawl_speaks_for_its_pages(tmp_path: Path) -> None:
    """The newest one before the page, wherever it stands in the files; not one of another day."""
    root, plain = SITE.split("/20")[0], "Content-Type: text/plain"
    robots = [
        response(f"{root}/robots.txt", f"# TDM {text}".encode(), plain, date=f"2022-07-{date}Z")
        for text, date in (("long ago", "19T00:00:00"), ("early", "20T10:00:00"), ("late", "21T10:00:00"))
    ]
    WarcFile([response(SITE + "satu", page("satu"), date="2022-07-20T12:00:00Z"), *robots]).save(
        tmp_path / "a.warc.gz"
    )
    WarcFile([response(SITE + "dua", page("dua"), date="2022-07-25T12:00:00Z")]).save(tmp_path / "b.warc.gz")
    said = kliping(
        "reextract", str(tmp_path / "a.warc.gz"), str(tmp_path / "b.warc.gz"), collection=tmp_path / "c"
    )
    assert said.code == 0, said.out + said.err
    kept = sidecars(tmp_path / "c")
    usage = kept[SITE + "satu"]["usageInfo"]
    assert isinstance(usage, dict)
    assert usage["signals"] == [{"source": "robots.txt", "name": "comment", "value": "TDM early"}]
    assert usage["robots"]["fetchedAt"] == "2022-07-20T10:00:00Z"
    assert "usageInfo" not in kept[SITE + "dua"]
    assert "2 same" in kliping("reextract", "--dry-run", collection=tmp_path / "c").out
    assert kliping("verify", collection=tmp_path / "c").code == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<html>", "is no WARC file"),
        (gzip.compress(b"<html>", mtime=0), "is no WARC file"),
        (b"filedesc://a.arc 0.0.0.0 20200101000000 text/plain 75\n", "warcio recompress"),
        (gzip.compress(b"filedesc://a.arc 0.0.0.0 20200101000000", mtime=0), "warcio recompress"),
        (b"\x28\xb5\x2f\xfd....", "zstd -d"),
        (b"PK\x03\x04....", "archive/"),
        (None, "no such file or folder"),
    ],
)
def test_what_is_no_warc_file_is_refused_before_anything_is_made(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    named = tmp_path / "a.warc.gz"
    if content is not None:
        named.write_bytes(content)
    said = kliping("reextract", str(named), collection=tmp_path / "collection")

    assert said.code == 2
    assert words in said.err
    assert not (tmp_path / "collection").exists()


@pytest.mark.slow
def test_a_cut_file_gives_what_is_whole_and_says_what_is_missing(tmp_path: Path) -> None:
    whole = WarcFile([UTUH, response(SITE + "potong", page("potong"))]).save(tmp_path / "whole.warc.gz")
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[:-100])
    said = kliping("reextract", str(cut), collection=tmp_path / "collection")

    assert said.code == 3
    assert "could not be read:" in said.out
    assert "left out, cut" in said.out
    assert list(sidecars(tmp_path / "collection")) == [SITE + "utuh"]
    assert kliping("verify", collection=tmp_path / "collection").code == 0


def test_files_without_any_article_are_left_where_they_are_and_said_so(tmp_path: Path) -> None:
    other = WarcFile([response("https://lain.example/", b"<p>x</p>")]).save(tmp_path / "a.warc.gz")
    said = kliping("reextract", str(other), collection=tmp_path / "collection")

    assert said.code == 3
    assert "no page of an article that Kliping knows, left where it is" in said.out


@pytest.mark.slow
def test_a_line_for_each_field_that_differs_with_examples(tmp_path: Path) -> None:
    source = WarcFile([UTUH, revisit(SITE + "utuh", date="2022-08-01T00:00:00Z")]).save(tmp_path / "a.warc")
    collection = tmp_path / "collection"
    kliping("reextract", str(source), collection=collection)
    (path,) = (collection / "articles").rglob("*.json")
    path.write_text(path.read_text("utf-8").replace("Kabar utuh", "Kabar [lama]"), "utf-8")
    said = kliping("reextract", "--dry-run", collection=collection)

    assert "headline: differs in 1" in said.out
    assert "utuh: Kabar [lama] → Kabar utuh" in said.out
    assert "left out: revisit: the record it refers to is not here" in said.out


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize(
    "packed",
    [pytest.param(True, marks=pytest.mark.slow), pytest.param(False, marks=pytest.mark.slow)],
    ids=["warc.gz", "warc"],
)
def test_a_file_by_wget_gives_the_article_that_a_crawl_gives(tmp_path: Path, packed: bool) -> None:
    article = next(item for item in Newsroom().articles() if item.page_count == 3)
    urls = [f"{article.url}?page=3", f"{article.url}?page=2", article.url]
    crawled, fetched = tmp_path / "crawled", tmp_path / "fetched"
    with serving(FaultyPortal()) as running:
        words = ["wget", "-q", "-O", os.devnull, f"--warc-file={tmp_path / 'wget'}", "--tries=1"]
        words += [] if packed else ["--no-warc-compression"]
        subprocess.run([*words, *urls], check=True, env=os.environ | {"http_proxy": running.url}, timeout=300)
        route = f"KLIPING_DEMO_ROUTE={running.url}"
        kliping("crawl", "demo", "-a", f"url={article.url}", "-s", route, collection=crawled)
        said = kliping("reextract", str(next(tmp_path.glob("wget.warc*"))), collection=fetched)
        assert said.code == 0, said.out + said.err
        before = len(running.asked(article.url))
        again = kliping("crawl", "demo", "-a", f"url={article.url}", "-s", route, collection=fetched)
        assert again.code == 0, again.out + again.err
        assert len(running.asked(article.url)) == before
    (wanted,), (found,) = sidecars(crawled).values(), sidecars(fetched).values()
    assert without_provenance(found) == without_provenance(wanted)
    assert kliping("verify", collection=fetched).code == 0


@pytest.mark.slow
def test_the_demo_portal_gives_the_same_text_in_all_its_forms(tmp_path: Path) -> None:
    from tests.crawler.newsdesk import request_for

    portal, made = DemoPortal(), WarcFile()
    articles = [item for item in Newsroom().articles() if item.page_count > 1][:12]
    for article in articles:
        for suffix in ("", *(f"?page={number}" for number in range(2, article.page_count + 1)), "?page=all"):
            url = article.url + suffix
            answer = portal.answer(request_for(url))
            made.add(response(url, answer.body, f"Content-Type: {answer.content_type}"))
    said = kliping("reextract", str(made.save(tmp_path / "a.warc.gz")), "--json", collection=tmp_path / "c")
    told = json.loads(said.out)

    assert (told["new"], told["repeated"]) == (12, sum(item.page_count - 1 for item in articles))
    versions = [record["version"] for record in sidecars(tmp_path / "c").values()]
    assert versions == [{"number": 1, "changedFields": []}] * 12


def odd_records() -> dict[str, bytes]:
    """Records as other tools have written them, each read in its own way by some reader."""
    lain = "https://lain.example/"
    with_feeds = response(SITE + "baris", page("baris"))
    head, _, block = with_feeds.partition(b"\r\n\r\n")
    return {
        "a blank in the address": response(SITE + "a b", page("spasi")),
        "an address in latin-1": response(lain + "café", b"x").replace("café".encode(), b"caf\xe9"),
        "no address": response("", b"z"),
        "a date without day": response(SITE + "bulan", page("bulan"), date="2022-07"),
        "a date with another zone": response(SITE + "zona", page("zona"), date="2022-07-21T07:00:00+07:00"),
        "a folded date": response(SITE + "lipat", page("lipat")).replace(b"WARC-Date: ", b"WARC-Date:\r\n "),
        "no date": response(SITE + "tanpa", page("tanpa")).replace(b"WARC-Date", b"X-Date"),
        "another version": response(SITE + "versi", page("versi")).replace(b"WARC/1.0", b"WARC/2.0"),
        "line feeds only": head.replace(b"\r\n", b"\n") + b"\n\n" + block,
        "nothing": b"",
    }


@pytest.mark.slow
def test_odd_records_of_other_tools_are_taken_in_or_left_out_and_never_called_damage(tmp_path: Path) -> None:
    for number, item in enumerate(odd_records().values()):
        WarcFile([UTUH, item]).save(tmp_path / "in" / f"{number}.warc.gz")  # the same record in each file
    collection = tmp_path / "collection"
    kliping("reextract", str(tmp_path / "in"), collection=collection)
    indexed = kliping("index", collection=collection)
    verified = json.loads(kliping("verify", "--json", collection=collection).out)
    packed = kliping("wacz", "--output", str(tmp_path / "p.wacz"), collection=collection)
    checked = kliping("wacz", "--check", str(tmp_path / "p.wacz"), collection=collection)

    assert verified["findings"] == []
    assert (indexed.code, packed.code, checked.code) == (0, 0, 0), indexed.out + packed.err + checked.out
    assert sorted(url.removeprefix(SITE) for url in sidecars(collection)) == [
        "a%20b", "baris", "bulan", "lipat", "utuh", "zona"
    ]  # fmt: skip
