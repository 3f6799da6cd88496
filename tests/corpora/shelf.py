"""A collection of given sidecars, without WARC files: catalogue and records as a crawl leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from archives import sidecar
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.digests import digest

NOW = datetime(2022, 11, 26, tzinfo=UTC)


def shelf(root: Path) -> Collection:
    collection = Collection(root)
    collection.create(operator="Perpustakaan Rekaan", contact=None, software="Kliping/0", now=NOW)
    catalogue = Catalogue(collection.catalogue)
    catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    catalogue.close()
    return collection


def put(collection: Collection, records: Iterable[Mapping[str, object]], number: int = 1) -> None:
    """Keep one version of each; `number` is the version's."""
    catalogue = Catalogue(collection.catalogue, scratch=True)
    with catalogue.transaction():
        for record in records:
            _put(collection, catalogue, record, number)
    catalogue.close()


def _put(collection: Collection, catalogue: Catalogue, record: Mapping[str, object], number: int) -> None:
    db, address = catalogue.database, str(record["url"])
    content = sidecar.to_bytes({**record, "version": {"number": number, "changedFields": []}})
    path = f"articles/{record['identifier']}.v{number}.json"
    (collection.root / path).write_bytes(content)
    db.execute("INSERT OR IGNORE INTO articles (address, portal) VALUES (?, 'demo')", (address,))
    (article,) = db.execute("SELECT article_id FROM articles WHERE address = ?", (address,)).fetchone()
    capture = db.execute(
        "INSERT INTO captures (run_id, url, fetched_at, status, warc_file, offset, length, record_id, "
        "payload_digest, waiting) VALUES (1, ?, '2022-11-26T00:00:00Z', 200, 'x', 0, 1, 'x', 'x', 0)",
        (address,),
    ).lastrowid
    version = db.execute(
        "INSERT INTO versions (article_id, number, run_id, settled, sidecar, sidecar_digest) "
        "VALUES (?, ?, 1, 1, ?, ?)",
        (article, number, path, digest(content)),
    ).lastrowid
    db.execute("INSERT INTO version_pages VALUES (?, 1, ?, 'x')", (version, capture))


def drop(collection: Collection, address: str) -> None:
    """As if the catalogue had never known it."""
    catalogue = Catalogue(collection.catalogue, scratch=True)
    catalogue.database.execute(
        "UPDATE versions SET sidecar = NULL WHERE article_id IN "
        "(SELECT article_id FROM articles WHERE address = ?)",
        (address,),
    )
    catalogue.close()
