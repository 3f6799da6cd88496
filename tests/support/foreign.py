"""WARC files that another program could have written, put together by hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path


def response(url: str, body: bytes, *, at: datetime, content_type: str = "text/html; charset=utf-8") -> bytes:
    """One response record. Its id is made of the date, so that the same record is the same bytes."""
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{at:%y%m%d%H%M%S}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def write_warc(path: Path, records: Iterable[bytes]) -> Path:
    """A file of these records; one gzip member each, if its name says so."""
    pieces = [gzip.compress(record, mtime=0) if path.suffix == ".gz" else record for record in records]
    path.write_bytes(b"".join(pieces))
    return path
