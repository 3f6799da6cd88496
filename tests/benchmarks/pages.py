"""CPU per page of `read_page`, with trafilatura's default beside it on the same pages.

    python -m tests.benchmarks.pages [ROUNDS]

One process, one core. Each page counts with its fastest round, since the machine may be shared.
"""

from __future__ import annotations

import gc
import gzip
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import trafilatura
from lxml.html import HTMLParser, document_fromstring

from extractors.article import PageKind
from extractors.extract import read_page
from tests.benchmarks.portal import Pack, make_pack

ARTICLES = 30
ROUNDS = 5
_SEEN = datetime(2026, 11, 22, tzinfo=UTC)

Page = tuple[str, bytes]


def _parse(url: str, body: bytes) -> object:
    return document_fromstring(body, parser=HTMLParser(encoding="utf-8"))


def _read(url: str, body: bytes) -> object:
    reading = read_page(body, url=url, captured_at=_SEEN, content_type="text/html")
    if reading.verdict.kind is not PageKind.ARTICLE or not reading.parts:
        raise RuntimeError(f"{url}: no article, so that the figures would mean nothing")
    return reading


def _trafilatura(url: str, body: bytes) -> object:
    return trafilatura.bare_extraction(body, url=url, with_metadata=True)


CONTESTANTS: MappingProxyType[str, Callable[[str, bytes], object]] = MappingProxyType(
    {"lxml, the tree alone": _parse, "read_page": _read, "trafilatura, default": _trafilatura}
)


def bodies(pack: Pack) -> list[Page]:
    """The pages of a pack as they reach extraction: decompressed."""
    answers = pack.path.read_bytes()
    messages = ((url, answers[start : start + size]) for url, (start, size) in pack.places.items())
    return [(url, gzip.decompress(message.partition(b"\r\n\r\n")[2])) for url, message in messages]


def cpu_per_page(pages: Sequence[Page], rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds of CPU for each contestant: the mean over the pages of each page's fastest round."""
    best = {name: [float("inf")] * len(pages) for name in CONTESTANTS}
    gc.freeze()
    for _ in range(rounds):
        for number, (url, body) in enumerate(pages):
            for name, work in CONTESTANTS.items():
                start = time.process_time()
                work(url, body)
                best[name][number] = min(best[name][number], time.process_time() - start)
    return {name: 1000 * sum(seconds) / len(seconds) for name, seconds in best.items()}


def main(rounds: int = ROUNDS) -> None:
    pages = bodies(make_pack(ARTICLES))
    print(f"CPU per page, one core, {len(pages)} pages, best of {rounds} rounds")
    for name, milliseconds in cpu_per_page(pages, rounds).items():
        print(f"  {name:<22}{milliseconds:6.1f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
