"""Taking an article's bytes out of the archive: each of its records gives way to a notice of the same length.

What belongs to an article is found in the WARC files themselves, read once (`Survey`), not in the catalogue,
which may be new, or not know of other tools' records. The order of the work is that of its safety: the
tombstone says which records go (`intent`), then each WARC file is written anew beside the old one, synced and
put in its place, then sidecars, catalogue and derived files follow, and the tombstone says `redacted`. A
crash leaves each file old or new, and `carry_out` finishes from the tombstone, without looking again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from archives import cdxj
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.durable import replacing, sync_folder
from archives.elsewhere import folders_elsewhere
from archives.errors import DamageError, WriteError
from archives.notices import NoRoomError, Notice
from archives.reader import read_record
from archives.removals import Redacted, Removals, Tombstone, append
from archives.verify import scan
from archives.verify.facts import FactBase, fact_base
from archives.verify.jobs import workers
from archives.warc_fields import warc_field

Advance = Callable[[int], object]
Sought = Callable[[str], bool]
"""Whether an address is one of what is looked for."""
Notices = Mapping[int, tuple[Notice, int]]
"""What stands in a file in the place of the records at these offsets, and how long they are."""
_PIECE = 1 << 20
_TOLD = 20


class Found(NamedTuple):
    """A record of a removed article."""

    file: str
    offset: int
    length: int
    type: str
    record_id: str
    url: str
    info_id: str | None
    payload_digest: str | None


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to articles, and what of it stays, in words: something else's revisits lead there."""

    records: tuple[Found, ...]
    kept: tuple[tuple[str, str], ...]
    """The address of each that stays, and what is told of it."""


class Survey:
    """What the records of WARC files say of themselves; whose they are is asked of it."""

    def __init__(self, collection: Collection, facts: FactBase) -> None:
        self._collection = collection
        self._facts = facts

    def belongings(self, sought: Sought, *, spare: bool = True) -> Belongings:
        """The records of articles, found by addresses.

        With an answer go its request and the records beside it, and the exchange with the web archive that
        handed it out. With `spare`, an answer whose payload a record of something else refers to stays.
        """
        db = self._facts.db
        db.create_function("sought", 1, lambda url: bool(url) and sought(url), deterministic=True)
        db.executescript(_TABLE)
        db.execute(
            "INSERT OR IGNORE INTO chosen SELECT r.rowid FROM records r WHERE r.type != 'warcinfo' "
            "AND sought(r.url)"
        )
        self._choose_exchanges()
        db.execute(_BESIDE)
        kept = tuple(self._spare_shared()) if spare else ()
        rows = db.execute(_CHOSEN).fetchall()
        return Belongings(tuple(Found(*row) for row in rows), (*kept, *self._same_bytes()))

    def _choose_exchanges(self) -> None:
        """The answer of a web archive stands behind the note that names it."""
        notes = self._facts.db.execute(_NOTES).fetchall()
        for file, offset in notes:
            note = read_record(self._collection.warc_path(file), offset)
            exchange = (warc_field(note.body, "exchange") or "").strip("<> ")
            self._facts.db.execute(
                "INSERT OR IGNORE INTO chosen SELECT rowid FROM records WHERE record_id = ?", (exchange,)
            )

    def _spare_shared(self) -> Iterator[tuple[str, str]]:
        db = self._facts.db
        for rowid, file, offset, url, other in db.execute(_SHARED).fetchall():
            db.execute(
                "DELETE FROM chosen WHERE row = ?1 OR row IN (SELECT b.rowid FROM records b JOIN records r "
                "ON b.concurrent_to = r.record_id AND b.file = r.file WHERE r.rowid = ?1)",
                (rowid,),
            )
            told = f"archive/{file} at {offset} ({url}): {other} is kept as the same bytes and refers to it"
            yield url, told

    def _same_bytes(self) -> Iterator[tuple[str, str]]:
        for file, offset, url, own in self._facts.ask(_SAME):
            yield str(own), f"archive/{file} at {offset} ({url}): holds the same bytes under another address"


_TABLE = "CREATE TEMP TABLE IF NOT EXISTS chosen (row INTEGER PRIMARY KEY); DELETE FROM chosen;"
_BESIDE = """
INSERT OR IGNORE INTO chosen SELECT b.rowid FROM records b JOIN records r
    ON b.concurrent_to = r.record_id AND b.file = r.file JOIN chosen c ON c.row = r.rowid
"""
_NOTES = """
SELECT n.file, n.offset FROM records n JOIN records r ON n.concurrent_to = r.record_id AND n.file = r.file
JOIN chosen c ON c.row = r.rowid WHERE n.type = 'metadata' AND r.source_uri IS NOT NULL
"""
_SHARED = """
SELECT r.rowid, r.file, r.offset, r.url, min(v.url) FROM chosen c JOIN records r ON r.rowid = c.row
JOIN records v ON v.refers_to = r.record_id AND v.type = 'revisit'
WHERE r.type = 'response' AND v.rowid NOT IN (SELECT row FROM chosen) GROUP BY r.rowid
UNION ALL
SELECT r.rowid, r.file, r.offset, r.url, min(v.url) FROM chosen c JOIN records r ON r.rowid = c.row
JOIN records v ON v.payload_digest = r.payload_digest AND v.type = 'revisit' AND v.refers_to IS NULL
WHERE r.type = 'response' AND v.rowid NOT IN (SELECT row FROM chosen) GROUP BY r.rowid
"""
_CHOSEN = """
SELECT r.file, r.offset, r.length, r.type, r.record_id, r.url, r.info_id, r.payload_digest
FROM chosen c JOIN records r ON r.rowid = c.row ORDER BY r.file, r.offset
"""
_SAME = """
SELECT o.file, o.offset, o.url, min(r.url) FROM chosen c JOIN records r ON r.rowid = c.row
JOIN records o ON o.payload_digest = r.payload_digest AND o.type = 'response'
WHERE r.type = 'response' AND o.rowid NOT IN (SELECT row FROM chosen) AND r.length > 0
    AND r.payload_digest != 'sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ===='
GROUP BY o.file, o.offset ORDER BY o.file, o.offset
"""
"""But for the digest of nothing, which all redirects have."""
_INDEXES = "CREATE INDEX records_refers ON records (refers_to) WHERE refers_to IS NOT NULL;"


@contextmanager
def survey(
    collection: Collection, paths: Iterable[Path], *, strict: bool = True, advance: Advance = int
) -> Iterator[Survey]:
    """Read WARC files, on all cores where there is much to read. `advance` is told bytes.

    Raises:
        DamageError: a file is damaged (`strict`): what lies in the damage cannot be looked for.
    """
    files = list(paths)
    size = sum(path.stat().st_size for path in files)
    with fact_base() as facts, workers(_processes(size)) as pool:
        expected = 0
        for part, found in pool.run(scan.scan, (one for path in files for one in _parts(path))):
            expected = 0 if part.start == 0 else expected
            whole = scan.follow(part, found, expected)
            if whole is not None:
                if strict and (whole.gaps or whole.failure):
                    place = whole.gaps[0].offset if whole.gaps else part.start
                    raise DamageError(
                        f"{part.path} at {place}: is damaged, so it cannot be searched; run `kliping verify`"
                    )
                facts.add("records", whole.records)
                expected = whole.end
            advance(part.stop - part.start)
        facts.finish()
        facts.db.executescript(_INDEXES)
        yield Survey(collection, facts)


def _parts(path: Path) -> Iterator[scan.Range]:
    return scan.ranges(path, strict=False)


_SMALL = 48 << 20


def _processes(size: int) -> int:
    return len(os.sched_getaffinity(0)) if size > _SMALL and hasattr(os, "sched_getaffinity") else 1


def notices_for(collection: Collection, removals: Removals) -> dict[str, dict[int, tuple[Notice, int]]]:
    """For a copy of the archive that leaves removed articles out: by file, what stands in the place of which
    records. Only files that have some are read. A record too short for a notice is too short for a text.
    """
    found: dict[str, dict[int, tuple[Notice, int]]] = {}
    hidden = [one for one in removals.active if one.redacted_at is None]
    names = {name for one in hidden for name in one.files}
    paths = [path for path in collection.warc_files() if path.name in names]
    if not paths:
        return found
    sought = Removals(removals.path, hidden)
    with survey(collection, paths, strict=False) as seen:
        for item in seen.belongings(sought.hides, spare=False).records:
            one = sought.owner(item.url) or hidden[0]
            notice = Notice(
                record_id=item.record_id, type=item.type, at=one.at, reason=one.reason, info_id=item.info_id
            )
            with suppress(NoRoomError):
                notice.member(item.length)
                found.setdefault(item.file, {})[item.offset] = (notice, item.length)
    return found


# --- the tombstone's intent ---------------------------------------------------------------------------


def intend(collection: Collection, tombstones: Sequence[Tombstone], seen: Survey, *, at: str) -> Removals:
    """Find what belongs to articles, and write down which records give way to which notices. Nothing else is
    changed. What cannot be told by its address, as an exchange with Common Crawl, goes with the first.

    Raises:
        WriteError: the disk refused.
    """
    sought = Removals(collection.removals, tombstones)
    found = seen.belongings(sought.hides)
    records: dict[str, list[Redacted]] = {one.url: [] for one in tombstones}
    kept: dict[str, list[str]] = {one.url: [] for one in tombstones}
    for url, told in found.kept:
        kept[(sought.owner(url) or tombstones[0]).url].append(told)
    for file, group in _by_file(found.records).items():
        with collection.warc_path(file).open("rb") as source:
            for item in group:
                one = sought.owner(item.url) or tombstones[0]
                try:
                    records[one.url].append(_planned(source, item, one, at))
                except NoRoomError:
                    told = f"archive/{file} at {item.offset} ({item.type}): is too short for a notice"
                    kept[one.url].append(told)
    return append(
        collection,
        *(
            {
                "action": "intent",
                "url": url,
                "at": at,
                "records": [record.as_plain() for record in planned],
                "kept": kept[url],
            }
            for url, planned in records.items()
        ),
    )


def _by_file(records: Iterable[Found]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for record in records:
        found.setdefault(record.file, []).append(record)
    return found


def _planned(source: BinaryIO, item: Found, tombstone: Tombstone, at: str) -> Redacted:
    source.seek(item.offset)
    plan = Redacted(
        file=item.file,
        offset=item.offset,
        length=item.length,
        type=item.type,
        record_id=item.record_id,
        sha256=_digest_of(source, item.length),
        notice_id="",
        notice_sha256="",
        at=at,
        reason=tombstone.reason,
        warcinfo_id=item.info_id,
        payload_digest=item.payload_digest if item.type in {"response", "revisit"} else None,
    )
    notice = plan.notice
    member = notice.member(item.length)
    return replace(plan, notice_id=notice.notice_id, notice_sha256=hashlib.sha256(member).hexdigest())


def _digest_of(source: BinaryIO, length: int) -> str:
    digest = hashlib.sha256()
    while length and (piece := source.read(min(length, _PIECE))):
        digest.update(piece)
        length -= len(piece)
    return digest.hexdigest()


# --- carrying it out ----------------------------------------------------------------------------------


def carry_out(
    collection: Collection, tombstones: Sequence[Tombstone], *, at: str, advance: Advance = int
) -> Removals:
    """Do, or finish, what tombstones intend; twice changes nothing. Each file is written once for all of
    them. The caller holds the lock, and all WARC files are closed.

    Raises:
        DamageError: a record is neither what it was nor its notice.
        WriteError: the disk refused; the next call goes on from there.
    """
    for file, records in _planned_by_file(tombstones).items():
        _rewrite(collection, file, records, advance)
    known = Removals.of(collection)
    places = {(record.file, record.offset) for one in tombstones for record in one.records}
    cdxj.leave_out(collection, known, places)  # an exchange with Common Crawl has no address of the article's
    for one in tombstones:
        _note_adopted(collection, known.get(one.url) or one)
        for name in one.sidecars:
            _delete(collection.root / name, collection.articles)
            _delete(collection.removed / name, collection.removed)
            for folder in _repairs(collection):
                _delete(folder / name, folder)
    for derived in collection.indexes.glob("*.sqlite*"):
        _delete(derived, collection.indexes)
    if collection.catalogue.exists():
        _forget(collection, tombstones)
    return append(collection, *({"action": "redacted", "url": one.url, "at": at} for one in tombstones))


def _planned_by_file(tombstones: Iterable[Tombstone]) -> dict[str, list[tuple[str, Redacted]]]:
    """What is to go from each file, with the article that it is of."""
    found: dict[str, list[tuple[str, Redacted]]] = {}
    for one in tombstones:
        for record in one.records:
            found.setdefault(record.file, []).append((one.url, record))
    return found


def _rewrite(
    collection: Collection, file: str, records: list[tuple[str, Redacted]], advance: Advance
) -> None:
    """One WARC file with its notices, whole and synced before it takes the old one's place."""
    try:
        path = collection.warc_path(file)
    except FileNotFoundError:
        return  # `verify` tells of a file that is lost; nothing of the article is in what is not there
    left = [(url, record) for url, record in records if not _is_notice(path, record)]
    if not left:
        return
    notices = {record.offset: (record.notice, record.length) for _, record in left}
    mode = path.stat().st_mode
    with replacing(path) as out:
        before, after = copy_with(path, out, notices, advance)
        out.flush()
        os.fchmod(out.fileno(), mode & 0o7777)
        told = {"action": "rewritten", "file": file, "before": before, "after": after}
        append(collection, *({**told, "url": url} for url in dict.fromkeys(url for url, _ in left)))


def _is_notice(path: Path, record: Redacted) -> bool:
    """Whether the notice stands there already.

    Raises:
        DamageError: neither the record nor the notice does.
    """
    with path.open("rb") as source:
        source.seek(record.offset)
        mark = _digest_of(source, record.length)
    if mark not in {record.sha256, record.notice_sha256}:
        raise DamageError(
            f"{path} at {record.offset}: neither the record that is to be redacted nor its notice; run "
            "`kliping verify`, and restore the file from a copy"
        )
    return mark == record.notice_sha256


def copy_with(path: Path, out: IO[bytes], notices: Notices, advance: Advance = int) -> tuple[str, str]:
    """Copy a file with other bytes, as many, at some offsets; the SHA-256 of both."""
    before, after, place = hashlib.sha256(), hashlib.sha256(), 0
    with path.open("rb") as source:
        for piece in with_notices(source, notices, before.update):
            out.write(piece)
            after.update(piece)
            place += len(piece)
            advance(len(piece))
    return before.hexdigest(), after.hexdigest()


def with_notices(
    source: BinaryIO, notices: Notices, seen: Callable[[bytes], object] = bytes
) -> Iterator[bytes]:
    """A file's bytes from its beginning, in pieces, with other ones at some offsets. `seen` gets the old."""
    place = 0
    for offset in (*sorted(notices), None):
        while piece := source.read(_PIECE if offset is None else min(_PIECE, offset - place)):
            seen(piece)
            yield piece
            place += len(piece)
        if offset is not None:
            notice = notices[offset][0].member(notices[offset][1])
            for start in range(0, len(notice), _PIECE):
                old = source.read(min(_PIECE, len(notice) - start))
                seen(old)
                yield notice[start : start + len(old)]
                place += len(old)


def _note_adopted(collection: Collection, tombstone: Tombstone) -> None:
    """The manifest has the digest of a foreign file; it is another one now."""
    adopted = collection.adopted()
    for file, (before, after) in tombstone.rewritten.items():
        entry = adopted.get(file)
        if entry is not None and entry.get("sha256") == before:
            collection.note_adopted(file, {**entry, "sha256": after, "redactedFrom": before})


def _delete(path: Path, top: Path) -> None:
    """Delete a file durably, and the folders that it leaves empty.

    Raises:
        WriteError: the folder refuses.
    """
    try:
        path.unlink(missing_ok=True)
        folder = path.parent
        while folder != top and folder.is_relative_to(top) and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
        if folder.is_dir():
            sync_folder(folder)
    except OSError as error:
        raise WriteError(
            f"{path}: cannot be deleted ({error.strerror or error}); mend the folder, then run again"
        ) from error


def _repairs(collection: Collection) -> list[Path]:
    """Where `verify --repair` has put aside what it replaced."""
    return sorted(path for path in collection.reports.glob("repair-*") if path.is_dir())


def _forget(collection: Collection, tombstones: Sequence[Tombstone]) -> None:
    """Nothing of the articles stays in the catalogue but its addresses, also not in pages that SQLite has
    given up: it is written anew, and the log emptied.
    """
    with closing(Catalogue(collection.catalogue)) as catalogue:
        catalogue.database.execute("PRAGMA secure_delete = ON")
        catalogue.database.execute(_GONE)
        with catalogue.transaction():
            _forget_rows(catalogue.database, tombstones)
        try:
            catalogue.database.execute("VACUUM")
            catalogue.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            raise WriteError(
                f"{collection.catalogue}: {error}; free space, or end what reads it, and run again: the "
                "article's headline may still stand in it"
            ) from error


_GONE = "CREATE TEMP TABLE gone (file TEXT, offset INTEGER, PRIMARY KEY (file, offset)) WITHOUT ROWID"
_FORGET_ARTICLE = (
    (
        "DELETE FROM version_pages WHERE version_id IN (SELECT version_id FROM versions "
        "JOIN articles USING (article_id) WHERE address = ?)"
    ),
    "DELETE FROM versions WHERE article_id IN (SELECT article_id FROM articles WHERE address = ?)",
    "DELETE FROM articles WHERE address = ?",
)
_FORGET_CAPTURES = (
    (
        "CREATE TEMP TABLE forgotten AS SELECT capture_id FROM captures WHERE (warc_file, offset) IN "
        "(SELECT file, offset FROM gone)"
    ),
    "DELETE FROM version_pages WHERE capture_id IN (SELECT capture_id FROM forgotten)",
    "UPDATE urls SET capture_id = NULL WHERE capture_id IN (SELECT capture_id FROM forgotten)",
    "DELETE FROM captures WHERE capture_id IN (SELECT capture_id FROM forgotten)",
)


def _forget_rows(db: sqlite3.Connection, tombstones: Sequence[Tombstone]) -> None:
    for statement in _FORGET_ARTICLE:
        db.executemany(statement, [(one.url,) for one in tombstones])
    places = ((record.file, record.offset) for one in tombstones for record in one.records)
    db.executemany("INSERT OR IGNORE INTO gone VALUES (?, ?)", places)
    for statement in _FORGET_CAPTURES:
        db.execute(statement)


def elsewhere(collection: Collection) -> list[str]:
    """Copies that are not ours to change: packages, exports, and what was set aside; told, for a person to
    look at.
    """
    found = [
        *collection.root.glob("*.wacz"),
        *(path.parent for name in _OF_EXPORTS for path in collection.root.glob(f"*/{name}")),
        *collection.archive.glob("*.uncommitted"),
        *(path for folder in _repairs(collection) for path in folder.rglob("*") if path.is_file()),
    ]
    named = [path.relative_to(collection.root).as_posix() for path in sorted(set(found))]
    return [*named, *(str(path) for path in folders_elsewhere(collection) if path.is_dir())]


_OF_EXPORTS = ("export.json", ".export.jsonl")
"""What a folder has that `kliping export` has filled, or was filling."""
