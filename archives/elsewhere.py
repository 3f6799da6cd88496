"""Where derived files of a collection lie that cannot be written itself: in the user's cache folder
(https://specifications.freedesktop.org/basedir-spec/, XDG_CACHE_HOME), else among the temporary ones.

All that is made again from the archive looks here, so that `kliping remove --redact` can name all of it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from archives.collection import Collection
from archives.errors import CollectionError


def folders_elsewhere(collection: Collection) -> Iterator[Path]:
    """The folders for this collection, the better one first. Nothing is made, and they need not be there."""
    mark = hashlib.sha256(os.fsencode(collection.root.resolve())).hexdigest()[:16]
    with suppress(RuntimeError):  # no home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kliping" / mark
    yield Path(tempfile.gettempdir()) / f"kliping-{os.getuid()}-{mark}"


def folder_elsewhere(collection: Collection) -> Path:
    """The first of them that is ours and can be written, made if need be.

    Raises:
        CollectionError: there is none.
    """
    for folder in folders_elsewhere(collection):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = folder.lstat()  # others may write among the temporary files, and lay links there
            is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
            if is_ours and os.access(folder, os.W_OK):
                return folder
    raise CollectionError(
        f"{collection.root}: nothing can be written here, nor in the user's cache folder or the temporary "
        "one; set XDG_CACHE_HOME to a folder that can"
    )
