"""A news desk at work on a real archive: keeper, worker processes, captures of the demo portal's pages.

What Scrapy does in a crawl, a few lines do here: take the ledger's next URL, ask the portal, archive, look.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from archives import coverage
from archives.capture import Capture, CaptureRef
from archives.catalogue import Catalogue, NewUrl, UrlRow
from archives.collection import Collection
from archives.coverage import Extent
from archives.keeper import Keeper, Kept
from archives.recovery import recover
from archives.states import DayState, Kind, Priority, State
from archives.warc import WarcSettings, WarcWriter
from crawler.arguments import Recheck, Requisites, make_plan
from crawler.coverage import ask_for_days
from crawler.demo.newsroom import Newsroom
from crawler.demo.portal import Answer, DemoPortal, Request
from crawler.demo.story import DemoArticle
from crawler.desk import Desk, Scope
from crawler.failures import reason_for_status
from crawler.workers import WorkerPool
from extractors.addresses import identify
from extractors.portals.demo import PORTAL
from tests.archives.shelf import NOW, begin_run, make_collection

T = TypeVar("T")
HOSTS = ("pesisir.kabarnusa.localhost", "lembah.kabarnusa.localhost")
NEWSROOM = Newsroom()
Ask = Callable[[Request], Answer]
Edit = Callable[[str], str]


def an_article(pages: int, skip: int = 0) -> DemoArticle:
    """An article of the newsroom with that many pages."""
    return [article for article in NEWSROOM.articles() if article.page_count == pages][skip]


def edited(edits: Mapping[str, Edit], ask: Ask | None = None) -> Ask:
    """The demo portal after its editors changed the answers to some addresses."""
    portal = ask or DemoPortal().answer

    def answer(request: Request) -> Answer:
        given = portal(request)
        edit = edits.get(request.url)
        return replace(given, body=edit(given.body.decode()).encode()) if edit else given

    return answer


def repeating_index(request: Request) -> Answer:
    """An index that promises a next page for ever, does not say which page it is, and repeats the first."""
    page = int(request.query("page") or 1)
    answer = DemoPortal().answer(replace(request, target=request.target.partition("&")[0]))
    text = answer.body.decode().partition('<div id="paginga">')[0]
    root = f"http://{request.host}{request.target.partition('&')[0]}"
    links = "".join(f'<a href="{root}&amp;page={number}">{number}</a>' for number in (page + 1, 9999))
    return replace(answer, body=f'{text}<div id="paginga">{links}</div></body></html>'.encode())


def endless_index(request: Request) -> Answer:
    """Every page has an article of its own."""
    page = int(request.query("page") or 1)
    root = f"http://{request.host}{request.target.partition('&')[0]}"
    item = f'<li class="ptb15"><h3><a href="http://{request.host}/2024/08/07/kabar-ke-{page}">x</a></h3></li>'
    links = "".join(
        f'<a href="{root}&amp;page={n}"{" class=active" if n == page else ""}>{n}</a>' for n in (page, 9999)
    )
    text = (
        f'<!DOCTYPE html><html><body><ul class="lsi">{item}</ul><div id="paginga">{links}</div></body></html>'
    )
    return Answer(body=text.encode())


class PowerCutError(Exception):
    """The moment at which the process dies."""


class MortalKeeper(Keeper):
    """Does so many jobs; the next one does not happen, or happens without being committed."""

    jobs_left: int | None = None
    half_done: bool = False

    def _cut(self) -> bool:
        if self.jobs_left is None:
            return False
        self.jobs_left -= 1
        return self.jobs_left < 0

    def keep(self, capture: Capture, *, url_id: int | None = None, waiting: bool = False) -> Future[Kept]:
        if self._cut():
            raise PowerCutError
        return super().keep(capture, url_id=url_id, waiting=waiting)

    def do(self, action: Callable[[Catalogue], T]) -> Future[T]:
        if not self._cut():
            return super().do(action)
        if not self.half_done:
            raise PowerCutError

        def without_commit(catalogue: Catalogue) -> T:
            action(catalogue)
            raise PowerCutError

        return super().do(without_commit)


@dataclass(slots=True)
class Run:
    """One run of a crawl over a collection, as far as the desk sees it."""

    collection: Collection
    pool: WorkerPool
    ask: Ask = field(default_factory=lambda: DemoPortal().answer)
    now: datetime = NOW
    recheck: bool = False
    patient: bool = False
    requisites: Requisites = Requisites.NONE
    hosts: tuple[str, ...] = HOSTS
    warc_bytes: int = 1 << 30
    together: int = 1
    """URLs that are asked for at a time."""
    run_id: int = field(init=False)
    keeper: MortalKeeper = field(init=False)
    desk: Desk = field(init=False)
    asked: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Addresses whose answers the keeper has called archived."""

    def __enter__(self) -> Self:
        self.run_id = begin_run(self.collection)
        catalogue = Catalogue(self.collection.catalogue)
        recover(self.collection, catalogue, run_id=self.run_id)
        catalogue.close()
        settings = WarcSettings(
            info={"software": "Kliping/0"},
            max_bytes=self.warc_bytes,
            make_id=lambda: f"urn:uuid:{uuid4()}",
            now=lambda: self.now,
        )
        self.keeper = MortalKeeper(
            lambda: Catalogue(self.collection.catalogue),
            WarcWriter(self.collection, settings),
            run_id=self.run_id,
        )
        scope = Scope(
            portals=frozenset({"demo"}),
            hosts=frozenset(self.hosts),
            recheck=Recheck.ALL if self.recheck else Recheck.DUE,
            patient=self.patient,
            requisites=self.requisites,
        )
        self.desk = Desk(self.collection, self.keeper, self.pool, run_id=self.run_id, scope=scope)
        self.desk.clock = lambda: self.now
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keeper.close()

    # --- what a crawl does -------------------------------------------------------------------------

    def crawl(self, *urls: NewUrl) -> None:
        """Everything that is to do, one URL after the other, to the end of the run."""
        self.add(*urls)
        asyncio.run(self._crawl())

    async def _crawl(self) -> None:
        await self.desk.resume()
        while rows := self.next_rows(self.together):
            await asyncio.gather(*map(self.fetch, rows))
        await self.desk.settle_rest()

    async def fetch(self, row: UrlRow) -> None:
        """Ask, archive, look."""
        kept, status = await self.capture(row)
        if status == 200:
            await self.desk.take(row, kept)
        else:
            await self.desk.miss(row, *reason_for_status(status), kept.capture_id)

    async def capture(self, row: UrlRow) -> tuple[Kept, int]:
        """Ask and archive; nobody looks yet."""
        self.asked.append(row.url)
        answer = self.ask(request_for(row.url))
        found = capture_of(row.url, answer, self.now + timedelta(seconds=len(self.asked)))
        kept = self.keeper.keep(found, url_id=row.url_id, waiting=answer.status == 200)
        durable = await asyncio.wrap_future(kept)
        self.kept.append(row.url)
        return durable, answer.status

    def next_row(self) -> UrlRow | None:
        """The most urgent URL that is to do, on any host."""
        return next(iter(self.next_rows(1)), None)

    def next_rows(self, count: int) -> list[UrlRow]:
        """The most urgent ones, host by host."""
        rows = [row for host in self.hosts for row in self.do(lambda c, h=host: c.todo(h, count))]  # type: ignore[misc]
        return rows[:count]

    # --- the ledger --------------------------------------------------------------------------------

    def do(self, action: Callable[[Catalogue], T]) -> T:
        """A look-up, or a note of the test's own, that no power cut counts."""
        return Keeper.do(self.keeper, action).result()

    def add(self, *urls: NewUrl) -> int:
        return self.do(lambda catalogue: catalogue.add_urls(urls, self.run_id))

    def ask_for(self, *days: date, host: str = HOSTS[0]) -> None:
        """Have the index of these days read, as a crawl of a range does; closed days are skipped."""
        plan = make_plan([PORTAL], {"hosts": host}, today=max(days))
        self.do(lambda catalogue: ask_for_days(catalogue, plan, days, run_id=self.run_id))

    def covered(self, host: str = HOSTS[0], *, now: datetime | None = None) -> dict[date, DayState]:
        """The days of a host and how far they are covered."""
        rows = self.do(
            lambda catalogue: list(
                coverage.days(catalogue.database, Extent(hosts=(host,)), now=now or self.now)
            )
        )
        return {row.day: row.state for row in rows if row.state is not DayState.UNASKED}

    def ask_again(self, *urls: str) -> int:
        return self.do(lambda catalogue: catalogue.ask_again(urls, self.run_id))

    def row(self, url: str) -> UrlRow:
        found = self.do(lambda catalogue: catalogue.find_url(url))
        assert found is not None, url
        return found[0]

    def states(self) -> dict[str, tuple[State, str | None]]:
        """What became of each URL."""
        return ledger(self.collection)


def request_for(url: str) -> Request:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Request(host=parts.hostname or "", target=target, scheme=parts.scheme)


def capture_of(url: str, answer: Answer, when: datetime) -> Capture:
    """What the archive middleware would have handed to the keeper."""
    request = request_for(url)
    return Capture(
        url=url,
        fetched_at=when,
        method="GET",
        target=request.target,
        request_headers=((b"Host", request.host.encode()),),
        protocol="HTTP/1.1",
        status=answer.status,
        headers=((b"Content-Type", answer.content_type.encode()), (b"Content-Encoding", b"gzip")),
        body=gzip.compress(answer.body, 1, mtime=0),
        ip_address="127.0.0.1",
    )


def reference(url: str, when: datetime = NOW, status: int = 200) -> CaptureRef:
    """A capture that the catalogue can remember; there is no file behind it."""
    return CaptureRef(
        url=url,
        fetched_at=when,
        status=status,
        warc_file="a.warc.gz",
        offset=0,
        length=1,
        record_id=f"urn:uuid:{uuid4()}",
        payload_digest="sha256:A",
    )


def article_url(url: str, **more: object) -> NewUrl:
    address = identify(url)
    assert address is not None, url
    new = NewUrl(url=address.url, kind=Kind.ARTICLE, portal=address.portal, host=address.host)
    return replace(new, **more)  # type: ignore[arg-type]


def list_url(url: str, kind: Kind = Kind.LIST) -> NewUrl:
    host = urlsplit(url).hostname or ""
    return NewUrl(url=url, kind=kind, portal="demo", host=host, priority=Priority.LIST)


def ledger(collection: Collection) -> dict[str, tuple[State, str | None]]:
    """What became of each URL, read with other means than the catalogue's own."""
    import sqlite3

    database = sqlite3.connect(collection.catalogue)
    try:
        rows = database.execute("SELECT url, state, reason FROM urls ORDER BY url_id").fetchall()
    finally:
        database.close()
    return {url: (State(state), reason) for url, state, reason in rows}


def records(collection: Collection) -> dict[str, dict[str, object]]:
    """Every sidecar by its path."""
    files = sorted(collection.articles.rglob("*.json"))
    return {path.relative_to(collection.root).as_posix(): json.loads(path.read_bytes()) for path in files}


def versions(collection: Collection, url: str) -> list[dict[str, object]]:
    """The sidecars of an article, oldest version first."""
    found = [record for record in records(collection).values() if record["url"] == url]
    return sorted(found, key=lambda record: int(str(record["version"]["number"])))  # type: ignore[index]


def without_provenance(found: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Sidecars without where and when their pages were archived."""
    return {
        path: {name: value for name, value in record.items() if name != "archive"}
        for path, record in found.items()
    }


def crawled(root: Path, pool: WorkerPool, urls: Iterable[NewUrl], ask: Ask | None = None) -> Collection:
    """A collection after one undisturbed run."""
    collection = make_collection(root)
    with Run(collection, pool, ask or DemoPortal().answer) as run:
        run.crawl(*urls)
    return collection


def run_through(work: Awaitable[T]) -> T:
    async def waiting() -> T:
        return await work

    return asyncio.run(waiting())
