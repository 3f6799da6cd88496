"""The catalogue: runs, captures, URLs and articles in one SQLite file (WAL, synchronous=FULL).

It is an index of the files and the memory of what is still to do. What it calls done is on disk already:
the WARC file is synced before the transaction that mentions it. Nothing about requests in flight is
stored; what is not done is to do.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from archives.capture import CaptureRef, RecordPlace
from archives.errors import ArchiveError, CollectionError, OldCatalogueError, WriteError
from archives.moments import from_w3c, to_w3c
from archives.robots import FRESH, in_force, robots_address
from archives.rows import CAPTURE, ROBOTS, capture_of, capture_values
from archives.states import Kind, Priority, State
from archives.versions import KeptPage, KeptVersion, Placement, place
from archives.warc import Committed

SCHEMA_VERSION = 4
MAX_TRIES = 5
"""Runs in which a failed URL is tried again before it is left as failed."""
RETRY_AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""How long a failed URL is left in peace after its first try, its second …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUrl:
    """A URL to be remembered. `article` is the address of the article that a further page belongs to.

    `rank` orders URLs of one priority, lowest first. With a final `state` it is only written down.
    """

    url: str
    kind: Kind
    portal: str
    host: str
    priority: int = Priority.ARTICLE
    rank: int = 0
    article: str | None = None
    page: int = 1
    found_on: str | None = None
    state: State = State.TODO
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRow:
    """A URL as the catalogue knows it."""

    url_id: int
    url: str
    kind: Kind
    portal: str
    host: str
    rank: int
    article: str | None
    page: int
    walk_id: int | None = None
    """A page of a daily index: the walk over the index that it belongs to (`archives.coverage`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArticle:
    """The newest version of an article: its identity, its pages, its predecessor.

    `kept` has the same pages as `pages`, with the digests of their content. Once `settled` no sidecar is to
    be written: the one that stands fits the pages, or it could not be made in this run.
    """

    article_id: int
    version_id: int
    number: int
    address: str
    page_count: int
    pages: Mapping[int, CaptureRef]
    kept: Mapping[int, KeptPage]
    settled: bool
    sidecar: str | None
    previous: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarEntry:
    """What the catalogue keeps of a written sidecar; `digest` is that of the file's bytes."""

    path: str
    digest: str
    content_hash: str
    headline: str
    published: str | None
    pages_missing: Sequence[int]
    doubtful: bool


@dataclass(frozen=True, slots=True)
class NewestSidecar:
    """The newest record of an article. `mark` is another one whenever the record is; `first_captured` is the
    time of page 1 of the article's first version.
    """

    address: str
    path: str
    mark: str
    first_captured: str


@dataclass(frozen=True, slots=True)
class WaitingCapture:
    """A capture that nobody has looked at: the run that made it, and the URL that was asked for."""

    capture_id: int
    run_id: int
    ref: CaptureRef
    row: UrlRow


class Catalogue:
    """One connection to the catalogue. A connection belongs to one thread."""

    def __init__(self, path: Path | str, *, read_only: bool = False, scratch: bool = False) -> None:
        """Open, and create where allowed. A `scratch` catalogue need not survive a power cut.

        Raises:
            CollectionError: no catalogue there, or one of another format.
            WriteError: it cannot be created.
        """
        self._path = str(path)
        try:
            self._db = _connect(path, read_only=read_only)
        except sqlite3.Error as error:
            raise self._unusable(error, read_only=read_only) from error
        try:
            self._prepare(read_only=read_only)
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error, read_only=read_only) from error
        except CollectionError:
            self._db.close()
            raise
        if scratch:
            self._db.execute("PRAGMA synchronous = OFF")

    @property
    def database(self) -> sqlite3.Connection:
        """For `archives.coverage`, and `archives.rebuild`, which compares whole catalogues."""
        return self._db

    def _prepare(self, *, read_only: bool) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if 0 < version < SCHEMA_VERSION and read_only:
            raise OldCatalogueError(
                f"{self._path}: catalogue format {version} of an earlier Kliping; `kliping reextract` or the "
                "next crawl brings it up to date"
            )
        if 0 < version < SCHEMA_VERSION:
            version = self._migrate(version)
        if version not in {0, SCHEMA_VERSION} or (version == 0 and read_only):
            raise CollectionError(
                f"{self._path}: catalogue format {version}, this Kliping reads {SCHEMA_VERSION}; "
                "use the Kliping that wrote it, or a newer one"
            )
        if not read_only:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
        if version == 0:
            self._db.executescript(files("archives").joinpath("schema/catalogue.sql").read_text("utf-8"))

    def _migrate(self, version: int) -> int:
        """Bring an older format up to date, step by step, each in one transaction."""
        while version < SCHEMA_VERSION:
            step = files("archives").joinpath(f"schema/catalogue-{version + 1}.sql").read_text("utf-8")
            self._db.executescript(f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version = {version + 1};\nCOMMIT;")
            version += 1
        return version

    def _unusable(self, error: sqlite3.Error, *, read_only: bool) -> ArchiveError:
        """SQLite raises OperationalError where the system refuses, its parent where the file is broken."""
        if not isinstance(error, sqlite3.OperationalError):
            return CollectionError(
                f"{self._path}: is not a whole catalogue ({error}); restore it from a copy"
            )
        if read_only:
            return CollectionError(
                f"{self._path}: catalogue cannot be opened ({error}); run a crawl to make it"
            )
        return WriteError(f"{self._path}: catalogue cannot be opened ({error}); make the folder writable")

    def close(self) -> None:
        self._db.close()

    def make_bare(self) -> None:
        """For the new scratch catalogue of a second reading, outside a transaction: no log into which all is
        written once more, no indexes for what only crawls and reports ask, no check of references.
        """
        with self.refusals():
            self._db.executescript(_BARE)

    def index_sidecars(self) -> None:
        """For a scratch catalogue that is going to be asked for many paths (`has_sidecar`)."""
        self._db.execute("CREATE INDEX IF NOT EXISTS versions_sidecar ON versions (sidecar)")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """For statements on `database`: what the disk refuses is a failed write here, too.

        Raises:
            WriteError: the disk refused.
        """
        try:
            yield
        except sqlite3.Error as error:
            if _is_refusal(error):
                raise self._refused(error) from error
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside becomes durable together, or nothing does.

        Raises:
            WriteError: the disk refused.
        """
        with self.refusals():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All questions inside are answered from one state of the catalogue, whoever writes meanwhile."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def _refused(self, error: BaseException) -> WriteError:
        return WriteError(f"{self._path}: {error}; free space or mend the folder, then run again")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that can fail by itself."""
        self._db.execute("SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            if _is_refusal(error):
                raise self._refused(error) from error
            self._db.execute("ROLLBACK TO part")
            self._db.execute("RELEASE part")
            raise
        self._db.execute("RELEASE part")

    # --- runs -------------------------------------------------------------------------------------

    def begin_run(self, *, portal: str, arguments: Mapping[str, str], software: str, now: datetime) -> int:
        """Write down that a run begins; its number is returned."""
        cursor = self._db.execute(
            "INSERT INTO runs (portal, arguments, software, started) VALUES (?, ?, ?, ?)",
            (portal, json.dumps(dict(arguments), sort_keys=True), software, to_w3c(now)),
        )
        return int(cursor.lastrowid or 0)

    def end_run(self, run_id: int, *, exit_code: int, figures: Mapping[str, object], now: datetime) -> None:
        self._db.execute(
            "UPDATE runs SET ended = ?, exit_code = ?, figures = ? WHERE run_id = ?",
            (to_w3c(now), exit_code, json.dumps(dict(figures), sort_keys=True), run_id),
        )

    def ended_before(self, run_id: int) -> bool:
        """Whether the run before this one, if there was one, came to its end."""
        row = self._db.execute(
            "SELECT ended FROM runs WHERE run_id < ? ORDER BY run_id DESC LIMIT 1", (run_id,)
        ).fetchone()
        return row is None or row[0] is not None

    def begun_at(self, run_id: int) -> datetime | None:
        """When a run began; None if the catalogue knows no such run."""
        row = self._db.execute("SELECT started FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return None if row is None else from_w3c(row[0])

    def has_run_before(self, moment: datetime) -> bool:
        """Whether a run that the catalogue knows had begun by that moment."""
        row = self._db.execute("SELECT 1 FROM runs WHERE started <= ? LIMIT 1", (to_w3c(moment),)).fetchone()
        return row is not None

    # --- WARC files and captures ------------------------------------------------------------------

    def note_files(self, files_: Iterable[Committed], run_id: int) -> None:
        """Remember how many bytes of each WARC file count."""
        self._db.executemany(
            "INSERT INTO warc_files (name, committed, closed, run_id) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET committed = excluded.committed, closed = excluded.closed",
            [(item.name, item.length, item.closed, run_id) for item in files_],
        )

    def note_closed(self, files_: Iterable[Committed]) -> None:
        """Files that the catalogue knows have got their final names."""
        self._db.executemany(
            "UPDATE warc_files SET committed = ?, closed = 1 WHERE name = ?",
            [(item.length, item.name) for item in files_],
        )

    def committed_lengths(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, committed FROM warc_files"))

    def unclosed_lengths(self) -> dict[str, int]:
        """The same for the files that the catalogue does not call closed yet."""
        return dict(self._db.execute("SELECT name, committed FROM warc_files WHERE NOT closed"))

    def add_capture(self, ref: CaptureRef, *, run_id: int, url_id: int | None, waiting: bool) -> int:
        """Remember a durable capture; `waiting` until somebody has looked at what it says."""
        cursor = self._db.execute(_ADD_CAPTURE, (run_id, url_id, waiting, *capture_values(ref)))
        return int(cursor.lastrowid or 0)

    def find_payload(self, payload_digest: str) -> CaptureRef | None:
        """A whole 200 response with this payload, if the collection has one: what a revisit can refer to.

        Raises:
            WriteError: the catalogue cannot be read; whoever asks is about to write.
        """
        try:
            row = self._db.execute(
                f"SELECT {CAPTURE} FROM captures WHERE payload_digest = ? AND original_id IS NULL "
                "AND status = 200 AND truncated IS NULL LIMIT 1",
                (payload_digest,),
            ).fetchone()
        except sqlite3.Error as error:
            raise self._refused(error) from error
        return capture_of(row) if row else None

    def last_answer(self, url_id: int) -> CaptureRef | None:
        """The newest whole 200 answer to a URL, which a request for it can be made conditional with."""
        row = self._db.execute(
            f"SELECT {CAPTURE} FROM captures WHERE url_id = ? AND status = 200 AND truncated IS NULL "
            "ORDER BY capture_id DESC LIMIT 1",
            (url_id,),
        ).fetchone()
        return capture_of(row) if row else None

    def robots_in_force(self, page: CaptureRef) -> tuple[CaptureRef, ...]:
        """The answers to robots.txt that can have been in force for a page, the best first."""
        address = robots_address(page.url)
        if address is None:
            return ()
        try:
            first, last = to_w3c(page.fetched_at - FRESH), to_w3c(page.fetched_at + FRESH)
        except OverflowError:  # other tools' records can have any date; nothing stands beside the year 9999
            return ()
        rows = self._db.execute(
            f"SELECT {CAPTURE} FROM captures WHERE {ROBOTS} AND coalesce(via, url) = ? "
            "AND fetched_at BETWEEN ? AND ?",
            (address, first, last),
        )
        return in_force(page, map(capture_of, rows))

    def waiting_captures(self) -> list[WaitingCapture]:
        """Captures of URLs that are still to do: archived by a run that ended before it looked at them."""
        rows = self._db.execute(
            f"SELECT c.capture_id, c.run_id, {_columns('c', CAPTURE)}, {_columns('u', _URL)} "
            "FROM captures c JOIN urls u USING (url_id) WHERE c.waiting AND u.state = 'todo' "
            "ORDER BY c.capture_id"
        )
        width = 2 + len(CAPTURE.split(","))
        return [WaitingCapture(row[0], row[1], capture_of(row[2:width]), _url(row[width:])) for row in rows]

    # --- URLs -------------------------------------------------------------------------------------

    def add_urls(self, urls: Iterable[NewUrl], run_id: int, *, due: datetime | None = None) -> int:
        """Remember URLs; known ones stay as they are, with three exceptions: a later run's lists and failed
        URLs are to do again, and a link that was only written down becomes what it is now offered as.

        With `due` failed URLs stay so whose next try comes after that moment, or that have none left.
        Returns how many are newly to do.
        """
        newly, moment = 0, to_w3c(due) if due is not None else None
        for item in urls:
            before = self._db.total_changes
            self._db.execute(
                _ADD_URL,
                (
                    item.url,
                    item.kind,
                    item.portal,
                    item.host,
                    item.priority,
                    item.rank,
                    item.article,
                    item.page,
                    item.found_on,
                    item.state,
                    item.reason,
                    run_id,
                    moment,
                    MAX_TRIES,
                ),
            )
            newly += item.state is State.TODO and self._db.total_changes > before
        return newly

    def ask_again(self, urls: Iterable[str], run_id: int, *, begun_in: int | None = None) -> int:
        """Put URLs that have a final state back to do, for a run that re-reads what is kept; how many.

        What has been dealt with in run `begun_in` or after it is left: an interrupted reading goes on.
        """
        before = self._db.total_changes
        self._db.executemany(
            "UPDATE urls SET state = 'todo', reason = NULL, run_id = ?1 WHERE url = ?2 AND state != 'todo' "
            "AND run_id < ?3",
            [(run_id, url, begun_in or run_id) for url in urls],
        )
        return self._db.total_changes - before

    def reopen(self, url_id: int, run_id: int) -> int:
        """Put one URL back to do, whatever run has dealt with it."""
        self._db.execute(
            "UPDATE urls SET state = 'todo', reason = NULL, run_id = ? WHERE url_id = ?", (run_id, url_id)
        )
        return 1

    def claim(self, urls: Iterable[str], run_id: int) -> int:
        """Give this run what was asked for by name: the URLs if they are to do still, and their articles'
        failed pages; how many.
        """
        before = self._db.total_changes
        self._db.executemany(
            "UPDATE urls SET state = 'todo', reason = NULL, run_id = ?1 WHERE run_id != ?1 AND "
            "((url = ?2 AND state = 'todo') OR (article = ?2 AND state IN ('todo', 'failed')))",
            [(run_id, url) for url in urls],
        )
        return self._db.total_changes - before

    def retry_faults(self) -> None:
        """Let sidecars that could not be made be tried again."""
        self._db.execute("UPDATE versions SET fault = NULL WHERE fault IS NOT NULL")

    def fault_version(self, version_id: int, fault: str) -> None:
        """A sidecar could not be made; the version is left until the next run."""
        self._db.execute("UPDATE versions SET fault = ? WHERE version_id = ?", (fault, version_id))

    def last_run(self, portal: str, arguments: Mapping[str, str]) -> datetime | None:
        """When the last run that looked for what is new in the same hosts and sections, and ended, began."""
        rows = self._db.execute(
            "SELECT started, arguments FROM runs WHERE portal = ? AND exit_code IN (0, 3) "
            "ORDER BY run_id DESC LIMIT 100",
            (portal,),
        )
        wanted = _extent(arguments)
        return next((from_w3c(row[0]) for row in rows if _extent(json.loads(row[1])) == wanted), None)

    def retry_failed(self, hosts: Sequence[str], run_id: int, *, due: datetime | None = None) -> int:
        """Give the failed URLs of these hosts another chance, all of them or those that are `due`; how many.

        A page of a daily index is not asked for by itself: its walk begins again (`archives.coverage`).
        """
        return self._db.execute(
            "UPDATE urls SET state = 'todo', reason = NULL, run_id = ?1 WHERE state = 'failed' "
            "AND tries < ?2 AND walk_id IS NULL AND (?3 IS NULL OR coalesce(next_try, '') <= ?3) "
            f"AND host IN ({_numbered(hosts, 4)})",
            (run_id, MAX_TRIES, to_w3c(due) if due is not None else None, *hosts),
        ).rowcount

    def settle_url(
        self,
        url_id: int,
        state: State,
        *,
        reason: str | None,
        run_id: int,
        capture_id: int | None = None,
        now: datetime | None = None,
    ) -> None:
        """A URL has got its answer, or never will in this run. What has failed gets the time of its next try,
        counted from `now`.

        `gone_at` is the first of the answers that say so; a failure between them says nothing about it.
        """
        self._db.execute(
            "UPDATE urls SET state = ?1, reason = ?2, run_id = ?3, next_try = NULL, "
            "tries = iif(?1 = 'captured', 0, tries) + 1, "  # what could be had is tried as often again
            "capture_id = coalesce(?4, capture_id), gone_at = CASE ?1 "
            "WHEN 'gone' THEN coalesce(gone_at, (SELECT fetched_at FROM captures WHERE capture_id = ?4)) "
            "WHEN 'failed' THEN gone_at WHEN 'robots' THEN gone_at END, "
            "settled_at = (SELECT coalesce(max(capture_id), 0) FROM captures) WHERE url_id = ?5",
            (state, reason, run_id, capture_id, url_id),
        )
        if state is State.FAILED:
            tries = self._db.execute("SELECT tries FROM urls WHERE url_id = ?", (url_id,)).fetchone()[0]
            again = next_try(tries, now or datetime.now(UTC))
            self._db.execute(
                "UPDATE urls SET next_try = ? WHERE url_id = ?", (to_w3c(again) if again else None, url_id)
            )
        self._db.execute("UPDATE captures SET waiting = 0 WHERE waiting AND url_id = ?", (url_id,))

    def todo(self, host: str, limit: int, *, run_id: int | None = None) -> list[UrlRow]:
        """The next URLs of a host, the most urgent first; only those of one run where `run_id` is given."""
        of_run = "" if run_id is None else "AND run_id = ?2 "  # two statements, each with an index of its own
        rows = self._db.execute(
            f"SELECT {_URL} FROM urls WHERE state = 'todo' AND host = ?1 {of_run}"
            "ORDER BY priority DESC, rank, url_id LIMIT ?3",
            (host, run_id, limit),
        )
        return [_url(row) for row in rows]

    def hosts_of_requisites(self) -> list[str]:
        """Hosts that pictures and style sheets are still to be fetched from."""
        rows = self._db.execute("SELECT DISTINCT host FROM urls WHERE state = 'todo' AND kind = 'requisite'")
        return [row[0] for row in rows]

    def find_url(self, url: str) -> tuple[UrlRow, State, int] | None:
        """A URL with its state and the capture that was the newest when it got it."""
        row = self._db.execute(f"SELECT {_URL}, state, settled_at FROM urls WHERE url = ?", (url,)).fetchone()
        return (_url(row[:-2]), State(row[-2]), row[-1]) if row else None

    def outcome(self, url: str) -> tuple[State, str | None, bool]:
        """What became of an article's address, why, and whether the article is kept all the same."""
        row = self._db.execute(
            "SELECT state, reason, EXISTS (SELECT 1 FROM articles JOIN versions USING (article_id) "
            "WHERE address = ?1 AND sidecar IS NOT NULL) FROM urls WHERE url = ?1",
            (url,),
        ).fetchone()
        return (State(row[0]), row[1], bool(row[2])) if row else (State.TODO, None, False)

    def states(self, run_id: int | None = None) -> list[tuple[Kind, State, str | None, int]]:
        """How many URLs of each kind ended in which state for which reason, in all or touched by a run."""
        rows = self._db.execute(
            "SELECT kind, state, reason, count(*) FROM urls WHERE ?1 IS NULL OR run_id = ?1 "
            "GROUP BY kind, state, reason ORDER BY kind, state, reason",
            (run_id,),
        )
        return [(Kind(kind), State(state), reason, count) for kind, state, reason, count in rows]

    # --- articles ---------------------------------------------------------------------------------

    def newest_version(self, address: str) -> KeptVersion | None:
        rows = self._db.execute(_NEWEST_VERSION, (address,)).fetchall()
        if not rows:
            return None
        version_id, number, begun_in, first_read_in, *_ = rows[0]
        return KeptVersion(
            version_id=version_id,
            number=number,
            begun_in=begun_in,
            first_read_in=first_read_in,
            pages={row[4]: KeptPage(row[5], row[6]) for row in rows if row[4] is not None},
        )

    def place_page(
        self, address: str, portal: str, number: int, page: KeptPage, *, count: int, run_id: int
    ) -> Placement:
        """Put a page's capture into the article's versions (see `archives.versions`)."""
        current = self.newest_version(address)
        placement = place(current, number, page, run_id)
        if placement is Placement.NEW_VERSION:
            version_id = self._begin_version(address, portal, current, number, run_id)
        else:
            assert current is not None
            version_id = current.version_id
        if placement is Placement.REPLACE_FIRST:
            self._keep_pages_of(version_id, run_id)
        if placement is not Placement.SEEN_AGAIN:
            self._db.execute(
                "INSERT OR REPLACE INTO version_pages (version_id, page, capture_id, content_digest) "
                "VALUES (?,?,?,?)",
                (version_id, number, page.capture_id, page.content_digest),
            )
            self._db.execute(
                "UPDATE versions SET page_count = max(page_count, ?), settled = 0, fault = NULL "
                "WHERE version_id = ?",
                (count, version_id),
            )
        if number == 1:
            self._note_reading(address, page.capture_id, run_id, anew=placement is Placement.NEW_VERSION)
        return placement

    def _keep_pages_of(self, version_id: int, run_id: int) -> None:
        """Of a version, only the pages that this run has captured; how many there are, page 1 says."""
        self._db.execute(
            "DELETE FROM version_pages WHERE version_id = ? "
            "AND (SELECT run_id FROM captures c WHERE c.capture_id = version_pages.capture_id) != ?",
            (version_id, run_id),
        )
        self._db.execute("UPDATE versions SET page_count = 1 WHERE version_id = ?", (version_id,))

    def renew_digest(self, version_id: int, number: int, page: KeptPage) -> None:
        """A kept page says what it always said, in the words of a newer Kliping."""
        self._db.execute(
            "UPDATE version_pages SET content_digest = ? WHERE version_id = ? AND page = ? "
            "AND capture_id = ?",
            (page.content_digest, version_id, number, page.capture_id),
        )

    def put_in_place_of_all(self, address: str, page: KeptPage) -> Placement:
        """Let one capture of the whole article be the newest version, which lacked pages of the same text."""
        current = self.newest_version(address)
        assert current is not None
        self._db.execute("DELETE FROM version_pages WHERE version_id = ?", (current.version_id,))
        self._db.execute(
            "INSERT INTO version_pages (version_id, page, capture_id, content_digest) VALUES (?,1,?,?)",
            (current.version_id, page.capture_id, page.content_digest),
        )
        self._db.execute(
            "UPDATE versions SET page_count = 1, settled = 0, fault = NULL WHERE version_id = ?",
            (current.version_id,),
        )
        return Placement.REPLACE

    def _note_reading(self, address: str, capture_id: int, run_id: int, *, anew: bool) -> None:
        """Page 1 has been read: pages that were dealt with before belong to an earlier reading.

        A second address of the same article in the same run begins no new reading.
        """
        self._db.execute(
            "UPDATE articles SET read_at = ?, read_in = ? WHERE address = ? AND (? OR read_in != ?)",
            (capture_id, run_id, address, anew, run_id),
        )

    def read_at(self, address: str) -> int:
        """The capture of page 1 that began the article's last reading."""
        row = self._db.execute("SELECT read_at FROM articles WHERE address = ?", (address,)).fetchone()
        return int(row[0]) if row else 0

    def _begin_version(
        self, address: str, portal: str, current: KeptVersion | None, number: int, run_id: int
    ) -> int:
        self._db.execute("INSERT OR IGNORE INTO articles (address, portal) VALUES (?, ?)", (address, portal))
        cursor = self._db.execute(
            "INSERT INTO versions (article_id, number, run_id) "
            "SELECT article_id, ?, ? FROM articles WHERE address = ?",
            (current.number + 1 if current else 1, run_id, address),
        )
        version_id = int(cursor.lastrowid or 0)
        if current is not None and number > 1:
            self._db.execute(
                "INSERT INTO version_pages SELECT ?, page, capture_id, content_digest FROM version_pages "
                "WHERE version_id = ?",
                (version_id, current.version_id),
            )
            self._db.execute(
                "UPDATE versions SET page_count = (SELECT page_count FROM versions WHERE version_id = ?) "
                "WHERE version_id = ?",
                (current.version_id, version_id),
            )
        return version_id

    def page_count(self, address: str) -> int:
        """How many pages the newest version is said to have."""
        row = self._db.execute(
            "SELECT page_count FROM versions JOIN articles USING (article_id) WHERE address = ? "
            "ORDER BY number DESC LIMIT 1",
            (address,),
        ).fetchone()
        return int(row[0]) if row else 1

    def unsettled(self) -> list[str]:
        """Addresses of articles whose newest version has no sidecar that fits its pages yet."""
        rows = self._db.execute(
            "SELECT DISTINCT address FROM versions JOIN articles USING (article_id) "
            "WHERE NOT settled AND fault IS NULL"
        )
        return [row[0] for row in rows]

    def has_pages_to_do(self, address: str) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE article = ? AND kind = 'page' AND state = 'todo' LIMIT 1", (address,)
        ).fetchone()
        return row is not None

    def has_photo_of(self, version_id: int, address: str) -> bool:
        """Whether a picture of an article's page 1 was asked for since that version began, and not refused or
        lost since: such ones are asked for again when a page names them.
        """
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE article = ? AND kind = 'requisite' AND page = 1 "
            "AND state NOT IN ('failed', 'robots') "
            "AND run_id >= (SELECT run_id FROM versions WHERE version_id = ?) LIMIT 1",
            (address, version_id),
        ).fetchone()
        return row is not None

    def kept_article(self, address: str) -> KeptArticle | None:
        """The newest version of an article with references to its pages."""
        return self._kept_article(address, unsettled_only=False)

    def _kept_article(self, address: str, *, unsettled_only: bool) -> KeptArticle | None:
        rows = self._db.execute(_KEPT_ARTICLE, (address, unsettled_only)).fetchall()
        if not rows:
            return None
        article_id, version_id, number, page_count, sidecar, settled, previous, *_ = rows[0]
        pages = [row[7:] for row in rows if row[7] is not None]
        return KeptArticle(
            article_id=article_id,
            version_id=version_id,
            number=number,
            address=address,
            page_count=page_count,
            pages={page: capture_of(capture) for page, _, _, *capture in pages},
            kept={page: KeptPage(capture_id, digest) for page, capture_id, digest, *_ in pages},
            settled=bool(settled),
            sidecar=sidecar,
            previous=previous,
        )

    def is_kept_from(self, address: str, url_id: int) -> bool:
        """Whether a version's first page was the answer to that URL."""
        row = self._db.execute(
            "SELECT 1 FROM articles JOIN versions USING (article_id) JOIN version_pages p USING (version_id) "
            "JOIN captures c USING (capture_id) WHERE address = ? AND p.page = 1 AND c.url_id = ? LIMIT 1",
            (address, url_id),
        ).fetchone()
        return row is not None

    def unsettled_article(self, address: str) -> KeptArticle | None:
        """The newest version of an article, if its sidecar does not fit its pages yet."""
        return self._kept_article(address, unsettled_only=True)

    def settle_version(
        self, version_id: int, entry: SidecarEntry, metadata: RecordPlace | None = None
    ) -> None:
        """The version's sidecar is on disk and fits its pages; `metadata` is the record that repeats it."""
        self._db.execute(
            "UPDATE versions SET settled = 1, fault = NULL, sidecar = ?, sidecar_digest = ?, "
            "content_hash = ?, headline = ?, published = ?, pages_missing = ?, doubtful = ?, "
            "metadata_file = ?, metadata_offset = ?, metadata_id = ? WHERE version_id = ?",
            (
                entry.path,
                entry.digest,
                entry.content_hash,
                entry.headline,
                entry.published,
                json.dumps(list(entry.pages_missing)),
                entry.doubtful,
                *((metadata.warc_file, metadata.offset, metadata.record_id) if metadata else (None,) * 3),
                version_id,
            ),
        )

    def sidecars(self) -> Iterator[tuple[str, str, str]]:
        """Path, content hash and address of every sidecar that should exist."""
        yield from self._db.execute(
            "SELECT sidecar, content_hash, address FROM versions JOIN articles USING (article_id) "
            "WHERE sidecar IS NOT NULL ORDER BY sidecar"
        )

    def numbered_sidecars(self) -> Iterator[tuple[str, int, str]]:
        """Address, version number and path of every sidecar, older versions first."""
        yield from self._db.execute(
            "SELECT address, number, sidecar FROM versions JOIN articles USING (article_id) "
            "WHERE sidecar IS NOT NULL ORDER BY address, number"
        )

    def newest_sidecars(self) -> Iterator[NewestSidecar]:
        """The newest record of every article, in the order in which they were first kept."""
        for row in self._db.execute(
            "SELECT address, sidecar, sidecar || ' ' || coalesce(sidecar_digest, content_hash, ''), "
            "(SELECT min(c.fetched_at) FROM versions f JOIN version_pages p USING (version_id) "
            "JOIN captures c USING (capture_id) WHERE f.article_id = v.article_id AND p.page = 1) "
            "FROM articles JOIN versions v USING (article_id) WHERE sidecar IS NOT NULL AND number = (SELECT "
            "max(number) FROM versions n WHERE n.article_id = v.article_id AND n.sidecar IS NOT NULL) "
            "ORDER BY article_id"
        ):
            address, path, mark, first_captured = row
            yield NewestSidecar(address, path, mark, first_captured or "")

    def has_sidecar(self, path: str) -> bool:
        """Whether a path is that of some version's sidecar. Looks at all of them unless they are indexed."""
        try:
            row = self._db.execute("SELECT 1 FROM versions WHERE sidecar = ?", (path,)).fetchone()
        except UnicodeEncodeError:  # a file's name that is no UTF-8 is none of ours
            return False
        return row is not None

    def sidecar_of(self, address: str, number: int) -> str | None:
        """The path of one version's sidecar."""
        row = self._db.execute(
            "SELECT sidecar FROM versions JOIN articles USING (article_id) WHERE address = ? AND number = ?",
            (address, number),
        ).fetchone()
        return row[0] if row else None

    def replace_sidecar(self, address: str, number: int, entry: SidecarEntry) -> None:
        """A version's sidecar has been made again; a version that the catalogue lacks stays unknown."""
        row = self._db.execute(
            "SELECT version_id FROM versions JOIN articles USING (article_id) "
            "WHERE address = ? AND number = ?",
            (address, number),
        ).fetchone()
        if row is not None:
            self.settle_version(row[0], entry)

    def doubtful(self, run_id: int | None = None) -> Iterator[str]:
        """Paths of sidecars whose extraction left a doubt, of one run's versions or of all."""
        for row in self._db.execute(
            "SELECT sidecar FROM versions WHERE doubtful AND sidecar IS NOT NULL "
            "AND (?1 IS NULL OR run_id = ?1) ORDER BY 1",
            (run_id,),
        ):
            yield row[0]

    def every_capture(self) -> Iterator[CaptureRef]:
        for row in self._db.execute(f"SELECT {CAPTURE} FROM captures ORDER BY capture_id"):
            yield capture_of(row)

    def begun_versions(self, run_id: int) -> tuple[int, int]:
        """How many articles a run began to keep, and of how many it began a changed version."""
        row = self._db.execute(
            "SELECT coalesce(sum(number = 1), 0), coalesce(sum(number > 1), 0) FROM versions "
            "WHERE run_id = ?",
            (run_id,),
        ).fetchone()
        return row[0], row[1]

    def figures(self, run_id: int | None = None) -> dict[str, int]:
        """Counts for a run's table, or for the whole collection."""
        captures = self._db.execute(
            "SELECT count(*), coalesce(sum(length), 0) FROM captures WHERE ?1 IS NULL OR run_id = ?1",
            (run_id,),
        ).fetchone()
        versions = self._db.execute(
            "SELECT count(*), coalesce(sum((SELECT count(*) FROM version_pages p WHERE p.version_id = "
            "v.version_id)), 0), coalesce(sum(pages_missing != '[]'), 0), coalesce(sum(doubtful), 0) "
            "FROM versions v WHERE sidecar IS NOT NULL AND (?1 IS NULL OR run_id = ?1)",
            (run_id,),
        ).fetchone()
        unwritten = self._db.execute(
            "SELECT count(*) FROM versions WHERE NOT settled AND (?1 IS NULL OR run_id = ?1)", (run_id,)
        ).fetchone()
        return {
            "captures": captures[0],
            "bytes": captures[1],
            "articles": versions[0],
            "pages": versions[1],
            "incomplete": versions[2],
            "doubtful": versions[3],
            "unwritten": unwritten[0],
        }


def _columns(table: str, names: str) -> str:
    return ", ".join(f"{table}.{name.strip()}" for name in names.split(","))


_BARE = """
PRAGMA journal_mode = MEMORY;
PRAGMA foreign_keys = OFF;
DROP INDEX captures_fetched;
DROP INDEX captures_payload;
DROP INDEX captures_run;
DROP INDEX captures_url;
DROP INDEX captures_waiting;
DROP INDEX version_pages_capture;
DROP INDEX versions_run;
"""
_URL = "url_id, url, kind, portal, host, rank, article, page, walk_id"
_ADD_CAPTURE = f"""
INSERT INTO captures (run_id, url_id, waiting, {CAPTURE})
VALUES (?, ?, ?, {", ".join("?" for _ in CAPTURE.split(","))})
"""
_NEWEST = """(
    SELECT version_id FROM versions JOIN articles USING (article_id) WHERE address = ?1
    ORDER BY number DESC LIMIT 1)"""
_NEWEST_VERSION = f"""
SELECT v.version_id, v.number, v.run_id, (SELECT c.run_id FROM version_pages f JOIN captures c
        USING (capture_id) WHERE f.version_id = v.version_id AND f.page = 1),
    p.page, p.capture_id, p.content_digest
FROM versions v LEFT JOIN version_pages p USING (version_id) WHERE v.version_id = {_NEWEST} ORDER BY p.page
"""
_KEPT_ARTICLE = f"""
SELECT v.article_id, v.version_id, v.number, v.page_count, v.sidecar, v.settled OR v.fault IS NOT NULL,
    (SELECT sidecar FROM versions e WHERE e.article_id = v.article_id AND e.number < v.number
        AND sidecar IS NOT NULL ORDER BY number DESC LIMIT 1),
    p.page, p.capture_id, p.content_digest, {_columns("c", CAPTURE)}
FROM versions v LEFT JOIN version_pages p USING (version_id) LEFT JOIN captures c USING (capture_id)
WHERE v.version_id = {_NEWEST} AND NOT (?2 AND (v.settled OR v.fault IS NOT NULL)) ORDER BY p.page
"""
_ADD_URL = """
INSERT INTO urls (url, kind, portal, host, priority, rank, article, page, found_on, state, reason, run_id)
VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)
ON CONFLICT (url) DO UPDATE SET
    state = 'todo', reason = NULL, tries = iif(state = 'failed', tries, 0), next_try = NULL,
    rank = excluded.rank, run_id = excluded.run_id,
    kind = iif(kind = 'other', excluded.kind, kind),
    portal = iif(kind = 'other', excluded.portal, portal),
    host = iif(kind = 'other', excluded.host, host),
    priority = iif(kind = 'other', excluded.priority, priority),
    article = iif(kind = 'other', excluded.article, article),
    page = iif(kind = 'other', excluded.page, page),
    found_on = iif(kind = 'other', excluded.found_on, found_on)
WHERE excluded.state = 'todo' AND (
    (kind = 'other' AND state != 'todo' AND excluded.kind != 'other')
    OR (urls.run_id != excluded.run_id
        AND (kind IN ('list', 'sitemap', 'feed') OR state = 'robots'
            OR (state = 'failed' AND (?13 IS NULL OR (tries < ?14 AND coalesce(next_try, '') <= ?13)))))
)
"""


def reading_uri(path: Path) -> str:
    """How SQLite opens a catalogue to read it, also on media that cannot be written.

    In WAL mode it wants to make files beside the database, unless it is told that nobody changes it
    (https://www.sqlite.org/wal.html#read_only_databases). Where a log is there, somebody may.
    """
    fixed = not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if fixed else "")


def _connect(path: Path | str, *, read_only: bool) -> sqlite3.Connection:
    if read_only:  # as a URI, so that `#`, `?` and `%` in the path mean themselves
        return sqlite3.connect(reading_uri(Path(path)), uri=True, isolation_level=None, timeout=30)
    return sqlite3.connect(path, isolation_level=None, timeout=30)


def _is_refusal(error: BaseException) -> bool:
    """Whether the disk or the file is at fault, and not the statement: full, locked, malformed."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def _extent(arguments: Mapping[str, str]) -> dict[str, str]:
    """What a run covers; how it goes about it does not matter."""
    return {name: value for name, value in arguments.items() if name not in {"order", "recheck"}}


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a URL that has failed that many times may be tried again; None if it is left as failed."""
    return now + RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1] if 0 < tries < MAX_TRIES else None


def _numbered(values: Sequence[object], first: int) -> str:
    return ", ".join(f"?{number}" for number in range(first, first + len(values)))


def _url(row: Sequence[object]) -> UrlRow:
    url_id, url, kind, portal, host, rank, article, page, walk_id = row
    return UrlRow(
        url_id=int(str(url_id)),
        url=str(url),
        kind=Kind(str(kind)),
        portal=str(portal),
        host=str(host),
        rank=int(str(rank)),
        article=_text(article),
        page=int(str(page)),
        walk_id=None if walk_id is None else int(str(walk_id)),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
