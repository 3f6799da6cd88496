"""The ledger's side of what is taken from web archives: gaps, questions to indexes, and what came of them.

A capture that was fetched stays `waiting` until the articles that it belongs to are put in order again
(`crawler.fold`). Should the run end before, the next one does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from archives.catalogue import MAX_TRIES, Catalogue, NewUrl
from archives.moments import to_w3c
from archives.states import Kind, Priority, State

FROM_ARCHIVE = "from a web archive"
NOT_THERE = "not in the web archive"
USELESS = "no page of it in the web archive"
_CHUNK = 500
_GAPS = """
SELECT url_id, coalesce(article, url), portal FROM urls
WHERE url_id > ?1 AND kind IN ('article', 'page') AND state IN ('gone', 'failed') AND host IN ({})
ORDER BY url_id LIMIT {}
"""


def gaps(catalogue: Catalogue, hosts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Address and portal of each article of these hosts that is gone or failed, or a page of which is.

    In pieces, so that the ledger may be written while they are read; an article may come several times.
    """
    question, last = _GAPS.format(", ".join("?" * len(hosts)), _CHUNK), 0
    while rows := catalogue.database.execute(question, (last, *hosts)).fetchall():
        for url_id, address, portal in rows:
            yield address, portal
            last = url_id


def ask(catalogue: Catalogue, new: NewUrl, run_id: int, *, stale: datetime) -> int:
    """Put a question to an index to do, unless it was answered since `stale`; how many are to do now.

    What an earlier run has found by it and not fetched is this run's, too, and is among them.
    """
    claimed = _claim(catalogue, new, run_id) if new.found_on is None else 0
    row = catalogue.database.execute(_QUESTION, (new.url,)).fetchone()
    if row is None:
        return claimed + catalogue.add_urls([new], run_id)
    url_id, state, touched_by, answered_at = row
    if state == State.CAPTURED and answered_at is not None and answered_at >= to_w3c(stale):
        catalogue.database.execute("UPDATE urls SET run_id = ? WHERE url_id = ?", (run_id, url_id))
        return claimed
    if touched_by == run_id:
        return claimed
    return claimed + catalogue.reopen(url_id, run_id)


_QUESTION = """
SELECT u.url_id, u.state, u.run_id, c.fetched_at FROM urls u LEFT JOIN captures c USING (capture_id)
WHERE u.url = ?
"""


def _claim(catalogue: Catalogue, new: NewUrl, run_id: int) -> int:
    """Give this run what an earlier one has found by a question and left; the article has an index."""
    before = catalogue.database.total_changes
    by = "found_on = ?2 AND article = ?5" if new.article else "found_on = ?2 AND ?5 IS NULL"
    for state, tries in ((State.TODO, None), (State.FAILED, MAX_TRIES)):
        catalogue.database.execute(
            "UPDATE urls SET state = 'todo', reason = NULL, run_id = ?1 "
            f"WHERE state = ?3 AND kind IN ('memento', 'captures') AND {by} AND (?4 IS NULL OR tries < ?4) "
            "AND run_id != ?1",
            (run_id, new.url, state, tries, new.article),
        )
    return catalogue.database.total_changes - before


def add_copies(catalogue: Catalogue, copies: Sequence[NewUrl], run_id: int, *, most: int) -> int:
    """Remember copies to fetch, of each page of an article `most` in all; how many are newly to do.

    Those that another question has found, and its run has left, are this run's and this question's now.
    """
    added = 0
    for new in copies:
        known = catalogue.database.execute(
            "SELECT count(*) FROM urls WHERE article = ? AND kind = 'memento' AND page = ?",
            (new.article, new.page),
        ).fetchone()[0]
        if known < most:
            added += catalogue.add_urls([new], run_id)
        left = (run_id, new.found_on, new.url)
        added += catalogue.database.execute(f"{_TAKE_OVER} AND run_id != ?1", left).rowcount
        catalogue.database.execute(_TAKE_OVER, left)
    return added


_TAKE_OVER = """
UPDATE urls SET run_id = ?1, found_on = ?2 WHERE url = ?3 AND kind = 'memento' AND state = 'todo'
"""


def root_of(catalogue: Catalogue, url_id: int) -> str | None:
    """The question by which a question was found; None for one that was asked first."""
    row = catalogue.database.execute("SELECT found_on FROM urls WHERE url_id = ?", (url_id,)).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def await_order(catalogue: Catalogue, url_id: int, capture_id: int, run_id: int) -> None:
    """A copy has been fetched and is a page of an article; its capture waits for the articles' new order."""
    catalogue.settle_url(url_id, State.CAPTURED, reason=None, run_id=run_id, capture_id=capture_id)
    catalogue.database.execute("UPDATE captures SET waiting = 1 WHERE capture_id = ?", (capture_id,))


_WAITING = """
FROM captures c JOIN urls m ON m.url_id = c.url_id
WHERE c.waiting AND c.origin IS NOT NULL AND m.kind = 'memento' AND m.state = 'captured'
"""


def touched(catalogue: Catalogue) -> frozenset[str]:
    """Addresses of the articles whose captures wait to be put in order."""
    rows = catalogue.database.execute(f"SELECT DISTINCT m.article {_WAITING}")
    return frozenset(row[0] for row in rows)


_FILLS_ARTICLE = """
UPDATE urls SET state = 'captured', reason = ?1, run_id = ?2, capture_id = ?3
WHERE url = ?4 AND (state IN ('gone', 'failed') OR (state = 'captured' AND capture_id IN (
    SELECT capture_id FROM captures WHERE origin IS NOT NULL)))
"""
_FILLS_PAGE = """
UPDATE urls SET state = 'captured', reason = ?1, run_id = ?2, capture_id = ?3
WHERE article = ?4 AND kind = 'page' AND page = ?5 AND state IN ('gone', 'failed')
    AND EXISTS (SELECT 1 FROM version_pages WHERE capture_id = ?3)
"""


def settle(catalogue: Catalogue, run_id: int) -> None:
    """The articles are in order: gone and failed URLs that captures have filled are captured now.

    Those that are still to do stay so: the portal may have more to say.
    """
    question = f"SELECT c.capture_id, m.article, m.page {_WAITING} ORDER BY c.capture_id LIMIT {_CHUNK}"
    while rows := catalogue.database.execute(question).fetchall():
        for capture_id, article, page in rows:
            fills = _FILLS_PAGE if page > 1 else _FILLS_ARTICLE
            values = (FROM_ARCHIVE, run_id, capture_id, article, *((page,) if page > 1 else ()))
            catalogue.database.execute(fills, values)
            catalogue.database.execute("UPDATE captures SET waiting = 0 WHERE capture_id = ?", (capture_id,))


_ASKED = """
SELECT article, portal, min(state = 'captured') FROM urls
WHERE kind = 'captures' AND run_id = ? AND article IS NOT NULL GROUP BY article
"""
_OF_THE_PAGE = """
FROM urls m WHERE m.article = ?1 AND m.kind = 'memento' AND (m.page = {0} OR ({0} = 1 AND m.page = 0))
"""
_MISSED = f"""
SELECT url_id, reason, (SELECT count(*) {_OF_THE_PAGE.format("u.page")}) FROM urls u
WHERE (url = ?1 OR (article = ?1 AND kind = 'page')) AND state IN ('gone', 'failed')
    AND NOT EXISTS (SELECT 1 {_OF_THE_PAGE.format("u.page")} AND m.state IN ('todo', 'failed'))
"""


def note_missing(catalogue: Catalogue, run_id: int) -> None:
    """Write down which of the articles that this run asked for by name no archive could give.

    Where a question or a copy has failed, nobody knows; the failure is what is told then.
    """
    for article, portal, answered in catalogue.database.execute(_ASKED, (run_id,)).fetchall():
        if not answered:
            continue
        _note_unknown(catalogue, article, portal, run_id)
        for url_id, reason, copies in catalogue.database.execute(_MISSED, (article,)).fetchall():
            catalogue.database.execute(
                "UPDATE urls SET reason = ?, run_id = ? WHERE url_id = ?",
                (_with_note(reason, USELESS if copies else NOT_THERE), run_id, url_id),
            )


def _note_unknown(catalogue: Catalogue, article: str, portal: str, run_id: int) -> None:
    """An article that the ledger has not heard of before is a gap as well, once its copies are dealt with."""
    open_copies = catalogue.database.execute(
        "SELECT 1 FROM urls WHERE article = ? AND kind = 'memento' AND state IN ('todo', 'failed') LIMIT 1",
        (article,),
    ).fetchone()
    if open_copies is None and catalogue.find_url(article) is None:
        new = NewUrl(
            url=article,
            kind=Kind.ARTICLE,
            portal=portal,
            host=urlsplit(article).hostname or "",
            priority=Priority.ARTICLE,
            state=State.FAILED,
        )
        catalogue.add_urls([new], run_id)


def is_noted(reason: str | None) -> bool:
    """Whether a URL was looked for in a web archive in vain."""
    return (reason or "").rpartition("; ")[2] in {NOT_THERE, USELESS}


def _with_note(reason: str | None, note: str) -> str:
    """`http 404; not in the web archive`; what an earlier run has said of archives goes."""
    before = (reason or "").partition("; ")[0]
    return note if before in {"", NOT_THERE, USELESS} else f"{before}; {note}"
