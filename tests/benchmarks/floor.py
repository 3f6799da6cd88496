"""What a crawl cannot do without, and nothing else: no framework, no ledger, no extraction.

    http_proxy=ADDRESS python -m tests.benchmarks.floor URLS.txt FOLDER

Each step goes over all pages before the next one begins, so that the CPU of each is told apart; FOLDER/steps
gets milliseconds for each page. What is written has the form of WARC records, but it is no archive.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

try:
    from isal import isal_zlib as fast
except ImportError:
    import zlib as fast  # type: ignore[no-redef]  # the same functions, slower

T = TypeVar("T")
R = TypeVar("R")
_LINK = re.compile(rb"""<a\s[^>]*?href=["']([^"'#]+)""")
_GZIP = 31
"""What zlib calls a gzip member."""
_TO_FILE = 64
"""Records between two fsyncs, as a batch of the keeper's may be."""


def fetch(connection: HTTPConnection, url: str) -> tuple[str, bytes, bytes]:
    """The head as a record has it, and the body as it was sent."""
    connection.request("GET", url, headers={"Accept-Encoding": "gzip", "Host": urlsplit(url).netloc})
    answer = connection.getresponse()
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders())
    return url, f"HTTP/1.1 {answer.status} {answer.reason}\r\n{lines}\r\n".encode(), answer.read()


def inflate(body: bytes) -> bytes:
    return fast.decompress(body, _GZIP)


def pack(record: bytes) -> bytes:
    """A gzip member at the fastest level, since the body is compressed already."""
    packer = fast.compressobj(1, fast.DEFLATED, _GZIP)
    return packer.compress(record) + packer.flush()


def record_of(page: tuple[str, bytes, bytes], digests: tuple[str, str]) -> bytes:
    url, head, body = page
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Block-Digest: {digests[0]}\r\nWARC-Payload-Digest: {digests[1]}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(head) + len(body)}\r\n\r\n"
    )
    return b"".join((fields.encode(), head, body, b"\r\n\r\n"))


def write(path: Path, members: Iterable[bytes]) -> list[int]:
    """Where each begins; fsync after each batch."""
    places = []
    with path.open("wb") as file:
        for number, member in enumerate(members):
            places.append(file.tell())
            file.write(member)
            if number % _TO_FILE == 0:
                file.flush()
                os.fsync(file.fileno())
    return places


def main(listing: str, folder: str) -> None:
    urls, place = Path(listing).read_text().split(), Path(folder)
    steps: dict[str, float] = {}

    def step(name: str, work: Callable[[T], R], over: Iterable[T]) -> list[R]:
        begin = time.process_time()
        done = [work(one) for one in over]
        steps[name] = (time.process_time() - begin) * 1000 / len(urls)
        return done

    proxy = urlsplit(os.environ["http_proxy"])
    connection = HTTPConnection(proxy.hostname or "", proxy.port)
    pages = step("fetch", lambda url: fetch(connection, url), urls)
    texts = step("inflate", lambda page: inflate(page[2]), pages)
    step("links", lambda text: len(set(_LINK.findall(text))), texts)
    digests = step("digests", _digests, pages)
    members = step("members", lambda both: pack(record_of(*both)), list(zip(pages, digests, strict=True)))
    places = step("write", lambda all_: write(place / "floor.warc.gz", all_), [members])[0]
    lines = list(zip(urls, places, members, strict=True))
    step("index", lambda line: json.dumps({"url": line[0], "offset": line[1], "length": len(line[2])}), lines)
    (place / "steps").write_text(json.dumps(steps))
    (place / "pages").write_text(str(sum(b"<title>" in text for text in texts)))


def _digests(page: tuple[str, bytes, bytes]) -> tuple[str, str]:
    """Of the block and of the payload."""
    _, head, body = page
    return hashlib.sha256(head + body).hexdigest(), hashlib.sha256(body).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
