"""The demo portal enlarged and rendered beforehand, so that serving it costs next to nothing.

    python -m tests.benchmarks.portal PACK ARTICLES

serves a pack: one file with the complete answers to all article pages, gzip and headers included. What is
not in the pack (lists, robots.txt, addresses that are gone) the demo portal answers as always.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import mmap
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from crawler.demo.portal import Answer, DemoPortal, Request
from extractors.portals import all_portals

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "build" / "benchmarks"
SMALLEST_KB, LARGEST_KB = 100, 180
_INCOMPRESSIBLE = 30 * 1024
"""Bytes of base64 in each page: the demo's filler alone would compress to 12 KB, real pages do to 35."""
_SOURCES = (*sorted((ROOT / "crawler" / "demo").glob("*.py")), Path(__file__))


@dataclass(frozen=True, slots=True)
class Pack:
    """Rendered pages on disk: one file of answers, and beside it where each begins and how long it is."""

    path: Path
    articles: int
    places: dict[str, tuple[int, int]]

    @property
    def urls(self) -> list[str]:
        """The addresses of all article pages, the pages of one article after one another."""
        return list(self.places)


def make_pack(articles: int, folder: Path = PACKS) -> Pack:
    """Render the pages, or take those of an earlier run; a change of the demo portal makes them anew."""
    sources = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:12]
    path = folder / f"portal-{articles}-{sources}.pack"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _render(articles, path)
    return load_pack(path, articles)


def load_pack(path: Path, articles: int) -> Pack:
    places = json.loads(_index_of(path).read_text())
    return Pack(path, articles, {url: (offset, length) for url, (offset, length) in places.items()})


def _index_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _render(articles: int, path: Path) -> None:
    portal = DemoPortal(articles=articles)
    places: dict[str, tuple[int, int]] = {}
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as out:
        for url in _article_pages(portal):
            message = _message(_page(portal, url))
            places[url] = (out.tell(), len(message))
            out.write(message)
    _index_of(path).write_text(json.dumps(places))
    unfinished.rename(path)


def _article_pages(portal: DemoPortal) -> Iterator[str]:
    declared = all_portals()["demo"]
    for article in portal.newsroom.articles():
        yield article.url
        yield from (declared.page_url(article.url, number) for number in range(2, article.page_count + 1))


def _page(portal: DemoPortal, url: str) -> Answer:
    """A page of a size of its own between the smallest and the largest, always the same for an address."""
    dice = random.Random(url)
    portal.page_bytes = dice.randint(SMALLEST_KB, LARGEST_KB) * 1024 - _INCOMPRESSIBLE
    answer = portal.answer(_request(url))
    noise = base64.b64encode(dice.randbytes(_INCOMPRESSIBLE * 3 // 4))
    script = b'<script type="text/javascript">var derau="' + noise + b'";</script>\n</body>'
    return Answer(
        body=answer.body.replace(b"</body>", script),
        content_type=answer.content_type,
        headers=answer.headers,
        modified=answer.modified,
    )


def _request(url: str) -> Request:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(host=parts.netloc.lower(), target=target)


def _message(answer: Answer) -> bytes:
    """The answer as bytes for the wire, with the header fields that the demo portal's own server sends."""
    headers = [("Server", "KabarNusa"), ("Content-Type", answer.content_type), *answer.headers]
    if answer.status == 200:
        headers.append(("ETag", answer.etag))
    if answer.modified:
        headers.append(("Last-Modified", format_datetime(answer.modified, usegmt=True)))
    body = answer.body
    if body and answer.content_type.startswith(("text/", "application/xml")):
        body = gzip.compress(body, 6, mtime=0)
        headers += [("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip")]
    headers.append(("Content-Length", str(len(body))))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Answerer:
    """Answers from the pack; everything else is rendered once and remembered."""

    def __init__(self, pack: Pack) -> None:
        self._places = pack.places
        with pack.path.open("rb") as file:
            self._pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._portal = DemoPortal(articles=pack.articles)
        self._rendered: dict[str, bytes] = {}

    def answer(self, url: str) -> bytes:
        place = self._places.get(url)
        if place is not None:
            return self._pages[place[0] : place[0] + place[1]]
        if url not in self._rendered:
            self._rendered[url] = _message(self._portal.answer(_request(url)))
        return self._rendered[url]


class _Connection(asyncio.Protocol):
    """Reads requests of either form, GET only, and stays open between them."""

    def __init__(self, answerer: _Answerer) -> None:
        self._answerer = answerer
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._answerer.answer(_url_of(head.decode("latin-1"))))


def _url_of(head: str) -> str:
    lines = head.split("\r\n")
    target = lines[0].split(" ")[1]
    if target.startswith("http://"):
        return target
    host = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
    return f"http://{host}{target}"


async def _serve(pack: Pack) -> None:
    answerer = _Answerer(pack)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(answerer), "127.0.0.1", 0)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


@dataclass(frozen=True, slots=True)
class Served:
    """Where a pack is served, and by which process."""

    url: str
    pid: int


@contextmanager
def serving(pack: Pack) -> Iterator[Served]:
    """Serve a pack in a process of its own while the context lasts."""
    command = [sys.executable, "-m", "tests.benchmarks.portal", str(pack.path), str(pack.articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("listening on "):
                raise RuntimeError(f"the enlarged demo portal did not start (it said {line!r})")
            yield Served(line.split()[-1], process.pid)
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_serve(load_pack(Path(sys.argv[1]), int(sys.argv[2]))))
