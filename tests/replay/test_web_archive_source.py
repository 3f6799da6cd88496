"""Articles from a real pywb: `kliping crawl demo -a source=wayback`, as from an institution's collection."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archives.collection import Collection
from archives.reader import StoredRecord, iterate
from crawler.demo.newsroom import Newsroom
from tests.end_to_end.commands import Ended, kliping, sidecar_bytes, sidecars
from tests.replay import tools
from tests.replay.conftest import portal_answer
from tests.support.warcs import WarcFile, response, revisit, sha1

pytestmark = pytest.mark.slow

ARTICLES = [article for article in Newsroom().articles() if "/2020/" in article.url]
TWO_PAGES = next(article for article in ARTICLES if len(article.pages) == 2).url
HOST = urlsplit(TWO_PAGES).hostname or ""
SITE = HOST.partition(".")[0]
ONE_PAGE = next(
    article for article in ARTICLES if len(article.pages) == 1 and urlsplit(article.url).hostname == HOST
).url
ADDED = "Kalimat yang hanya ada pada edisi pertama."
DAYS = ("2021-03-04T05:06:07Z", "2022-06-04T05:06:07Z", "2024-01-02T03:04:05Z")


def page(url: str, words: str = "") -> bytes:
    body = portal_answer(url).body
    begin = body.index(b"<p", body.index(b"txt-article"))
    return body[:begin] + (f"<p>{words}</p>".encode() if words else b"") + body[begin:]


def captured(url: str, body: bytes, date: str, *, packed: bool) -> bytes:
    headers = ["Content-Type: text/html; charset=utf-8", "Server: KabarLama", 'ETag: "lama"']
    if packed:
        return response(url, gzip.compress(body, mtime=0), *headers, "Content-Encoding: gzip", date=date)
    return response(url, body, *headers, date=date)


@dataclass(frozen=True, slots=True)
class Filled:
    """A collection that was filled from pywb: what the commands said, and where pywb is."""

    root: Path
    address: str
    first: Ended
    second: Ended

    def records(self) -> list[StoredRecord]:
        return [record for path in Collection(self.root).warc_files() for record in iterate(path)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Two pages in three editions, of which the last repeats its page 2, and an article of one page."""
    folder = tmp_path_factory.mktemp("institution")
    old, new, newest = DAYS
    file = WarcFile()
    for date, words in ((old, ADDED), (new, ""), (newest, "Ralat: kalimat ini ditambahkan kemudian.")):
        file.add(captured(TWO_PAGES, page(TWO_PAGES, words), date, packed=date != old))
    second = TWO_PAGES + "?page=2"
    file.add(
        captured(second, page(second), old, packed=False), captured(second, page(second), new, packed=True)
    )
    digest = sha1(gzip.compress(page(second), mtime=0))
    original = {
        "WARC_Refers_To_Target_URI": second,
        "WARC_Refers_To_Date": new,
        "WARC_Payload_Digest": digest,
    }
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n\r\n"
    file.add(revisit(second, date=newest, block=head, **original))
    file.add(captured(ONE_PAGE, page(ONE_PAGE), new, packed=False))
    file.add(response(f"http://{HOST}/", b"<html>depan</html>", date=new))
    warc = file.save(folder / "institution.warc.gz")
    indexed = tools.run("cdxj-indexer", "--sort", "--output", folder / "index.cdxj", warc)
    assert indexed.returncode == 0, indexed.stderr
    (folder / "config.yaml").write_text(
        f"collections:\n  koran:\n    index_paths: {folder}/index.cdxj\n    archive_paths: {folder}/\n"
    )
    script = Path(tools.__file__).with_name("serve_pywb.py")
    with tools.running(script, cwd=folder) as address:
        told = ["crawl", "demo", "-a", "source=wayback", "-a", f"hosts={SITE}", "-a", "since=2019-01-01"]
        told += ["-a", "until=2024-12-31", "-s", f"KLIPING_CDX={address}/koran/cdx"]
        root = folder / "c"
        first = kliping(*told, collection=root)
        yield Filled(root, address, first, kliping(*told, collection=root))


def test_its_articles_become_versions_with_their_own_dates(filled: Filled) -> None:
    assert filled.first.code == 0, filled.first.out + filled.first.err
    newest = sidecars(filled.root)
    assert set(newest) == {TWO_PAGES, ONE_PAGE}
    names = sidecar_bytes(filled.root)
    assert len(names) == 4
    first = next(
        content
        for name, content in names.items()
        if f"id_/{TWO_PAGES}".encode() in content and ".v" not in name
    )
    assert ADDED.encode() in first
    assert b'"fetchedAt": "2021-03-04T05:06:07Z"' in first
    origin = f"{filled.address}/koran/20210304050607id_/{TWO_PAGES}"
    assert f'"origin": "{origin}"'.encode() in first


def test_each_capture_is_a_record_with_its_date_its_bytes_and_its_origin(filled: Filled) -> None:
    taken = [record for record in filled.records() if record.source_uri]
    assert {f"{record.date:%Y-%m-%d}" for record in taken} == {"2021-03-04", "2022-06-04", "2024-01-02"}
    assert all(urlsplit(record.url).hostname == HOST for record in taken)
    packed = next(record for record in taken if record.url == TWO_PAGES and record.date.year == 2022)
    assert packed.body == gzip.compress(page(TWO_PAGES), mtime=0)
    assert packed.http_header(b"server") == b"KabarLama"
    assert packed.http_header(b"memento-datetime") == b""
    plain = next(record for record in taken if record.url == ONE_PAGE)
    assert plain.body == page(ONE_PAGE)


def test_the_exchange_with_pywb_is_kept_with_its_own_headers(filled: Filled) -> None:
    exchanges = [record for record in filled.records() if "id_/" in record.url and record.type != "request"]
    assert exchanges
    assert all(record.http_header(b"memento-datetime") for record in exchanges)
    assert all(record.date.year > 2025 for record in exchanges)


def test_a_second_run_asks_nothing(filled: Filled) -> None:
    assert filled.second.code == 0, filled.second.out + filled.second.err
    assert "answers fetched                   0" in filled.second.out


def test_the_collection_verifies_and_a_second_reading_gives_the_same_bytes(filled: Filled) -> None:
    before = sidecar_bytes(filled.root)
    verified = kliping("verify", collection=filled.root)
    assert verified.code == 0, verified.out
    again = kliping("reextract", collection=filled.root)
    assert "4 same, 0 changed, 0 new" in again.out
    assert sidecar_bytes(filled.root) == before


def test_other_peoples_tools_find_every_record_right(filled: Filled) -> None:
    for path in Collection(filled.root).warc_files():
        checked = tools.run("warcio", "check", path)
        assert checked.returncode == 0, checked.stdout
        checked = tools.run("fastwarc", "check", path)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_article_that_the_portal_has_no_more_is_filled(filled: Filled, tmp_path: Path) -> None:
    lost = TWO_PAGES.rpartition("/")[0] + "/judul-yang-tidak-pernah-ada"
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{lost}\n", "utf-8")
    live = kliping("crawl", "demo", "-a", f"urls_file={listed}", collection=tmp_path / "c")
    assert "http 404" in live.out, live.out + live.err

    settings = ("-s", f"KLIPING_CDX={filled.address}/koran/cdx")
    none = kliping("crawl", "demo", "-a", "source=wayback", *settings, collection=tmp_path / "c")
    assert none.code == 3, none.out + none.err
    assert "http 404; not in the web archive" in none.out
    by_name = ("-a", "source=wayback", "-a", f"url={TWO_PAGES}")
    some = kliping("crawl", "demo", *by_name, *settings, collection=tmp_path / "c")
    assert some.code == 0, some.out + some.err
    assert set(sidecars(tmp_path / "c")) == {TWO_PAGES}
