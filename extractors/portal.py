"""What a portal declares: its hosts, its lists, the shapes of its addresses and its dated rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from extractors.errors import UnknownHostError

JAKARTA, MAKASSAR, JAYAPURA = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"

# Keputusan Presiden 41/1987: what is not named here keeps western time (WIB).
_CENTRAL = frozenset(
    {
        "Bali",
        "Nusa Tenggara Barat",
        "Nusa Tenggara Timur",
        "Kalimantan Selatan",
        "Kalimantan Timur",
        "Kalimantan Utara",
        "Sulawesi Utara",
        "Gorontalo",
        "Sulawesi Tengah",
        "Sulawesi Selatan",
        "Sulawesi Barat",
        "Sulawesi Tenggara",
    }
)


def zone_of(province: str) -> str:
    """The IANA zone of a province; national hosts (no province) keep Jakarta's time."""
    if province.startswith(("Maluku", "Papua")):
        return JAYAPURA
    return MAKASSAR if province in _CENTRAL else JAKARTA


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host of a portal. `province` is empty for national hosts.

    `kind`: regional, national, national-mobile, vertical, video, or former (an old brand domain).
    """

    name: str
    brand: str
    province: str
    zone: str
    kind: str = "regional"
    dateline_brand: str = ""

    @property
    def has_lists(self) -> bool:
        """Whether the host publishes article lists of its own (mirrors and former domains do not)."""
        return self.kind in {"regional", "national", "vertical"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where the markup of one era keeps each field: XPath 1.0 expressions, tried in order.

    A rule is a candidate for captures from `valid_from` on, and is used only if one of `marks` is on the
    page: eras overlap, because a portal changes its hosts one by one.
    """

    name: str
    valid_from: date
    marks: tuple[str, ...]
    container: tuple[str, ...]
    headline: tuple[str, ...]
    kicker: tuple[str, ...] = ()
    standfirst: tuple[str, ...] = ()
    abstract: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    date_text: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    writer: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    photo: tuple[str, ...] = ()
    photo_credit: tuple[str, ...] = ()
    photo_caption: tuple[str, ...] = ()
    pager: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A portal: data that the pure functions of this package interpret.

    `shapes` match the path of an article address, without AMP prefix; `refused` are first path segments
    that never lead to an article. `desktop` maps a mobile host to the host whose articles it repeats.
    `group` names the operator whose servers the hosts share, for the pace over all of them.
    """

    name: str
    title: str
    group: str
    hosts: tuple[Host, ...]
    rules: tuple[Rule, ...] = ()
    publisher: str
    publisher_url: str | None = None
    scheme: str = "https"
    language: str = "id"
    shapes: tuple[re.Pattern[str], ...] = ()
    refused: frozenset[str] = frozenset()
    desktop: tuple[tuple[str, str], ...] = ()
    index_path: str | None = None
    sitemap_paths: tuple[str, ...] = ("/sitemap.xml",)
    sitemap_paths_of: tuple[tuple[str, tuple[str, ...]], ...] = ()
    feed_paths: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def host(self, name: str) -> Host | None:
        """The host called `name`, in any case; a port is ignored."""
        wanted = name.lower().partition(":")[0].rstrip(".")
        return next((host for host in self.hosts if host.name == wanted), None)

    def find_hosts(self, words: Iterable[str]) -> tuple[Host, ...]:
        """The hosts that people mean by "aceh" or "aceh.tribunnews.com", each once, in the order given."""
        found = (self._find_host(word.strip()) for word in words)
        return tuple(dict.fromkeys(found))

    def _find_host(self, word: str) -> Host:
        wanted = word.lower()
        for host in self.hosts:
            if wanted in {host.name, _short(host.name)}:
                return host
        names = [name for host in self.hosts for name in (_short(host.name), host.name)]
        closest = tuple(dict.fromkeys(get_close_matches(wanted, names, n=3, cutoff=0.5)))
        raise UnknownHostError(word, self.name, closest)

    def index_url(self, host: Host, day: date, *, section: str | None = None, page: int = 1) -> str | None:
        """The page of the daily index that lists what `host` published on `day`."""
        if self.index_path is None or not host.has_lists:
            return None
        path = self.index_path + (f"/{section}" if section else "")
        more = f"&page={page}" if page > 1 else ""
        return f"{self._root(host)}{path}?date={day.year}-{day.month}-{day.day}{more}"

    def sitemap_urls(self, host: Host) -> tuple[str, ...]:
        """Where the host's sitemaps begin, if robots.txt does not say otherwise."""
        paths = dict(self.sitemap_paths_of).get(host.name, self.sitemap_paths)
        return tuple(self._root(host) + path for path in paths)

    def feed_urls(self, host: Host) -> tuple[str, ...]:
        """The host's feeds."""
        return tuple(self._root(host) + path for path in self.feed_paths)

    def page_url(self, article_url: str, number: int) -> str:
        """The address of page `number` of an article; 0 asks for all pages on one."""
        if number == 1:
            return article_url
        return f"{article_url}?page={number or 'all'}"

    def _root(self, host: Host) -> str:
        return f"{self.scheme}://{host.name}"


def _short(name: str) -> str:
    return name.partition(".")[0]
