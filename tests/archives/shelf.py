"""Small collections to put to the test: captures, sidecars, a writer with pinned ids and clock."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastWarcIterator
from warcio.archiveiterator import ArchiveIterator

from archives import sidecar
from archives.capture import Capture, CaptureRef, Headers
from archives.catalogue import Catalogue, NewUrl, SidecarEntry
from archives.collection import Collection
from archives.digests import digest
from archives.durable import write_file
from archives.keeper import Keeper
from archives.states import Kind
from archives.versions import KeptPage
from archives.warc import WarcSettings, WarcWriter

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
PAGE = gzip.compress(b"<html><body><p>Warga Pesisir menanam bakau.</p></body></html>", mtime=0)
ARTICLE = "https://pesisir.example/2026/11/22/warga-menanam-bakau"


def page_of(url: str) -> bytes:
    """A page that no other address has: the same payload twice would be kept as a revisit."""
    return gzip.compress(f"<html><body><p>Warga menanam bakau: {url}</p></body></html>".encode(), mtime=0)


def capture(
    url: str = ARTICLE,
    *,
    body: bytes = PAGE,
    headers: Headers = ((b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Encoding", b"gzip")),
    target: str = "/2026/11/22/warga-menanam-bakau",
    status: int = 200,
    fetched_at: datetime = NOW,
    **more: object,
) -> Capture:
    usual = Capture(
        url=url,
        fetched_at=fetched_at,
        method="GET",
        target=target,
        request_headers=((b"Host", b"pesisir.example"),),
        protocol="HTTP/1.1",
        status=status,
        headers=headers,
        body=body,
        ip_address="192.0.2.7",
    )
    return replace(usual, **more)  # type: ignore[arg-type]


def pinned_ids() -> Callable[[], str]:
    """`urn:uuid:00000000-0000-4000-8000-000000000001` and so on."""
    numbers = count(1)
    return lambda: f"urn:uuid:00000000-0000-4000-8000-{next(numbers):012d}"


def settings(max_bytes: int = 1 << 30) -> WarcSettings:
    return WarcSettings(
        info={"software": "Kliping/0", "format": "WARC File Format 1.1", "kliping-run": "1"},
        max_bytes=max_bytes,
        make_id=pinned_ids(),
        now=lambda: NOW,
    )


def make_collection(root: Path) -> Collection:
    collection = Collection(root)
    collection.create(operator=None, contact=None, software="Kliping/0", now=NOW)
    return collection


def write(collection: Collection, *captures: Capture, max_bytes: int = 1 << 30) -> list[CaptureRef]:
    """A run's WARC files without a catalogue, a commit after each capture; closed at the end."""
    writer = WarcWriter(collection, settings(max_bytes))
    refs = []
    for item in captures:
        refs.append(writer.append(item))
        writer.commit()
    writer.close()
    return refs


def begin_run(collection: Collection) -> int:
    catalogue = Catalogue(collection.catalogue)
    with catalogue.transaction():
        run_id = catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    catalogue.close()
    return run_id


def open_keeper(
    collection: Collection, *, run_id: int | None = None, max_bytes: int = 1 << 30, **more: object
) -> Keeper:
    return Keeper(
        lambda: Catalogue(collection.catalogue),
        WarcWriter(collection, settings(max_bytes)),
        run_id=run_id or begin_run(collection),
        **more,  # type: ignore[arg-type]
    )


def new_url(url: str = ARTICLE, *, kind: Kind = Kind.ARTICLE, **more: object) -> NewUrl:
    return replace(
        NewUrl(url=url, kind=kind, portal="demo", host="pesisir.example"),
        **more,  # type: ignore[arg-type]
    )


def article_fields(url: str = ARTICLE, body: str = "PESISIR - Warga menanam bakau.") -> dict[str, object]:
    """What extraction hands over for a sidecar."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "schemaVersion": 1,
        "url": url,
        "headline": "Warga Pesisir Menanam Bakau",
        "datePublished": "2026-11-22T08:00:00+07:00",
        "articleBody": body,
        "wordCount": len(body.split()),
        "hasPart": [{"position": 1, "page": 1, "type": "paragraph", "text": body}],
        "pagination": {"pageCount": 1, "pagesMissing": []},
        "extraction": {"extractor": "kliping", "version": "0", "fallback": False, "warnings": []},
        "contentHash": "sha256:" + sha256(body.encode()).hexdigest(),
    }


def sidecar_record(
    ref: CaptureRef, url: str = ARTICLE, version: sidecar.Version | None = None
) -> dict[str, object]:
    return sidecar.complete(
        article_fields(url), collection="warta", pages={1: ref}, version=version or sidecar.Version()
    )


@dataclass(slots=True)
class Shelf:
    """A closed collection of a few articles, with sidecars and a catalogue that agree."""

    collection: Collection
    refs: list[CaptureRef] = field(default_factory=list)
    sidecars: list[Path] = field(default_factory=list)

    @property
    def warc(self) -> Path:
        return self.collection.warc_files()[0]


def fill(root: Path, articles: int = 3) -> Shelf:
    shelf = Shelf(make_collection(root))
    run_id = begin_run(shelf.collection)
    keeper = open_keeper(shelf.collection, run_id=run_id)
    for number in range(articles):
        url = f"{ARTICLE}-{number}"
        kept = keeper.keep(capture(url, body=page_of(url))).result()

        def file(catalogue: Catalogue, url: str = url, capture_id: int = kept.capture_id) -> Path:
            page = KeptPage(capture_id, "digest")
            catalogue.place_page(url, "demo", 1, page, count=1, run_id=run_id)
            article = catalogue.unsettled_article(url)
            assert article is not None
            record = sidecar_record(article.pages[1], url)
            sidecar.check(record)
            path = shelf.collection.root / sidecar.place(record)
            content = sidecar.to_bytes(record)
            write_file(path, content)
            entry = SidecarEntry(
                digest=digest(content),
                path=str(sidecar.place(record)),
                content_hash=str(record["contentHash"]),
                headline=str(record["headline"]),
                published=str(record["datePublished"]),
                pages_missing=(),
                doubtful=False,
            )
            catalogue.settle_version(article.version_id, entry)
            return path

        shelf.refs.append(kept.ref)
        shelf.sidecars.append(keeper.do(file).result())
    assert keeper.close() is None
    return shelf


# --- other people's eyes ----------------------------------------------------------------------------


def warcio_records(path: Path) -> list[tuple[str, bytes]]:
    """Type and body of every record as warcio reads it, its digests checked."""
    with path.open("rb") as stream:
        return [
            (record.rec_type, record.content_stream().read())
            for record in ArchiveIterator(stream, check_digests="raise")
        ]


def fastwarc_records(path: Path) -> list[str]:
    """Type of every record as FastWARC reads it, digests verified; a revisit's payload is elsewhere."""
    found = []
    with path.open("rb") as stream:
        for record in FastWarcIterator(stream, parse_http=False):
            assert record.verify_block_digest()
            if "WARC-Payload-Digest" in record.headers and record.headers["WARC-Type"] != "revisit":
                record.parse_http()
                assert record.verify_payload_digest()
            found.append(record.headers["WARC-Type"])
    return found


def inflated_members(content: bytes) -> Iterator[bytes]:
    """The gzip members of a file, one by one, without any of our reading code."""
    while content:
        engine = zlib.decompressobj(31)
        yield engine.decompress(content)
        assert engine.eof
        content = engine.unused_data


def same_bytes_inside(one: bytes, other: bytes) -> bool:
    try:
        return list(inflated_members(one)) == list(inflated_members(other))
    except (zlib.error, AssertionError):
        return False


def run_python(code: str, *arguments: object, **more: object) -> subprocess.Popen[str]:
    """A child process that runs `code` in the repository."""
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
    )  # fmt: skip


def gzipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as out:
        out.write(content)
    return buffer.getvalue()
