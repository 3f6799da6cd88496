"""What a portal declares: its hosts, its lists, the shapes of its addresses and its dated rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from urllib.parse import parse_qsl

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

    `kind`: regional, national, national-mobile, vertical, video, lists (it lists the other hosts' articles)
    or former (an old brand domain). `index_name` is what the portal's index calls the host, if that is not
    the first label of its name.
    """

    name: str
    brand: str
    province: str
    zone: str
    kind: str = "regional"
    dateline_brand: str = ""
    index_name: str = ""

    @property
    def has_lists(self) -> bool:
        """Whether the host publishes article lists of its own (mirrors and former domains do not)."""
        return self.kind in {"regional", "national", "vertical"}


def has_class(name: str) -> str:
    """XPath for "carries this class". Most elements lack even the letters, which is cheaper to find out."""
    return f"contains(@class,'{name}') and contains(concat(' ',normalize-space(@class),' '),' {name} ')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where the markup of one era keeps each field: XPath 1.0 expressions, tried in order.

    A rule is a candidate for captures from `valid_from` on, and is used only if one of `marks` is on the
    page: eras overlap, because a portal changes its hosts one by one. `marks`, `drop`, `related` and
    `figures` are taken all together, not in order.

    `drop` is what stands in the container and is not the article; `related` are boxes and lines of links to
    other articles there, `figures` are pictures with a caption that are no `figure` elements, and
    `drop_lines` match whole lines of text (white space folded) that go.
    A credit that stands inside the caption, or in its final brackets, is taken out of it. `dateline` is an
    element at the head of the body that holds nothing but the dateline.
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
    dateline: tuple[str, ...] = ()
    photo: tuple[str, ...] = ()
    photo_box: tuple[str, ...] = ()
    photo_credit: tuple[str, ...] = ()
    photo_caption: tuple[str, ...] = ()
    pager: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    drop_lines: tuple[re.Pattern[str], ...] = ()


_PAGE_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How the pages of an article are asked for: `?page=2`, and all of them on one with `?page=all`.

    `whole` is the parameter and the value that give all pages on one (None: there is no such address). With
    `prefer_whole` a crawl asks for that at once: one request instead of one for each page.
    """

    parameter: str = "page"
    whole: tuple[str, str] | None = ("page", "all")
    prefer_whole: bool = False

    def number(self, query: str) -> int:
        """The page that a query string asks for: 1 without a number, 0 for all pages on one."""
        values = {name: value.lower() for name, value in parse_qsl(query)}
        if self.whole is not None and values.get(self.whole[0]) == self.whole[1]:
            return 0
        value = values.get(self.parameter, "")
        return max(int(value), 1) if _PAGE_NUMBER.fullmatch(value) else 1

    def url(self, article_url: str, number: int) -> str:
        """The address of page `number`; 0 asks for all pages on one, or for page 1 where that is not to be
        had.
        """
        if number == 0 and self.whole is not None:
            return f"{article_url}?{self.whole[0]}={self.whole[1]}"
        return article_url if number <= 1 else f"{article_url}?{self.parameter}={number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The portal's lists of articles: their addresses, and where a list keeps what it offers.

    `daily` is a format string for the list of one day, filled with `root` (scheme and host), `name` (what the
    index calls the host), `day` (a date), and `section` and `page`: what `section` and `page` below make of
    them, nothing without a section or on page 1. With `by_section` there are only lists of sections, and a
    crawl that names none walks all that the portal declares. `newest` are paths of lists without a date.

    The XPath expressions are all taken together; `advertisement` and `date_text` begin at one item. `frame`
    is what a list has even on an empty day: it tells a list from a login or maintenance page.
    """

    daily: str | None = None
    section: str = "/{section}"
    by_section: bool = False
    page: str = "&page={page}"
    page_parameter: str = "page"
    newest: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    frame: tuple[str, ...] = ()
    pager: tuple[str, ...] = ()
    advertisement: tuple[str, ...] = ()
    date_text: tuple[str, ...] = (".//time",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A real address and what is to be made of it: the article and page it belongs to, or None.

    The tests check the samples of every portal.
    """

    url: str
    article: str | None
    page: int = 1
    amp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A portal: data that the pure functions of this package interpret.

    `shapes` match the path of an article address, without what marks it as AMP; `refused` are first path
    segments that never lead to an article. `desktop` maps a mobile host to the host whose articles it
    repeats. `group` names the operator whose servers the hosts share, for the pace over all of them; a crawl
    of the portal that is called like its group takes the group's other portals along. `sections` are those
    that may be asked for; without any, none is refused.
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
    samples: tuple[Sample, ...] = ()
    desktop: tuple[tuple[str, str], ...] = ()
    amp_prefix: str = "/amp"
    amp_suffix: str = ""
    paging: Paging = Paging()
    index: Index = Index()
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
        """The page of the daily index that lists what `host` published on `day`; None without an index."""
        if self.index.daily is None or not host.has_lists:
            return None
        return self.index.daily.format(
            root=self._root(host),
            name=host.index_name or _short(host.name),
            day=day,
            section=self.index.section.format(section=section) if section else "",
            page=self.index.page.format(page=page) if page > 1 else "",
        )

    @property
    def default_sections(self) -> tuple[str | None, ...]:
        """The sections whose lists are walked when none is named; None is the list of all."""
        return self.sections if self.index.by_section else (None,)

    def newest_urls(self, host: Host) -> tuple[str, ...]:
        """The host's lists of what is new, without a date."""
        return tuple(self._root(host) + path for path in self.index.newest) if host.has_lists else ()

    @property
    def list_hosts(self) -> tuple[str, ...]:
        """The hosts that hold the lists of the others."""
        return tuple(host.name for host in self.hosts if host.kind == "lists")

    def sitemap_urls(self, host: Host) -> tuple[str, ...]:
        """Where the host's sitemaps begin, if robots.txt does not say otherwise."""
        paths = dict(self.sitemap_paths_of).get(host.name, self.sitemap_paths)
        return tuple(self._root(host) + path for path in paths)

    def feed_urls(self, host: Host) -> tuple[str, ...]:
        """The host's feeds."""
        return tuple(self._root(host) + path for path in self.feed_paths)

    def page_url(self, article_url: str, number: int) -> str:
        """The address of page `number` of an article; 0 asks for all pages on one."""
        return self.paging.url(article_url, number)

    def first_url(self, article_url: str) -> str:
        """The address that a crawl asks for first: page 1, or all pages where that is preferred."""
        return self.page_url(article_url, 0 if self.paging.prefer_whole else 1)

    def desktop_path(self, path: str) -> tuple[str, bool]:
        """A path without what marks it as AMP, and whether it was marked so."""
        trimmed = path.rstrip("/")
        if self.amp_prefix and f"{trimmed}/".startswith(f"{self.amp_prefix}/"):
            return trimmed.removeprefix(self.amp_prefix), True
        if self.amp_suffix and trimmed.endswith(self.amp_suffix):
            return trimmed.removesuffix(self.amp_suffix), True
        return trimmed, False

    def _root(self, host: Host) -> str:
        return f"{self.scheme}://{host.name}"


def _short(name: str) -> str:
    return name.partition(".")[0]
