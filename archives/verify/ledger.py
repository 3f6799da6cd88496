"""The catalogue and the files, both ways."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from archives.catalogue import Catalogue, reading_uri
from archives.collection import Collection
from archives.coverage import UNSHOWN
from archives.errors import CollectionError, OldCatalogueError
from archives.removals import Removals
from archives.verify import removed
from archives.verify.facts import FactBase
from archives.verify.findings import REBUILD, REMAKE, REPAIR, RESTORE, RESUME, TAKE_IN, Finding

_FAULTS_TOLD = 20


def check(
    collection: Collection,
    facts: FactBase,
    removals: Removals,
    add: Callable[[Finding], None],
    warn: Callable[[Finding], None],
) -> None:
    """Hold the catalogue against what was read."""
    name = collection.catalogue.name
    if not _is_usable(collection, add, warn):
        for path, offset, fault in facts.ask("SELECT path, offset, fault FROM torn"):
            warn(Finding(str(path), int(str(offset)), str(fault), RESUME))
        return
    uri = reading_uri(collection.catalogue)
    try:
        facts.db.execute("ATTACH ? AS ledger", (uri,))
        for fault in _broken(facts):
            add(Finding(name, None, fault, REBUILD))
        _check_files(facts, add, warn)
        _check_torn(facts, add, warn)
        for finding in _capture_faults(facts):
            add(finding)
        _check_sidecars(facts, add, warn)
        for finding in (*_unread_days(facts, name), *removed.still_counted(collection, facts, removals)):
            add(finding)
    except (sqlite3.DatabaseError, ValueError) as error:
        add(Finding(name, None, f"cannot be read ({error})", REBUILD))


def _is_usable(
    collection: Collection, add: Callable[[Finding], None], warn: Callable[[Finding], None]
) -> bool:
    try:
        Catalogue(collection.catalogue, read_only=True).close()
    except OldCatalogueError:
        fault = "is of an earlier format, and was not checked"
        warn(Finding(collection.catalogue.name, None, fault, "`kliping reextract` brings it up to date"))
        return False
    except CollectionError as error:
        fault = "is missing" if not collection.catalogue.exists() else str(error)
        add(Finding(collection.catalogue.name, None, fault, REBUILD))
        return False
    return True


def _broken(facts: FactBase) -> Iterator[str]:
    """SQLite's own checks: its pages, its indexes, and references between tables."""
    for (fault,) in facts.ask(f"PRAGMA ledger.integrity_check({_FAULTS_TOLD})"):
        if fault != "ok":
            yield f"is damaged ({fault})"
    for number, (table, _row, parent, _key) in enumerate(facts.ask("PRAGMA ledger.foreign_key_check")):
        if number < _FAULTS_TOLD:
            yield f"a row of {table} refers to one of {parent} that is missing"


def _check_files(facts: FactBase, add: Callable[[Finding], None], warn: Callable[[Finding], None]) -> None:
    """WARC files against the lengths that were synced."""
    for (name,) in facts.ask("SELECT name FROM ledger.warc_files EXCEPT SELECT name FROM files ORDER BY 1"):
        add(Finding(f"archive/{name}", None, "is missing", RESTORE))
    for path, is_open, size, committed in facts.ask(
        "SELECT path, open, size, committed FROM files LEFT JOIN ledger.warc_files USING (name) ORDER BY path"
    ):
        file, length = f"archive/{path}", int(str(size))
        if is_open:
            warn(Finding(file, None, "was left open by a run that was cut off", RESUME))
        if committed is None:
            if not is_open:
                add(Finding(file, None, "is not known to the catalogue", TAKE_IN))
        elif length < int(str(committed)):
            add(Finding(file, length, f"is cut: {committed} bytes were written", RESTORE))
        elif length > int(str(committed)):
            told = Finding(file, int(str(committed)), "holds more than was committed", RESUME)
            (warn if is_open else add)(told)


def _check_torn(facts: FactBase, add: Callable[[Finding], None], warn: Callable[[Finding], None]) -> None:
    """Damage in a file that is still open, within or beyond what was synced."""
    for path, offset, fault, promised in facts.ask(
        "SELECT t.path, t.offset, t.fault, coalesce(t.offset < w.committed, 0) FROM torn t "
        "LEFT JOIN ledger.warc_files w ON w.name = t.file ORDER BY t.path, t.offset"
    ):
        told = Finding(str(path), int(str(offset)), str(fault), RESTORE if promised else RESUME)
        (add if promised else warn)(told)


# A revisit of other tools' files says 304 or nothing where the catalogue has what it confirms.
_CAPTURES = """
SELECT c.warc_file, c.offset, c.url, r.record_id IS NOT NULL, f.path IS NOT NULL,
    EXISTS (SELECT 1 FROM gaps g WHERE g.file = c.warc_file AND c.offset >= g.offset AND c.offset < g.end)
FROM ledger.captures c LEFT JOIN files f ON f.name = c.warc_file
LEFT JOIN records r ON r.file = c.warc_file AND r.offset = c.offset AND r.type IN ('response', 'revisit')
WHERE r.record_id IS NULL OR r.record_id != c.record_id OR r.length != c.length OR r.url != c.url
    OR r.date != c.fetched_at OR coalesce(r.payload_digest, '') != c.payload_digest
    OR ((f.strict OR r.type = 'response') AND coalesce(r.status, c.status) != c.status)
    OR (f.strict AND r.type = 'response' AND coalesce(r.truncated, '') != coalesce(c.truncated, ''))
    OR (f.strict AND coalesce(r.source_uri, '') != coalesce(c.origin, ''))
    OR (f.strict AND r.type = 'revisit' AND r.refers_to IS NOT c.original_id)
    OR (f.strict AND coalesce(r.content_type, '') != coalesce(c.content_type, ''))
    OR (f.strict AND coalesce((SELECT via FROM records v WHERE v.concurrent_to = r.record_id
        AND v.via IS NOT NULL AND v.file = r.file), '') != coalesce(c.via, ''))
ORDER BY c.warc_file, c.offset
"""
_UNKNOWN = """
SELECT f.path, r.offset FROM records r JOIN files f ON f.name = r.file
JOIN ledger.warc_files w ON w.name = f.name
WHERE r.type IN ('response', 'revisit') AND r.offset < w.committed
    AND NOT EXISTS (SELECT 1 FROM ledger.captures c WHERE c.warc_file = r.file AND c.offset = r.offset)
ORDER BY r.file, r.offset
"""


_POINTERS = """
SELECT 'the payload of a revisit', original_file, original_offset FROM ledger.captures c
WHERE original_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records r WHERE r.record_id = c.original_id
    AND r.file = c.original_file AND r.offset = c.original_offset)
    AND EXISTS (SELECT 1 FROM files f WHERE f.name = c.original_file)
    AND NOT EXISTS (SELECT 1 FROM gaps g WHERE g.file = c.original_file)
UNION ALL
SELECT 'the record of ' || sidecar, metadata_file, metadata_offset FROM ledger.versions v
WHERE metadata_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records r WHERE r.record_id = v.metadata_id
    AND r.file = v.metadata_file AND r.offset = v.metadata_offset)
    AND EXISTS (SELECT 1 FROM files f WHERE f.name = v.metadata_file)
    AND NOT EXISTS (SELECT 1 FROM gaps g WHERE g.file = v.metadata_file)
"""


def _capture_faults(facts: FactBase) -> Iterator[Finding]:
    """Captures against the records that were read. What lies beyond the synced length was never promised."""
    facts.db.execute(
        "CREATE TEMP TABLE places AS SELECT warc_file, offset FROM ledger.captures ORDER BY warc_file, offset"
    )
    facts.db.execute("CREATE INDEX temp.places_place ON places (warc_file, offset)")
    for file, offset, url, found, has_file, in_gap in facts.ask(_CAPTURES):
        place = int(str(offset))
        if found:
            fault = f"the catalogue has other values for the capture of {url}"
            yield Finding(f"archive/{file}", place, fault, REBUILD)
        elif has_file and not in_gap:
            fault = f"the catalogue calls {url} archived there; it is not"
            yield Finding(f"archive/{file}", place, fault, RESTORE)
        elif in_gap:
            fault = f"the archived answer of {url} is damaged"
            yield Finding(f"archive/{file}", place, fault, RESTORE)
    for what, file, offset in facts.ask(_POINTERS):
        fault = f"the catalogue has {what} there; it is not"
        yield Finding(f"archive/{file}", int(str(offset)), fault, REBUILD)
    for path, offset in facts.ask(_UNKNOWN.replace("ledger.captures", "places")):
        fault = "response record is not in the catalogue"
        yield Finding(f"archive/{path}", int(str(offset)), fault, REBUILD)


_UNREAD = f"""
SELECT w.host, w.section, w.day FROM ledger.walks w WHERE {UNSHOWN.format("ledger")}
ORDER BY w.host, w.section, w.day
"""


def _unread_days(facts: FactBase, name: str) -> Iterator[Finding]:
    """Days whose index is called read to its end: its first and its last page are archived."""
    for host, section, day in facts.ask(_UNREAD):
        told = f"{host}{f' ({section})' if section else ''}"
        fault = f"the index of {told} for {day} is called read, and no archived list shows it"
        yield Finding(name, None, fault, REPAIR)


_ENTRIES = """
SELECT v.sidecar, a.address, v.settled, s.path IS NOT NULL,
    s.digest IS NOT NULL AND v.sidecar_digest IS NOT NULL AND s.digest != v.sidecar_digest,
    s.digest IS NOT NULL AND s.content_hash IS NOT v.content_hash,
    s.digest IS NOT NULL AND (s.headline IS NOT v.headline OR s.published IS NOT v.published
        OR EXISTS (SELECT 1 FROM unlike u WHERE u.version_id = v.version_id) OR s.url != a.address
        OR s.number != v.number OR s.pages_missing IS NOT v.pages_missing OR s.doubtful IS NOT v.doubtful),
    v.sidecar_digest IS NULL AND s.digest IS NOT NULL AND EXISTS (
        SELECT 1 FROM records m WHERE m.type = 'metadata' AND m.url = a.address
        AND m.record_type LIKE 'application/%json%')
        AND NOT EXISTS (SELECT 1 FROM records m WHERE m.type = 'metadata' AND m.block_digest = s.digest)
FROM ledger.versions v JOIN ledger.articles a USING (article_id) LEFT JOIN sidecars s ON s.path = v.sidecar
WHERE v.sidecar IS NOT NULL ORDER BY v.sidecar
"""
_UNLIKE = """
CREATE TEMP TABLE unlike AS SELECT v.version_id FROM ledger.versions v
WHERE v.settled AND v.sidecar IS NOT NULL AND (
    (SELECT count(*) FROM ledger.version_pages k WHERE k.version_id = v.version_id)
        != (SELECT count(*) FROM pages p WHERE p.path = v.sidecar AND p.page > 0)
    OR EXISTS (SELECT 1 FROM ledger.version_pages k JOIN ledger.captures c USING (capture_id)
        WHERE k.version_id = v.version_id AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.path = v.sidecar
            AND p.page = k.page AND p.file = c.warc_file AND p.offset = c.offset)))
"""
"""Versions whose pages are other captures than those of their sidecars."""
_STRAY = """
SELECT s.path, EXISTS (SELECT 1 FROM ledger.versions v JOIN ledger.articles a USING (article_id)
    WHERE NOT v.settled AND a.address = s.url)
FROM sidecars s WHERE NOT EXISTS (SELECT 1 FROM listed l WHERE l.sidecar = s.path) ORDER BY s.path
"""


def _check_sidecars(facts: FactBase, add: Callable[[Finding], None], warn: Callable[[Finding], None]) -> None:
    """Sidecars against what the catalogue remembers of them. One that is being rewritten is no damage."""
    facts.db.execute(_UNLIKE)
    facts.db.execute("CREATE INDEX temp.unlike_version ON unlike (version_id)")
    for path, address, settled, is_there, edited, other_text, other_values, unlike_record in facts.ask(
        _ENTRIES
    ):
        file = str(path)
        if not is_there:
            add(Finding(file, None, f"sidecar of {address} is missing", REMAKE))
            continue
        tell, step = (add, REMAKE) if settled else (warn, RESUME)
        if other_text:
            tell(Finding(file, None, f"sidecar of {address} holds another text than the catalogue", step))
        elif edited or unlike_record:
            tell(Finding(file, None, f"sidecar of {address} is not as it was written", step))
        elif other_values:
            tell(Finding(file, None, f"the catalogue has other values for the sidecar of {address}", REBUILD))
    facts.db.execute(
        "CREATE TEMP TABLE listed AS SELECT sidecar FROM ledger.versions WHERE sidecar IS NOT NULL"
    )
    facts.db.execute("CREATE INDEX temp.listed_path ON listed (sidecar)")
    for path, owed in facts.ask(_STRAY):
        told = Finding(str(path), None, "sidecar is not known to the catalogue", RESUME if owed else REMAKE)
        (warn if owed else add)(told)
