"""The view of runs: all of them with their figures, and the one that is under way in another process.

A run is under way if its row has no end, its process has written itself down as the owner of the collection's
lock when the run began, and that process lives. Nothing is locked to find that out. A run whose process is no
more is shown as interrupted. What it has done so far stands in the catalogue, which can be read at any time.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archives import coverage
from archives.collection import Collection
from archives.moments import from_w3c, to_w3c
from reading_room.asking import answer, wording
from reading_room.findings import Commands, RunRow, runs_of
from reading_room.holdings import holdings
from reading_room.report import parts

blueprint = Blueprint("runs", __name__)

PER_PAGE = 50
REFRESH = 5
"""Seconds after which the page of a run that is under way asks for itself again."""
_NEAR = timedelta(minutes=2)
"""Between taking the lock and the beginning of the run, at most."""
_ALIVE = timedelta(minutes=15)
"""A run on another machine whose last answer is not older than that is taken to go on."""
_MINUTE = timedelta(minutes=1)
_LARGEST_REPORT = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who holds the collection, or held it last."""

    pid: int
    host: str
    since: datetime

    @property
    def is_here(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def lives(self) -> bool:
        """Whether the process is there still, and no later one with its number."""
        if not Path("/proc/self/stat").exists():
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return False
            except OSError:
                return True
            return True
        started = _started(self.pid)
        return started is not None and started <= self.since + timedelta(seconds=5)


def owner_of(collection: Collection) -> Owner | None:
    """What stands beside the lock; None where it says nothing of use."""
    try:
        told = json.loads((collection.root / ".owner.json").read_bytes())
        return Owner(pid=int(told["pid"]), host=str(told["host"]), since=from_w3c(str(told["since"])))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _started(pid: int) -> datetime | None:
    """When a process began (proc(5): field 22 of its stat, in ticks since the machine began)."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text("utf-8").split()[0])
        ago = uptime - int(words[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
    if words[0] in {"Z", "X"}:
        return None
    return datetime.now(UTC) - timedelta(seconds=ago)


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A run that is under way: how far it has come."""

    run: RunRow
    owner: Owner
    done: int
    known: int
    failed: int
    articles: int
    answers: int
    last_answer: datetime | None
    per_minute: int
    days: int
    closed: int
    waiting: Mapping[str, int]

    def as_plain(self) -> dict[str, object]:
        return {
            "run": self.run.run_id,
            "portal": self.run.portal,
            "started": to_w3c(self.run.started),
            "process": self.owner.pid,
            "machine": self.owner.host,
            "done": self.done,
            "known": self.known,
            "failed": self.failed,
            "articles": self.articles,
            "answers": self.answers,
            "lastAnswer": to_w3c(self.last_answer) if self.last_answer else None,
            "answersPerMinute": self.per_minute,
            "daysAsked": self.days,
            "daysClosed": self.closed,
            "waiting": dict(self.waiting),
        }


def live_run(collection: Collection, db: sqlite3.Connection) -> Live | None:
    """The run that is under way, if one is."""
    newest = next(iter(runs_of(db, most=1)), None)
    owner = owner_of(collection)
    if newest is None or newest.ended is not None or owner is None:
        return None
    if abs(owner.since - newest.started) > _NEAR:
        return None  # somebody else has held the collection since
    last = _last_answer(db, newest.run_id)
    if owner.is_here:
        if not owner.lives:
            return None
    elif datetime.now(UTC) - (last or newest.started) > _ALIVE:
        return None
    return _progress(db, newest, owner, last)


def _last_answer(db: sqlite3.Connection, run_id: int) -> datetime | None:
    row = db.execute(
        "SELECT fetched_at FROM captures WHERE run_id = ? ORDER BY capture_id DESC LIMIT 1", (run_id,)
    ).fetchone()
    return from_w3c(row[0]) if row else None


def _progress(db: sqlite3.Connection, run: RunRow, owner: Owner, last: datetime | None) -> Live:
    known, to_do, failed = db.execute(
        "SELECT count(*), coalesce(sum(state = 'todo'), 0), coalesce(sum(state = 'failed'), 0) FROM urls "
        "WHERE run_id = ?",
        (run.run_id,),
    ).fetchone()
    answers = db.execute("SELECT count(*) FROM captures WHERE run_id = ?", (run.run_id,)).fetchone()[0]
    lately = 0
    if last is not None:
        lately = db.execute(
            "SELECT count(*) FROM captures WHERE fetched_at > ? AND +run_id = ?",
            (to_w3c(last - _MINUTE), run.run_id),
        ).fetchone()[0]
    articles = db.execute("SELECT count(*) FROM versions WHERE run_id = ?", (run.run_id,)).fetchone()[0]
    days = coverage.covered(db, now=datetime.now(UTC), run_id=run.run_id)
    waiting = db.execute(
        "SELECT host, count(*) FROM urls WHERE state = 'todo' AND run_id = ? "
        "GROUP BY host ORDER BY 2 DESC, host",
        (run.run_id,),
    )
    return Live(
        run=run,
        owner=owner,
        done=known - to_do,
        known=known,
        failed=failed,
        articles=articles,
        answers=answers,
        last_answer=last,
        per_minute=lately,
        days=days.asked,
        closed=days.closed,
        waiting=dict(waiting.fetchall()),
    )


# --- views --------------------------------------------------------------------------------------------


@blueprint.get("/runs")
def overview() -> AnyResponse:
    """All runs, the newest first; above them the one that is under way."""
    collection, db = holdings().collection, holdings().catalogue.database
    before = request.args.get("before", type=int)
    live = live_run(collection, db)
    rows = runs_of(db, most=PER_PAGE + 1, before=before)
    older = rows[PER_PAGE - 1].run_id if len(rows) > PER_PAGE else None
    found = answer(
        "runs.html",
        {
            "running": live.as_plain() if live else None,
            "runs": [_plain(run, live) for run in rows[:PER_PAGE]],
        },
        **parts(wording(), {}),
        live=live,
        runs=rows[:PER_PAGE],
        older=older,
        before=before,
        run_url=lambda run: url_for(".run", number=run.run_id),
        still=request.args.get("still") is not None,
    )
    return _refreshing(found, live)


@blueprint.get("/runs/<int:number>")
def run(number: int) -> AnyResponse:
    """One run: what it was asked for, and its figures."""
    collection, db = holdings().collection, holdings().catalogue.database
    row = _row(db, number)
    live = live_run(collection, db)
    live = live if live is not None and live.run.run_id == number else None
    commands = Commands.of(collection)
    found = answer(
        "run.html",
        {**_plain(row, live), "figures": row.figures, "progress": live.as_plain() if live else None},
        **parts(wording(), {}),
        run=row,
        live=live,
        command=commands.crawl(row.portal, row.arguments),
        simple={name: value for name, value in row.figures.items() if isinstance(value, int)},
        reasons={name: value for name, value in row.figures.items() if _counts(name, value)},
        treated=_treated(row),
        has_report=_report(collection, number) is not None,
        still=request.args.get("still") is not None,
    )
    return _refreshing(found, live)


def _counts(name: str, value: object) -> bool:
    return name != "hosts" and isinstance(value, dict) and bool(value)


def _treated(row: RunRow) -> dict[str, Mapping[str, Any]]:
    hosts = row.figures.get("hosts")
    if not isinstance(hosts, dict):
        return {}
    return {host: said for host, said in hosts.items() if isinstance(said, dict)}


@blueprint.get("/runs/<int:number>/report")
def report(number: int) -> AnyResponse:
    """The report that the run has left. It brings its own style, and may do nothing else."""
    path = _report(holdings().collection, number)
    if path is None:
        abort(404)
    found = Response(path.read_bytes(), mimetype="text/html")
    found.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
    )
    return found


def _report(collection: Collection, number: int) -> Path | None:
    path = collection.reports / f"run-{number}.html"
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_REPORT:
        return None
    return path.absolute()


def _row(db: sqlite3.Connection, number: int) -> RunRow:
    rows = runs_of(db, most=1, before=number + 1) if 0 < number < 1 << 60 else []
    if not rows or rows[0].run_id != number:
        abort(404)
    return rows[0]


def _refreshing(found: AnyResponse, live: Live | None) -> AnyResponse:
    """Let the page ask for itself again while something goes on; `?still` stops that."""
    if live is not None and isinstance(found, Response) and found.mimetype == "text/html":
        found.headers["Cache-Control"] = "no-store"
        if request.args.get("still") is None:
            found.headers["Refresh"] = str(REFRESH)
    return found


def _plain(row: RunRow, live: Live | None) -> dict[str, object]:
    goes_on = live is not None and live.run.run_id == row.run_id
    return {
        "run": row.run_id,
        "portal": row.portal,
        "arguments": dict(row.arguments),
        "software": row.software,
        "started": to_w3c(row.started),
        "ended": to_w3c(row.ended) if row.ended else None,
        "exitCode": row.exit_code,
        "state": "running" if goes_on else "interrupted" if row.ended is None else "ended",
        "figures": {
            name: row.figure(name)
            for name in ("articles", "captured", "failed", "to_do", "answers", "bytes")
            if name in row.figures
        },
    }
