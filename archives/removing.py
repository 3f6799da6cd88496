"""Removing an article from a collection, and taking that back: everything but its tombstone follows from it.

The tombstone is written first (`archives.removals`). `finish` then brings the collection in line with all
tombstones: the index first, then sidecars, at last the catalogue, which says that it is done. A crash in
between is mended by the next call, which the next run and `verify --repair` make.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archives import cdxj, redaction, sidecar
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.durable import make_folder, sync_folder
from archives.errors import SidecarError, WriteError
from archives.leftovers import files_below
from archives.moments import to_w3c
from archives.removals import Removals, Tombstone, append

Advance = Callable[[int], object]
REASON = "removed"
"""The ledger's word."""
_YEAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants: the article filed under an address left out, or redacted, for a reason."""

    address: str
    reason: str
    by: str | None = None
    redact: bool = False


# --- the tombstone ------------------------------------------------------------------------------------


def entomb(
    collection: Collection,
    catalogue: Catalogue,
    wishes: Iterable[Wish],
    is_same: Callable[[str, str], bool],
    *,
    now: datetime,
    advance: Advance = int,
) -> Removals:
    """Write the tombstones, and nothing else. `is_same` says whether a URL is one of the article at an
    address, be it that the collection has never filed it so. `advance` is told sidecars that were read.

    Raises:
        WriteError: the disk refused.
    """
    events = [_event(collection, catalogue, wish, is_same, now) for wish in wishes]
    named = [_list(event["pictures"]) for event in events]
    _leave_shared_bytes(catalogue, events)
    _leave_to_others(collection, events, advance)
    for event, pictures in zip(events, named, strict=True):
        own = set(_list(event["pictures"]))
        event["kept"] = [f"photo that is not its alone: {url}" for url in pictures if url not in own]
    return append(collection, *events)


def _event(
    collection: Collection,
    catalogue: Catalogue,
    wish: Wish,
    is_same: Callable[[str, str], bool],
    now: datetime,
) -> dict[str, object]:
    known = _Known(catalogue, wish.address)
    known.look_around(lambda url: is_same(url, wish.address))
    sidecars = known.sidecars()
    return {
        "action": "remove",
        "url": wish.address,
        "at": to_w3c(now),
        "reason": wish.reason,
        **({"by": wish.by} if wish.by else {}),
        "redact": wish.redact,
        "identifier": sidecar.identifier(wish.address),
        "addresses": [wish.address, *sorted(known.addresses - {wish.address})],
        "pictures": _pictures(collection, sidecars),
        "sidecars": sidecars,
        "files": sorted(known.files),
    }


class _Known:
    """What the catalogue knows of an article: addresses, and WARC files with answers of them."""

    def __init__(self, catalogue: Catalogue, address: str) -> None:
        self._db = catalogue.database
        self._address = address
        self.addresses = {address}
        self.files: set[str] = set()
        for row in self._db.execute(_ITS_PAGES, (address,)):
            self._take(*row)
        for row in self._db.execute(_RECORDS_OF_SIDECARS, (address,)):
            self.files.update(str(name) for name in row if name)

    def _take(self, file: str | None, *urls: str | None) -> None:
        self.addresses.update(url for url in urls if url)
        if file:
            self.files.add(file)

    def look_around(self, is_same: Callable[[str], bool]) -> None:
        """Other answers that were got for it, and addresses that share its last words or its number, as far
        as their addresses are its own in another spelling.

        A redirect may have led from a deleted article to the front page, which is nobody's; and a file of
        Common Crawl holds many articles.
        """
        for row in self._db.execute(_GOT_FOR_IT, (self._address,)).fetchall():
            self._take(row[0], *(url for url in row[1:] if url and is_same(url)))
        pieces = [piece for piece in self._address.split("/")[3:] if piece]
        for piece in {*pieces[-1:], *(one for one in pieces if one.isdecimal() and len(one) > _YEAR)}:
            for file, *urls in self._db.execute(_LIKE, (piece,)).fetchall():
                found = [url for url in urls if url and (url in self.addresses or is_same(url))]
                if found:
                    self._take(file, *found)

    def sidecars(self) -> list[str]:
        rows = self._db.execute(
            "SELECT sidecar FROM versions JOIN articles USING (article_id) WHERE address = ? "
            "AND sidecar IS NOT NULL ORDER BY number",
            (self._address,),
        )
        return [str(row[0]) for row in rows]


_ITS_PAGES = """
SELECT NULL, url, NULL FROM urls WHERE url = ?1 OR (article = ?1 AND kind IN ('article', 'page'))
UNION SELECT c.warc_file, c.url, c.via FROM articles JOIN versions USING (article_id)
    JOIN version_pages USING (version_id) JOIN captures c USING (capture_id) WHERE address = ?1
UNION SELECT NULL, u.url, NULL FROM articles JOIN versions USING (article_id)
    JOIN version_pages USING (version_id) JOIN captures c USING (capture_id) JOIN urls u USING (url_id)
    WHERE address = ?1 AND u.kind IN ('article', 'page')
"""
"""What versions are made of, and further pages that were asked for."""
_GOT_FOR_IT = """
SELECT c.warc_file, c.url, c.via, c.origin, u.url FROM urls u JOIN captures c USING (url_id)
WHERE u.url = ?1 OR (u.article = ?1 AND u.kind IN ('article', 'page', 'memento'))
"""
_RECORDS_OF_SIDECARS = (
    "SELECT DISTINCT metadata_file FROM versions JOIN articles USING (article_id) WHERE address = ?"
)
_LIKE = """
SELECT NULL, url, NULL, NULL FROM urls WHERE instr(url, ?1) AND kind != 'requisite'
UNION SELECT warc_file, url, via, origin FROM captures WHERE instr(url, ?1) OR instr(coalesce(via, ''), ?1)
"""


def _pictures(collection: Collection, sidecars: Iterable[str]) -> list[str]:
    """Addresses of the photos that an article's records name."""
    found: dict[str, None] = {}
    for name in sidecars:
        try:
            images = sidecar.load(collection.root / name).get("image")
        except SidecarError:
            continue
        for image in images if isinstance(images, list) else ():
            if isinstance(image, dict) and isinstance(image.get("contentUrl"), str):
                found[image["contentUrl"]] = None
    return list(found)


def _leave_to_others(collection: Collection, events: list[dict[str, object]], advance: Advance) -> None:
    """A photo that the record of an article which stays names as well is not this article's to take away."""
    wanted = {_json_of(url): url for event in events for url in _list(event["pictures"])}
    if not wanted:
        return
    going = {collection.root / name for event in events for name in _list(event["sidecars"])}
    for path in files_below(collection.articles):
        if path in going or path.suffix != ".json" or path.is_symlink():
            continue
        content = path.read_bytes()
        for text in [text for text in wanted if text in content]:
            del wanted[text]
        advance(1)
    mine = set(wanted.values())
    for event in events:
        event["pictures"] = [url for url in _list(event["pictures"]) if url in mine]


def _leave_shared_bytes(catalogue: Catalogue, events: list[dict[str, object]]) -> None:
    """Where another address gave the same bytes, a revisit refers to the photo, and replay must find it."""
    mine = json.dumps([url for event in events for url in _list(event["pictures"])])
    shared = (
        {str(row[0]) for row in catalogue.database.execute(_SHARED_BYTES, (mine,))} if mine != "[]" else set()
    )
    for event in events:
        event["pictures"] = [url for url in _list(event["pictures"]) if url not in shared]


_SHARED_BYTES = """
WITH photo AS MATERIALIZED (
    SELECT u.url, c.payload_digest AS digest FROM json_each(?1) wanted JOIN urls u ON u.url = wanted.value
    JOIN captures c USING (url_id) WHERE c.payload_digest != '')
SELECT DISTINCT photo.url FROM captures c JOIN photo ON c.payload_digest = photo.digest
WHERE coalesce(c.via, c.url) NOT IN (SELECT url FROM photo) AND c.url NOT IN (SELECT url FROM photo)
"""


def _json_of(url: str) -> bytes:
    """As `sidecar.to_bytes` writes it, quotes and all."""
    return sidecar.to_bytes({"url": url}).partition(b": ")[2].rstrip(b"}\n")


def _list(value: object) -> list[str]:
    return value if isinstance(value, list) else []


# --- what follows from it -----------------------------------------------------------------------------


def finish(collection: Collection, *, now: datetime, advance: Advance = int) -> list[Tombstone]:
    """Bring the collection in line with its tombstones; those that something was done for. The caller holds
    the lock, and all WARC files are closed.

    Raises:
        CollectionError: the tombstones cannot be read.
        DamageError: a WARC file that is to be searched for a redaction is damaged.
        WriteError: the disk refused; the next call goes on from there.
    """
    removals = Removals.of(collection)
    owed = list(_owed(collection, removals))
    if not owed:
        return []
    cdxj.leave_out(collection, removals)
    for one in owed:
        if one.is_active:
            _hide(collection, one)
        else:
            _show(collection, one)
    _redact([one for one in owed if one.is_pending], collection, now, advance)
    return owed


def _owed(collection: Collection, removals: Removals) -> Iterator[Tombstone]:
    """The tombstones that something is still to be done for."""
    with ExitStack() as stack:
        db = None
        if len(removals) and collection.catalogue.exists():
            catalogue = stack.enter_context(closing(Catalogue(collection.catalogue)))
            db = catalogue.database
        for one in removals.all:
            folder = collection.root if one.is_active else collection.removed
            counted = one.is_active and db is not None and db.execute(_SHOWN, (one.url,)).fetchone()
            if one.is_pending or counted or any((folder / name).exists() for name in one.sidecars):
                yield one


_SHOWN = (
    "SELECT 1 FROM versions JOIN articles USING (article_id) WHERE address = ? AND sidecar IS NOT NULL "
    "LIMIT 1"
)


def _hide(collection: Collection, one: Tombstone) -> None:
    """Out of the folders that people read, and out of the catalogue's counts."""
    for name in one.sidecars:
        _move(collection.root / name, collection.removed / name)
    if not collection.catalogue.exists():
        return
    with closing(Catalogue(collection.catalogue)) as catalogue, catalogue.transaction():
        catalogue.database.execute(
            "UPDATE versions SET sidecar = NULL, settled = 1, fault = NULL "
            "WHERE article_id IN (SELECT article_id FROM articles WHERE address = ?)",
            (one.url,),
        )
        catalogue.database.executemany(
            "UPDATE urls SET state = 'removed', reason = 'removed', next_try = NULL, gone_at = NULL "
            "WHERE state IN ('todo', 'captured', 'failed', 'gone') "
            "AND (url = ?1 OR (article = ?1 AND kind IN ('article', 'page', 'memento')))",
            [(url,) for url in (one.url, *one.addresses, *one.pictures)],
        )
        catalogue.database.execute(
            "UPDATE captures SET waiting = 0 WHERE waiting AND url_id IN "
            "(SELECT url_id FROM urls WHERE state = 'removed')"
        )


def _show(collection: Collection, one: Tombstone) -> None:
    """Back to where everybody finds it. A version whose record was never made is left to the next run."""
    for name in one.sidecars:
        _move(collection.removed / name, collection.root / name)
    if not collection.catalogue.exists():
        return
    with closing(Catalogue(collection.catalogue)) as catalogue, catalogue.transaction():
        db = catalogue.database
        for name in one.sidecars:
            if (collection.root / name).is_file():
                number = _number(sidecar.load(collection.root / name))
                db.execute(
                    "UPDATE versions SET sidecar = ? WHERE number = ? AND article_id IN "
                    "(SELECT article_id FROM articles WHERE address = ?)",
                    (name, number, one.url),
                )
        db.execute(
            "UPDATE versions SET settled = 0 WHERE sidecar IS NULL AND article_id IN "
            "(SELECT article_id FROM articles WHERE address = ?)",
            (one.url,),
        )
        db.executemany(
            "UPDATE urls SET state = iif(capture_id IS NULL, 'failed', 'captured'), tries = 0, "
            "reason = iif(capture_id IS NULL, 'was removed', NULL) WHERE state = 'removed' "
            "AND (url = ?1 OR (article = ?1 AND kind IN ('article', 'page', 'memento')))",
            [(url,) for url in (one.url, *one.addresses, *one.pictures)],
        )


def _number(record: Mapping[str, object]) -> int:
    version = record.get("version")
    return int(version["number"]) if isinstance(version, dict) else 1


def _move(source: Path, target: Path) -> None:
    """Durably; what was moved before a crash is left."""
    try:
        if not source.is_file():
            return
        make_folder(target.parent)
        source.replace(target)
        sync_folder(target.parent)
        sync_folder(source.parent)
    except OSError as error:
        raise WriteError(
            f"{source}: cannot be moved to {target} ({error.strerror or error}); mend the folder, then run "
            "again"
        ) from error


def _redact(pending: list[Tombstone], collection: Collection, now: datetime, advance: Advance) -> None:
    """Look through the archive once for all that are to be redacted, then write each file once."""
    if not pending:
        return
    at, unlooked = to_w3c(now), [one for one in pending if not one.intended]
    if unlooked:
        with redaction.survey(collection, collection.warc_files(), advance=advance) as seen:
            redaction.intend(collection, unlooked, seen, at=at)
    removals = Removals.of(collection)
    planned = [one for one in map(removals.get, (one.url for one in pending)) if one is not None]
    redaction.carry_out(collection, planned, at=at)


def undo(
    collection: Collection, one: Tombstone, *, reason: str | None, by: str | None, now: datetime
) -> None:
    """Hand an article out again; what was redacted cannot be. The history stays.

    Raises:
        WriteError: the disk refused; the next run finishes.
    """
    told = {"action": "undo", "url": one.url, "at": to_w3c(now)}
    more = {name: value for name, value in (("reason", reason), ("by", by)) if value}
    append(collection, {**told, **more})
    finish(collection, now=now)
    cdxj.update(collection, rebuild=True)
