"""Articles that were removed: tombstones in `removals.jsonl`, one JSON object a line, at a collection's root.

The file is part of what is archived, not derived: a lost catalogue, `reextract` and `verify --repair` do not
touch it. Lines are only ever added, each synced before anything is done that it tells of, so whatever a crash
interrupts can be finished from it. Its actions, by the article's canonical `url`:

remove    at, by, reason, redact, identifier, addresses, pictures, sidecars, files: the article is left out
intent    records: what a redaction is about to put in the place of which records
rewritten file, before, after: digests of a WARC file that is about to take the place of the old one
redacted  at: nothing of the article is left
found     files: WARC files that have come since with records of it
undo      at, by, reason: the article is handed out again

Whoever hands articles out asks `url in Removals.of(collection)`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from archives.collection import Collection
from archives.durable import refused, sync_folder
from archives.errors import CollectionError
from archives.notices import Notice
from archives.surt import surt

ARTICLE_URN = "urn:kliping:article:"
"""Before an article's address: the target of the metadata record that holds its sidecar."""
_NOT_SAID = re.compile(
    r"(?:page|halaman|single|utm_\w+|fbclid|gclid|gclsrc|dclid|yclid|msclkid|igshid|mc_[ce]id|_ga|_gl|_hsenc"
    r"|_hsmi|ref|ref_src|lgn_method|google_btn|jxconn|jxtokoid|jxrecoid|jxnlink|int_source|int_medium"
    r"|int_campaign)",
    re.IGNORECASE,
)
"""Parameters that ask for a part of the article, or say how a reader came: never for another article."""


_REPLAYED = re.compile(r"https?://[^?#]{1,200}?/(https?:/.*)", re.IGNORECASE | re.DOTALL)
"""An address within another one, as the Wayback Machine and pywb have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A record that is no more, and the notice that stands in its place, byte for byte as long.

    `sha256` is that of the old gzip member, `notice_sha256` that of the new one; `at`, `reason` and
    `warcinfo_id` are what the notice is made of again, should the work be interrupted.
    """

    file: str
    offset: int
    length: int
    type: str
    record_id: str
    sha256: str
    notice_id: str
    notice_sha256: str
    at: str
    reason: str
    warcinfo_id: str | None = None
    payload_digest: str | None = None

    @property
    def notice(self) -> Notice:
        """What stands in its place."""
        return Notice(
            record_id=self.record_id,
            type=self.type,
            at=self.at,
            reason=self.reason,
            info_id=self.warcinfo_id,
        )

    def as_plain(self) -> dict[str, object]:
        return {
            _JSON_NAMES[name]: value for name in _JSON_NAMES if (value := getattr(self, name)) is not None
        }

    @classmethod
    def of(cls, plain: Mapping[str, object]) -> Redacted:
        return cls(**{name: plain[said] for name, said in _JSON_NAMES.items() if said in plain})  # type: ignore[arg-type]


_JSON_NAMES = {
    item.name: re.sub(r"_(\w)", lambda found: found[1].upper(), item.name) for item in fields(Redacted)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is known of one removed article.

    `addresses` are those of its pages, asked for and final, the canonical one first; `pictures` those of
    photos that no other article shows; `sidecars` the paths that its records had; `files` the WARC files
    with records of it. `redact` is the intent, `redacted_at` says that it was carried out.
    """

    url: str
    identifier: str
    addresses: tuple[str, ...]
    at: str
    reason: str
    by: str | None = None
    pictures: tuple[str, ...] = ()
    sidecars: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    redact: bool = False
    records: tuple[Redacted, ...] = ()
    kept: tuple[str, ...] = ()
    """What a redaction has left, in words: payloads that another article shares."""
    rewritten: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    intended: bool = False
    """Whether it was found out which records are to be redacted."""
    redacted_at: str | None = None
    undone_at: str | None = None

    @property
    def kept_places(self) -> frozenset[tuple[str, int]]:
        """File and offset of what a redaction has left."""
        found = (_KEPT_PLACE.match(told) for told in self.kept)
        return frozenset((item[1], int(item[2])) for item in found if item)

    @property
    def is_active(self) -> bool:
        return self.undone_at is None

    @property
    def is_pending(self) -> bool:
        """Whether a redaction was begun, or wanted, and is not known to be finished."""
        return self.is_active and self.redact and self.redacted_at is None


_KEPT_PLACE = re.compile(r"archive/(\S+) at ([0-9]+) ")


class Removals:
    """The tombstones of a collection as they were when it was asked."""

    def __init__(self, path: Path, tombstones: Iterable[Tombstone]) -> None:
        self.path = path
        self._by_url = {one.url: one for one in tombstones}
        self._count = sum(one.is_active for one in self._by_url.values())
        self._keys: dict[str, str] = {}
        self._pictures: dict[str, str] = {}
        for one in self.active:
            for address in (one.url, *one.addresses):
                self._keys.update(dict.fromkeys(_keys(address), one.url))
            self._pictures.update(dict.fromkeys(map(surt, one.pictures), one.url))
        self._stems = {key.partition("?")[0] for key in (*self._keys, *self._pictures)}

    @classmethod
    def of(cls, collection: Collection) -> Removals:
        """The tombstones on disk now; a collection without any has no such file.

        Raises:
            CollectionError: the file cannot be read; what was to be left out must not slip through.
        """
        return cls(collection.removals, _fold(_events(collection.removals)))

    def __contains__(self, url: object) -> bool:
        """Whether this is any address of a removed article: canonical, of a page, asked for or final, with
        http or https, with parameters that name a page or a way there, or as the URN of its record.
        """
        return isinstance(url, str) and self.find(url) is not None

    def __len__(self) -> int:
        """How many articles are removed now."""
        return self._count

    def find(self, url: str) -> Tombstone | None:
        """The tombstone of the removed article that has this address."""
        if not self._keys:
            return None
        found = next((self._keys[key] for key in _keys(url) if key in self._keys), None)
        return self._by_url[found] if found is not None else None

    def may_hide(self, key: str) -> bool:
        """Whether a line of an index with this key (SURT) can be one that is left out; cheap, and never wrong
        where it says no.
        """
        return key.partition("?")[0] in self._stems or "http" in key or key.startswith("urn:")

    def hides(self, url: str) -> bool:
        """Whether an answer of this address is left out: of an article, or of a photo that it alone shows."""
        return bool(self._keys) and self.owner(url) is not None

    def owner(self, url: str) -> Tombstone | None:
        """The tombstone that an answer of this address is left out for, a photo's too."""
        one = self.find(url)
        if one is None and (found := self._pictures.get(surt(url))) is not None:
            one = self._by_url[found]
        return one

    @property
    def active(self) -> Iterator[Tombstone]:
        return (one for one in self._by_url.values() if one.is_active)

    @property
    def all(self) -> Iterator[Tombstone]:
        """With those that were undone."""
        return iter(self._by_url.values())

    def get(self, url: str) -> Tombstone | None:
        """The tombstone of exactly this canonical address, be it undone."""
        return self._by_url.get(url)

    @property
    def pending(self) -> list[Tombstone]:
        """Articles whose redaction is still to be done, or to be finished."""
        return [one for one in self.active if one.is_pending]


def append(collection: Collection, *events: Mapping[str, object]) -> Removals:
    """Add lines durably and read all again. Only the holder of the lock may call this.

    What a crash left of a last line was never promised and is cut off first.

    Raises:
        WriteError: the disk refused.
        CollectionError: what stands there cannot be read.
    """
    path = collection.removals
    _events(path)
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    try:
        is_new = not path.exists()
        with path.open("ab+") as out:
            out.truncate(_whole(out.seek(0, os.SEEK_END), path))
            out.write(lines.encode("utf-8", "backslashreplace"))
            out.flush()
            os.fsync(out.fileno())
        if is_new:
            sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error
    return Removals.of(collection)


def _whole(size: int, path: Path) -> int:
    """The length without a last line that has no end."""
    with path.open("rb") as source:
        place = size
        while place:
            start = max(place - _STEP, 0)
            source.seek(start)
            found = source.read(place - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            place = start
    return 0


_STEP = 1 << 16


def _events(path: Path) -> list[dict[str, object]]:
    """All whole lines. A last one without its end is what a crash left: nothing was done because of it."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(path, str(error.strerror or error)) from error
    events = []
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _unreadable(path, f"line {number}: {error}") from error
        if not isinstance(event, dict) or not all(
            isinstance(event.get(one), str) for one in ("url", "action")
        ):
            raise _unreadable(path, f"line {number}: no action on a url")
        events.append(event)
    return events


def _unreadable(path: Path, fault: str) -> CollectionError:
    return CollectionError(
        f"{path}: cannot be read ({fault}); restore it from a copy, for it says which articles must not be "
        "handed out"
    )


def _fold(events: Iterable[Mapping[str, object]]) -> list[Tombstone]:
    found: dict[str, Tombstone] = {}
    for event in events:
        url = str(event["url"])
        told = _folded(found.get(url), url, event)
        if told is not None:
            found[url] = told
    return list(found.values())


def _folded(before: Tombstone | None, url: str, event: Mapping[str, object]) -> Tombstone | None:
    action = event["action"]
    if action == "remove":
        return _removed(before, url, event)
    if before is None:
        return None
    if action == "intent":
        records = event.get("records")
        fresh = tuple(Redacted.of(item) for item in records) if isinstance(records, list) else ()
        known = {(one.file, one.offset) for one in fresh}
        older = tuple(one for one in before.records if (one.file, one.offset) not in known)
        kept = tuple(dict.fromkeys((*before.kept, *_texts(event, "kept"))))
        return replace(before, records=older + fresh, kept=kept, intended=True, redacted_at=None)
    if action == "rewritten":
        name, digests = str(event.get("file")), (str(event.get("before")), str(event.get("after")))
        return replace(before, rewritten={**before.rewritten, name: digests})
    if action == "redacted":
        return replace(before, redacted_at=str(event.get("at")))
    if action == "found":
        return replace(before, files=_joined(before.files, _texts(event, "files")))
    if action == "undo":
        return replace(before, undone_at=str(event.get("at")))
    return before  # of a newer Kliping; what it adds to a removal takes none back


def _removed(before: Tombstone | None, url: str, event: Mapping[str, object]) -> Tombstone:
    """A second removal of the same article adds what was found since."""
    by = event.get("by")
    fresh = Tombstone(
        url=url,
        identifier=str(event.get("identifier")),
        addresses=_texts(event, "addresses"),
        at=str(event.get("at")),
        reason=str(event.get("reason")),
        by=str(by) if by is not None else None,
        pictures=_texts(event, "pictures"),
        sidecars=_texts(event, "sidecars"),
        files=_texts(event, "files"),
        redact=event.get("redact") is True,
        kept=_texts(event, "kept"),
    )
    if before is None:
        return fresh
    return replace(
        fresh,
        addresses=_joined(before.addresses, fresh.addresses),
        pictures=_joined(before.pictures, fresh.pictures),
        sidecars=_joined(before.sidecars, fresh.sidecars),
        files=_joined(before.files, fresh.files),
        redact=fresh.redact or before.redact,
        records=before.records,
        kept=_joined(before.kept, fresh.kept),
        rewritten=before.rewritten,
    )


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _texts(event: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = event.get(name)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _keys(url: str) -> Iterator[str]:
    """The keys that an address is known by: its own, and that without what names no other article.

    The address of a web archive's copy is one of the article as well.
    """
    bare = url.removeprefix(ARTICLE_URN)
    if "/http" in bare and (inner := _REPLAYED.match(bare)) is not None:
        yield from _keys(inner[1])
        return
    yield surt(bare)
    if "?" not in bare:
        return
    try:
        parts = urlsplit(bare)
        query = [
            pair
            for pair in parse_qsl(parts.query, keep_blank_values=True)
            if not _NOT_SAID.fullmatch(pair[0])
        ]
    except ValueError:
        return
    if parts.query:
        yield surt(parts._replace(query=urlencode(query)).geturl())
