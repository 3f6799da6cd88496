"""The options --since and --until of commands that look at a collection."""

from __future__ import annotations

import argparse
from datetime import date

from crawler.errors import WrongUsageError


def add_days(parser: argparse.ArgumentParser) -> None:
    """Offer both, for commands that show days."""
    parser.add_argument("--since", metavar="DAY", help="only days from this one on, YYYY-MM-DD")
    parser.add_argument("--until", metavar="DAY", help="only days up to this one, YYYY-MM-DD")


def days_asked(opts: argparse.Namespace) -> tuple[date | None, date | None]:
    """The first and the last day; None where none is named.

    Raises:
        WrongUsageError: a word is no day, or the last one lies before the first.
    """
    since, until = _day("--since", opts.since), _day("--until", opts.until)
    if since is not None and until is not None and until < since:
        raise WrongUsageError(f"--since {since} lies after --until {until}; swap them")
    return since, until


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUsageError(f"{option} {text}: is no day; write it as YYYY-MM-DD") from None
