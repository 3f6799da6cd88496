"""One article in several forms: page by page, all pages on one (`?page=all`), for AMP."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from extractors.article import PageReading


class Relation(Enum):
    """What a page in one form means for an article that is kept in another."""

    ORDINARY = auto()
    """The forms are the same, or the text is another: what holds for any page holds here."""
    SEEN = auto()
    """All of its text is kept already."""
    COMPLETES = auto()
    """All pages on one, with all the text of pages that are kept and the text of those that are missing."""


def is_whole(reading: PageReading) -> bool:
    """Whether a page has all pages of its article on it. One with a pager has not, whatever was asked for."""
    return reading.address is not None and reading.address.page == 0 and (reading.pager.count or 1) == 1


def relation(
    kept: Mapping[int, PageReading], candidate: PageReading, number: int, *, complete: bool
) -> Relation:
    """Hold page `number` against the kept pages of the article; `complete` when none of those is missing."""
    first = kept.get(1)
    if first is None:
        return Relation.ORDINARY
    if is_whole(candidate) and not is_whole(first):
        return _against_pages(kept, candidate, complete=complete)
    if is_whole(first) and not is_whole(candidate):
        return Relation.SEEN if _covers(first, candidate) else Relation.ORDINARY
    standing = kept.get(number)
    if standing is None or _is_amp(standing) == _is_amp(candidate):
        return Relation.ORDINARY
    return Relation.SEEN if _letters(standing) == _letters(candidate) != "" else Relation.ORDINARY


def _against_pages(kept: Mapping[int, PageReading], candidate: PageReading, *, complete: bool) -> Relation:
    if complete:
        return Relation.SEEN if _letters_of(kept) == _letters(candidate) else Relation.ORDINARY
    covers = all(_covers(candidate, page) for page in kept.values())
    return Relation.COMPLETES if covers else Relation.ORDINARY


def is_amp_copy(kept: Mapping[int, PageReading], candidate: PageReading, number: int) -> bool:
    """Whether an AMP page stands beside a kept page of the ordinary form."""
    standing = kept.get(number)
    return standing is not None and _is_amp(candidate) and not _is_amp(standing)


def _is_amp(reading: PageReading) -> bool:
    return reading.address is not None and reading.address.amp


def _covers(whole: PageReading, part: PageReading) -> bool:
    """Whether every part of one page stands on the other. A part with a sentence more is another part."""
    known = {_only_letters(piece.text) for piece in whole.parts}
    return bool(part.parts) and all(_only_letters(piece.text) in known for piece in part.parts)


def _letters_of(kept: Mapping[int, PageReading]) -> str:
    return "".join(_letters(kept[number]) for number in sorted(kept))


def _letters(reading: PageReading) -> str:
    return "".join(_only_letters(part.text) for part in reading.parts)


def _only_letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
