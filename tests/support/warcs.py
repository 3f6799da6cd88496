"""WARC files as other tools write them, byte by byte: records of any shape, packed in any way."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.extractors.press import URL, Sheet

SITE = "https://aceh.tribunnews.com/2022/07/20/"
DATE = "2022-07-21T00:00:00Z"
_numbers = count(1)


def new_id() -> str:
    return f"urn:uuid:00000000-0000-4000-9000-{next(_numbers):012d}"


def sha1(content: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def record(kind: str, fields: Mapping[str, str], block: bytes, *, version: str = "WARC/1.0") -> bytes:
    """One record; `fields` may replace any field, an empty value leaves it out."""
    usual = {"WARC-Type": kind, "WARC-Record-ID": f"<{new_id()}>", "WARC-Date": DATE}
    usual |= {"Content-Type": "application/http; msgtype=response"} | dict(fields)
    head = "".join(f"{name}: {value}\r\n" for name, value in usual.items() if value)
    return f"{version}\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def response(
    url: str, body: bytes, *headers: str, line: str = "HTTP/1.1 200 OK", date: str = DATE, **fields: str
) -> bytes:
    """A response record; `fields` are WARC fields with `_` for `-`."""
    head = "".join(f"{header}\r\n" for header in headers or ("Content-Type: text/html; charset=utf-8",))
    named = {"WARC-Target-URI": url, "WARC-Date": date, "WARC-Payload-Digest": sha1(body)}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    return record("response", named, f"{line}\r\n{head}\r\n".encode() + body)


def revisit(url: str, *, date: str, block: bytes = b"", **fields: str) -> bytes:
    profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    named = {"WARC-Target-URI": url, "WARC-Date": date, "WARC-Profile": profile}
    return record("revisit", named | {name.replace("_", "-"): value for name, value in fields.items()}, block)


def page(slug: str, number: int = 1, count: int = 1, *, text: str = "", **more: object) -> bytes:
    """A page of an article in the network's markup. Page n says n; `text` makes another edition of it."""
    body = f"<p>Nelayan Kuala Baru pada lembar {number} menunggu angin reda di dermaga kayu. {text}</p>"
    sheet = Sheet(body=body, number=number, count=count, headline=f"Kabar {slug}", **more)  # type: ignore[arg-type]
    return sheet.html().replace(URL, SITE + slug).encode()


def whole(slug: str, count: int, *, text: str = "") -> bytes:
    """All pages on one, as `?page=all` gives them: no pager."""
    numbers = range(1, count + 1)
    body = "".join(
        f"<p>Nelayan Kuala Baru pada lembar {number} menunggu angin reda di dermaga kayu. {text}</p>"
        for number in numbers
    )
    return Sheet(body=body, headline=f"Kabar {slug}").html().replace(URL, SITE + slug).encode()


@dataclass(slots=True)
class WarcFile:
    """Records that become a file."""

    records: list[bytes] = field(default_factory=list)

    def add(self, *records: bytes) -> WarcFile:
        self.records += records
        return self

    def save(self, path: Path, packing: str = "members") -> Path:
        """As `plain` records, gzip `members`, or `one` gzip member for all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if packing == "members":
            path.write_bytes(b"".join(gzip.compress(item, 9, mtime=7) for item in self.records))
        else:
            content = b"".join(self.records)
            path.write_bytes(gzip.compress(content) if packing == "one" else content)
        return path
