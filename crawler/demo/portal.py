"""The demo portal: what each address answers, without a socket in sight."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from urllib.parse import parse_qs

from crawler.demo import lists
from crawler.demo.cards import SITES, Card, slug
from crawler.demo.markup import render_amp, render_article, render_other
from crawler.demo.newsroom import SEED, Newsroom
from crawler.demo.pictures import png
from crawler.demo.story import DemoArticle, Site

HTML = "text/html; charset=UTF-8"
XML = "application/xml; charset=UTF-8"
_CSS = "body{font-family:sans-serif;margin:0}.hide{display:none}.fl{float:left}.w677{width:677px}\n"
_PER_PAGE, _PER_PAGE_LARGE, _LARGE = 5, 20, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asks for: `host` without a port, `target` the path with its query string as sent."""

    host: str
    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def query(self, name: str) -> str | None:
        values = parse_qs(self.target.partition("?")[2], keep_blank_values=True).get(name)
        return values[-1] if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back. `headers` are ordered pairs; length, coding and connection are the server's to add."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    modified: datetime | None = None

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:20]}"'


class DemoPortal:
    """Answers requests for the two demo hosts; the same seed gives the same bytes.

    Subclasses add routes by overriding `answer`.
    """

    def __init__(self, *, seed: int = SEED, articles: int = 60, page_bytes: int = 0) -> None:
        self.newsroom = Newsroom(seed=seed, articles=articles)
        self.page_bytes = page_bytes
        self.per_page = _PER_PAGE if articles <= _LARGE else _PER_PAGE_LARGE
        self._sites: Mapping[str, Site] = {site.host: site for site in SITES}
        # Newest first, as every list of the portal shows them.
        self._newest: Mapping[str, tuple[Card, ...]] = {
            host: tuple(sorted(cards, key=lambda card: (card.published, card.path), reverse=True))
            for host, cards in self.newsroom.on_host.items()
        }
        self._by_day: dict[tuple[str, date], list[Card]] = {}
        for host, cards in self._newest.items():
            for card in cards:
                self._by_day.setdefault((host, card.published.date()), []).append(card)
        self._ghosts = {(ghost.host, ghost.path): ghost for ghost in self.newsroom.ghosts}

    def answer(self, request: Request) -> Answer:
        """The answer to one request; 421 for hosts that are not served here."""
        site = self._sites.get(request.host)
        if site is None:
            return _plain(421, f"{request.host} is not served here\n")
        for route in self._routes:
            answer = route(self, site, request)
            if answer is not None:
                return answer
        return self._not_found(site)

    # -- articles

    def _article(self, site: Site, request: Request) -> Answer | None:
        card = self.newsroom.by_address.get((site.host, request.path))
        if card is None:
            return None
        if card.kind != "article":
            sample = next(self.newsroom.articles())
            return _html(render_other(card, replace(sample, site=site)), card.published)
        return self._article_page(self.newsroom.article(card), request.query("page"), amp=False)

    def _amp(self, site: Site, request: Request) -> Answer | None:
        if not request.path.startswith("/amp/"):
            return None
        article = self.newsroom.find(site.host, request.path.removeprefix("/amp"))
        return self._article_page(article, request.query("page"), amp=True) if article else None

    def _article_page(self, article: DemoArticle, page: str | None, *, amp: bool) -> Answer:
        all_pages = page == "all"
        number = int(page) if page and page.isascii() and page.isdigit() and len(page) < 9 else 1
        # An address beyond the last page answers page 1, as the network's servers do.
        number = number if 1 <= number <= article.page_count else 1
        if amp:
            text = render_amp(article, number, all_pages=all_pages)
        else:
            text = render_article(article, number, all_pages=all_pages, page_bytes=self.page_bytes)
        cookies = (
            ("Set-Cookie", f"edisi={article.article_id}; Path=/"),
            ("Set-Cookie", "tema=terang; Path=/"),
        )
        return replace(_html(text, article.modified), headers=cookies)

    def _gone(self, site: Site, request: Request) -> Answer | None:
        ghost = self._ghosts.get((site.host, request.path))
        if ghost is None:
            return None
        return self._not_found(site) if ghost.status == 404 else _plain(410, "Artikel telah dihapus.\n")

    def _moved(self, site: Site, request: Request) -> Answer | None:
        card = self.newsroom.moved.get((site.host, request.path))
        if card is None:
            return None
        query = request.target.partition("?")[2]
        return Answer(status=301, headers=(("Location", card.url + ("?" + query if query else "")),))

    # -- lists

    def _index(self, site: Site, request: Request) -> Answer | None:
        root, _, section = request.path[1:].partition("/")
        if root not in {"index-news", "indeks"}:
            return None
        day = _day(request.query("date"))
        cards: Sequence[Card] = self._newest[site.host]
        if request.query("date") is not None:
            cards = self._by_day.get((site.host, day), ()) if day else ()
        cards = [card for card in cards if not section or slug(card.section) == section]
        page = request.query("page") or "1"
        index = lists.IndexPage(
            site=site,
            day=day,
            section=section or None,
            cards=cards,
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1,
            per_page=self.per_page,
        )
        return _html(lists.render_index(index))

    def _sitemap(self, site: Site, request: Request) -> Answer | None:
        folder, _, name = request.path[1:].rpartition("/")
        if name == "sitemap.xml" and not folder:
            return Answer(body=lists.sitemap_index(site, site.sections).encode(), content_type=XML)
        sections = [section for section in site.sections if slug(section) == folder]
        if not sections:
            return None
        cards = [card for card in self._newest[site.host] if card.section == sections[0]]
        if name == "sitemap-news.xml":
            return Answer(body=lists.sitemap_news(cards).encode(), content_type=XML)
        if name not in {"sitemap-web.xml", "sitemap-web.xml.gz"}:
            return None
        body = self._sitemap_web(site, sections[0], cards).encode()
        if name.endswith(".gz"):
            return Answer(body=gzip.compress(body, mtime=0), content_type="application/x-gzip")
        return Answer(body=body, content_type=XML)

    def _sitemap_web(self, site: Site, section: str, cards: Sequence[Card]) -> str:
        moved = [
            path
            for (host, path), card in self.newsroom.moved.items()
            if host == site.host and card.section == section
        ]
        first = section == site.sections[0]
        ghosts = [ghost for ghost in self.newsroom.ghosts if ghost.host == site.host and first]
        return lists.sitemap_web(site, cards, moved, ghosts)

    def _home(self, site: Site, request: Request) -> Answer | None:
        sections = {slug(section) for section in site.sections}
        name = request.path.strip("/")
        cards = self._newest[site.host]
        if not name:
            return _html(lists.render_home(site, cards))
        if name in sections:
            return _html(lists.render_home(site, [card for card in cards if slug(card.section) == name]))
        if name.partition("/")[0] in {"tag", "topic", "penulis", "editor"} and "/" in name:
            return _html(lists.render_home(site, cards[:3]))
        return None

    def _feed(self, site: Site, request: Request) -> Answer | None:
        if request.path.rstrip("/") != "/rss":
            return None
        return Answer(
            body=lists.rss(site, self._newest[site.host]).encode(), content_type="text/xml; charset=UTF-8"
        )

    # -- the rest

    def _robots(self, site: Site, request: Request) -> Answer | None:
        return _plain(200, lists.robots(site)) if request.path == "/robots.txt" else None

    def _file(self, site: Site, request: Request) -> Answer | None:
        if request.path == "/css/style.css":
            return Answer(body=_CSS.encode(), content_type="text/css; charset=UTF-8")
        if request.path.endswith(".png"):
            return Answer(body=png(site.host + request.path), content_type="image/png")
        return None

    def _not_found(self, site: Site) -> Answer:
        return replace(_html(lists.render_home(site, ())), status=404)

    _routes: tuple[Callable[[DemoPortal, Site, Request], Answer | None], ...] = (
        _article,
        _robots,
        _file,
        _amp,
        _index,
        _sitemap,
        _feed,
        _gone,
        _moved,
        _home,
    )


def _html(text: str, modified: datetime | None = None) -> Answer:
    return Answer(body=text.encode(), modified=modified.astimezone(UTC) if modified else None)


def _plain(status: int, text: str) -> Answer:
    return Answer(status=status, body=text.encode(), content_type="text/plain; charset=UTF-8")


def _day(text: str | None) -> date | None:
    """The day of `?date=2024-8-7`, with or without padding; None for anything else."""
    try:
        year, month, day = map(int, (text or "").split("-"))
        return date(year, month, day)
    except ValueError:
        return None
