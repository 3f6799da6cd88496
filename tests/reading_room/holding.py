"""Collections for a reader to read: articles with pages, pictures, style sheets, several versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from archives import sidecar
from archives.catalogue import Catalogue, SidecarEntry
from archives.collection import Collection
from archives.digests import digest
from archives.durable import write_file
from archives.keeper import Keeper
from archives.states import Kind, State
from archives.versions import KeptPage
from reading_room.holdings import place_of
from tests.archives import shelf
from tests.archives.shelf import NOW

ADDRESS = "https://pesisir.example/2026/11/22/warga-menanam-bakau"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc8q\xe2\x04\0\4 "
    b"\2\x0fO9\xbd\xe5\0\0\0\0IEND\xaeB`\x82"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as it was found at one moment: what extraction says of it, and its pages as they came."""

    pages: Sequence[bytes]
    url: str = ADDRESS
    fields: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    """Pictures and style sheets that were fetched with it: type and body by address."""
    content_type: str = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Holding:
    """A collection, and the places of its sidecars in the order in which they were told."""

    collection: Collection
    places: tuple[str, ...]


def hold(root: Path, *told: Told) -> Holding:
    """Each in a run of its own, an hour after the one before."""
    collection = shelf.make_collection(root)
    places = []
    for number, item in enumerate(told):
        run_id = shelf.begin_run(collection)
        keeper = shelf.open_keeper(collection, run_id=run_id)
        places.append(_keep(keeper, collection, item, run_id, NOW + timedelta(hours=number)))
        assert keeper.close() is None
    return Holding(collection, tuple(places))


def _keep(keeper: Keeper, collection: Collection, item: Told, run_id: int, now: datetime) -> str:
    for url, (kind, body) in item.parts.items():
        _capture(keeper, url, kind, body, run_id, now, kind_of_url=Kind.REQUISITE)
    kept = [
        _capture(
            keeper,
            _address(item.url, number),
            item.content_type,
            body,
            run_id,
            now,
            kind_of_url=Kind.ARTICLE if number == 1 else Kind.PAGE,
        )
        for number, body in enumerate(item.pages, 1)
    ]

    def file(catalogue: Catalogue) -> str:
        mark = sha256(repr((item.fields, item.pages)).encode()).hexdigest()
        for number, capture_id in enumerate(kept, 1):
            page = KeptPage(capture_id, f"{mark}-{number}")
            catalogue.place_page(item.url, "demo", number, page, count=len(kept), run_id=run_id)
        article = catalogue.unsettled_article(item.url)
        assert article is not None
        before = sidecar.load(collection.root / article.previous) if article.previous else None
        record = sidecar.complete(
            shelf.article_fields(item.url) | dict(item.fields),
            collection="warta",
            pages=article.pages,
            version=sidecar.Version(number=article.number, previous=article.previous),
            before=before,
        )
        sidecar.check(record)
        content = sidecar.to_bytes(record)
        path = str(sidecar.place(record))
        write_file(collection.root / path, content)
        entry = SidecarEntry(
            digest=digest(content),
            path=path,
            content_hash=str(record["contentHash"]),
            headline=str(record["headline"]),
            published=str(record["datePublished"]),
            pages_missing=(),
            doubtful=False,
        )
        catalogue.settle_version(article.version_id, entry)
        return place_of(path)

    return keeper.do(file).result()


def _address(url: str, number: int) -> str:
    return url if number == 1 else f"{url}?page={number}"


def _capture(
    keeper: Keeper, url: str, kind: str, body: bytes, run_id: int, now: datetime, *, kind_of_url: Kind
) -> int:
    def ask(catalogue: Catalogue) -> int:
        catalogue.add_urls([shelf.new_url(url, kind=kind_of_url)], run_id)
        found = catalogue.find_url(url)
        assert found is not None
        return found[0].url_id

    url_id = keeper.do(ask).result()
    capture = shelf.capture(
        url, body=body, headers=((b"Content-Type", kind.encode()),), target="/", fetched_at=now
    )
    kept = keeper.keep(capture, url_id=url_id).result()
    keeper.do(
        lambda catalogue: catalogue.settle_url(
            url_id, State.CAPTURED, reason=None, run_id=run_id, capture_id=kept.capture_id
        )
    ).result()
    return int(kept.capture_id)


def parts(*texts: str, page: int = 1, kind: str = "paragraph") -> list[dict[str, Any]]:
    """`hasPart` of these texts."""
    return [{"position": n, "page": page, "type": kind, "text": text} for n, text in enumerate(texts, 1)]


def page(content: str, *, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>x</title>{head}</head><body>{content}</body></html>".encode()
