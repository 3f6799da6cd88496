"""`reextract`: the sidecars again, from WARC files alone, ours and other tools'.

The answers are indexed file by file, put in order, and go through the same desk as a live crawl's captures
into a scratch catalogue, the sidecars beside it. Only what is finished there is compared with what stands
and, unless it is a dry run, put in its place.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from archives import adoption, sidecar
from archives.adoption import Foreign
from archives.catalogue import Catalogue, KeptArticle
from archives.collection import Collection
from archives.durable import Batch, below
from archives.errors import DamageError, SidecarError, WriteError
from archives.index import AnswerIndex, Indexed, is_usable
from archives.keeper import Kept
from archives.leftovers import entries_below
from archives.reader import Answer, answers
from archives.rebuild import Author, bring_up_to_date
from archives.recovery import recover
from archives.removing import finish as finish_removals
from archives.robots import is_robots
from archives.sift import LeftOut
from archives.versions import Placement
from crawler.clerk import Clerk
from crawler.desk import (
    NO_FIRST_PAGE,
    Desk,
    Owed,
    Scope,
    Weighed,
    address_of,
    asked_number,
    first_page_fault,
    is_kept,
    led_away,
    marks,
    owed_when_whole,
    robots_of,
)
from crawler.differences import Differences
from crawler.drafts import Expected
from crawler.folders import Folders, ScratchSidecars
from crawler.foreign import Sources, crawl_of, page_of
from crawler.reading import entry_of
from crawler.version import SOFTWARE
from crawler.workers import WorkerPool
from extractors.article import PageKind, PageReading
from extractors.forms import Relation
from extractors.page import unwrap
from extractors.portals import portal_of

logger = logging.getLogger(__name__)

BATCH = 8
"""Records that a worker reads in one errand, or some more where they are of one article."""
WINDOW = 4 * BATCH
"""Records in a row that are sorted into errands by their articles."""
AHEAD = 3
"""Errands for each worker that are under way or waiting at least, ahead of the record that is being filed."""
SETTLING = 16
"""Sidecars that are made while further records are filed."""
_REMEMBERED = 10_000
_LISTED = 100
_UNRESOLVED = "revisit: the record it refers to is not here"
_EXCHANGE = "the exchange with a web archive; what it gave is a record of its own"
_REMOVED = "of a removed article"
_ORPHAN = "further page without its page 1"


class Watch:
    """Is told how the work goes on; this one keeps it to itself."""

    def indexing(self, total: int) -> None:
        """The first pass begins, over so many bytes."""

    def indexed(self, count: int) -> None:
        """So many bytes more are indexed."""

    def reading(self, total: int) -> None:
        """The second pass begins, over so many pages."""

    def page(self) -> None:
        """A page more is dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be read, and how. With `only`, no other sidecars than these are touched.

    With `touched`, no other articles than those at these addresses are read, in a collection whose files are
    whole; what changes is written down as the work of the run `run_id`.
    """

    collection: Collection
    sources: Sources = field(default_factory=Sources)
    workers: int
    seconds: float
    dry_run: bool
    only: frozenset[str] | None = None
    touched: frozenset[str] | None = None
    run_id: int | None = None
    examples: int = 3
    watch: Watch = field(default_factory=Watch)


@dataclass(slots=True)
class Outcome:
    """What a second reading found, against the sidecars that stand.

    answers = pages + left out, whatever the reason; `repeated` pages are those that said nothing new.
    """

    files: int = 0
    answers: int = 0
    pages: int = 0
    repeated: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    orphans: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    without_article: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    same: int = 0
    changed: int = 0
    new: int = 0
    left: list[str] = field(default_factory=list)
    differences: Differences = field(default_factory=Differences)

    @property
    def sidecars(self) -> int:
        return self.same + self.changed + self.new

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] += 1

    def as_plain(self) -> dict[str, object]:
        """For machines."""
        return {
            "files": self.files,
            "answers": self.answers,
            "pages": self.pages,
            "repeated": self.repeated,
            "leftOut": dict(self.left_out.most_common()),
            "orphans": self.orphans,
            "adopted": self.adopted,
            "withoutArticle": self.without_article,
            "damage": self.damage,
            "same": self.same,
            "changed": self.changed,
            "new": self.new,
            "left": self.left,
            "changedFields": self.differences.as_plain(),
        }


def reextract(job: Job) -> Outcome:
    """Read all WARC files of a collection again, and foreign ones with them.

    The caller holds the collection's lock. Foreign files that hold pages of articles are adopted first,
    unless it is a dry run: then they are read where they lie.

    Raises:
        DamageError: a WARC file of the collection cannot be read.
        WriteError: a sidecar, the catalogue or an adopted file cannot be written.
    """
    outcome = Outcome(differences=Differences(job.examples))
    outcome.damage += job.sources.refused
    if not job.dry_run and job.touched is None:
        _mend(job.collection)
    with tempfile.TemporaryDirectory(prefix="kliping-") as folder:
        library = _Library(job, Path(folder), outcome)
        try:
            library.fill()
            asyncio.run(_read_again(job, library, outcome))
            _compare(job, library, outcome)
        finally:
            library.index.close()
            library.sidecars.close()
    return outcome


def _mend(collection: Collection) -> None:
    """Close what a run that was cut off left open, so that its records are read as well."""
    if not collection.catalogue.exists() and not collection.open_warc_files():
        return
    with closing(Catalogue(collection.catalogue)) as catalogue:
        for repair in recover(collection, catalogue, run_id=None):
            logger.warning("%s: %s", repair.file, repair.action)
    for one in finish_removals(collection, now=datetime.now(UTC)):
        logger.warning("%s: its removal was finished", one.url)


# --- first pass: which answers there are --------------------------------------------------------------


class _Library:
    """The files to read and the index of their answers."""

    def __init__(self, job: Job, scratch: Path, outcome: Outcome) -> None:
        self._job, self._outcome = job, outcome
        self.scratch = scratch
        self.archive = scratch / "archive" if job.dry_run else job.collection.archive
        self.index = AnswerIndex(scratch / "index.sqlite")
        self.sidecars = ScratchSidecars(scratch / "sidecars.sqlite")
        self.files: dict[str, int] = {}
        """The names and lengths of the files that were read."""
        self._known = _known_files(job.collection)

    def fill(self) -> None:
        collection, adopted = self._job.collection, self._job.collection.adopted()
        own = collection.warc_files()
        sizes = [path.stat().st_size for path in (*own, *self._job.sources.files)]
        self._job.watch.indexing(sum(sizes))
        if self._job.dry_run:
            self.archive.mkdir()
        for path in own:
            if self._job.dry_run:
                (self.archive / path.name).symlink_to(path.resolve())
            self._index(path, path.name, foreign=path.name in adopted)
            self._job.watch.indexed(path.stat().st_size)
        for source in self._job.sources.files:
            self._take_in(source)
            self._job.watch.indexed(source.stat().st_size)
        self.index.put_in_order()
        if self._job.touched is not None:
            kin = _Kin(self._job.touched)
            self.index.keep_only(kin.take, kin.count)
        self._job.watch.reading(self.index.pages_found)

    def _take_in(self, source: Path) -> None:
        """Index a foreign file, and keep it if it holds a page of an article."""
        dry = self._job.dry_run
        if adoption.adopted_name(source, self._job.collection) in self.files:
            return
        try:
            foreign = (
                adoption.lay_out(source, self.archive)
                if dry
                else adoption.prepare(source, self._job.collection)
            )
        except EOFError as error:
            raise WriteError(f"{source}: has changed while it was read; run again") from error
        self._outcome.damage += [_told(source, item) for item in foreign.left_out]
        if not self._index(foreign.aside or self.archive / foreign.name, foreign.name, foreign=True):
            self._outcome.without_article.append(str(source))
            self._forget(foreign)
            return
        if not dry:
            adoption.adopt(foreign, self._job.collection, now=datetime.now(UTC))
        self._outcome.adopted.append(foreign.name)

    def _forget(self, foreign: Foreign) -> None:
        self.index.forget_file(foreign.name)
        del self.files[foreign.name]
        adoption.drop(foreign)

    def _index(self, path: Path, name: str, *, foreign: bool) -> bool:
        """Put a file's answers into the index; whether pages of articles are among them."""
        self._outcome.files += 1
        self.files[name] = path.stat().st_size
        before, crawl = self.index.pages_found, crawl_of(name)
        self.index.begin_file()

        def skip(offset: int, error: Exception) -> None:
            if not foreign:
                raise DamageError(
                    f"{path}: no whole record at {offset} ({error}); run `kliping verify`"
                ) from error
            self._outcome.damage.append(f"{name} at {offset}: no record that can be understood ({error})")

        for answer in answers(path, skip):
            self._add(_named(answer, name), foreign=foreign, run=answer.run or name, crawl=crawl)
        self.index.end_file()
        return self.index.pages_found > before

    def _add(self, answer: Answer, *, foreign: bool, run: str, crawl: str) -> None:
        self._outcome.answers += 1
        page = page_of(answer.ref)
        from_archive = answer.ref.origin is not None
        exchange = not foreign and not from_archive and unwrap(answer.ref.url) != answer.ref.url
        if exchange:
            self._outcome.leave_out(_EXCHANGE)
            page = None
        elif page is None or not is_usable(answer):
            self._outcome.leave_out(_why_no_page(answer) if page is not None else "not an article address")
            page = None
        wanted = page is not None or exchange or is_robots(answer.ref)
        if wanted or answer.ref.warc_file not in self._known:
            label = f"{crawl} {run}" if foreign else run
            if from_archive and not foreign:  # of one day, as a crawl is; those of other days are other ones
                label = f"web archive {answer.ref.fetched_at:%Y-%m-%d}"
            self.index.add(answer, page, own=not foreign and not from_archive, run=label)


class _Kin:
    """Articles that can have captures in common: an address and others that may name it as theirs.

    `address_of` believes a canonical address only where host and slug or number are the same.
    """

    def __init__(self, touched: frozenset[str]) -> None:
        self._marks: set[tuple[str, str]] = set()
        for address in touched:
            self._add(address)

    def _add(self, address: str) -> None:
        host = urlsplit(address).netloc
        self._marks |= {(host, mark) for mark in marks(address)}

    def take(self, address: str) -> bool:
        """Whether an address is one of them; then those that share marks with it are, too."""
        host = urlsplit(address).netloc
        found = any((host, mark) in self._marks for mark in marks(address))
        if found:
            self._add(address)
        return found

    def count(self) -> int:
        """How many marks are known."""
        return len(self._marks)


def _known_files(collection: Collection) -> frozenset[str]:
    """The files whose answers the catalogue has already."""
    if not collection.catalogue.exists():
        return frozenset()
    standing = Catalogue(collection.catalogue)
    try:
        return frozenset(standing.committed_lengths())
    finally:
        standing.close()


def _named(answer: Answer, name: str) -> Answer:
    """A file that lies beside the archive until it is known to be wanted has its later name already."""
    return (
        answer if answer.ref.warc_file == name else replace(answer, ref=replace(answer.ref, warc_file=name))
    )


def _why_no_page(answer: Answer) -> str:
    return f"http {answer.ref.status}" if answer.ref.status else "no HTTP answer"


def _told(source: Path, item: LeftOut) -> str:
    return f"{source}: {item.length:,} bytes at {item.offset} left out, {item.reason}"


# --- second pass: what they say -----------------------------------------------------------------------


async def _read_again(job: Job, library: _Library, outcome: Outcome) -> None:
    catalogue = Catalogue(library.scratch / "catalogue.sqlite", scratch=True)
    catalogue.make_bare()
    first = _begin_run(catalogue, library.index)
    clerk = Clerk(catalogue)
    pool = WorkerPool(job.workers, job.seconds)
    desk = Desk(
        job.collection,
        clerk,
        pool,
        run_id=first,
        scope=Scope(portals=frozenset(), hosts=frozenset()),
        folders=Folders(archive=library.archive, sidecars=library.sidecars),
    )
    filing = _Filing(desk, clerk, outcome)
    try:
        async for item, reading in _in_order(filing, library.index, job, outcome):
            if reading is not None:
                await filing.take(item, reading)
            elif not await filing.take_again(item):
                await filing.take(item, await desk.read(item.ref))
            job.watch.page()
        await filing.end()
        await desk.settle_rest()
        clerk.do(Catalogue.index_sidecars).result()
    finally:
        await filing.leave()
        pool.close()
        failure = clerk.close()
    if failure is not None:
        raise failure


def _begin_run(catalogue: Catalogue, index: AnswerIndex) -> int:
    """A scratch catalogue that knows every robots.txt: which was in force follows from their places."""
    with catalogue.transaction():
        run_id = catalogue.begin_run(
            portal="reextract", arguments={}, software=SOFTWARE, now=datetime.now(UTC)
        )
        for ref in index.robots():
            catalogue.add_capture(ref, run_id=run_id, url_id=None, waiting=False)
    return run_id


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A record that is being read, the errand that it is read in, and its place there."""

    item: Indexed
    errand: asyncio.Task[dict[int, PageReading]]
    place: int


async def _in_order(
    filing: _Filing, index: AnswerIndex, job: Job, outcome: Outcome
) -> AsyncIterator[tuple[Indexed, PageReading | None]]:
    """Readings in the order of the index, while the next records are being read already; none of what seems
    to be a page as it is kept.
    """
    ahead: deque[_Ahead] = deque()
    items = _resolved(index, job, outcome)
    while window := list(islice(items, WINDOW)):
        ahead += _handed_out(window, filing)
        while len(ahead) >= AHEAD * BATCH * job.workers:
            yield await _first(ahead)
    while ahead:
        yield await _first(ahead)


async def _first(ahead: deque[_Ahead]) -> tuple[Indexed, PageReading | None]:
    first = ahead.popleft()
    return first.item, (await first.errand).get(first.place)


def _handed_out(window: Sequence[Indexed], filing: _Filing) -> list[_Ahead]:
    """The records of a window, in their order, each in an errand that is under way."""
    found: dict[int, _Ahead] = {}
    for numbers in _errands([item.article for item in window]):
        errand = asyncio.create_task(filing.read_ahead([window[number] for number in numbers]))
        found |= {number: _Ahead(window[number], errand, place) for place, number in enumerate(numbers)}
    return [found[number] for number in range(len(window))]


def _errands(articles: Sequence[str]) -> Iterator[list[int]]:
    """The numbers of the records for each errand, given the articles that they are of: a crawl asks for
    several articles at once, and the pages of one are to be in one errand. Of many pages it takes several.
    """
    of_article: dict[str, list[int]] = {}
    for number, article in enumerate(articles):
        of_article.setdefault(article, []).append(number)
    errand: list[int] = []
    for numbers in of_article.values():
        for number in numbers:
            errand.append(number)
            if len(errand) >= 2 * BATCH:
                yield errand
                errand = []
        if len(errand) >= BATCH:
            yield errand
            errand = []
    if errand:
        yield errand


def _resolved(index: AnswerIndex, job: Job, outcome: Outcome) -> Iterator[Indexed]:
    for item in index.pages():
        if item.revisit and item.ref.original is None:
            outcome.leave_out(_UNRESOLVED)
            job.watch.page()
        else:
            yield item


class _Filing:
    """Puts readings into versions as the live crawl did."""

    def __init__(self, desk: Desk, clerk: Clerk, outcome: Outcome) -> None:
        self._desk = desk
        self._clerk = clerk
        self._outcome = outcome
        self._settling: OrderedDict[str, asyncio.Task[None]] = OrderedDict()
        self._runs: dict[str, int] = {}
        self._filed: OrderedDict[str, str] = OrderedDict()

    async def read_ahead(self, items: Sequence[Indexed]) -> dict[int, PageReading]:
        """The readings of a batch by their place in it, without those that `take_again` will hardly need."""
        fresh = [number for number, item in enumerate(items) if await self._again(item) is None]
        if not fresh:
            return {}
        pages = [items[number] for number in fresh]
        expected = self._clerk.do(partial(self._expected, pages=pages)).result()
        readings = await self._desk.read_several([item.ref for item in pages], expected)
        return dict(zip(fresh, readings, strict=True))

    def _expected(self, catalogue: Catalogue, *, pages: Sequence[Indexed]) -> list[Expected]:
        """The articles of an errand that may be whole in it and new; AMP pages are seldom all there is."""
        found: dict[str, dict[int, int]] = {}
        for place, item in enumerate(pages):
            if not item.amp and item.ref.original is None and item.article not in self._filed:
                found.setdefault(item.article, {}).setdefault(item.page, place)
        return [
            Expected(address, places, robots_of(catalogue, pages[places[1]].ref))
            for address, places in found.items()
            if 1 in places and 0 not in places
        ]

    async def _again(self, item: Indexed) -> KeptArticle | None:
        """The article whose kept page an answer is once more, byte for byte, if its record is made."""
        if item.ref.original is None:
            return None
        # As the live crawl does: a page 1 that was filed under another address than its own is read.
        address = (
            item.article if asked_number(item.page) == 1 else self._filed.get(item.article, item.article)
        )
        await self._settled(address)
        known = await self._desk.look_up(address)
        return known if is_kept(known, asked_number(item.page), item.ref) else None

    async def take_again(self, item: Indexed) -> bool:
        """File an answer that says what the kept page says, without reading it, as the live crawl does; False
        if it must be read.
        """
        known = await self._again(item)
        if known is None or self._desk.is_removed(known.address) or self._desk.is_removed(item.ref.url):
            return False
        if asked_number(item.page) == 1:
            self._remember(item.article, known.address)

        def place(catalogue: Catalogue) -> Placement:
            kept_now = self._kept(catalogue, item)
            return self._desk.place_again(catalogue, known, _portal(item), asked_number(item.page), kept_now)

        self._outcome.pages += 1
        self._outcome.repeated += self._clerk.do(place).result() is Placement.SEEN_AGAIN
        return True

    async def take(self, item: Indexed, reading: PageReading) -> None:
        away = led_away(reading)
        if away is not None or reading.verdict.kind is not PageKind.ARTICLE:
            self._outcome.leave_out(away or _verdict(reading))
            return
        number, fault = asked_number(item.page), None
        if number == 1:
            address, fault = address_of(reading, item.article), first_page_fault(reading)
            self._remember(item.article, address)
        else:
            address = self._filed.get(item.article, item.article)
        if self._desk.is_removed(address) or self._desk.is_removed(item.ref.url):
            self._outcome.leave_out(_REMOVED)
            return
        await self._settled(address)
        known = await self._desk.look_up(address)
        form = await self._desk.relation(known, reading, number)
        if number > 1 and form is Relation.ORDINARY:
            fault = await self._desk.doubt(known, reading, number)
        if (
            form is Relation.ORDINARY
            and fault is None
            and await self._desk.has_beside(known, reading, number)
        ):
            fault = "AMP copy, with another text than the page of the same day"
        if fault is not None:
            self._doubt(item, fault)
            return
        self._outcome.pages += 1
        await self._desk.settle_before(known, reading, number)
        weighed = await self._desk.weigh(known, reading, number, form)
        owed = self._place(address, reading, item, weighed)
        if owed is not None:
            await self._settle(owed)

    async def _settle(self, owed: Owed) -> None:
        """Write the sidecar that a worker has drafted, or have it made while pages of other articles are
        filed; nothing of theirs depends on it.
        """
        if self._desk.has_draft(owed):
            await self._desk.settle_owed(owed)
            return
        address = owed.article.address
        self._settling[address] = asyncio.create_task(self._desk.settle_owed(owed))
        if len(self._settling) > SETTLING:
            await self._settled(next(iter(self._settling)))

    async def _settled(self, address: str) -> None:
        """Wait for an article's sidecar, if it is being made; several may wait for one."""
        task = self._settling.get(address)
        if task is not None:
            await task
            if self._settling.get(address) is task:
                del self._settling[address]

    async def end(self) -> None:
        """Wait for all sidecars that are being made."""
        while self._settling:
            await self._settled(next(iter(self._settling)))

    async def leave(self) -> None:
        """Give up what is being made still, where the work ends early."""
        for task in self._settling.values():
            task.cancel()
        await asyncio.gather(*self._settling.values(), return_exceptions=True)

    def _doubt(self, item: Indexed, fault: str) -> None:
        orphan = fault == NO_FIRST_PAGE
        self._outcome.leave_out(_ORPHAN if orphan else f"not the page asked for: {fault}")
        if orphan and len(self._outcome.orphans) < _LISTED:
            self._outcome.orphans.append(item.ref.url)

    def _remember(self, asked: str, address: str) -> None:
        """Further pages are asked for under the address that page 1 was filed under, soon after it."""
        self._filed[address] = address
        self._filed[asked] = address
        while len(self._filed) > _REMEMBERED:
            self._filed.popitem(last=False)

    def _place(self, address: str, reading: PageReading, item: Indexed, weighed: Weighed) -> Owed | None:
        """Put the page in; the sidecar that is owed, where the newest version is complete now."""

        def place(catalogue: Catalogue) -> tuple[Placement, Owed | None]:
            placement = self._desk.place(catalogue, address, reading, self._kept(catalogue, item), weighed)
            return placement, owed_when_whole(catalogue, address)

        placement, owed = self._clerk.do(place).result()
        self._outcome.repeated += placement is Placement.SEEN_AGAIN
        return owed

    def _kept(self, catalogue: Catalogue, item: Indexed) -> Kept:
        run_id = self._run_id(catalogue, item.run)
        capture_id = catalogue.add_capture(item.ref, run_id=run_id, url_id=None, waiting=False)
        return Kept(capture_id, item.ref, run_id)

    def _run_id(self, catalogue: Catalogue, run: str) -> int:
        if run not in self._runs:
            self._runs[run] = catalogue.begin_run(
                portal="reextract", arguments={"run": run}, software=SOFTWARE, now=datetime.now(UTC)
            )
        return self._runs[run]


def _portal(item: Indexed) -> str:
    portal = portal_of(item.article)
    assert portal is not None, f"{item.article} is indexed as an article's"
    return portal.name


def _verdict(reading: PageReading) -> str:
    """The ledger's word for a page that is no article."""
    kind, reason = reading.verdict.kind, reading.verdict.reason
    return f"unreadable: {reason}" if kind is PageKind.UNREADABLE else kind.value


# --- against what stands ------------------------------------------------------------------------------


def _compare(job: Job, library: _Library, outcome: Outcome) -> None:
    """Hold each new sidecar against the one that stands, and put it in its place."""
    collection = job.collection
    made = Catalogue(library.scratch / "catalogue.sqlite", read_only=True)
    has_catalogue = collection.catalogue.exists()
    standing = Catalogue(collection.catalogue) if has_catalogue or not job.dry_run else None
    try:
        with Batch() as written:  # all of it durable before the catalogue calls it written
            moved = _compare_each(job, library, outcome, made, standing, written)
        if standing is not None and not job.dry_run and job.only is None:
            bring_up_to_date(
                standing,
                library.scratch / "catalogue.sqlite",
                library.index,
                library.files,
                Author(software=SOFTWARE, now=datetime.now(UTC), run_id=job.run_id),
            )
            for path in moved:
                below(collection.root, path).unlink(missing_ok=True)
        if job.touched is None:
            outcome.left = sorted(_left(collection, made, moved if job.dry_run else frozenset()))
    finally:
        made.close()
        if standing is not None:
            standing.close()


def _compare_each(
    job: Job,
    library: _Library,
    outcome: Outcome,
    made: Catalogue,
    standing: Catalogue | None,
    written: Batch,
) -> set[str]:
    """Write what is new or has changed; the paths that no sidecar has any more, because its day or its number
    has changed.
    """
    collection, moved = job.collection, set[str]()
    for address, number, path in made.numbered_sidecars():
        before = standing.sidecar_of(address, number) if standing is not None else None
        if job.only is not None and not {path, before} & job.only:
            outcome.same += 1
            continue
        fresh = library.sidecars.read(path)
        assert fresh is not None, f"{path} is known and was not written"
        changed = _compare_one(path, fresh, before or path, collection.root, address, outcome)
        if before is not None and before != path:
            moved.add(before)
        if (changed or job.only is not None) and not job.dry_run:
            written.write(below(collection.root, path), fresh)
            if job.only is not None and standing is not None:
                entry = entry_of(path, sidecar.parse(fresh, path), fresh)
                written.sync()
                with standing.transaction():
                    standing.replace_sidecar(address, number, entry)
    return {path for path in moved if not made.has_sidecar(path)}


def _left(collection: Collection, made: Catalogue, going: AbstractSet[str]) -> Iterator[str]:
    """Sidecars that stand and that no record gives any more, those aside that are `going` anyway. The names
    of all others are asked of the scratch catalogue: a collection has millions.
    """
    top = collection.articles
    for entry in entries_below(top):
        name = top.name + entry.path[len(str(top)) :]
        if name.endswith(".json") and name not in going and not made.has_sidecar(name):
            yield name


def _compare_one(path: str, fresh: bytes, before: str, root: Path, url: str, outcome: Outcome) -> bool:
    """Whether a sidecar differs from that at `before`, or belongs elsewhere; counted either way."""
    old = root / before
    try:
        standing = old.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        outcome.new += 1
        return True
    except OSError:
        standing = b""  # which is no record
    if fresh == standing and path == before:
        outcome.same += 1
        return False
    outcome.changed += 1
    try:
        record = sidecar.parse(standing, old)
    except SidecarError:
        outcome.differences.add_unreadable(url)
        return True
    outcome.differences.add(record, sidecar.parse(fresh, path))
    return True
