"""All-or-nothing writing of small files: write aside, fsync, rename, fsync the folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate, islice
from os.path import islink
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from archives.errors import WriteError


def write_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a reader sees the old file or the new one, also after a power cut.

    Raises:
        WriteError: the file system refused; what stands at `path` is still whole.
    """
    with replacing(path) as out:
        out.write(content)


class Batch:
    """Many files, each put in its place as `write_file` does it, but their folders synced together: what was
    written is sure to last once `sync` has returned, and until then each file is the old one or the new one.
    """

    def __init__(self) -> None:
        self._folders: set[Path] = set()

    def write(self, path: Path, content: bytes) -> None:
        """Put `content` at `path`.

        Raises:
            WriteError: as above.
        """
        with replacing(path, self._folders.add) as out:
            out.write(content)
        if len(self._folders) >= _FOLDERS:  # memory does not grow with the collection
            self.sync()

    def sync(self) -> None:
        """Make all of them durable.

        Raises:
            WriteError: the file system refused.
        """
        while self._folders:
            folder = self._folders.pop()
            try:
                sync_folder(folder)
            except OSError as error:
                raise refused(folder, error) from error


_FOLDERS = 1000


def refused(path: Path, error: OSError) -> WriteError:
    """What to say of a file or folder that the file system does not let us write."""
    return WriteError(f"{path}: cannot be written ({error.strerror or error}); free space and run again")


@contextmanager
def replacing(path: Path, synced: Callable[[Path], None] | None = None) -> Iterator[BinaryIO]:
    """The same for a file that is written in pieces. It takes its place when the block ends without an error.

    `synced` is told the folder to sync, where that is done later.

    Raises:
        WriteError: as above.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        make_folder(path.parent)
        if aside.is_symlink():  # it would be written through
            aside.unlink()
        with aside.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
        (synced or sync_folder)(path.parent)
    except BaseException as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise refused(path, error) from error
        raise


def below(root: Path, name: str | PurePosixPath) -> Path:
    """The path of that name below `root`.

    Raises:
        WriteError: a link leads out of the folder: nothing of ours is written elsewhere.
    """
    path = root / name
    plain = _has_no_link(root, PurePosixPath(name))
    if not plain and not path.parent.resolve().is_relative_to(root.resolve()):
        raise WriteError(f"{path}: a link leads out of {root} there; move it away, then run again")
    return path


def _has_no_link(root: Path, name: PurePosixPath) -> bool:
    """Whether a name's folders are plain ones, one below the other: found in a tenth of the time that it
    takes to resolve both paths.
    """
    inner = name.parts[:-1]
    if name.is_absolute() or ".." in inner:
        return False
    steps = accumulate(inner, os.path.join, initial=str(root))
    return not any(islink(step) for step in islice(steps, 1, None))  # noqa: PTH114 - pathlib takes as long again


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable in the one above.

    A synced file is lost at a power cut all the same, if the name of its folder was never synced.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new names inside `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
