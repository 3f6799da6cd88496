"""An index of the answers in WARC files, and the order in which they make up articles.

It lies in a scratch SQLite file, so that memory does not grow with the archive. Whoever fills it says which
article's page an answer is; here they are only put in order:

* our own captures in the order in which they were archived, as the live crawl saw them;
* foreign ones, and those that we took from a web archive, by the time of their capture, whatever the order
  of files and records, but a further page and an AMP copy after the page 1 that they stand beside.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from archives.capture import CaptureRef
from archives.moments import from_w3c, to_w3c
from archives.reader import Answer
from archives.rows import CAPTURE, ROBOTS, capture_of, capture_values

BESIDE = timedelta(days=1)
"""How far from a page 1 a further page may have been captured to be put after it."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE answers (
    seq INTEGER PRIMARY KEY, own INTEGER, run TEXT, revisit INTEGER,
    url TEXT, fetched_at TEXT, status INTEGER, warc_file TEXT, offset INTEGER, length INTEGER,
    record_id TEXT, payload_digest TEXT, content_type TEXT, truncated TEXT, via TEXT,
    original_file TEXT, original_offset INTEGER, original_length INTEGER, original_id TEXT,
    etag TEXT, last_modified TEXT, origin TEXT,
    refers_to TEXT, refers_to_url TEXT, refers_to_date TEXT,
    article TEXT, page INTEGER, amp INTEGER, moment TEXT, place TEXT, rank INTEGER DEFAULT 0, original INTEGER
) STRICT;
"""
_INDEXES = """
CREATE INDEX answers_article ON answers (article, page, moment) WHERE article IS NOT NULL;
CREATE INDEX answers_record ON answers (record_id) WHERE NOT revisit AND status = 200;
CREATE INDEX answers_url ON answers (url, fetched_at) WHERE NOT revisit AND status = 200;
CREATE INDEX answers_payload ON answers (payload_digest) WHERE NOT revisit AND status = 200;
"""
_ORIGINALS = tuple(
    f"SELECT seq FROM answers WHERE NOT revisit AND status = 200 AND {found} ORDER BY abs(seq - :seq) LIMIT 1"
    for found in (
        "record_id = :refers_to",
        "url = :refers_to_url AND fetched_at = :refers_to_date",
        "payload_digest = :payload_digest AND payload_digest != ''",
    )
)
"""How a revisit names its original (ISO 28500:2017, 6.7): the surest way first."""
_COLUMNS = (
    f"own, run, revisit, {CAPTURE}, refers_to, refers_to_url, refers_to_date, "
    "article, page, amp, moment, place"
)
_RESOLVED = (
    f"{', '.join(f'a.{name}, o.{name}' for name in CAPTURE.split(', '))} "
    "FROM answers a LEFT JOIN answers o ON o.seq = a.original"
)
_OK = 200
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOf:
    """Which page an answer is of which article, and the time that its content is of.

    `page` is 0 for all pages on one. `moment` is the capture's, or that of a capture within the capture.
    """

    article: str
    page: int
    amp: bool
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A page of an article in its turn, by the address that was asked for (`PageOf`). A revisit whose `ref`
    has no original is one that nobody can resolve.
    """

    article: str
    page: int
    amp: bool
    ref: CaptureRef
    own: bool
    run: str
    revisit: bool


class AnswerIndex:
    """Filled file by file, then put in order once, then read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._latest = ""
        self.pages_found = 0
        """Answers that are pages of articles, so far."""

    def close(self) -> None:
        self._db.close()

    # --- filling ------------------------------------------------------------------------------------

    def begin_file(self) -> None:
        self._db.execute("BEGIN")

    def end_file(self) -> None:
        self._db.execute("COMMIT")

    def forget_file(self, name: str) -> None:
        """Take back what a file without any page of an article gave."""
        self._db.execute("DELETE FROM answers WHERE warc_file = ?", (name,))

    def add(self, answer: Answer, page: PageOf | None, *, own: bool, run: str) -> None:
        """One answer; `page` is None when it is no article's and only to be known."""
        ref = answer.ref
        self.pages_found += page is not None
        moment = to_w3c(page.moment if page is not None else ref.fetched_at)
        if own:  # a clock that jumps back must not change the order of what we archived
            self._latest = moment = max(self._latest, moment)
        self._db.execute(
            f"INSERT INTO answers ({_COLUMNS}) VALUES ({', '.join('?' * len(_COLUMNS.split(',')))})",
            (
                own,
                run,
                answer.revisit,
                *capture_values(ref),
                answer.refers_to,
                answer.refers_to_url,
                to_w3c(answer.refers_to_date) if answer.refers_to_date else None,
                *((page.article, page.page, page.amp) if page is not None else (None, None, None)),
                moment,
                moment,
            ),
        )

    # --- order --------------------------------------------------------------------------------------

    def put_in_order(self) -> None:
        """Resolve revisits, and put foreign pages after the page 1 that they stand beside."""
        self._db.executescript(_INDEXES)
        self._db.execute("BEGIN")
        self._resolve_revisits()
        self._place_foreign()
        self._db.execute("COMMIT")

    def _resolve_revisits(self) -> None:
        names = ("seq", "refers_to", "refers_to_url", "refers_to_date", "payload_digest")
        query = f"SELECT {', '.join(names)} FROM answers WHERE revisit AND seq > ? ORDER BY seq LIMIT 1000"
        last = 0
        while rows := self._db.execute(query, (last,)).fetchall():
            for row in rows:
                original = self._original(dict(zip(names, row, strict=True)))
                if original is not None:
                    self._db.execute("UPDATE answers SET original = ? WHERE seq = ?", (original, row[0]))
                last = row[0]

    def _original(self, revisit: dict[str, object]) -> int | None:
        found = (self._db.execute(query, revisit).fetchone() for query in _ORIGINALS)
        return next((row[0] for row in found if row is not None), None)

    def _place_foreign(self) -> None:
        """Rank: page 1 and our own 0, all pages on one 1, further pages 2, AMP 3 and its further pages 4."""
        self._db.execute(
            "UPDATE answers SET rank = iif(amp, 3 + (page > 1), iif(page = 0, 1, iif(page > 1, 2, 0))) "
            "WHERE NOT own AND article IS NOT NULL"
        )
        last = 0
        while rows := self._db.execute(
            "SELECT seq, article, amp, page, moment FROM answers WHERE rank >= 2 AND seq > ? ORDER BY seq "
            "LIMIT 1000",
            (last,),
        ).fetchall():
            for seq, article, amp, page, moment in rows:
                place = self._beside(article, moment, desktop_only=bool(amp and page <= 1))
                if place is not None and place > moment:
                    self._db.execute("UPDATE answers SET place = ? WHERE seq = ?", (place, seq))
                last = seq

    def _beside(self, article: str, moment: str, *, desktop_only: bool) -> str | None:
        """The time of the nearest page 1 within a day."""
        query = (
            "SELECT {} FROM answers WHERE article = ? AND page IN (0, 1) AND moment {} ? AND NOT (? AND amp)"
        )
        values = (article, moment, desktop_only)
        before = self._db.execute(query.format("max(moment)", "<="), values).fetchone()[0]
        after = self._db.execute(query.format("min(moment)", ">="), values).fetchone()[0]
        near = [time for time in (before, after) if time is not None and _gap(time, moment) <= BESIDE]
        return min(near, key=lambda time: _gap(time, moment), default=None)

    def keep_only(self, wanted: Callable[[str], bool], count: Callable[[], int]) -> None:
        """Leave out the pages of other articles; asked until `count` of what is wanted grows no more.

        What is wanted may grow while the articles are looked through: other addresses of the same ones.
        """
        before = -1
        while before != count():
            before = count()
            for (article,) in self._db.execute(
                "SELECT DISTINCT article FROM answers WHERE article IS NOT NULL"
            ):
                wanted(article)
        self._db.create_function("wanted", 1, wanted)
        self._db.execute(
            "UPDATE answers SET article = NULL WHERE article IS NOT NULL AND NOT wanted(article)"
        )
        self.pages_found = self._db.execute(
            "SELECT count(*) FROM answers WHERE article IS NOT NULL"
        ).fetchone()[0]

    # --- reading ------------------------------------------------------------------------------------

    def pages(self) -> Iterator[Indexed]:
        """The answers that are pages of articles, in order."""
        rows = self._db.execute(
            f"SELECT a.article, a.page, a.amp, a.own, a.run, a.revisit, {_RESOLVED} "
            "WHERE a.article IS NOT NULL ORDER BY a.place, a.rank, a.seq"
        )
        for article, page, amp, own, run, revisit, *columns in rows:
            yield Indexed(
                article=article,
                page=page,
                amp=bool(amp),
                ref=_resolved(columns),
                own=bool(own),
                run=run,
                revisit=bool(revisit),
            )

    def robots(self) -> Iterator[CaptureRef]:
        """All answers to robots.txt, in no order."""
        rows = self._db.execute(f"SELECT {_RESOLVED} WHERE a.seq IN (SELECT seq FROM answers WHERE {ROBOTS})")
        for row in rows:
            yield _resolved(row)

    def every(self, warc_file: str) -> Iterator[CaptureRef]:
        """All answers of one file, in its order."""
        for row in self._db.execute(f"SELECT {_RESOLVED} WHERE a.warc_file = ? ORDER BY a.seq", (warc_file,)):
            yield _resolved(row)


def is_usable(answer: Answer) -> bool:
    """Whether it can be a page: an answer 200, or a revisit that does not say otherwise."""
    return answer.ref.status == _OK or (answer.revisit and answer.ref.status in {0, _NOT_MODIFIED})


def _gap(one: str, other: str) -> timedelta:
    return abs(from_w3c(one) - from_w3c(other))


def _resolved(columns: Sequence[object]) -> CaptureRef:
    """A capture, and where it is a revisit its original with the status that it confirms."""
    ref = capture_of(columns[::2])
    if columns[1] is None:
        return ref
    original = capture_of(columns[1::2])
    return replace(ref, status=original.status, content_type=original.content_type, original=original.place)
