"""An article that is taken along is whole: other tools read it, and its bytes are the archive's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archives.wacz_check import check_wacz
from reading_room.app import make_app
from tests.archives.shelf import fastwarc_records, inflated_members, warcio_records
from tests.reading_room.holding import Holding, hold
from tests.reading_room.test_article import two_pages


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    return hold(tmp_path / "warta", two_pages())


@pytest.fixture
def reader(holding: Holding) -> FlaskClient:
    return make_app(holding.collection).test_client()


def taken(reader: FlaskClient, holding: Holding, form: str) -> bytes:
    answer = reader.get(f"/articles/{holding.places[0]}{form}", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.content_length == len(answer.data)
    content: bytes = answer.data
    return content


def test_the_record_is_the_sidecar_byte_for_byte(reader: FlaskClient, holding: Holding) -> None:
    stored = holding.collection.articles / f"{holding.places[0]}.json"

    assert taken(reader, holding, ".json") == stored.read_bytes()


def test_the_text_has_title_names_and_body(reader: FlaskClient, holding: Holding) -> None:
    text = taken(reader, holding, ".txt").decode()

    assert text.startswith("Warga Pesisir Menanam Bakau\nCut Meutia\n2026-11-22T08:00:00+07:00\nhttps://")
    assert text.endswith("\n\nPESISIR - Warga menanam bakau.\n")


def test_the_warc_file_has_the_articles_records_as_they_lie_in_the_archive(
    reader: FlaskClient, holding: Holding, tmp_path: Path
) -> None:
    path = tmp_path / "article.warc.gz"
    path.write_bytes(taken(reader, holding, ".warc.gz"))

    kinds = [kind for kind, _ in warcio_records(path)]
    assert fastwarc_records(path) == kinds
    assert kinds[:2] == ["warcinfo", "warcinfo"]
    assert kinds.count("response") == kinds.count("request") == 4  # two pages, the photo, the style sheet
    archived = list(inflated_members(holding.collection.warc_files()[0].read_bytes()))
    assert list(inflated_members(path.read_bytes()))[1:] == archived


def test_the_same_article_gives_the_same_bytes(reader: FlaskClient, holding: Holding) -> None:
    for form in (".warc.gz", ".wacz"):
        assert taken(reader, holding, form) == taken(reader, holding, form)


def test_the_package_is_whole_and_can_be_replayed(
    reader: FlaskClient, holding: Holding, tmp_path: Path
) -> None:
    path = tmp_path / "article.wacz"
    path.write_bytes(taken(reader, holding, ".wacz"))

    result = check_wacz(path)

    assert result.findings == []
    assert (result.articles, result.pages, result.captures) == (1, 2, 4)


def test_a_package_that_lacks_a_page_of_its_article_is_found_out(
    reader: FlaskClient, holding: Holding, tmp_path: Path
) -> None:
    """The check of an excerpt goes by time and address: one that names another time must fail."""
    stored = holding.collection.articles / f"{holding.places[0]}.json"
    record = json.loads(stored.read_bytes())
    record["archive"]["pages"][1]["finalUrl"] += "&x"
    stored.write_text(json.dumps(record))
    path = tmp_path / "article.wacz"
    path.write_bytes(taken(reader, holding, ".wacz"))

    assert any("has no capture" in item.fault for item in check_wacz(path).findings)
