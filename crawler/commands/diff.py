from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from archives import sidecar
from archives.catalogue import Catalogue
from archives.lookup import StoredVersion, answered_by, filed_under, similar_addresses, stored_versions
from archives.removals import Removals
from archives.word_diff import Change, FieldDiff, Kind, Piece, compare
from crawler.command import KlipingCommand, console
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from extractors.addresses import identify

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTEXT = 15
"""Unchanged words that are shown on each side of a change in a long paragraph."""
_STYLES = {Kind.SAME: "", Kind.REMOVED: "red strike", Kind.ADDED: "green"}
_MARKS = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}


class Command(KlipingCommand):
    summary = "Show what an edit changed in an article, word by word"
    details = (
        "URL is any address of the article, or the path of one of its JSON records. The newest version is "
        "held against the one before it; --from and --to name others, --all shows every edit. What was "
        "removed stands in [-...-] and what was added in {+...+}, or in red and green on a terminal, with "
        "the times and WARC record ids of both versions, so that it can be cited."
    )
    usage = "URL [options]"
    most_arguments = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--from", dest="one", type=int, metavar="N", help="the version to begin with")
        parser.add_argument(
            "--to", dest="other", type=int, metavar="M", help="the version to hold against it"
        )
        parser.add_argument(
            "--all", action="store_true", help="every version against the one before it, oldest first"
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        if not self.words:
            raise WrongUsageError("which article? usage: kliping diff URL; any of its addresses will do")
        if opts.all and (opts.one, opts.other) != (None, None):
            raise WrongUsageError("--all shows every version; leave --from and --to out")
        collection = self.existing_collection()
        refuse_removed(self.words[0], Removals.of(collection))
        with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
            address = find_article(catalogue, self.words[0], collection.root)
            stored = stored_versions(catalogue, address)
        pairs = list(pairwise(stored)) if opts.all else _chosen(stored, opts.one, opts.other)
        versions = {one.number: _load(one, collection.root) for one in _needed(pairs, stored)}
        diffs = (_Diff(versions[one.number], versions[other.number]) for one, other in pairs)
        if opts.json:
            print(json.dumps(_plain(address, versions.values(), diffs), indent=2, ensure_ascii=False))
        elif not pairs:
            _tell_only_one(versions[stored[-1].number])
        else:
            out = console()
            for diff in diffs:
                _show(diff, out)
        return ExitCode.COMPLETE


# --- which article, which versions --------------------------------------------------------------------


def refuse_removed(word: str, removals: Removals) -> None:
    """Say of a removed article that it is so, and not that nobody knows it.

    Raises:
        WrongUsageError: it was removed.
    """
    address = identify(word)
    one = removals.find(word) or (removals.find(address.url) if address is not None else None)
    if one is not None:
        raise WrongUsageError(
            f"{one.url}: was removed on {one.at[:10]} ({one.reason}); `kliping remove --list` says more"
        )


def find_article(catalogue: Catalogue, word: str, root: Path) -> str:
    """The address under which the article is filed that a person means by a URL or by a sidecar's path.

    Raises:
        WrongUsageError: there is none; the message names the nearest, or what to do.
    """
    text = _address_in(word, root) or word
    known = next((one for one in _candidates(catalogue, text) if stored_versions(catalogue, one)), None)
    if known is not None:
        return known
    near = get_close_matches(text, similar_addresses(catalogue, text), n=1, cutoff=0.5)
    if near:
        raise WrongUsageError(f"{word}: no article is kept under this address; did you mean {near[0]} ?")
    address = identify(text)
    portal = address.portal if address is not None else "PORTAL"
    raise WrongUsageError(
        f"{word}: no article is kept under this address; `kliping crawl {portal} -a url=ADDRESS` fetches "
        "one, and the records below articles/ name those that are kept"
    )


def _address_in(word: str, root: Path) -> str | None:
    """The article's address, where the word is the path of a sidecar, from here or below the collection."""
    if "://" in word or not word.endswith(".json"):
        return None
    path = next((path for path in (Path(word), root / word) if path.is_file()), None)
    if path is None:
        raise WrongUsageError(f"{word}: no such record, neither here nor in {root}")
    return str(sidecar.load(path).get("url"))


def _candidates(catalogue: Catalogue, text: str) -> Iterator[str]:
    """Addresses that the article may be filed under, the likeliest first."""
    address = identify(text)
    own = address.url if address is not None else text
    yield own
    scheme, mark, rest = own.partition("://")
    if mark:
        yield {"http": "https", "https": "http"}.get(scheme, scheme) + mark + rest
    filed = filed_under(catalogue, own)
    if filed is not None:
        yield filed
    for url in answered_by(catalogue, own):
        final = identify(url)
        if final is not None:
            yield final.url


def _chosen(
    stored: Sequence[StoredVersion], one: int | None, other: int | None
) -> list[tuple[StoredVersion, StoredVersion]]:
    """The pair that was asked for; none where there is one version and nobody has named another."""
    numbers = {version.number: version for version in stored}
    for asked in (one, other):
        if asked is not None and asked not in numbers:
            raise WrongUsageError(f"there is no version {asked}; there are {', '.join(map(str, numbers))}")
    newest = max(numbers)
    last = other if other is not None else newest
    before = one if one is not None else max((number for number in numbers if number < last), default=None)
    if before is None and other is not None:
        raise WrongUsageError(
            f"version {last} is the first; name the one to begin with, as in --from {newest}"
        )
    if before is None:
        return []
    if before == last:
        raise WrongUsageError(f"--from {before} --to {last}: this is one version; name two")
    return [(numbers[before], numbers[last])]


def _needed(
    pairs: Sequence[tuple[StoredVersion, StoredVersion]], stored: Sequence[StoredVersion]
) -> list[StoredVersion]:
    return list(dict.fromkeys(version for pair in pairs for version in pair)) or [stored[-1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """A version with what is needed to cite it."""

    number: int
    path: str
    record: Mapping[str, object]

    @property
    def pages(self) -> list[Mapping[str, object]]:
        archive = self.record.get("archive")
        pages = archive.get("pages") if isinstance(archive, Mapping) else None
        return list(pages) if isinstance(pages, list) else []

    @property
    def missing(self) -> list[int]:
        pagination = self.record.get("pagination")
        missing = pagination.get("pagesMissing") if isinstance(pagination, Mapping) else None
        return list(missing) if isinstance(missing, list) else []


def _load(version: StoredVersion, root: Path) -> _Version:
    record = sidecar.load(root / version.sidecar)
    return _Version(number=version.number, path=version.sidecar, record=record)


class _Diff:
    """Two versions and what differs between them."""

    def __init__(self, before: _Version, after: _Version) -> None:
        self.before, self.after = before, after
        self.fields = compare(before.record, after.record)


# --- for people ---------------------------------------------------------------------------------------


def _tell_only_one(version: _Version) -> None:
    url = str(version.record.get("url"))
    address = identify(url)
    portal = address.portal if address is not None else "PORTAL"
    print(f"{_clean(str(version.record.get('headline')))}\n{url}")
    for line in _cited(version):
        print(line)
    print(
        "There is only this version, so there is nothing to compare. To see whether it has been edited:\n"
        f"  kliping crawl {portal} -a url={url} -a recheck=all"
    )


def _show(diff: _Diff, out: Console) -> None:
    def line(text: str | Text) -> None:
        out.print(text, markup=False, soft_wrap=not out.is_terminal)

    line(Text(_clean(str(diff.after.record.get("headline"))), style="bold"))
    line(str(diff.after.record.get("url")))
    for version in (diff.before, diff.after):
        for said in _cited(version):
            line(said)
        if version.missing:
            pages = ", ".join(map(str, version.missing))
            line(
                f"  page {pages} could not be had then: its text is missing here, which says nothing of edits"
            )
    if not diff.fields:
        line("\nno difference in what is printed: title, people, captions, credits, text")
    marked = not out.is_terminal or out.no_color or out.color_system is None
    for field in diff.fields:
        line(Text(f"\n{field.label}", style="bold"))
        for change in field.changes:
            if field.name == "articleBody":
                line(f"  {_place(change)}")
            words = _text(change, marked=marked)
            if out.is_terminal:
                out.print(Padding(words, (0, 0, 0, 4), expand=False))
            else:
                line(Text("    ") + words)
    line("")


def _cited(version: _Version) -> Iterator[str]:
    yield f"version {version.number}  {version.path}"
    for page in version.pages:
        yield (
            f"  page {page.get('page')}  captured {page.get('fetchedAt')}  <{page.get('warcRecordId')}>  "
            f"{page.get('warcFile')} at byte {page.get('warcOffset')}"
        )


def _place(change: Change) -> str:
    if change.before is None:
        return f"paragraph {change.after}, added"
    if change.after is None:
        return f"paragraph {change.before}, removed"
    moved = f", before it was {change.before}" if change.before != change.after else ""
    return f"paragraph {change.after}{moved}"


def _text(change: Change, *, marked: bool) -> Text:
    """The words on one line, in marks or in colours."""
    text = Text()
    for number, piece in enumerate(change.pieces):
        shown = _clean(_shortened(piece, first=number == 0, last=number == len(change.pieces) - 1))
        text.append(" " if number else "")
        text.append(
            _MARKS[piece.kind].format(shown) if marked else shown, None if marked else _STYLES[piece.kind]
        )
    return text


def _shortened(piece: Piece, *, first: bool, last: bool) -> str:
    """Unchanged words only as far as they are needed to find the place."""
    words = piece.text.split()
    head, tail = 0 if first else _CONTEXT, 0 if last else _CONTEXT
    if piece.kind is not Kind.SAME or len(words) <= head + tail + _CONTEXT:
        return piece.text
    return " ".join([*words[:head], "…", *words[len(words) - tail :]])


def _clean(text: str) -> str:
    """Text that cannot move the cursor or turn the reading direction."""
    return _CONTROL.sub("\ufffd", text)


# --- for machines -------------------------------------------------------------------------------------


def _plain(address: str, versions: Iterable[_Version], diffs: Iterable[_Diff]) -> dict[str, object]:
    return {
        "url": address,
        "versions": [_plain_version(one) for one in versions],
        "diffs": [
            {
                "from": diff.before.number,
                "to": diff.after.number,
                "fields": [_plain_field(field) for field in diff.fields],
            }
            for diff in diffs
        ],
    }


def _plain_version(version: _Version) -> dict[str, object]:
    names = ("page", "fetchedAt", "warcRecordId", "warcFile", "warcOffset")
    return {
        "number": version.number,
        "sidecar": version.path,
        "pages": [{name: page.get(name) for name in names} for page in version.pages],
        "pagesMissing": version.missing,
    }


def _plain_field(field: FieldDiff) -> dict[str, object]:
    return {
        "name": field.name,
        "label": field.label,
        "changes": [
            {
                "before": change.before,
                "after": change.after,
                "pieces": [{"kind": piece.kind.value, "text": piece.text} for piece in change.pieces],
            }
            for change in field.changes
        ],
    }
