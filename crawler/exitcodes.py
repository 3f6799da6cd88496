"""What a command's exit code says; part of the public contract."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The codes that schedulers and scripts can rely on."""

    COMPLETE = 0
    FAILURE = 1
    USAGE = 2
    GAPS = 3
    BLOCKED = 4
    NOT_ARCHIVED = 5
    BUSY = 6
    DAMAGE = 7
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.COMPLETE: "complete",
    ExitCode.FAILURE: "unexpected failure",
    ExitCode.USAGE: "wrong usage",
    ExitCode.GAPS: "finished with gaps; they are in the ledger (`kliping status`)",
    ExitCode.BLOCKED: "blocked or rate-limited by the portal",
    ExitCode.NOT_ARCHIVED: "the archive could not be written",
    ExitCode.BUSY: "another run holds the collection",
    ExitCode.DAMAGE: "verification found damage",
    ExitCode.INTERRUPTED: "interrupted; run the same command again to go on",
}
