"""Files that nothing here writes, and what a crash left half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from archives.collection import OPEN_SUFFIX, Collection
from archives.leftovers import files_below, half_written, is_half_written
from archives.verify.findings import MOVE, RESUME, Finding

_ARCHIVED = (".warc.gz", ".warc.gz" + OPEN_SUFFIX, ".uncommitted")


def strangers(collection: Collection) -> Iterator[Finding]:
    """Files in the folders of WARC files and sidecars that are neither."""
    for path in _links(collection):
        yield Finding(_name(collection, path), None, "is a link; what lies elsewhere is not kept here", MOVE)
    for path in sorted(collection.archive.iterdir()) if collection.archive.is_dir() else ():
        if path.is_symlink():
            continue
        if not path.name.endswith(_ARCHIVED) and not is_half_written(path):
            yield Finding(_name(collection, path), None, "is not a file of the collection", MOVE)
    for path in files_below(collection.articles):
        if path.suffix != ".json" and not path.is_symlink() and not is_half_written(path):
            yield Finding(_name(collection, path), None, "is not a file of the collection", MOVE)


def _links(collection: Collection) -> Iterator[Path]:
    """Links among the files. The collection's own folders may lie elsewhere."""
    for top in (collection.archive, collection.articles):
        for folder, folders, names in os.walk(top):
            folders.sort()
            paths = (Path(folder) / name for name in sorted([*folders, *names]))
            yield from (path for path in paths if path.is_symlink())


def leftovers(collection: Collection) -> Iterator[Finding]:
    for path in half_written(collection):
        fault = "was left half written by a run that was cut off"
        yield Finding(_name(collection, path), None, fault, RESUME)


def _name(collection: Collection, path: Path) -> str:
    return path.relative_to(collection.root).as_posix()
