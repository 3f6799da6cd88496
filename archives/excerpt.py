"""The records of one article as a WARC file of their own, byte for byte as they lie in the archive.

Whoever takes an article along gets everything that a citation rests on: the answers of its pages with the
requests that they answer, what a revisit refers to, pictures, the robots.txt of that day, its sidecar as a
metadata record, and the `warcinfo` record of each file that one of these comes from. In front stands a
`warcinfo` of the excerpt itself. The same article gives the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from archives import sidecar
from archives.capture import RecordPlace
from archives.catalogue import Catalogue
from archives.cdxj_lines import index as index_file
from archives.collection import Collection
from archives.durable import write_file
from archives.errors import DamageError
from archives.members import Member
from archives.moments import from_w3c
from archives.reader import StoredRecord, record_in
from archives.removals import Removals
from archives.rows import CAPTURE, capture_of
from archives.wacz import Contents, write_wacz
from archives.warc import CONFORMS_TO, info_record

_COMPANIONS = 4
"""Records beside an answer: the request, and metadata of ours."""
_MOST = 4000
_WANTED = ", ".join(f"c.{name.strip()}" for name in CAPTURE.split(","))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What belongs to one version of an article: its sidecar, its records in the order of the files."""

    collection: Collection
    record: Mapping[str, Any]
    places: tuple[RecordPlace, ...]

    @classmethod
    def of(
        cls,
        collection: Collection,
        catalogue: Catalogue,
        record: Mapping[str, Any],
        beside: Iterable[RecordPlace] = (),
    ) -> Excerpt:
        """The excerpt of that sidecar; `beside` are records of what its pages load, if the caller knows."""
        found = {
            (place.warc_file, place.offset): place
            for place in (*_pages(catalogue, record), *_around(catalogue, record), *beside)
        }
        return cls(collection, record, tuple(found[key] for key in sorted(found)))

    @property
    def name(self) -> str:
        """How its files are called."""
        number = int(self.record["version"]["number"])
        return str(self.record["identifier"]) + ("" if number == 1 else f"-v{number}")


def write_excerpt(excerpt: Excerpt, out: BinaryIO, *, software: str) -> int:
    """Write the WARC file; how many records it holds.

    Raises:
        DamageError: a record is not where the catalogue says.
        FileNotFoundError: a file of the archive is gone.
    """
    named = " ".join(f"{place.warc_file}:{place.offset}" for place in excerpt.places)
    out.write(
        info_record(
            {
                "software": software,
                "format": "WARC File Format 1.1",
                "conformsTo": CONFORMS_TO,
                "isPartOf": excerpt.collection.name,
                "description": f"The records of one article, as they lie in {excerpt.collection.name}: "
                f"{excerpt.record['url']}",
            },
            name=f"{excerpt.name}.warc.gz",
            record_id=uuid5(NAMESPACE_URL, f"{excerpt.record['url']} {named}").urn,
            now=max(from_w3c(page["fetchedAt"]) for page in excerpt.record["archive"]["pages"]),
        )
    )
    written: set[tuple[str, int]] = set()
    for key, content in _members(excerpt):
        if key not in written:  # what stands beside an answer may be wanted for itself, too
            out.write(content)
            written.add(key)
    return 1 + len(written)


def write_excerpt_wacz(excerpt: Excerpt, output: Path, *, software: str) -> None:
    """The same as a WACZ package of one article, for ReplayWeb.page.

    Raises:
        DamageError, FileNotFoundError: as `write_excerpt`.
        WriteError: the disk refused.
    """
    with TemporaryDirectory(prefix="kliping-") as folder:
        warc = Path(folder) / f"{excerpt.name}.warc.gz"
        with warc.open("wb") as out:
            write_excerpt(excerpt, out, software=software)
        index = Path(folder) / "index.cdxj"
        index.write_text("".join(sorted(_lines(warc))), encoding="utf-8")
        record = Path(folder) / f"{excerpt.name}.json"
        write_file(record, sidecar.to_bytes(excerpt.record))
        removals = Removals.of(excerpt.collection)
        contents = Contents(excerpt.collection, (warc,), (), index, removals, {}, sidecars=(record,))
        write_wacz(contents, output, software=software)


class _Lines(list[str]):
    """Takes index lines."""

    def write(self, line: str, /) -> None:
        self.append(line)


def _lines(warc: Path) -> list[str]:
    found = _Lines()
    index_file(warc, found, lambda _gap: None)
    return found


# --- which records ------------------------------------------------------------------------------------


def _pages(catalogue: Catalogue, record: Mapping[str, Any]) -> Iterator[RecordPlace]:
    """The records of its pages, and of the originals that revisits among them refer to."""
    for page in record["archive"]["pages"]:
        yield _place(page)
        rows = catalogue.database.execute(
            f"SELECT {_WANTED} FROM urls u JOIN captures c USING (url_id) WHERE u.url IN (?, ?) "
            "AND c.warc_file = ? AND c.offset = ? LIMIT 1",
            (page["url"], page["finalUrl"], page["warcFile"], page["warcOffset"]),
        )
        yield from (ref.original for row in rows if (ref := capture_of(row)).original is not None)


def _around(catalogue: Catalogue, record: Mapping[str, Any]) -> Iterator[RecordPlace]:
    """What was fetched for the article, the robots.txt of the day, and the sidecar's own record."""
    usage = record.get("usageInfo")
    if usage is not None and "robots" in usage:
        yield _place(usage["robots"])
    rows = catalogue.database.execute(
        f"SELECT {_WANTED} FROM urls u JOIN captures c USING (url_id) "
        "WHERE u.article = ? AND u.kind = 'requisite' AND c.status = 200 LIMIT ?",
        (record["url"], _MOST),
    )
    for row in rows:
        ref = capture_of(row)
        yield ref.place
        if ref.original is not None:
            yield ref.original
    own = catalogue.database.execute(
        "SELECT metadata_file, metadata_offset, metadata_id FROM versions JOIN articles USING (article_id) "
        "WHERE address = ? AND number = ? AND metadata_file IS NOT NULL",
        (record["url"], record["version"]["number"]),
    ).fetchone()
    if own is not None:
        yield RecordPlace(warc_file=own[0], offset=own[1], length=0, record_id=own[2])


def _place(page: Mapping[str, Any]) -> RecordPlace:
    return RecordPlace(
        warc_file=page["warcFile"],
        offset=page["warcOffset"],
        length=page["warcLength"],
        record_id=page["warcRecordId"],
    )


# --- their bytes --------------------------------------------------------------------------------------


def _members(excerpt: Excerpt) -> Iterator[tuple[tuple[str, int], bytes]]:
    """Name of the file and offset of each record, and its gzip member; the files' warcinfo records first."""
    wanted: dict[str, list[RecordPlace]] = {}
    for place in excerpt.places:
        wanted.setdefault(place.warc_file, []).append(place)
    with ExitStack() as files:
        streams = {name: files.enter_context(_opened(excerpt.collection, name)) for name in wanted}
        for name, stream in streams.items():
            content, record = _member_at(stream, 0)
            if record.type == "warcinfo":
                yield (name, 0), content
        for name, places in wanted.items():
            for place in places:
                yield from _with_companions(streams[name], place)


def _opened(collection: Collection, name: str) -> BinaryIO:
    """The file, once more under its final name where a run has just closed it."""
    if "/" in name or name.startswith("."):
        raise DamageError(f"archive/{name}: no name of a WARC file; run `kliping verify`")
    try:
        return collection.warc_path(name).open("rb")
    except FileNotFoundError:
        return collection.warc_path(name).open("rb")


def _with_companions(stream: BinaryIO, place: RecordPlace) -> Iterator[tuple[tuple[str, int], bytes]]:
    content, record = _member_at(stream, place.offset)
    if record.record_id != place.record_id:
        raise DamageError(
            f"{stream.name}: the record at offset {place.offset} is {record.record_id}, "
            f"not {place.record_id}; run `kliping verify`"
        )
    yield (place.warc_file, place.offset), content
    offset, end = place.offset + len(content), stream.seek(0, 2)
    for _ in range(_COMPANIONS):
        if offset >= end:
            return
        try:
            content, beside = _member_at(stream, offset)
        except DamageError:  # a run is writing there, or it is not ours to judge
            return
        if beside.concurrent_to != record.record_id:
            return
        yield (place.warc_file, offset), content
        offset += len(content)


def _member_at(stream: BinaryIO, offset: int) -> tuple[bytes, StoredRecord]:
    """The gzip member that begins there, and the record in it."""
    member = Member(stream, offset)
    try:
        member.drain()
        stream.seek(offset)
        content = stream.read(member.length)
        return content, record_in(content)
    except (EOFError, zlib.error, DamageError) as error:
        raise DamageError(
            f"{stream.name}: no record at offset {offset} ({error}); run `kliping verify`"
        ) from error
