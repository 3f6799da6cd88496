"""At the start of a run: make WARC files that an earlier run left open whole again, and close them.

What the catalogue calls committed must be there; what lies beyond was never promised and is cut off. A
file that the catalogue does not know is set aside, never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archives.catalogue import Catalogue
from archives.collection import OPEN_SUFFIX, Collection
from archives.durable import sync_folder
from archives.errors import DamageError, WriteError
from archives.warc import Committed, cut, seal


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done to one file, for the log."""

    file: str
    action: str


def recover(collection: Collection, catalogue: Catalogue, *, run_id: int) -> list[Repair]:
    """Bring every `.open` file to a state that `verify` accepts. Only the holder of the lock may call this.

    Raises:
        DamageError: a file is shorter than what was synced; the disk has lost bytes.
        WriteError: the folder refuses.
    """
    lengths = catalogue.committed_lengths()
    try:
        repairs = [_recover_file(path, lengths) for path in collection.open_warc_files()]
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
        catalogue.note_files(closed, run_id)
    return repairs


def _recover_file(path: Path, lengths: dict[str, int]) -> Repair:
    name = path.name.removesuffix(OPEN_SUFFIX)
    committed, actual = lengths.get(name, 0), path.stat().st_size
    if committed == 0:
        return _set_aside(path, actual)
    _whole_length(path, committed)
    if actual > committed:
        cut(path, committed)
    seal(path)
    return Repair(
        name, f"cut from {actual} to {committed} bytes and closed" if actual > committed else "closed"
    )


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
