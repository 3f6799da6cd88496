"""The demo portal enlarged: more articles, and pages of the size that real ones have.

One newsroom has no more than some thousand headlines to give. A portal of a hundred thousand pages is many
newsrooms, each with another seed and so with other articles, whose lists are one.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from crawler.demo.cards import Card
from crawler.demo.newsroom import SEED, Newsroom
from crawler.demo.portal import Answer, DemoPortal, Request
from crawler.demo.story import DemoArticle
from extractors.portals import all_portals

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "build" / "benchmarks"
ROOM = 1320
"""Articles of one newsroom; they have 3,000 pages."""
SMALLEST_KB, LARGEST_KB = 100, 180
_INCOMPRESSIBLE = 30 * 1024
"""Bytes of base64 in each page: the demo's filler alone would compress to 12 KB, real pages do to 35."""
SOURCES = (
    *sorted((ROOT / "crawler" / "demo").glob("*.py")),
    *(Path(__file__).with_name(name) for name in ("portal.py", "site.py")),
)
"""What decides how the portal looks."""


class ManyNewsrooms(Newsroom):
    """Newsrooms of different seeds as one; of two articles with one address the first stays."""

    def __init__(self, articles: int) -> None:
        self.seed = SEED
        sizes = [min(ROOM, articles - start) for start in range(0, articles, ROOM)]
        rooms = [Newsroom(seed=SEED + number, articles=size) for number, size in enumerate(sizes)]
        owners: dict[str, Newsroom] = {}
        for room in rooms:
            for card in room.cards:
                owners.setdefault(card.url, room)
        self._owners = owners
        self.cards = tuple(card for room in rooms for card in room.cards if owners[card.url] is room)
        self.by_address = {(card.site.host, card.path): card for card in self.cards}
        hosts = {card.site.host for card in self.cards}
        self.on_host = {host: tuple(c for c in self.cards if c.site.host == host) for host in hosts}

    def article(self, card: Card) -> DemoArticle:
        return self._owners[card.url].article(card)


class EnlargedPortal(DemoPortal):
    """The demo portal over as many newsrooms as are needed."""

    def __init__(self, articles: int) -> None:
        super().__init__(articles=min(articles, ROOM))
        newsroom = self.newsroom = ManyNewsrooms(articles)
        self._newest = {
            host: tuple(sorted(cards, key=lambda card: (card.published, card.path), reverse=True))
            for host, cards in newsroom.on_host.items()
        }
        self._by_day = {}
        for host, cards in self._newest.items():
            for card in cards:
                self._by_day.setdefault((host, card.published.date()), []).append(card)


@dataclass(frozen=True, slots=True)
class Pack:
    """Rendered pages on disk: one file of answers, and beside it where each begins and how long it is."""

    path: Path
    articles: int
    places: dict[str, tuple[int, int]]

    @property
    def urls(self) -> list[str]:
        """The addresses of all article pages, the pages of one article after one another."""
        return list(self.places)


def make_pack(articles: int, folder: Path = PACKS) -> Pack:
    """Render the pages, or take those of an earlier run; a change of the demo portal makes them anew."""
    sources = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:12]
    path = folder / f"portal-{articles}-{sources}.pack"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _render(articles, path)
    return load_pack(path, articles)


def load_pack(path: Path, articles: int) -> Pack:
    places = json.loads(_index_of(path).read_text())
    return Pack(path, articles, {url: (offset, length) for url, (offset, length) in places.items()})


def _index_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _render(articles: int, path: Path) -> None:
    portal = DemoPortal(articles=articles)
    places: dict[str, tuple[int, int]] = {}
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as out:
        for url in article_pages(portal):
            message = _message(page(portal, url))
            places[url] = (out.tell(), len(message))
            out.write(message)
    _index_of(path).write_text(json.dumps(places))
    unfinished.rename(path)


def article_pages(portal: DemoPortal) -> Iterator[str]:
    """The addresses of all pages of all articles, those of one article after one another."""
    declared = all_portals()["demo"]
    for article in portal.newsroom.articles():
        yield article.url
        yield from (declared.page_url(article.url, number) for number in range(2, article.page_count + 1))


def page(portal: DemoPortal, url: str) -> Answer:
    """A page of a size of its own between the smallest and the largest, always the same for an address."""
    dice = random.Random(url)
    portal.page_bytes = dice.randint(SMALLEST_KB, LARGEST_KB) * 1024 - _INCOMPRESSIBLE
    answer = portal.answer(request_for(url))
    noise = base64.b64encode(dice.randbytes(_INCOMPRESSIBLE * 3 // 4))
    script = b'<script type="text/javascript">var derau="' + noise + b'";</script>\n</body>'
    return Answer(
        body=answer.body.replace(b"</body>", script),
        content_type=answer.content_type,
        headers=answer.headers,
        modified=answer.modified,
    )


def request_for(url: str) -> Request:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(host=parts.netloc.lower(), target=target)


def _message(answer: Answer) -> bytes:
    """The answer as bytes for the wire, with the header fields that the demo portal's own server sends."""
    headers = [("Server", "KabarNusa"), ("Content-Type", answer.content_type), *answer.headers]
    if answer.status == 200:
        headers.append(("ETag", answer.etag))
    if answer.modified:
        headers.append(("Last-Modified", format_datetime(answer.modified, usegmt=True)))
    body = answer.body
    if body and answer.content_type.startswith(("text/", "application/xml")):
        body = gzip.compress(body, 6, mtime=0)
        headers += [("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip")]
    headers.append(("Content-Length", str(len(body))))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
