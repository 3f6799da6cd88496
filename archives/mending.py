"""Mends what can be mended safely, and says what it did. No byte of a WARC file is ever deleted.

Only what the files themselves tell is made again; what was cut off is kept beside. What is damaged within
the bytes that were promised is left as it is, for the one who has a copy: it stays a finding.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archives import coverage
from archives.catalogue import Catalogue
from archives.collection import FORMAT_VERSION, OPEN_SUFFIX, Collection
from archives.durable import sync_folder, write_file
from archives.errors import CollectionError, DamageError, WriteError
from archives.leftovers import sweep
from archives.members import Gap, walk
from archives.moments import to_stamp, to_w3c
from archives.reader import StoredRecord, iterate
from archives.recovery import cut_off, is_older, whole_length
from archives.states import Kind, State
from archives.warc import seal

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done to one file."""

    file: str
    action: str


@dataclass(slots=True)
class Mending:
    """Notes on the work; what is put aside goes to `folder`, below the collection's reports."""

    collection: Collection
    now: datetime
    done: list[Mended] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.collection.reports / f"repair-{to_stamp(self.now)}"

    @property
    def report(self) -> Path:
        return self.folder.with_suffix(".json")

    def note(self, path: Path, action: str) -> None:
        self.done.append(Mended(path.relative_to(self.collection.root).as_posix(), action))

    def put_aside(self, path: Path, *, keep: bool = False) -> Path:
        """Move a file (or copy it, to `keep` it) to the repair's folder; its new place.

        Raises:
            WriteError: the folder refuses.
        """
        aside = self.folder / path.relative_to(self.collection.root)
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copy2 if keep else shutil.move)(path, aside)
            sync_folder(aside.parent)
        except OSError as error:
            raise WriteError(f"{path}: cannot be put aside ({error.strerror or error})") from error
        return aside

    def write_report(self, before: dict[str, object], after: dict[str, object]) -> None:
        """What was found, what was done, what is left."""
        told = {
            "begun": to_w3c(self.now),
            "done": [{"file": item.file, "action": item.action} for item in self.done],
            "before": before,
            "after": after,
        }
        write_file(self.report, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


def mend_manifest(mending: Mending, *, software: str) -> None:
    """A manifest that is missing or broken, made again from what the WARC files say of themselves."""
    collection = mending.collection
    try:
        collection.check_format()
    except CollectionError:
        if collection.is_newer():
            raise
    else:
        return
    info = next(_warcinfos(collection), None)
    fields = _fields(info.body) if info is not None else {}
    manifest = {
        "name": fields.get("isPartOf") or collection.warc_prefix,
        "formatVersion": FORMAT_VERSION,
        "created": to_w3c(info.date if info is not None else mending.now),
        "operator": fields.get("operator"),
        "contact": fields.get("http-header-from"),
        "software": fields.get("software", software),
    }
    if collection.manifest.exists():
        mending.put_aside(collection.manifest)
    write_file(collection.manifest, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
    mending.note(collection.manifest, "made again from the WARC files; adopted files are not in it any more")


def _warcinfos(collection: Collection) -> Iterator[StoredRecord]:
    """The first record of each file, where it says who wrote it."""
    for path in (*collection.warc_files(), *collection.open_warc_files()):
        try:
            record = next(iterate(path), None)
        except (DamageError, OSError):
            continue
        if record is not None and record.type == "warcinfo" and "isPartOf" in _fields(record.body):
            yield record


def _fields(block: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def mend_open_files(mending: Mending) -> None:
    """Close what a run left open: to the length that was synced, else to its last whole member.

    Raises:
        WriteError: the folder refuses.
    """
    lengths = promised_lengths(mending.collection)
    for path in mending.collection.open_warc_files():
        name, size = path.name.removesuffix(OPEN_SUFFIX), path.stat().st_size
        length = lengths.get(name) if lengths is not None else whole_length(path)
        if length is None and _is_older(mending.collection, path):
            length = whole_length(path)
        if length is not None and length > size:
            continue  # the disk has lost what was promised: a finding
        _guarded(path, lambda path=path, length=length or 0: _close(mending, path, length))  # type: ignore[misc]


def mend_tails(mending: Mending) -> bool:
    """What lies behind the promised bytes of a closed file is put aside, unless all of it is whole records.

    Those were promised by a later state of the catalogue than this one, say before an older copy of it was
    put in its place; whether there are any is returned.
    """
    behind = False
    for name, length in (promised_lengths(mending.collection) or {}).items():
        path = mending.collection.archive / name
        if path.is_symlink() or not path.exists() or path.stat().st_size <= length:
            continue
        if whole_length(path) == path.stat().st_size:
            behind = True
        elif _whole(path, length) == length:
            _guarded(path, lambda path=path, length=length: _cut_off(mending, path, length))  # type: ignore[misc]
    return behind


def is_unfilled(collection: Collection) -> bool:
    """Whether the catalogue is a new one that a repair which was cut off could not fill any more."""
    return promised_lengths(collection) == {} and bool(collection.warc_files())


def obstacles(collection: Collection, gaps: Iterable[tuple[str, int]]) -> list[str]:
    """WARC files that are lost, cut or damaged: what is made again now would lack what they hold.

    `gaps` are those of a verification; what has been cut off since is none any more.
    """
    found = set()
    for name, offset in gaps:
        path = collection.archive / name
        if path.exists() and offset < path.stat().st_size:
            found.add(name)
    for name, length in (promised_lengths(collection) or {}).items():
        try:
            is_short = collection.warc_path(name).stat().st_size < length
        except FileNotFoundError:
            is_short = True
        if is_short:
            found.add(name)
    return sorted(found)


def _guarded(path: Path, action: Callable[[], None]) -> None:
    try:
        action()
    except OSError as error:
        raise WriteError(f"{path}: cannot be mended ({error.strerror or error})") from error


def _close(mending: Mending, path: Path, length: int) -> None:
    if length == 0:
        aside = path.with_name(path.name.removesuffix(OPEN_SUFFIX) + ".uncommitted")
        path.rename(aside)
        sync_folder(aside.parent)
        mending.note(path, f"nothing in it was ever promised; set aside as {aside.name}")
        return
    if path.stat().st_size > length:
        _cut_off(mending, path, length)
    mending.note(seal(path), "closed")


def _cut_off(mending: Mending, path: Path, length: int) -> None:
    aside = cut_off(path, length)
    mending.note(path, f"cut to {length} bytes; what came behind them is in {aside.name}")


def promised_lengths(collection: Collection) -> dict[str, int] | None:
    """What was promised of each file; None if the catalogue does not say."""
    try:
        with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
            return catalogue.committed_lengths()
    except (CollectionError, sqlite3.Error):
        return None


def _is_older(collection: Collection, path: Path) -> bool:
    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        return is_older(path, catalogue)


def _whole(path: Path, stop: int) -> int:
    """Where the last whole member ends that begins before `stop` and has no damage before it."""
    gaps: list[Gap] = []
    end = 0
    with path.open("rb") as source:
        for member in walk(source, gaps.append, stop=stop):
            if gaps:
                break
            end = member.offset
        return gaps[0].offset if gaps else max(end, stop)


def renew_catalogue(mending: Mending) -> None:
    """Put a broken catalogue aside and begin a new one with what can be read of runs and URLs.

    Captures, articles and versions come from the WARC files afterwards (`archives.rebuild`).
    """
    path, kept = mending.collection.catalogue, None
    for suffix in ("-wal", "-shm", ""):
        file = path.with_name(path.name + suffix)
        if file.exists():
            kept = mending.put_aside(file)
    mending.note(path, "made again from the files" + ("; the old one is kept aside" if kept else ""))
    with closing(Catalogue(path)) as catalogue:
        if kept is not None:
            _salvage(catalogue.database, kept)


def _salvage(database: sqlite3.Connection, old: Path) -> None:
    """Runs, URLs and the coverage ledger row by row, up to the first that cannot be read: no other file tells
    of them.
    """
    try:
        with closing(sqlite3.connect(f"{old.absolute().as_uri()}?mode=ro", uri=True)) as source:
            for table in ("runs", "urls", "walks", "listed"):
                _copy_rows(source, database, table)
    except sqlite3.Error:
        return


def _copy_rows(source: sqlite3.Connection, database: sqlite3.Connection, table: str) -> None:
    known = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
    names = [row[1] for row in source.execute(f"PRAGMA table_info({table})") if row[1] in known]
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    database.execute("BEGIN")  # a transaction for each row would wait for the disk each time
    try:
        for row in source.execute(f"SELECT {columns} FROM {table}"):
            if not _is_sound(dict(zip(names, row, strict=True))):
                continue
            database.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)
    except sqlite3.Error:
        pass
    finally:
        if database.in_transaction:
            database.execute("COMMIT")


_STATES, _KINDS = frozenset(State), frozenset(Kind)


def _is_sound(row: Mapping[str, object]) -> bool:
    """Whether a row can have been written by a crawl. SQLite takes zeros for what is missing of the last page
    of a file that was cut off, and says nothing.
    """
    if any(isinstance(value, str) and "\0" in value for value in row.values()):
        return False
    return row.get("state", State.TODO) in _STATES and row.get("kind", Kind.OTHER) in _KINDS


def tie_urls(catalogue: Catalogue) -> None:
    """In a renewed catalogue: which URL each capture answers, and the newest capture of each URL. Days whose
    lists are not there are not called read.
    """
    database = catalogue.database
    with catalogue.transaction():
        database.execute(
            "UPDATE captures SET url_id = (SELECT url_id FROM urls u WHERE u.url = "
            "coalesce(captures.via, captures.url)) WHERE url_id IS NULL"
        )
        database.execute(
            "UPDATE urls SET capture_id = (SELECT max(capture_id) FROM captures c WHERE c.url_id = "
            "urls.url_id), settled_at = (SELECT coalesce(max(capture_id), 0) FROM captures) "
            "WHERE state != 'todo'"
        )
        coverage.forget_unshown(database)


def forget_readings(mending: Mending) -> None:
    """Days are no longer called read whose lists are not archived; the next crawl reads them again."""
    try:
        with closing(Catalogue(mending.collection.catalogue)) as catalogue, catalogue.transaction():
            count = coverage.forget_unshown(catalogue.database)
    except (CollectionError, sqlite3.DatabaseError):
        return  # it is made again, without them
    if count:
        mending.note(
            mending.collection.catalogue, f"{count} days whose lists are not archived are missing now"
        )


def remove_half_written(mending: Mending) -> None:
    """What a crash left of files that were being written."""
    for path in sweep(mending.collection):
        mending.note(path, "half written by a run that was cut off; removed")
