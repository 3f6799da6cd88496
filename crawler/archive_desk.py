"""The desk of a crawl that may ask web archives: reads what their indexes answer, and judges their copies."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archives import recovered
from archives.catalogue import Catalogue, NewUrl, UrlRow
from archives.cdx_answers import CdxAnswer, IndexedCapture
from archives.collection import Collection
from archives.keeper import Keeper, Kept
from archives.removing import REASON
from archives.states import Kind, Priority, State
from crawler.arguments import Order, Plan, Recheck
from crawler.desk import UNREAD, Desk, Scope, first_page_fault, not_kept
from crawler.drafts import MAX_PAGES
from crawler.failures import OF_REMOVED
from crawler.reading import read_captures
from crawler.web_archives import (
    ASK_AGAIN_AFTER,
    LINES,
    MOST_ANSWERS,
    MOST_PAGES,
    Span,
    WebArchive,
    choose,
    choose_further,
    copy_of,
    counts_in_pages,
    following,
    halves,
    pages_of,
    questions,
    told,
)
from crawler.workers import WorkerPool
from extractors.addresses import identify
from extractors.article import ArticleAddress, PageKind

logger = logging.getLogger(__name__)


class ArchiveDesk(Desk):
    """A desk that also understands questions to indexes, and copies of pages.

    A copy that is a page of an article waits for `crawler.fold`: the order of the versions is known only
    when all captures are there.
    """

    def __init__(
        self,
        collection: Collection,
        keeper: Keeper,
        pool: WorkerPool,
        *,
        run_id: int,
        scope: Scope,
        plan: Plan,
    ) -> None:
        super().__init__(collection, keeper, pool, run_id=run_id, scope=scope)
        self._plan = plan
        self._span = Span(since=plan.since, until=plan.until)
        self._stale = datetime.now(UTC)
        if plan.recheck is not Recheck.ALL:
            self._stale -= ASK_AGAIN_AFTER
        self._answers: defaultdict[str, list[int | None]] = defaultdict(list)
        """For each first question, a mark of what each answer had that promised more."""

    async def take(self, row: UrlRow, kept: Kept) -> PageKind:
        """As any desk; what a question or a copy gives is `LIST`, whatever the page inside is."""
        if row.kind is Kind.CAPTURES:
            return await self._take_captures(row, kept)
        if row.kind is Kind.MEMENTO:
            return await self._take_copy(row, kept)
        return await super().take(row, kept)

    # --- questions ---------------------------------------------------------------------------------

    def first_questions(self, catalogue: Catalogue) -> int:
        """Put this run's questions into the ledger; how many are to do."""
        return self._ask(catalogue, self._subjects(catalogue))

    def ask_about(self, catalogue: Catalogue, named: Iterable[NewUrl]) -> int:
        """Put questions about articles of a list into the ledger; how many are to do."""
        return self._ask(catalogue, ((new.url, new.portal, new.url) for new in named))

    def _ask(self, catalogue: Catalogue, subjects: Iterable[tuple[str, str, str | None]]) -> int:
        archive = self._plan.archive
        assert archive is not None
        return sum(
            recovered.ask(catalogue, _question(url, portal, article), self._run_id, stale=self._stale)
            for about, portal, article in subjects
            for url in questions(archive, about, whole_host=article is None, span=self._span)
        )

    def _subjects(self, catalogue: Catalogue) -> Iterator[tuple[str, str, str | None]]:
        """What is asked about, its portal, and the article that it is; None for a whole host."""
        plan, hosts = self._plan, [place.host.name for place in self._plan.places]
        if plan.by_name:  # those of a file come as it is read (`ask_about`)
            for address in filter(None, map(identify, plan.urls)):
                yield address.url, address.portal, address.url
        elif plan.gaps:
            for url, portal in recovered.gaps(catalogue, hosts):
                yield url, portal, url
        else:
            for place in plan.places:
                yield place.host.name, place.portal.name, None

    async def _take_captures(self, row: UrlRow, kept: Kept) -> PageKind:
        archive = self._plan.archive
        if archive is None or not row.url.startswith(tuple(f"{index}?" for index in archive.indexes)):
            return PageKind.OTHER  # a run that asked another archive has left it; it stays to do
        try:
            answer = await self._work(read_captures, self._folders.archive, kept.ref, now=datetime.now(UTC))
        except UNREAD as error:
            await self.miss(row, State.FAILED, f"index could not be read: {error}", kept.capture_id)
            return PageKind.UNREADABLE
        root = await self._do(lambda catalogue: recovered.root_of(catalogue, row.url_id)) or row.url
        copies = list(self._copies(row, answer, archive, root))
        more, fault = self._more(row, answer, root)
        if answer.left_out:
            logger.info("%s: left out: %s", row.url, told(answer.left_out))

        def record(catalogue: Catalogue) -> int:
            state = State.FAILED if fault else State.CAPTURED
            catalogue.settle_url(
                row.url_id, state, reason=fault, run_id=self._run_id, capture_id=kept.capture_id
            )
            added = recovered.add_copies(catalogue, copies, self._run_id, most=archive.most)
            asked = (_question(url, row.portal, row.article, root) for url in more)
            return added + sum(
                recovered.ask(catalogue, new, self._run_id, stale=self._stale) for new in asked
            )

        added = await self._do(record)  # not in one line: += reads before it waits
        self.progress.known += added
        self.progress.done += 1
        return PageKind.OTHER if fault else PageKind.LIST

    def _more(self, row: UrlRow, answer: CdxAnswer, root: str) -> tuple[list[str], str | None]:
        """The questions with which an answer goes on, and what is wrong with it."""
        if answer.fault is not None:
            return [], answer.fault
        if answer.pages is not None:
            promised = min(answer.pages, MOST_PAGES)
            return pages_of(row.url, promised), None if promised == answer.pages else "index does not end"
        if counts_in_pages(row.url):
            return [], None
        more = self._rest(row.url, answer)
        self._answers[root].append(_content(answer) if answer.resume_key is not None else None)
        if more and len(self._answers[root]) > MOST_ANSWERS:
            return [], "index does not end"
        return (more, None) if not self._is_repeated(root) else ([], "index repeats itself")

    def _is_repeated(self, root: str) -> bool:
        """Whether the newest answer that promises more has only what one before it had."""
        *before, newest = self._answers[root]
        return newest is not None and newest in before

    def _rest(self, question: str, answer: CdxAnswer) -> list[str]:
        if answer.resume_key is not None:
            return [following(question, answer.resume_key)] if answer.lines else []
        return halves(question, datetime.now(UTC)) if answer.lines >= LINES else []

    # --- captures ----------------------------------------------------------------------------------

    def _copies(self, row: UrlRow, answer: CdxAnswer, archive: WebArchive, root: str) -> Iterator[NewUrl]:
        """The copies that are wanted, of all captures that an index names."""
        pages = self._by_page(row, answer)
        firsts: dict[str, list[IndexedCapture]] = {}
        for (url, number), (address, captures) in sorted(pages.items()):
            if number <= 1:
                chosen = choose(captures, archive.most)
                firsts.setdefault(url, []).extend(chosen)
            else:
                chosen = choose_further(captures, firsts.get(url, ()), archive.most)
            for capture in chosen:
                copy = copy_of(archive, capture)
                if copy is None:
                    answer.left_out["no place where it stands"] += 1
                else:
                    yield self._copy(copy, address, capture, root)

    def _copy(self, copy: str, address: ArticleAddress, capture: IndexedCapture, root: str) -> NewUrl:
        day = capture.captured_at.toordinal()
        return NewUrl(
            url=copy,
            kind=Kind.MEMENTO,
            portal=address.portal,
            host=urlsplit(copy).hostname or "",
            priority=Priority.ARTICLE,
            rank=-day if self._plan.order is Order.NEWEST else day,
            article=address.url,
            page=address.page,
            found_on=root,
        )

    def _by_page(
        self, row: UrlRow, answer: CdxAnswer
    ) -> dict[tuple[str, int], tuple[ArticleAddress, list[IndexedCapture]]]:
        """Captures by the page that they are of; AMP copies only where no ordinary page was captured."""
        found: dict[tuple[str, int], tuple[ArticleAddress, list[IndexedCapture]]] = {}
        copies: dict[tuple[str, int], tuple[ArticleAddress, list[IndexedCapture]]] = {}
        for capture in answer.captures:
            address = identify(capture.url)
            reason = self._why_not(row, address, capture)
            if reason is not None or address is None:
                answer.left_out[reason or ""] += 1
                continue
            pages = copies if address.amp else found
            pages.setdefault((address.url, address.page), (address, []))[1].append(capture)
        for page, (_, captures) in copies.items():
            if page in found:
                answer.left_out["AMP copy"] += len(captures)
        return copies | found

    def _why_not(self, row: UrlRow, address: ArticleAddress | None, capture: IndexedCapture) -> str | None:
        if address is None:
            return "no article address"
        if address.portal not in self._scope.portals or address.host not in self._scope.hosts:
            return "another host"
        if row.article is not None and address.url != row.article:
            return "another article"
        if self.is_removed(address.url):
            return OF_REMOVED
        if address.page > MAX_PAGES:
            return "a page that no article has"
        return None if self._span.covers(capture.captured_at) else "outside the days asked for"

    async def _take_copy(self, row: UrlRow, kept: Kept) -> PageKind:
        """What a copy shows will not change: whatever is no article is so for good."""
        reading = await self.read(kept.ref)
        if self.is_removed(row.article or row.url) or self.is_removed(reading.url):
            await self.miss(row, State.REMOVED, REASON, kept.capture_id)
            return PageKind.LIST
        if reading.verdict.kind is PageKind.ARTICLE:
            reason = first_page_fault(reading) if row.page <= 1 else None
        else:
            reason = not_kept(reading.verdict)[1]
        if reason is not None:
            await self.miss(row, State.NOT_ARTICLE, reason, kept.capture_id)
            return PageKind.LIST
        await self._do(
            lambda catalogue: recovered.await_order(catalogue, row.url_id, kept.capture_id, self._run_id)
        )
        self.progress.done += 1
        return PageKind.LIST


def _content(answer: CdxAnswer) -> int | None:
    """A mark of an answer's captures; None where it has none that can be told from another's."""
    return hash(tuple((one.url, one.stamp) for one in answer.captures)) if answer.captures else None


def _question(url: str, portal: str, article: str | None, root: str | None = None) -> NewUrl:
    return NewUrl(
        url=url,
        kind=Kind.CAPTURES,
        portal=portal,
        host=urlsplit(url).hostname or "",
        priority=Priority.LIST,
        article=article,
        found_on=root,
    )
