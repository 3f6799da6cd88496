"""The portal's lists: daily index pages, sitemaps, the feed, robots.txt."""

# ruff: noqa: E501 - templates read best when an element is one line
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from email.utils import format_datetime

from crawler.demo import chrome
from crawler.demo.cards import Card, slug
from crawler.demo.chrome import esc
from crawler.demo.newsroom import Ghost, printed_date
from crawler.demo.story import Site

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_FOREIGN = "https://tetangga-berita.example/2024/08/07/kabar-titipan-dari-jaringan-lain"
_ADVERT = "https://belanja-nusantara.example/promo/kipas-angin"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """One page of a daily index. A page beyond the last one shows the last one again, as the network does."""

    site: Site
    day: date | None
    section: str | None
    cards: Sequence[Card]
    page: int
    per_page: int

    @property
    def last_page(self) -> int:
        return max(1, -(-len(self.cards) // self.per_page))

    @property
    def shown_page(self) -> int:
        return min(max(1, self.page), self.last_page)

    @property
    def shown(self) -> Sequence[Card]:
        start = (self.shown_page - 1) * self.per_page
        return self.cards[start : start + self.per_page]

    def url(self, page: int) -> str:
        path = f"/index-news/{slug(self.section)}" if self.section else "/index-news"
        day = f"date={self.day.year}-{self.day.month}-{self.day.day}&" if self.day else ""
        return f"{self.site.root}{path}?{day}page={page}"


def render_index(index: IndexPage) -> str:
    """The daily index in the network's markup, with advertisements and foreign links between the items."""
    items = [_item(card) for card in index.shown]
    if items:
        items.insert(min(2, len(items)), _native_ad())
        items.append(_foreign(index.site))
    day = printed_date_only(index.day) if index.day else ""
    return f"""<!DOCTYPE html>
<html lang="id-ID"><head>
<title>Indeks Berita {esc(day)} - {esc(index.site.brand)}</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<link rel="stylesheet" href="{index.site.root}/css/style.css" type="text/css" />
</head><body id="bodyindex">
{chrome.top(index.site, day)}
<div class="content"><div class="fl w677"><div class="bsh mb20">
<h1 class="f24 f400">Indeks Berita</h1>
<div class="pt10 pb10">Total berita: <b>{len(index.cards)}</b></div>
<ul class="lsi">
{"".join(items)}</ul>
{_index_pager(index)}
</div></div>
<div class="fr w300" id="boxright"><div class="bsh"><h3>Berita Terpopuler</h3></div>{chrome.footer(index.site)}</div>
</div></body></html>
"""


def printed_date_only(day: date) -> str:
    """ "Jumat, 9 Oktober 2020"."""
    return printed_date(datetime.combine(day, time())).rpartition(" ")[0]


def _item(card: Card) -> str:
    title = esc(card.headline)
    topic = f'<h4 class="red"><a href="{card.site.root}/topic/{slug(card.section)}" title="{esc(card.section)}">{esc(card.section)}</a></h4>'
    return f"""<li class="ptb15">
<div class="fr mt5"><a href="{card.url.removeprefix(card.site.root)[1:]}"><img src="{card.thumbnail}" width="120" height="90" class="shou2 bgwhite" alt="{title}"/></a></div>
<div class="mr140">{topic if card.index % 2 else ""}
<h3 class="f16 fbo"><a href="{card.url}" class="f20 ln24 fbo" title="{title}">{title}</a></h3>
<time class="grey" title="{card.published:%Y-%m-%d %H:%M:%S}">{printed_date(card.published, card.site.zone)}</time></div>
<div class="cl2"></div></li>
"""


def _native_ad() -> str:
    return f"""<li class="nativeads ptb15"><h3 class="f16 fbo"><a href="{_ADVERT}" title="Kipas Angin Hemat Listrik">Kipas Angin Hemat Listrik</a></h3><span>Sponsored</span></li>
"""


def _foreign(site: Site) -> str:
    return f"""<li class="ptb15"><h3 class="f16 fbo"><a href="{_FOREIGN}?ref={site.host}" title="Kabar Titipan dari Jaringan Lain">Kabar Titipan dari Jaringan Lain</a></h3></li>
"""


def _index_pager(index: IndexPage) -> str:
    if index.last_page == 1:
        return ""
    here = index.shown_page
    links = "".join(
        f'<a href="{esc(index.url(n))}"{" class=" + chr(34) + "active" + chr(34) if n == here else ""}>{n}</a>'
        for n in range(1, index.last_page + 1)
    )
    following = f'<a href="{esc(index.url(here + 1))}">Next</a>' if here < index.last_page else ""
    last = f'<a href="{esc(index.url(index.last_page))}">Last</a>'
    return f'<div id="paginga"><div class="paging">{links}{following}{last}</div></div>'


def robots(site: Site) -> str:
    forbidden = (
        "/api/",
        "/posts/",
        "/ajax/",
        "/auth/",
        "/member/",
        "/komentar/",
        "/search",
        "/tag/",
        "/topic/",
    )
    lines = "\n".join(f"Disallow: {path}" for path in forbidden)
    return f"User-agent: *\n{lines}\n\nSitemap: {site.root}/sitemap.xml\n"


def sitemap_index(site: Site, sections: Sequence[str]) -> str:
    """The index: for each section a news sitemap and a compressed one with all its addresses."""
    urls = [
        f"{site.root}/{slug(section)}/{name}"
        for section in sections
        for name in ("sitemap-news.xml", "sitemap-web.xml.gz")
    ]
    items = "".join(f"<sitemap><loc><![CDATA[{url}]]></loc></sitemap>\n" for url in urls)
    return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{items}</sitemapindex>\n'


def sitemap_news(cards: Sequence[Card]) -> str:
    """The newest hundred articles with Google News fields, values in CDATA."""
    items = "".join(_news_item(card) for card in cards[:100])
    return f'{_XML}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{items}</urlset>\n'


def _news_item(card: Card) -> str:
    return f"""<url><loc><![CDATA[{card.url}]]></loc>
<news:news><news:publication><news:name><![CDATA[{card.site.brand}]]></news:name><news:language>id</news:language></news:publication>
<news:publication_date><![CDATA[{card.published.isoformat()}]]></news:publication_date>
<news:title><![CDATA[{card.headline}]]></news:title></news:news></url>
"""


def sitemap_web(site: Site, cards: Sequence[Card], moved: Sequence[str], ghosts: Sequence[Ghost]) -> str:
    """All addresses of a section, with old addresses that have moved and with articles that are gone."""
    entries = [(card.url, card.published.date().isoformat()) for card in cards]
    entries += [(site.root + path, "") for path in moved] + [(site.root + ghost.path, "") for ghost in ghosts]
    items = "".join(
        f"<url><loc>{esc(url)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
        for url, day in entries
    )
    return f'{_XML}<urlset xmlns="{_SITEMAP}">\n{items}</urlset>\n'


def rss(site: Site, cards: Sequence[Card]) -> str:
    """The newest twenty articles."""
    items = "".join(
        f"<item><title><![CDATA[{card.headline}]]></title><link>{card.url}</link><guid>{card.url}</guid>"
        f"<pubDate>{format_datetime(card.published)}</pubDate></item>\n"
        for card in cards[:20]
    )
    return (
        f'{_XML}<rss version="2.0"><channel><title>{esc(site.brand)}</title><link>{site.root}/</link>'
        f"<description>Berita terbaru {esc(site.brand)}</description>\n{items}</channel></rss>\n"
    )


def render_home(site: Site, cards: Sequence[Card]) -> str:
    """The home page and section pages: the newest headlines."""
    items = "".join(
        f'<li class="ptb15"><h3 class="f16 fbo"><a href="{card.url}" title="{esc(card.headline)}">{esc(card.headline)}</a></h3></li>\n'
        for card in cards[:20]
    )
    return f"""<!DOCTYPE html>
<html lang="id-ID"><head><title>{esc(site.brand)}: kabar {esc(site.province)} hari ini</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<link rel="stylesheet" href="{site.root}/css/style.css" type="text/css" /></head>
<body>{chrome.top(site, "")}<div class="content"><ul class="lsi" id="latestul">
{items}</ul></div>{chrome.footer(site)}</body></html>
"""
