"""What the reading room reads of a collection: the catalogue, sidecars, records. Nothing here writes.

A crawl may be writing all the while. The catalogue is a WAL database, so that a reader sees one state of it
and waits for nobody; files are replaced whole. What can happen between two looks is that a sidecar gets a
new name, or a WARC file loses its `.open`: then the question is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g

from archives import sidecar
from archives.capture import CaptureRef, RecordPlace
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.durable import below
from archives.errors import SidecarError, WriteError
from archives.lookup import StoredVersion, answered_by, filed_under, stored_versions
from archives.moments import from_w3c, to_w3c
from archives.reader import StoredRecord, read_record
from archives.removals import Removals, Tombstone
from archives.rows import CAPTURE, capture_of
from reading_room.errors import RemovedError, UnknownArticleError
from reading_room.typesetting import as_moment

T = TypeVar("T")
_LOOKS = 4
_BATCH = 400
"""Addresses that one question to the catalogue names at most."""
_WANTED = ", ".join(f"c.{name.strip()}" for name in CAPTURE.split(","))


_LOOKED_AT = 100
"""Captures of one address, before a moment and after it, that are looked at: a logo may have thousands."""
_BESIDE = 10_000
"""The same of captures in a file of another tool, whatever their address."""
_AROUND = (
    "SELECT capture_id FROM (SELECT capture_id FROM captures WHERE url_id = u.url_id AND capture_id <= ? "
    "ORDER BY capture_id DESC LIMIT ?) UNION ALL "
    "SELECT capture_id FROM (SELECT capture_id FROM captures WHERE url_id = u.url_id AND capture_id > ? "
    "ORDER BY capture_id LIMIT ?)"
)


@dataclass(frozen=True, slots=True)
class Shelved:
    """An article's record as it stands in a sidecar, and all versions that the catalogue has of it.

    `place` is the sidecar's path below `articles/`, without `.json`: the article's name in this room.
    """

    place: str
    record: Mapping[str, Any]
    versions: Sequence[StoredVersion]

    @property
    def address(self) -> str:
        return str(self.record["url"])

    @property
    def number(self) -> int:
        return int(self.record["version"]["number"])

    @property
    def newest(self) -> StoredVersion:
        return self.versions[-1]


class Holdings:
    """A collection as one request reads it, with one connection to the catalogue."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._catalogue: Catalogue | None = None

    @cached_property
    def removals(self) -> Removals:
        """The articles that must not be handed out, read once for a request."""
        return Removals.of(self.collection)

    @property
    def catalogue(self) -> Catalogue:
        if self._catalogue is None:
            self._catalogue = Catalogue(self.collection.catalogue, read_only=True)
        return self._catalogue

    def close(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue = None

    # --- articles ---------------------------------------------------------------------------------

    def shelved(self, place: str) -> Shelved:
        """The article whose sidecar stands at that place.

        Raises:
            RemovedError: it has been removed.
            UnknownArticleError: the catalogue has none there.
            SidecarError: the file is no sidecar.
        """
        return _looked_again(lambda: self._shelved(place))

    def _shelved(self, place: str) -> Shelved:
        path = PurePosixPath("articles", f"{place}.json")
        if not (self.collection.root / path).is_file():
            self._refuse(one for one in self.removals.active if str(path) in one.sidecars)
            raise UnknownArticleError
        record = self._record(str(path))
        self._refuse([self.removals.find(str(record["url"]))])
        versions = stored_versions(self.catalogue, str(record["url"]))
        if str(path) not in {version.sidecar for version in versions}:
            raise UnknownArticleError
        return Shelved(place, record, versions)

    def _refuse(self, found: Iterable[Tombstone | None]) -> None:
        """Of a removed article nothing is told but that, and when."""
        tombstone = next(iter(found), None)
        if tombstone is not None:
            raise RemovedError(as_moment(tombstone.at))

    def _record(self, path: str) -> dict[str, Any]:
        """A sidecar below `articles/`; no link leads out of there."""
        try:
            file = below(self.collection.articles, PurePosixPath(path).relative_to("articles"))
        except WriteError as error:
            raise SidecarError(str(error)) from error
        if file.is_symlink():
            raise SidecarError(f"{path}: is a link; a collection's records are files")
        record = sidecar.load(file)
        sidecar.check(record)
        return record

    def version(self, article: Shelved, number: int) -> Shelved:
        """The same article in another of its versions."""
        path = next((one.sidecar for one in article.versions if one.number == number), None)
        if path is None:
            raise UnknownArticleError
        return self.shelved(place_of(path))

    def find(self, url: str) -> str | None:
        """The address under which the article is filed that has this address, or had it.

        Raises:
            RemovedError: it has been removed.
        """
        self._refuse([self.removals.find(url)])
        for candidate in _spellings(url):
            if stored_versions(self.catalogue, candidate):
                return candidate
        for candidate in _spellings(url):
            filed = filed_under(self.catalogue, candidate)
            if filed is not None and stored_versions(self.catalogue, filed):
                return filed
            for final in answered_by(self.catalogue, candidate):
                if stored_versions(self.catalogue, final):
                    return final
        return None

    def newest_place(self, address: str) -> str | None:
        """Where the newest version of an article stands."""
        versions = stored_versions(self.catalogue, address)
        return place_of(versions[-1].sidecar) if versions else None

    def kept_among(self, urls: Iterable[str]) -> dict[str, str]:
        """Of these addresses those that an article is filed under, each with that article's address."""
        spelt: dict[str, list[str]] = {}
        for url in urls:
            for candidate in _spellings(url):
                spelt.setdefault(candidate, []).append(url)
        found: dict[str, str] = {}
        for batch in _batches(list(spelt)):
            marks = ", ".join("?" * len(batch))
            rows = self.catalogue.database.execute(
                "SELECT DISTINCT address FROM articles JOIN versions USING (article_id) "
                f"WHERE sidecar IS NOT NULL AND address IN ({marks})",
                batch,
            )
            for (address,) in rows:
                if address not in self.removals:
                    found.update(dict.fromkeys(spelt[address], address))
        return found

    def headlines(self, addresses: Sequence[str]) -> dict[str, str]:
        """The headlines of articles' newest versions, by address."""
        found: dict[str, str] = {}
        for batch in _batches(addresses):
            marks = ", ".join("?" * len(batch))
            rows = self.catalogue.database.execute(
                "SELECT address, headline FROM articles JOIN versions USING (article_id) "
                f"WHERE headline IS NOT NULL AND address IN ({marks}) ORDER BY number",
                list(batch),
            )
            found |= {str(address): str(headline) for address, headline in rows}
        return found

    def gone_since(self, address: str) -> datetime | None:
        """When the portal first said that the article is gone, if it says so still."""
        row = self.catalogue.database.execute("SELECT gone_at FROM urls WHERE url = ?", (address,)).fetchone()
        return from_w3c(row[0]) if row and row[0] else None

    # --- records ----------------------------------------------------------------------------------

    def record_at(self, place: Mapping[str, Any]) -> StoredRecord:
        """The WARC record that a page of a sidecar, or a reference of the catalogue, names.

        Raises:
            DamageError: another record, or none, stands there.
            UnknownArticleError: the file is not the collection's.
        """
        name = str(place["warcFile"])
        if "/" in name or name.startswith(".") or "\0" in name:
            raise UnknownArticleError
        return _looked_again(
            lambda: read_record(self._warc_path(name), int(place["warcOffset"]), str(place["warcRecordId"]))
        )

    def _warc_path(self, name: str) -> Path:
        path = self.collection.warc_path(name)
        if path.is_symlink():
            raise UnknownArticleError
        return path

    def payload(self, place: Mapping[str, Any]) -> StoredRecord:
        """The record with the body: for a revisit the one that it refers to, with the revisit's address."""
        record = self.record_at(place)
        if record.type != "revisit":
            return record
        row = self.catalogue.database.execute(
            f"SELECT {_WANTED} FROM urls u JOIN captures c USING (url_id) "
            "WHERE u.url IN (?, ?) AND c.warc_file = ? AND c.offset = ? LIMIT 1",
            (str(place.get("url")), record.url, str(place["warcFile"]), int(place["warcOffset"])),
        ).fetchone()
        ref = capture_of(row) if row else None
        if ref is None or ref.original is None:
            raise UnknownArticleError
        return self.record_at(_names(ref.original))

    def capture_near(self, url: str, moment: datetime) -> CaptureRef | None:
        """Of the good answers to an address the one nearest in time."""
        with suppress(LookupError):
            return self.captures_near([url], moment)[url]
        return None

    def captures_near(self, urls: Sequence[str], moment: datetime) -> dict[str, CaptureRef]:
        """The same for many addresses at once; those that were never captured are not among the results."""
        found: dict[str, CaptureRef] = {}
        shown = [url for url in dict.fromkeys(urls) if not self.removals.hides(url)]
        then = self._last_before(moment) if shown else 0
        for batch in _batches(shown):
            marks = ", ".join("?" * len(batch))
            rows = self.catalogue.database.execute(
                f"SELECT u.url, {_WANTED} FROM urls u JOIN captures c ON c.capture_id IN ({_AROUND}) "
                f"WHERE u.url IN ({marks}) AND c.status = 200 ORDER BY c.capture_id",
                (then, _LOOKED_AT, then, _LOOKED_AT, *batch),
            )
            _keep_nearest(found, rows, moment)
        for batch in _batches([url for url in shown if url not in found]):
            _keep_nearest(found, self._beside(then, batch), moment)
        return found

    def _beside(self, then: int, urls: Sequence[str]) -> Iterable[Sequence[Any]]:
        """Captures that were taken in from files of other tools, which no row of `urls` stands for: those
        that lie around the page's own, as what a page loads does in such a file.
        """
        marks = ", ".join("?" * len(urls))
        return self.catalogue.database.execute(
            f"SELECT c.url, {_WANTED} FROM captures c WHERE c.url_id IS NULL "
            f"AND c.capture_id BETWEEN ? AND ? AND c.status = 200 "
            f"AND c.url IN ({marks}) ORDER BY c.capture_id",
            (then - _BESIDE, then + _BESIDE, *urls),
        )

    def _last_before(self, moment: datetime) -> int:
        """The number of the last capture up to that moment, of whatever address."""
        row = self.catalogue.database.execute(
            "SELECT capture_id FROM captures WHERE fetched_at <= ? ORDER BY fetched_at DESC LIMIT 1",
            (to_w3c(moment),),
        ).fetchone()
        return int(row[0]) if row else 0

    def payload_of(self, ref: CaptureRef) -> StoredRecord:
        return self.record_at(_names(ref.original or ref.place))


def _keep_nearest(found: dict[str, CaptureRef], rows: Iterable[Sequence[Any]], moment: datetime) -> None:
    for asked, *row in rows:
        ref = capture_of(row)
        best = found.get(asked)
        if best is None or _distance(ref, moment) < _distance(best, moment):
            found[asked] = ref


def _names(place: RecordPlace) -> dict[str, Any]:
    return {"warcFile": place.warc_file, "warcOffset": place.offset, "warcRecordId": place.record_id}


def _distance(ref: CaptureRef, moment: datetime) -> float:
    return abs((ref.fetched_at - moment).total_seconds())


def place_of(path: str) -> str:
    """`host/2026/11/22/key` of a sidecar's path below the collection."""
    return path.removeprefix("articles/").removesuffix(".json")


def _looked_again(look: Callable[[], T]) -> T:
    """What a writer replaces between two looks is there at the next."""
    for _ in range(_LOOKS - 1):
        with suppress(FileNotFoundError, SidecarError):
            return look()
    return look()


def _spellings(url: str) -> Iterator[str]:
    """An address, and the same without its fragment, its query, with the other scheme."""
    whole = url.partition("#")[0]
    try:
        parts = urlsplit(whole)
    except ValueError:
        return
    if parts.scheme not in {"http", "https"}:
        return
    other = "http" if parts.scheme == "https" else "https"
    forms = [whole, parts._replace(scheme=other).geturl()]
    if parts.query:
        forms += [parts._replace(query="").geturl(), parts._replace(query="", scheme=other).geturl()]
    yield from dict.fromkeys(forms)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def install(app: Flask, collection: Collection) -> None:
    app.config["COLLECTION"] = collection
    app.teardown_appcontext(_close)


def holdings() -> Holdings:
    """Those of this request."""
    if "holdings" not in g:
        g.holdings = Holdings(current_app.config["COLLECTION"])
    found = g.holdings
    assert isinstance(found, Holdings)
    return found


def _close(_error: BaseException | None) -> None:
    found = g.pop("holdings", None)
    if found is not None:
        found.close()
