"""A small web archive on loopback: a CDX server, replay at `id_` addresses, and WARC files read in ranges.

The Wayback Machine's forms at `/cdx/search/cdx` and `/web/`, Common Crawl's at `/CC-MAIN-2024-10-index` and
below `/crawl-data/`. A test may spoil any answer, and sees what was asked.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from tests.support import warcs

FILE = "crawl-data/CC-MAIN-2024-10/segments/1/warc/CC-MAIN-20240301-00001.warc.gz"
_FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A capture that the archive has."""

    url: str
    stamp: str
    body: bytes
    status: str = "200"
    mime: str = "text/html"

    @property
    def digest(self) -> str:
        return base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()

    @property
    def moment(self) -> datetime:
        return datetime.strptime(self.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    @property
    def member(self) -> bytes:
        """Its record as Common Crawl keeps it: one gzip member."""
        return _member(self)


@cache
def _member(held: Held) -> bytes:
    return gzip.compress(
        warcs.response(
            held.url,
            held.body,
            "Content-Type: text/html; charset=utf-8",
            "X-Crawler-Content-Encoding: gzip",
            date=f"{held.moment:%Y-%m-%dT%H:%M:%SZ}",
            WARC_IP_Address="192.0.2.44",
        ),
        mtime=0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server sends; a test's own instead of the right one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Spoil = Callable[[str, Reply], Reply]


@dataclass(slots=True)
class SmallArchive:
    """Captures, and a function that may spoil answers; `asked` are the targets of the requests."""

    held: Sequence[Held]
    spoil: Spoil = lambda _target, reply: reply
    robots: Reply = field(default_factory=lambda: Reply(status=404))
    lines_a_page: int = 3000
    address: str = ""
    """Where it is served, as long as it is."""
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)

    def copies_asked(self) -> list[str]:
        return [target for target in self.asked if "id_/" in target or target.endswith(".warc.gz")]

    def questions(self) -> list[str]:
        return [target for target in self.asked if "matchType=" in target]

    def reply(self, target: str, byte_range: str | None) -> Reply:
        self.asked.append(target)
        if target == "/robots.txt":
            return self.robots
        path, _, query = target.partition("?")
        if path == "/cdx/search/cdx":
            found = self._array(dict(parse_qsl(query)))
        elif path.endswith("-index"):
            found = self._lines(dict(parse_qsl(query)))
        elif path.startswith("/web/"):
            found = self._replay(target)
        else:
            found = self._range(path, byte_range)
        return self.spoil(target, found)

    def _matching(self, asked: Mapping[str, str]) -> list[Held]:
        """By host or prefix and by date, in the order of addresses and dates."""
        url, begin, end = asked["url"], asked.get("from", ""), asked.get("to", "9")
        by_host = asked["matchType"] == "host"
        return [
            item
            for item in sorted(self.held, key=lambda item: (item.url, item.stamp))
            if (urlsplit(item.url).hostname == url if by_host else item.url.startswith(url))
            and begin <= item.stamp <= end
        ]

    def _array(self, asked: Mapping[str, str]) -> Reply:
        found = self._matching(asked)
        key = asked.get("resumeKey", "0")
        begin, limit = int(key) if key.isdecimal() else 0, min(int(asked["limit"]), self.lines_a_page)
        rows = [
            ["key", item.stamp, item.url, item.mime, item.status, item.digest, str(len(item.body))]
            for item in found[begin : begin + limit]
        ]
        more = [[], [str(begin + limit)]] if begin + limit < len(found) else []
        return _json([list(_FIELDS), *rows, *more] if rows else [])

    def _lines(self, asked: Mapping[str, str]) -> Reply:
        found = self._matching(asked)
        count = -(-len(found) // self.lines_a_page)
        if not found:
            return Reply(status=404, body=b'{"message": "No Captures found for: it"}')
        if "showNumPages" in asked:
            return _json({"pages": count, "pageSize": 1, "blocks": count})
        if "page" in asked:
            begin = int(asked["page"]) * self.lines_a_page
            found = found[begin : begin + self.lines_a_page]
        return Reply(body="".join(f"{json.dumps(self._line(item))}\n" for item in found).encode())

    def _line(self, item: Held) -> dict[str, str]:
        offset = sum(len(other.member) for other in self.held[: self.held.index(item)])
        return {
            "urlkey": "key",
            "timestamp": item.stamp,
            "url": item.url,
            "mime": item.mime,
            "mime-detected": item.mime,
            "status": item.status,
            "digest": item.digest,
            "length": str(len(item.member)),
            "offset": str(offset),
            "filename": FILE,
        }

    def _replay(self, target: str) -> Reply:
        asked = re.fullmatch(r"/web/(\d{14})id_/(.+)", target)
        for item in self.held:
            if asked and (item.stamp, quote(item.url, safe="/:?=&%")) == (asked[1], asked[2]):
                return Reply(
                    body=item.body,
                    headers={
                        "Content-Type": "text/html; charset=utf-8",
                        "Server": "nginx",
                        "X-Archive-Orig-Server": "KabarLama",
                        "X-Archive-Orig-Last-Modified": "Mon, 04 Mar 2019 05:00:00 GMT",
                        "X-Archive-Orig-Content-Length": str(len(item.body) - 1),
                        "X-Archive-Src": "some-file.warc.gz",
                        "Memento-Datetime": format_datetime(item.moment, usegmt=True),
                    },
                )
        return Reply(status=404, body=b"not in the archive")

    def _range(self, path: str, byte_range: str | None) -> Reply:
        if path != f"/{FILE}":
            return Reply(status=404)
        content = b"".join(item.member for item in self.held)
        self.ranges.append(byte_range or "")
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", byte_range or "")
        if span is None:
            return Reply(body=content)
        begin, last = int(span[1]), int(span[2])
        place = {"Content-Range": f"bytes {begin}-{last}/{len(content)}"}
        return Reply(status=206, body=content[begin : last + 1], headers=place)


def _json(found: object) -> Reply:
    return Reply(body=json.dumps(found).encode(), headers={"Content-Type": "application/json"})


@contextmanager
def serving(archive: SmallArchive) -> Iterator[str]:
    """Serve it on loopback; gives the server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            reply = archive.reply(self.path, self.headers.get("Range"))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    archive.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield archive.address
    finally:
        archive.address = ""
        server.shutdown()
        server.server_close()
        thread.join()
