"""Looking an article up in the catalogue by whatever address somebody has of it."""

from __future__ import annotations

from dataclasses import dataclass

from archives.catalogue import Catalogue

_MOST = 200


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an article and the path of its sidecar below the collection."""

    number: int
    sidecar: str


def stored_versions(catalogue: Catalogue, address: str) -> list[StoredVersion]:
    """The versions that have a sidecar, oldest first; none for an address that no article is kept under."""
    rows = catalogue.database.execute(
        "SELECT number, sidecar FROM versions JOIN articles USING (article_id) "
        "WHERE address = ? AND sidecar IS NOT NULL ORDER BY number",
        (address,),
    )
    return [StoredVersion(number, sidecar) for number, sidecar in rows]


def filed_under(catalogue: Catalogue, url: str) -> str | None:
    """The address of the article whose page a URL of the ledger has given, or is a further page of."""
    row = catalogue.database.execute(
        "SELECT a.address FROM urls u JOIN captures c USING (url_id) JOIN version_pages p USING (capture_id) "
        "JOIN versions v USING (version_id) JOIN articles a USING (article_id) WHERE u.url = ? LIMIT 1",
        (url,),
    ).fetchone()
    return str(row[0]) if row else None


def answered_by(catalogue: Catalogue, url: str) -> list[str]:
    """The addresses at which redirects from a URL of the ledger have ended."""
    rows = catalogue.database.execute(
        "SELECT DISTINCT c.url FROM urls u JOIN captures c USING (url_id) WHERE u.url = ? LIMIT ?",
        (url, _MOST),
    )
    return [str(row[0]) for row in rows]


def similar_addresses(catalogue: Catalogue, text: str) -> list[str]:
    """Addresses of kept articles that have something in common with a text: its folder, its last words, its
    number. A few hundred at most, whatever the collection holds.
    """
    pieces = [piece for piece in text.partition("?")[0].split("/") if piece]
    words = [piece for piece in pieces if piece.isdecimal() and len(piece) > 4] + pieces[-1:]
    folder = text.rpartition("/")[0] + "/"
    found = catalogue.database.execute(
        "SELECT address FROM articles WHERE address >= ?1 AND address < ?1 || char(1114111) LIMIT ?2",
        (folder, _MOST),
    ).fetchall()
    for word in words:
        found += catalogue.database.execute(
            "SELECT address FROM articles WHERE instr(address, ?) LIMIT ?", (word, _MOST)
        ).fetchall()
    return list(dict.fromkeys(str(row[0]) for row in found))
