"""Exports made and read back by tests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from backports import zstd
from pyarrow import parquet

from archives import sidecar
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.digests import digest
from archives.moments import to_w3c
from archives.removals import Removals, append
from corpora.clusters import Clusters
from corpora.export import Advance, Exported, Order, Source, export
from corpora.selection import HostFacts, Selection

HOSTS = {
    "pesisir.kabarnusa.localhost": HostFacts("Aceh", "Asia/Jakarta"),
    "lembah.kabarnusa.localhost": HostFacts("Sulawesi Selatan", "Asia/Makassar"),
    "rimba.warta.localhost": HostFacts(None, "Asia/Jakarta"),
}


@contextmanager
def source_of(collection: Collection) -> Iterator[Source]:
    catalogue = Catalogue(collection.catalogue, read_only=True)
    try:
        with catalogue.snapshot():
            yield Source(
                collection=collection,
                catalogue=catalogue,
                removals=Removals.of(collection),
                hosts=HOSTS,
                software="Kliping/0",
            )
    finally:
        catalogue.close()


def make(
    collection: Collection,
    folder: Path,
    format_name: str = "jsonl",
    *,
    advance: Advance = int,
    preset: str | None = None,
    mask_pii: bool = False,
    shard_bytes: int = 1 << 27,
    processes: int = 0,
    **selection: object,
) -> Exported:
    """An export of what is selected."""
    order = Order(
        format=format_name,
        selection=Selection(**selection),  # type: ignore[arg-type]
        preset=preset,
        mask_pii=mask_pii,
        shard_bytes=shard_bytes,
        processes=processes,
    )
    return carry_out(collection, folder, order, advance=advance)


def carry_out(collection: Collection, folder: Path, order: Order, *, advance: Advance = int) -> Exported:
    with source_of(collection) as source:
        return export(
            source, order, folder, advance=advance, clusters=lambda: Clusters.up_to_date(collection)
        )


def rows_of(folder: Path) -> list[dict[str, object]]:
    """The rows of an export's shards, in their order, by names; a CSV's cells are text."""
    shards = json.loads((folder / "export.json").read_bytes())["shards"]
    return [row for shard in shards for row in _rows(folder / shard["path"])]


def _rows(path: Path) -> Iterator[dict[str, object]]:
    if path.suffix == ".parquet":
        yield from parquet.read_table(path).to_pylist()
        return
    text = unpacked(path)
    if ".jsonl" in path.name:
        yield from map(json.loads, text.split("\n")[:-1])
    else:
        yield from csv.DictReader(io.StringIO(text, newline=""))


def unpacked(path: Path) -> str:
    return zstd.decompress(path.read_bytes()).decode()


def files_of(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rewrite(collection: Collection, address: str, **fields: object) -> None:
    """Give an article's newest sidecar other fields, with a catalogue that agrees; None takes a field out."""
    catalogue = Catalogue(collection.catalogue)
    place = catalogue.database.execute(
        "SELECT sidecar, version_id FROM versions JOIN articles USING (article_id) WHERE address = ? "
        "ORDER BY number DESC",
        (address,),
    ).fetchone()
    path = collection.root / place[0]
    record = sidecar.load(path) | fields
    content = sidecar.to_bytes({name: value for name, value in record.items() if value is not None})
    path.write_bytes(content)
    catalogue.database.execute(
        "UPDATE versions SET sidecar_digest = ?, published = ? WHERE version_id = ?",
        (digest(content), record.get("datePublished"), place[1]),
    )
    catalogue.close()


def tombstone(collection: Collection, record: Mapping[str, object]) -> None:
    url = str(record["url"])
    event = {
        "action": "remove",
        "url": url,
        "identifier": record["id"],
        "addresses": [url],
        "reason": "asked",
    }
    append(collection, event | {"at": to_w3c(datetime(2026, 11, 20, tzinfo=UTC))})


def unwrite(collection: Collection, address: str, least: int = 1) -> None:
    """Leave the catalogue without records of an article, as a removal does, and a crawl before it writes."""
    catalogue = Catalogue(collection.catalogue)
    catalogue.database.execute(
        "UPDATE versions SET sidecar = NULL WHERE number >= ? AND article_id = "
        "(SELECT article_id FROM articles WHERE address = ?)",
        (least, address),
    )
    catalogue.close()
