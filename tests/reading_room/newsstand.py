"""A collection into which tests put articles, edits and removals, one by one and without WARC files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from archives import sidecar
from archives.capture import CaptureRef
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.digests import digest
from archives.durable import write_file
from archives.removals import append
from tests.archives import shelf

HOST = "pesisir.example"


def url_of(slug: str, host: str = HOST) -> str:
    return f"https://{host}/{slug}"


@dataclass(slots=True)
class Newsstand:
    """A collection that is filled by hand."""

    collection: Collection
    versions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, root: Path) -> Newsstand:
        stand = cls(shelf.make_collection(root))
        catalogue = Catalogue(stand.collection.catalogue)
        with catalogue.transaction():
            catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=datetime.now(UTC))
        catalogue.close()
        return stand

    def put(self, url: str, headline: str = "Kabar", body: str = "Isi.", **fields: object) -> str:
        """A first version, or the next one; the sidecar's path is returned."""
        number = self.versions[url] = self.versions.get(url, 0) + 1
        record = shelf.article_fields(url, body) | {"headline": headline} | fields
        whole = sidecar.complete(
            {name: value for name, value in record.items() if value is not None},
            collection="warta",
            pages={1: _ref(url)},
            version=sidecar.Version(number=number),
        )
        sidecar.check(whole)
        return self._file(url, number, whole, str(fields.get("portal", "demo")))

    def _file(self, url: str, number: int, record: dict[str, object], portal: str) -> str:
        path, content = str(sidecar.place(record)), sidecar.to_bytes(record)
        write_file(self.collection.root / path, content)
        catalogue = Catalogue(self.collection.catalogue)
        with catalogue.transaction():
            database = catalogue.database
            database.execute("INSERT OR IGNORE INTO articles (address, portal) VALUES (?, ?)", (url, portal))
            database.execute(
                "INSERT OR REPLACE INTO versions (article_id, number, run_id, settled, sidecar, "
                "sidecar_digest, headline, published) SELECT article_id, ?, 1, 1, ?, ?, ?, ? "
                "FROM articles WHERE address = ?",
                (number, path, digest(content), record["headline"], record.get("datePublished"), url),
            )
        catalogue.close()
        return path

    def rewrite(self, url: str, headline: str, body: str) -> None:
        """The newest version's record is made again and says something else, as after `reextract`."""
        self.versions[url] -= 1
        self.put(url, headline, body)

    def lose(self, url: str) -> None:
        """The article goes from the catalogue."""
        catalogue = Catalogue(self.collection.catalogue)
        with catalogue.transaction():
            wanted = "(SELECT article_id FROM articles WHERE address = ?)"
            catalogue.database.execute(f"DELETE FROM versions WHERE article_id = {wanted}", (url,))  # noqa: S608
            catalogue.database.execute("DELETE FROM articles WHERE address = ?", (url,))
        catalogue.close()

    def remove(self, url: str) -> None:
        """What `kliping remove` writes down."""
        append(
            self.collection,
            {
                "action": "remove",
                "url": url,
                "identifier": sidecar.identifier(url),
                "addresses": [url],
                "at": "2026-11-22T09:00:00Z",
                "reason": "asked for",
                "pictures": [],
                "sidecars": [],
                "files": [],
                "redact": False,
            },
        )


def _ref(url: str) -> CaptureRef:
    return CaptureRef(
        url=url,
        fetched_at=datetime(2026, 11, 22, 3, tzinfo=UTC),
        status=200,
        warc_file="warta-20261122T000000Z-00001-vm.warc.gz",
        offset=0,
        length=1000,
        record_id="urn:uuid:00000000-0000-4000-8000-000000000001",
        payload_digest="sha256:0",
        content_type="text/html",
    )
