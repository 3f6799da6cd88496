"""Which captures make up a version of an article. Decisions only; the catalogue stores them.

The rule is a fold over the captures in the order in which they were archived, so that a live run and a
second reading of the WARC files come to the same versions:

* page 1 as it stands already: seen again; page 1 with other content: a new version begins
* page n that the version lacks: it is filled in; as it stands: seen again
* page n with other content: a new version with this page in it (within one run it replaces the page)
* page 1 with other content, in the run that has begun a version with a further page: both are of one edit,
  and page 1 replaces the old one. Pages of earlier runs leave that version; they are asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Placement(Enum):
    """What to do with a page's capture."""

    NEW_VERSION = auto()
    FILL = auto()
    REPLACE = auto()
    REPLACE_FIRST = auto()
    EARLIER = auto()
    SEEN_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page of a version: its capture and the digest of its content."""

    capture_id: int
    content_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """A version as the catalogue has it; `begun_in` is the run that began it, `first_read_in` that of the
    capture of its page 1.
    """

    version_id: int
    number: int
    begun_in: int
    first_read_in: int | None = None
    pages: Mapping[int, KeptPage]


def place(current: KeptVersion | None, number: int, page: KeptPage, run_id: int) -> Placement:
    """Where page `number` of an article goes, given the article's newest version.

    Two captures of the same content count as the earlier one: which of two concurrent requests is looked
    at first must not matter.
    """
    if current is None:
        return Placement.NEW_VERSION
    known = current.pages.get(number)
    if known is None:
        return Placement.FILL
    if known.content_digest == page.content_digest:
        return Placement.EARLIER if page.capture_id < known.capture_id else Placement.SEEN_AGAIN
    if number > 1 and current.begun_in == run_id:
        return Placement.REPLACE
    if current.begun_in == run_id and current.first_read_in not in {None, run_id}:
        return Placement.REPLACE_FIRST
    return Placement.NEW_VERSION
