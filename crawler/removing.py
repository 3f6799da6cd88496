"""Which article a person means by an address, and its removal from a collection, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

from archives import cdxj, removing
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import DamageError
from archives.recovery import recover
from archives.removals import Removals, Tombstone
from archives.removing import Wish
from archives.states import State
from crawler.commands.diff import find_article
from crawler.desk import address_of, marks
from crawler.errors import WrongUsageError
from crawler.reading import read_article_page
from extractors.addresses import identify
from extractors.page import unwrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: articles by any of their addresses, why and by whom, and how far it goes."""

    words: tuple[str, ...]
    reason: str
    by: str | None = None
    redact: bool = False


def remove(
    collection: Collection,
    order: Order,
    *,
    now: datetime | None = None,
    advance: Callable[[int], object] = int,
) -> list[Tombstone]:
    """Remove articles; their tombstones as they are then. The caller holds the lock.

    The index is brought up to date first, and again at the end without them. `advance` is told the bytes that
    are searched for what is to be redacted.

    Raises:
        WrongUsageError: an address is of no kept article; nothing is done then.
        DamageError: the archive is damaged, so it cannot be searched.
        WriteError: the disk refused; the same command, or the next run, goes on from there.
    """
    now = now or datetime.now(UTC)
    with closing(Catalogue(collection.catalogue)) as catalogue:
        removals = Removals.of(collection)
        urls = list(dict.fromkeys(_address_of(catalogue, removals, word, collection) for word in order.words))
        recover(collection, catalogue, run_id=None)
        removing.finish(collection, now=now)
        wishes = [
            Wish(address=url, reason=order.reason, by=order.by, redact=order.redact)
            for url in urls
            if order.redact or removals.get(url) is None or url not in removals
        ]
        if wishes:
            removing.entomb(collection, catalogue, wishes, _Spelling(collection, catalogue).is_same, now=now)
    cdxj.update(collection)
    removing.finish(collection, now=now, advance=advance)
    return tombstones_of(collection, urls)


def undo(collection: Collection, order: Order, *, now: datetime | None = None) -> list[Tombstone]:
    """Hand articles out again. The caller holds the lock.

    Raises:
        WrongUsageError: one is not removed, or was redacted; nothing is done then.
        WriteError: the disk refused; the next run goes on from there.
    """
    now, removals = now or datetime.now(UTC), Removals.of(collection)
    urls = list(dict.fromkeys(_removable(removals, word).url for word in order.words))
    removing.finish(collection, now=now)
    for one in tombstones_of(collection, urls):
        removing.undo(collection, one, reason=order.reason or None, by=order.by, now=now)
    cdxj.update(collection, rebuild=True)
    return tombstones_of(collection, urls)


def tombstones_of(collection: Collection, urls: Iterable[str]) -> list[Tombstone]:
    """What is known now of articles by their canonical addresses."""
    removals = Removals.of(collection)
    return [one for one in map(removals.get, urls) if one is not None]


def _address_of(catalogue: Catalogue, removals: Removals, word: str, collection: Collection) -> str:
    """The canonical address of a kept or removed article.

    Raises:
        WrongUsageError: there is none; the message names the nearest.
    """
    known = _removed(removals, word)
    if known is not None:
        return known.url
    return find_article(catalogue, word, collection.root)


def _removed(removals: Removals, word: str) -> Tombstone | None:
    address = identify(word)
    return removals.find(word) or (removals.find(address.url) if address is not None else None)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Other addresses of an article: by their form, or because the page there says so."""

    collection: Collection
    catalogue: Catalogue

    def is_same(self, url: str, article: str) -> bool:
        address = identify(unwrap(url))
        if address is None:
            return False
        if address.url == article:
            return True
        same_host = urlsplit(address.url).netloc == urlsplit(article).netloc
        return same_host and bool(marks(address.url) & marks(article)) and self._filed(url) == article

    def _filed(self, url: str) -> str | None:
        """What an address that the ledger calls a duplicate is one of: a slug alone can be many articles'."""
        found = self.catalogue.find_url(url)
        if found is None or found[1] is not State.DUPLICATE:
            return None
        ref = self.catalogue.last_answer(found[0].url_id)
        if ref is None:
            return None
        try:
            return address_of(read_article_page(self.collection.archive, ref), url)
        except (DamageError, OSError):
            return None


def _removable(removals: Removals, word: str) -> Tombstone:
    """The tombstone that can be taken back.

    Raises:
        WrongUsageError: there is none, or nothing is left to be handed out.
    """
    one = _removed(removals, word)
    if one is None:
        near = get_close_matches(word, [known.url for known in removals.active], n=1, cutoff=0.5)
        hint = f"did you mean {near[0]} ?" if near else "`kliping remove --list` shows those that are"
        raise WrongUsageError(f"{word}: is not removed; {hint}")
    if one.redact:
        raise WrongUsageError(
            f"{one.url}: was redacted, nothing is left to be handed out; a copy of the collection may have it"
        )
    return one
