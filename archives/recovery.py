"""At the start of a run: make WARC files that an earlier run left open whole again, and close them.

What the catalogue calls committed must be there; what lies beyond was never promised and is cut off. A
file that the catalogue does not know is set aside, never deleted. A file that is older than the catalogue
belongs to one that was lost: its whole records are kept under its name, for `reextract` to read.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from archives.catalogue import Catalogue
from archives.collection import OPEN_SUFFIX, Collection
from archives.durable import sync_folder
from archives.errors import DamageError, WriteError
from archives.leftovers import sweep
from archives.members import Gap, walk
from archives.reader import iterate
from archives.warc import Committed, cut, seal

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done to one file, for the log."""

    file: str
    action: str


def recover(collection: Collection, catalogue: Catalogue, *, run_id: int | None) -> list[Repair]:
    """Bring every `.open` file to a state that `verify` accepts. Only the holder of the lock may call this.

    `run_id` is the run that begins, if one does. What is half written is swept away; a million sidecars are
    looked through for it only where the run before did not come to its end, or none begins.

    Raises:
        DamageError: a file is shorter than what was synced; the disk has lost bytes.
        WriteError: the folder refuses.
    """
    lengths = catalogue.committed_lengths()
    try:
        sweep(collection, articles=run_id is None or not catalogue.ended_before(run_id))
        repairs = [_recover_file(path, lengths, catalogue) for path in collection.open_warc_files()]
        closed = [
            Committed(name, _whole_length(collection.archive / name, length), closed=True)
            for name, length in catalogue.unclosed_lengths().items()
            if (collection.archive / name).exists()
        ]
    except OSError as error:
        raise WriteError(
            f"{collection.archive}: cannot be mended ({error.strerror or error}); make the folder writable"
        ) from error
    with catalogue.transaction():
        catalogue.note_closed(closed)
    return repairs


def _recover_file(path: Path, lengths: dict[str, int], catalogue: Catalogue) -> Repair:
    name = path.name.removesuffix(OPEN_SUFFIX)
    committed, actual = lengths.get(name, 0), path.stat().st_size
    if committed == 0:
        if is_older(path, catalogue):
            return _rescue(path, actual)
        return _set_aside(path, actual)
    _whole_length(path, committed)
    if actual > committed:
        cut(path, committed)
    seal(path)
    return Repair(
        name, f"cut from {actual} to {committed} bytes and closed" if actual > committed else "closed"
    )


def is_older(path: Path, catalogue: Catalogue) -> bool:
    """Whether a file was begun before any run of the catalogue, which cannot say then what was promised."""
    try:
        first = next(iterate(path), None)
    except (DamageError, OSError):
        return False
    return first is not None and not catalogue.has_run_before(first.date)


def _rescue(path: Path, size: int) -> Repair:
    length = whole_length(path)
    aside = cut_off(path, length) if length < size else None
    final = seal(path)
    told = f"older than the catalogue: closed with its {length} whole bytes; run `kliping reextract`"
    return Repair(final.name, told + (f" (what came behind them is in {aside.name})" if aside else ""))


def whole_length(path: Path) -> int:
    """How many bytes of a file are whole gzip members with nothing else between them."""
    gaps: list[Gap] = []
    with path.open("rb") as source:
        for _member in walk(source, gaps.append):
            if gaps:
                break
    return gaps[0].offset if gaps else path.stat().st_size


def cut_off(path: Path, length: int) -> Path:
    """Copy what comes behind `length` to a file of its own, synced, before it is cut; that file.

    A copy that a crash has left half made is made again; one of other bytes stays, and so does a link.
    """
    stem = f"{path.name.removesuffix(OPEN_SUFFIX)}.from-{length}"
    names = (f"{stem}{'' if number == 1 else f'-{number}'}.uncommitted" for number in count(1))
    aside = next(aside for name in names if _may_take(aside := path.with_name(name), path, length))
    with path.open("rb") as source, aside.open("wb") as out:
        source.seek(length)
        shutil.copyfileobj(source, out, _PIECE)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(aside.parent)
    cut(path, length)
    return aside


def _may_take(aside: Path, path: Path, length: int) -> bool:
    """Whether nothing is lost by writing there what `path` holds from `length` on."""
    if aside.is_symlink() or not aside.exists():
        return not aside.is_symlink()
    with aside.open("rb") as old, path.open("rb") as source:
        source.seek(length)
        while piece := old.read(_PIECE):
            if source.read(len(piece)) != piece:
                return False
    return True


def _whole_length(path: Path, committed: int) -> int:
    actual = path.stat().st_size
    if actual < committed:
        raise DamageError(
            f"{path}: {actual} bytes, but {committed} were synced to disk; the disk has lost data. "
            "Restore the file from a copy before crawling on"
        )
    return committed


def _set_aside(path: Path, size: int) -> Repair:
    """A file that no transaction mentions holds nothing that was promised, but bytes are never deleted."""
    aside = path.with_name(path.name.removesuffix(OPEN_SUFFIX) + ".uncommitted")
    path.rename(aside)
    sync_folder(aside.parent)
    return Repair(path.name, f"{size} uncommitted bytes set aside as {aside.name}")
