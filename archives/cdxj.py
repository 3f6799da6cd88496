"""The collection's CDXJ index: where the records of the closed WARC files lie, by SURT key and time.

A line is `SURT TIMESTAMP {"url", "mime", "status", "digest", "length", "offset", "filename"}`, as
cdxj-indexer writes it and pywb reads it. The file is derived: it can be made again from the WARC files.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from archives.cdxj_line import parse
from archives.cdxj_lines import index as index_file
from archives.collection import Collection
from archives.durable import make_folder, replacing
from archives.errors import WriteError
from archives.fresh_lines import FreshLines
from archives.members import Gap
from archives.removals import Removals, append
from archives.sorting import Sorter

Advance = Callable[[int], None]


@dataclass(slots=True)
class Indexed:
    """What was done: files that were read, lines that the index holds, what could not be read."""

    files: int = 0
    lines: int = 0
    anew: bool = False
    damage: list[tuple[str, Gap]] = field(default_factory=list)
    hidden: set[tuple[str, str]] = field(default_factory=set)
    """Removed articles of which lines were left out, by their addresses, and in which files."""

    def as_plain(self) -> dict[str, object]:
        """For machines."""
        return {
            "files": self.files,
            "lines": self.lines,
            "anew": self.anew,
            "damage": [
                {"file": f"archive/{name}", "offset": gap.offset, "end": gap.end, "fault": gap.fault}
                for name, gap in self.damage
            ],
        }


def update(
    collection: Collection,
    *,
    rebuild: bool = False,
    advance: Advance = lambda _bytes: None,
    written: FreshLines | None = None,
) -> Indexed:
    """Bring the index up to the closed WARC files: those that it does not name yet are read and merged in.

    Records of removed articles (`archives.removals`) have no lines, so replay tools do not show them. Files
    of which `written` has the lines are not read.

    An index that is out of order, or a `rebuild`, is made anew. `advance` is told the bytes of each file
    that was read. The caller holds the collection's lock. Memory stays at one sorting buffer.

    Raises:
        WriteError: the index, or a temporary file, cannot be written.
    """
    standing = None if rebuild else _covered(collection.index)
    names, removals = standing or set(), Removals.of(collection)
    fresh = [path for path in collection.warc_files() if path.name not in names]
    result = Indexed(anew=standing is None)
    if standing is not None and not fresh:
        result.lines = _count(collection.index)
        return result
    try:
        make_folder(collection.indexes)
        for left in collection.indexes.glob(".index-*"):
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=".index-", dir=collection.indexes) as folder:
            sorted_lines = _sorted_lines(fresh, Path(folder), result, advance, written)
            _publish(collection.index, sorted_lines, result, removals, keep=standing is not None)
        _note_files(collection, removals, result.hidden)
    except OSError as error:
        raise WriteError(
            f"{collection.index}: cannot be made ({error.strerror or error}); free space and run again"
        ) from error
    return result


def leave_out(
    collection: Collection, removals: Removals, places: Container[tuple[str, int]] = frozenset()
) -> int:
    """Take the lines of removed articles, and of records at these `places` (file and offset), out of the
    index, if there is one; how many. The caller holds the lock. Lines come back with `update(rebuild=True)`.

    Raises:
        WriteError: the index cannot be written.
    """

    def goes(text: str) -> bool:
        return is_hidden(text, removals) or (bool(places) and _place_of(text) in places)

    try:
        with collection.index.open(encoding="utf-8", newline="\n") as lines:
            if not any(goes(text) for text in lines):
                return 0
    except FileNotFoundError:
        return 0
    count = 0
    with collection.index.open(encoding="utf-8", newline="\n") as lines, replacing(collection.index) as out:
        for text in lines:
            if goes(text):
                count += 1
            else:
                out.write(text.encode())
    return count


def _place_of(text: str) -> tuple[str, int] | None:
    try:
        fields = parse(text).fields
        return str(fields["filename"]), int(str(fields["offset"]))
    except (ValueError, KeyError):
        return None


def is_hidden(text: str, removals: Removals) -> bool:
    """Whether a line is one of a removed article. What is no line is left for others to tell."""
    return _hidden(text, removals) is not None


def _hidden(text: str, removals: Removals) -> tuple[str, str] | None:
    """The removed article that a line is of, and its WARC file."""
    if not removals.may_hide(text.partition(" ")[0]):
        return None
    try:
        fields = parse(text).fields
    except ValueError:
        return None
    one = removals.owner(str(fields.get("url")))
    return (one.url, str(fields.get("filename"))) if one is not None else None


def _note_files(collection: Collection, removals: Removals, found: set[tuple[str, str]]) -> None:
    """Let tombstones know WARC files that have come since: a package must not carry what is in them."""
    fresh: dict[str, list[str]] = {}
    for url, file in sorted(found):
        one = removals.get(url)
        if one is not None and file not in one.files:
            fresh.setdefault(url, []).append(file)
    if fresh:
        append(collection, *({"action": "found", "url": url, "files": files} for url, files in fresh.items()))


def _covered(index: Path) -> set[str] | None:
    """The WARC files that an index names; None if there is no index, or one that cannot be built upon."""
    names, before = set(), ""
    try:
        with index.open(encoding="utf-8", newline="\n") as lines:
            for text in lines:
                if text <= before or not text.endswith("\n"):
                    return None
                names.add(str(parse(text).fields["filename"]))
                before = text
    except (OSError, ValueError, KeyError):
        return None
    return names


def _count(index: Path) -> int:
    with index.open("rb") as lines:
        return sum(1 for _ in lines)


def _sorted_lines(
    files: Iterable[Path], folder: Path, result: Indexed, advance: Advance, written: FreshLines | None
) -> Path:
    """A temporary file with the lines of these WARC files in order."""
    sorter = Sorter(folder)
    for file in files:
        lines = written.of(file) if written is not None else None
        if lines is None:
            _index_file(file, sorter, result)
        else:
            result.files += 1
            for line in lines:
                sorter.write(line)
        advance(file.stat().st_size)
    path = folder / "lines"
    with path.open("w", encoding="utf-8", newline="\n") as out:
        sorter.pour(out)
    return path


def _index_file(file: Path, out: Sorter, result: Indexed) -> None:
    result.files += 1
    index_file(file, out, lambda gap: result.damage.append((file.name, gap)))


def _publish(index: Path, fresh: Path, result: Indexed, removals: Removals, *, keep: bool) -> None:
    """Merge what stands with what is new, line by line, and put it in its place."""
    with fresh.open(encoding="utf-8", newline="\n") as new, replacing(index) as out:
        for text in _merged(index, new) if keep else new:
            if (hidden := _hidden(text, removals)) is None:
                out.write(text.encode())
                result.lines += 1
            else:
                result.hidden.add(hidden)


def _merged(index: Path, new: IO[str]) -> Iterator[str]:
    with index.open(encoding="utf-8", newline="\n") as old:
        yield from merge(old, new)
