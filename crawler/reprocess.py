"""`reextract`: the sidecars again, from the WARC files alone.

The records go through the same desk as a live crawl's captures, in the order in which they were written,
into a scratch catalogue and a scratch folder. Only what is finished there is compared with what stands and,
unless it is a dry run, put in its place.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from archives import sidecar
from archives.capture import CaptureRef
from archives.catalogue import Catalogue, SidecarEntry
from archives.collection import Collection
from archives.durable import write_file
from archives.errors import SidecarError
from archives.keeper import Keeper, Kept
from archives.reader import responses, run_numbers
from crawler.desk import Desk, Scope, address_of, asked_number, entry_of, first_page_fault
from crawler.version import SOFTWARE
from crawler.workers import WorkerPool
from extractors.addresses import identify
from extractors.article import PageKind, PageReading

AHEAD = 16
"""Records that are read ahead of the one that is being filed."""
_OK = 200
_REMEMBERED = 10_000


@dataclass(slots=True)
class Outcome:
    """What a second reading found, against the sidecars that stand."""

    records: int = 0
    pages: int = 0
    disbelieved: int = 0
    same: int = 0
    changed: int = 0
    new: int = 0
    left: list[str] = field(default_factory=list)
    fields: Counter[str] = field(default_factory=Counter)

    @property
    def sidecars(self) -> int:
        return self.same + self.changed + self.new

    def as_plain(self) -> dict[str, object]:
        """For machines."""
        return {
            "records": self.records,
            "pages": self.pages,
            "disbelieved": self.disbelieved,
            "same": self.same,
            "changed": self.changed,
            "new": self.new,
            "left": self.left,
            "changedFields": dict(self.fields),
        }


def reextract(
    collection: Collection,
    *,
    workers: int,
    seconds: float,
    dry_run: bool,
    advance: Callable[[int], None] = lambda _bytes: None,
) -> Outcome:
    """Read all WARC files of a collection again; `advance` is told how many bytes of them are done.

    The caller holds the collection's lock.

    Raises:
        DamageError: a WARC file cannot be read.
        WriteError: a sidecar cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="kliping-") as folder:
        scratch = Path(folder)
        outcome = asyncio.run(_read_again(collection, scratch, workers, seconds, advance))
        _compare(collection, scratch, outcome, dry_run=dry_run)
    return outcome


async def _read_again(
    collection: Collection, scratch: Path, workers: int, seconds: float, advance: Callable[[int], None]
) -> Outcome:
    outcome = Outcome()
    open_catalogue = partial(Catalogue, scratch / "catalogue.sqlite")
    first = _begin_run(open_catalogue())
    keeper = Keeper(open_catalogue, None, run_id=first)
    pool = WorkerPool(workers, seconds)
    desk = Desk(
        collection,
        keeper,
        pool,
        run_id=first,
        scope=Scope(portals=frozenset(), hosts=frozenset()),
        sidecars=scratch,
    )
    filing = _Filing(desk, keeper, outcome)
    try:
        async for ref, run, reading in _in_order(desk, filing, collection, advance):
            await filing.take(ref, run, reading)
        await desk.settle_rest()
    finally:
        pool.close()
        keeper.close()
    return outcome


def _begin_run(catalogue: Catalogue) -> int:
    with catalogue.transaction():
        run_id = catalogue.begin_run(
            portal="reextract", arguments={}, software=SOFTWARE, now=datetime.now(UTC)
        )
    catalogue.close()
    return run_id


async def _in_order(
    desk: Desk, filing: _Filing, collection: Collection, advance: Callable[[int], None]
) -> AsyncIterator[tuple[CaptureRef, str, PageReading]]:
    """Readings in the order of the files, while the next records are being read already."""
    ahead: deque[tuple[CaptureRef, str, asyncio.Task[PageReading]]] = deque()
    for path in collection.warc_files():
        done = 0
        for ref, run in _article_answers(path, filing.outcome):
            ahead.append((ref, run, asyncio.create_task(desk.read(ref))))
            if len(ahead) >= AHEAD:
                yield await _first(ahead)
            advance(ref.offset - done)
            done = ref.offset
        advance(path.stat().st_size - done)
    while ahead:
        yield await _first(ahead)


async def _first(
    ahead: deque[tuple[CaptureRef, str, asyncio.Task[PageReading]]],
) -> tuple[CaptureRef, str, PageReading]:
    ref, run, task = ahead.popleft()
    return ref, run, await task


def _article_answers(path: Path, outcome: Outcome) -> Iterator[tuple[CaptureRef, str]]:
    """The 200 answers to article addresses, each with the run that it belongs to."""
    runs = run_numbers(path)
    for ref, info_id in responses(path):
        outcome.records += 1
        if ref.status == _OK and identify(ref.via or ref.url) is not None:
            yield ref, runs.get(info_id or "", path.name)


class _Filing:
    """Puts readings into versions as the live crawl did."""

    def __init__(self, desk: Desk, keeper: Keeper, outcome: Outcome) -> None:
        self._desk = desk
        self._keeper = keeper
        self.outcome = outcome
        self._runs: dict[str, int] = {}
        self._filed: OrderedDict[str, str] = OrderedDict()

    async def take(self, ref: CaptureRef, run: str, reading: PageReading) -> None:
        asked = identify(ref.via or ref.url)
        if reading.verdict.kind is not PageKind.ARTICLE or asked is None:
            return
        self.outcome.pages += 1
        number = asked_number(asked)
        if number == 1:
            address, fault = address_of(reading, asked.url), first_page_fault(reading)
            self._remember(asked.url, address)
        else:
            address = self._filed.get(asked.url, asked.url)
            fault = await self._desk.doubt(address, reading, number)
        if fault is not None:
            self.outcome.disbelieved += 1
            return
        await self._desk.settle_before(address, number)
        if await self._place(address, reading, ref, number, run):
            await self._desk.settle(address)

    def _remember(self, asked: str, address: str) -> None:
        """Further pages are asked for under the address that page 1 was filed under, soon after it."""
        self._filed[address] = address
        self._filed[asked] = address
        while len(self._filed) > _REMEMBERED:
            self._filed.popitem(last=False)

    async def _place(
        self, address: str, reading: PageReading, ref: CaptureRef, number: int, run: str
    ) -> bool:
        """Put the page in; whether the newest version is complete now."""

        def place(catalogue: Catalogue) -> bool:
            run_id = self._run_id(catalogue, run)
            capture_id = catalogue.add_capture(ref, run_id=run_id, url_id=None, waiting=False)
            self._desk.place(catalogue, address, reading, Kept(capture_id, ref, run_id), number)
            kept = catalogue.unsettled_article(address)
            return kept is not None and len(kept.pages) >= kept.page_count

        return await asyncio.wrap_future(self._keeper.do(place))

    def _run_id(self, catalogue: Catalogue, run: str) -> int:
        if run not in self._runs:
            self._runs[run] = catalogue.begin_run(
                portal="reextract", arguments={"run": run}, software=SOFTWARE, now=datetime.now(UTC)
            )
        return self._runs[run]


def _compare(collection: Collection, scratch: Path, outcome: Outcome, *, dry_run: bool) -> None:
    """Hold each new sidecar against the one that stands, and put it in its place."""
    made = Catalogue(scratch / "catalogue.sqlite", read_only=True)
    standing = Catalogue(collection.catalogue) if collection.catalogue.exists() else None
    try:
        kept: set[str] = set()
        for address, number, path in made.numbered_sidecars():
            kept.add(path)
            before = standing.sidecar_of(address, number) if standing is not None else None
            changed = _compare_one(scratch / path, collection.root / (before or path), outcome)
            if changed and not dry_run:
                _publish(collection, scratch / path, path, before, standing, (address, number))
        outcome.left = sorted(
            path.relative_to(collection.root).as_posix()
            for path in collection.articles.rglob("*.json")
            if path.relative_to(collection.root).as_posix() not in kept
        )
    finally:
        made.close()
        if standing is not None:
            standing.close()


def _compare_one(fresh: Path, old: Path, outcome: Outcome) -> bool:
    if not old.exists():
        outcome.new += 1
        return True
    if fresh.read_bytes() == old.read_bytes() and fresh.name == old.name:
        outcome.same += 1
        return False
    outcome.changed += 1
    try:
        before = sidecar.load(old)
    except SidecarError:
        outcome.fields["(unreadable)"] += 1
        return True
    after = sidecar.load(fresh)
    outcome.fields.update(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
    return True


def _publish(
    collection: Collection,
    fresh: Path,
    path: str,
    before: str | None,
    standing: Catalogue | None,
    version: tuple[str, int],
) -> None:
    content = fresh.read_bytes()
    write_file(collection.root / path, content)
    if standing is not None:
        entry: SidecarEntry = entry_of(path, sidecar.load(fresh), content)
        with standing.transaction():
            standing.replace_sidecar(*version, entry)
    if before is not None and before != path:
        (collection.root / before).unlink(missing_ok=True)
