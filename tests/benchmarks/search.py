"""What searching costs: first results and facet counts over 200,000 articles, ours beside plain SQLite FTS5.

    python -m tests.benchmarks.search [--articles N] [--collection DIR] [--json FILE]

The plain contestant is what a textbook would do: a table of articles with indexes on its columns, an FTS5
table with its own copy of the texts, one statement for the newest twenty hits with their snippets, one for
their number, and one GROUP BY for each facet. Both read the same sidecars; each part runs in a fresh process.
A query's first answer is one that nothing was remembered for, with the file in the system's cache; the median
of several rounds counts. Times are CPU time.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from archives import sidecar
from archives.catalogue import Catalogue
from archives.collection import Collection
from reading_room.index_file import bring_up_to_date, open_for_reading, place_of
from reading_room.query import parse
from reading_room.search import Asked, Index, SearchDesk, Sort
from reading_room.shelves import FACETS
from reading_room.snippets import snippet
from tests.support import many

_clock = time.process_time
"""CPU time: nothing here waits, the file is in the system's cache, and the machine may be shared."""
ARTICLES, ROUNDS, SHOWN = 200_000, 5, 20
QUERIES = {
    "": None,
    "di": "di",
    "yang": "yang",
    "warga": "warga",
    "kapal pelabuhan": "kapal pelabuhan",
    "di yang warga": "di yang warga",
    "banjir": "banjir",
    "kopi -harga": "kopi NOT harga",
    "judul:kapal": "title : kapal",
    '"warga desa"': '"warga desa"',
    "ban*": "ban*",
    "men*": "men*",
}
"""A reader's query, and the same for FTS5, which knows no stems and so finds fewer."""

Figures = dict[str, Any]


# -- ours


def index_ours(root: Path) -> Figures:
    collection = Collection(root)
    begin, cpu = time.perf_counter(), time.process_time()
    brought = bring_up_to_date(collection)
    spent = time.process_time() - cpu
    return {
        "articles": brought.added,
        "cpu_s": spent,
        "wall_s": time.perf_counter() - begin,
        "per_cpu_s": brought.added / spent,
        "disk_mb": place_of(collection).stat().st_size / 1e6,
    }


def ask_ours(root: Path) -> Figures:
    collection = Collection(root)
    path = place_of(collection)
    begin = _clock()
    desk = SearchDesk(collection)
    desk.open()
    opened = _clock() - begin
    times: dict[str, list[dict[str, float]]] = {query: [] for query in QUERIES}
    for _ in range(ROUNDS):
        database = open_for_reading(path)
        assert database is not None
        index = Index(database, identity=None)
        for query in QUERIES:
            times[query].append(_ask_index(collection, database, index, query))
        database.close()
    return {"open_ms": opened * 1e3, "memory_mb": _memory_mb(), "queries": _medians(times)}


def _ask_index(collection: Collection, database: sqlite3.Connection, index: Index, query: str) -> Figures:
    asked = Asked(query=parse(query))
    begin = _clock()
    bits = index.matching(database, asked)
    documents, _ = index.stretch(database, asked, bits, 0, SHOWN)
    marks = index.marks(database, asked.query)
    for document in documents:
        row = database.execute("SELECT sidecar FROM articles WHERE document = ?", (document,)).fetchone()
        record = sidecar.load(collection.root / row[0])
        snippet([str(record["articleBody"])], marks)
    first = _clock()
    for facet in FACETS:
        index.counts(database, asked, facet)
    counted = _clock()
    deep = max(0, bits.bit_count() - SHOWN)
    index.stretch(database, asked, bits, deep, SHOWN)
    last = _clock()
    index.stretch(database, Asked(query=asked.query, sort=Sort.RELEVANCE), bits, 0, SHOWN)
    return {
        "hits": bits.bit_count(),
        "first_ms": (first - begin) * 1e3,
        "facets_ms": (counted - first) * 1e3,
        "last_page_ms": (last - counted) * 1e3,
        "relevance_ms": (_clock() - last) * 1e3,
    }


# -- plain FTS5


def index_plain(root: Path) -> Figures:
    collection = Collection(root)
    begin, cpu = time.perf_counter(), time.process_time()
    database = sqlite3.connect(_plain_file(root))
    database.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE articles (id INTEGER PRIMARY KEY, published TEXT, portal TEXT, host TEXT, section TEXT,"
        " author TEXT, year TEXT, month TEXT);"
        "CREATE VIRTUAL TABLE texts USING fts5(title, body, byline, caption, tags);"
    )
    count = 0
    with database:
        for count, record in enumerate(_newest_records(collection), start=1):
            _put_plain(database, count, record)
    for column in ("published", *FACETS):
        database.execute(f"CREATE INDEX articles_{column} ON articles ({column})")
    database.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    database.execute("ANALYZE")
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    spent = time.process_time() - cpu
    return {
        "articles": count,
        "cpu_s": spent,
        "wall_s": time.perf_counter() - begin,
        "per_cpu_s": count / spent,
        "disk_mb": _plain_file(root).stat().st_size / 1e6,
    }


def _plain_file(root: Path) -> Path:
    return root / "indexes" / "plain.sqlite"


def _newest_records(collection: Collection) -> Iterator[dict[str, Any]]:
    catalogue = Catalogue(collection.catalogue, read_only=True)
    rows = catalogue.database.execute(
        "SELECT sidecar FROM versions v WHERE number = "
        "(SELECT max(number) FROM versions w WHERE w.article_id = v.article_id)"
    )
    for (path,) in rows:
        yield sidecar.load(collection.root / path)
    catalogue.close()


def _put_plain(database: sqlite3.Connection, number: int, record: dict[str, Any]) -> None:
    published = str(record.get("datePublished") or record["archive"]["pages"][0]["fetchedAt"])
    people = [one["name"] for kind in ("author", "editor") for one in record.get(kind, ())]
    database.execute(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            published,
            many.PORTAL,
            urlsplit(record["url"]).hostname,
            next(iter(record.get("articleSection", ())), None),
            next(iter(people), None),
            published[:4],
            published[:7],
        ),
    )
    database.execute(
        "INSERT INTO texts (rowid, title, body, byline, caption, tags) VALUES (?, ?, ?, ?, ?, ?)",
        (
            number,
            record["headline"],
            record["articleBody"],
            " ".join(people),
            " ".join(one.get("caption", "") for one in record.get("image", ())),
            " ".join(record.get("keywords", ())),
        ),
    )


def ask_plain(root: Path) -> Figures:
    times: dict[str, list[dict[str, float]]] = {query: [] for query in QUERIES}
    begin = _clock()
    database = sqlite3.connect(_plain_file(root))
    opened = _clock() - begin
    for _ in range(ROUNDS):
        for query, match in QUERIES.items():
            times[query].append(_ask_fts5(database, match))
    return {"open_ms": opened * 1e3, "memory_mb": _memory_mb(), "queries": _medians(times)}


_JOINED = "texts JOIN articles ON id = texts.rowid WHERE texts MATCH ?"


def _ask_fts5(database: sqlite3.Connection, match: str | None) -> Figures:
    some = _JOINED if match is not None else "articles"
    said = (match,) if match is not None else ()
    shown = "id, snippet(texts, 1, '[', ']', '…', 24)" if match is not None else "id"
    newest = f"SELECT {shown} FROM {some} ORDER BY published DESC LIMIT ? OFFSET ?"  # noqa: S608
    begin = _clock()
    database.execute(newest, (*said, SHOWN, 0)).fetchall()
    hits = database.execute(f"SELECT count(*) FROM {some}", said).fetchone()[0]  # noqa: S608
    first = _clock()
    for facet in FACETS:
        database.execute(f"SELECT {facet}, count(*) FROM {some} GROUP BY 1", said).fetchall()  # noqa: S608
    counted = _clock()
    database.execute(newest, (*said, SHOWN, max(0, hits - SHOWN))).fetchall()
    last = _clock()
    if match is not None:
        database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?", (match, SHOWN)
        ).fetchall()
    return {
        "hits": hits,
        "first_ms": (first - begin) * 1e3,
        "facets_ms": (counted - first) * 1e3,
        "last_page_ms": (last - counted) * 1e3,
        "relevance_ms": (_clock() - last) * 1e3,
    }


# -- measuring


def _medians(times: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, float]]:
    return {
        query: {name: sorted(one[name] for one in rounds)[len(rounds) // 2] for name in rounds[0]}
        for query, rounds in times.items()
    }


def _memory_mb() -> float:
    """What the process has for itself; pages of the file that the system can take back are not in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("RssAnon:"))


PARTS: dict[str, Callable[[Path], Figures]] = {
    part.__name__: part for part in (index_ours, index_plain, ask_ours, ask_plain)
}


def in_fresh_process(part: str, root: Path) -> Figures:
    """What a part says, done by a process that has done nothing else."""
    command = [sys.executable, "-m", "tests.benchmarks.search", "--part", part, str(root)]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    figures: Figures = json.loads(said.stdout.splitlines()[-1])
    return figures


def contest(root: Path) -> dict[str, Figures]:
    """The figures of both. An index that is there already is not made again: asking can be repeated."""
    found: dict[str, Figures] = {}
    for name, place in (("ours", place_of(Collection(root))), ("plain", _plain_file(root))):
        made = {"index": in_fresh_process(f"index_{name}", root)} if not place.exists() else {}
        found[name] = made | in_fresh_process(f"ask_{name}", root)
    return found


_COLUMNS = {
    "hits": "hits",
    "first_ms": "first ms",
    "facets_ms": "facets ms",
    "last_page_ms": "last page ms",
    "relevance_ms": "relevance ms",
}


def show(found: dict[str, Figures], console: Console) -> None:
    """One row for each query, ours beside plain."""
    table = Table(box=None, pad_edge=False)
    table.add_column("query")
    for title in _COLUMNS.values():
        table.add_column(f"{title}, ours", justify="right")
        table.add_column("plain", justify="right")
    for query in QUERIES:
        cells = [
            f"{found[name]['queries'][query][column]:,.{0 if column == 'hits' else 1}f}"
            for column in _COLUMNS
            for name in ("ours", "plain")
        ]
        table.add_row(query or "(all)", *cells)
    console.print(table)
    for name, figures in found.items():
        made = figures.get("index")
        told = f"{name}: opened in {figures['open_ms']:,.0f} ms, {figures['memory_mb']:,.0f} MB of memory"
        if made:
            told += f"; made at {made['per_cpu_s']:,.0f} articles per CPU second, {made['disk_mb']:,.0f} MB"
        console.print(told)


def main(argv: Sequence[str] | None = None) -> int:
    """Run both contestants, or one part of one in this process."""
    options = _options(argv)
    if options.part:
        part, folder = options.part
        print(json.dumps(PARTS[part](Path(folder))))
        return 0
    with tempfile.TemporaryDirectory(prefix="kliping-bench-") as folder:
        root = options.collection or many.fill(Path(folder) / "many", options.articles).root
        found = contest(root)
    show(found, Console(highlight=False, width=None if sys.stdout.isatty() else 160))
    if options.json:
        plain = {
            "measured": datetime.now(UTC).date().isoformat(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "figures": found,
        }
        options.json.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", allow_abbrev=False)
    parser.add_argument("--articles", type=int, default=ARTICLES, metavar="N", help="how many are generated")
    parser.add_argument(
        "--collection", type=Path, metavar="DIR", help="one that is there, of tests.support.many"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to a file")
    parser.add_argument("--part", nargs=2, metavar=("PART", "FOLDER"), help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
