"""Re-checks a WACZ file from its own bytes: everything is listed, fits its digest, and can be replayed.

`wacz validate` passes a package without pages, without WARC files or with an index of another archive.
Such a package opens and shows nothing, so here each part is held against the others: pages and sidecars
against the index, the index against the WARC records, both ways. Packages of other tools can be checked
too. Entries are read in pieces, in place.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import SEEK_SET
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from archives import sidecar, zipnum
from archives.errors import SidecarError
from archives.members import Member, members
from archives.verify import Finding
from archives.wacz import ARTICLES, DATAPACKAGE, DIGEST, INDEX, INDEX_BLOCKS, PAGES

NEXT_STEP = "make the package again with `kliping wacz`"
_PIECE = 1 << 20
_MAX_JSON = 64 << 20
_MAX_LINE = 16 << 20
_MAX_HEAD = 1 << 16
_BLANK_LINE = b"\r\n\r\n"
_NAME_LENGTH, _LOCAL_HEADER = 26, 30
"""Where a ZIP entry's local header says how long its name is, and its own length without names."""
_TELLS_ITSELF = {DATAPACKAGE, DIGEST}
_REPLAYED = {b"response", b"revisit"}
_BROKEN = (
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_INDEXES = re.compile(r"indexes/[^/]+\.(cdx|cdxj|cdx\.gz|cdxj\.gz)")
_ARCHIVES = re.compile(r"archive/[^/]+\.warc(\.gz)?")
_NOT_DIGITS = re.compile(r"[^0-9]")

Advance = Callable[[int], object]


@dataclass(slots=True)
class WaczCheck:
    """What was looked at and what was found."""

    file: str
    entries: int = 0
    records: int = 0
    captures: int = 0
    pages: int = 0
    articles: int = 0
    findings: list[Finding] = field(default_factory=list)

    def found(self, entry: str, fault: str, offset: int | None = None) -> None:
        name = f"{self.file}/{entry}" if entry else self.file
        self.findings.append(Finding(name, offset, fault, NEXT_STEP))

    def as_plain(self) -> dict[str, object]:
        """For machines."""
        return {
            "entries": self.entries,
            "records": self.records,
            "captures": self.captures,
            "pages": self.pages,
            "articles": self.articles,
            "findings": [item.as_plain() for item in self.findings],
        }


def check_wacz(path: Path, advance: Advance = int) -> WaczCheck:
    """Everything that the package promises; `advance` is told the bytes that were read of its entries.

    Raises:
        OSError: the file cannot be read.
    """
    result = WaczCheck(path.name)
    try:
        with path.open("rb") as source, zipfile.ZipFile(source) as zip_file:
            _Checker(zip_file, source, result, advance).run()
    except _BROKEN as error:
        result.found("", f"is no whole ZIP file ({error})")
    return result


@dataclass(slots=True)
class _Places:
    """Where captures lie: for each WARC file the length of the record at each offset."""

    files: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def has(self, name: str, offset: int) -> bool:
        return offset in self.files.get(name, {})


class _Checker:
    def __init__(
        self, zip_file: zipfile.ZipFile, source: BinaryIO, result: WaczCheck, advance: Advance
    ) -> None:
        self._zip = zip_file
        self._source = source
        self._result = result
        self._advance = advance
        self._names = zip_file.namelist()
        self._sound: set[str] = set()
        self._index = _Places()
        self._replayable: set[str] = set()

    def run(self) -> None:
        self._result.entries = len(self._names)
        self._check_names()
        self._check_digests(self._json(DATAPACKAGE))
        pages = self._pages()
        self._replayable = set(pages)
        self._check_index(pages)
        self._replayable -= pages
        self._check_articles()
        for name in self._names:
            if name.startswith("archive/") and name.endswith(".warc.gz") and name in self._sound:
                self._check_warc(name)

    def _found(self, entry: str, fault: str, offset: int | None = None) -> None:
        self._result.found(entry, fault, offset)

    # --- the ZIP file and its manifest ------------------------------------------------------------

    def _check_names(self) -> None:
        for name, times in Counter(self._names).items():
            if times > 1:
                self._found(name, f"is in the file {times} times")
            if name.startswith("/") or "\\" in name or ".." in name.split("/"):
                self._found(name, "would be unpacked outside its folder")
        for info in self._zip.infolist():
            packed_before = info.filename.endswith((".warc.gz", ".cdx.gz", ".cdxj.gz"))
            if packed_before and info.compress_type != zipfile.ZIP_STORED:
                self._found(info.filename, "is compressed twice; readers cannot jump into it")
        for what, pattern in (("WARC file", _ARCHIVES), ("index", _INDEXES)):
            if not any(pattern.fullmatch(name) for name in self._names):
                self._found("", f"holds no {what}")
        for name in (DATAPACKAGE, PAGES):
            if name not in self._names:
                self._found(name, "is missing")

    def _json(self, name: str) -> Mapping[str, Any]:
        try:
            with self._zip.open(name) as stream:
                content = stream.read(_MAX_JSON + 1)
            value = json.loads(content) if len(content) <= _MAX_JSON else None
        except KeyError:
            return {}
        except (*_BROKEN, RecursionError) as error:
            self._found(name, f"cannot be read ({error})")
            return {}
        if not isinstance(value, dict):
            self._found(name, "is not a JSON object")
            return {}
        return value

    def _check_digests(self, manifest: Mapping[str, Any]) -> None:
        if manifest and not str(manifest.get("wacz_version", "")).startswith("1."):
            self._found(DATAPACKAGE, f"is of WACZ version {manifest.get('wacz_version')!r}, not 1.x")
        listed = self._listed(manifest)
        for name in sorted(listed.keys() - set(self._names)):
            self._found(name, f"is missing; {DATAPACKAGE} names it")
        for name in dict.fromkeys(self._names):
            if not name.endswith("/"):
                self._check_entry(name, listed)

    def _listed(self, manifest: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
        """Digest and size of each file as the manifest has them."""
        try:
            return {
                str(item["path"]): (str(item["hash"]), int(item["bytes"])) for item in manifest["resources"]
            }
        except (KeyError, TypeError, ValueError):
            if manifest:
                self._found(DATAPACKAGE, "has no list of files with their digests and sizes")
            return {}

    def _check_entry(self, name: str, listed: Mapping[str, tuple[str, int]]) -> None:
        promised = listed.get(name)
        if promised is None and name not in _TELLS_ITSELF:
            self._found(name, f"is not named in {DATAPACKAGE}")
        if name == DATAPACKAGE and DIGEST in self._names:
            promised = (str(self._json(DIGEST).get("hash", "")), self._zip.getinfo(name).file_size)
        algorithm = promised[0].partition(":")[0] if promised else "sha256"
        if algorithm not in {"md5", "sha256"}:
            self._found(name, f"has a digest of no known kind ({algorithm})")
            algorithm = "sha256"
        try:
            found = self._read(name, algorithm)
        except _BROKEN as error:
            self._found(name, f"is damaged ({error})")
            return
        self._sound.add(name)
        if promised is not None and promised != found:
            self._found(name, "is not the file of its digest and size")

    def _read(self, name: str, algorithm: str) -> tuple[str, int]:
        digest, size = hashlib.new(algorithm, usedforsecurity=False), 0
        with self._zip.open(name) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                self._advance(len(piece))
        return f"{algorithm}:{digest.hexdigest()}", size

    # --- pages, index, sidecars -------------------------------------------------------------------

    def _lines(self, name: str) -> Iterator[tuple[int, Any]]:
        """The JSON lines of an entry with their numbers, from 1; None for one that is no JSON object."""
        if name not in self._sound:
            return
        with self._zip.open(name) as stream:
            for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE), b""), start=1):
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    value = None
                if not isinstance(value, dict):
                    self._found(name, f"line {number} is not a JSON object")
                    value = None
                yield number, value

    def _pages(self) -> set[str]:
        """`TIMESTAMP URL` of each page, to be looked up in the index."""
        wanted = set()
        for number, page in self._lines(PAGES):
            if number == 1 and page is not None and "format" in page:
                continue
            if page is not None and not {"url", "ts"} <= page.keys():
                self._found(PAGES, f"line {number} has no url and time")
            elif page is not None:
                self._result.pages += 1
                moment = _NOT_DIGITS.sub("", str(page["ts"]).partition(".")[0])[:14]
                wanted.add(f"{moment} {str(page['url']).partition('#')[0]}")
        if PAGES in self._sound and not self._result.pages:
            self._found(PAGES, "names no page; readers would show an empty archive")
        return wanted

    def _check_index(self, pages: set[str]) -> None:
        for name in self._names:
            if _INDEXES.fullmatch(name) and name in self._sound:
                for line in self._index_lines(name):
                    self._note_capture(name, line, pages)
        for page in sorted(pages):
            self._found(PAGES, f"the index has no capture of {page.partition(' ')[2]} at that time")

    def _index_lines(self, name: str) -> Iterator[bytes]:
        """The lines in their order; what is wrong with the order or the blocks is told."""
        before = b""
        for line in self._unpacked(name):
            if line < before:
                self._found(name, f"is not sorted at {zipnum.key_of(line)}")
            before = line
            yield line

    def _unpacked(self, name: str) -> Iterator[bytes]:
        if not name.endswith(".gz"):
            with self._zip.open(name) as stream:
                yield from stream
            return
        places: list[tuple[str, int, int]] = []
        try:
            for member in self._members(name):
                content = b"".join(iter(member.read, b""))
                places.append((zipnum.key_of(content), member.offset, member.length))
                yield from content.splitlines(keepends=True)
        except _BROKEN as error:
            self._found(name, f"ends early ({error})")
        if name == INDEX:
            self._check_blocks(places)

    def _check_blocks(self, places: list[tuple[str, int, int]]) -> None:
        if INDEX_BLOCKS not in self._names:
            return
        with self._zip.open(INDEX_BLOCKS) as stream:
            lines = [line for line in stream.read(_MAX_JSON).splitlines() if not line.startswith(b"!meta")]
        try:
            told = [_block(line) for line in lines]
        except (ValueError, KeyError, TypeError):
            told = []
        if told != places:
            self._found(INDEX_BLOCKS, f"does not fit the blocks of {INDEX}")

    def _note_capture(self, name: str, line: bytes, pages: set[str]) -> None:
        try:
            _, moment, fields = line.split(b" ", 2)
            capture = json.loads(fields)
            file, place, length = capture["filename"], int(capture["offset"]), int(capture["length"])
            url = capture["url"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self._found(name, f"{line[:80]!r} is no CDXJ line")
            return
        self._result.captures += "status" in capture
        pages.discard(f"{moment.decode('ascii', 'replace')} {url}")
        if f"archive/{file}" not in self._names:
            self._found(name, f"names a file that is not in the package, {file}")
        else:
            self._index.files[file][place] = length

    def _check_articles(self) -> None:
        for number, record in self._lines(ARTICLES) if ARTICLES in self._names else ():
            if record is None:
                continue
            self._result.articles += 1
            try:
                sidecar.check(record)
            except SidecarError as error:
                self._found(ARTICLES, f"line {number}: {error}")
                continue
            for page in record["archive"]["pages"]:
                if not self._has(page):
                    fault = f"line {number}: page {page['page']} is not in the index at its place"
                    self._found(ARTICLES, fault)

    def _has(self, page: Mapping[str, Any]) -> bool:
        """Whether the capture of a page is here: at the place that the sidecar names, or, where the package
        is an excerpt and has not that file, by its time and address.
        """
        if f"archive/{page['warcFile']}" in self._names:
            return self._index.has(page["warcFile"], page["warcOffset"])
        moment = _NOT_DIGITS.sub("", str(page["fetchedAt"]))[:14]
        return f"{moment} {str(page['finalUrl']).partition('#')[0]}" in self._replayable

    # --- WARC files -------------------------------------------------------------------------------

    def _check_warc(self, name: str) -> None:
        """Each record that can be replayed is in the index, and each capture of the index is a record."""
        indexed = self._index.files.get(name.removeprefix("archive/"), {})
        met: dict[int, int] = {}
        try:
            for offset, length, kind in self._records(name):
                self._result.records += 1
                met[offset] = length
                if kind in _REPLAYED and offset not in indexed:
                    self._found(name, f"{kind.decode()} record is not in the index", offset)
        except _BROKEN as error:
            self._found(name, f"record is cut or damaged ({error})", max(met, default=None))
            return
        for offset, length in sorted(indexed.items()):
            if met.get(offset) != length:
                self._found(name, "the index promises another record here", offset)

    def _records(self, name: str) -> Iterator[tuple[int, int, bytes]]:
        """Offset, length and type of each record."""
        for member in self._members(name):
            head = b""
            while _BLANK_LINE not in head and len(head) < _MAX_HEAD and (piece := member.read()):
                head += piece
            member.drain()
            yield member.offset, member.length, _type(head)

    def _members(self, name: str) -> Iterator[Member]:
        """The gzip members of an entry, read where they lie.

        An entry that is compressed once more is unpacked to a file without a name: the zipfile module
        goes back in an entry only by reading it from its beginning, which takes hours on a large one.
        """
        info = self._zip.getinfo(name)
        if info.compress_type == zipfile.ZIP_STORED:
            yield from members(cast("BinaryIO", _Window(self._source, info)))
            return
        with TemporaryFile() as unpacked, self._zip.open(info) as stream:
            shutil.copyfileobj(stream, unpacked, _PIECE)
            yield from members(cast("BinaryIO", unpacked))


class _Window:
    """A stored entry as a file of its own, over the bytes of the ZIP file."""

    def __init__(self, source: BinaryIO, info: zipfile.ZipInfo) -> None:
        source.seek(info.header_offset + _NAME_LENGTH)
        name, extra = struct.unpack("<HH", source.read(4))
        self._source = source
        self._begin = info.header_offset + _LOCAL_HEADER + name + extra
        self._size = info.file_size
        self._place = 0

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self._place = offset if whence == SEEK_SET else self._size + offset
        return self._place

    def read(self, size: int) -> bytes:
        self._source.seek(self._begin + self._place)
        content = self._source.read(min(size, self._size - self._place))
        self._place += len(content)
        return content


def _block(line: bytes) -> tuple[str, int, int]:
    place = json.loads(line[line.index(b"{") :])
    return zipnum.key_of(line), int(place["offset"]), int(place["length"])


def _type(head: bytes) -> bytes:
    found = re.search(rb"\r\nWARC-Type: *([a-z]+)\r\n", head[: head.find(_BLANK_LINE) + 2], re.IGNORECASE)
    return found.group(1).lower() if found else b""
