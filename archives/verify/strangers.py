"""Files that nothing here writes, and what a crash left half written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archives.collection import OPEN_SUFFIX, Collection
from archives.leftovers import files_below, half_written, is_half_written
from archives.verify.findings import MOVE, RESUME, Finding

_ARCHIVED = (".warc.gz", ".warc.gz" + OPEN_SUFFIX, ".uncommitted")


def strangers(collection: Collection) -> Iterator[Finding]:
    """Files in the folders of WARC files and sidecars that are neither."""
    for path in sorted(collection.archive.iterdir()) if collection.archive.is_dir() else ():
        if not path.name.endswith(_ARCHIVED) and not is_half_written(path):
            yield Finding(_name(collection, path), None, "is not a file of the collection", MOVE)
    for path in files_below(collection.articles):
        if path.suffix != ".json" and not is_half_written(path):
            yield Finding(_name(collection, path), None, "is not a file of the collection", MOVE)


def leftovers(collection: Collection) -> Iterator[Finding]:
    for path in half_written(collection):
        fault = "was left half written by a run that was cut off"
        yield Finding(_name(collection, path), None, fault, RESUME)


def _name(collection: Collection, path: Path) -> str:
    return path.relative_to(collection.root).as_posix()
