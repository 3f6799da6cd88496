"""What a list asked for, from its first line to the account at the end: had, not had and why, of no use.

A list of a million lines is no object of this process: it goes into the ledger in batches, and what it asked
for is remembered in a temporary SQLite database, which spills to the disk and goes with the process.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.table import Table

from archives.catalogue import Catalogue, NewUrl
from archives.durable import replacing
from archives.states import Kind, State
from crawler.url_lists import Line, Rejects, Unusable, UrlFile, Wanted, batches
from extractors.article import ArticleAddress

BATCH = 500
"""Lines that go into the ledger in one transaction: judging them takes some 30 ms, and all else waits."""
HAD = frozenset({State.CAPTURED, State.DUPLICATE})
_TABLES = """
CREATE TABLE asked (line INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, url TEXT NOT NULL);
CREATE TABLE useless (line INTEGER PRIMARY KEY, url TEXT NOT NULL, reason TEXT NOT NULL);
"""
_CLIPPED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of a list. `asked` counts different articles, `not_had` those that were not to be had."""

    path: Path
    asked: int
    had: int
    not_had: Counter[str]
    rejects: Rejects
    file: Path | None = None
    """Names what was not had, line by line; None where everything was."""
    whole: bool = True
    """Whether the list was read to its end."""

    def show(self, console: Console) -> None:
        """The table at the end of a run, and where the particulars are."""
        table = Table(show_header=False, box=None, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        table.add_row(f"articles asked for in {self.path.name}", f"{self.asked:,}")
        table.add_row("  had", f"{self.had:,}")
        for reason, count in sorted(self.not_had.items()):
            table.add_row("  not had: " + reason, f"{count:,}")
        if self.rejects.counts:
            table.add_row("lines of no use", f"{self.rejects.counts.total():,}")
        console.print(table)
        for told in self.rejects.told():
            console.print(f"  {told}", soft_wrap=True, markup=False)
        if not self.whole:
            console.print("the list was not read to its end; the same command does it", soft_wrap=True)
        if self.file is not None:
            console.print(f"not had, line by line: {self.file}", soft_wrap=True, markup=False)


class AskedUrls:
    """The articles that a list names, each once, and its lines of no use."""

    def __init__(self, listed: UrlFile, wanted: Wanted) -> None:
        self._listed = listed
        self._wanted = wanted
        self._rejects = Rejects()
        self._whole = False
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    def as_plain(self) -> dict[str, object]:
        """For the run's metadata record: what the list was found to be."""
        (asked,) = self._db.execute("SELECT count(*) FROM asked").fetchone()
        useless = {reason.value: count for reason, count in self._rejects.counts.items()}
        return {"asked": asked, "useless": useless, "readToItsEnd": self._whole}

    def batches(self) -> Iterator[Sequence[NewUrl]]:
        """The list's articles for the ledger, in its order.

        Raises:
            WrongUsageError: the file has changed and cannot be read any more.
        """
        for lines in batches(self._listed.lines(), BATCH):
            self._db.execute("BEGIN")
            new = [_article(address) for line in lines if (address := self._take(line)) is not None]
            self._db.execute("COMMIT")
            if new:
                yield new
        self._whole = True

    def _take(self, line: Line) -> ArticleAddress | None:
        judged = self._wanted.judge(line)
        if isinstance(judged, ArticleAddress):
            added = self._db.execute(
                "INSERT OR IGNORE INTO asked VALUES (?, ?, ?)", (line.number, judged.url, _text(line.text))
            )
            if added.rowcount:
                return judged
            judged = Unusable.NAMED_BEFORE
        else:
            self._db.execute(
                "INSERT OR IGNORE INTO useless VALUES (?, ?, ?)",
                (line.number, _text(line.text)[:_CLIPPED], judged.value),
            )
        self._rejects.add(line, judged)
        return None

    def account(self, catalogue: Catalogue, report: Path) -> Account:
        """How the list came off, and `report` with what was not had; no such file where there is nothing.

        Raises:
            WriteError: the file cannot be written.
        """
        tally = _Tally()
        missing = heapq.merge(
            self._not_had(catalogue, tally), self._useless(), key=lambda item: int(str(item["line"]))
        )
        first = next(missing, None)
        if first is not None:
            with replacing(report) as out:
                out.writelines(_json_line(item) for item in chain([first], missing))
        return Account(
            path=self._listed.path,
            asked=tally.had + tally.not_had.total(),
            had=tally.had,
            not_had=tally.not_had,
            rejects=self._rejects,
            file=report if first is not None else None,
            whole=self._whole,
        )

    def _not_had(self, catalogue: Catalogue, tally: _Tally) -> Iterator[dict[str, object]]:
        for line, address, url in self._db.execute("SELECT line, address, url FROM asked ORDER BY line"):
            state, reason, kept = catalogue.outcome(address)
            if kept or state in HAD:
                tally.had += 1
                continue
            why = "still to do" if state is State.TODO else reason or state.value
            tally.not_had[why] += 1
            yield {"url": url, "state": state.value, "reason": why, "line": line}

    def _useless(self) -> Iterator[dict[str, object]]:
        for line, url, reason in self._db.execute("SELECT line, url, reason FROM useless ORDER BY line"):
            yield {"url": url, "state": "unusable", "reason": reason, "line": line}


@dataclass(slots=True)
class _Tally:
    had: int = 0
    not_had: Counter[str] = field(default_factory=Counter)


def _article(address: ArticleAddress) -> NewUrl:
    return NewUrl(url=address.url, kind=Kind.ARTICLE, portal=address.portal, host=address.host)


def _text(text: str) -> str:
    """What SQLite and a UTF-8 file can hold: a JSON string may have half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _json_line(item: dict[str, object]) -> bytes:
    return (json.dumps(item, ensure_ascii=False) + "\n").encode()
