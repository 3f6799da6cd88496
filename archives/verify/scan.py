"""The WARC files, read in parallel: each job takes the records that begin in one range of a file.

A job that begins inside a file looks for the first record behind its start. Whether that is one, and not a
WARC file inside a record, is known only from where the range before it ends; where the two do not meet, the
range is read again from there. So the outcome is that of one reading from start to end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from archives.collection import OPEN_SUFFIX
from archives.members import Gap, Member, find_member, walk
from archives.verify.record import Facts, Record

RANGE = 16 << 20
"""Bytes of a file that one job reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A part of a WARC file. `exact` says that a record, or what should be one, begins at `start`."""

    path: Path
    start: int
    stop: int
    strict: bool
    exact: bool


@dataclass(slots=True, kw_only=True)
class Scan:
    """What a range held: from where, up to where, and what is wrong with it, by offset."""

    begin: int
    end: int
    records: list[tuple[object, ...]] = field(default_factory=list)
    """Rows of the table `records`: plain tuples, which go through a pipe in a fifth of the time."""
    faults: list[tuple[int, str]] = field(default_factory=list)
    doubts: list[tuple[int, str]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    failure: str | None = None


def ranges(path: Path, *, strict: bool, step: int = RANGE) -> Iterator[Range]:
    """A file in parts; a file that is small, or empty, is one part."""
    size = path.stat().st_size
    for start in range(0, max(size, 1), step):
        yield Range(path=path, start=start, stop=min(start + step, size), strict=strict, exact=start == 0)


def scan(part: Range) -> Scan:
    """Read the records that begin in a range."""
    result = Scan(begin=part.start, end=part.start)
    name = part.path.name.removesuffix(OPEN_SUFFIX)
    try:
        with part.path.open("rb") as source:
            if not part.exact:
                result.begin = result.end = find_member(source, part.start, part.stop)
            for member in walk(source, result.gaps.append, result.begin, part.stop):
                if (facts := _take(member, part, result)) is not None:
                    result.records.append((name, *facts))
                    result.end = member.offset + member.length
    except OSError as error:
        result.failure = f"cannot be read ({error.strerror or error})"
    result.end = max([result.end, *(gap.end for gap in result.gaps)])
    return result


def _take(member: Member, part: Range, result: Scan) -> Facts | None:
    """One record; None when its member is damaged, which `walk` will tell."""
    record = Record(member, strict=part.strict)
    try:
        record.read()
    except (EOFError, zlib.error):
        return None
    result.faults += [(member.offset, fault) for fault in record.faults()]
    result.doubts += [(member.offset, doubt) for doubt in record.doubts()]
    return record.facts()


def follow(part: Range, found: Scan, expected: int) -> Scan | None:
    """Hold a range's outcome against where the one before it ended; read it again where they do not meet.

    None when nothing begins in the range: a record from before it goes beyond its end.
    """
    if found.begin == expected or found.failure is not None:
        return found
    if expected >= part.stop:
        return None
    return scan(replace(part, start=expected, exact=True))
