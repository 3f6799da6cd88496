"""The piece of a text that shows why an article was found, with the words marked.

What comes out are pieces of text and whether each is marked. The template escapes them; no markup of ours is
ever inside a text that is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reading_room.search import Marks
from reading_room.typesetting import clean
from reading_room.words import composed, laid_out

LENGTH = 260
"""Characters of a snippet, more or less."""
_LEAD = 60
"""Characters before the first marked word."""
_LOOKED_THROUGH = 400_000
"""Characters of a text that are looked through. The longest articles have a tenth."""


class Piece(NamedTuple):
    """A piece of a text; `marked` where it is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    what: str


def marked(text: str, marks: Marks) -> tuple[Piece, ...]:
    """The whole text, for a title."""
    text = composed(clean(text))
    return tuple(_pieces(text, _places(text, marks), 0, len(text)))


def snippet(texts: Iterable[str], marks: Marks) -> tuple[Piece, ...]:
    """The best stretch of the first text that has most of what was looked for; without any, its beginning."""
    best: tuple[int, str, list[_Place]] | None = None
    for given in texts:
        text = composed(clean(given[:_LOOKED_THROUGH]))
        found = _places(text, marks)
        kinds = len({place.what for place in found})
        if text.strip() and (best is None or kinds > best[0]):
            best = (kinds, text, found)
    if best is None:
        return ()
    _, text, found = best
    start, end = _stretch(text, found)
    pieces = list(_pieces(text, found, start, end))
    if start:
        pieces.insert(0, Piece("… "))
    if end < len(text.rstrip()):
        pieces.append(Piece(" …"))
    return tuple(pieces)


def _places(text: str, marks: Marks) -> list[_Place]:
    """Where what is marked stands. Places may lie over each other; `_pieces` sees to that."""
    if not (marks.words or marks.runs or marks.starts):
        return []
    words, starts, ends = laid_out(text)
    wanted, begun = marks.words, marks.starts
    found = [at for at, word in enumerate(words) if word in wanted]
    if begun:
        found += [at for at, word in enumerate(words) if word.startswith(begun)]
    places = [_Place(starts[at], ends[at], words[at]) for at in found]
    for run in marks.runs:
        first, length, whole = run[0], len(run), list(run)
        places += [
            _Place(starts[at], ends[at + length - 1], " ".join(run))
            for at, word in enumerate(words)
            if word == first and words[at : at + length] == whole
        ]
    return sorted(places, key=lambda place: (place.start, -place.end))


def _stretch(text: str, found: Sequence[_Place]) -> tuple[int, int]:
    """The beginning and the end of the stretch with most different things, the first one of several."""
    if not found:
        return 0, _before_blank(text, LENGTH)
    best, start = 0, found[0].start
    for number, place in enumerate(found[:500]):
        inside: set[str] = set()
        for other in found[number : number + 40]:
            if other.end > place.start + LENGTH - _LEAD:
                break
            inside.add(other.what)
        if len(inside) > best:
            best, start = len(inside), place.start
    begin = 0 if start <= _LEAD else _behind_blank(text, start - _LEAD, start)
    return begin, _before_blank(text, begin + LENGTH)


def _behind_blank(text: str, place: int, latest: int) -> int:
    for at in range(place, latest):
        if text[at].isspace():
            return at + 1
    return place


def _before_blank(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    for at in range(place, max(0, place - 40), -1):
        if text[at].isspace():
            return at
    return place


def _pieces(text: str, found: Iterable[_Place], start: int, end: int) -> Iterator[Piece]:
    at = start
    for place in found:
        first, last = max(place.start, at), min(place.end, end)
        if place.end <= at or first >= last:
            continue
        if first > at:
            yield Piece(text[at:first])
        yield Piece(text[first:last], True)
        at = last
    if at < end:
        yield Piece(text[at:end])
