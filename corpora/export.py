"""An export: a folder of shards that others load without asking, and `export.json` that says what is in it.

The same collection and options give the same bytes, whether the export went through at once or was killed and
gone on with. `.export.jsonl` is there until it is whole (`corpora.progress`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from filelock import FileLock, Timeout

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.coverage import Extent
from archives.durable import make_folder, replacing, write_file
from archives.errors import CollectionBusyError, CollectionError, DamageError, WriteError
from archives.removals import Removals
from corpora import card, croissant, plan, selection
from corpora.card import Facts
from corpora.plan import Entry, Gap
from corpora.presets import columns_of
from corpora.progress import JOURNAL, Counts, Journal, Shard, Step
from corpora.readers import BATCH, Slot, read_batches
from corpora.reading import Kept, Place, Recipe
from corpora.selection import HostFacts, Selection
from corpora.shards import SUFFIXES, WRITERS, HashedFile, ShardWriter, library_versions

if TYPE_CHECKING:
    from corpora.clusters import Clusters

MANIFEST = "export.json"
LOCK = ".export.lock"
FORMATS = ("jsonl", "parquet", "hf", "csv", "txt")
SHARD_BYTES = 128 << 20
LEAST_SHARD_BYTES = 1 << 16
SPLITS = ("train", "validation", "test")
_FEW = 1000
"""Articles below which starting processes takes longer than reading in our own."""

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for."""

    format: str
    selection: Selection = field(default_factory=Selection)
    preset: str | None = None
    mask_pii: bool = False
    shard_bytes: int = SHARD_BYTES
    processes: int = 0

    def as_plain(self) -> dict[str, object]:
        """All that the bytes depend on."""
        return {
            "format": self.format,
            "preset": self.preset,
            **self.selection.as_plain(),
            "maskPii": self.mask_pii,
            "shardBytes": self.shard_bytes,
        }

    @property
    def splits(self) -> tuple[str, ...]:
        return SPLITS if self.format == "hf" else ("",)

    @property
    def needs_clusters(self) -> bool:
        """Bare texts say nothing of copies; where those are not left out nobody need look for them."""
        return self.format != "txt" or self.selection.dedup


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What is in the folder now. `again` says that it was finished before."""

    shards: tuple[Shard, ...]
    counts: Counts
    gaps: tuple[Gap, ...]
    unwritten: int
    again: bool = False

    @property
    def lacking(self) -> int:
        """Articles that were asked for, are archived, and could not be exported."""
        left_out = self.counts.left_out
        return left_out[selection.UNREADABLE] + left_out[selection.ALTERED] + self.unwritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The collection as it is exported: one state of the catalogue, tombstones, and what hosts are."""

    collection: Collection
    catalogue: Catalogue
    removals: Removals
    hosts: Mapping[str, HostFacts]
    software: str


def export(
    source: Source,
    order: Order,
    folder: Path,
    *,
    clusters: Callable[[], Clusters],
    advance: Advance = int,
) -> Exported:
    """Write the export into `folder`, or go on with it, or find that it is whole.

    `advance` is told how many versions have been dealt with; `clusters` is called if copies must be known.

    Raises:
        CollectionError: the folder holds something else.
        CollectionBusyError: another export writes there.
        DamageError: a finished export is not what was written.
        WriteError: the folder cannot be written.
    """
    head = {
        "kliping": source.software,
        "collection": source.collection.name,
        "contact": source.collection.contact,
        "state": plan.state_of(source.catalogue.database),
        "removals": plan.removals_of(source.removals),
        "options": order.as_plain(),
        "libraries": library_versions(order.format),
    }
    _refuse_place(source.collection, folder)
    with _hold(folder):
        finished = _finished(folder, head)
        if finished is not None:
            Journal(folder, head).remove()
            return finished
        with clusters() if order.needs_clusters else nullcontext() as known:
            return _Run(source, order, folder, head, known).carry_out(advance)


def _finished(folder: Path, head: Mapping[str, object]) -> Exported | None:
    """The export that is there, if it is the one that was asked for.

    Raises:
        CollectionError: something else is there.
        DamageError: it is not what was written.
    """
    journal = Journal(folder, head)
    told = _manifest(folder)
    if told is None:
        begun = journal.head()
        if begun is not None and begun != head:
            raise _other(folder, f"an unfinished export {_difference(begun, head)}")
        _refuse_foreign(folder, has_journal=journal.path.exists())
        return None
    if any(told.get(name) != value for name, value in head.items()):
        raise _other(folder, f"an export {_difference(told, head)}")
    shards = tuple(Shard(**one) for one in cast("list[dict[str, str]]", told["shards"]))  # type: ignore[arg-type]
    for shard in shards:
        if not shard.is_whole(folder):
            raise DamageError(
                f"{folder / shard.path}: is not what was exported; remove {folder} and export again"
            )
    return Exported(
        shards=shards,
        counts=Counts.of(cast("dict[str, object]", told["counts"])),
        gaps=tuple(Gap(**one) for one in cast("list[dict[str, object]]", told["gaps"])),  # type: ignore[arg-type]
        unwritten=int(str(told["unwritten"])),
        again=True,
    )


def _difference(told: Mapping[str, object], head: Mapping[str, object]) -> str:
    """How an export that is there differs from the one that is asked for."""
    if told.get("collection") != head["collection"]:
        return f"of another collection, {told.get('collection')!r}"
    theirs, ours = told.get("options"), cast("dict[str, object]", head["options"])
    if not isinstance(theirs, dict):
        theirs = {}
    if changed := [name for name, value in ours.items() if theirs.get(name) != value]:
        return f"with other options ({', '.join(changed)})"
    if told.get("removals") != head["removals"]:
        return (
            "of an earlier state of the collection: articles were removed or handed out again since, so "
            "delete it if it must not keep them"
        )
    if told.get("state") != head["state"]:
        return "of an earlier state of the collection"
    return "by another version of Kliping or its libraries, or with another contact"


def _manifest(folder: Path) -> dict[str, object] | None:
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _other(folder, f"an {MANIFEST} that cannot be read ({error})") from error
    if not isinstance(told, dict) or "kliping" not in told:
        raise _other(folder, f"an {MANIFEST} that is not Kliping's")
    return told


def _refuse_place(collection: Collection, folder: Path) -> None:
    """An `export.json` among the sidecars would be taken for one of them."""
    place = folder.resolve()
    for ours in (
        collection.archive,
        collection.articles,
        collection.removed,
        collection.indexes,
        collection.reports,
        collection.logs,
    ):
        if place.is_relative_to(ours.resolve()):
            raise CollectionError(
                f"{folder}: lies in the collection's own {ours.name}/; name another with --to"
            )


def _refuse_foreign(folder: Path, *, has_journal: bool) -> None:
    for path in folder.iterdir():
        if path.name in {LOCK, JOURNAL} or path.name.startswith(f".{JOURNAL}."):
            continue
        if not has_journal:
            raise _other(folder, f"{path.name}, which is no export of this collection")


def _other(folder: Path, what: str) -> CollectionError:
    return CollectionError(f"{folder}: holds {what}; name a new or empty folder with --to")


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    """Make the folder ours while the context lasts; what is in it is not looked at."""
    path = folder / LOCK
    if folder.exists() and not folder.is_dir():
        raise CollectionError(f"{folder}: is no folder; name a new or empty one with --to")
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        make_folder(folder)
        lock.acquire()
    except Timeout as error:
        raise CollectionBusyError(f"{folder}: another export writes here; wait for it to end") from error
    except OSError as error:
        raise WriteError(
            f"{folder}: cannot be written ({error.strerror or error}); name a writable folder with --to"
        ) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()


def split_of(story: str) -> str:
    """Nine stories in ten are for training; a twentieth each for validation and test.

    It follows from the story's id alone, so copies never cross a split, and an article stays where it is
    when the collection grows, as long as no earlier article of its story is found.
    """
    share = int.from_bytes(sha256(story.encode()).digest()[:4], "big") % 100
    return "train" if share < 90 else "validation" if share < 95 else "test"


class _Run:
    """An export that is under way."""

    def __init__(
        self,
        source: Source,
        order: Order,
        folder: Path,
        head: Mapping[str, object],
        clusters: Clusters | None,
    ) -> None:
        self.source = source
        self.order = order
        self.folder = folder
        self.head = head
        self.clusters = clusters
        self.columns = columns_of(order.preset)
        self.journal = Journal(folder, head)
        self.shards: list[Shard] = []
        self.counts = Counts()
        self.firsts: dict[str, str] = {}
        self.left_over = Counts()
        """What a turn left out behind its last row: it is written down with the next turn's first shard."""

    def carry_out(self, advance: Advance) -> Exported:
        self._remove_leftovers()
        turn, read = self._take_up()
        advance(read)
        while turn < len(self.order.splits):
            self._take_turn(turn, read, advance)
            turn, read = turn + 1, 0
        self.counts.add(self.take_left_over())
        if not self.shards:  # the columns are told all the same
            self._add_shard(_Open(self, 0, self.order.splits[0]).close(0))
        database = self.source.catalogue.database
        extent = Extent(
            hosts=self.order.selection.hosts,
            since=self.order.selection.since,
            until=self.order.selection.until,
        )
        done = Exported(
            shards=tuple(self.shards),
            counts=self.counts,
            gaps=tuple(plan.gaps(database, extent)),
            unwritten=self._unwritten(),
        )
        self._refuse_withdrawn()
        self._write_papers(done)
        self.journal.remove()
        return done

    def _unwritten(self) -> int:
        """Versions that have no record and were asked for, as far as the catalogue tells; those of removed
        articles are counted with what was left out.
        """
        wanted = 0
        for entry in plan.unwritten(self.source.catalogue.database):
            reason = self.order.selection.refuses(entry, self.source.hosts, self.source.removals)
            if reason == selection.REMOVED:
                self.counts.left_out[reason] += 1
            elif reason in {None, selection.NO_DAY}:
                wanted += 1
        return wanted

    def _refuse_withdrawn(self) -> None:
        """An article that was removed while we wrote may stand in a shard that is finished.

        Raises:
            CollectionError: one was.
        """
        if plan.removals_of(Removals.of(self.source.collection)) != self.head["removals"]:
            raise CollectionError(
                f"{self.folder}: articles were removed while it was written, and may be in it; delete it and "
                "export again"
            )

    def _remove_leftovers(self) -> None:
        """Files that a killed run was writing."""
        for path in self.folder.glob("**/.*.tmp"):
            if not path.is_symlink():
                path.unlink(missing_ok=True)

    def _take_up(self) -> tuple[int, int]:
        """Go on behind the last shard that is whole: its turn, and how many entries that has dealt with."""
        turn = read = 0
        for step in self.journal.begin():
            self._note(step)
            turn, read = step.turn, step.read
        return turn, read

    def _note(self, step: Step) -> None:
        self.shards.append(step.shard)
        self.counts.add(step.counts)
        self.firsts.update(step.firsts)

    def _add_shard(self, step: Step) -> None:
        self.journal.add(step)
        self._note(step)

    def _take_turn(self, turn: int, start: int, advance: Advance) -> None:
        """Everything of one split, or everything; `start` entries have been dealt with already."""
        split = self.order.splits[turn]
        recipe = Recipe(
            root=self.source.collection.root,
            selection=self.order.selection,
            preset=self.order.preset,
            mask_pii=self.order.mask_pii,
            hosts=self.source.hosts,
        )
        entries = islice(plan.entries(self.source.catalogue.database), start, None)
        batches = _Batches(self, entries, split, start)
        many = plan.count(self.source.catalogue.database) > _FEW
        shard: _Open | None = None
        try:
            for found in read_batches(recipe, batches.slots(), processes=self.order.processes if many else 0):
                reads, places = batches.told()
                for outcome, read, place in zip(found, reads, places, strict=True):
                    shard = shard or _Open(self, len(self._of(split)), split)
                    shard.take(outcome, place)
                    if shard.is_full:
                        self._add_shard(shard.close(read))
                        shard = None
                advance(len(found))
            if shard is not None and shard.rows:
                self._add_shard(shard.close(batches.read))
            elif shard is not None:
                self.left_over = shard.counts
        except BaseException:
            if shard is not None:
                shard.discard()
            raise

    def take_left_over(self) -> Counts:
        counts, self.left_over = self.left_over, Counts()
        return counts

    def _of(self, split: str) -> list[Shard]:
        return [shard for shard in self.shards if shard.split == split]

    def place_of(self, entry: Entry) -> Place:
        if self.clusters is None:
            return Place(near="", story="")
        found = self.clusters.of(entry.address)
        return Place(
            near=found.near,
            story=found.story,
            first_publisher=found.first_publisher,
            is_copied=found.near_size > 1,
        )

    def _write_papers(self, done: Exported) -> None:
        if self.order.format == "hf":
            facts = self._facts(done)
            write_file(self.folder / "README.md", card.text_of(facts).encode())
            write_file(self.folder / "croissant.json", croissant.text_of(facts).encode())
        manifest = {
            **self.head,
            "columns": [{"name": one.name, "type": one.kind.value, "told": one.told} for one in self.columns],
            "counts": done.counts.as_plain(),
            "gaps": [asdict(gap) for gap in done.gaps],
            "unwritten": done.unwritten,
            "shards": [asdict(shard) for shard in done.shards],
        }
        content = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        write_file(self.folder / MANIFEST, content.encode())

    def _facts(self, done: Exported) -> Facts:
        return Facts(
            name=self.source.collection.name,
            contact=self.source.collection.contact,
            software=self.source.software,
            options=self.order.as_plain(),
            columns=self.columns,
            shards=done.shards,
            counts=done.counts,
            gaps=done.gaps,
        )


class _Batches:
    """The plan of one turn in batches of slots; remembers what it handed out until it is told back."""

    def __init__(self, run: _Run, entries: Iterator[Entry], split: str, start: int) -> None:
        self._run = run
        self._entries = entries
        self._split = split
        self.read = start
        self._out: list[tuple[list[int], list[tuple[str, str]]]] = []

    def slots(self) -> Iterator[list[Slot]]:
        order, source = self._run.order, self._run.source
        batch: list[Slot] = []
        reads: list[int] = []
        places: list[tuple[str, str]] = []
        for entry in self._entries:
            self.read += 1
            place = self._run.place_of(entry)
            if self._split and split_of(place.story or entry.address) != self._split:
                continue
            reason = order.selection.refuses(entry, source.hosts, source.removals)
            batch.append(reason or (entry, place))
            reads.append(self.read)
            places.append((place.near if place.is_copied else "", entry.address))
            if len(batch) >= BATCH:
                self._out.append((reads, places))
                yield batch
                batch, reads, places = [], [], []
        if batch:
            self._out.append((reads, places))
            yield batch

    def told(self) -> tuple[list[int], list[tuple[str, str]]]:
        """Of the oldest batch that is not told back yet: how far the plan was read at each slot, and what
        article it is of.
        """
        return self._out.pop(0)


class _Open:
    """A shard that is being written, and what is counted with it."""

    def __init__(self, run: _Run, number: int, split: str) -> None:
        self._run = run
        self._split = split
        self._turn = run.order.splits.index(split)
        stem = f"data/{split}" if split else "articles"
        self._path = f"{stem}-{number:05d}{SUFFIXES[run.order.format]}"
        self.counts = run.take_left_over()
        self._firsts: dict[str, str] = {}
        self._stack = ExitStack()
        self._writer: ShardWriter | None = None
        self._file: HashedFile | None = None

    @property
    def rows(self) -> int:
        return self.counts.rows

    @property
    def is_full(self) -> bool:
        return self._file is not None and self._file.size >= self._run.order.shard_bytes

    def take(self, outcome: Kept | str, place: tuple[str, str]) -> None:
        """A row, or the reason why there is none."""
        reason = outcome if isinstance(outcome, str) else self._copy_of_another(place)
        if reason is not None:
            self.counts.left_out[reason] += 1
            return
        assert isinstance(outcome, Kept)
        self._open().add(outcome.row)
        self._count(outcome)

    def _copy_of_another(self, place: tuple[str, str]) -> str | None:
        """Of each cluster of copies the first is kept, with all its versions."""
        near, address = place
        if not self._run.order.selection.dedup or not near:
            return None
        first = self._run.firsts.get(near) or self._firsts.setdefault(near, address)
        return None if first == address else selection.DUPLICATE

    def _count(self, kept: Kept) -> None:
        counts = self.counts
        counts.rows += 1
        counts.words += kept.words
        counts.hosts[kept.host] += 1
        counts.years[kept.year] += 1
        counts.sections[kept.section] += 1
        counts.languages[kept.language] += 1
        counts.licenses[kept.license] += 1
        counts.masked.update(kept.masked)

    def _open(self) -> ShardWriter:
        if self._writer is None:
            out = self._stack.enter_context(replacing(self._run.folder / self._path))
            self._file = HashedFile(out)
            order = self._run.order
            self._writer = WRITERS[order.format](self._file, self._run.columns, order.shard_bytes)
        return self._writer

    def close(self, read: int) -> Step:
        """The shard gets its name; `read` entries of the turn have been dealt with."""
        self._open().finish()
        assert self._file is not None
        self._stack.close()
        shard = Shard(
            path=self._path,
            split=self._split,
            rows=self.counts.rows,
            bytes=self._file.size,
            sha256=self._file.digest,
        )
        return Step(shard=shard, turn=self._turn, read=read, counts=self.counts, firsts=self._firsts)

    def discard(self) -> None:
        """Something went wrong: what was written so far goes. To be called where that is handled."""
        if self._writer is not None:
            self._writer.abandon()
        self._stack.__exit__(*sys.exc_info())
