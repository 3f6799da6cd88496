"""The two articles this project started from, crawled under their own hosts over TLS."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.demo.portal import Answer
from crawler.demo.story import BylinePlace
from tests.end_to_end.commands import kliping, sidecars
from tests.end_to_end.seed_pages import MISSING, Seed, seeds, seeds_are_here
from tests.support.proxy import proxy

pytestmark = pytest.mark.skipif(not seeds_are_here(), reason=MISSING)

EXPECTED: dict[str, dict[str, object]] = {
    "000": {
        "alternativeHeadline": "Internasional",
        "author": None,
        "editor": [{"name": "M Nur Pakar"}],
        "sourceOrganization": None,
        "dateline": "SERAMBINEWS.COM, PYONGYANG",
        "locationCreated": {"name": "Pyongyang"},
        "credit": "AFP/File",
        "related": 2,
    },
    "001": {
        "alternativeHeadline": None,
        "author": [{"name": "Rica Agustina"}],
        "editor": [{"name": "Tiara Shelavie"}],
        "sourceOrganization": "TribunSolo.com",
        "dateline": "TRIBUNNEWS.COM",
        "locationCreated": None,
        "credit": "Anatolii Stepanov / AFP",
        "related": 1,
    },
}
CASES = [
    ("000", "under"),
    pytest.param(("000", "after"), marks=pytest.mark.slow),
    pytest.param(("001", "under"), marks=pytest.mark.slow),
    pytest.param(("001", "after"), marks=pytest.mark.slow),
]


def _names(value: object) -> object:
    return [{"name": person["name"]} for person in value] if isinstance(value, list) else value


@pytest.fixture(scope="module", params=CASES, ids=["000-under", "000-after", "001-under", "001-after"])
def crawled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Seed, dict[str, object]]:
    name, byline = request.param
    seed = next(seed for seed in seeds() if seed.name == name)
    return seed, _crawl(seed, byline, tmp_path_factory.mktemp(name) / "collection")


def _crawl(seed: Seed, byline: BylinePlace, collection: Path) -> dict[str, object]:
    pages = {url: Answer(body=html.encode()) for url, html in seed.pages(byline).items()}
    portal = "serambi" if seed.article.site.host.startswith("aceh.") else "tribun"
    day = f"{seed.article.published:%Y-%m-%d}"
    with proxy(pages) as internet:
        said = kliping(
            "crawl",
            portal,
            "-a",
            f"hosts={seed.article.site.host}",
            "-a",
            f"since={day}",
            "-a",
            f"until={day}",
            "-s",
            "KLIPING_CONTACT=arsip@example.org",
            "-s",
            "KLIPING_PACE=0",
            "-s",
            "KLIPING_NETWORK_PACE=0",
            collection=collection,
            env=internet.environment,
        )
    assert said.code == 0, said.out + said.err
    kept = sidecars(collection)
    assert list(kept) == [seed.article.url]
    return kept[seed.article.url]


def test_the_table_of_the_two_articles_holds(crawled: tuple[Seed, dict[str, object]]) -> None:
    seed, record = crawled
    expected = EXPECTED[seed.name]
    source, image = record.get("sourceOrganization"), record["image"]
    assert isinstance(image, list)
    assert record["headline"] == seed.text.headline
    assert record["description"] == seed.text.standfirst
    assert record.get("alternativeHeadline") == expected["alternativeHeadline"]
    assert _names(record.get("author")) == expected["author"]
    assert _names(record.get("editor")) == expected["editor"]
    assert (source["name"] if isinstance(source, dict) else None) == expected["sourceOrganization"]
    assert record["dateline"] == expected["dateline"]
    assert record.get("locationCreated") == expected["locationCreated"]
    assert image[0]["creditText"] == expected["credit"]
    assert image[0]["caption"] == seed.text.caption.strip()


def test_both_pages_are_joined_in_order(crawled: tuple[Seed, dict[str, object]]) -> None:
    seed, record = crawled
    assert record["pagination"] == {"pageCount": 2, "pagesMissing": []}
    parts, archive = record["hasPart"], record["archive"]
    assert isinstance(parts, list)
    assert isinstance(archive, dict)
    assert [part["page"] for part in parts] == sorted(part["page"] for part in parts)
    assert {part["page"] for part in parts} == {1, 2}
    assert [page["url"] for page in archive["pages"]] == [seed.article.url, seed.article.url + "?page=2"]
    assert record["articleBody"] == seed.truth["articleBody"]


def test_nothing_but_the_article_is_in_the_body(crawled: tuple[Seed, dict[str, object]]) -> None:
    seed, record = crawled
    lines = str(record["articleBody"]).split("\n\n")
    related = record["relatedLink"]
    assert isinstance(related, list)
    first_page = [link for link in related if link["page"] == 1]
    assert len(first_page) == EXPECTED[seed.name]["related"]
    for forbidden in seed.forbidden:
        assert not any(line.startswith(forbidden) for line in lines), forbidden


def test_the_addresses_are_archived_without_the_proxy_s_own(crawled: tuple[Seed, dict[str, object]]) -> None:
    _, record = crawled
    archive = record["archive"]
    assert isinstance(archive, dict)
    assert all(page["finalUrl"].startswith("https://") for page in archive["pages"])
