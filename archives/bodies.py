"""Bodies as a reader saw them: transfer and content encodings undone, within limits, never raising.

Our own crawls ask for gzip only. Other tools' files hold whatever a server sent, or what a crawler left of
it: chunks, several encodings one over the other, plain bodies below headers that still say "gzip".
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import brotli
from backports import zstd

from archives.capture import Headers
from archives.inflating import inflated
from archives.members import GZIP_MAGIC

MAX_BODY = 32 << 20
"""Bytes of a body, before and after decoding, that are read at most (twice the crawl's own limit)."""
_STEP = 1 << 10
_MAX_MEMBERS = 1000
"""Servers send one gzip member, rarely two; a body of 16 MiB can hold 800,000 empty ones."""
_MAX_ENCODINGS = 4

_CUT, _CORRUPT = "compressed body is cut", "compressed body is corrupt"
TOO_LARGE = "cut at the size limit"
_SENT_PLAIN, _NOT_CHUNKED = "declared as compressed, sent plain", "declared as chunked, sent plain"
HARMLESS = frozenset({_SENT_PLAIN, _NOT_CHUNKED})
"""Notes on bodies that are whole: only their headers are wrong, as crawlers leave them that decode first."""
_FILL = b"\0\r\n\t "
_MARKUP = re.compile(
    rb"[\s\xef\xbb\xbf]*<(?:!--|(?:!doctype|\?xml|html|head|body|urlset|rss)\b)", re.IGNORECASE
)
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body with its encodings undone; `note` says why it may be incomplete, None when it is whole."""

    content: bytes
    note: str | None = None


def decode_body(headers: Headers, body: bytes, limit: int = MAX_BODY) -> Decoded:
    """Undo transfer and content encodings, at most `limit` bytes, never raising on what a server sent.

    A body that says gzip and is not is returned as it is; one that is cut or corrupt gives what could be
    read, with a note. An encoding that is not known ends the work: what it covers is returned as it is.
    """
    codings = [*_codings(headers, b"content-encoding"), *_codings(headers, b"transfer-encoding")]
    if len(codings) > _MAX_ENCODINGS:
        return Decoded(body[:limit], f"{len(codings)} encodings, one over the other")
    note = None
    for number, coding in enumerate(reversed(codings)):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            told = coding.decode("latin-1")
            return Decoded(body[:limit], f"content encoding {told} is not supported")
        # What is inside may be larger than what it decodes to; the outermost step must not cut it.
        decoded = decoder(body, limit if number == len(codings) - 1 else max(limit, MAX_BODY))
        body = decoded.content
        if note is None or note in HARMLESS:
            note = decoded.note or note
    return Decoded(body[:limit], note or (TOO_LARGE if len(body) > limit else None))


def _codings(headers: Headers, name: bytes) -> list[bytes]:
    """The codings of a header in the order in which they were applied (RFC 9110, 8.4)."""
    values = b",".join(value for key, value in headers if key.lower() == name)
    found = [value.strip().lower() for value in values.split(b",")]
    return [value for value in found if value not in {b"", b"identity", b"none"}]


def _dechunk(body: bytes, _limit: int) -> Decoded:
    """Undo HTTP/1.1 chunking (RFC 9112, 7.1); what does not look chunked stays as it is."""
    content, place = bytearray(), 0
    while True:
        end = body.find(b"\r\n", place, place + _STEP)
        try:
            size = int(body[place:end].split(b";")[0], 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0:
            return Decoded(bytes(content), "chunked body is cut") if place else Decoded(body, _NOT_CHUNKED)
        if size == 0:
            return Decoded(bytes(content))
        content += body[end + 2 : end + 2 + size]
        place = end + 2 + size + 2


def _gunzip(body: bytes, limit: int) -> Decoded:
    """Inflate one or more members. What follows the last one is not the page's, as browsers have it."""
    whole = inflated(body, limit)
    if whole is not None:
        return Decoded(whole)
    content, place = bytearray(), 0
    for _ in range(_MAX_MEMBERS):
        place, fault = _inflate(body, place, content, 31, limit)
        if fault == _CORRUPT and body[:2] != GZIP_MAGIC:
            return Decoded(body[:limit], _SENT_PLAIN)
        if fault or place >= len(body):
            return Decoded(bytes(content), fault)
        if body[place : place + 2] != GZIP_MAGIC:
            return Decoded(
                bytes(content), "bytes after the compressed body" if body[place:].strip(_FILL) else None
            )
    return Decoded(bytes(content), "too many gzip members")


def _undeflate(body: bytes, limit: int) -> Decoded:
    """With its zlib header (RFC 1950), or without one, as some servers send it."""
    content = bytearray()
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    for window in (15, -15):
        content.clear()
        _, fault = _inflate(body, 0, content, window, limit)
        if content or fault != _CORRUPT:
            return Decoded(bytes(content), fault)
    return Decoded(b"", _CORRUPT) if has_header else Decoded(body[:limit], _SENT_PLAIN)


def _inflate(body: bytes, place: int, content: bytearray, window: int, limit: int) -> tuple[int, str | None]:
    """Inflate one stream that begins at `place` onto `content`; where it ends, and what is wrong with it.

    In small steps: a bomb stops at `limit`, a corrupt body gives all that comes before the fault, and the
    rest of the body is not copied for each of many members.
    """
    engine, start = zlib.decompressobj(window), place
    while place < len(body):
        step = body[place : place + _STEP]
        try:
            content += engine.decompress(step)
        except zlib.error:
            content += _before_the_fault(body[start : place + _STEP], place - start, window)
            del content[limit:]
            return place, _CORRUPT
        place += len(step) - len(engine.unused_data)
        if len(content) > limit:
            del content[limit:]
            return place, TOO_LARGE
        if engine.eof:
            return place, None
    return place, _CUT if body else None


def _before_the_fault(body: bytes, good: int, window: int) -> bytes:
    """What the last step would have given before it failed: the same again, byte by byte."""
    engine, content = zlib.decompressobj(window), bytearray()
    engine.decompress(body[:good])
    try:
        for place in range(good, len(body)):
            content += engine.decompress(body[place : place + 1])
    except zlib.error:
        return bytes(content)
    return bytes(content)


def _unbrotli(body: bytes, limit: int) -> Decoded:
    """RFC 7932. The format has no mark of its own: what begins as a document is one."""
    if _MARKUP.match(body[:_STEP]):
        return Decoded(body[:limit], _SENT_PLAIN)
    engine, content, place = brotli.Decompressor(), bytearray(), 0
    try:
        while not engine.is_finished() and len(content) <= limit:
            step = body[place : place + _STEP] if engine.can_accept_more_data() else b""
            place += len(step)
            piece = engine.process(step, output_buffer_limit=1 << 16)
            content += piece
            if not step and not piece and place >= len(body):
                break
    except brotli.error:
        return Decoded(bytes(content[:limit]), _CORRUPT)
    return _bounded(content, limit, whole=engine.is_finished() or not body)


def _unzstd(body: bytes, limit: int) -> Decoded:
    """RFC 8878: one frame, as browsers have it."""
    if not body.startswith(_ZSTD_MAGIC):
        return Decoded(body[:limit], _SENT_PLAIN if body else None)
    options = {int(zstd.DecompressionParameter.window_log_max): 23}  # RFC 9659: 8 MiB for the web
    engine, content, place = zstd.ZstdDecompressor(options=options), bytearray(), 0
    try:
        while not engine.eof and len(content) <= limit:
            step = body[place : place + _STEP] if engine.needs_input else b""
            if engine.needs_input and not step:
                break
            place += len(step)
            content += engine.decompress(step, 1 << 16)
    except zstd.ZstdError:
        return Decoded(bytes(content[:limit]), _CORRUPT)
    return _bounded(content, limit, whole=engine.eof)


def _bounded(content: bytearray, limit: int, *, whole: bool) -> Decoded:
    if len(content) > limit:
        return Decoded(bytes(content[:limit]), TOO_LARGE)
    return Decoded(bytes(content), None if whole else _CUT)


_DECODERS: Mapping[bytes, Callable[[bytes, int], Decoded]] = {
    b"chunked": _dechunk,
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _undeflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}
