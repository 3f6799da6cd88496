"""The Tribun network's addresses and lists, as data."""

from __future__ import annotations

import re

from extractors.portal import Index, Sample, has_class

# To mid-2025 dated (with a section on www), from August 2025 numeric; both live side by side in 2026.
SHAPES = (
    re.compile(r"(?:/[\w-]+){0,2}/(?:19|20)\d\d/(?:0[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01])/[^/]+"),
    re.compile(r"(?:/(?=[^/]*[A-Za-z])[\w-]+){1,2}/\d{1,12}/(?=[^/]*[A-Za-z])[^/]+"),
)

# First path segments of lists, of people, of players and of what robots.txt of www forbids.
REFUSED = frozenset(
    {"ajax", "api", "auth", "author", "editor", "feed", "indeks", "index-news", "json", "komentar", "live"}
    | {"login", "member", "penulis", "player", "posts", "rss", "search", "sitemap", "subtopic", "tag", "tags"}
    | {"topic", "topics", "tribun-video", "tribunvideo", "video", "videos", "view"}
)

INDEX = Index(
    daily="{root}/index-news{section}?date={day.year}-{day.month}-{day.day}{page}",
    items=(f"//ul[{has_class('lsi')}]/li[{has_class('ptb15')} or contains(@class,'nativeads')]",),
    # What an index page has on an empty day, too: its list, the total above it, the pager's box.
    frame=(
        f"//ul[{has_class('lsi')}]",
        "id('paginga')",
        f"//div[{has_class('pt10')} and {has_class('pb10')}]",
    ),
    pager=("id('paginga')",),
    advertisement=(f"self::*[{has_class('nativeads')}]",),
)
FEED_PATHS = ("/rss",)
# kaltara writes underscores where its sisters write hyphens.
SITEMAPS_OF = (("kaltara.tribunnews.com", ("/sitemap_news.xml", "/sitemap_web.xml")),)


def samples(host: str) -> tuple[Sample, ...]:
    """Addresses of all shapes on one host; the tests hold the portal to what is said of them."""
    root = f"https://{host}"
    dated, numeric = f"{root}/2022/07/20/nelayan-kuala", f"{root}/news/1234567/nelayan-kuala"
    return (
        Sample(url=f"{dated}?utm_source=wa#komentar", article=dated),
        Sample(url=f"{dated}?page=3", article=dated, page=3),
        Sample(url=f"{dated}?page=all", article=dated, page=0),
        Sample(url=f"{root}/amp/2022/07/20/nelayan-kuala?page=2", article=dated, page=2, amp=True),
        Sample(
            url=f"{root}/sport/2022/07/20/nelayan-kuala/", article=f"{root}/sport/2022/07/20/nelayan-kuala"
        ),
        Sample(url=numeric, article=numeric),
        Sample(url=f"{root}/index-news?date=2022-7-20", article=None),
        Sample(url=f"{root}/tag/12345/banjir", article=None),
        Sample(url=f"{root}/penulis/12345/rahmat", article=None),
        Sample(url=f"{root}/2022/07", article=None),
    )
