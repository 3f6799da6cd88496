"""CDXJ lines of the records that a run writes, kept while it goes: at its end nothing is read once more.

A line says what `archives.cdxj_lines` finds in the record itself, byte for byte. That is told here from the
bytes that were written, and only where they are plain: of a file with a record that is not (a header field
with odd blanks or bytes, a head of many kilobytes) there are no lines here, and the file is read like any
other. The same holds for files of earlier runs, and after a crash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from archives.cdxj_lines import REVISIT, WEB, Place, line_of, mime_of, sha1_of

_LONGEST = 1 << 15
"""Bytes of a head beyond which it is not told from here where it ends."""
_LONGEST_URL = 1 << 12
"""Letters of an address whose key is made while others wait; odd ones take time with the square of them."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z")
_STATUS = re.compile(rb"[!-~]+ ([!-~]+)(?: [ -~]*)?\r\n")
_DECLARED = re.compile(rb"\ncontent-type:([^\r\n]*)\r\n", re.IGNORECASE)
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_OURS = {"application/json", "application/ld+json"}


@dataclass(slots=True)
class _Lines:
    """Where the lines of one WARC file stand among all. `length` is the file's own, once it is closed."""

    begin: int
    end: int
    length: int | None = None


class FreshLines:
    """Filled by the one thread that writes; read when that has ended."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where the file with the lines lies, which has no name."""
        self._folder = folder
        self._lines: BinaryIO | None = None
        self._size = 0
        self._files: dict[str, _Lines] = {}
        self._unknown: set[str] = set()
        """Files with a record of which no line could be told."""
        self._broken = False
        """Whether there was no room for a line: all of them can be had from the archive itself."""

    def close(self) -> None:
        if self._lines is not None:
            with suppress(OSError):
                self._lines.close()

    def note_answer(
        self, place: Place, *, url: str, date: str, head: bytes, digest: str, revisit: bool
    ) -> None:
        """A response or revisit record; `head` are the lines of HTTP at the beginning of its block."""
        status, stamp = _STATUS.match(head), _stamp(date)
        declared = (
            found[1].removeprefix(b" ").decode("latin-1") if (found := _DECLARED.search(head)) else None
        )
        plain = (
            url.startswith(WEB)
            and len(url) < _LONGEST_URL
            and len(head) < _LONGEST
            and _PLAIN.fullmatch(digest)
            and (declared is None or _PLAIN.fullmatch(declared))
        )
        if status is None or stamp is None or not plain:
            self._unknown.add(place[0])
            return
        mime = REVISIT if revisit else mime_of(declared)
        self._add(
            place, line_of(url, stamp, mime=mime, status=status[1].decode(), digest=digest, place=place)
        )

    def note_metadata(self, place: Place, *, url: str, date: str, content_type: str, block: bytes) -> None:
        """A metadata record that stands beside no answer: a sidecar's, or what a run says of itself."""
        stamp = _stamp(date)
        if stamp is None or len(url) > _LONGEST_URL or content_type not in _OURS:
            self._unknown.add(place[0])
            return
        digest = sha1_of([block])
        self._add(place, line_of(url, stamp, mime=content_type, status=None, digest=digest, place=place))

    def note_closed(self, filename: str, length: int) -> None:
        """The file has its final name, and that many bytes."""
        self._of(filename).length = length

    def _of(self, filename: str) -> _Lines:
        if filename not in self._files:
            self._files[filename] = _Lines(self._size, self._size)
        return self._files[filename]

    def _add(self, place: Place, line: str) -> None:
        file = self._of(place[0])
        try:
            if self._lines is None:
                self._lines = TemporaryFile(dir=self._folder)  # noqa: SIM115 - it is closed with this object
            self._size += self._lines.write(line.encode())
        except OSError:
            self._broken = True
        file.end = self._size

    def of(self, path: Path) -> Iterator[str] | None:
        """The lines of a WARC file in its order; None where it must be read to know them."""
        known = self._files.get(path.name)
        if self._broken or self._lines is None or known is None or path.name in self._unknown:
            return None
        if known.length != path.stat().st_size:
            return None
        try:
            self._lines.seek(known.begin)  # writes what is held back
        except OSError:
            self._broken = True
            return None
        return _read(self._lines, known.end - known.begin)


def _read(source: BinaryIO, size: int) -> Iterator[str]:
    while size:
        line = source.readline()
        if not line.endswith(b"\n"):
            raise OSError("lines for the index were lost on the disk; run `kliping index`")
        size -= len(line)
        yield line.decode()


def _stamp(date: str) -> str | None:
    found = _DATE.fullmatch(date)
    return "".join(found.groups()) if found else None
