"""Errors that end a command, each with its exit code.

CommandError
 +-- WrongUsageError     exit code 2
"""

from __future__ import annotations

from archives.errors import ArchiveError, CollectionBusyError, CollectionError, DamageError, WriteError
from crawler.exitcodes import ExitCode
from extractors.errors import ExtractionError


class CommandError(Exception):
    """Something that a person has to mend; the message says what, where and how."""

    exit_code = ExitCode.FAILURE


class WrongUsageError(CommandError):
    """An argument, option or setting is not right."""

    exit_code = ExitCode.USAGE


def exit_code_of(error: Exception) -> ExitCode:
    """The documented exit code for an error of this project; FAILURE for any other."""
    if isinstance(error, CommandError):
        return error.exit_code
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return ExitCode.FAILURE


_CODES: tuple[tuple[type[Exception], ExitCode], ...] = (
    (CollectionBusyError, ExitCode.BUSY),
    (WriteError, ExitCode.NOT_ARCHIVED),
    (DamageError, ExitCode.DAMAGE),
    (CollectionError, ExitCode.USAGE),
    (ArchiveError, ExitCode.FAILURE),
    (ExtractionError, ExitCode.USAGE),
)
