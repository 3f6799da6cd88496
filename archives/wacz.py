"""A collection as one WACZ 1.1.1 file, for ReplayWeb.page and whoever else reads the format.

archive/*.warc.gz          as they lie in the collection, stored; records of removed articles give way to
                           notices of the same length (`archives.notices`), so all offsets stay
indexes/index.cdx.gz .idx  the CDXJ index in compressed blocks
pages/pages.jsonl          title, time and text of each article and of each of its further pages
articles/articles.jsonl    the sidecars, one a line: `sidecar.to_bytes` makes each file's bytes of it again
datapackage.json           size and SHA-256 of all these; datapackage-digest.json has its own

Sidecars are lines of one file because `datapackage.json` names each file and readers hold it in memory:
a million articles would be a million names. https://specs.webrecorder.net/wacz/1.1.1/

The same collection gives the same bytes: entries in one order, no clock, no names of users; `created` is
the time of the newest capture. Everything is copied in pieces, so memory does not grow with the archive.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import SEEK_END, BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from archives import sidecar, zipnum
from archives.cdxj import is_hidden
from archives.collection import Collection
from archives.durable import replacing
from archives.errors import CollectionError, DamageError, SidecarError
from archives.moments import to_w3c
from archives.reader import iterate
from archives.redaction import Notices, copy_with, notices_for
from archives.removals import Removals

WACZ_VERSION = "1.1.1"
PAGES = "pages/pages.jsonl"
ARTICLES = "articles/articles.jsonl"
INDEX = "indexes/index.cdx.gz"
INDEX_BLOCKS = "indexes/index.idx"
DATAPACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
_PIECE = 1 << 20
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first instant that a ZIP file can write."""
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a package: the closed WARC files of this moment, and what was left out.

    `sidecars` are those of an excerpt (`archives.excerpt`), whose files hold all records that they name
    under names of their own; None packs all sidecars of the collection whose files are closed.
    """

    collection: Collection
    warc_files: tuple[Path, ...]
    open_files: tuple[Path, ...]
    index: Path
    removals: Removals
    notices: Mapping[str, Notices]
    """By WARC file: what stands in it in the place of removed articles' records."""
    sidecars: tuple[Path, ...] | None = None

    @classmethod
    def of(cls, collection: Collection) -> Contents:
        """The collection's contents now; a crawl may go on meanwhile.

        Raises:
            CollectionError: there is nothing to package, or no index of it.
        """
        collection.check_format()
        # Open files first: one that is closed between the two looks is in both lists, never in neither.
        open_files = tuple(collection.open_warc_files())
        warc_files = tuple(collection.warc_files())
        if not warc_files:
            raise CollectionError(f"{collection.archive}: no closed WARC file to package; crawl first")
        if not collection.index.is_file():
            raise CollectionError(f"{collection.index}: there is no index yet; run `kliping index`")
        removals = Removals.of(collection)
        notices = notices_for(collection, removals)
        return cls(collection, warc_files, open_files, collection.index, removals, notices)

    @property
    def size(self) -> int:
        """Bytes that will be read."""
        files = chain(self.warc_files, [self.index], self.sidecar_files())
        return sum(path.stat().st_size for path in files)

    def sidecar_files(self) -> Iterator[Path]:
        if self.sidecars is not None:
            return iter(self.sidecars)
        return _sidecar_files(self.collection.articles)


@dataclass(slots=True)
class Packed:
    """What a package holds. `left_out` are articles with a page in a file that is not closed, `removed`
    those that were removed from the collection.
    """

    warc_files: int = 0
    captures: int = 0
    articles: int = 0
    pages: int = 0
    left_out: int = 0
    removed: int = 0
    newest: str = ""


def write_wacz(contents: Contents, output: Path, *, software: str, advance: Advance = int) -> Packed:
    """Write the package aside and put it at `output` when it is whole and on disk.

    Raises:
        CollectionError: the index does not name every WARC file, or there is no article.
        SidecarError, DamageError: a file of the collection is not what it should be.
        WriteError: the disk refused.
    """
    with replacing(output) as out:
        return _fill(out, contents, software, advance)


def _fill(out: BinaryIO, contents: Contents, software: str, advance: Advance) -> Packed:
    """Every part in the order in which it stands in the file."""
    packed = Packed(warc_files=len(contents.warc_files), removed=len(contents.removals))
    with zipfile.ZipFile(out, "w", allowZip64=True) as zip_file:
        package = _Package(zip_file, Path(out.name).parent)
        for path in contents.warc_files:
            _add_warc(package, path, contents.notices.get(path.name), advance)
        _add_index(package, contents, packed, advance)
        _add_articles(package, contents, packed, advance)
        described = _datapackage(contents.collection, package, packed, software)
        package.add(DATAPACKAGE, described)
        digest = {"path": DATAPACKAGE, "hash": "sha256:" + hashlib.sha256(described).hexdigest()}
        package.add(DIGEST, _json(digest))
    return packed


# --- the ZIP file -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Package:
    """The ZIP file, the folder it is made in, and what datapackage.json has to say of each entry."""

    zip_file: zipfile.ZipFile
    folder: Path
    resources: list[dict[str, object]] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        self.copy(name, BytesIO(content))

    def copy(self, name: str, source: IO[bytes], *, stored: bool = False, advance: Advance = int) -> None:
        """An entry of what `source` holds, from its beginning, in pieces.

        The size is known beforehand, so that only entries of more than 2 GiB get the fields of ZIP64:
        wabac.js skips a local header by what the directory at the end says of it, and reads past a file
        that has such fields in one place only.
        """
        info = zipfile.ZipInfo(name, _NO_TIME)
        info.create_system, info.external_attr = _UNIX, _REGULAR_FILE
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        is_large = source.seek(0, SEEK_END) > zipfile.ZIP64_LIMIT
        source.seek(0)
        digest, size = hashlib.sha256(), 0
        with self.zip_file.open(info, "w", force_zip64=is_large) as out:
            while piece := source.read(_PIECE):
                out.write(piece)
                digest.update(piece)
                size += len(piece)
                advance(len(piece))
        self.resources.append(
            {
                "name": name.rpartition("/")[2].lower(),
                "path": name,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": size,
            }
        )

    def aside(self) -> IO[bytes]:
        """A file without a name, for an entry whose size is not known before it is written."""
        return TemporaryFile(dir=self.folder)


def _json(value: Mapping[str, object], indent: int | None = 2) -> bytes:
    """Half a surrogate pair becomes a JSON escape, as in sidecars."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent) + "\n"
    return text.encode("utf-8", "backslashreplace")


# --- its parts --------------------------------------------------------------------------------------


def _add_warc(package: _Package, path: Path, notices: Notices | None, advance: Advance) -> None:
    with ExitStack() as stack:
        source: IO[bytes] = stack.enter_context(path.open("rb"))
        if notices:
            copy = stack.enter_context(package.aside())
            copy_with(path, copy, notices)
            source = copy
        package.copy(f"archive/{path.name}", source, stored=True, advance=advance)


def _add_index(package: _Package, contents: Contents, packed: Packed, advance: Advance) -> None:
    places = zipnum.header(INDEX.rpartition("/")[2])
    with package.aside() as index:
        for block in zipnum.blocks(_index_lines(contents, packed, advance)):
            places += block.entry(index.tell())
            index.write(block.content)
        package.copy(INDEX, index, stored=True)
    package.add(INDEX_BLOCKS, places)


def _index_lines(contents: Contents, packed: Packed, advance: Advance) -> Iterator[bytes]:
    """The collection's index without what lies in other files than these.

    Raises:
        CollectionError: a file is not in the index.
        DamageError: a line is no CDXJ.
    """
    missing = {path.name: path for path in contents.warc_files}
    names = frozenset(missing)
    with contents.index.open("rb") as lines:
        for line in lines:
            advance(len(line))
            name, offset, moment, is_capture = _read_line(contents.index, line)
            if name in names:
                if offset in contents.notices.get(name, ()) or is_hidden(line.decode(), contents.removals):
                    missing.pop(name, None)
                    continue
                missing.pop(name, None)
                packed.captures += is_capture
                packed.newest = max(packed.newest, moment)
                yield line
    for name, path in missing.items():
        notices = contents.notices.get(name, ())
        if any(record.type == "response" and record.offset not in notices for record in iterate(path)):
            raise CollectionError(
                f"{contents.index}: knows nothing of {name}; run `kliping index`, then package again"
            )


def _read_line(index: Path, line: bytes) -> tuple[str, int, str, bool]:
    """The line's file, offset and time, and whether it is an answer of a server; sidecars have no status."""
    try:
        _, moment, text = line.split(b" ", 2)
        fields = json.loads(text)
        return str(fields["filename"]), int(fields["offset"]), moment.decode("ascii"), "status" in fields
    except (ValueError, KeyError, TypeError) as error:
        raise DamageError(f"{index}: {line[:80]!r} is no CDXJ line; run `kliping index`") from error


def _add_articles(package: _Package, contents: Contents, packed: Packed, advance: Advance) -> None:
    """Pages and sidecars in one reading, so that they agree while a crawl goes on."""
    names = {path.name for path in contents.warc_files}
    with package.aside() as pages, package.aside() as articles:
        pages.write(_json(_PAGES_HEADER, None))
        for path in contents.sidecar_files():
            advance(path.stat().st_size)
            record = sidecar.load(path)
            if str(record.get("url")) in contents.removals:
                continue
            entries = _pages(path, record)
            if contents.sidecars is None and any(entry.warc_file not in names for entry in entries):
                packed.left_out += 1
                continue
            articles.write(_json(record, None))
            pages.write(b"".join(_json(entry.line, None) for entry in entries))
            packed.articles += 1
            packed.pages += len(entries)
        if not packed.articles:
            raise CollectionError(
                f"{contents.collection.articles}: no article of a closed WARC file; "
                "a package without pages shows nothing"
            )
        package.copy(PAGES, pages)
        package.copy(ARTICLES, articles)


_PAGES_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}


def _sidecar_files(folder: Path) -> Iterator[Path]:
    """Folder by folder in the order of names; never all names at once."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from _sidecar_files(path)
        elif path.suffix == ".json" and not path.name.startswith("."):
            yield path


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of an article: its line for pages.jsonl, and the WARC file that it lies in."""

    warc_file: str
    line: Mapping[str, object]


def _pages(path: Path, record: Mapping[str, Any]) -> list[_Page]:
    """The article under its first page with its whole text, then each further page with its own.

    Raises:
        SidecarError: this is no sidecar.
    """
    try:
        first, *further = record["archive"]["pages"]
        return [
            _page(record, first, str(record["headline"]), str(record["articleBody"])),
            *(_page(record, page, _title(record, page), _text(record, page)) for page in further),
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise SidecarError(
            f"{path}: is no sidecar ({error!r}); run `kliping reextract` to make it again"
        ) from error


def _page(record: Mapping[str, Any], page: Mapping[str, Any], title: str, text: str) -> _Page:
    name = f"{record['identifier']}-v{record['version']['number']}-p{page['page']}"
    line = {"id": name, "url": page["finalUrl"], "ts": page["fetchedAt"], "title": title, "text": text}
    return _Page(page["warcFile"], line)


def _title(record: Mapping[str, Any], page: Mapping[str, Any]) -> str:
    return f"{record['headline']} ({page['page']}/{record['pagination']['pageCount']})"


def _text(record: Mapping[str, Any], page: Mapping[str, Any]) -> str:
    """The paragraphs of one page."""
    return "\n\n".join(part["text"] for part in record["hasPart"] if part["page"] == page["page"])


def _datapackage(collection: Collection, package: _Package, packed: Packed, software: str) -> bytes:
    newest = datetime.strptime(packed.newest, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return _json(
        {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "title": collection.name,
            "description": _description(packed),
            "created": to_w3c(newest),
            "software": software,
            "resources": package.resources,
        }
    )


def _description(packed: Packed) -> str:
    return (
        f"{packed.articles} news articles on {packed.pages} pages, {packed.captures} captures in "
        f"{packed.warc_files} WARC files. The articles as JSON records: {ARTICLES}. "
        "`created` is the time of the newest capture."
    )
