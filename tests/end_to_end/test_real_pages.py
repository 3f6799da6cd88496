"""A real captured page under its real host name, crawled by the real spider over TLS.

The page is not part of the project. Expectations are what a person reads on it, in the shortest form that
tells: counts, names of public roles and the first words, never its sentences.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.demo.portal import Answer
from tests.end_to_end.commands import Ended, kliping, sidecars
from tests.support.proxy import proxy

URL = (
    "https://www.tribunnews.com/pendidikan/2020/05/04/"
    "jawaban-soal-apa-dampak-negatif-jika-menunda-pekerjaan-belajar-dari-rumah-sma-di-tvri"
)
SHARED = Path(os.environ.get("KLIPING_SHARED") or Path(__file__).resolve().parents[3] / "shared")
PAGE = SHARED / "pages" / "www.tribunnews.com_2020-05-04.html"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason=f"the real page is not here ({PAGE.name})")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, dict[str, object]]:
    collection = tmp_path_factory.mktemp("real") / "collection"
    with proxy({URL: Answer(body=PAGE.read_bytes())}) as internet:
        said = kliping(
            "crawl",
            "tribun",
            "-a",
            f"url={URL}",
            "-s",
            "KLIPING_CONTACT=arsip@example.org",
            "-s",
            "KLIPING_PACE=0",
            "-s",
            "KLIPING_NETWORK_PACE=0",
            collection=collection,
            env=internet.environment,
        )
    kept = sidecars(collection)
    assert list(kept) == [URL], said.err
    return said, kept[URL]


def test_three_of_four_pages_are_written_down_as_missing(crawled: tuple[Ended, dict[str, object]]) -> None:
    said, record = crawled
    assert said.code == 3
    assert record["pagination"] == {"pageCount": 4, "pagesMissing": [2, 3, 4]}
    assert "with pages missing" in said.out


def test_every_field_is_what_a_person_reads_on_the_page(crawled: tuple[Ended, dict[str, object]]) -> None:
    _, record = crawled
    names = {field: [item["name"] for item in record.get(field, ())] for field in ("author", "editor")}  # type: ignore[attr-defined]
    assert names == {"author": ["Muhammad Renald Shiftanto"], "editor": ["Sri Juliati"]}
    assert record["datePublished"] == "2020-05-04T04:25:00+07:00" or str(record["datePublished"]).startswith(
        "2020-05-04T04:25"
    )
    assert record["datePublishedText"] == "Senin, 4 Mei 2020 04:25 WIB"
    assert record["dateline"] == "TRIBUNNEWS.COM"
    assert "locationCreated" not in record
    image = record["image"]
    assert isinstance(image, list)
    assert image[0]["creditText"] == "Tangkapan Layar TVRI"
    assert str(record["headline"]).startswith("Jawaban Soal Apa Dampak Negatif")
    assert not str(record["headline"]).endswith("Tribunnews.com")


def test_only_the_article_is_in_the_body(crawled: tuple[Ended, dict[str, object]]) -> None:
    _, record = crawled
    body = str(record["articleBody"])
    assert body.startswith("TRIBUNNEWS.COM")
    for foreign in ("Baca:", "Baca juga", "Penulis:", "Editor:", "Halaman", "Tangkapan Layar", "googletag"):
        assert foreign not in body
