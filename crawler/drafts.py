"""Sidecars that are made in the errand in which an article's pages are read.

A second reading has pages read a batch at a time and files them afterwards, one by one. Where all pages of
an article stand in one batch, its worker makes the sidecar at once, as that of a first version: nothing has
to go back to a worker to be joined. It is a draft until the catalogue says the same as it was made from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archives.capture import CaptureRef
from archives.catalogue import KeptArticle
from crawler.reading import FinishedSidecar, Robots, make_sidecar, read_article_page
from extractors.addresses import identify
from extractors.article import PageKind, PageReading

MAX_PAGES = 60
"""Pages of one article that are asked for at most; a pager that promises more is a trap."""
_DRAFTS = 512
"""Drafts that wait for their pages to be filed. Some are never asked for: of articles filed under another
address, of pages that turn out to be seen again.
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """An article that may be whole in an errand: its address, the places of its pages in the errand by their
    numbers, and the answers to robots.txt that were in force for page 1.
    """

    address: str
    places: Mapping[int, int]
    robots: tuple[CaptureRef, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A sidecar, and all that it was made from besides the records; `kept` is what the catalogue was expected
    to say.
    """

    kept: KeptArticle
    robots: tuple[CaptureRef, ...]
    finished: FinishedSidecar


class Drafts:
    """Drafts by the record of their page 1; the oldest are let go."""

    def __init__(self) -> None:
        self._drafts: OrderedDict[tuple[str, int], Draft] = OrderedDict()

    def put(self, draft: Draft) -> None:
        """Remember a sidecar."""
        self._drafts[_place(draft.kept)] = draft
        if len(self._drafts) > _DRAFTS:
            self._drafts.popitem(last=False)

    def find(self, kept: KeptArticle, robots: tuple[CaptureRef, ...]) -> FinishedSidecar | None:
        """The sidecar of a version with page 1, if one was made from the very same."""
        draft = self._drafts.get(_place(kept)) if self._drafts else None
        if draft is None or draft.robots != robots or _basis(draft.kept) != _basis(kept):
            return None
        return draft.finished

    def forget(self, kept: KeptArticle) -> None:
        """It is written, or is not to be."""
        self._drafts.pop(_place(kept), None)


def _place(kept: KeptArticle) -> tuple[str, int]:
    """Other tools' record ids need not be unique."""
    first = kept.pages[1]
    return first.warc_file, first.offset


def _basis(kept: KeptArticle) -> tuple[object, ...]:
    """What `make_sidecar` takes from the catalogue."""
    return kept.address, kept.number, kept.previous, kept.page_count, dict(kept.pages)


def pages_said(reading: PageReading, number: int) -> int:
    """How many pages an article has by the word of its page `number`."""
    return min(reading.pager.count or number, MAX_PAGES)


def _expected_version(
    expected: Expected, refs: Sequence[CaptureRef], readings: Sequence[PageReading]
) -> KeptArticle | None:
    """What the catalogue would say of an article after these pages, if they are all of it and the first of it
    that are filed; None where they are not, or where it may be filed under another address.
    """
    pages = {number: readings[place] for number, place in expected.places.items()}
    count = max(pages_said(reading, number) for number, reading in pages.items())
    if len(pages) < count or not all(_is_usual(page, expected.address) for page in pages.values()):
        return None
    return KeptArticle(
        article_id=0,
        version_id=0,
        number=1,
        address=expected.address,
        page_count=count,
        pages={number: refs[place] for number, place in expected.places.items()},
        kept={},
        settled=False,
        sidecar=None,
        previous=None,
    )


def _is_usual(page: PageReading, address: str) -> bool:
    """Whether a page is one of an article that is filed under the address that it was asked for by."""
    if page.verdict.kind is not PageKind.ARTICLE or page.address is None or page.address.url != address:
        return False
    canonical = identify(page.canonical or "")
    return canonical is None or canonical.url == address


# --- in a worker --------------------------------------------------------------------------------------


def read_and_draft(
    archive: Path, refs: Sequence[CaptureRef], expected: Sequence[Expected], *, collection: str
) -> tuple[list[PageReading], list[Draft]]:
    """Several pages in one errand, and a draft for each expected article that is whole in it; the first page
    that cannot be read ends it.
    """
    readings = [read_article_page(archive, ref) for ref in refs]
    drafts = (_draft(one, refs, readings, archive, collection) for one in expected)
    return readings, [draft for draft in drafts if draft is not None]


def _draft(
    expected: Expected,
    refs: Sequence[CaptureRef],
    readings: Sequence[PageReading],
    archive: Path,
    collection: str,
) -> Draft | None:
    kept = _expected_version(expected, refs, readings)
    if kept is None:
        return None
    pages = {number: readings[place] for number, place in expected.places.items()}
    robots = Robots(archive=archive, answers=expected.robots)
    try:
        finished = make_sidecar(pages, kept, collection=collection, robots=robots)
    except Exception:  # noqa: BLE001 - whoever files the pages has it made again, and hears why it cannot be
        return None
    return Draft(kept, expected.robots, finished)
