"""Files that nothing here writes, and what a crash left half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from archives.collection import OPEN_SUFFIX, Collection
from archives.leftovers import entries_below, half_written, is_folder, is_half_written, is_link
from archives.verify.findings import MOVE, RESUME, Finding
from archives.verify.sidecars import is_text

_ARCHIVED = (".warc.gz", ".warc.gz" + OPEN_SUFFIX, ".uncommitted")


def strangers(collection: Collection) -> Iterator[Finding]:
    """Files in the folders of WARC files and sidecars that are neither."""
    for top, is_ours in ((collection.archive, _is_archived), (collection.articles, _is_sidecar)):
        for entry in entries_below(top):  # the folders themselves may lie elsewhere
            if is_link(entry):
                fault = "is a link; what lies elsewhere is not kept here"
            elif is_ours(entry, str(top)) or is_half_written(Path(entry)):
                continue
            else:
                fault = "is not a file of the collection"
            yield Finding(_name(collection, Path(entry)), None, fault, MOVE)


def _is_sidecar(entry: os.DirEntry[str], articles: str) -> bool:
    """A folder, or what `archives.verify.sidecars` reads."""
    if entry.name.endswith(".json") and entry.name != ".json" and is_text(entry.path[len(articles) :]):
        return True
    return is_folder(entry)


def _is_archived(entry: os.DirEntry[str], archive: str) -> bool:
    """What stands in a folder of the folder is told with that one."""
    return entry.name.endswith(_ARCHIVED) or entry.path != f"{archive}{os.sep}{entry.name}"


def leftovers(collection: Collection) -> Iterator[Finding]:
    for path in half_written(collection):
        fault = "was left half written by a run that was cut off"
        yield Finding(_name(collection, path), None, fault, RESUME)


def _name(collection: Collection, path: Path) -> str:
    return path.relative_to(collection.root).as_posix()
