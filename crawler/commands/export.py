from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from archives.catalogue import Catalogue
from archives.removals import Removals
from crawler.command import KlipingCommand, console, count_bar
from crawler.days import days_asked
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.version import SOFTWARE
from extractors.portals import all_portals

if TYPE_CHECKING:
    from corpora.export import Exported, Order, Source

_EXTRA = "pip install 'kliping[corpus]'"


class Command(KlipingCommand):
    summary = "Write the articles as a corpus: JSON lines, Parquet, a Hugging Face folder, CSV or text"
    details = (
        "One row for each article, with its text, where it was published and where its page is archived "
        "(docs/corpus.md tells the columns). The same collection and options give the same bytes; a run that "
        "was interrupted goes on when it is run again. Days are those of publication where the host is. "
        "Exit code 3: archived articles that were asked for could not be exported."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--format", metavar="NAME", default="jsonl", help="jsonl, parquet, hf, csv or txt"
        )
        parser.add_argument(
            "--to", metavar="DIR", type=Path, help="a new or empty folder, or one to go on with"
        )
        parser.add_argument("--since", metavar="DAY", help="published on this day or later, YYYY-MM-DD")
        parser.add_argument("--until", metavar="DAY", help="published on this day or earlier")
        parser.add_argument("--hosts", metavar="HOST,...", help="only these hosts, or their first labels")
        parser.add_argument("--portal", metavar="NAME,...", help="only these portals")
        parser.add_argument(
            "--sections", metavar="NAME,...", help="only these sections, as the portal names them"
        )
        parser.add_argument("--language", metavar="CODE,...", help="only texts in these, such as id or ace")
        parser.add_argument(
            "--min-words", metavar="N", type=int, default=0, help="only texts with so many words"
        )
        versions = parser.add_mutually_exclusive_group()
        versions.add_argument(
            "--latest-version", action="store_true", help="each article once, as last seen (default)"
        )
        versions.add_argument("--all-versions", action="store_true", help="a row for each version")
        parser.add_argument("--dedup", action="store_true", help="of near-duplicates only the earliest")
        parser.add_argument(
            "--clean", action="store_true", help="leave out what docs/cleaning.md calls unclean"
        )
        parser.add_argument(
            "--mask-pii", action="store_true", help="mask phone numbers, NIK and mail addresses in texts"
        )
        parser.add_argument(
            "--preset",
            metavar="NAME",
            help="columns named as in fineweb, culturax, cc-news or id_newspapers_2018",
        )
        parser.add_argument(
            "--shard-bytes", metavar="N", default="128M", help="size of a file, such as 500M (default: 128M)"
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        if opts.to is None:
            raise WrongUsageError("--to is missing; name the folder that the corpus goes to")
        collection = self.existing_collection()
        try:
            from corpora import export, selection  # noqa: PLC0415 - what it needs is an extra
        except ModuleNotFoundError as error:
            raise _lacks(error) from error
        catalogue = Catalogue(collection.catalogue, read_only=True)
        try:
            with catalogue.snapshot():
                order = self._order(opts, catalogue)
                hosts = {
                    host.name: selection.HostFacts(province=host.province or None, zone=host.zone)
                    for portal in all_portals().values()
                    for host in portal.hosts
                }
                source = export.Source(
                    collection=collection,
                    catalogue=catalogue,
                    removals=Removals.of(collection),
                    hosts=hosts,
                    software=SOFTWARE,
                )
                exported = _export(source, order, opts.to)
                _tell_unmatched(opts, exported)
        except ModuleNotFoundError as error:
            raise _lacks(error) from error
        finally:
            catalogue.close()
        if opts.json:
            print(json.dumps(_plain(opts.to, exported), indent=2, ensure_ascii=False))
        else:
            _tell(opts.to, exported)
        return ExitCode.GAPS if exported.lacking else ExitCode.COMPLETE

    def _order(self, opts: argparse.Namespace, catalogue: Catalogue) -> Order:
        from corpora import export, languages, presets, selection  # noqa: PLC0415 - as above

        _one_of("--format", opts.format, export.FORMATS)
        if opts.preset is not None:
            _one_of("--preset", opts.preset, presets.PRESETS)
        if opts.min_words < 0:
            raise WrongUsageError(f"--min-words {opts.min_words}: is less than none")
        since, until = days_asked(opts)
        wanted_languages = _words("--language", opts.language)
        for code in wanted_languages:
            _one_of("--language", code, (*languages.LANGUAGES, languages.UNDETERMINED))
        return export.Order(
            format=opts.format,
            selection=selection.Selection(
                since=since,
                until=until,
                hosts=_hosts(opts.hosts, catalogue),
                portals=_portals(opts.portal, catalogue),
                sections=tuple(sorted({word.casefold() for word in _words("--sections", opts.sections)})),
                languages=wanted_languages,
                min_words=opts.min_words,
                all_versions=opts.all_versions,
                dedup=opts.dedup,
                clean=opts.clean,
            ),
            preset=opts.preset,
            mask_pii=opts.mask_pii,
            shard_bytes=_size(opts.shard_bytes),
            processes=self._processes(),
        )

    def _processes(self) -> int:
        """Two, which is as many as one writer keeps busy, unless somebody has said a number."""
        return min(self.settings.getint("KLIPING_WORKERS"), len(os.sched_getaffinity(0)))


def _export(source: Source, order: Order, folder: Path) -> Exported:
    from corpora import export, plan  # noqa: PLC0415 - as above
    from corpora.clusters import Clusters  # noqa: PLC0415

    total = plan.count(source.catalogue.database)

    def clusters() -> Clusters:
        with count_bar("finding copies", total) as advance:
            return Clusters.up_to_date(source.collection, advance=advance)

    with count_bar("exporting", total) as advance:
        return export.export(source, order, folder, advance=advance, clusters=clusters)


def _lacks(error: ModuleNotFoundError) -> WrongUsageError:
    return WrongUsageError(f"export needs the package {error.name!r}, which is not installed: {_EXTRA}")


# --- what was asked for -------------------------------------------------------------------------------


def _one_of(option: str, word: str, known: Iterable[str]) -> None:
    names = list(known)
    if word not in names:
        near = get_close_matches(word, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
        raise WrongUsageError(f"{option} {word}: there is no such name; {hint}")


def _words(option: str, text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    words = tuple(sorted({word.strip() for word in text.split(",") if word.strip()}))
    if not words:
        raise WrongUsageError(f"{option}: is empty; name something, or leave the option out")
    return words


def _hosts(text: str | None, catalogue: Catalogue) -> tuple[str, ...]:
    """Hosts of the collection and of the portals, by their names or first labels."""
    words = [word.lower() for word in _words("--hosts", text)]
    if not words:
        return ()
    kept = (row[0] for row in catalogue.database.execute("SELECT DISTINCT host FROM urls"))
    known = sorted({*kept, *(host.name for portal in all_portals().values() for host in portal.hosts)})
    found = set()
    for word in words:
        meant = [host for host in known if word in {host, host.partition(".")[0]}]
        if not meant:
            _one_of("--hosts", word, [*known, *(host.partition(".")[0] for host in known)])
        found.update(meant)
    return tuple(sorted(found))


def _portals(text: str | None, catalogue: Catalogue) -> tuple[str, ...]:
    words = _words("--portal", text)
    if words:
        kept = (row[0] for row in catalogue.database.execute("SELECT DISTINCT portal FROM articles"))
        known = sorted({*kept, *all_portals()})
        for word in words:
            _one_of("--portal", word, known)
    return words


_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def _size(text: str) -> int:
    from corpora.export import LEAST_SHARD_BYTES  # noqa: PLC0415 - as above

    word = text.strip().upper().removesuffix("B")
    number, unit = (word[:-1], word[-1]) if word[-1:] in {"K", "M", "G"} else (word, "")
    if not (number.isascii() and number.isdigit()):
        raise WrongUsageError(f"--shard-bytes {text}: is no size; write it like 500M")
    size = int(number) * _UNITS[unit]
    if size < LEAST_SHARD_BYTES:
        raise WrongUsageError(f"--shard-bytes {text}: is too small; {LEAST_SHARD_BYTES >> 10}K is the least")
    return size


def _tell_unmatched(opts: argparse.Namespace, exported: Exported) -> None:
    """Names that nothing in the export has: likely misspelt, where only the texts could tell."""
    counts = exported.counts
    if not counts.rows:
        print("nothing was exported: no archived article fits the options", file=sys.stderr)
    hosts = {name for host in counts.hosts for name in (host, host.partition(".")[0])}
    sections = {part.casefold() for said in counts.sections for part in (said, *said.split(" / "))}
    for option, text, found in (
        ("--hosts", opts.hosts.lower() if opts.hosts else None, hosts),
        ("--sections", opts.sections, sections),
        ("--language", opts.language, set(counts.languages)),
    ):
        for word in _words(option, text):
            if word.casefold() not in found:
                print(
                    f"{option} {word}: no article of the export has it; look at the spelling", file=sys.stderr
                )


# --- what was done ------------------------------------------------------------------------------------


def _plain(folder: Path, exported: Exported) -> dict[str, object]:
    return {
        "folder": str(folder),
        "again": exported.again,
        "rows": exported.counts.rows,
        "words": exported.counts.words,
        "bytes": sum(shard.bytes for shard in exported.shards),
        "leftOut": {reason: count for reason, count in sorted(exported.counts.left_out.items()) if count},
        "masked": dict(sorted(exported.counts.masked.items())),
        "unwritten": exported.unwritten,
        "gaps": [asdict(gap) for gap in exported.gaps],
        "shards": [asdict(shard) for shard in exported.shards],
    }


def _tell(folder: Path, exported: Exported) -> None:
    out, counts = console(), exported.counts
    out.print(
        f"{folder}: {counts.rows:,} articles, {counts.words:,} words in {len(exported.shards):,} files, "
        f"{sum(shard.bytes for shard in exported.shards):,} bytes"
        + (" (finished before, every file checked)" if exported.again else ""),
        soft_wrap=True,
        markup=False,
    )
    left_out = {reason: count for reason, count in sorted(counts.left_out.items()) if count}
    if left_out:
        told = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items())
        out.print(f"left out: {told}", soft_wrap=True, markup=False)
    if counts.masked:
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.masked.items()))
        out.print(f"masked: {told}", soft_wrap=True, markup=False)
    if exported.gaps:
        days = sum(gap.days for gap in exported.gaps)
        out.print(
            f"known gaps: {days:,} days of the ledger are not complete (`kliping status`)", soft_wrap=True
        )
    if exported.lacking:
        print(
            f"{exported.lacking:,} archived articles could not be exported (unreadable, altered or not "
            "written yet); `kliping verify` names them, `kliping reextract` makes their records again",
            file=sys.stderr,
        )
