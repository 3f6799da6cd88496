"""What extraction left open: the warnings in the sidecars, article by article and counted by their kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from archives import sidecar
from archives.errors import SidecarError

_OF_A_PAGE = re.compile(r"page \d+: ")
_FIGURE = re.compile(r"\d[\d,.]*(?<=\d)%?")
_UNREADABLE = "the sidecar cannot be read"


def doubts_of(path: Path) -> list[str]:
    """What the extraction of an article left open; that a sidecar cannot be read is a doubt, too."""
    try:
        return _warnings(path)
    except SidecarError as error:
        return [str(error)]


def kind_of(doubt: str) -> str:
    """A doubt without its page, its figures and what it names behind a colon: "no headline", "the body has …
    words; the page's own plain text has …".
    """
    return _FIGURE.sub("…", _OF_A_PAGE.sub("", doubt, count=1).partition(": ")[0])


def count_doubts(paths: Iterable[Path]) -> Counter[str]:
    """In how many of the sidecars each kind of doubt stands."""
    found: Counter[str] = Counter()
    for path in paths:
        try:
            found.update({kind_of(warning) for warning in _warnings(path)})
        except SidecarError:
            found[_UNREADABLE] += 1
    return found


def _warnings(path: Path) -> list[str]:
    extraction = sidecar.load(path).get("extraction")
    warnings = extraction.get("warnings") if isinstance(extraction, dict) else None
    return [str(warning) for warning in warnings] if isinstance(warnings, list) else []
