"""How records refer to each other: ids, warcinfo, request and response, revisits."""

from __future__ import annotations

from collections.abc import Iterator

from archives.verify.facts import FactBase
from archives.verify.findings import RESTORE, Finding

FOREIGN = "it may lie in a file that is not in the collection"


def broken(facts: FactBase) -> Iterator[Finding]:
    """What is wrong in our own files, and what is wrong in any."""
    for question, fault in _BROKEN:
        for file, offset, *more in facts.ask(question):
            yield Finding(f"archive/{file}", _number(offset), fault.format(*more), RESTORE)


def loose(facts: FactBase) -> Iterator[Finding]:
    """References of foreign files that lead nowhere: their crawl may have had more files."""
    for question, fault in _LOOSE:
        for file, offset, *more in facts.ask(question):
            yield Finding(f"archive/{file}", _number(offset), fault.format(*more), FOREIGN)


def _number(offset: object) -> int | None:
    return None if offset is None else int(str(offset))


_OURS = "JOIN files f ON f.name = r.file AND f.strict"
_THEIRS = "JOIN files f ON f.name = r.file AND NOT f.strict"
_PATH = "f.path, r.offset"
_HAS_INFO = "EXISTS (SELECT 1 FROM records i WHERE i.file = r.file AND i.type = 'warcinfo')"
_BOTH_OURS = "(f.strict AND EXISTS (SELECT 1 FROM files p WHERE p.name = o.file AND p.strict))"
_BROKEN = (
    (
        (
            "SELECT f.path, r.offset, o.file, o.offset FROM records r JOIN files f ON f.name = r.file "
            "JOIN records o ON o.record_id = r.record_id "
            f"WHERE r.record_id != '' AND o.rowid < r.rowid AND {_BOTH_OURS} GROUP BY r.rowid"
        ),
        "record id is used twice, first in {} at {}",
    ),
    (
        (
            "SELECT f.path, 0 FROM files f WHERE f.strict AND f.size > 0 AND NOT f.failed "
            "AND NOT EXISTS (SELECT 1 FROM records i WHERE i.file = f.name AND i.type = 'warcinfo') "
            "AND EXISTS (SELECT 1 FROM records i WHERE i.file = f.name)"
        ),
        "has no warcinfo record",
    ),
    (
        (
            f"SELECT {_PATH} FROM records r {_OURS} WHERE r.type != 'warcinfo' AND {_HAS_INFO} "
            "AND NOT EXISTS (SELECT 1 FROM records i WHERE i.record_id = r.info_id AND i.type = 'warcinfo' "
            "AND i.file = r.file AND i.offset < r.offset)"
        ),
        "does not point to the file's warcinfo record",
    ),
    (
        (
            f"SELECT {_PATH}, r.file_name FROM records r {_OURS} WHERE r.type = 'warcinfo' "
            "AND r.file_name != r.file"
        ),
        "the file was written under another name: {}",
    ),
    (
        (
            f"SELECT {_PATH} FROM records r {_OURS} WHERE r.concurrent_to IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM records o WHERE o.record_id = r.concurrent_to AND o.file = r.file "
            "AND o.offset < r.offset) AND NOT EXISTS (SELECT 1 FROM gaps g WHERE g.file = r.file "
            "AND g.offset < r.offset)"
        ),
        "points to a record that is not in the file",
    ),
    (
        (
            f"SELECT {_PATH} FROM records r {_OURS} WHERE r.type IN ('response', 'revisit') AND NOT EXISTS ("
            "SELECT 1 FROM records o WHERE o.concurrent_to = r.record_id AND o.file = r.file "
            "AND o.type = iif(r.source_uri IS NULL, 'request', 'metadata')) AND NOT EXISTS ("
            "SELECT 1 FROM gaps g WHERE g.file = r.file AND g.end > r.offset)"
        ),
        "the request that belongs to it, or the note of its origin, is missing",
    ),
    (
        (
            f"SELECT {_PATH}, r.refers_to FROM records r {_OURS} WHERE r.type = 'revisit' AND NOT EXISTS ("
            "SELECT 1 FROM records o WHERE o.record_id = r.refers_to AND o.type IN ('response', 'revisit') "
            "AND (r.refers_url IS NULL OR o.url = r.refers_url) "
            "AND (r.payload_digest IS NULL OR o.payload_digest = r.payload_digest))"
        ),
        "revisit of a record that is not in the collection, or is another one: {}",
    ),
)
_LOOSE = (
    (
        (
            "SELECT f.path, r.offset, o.file, o.offset FROM records r JOIN files f ON f.name = r.file "
            "JOIN records o ON o.record_id = r.record_id "
            f"WHERE r.record_id != '' AND o.rowid < r.rowid AND NOT {_BOTH_OURS} GROUP BY r.rowid"
        ),
        "record id is used twice, first in {} at {}: other tools' files may hold the same records",
    ),
    (
        (
            f"SELECT {_PATH} FROM records r {_THEIRS} WHERE r.concurrent_to IS NOT NULL "
            "AND NOT EXISTS (SELECT 1 FROM records o WHERE o.record_id = r.concurrent_to)"
        ),
        "points to a record that is not in the collection",
    ),
    (
        (
            f"SELECT {_PATH} FROM records r {_THEIRS} WHERE r.info_id IS NOT NULL "
            "AND NOT EXISTS (SELECT 1 FROM records o WHERE o.record_id = r.info_id)"
        ),
        "names a warcinfo record that is not in the collection",
    ),
    (
        (
            # Two questions, each with an index: joined by OR they read all records for each revisit.
            f"SELECT {_PATH} FROM records r {_THEIRS} WHERE r.type = 'revisit' "
            "AND NOT EXISTS (SELECT 1 FROM records o WHERE o.record_id = r.refers_to "
            "AND o.type IN ('response', 'resource')) "
            "AND (r.refers_to IS NOT NULL OR NOT EXISTS (SELECT 1 FROM records o WHERE "
            "o.payload_digest = r.payload_digest AND o.type IN ('response', 'resource')))"
        ),
        "revisit of a record that is not in the collection",
    ),
)
