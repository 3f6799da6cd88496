"""The demo newsroom knows the truth about its pages: every field of every article has to come out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.demo.markup import render_article
from crawler.demo.newsroom import Newsroom
from crawler.demo.truth import truth
from extractors.extract import read_page
from extractors.pager import believe
from extractors.stitch import join

ARTICLES = tuple(Newsroom().articles())
OURS = {"@context", "@type", "schemaVersion", "extraction", "contentHash", "simhash", "publisher"}


@pytest.mark.parametrize("byline", ["after", "under", None])
def test_every_field_equals_the_newsrooms_truth(byline: str | None) -> None:
    for article in ARTICLES:
        readings = {
            number: read_page(
                render_article(article, number, byline=byline).encode(),  # type: ignore[arg-type]
                url=article.url + (f"?page={number}" if number > 1 else ""),
                captured_at=datetime(article.era, 12, 1, tzinfo=UTC),
            )
            for number in range(1, article.page_count + 1)
        }
        for number, reading in readings.items():
            assert believe(readings[1], reading, number) is None
        plain = join(readings).as_plain()
        assert {name: value for name, value in plain.items() if name not in OURS} == truth(article)
        assert reading.rule == {2020: "tribun-2020", 2024: "tribun-2021", 2026: "tribun-2025"}[article.era]


def test_all_pages_on_one_give_the_same_text() -> None:
    for article in ARTICLES[:20]:
        reading = read_page(
            render_article(article, all_pages=True).encode(),
            url=f"{article.url}?page=all",
            captured_at=datetime(article.era, 12, 1, tzinfo=UTC),
        )
        assert "\n\n".join(part.text for part in reading.parts) == truth(article)["articleBody"]
