"""The CDXJ index: in order, complete, and right in each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archives.cdxj_line import parse
from archives.collection import Collection
from archives.surt import surt
from archives.verify.facts import FactBase
from archives.verify.findings import REINDEX, Finding

CHUNK = 4 << 20
"""Bytes of an index that one job reads."""
UPDATE = "run `kliping index`"


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines that begin in a part of an index."""

    path: Path
    start: int
    stop: int


@dataclass(slots=True)
class Lines:
    """What they say: rows for the table `lines`, faults by offset, the first and the last line."""

    rows: list[tuple[object, ...]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    first: str = ""
    last: str = ""
    count: int = 0


def chunks(index: Path) -> Iterator[Chunk]:
    size = index.stat().st_size
    for start in range(0, size, CHUNK):
        yield Chunk(index, start, min(start + CHUNK, size))


def read(chunk: Chunk) -> Lines:
    """Take a part of an index to pieces."""
    result = Lines()
    with chunk.path.open("rb") as source:
        source.seek(max(chunk.start - 1, 0))
        if chunk.start:
            source.readline()
        while (place := source.tell()) < chunk.stop and (line := source.readline()):
            _read_line(place, line, result)
    return result


def _read_line(place: int, line: bytes, result: Lines) -> None:
    result.count += 1
    text = line.decode("utf-8", "replace")
    if text <= result.last:
        result.faults.append((place, "line is out of order, or there twice"))
    result.first, result.last = result.first or text, text
    if not line.endswith(b"\n"):
        result.faults.append((place, "line is cut"))
    try:
        entry = parse(text)
        fields = {name: str(value) for name, value in entry.fields.items()}
        file, offset = fields["filename"], int(fields["offset"])
    except (ValueError, KeyError) as error:
        result.faults.append((place, f"line cannot be read ({error})"))
        return
    if surt(fields.get("url")) != entry.key:
        result.faults.append((place, "key does not fit the address"))
    told = [fields.get(name) for name in ("length", "url", "mime", "status", "digest")]
    result.rows.append((place, entry.timestamp, file, offset, *told))


def check(
    collection: Collection, facts: FactBase, add: Callable[[Finding], None], warn: Callable[[Finding], None]
) -> None:
    """Hold the lines against the records, both ways."""
    name = collection.index.relative_to(collection.root).as_posix()
    facts.db.create_function("as_mime", 2, _as_mime, deterministic=True)
    for place, fault in facts.ask(_WRONG):
        add(Finding(name, int(str(place)), str(fault), REINDEX))
    for file, lacking in facts.ask(_UNCOVERED):
        warn(Finding(name, None, f"archive/{file} is not indexed yet: {lacking} lines", UPDATE))
    for file, offset in facts.ask(_LACKING):
        add(Finding(name, None, f"no line for the record in archive/{file} at {offset}", REINDEX))


def _as_mime(declared: str | None, indexed: str | None) -> str:
    """A media type as the index has it; what is no plain text is left to it."""
    if declared is not None and not _PLAIN.fullmatch(declared):
        return indexed or ""
    return _MIME_END.split(declared or "", maxsplit=1)[0]


_PLAIN = re.compile(r"[ -~]*")
_MIME_END = re.compile(r"[;\s]")
_INDEXED = """
    (r.type IN ('response', 'revisit') OR (r.type IN ('resource', 'metadata')
        AND coalesce(r.record_type, '') != 'application/warc-fields'))
"""
_DAMAGED = "EXISTS (SELECT 1 FROM gaps g WHERE g.file = l.file AND l.offset >= g.offset AND l.offset < g.end)"
_WRONG = f"""
SELECT l.place, CASE WHEN f.name IS NULL THEN 'names a WARC file that is not there: ' || l.file
    WHEN r.record_id IS NULL THEN 'points to a place where no record begins: ' || l.file || ' at ' || l.offset
    ELSE 'does not fit the record in ' || l.file || ' at ' || l.offset END
FROM lines l LEFT JOIN files f ON f.name = l.file
LEFT JOIN records r ON r.file = l.file AND r.offset = l.offset AND {_INDEXED}
WHERE (r.record_id IS NULL AND NOT {_DAMAGED}) OR r.length != l.length OR r.url != l.url
    OR coalesce(r.payload_digest, l.digest, '') != coalesce(l.digest, '')
    OR substr(replace(replace(replace(r.date, '-', ''), ':', ''), 'T', ''), 1, length(l.stamp)) != l.stamp
    OR (r.type IN ('response', 'revisit') AND f.strict
        AND coalesce(printf('%03d', r.status), '') != coalesce(l.status, ''))
    OR (r.type IS NOT NULL AND f.strict
        AND coalesce(l.mime, '') != CASE r.type WHEN 'revisit' THEN 'warc/revisit'
        WHEN 'response' THEN as_mime(r.content_type, l.mime) ELSE as_mime(r.record_type, l.mime) END)
ORDER BY l.place
"""
_SHOWN = "NOT EXISTS (SELECT 1 FROM hidden h WHERE h.file = r.file AND h.offset = r.offset)"
"""Records of removed articles have no lines."""
_FRESH = "NOT EXISTS (SELECT 1 FROM lines l WHERE l.file = f.name)"
_UNCOVERED = f"""
SELECT f.name, count(*) FROM files f JOIN records r ON r.file = f.name
WHERE NOT f.open AND {_FRESH} AND {_INDEXED} AND {_SHOWN} GROUP BY f.name ORDER BY f.name
"""
_LACKING = f"""
SELECT r.file, r.offset FROM records r JOIN files f ON f.name = r.file
WHERE NOT f.open AND NOT {_FRESH} AND {_INDEXED} AND {_SHOWN}
    AND NOT EXISTS (SELECT 1 FROM lines l WHERE l.file = r.file AND l.offset = r.offset)
ORDER BY r.file, r.offset
"""
