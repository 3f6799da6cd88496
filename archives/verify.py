"""Re-checks from the files alone what a collection promises. Findings are values; nothing is mended here."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archives import sidecar
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import CollectionError, SidecarError
from archives.moments import to_w3c
from archives.reader import StoredRecord, parse_member

_CHUNK = 1 << 20
_GZIP = 31


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken promise: the file, the byte offset where there is one, what is wrong, what to do."""

    file: str
    offset: int | None
    fault: str
    next_step: str

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at {self.offset}"
        return f"{place}: {self.fault}; {self.next_step}"


@dataclass(slots=True)
class Verification:
    """What was looked at and what was found."""

    files: int = 0
    records: int = 0
    sidecars: int = 0
    findings: list[Finding] = field(default_factory=list)

    def as_plain(self) -> dict[str, object]:
        """For machines."""
        return {
            "files": self.files,
            "records": self.records,
            "sidecars": self.sidecars,
            "findings": [
                {"file": item.file, "offset": item.offset, "fault": item.fault, "nextStep": item.next_step}
                for item in self.findings
            ],
        }


RESTORE = "restore the file from a copy"
REMAKE = "run `kliping reextract` to make it again"


def verify(collection: Collection) -> Verification:
    """Read everything once.

    Raises:
        CollectionError: there is no collection to verify.
    """
    collection.check_format()
    result = Verification()
    responses: dict[tuple[str, int], tuple[str, str, str, str]] = {}
    for path in (*collection.warc_files(), *collection.open_warc_files()):
        result.files += 1
        _check_warc(path, result, responses)
    _check_sidecars(collection, result, responses)
    _check_catalogue(collection, result, responses)
    result.findings.sort(key=lambda finding: (finding.file, finding.offset or 0))
    return result


def _check_warc(path: Path, result: Verification, responses: dict[tuple[str, int], tuple[str, str, str, str]]) -> None:
    seen: set[str] = set()
    info_id: str | None = None
    for offset, length, member, fault in members(path):
        if fault is not None:
            result.findings.append(Finding(path.name, offset, fault, RESTORE))
            return
        result.records += 1
        try:
            record = parse_member(member)
        except ValueError as error:
            result.findings.append(Finding(path.name, offset, f"no WARC record: {error}", RESTORE))
            continue
        info_id = record.record_id if record.type == "warcinfo" else info_id
        faults = [*_record_faults(record, member), *_link_faults(record, info_id, seen)]
        result.findings += [Finding(path.name, offset, text, RESTORE) for text in faults]
        seen.add(record.record_id)
        if record.type == "response":
            name = path.name.removesuffix(".open")
            responses[name, offset] = (
                record.record_id, record.url, to_w3c(record.date), f"{length} {record.payload_digest}",
            )  # fmt: skip


def members(path: Path) -> Iterator[tuple[int, int, bytes, str | None]]:
    """Each gzip member of a file: offset, length, inflated bytes; or, as the last, what is wrong there."""
    with path.open("rb") as stream:
        offset, rest = 0, stream.read(_CHUNK)
        while rest:
            engine, taken = zlib.decompressobj(_GZIP), 0
            pieces: list[bytes] = []
            chunk = rest
            while chunk and not engine.eof:
                try:
                    pieces.append(engine.decompress(chunk))
                except zlib.error as error:
                    yield offset, taken, b"", f"gzip member is damaged ({error})"
                    return
                taken += len(chunk) - len(engine.unused_data)
                chunk = engine.unused_data if engine.eof else stream.read(_CHUNK)
            if not engine.eof:
                yield offset, taken, b"", "gzip member is cut"
                return
            yield offset, taken, b"".join(pieces), None
            offset += taken
            rest = chunk or stream.read(_CHUNK)


def _record_faults(record: StoredRecord, member: bytes) -> Iterator[str]:
    head, _, block = member.partition(b"\r\n\r\n")
    fields = _fields(head)
    declared = fields.get("content-length", "")
    if not member.endswith(b"\r\n\r\n"):
        yield "record does not end with two CRLF"
    elif not declared.isdigit() or int(declared) != len(block) - 4:
        yield f"Content-Length is {declared or 'missing'}, the block has {len(block) - 4} bytes"
    block = block[:-4]
    if not _fits(fields.get("warc-block-digest"), block):
        yield "block digest does not fit"
    payload = block.partition(b"\r\n\r\n")[2]
    if record.type == "response" and not _fits(fields.get("warc-payload-digest"), payload):
        yield "payload digest does not fit"


def _link_faults(record: StoredRecord, info_id: str | None, seen: set[str]) -> Iterator[str]:
    if record.record_id in seen:
        yield "record id is used twice"
    if record.type != "warcinfo" and (info_id is None or record.warcinfo_id != info_id):
        yield "does not point to the file's warcinfo record"
    if record.concurrent_to is not None and record.concurrent_to not in seen:
        yield "points to a record that is not in the file"


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _fits(promised: str | None, content: bytes) -> bool:
    if promised is None:
        return False
    algorithm, _, value = promised.partition(":")
    if algorithm not in hashlib.algorithms_available:
        return False
    return base64.b32encode(hashlib.new(algorithm, content).digest()).decode() == value


def _check_sidecars(
    collection: Collection, result: Verification, responses: dict[tuple[str, int], tuple[str, str, str, str]]
) -> None:
    for path in sorted(collection.articles.rglob("*.json")):
        result.sidecars += 1
        name = path.relative_to(collection.root).as_posix()
        try:
            record = sidecar.load(path)
            sidecar.check(record)
        except SidecarError as error:
            result.findings.append(Finding(name, None, str(error), REMAKE))
            continue
        if str(sidecar.place(record)) != name:
            result.findings.append(Finding(name, None, "lies at a place that is not its own", REMAKE))
        for fault in _pointer_faults(record, responses):
            result.findings.append(Finding(name, None, fault, REMAKE))


def _pointer_faults(
    record: dict[str, object], responses: dict[tuple[str, int], tuple[str, str, str, str]]
) -> Iterator[str]:
    archive = record["archive"]
    assert isinstance(archive, dict)
    for page in archive["pages"]:
        place = f"page {page['page']}: {page['warcFile']} at {page['warcOffset']}"
        found = responses.get((page["warcFile"], page["warcOffset"]))
        told = (
            page["warcRecordId"], page["finalUrl"], page["fetchedAt"], f"{page['warcLength']} {page['payloadDigest']}",
        )  # fmt: skip
        if found is None:
            yield f"{place}: no response record there"
        elif found != told:
            yield f"{place}: the record there is another one"


def _check_catalogue(
    collection: Collection, result: Verification, responses: dict[tuple[str, int], tuple[str, str, str, str]]
) -> None:
    name = collection.catalogue.name
    try:
        catalogue = Catalogue(collection.catalogue, read_only=True)
    except CollectionError as error:
        result.findings.append(Finding(name, None, str(error), RESTORE))
        return
    try:
        result.findings += [Finding(name, None, fault, RESTORE) for fault in _catalogue_faults(catalogue, collection, responses)]
    except sqlite3.DatabaseError as error:
        result.findings.append(Finding(name, None, f"cannot be read ({error})", RESTORE))
    finally:
        catalogue.close()


def _catalogue_faults(
    catalogue: Catalogue, collection: Collection, responses: dict[tuple[str, int], tuple[str, str, str, str]]
) -> Iterator[str]:
    known = 0
    for ref in catalogue.every_capture():
        known += 1
        found = responses.get((ref.warc_file, ref.offset))
        if found is None or found[0] != ref.record_id:
            yield f"calls {ref.url} archived in {ref.warc_file} at {ref.offset}, but it is not there"
    if known < len(responses):
        yield f"{len(responses) - known} response records of the WARC files are not in the catalogue"
    listed = set()
    for path, content_hash, address in catalogue.sidecars():
        listed.add(path)
        try:
            fits = sidecar.load(collection.root / path).get("contentHash") == content_hash
        except SidecarError:
            yield f"{address}: its sidecar {path} is missing"
            continue
        if not fits:
            yield f"{address}: its sidecar {path} holds another text"
    for file in collection.articles.rglob("*.json"):
        name = file.relative_to(collection.root).as_posix()
        if name not in listed:
            yield f"does not know the sidecar {name}"
