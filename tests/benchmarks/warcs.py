"""A collection's WARC files without a crawl: the enlarged demo portal's pages, as often as it takes.

Each round gives the articles addresses of their own, in the links and the text as well, so that every page
is another article's; request and response stand in the files as a crawl writes them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from archives.capture import Capture, Headers
from archives.collection import Collection
from archives.warc import WarcSettings, WarcWriter
from crawler.version import SOFTWARE
from tests.benchmarks.portal import make_pack

ARTICLES = 30
_FIRST = datetime(2026, 11, 22, tzinfo=UTC)
_COMMIT_EACH = 500


def make_collection(root: Path, pages: int) -> Collection:
    """A new collection in `root` whose archive holds the answers of so many pages of articles."""
    collection = Collection(root)
    collection.create(operator=None, contact=None, software=SOFTWARE, now=_FIRST)
    told = WarcSettings(info={"software": SOFTWARE, "kliping-run": "1"}, now=lambda: _FIRST)
    writer = WarcWriter(collection, told)
    for number, capture in zip(range(1, pages + 1), captures(), strict=False):
        writer.append(capture)
        if number % _COMMIT_EACH == 0:
            writer.commit()
    writer.close()
    return collection


def captures() -> Iterator[Capture]:
    """Pages without end, those of an article one after the other, a second apart."""
    messages = _messages()
    moments = (_FIRST + timedelta(seconds=second) for second in count())
    for again in count():
        for url, head, body in messages:
            slug = urlsplit(url).path.rsplit("/", 1)[-1].encode()
            own = slug + b"-%d" % again
            yield _capture(
                url.replace(slug.decode(), own.decode()), head, body.replace(slug, own), next(moments)
            )


def _messages() -> list[tuple[str, bytes, bytes]]:
    """Address, head and decompressed body of each page of the pack."""
    pack = make_pack(ARTICLES)
    answers = pack.path.read_bytes()
    found = []
    for url, (start, size) in pack.places.items():
        head, _, body = answers[start : start + size].partition(b"\r\n\r\n")
        found.append((url, head, gzip.decompress(body)))
    return found


def _capture(url: str, head: bytes, page: bytes, moment: datetime) -> Capture:
    body = zlib.compress(page, 1, 31)
    host = urlsplit(url).netloc.encode()
    fields = (b"Host", host), (b"Accept-Encoding", b"gzip"), (b"User-Agent", b"Kliping")
    return Capture(
        url=url,
        fetched_at=moment,
        method="GET",
        target=urlsplit(url).path,
        request_headers=fields,
        protocol="HTTP/1.1",
        status=200,
        headers=_headers(head, len(body)),
        body=body,
        ip_address="127.0.0.1",
    )


def _headers(head: bytes, length: int) -> Headers:
    told = [line.partition(b": ")[::2] for line in head.split(b"\r\n")[1:]]
    return tuple(
        (name, b"%d" % length if name == b"Content-Length" else value)
        for name, value in told
        if name not in {b"ETag", b"Last-Modified"}
    )
