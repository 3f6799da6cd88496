"""Files that nothing here writes, and what a crash left half written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from archives.adoption import ASIDE
from archives.collection import OPEN_SUFFIX, Collection
from archives.verify.findings import MOVE, RESUME, Finding

_ARCHIVED = (".warc.gz", ".warc.gz" + OPEN_SUFFIX, ".uncommitted", ASIDE)
_HALF_WRITTEN = re.compile(r"\..+\.\d+\.tmp|\.index-.+")
"""Names of files that are written aside, and of the index's scratch folder."""


def strangers(collection: Collection) -> Iterator[Finding]:
    """Files in the folders of WARC files and sidecars that are neither."""
    for path in sorted(collection.archive.iterdir()) if collection.archive.is_dir() else ():
        if not path.name.endswith(_ARCHIVED) and not _HALF_WRITTEN.fullmatch(path.name):
            yield Finding(_name(collection, path), None, "is not a file of the collection", MOVE)
    for path in _files(collection.articles):
        if path.suffix != ".json" and not _HALF_WRITTEN.fullmatch(path.name):
            yield Finding(_name(collection, path), None, "is not a file of the collection", MOVE)


def half_written(collection: Collection) -> Iterator[Path]:
    """What was being written when a run was cut off; what it was to become is whole, or not there."""
    for folder in (collection.root, collection.archive, collection.indexes, collection.reports):
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if _HALF_WRITTEN.fullmatch(path.name))
    yield from (path for path in _files(collection.articles) if _HALF_WRITTEN.fullmatch(path.name))


def leftovers(collection: Collection) -> Iterator[Finding]:
    for path in half_written(collection):
        fault = "was left half written by a run that was cut off"
        yield Finding(_name(collection, path), None, fault, RESUME)


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent) / name for name in sorted(names))


def _name(collection: Collection, path: Path) -> str:
    return path.relative_to(collection.root).as_posix()
