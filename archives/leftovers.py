"""What a run that was cut off leaves half written beside the collection's files: found, and swept away.

What such a file was to become is whole, or not there; nothing refers to it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from os.path import isdir
from pathlib import Path

from archives.adoption import ASIDE
from archives.collection import Collection

_WRITTEN_ASIDE = re.compile(r"\..+\.(\d+)\.tmp")
"""Names of `archives.durable`, with the writer's process."""
_SCRATCH = re.compile(r"\.index-.+|\.[0-9a-f]+" + re.escape(ASIDE))
"""The index's scratch folder, the copy of a foreign file; both are made by the lock's holder only."""


def is_half_written(path: Path) -> bool:
    """Whether a name says so."""
    return bool(_WRITTEN_ASIDE.fullmatch(path.name) or _SCRATCH.fullmatch(path.name))


def half_written(collection: Collection, *, articles: bool = True) -> Iterator[Path]:
    """What was being written; without `articles` the many folders of sidecars are left out."""
    for folder in (collection.root, collection.archive, collection.indexes, collection.reports):
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if is_half_written(path))
    if articles:
        hidden = (entry.path for entry in entries_below(collection.articles) if entry.name.startswith("."))
        found = (name for name in hidden if is_half_written(Path(name)))
        yield from (Path(name) for name in found if not isdir(name))  # noqa: PTH112 - a link may lead in a ring


def sweep(collection: Collection, *, articles: bool = True) -> list[Path]:
    """Remove what is half written; only the holder of the lock may call this.

    A package is written without the lock: what belongs to a living process stays.

    Raises:
        OSError: the folder refuses.
    """
    swept = [path for path in half_written(collection, articles=articles) if not _is_being_written(path)]
    for path in swept:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return swept


def _is_being_written(path: Path) -> bool:
    found = _WRITTEN_ASIDE.fullmatch(path.name)
    writer = int(found.group(1)) if found else os.getpid()
    if writer == os.getpid():
        return False
    try:
        os.kill(writer, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def entries_below(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Everything in a folder and its folders, in order, links not followed. A collection has millions of
    sidecars: whoever looks for what is odd among them makes no path of each, and asks the disk for nothing
    that the folder tells.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:  # as `os.walk` does; what cannot be listed is missing elsewhere
        return
    for entry in entries:
        yield entry
        if is_folder(entry):
            yield from entries_below(entry.path)


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder and no link to one; not, where that cannot be found out."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def is_link(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a link; not, where that cannot be found out: some file systems must be asked."""
    try:
        return entry.is_symlink()
    except OSError:
        return False


def files_below(folder: Path) -> Iterator[Path]:
    """Every file of a folder and its folders, in order."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent) / name for name in sorted(names))
