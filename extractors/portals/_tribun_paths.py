"""The shapes of the Tribun network's addresses, as data."""

from __future__ import annotations

import re

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

INDEX_PATH = "/index-news"
FEED_PATHS = ("/rss",)
# kaltara writes underscores where its sisters write hyphens.
SITEMAPS_OF = (("kaltara.tribunnews.com", ("/sitemap_news.xml", "/sitemap_web.xml")),)
