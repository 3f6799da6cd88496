"""Re-checks from the files alone what a collection promises. Findings are values; nothing is mended here."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archives import sidecar
from archives.adoption import ASIDE
from archives.catalogue import Catalogue
from archives.collection import OPEN_SUFFIX, Collection
from archives.errors import CollectionError, SidecarError
from archives.members import Member, members
from archives.moments import from_w3c, from_warc_date, to_w3c
from archives.warc import GZIP_HEADER

_MAX_HEAD = 1 << 20
_BLANK_LINE = b"\r\n\r\n"
_NEEDED = ("warc-type", "warc-record-id", "warc-date", "content-length")


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
TAKE_IN = "run `kliping reextract` to take it in, or move it elsewhere"
REMAKE = "run `kliping reextract` to make it again"


@dataclass(frozen=True, slots=True)
class _Response:
    """What a sidecar and the catalogue must say of a response record."""

    record_id: str
    url: str
    date: str
    length: int
    payload_digest: str


_Responses = dict[tuple[str, int], _Response]


def verify(collection: Collection) -> Verification:
    """Read everything once. Nobody may write the collection meanwhile.

    Raises:
        CollectionError: there is no collection to verify.
    """
    collection.check_format()
    result = Verification()
    responses: _Responses = {}
    adopted = collection.adopted()
    for path in (*collection.warc_files(), *collection.open_warc_files()):
        result.files += 1
        entry = adopted.get(path.name)
        _check_warc(path, result, responses, foreign=entry is not None)
        if entry is not None:
            _check_adopted(path, entry, result)
    _check_strangers(collection, result)
    _check_sidecars(collection, result, responses)
    _check_catalogue(collection, result, responses)
    result.findings.sort(key=lambda finding: (finding.file, finding.offset or 0, finding.fault))
    return result


# --- WARC files -------------------------------------------------------------------------------------


def _check_adopted(path: Path, entry: Mapping[str, object], result: Verification) -> None:
    """Other tools' files promise less than ours; they must stay the bytes that were taken in."""
    try:
        with path.open("rb") as source:
            fits = hashlib.file_digest(source, "sha256").hexdigest() == entry.get("sha256")
    except OSError:
        return  # told already
    if not fits:
        fault = "is not the file that was adopted (collection.json has its digest)"
        result.findings.append(Finding(f"archive/{path.name}", None, fault, RESTORE))


def _check_warc(path: Path, result: Verification, responses: _Responses, *, foreign: bool) -> None:
    name = f"archive/{path.name}"
    links = _Links()
    offset = 0
    try:
        with path.open("rb") as source:
            for member in members(source):
                offset = member.offset
                record = _Record(member)
                record.read()
                result.records += 1
                faults = [*record.foreign_faults()] if foreign else [*record.faults(), *links.faults(record)]
                result.findings += [Finding(name, offset, fault, RESTORE) for fault in faults]
                if record.type in {"response", "revisit"}:
                    responses[path.name.removesuffix(OPEN_SUFFIX), offset] = record.response()
    except (EOFError, zlib.error) as error:
        fault = "gzip member is cut" if isinstance(error, EOFError) else f"gzip member is damaged ({error})"
        result.findings.append(Finding(name, offset, fault, RESTORE))
    except OSError as error:
        result.findings.append(Finding(name, offset, f"cannot be read ({error.strerror or error})", RESTORE))


class _Record:
    """One record, read once and in pieces: only its heads are ever held in memory."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._fields: Mapping[str, str] = {}
        self._version = b""
        self._length = 0
        self._end = b""
        self._left = 0
        self._block: hashlib._Hash | None = None
        self._payload: hashlib._Hash | None = None
        self._head: bytearray | None = None

    @property
    def type(self) -> str:
        return self._field("warc-type")

    @property
    def record_id(self) -> str:
        return self._field("warc-record-id").strip("<>")

    @property
    def warcinfo_id(self) -> str:
        return self._field("warc-warcinfo-id").strip("<>")

    @property
    def concurrent_to(self) -> str:
        return self._field("warc-concurrent-to").strip("<>")

    def _field(self, name: str) -> str:
        return self._fields.get(name, "")

    def response(self) -> _Response:
        return _Response(
            record_id=self.record_id,
            url=self._field("warc-target-uri").strip("<> "),
            date=_as_told(self._field("warc-date")),
            length=self._member.length,
            payload_digest=self._field("warc-payload-digest"),
        )

    def read(self) -> None:
        """To the end of the member.

        Raises:
            EOFError, zlib.error: the member is cut or damaged.
        """
        head = bytearray()
        while _BLANK_LINE not in head and len(head) < _MAX_HEAD and (piece := self._member.read()):
            head += piece
        start, _, rest = bytes(head).partition(_BLANK_LINE)
        self._version, _, lines = start.partition(b"\r\n")
        self._fields = _fields(lines)
        declared = self._field("content-length")
        self._left = int(declared) if declared.isascii() and declared.isdigit() else 0
        self._block = _hash(self._field("warc-block-digest"))
        self._payload = _hash(self._field("warc-payload-digest"))
        self._head = bytearray() if self.type in {"response", "revisit"} else None
        self._feed(rest)
        while piece := self._member.read():
            self._feed(piece)

    def _feed(self, piece: bytes) -> None:
        block = piece[: self._left]
        self._left -= len(block)
        self._length += len(piece)
        self._end = (self._end + piece[len(block) :])[: len(_BLANK_LINE) + 1]
        if self._block is not None:
            self._block.update(block)
        if self._payload is not None:
            self._payload.update(self._behind_http_head(block))

    def _behind_http_head(self, block: bytes) -> bytes:
        if self._head is None:
            return block
        self._head += block
        http, blank, payload = bytes(self._head).partition(_BLANK_LINE)
        if not blank and len(http) < _MAX_HEAD:
            return b""
        self._head = None
        return payload

    def foreign_faults(self) -> Iterator[str]:
        """What breaks a record of any tool; digests follow too many rules to be held against them."""
        if not self._version.startswith(b"WARC/"):
            yield "no WARC record"
        elif self._left or not self._field("content-length").isdigit():
            yield f"Content-Length is {self._field('content-length')}, the block ends before"

    def faults(self) -> Iterator[str]:
        if self._member.header != GZIP_HEADER:
            yield "gzip header is not as it was written"
        missing = [name for name in _NEEDED if name not in self._fields]
        if self._version != b"WARC/1.1" or missing:
            yield "no WARC/1.1 record" + (f": {', '.join(missing)} missing" if missing else "")
            return
        if not _is_date(self._field("warc-date")):
            yield f"WARC-Date {self._field('warc-date')!r} is no date"
        if self._left or not self._field("content-length").isdigit():
            yield f"Content-Length is {self._field('content-length')}, the block ends before"
        elif self._end != _BLANK_LINE:
            yield "record does not end with two CRLF behind its block"
        if not _fits(self._field("warc-block-digest"), self._block):
            yield "block digest does not fit"
        if self.type == "response" and not _fits(self._field("warc-payload-digest"), self._payload):
            yield "payload digest does not fit"


class _Links:
    """How the records of one file refer to each other."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._info_id = ""

    def faults(self, record: _Record) -> Iterator[str]:
        if record.record_id in self._seen:
            yield "record id is used twice"
        if record.type == "warcinfo":
            self._info_id = record.record_id
        elif not self._info_id or record.warcinfo_id != self._info_id:
            yield "does not point to the file's warcinfo record"
        if record.concurrent_to and record.concurrent_to not in self._seen:
            yield "points to a record that is not in the file"
        self._seen.add(record.record_id)


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _as_told(date: str) -> str:
    """A WARC-Date as sidecars and catalogue write it."""
    try:
        return to_w3c(from_warc_date(date))
    except ValueError:
        return date


def _is_date(text: str) -> bool:
    try:
        from_w3c(text)
    except ValueError:
        return False
    return True


def _hash(promised: str) -> hashlib._Hash | None:
    algorithm = promised.partition(":")[0]
    return hashlib.new(algorithm) if algorithm in {"sha1", "sha256", "sha512"} else None


def _fits(promised: str, found: hashlib._Hash | None) -> bool:
    return found is not None and promised.partition(":")[2] == base64.b32encode(found.digest()).decode()


# --- other files ------------------------------------------------------------------------------------


def _check_strangers(collection: Collection, result: Verification) -> None:
    """Files that nothing here writes; what recovery set aside or a crash left half written is ours."""
    for path in sorted(collection.archive.iterdir()) if collection.archive.is_dir() else ():
        if not path.name.endswith((".warc.gz", ".warc.gz" + OPEN_SUFFIX, ".warc.gz.uncommitted", ASIDE)):
            result.findings.append(_stranger(collection, path))
    for path in sorted(collection.articles.rglob("*")):
        is_aside = path.name.startswith(".") and path.suffix == ".tmp"
        if not path.is_dir() and path.suffix != ".json" and not is_aside:
            result.findings.append(_stranger(collection, path))


def _stranger(collection: Collection, path: Path) -> Finding:
    name = path.relative_to(collection.root).as_posix()
    return Finding(name, None, "is not a file of the collection", "move it elsewhere")


def _check_sidecars(collection: Collection, result: Verification, responses: _Responses) -> None:
    for path in sorted(collection.articles.rglob("*.json")):
        result.sidecars += 1
        name = path.relative_to(collection.root).as_posix()
        try:
            faults = [*_sidecar_faults(sidecar.load(path), name, responses)]
        except SidecarError as error:
            faults = [str(error)]
        result.findings += [Finding(name, None, fault, REMAKE) for fault in faults]


def _sidecar_faults(record: Mapping[str, object], name: str, responses: _Responses) -> Iterator[str]:
    sidecar.check(record)
    if str(sidecar.place(record)) != name or sidecar.identifier(str(record["url"])) != record["identifier"]:
        yield "lies at a place that is not its own"
    text = unicodedata.normalize("NFC", str(record["articleBody"])).encode("utf-8", "surrogatepass")
    if record["contentHash"] != "sha256:" + hashlib.sha256(text).hexdigest():
        yield "articleBody is not the text of contentHash"
    archive = record["archive"]
    assert isinstance(archive, dict)
    for page in archive["pages"]:
        place = f"page {page['page']}: {page['warcFile']} at {page['warcOffset']}"
        found = responses.get((page["warcFile"], page["warcOffset"]))
        told = _Response(
            page["warcRecordId"],
            page["finalUrl"],
            page["fetchedAt"],
            page["warcLength"],
            page.get("payloadDigest", ""),
        )
        if found is None:
            yield f"{place}: no response record there"
        elif found != told:
            yield f"{place}: the record there is another one"


# --- the catalogue ----------------------------------------------------------------------------------


def _check_catalogue(collection: Collection, result: Verification, responses: _Responses) -> None:
    name = collection.catalogue.name
    try:
        catalogue = Catalogue(collection.catalogue, read_only=True)
    except CollectionError as error:
        result.findings.append(Finding(name, None, str(error), RESTORE))
        return
    try:
        result.findings += _file_faults(catalogue, collection)
        result.findings += _capture_faults(catalogue, responses)
        result.findings += _entry_faults(catalogue, collection)
    except (sqlite3.DatabaseError, ValueError) as error:
        result.findings.append(Finding(name, None, f"cannot be read ({error})", RESTORE))
    finally:
        catalogue.close()


def _file_faults(catalogue: Catalogue, collection: Collection) -> Iterator[Finding]:
    """WARC files against the lengths that were synced."""
    lengths = catalogue.committed_lengths()
    found = {
        path.name.removesuffix(OPEN_SUFFIX): path
        for path in (*collection.warc_files(), *collection.open_warc_files())
    }
    for name in sorted(lengths.keys() - found.keys()):
        yield Finding(f"archive/{name}", None, "is missing", RESTORE)
    for name, path in found.items():
        size = path.stat().st_size
        if name not in lengths:
            yield Finding(f"archive/{path.name}", None, "is not known to the catalogue", TAKE_IN)
        elif size < lengths[name]:
            yield Finding(
                f"archive/{path.name}", size, f"is cut: {lengths[name]} bytes were written", RESTORE
            )
        elif size > lengths[name]:
            step = RESTORE if path.name == name else "start a run; it closes the file"
            yield Finding(f"archive/{path.name}", lengths[name], "holds more than was committed", step)


def _capture_faults(catalogue: Catalogue, responses: _Responses) -> Iterator[Finding]:
    """Captures against the response records that were read."""
    unknown = set(responses)
    for ref in catalogue.every_capture():
        found = responses.get((ref.warc_file, ref.offset))
        unknown.discard((ref.warc_file, ref.offset))
        told = (ref.record_id, ref.length, ref.payload_digest)
        if found is None or (found.record_id, found.length, found.payload_digest) != told:
            fault = f"the catalogue calls {ref.url} archived there; it is not"
            yield Finding(f"archive/{ref.warc_file}", ref.offset, fault, RESTORE)
    for name, offset in sorted(unknown):
        yield Finding(f"archive/{name}", offset, "response record is not in the catalogue", RESTORE)


def _entry_faults(catalogue: Catalogue, collection: Collection) -> Iterator[Finding]:
    """Sidecars against what the catalogue remembers of them."""
    listed = set()
    for path, content_hash, address in catalogue.sidecars():
        listed.add(path)
        try:
            fits = sidecar.load(collection.root / path).get("contentHash") == content_hash
        except SidecarError:
            if not (collection.root / path).exists():
                yield Finding(path, None, f"sidecar of {address} is missing", REMAKE)
            continue
        if not fits:
            yield Finding(path, None, f"sidecar of {address} holds another text than the catalogue", REMAKE)
    for file in sorted(collection.articles.rglob("*.json")):
        name = file.relative_to(collection.root).as_posix()
        if name not in listed:
            yield Finding(name, None, "sidecar is not known to the catalogue", REMAKE)
