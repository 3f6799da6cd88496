"""A CDXJ line taken apart."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an index, taken apart; `fields` is its JSON object."""

    key: str
    timestamp: str
    fields: dict[str, object]


def parse(text: str) -> Line:
    """A line taken apart.

    Raises:
        ValueError: it is no CDXJ line.
    """
    pieces = text.split(" ", 2)
    if len(pieces) != len(("key", "timestamp", "fields")):
        raise ValueError(f"no CDXJ line: {text[:80]!r}")
    fields = json.loads(pieces[2])
    if not isinstance(fields, dict):
        raise ValueError(f"no CDXJ line: {text[:80]!r}")  # noqa: TRY004 - the text is at fault, not the caller
    return Line(pieces[0], pieces[1], fields)
