"""Removed articles: left out everywhere, and what is redacted is what the tombstone says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from archives.collection import Collection
from archives.errors import CollectionError
from archives.leftovers import files_below
from archives.removals import Redacted, Removals, Tombstone
from archives.verify.facts import FactBase
from archives.verify.findings import MOVE, RESTORE, RESUME, Finding
from archives.verify.jobs import Workers
from archives.verify.sidecars import BATCH, Batch, read

AGAIN = "run `kliping remove URL --redact` again"
UPDATE = "run `kliping index`"

Tell = Callable[[Finding], None]


def tombstones(collection: Collection, add: Tell) -> Removals:
    """The tombstones; with none where they cannot be read, which is told."""
    try:
        return Removals.of(collection)
    except CollectionError as error:
        fault = str(error).removeprefix(f"{collection.removals}: ").split(";")[0]
        add(Finding(collection.removals.name, None, fault, RESTORE))
        return Removals(collection.removals, ())


def read_removed(collection: Collection, facts: FactBase, pool: Workers, add: Tell) -> int:
    """Check the records that were put away as those of `articles/`, their pointers included; how many."""
    count = 0
    for batch, found in pool.run(read, _batches(collection)):
        count += len(batch.names)
        prefix = f"{collection.removed.name}/"
        facts.add("pages", [(f"{prefix}{name}", *rest) for name, *rest in found.pages])
        for name, fault in found.faults:
            add(Finding(f"{prefix}{name}", None, fault, RESTORE))
    return count


def _batches(collection: Collection) -> Iterator[Batch]:
    """As paths below `removed/`, which are those that they had below the collection."""
    names: list[str] = []
    for path in files_below(collection.removed):
        if path.suffix == ".json" and not path.is_symlink():
            names.append(path.relative_to(collection.removed).as_posix())
        if len(names) == BATCH:
            yield Batch(collection.removed, tuple(names))
            names = []
    if names:
        yield Batch(collection.removed, tuple(names))


def hide(facts: FactBase, removals: Removals) -> None:
    """Put the records that no index has a line for into the table `hidden`."""
    if not len(removals):
        return
    facts.db.create_function("hides", 1, lambda url: bool(url) and removals.hides(url), deterministic=True)
    facts.db.execute("INSERT OR IGNORE INTO hidden SELECT file, offset FROM records WHERE hides(url)")


def check(collection: Collection, facts: FactBase, removals: Removals, add: Tell, warn: Tell) -> None:
    """Hold the collection against its tombstones."""
    known: set[str] = set()
    for one in removals.all:
        if one.is_active:
            known.update(one.sidecars)
            for finding in _of_one(collection, one):
                add(finding)
            _tell_lost(collection, one, warn)
    for path in files_below(collection.removed):
        name = path.relative_to(collection.removed).as_posix()
        if name not in known:
            undone = any(name in one.sidecars for one in removals.all)
            fault = "belongs to no removed article"
            add(Finding(f"{collection.removed.name}/{name}", None, fault, RESUME if undone else MOVE))
    if len(removals):
        for finding in (*_handed_out(facts, removals), *_come_back(facts, removals)):
            add(finding)
        for finding in _indexed(facts):
            warn(finding)


def _of_one(collection: Collection, one: Tombstone) -> Iterator[Finding]:
    name = collection.removals.name
    if one.is_pending:
        yield Finding(name, None, f"the redaction of {one.url} is not finished", RESUME)
        return
    for record in one.records:
        fault = _fault_of(collection, record)
        if fault is not None:
            yield Finding(f"archive/{record.file}", record.offset, *fault)
    if one.redacted_at is not None:
        for path in (*one.sidecars, *(f"{collection.removed.name}/{path}" for path in one.sidecars)):
            if (collection.root / path).exists():
                yield Finding(path, None, f"is a record of {one.url}, which was redacted", AGAIN)


def _fault_of(collection: Collection, record: Redacted) -> tuple[str, str] | None:
    """What is wrong with a notice; a file that is lost is told by the catalogue."""
    try:
        with collection.warc_path(record.file).open("rb") as source:
            source.seek(record.offset)
            mark = hashlib.sha256(source.read(record.length)).hexdigest()
    except OSError:
        return None
    if mark == record.notice_sha256:
        return None
    if mark == record.sha256:
        return "holds the record that was redacted; an old copy of the file has come back", AGAIN
    return "is not the notice that the redaction put there", RESTORE


def _tell_lost(collection: Collection, one: Tombstone, warn: Tell) -> None:
    if one.redact:
        return
    for name in one.sidecars:
        if not (collection.removed / name).exists() and not (collection.root / name).exists():
            fault = f"the record of {one.url}, which was removed, is missing"
            warn(
                Finding(
                    f"{collection.removed.name}/{name}", None, fault, "`--undo`, then `kliping reextract`"
                )
            )


def _handed_out(facts: FactBase, removals: Removals) -> Iterator[Finding]:
    """Records of removed articles that lie where everybody reads, and that the catalogue counts."""
    for path, url in facts.ask("SELECT path, url FROM sidecars WHERE url IS NOT NULL ORDER BY path"):
        if str(url) in removals:
            fault = f"{path} is the record of {url}, which was removed"
            yield Finding(removals.path.name, None, fault, f"{RESUME}, or move it elsewhere")


def _come_back(facts: FactBase, removals: Removals) -> Iterator[Finding]:
    """Bytes of redacted articles under one of their addresses, or the same bytes under another one."""
    redacted = Removals(removals.path, [one for one in removals.active if one.redacted_at is not None])
    if not len(redacted):
        return
    kept = {place for one in redacted.active for place in one.kept_places}
    facts.db.create_function("redacted", 1, lambda url: bool(url) and url in redacted, deterministic=True)
    facts.db.execute("CREATE TEMP TABLE gone_payloads (digest TEXT PRIMARY KEY)")
    digests = (
        (item.payload_digest,) for one in redacted.active for item in one.records if item.payload_digest
    )
    facts.db.executemany("INSERT OR IGNORE INTO gone_payloads VALUES (?)", digests)
    for file, offset, url, is_own in facts.ask(_COME_BACK):
        if (str(file), int(str(offset))) in kept:
            continue
        what = "holds a record of" if is_own else "holds the same bytes as"
        fault = f"{what} an article that was redacted ({url})"
        yield Finding(f"archive/{file}", int(str(offset)), fault, AGAIN)


_COME_BACK = """
SELECT file, offset, url, redacted(url) FROM records
WHERE (type IN ('response', 'revisit', 'resource') OR (type = 'metadata' AND url LIKE 'urn:%'))
    AND (redacted(url) OR (type = 'response' AND payload_digest IN (SELECT digest FROM gone_payloads)))
ORDER BY file, offset
"""


def _indexed(facts: FactBase) -> Iterator[Finding]:
    count = next(facts.ask("SELECT count(*) FROM lines JOIN hidden USING (file, offset)"))[0]
    if count:
        yield Finding("indexes/index.cdxj", None, f"has {count} lines of removed articles", UPDATE)


def still_counted(collection: Collection, facts: FactBase, removals: Removals) -> Iterator[Finding]:
    """Versions of removed articles that the catalogue still calls kept; `ledger` is attached."""
    for (address,) in facts.ask(
        "SELECT DISTINCT address FROM ledger.versions JOIN ledger.articles USING (article_id) "
        "WHERE sidecar IS NOT NULL"
    ):
        if str(address) in removals:
            fault = f"calls {address} kept, which was removed"
            yield Finding(collection.catalogue.name, None, fault, RESUME)
