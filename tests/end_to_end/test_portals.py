"""A portal outside the Tribun network, crawled by its spider, which nobody wrote, over TLS."""

from __future__ import annotations

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.end_to_end.commands import Ended, kliping, sidecars
from tests.extractors.portals.test_kompas import HEADLINE, INDEX, PARAGRAPHS, URL, page
from tests.support.proxy import Internet, Page, proxy

LIST = "https://indeks.kompas.com/?site=regional&date=2023-11-02"
FIRST, REST = "".join(PARAGRAPHS[:3]), "".join(PARAGRAPHS[3:])
BODY = [
    "KUALA, KOMPAS.com - Warga Kuala menanam bakau di tepi sungai.",
    "Bibit itu dibawa dengan perahu.",
    "Menunggu pasang",
    "Penanaman dimulai saat air naik.",
]


def crawl(collection: Path, pages: dict[str, Page]) -> tuple[Ended, dict[str, object], Internet]:
    lists: dict[str, Page] = {LIST: INDEX.format(URL), f"{LIST}&page=2": INDEX.format(URL)}
    with proxy(lists | pages) as internet:
        said = kliping(
            *("crawl", "kompas", "-a", "hosts=regional", "-a", "since=2023-11-02", "-a", "until=2023-11-02"),
            *("-s", "KLIPING_CONTACT=arsip@example.org", "-s", "KLIPING_PACE=0"),
            collection=collection,
            env=internet.environment,
        )
    kept = sidecars(collection)
    assert list(kept) == [URL], said.out + said.err
    return said, kept[URL], internet


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, dict[str, object], Internet, Path]:
    collection = tmp_path_factory.mktemp("whole") / "collection"
    return *crawl(collection, {f"{URL}?page=all": page(count=1)}), collection


def test_an_article_of_several_pages_takes_one_request(
    whole: tuple[Ended, dict[str, object], Internet, Path],
) -> None:
    said, record, internet, _ = whole
    assert said.code == 0, said.out + said.err
    assert [request.url for request in internet.asked("/read/")] == [f"{URL}?page=all"]
    assert (record["headline"], str(record["articleBody"]).split("\n\n")) == (HEADLINE, BODY)


def test_the_archive_tells_what_tls_was_spoken(
    whole: tuple[Ended, dict[str, object], Internet, Path],
) -> None:
    *_, collection = whole
    (warc,) = (collection / "archive").glob("*.warc.gz")
    with warc.open("rb") as stream:
        fields = {
            record.rec_type: record.rec_headers.headers
            for record in ArchiveIterator(stream)
            if record.rec_headers.get_header("WARC-Target-URI") == f"{URL}?page=all"
        }
    assert set(fields) == {"response", "request"}
    for found in fields.values():
        spoken = [value for name, value in found if name == "WARC-Protocol"]
        suites = [value for name, value in found if name == "WARC-Cipher-Suite"]
        assert spoken == ["http/1.1", "tls/1.3"]
        assert len(suites) == 1
        assert suites[0].startswith("TLS_")
    assert kliping("verify", collection=collection).code == 0


def test_its_record_says_that_one_page_holds_it_all(
    whole: tuple[Ended, dict[str, object], Internet, Path],
) -> None:
    _, record, _, _ = whole
    archive = record["archive"]
    assert isinstance(archive, dict)
    assert record["pagination"] == {"pageCount": 1, "pagesMissing": []}
    assert [(item["page"], item["url"]) for item in archive["pages"]] == [(1, f"{URL}?page=all")]


@pytest.mark.slow
def test_reextract_and_verify_agree_with_the_crawl(
    whole: tuple[Ended, dict[str, object], Internet, Path],
) -> None:
    _, _, _, collection = whole
    again = kliping("reextract", "--dry-run", "--json", collection=collection)
    assert '"same": 1' in again.out, again.out + again.err
    assert '"changed": 0' in again.out
    assert kliping("verify", collection=collection).code == 0


@pytest.mark.slow
def test_where_there_is_no_such_page_the_pages_are_asked_for_one_by_one(tmp_path: Path) -> None:
    pages: dict[str, Page] = {URL: page(FIRST), f"{URL}?page=2": page(REST, number=2)}
    said, record, internet = crawl(tmp_path / "collection", pages)
    assert said.code == 0, said.out + said.err
    assert [request.url for request in internet.asked("/read/")] == [f"{URL}?page=all", URL, f"{URL}?page=2"]
    assert record["pagination"] == {"pageCount": 2, "pagesMissing": []}
    assert str(record["articleBody"]).split("\n\n") == BODY
    again = kliping("reextract", "--dry-run", "--json", collection=tmp_path / "collection")
    assert '"same": 1' in again.out, again.out + again.err


@pytest.mark.slow
def test_a_server_that_answers_page_1_instead_gives_the_others_too(tmp_path: Path) -> None:
    pages: dict[str, Page] = {f"{URL}?page=all": page(FIRST), f"{URL}?page=2": page(REST, number=2)}
    said, record, _ = crawl(tmp_path / "collection", pages)
    assert said.code == 0, said.out + said.err
    assert str(record["articleBody"]).split("\n\n") == BODY
