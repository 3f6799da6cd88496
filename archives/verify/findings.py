"""What verification finds, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

RESTORE = "restore the file from a copy"
REMAKE = "run `kliping reextract` to make it again"
REINDEX = "run `kliping index --rebuild`"
REPAIR = "run `kliping verify --repair`"
RESUME = "the next run mends it, and so does `kliping verify --repair`"
TAKE_IN = "run `kliping reextract` to take it in, or move it elsewhere"
MOVE = "move it elsewhere"
REBUILD = "run `kliping verify --repair` to make the catalogue again from the files"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""A name with a line feed or an escape sequence must not write lines of its own on a terminal."""
MOST = 10_000
"""Findings that are kept one by one; of more only the number is told."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken promise: the file, the byte offset where there is one, what is wrong, what to do."""

    file: str
    offset: int | None
    fault: str
    next_step: str

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at {self.offset}"
        told = f"{place}: {self.fault}; {self.next_step}"
        return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", told)

    def as_plain(self) -> dict[str, object]:
        return {"file": self.file, "offset": self.offset, "fault": self.fault, "nextStep": self.next_step}


@dataclass(slots=True)
class Verification:
    """What was looked at and what was found.

    `findings` are broken promises. `warnings` are none: what a run that was cut off leaves behind and the
    next one mends, or what other people's files leave open.
    """

    files: int = 0
    bytes: int = 0
    records: int = 0
    sidecars: int = 0
    lines: int = 0
    packages: int = 0
    removed: int = 0
    """Sidecars of removed articles."""
    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    untold: int = 0
    gaps: list[tuple[str, int]] = field(default_factory=list)
    """WARC files, by their names without `.open`, and where what is no whole member begins in them."""

    def add(self, finding: Finding) -> None:
        self._keep(self.findings, finding)

    def warn(self, finding: Finding) -> None:
        self._keep(self.warnings, finding)

    def _keep(self, kept: list[Finding], finding: Finding) -> None:
        if len(kept) < MOST:
            kept.append(finding)
        else:
            self.untold += 1

    def sort(self) -> None:
        for kept in (self.findings, self.warnings):
            kept.sort(key=lambda item: (item.file, -1 if item.offset is None else item.offset, item.fault))

    def as_plain(self) -> dict[str, object]:
        """For machines; these names are kept from version to version."""
        return {
            "files": self.files,
            "bytes": self.bytes,
            "records": self.records,
            "sidecars": self.sidecars,
            "indexLines": self.lines,
            "packages": self.packages,
            "removedSidecars": self.removed,
            "findings": [item.as_plain() for item in self.findings],
            "warnings": [item.as_plain() for item in self.warnings],
            "untold": self.untold,
        }
