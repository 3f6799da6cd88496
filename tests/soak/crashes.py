"""A small crawl that dies at every operation on the disk, in three ways, and is started again.

The work is recorded once: before each operation the folder is noted as a crash there would leave it. Each
such image is then laid out, the same work is started on it, and what comes of it is held against the
undisturbed run.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from archives.cdxj import update as update_index
from archives.collection import Collection
from archives.verify import verify
from crawler.demo.portal import DemoPortal
from crawler.foreign import find_sources
from crawler.reprocess import Job, reextract
from crawler.workers import WorkerPool
from tests.archives.shelf import make_collection
from tests.crawler.newsdesk import (
    Ask,
    Edit,
    Run,
    an_article,
    article_url,
    edited,
    list_url,
    records,
    without_provenance,
)
from tests.soak.disk import Disk, Image, Store, Way, watching
from tests.support.warcs import SITE, WarcFile, page, response

LONG, SHORT = an_article(3).url, an_article(1).url
LIST = "http://pesisir.kabarnusa.localhost/index-news?date=2024-8-7"
TOGETHER = 2
_WARC_BYTES = 12_000
"""Small, so that files roll over within the run."""
FOREIGN = "foreign.warc"


@dataclass(slots=True)
class Log:
    """What the work has said to the world so far: asked for, called archived, its own beginning."""

    asked: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    begun: bool = False

    def copy(self) -> Log:
        return Log(list(self.asked), list(self.kept), self.begun)


Work = Callable[[Path, WorkerPool, Log], None]


@dataclass(frozen=True, slots=True)
class Point:
    """A crash: before which operation, in which way, what it leaves and what had been said."""

    number: int
    operation: str
    way: Way
    image: Image
    log: Log

    def __str__(self) -> str:
        return f"{self.way} at operation {self.number} ({self.operation})"


@dataclass(slots=True)
class Recording:
    """A work seen once: its operations, what crashes would leave, and how it ends undisturbed."""

    name: str
    work: Work
    store: Store
    operations: list[str]
    points: list[Point]
    end: Collection

    @property
    def kinds(self) -> Counter[str]:
        return Counter(operation.split()[0] for operation in self.operations)


# --- the works ------------------------------------------------------------------------------------------


def crawl(root: Path, pool: WorkerPool, log: Log) -> None:
    """A first crawl: a list with its articles, one of them of three pages; then the index."""
    collection = make_collection(root)
    lock = collection.lock()
    try:
        run = Run(collection, pool, warc_bytes=_WARC_BYTES, together=TOGETHER, asked=log.asked, kept=log.kept)
        with run:
            run.crawl(list_url(LIST), article_url(LONG), article_url(SHORT))
        update_index(collection)
    finally:
        lock.release()


def reread(root: Path, pool: WorkerPool, log: Log) -> None:
    """A later crawl that reads two articles again: one has changed on a further page, one has moved a day."""
    collection = make_collection(root)
    lock = collection.lock()
    try:
        with Run(
            collection, pool, _edited(), together=TOGETHER, recheck=True, warc_bytes=_WARC_BYTES,
            asked=log.asked, kept=log.kept,
        ) as run:  # fmt: skip
            if not log.begun:
                run.ask_again(LONG, SHORT)
                log.begun = True
            run.crawl()
        update_index(collection)
    finally:
        lock.release()


def _edited() -> Ask:
    def more_words(body: str) -> str:
        return body.replace("</p>", " Berita ini diperbarui.</p>", 3)

    edits: dict[str, Edit] = {SHORT: more_words, f"{LONG}?page=2": more_words}
    return edited(edits, DemoPortal().answer)


def adopt(root: Path, pool: WorkerPool, log: Log) -> None:
    """`reextract` with a file of another tool, which is taken in."""
    del pool, log
    collection = make_collection(root)
    lock = collection.lock()
    try:
        sources = find_sources([str(root.parent / FOREIGN)], collection)
        reextract(Job(collection=collection, sources=sources, workers=1, seconds=60, dry_run=False))
        update_index(collection)
    finally:
        lock.release()


def foreign_file(folder: Path) -> None:
    """Two articles, one of them of two pages, as plain records: they are packed on the way in."""
    slug = "nelayan-melaut-lagi"
    WarcFile().add(
        response(SITE + "warga-menanam-bakau", page("warga-menanam-bakau")),
        response(SITE + slug, page(slug, 1, 2)),
        response(f"{SITE}{slug}?page=2", page(slug, 2, 2)),
    ).save(folder / FOREIGN, "plain")


# --- recording and trying -------------------------------------------------------------------------------


def record(name: str, work: Work, folder: Path, pool: WorkerPool) -> Recording:
    """See a work on what stands in `folder`, whose collection is `warta`."""
    store, log = Store(), Log()
    operations: list[str] = []
    points: list[Point] = []
    seen: set[tuple[object, ...]] = set()

    def on_step(what: str, images: dict[Way, Image]) -> None:
        operations.append(what)
        said = log.copy()
        for way, image in images.items():
            mark = (*sorted(image.items()), tuple(said.asked), tuple(said.kept))
            if mark not in seen:
                seen.add(mark)
                points.append(Point(len(operations), what, way, image, said))

    with watching(Disk(folder, store, on_step)):  # type: ignore[arg-type]
        work(folder / "warta", pool, log)
    return Recording(name, work, store, operations, points, Collection(folder / "warta"))


def trouble(recording: Recording, point: Point, folder: Path, pool: WorkerPool) -> list[str]:
    """What is wrong after a crash and a second start; nothing, if all promises held."""
    recording.store.lay_out(point.image, folder)
    log = replace(Log(), begun=point.log.begun)
    try:
        recording.work(folder / "warta", pool, log)
        collection = Collection(folder / "warta")
        return [*_broken_promises(collection, recording.end), *_repeated(point.log, log)]
    except Exception as error:  # noqa: BLE001 - that the second start fails is what we look for
        return [f"{type(error).__name__}: {error}"]
    finally:
        shutil.rmtree(folder)


def _broken_promises(collection: Collection, undisturbed: Collection) -> list[str]:
    found = [f"left open: {path.name}" for path in collection.open_warc_files()]
    checked = verify(collection, jobs=1)
    found += [str(finding) for finding in (*checked.findings, *checked.warnings)]
    ours, theirs = (without_provenance(records(one)) for one in (collection, undisturbed))
    found += [f"article lost: {path}" for path in theirs.keys() - ours.keys()]
    found += [f"article more: {path}" for path in ours.keys() - theirs.keys()]
    found += [
        f"article differs: {path}" for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]
    ]
    return found


def _repeated(before: Log, after: Log) -> list[str]:
    """What was called archived is not asked for again; of the rest only what was in flight.

    Lists are another matter: every run asks for them anew.
    """
    again = [url for url in after.asked if url in before.asked and not url.startswith(LIST)]
    found = [f"archived, and asked for again: {url}" for url in again if url in before.kept]
    if len(again) > TOGETHER:
        found.append(f"{len(again)} requests repeated, {TOGETHER} were in flight")
    return found


@dataclass(slots=True)
class Report:
    """What came of the crashes of one work."""

    recording: Recording
    tried: Counter[Way] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)

    def as_plain(self) -> dict[str, object]:
        return {
            "work": self.recording.name,
            "operations": len(self.recording.operations),
            "kinds": dict(self.recording.kinds.most_common()),
            "crashes": {way.value: count for way, count in self.tried.items()},
            "trouble": self.trouble,
        }

    def __str__(self) -> str:
        return json.dumps(self.as_plain(), indent=2, ensure_ascii=False)


def works(folder: Path, pool: WorkerPool) -> list[Recording]:
    """Every work, recorded: each begins where the one before it ended, or was cut off."""
    first, second, third, fourth = (folder / name for name in ("crawl", "restart", "reread", "adopt"))
    first.mkdir(parents=True)
    begun = record("a first crawl", crawl, first, pool)
    begun.store.lay_out(_half_way(begun), second)
    restart = record("the start after a crash", crawl, second, pool)
    shutil.copytree(first, third)
    again = record("a later crawl", reread, third, pool)
    shutil.copytree(first, fourth)
    foreign_file(fourth)
    return [begun, restart, again, record("taking in a foreign file", adopt, fourth, pool)]


def _half_way(recording: Recording) -> Image:
    """A torn record behind committed ones, in the middle of the work."""
    torn = [point for point in recording.points if point.way is Way.KILL and ".open" in point.operation]
    return torn[len(torn) // 2].image


def try_all(
    recording: Recording, folder: Path, pool: WorkerPool, points: Sequence[Point] | None = None
) -> Report:
    """Crash and start again at these points, or at all."""
    report = Report(recording)
    for point in recording.points if points is None else points:
        report.tried[point.way] += 1
        found = trouble(recording, point, folder / "image", pool)
        report.trouble += [f"{point}: {line}" for line in found]
    return report


def sample(recording: Recording, count: int, dice: Random) -> list[Point]:
    """Some crashes, of each way about the same number."""
    by_way = {way: [point for point in recording.points if point.way is way] for way in Way}
    each = -(-count // len(by_way))
    return [point for points in by_way.values() for point in dice.sample(points, min(each, len(points)))]
