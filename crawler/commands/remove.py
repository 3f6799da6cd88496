from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from archives.collection import Collection
from archives.removals import Removals, Tombstone
from crawler.command import KlipingCommand, byte_bar, console
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode

if TYPE_CHECKING:
    from crawler.removing import Order

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
        from crawler.removing import Order, undo  # noqa: PLC0415 - it loads all that reads pages

        order = Order(
            words=tuple(self.words), reason=(opts.reason or "").strip(), by=opts.by, redact=opts.redact
        )
        with collection.lock():
            found = undo(collection, order) if opts.undo else _removed(collection, order)
        if opts.json:
            print(json.dumps([_plain(one) for one in found], indent=2, ensure_ascii=False))
        else:
            _tell(collection, found)
        return ExitCode.COMPLETE


def _removed(collection: Collection, order: Order) -> list[Tombstone]:
    """With a bar where the whole archive is searched."""
    from crawler.removing import remove  # noqa: PLC0415 - as above

    files = collection.warc_files() if order.redact else []
    with byte_bar("searching", sum(path.stat().st_size for path in files)) as advance:
        return remove(collection, order, advance=advance)


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


# --- telling ------------------------------------------------------------------------------------------


def _tell(collection: Collection, tombstones: list[Tombstone]) -> None:
    out = console()

    def line(text: str) -> None:
        out.print(text, soft_wrap=True, markup=False)

    for one in tombstones:
        if not one.is_active:
            line(f"{one.url}: is handed out again")
            continue
        done = f"redacted, {len(one.records):,} records" if one.redact else "removed"
        line(
            f"{one.url}: {done}; {len(one.sidecars):,} records of articles/, {len(one.addresses):,} addresses"
        )
        for told in one.kept:
            line(f"  stays: {told}")
    if any(one.redact for one in tombstones):
        from archives import redaction  # noqa: PLC0415 - as above

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
