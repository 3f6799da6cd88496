"""What of an export is finished: a journal beside the shards, a line for each, until the whole is there.

A shard's line is written when the shard has its name and is on disk. So after a crash at any moment whatever
the journal names is whole, and what it does not name is made again, with the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from archives.durable import refused, write_file
from archives.errors import WriteError

JOURNAL = ".export.jsonl"
_PIECE = 1 << 20


@dataclass(slots=True)
class Counts:
    """What is counted of rows, and of what was left out."""

    rows: int = 0
    words: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        self.rows += other.rows
        self.words += other.words
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))

    def as_plain(self) -> dict[str, object]:
        return {"rows": self.rows, "words": self.words} | {
            name: dict(sorted(getattr(self, name).items())) for name in _COUNTERS
        }

    @classmethod
    def of(cls, plain: Mapping[str, object]) -> Counts:
        counts = cls(rows=int(str(plain["rows"])), words=int(str(plain["words"])))
        for name in _COUNTERS:
            value = plain[name]
            assert isinstance(value, dict)
            getattr(counts, name).update(value)
        return counts


_COUNTERS = ("left_out", "hosts", "years", "sections", "languages", "licenses", "masked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A finished file of an export; `path` is below its folder, `split` is empty without splits."""

    path: str
    split: str
    rows: int
    bytes: int
    sha256: str

    def is_whole(self, folder: Path) -> bool:
        """Whether the file is there and has these bytes."""
        path = folder / self.path
        try:
            if path.stat().st_size != self.bytes:
                return False
            seen = hashlib.sha256()
            with path.open("rb") as source:
                while piece := source.read(_PIECE):
                    seen.update(piece)
        except OSError:
            return False
        return seen.hexdigest() == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A finished shard, and where the export stood then.

    `turn` counts the splits, `read` the entries of the plan that this turn has dealt with; `counts` and
    `firsts` (the article that was kept of each cluster of copies) are those since the shard before.
    """

    shard: Shard
    turn: int
    read: int
    counts: Counts
    firsts: dict[str, str]

    def as_line(self) -> bytes:
        plain = {
            "shard": asdict(self.shard),
            "turn": self.turn,
            "read": self.read,
            "counts": self.counts.as_plain(),
            "firsts": self.firsts,
        }
        return (json.dumps(plain) + "\n").encode()

    @classmethod
    def of(cls, line: bytes) -> Step:
        plain = json.loads(line)
        return cls(
            shard=Shard(**plain["shard"]),
            turn=plain["turn"],
            read=plain["read"],
            counts=Counts.of(plain["counts"]),
            firsts=plain["firsts"],
        )


class Journal:
    """The steps of an export that is under way in a folder."""

    def __init__(self, folder: Path, head: Mapping[str, object]) -> None:
        self.path = folder / JOURNAL
        self._head = (json.dumps(head, sort_keys=True) + "\n").encode()

    def begin(self) -> list[Step]:
        """The steps that count, after which the journal can be added to.

        Steps count up to the first whose shard is not what was written; that one is made again, with all
        that follow.

        Raises:
            WriteError: the folder refused.
        """
        steps = list(self._whole_steps())
        write_file(self.path, self._head + b"".join(step.as_line() for step in steps))
        return steps

    def head(self) -> Mapping[str, object] | None:
        """What the export that is under way here is of; None where none is, empty where that is broken."""
        lines = self._lines()
        if not lines:
            return None
        try:
            told = json.loads(lines[0])
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    def _lines(self) -> list[bytes]:
        """Whole lines; what a crash left of a last one was never promised."""
        try:
            return self.path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise WriteError(f"{self.path}: cannot be read ({error.strerror or error})") from error

    def _whole_steps(self) -> Iterator[Step]:
        for line in self._lines()[1:]:
            try:
                step = Step.of(line)
            except (ValueError, KeyError, TypeError):
                return
            if not step.shard.is_whole(self.path.parent):
                return
            yield step

    def add(self, step: Step) -> None:
        """A shard is on disk under its name."""
        try:
            with self.path.open("ab") as out:
                out.write(step.as_line())
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise refused(self.path, error) from error

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
