"""The enlarged portal as a folder of files that nginx serves: bodies compressed beforehand, lists included.

A file is named like its address, with `@` and the query after the path: `HOST/daerah/800052/warga@page=2`.
What is text is there as gzip only; nginx inflates it for clients that do not ask for gzip.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

from crawler.demo.cards import SITES, slug
from crawler.demo.portal import Answer
from extractors.portals import all_portals
from tests.benchmarks.portal import PACKS, SOURCES, EnlargedPortal, article_pages, page, request_for

ARTICLES_PER_PAGE = 0.44
"""1,320 articles have 3,000 pages."""
EMPTY_DAY = date(2015, 1, 1)
"""A day on which nothing was published, with an index that says so."""
MISSING = "404@"
"""What a host answers where nothing is."""
_TEXT = ("text/", "application/xml")
_SHARE = 500
"""Pages that a process renders before it takes the next ones."""
_UNCHANGED_SINCE = datetime(2026, 7, 25, tzinfo=UTC)
"""For lists, which do not say when they were changed; a file needs some time, and an ETag is made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The files on disk. `urls` are the addresses of all article pages, `lists` those of everything else.

    `moved` leads from an old address (host and path) to a new one; the addresses in `gone` answer 410.
    """

    folder: Path
    articles: int
    urls: list[str]
    lists: list[str]
    moved: dict[str, str]
    gone: list[str]

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def file_of(self, url: str) -> Path:
        """The compressed body of a page."""
        return self.files / f"{_name(url)}.gz"


def make_site(pages: int, folder: Path = PACKS) -> Site:
    """Render everything, or take what an earlier run has made; a change of the demo portal makes it anew."""
    articles = max(1, round(pages * ARTICLES_PER_PAGE))
    sources = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:12]
    place = folder / f"site-{articles}-{sources}"
    if not (place / "site.json").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        site = _render(place, articles)
        plain = asdict(site) | {"folder": ""}
        (place / "site.json").write_text(json.dumps(plain))
    read = json.loads((place / "site.json").read_text())
    return Site(**read | {"folder": place})


def _render(folder: Path, articles: int) -> Site:
    portal = EnlargedPortal(articles)
    urls = list(article_pages(portal))
    site = Site(
        folder=folder,
        articles=sum(card.kind == "article" for card in portal.newsroom.cards),
        urls=urls,
        lists=list(dict.fromkeys(_lists(portal))),
        moved={f"{host}{path}": card.url for (host, path), card in portal.newsroom.moved.items()},
        gone=[f"{ghost.host}{ghost.path}" for ghost in portal.newsroom.ghosts if ghost.status == 410],
    )
    for url in site.lists:
        _write(site, url, portal.answer(request_for(url)))
    for host in SITES:
        _write(site, f"{host.root}/404", portal.answer(request_for(f"{host.root}/404")))
    shares = [urls[start : start + _SHARE] for start in range(0, len(urls), _SHARE)]
    with get_context("fork").Pool(initializer=_share_portal, initargs=(portal, site)) as pool:
        for _ in pool.imap_unordered(_render_share, shares):
            pass
    return site


_shared: list[tuple[EnlargedPortal, Site]] = []


def _share_portal(portal: EnlargedPortal, site: Site) -> None:
    """The processes get the portal by being forked."""
    _shared.append((portal, site))


def _render_share(urls: Iterable[str]) -> None:
    portal, site = _shared[-1]
    for url in urls:
        _write(site, url, page(portal, url))


def _lists(portal: EnlargedPortal) -> Iterator[str]:
    """Whatever a crawl can come to beside articles."""
    declared = all_portals()["demo"]
    hosts = {host.name: host for host in declared.hosts}
    days = [EMPTY_DAY, *sorted({card.published.date() for card in portal.newsroom.cards})]
    for site in SITES:
        root, cards = site.root, portal.newsroom.on_host.get(site.host, ())
        yield from (f"{root}/{name}" for name in ("robots.txt", "", "rss", "index-news", "sitemap.xml"))
        yield f"{root}/css/style.css"
        for section in map(slug, site.sections):
            yield f"{root}/{section}"
            yield from (f"{root}/{section}/sitemap-{name}" for name in ("news.xml", "web.xml", "web.xml.gz"))
        yield from (f"{root}/index-news?page={number}" for number in range(1, _pages(portal, len(cards)) + 1))
        for day in days:
            count = sum(card.published.date() == day for card in cards)
            for number in range(1, _pages(portal, count) + 2):
                url = declared.index_url(hosts[site.host], day, page=number)
                assert url is not None
                yield url
                yield f"{root}/index-news?date={day.year}-{day.month}-{day.day}&page={number}"
        yield from (card.url for card in cards if card.kind != "article")


def _pages(portal: EnlargedPortal, cards: int) -> int:
    return max(1, -(-cards // portal.per_page))


def _name(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path or '/'}@{parts.query}"


def _write(site: Site, url: str, answer: Answer) -> None:
    """The body's file, compressed where it is text. Its time is the answer's, for conditional requests."""
    path, body = site.files / _name(url), answer.body
    if answer.content_type.startswith(_TEXT):
        path, body = path.with_name(path.name + ".gz"), gzip.compress(body, 6, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    changed = (answer.modified or _UNCHANGED_SINCE).timestamp()
    os.utime(path, (changed, changed))
