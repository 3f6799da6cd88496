"""`verify --repair`: the steps in their order, and what each of them needs of the crawler's own code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from archives import mending
from archives.catalogue import Catalogue
from archives.cdxj import update as update_index
from archives.collection import Collection
from archives.errors import ArchiveError
from archives.mending import Mending
from archives.verify import Verification
from archives.verify.findings import REBUILD, Finding
from crawler.reprocess import Job, reextract
from crawler.version import SOFTWARE

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
    mending.mend_tails(work)
    renewed = _needs_renewal(before)
    if renewed:
        mending.renew_catalogue(work)
    elif collection.catalogue.exists():
        mending.forget_readings(work)
    spoilt = _spoilt_sidecars(collection, before, work)
    if renewed or spoilt:
        _make_again(work, spoilt, renewed=renewed, workers=workers, seconds=seconds)
    if (
        any(finding.file.startswith("indexes/") for finding in (*before.findings, *before.warnings))
        or renewed
    ):
        result = update_index(collection, rebuild=True)
        work.note(collection.index, f"made again: {result.lines} lines")
    work.write_report(before.as_plain(), check().as_plain())
    return work


def _needs_renewal(before: Verification) -> bool:
    return any(finding.next_step == REBUILD for finding in before.findings)


def _spoilt_sidecars(collection: Collection, before: Verification, work: Mending) -> frozenset[str]:
    """Sidecars with findings. What stands in their places is kept aside before it is made again."""
    names = frozenset(item.file for item in before.findings if _is_sidecar(item))
    for name in sorted(names):
        path = collection.root / name
        if path.is_file():
            work.put_aside(path)
            work.note(path, f"put aside in {work.folder.name}")
    return names


def _is_sidecar(finding: Finding) -> bool:
    return finding.file.startswith("articles/") and finding.file.endswith(".json")


def _make_again(
    work: Mending, spoilt: frozenset[str], *, renewed: bool, workers: int, seconds: float
) -> None:
    """Read the WARC files again; only what was spoilt is put in its place, unless the catalogue is new."""
    collection = work.collection
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
    if renewed:
        with closing(Catalogue(collection.catalogue)) as catalogue:
            mending.tie_urls(catalogue)
