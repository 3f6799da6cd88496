"""Kliping's crawls of the enlarged portal."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archives.catalogue import Catalogue, NewUrl
from archives.collection import Collection
from archives.states import Kind, Priority
from tests.benchmarks.bench import Bench, BenchmarkError, Figures, kliping, size_of
from tests.benchmarks.portal import ROOM
from tests.benchmarks.site import EMPTY_DAY

_INDEXES = ("index.cdxj", "search.sqlite")


def _crawl(bench: Bench, collection: Path, *arguments: str) -> list[str]:
    """A crawl without a pace. The peers fetch no pictures, so this does not, either."""
    return kliping(
        "crawl", "demo", "--collection", str(collection), "-a", "requisites=none",
        *(word for argument in arguments for word in ("-a", argument)),
        "-s", "KLIPING_PACE=0", "-s", "KLIPING_NETWORK_PACE=0",
        "-s", f"KLIPING_DEMO_ROUTE={bench.served.url}",
        "-s", f"KLIPING_DEMO_ARTICLES={min(bench.site.articles, ROOM)}",
    )  # fmt: skip


def full(bench: Bench) -> Figures:
    """The whole road: lists, robots.txt, articles; WARC, extraction, sidecars, catalogue, index, report."""
    shutil.rmtree(bench.collection, ignore_errors=True)
    return bench.run(
        "kliping", _crawl(bench, bench.collection), pages=bench.pages, check=lambda: _check_all(bench)
    )


def again(bench: Bench) -> Figures:
    """The same crawl once more, a moment later: only lists are due. What counts is what a request costs."""
    return _second(bench, "again")


def again_all(bench: Bench) -> Figures:
    """Once more with every kept article due."""
    return _second(bench, "again-all", "recheck=all")


def _second(bench: Bench, name: str, *arguments: str) -> Figures:
    """`due` are the lists and articles that the run has dealt with, `asked` the requests for them: without
    those for robots.txt, and a redirect is one with what it leads to.
    """
    collection = crawled(bench)
    command = _crawl(bench, collection, *arguments)
    figures = bench.run(name, command, pages=bench.pages, check=lambda: _check_all(bench))
    dealt_with = "SELECT count(*) FROM urls WHERE run_id = (SELECT max(run_id) FROM runs) AND state != 'todo'"
    asked = figures["requests"] - figures["robots"] - figures["redirects"]
    return figures | {"due": _ask(collection, dealt_with), "asked": asked}


def _ask(collection: Path, question: str) -> float:
    with closing(sqlite3.connect(Collection(collection).catalogue)) as database:
        answer: float = database.execute(question).fetchone()[0]
    return answer


def crawled(bench: Bench) -> Path:
    """The collection of a whole crawl, made now if no row has needed it yet."""
    if not bench.collection.exists():
        full(bench)
    return bench.collection


def archived(bench: Bench) -> Figures:
    """Crawl and archive, nothing read: the pages wait in the ledger as what is kept beside an article.

    What stands beside an article (pictures, style sheets) is fetched, archived and written down like
    everything else, and nobody reads it. There is no other way to archive without extraction. The run is one
    over a day without articles; it finds the pages as an earlier run's work that is still to do.
    """
    collection = Collection(bench.folder / "archived")
    now = datetime.now(UTC)
    collection.create(operator=None, contact=None, software="benchmark", now=now)
    catalogue = Catalogue(collection.catalogue)
    with catalogue.transaction():
        run_id = catalogue.begin_run(portal="demo", arguments={}, software="benchmark", now=now)
        catalogue.add_urls([_beside(url) for url in bench.site.urls], run_id)
    catalogue.close()
    command = _crawl(bench, collection.root, f"since={EMPTY_DAY}", f"until={EMPTY_DAY}")

    def check() -> Figures:
        kept = "SELECT count(*) FROM urls WHERE kind = 'requisite' AND state = 'captured'"
        found = int(_ask(collection.root, kept))
        if found != bench.pages:
            raise BenchmarkError(f"archived: {found:,} of {bench.pages:,} pages are in the archive")
        return {"warc_mb": size_of(collection.archive) / 1e6 * 1000 / bench.pages}

    return bench.run("archived", command, pages=bench.pages, check=check)


def _beside(url: str) -> NewUrl:
    host = urlsplit(url).netloc
    return NewUrl(url=url, kind=Kind.REQUISITE, portal="demo", host=host, priority=Priority.REQUISITE)


def _check_all(bench: Bench) -> Figures:
    check_sidecars(bench.collection, articles=bench.site.articles, pages=bench.pages)
    if missing := [name for name in _INDEXES if not (bench.collection / "indexes" / name).exists()]:
        raise BenchmarkError(f"kliping crawl: indexes/{missing[0]} is not there")
    return {"warc_mb": size_of(bench.collection / "archive") / 1e6 * 1000 / bench.pages}


def check_sidecars(collection: Path, *, articles: int, pages: int) -> None:
    """A fast crawl that leaves something out is no fast crawl."""
    count, urls, joined = 0, set(), 0
    for path in (collection / "articles").rglob("*.json"):
        record = json.loads(path.read_bytes())
        count, joined = count + 1, joined + len(record["archive"]["pages"])
        urls.add(record["url"])
    if (count, len(urls), joined) != (articles, articles, pages):
        raise BenchmarkError(
            f"kliping crawl: {count:,} sidecars of {len(urls):,} articles with {joined:,} pages; "
            f"the portal has {articles:,} articles with {pages:,} pages"
        )
