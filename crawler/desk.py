"""The news desk: looks at every archived answer and decides what it means and what to ask for next.

It knows nothing of Scrapy. A live crawl hands it each capture as it becomes durable, the next run hands it
what an earlier one left lying, and `reextract` hands it the records of WARC files.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import ParamSpec, TypeGuard, TypeVar
from urllib.parse import urlsplit

from archives.capture import CaptureRef, RecordPlace
from archives.catalogue import Catalogue, KeptArticle, NewUrl, UrlRow
from archives.collection import Collection
from archives.errors import ArchiveError, WriteError
from archives.index import BESIDE
from archives.keeper import Keeper, Kept, Note
from archives.removals import ARTICLE_URN, Removals
from archives.removing import REASON
from archives.rereading import ask_changed
from archives.states import Kind, Priority, State
from archives.versions import KeptPage, Placement
from crawler.arguments import Recheck, Requisites
from crawler.awaiting import outcome_of
from crawler.coverage import MAX_LIST_PAGES, Walks, index_page, note_listed
from crawler.drafts import Drafts, Expected, pages_said, read_and_draft
from crawler.folders import Folders, SidecarFolder
from crawler.reading import (
    CUT,
    CUT_OFF,
    FinishedSidecar,
    Robots,
    make_sidecar,
    read_article_page,
    read_list_page,
    read_requisites,
)
from crawler.workers import TookTooLongError, UnsendableError, WorkerLostError, WorkerPool
from extractors.addresses import identify
from extractors.article import ArticleAddress, Listing, PageKind, PageReading, Verdict, content_digest
from extractors.forms import Relation, is_amp_copy, is_whole, relation
from extractors.page import unwrap
from extractors.pager import believe
from extractors.portals import all_portals, portal_of

MAX_SITEMAPS = 1000
"""Sitemaps of one host that a run asks for at most, those aside that the portal itself declares."""
_MAX_BARREN = 2
"""Pages of a list in a row without a new link that end its reading. One can be an accident: what appears
while the list is read moves everything on by as much as a page.
"""
REDIRECTED_HOME = "redirected to the home page"
NO_FIRST_PAGE = "page 1 is not kept"
_READINGS = 256
UNREAD = (TookTooLongError, WorkerLostError, UnsendableError, MemoryError, RecursionError)
"""What a page can do to the process that reads it: the page has failed, by this name, and the run goes on."""

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What this run may ask for: portals and hosts, and which kept articles are read again.

    With `recheck` all, those that lists name, unless run `begun_in` or a later one has dealt with them; with
    due, those that a list says have changed since. `patient` runs leave what has failed alone until its next
    try is due.
    """

    portals: frozenset[str]
    hosts: frozenset[str]
    recheck: Recheck = Recheck.NONE
    begun_in: int | None = None
    requisites: Requisites = Requisites.NONE
    patient: bool = False


@dataclass(slots=True)
class Progress:
    """How far a run is, counted as it goes: links that lists offered, addresses to do, dealt with, articles.

    `offered` counts a link each time it stands on a list. `known` changes after the commit, never before:
    whoever sees it change finds the new URLs in the ledger.
    """

    offered: int = 0
    known: int = 0
    done: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A page that is to be placed: its number, its form, the digest of its content.

    `renewed` is the kept page of its number, where that one's digest was made by another Kliping, and
    `version_id` the version that it belongs to.
    """

    number: int
    form: Relation
    digest: str
    version_id: int = 0
    renewed: KeptPage | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A version whose sidecar is to be written, and the answers to robots.txt that were in force for it."""

    article: KeptArticle
    robots: tuple[CaptureRef, ...]


@dataclass(frozen=True, slots=True)
class _Next:
    """What an article waits for: whether a page is pending, how many URLs that has added, and else the
    sidecar that it is owed, if any.
    """

    pending: bool
    added: int
    owed: Owed | None = None


@dataclass(slots=True)
class _Newest:
    """A list without a date under way: one that only repeats itself is left."""

    seen: set[str] = field(default_factory=set)
    pages: int = 0
    barren: int = 0


class Desk:
    """One desk per run."""

    def __init__(
        self,
        collection: Collection,
        keeper: Keeper,
        pool: WorkerPool,
        *,
        run_id: int,
        scope: Scope,
        folders: Folders | None = None,
    ) -> None:
        """`folders` are other ones than the collection's own, for a second reading."""
        self._collection = collection
        self._name = collection.name  # which is read from its manifest
        self._folders = folders or Folders(
            archive=collection.archive, sidecars=SidecarFolder(collection.root)
        )
        self._keeper = keeper
        self._pool = pool
        self._run_id = run_id
        self._scope = scope
        self._readings: OrderedDict[tuple[str, int], PageReading] = OrderedDict()
        self._drafts = Drafts()
        self._walks = Walks(run_id)
        self.removals = Removals.of(collection)
        """As they were when the run began; whoever removes an article needs the lock that it holds."""
        self._newest: dict[str, _Newest] = {}
        self._sitemaps: Counter[str] = Counter()
        self.clock: Callable[[], datetime] = partial(datetime.now, UTC)
        """From when the next tries of what fails are counted."""
        self.progress = Progress()
        self.requisite_hosts: dict[str, None] = {}
        """Hosts of pictures and style sheets that this run has found so far; they are asked, too."""

    def is_removed(self, url: str) -> bool:
        """Whether a URL is of an article that was removed from the collection, in whatever spelling."""
        return is_of_removed(url, self.removals)

    # --- what a live crawl hands in ----------------------------------------------------------------

    async def take(self, row: UrlRow, kept: Kept) -> PageKind:
        """Look at the 200 answer to a URL of the ledger, and say what it is."""
        if row.kind.is_list:
            return await self._take_list(row, kept)
        if row.kind is Kind.REQUISITE:
            return await self._take_requisite(row, kept)
        return await self._take_page(row, kept)

    async def _take_requisite(self, row: UrlRow, kept: Kept) -> PageKind:
        cut = kept.ref.truncated
        outcome = (State.FAILED, CUT.get(cut, CUT_OFF)) if cut else (State.CAPTURED, None)
        await self._finish(row, kept.capture_id, lambda _catalogue: outcome)
        return PageKind.UNREADABLE if cut else PageKind.NOT_HTML

    async def miss(self, row: UrlRow, state: State, reason: str, capture_id: int | None = None) -> None:
        """A URL has got no usable answer. Further pages of its article are still asked for."""
        article = row.article if row.kind is Kind.PAGE else None

        def outcome(catalogue: Catalogue) -> tuple[State, str | None]:
            if row.kind is Kind.LIST:
                self._newest.pop(_without_page(row.url), None)
            self._walks.miss(catalogue, row, reason)
            return state, reason

        await self._finish(row, capture_id, outcome, article=article)

    # --- lists -------------------------------------------------------------------------------------

    async def _take_list(self, row: UrlRow, kept: Kept) -> PageKind:
        try:
            reading = await self._work(read_list_page, self._collection.archive, kept.ref)
        except UNREAD as error:
            await self.miss(row, State.FAILED, f"list could not be read: {error}", kept.capture_id)
            return PageKind.UNREADABLE
        listing = reading.listing
        for warning in listing.warnings:
            logger.info("%s: %s", row.url, warning)
        fault = reading.cut or listing.missing or (None if listing.recognised else "not a list")
        self.progress.offered += len(listing.links) + len(listing.skipped)
        added = await self._do(partial(self._record_list, row=row, kept=kept, listing=listing, fault=fault))
        # not in one line: += reads before it waits
        self.progress.known += added
        self.progress.done += 1
        return PageKind.LIST if listing.recognised else PageKind.OTHER

    def _record_list(
        self, catalogue: Catalogue, *, row: UrlRow, kept: Kept, listing: Listing, fault: str | None
    ) -> int:
        """Write down, in one transaction, what a list offers and what its walk asks for next; how many URLs
        that puts to do.
        """
        now, at = self.clock(), kept.ref.fetched_at
        more, beyond = ([], None) if row.walk_id is not None else self._more_lists(row, listing)
        fault = fault or beyond
        catalogue.settle_url(
            row.url_id,
            State.FAILED if fault else State.CAPTURED,
            reason=fault,
            run_id=self._run_id,
            capture_id=kept.capture_id,
            now=now,
        )
        urls = list(self._listed(row, listing))
        added = catalogue.add_urls(urls, self._run_id, due=now if self._scope.patient else None)
        if self._scope.recheck is Recheck.ALL:
            articles = (item.url for item in urls if item.kind is Kind.ARTICLE)
            added += catalogue.ask_again(articles, self._run_id, begun_in=self._scope.begun_in)
        if self._scope.recheck is Recheck.DUE:
            added += ask_changed(catalogue, self._changed(listing), self._run_id)
        note_listed(catalogue, row, urls, listing, at=at)
        if row.walk_id is not None:
            page = index_page(row, listing, at=at, fault=fault)
            return added + self._walks.take(catalogue, row, page, run_id=kept.run_id)
        return added + catalogue.add_urls(more, self._run_id)

    def _listed(self, row: UrlRow, listing: Listing) -> Iterable[NewUrl]:
        for link in listing.links:
            address = link.address or identify(link.url)
            if address is None:
                yield _noted(row, link.url, "no article address")
            elif address.portal not in self._scope.portals or address.host not in self._scope.hosts:
                yield _noted(row, link.url, "outside this crawl")
            else:
                yield NewUrl(
                    url=address.url,
                    kind=Kind.ARTICLE,
                    portal=address.portal,
                    host=address.host,
                    rank=row.rank,
                    found_on=row.url,
                )
        for skipped in listing.skipped:
            yield _noted(row, skipped.url, skipped.reason)

    def _changed(self, listing: Listing) -> list[tuple[str, datetime]]:
        """The articles of this crawl whose last change the list tells, with its time."""
        found = (
            (link.address or identify(link.url), link.modified)
            for link in listing.links
            if link.modified is not None
        )
        return [
            (address.url, moment)
            for address, moment in found
            if address is not None and address.host in self._scope.hosts and moment is not None
        ]

    def _more_lists(self, row: UrlRow, listing: Listing) -> tuple[list[NewUrl], str | None]:
        """The further lists to ask for, and why some that are offered are not, if so."""
        if row.kind is not Kind.LIST:
            return self._more_sitemaps(row, listing)
        walk = self._newest.setdefault(_without_page(row.url), _Newest())
        offered = {link.url for link in listing.links} | {link.url for link in listing.skipped}
        fresh = offered - walk.seen
        walk.seen |= fresh
        walk.pages += 1
        walk.barren = 0 if fresh else walk.barren + 1
        goes_on = bool(listing.more) and walk.barren < _MAX_BARREN
        if goes_on and walk.pages < MAX_LIST_PAGES:
            return [_list(row, url, Kind.LIST) for url in listing.more], None
        self._newest.pop(_without_page(row.url), None)
        return [], f"goes on beyond {MAX_LIST_PAGES} pages" if goes_on else None

    def _more_sitemaps(self, row: UrlRow, listing: Listing) -> tuple[list[NewUrl], str | None]:
        room = MAX_SITEMAPS - self._sitemaps[row.host]
        taken = listing.more[: max(room, 0)]
        self._sitemaps[row.host] += len(taken)
        left_out = len(taken) < len(listing.more)
        return [_list(row, url, row.kind) for url in taken], (
            f"more than {MAX_SITEMAPS} sitemaps" if left_out else None
        )

    # --- pages of articles -------------------------------------------------------------------------

    async def _take_page(self, row: UrlRow, kept: Kept) -> PageKind:
        known = await self._unchanged(row, kept.ref)
        if known is not None:
            await self._take_again(row, kept, known)
            return PageKind.ARTICLE
        reading = await self.read(kept.ref)
        # Whatever answers at the very address that was asked for has led nowhere: most are of this kind, and
        # taking an address apart costs as much as a statement of the ledger.
        away = None if reading.url == row.url else led_away(reading)
        if away is not None:
            await self.miss(row, State.GONE, away, kept.capture_id)
        elif reading.verdict.kind is not PageKind.ARTICLE:
            state, reason = not_kept(reading.verdict)
            await self.miss(row, state, reason, kept.capture_id)
        elif row.kind is Kind.PAGE:
            await self._take_further_page(row, kept, reading)
        else:
            await self._take_first_page(row, kept, reading)
        return reading.verdict.kind

    async def _unchanged(self, row: UrlRow, ref: CaptureRef) -> KeptArticle | None:
        """The article whose kept page was answered once more, byte for byte or by a 304: what it says is
        known, and so is what it asks for. Most of what a run reads again is of this kind.
        """
        if ref.original is None:
            return None  # without asking anybody: most are of this kind
        known = await self._do(partial(_kept_with_requisites, row=row, wanted=self._scope.requisites))
        if not is_kept(known, row.page, ref) or self.is_removed(known.address):
            return None
        return known

    async def _take_again(self, row: UrlRow, kept: Kept, known: KeptArticle) -> None:
        def outcome(catalogue: Catalogue) -> tuple[State, str | None]:
            self.place_again(catalogue, known, row.portal, row.page, kept)
            return State.CAPTURED, None

        await self._finish(row, kept.capture_id, outcome, article=known.address)

    async def _take_first_page(self, row: UrlRow, kept: Kept, reading: PageReading) -> None:
        fault = first_page_fault(reading)
        if fault is not None:
            await self.miss(row, State.FAILED, fault, kept.capture_id)
            return
        address = address_of(reading, row.url)
        if self.is_removed(address):
            await self.miss(row, State.REMOVED, REASON, kept.capture_id)
            return
        known = await self.look_up(address)
        form = await self.relation(known, reading, 1)
        await self.settle_before(known, reading, 1)
        weighed = await self.weigh(known, reading, 1, form)

        def outcome(catalogue: Catalogue) -> tuple[State, str | None]:
            placement = self.place(catalogue, address, reading, kept, weighed)
            seen = placement is Placement.SEEN_AGAIN and row.url != address
            if seen and not catalogue.is_kept_from(address, row.url_id):
                return State.DUPLICATE, "of an article under another address"
            return State.CAPTURED, None

        beside = await self._beside(row, kept, reading, address)
        await self._finish(row, kept.capture_id, outcome, article=address, beside=beside)

    async def _take_further_page(self, row: UrlRow, kept: Kept, reading: PageReading) -> None:
        address = row.article or row.url
        if self.is_removed(address):
            await self.miss(row, State.REMOVED, REASON, kept.capture_id)
            return
        known = await self.look_up(address)
        form = await self.relation(known, reading, row.page)
        doubt = await self.doubt(known, reading, row.page) if form is Relation.ORDINARY else None
        if doubt is not None:
            await self.miss(row, State.FAILED, f"not the page asked for: {doubt}", kept.capture_id)
            return

        await self.settle_before(known, reading, row.page)
        weighed = await self.weigh(known, reading, row.page, form)

        def outcome(catalogue: Catalogue) -> tuple[State, str | None]:
            self.place(catalogue, address, reading, kept, weighed)
            return State.CAPTURED, None

        beside = await self._beside(row, kept, reading, address)
        await self._finish(row, kept.capture_id, outcome, article=address, beside=beside)

    async def _beside(self, row: UrlRow, kept: Kept, reading: PageReading, address: str) -> list[NewUrl]:
        """The pictures, and where asked for the style sheets, that are kept with a page."""
        wanted = self._scope.requisites
        photos = [photo.content_url for photo in reading.photos]
        if wanted is Requisites.NONE:
            return []
        if wanted is Requisites.PHOTO:
            photos = photos[:1] if row.page == 1 else []
        if wanted is Requisites.PAGE:
            try:
                photos += await self._work(read_requisites, self._folders.archive, kept.ref)
            except UNREAD as error:
                logger.warning("%s: its pictures cannot be listed: %s", row.url, error)
        return [_requisite(row, address, url) for url in dict.fromkeys(photos) if _can_be_fetched(url)]

    async def look_up(self, address: str) -> KeptArticle | None:
        """The newest version of an article, if it is kept: what a page of it is held against."""
        return await self._do(lambda catalogue: catalogue.kept_article(address))

    async def doubt(self, known: KeptArticle | None, reading: PageReading, number: int) -> str | None:
        """Why this cannot be page `number` of the article; None when it is."""
        if known is None or 1 not in known.pages:
            return NO_FIRST_PAGE
        first = await self.read(known.pages[1])
        if is_whole(first):
            return "the kept page has all pages, with another text"
        return believe(first, reading, number)

    async def relation(self, known: KeptArticle | None, reading: PageReading, number: int) -> Relation:
        """How a page stands to the article's newest version, if they are of different forms."""
        if _is_of_one_form(known, reading):
            return Relation.ORDINARY
        assert known is not None
        pages = {page: await self.read(ref) for page, ref in known.pages.items()}
        return relation(pages, reading, number, complete=len(pages) >= known.page_count)

    async def has_beside(self, known: KeptArticle | None, reading: PageReading, number: int) -> bool:
        """Whether this is the AMP copy of a page that is kept from the same day."""
        if _is_plain(reading.address) or known is None or number not in known.pages:
            return False
        pages = {number: await self.read(known.pages[number])}
        gap = abs(pages[number].captured_at - reading.captured_at)
        return gap <= BESIDE and is_amp_copy(pages, reading, number)

    async def weigh(
        self, known: KeptArticle | None, reading: PageReading, number: int, form: Relation
    ) -> Weighed:
        """Page `number` of an article, which is believed, before it is placed.

        Where its digest differs from that of the kept page, that one is read again: what only a newer Kliping
        reads in another way is no edit.
        """
        if known is None:
            return Weighed(number, form, content_digest(reading))
        first = await self.read(known.pages[1]) if number > 1 and 1 in known.pages else None
        weighed, before = Weighed(number, form, content_digest(reading, first)), known.kept.get(number)
        if before is None or before.content_digest == weighed.digest:
            return weighed
        standing = await self.read(known.pages[number])
        digest = content_digest(standing, first)
        if standing.verdict.kind is not PageKind.ARTICLE or digest == before.content_digest:
            return weighed
        return replace(weighed, version_id=known.version_id, renewed=KeptPage(before.capture_id, digest))

    def place(
        self, catalogue: Catalogue, address: str, reading: PageReading, kept: Kept, weighed: Weighed
    ) -> Placement:
        """Put a believed page into the article's versions."""
        if weighed.form is Relation.SEEN:
            return Placement.SEEN_AGAIN
        page, number = KeptPage(kept.capture_id, weighed.digest), weighed.number
        if weighed.form is Relation.COMPLETES:
            return catalogue.put_in_place_of_all(address, page)
        if weighed.renewed is not None:
            catalogue.renew_digest(weighed.version_id, number, weighed.renewed)
        return catalogue.place_page(
            address,
            reading.portal or "",
            number,
            page,
            count=pages_said(reading, number),
            run_id=kept.run_id or self._run_id,
        )

    def place_again(
        self, catalogue: Catalogue, known: KeptArticle, portal: str, number: int, kept: Kept
    ) -> Placement:
        """Put a page into the versions that was captured once more and says what it said."""
        page = KeptPage(kept.capture_id, known.kept[number].content_digest)
        run_id = kept.run_id or self._run_id
        return catalogue.place_page(
            known.address, portal, number, page, count=known.page_count, run_id=run_id
        )

    async def settle_before(self, known: KeptArticle | None, reading: PageReading, number: int) -> None:
        """Write the sidecar of a version that page `number`, captured anew, may be about to end."""
        if known is None or number not in known.pages:
            return
        # Where pages of two forms were compared, reading them took time, and the version may be another now.
        if not known.settled or not _is_of_one_form(known, reading):
            await self.settle(known.address)

    async def _finish(
        self,
        row: UrlRow,
        capture_id: int | None,
        outcome: Callable[[Catalogue], tuple[State, str | None]],
        *,
        article: str | None = None,
        beside: Sequence[NewUrl] = (),
    ) -> None:
        """Write down what became of a URL and, in the same transaction, what its article asks for next.

        With two transactions a crash between them would lose the article's further pages.
        """

        def record(catalogue: Catalogue) -> _Next:
            state, reason = outcome(catalogue)
            catalogue.settle_url(
                row.url_id,
                state,
                reason=reason,
                run_id=self._run_id,
                capture_id=capture_id,
                now=self.clock(),
            )
            added = catalogue.add_urls(beside, self._run_id)
            following = self._ask_next(catalogue, article, row) if article is not None else _Next(True, 0)
            owed = None if article is None or following.pending else _owed(catalogue, article)
            return _Next(following.pending, following.added + added, owed)

        following = await self._do(record)
        self.requisite_hosts.update(dict.fromkeys(new.host for new in beside))
        self.progress.known += following.added
        self.progress.done += 1
        if following.owed is not None:
            await self.settle_owed(following.owed)

    def _ask_next(self, catalogue: Catalogue, address: str, row: UrlRow) -> _Next:
        """Put the first page to do that nobody has dealt with since page 1 was last read, if any."""
        if catalogue.has_pages_to_do(address):
            return _Next(True, 0)
        portal, read_at = all_portals()[row.portal], catalogue.read_at(address)
        for number in range(2, catalogue.page_count(address) + 1):
            url = portal.page_url(address, number)
            known = catalogue.find_url(url)
            if known is None:
                return _Next(True, catalogue.add_urls([_page(row, address, url, number)], self._run_id))
            page, state, settled_at = known
            if state is not State.TODO and settled_at < read_at:
                return _Next(True, catalogue.reopen(page.url_id, self._run_id))
        return _Next(False, 0)

    async def settle(self, address: str) -> None:
        """Write the sidecar of an article's newest version, if it does not fit its pages yet."""
        owed = await self._do(partial(_owed, address=address))
        if owed is not None:
            await self.settle_owed(owed)

    def has_draft(self, owed: Owed) -> bool:
        """Whether a sidecar is made already, so that writing it waits for no worker."""
        return 1 in owed.article.pages and self._drafts.find(owed.article, owed.robots) is not None

    async def settle_owed(self, owed: Owed) -> None:
        """Write it. What one article does to its sidecar must not end the run: it is written down as the
        version's fault, counted as a gap, and tried again by the next run. Only a disk that refuses ends it.
        """
        kept = owed.article
        if 1 not in kept.pages or self.is_removed(kept.address):
            return
        try:
            await self._write(owed)
        except WriteError:
            raise
        except Exception as error:
            logger.exception("%s: its sidecar could not be made", kept.address)
            fault = f"{type(error).__name__}: {error}"[:500]
            await self._do(lambda catalogue: catalogue.fault_version(kept.version_id, fault))

    async def _write(self, owed: Owed) -> None:
        kept = owed.article
        finished = self._drafts.find(kept, owed.robots)
        if finished is None:
            finished = await self._work(
                make_sidecar,
                {number: await self.read(ref) for number, ref in kept.pages.items()},
                kept,
                collection=self._name,
                before=self._standing(kept.previous) if kept.previous else None,
                robots=Robots(archive=self._folders.archive, answers=owed.robots),
            )
        self._drafts.forget(kept)
        note = Note(
            target=ARTICLE_URN + kept.address,
            block=finished.content,
            content_type="application/ld+json",
            refers_to=kept.pages[1].record_id,
        )
        await outcome_of(self._keeper.file(note, partial(self._file, finished=finished, kept=kept)))

    def _standing(self, name: str) -> bytes | None:
        """A sidecar that stands, for what a version has changed; None when it cannot be read, which `verify`
        will say.
        """
        try:
            content = self._folders.sidecars.read(name)
        except OSError as error:
            logger.warning("%s: cannot be read (%s); what has changed since is not known", name, error)
            return None
        if content is None:
            logger.warning("%s: is missing; what has changed since is not known", name)
        return content

    def _file(
        self, catalogue: Catalogue, place: RecordPlace | None, *, finished: FinishedSidecar, kept: KeptArticle
    ) -> None:
        """The metadata record with the sidecar is durable; now the file itself, and then the catalogue."""
        self._folders.sidecars.write(finished.entry.path, finished.content)
        if kept.sidecar not in {None, finished.entry.path}:
            self._folders.sidecars.remove(str(kept.sidecar))
        catalogue.settle_version(kept.version_id, finished.entry, place)
        self.progress.articles += kept.sidecar is None

    async def seed(self, action: Callable[[Catalogue], int]) -> None:
        """Let the spider put its first URLs into the ledger; `action` says how many are to do."""
        added = await self._do(action)
        self.progress.known += added

    # --- what earlier runs left --------------------------------------------------------------------

    async def resume(self) -> int:
        """Look at captures that nobody has looked at, write sidecars still owed; how many captures.

        Lists of hosts outside this crawl wait for one over their host: here their links would count for none.
        """
        hosts = await self._do(lambda catalogue: catalogue.hosts_of_requisites())
        self.requisite_hosts.update(dict.fromkeys(hosts))
        found = await self._do(lambda catalogue: catalogue.waiting_captures())
        waiting = [item for item in found if not item.row.kind.is_list or item.row.host in self._scope.hosts]
        for item in waiting:
            await self.take(item.row, Kept(item.capture_id, item.ref, item.run_id))
        unsettled = await self._do(lambda catalogue: catalogue.unsettled())
        await _together(unsettled, self._settle_whole)
        return len(waiting)

    async def _settle_whole(self, address: str) -> None:
        """The sidecar of an article that waits for no further page."""
        if not await self._do(partial(_has_pages_to_do, address=address)):
            await self.settle(address)

    async def settle_rest(self) -> None:
        """At the end of a run: articles that wait for pages which nobody will ask for now."""
        await _together(await self._do(lambda catalogue: catalogue.unsettled()), self.settle)

    # --- errands -----------------------------------------------------------------------------------

    async def read(self, ref: CaptureRef) -> PageReading:
        """A page's reading, remembered for a while: the pages of an article are needed again to join them."""
        place = (ref.warc_file, ref.offset)  # other tools' record ids need not be unique
        known = self._readings.pop(place, None)
        return self._remember(ref, await self._read_afresh(ref) if known is None else known)

    def _remember(self, ref: CaptureRef, reading: PageReading) -> PageReading:
        self._readings[ref.warc_file, ref.offset] = reading
        if len(self._readings) > _READINGS:
            self._readings.popitem(last=False)
        return reading

    async def read_several(
        self, refs: Sequence[CaptureRef], expected: Sequence[Expected] = ()
    ) -> list[PageReading]:
        """The same for pages that one process reads in one go, with drafts for the articles that are expected
        to be whole there; where that fails, each is read by itself.
        """
        try:
            readings, drafts = await self._work(
                read_and_draft, self._folders.archive, refs, expected, collection=self._name
            )
        except (*UNREAD, ArchiveError, OSError):
            return [await self.read(ref) for ref in refs]
        for draft in drafts:
            self._drafts.put(draft)
        return [self._remember(ref, reading) for ref, reading in zip(refs, readings, strict=True)]

    async def _read_afresh(self, ref: CaptureRef) -> PageReading:
        try:
            return await self._work(read_article_page, self._folders.archive, ref)
        except UNREAD as error:
            reason = str(error) or "needs more memory than a page may take"
            return PageReading(
                url=ref.url,
                captured_at=ref.fetched_at,
                verdict=Verdict(kind=PageKind.UNREADABLE, reason=reason),
            )

    def _do(self, action: Callable[[Catalogue], T]) -> Awaitable[T]:
        """Run `action` in the keeper's next transaction."""
        return outcome_of(self._keeper.do(action))

    def _work(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """Run a function in a worker process."""
        return outcome_of(self._pool.submit(function, *args, **kwargs))


async def _together(addresses: Iterable[str], action: Callable[[str], Awaitable[None]]) -> None:
    """Do something about each address, some at a time: the keeper's batches are the fuller for it."""
    waiting = iter(addresses)

    async def one_after_another() -> None:
        for address in waiting:
            await action(address)

    await asyncio.gather(*(one_after_another() for _ in range(_AT_A_TIME)))


_AT_A_TIME = 16


def is_of_removed(url: str, removals: Removals) -> bool:
    """Whether a URL is of an article that was removed; also under addresses that nobody had asked for yet."""
    if not removals:
        return False
    address = identify(unwrap(url))
    return removals.hides(url) or (address is not None and address.url in removals)


def is_kept(known: KeptArticle | None, number: int, ref: CaptureRef) -> TypeGuard[KeptArticle]:
    """Whether a capture is a revisit of the very page that is kept, of an article whose record is made."""
    if known is None or not known.settled or known.sidecar is None:
        return False
    page = known.pages.get(number)
    return page is not None and page.url == ref.url and (page.original or page.place) == ref.original


def _is_plain(address: ArticleAddress | None) -> bool:
    return address is None or not (address.amp or address.page == 0)


def _is_of_one_form(known: KeptArticle | None, reading: PageReading) -> bool:
    """Whether a page and all kept ones are ordinary pages, so that nothing of the kept ones need be read."""
    if known is None:
        return True
    return _is_plain(reading.address) and all(map(_was_plain, known.pages.values()))


def _was_plain(ref: CaptureRef) -> bool:
    return _is_plain(identify(unwrap(ref.url)))


def address_of(reading: PageReading, asked: str) -> str:
    """The address an article is filed under: the canonical one, if it can be the same article's.

    A canonical link to the home page, to another host or to another article is a known fault of templates;
    believing it would file different articles as versions of one.
    """
    own = identify(reading.url)
    own_url = own.url if own is not None else asked
    canonical = identify(reading.canonical or "")
    if canonical is None or own is None or canonical.host != own.host:
        return own_url
    return canonical.url if marks(canonical.url) & marks(own_url) else own_url


def marks(url: str) -> set[str]:
    """What tells an article apart in its address: its slug and, where it has one, its number."""
    pieces = [piece for piece in urlsplit(url).path.split("/") if piece]
    return {
        *pieces[-1:],
        *(piece for piece in pieces[:-1] if piece.isdecimal() and len(piece) > _YEAR_DIGITS),
    }


_YEAR_DIGITS = 4


def first_page_fault(reading: PageReading) -> str | None:
    """Why the answer to an article's address is not its page 1; None when it is.

    All pages on one are a page 1 that is the only one. If its pager says otherwise, the portal has not given
    what was asked for, and the others follow one by one.
    """
    if not reading.headline:
        return "no headline"
    number = asked_number(reading.address.page) if reading.address is not None else 1
    says = number if number != 1 else (reading.pager.number or 1)
    return None if says == 1 else f"asked for page 1, answered page {says}"


def asked_number(page: int) -> int:
    """The page that an address with this number asks for: all pages on one are a page 1, the only one."""
    return page or 1


def is_front(url: str) -> bool:
    """Whether an address is that of a host's home page."""
    return urlsplit(url).path.strip("/") in {"", "index.html"}


def is_front_of_portal(url: str) -> bool:
    """Whether it is so of a host of a portal, be it one that this crawl does not ask; a stranger's says
    nothing about an article.
    """
    return is_front(url) and portal_of(url) is not None


def led_away(reading: PageReading) -> str | None:
    """Where a redirect has led from an article, if it is the portal's front or a list: this is how some
    portals delete. What bars the way there, or cannot be read, says nothing about the article.
    """
    if reading.verdict.kind in _UNTOLD or identify(unwrap(reading.url)) is not None:
        return None
    if is_front(reading.url):
        return REDIRECTED_HOME
    return "redirected to a list" if reading.verdict.kind is PageKind.LIST else None


_UNTOLD = {PageKind.WALL, PageKind.UNREADABLE, PageKind.NOT_HTML}
_NOT_KEPT = {
    PageKind.SOFT_404: (State.GONE, "soft 404"),
    PageKind.WALL: (State.FAILED, "wall"),
}


def not_kept(verdict: Verdict) -> tuple[State, str]:
    """The ledger's words for a page that is no article."""
    if verdict.kind is PageKind.UNREADABLE:
        return State.FAILED, verdict.reason or "unreadable"
    return _NOT_KEPT.get(verdict.kind, (State.NOT_ARTICLE, verdict.kind.value))


def _noted(row: UrlRow, url: str, reason: str) -> NewUrl:
    """A link that is only written down."""
    host = urlsplit(url).hostname or ""
    return NewUrl(
        url=url,
        kind=Kind.OTHER,
        portal=row.portal,
        host=host,
        found_on=row.url,
        state=State.NOT_ARTICLE,
        reason=reason,
    )


def _list(row: UrlRow, url: str, kind: Kind) -> NewUrl:
    return NewUrl(
        url=url,
        kind=kind,
        portal=row.portal,
        host=row.host,
        priority=Priority.LIST,
        rank=row.rank,
        found_on=row.url,
    )


def _page(row: UrlRow, address: str, url: str, number: int) -> NewUrl:
    host = urlsplit(address).hostname or row.host
    return NewUrl(
        url=url,
        kind=Kind.PAGE,
        portal=row.portal,
        host=host,
        priority=Priority.PAGE,
        rank=row.rank,
        article=address,
        page=number,
        found_on=row.url,
    )


def _requisite(row: UrlRow, address: str, url: str) -> NewUrl:
    return NewUrl(
        url=url,
        kind=Kind.REQUISITE,
        portal=row.portal,
        host=urlsplit(url).hostname or "",
        priority=Priority.REQUISITE,
        rank=row.rank,
        article=address,
        page=row.page,
        found_on=row.url,
    )


def _can_be_fetched(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _without_page(url: str) -> str:
    """A list's address without the number of its page: the walk it belongs to."""
    parts = urlsplit(url)
    query = "&".join(item for item in parts.query.split("&") if not item.startswith("page="))
    return parts._replace(query=query).geturl()


def _kept_with_requisites(catalogue: Catalogue, *, row: UrlRow, wanted: Requisites) -> KeptArticle | None:
    """The article at a URL's own address; None where the page may name pictures that nobody has asked for."""
    address = row.article or row.url
    kept = catalogue.kept_article(address)
    if wanted is Requisites.NONE or (wanted is Requisites.PHOTO and row.page > 1) or kept is None:
        return kept
    photo_is_known = wanted is Requisites.PHOTO and catalogue.has_photo_of(kept.version_id, address)
    return kept if photo_is_known else None


def _owed(catalogue: Catalogue, address: str) -> Owed | None:
    """The sidecar that an article is owed."""
    article = catalogue.unsettled_article(address)
    return None if article is None else _owed_for(catalogue, article)


def owed_when_whole(catalogue: Catalogue, address: str) -> Owed | None:
    """The same, once the article has all of its pages."""
    article = catalogue.unsettled_article(address)
    if article is None or len(article.pages) < article.page_count:
        return None
    return _owed_for(catalogue, article)


def _owed_for(catalogue: Catalogue, article: KeptArticle) -> Owed:
    page = article.pages.get(1)
    return Owed(article, () if page is None else robots_of(catalogue, page))


def robots_of(catalogue: Catalogue, page: CaptureRef) -> tuple[CaptureRef, ...]:
    """The robots.txt in force for a page 1; that of a web archive says nothing about its copies."""
    return catalogue.robots_in_force(page) if unwrap(page.url) == page.url else ()


def _has_pages_to_do(catalogue: Catalogue, *, address: str) -> bool:
    return catalogue.has_pages_to_do(address)
