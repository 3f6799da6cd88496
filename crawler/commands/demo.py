from __future__ import annotations

import argparse
import json
import shlex
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from archives import sidecar
from archives.bodies import decode_body
from archives.collection import Collection
from archives.reader import StoredRecord, read_record
from archives.verify import verify
from crawler.command import KlipingCommand, console
from crawler.commands.browse import browse
from crawler.exitcodes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.crawling import Crawled

FOLDER = "demo-collection"
_SHOWN = 420
"""Characters of an article that are shown."""


class Command(KlipingCommand):
    summary = "Try it: crawl the bundled demo portal, verify, show what was kept"
    details = (
        "A small invented newsroom is served on loopback; nothing else is contacted. The collection goes to "
        "--collection DIR, by default to a new folder demo-collection. With --browse the reading room is "
        "opened at the end."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="the figures for machines, and no article")
        parser.add_argument(
            "--browse", action="store_true", help="open the reading room at the end, until Ctrl-C"
        )
        parser.add_argument("--port", type=int, metavar="N", help="the reading room's, with --browse")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        from crawler.crawling import crawl, find_spider  # noqa: PLC0415 - Scrapy: its help needs none

        settings = self.settings_for_scrapy()
        if not opts.collection:
            settings.set("KLIPING_COLLECTION", str(_fresh_folder()), priority="cmdline")
        # with style sheets, so that the archived originals look in the reading room as the pages did
        crawled = crawl(find_spider("demo", settings), {"requisites": "page"}, settings)
        if opts.json:
            return self._as_json(crawled)
        out = console()
        crawled.report(out)
        if crawled.code not in {ExitCode.COMPLETE, ExitCode.GAPS}:
            return crawled.code
        result = verify(self.collection)
        for finding in result.findings:
            out.print(f"  {finding}", soft_wrap=True)
        out.print(
            f"verified: {result.records:,} records, {result.sidecars:,} sidecars, "
            f"{len(result.findings):,} findings"
        )
        _show_article(self.collection, out)
        if opts.browse:
            browse(self.collection, port=opts.port)
        else:
            folder = shlex.quote(str(self.collection.root))
            out.print(f"\nread it in the browser:  kliping browse {folder}", soft_wrap=True)
        return ExitCode.DAMAGE if result.findings else crawled.code

    def _as_json(self, crawled: Crawled) -> ExitCode:
        whole = crawled.code in {ExitCode.COMPLETE, ExitCode.GAPS}
        result = verify(self.collection) if whole else None
        told = {"collection": str(self.collection.root), "crawl": crawled.as_plain()}
        print(json.dumps({**told, "verified": result.as_plain() if result else None}, indent=2))
        return ExitCode.DAMAGE if result is not None and result.findings else crawled.code


def _fresh_folder() -> Path:
    """`demo-collection`, or the first free name after it."""
    names = (FOLDER if number == 1 else f"{FOLDER}-{number}" for number in count(1))
    return next(path for path in map(Path, names) if not path.exists())


def _show_article(collection: Collection, out: Console) -> None:
    """The article with the most pages beside the archived answer that it came from."""
    from rich.panel import Panel  # noqa: PLC0415 - as in crawler.command
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    records = ((path, sidecar.load(path)) for path in sorted(collection.articles.rglob("*.json")))
    best = max(records, key=lambda item: (len(_pages(item[1])), "author" in item[1]), default=None)
    if best is None:
        return
    path, record = best
    page = _pages(record)[0]
    stored = read_record(collection.warc_path(str(page["warcFile"])), int(str(page["warcOffset"])))
    width = max((min(out.width, 110) - 1) // 2, 38)
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row(
        Panel(Text(_article_text(record)), title="the article", width=width),
        Panel(Text(_original_text(stored)), title="its archived original", width=width),
    )
    out.print()
    out.print(table)
    out.print(f"sidecar   {path}", soft_wrap=True)
    for place in _pages(record):
        out.print(
            f"page {place['page']}    archive/{place['warcFile']} at byte {place['warcOffset']}",
            soft_wrap=True,
        )


def _article_text(record: dict[str, object]) -> str:
    authors = record.get("author")
    names = (
        ", ".join(person["name"] for person in authors) if isinstance(authors, list) else "no author named"
    )
    paragraphs = str(record["articleBody"]).split("\n\n")
    head = (
        f"{record['headline']}\n{names} · {str(record.get('datePublished', ''))[:16]}\n"
        f"{len(_pages(record))} pages, {record['wordCount']} words\n\n"
    )
    return head + "\n\n".join(paragraphs)[:_SHOWN] + " …"


def _original_text(stored: StoredRecord) -> str:
    """The answer's status and first headers, and the page from its headline on."""
    html = decode_body(stored.http_headers, stored.body).content.decode("utf-8", "replace")
    headers = [f"{name.decode()}: {value.decode()}" for name, value in stored.http_headers[:2]]
    lines = [line.strip() for line in html[max(html.find("<h1"), 0) :].splitlines() if line.strip()]
    return "\n".join([f"HTTP {stored.status}", *headers, "", *lines])[: _SHOWN + 160] + " …"


def _pages(record: dict[str, object]) -> list[dict[str, object]]:
    archive = record["archive"]
    assert isinstance(archive, dict)
    pages = archive["pages"]
    assert isinstance(pages, list)
    return pages
