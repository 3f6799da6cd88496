from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

from archives import cdxj, redaction, removing
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import DamageError
from archives.recovery import recover
from archives.removals import Removals, Tombstone
from archives.removing import Wish
from archives.states import State
from crawler.command import KlipingCommand, byte_bar, console
from crawler.commands.diff import find_article
from crawler.desk import address_of, marks
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.reading import read_article_page
from extractors.addresses import identify
from extractors.page import unwrap

_LONGEST = 2000


class Command(KlipingCommand):
    summary = "Leave an article out, or redact it, and write down why"
    details = (
        "URL is any address of a kept article. Its record leaves articles/, and exports, the reading room, "
        "new packages, the index and reextract leave it out; no crawl asks for it again. The bytes in the "
        "WARC files stay, unless --redact puts notices in their place, which cannot be undone. "
        "removals.jsonl says what was removed, when, why and by whom. --list shows that, --undo hands an "
        "article out again. docs/removal.md tells what stays where."
    )
    usage = "URL [URL ...] --reason TEXT [options]"
    most_arguments = sys.maxsize

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", metavar="TEXT", help="why; kept for good, so name no private matter")
        parser.add_argument(
            "--by", metavar="NAME", help="who asks or decides, or the reference of a letter; kept for good"
        )
        parser.add_argument(
            "--redact",
            action="store_true",
            help="delete the text also from the WARC files, records and catalogue; cannot be undone",
        )
        parser.add_argument("--list", action="store_true", dest="show", help="list what was removed")
        parser.add_argument(
            "--undo", action="store_true", help="hand an article out again that was not redacted"
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        _check_options(opts, self.words)
        collection = self.existing_collection()
        if opts.show:
            return _show(Removals.of(collection), as_json=opts.json)
        with collection.lock():
            if opts.undo:
                outcome = _undo(collection, self.words, opts)
            else:
                outcome = _remove(collection, self.words, opts)
        if opts.json:
            print(json.dumps([_plain(one) for one in outcome.tombstones], indent=2, ensure_ascii=False))
        else:
            _tell(collection, outcome)
        return ExitCode.COMPLETE


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The tombstones that the command has dealt with, as they are now."""

    tombstones: list[Tombstone]
    undone: bool = False


def _check_options(opts: argparse.Namespace, words: list[str]) -> None:
    if opts.show:
        if words or opts.undo or opts.redact:
            raise WrongUsageError("--list shows every removal; leave URL and the other options out")
        return
    if not words:
        raise WrongUsageError("which article? usage: kliping remove URL --reason TEXT")
    if opts.undo and opts.redact:
        raise WrongUsageError("--undo and --redact are opposites; what was redacted cannot be had again")
    if not opts.undo and not (opts.reason or "").strip():
        raise WrongUsageError("--reason TEXT is needed: whoever finds the gap must be told why it is there")
    for name, text in (("--reason", opts.reason), ("--by", opts.by)):
        if text is not None and (len(text) > _LONGEST or not text.isprintable()):
            raise WrongUsageError(f"{name}: takes one line of at most {_LONGEST} printable characters")


# --- removing -----------------------------------------------------------------------------------------


def _remove(collection: Collection, words: list[str], opts: argparse.Namespace) -> _Outcome:
    now, reason = datetime.now(UTC), opts.reason.strip()
    with closing(Catalogue(collection.catalogue)) as catalogue:
        removals = Removals.of(collection)
        addresses = dict.fromkeys(_address_of(catalogue, removals, word, collection) for word in words)
        recover(collection, catalogue, run_id=None)
        removing.finish(collection, now=now)
        wishes = [
            Wish(address=url, reason=reason, by=opts.by, redact=opts.redact)
            for url in addresses
            if not _is_done(Removals.of(collection).find(url), redact=opts.redact)
        ]
        if wishes:
            removing.entomb(collection, catalogue, wishes, _Spelling(collection, catalogue).is_same, now=now)
    cdxj.update(collection)
    with byte_bar("searching", sum(path.stat().st_size for path in collection.warc_files())) as advance:
        removing.finish(collection, now=now, advance=advance)
    return _now(collection, addresses)


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


def _is_done(one: Tombstone | None, *, redact: bool) -> bool:
    """A removal that is asked for twice is one; a redaction looks again: something may have come since."""
    return one is not None and not redact


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


def _undo(collection: Collection, words: list[str], opts: argparse.Namespace) -> _Outcome:
    now, removals = datetime.now(UTC), Removals.of(collection)
    found = list(dict.fromkeys(_removable(removals, word).url for word in words))
    removing.finish(collection, now=now)
    for url in found:
        one = Removals.of(collection).get(url)
        if one is not None:
            removing.undo(collection, one, reason=opts.reason, by=opts.by, now=now)
    cdxj.update(collection, rebuild=True)
    return _Outcome(_now(collection, found).tombstones, undone=True)


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


def _now(collection: Collection, urls: Iterable[str]) -> _Outcome:
    removals = Removals.of(collection)
    return _Outcome([one for one in map(removals.get, urls) if one is not None])


# --- telling ------------------------------------------------------------------------------------------


def _tell(collection: Collection, outcome: _Outcome) -> None:
    out = console()

    def line(text: str) -> None:
        out.print(text, soft_wrap=True, markup=False)

    for one in outcome.tombstones:
        if outcome.undone:
            line(f"{one.url}: is handed out again")
            continue
        done = f"redacted, {len(one.records):,} records" if one.redact else "removed"
        line(
            f"{one.url}: {done}; {len(one.sidecars):,} records of articles/, {len(one.addresses):,} addresses"
        )
        for told in one.kept:
            line(f"  stays: {told}")
    if any(one.redact for one in outcome.tombstones):
        for name in redaction.elsewhere(collection):
            line(f"look yourself, it may hold a copy: {name}")
        line("copies of this collection elsewhere, backups and snapshots are not touched")


def _show(removals: Removals, *, as_json: bool) -> ExitCode:
    if as_json:
        print(json.dumps([_plain(one) for one in removals.all], indent=2, ensure_ascii=False))
        return ExitCode.COMPLETE
    found = list(removals.all)
    if not found:
        print("no article was removed")
    for one in found:
        by = f" ({one.by})" if one.by else ""
        print(f"{one.at}  {_state(one):<9}  {one.url}\n    {one.reason}{by}")
    return ExitCode.COMPLETE


def _state(one: Tombstone) -> str:
    if not one.is_active:
        return "undone"
    if one.redact:
        return "redacted" if one.redacted_at else "redacting"
    return "removed"


def _plain(one: Tombstone) -> dict[str, object]:
    return {
        "url": one.url,
        "identifier": one.identifier,
        "state": _state(one),
        "at": one.at,
        "reason": one.reason,
        "by": one.by,
        "redactedAt": one.redacted_at,
        "undoneAt": one.undone_at,
        "addresses": list(one.addresses),
        "pictures": list(one.pictures),
        "sidecars": list(one.sidecars),
        "files": list(one.files),
        "records": [record.as_plain() for record in one.records],
        "kept": list(one.kept),
    }
