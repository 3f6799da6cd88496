"""How many articles have which field, by host and day of capture, kept beside the index.

`indexes/fill-rates.sqlite` is derived: it can be deleted at any time and is made again from the catalogue and
the sidecars. What changes it is one transaction for some thousand versions, each of which is remembered with
the digest that was counted. So a process may be killed anywhere, two may work at once, and a sidecar that is
written again is counted again instead of twice.

Reading every sidecar for each report would take minutes in a collection of a year; the counts take a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from archives import sidecar
from archives.catalogue import reading_uri
from archives.collection import Collection
from archives.elsewhere import folder_elsewhere
from archives.errors import ArchiveError, CollectionError, SidecarError
from reading_room.fields import FIELDS, age_group, captured_on, fields_of, published_on

NAME = "fill-rates.sqlite"
_FORMAT = 1
_BATCH = 2_000
"""Versions of one transaction: some two seconds of work, which is what a kill costs."""
_BY_RUN = timedelta(days=14)
"""So long before the newest day of capture the counts are also kept run by run."""
_LONGEST = 80
"""Characters of a section's name: it comes from a page, which may say anything."""
_SECONDS = 30.0

Advance: TypeAlias = Callable[[int], None]

_COLUMNS = ", ".join(f"{field.name} INTEGER NOT NULL" for field in FIELDS)
_TOTALS = ", ".join(f"sum({field.name})" for field in FIELDS)
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE seen (
    version_id INTEGER PRIMARY KEY, digest TEXT NOT NULL, host TEXT NOT NULL, day TEXT NOT NULL,
    printed TEXT NOT NULL, age TEXT NOT NULL, rule TEXT NOT NULL, section TEXT NOT NULL,
    run_id INTEGER NOT NULL, number INTEGER NOT NULL, pages INTEGER NOT NULL, fields INTEGER NOT NULL
) STRICT;
CREATE TABLE days (
    host TEXT NOT NULL, day TEXT NOT NULL, age TEXT NOT NULL, rule TEXT NOT NULL,
    articles INTEGER NOT NULL, edits INTEGER NOT NULL, {_COLUMNS},
    PRIMARY KEY (host, day, age, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    day TEXT NOT NULL, host TEXT NOT NULL, run_id INTEGER NOT NULL, age TEXT NOT NULL, rule TEXT NOT NULL,
    articles INTEGER NOT NULL, edits INTEGER NOT NULL, {_COLUMNS},
    PRIMARY KEY (day, host, run_id, age, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE sections (
    host TEXT NOT NULL, section TEXT NOT NULL, day TEXT NOT NULL, articles INTEGER NOT NULL,
    PRIMARY KEY (host, section, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE lengths (
    host TEXT NOT NULL, pages INTEGER NOT NULL, day TEXT NOT NULL, articles INTEGER NOT NULL,
    PRIMARY KEY (host, pages, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE counted_runs (run_id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE traffic (
    host TEXT NOT NULL, day TEXT NOT NULL, answers INTEGER NOT NULL, bytes INTEGER NOT NULL,
    revisits INTEGER NOT NULL, saved INTEGER NOT NULL, refused INTEGER NOT NULL, forbidden INTEGER NOT NULL,
    errors INTEGER NOT NULL, requests INTEGER NOT NULL, rests INTEGER NOT NULL, rested REAL NOT NULL,
    longest REAL NOT NULL, gap REAL NOT NULL, runs_left INTEGER NOT NULL,
    PRIMARY KEY (host, day)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = {_FORMAT};
"""
_SHAPE = hashlib.sha256(_SCHEMA.encode()).hexdigest()[:16]
_DIGEST = "coalesce(v.sidecar_digest, v.content_hash, v.sidecar)"
_WANTED = f"v.version_id, {_DIGEST}, v.sidecar, v.run_id, v.number, v.page_count"
_ALL = (
    f"SELECT {_WANTED} FROM kept.versions v LEFT JOIN seen s USING (version_id) "
    f"WHERE v.version_id > ? AND v.sidecar IS NOT NULL AND s.digest IS NOT {_DIGEST} "
    "ORDER BY v.version_id LIMIT ?"
)
_LATELY = (
    f"SELECT {_WANTED} FROM kept.versions v LEFT JOIN seen s USING (version_id) WHERE v.version_id IN ("
    "SELECT version_id FROM kept.versions WHERE run_id >= ?3 UNION "
    "SELECT p.version_id FROM kept.captures c CROSS JOIN kept.version_pages p USING (capture_id) "
    "WHERE c.run_id >= ?3) "
    f"AND v.version_id > ?1 AND v.sidecar IS NOT NULL AND s.digest IS NOT {_DIGEST} "
    "ORDER BY v.version_id LIMIT ?2"
)
_LOST = (
    "SELECT s.version_id FROM seen s LEFT JOIN kept.versions v USING (version_id) "
    "WHERE v.sidecar IS NULL LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A version as it was counted."""

    version_id: int
    digest: str
    host: str
    day: str
    printed: str
    age: str
    rule: str
    section: str
    run_id: int
    number: int
    pages: int
    fields: int

    @property
    def values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


_SEEN = ", ".join(_Seen.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of some articles: how many there are, and how many have each field, in the order of `FIELDS`."""

    host: str
    day: str
    run_id: int
    age: str
    rule: str
    articles: int
    edits: int
    filled: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What was asked of a host and what came of it: answers and bytes as archived; `refused` answers are 429
    and 503, `forbidden` 403, `errors` other 5xx. Requests, rests (their number, all seconds, the longest that
    the host asked for), the gap between two requests in force at the end of a run (the widest of them) and
    the number of runs that left it alone are known of runs since they are noted; else 0.
    """

    host: str
    answers: int
    bytes: int
    revisits: int
    saved: int
    refused: int
    forbidden: int
    errors: int
    requests: int
    rests: int
    rested: float
    longest: float
    gap: float
    runs_left: int


class FillRates:
    """The derived file, open. Belongs to one thread."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.waiting = 0
        """Versions that could not be counted in the time allowed; the next report counts them."""
        self.unreadable = 0
        """Sidecars that could not be read; `kliping verify` names them."""
        self._path = place_of(collection)
        self._db = self._open()

    @classmethod
    def up_to_date(
        cls,
        collection: Collection,
        *,
        advance: Advance | None = None,
        thorough: bool = True,
        seconds: float | None = None,
    ) -> FillRates:
        """Bring the file up to the catalogue and open it.

        Not `thorough`, only what runs have touched since the last time is looked at; sidecars that
        `kliping reextract` made again are found by a thorough call. After `seconds` no more is counted.

        Raises:
            CollectionError: the catalogue cannot be read, or no place can be written.
        """
        for again in (True, False):
            found = cls(collection)
            try:
                found._catch_up(advance or (lambda _count: None), thorough=thorough, seconds=seconds)
                return found
            except sqlite3.DatabaseError as error:
                found.close()
                if again and not isinstance(error, sqlite3.OperationalError):
                    forget(collection)  # damaged; everything in it is elsewhere
                    continue
                raise CollectionError(
                    f"{found._path}: cannot be brought up to date ({error}); free space or delete it, "
                    "it is made again"
                ) from error
            except BaseException:
                found.close()
                raise
        raise AssertionError("the second try returns or raises")

    def close(self) -> None:
        self._db.close()

    # --- opening ----------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        try:
            return self._opened()
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        except sqlite3.DatabaseError:
            forget(self._collection)  # it was cut off or damaged, and everything in it is elsewhere
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:  # then the catalogue is
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> CollectionError:
        return CollectionError(
            f"{self._path}: cannot be opened beside {self._collection.catalogue} ({error}); make the folder "
            "writable, or see what `kliping verify` says"
        )

    def _opened(self) -> sqlite3.Connection:
        db = self._connected()
        try:
            shape = self._shape(db)
            if shape is None:
                self._make(db)
            elif shape != _SHAPE:
                db.close()
                forget(self._collection)
                db = self._connected()
                self._make(db)
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("ATTACH DATABASE ? AS kept", (reading_uri(self._collection.catalogue),))
        except BaseException:
            db.close()
            raise
        return db

    def _connected(self) -> sqlite3.Connection:
        address = self._path.absolute().as_uri()
        return sqlite3.connect(address, uri=True, isolation_level=None, timeout=_SECONDS)

    @staticmethod
    def _shape(db: sqlite3.Connection) -> str | None:
        """What the file was made for; None for one that is new."""
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
            return None
        if db.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            return ""
        row = db.execute("SELECT value FROM meta WHERE name = 'shape'").fetchone()
        return str(row[0]) if row else ""

    @staticmethod
    def _make(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] == 0:  # else another process was faster
            for statement in _SCHEMA.split(";\n"):
                if statement.strip():
                    db.execute(statement)
            db.execute("INSERT INTO meta VALUES ('shape', ?)", (_SHAPE,))
        db.execute("COMMIT")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- counting ---------------------------------------------------------------------------------

    def _catch_up(self, advance: Advance, *, thorough: bool, seconds: float | None) -> None:
        until = time.monotonic() + seconds if seconds is not None else None
        newest = self._newest_run()
        since = None if thorough else self._counted_up_to()
        if thorough:
            self._drop_lost()
        after = 0
        while True:
            rows = self._next(after, since)
            if not rows:
                break
            if until is not None and time.monotonic() > until:
                self.waiting = self._count_waiting(after, since)
                return
            after = self._take(rows, advance, until)
        with self._transaction():
            self._forget_old_runs()
            if newest is not None:
                self._db.execute("INSERT OR REPLACE INTO meta VALUES ('run', ?)", (json.dumps(newest),))
        self._count_traffic(until)

    def _newest_run(self) -> list[object] | None:
        row = self._db.execute(
            "SELECT run_id, started FROM kept.runs ORDER BY run_id DESC LIMIT 1"
        ).fetchone()
        return list(row) if row else None

    def _counted_up_to(self) -> int | None:
        """The run up to which all is counted; None where that is not known, as in a catalogue made anew."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'run'").fetchone()
        if row is None:
            return None
        run_id, started = json.loads(row[0])
        same = self._db.execute(
            "SELECT 1 FROM kept.runs WHERE run_id = ? AND started = ?", (run_id, started)
        ).fetchone()
        return int(run_id) if same else None

    def _next(self, after: int, since: int | None) -> list[tuple[object, ...]]:
        if since is None:
            return self._db.execute(_ALL, (after, _BATCH)).fetchall()
        return self._db.execute(_LATELY, (after, _BATCH, since)).fetchall()

    def _count_waiting(self, after: int, since: int | None) -> int:
        query, values = (_ALL, (after, -1)) if since is None else (_LATELY, (after, -1, since))
        return int(self._db.execute(f"SELECT count(*) FROM ({query})", values).fetchone()[0])

    def _take(self, rows: Sequence[tuple[object, ...]], advance: Advance, until: float | None) -> int:
        """Count some versions; the number of the last one that was."""
        found: list[_Seen] = []
        after = 0
        for row in rows:
            one = self._read(row)
            after = int(str(row[0]))
            if one is not None:
                found.append(one)
            if until is not None and time.monotonic() > until:
                break
        with self._transaction():
            self._put([(self._before(one.version_id), one) for one in found])
        advance(len(found))
        return after

    def _read(self, row: tuple[object, ...]) -> _Seen | None:
        version_id, digest, path, run_id, number, pages = row
        place = PurePosixPath(str(path))
        record = self._load(place)
        if record is None:
            self.unreadable += 1
            return None
        sections = record.get("articleSection")
        extraction = record.get("extraction")
        rule = extraction.get("rule") if isinstance(extraction, dict) else None
        day, printed = captured_on(record), published_on(record)
        return _Seen(
            version_id=int(str(version_id)),
            digest=str(digest),
            host=place.parts[1],
            day=day,
            printed=printed or day,
            age=age_group(printed, day),
            rule=str(rule or "")[:_LONGEST],
            section=str(sections[-1] if isinstance(sections, list) and sections else "")[:_LONGEST],
            run_id=int(str(run_id)),
            number=int(str(number)),
            pages=int(str(pages)),
            fields=fields_of(record),
        )

    def _load(self, place: PurePosixPath) -> dict[str, object] | None:
        if place.is_absolute() or ".." in place.parts or len(place.parts) < 3:
            return None
        try:
            return sidecar.load(self._collection.root / place)
        except SidecarError:
            return None

    def _before(self, version_id: int) -> _Seen | None:
        row = self._db.execute(f"SELECT {_SEEN} FROM seen WHERE version_id = ?", (version_id,)).fetchone()
        return _Seen(*row) if row else None

    def _drop_lost(self) -> None:
        """Versions that the catalogue has no more: taken out, or it was made anew."""
        while lost := self._db.execute(_LOST, (_BATCH,)).fetchall():
            with self._transaction():
                self._put([(self._before(version_id), None) for (version_id,) in lost])

    def _put(self, changes: Sequence[tuple[_Seen | None, _Seen | None]]) -> None:
        """Put what is counted now in the place of what was counted before."""
        days: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0] * (2 + len(FIELDS)))
        runs: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0] * (2 + len(FIELDS)))
        sections: dict[tuple[object, ...], int] = defaultdict(int)
        lengths: dict[tuple[object, ...], int] = defaultdict(int)
        for before, after in changes:
            for one, sign in ((before, -1), (after, 1)):
                if one is None:
                    continue
                for counts in (
                    days[one.host, one.day, one.age, one.rule],
                    runs[one.day, one.host, one.run_id, one.age, one.rule],
                ):
                    counts[0] += sign
                    counts[1] += sign * (one.number > 1)
                    for number in range(len(FIELDS)):
                        counts[2 + number] += sign * (one.fields >> number & 1)
                if one.number == 1:
                    sections[one.host, one.section, one.printed] += sign
                    lengths[one.host, one.pages, one.printed] += sign
            if after is not None:
                self._db.execute(_REMEMBER, after.values)
            elif before is not None:
                self._db.execute("DELETE FROM seen WHERE version_id = ?", (before.version_id,))
        names = ["articles", "edits", *(field.name for field in FIELDS)]
        self._add("days", ["host", "day", "age", "rule"], names, days)
        self._add("runs", ["day", "host", "run_id", "age", "rule"], names, runs)
        self._add("sections", ["host", "section", "day"], ["articles"], {k: [v] for k, v in sections.items()})
        self._add("lengths", ["host", "pages", "day"], ["articles"], {k: [v] for k, v in lengths.items()})

    def _add(
        self, table: str, keys: list[str], names: list[str], rows: dict[tuple[object, ...], list[int]]
    ) -> None:
        added = ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        marks = ", ".join("?" * (len(keys) + len(names)))
        self._db.executemany(
            f"INSERT INTO {table} ({', '.join(keys + names)}) VALUES ({marks}) "
            f"ON CONFLICT DO UPDATE SET {added}",
            [(*key, *counts) for key, counts in rows.items() if any(counts)],
        )
        self._db.executemany(
            f"DELETE FROM {table} WHERE articles <= 0 AND " + " AND ".join(f"{key} = ?" for key in keys),
            [key for key, counts in rows.items() if counts[0] < 0],
        )

    def _forget_old_runs(self) -> None:
        newest = self._db.execute("SELECT max(day) FROM runs WHERE day != ''").fetchone()[0]
        if newest:
            self._db.execute(
                "DELETE FROM runs WHERE day < ?", ((date.fromisoformat(newest) - _BY_RUN).isoformat(),)
            )

    # --- what hosts were asked --------------------------------------------------------------------

    def _count_traffic(self, until: float | None) -> None:
        """Runs that are over, each once, in one transaction each."""
        runs = self._db.execute(
            "SELECT run_id, started, figures FROM kept.runs r WHERE run_id NOT IN "
            "(SELECT run_id FROM counted_runs) AND (ended IS NOT NULL OR run_id < "
            "(SELECT max(run_id) FROM kept.runs)) ORDER BY run_id"
        ).fetchall()
        if until is not None:
            self._db.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        try:
            self._count_runs(runs)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
        finally:
            self._db.set_progress_handler(None, 0)

    def _count_runs(self, runs: Sequence[tuple[int, str, str | None]]) -> None:
        for run_id, started, figures in runs:
            with self._transaction():
                taken = self._db.execute("INSERT OR IGNORE INTO counted_runs VALUES (?)", (run_id,)).rowcount
                if taken:
                    self._add_traffic(int(run_id), str(started)[:10], manners_in(figures))

    def _add_traffic(self, run_id: int, day: str, manners: dict[str, dict[str, float]]) -> None:
        counted: dict[str, list[float]] = defaultdict(lambda: [0] * 13)
        for url_host, url, *counts in self._db.execute(_ANSWERS, (run_id,)):
            found = counted[url_host or host_of(url)]
            for number, count in enumerate(counts):
                found[number] += count
        for host, said in manners.items():
            counted[host][7:] = [said.get(name, 0) for name in _MANNERS]
        self._db.executemany(_ADD_TRAFFIC, [(host, day, *values) for host, values in counted.items()])

    # --- asking -----------------------------------------------------------------------------------

    def by_day(self, since: str = "", until: str = "9", *, host: str | None = None) -> Iterator[Counts]:
        """The counts of each host, day of capture, age group and rule, of some days. The last days come run
        by run: what a portal has changed today shows in today's runs.
        """
        newest = self._db.execute("SELECT max(day) FROM days WHERE day <= ?", (until,)).fetchone()[0] or ""
        names = ", ".join(["articles", "edits", *(field.name for field in FIELDS)])
        border = (date.fromisoformat(newest) - timedelta(days=1)).isoformat() if newest else ""
        for row in self._db.execute(
            f"SELECT host, day, 0, age, rule, {names} FROM days WHERE day >= ?3 AND day < ?1 "
            "AND (?4 IS NULL OR host = ?4) UNION ALL "
            f"SELECT host, day, run_id, age, rule, {names} FROM runs WHERE day BETWEEN ?1 AND ?2 "
            "AND (?4 IS NULL OR host = ?4) "
            "ORDER BY host, day, 3, age, rule",
            (border, until, since, host),
        ):
            yield _counts(row)

    def captured(self, since: str = "", until: str = "9") -> list[tuple[str, int, int]]:
        """Days of capture with how many articles and edits were kept."""
        return self._db.execute(
            "SELECT day, sum(articles) - sum(edits), sum(edits) FROM days WHERE day BETWEEN ? AND ? "
            "GROUP BY day ORDER BY day",
            (since, until),
        ).fetchall()

    def by_host(self, since: str = "", until: str = "9") -> list[Counts]:
        """Each host's counts of some days of capture."""
        rows = self._db.execute(
            f"SELECT host, '', 0, '', '', sum(articles), sum(edits), {_TOTALS} FROM days "
            "WHERE day BETWEEN ? AND ? GROUP BY host ORDER BY host",
            (since, until),
        )
        return [_counts(row) for row in rows]

    def sections(self, since: str = "", until: str = "9") -> list[tuple[str, str, int]]:
        """Articles of each host's sections, by days of publication: host, section, how many."""
        return self._db.execute(
            "SELECT host, section, sum(articles) FROM sections WHERE day BETWEEN ? AND ? "
            "GROUP BY host, section ORDER BY host, 3 DESC, section",
            (since, until),
        ).fetchall()

    def lengths(self, since: str = "", until: str = "9") -> list[tuple[str, int, int]]:
        """Articles by their number of pages, by days of publication: host, pages, how many."""
        return self._db.execute(
            "SELECT host, pages, sum(articles) FROM lengths WHERE day BETWEEN ? AND ? "
            "GROUP BY host, pages ORDER BY host, pages",
            (since, until),
        ).fetchall()

    def traffic(self, since: str = "", until: str = "9") -> list[Traffic]:
        """What each host was asked in runs that began on these days."""
        rows = self._db.execute(
            "SELECT host, sum(answers), sum(bytes), sum(revisits), sum(saved), sum(refused), sum(forbidden), "
            "sum(errors), sum(requests), sum(rests), sum(rested), max(longest), max(gap), sum(runs_left) "
            "FROM traffic WHERE day BETWEEN ? AND ? GROUP BY host ORDER BY 2 DESC, host",
            (since, until),
        )
        return [Traffic(**dict(zip(_TRAFFIC, row, strict=True))) for row in rows]

    def bytes_by_day(self, since: str = "", until: str = "9") -> list[tuple[str, int, int]]:
        """Days with the answers and bytes that their runs archived."""
        return self._db.execute(
            "SELECT day, sum(answers), sum(bytes) FROM traffic WHERE day BETWEEN ? AND ? "
            "GROUP BY day ORDER BY day",
            (since, until),
        ).fetchall()


_TRAFFIC = tuple(Traffic.__slots__)
_MANNERS = ("requests", "rests", "rested", "longest", "gap", "left")
_REMEMBER = f"INSERT OR REPLACE INTO seen ({_SEEN}) VALUES ({', '.join('?' * len(_Seen.__slots__))})"
_ANSWERS = """
SELECT u.host, c.url, count(*), sum(c.length), sum(c.original_id IS NOT NULL),
    coalesce(sum(max(c.original_length - c.length, 0)), 0), sum(c.status IN (429, 503)), sum(c.status = 403),
    sum(c.status >= 500 AND c.status != 503)
FROM kept.captures c LEFT JOIN kept.urls u USING (url_id) WHERE c.run_id = ?
GROUP BY coalesce(u.host, c.url)
"""
_ADD_TRAFFIC = """
INSERT INTO traffic (host, day, answers, bytes, revisits, saved, refused, forbidden, errors, requests, rests,
    rested, longest, gap, runs_left) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT DO UPDATE SET answers = answers + excluded.answers, bytes = bytes + excluded.bytes,
    revisits = revisits + excluded.revisits, saved = saved + excluded.saved,
    refused = refused + excluded.refused, forbidden = forbidden + excluded.forbidden,
    errors = errors + excluded.errors, requests = requests + excluded.requests,
    rests = rests + excluded.rests, rested = rested + excluded.rested,
    longest = max(longest, excluded.longest), gap = max(gap, excluded.gap),
    runs_left = runs_left + excluded.runs_left
"""


def _counts(row: Sequence[Any]) -> Counts:
    return Counts(
        host=row[0],
        day=row[1],
        run_id=row[2],
        age=row[3],
        rule=row[4],
        articles=row[5],
        edits=row[6],
        filled=tuple(row[7:]),
    )


def manners_in(figures: str | None) -> dict[str, dict[str, float]]:
    """What a run's figures say of how each host was treated; nothing in figures of an earlier Kliping."""
    try:
        hosts = json.loads(figures or "{}").get("hosts")
    except (ValueError, AttributeError, RecursionError):
        return {}
    if not isinstance(hosts, dict):
        return {}
    return {
        str(host): {name: float(bool(said.get(name)) if name == "left" else _number(said.get(name)))
                    for name in _MANNERS}
        for host, said in hosts.items()
        if isinstance(said, dict)
    }  # fmt: skip


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def host_of(url: str) -> str:
    """The host of an address that the ledger does not know, as that of robots.txt."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def place_of(collection: Collection) -> Path:
    """Where the file lies: in `indexes/`, or in the user's cache where the collection cannot be written."""
    usual = collection.indexes / NAME
    if os.access(usual if usual.exists() else collection.indexes, os.W_OK):
        return usual
    return folder_elsewhere(collection) / NAME


def forget(collection: Collection) -> None:
    """Delete the file, so that everything is counted again."""
    try:
        path = place_of(collection)
    except ArchiveError:
        return
    for end in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + end).unlink(missing_ok=True)
