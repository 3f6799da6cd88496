"""The demo newsroom's pages of all eras against the newsroom's own truth: portals with rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from crawler.demo.markup import render_article
from crawler.demo.newsroom import DemoArticle, Newsroom
from crawler.demo.truth import truth
from extractors.pager import believe
from extractors.stitch import join
from tests.quality.figures import Figure, Reader, Tally, flat, leaks, paragraph_f1

NAME = "portals with rules: demo newsroom"
TARGETS: Mapping[str, float] = {
    "body paragraphs F1": 0.99,
    "leaked lines": 0,
    **dict.fromkeys(("author", "editor", "contributor", "source"), 0.98),
    "published": 0.99,
    **dict.fromkeys(("photo address", "photo credit", "photo caption"), 0.97),
    **dict.fromkeys(("headline", "kicker", "standfirst", "section", "tags", "dateline", "place"), 0.98),
    "pages complete and in order": 1,
}
_FIELDS = {
    "author": "author",
    "editor": "editor",
    "contributor": "contributor",
    "source": "sourceOrganization",
    "published": "datePublished",
    "headline": "headline",
    "kicker": "alternativeHeadline",
    "standfirst": "description",
    "section": "articleSection",
    "tags": "keywords",
    "dateline": "dateline",
    "place": "locationCreated",
}
_PHOTO_FIELDS = {
    "photo address": "contentUrl",
    "photo credit": "creditText",
    "photo caption": "caption",
}


def pages(article: DemoArticle) -> Iterator[tuple[int, str, bytes]]:
    """Number, address and bytes of each page of an article."""
    for number in range(1, article.page_count + 1):
        address = article.url + (f"?page={number}" if number > 1 else "")
        yield number, address, render_article(article, number).encode()


def cases() -> dict[str, str]:
    """A digest of each case, its pages and its truth."""
    return {article.url: _digest(article) for article in Newsroom().articles()}


def _digest(article: DemoArticle) -> str:
    digest = sha256(repr(sorted(truth(article).items())).encode())
    for _, _, body in pages(article):
        digest.update(body)
    return digest.hexdigest()[:16]


def measure(read: Reader) -> tuple[Figure, ...]:
    tally = Tally()
    for article in Newsroom().articles():
        _measure(tally, article, read)
    return tally.figures()


def _measure(tally: Tally, article: DemoArticle, read: Reader) -> None:
    captured = datetime(article.era, 12, 1, tzinfo=UTC)
    readings = {number: read(body, url=url, captured_at=captured) for number, url, body in pages(article)}
    believed = [
        number for number, reading in readings.items() if believe(readings[1], reading, number) is None
    ]
    expected, got = truth(article), join(readings).as_plain()
    case = article.url.removeprefix("http://")
    wanted, found = _paragraphs(expected), _paragraphs(got)
    tally.score("body paragraphs F1", case, paragraph_f1(wanted, found))
    tally.count("leaked lines", case, leaks(wanted, found))
    for name, field in _FIELDS.items():
        tally.compare(name, case, expected.get(field), got.get(field))
    for name, field in _PHOTO_FIELDS.items():
        tally.compare(name, case, _photos(expected, field), _photos(got, field))
    order = (list(readings), _page_numbers(expected), len(wanted))
    tally.compare("pages complete and in order", case, order, (believed, _page_numbers(got), len(found)))


def _parts(plain: Mapping[str, object]) -> list[Mapping[str, object]]:
    parts = plain.get("hasPart")
    return parts if isinstance(parts, list) else []


def _paragraphs(plain: Mapping[str, object]) -> list[str]:
    return [flat(str(part["text"])) for part in _parts(plain)]


def _page_numbers(plain: Mapping[str, object]) -> list[object]:
    return list(dict.fromkeys(part["page"] for part in _parts(plain)))


def _photos(plain: Mapping[str, object], field: str) -> list[object]:
    photos = plain.get("image")
    return [photo.get(field) for photo in photos] if isinstance(photos, list) else []
