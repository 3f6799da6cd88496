"""All-or-nothing writing of small files: write aside, fsync, rename, fsync the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate, islice
from os.path import islink
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

from archives.errors import WriteError


def write_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a reader sees the old file or the new one, also after a power cut.

    Raises:
        WriteError: the file system refused; what stands at `path` is still whole.
    """
    with replacing(path) as out:
        out.write(content)


class Batch:
    """Many files, each put in its place as `write_file` does it, but some at a time, and their folders synced
    together: what was written is sure to last once `sync` has returned, and until then each file is the old
    one or the new one.

    A file system commits its log for each file that is synced, unless the bytes are on their way already:
    files that are written one after the other, and then synced, cost half. As a context manager it makes all
    durable at the end of the block, and forgets what is not in its place yet if the block fails.
    """

    def __init__(self) -> None:
        self._aside: list[tuple[BinaryIO, Path, Path]] = []
        self._folders: set[Path] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.sync()
        finally:
            self._forget()  # of what was synced nothing is left to forget

    def write(self, path: Path, content: bytes) -> None:
        """Put `content` at `path`, now or soon; each path once before `sync`.

        Raises:
            WriteError: as above; which of the files that were written since `sync` stand is not known.
        """
        with self._mended(path):
            aside = _aside_of(path)
            out = _open_anew(aside)
            self._aside.append((out, aside, path))
            out.write(content)
            out.flush()
            _send_off(out.fileno())
        if len(self._aside) >= _TOGETHER:
            self._put_in_place()
        if len(self._folders) >= _FOLDERS:  # memory does not grow with the collection
            self.sync()

    def sync(self) -> None:
        """Make all of them durable.

        Raises:
            WriteError: the file system refused.
        """
        self._put_in_place()
        while self._folders:
            folder = self._folders.pop()
            with self._mended(folder):
                sync_folder(folder)

    def _put_in_place(self) -> None:
        for out, _, path in self._aside:
            with self._mended(path):
                os.fsync(out.fileno())
                out.close()
        for _, aside, path in self._aside:
            with self._mended(path):
                aside.replace(path)
            self._folders.add(path.parent)
        self._aside.clear()

    @contextmanager
    def _mended(self, path: Path) -> Iterator[None]:
        """Leave nothing half done behind where the file system refuses."""
        try:
            yield
        except OSError as error:
            self._forget()
            raise refused(path, error) from error

    def _forget(self) -> None:
        for out, aside, _ in self._aside:
            with suppress(OSError):
                out.close()
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        self._aside.clear()


_TOGETHER = 32
"""Files that are open at a time: few systems allow less than 256."""
_FOLDERS = 1000


def refused(path: Path, error: OSError) -> WriteError:
    """What to say of a file or folder that the file system does not let us write."""
    return WriteError(f"{path}: cannot be written ({error.strerror or error}); free space and run again")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """The same for a file that is written in pieces. It takes its place when the block ends without an error.

    Raises:
        WriteError: as above.
    """
    aside = _aside_of(path)
    try:
        with _open_anew(aside) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise refused(path, error) from error
        raise


def _aside_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _open_anew(aside: Path) -> BinaryIO:
    make_folder(aside.parent)
    if aside.is_symlink():  # it would be written through
        aside.unlink()
    return aside.open("wb")


def _send_off(descriptor: int) -> None:
    """Have a file's bytes written, without waiting for it (posix_fadvise(2): "attempts to free cached pages",
    which begins with writing them).
    """
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):  # advice: whether it was taken is no matter
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


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
