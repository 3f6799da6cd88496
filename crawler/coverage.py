"""Walks over daily indexes: which days a run asks for, and what a page of an index means for its walk."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto

from archives import coverage
from archives.catalogue import Catalogue, NewUrl, UrlRow
from archives.coverage import Day, Extent, IndexPlace, Walk
from archives.states import Kind, Source
from crawler.arguments import OLDEST_DAY, Order, Place, Plan, Recheck
from extractors.addresses import identify
from extractors.article import Listing
from extractors.dates import in_zone, read_iso, zone_offset
from extractors.portals import all_portals

MAX_LIST_PAGES = 200
"""Pages of one daily index that are read at most."""
MAX_ROUNDS = 5
"""How often the index of a day that is not over is read again from page 1, while something new comes in."""
STALE_PAGES = 2
"""Pages of such an index that may show nothing new before it counts as repeating itself: as many items may
have come in on page 1 meanwhile as fit on a page."""
_ELSEWHERE = frozenset({"advertisement", "another site"})
"""Reasons of links that do not tell one page of an index from another: they change by themselves."""

logger = logging.getLogger(__name__)


# --- which days -------------------------------------------------------------------------------------


def day_of(place: Place, day: date, section: str | None = None) -> Day:
    """A day of publication of a host."""
    return Day(
        portal=place.portal.name,
        host=place.host.name,
        section=section or "",
        day=day,
        ends=end_of(day, place.host.zone),
    )


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day is over in a zone of Indonesia."""
    return datetime.combine(day + timedelta(1), time(), zone_offset(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many days were asked for, the index of how many is known, and how many URLs are to do for it."""

    to_do: int
    days: int
    known: int


def ask_for_days(
    catalogue: Catalogue, plan: Plan, days: Sequence[date], *, run_id: int, begun_in: int | None = None
) -> Asked:
    """Have the index of each day read, unless it was read to its end after the day was over: for such a day
    there is nothing to do but what is pending of it. `-a recheck=all` has every index read that was not in
    run `begun_in`, with which this reading began, or after it.
    """
    since_run = (begun_in or run_id) if plan.recheck is Recheck.ALL else 0
    to_do = count = known = 0
    for place in plan.places if days else ():
        extent = Extent(hosts=(place.host.name,), since=min(days), until=max(days))
        walked = coverage.walked(catalogue.database, extent, since_run=since_run)
        skipped: list[int] = []
        for day, url in _indexes(place, plan, days):
            count += 1
            walk_id = walked.get((day.section, day.day))
            if walk_id is not None:
                skipped.append(walk_id)
            else:
                rank = _rank(plan, day.day)
                to_do += coverage.ask(catalogue.database, day, url, rank=rank, run_id=run_id)
        coverage.note_asked(catalogue.database, skipped, run_id)
        known += len(skipped)
    return Asked(to_do=to_do, days=count, known=known)


def _indexes(place: Place, plan: Plan, days: Sequence[date]) -> Iterator[tuple[Day, str]]:
    for day in days:
        for section in plan.sections or place.portal.default_sections:
            url = place.portal.index_url(place.host, day, section=section)
            if url is not None:
                yield day_of(place, day, section), url


def _rank(plan: Plan, day: date) -> int:
    return -day.toordinal() if plan.order is Order.NEWEST else day.toordinal()


# --- what a page means ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """A page of an index as it was read: what it offers, the address of the next page, and what was wrong.

    `articles` are those of its links; `others` are links of the portal that are no articles.
    """

    number: int
    at: datetime
    articles: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    following: str | None = None
    fault: str | None = None


class Move(Enum):
    """What a walk does after a page of the index."""

    ON = auto()
    AGAIN = auto()
    """From page 1: new items may have come in there, and pushed others on."""
    END = auto()
    LEAVE = auto()
    """The walk ends, and the index has not been read whole."""


def next_move(walk: Walk, page: IndexPage, *, fresh: int, stale_pages: int) -> Move:
    """What the walk does after this page.

    `fresh` counts links that this reading had not seen before, `stale_pages` the pages in a row without any.
    An index that only repeats itself has ended; one that goes on for ever has not.
    """
    if page.following is not None:
        pushed = walk.round == 0 and not walk.settles and stale_pages <= STALE_PAGES
        if fresh or pushed:
            return Move.ON if page.number < MAX_LIST_PAGES else Move.LEAVE
    if walk.fault is not None:
        return Move.LEAVE
    if page.number > 1 and not walk.settles and walk.round < MAX_ROUNDS:
        return Move.AGAIN
    return Move.END


@dataclass(slots=True)
class _Seen:
    """What a reading has seen so far, and how many pages in a row showed nothing else."""

    articles: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    stale_pages: int = 0

    def take(self, page: IndexPage) -> int:
        """Remember a page; how many of its links are new."""
        fresh = len(page.articles - self.articles) + len(page.others - self.others)
        self.articles |= page.articles
        self.others |= page.others
        self.stale_pages = 0 if fresh else self.stale_pages + 1
        return fresh


class Walks:
    """The walks of one run. Called in the keeper's thread only, inside its transactions."""

    def __init__(self, run_id: int) -> None:
        self._run_id = run_id
        self._seen: dict[int, _Seen] = {}

    def take(self, catalogue: Catalogue, row: UrlRow, page: IndexPage, *, run_id: int | None = None) -> int:
        """A page of a daily index was read, in the run `run_id` if not in this one; how many URLs are to do
        with it.
        """
        db = catalogue.database
        walk = None if row.walk_id is None else coverage.find_walk(db, row.walk_id)
        if walk is None or walk.at_page != page.number:
            return 0  # left over by a reading that is none any more
        if page.number == 1 and walk.round == 0:
            coverage.begin_reading(db, walk.walk_id, page.at)
            self._seen.pop(walk.walk_id, None)
        seen = self._seen.setdefault(walk.walk_id, _Seen())
        fresh = seen.take(page)
        coverage.note_page(db, walk.walk_id, links=len(seen.articles), fault=page.fault)
        walk = coverage.find_walk(db, walk.walk_id)
        assert walk is not None
        move = next_move(walk, page, fresh=fresh, stale_pages=seen.stale_pages)
        return self._make(catalogue, row, walk, page, move, run_id or self._run_id)

    def _make(
        self, catalogue: Catalogue, row: UrlRow, walk: Walk, page: IndexPage, move: Move, run_id: int
    ) -> int:
        db, walk_id = catalogue.database, walk.walk_id
        if move is Move.ON:
            assert page.following is not None
            coverage.go_on(db, walk_id, page.number + 1)
            place = IndexPlace(url=page.following, page=page.number + 1, rank=row.rank, found_on=row.url)
            return coverage.ask_page(db, walk_id, walk.day, place, run_id=self._run_id)
        if move is Move.LEAVE:
            endless = f"more than {MAX_LIST_PAGES} pages" if page.number >= MAX_LIST_PAGES else None
            coverage.give_up(db, walk_id, endless)
            self._seen.pop(walk_id, None)
            return 0
        coverage.note_end(db, walk_id, last_page=page.number, at=page.at, run_id=run_id)
        if move is Move.AGAIN:
            coverage.go_on(db, walk_id, 1, again=True)
            return coverage.reopen_first(db, walk_id, run_id=self._run_id)
        self._seen.pop(walk_id, None)
        return 0

    def miss(self, catalogue: Catalogue, row: UrlRow, reason: str) -> None:
        """A page of an index could not be had: the reading ends there."""
        if row.walk_id is not None and row.kind is Kind.LIST:
            coverage.give_up(catalogue.database, row.walk_id, f"page {row.page}: {reason}")
            self._seen.pop(row.walk_id, None)


def index_page(row: UrlRow, listing: Listing, *, at: datetime, fault: str | None) -> IndexPage:
    """What a listing says as a page of a walk. Articles go by their address: what is tacked on to a link may
    be another each time.
    """
    found = ((link.url, link.address or identify(link.url)) for link in listing.links)
    return IndexPage(
        number=row.page,
        at=at,
        articles=frozenset(url if address is None else address.url for url, address in found),
        others=frozenset(link.url for link in listing.skipped if link.reason not in _ELSEWHERE),
        following=listing.more[0] if listing.more else None,
        fault=None if fault is None else f"page {row.page}: {fault}",
    )


# --- what was listed --------------------------------------------------------------------------------

SOURCES = {Kind.LIST: Source.INDEX, Kind.SITEMAP: Source.SITEMAP, Kind.FEED: Source.FEED}


def note_listed(
    catalogue: Catalogue, row: UrlRow, urls: Iterable[NewUrl], listing: Listing, *, at: datetime
) -> None:
    """Write down what a list names: for the day of the index, or for the day of each link's date."""
    db, source = catalogue.database, SOURCES[row.kind]
    if row.walk_id is not None:
        coverage.note_listed(db, row.walk_id, (item.url for item in urls), source, at)
        return
    wanted = {item.url for item in urls if item.kind is Kind.ARTICLE}
    found: dict[Day, list[str]] = {}
    for link in listing.links:
        address = link.address or identify(link.url)
        if address is None or address.url not in wanted:
            continue
        day = dated(address.portal, address.host, link.published_text, at)
        if day is not None:
            found.setdefault(day, []).append(address.url)
    for day, named in found.items():
        coverage.note_listed(db, coverage.walk_of(db, day), named, source, at)


def dated(portal: str, host: str, published_text: str | None, at: datetime) -> Day | None:
    """The day for which a link counts that was listed at that moment; None without a date that can be one."""
    known = all_portals()[portal].host(host)
    moment = read_iso(published_text) if published_text else None
    if moment is None or known is None:
        return None
    try:
        day = in_zone(moment, known.zone).astimezone(zone_offset(known.zone)).date()
    except OverflowError:
        return None
    if not OLDEST_DAY <= day <= at.date() + timedelta(1):
        return None
    return Day(portal=portal, host=host, day=day, ends=end_of(day, known.zone))
