"""WARC files of other tools, named on the command line: found, looked at, and asked which pages they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archives.capture import CaptureRef
from archives.collection import Collection
from archives.errors import NotAWarcError
from archives.index import PageOf
from archives.sift import check_is_warc
from crawler.errors import WrongUsageError
from extractors.addresses import identify
from extractors.page import unwrap, wayback_moment

_ENDINGS = (".warc", ".warc.gz")
_CRAWL = re.compile(r"(.+?)-\d{8,17}T?\d*Z?-\d+")


@dataclass(frozen=True, slots=True)
class Sources:
    """Foreign files to read, and those in folders that are none, with the reason."""

    files: tuple[Path, ...] = ()
    refused: tuple[str, ...] = ()


def find_sources(words: Iterable[str], collection: Collection) -> Sources:
    """The WARC files that the words name, each once; the collection's own are read anyway.

    Raises:
        WrongUsageError: a path does not exist, or a file that was named itself is no WARC file.
    """
    files: dict[Path, None] = {}
    refused: list[str] = []
    for word in words:
        path = Path(word)
        if not path.exists():
            raise WrongUsageError(f"{word}: no such file or folder")
        for file in _warc_files(path) if path.is_dir() else [path]:
            if _is_own(file, collection):
                continue
            try:
                check_is_warc(file)
            except NotAWarcError as error:
                if file is path:
                    raise WrongUsageError(str(error)) from error
                refused.append(str(error))
            else:
                files[file.resolve()] = None
    return Sources(tuple(files), tuple(refused))


def _warc_files(folder: Path) -> Iterator[Path]:
    found = sorted(
        path for path in folder.rglob("*") if path.name.lower().endswith(_ENDINGS) and path.is_file()
    )
    if not found:
        raise WrongUsageError(f"{folder}: no *.warc or *.warc.gz in this folder")
    return iter(found)


def _is_own(path: Path, collection: Collection) -> bool:
    return path.resolve().parent == collection.archive.resolve()


def page_of(ref: CaptureRef) -> PageOf | None:
    """Which page of which article an answer is by its address; None when it is no article's.

    An address of the Wayback Machine is that of the page inside, captured when the machine captured it.
    """
    url = ref.via or ref.url
    address = identify(unwrap(url))
    if address is None:
        return None
    moment = wayback_moment(ref.url) or ref.fetched_at
    return PageOf(article=address.url, page=address.page, amp=address.amp, moment=moment)


def crawl_of(name: str) -> str:
    """What the files of one foreign crawl have in common, as far as their names say."""
    found = _CRAWL.match(name)
    return f"foreign {found[1] if found else name}"
