"""What remembering costs: a million known URLs and a hundred thousand queued ones, ours beside Scrapy's own.

    python -m tests.benchmarks.ledger [--known N] [--queued N] [--json FILE]

Each contestant works in a fresh process. Its highest resident memory (VmHWM) counts above that of a process
which has done the same with nothing known and nothing queued.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scrapy import Spider
from scrapy.core.scheduler import Scheduler
from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor
from scrapy.utils.request import RequestFingerprinter

from archives.catalogue import Catalogue, NewUrl
from archives.collection import Collection
from archives.states import Kind, State
from crawler.run import open_run
from crawler.scheduler import LedgerScheduler
from crawler.spiders.demo import DemoSpider

KNOWN, QUEUED, SAMPLE, COMMITS = 1_000_000, 100_000, 1_000, 200
TOGETHER = 8
"""Requests to one host that may be under way."""
LINKS = 20
"""Links of one page of a daily index."""
HOST = "pesisir.kabarnusa.localhost"
_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_SIZE_BYTES = 2
"""Before each fingerprint in Scrapy's requests.seen."""

Figures = dict[str, float]


def url_of(number: int) -> str:
    """An article's address of ordinary length."""
    day = f"{2005 + number % 20}/{1 + number % 12:02d}/{1 + number % 28:02d}"
    return f"http://{HOST}/{day}/warga-kuala-baroh-menunggu-kabar-nomor-{number}"


def new_url(number: int, state: State = State.TODO) -> NewUrl:
    return NewUrl(url=url_of(number), kind=Kind.ARTICLE, portal="demo", host=HOST, state=state)


# -- ours


def fill_ledger(folder: Path, known: int, queued: int) -> Figures:
    """A collection whose ledger knows that many URLs, and has that many more to do."""
    collection = Collection(folder / "collection")
    collection.create(operator=None, contact=None, software="benchmark", now=_NOW)
    catalogue = Catalogue(collection.catalogue)
    with catalogue.transaction():
        run_id = catalogue.begin_run(portal="demo", arguments={}, software="benchmark", now=_NOW)
    urls = (new_url(n, State.CAPTURED if n < known else State.TODO) for n in range(known + queued))
    while batch := list(islice(urls, 10_000)):
        with catalogue.transaction():
            catalogue.add_urls(batch, run_id)
    catalogue.close()
    return {"disk_mb": _disk_mb(folder)}


def use_ledger(folder: Path, known: int, queued: int) -> Figures:
    """A run over that ledger: links looked up, requests handed out, and what each brought committed."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(DemoSpider.custom_settings or {}, priority="spider")
    ours = {"KLIPING_COLLECTION": str(folder / "collection"), "KLIPING_DEMO_ROUTE": "http://127.0.0.1:9"}
    settings.setdict(ours, priority="cmdline")
    plan = DemoSpider.plan({"hosts": "pesisir"}, today=date(2026, 11, 22))
    run = open_run(plan, spider="demo", arguments={}, settings=settings)
    crawler = Crawler(DemoSpider, settings)
    crawler.spider = DemoSpider.from_crawler(crawler, run=run)
    scheduler = LedgerScheduler.from_crawler(crawler)
    run.ready = True

    def commit(request: Request, links: Sequence[NewUrl]) -> None:
        url_id = request.meta["url_id"]

        def record(catalogue: Catalogue) -> None:
            catalogue.settle_url(url_id, State.CAPTURED, reason=None, run_id=run.run_id)
            catalogue.add_urls(links, run.run_id)

        run.keeper.do(record).result()
        scheduler.release(url_id)

    look_ups = [_seconds(partial(run.catalogue.find_url, url_of(number))) for number in _sample(known)]
    commits = []
    for number in _sample(queued)[: min(COMMITS, queued // 4)]:
        links = [new_url((number + place * 7919) % max(1, known)) for place in range(LINKS)]
        commits.append(_seconds(partial(commit, _next(scheduler), links)))
    asked: list[float] = []
    while len(asked) < len(_sample(queued)) // 2:
        taken = []
        for _ in range(TOGETHER):
            begin = time.perf_counter()
            taken.append(_next(scheduler))
            asked.append(time.perf_counter() - begin)
        for request in taken:
            commit(request, ())
    figures = {
        "memory_mb": _memory_mb(),
        "look_up_us": _median(look_ups) * 1e6,
        "next_us": _median(asked) * 1e6,
        "commit_ms": _median(commits) * 1e3,
    }
    run.finish()
    return figures


def _next(scheduler: LedgerScheduler) -> Request:
    request = scheduler.next_request()
    assert request is not None
    return request


# -- Scrapy's


class PlainSpider(Spider):
    """Scrapy writes only those requests to disk whose callback is a method of the spider."""

    name = "plain"

    def parse(self, response: object) -> None:
        """Never called."""


def fill_jobdir(folder: Path, known: int, queued: int) -> Figures:
    """A JOBDIR whose dupefilter knows that many URLs, and whose disk queue holds that many."""
    job = folder / "job"
    job.mkdir()
    fingerprint = RequestFingerprinter().fingerprint
    real = set(_sample(known))
    with (job / "requests.seen").open("wb") as out:
        for number in range(known):  # making a fingerprint takes Scrapy 100 µs; the others need only be there
            mark = fingerprint(Request(url_of(number))) if number in real else os.urandom(20)
            out.write(len(mark).to_bytes(_SIZE_BYTES, "big") + mark)
    scheduler, spider = _scheduler(job)
    for number in range(known, known + queued):
        scheduler.enqueue_request(Request(url_of(number), callback=spider.parse))
    scheduler.close("finished")
    return {"disk_mb": _disk_mb(folder)}


def use_jobdir(folder: Path, known: int, queued: int) -> Figures:
    """The same over Scrapy's scheduler; it commits nothing, for it has nothing that could be."""
    scheduler, _ = _scheduler(folder / "job")

    def seen(number: int) -> bool:
        return scheduler.df.request_seen(Request(url_of(number)))

    look_ups = [_seconds(partial(seen, number)) for number in _sample(known)]
    asked = [_seconds(scheduler.next_request) for _ in _sample(queued)]
    figures = {
        "memory_mb": _memory_mb(),
        "look_up_us": _median(look_ups) * 1e6,
        "next_us": _median(asked) * 1e6,
    }
    scheduler.close("finished")
    return figures


def _scheduler(job: Path) -> tuple[Scheduler, PlainSpider]:
    # The default queue asks a running engine about its hosts; this is the plain one below it.
    queue = "scrapy.pqueues.ScrapyPriorityQueue"
    crawler = Crawler(PlainSpider, {"JOBDIR": str(job), "SCHEDULER_PRIORITY_QUEUE": queue})
    install_reactor(crawler.settings["TWISTED_REACTOR"])
    crawler._apply_settings()
    spider = crawler.spider = PlainSpider.from_crawler(crawler)
    scheduler = Scheduler.from_crawler(crawler)
    scheduler.open(spider)
    return scheduler, spider


# -- measuring


def _sample(count: int) -> range:
    """Numbers below `count`, evenly spread."""
    return range(0, count, max(1, count // SAMPLE))


def _seconds(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def _median(seconds: Sequence[float]) -> float:
    """The machine may be shared: a mean would tell of the others."""
    return sorted(seconds)[len(seconds) // 2] if seconds else 0.0


def _memory_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM:"))


def _disk_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


PARTS = {part.__name__: part for part in (fill_ledger, use_ledger, fill_jobdir, use_jobdir)}
CONTESTANTS = {"ledger": ("fill_ledger", "use_ledger"), "Scrapy, JOBDIR": ("fill_jobdir", "use_jobdir")}


def in_fresh_process(part: str, folder: Path, known: int, queued: int) -> Figures:
    """What a part says, done by a process that has done nothing else."""
    command = [sys.executable, "-m", "tests.benchmarks.ledger", "--part", part, str(folder)]
    command += ["--known", str(known), "--queued", str(queued)]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    figures: Figures = json.loads(said.stdout.splitlines()[-1])
    return figures


def contest(
    known: int, queued: int, folder: Path, names: Sequence[str] = tuple(CONTESTANTS)
) -> dict[str, Figures]:
    """The figures of both, memory as what is needed above an empty one."""
    found = {}
    for name in names:
        fill, use = CONTESTANTS[name]
        used = []
        for size in ((0, 0), (known, queued)):
            place = Path(tempfile.mkdtemp(dir=folder))
            filled = in_fresh_process(fill, place, *size)
            used.append(in_fresh_process(use, place, *size) | filled)
        empty, full = used
        found[name] = full | {"above_empty_mb": full["memory_mb"] - empty["memory_mb"]}
    return found


_COLUMNS = {
    "look_up_us": "look-up µs",
    "next_us": "next request µs",
    "commit_ms": "commit ms",
    "above_empty_mb": "memory MB above empty",
    "memory_mb": "memory MB",
    "disk_mb": "disk MB",
}


def show(found: dict[str, Figures], console: Console) -> None:
    """One row for each contestant."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for title in _COLUMNS.values():
        table.add_column(title, justify="right")
    for name, figures in found.items():
        table.add_row(name, *(f"{figures[key]:,.1f}" if key in figures else "–" for key in _COLUMNS))
    console.print(table)


def main(argv: Sequence[str] | None = None) -> int:
    """Run both contestants, or one part of one in this process."""
    options = _options(argv)
    if options.part:
        part, folder = options.part
        print(json.dumps(PARTS[part](Path(folder), options.known, options.queued)))
        return 0
    with tempfile.TemporaryDirectory(prefix="kliping-bench-") as folder:
        found = contest(options.known, options.queued, Path(folder))
    show(found, Console(highlight=False, width=None if sys.stdout.isatty() else 120))
    if options.json:
        plain = {
            "measured": datetime.now(UTC).date().isoformat(),
            "known": options.known,
            "queued": options.queued,
            "python": platform.python_version(),
            "versions": {name: version(name) for name in ("kliping", "scrapy")},
            "figures": found,
        }
        options.json.write_text(json.dumps(plain, indent=2) + "\n")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ledger", allow_abbrev=False)
    parser.add_argument("--known", type=int, default=KNOWN, metavar="N", help="URLs known and dealt with")
    parser.add_argument("--queued", type=int, default=QUEUED, metavar="N", help="URLs still to do")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    parser.add_argument("--part", nargs=2, metavar=("PART", "FOLDER"), help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
