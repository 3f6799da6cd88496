"""Which kept articles are read again, and which of them the portal has deleted.

Everything here puts URLs back to do in the ledger, in one statement or link by link, so that memory does not
grow with the collection. What has been dealt with by the present run is never asked for a second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from archives.catalogue import Catalogue
from archives.moments import from_w3c, to_w3c

GONE_AGES = (timedelta(days=1), timedelta(days=7))
"""Ages of a deletion at which it is looked at once more: portals answer 404 by mistake, too."""
EARLY_AGES = (timedelta(hours=1), timedelta(days=1))
"""Ages at which an address is asked for once more that a list of these very days named and that was not there
yet: lists can run ahead of the pages. Of older days it is a deletion, and a backfill is full of them.
"""
TOGETHER = timedelta(days=7)
"""Runs that began further back are no part of an interrupted reading: where a host is never to be had, it
would never end, and nothing would be read again.
"""

_SLACK = timedelta(days=1)
"""Between an article's publication and its first reading, where a timer starts a crawl once a day."""
_READ = "c.status IN (200, 304)"
_KEPT = (
    "EXISTS (SELECT 1 FROM captures k JOIN version_pages p ON p.capture_id = k.capture_id "
    "WHERE k.url_id = u.url_id)"
)
_DUE = f"""
SELECT u.url, min(c.fetched_at), max(c.fetched_at) FROM captures c CROSS JOIN urls u USING (url_id)
WHERE c.fetched_at >= ?1 AND {_READ} AND u.kind = 'article' AND u.state = 'captured'
AND u.host IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (
    SELECT 1 FROM captures o WHERE o.url_id = u.url_id AND o.fetched_at < ?1 AND o.status IN (200, 304))
AND NOT EXISTS (
    SELECT 1 FROM captures k JOIN version_pages p ON p.capture_id = k.capture_id
    JOIN versions v ON v.version_id = p.version_id
    WHERE k.url_id = u.url_id AND substr(v.published, 1, 10) < ?3)
GROUP BY u.url_id
"""
_DUE_GONE = f"""
SELECT u.url, u.gone_at, (SELECT max(c.fetched_at) FROM captures c WHERE c.url_id = u.url_id) FROM urls u
WHERE u.gone_at IS NOT NULL AND u.kind = 'article' AND u.state = 'gone'
AND u.host IN (SELECT value FROM json_each(?1)) AND {_KEPT}
"""
_DUE_EARLY = f"""
SELECT u.url, u.gone_at, (SELECT max(c.fetched_at) FROM captures c WHERE c.url_id = u.url_id) FROM urls u
WHERE u.gone_at >= ?2 AND u.kind = 'article' AND u.state = 'gone'
AND u.host IN (SELECT value FROM json_each(?1)) AND NOT {_KEPT} AND EXISTS (
    SELECT 1 FROM listed l JOIN walks w USING (walk_id)
    WHERE l.url_id = u.url_id AND w.day >= date(u.gone_at, '-2 days'))
"""
_ASK_KEPT = """
UPDATE urls SET state = 'todo', reason = NULL, run_id = :run_id
WHERE state != 'todo' AND run_id < :begun_in AND url_id IN (
    SELECT u.url_id FROM versions v
    JOIN version_pages p ON p.version_id = v.version_id AND p.page = 1
    JOIN captures c ON c.capture_id = p.capture_id JOIN urls u ON u.url_id = c.url_id
    WHERE u.kind = 'article' AND u.host IN (SELECT value FROM json_each(:hosts))
    AND substr(coalesce(v.published, c.fetched_at), 1, 10) BETWEEN :since AND :until)
"""
_ASK_CHANGED = """
UPDATE urls SET state = 'todo', reason = NULL, run_id = ?1
WHERE url = ?2 AND kind = 'article' AND state IN ('captured', 'gone') AND run_id < ?1
AND ?3 > (SELECT max(fetched_at) FROM captures c WHERE c.url_id = urls.url_id)
"""
_GONE = """
SELECT u.url, u.gone_at, u.reason, u.state, (
    SELECT min(c.fetched_at) FROM versions v JOIN version_pages p USING (version_id)
    JOIN captures c USING (capture_id) WHERE v.article_id = a.article_id), (
    SELECT v.sidecar FROM versions v WHERE v.article_id = a.article_id ORDER BY v.number DESC LIMIT 1)
FROM urls u JOIN articles a ON a.article_id = (
    SELECT v.article_id FROM captures k JOIN version_pages p USING (capture_id)
    JOIN versions v USING (version_id) WHERE k.url_id = u.url_id LIMIT 1)
WHERE u.gone_at IS NOT NULL AND u.kind = 'article' ORDER BY u.gone_at, u.url
"""


def due(catalogue: Catalogue, hosts: Sequence[str], now: datetime, ages: Sequence[timedelta]) -> list[str]:
    """Kept articles that have passed one of these ages since they were last read, and deleted ones that have
    passed one of `GONE_AGES`; and what was not there yet when it was listed, at `EARLY_AGES`.

    Ages count from the very first reading: from one of the last weeks, the schedule would never end. What was
    published before is not looked at: a backfill of years is no million articles that are due in an hour.
    """
    database, named = catalogue.database, json.dumps(list(hosts))
    begun = now - 2 * max(ages, default=timedelta(0))
    oldest = (begun - _SLACK).date().isoformat()
    kept = ((row, ages) for row in database.execute(_DUE, (to_w3c(begun), named, oldest)))
    gone = ((row, GONE_AGES) for row in database.execute(_DUE_GONE, (named,)))
    lately = to_w3c(now - 3 * max(EARLY_AGES))
    early = ((row, EARLY_AGES) for row in database.execute(_DUE_EARLY, (named, lately)))
    return [
        url
        for (url, first, last), passed in chain(kept, gone, early)
        if _is_due(from_w3c(first), from_w3c(last), now, passed)
    ]


def _is_due(first: datetime, last: datetime, now: datetime, ages: Sequence[timedelta]) -> bool:
    """Whether an age lies between the last reading and now. Needs no memory of the readings in between."""
    return any(last - first < age <= now - first for age in ages)


def ask_kept(
    catalogue: Catalogue,
    hosts: Sequence[str],
    days: tuple[date, date] | None,
    *,
    run_id: int,
    begun_in: int,
) -> int:
    """Put every kept article of these hosts back to do; how many. With `days`, the first and the last, only
    those published then where they are; without a date of publication the day of the capture counts.

    What has been dealt with in run `begun_in` or after it is left: an interrupted reading goes on.
    """
    since, until = (day.isoformat() for day in days) if days is not None else ("", "~")
    database = catalogue.database
    before = database.total_changes
    values = {"hosts": json.dumps(list(hosts)), "since": since, "until": until}
    database.execute(_ASK_KEPT, {**values, "run_id": run_id, "begun_in": begun_in})
    return database.total_changes - before


def ask_changed(catalogue: Catalogue, changes: Iterable[tuple[str, datetime]], run_id: int) -> int:
    """Put kept articles back to do that have changed, as somebody says, after their last answer; how many."""
    database = catalogue.database
    before = database.total_changes
    database.executemany(_ASK_CHANGED, [(run_id, url, to_w3c(moment)) for url, moment in changes])
    return database.total_changes - before


def reading_begun_in(catalogue: Catalogue, run_id: int, portal: str, arguments: Mapping[str, str]) -> int:
    """The run in which the reading began that run `run_id` goes on with; itself, if there is none to go on
    with.

    An earlier run with the same arguments is part of it if it did not come to its end or left something to
    do, and neither did those between, and it began within `TOGETHER` before this one.
    """
    rows = catalogue.database.execute(
        "SELECT r.run_id, r.arguments, r.started, r.exit_code, r.figures FROM runs r "
        "WHERE r.portal = ? AND r.run_id <= ? ORDER BY r.run_id DESC LIMIT 1000",
        (portal, run_id),
    )
    first, begun = run_id, None
    for number, given, started, exit_code, figures in rows:
        moment = from_w3c(started)
        begun = begun or moment
        if number == run_id or _extent(json.loads(given)) != _extent(arguments):
            continue
        if _is_finished(exit_code, figures) or begun - moment > TOGETHER:
            break
        first = number
    return first


def _extent(arguments: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in arguments.items() if name not in {"order", "requisites"}}


def _is_finished(exit_code: int | None, figures: str | None) -> bool:
    """A run that stops by itself can leave something to do, and says so."""
    return exit_code in {0, 3} and not json.loads(figures or "{}").get("to_do")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneArticle:
    """A kept article that the portal has deleted: its address, when its first page was first archived, when
    the portal first said that it is gone, in which words, and the newest sidecar.
    """

    url: str
    kept_since: datetime
    gone_since: datetime
    reason: str | None
    sidecar: str | None


def gone_articles(catalogue: Catalogue) -> Iterator[GoneArticle]:
    """Kept articles that the portal has deleted, those gone longest first."""
    for url, gone_at, reason, state, kept_at, path in catalogue.database.execute(_GONE):
        yield GoneArticle(
            url=url,
            kept_since=from_w3c(kept_at),
            gone_since=from_w3c(gone_at),
            reason=reason if state == "gone" else "is looked at again",
            sidecar=path,
        )


def count_gone(catalogue: Catalogue, run_id: int | None = None) -> int:
    """How many there are; of one run those that it has been told about."""
    query = (
        f"SELECT count(*) FROM urls u WHERE u.gone_at IS NOT NULL AND u.kind = 'article' AND {_KEPT} "
        "AND (?1 IS NULL OR u.run_id = ?1)"
    )
    return int(catalogue.database.execute(query, (run_id,)).fetchone()[0])
