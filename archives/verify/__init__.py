"""Re-checks from the files alone what a collection promises. Findings are values; nothing is mended here.

Files are read in parallel, each piece by one job (`scan`, `sidecars`, `index`). What a job learns goes into
a scratch database (`facts`); then the files are held against each other there (`links`, `ledger`, and
`check` of the others). Memory does not grow with the number of records.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from archives.collection import OPEN_SUFFIX, Collection
from archives.errors import CollectionError
from archives.verify import index, scan, sidecars
from archives.verify.facts import FactBase, fact_base
from archives.verify.findings import REINDEX, REMAKE, REPAIR, RESTORE, Finding, Verification
from archives.verify.jobs import Workers, cores, workers

__all__ = ["Finding", "Verification", "verify"]

Advance = Callable[[int], None]
_OURS = re.compile(r".+-\d{8}T\d{6}Z-\d{5,}-.+\.warc\.gz")
"""A name as we give it. Not with the collection's own: a manifest that says another one would make all its
files foreign, of which less is asked."""
_SMALL = 48 << 20
"""Bytes below which starting processes takes longer than reading."""


def verify(
    collection: Collection, *, jobs: int | None = None, advance: Advance = lambda _bytes: None
) -> Verification:
    """Read everything once. Nobody may write the collection meanwhile.

    `jobs` is the number of processes, by default one for each core; `advance` is told the bytes of WARC
    files that were read.

    Raises:
        CollectionError: there is no collection to verify, or one of a newer format.
        ArchiveError: a process was lost.
    """
    result = Verification()
    _check_manifest(collection, result)
    count = cores() if jobs is None else jobs
    size = sum(path.stat().st_size for path in _warc_files(collection))
    with fact_base() as facts, workers(count if jobs is not None or size > _SMALL else 1) as pool:
        _scan_warcs(collection, facts, pool, result, advance)
        _check_adopted(collection, pool, result)
        _read_sidecars(collection, facts, pool, result)
        from archives.verify import removed, together  # noqa: PLC0415 - whoever only reads needs nothing of it

        result.removed = removed.read_removed(collection, facts, pool, result.add)
        _read_index(collection, facts, pool, result)
        facts.finish()
        together.hold(collection, facts, result)
    _check_packages(collection, result)
    result.sort()
    return result


def _check_manifest(collection: Collection, result: Verification) -> None:
    """A manifest that is lost or broken is damage if there is a collection around it."""
    try:
        collection.check_format()
    except CollectionError as error:
        if collection.is_newer() or not any(_warc_files(collection)):
            raise
        result.add(Finding(collection.manifest.name, None, _without_path(str(error), collection), REPAIR))


def _without_path(told: str, collection: Collection) -> str:
    return told.removeprefix(f"{collection.manifest}: ").removeprefix(f"{collection.root}: ").split(";")[0]


def _warc_files(collection: Collection) -> list[Path]:
    return [*collection.warc_files(), *collection.open_warc_files()]


# --- reading ----------------------------------------------------------------------------------------


def _scan_warcs(
    collection: Collection, facts: FactBase, pool: Workers, result: Verification, advance: Advance
) -> None:
    expected = 0
    for part, found in pool.run(scan.scan, _parts(collection, facts, _adopted(collection))):
        if part.start == 0:
            expected = 0
        if (whole := scan.follow(part, found, expected)) is not None:
            _take(part, whole, facts, result)
            expected = whole.end
        result.bytes += part.stop - part.start
        advance(part.stop - part.start)


def _parts(collection: Collection, facts: FactBase, adopted: Mapping[str, object]) -> Iterator[scan.Range]:
    for path in _warc_files(collection):
        name = path.name.removesuffix(OPEN_SUFFIX)
        strict = name not in adopted and _OURS.fullmatch(name) is not None
        is_open, size = path.name.endswith(OPEN_SUFFIX), path.stat().st_size
        facts.add("files", [(name, path.name, strict, is_open, size, False)])
        yield from scan.ranges(path, strict=strict)


def _adopted(collection: Collection) -> dict[str, dict[str, object]]:
    try:
        return collection.adopted()
    except CollectionError:
        return {}


def _check_adopted(collection: Collection, pool: Workers, result: Verification) -> None:
    """Other tools' files promise less than ours; they must stay the bytes that were taken in."""
    adopted = _adopted(collection)
    files = [path for path in collection.warc_files() if path.name in adopted]
    for path, mark in pool.run(_sha256, files):
        if mark is not None and mark != adopted[path.name].get("sha256"):
            fault = "is not the file that was adopted (collection.json has its digest)"
            result.add(Finding(f"archive/{path.name}", None, fault, RESTORE))


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return None  # told when its records are read


def _take(part: scan.Range, found: scan.Scan, facts: FactBase, result: Verification) -> None:
    file, name = f"archive/{part.path.name}", part.path.name.removesuffix(OPEN_SUFFIX)
    is_open = part.path.name.endswith(OPEN_SUFFIX)
    result.files += part.start == 0
    result.records += len(found.records)
    facts.add("records", found.records)
    facts.add("gaps", [(name, gap.offset, gap.end) for gap in found.gaps])
    for offset, fault in found.faults:
        result.add(Finding(file, offset, fault, RESTORE))
    for gap in found.gaps:
        result.gaps.append((name, gap.offset))
        # what is torn at the end of an open file may never have been promised; the catalogue knows
        if is_open:
            facts.add("torn", [(name, file, gap.offset, gap.fault)])
        else:
            result.add(Finding(file, gap.offset, gap.fault, RESTORE))
    for offset, doubt in found.doubts:
        result.warn(Finding(file, offset, doubt, "the tool that wrote the file left it so"))
    if found.failure is not None:
        facts.add("gaps", [(name, part.start, part.stop)])
        result.add(Finding(file, part.start, found.failure, RESTORE))


def _read_sidecars(collection: Collection, facts: FactBase, pool: Workers, result: Verification) -> None:
    for batch, found in pool.run(sidecars.read, sidecars.batches(collection)):
        result.sidecars += len(batch.names)
        facts.add("sidecars", found.sidecars)
        facts.add("pages", found.pages)
        for name, fault in found.faults:
            result.add(Finding(name, None, fault, REMAKE))


def _read_index(collection: Collection, facts: FactBase, pool: Workers, result: Verification) -> None:
    path = collection.index
    name, last = path.relative_to(collection.root).as_posix(), ""
    if not path.is_file():
        if collection.warc_files():
            result.warn(Finding(name, None, "there is no index", index.UPDATE))
        return
    for chunk, found in pool.run(index.read, index.chunks(path)):
        result.lines += found.count
        facts.add("lines", found.rows)
        if found.first and found.first <= last:
            result.add(Finding(name, chunk.start, "line is out of order, or there twice", REINDEX))
        last = found.last or last
        for place, fault in found.faults:
            result.add(Finding(name, place, fault, REINDEX))


def _check_packages(collection: Collection, result: Verification) -> None:
    """WACZ files that were put into the collection's folder."""
    from archives.wacz_check import check_wacz  # noqa: PLC0415 - it builds on this package

    for path in sorted(collection.root.glob("*.wacz")):
        result.packages += 1
        for finding in check_wacz(path).findings:
            result.add(finding)
