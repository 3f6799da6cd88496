"""Bringing a catalogue up to what its collection's files say, after all of them were read again.

What was never answered (URLs to do, failed ones) stays as it is: no file tells of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from archives.catalogue import Catalogue
from archives.index import AnswerIndex
from archives.warc import Committed

_OWN_COLUMNS = frozenset({"version_id", "article_id", "run_id"})
_PAGES = """
SELECT v.number, p.page, c.warc_file, c.offset, p.content_digest
FROM {0}.articles a JOIN {0}.versions v USING (article_id) JOIN {0}.version_pages p USING (version_id)
JOIN {0}.captures c USING (capture_id) WHERE a.address = ? ORDER BY v.number, p.page
"""
_NEWEST_FIRST = """
UPDATE articles SET read_at = coalesce((
    SELECT p.capture_id FROM versions v JOIN version_pages p USING (version_id)
    WHERE v.article_id = articles.article_id AND p.page = 1 ORDER BY v.number DESC LIMIT 1), 0), read_in = ?
WHERE article_id = ? AND read_at = 0
"""

_LINK = """
UPDATE captures SET url_id = (
    SELECT u.url_id FROM urls u WHERE u.url = coalesce(captures.via, captures.url) AND u.url_id > ?2)
WHERE warc_file = ?1 AND url_id IS NULL
"""
_GONE_AT = """
SELECT min(c.fetched_at) FROM captures c WHERE c.url_id = urls.url_id AND c.status IN (404, 410)
AND c.fetched_at > (SELECT max(o.fetched_at) FROM captures o WHERE o.url_id = urls.url_id
                    AND o.status IN (200, 304))
"""
_NOTE_GONE = f"""
UPDATE urls SET state = 'gone', gone_at = ({_GONE_AT}), reason = 'http ' || (
    SELECT status FROM captures c WHERE c.url_id = urls.url_id ORDER BY fetched_at DESC LIMIT 1)
WHERE url_id > ? AND ({_GONE_AT}) IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whose work it is: that of `run_id`, which is under way, or else of a run that is begun for it."""

    software: str
    now: datetime
    run_id: int | None = None


def bring_up_to_date(
    standing: Catalogue,
    made: Path,
    index: AnswerIndex,
    files: Mapping[str, int],
    by: Author,
) -> None:
    """Let `standing` know the WARC `files` (name and length) and the versions of the catalogue at `made`.

    An article that both tell alike is not touched. Versions that only `standing` has stay. What changes is
    noted as the work of a run.

    Raises:
        WriteError: the disk refused; nothing is changed then.
    """
    with _attached(standing.database, made), standing.transaction():
        work = _Work(standing, by)
        work.take_files(files, index)
        work.take_articles(files)
        work.link_captures()
        work.end()


@contextmanager
def _attached(database: sqlite3.Connection, made: Path) -> Iterator[None]:
    database.execute("ATTACH ? AS made", (str(made),))
    try:
        yield
    finally:
        database.execute("DETACH made")


Row = tuple[object, ...]


class _Work:
    def __init__(self, standing: Catalogue, by: Author) -> None:
        self._standing, self._db = standing, standing.database
        self._by, self._run_id = by, by.run_id
        self._has_places = False
        self._new_files: list[str] = []
        self._last_url = self._db.execute("SELECT coalesce(max(url_id), 0) FROM main.urls").fetchone()[0]
        self._names = [row[1] for row in self._db.execute("PRAGMA main.table_info(versions)")]

    @property
    def run_id(self) -> int:
        """The run of this work; it is begun with the first change."""
        if self._run_id is None:
            self._run_id = self._standing.begin_run(
                portal="reextract", arguments={}, software=self._by.software, now=self._by.now
            )
        return self._run_id

    def end(self) -> None:
        if self._run_id is not None and self._by.run_id is None:
            self._standing.end_run(self._run_id, exit_code=0, figures={}, now=self._by.now)

    def take_files(self, files: Mapping[str, int], index: AnswerIndex) -> None:
        known = self._standing.committed_lengths()
        for name, length in files.items():
            if name in known:
                continue
            self._new_files.append(name)
            self._standing.note_files([Committed(name, length, closed=True)], self.run_id)
            for ref in index.every(name):
                self._standing.add_capture(ref, run_id=self.run_id, url_id=None, waiting=False)

    def link_captures(self) -> None:
        """Let the captures of files that were new belong to the articles that were new, so that these can be
        asked for conditionally, become due, and are known to be gone. A soft 404 the next reading finds.
        """
        self._db.executemany(_LINK, [(name, self._last_url) for name in self._new_files])
        if self._new_files:
            self._db.execute(_NOTE_GONE, (self._last_url,))

    def take_articles(self, files: Mapping[str, int]) -> None:
        """An article with pages in a file that was not read, because a run left it open, is left alone."""
        for address, portal in self._db.execute("SELECT address, portal FROM made.articles ORDER BY address"):
            told = self._tell(address, "main")
            if told != self._tell(address, "made") and all(row[2] in files for row in told[1]):
                self._take_article(address, portal)

    def _tell(self, address: str, database: str) -> tuple[list[Row], list[Row]]:
        """What a catalogue says of an article, less its own numbers; only as far as `made` has versions."""
        newest = (
            "(SELECT max(number) FROM made.versions JOIN made.articles USING (article_id) WHERE address = ?)"
        )
        names = ", ".join(f"v.{name}" for name in self._names if name not in _OWN_COLUMNS)
        versions = self._db.execute(
            f"SELECT {names} FROM {database}.versions v JOIN {database}.articles USING (article_id) "
            f"WHERE address = ? AND number <= {newest} ORDER BY number",
            (address, address),
        ).fetchall()
        pages = self._db.execute(_PAGES.format(database), (address,)).fetchall()
        last = len(versions)
        return versions, [row for row in pages if row[0] <= last]

    def _take_article(self, address: str, portal: str) -> None:
        self._note_places()
        run_id = self.run_id
        self._db.execute(
            "INSERT OR IGNORE INTO main.articles (address, portal) VALUES (?, ?)", (address, portal)
        )
        article_id = self._db.execute(
            "SELECT article_id FROM main.articles WHERE address = ?", (address,)
        ).fetchone()[0]
        versions = self._db.execute(
            "SELECT v.version_id, v.number, r.arguments FROM made.versions v "
            "JOIN made.articles a USING (article_id) JOIN made.runs r ON r.run_id = v.run_id "
            "WHERE a.address = ? ORDER BY v.number",
            (address,),
        ).fetchall()
        for version_id, number, arguments in versions:
            self._take_version(article_id, version_id, number, self._run_of(arguments))
        self._db.execute(_NEWEST_FIRST, (run_id, article_id))
        self._note_url(address)

    def _take_version(self, article_id: int, made_id: int, number: int, run_id: int) -> None:
        names = ", ".join(name for name in self._names if name not in _OWN_COLUMNS)
        self._db.execute(
            "INSERT OR IGNORE INTO main.versions (article_id, number, run_id) VALUES (?, ?, ?)",
            (article_id, number, run_id),
        )
        version_id = self._db.execute(
            "SELECT version_id FROM main.versions WHERE article_id = ? AND number = ?", (article_id, number)
        ).fetchone()[0]
        self._db.execute(
            f"UPDATE main.versions SET run_id = ?, ({names}) = (SELECT {names} FROM made.versions "
            "WHERE version_id = ?) WHERE version_id = ?",
            (run_id, made_id, version_id),
        )
        self._db.execute("DELETE FROM main.version_pages WHERE version_id = ?", (version_id,))
        self._db.execute(
            "INSERT INTO main.version_pages (version_id, page, capture_id, content_digest) "
            "SELECT ?, p.page, k.capture_id, p.content_digest FROM made.version_pages p "
            "JOIN made.captures c USING (capture_id) "
            "JOIN temp.places k ON k.warc_file = c.warc_file AND k.offset = c.offset WHERE p.version_id = ?",
            (version_id, made_id),
        )

    def _run_of(self, arguments: str) -> int:
        """The run that began a version: the number that our own files give, if the catalogue has it."""
        label = str(json.loads(arguments).get("run", ""))
        if label.isdecimal() and len(label) < 19:
            row = self._db.execute("SELECT run_id FROM main.runs WHERE run_id = ?", (int(label),)).fetchone()
            if row is not None:
                return int(row[0])
        return self.run_id

    def _note_places(self) -> None:
        if self._has_places:
            return
        self._db.execute("DROP TABLE IF EXISTS temp.places")
        self._db.execute(
            "CREATE TEMP TABLE places (warc_file TEXT, offset INTEGER, capture_id INTEGER, "
            "PRIMARY KEY (warc_file, offset)) WITHOUT ROWID"
        )
        self._db.execute(
            "INSERT OR IGNORE INTO places SELECT warc_file, offset, capture_id FROM main.captures"
        )
        self._has_places = True

    def _note_url(self, address: str) -> None:
        """An article that is kept is no news to the next crawl."""
        self._db.execute(
            "INSERT OR IGNORE INTO main.urls (url, kind, portal, host, priority, rank, page, state, tries, "
            "capture_id, settled_at, run_id) SELECT address, 'article', portal, ?, 0, 0, 1, 'captured', 1, "
            "read_at, (SELECT max(capture_id) FROM main.captures), ? FROM main.articles WHERE address = ?",
            (urlsplit(address).hostname or "", self.run_id, address),
        )
