"""Sidecars, each by itself and then against the records that they point at."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archives import sidecar
from archives.collection import Collection
from archives.digests import digest
from archives.errors import SidecarError
from archives.verify.facts import FactBase
from archives.verify.findings import REMAKE, RESTORE, Finding

BATCH = 50
"""Sidecars of one job."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Sidecars to be read, as paths below the collection."""

    root: Path
    names: tuple[str, ...]


@dataclass(slots=True)
class Read:
    """What a batch says: rows for the tables `sidecars` and `pages`, and what is wrong, by name."""

    sidecars: list[tuple[object, ...]] = field(default_factory=list)
    pages: list[tuple[object, ...]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def batches(collection: Collection) -> Iterator[Batch]:
    """All sidecars, folder by folder."""
    names: list[str] = []
    for folder, folders, files in os.walk(collection.articles):
        folders.sort()
        place = Path(folder).relative_to(collection.root).as_posix()
        if not is_text(place):
            continue
        kept = (name for name in sorted(files) if name.endswith(".json") and name[0] != "." and is_text(name))
        names += [f"{place}/{name}" for name in kept if not os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118 - a million times
        while len(names) >= BATCH:
            yield Batch(collection.root, tuple(names[:BATCH]))
            del names[:BATCH]
    if names:
        yield Batch(collection.root, tuple(names))


def is_text(name: str) -> bool:
    """Whether a file's name is UTF-8, as all of ours are: no other one can stand in a database."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def read(batch: Batch) -> Read:
    """Check each sidecar by itself."""
    result = Read()
    for name in batch.names:
        try:
            _read_one(batch.root / name, name, result)
        except SidecarError as error:
            result.sidecars.append((name, *(None,) * 9))
            result.faults.append((name, str(error)))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            result.sidecars.append((name, *(None,) * 9))
            result.faults.append((name, f"is no sidecar ({type(error).__name__}: {error})"))
    return result


def _read_one(path: Path, name: str, result: Read) -> None:
    record, content = sidecar.load_with_bytes(path)
    sidecar.check(record)
    result.faults += [(name, fault) for fault in _faults(record, name)]
    version, pagination = _part(record, "version"), _part(record, "pagination")
    result.sidecars.append(
        (
            name,
            record["url"],
            version["number"],
            version.get("previous"),
            digest(content),
            record["contentHash"],
            record["headline"],
            record.get("datePublished"),
            json.dumps(pagination["pagesMissing"]),
            bool(_part(record, "extraction")["warnings"]),
        )
    )
    pages = _part(record, "archive")["pages"]
    assert isinstance(pages, list)
    for page in (*pages, *_robots(record)):
        result.pages.append(
            (
                name,
                page.get("page", 0),
                page["url"],
                page["finalUrl"],
                page["status"],
                page["fetchedAt"],
                page["warcFile"],
                page["warcOffset"],
                page["warcLength"],
                page["warcRecordId"],
                page.get("payloadDigest", ""),
                page.get("truncated"),
                page.get("origin"),
            )
        )


def _robots(record: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """The robots.txt that a sidecar cites: a pointer like those to pages."""
    usage = record.get("usageInfo")
    if isinstance(usage, dict) and "robots" in usage:
        yield usage["robots"]


def _part(record: Mapping[str, object], name: str) -> dict[str, object]:
    part = record[name]
    assert isinstance(part, dict)
    return part


def _faults(record: Mapping[str, object], name: str) -> Iterator[str]:
    if str(sidecar.place(record)) != name or sidecar.identifier(str(record["url"])) != record["identifier"]:
        yield "lies at a place that is not its own"
    text = unicodedata.normalize("NFC", str(record["articleBody"])).encode("utf-8", "surrogatepass")
    if record["contentHash"] != "sha256:" + hashlib.sha256(text).hexdigest():
        yield "articleBody is not the text of contentHash"


def pointers(facts: FactBase) -> Iterator[Finding]:
    """Sidecars against the records, once both are known."""
    for row in facts.ask(_PAGES):
        yield _pointer(row)
    for path, previous in facts.ask(
        "SELECT path, previous FROM sidecars s WHERE previous IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM sidecars WHERE path = s.previous)"
    ):
        yield Finding(str(path), None, f"names a version before it that is missing: {previous}", REMAKE)
    for (path,) in facts.ask(
        "SELECT path FROM sidecars s WHERE EXISTS (SELECT 1 FROM sidecars o WHERE o.url = s.url "
        "AND o.number = s.number AND o.path < s.path)"
    ):
        yield Finding(str(path), None, "is a second sidecar of the same version", REMAKE)


_PAGES = """
SELECT p.path, p.page, p.file, p.offset, r.record_id IS NOT NULL,
    f.name IS NOT NULL,
    EXISTS (SELECT 1 FROM gaps g WHERE g.file = p.file AND p.offset >= g.offset AND p.offset < g.end)
FROM pages p LEFT JOIN records r
    ON r.file = p.file AND r.offset = p.offset AND r.type IN ('response', 'revisit')
LEFT JOIN files f ON f.name = p.file
WHERE r.record_id IS NULL OR r.record_id != p.record_id OR r.url != p.final_url OR r.date != p.date
    OR r.length != p.length OR coalesce(r.payload_digest, '') != p.payload_digest
    OR coalesce(r.status, p.status) != p.status
    OR (f.strict AND coalesce(r.source_uri, '') != coalesce(p.origin, ''))
    OR (f.strict AND r.type = 'response' AND coalesce(r.truncated, '') != coalesce(p.truncated, ''))
ORDER BY p.path, p.page
"""


def _pointer(row: tuple[object, ...]) -> Finding:
    path, page, file, offset, found, has_file, in_gap = row
    place = f"{f'page {page}' if page else 'robots.txt'}: {file} at {offset}"
    if found:
        return Finding(str(path), None, f"{place}: the record there is another one", REMAKE)
    if not has_file:
        return Finding(str(path), None, f"{place}: no such WARC file", f"archive/{file}: {RESTORE}")
    if in_gap:
        return Finding(str(path), None, f"{place}: the record is damaged", f"archive/{file}: {RESTORE}")
    return Finding(str(path), None, f"{place}: no response record there", REMAKE)
