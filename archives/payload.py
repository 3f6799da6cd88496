"""What a payload is, judged by its own first bytes, for `WARC-Identified-Payload-Type`.

The declared type is the server's word; this is ours (ISO 28500:2017, 5.18). The signatures are those of the
WHATWG MIME Sniffing Standard, sections 6.1, 6.2 and 7.1, as far as news portals send such things.
"""

from __future__ import annotations

import re
import zlib

from archives.capture import Headers

_SNIFFED = 1445
"""Bytes that are looked at: as many as the MIME Sniffing Standard reads (section 4)."""
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"wOF2", "font/woff2"),
    (b"wOFF", "font/woff"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
)
_SIGNED = tuple(signature for signature, _ in _SIGNATURES)
_AVIF = re.compile(rb"....ftyp(?:avif|avis)", re.DOTALL)
_WEBP = re.compile(rb"RIFF....WEBP", re.DOTALL)
_MP4 = re.compile(rb"....ftyp", re.DOTALL)
_XML = re.compile(rb"<\?xml[\s>]|<(?:urlset|sitemapindex|rss|feed)[\s>]", re.IGNORECASE)
_SVG = re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(
    rb"(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|script|title|meta|div|p|h1|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(rb"[\[{]\s*(?:[\"\[{\]}]|-?\d|true|false|null)")
_BOM = b"\xef\xbb\xbf"
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def identify_payload(headers: Headers, body: bytes) -> str | None:
    """The media type of a body whose content encoding is named in `headers`; None where nobody can tell."""
    start = _decoded_start(headers, body)
    if not start:
        return None
    if start.startswith(_SIGNED):
        return next(kind for signature, kind in _SIGNATURES if start.startswith(signature))
    return _binary(start) or _textual(start)


def _decoded_start(headers: Headers, body: bytes) -> bytes:
    """The first bytes after undoing gzip; other encodings are not ours to ask for and stay unread."""
    encodings = [value for name, value in headers if name.lower() == b"content-encoding"]
    encoding = encodings[0].strip().lower() if encodings else b""
    if encoding in {b"", b"identity"}:
        return body[:_SNIFFED]
    if encoding not in {b"gzip", b"x-gzip"}:
        return b""
    if not body.startswith(b"\x1f\x8b"):
        return body[:_SNIFFED]
    try:
        return zlib.decompressobj(31).decompress(body, _SNIFFED)
    except zlib.error:
        return b""


def _binary(start: bytes) -> str | None:
    if _WEBP.match(start):
        return "image/webp"
    if _AVIF.match(start):
        return "image/avif"
    return "video/mp4" if _MP4.match(start) else None


def _textual(start: bytes) -> str | None:
    text = start.removeprefix(_BOM).lstrip()
    if _SVG.match(text):
        return "image/svg+xml"
    if _HTML.match(text):
        return "text/html"
    if _XML.match(text):
        return "application/xml"
    if _JSON.match(text):
        return "application/json"
    return None if _NOT_TEXT.search(start) else "text/plain"
