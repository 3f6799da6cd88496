"""Answers of long ago, as web archives hand them out: what the original server sent, told from what the
archive added.

Two kinds of archive are understood. A replay server (the Wayback Machine, pywb) sends the original body at
an `id_` address and the original header fields as `X-Archive-Orig-…`. Common Crawl's files are read in
ranges: what comes is one gzip member, the WARC record of its crawler.

Nothing is guessed. A field that is not said to be the original server's stays with the exchange, which is
kept as well, and what had to be put together anew is named in the notes.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archives.bodies import HARMLESS, decode_body
from archives.capture import Capture, Headers, Memento, Truncation
from archives.errors import DamageError
from archives.moments import to_w3c
from archives.reader import StoredRecord, record_in

logger = logging.getLogger(__name__)

_PREFIX = b"x-archive-orig-"
_OF_THE_TRANSFER = frozenset({b"transfer-encoding", b"content-encoding", b"content-length", b"connection"})
_SHA1_BYTES = 20
_OK, _PARTIAL = 200, 206
_REBUILT = (
    "the status line; of the header fields those that the archive calls original, their names as it writes "
    "them, and Content-Type; Content-Encoding and Content-Length fit the body"
)
OTHER_CAPTURE = "the web archive has answered with another capture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an index of captures says of one: its address, its day, and the digest of its body if it has one.

    `digest` is SHA-1 in base32, with or without `sha1:` before it, as CDX files have it.
    """

    url: str
    captured_at: datetime
    digest: str | None = None


def replayed(exchange: Capture, wanted: Wanted) -> Memento | str:
    """The answer in an exchange with a replay server; or in a few words why there is none."""
    if exchange.status != _OK:
        return f"http {exchange.status}"
    if exchange.truncated is not None:
        return "body was cut"
    told = _memento_datetime(exchange.headers)
    body, encoding, check = _original_body(exchange, wanted.digest)
    if told is not None and told != wanted.captured_at:
        return OTHER_CAPTURE
    if told is None and not check.startswith("fits"):
        return "nothing says that this is the capture asked for"
    return Memento(
        url=wanted.url,
        captured_at=wanted.captured_at,
        status=_OK,
        status_line=None,
        headers=tuple(_original_headers(exchange.headers, encoding, len(body))),
        body=body,
        source=exchange.url,
        notes=(
            ("origin", exchange.url),
            ("fetched", to_w3c(exchange.fetched_at)),
            *_as_told(exchange.headers, b"memento-datetime", b"link", b"x-archive-src"),
            *((("index-digest", wanted.digest),) if wanted.digest else ()),
            ("digest-check", check),
            ("reconstructed", _REBUILT),
        ),
    )


def _memento_datetime(headers: Headers) -> datetime | None:
    """RFC 7089, 2.1.1; an unreadable one is none."""
    try:
        found = parsedate_to_datetime(_value(headers, b"memento-datetime").decode("latin-1"))
    except (ValueError, TypeError, IndexError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _original_body(exchange: Capture, promised: str | None) -> tuple[bytes, bytes, str]:
    """The body that the original server sent, its content encoding, and how it fits the index's digest.

    A replay server may compress a body on its way to us that was sent plain; the digest tells.
    """
    encoding = _value(exchange.headers, b"content-encoding")
    if promised is None:
        return exchange.body, encoding, "the index names no digest"
    if is_sha1(promised, exchange.body):
        return exchange.body, encoding, "fits the body"
    decoded = decode_body(exchange.headers, exchange.body)
    if decoded.note is None and is_sha1(promised, decoded.content):
        return decoded.content, b"", "fits the body without the encoding in which it was handed out"
    return exchange.body, encoding, "does not fit: the archive hands out other bytes than its index names"


def is_sha1(promised: str, content: bytes) -> bool:
    """Whether a digest, in base32 or hexadecimal as CDX files and WARC records write it, is the content's."""
    value = promised.rpartition(":")[2].strip().rstrip("=")
    found = hashlib.sha1(content, usedforsecurity=False).digest()
    return value.upper() == base64.b32encode(found).decode() or value.lower() == found.hex()


def _original_headers(headers: Headers, encoding: bytes, length: int) -> Iterator[tuple[bytes, bytes]]:
    original = [(name[len(_PREFIX) :], value) for name, value in headers if name.lower().startswith(_PREFIX)]
    if not any(name.lower() == b"content-type" for name, _ in original):
        original += [(name, value) for name, value in headers if name.lower() == b"content-type"]
    yield from ((name, value) for name, value in original if name.lower() not in _OF_THE_TRANSFER)
    if encoding:
        yield b"Content-Encoding", encoding
    yield b"Content-Length", str(length).encode()


def _as_told(headers: Headers, *names: bytes) -> Iterator[tuple[str, str]]:
    for wanted in names:
        value = _value(headers, wanted)
        if value:
            yield wanted.decode(), value.decode("utf-8", "replace")


def _value(headers: Headers, wanted: bytes) -> bytes:
    return next((value for name, value in headers if name.lower() == wanted), b"")


# --- ranges of WARC files ---------------------------------------------------------------------------


def cut_out(exchange: Capture, source: str, digest: str | None) -> Memento | str:
    """The answer in a range of a WARC file; or in a few words why there is none.

    `source` names the range, `digest` is the index's. The record's own digest is checked, too.
    """
    if exchange.status != _PARTIAL:
        return "the server knows no ranges" if exchange.status == _OK else f"http {exchange.status}"
    if exchange.truncated is not None:
        return "body was cut"
    try:
        record = record_in(exchange.body)
    except DamageError as error:
        logger.info("%s: %s", source, error)
        return "the range is no record"
    if record.type != "response" or record.status != _OK:
        return "the range is no answer 200"
    headers, body = _unchunked(record)
    told = (digest, record.payload_digest if _is_sha1_name(record.payload_digest) else None)
    promised = [one for one in told if one]
    if not all(is_sha1(one, body) or is_sha1(one, record.body) for one in promised):
        return "the record's digest does not fit its body"
    return Memento(
        url=record.url,
        captured_at=record.date,
        status=_OK,
        status_line=record.status_line,
        headers=headers,
        body=body,
        source=source,
        ip_address=record.ip_address,
        truncated=Truncation(record.truncated) if record.truncated in set(Truncation) else None,
        notes=(
            ("origin", source),
            ("fetched", to_w3c(exchange.fetched_at)),
            ("original-record-id", f"<{record.record_id}>"),
            *((("original-payload-digest", record.payload_digest),) if record.payload_digest else ()),
            ("digest-check", "fits the body" if promised else "neither index nor record name a digest"),
            ("exchange-body", "the record as it stands in the file of the archive, byte for byte"),
        ),
    )


def _is_sha1_name(promised: str | None) -> bool:
    value = (promised or "").rpartition(":")[2].strip()
    return len(value) in {_SHA1_BYTES * 2, _SHA1_BYTES * 8 // 5}


def _unchunked(record: StoredRecord) -> tuple[Headers, bytes]:
    """Transfer encoding undone, as in all records of ours."""
    if not record.http_header(b"transfer-encoding"):
        return record.http_headers, record.body
    coded = tuple(pair for pair in record.http_headers if pair[0].lower() == b"transfer-encoding")
    decoded = decode_body(coded, record.body)
    body = decoded.content if decoded.note is None or decoded.note in HARMLESS else record.body
    return tuple(pair for pair in record.http_headers if pair not in coded), body


_STAMP = re.compile(r"[0-9]{14}")


def from_cdx_stamp(text: str) -> datetime:
    """The instant of a CDX timestamp of 14 digits, UTC.

    Raises:
        ValueError: the text is none.
    """
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no timestamp")
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def cdx_stamp(moment: datetime) -> str:
    """`20190304050607`, UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
