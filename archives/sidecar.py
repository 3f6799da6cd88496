"""Sidecars: one JSON file per article version, schema.org NewsArticle with pointers to the WARC records.

The article's own fields come from outside as plain data and are checked here against
`schema/article-1.json`, so that a collection can be read and verified without the extraction code.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from json.encoder import encode_basestring
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from archives.acceptance import Accepts, acceptor
from archives.capture import CaptureRef
from archives.errors import SidecarError
from archives.moments import to_w3c

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SCHEMA_FILE = "schema/article-1.json"
CONTENT_FIELDS = (
    "headline",
    "alternativeHeadline",
    "description",
    "abstract",
    "author",
    "editor",
    "contributor",
    "creditText",
    "sourceOrganization",
    "image",
    "articleBody",
)
"""Fields whose change makes a new version; advertisements, related links and counts do not."""

_PRINTED = frozenset({"name", "roleName", "caption", "creditText"})
_UNSAFE = re.compile(r"[^a-z0-9]+")
_HOST = re.compile(r"[a-z0-9][a-z0-9._-]{0,252}")
_IDENTIFIER = re.compile(r"[a-z0-9-]{1,100}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUOTED = 200
_SLUG_LENGTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Which version of the article this is, and the path of the one before it."""

    number: int = 1
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was said about the use of an article, and the robots.txt that says some of it."""

    said: Mapping[str, object]
    robots: CaptureRef | None = None


def complete(
    fields: Mapping[str, object],
    *,
    collection: str,
    pages: Mapping[int, CaptureRef],
    version: Version,
    before: Mapping[str, object] | None = None,
    usage: Usage | None = None,
) -> dict[str, object]:
    """The whole sidecar: the article's fields, what was said of its use, where its pages are kept, version.

    `before` is the previous version's sidecar, for `version.changedFields`.
    """
    record = {"@context": fields.get("@context"), "@type": fields.get("@type")}
    record |= {"schemaVersion": fields.get("schemaVersion"), "url": fields.get("url")}
    record["identifier"] = identifier(str(fields.get("url")))
    record |= {name: value for name, value in fields.items() if name not in record}
    if usage is not None:
        robots = {"robots": _place_of(usage.robots)} if usage.robots is not None else {}
        record["usageInfo"] = {**usage.said, **robots}
    record["archive"] = {
        "collection": collection,
        "pages": [_page(number, ref) for number, ref in sorted(pages.items())],
    }
    record["version"] = {
        "number": version.number,
        **({"previous": version.previous} if version.previous else {}),
        "changedFields": changed_fields(before, record) if before is not None else [],
    }
    return record


def _page(number: int, ref: CaptureRef) -> dict[str, object]:
    return {"page": number, **_place_of(ref)}


def _place_of(ref: CaptureRef) -> dict[str, object]:
    place: dict[str, object] = {
        "url": ref.via or ref.url,
        "finalUrl": ref.url,
        "status": ref.status,
        "fetchedAt": to_w3c(ref.fetched_at),
        "warcFile": ref.warc_file,
        "warcOffset": ref.offset,
        "warcLength": ref.length,
        "warcRecordId": ref.record_id,
    }
    if ref.payload_digest:  # other tools' records may have none
        place["payloadDigest"] = ref.payload_digest
    if ref.truncated:
        place["truncated"] = ref.truncated.value
    return place | ({"origin": ref.origin} if ref.origin else {})


def changed_fields(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Names of the content fields that differ between two versions.

    Of people and pictures what is printed counts, not the address that a link or a picture has today.
    """
    return [name for name in CONTENT_FIELDS if _printed(before.get(name)) != _printed(after.get(name))]


def _printed(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: said for name, said in value.items() if name in _PRINTED}
    if isinstance(value, list):
        return [said for item in value if (said := _printed(item)) not in ({}, "")] or None
    return value


def identifier(url: str) -> str:
    """A stable, file-safe name of an article: the end of its address, readable, and a digest of the whole.

    Whatever a hostile slug holds (`../`, 300 characters, other alphabets), only a-z, 0-9 and `-` remain.
    """
    path = _split(url).path.rstrip("/")
    slug = _UNSAFE.sub("-", path.rsplit("/", 1)[-1].lower()).strip("-")[:_SLUG_LENGTH].strip("-")
    mark = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug}-{mark}" if slug else mark


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise SidecarError(f"{url}: is no address ({error})") from error


def place(record: Mapping[str, object]) -> PurePosixPath:
    """`articles/{host}/{YYYY}/{MM}/{DD}/{key}.json` below the collection; the day is that of publication.

    Without a date of publication it is the day on which page 1 was fetched.

    Raises:
        SidecarError: the address has no usable host, or the record no usable identifier or day.
    """
    url, name = str(record["url"]), str(record["identifier"])
    host = (_split(url).hostname or "").lower().rstrip(".")
    if not _HOST.fullmatch(host) or ".." in host:
        raise SidecarError(f"{url}: no host to file the article under")
    if not _IDENTIFIER.fullmatch(name):
        raise SidecarError(f"{url}: identifier {name!r} is no file name")
    number = _version_number(record)
    suffix = "" if number == 1 else f".v{number}"
    return PurePosixPath("articles", host, *_day(record).split("-"), f"{name}{suffix}.json")


def _day(record: Mapping[str, object]) -> str:
    archive = record["archive"]
    assert isinstance(archive, dict)
    day = str(record.get("datePublished") or archive["pages"][0]["fetchedAt"])[:10]
    if not _DAY.fullmatch(day):
        raise SidecarError(f"{record['url']}: {day!r} is no day to file the article under")
    return day


def _version_number(record: Mapping[str, object]) -> int:
    version = record["version"]
    assert isinstance(version, dict)
    return int(version["number"])


def to_bytes(record: Mapping[str, object]) -> bytes:
    """The file's bytes: UTF-8, two blanks of indentation, fields in their given order, final newline.

    Half a surrogate pair, which a page's JSON-LD can hold, becomes a JSON escape: the file stays UTF-8.

    Raises:
        ValueError: a number is not finite; JSON has no word for it.
    """
    return (_indented(record, "\n") + "\n").encode("utf-8", "backslashreplace")


_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _indented(value: object, margin: str) -> str:
    """What `json.dumps` with an indentation of two gives: it does that in Python, value by value, and only
    without one in C. `margin` is the line break with the indentation so far. Nearly all values are texts and
    whole numbers, which need no encoder made for them.
    """
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    inner = margin + "  "
    if isinstance(value, dict) and value:
        members = [f"{encode_basestring(name)}: {_indented(member, inner)}" for name, member in value.items()]
        return f"{{{inner}{f',{inner}'.join(members)}{margin}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{inner}{f',{inner}'.join([_indented(member, inner) for member in value])}{margin}]"
    return _compact(value)


def load(path: Path) -> dict[str, object]:
    """A sidecar read back.

    Raises:
        SidecarError: it is no JSON object.
    """
    return load_with_bytes(path)[0]


def load_with_bytes(path: Path) -> tuple[dict[str, object], bytes]:
    """A sidecar, and the bytes that it was read from: those of one reading, for their digest.

    Raises:
        SidecarError: it is no JSON object.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    return parse(content, path), content


def parse(content: bytes, path: Path | str) -> dict[str, object]:
    """The record of a sidecar with these bytes; `path` is where it stands, for what is said of it.

    Raises:
        SidecarError: it is no JSON object.
    """
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(record, dict):
        raise SidecarError(f"{path}: is not a JSON object; run `kliping reextract` to make it again")
    return record


def _unreadable(path: Path | str, error: Exception) -> SidecarError:
    return SidecarError(f"{path}: cannot be read ({error}); run `kliping reextract` to make it again")


def check(record: Mapping[str, object]) -> None:
    """Hold a record against the published schema.

    Raises:
        SidecarError: the first fault found, with its place in the record.
    """
    if _acceptor()(record):
        return
    fault = next(iter(sorted(_validator().iter_errors(record), key=lambda error: error.json_path)), None)
    if fault is not None:
        told = fault.message if len(fault.message) <= _QUOTED else fault.message[:_QUOTED] + "…"
        raise SidecarError(
            f"{record.get('url')}: sidecar does not fit the schema at {fault.json_path}: {told}"
        )


@cache
def _acceptor() -> Accepts:
    return acceptor(_schema())


@cache
def _schema() -> dict[str, object]:
    schema = json.loads(files("archives").joinpath(SCHEMA_FILE).read_text("utf-8"))
    assert isinstance(schema, dict)
    return schema


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a tenth of a second; who only reads has no need

    schema = _schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
