"""Taking foreign WARC files into a collection, which must verify from its own files.

A file is copied, never linked and never changed where it lies: the archive shares no bytes with a file that
somebody else may edit. A plain `.warc`, or one whose gzip members are not single records, is packed record
by record on the way. The manifest says where each file came from and what it must stay.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archives.collection import Collection
from archives.durable import sync_folder
from archives.errors import WriteError
from archives.moments import to_w3c
from archives.sift import LeftOut, Sifted, sift

ASIDE = ".adopting.tmp"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ENDINGS = re.compile(r"(\.warc)?(\.gz)?$", re.IGNORECASE)
_NAME_LENGTH = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A foreign file that is ready to be read: under `name` in an archive folder, or to be put there."""

    source: Path
    name: str
    records: int
    left_out: tuple[LeftOut, ...] = ()
    sha256: str = ""
    source_sha256: str = ""
    aside: Path | None = None


def adopted_name(source: Path, collection: Collection) -> str | None:
    """The name under which a file of the same bytes was taken in before."""
    known = {entry.get("sourceSha256"): name for name, entry in collection.adopted().items()}
    name = known.get(_sha256(source)) if known else None
    return name if name is not None and (collection.archive / name).exists() else None


def lay_out(source: Path, folder: Path) -> Foreign:
    """Make a foreign file readable below `folder` without keeping it: a link where it can be read as it is.

    Raises:
        WriteError: there is no room for the packed copy of a file that cannot be read where it lies.
    """
    found = sift(source, None)
    name = _free_name(source, lambda name: (folder / name).exists())
    if found.as_is:
        (folder / name).symlink_to(source.resolve())
    else:
        try:
            with (folder / name).open("xb") as out:
                found = sift(source, out)
        except OSError as error:
            raise _refused(folder / name, error) from error
    return Foreign(source=source, name=name, records=found.records, left_out=tuple(found.left_out))


def prepare(source: Path, collection: Collection) -> Foreign:
    """Copy a foreign file beside the archive's files, synced; `adopt` gives it its name, `drop` removes it.

    Raises:
        WriteError: the folder refuses.
    """
    mark, known = _sha256(source), collection.adopted()
    aside = collection.archive / f".{mark[:16]}{ASIDE}"
    try:
        found = _copy(source, aside)
        sync_folder(aside.parent)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise _refused(aside, error) from error
    sha256 = _sha256(aside)

    def is_taken(name: str) -> bool:
        """A file of the same bytes is ours: an adoption that ended before the manifest was written."""
        path = collection.archive / name
        return (path.exists() and (name in known or _sha256(path) != sha256)) or _is_open(collection, name)

    return Foreign(
        source=source,
        name=_free_name(source, is_taken),
        records=found.records,
        left_out=tuple(found.left_out),
        sha256=sha256,
        source_sha256=mark,
        aside=aside,
    )


def adopt(foreign: Foreign, collection: Collection, *, now: datetime) -> None:
    """Give a prepared file its name in the archive, never over another file, and note it in the manifest.

    Raises:
        WriteError: the folder refuses.
    """
    if foreign.aside is None:
        return
    final = collection.archive / foreign.name
    try:
        if not final.exists():
            os.link(foreign.aside, final)
        foreign.aside.unlink()
        sync_folder(final.parent)
    except OSError as error:
        raise _refused(final, error) from error
    collection.note_adopted(
        foreign.name,
        {
            "source": foreign.source.name,
            "sourceSha256": foreign.source_sha256,
            "sha256": foreign.sha256,
            "adopted": to_w3c(now),
            "leftOut": [
                {"offset": item.offset, "length": item.length, "reason": item.reason}
                for item in foreign.left_out
            ],
        },
    )


def drop(foreign: Foreign) -> None:
    """Remove the copy of a file that is not taken in after all."""
    if foreign.aside is not None:
        foreign.aside.unlink(missing_ok=True)


def _copy(source: Path, aside: Path) -> Sifted:
    found = sift(source, None)
    with aside.open("wb") as out:
        if found.as_is:
            with source.open("rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)
        else:
            found = sift(source, out)
        out.flush()
        os.fsync(out.fileno())
    return found


def _free_name(source: Path, is_taken: Callable[[str], bool]) -> str:
    """The file's own name, made safe, with `.warc.gz` and, where the name is taken, a number."""
    stem = _UNSAFE.sub("-", _ENDINGS.sub("", source.name))[:_NAME_LENGTH].strip("-.") or "foreign"
    number, name = 1, f"{stem}.warc.gz"
    while is_taken(name):
        number += 1
        name = f"{stem}-{number}.warc.gz"
    return name


def _is_open(collection: Collection, name: str) -> bool:
    return (collection.archive / (name + ".open")).exists()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refused(path: Path, error: OSError) -> WriteError:
    return WriteError(f"{path}: cannot be written ({error.strerror or error}); free space or mend the folder")
