"""`verify --repair`: the steps in their order, and what each of them needs of the crawler's own code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from archives import mending, removing
from archives.catalogue import Catalogue
from archives.cdxj import update as update_index
from archives.collection import Collection
from archives.errors import ArchiveError
from archives.mending import Mending
from archives.verify import Verification
from archives.verify.findings import REBUILD, RESTORE, Finding
from crawler.reprocess import Job, reextract
from crawler.version import SOFTWARE

_TOLD = 5

Check = Callable[[], Verification]


def repair(
    collection: Collection, before: Verification, check: Check, *, workers: int, seconds: float
) -> Mending:
    """Mend a collection; `check` verifies it, and is asked again when the work is done.

    The caller holds the collection's lock. What was done stands in the result and in its report.

    Raises:
        CollectionError: a newer Kliping wrote it.
        WriteError: the folder refuses.
    """
    work = Mending(collection, datetime.now(UTC))
    mending.mend_manifest(work, software=SOFTWARE)
    mending.remove_half_written(work)
    mending.mend_open_files(work)
    is_behind = mending.mend_tails(work)
    _finish_removals(work)
    missing = mending.obstacles(collection, before.gaps)
    usable = mending.promised_lengths(collection) is not None
    wrong = is_behind or _needs_renewal(before)
    spoilt, waiting = _spoilt_sidecars(before), _waiting_sidecars(before)
    renewed = wrong and not (usable and missing)
    if renewed:
        mending.renew_catalogue(work)
    elif collection.catalogue.exists() and not missing:
        mending.forget_readings(work)
    renewed = renewed or mending.is_unfilled(collection)
    if renewed:
        missing = missing or sorted(waiting)
    if missing and (wrong or renewed or spoilt):
        told = f"not made again while WARC files are lost or damaged: see {', '.join(missing[:_TOLD])}"
        work.note(collection.articles, told)
    elif renewed or spoilt:
        _make_again(work, spoilt, waiting, renewed=renewed, workers=workers, seconds=seconds)
    if (
        any(finding.file.startswith("indexes/") for finding in (*before.findings, *before.warnings))
        or renewed
    ):
        result = update_index(collection, rebuild=True)
        work.note(collection.index, f"made again: {result.lines} lines")
    work.write_report(before.as_plain(), check().as_plain())
    return work


def _finish_removals(work: Mending) -> None:
    """What a crash has interrupted; where the archive is damaged it waits until that is mended."""
    collection = work.collection
    try:
        for one in removing.finish(collection, now=work.now):
            work.note(collection.removals, f"the removal of {one.url} was finished")
    except ArchiveError as error:
        work.note(collection.removals, f"a removal could not be finished: {error}")


def _needs_renewal(before: Verification) -> bool:
    return any(finding.next_step == REBUILD for finding in before.findings)


def _spoilt_sidecars(before: Verification) -> frozenset[str]:
    """Sidecars that can be made again; where only a WARC file has to be restored, the sidecar is sound."""
    return frozenset(item.file for item in before.findings if _is_sidecar(item) and not _waits(item))


def _waiting_sidecars(before: Verification) -> frozenset[str]:
    """Sidecars whose WARC file is lost or damaged: they may be all that is left of the article."""
    return frozenset(item.file for item in before.findings if _is_sidecar(item) and _waits(item))


def _waits(finding: Finding) -> bool:
    return finding.next_step.endswith(RESTORE)


def _is_sidecar(finding: Finding) -> bool:
    return finding.file.startswith("articles/") and finding.file.endswith(".json")


def _make_again(
    work: Mending,
    spoilt: frozenset[str],
    waiting: frozenset[str],
    *,
    renewed: bool,
    workers: int,
    seconds: float,
) -> None:
    """Read the WARC files again; only what was spoilt is put in its place, unless the catalogue is new.

    What was spoilt is copied aside first, and goes only when all the others are made.
    """
    collection = work.collection
    for name in sorted(spoilt):
        if (collection.root / name).is_file():
            work.put_aside(collection.root / name, keep=True)
            work.note(collection.root / name, f"kept aside in {work.folder.name}")
    try:
        outcome = reextract(
            Job(
                collection=collection,
                workers=workers,
                seconds=seconds,
                dry_run=False,
                only=None if renewed else spoilt,
            )
        )
    except ArchiveError as error:
        work.note(collection.articles, f"sidecars could not be made again: {error}")
        return
    work.note(collection.articles, f"{outcome.new + outcome.changed} sidecars made again from the WARC files")
    for name in sorted(spoilt.intersection(outcome.left) - waiting):
        (collection.root / name).unlink(missing_ok=True)
        work.note(collection.root / name, "removed; no record gives it")
    if renewed:
        with closing(Catalogue(collection.catalogue)) as catalogue:
            mending.tie_urls(catalogue)
