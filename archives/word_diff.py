"""What changed between two versions of an article, word by word. Pure: two sidecars in, changes out.

difflib compares the words of one paragraph, never whole bodies: its time can grow with the square of what it
is given. Bodies are parted at the paragraphs that both versions have once, and what lies between two of those
is compared paragraph by paragraph, within limits; beyond them one paragraph was removed and another added.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

_MOST_PARAGRAPHS = 20_000
"""Paragraphs of a body that count one by one; what follows is one more."""
_MOST_PAIRS = 400
"""Paragraphs removed times added in one place, up to which each finds the one that it was edited from."""
_MOST_WORDS = 250_000
"""Words removed times words added of one paragraph, up to which they are compared one by one."""
_MOST_IN_ALL = 2_000_000
"""The same over a whole body."""
_SAMPLE = 200
"""Words of a paragraph by which it is recognised."""
_ALIKE = 0.35
"""Share of common words from which a paragraph is an edited one and no other."""


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row, with one blank between two of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A paragraph, or a field of one line, that differs. `before` and `after` are its positions in the two
    versions, counted from 1; None where it is not in one of them.
    """

    before: int | None = 1
    after: int | None = 1
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """A field of the article that differs, by its name in the record and by the newsroom's word for it."""

    name: str
    label: str
    changes: tuple[Change, ...]


@dataclass(slots=True)
class _Purse:
    """How much comparing is left to spend on one body."""

    left: int = _MOST_IN_ALL

    def pays(self, cost: int) -> bool:
        if cost > min(self.left, _MOST_WORDS):
            return False
        self.left -= cost
        return True


# --- an article ---------------------------------------------------------------------------------------

_LINES = (
    ("headline", "title"),
    ("alternativeHeadline", "kicker"),
    ("description", "standfirst"),
    ("abstract", "summary"),
    ("creditText", "byline"),
    ("author", "authors"),
    ("editor", "editors"),
    ("contributor", "contributors"),
    ("sourceOrganization", "source"),
)


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldDiff, ...]:
    """The content fields of two sidecars that differ, the body last."""
    found = [_field(name, label, _lines(before.get(name)), _lines(after.get(name))) for name, label in _LINES]
    found += _photos(before.get("image"), after.get("image"))
    found.append(
        _field(
            "articleBody", "body", paragraphs(before.get("articleBody")), paragraphs(after.get("articleBody"))
        )
    )
    return tuple(field for field in found if field.changes)


def paragraphs(body: object) -> list[str]:
    """The parts of a body, which a blank line keeps apart."""
    return [text for text in body.split("\n\n") if text.strip()] if isinstance(body, str) else []


def _field(name: str, label: str, before: Sequence[str], after: Sequence[str]) -> FieldDiff:
    return FieldDiff(name=name, label=label, changes=tuple(diff_texts(before, after)))


def _lines(value: object) -> list[str]:
    """A field as the lines that a reader sees: a text, names, names with their roles."""
    if isinstance(value, list):
        return [line for item in value for line in _lines(item)]
    if isinstance(value, Mapping):
        name, role = value.get("name"), value.get("roleName")
        return [f"{name} ({role})" if role else str(name)] if name else []
    return [value] if isinstance(value, str) and value else []


def _photos(before: object, after: object) -> list[FieldDiff]:
    """Captions and credits; a photo that came or went between the others is found by what it says."""
    found = []
    for name, label in (("caption", "caption"), ("creditText", "credit")):
        one, other = (_told(images, name) for images in (before, after))
        found.append(_field(f"image.{name}", label, one, other))
    return found


def _told(images: object, name: str) -> list[str]:
    items = images if isinstance(images, list) else []
    return [str(item[name]) for item in items if isinstance(item, Mapping) and item.get(name)]


# --- paragraphs ---------------------------------------------------------------------------------------


def diff_texts(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """The paragraphs that differ, in their order: edited ones word by word, others removed or added whole.

    White space is no difference.
    """
    before, after = _folded(before), _folded(after)
    purse = _Purse()
    for old, new in _gaps(before, after):
        for one, other in _paired(before, after, old, new):
            yield Change(
                before=None if one is None else one + 1,
                after=None if other is None else other + 1,
                pieces=_pieces(
                    None if one is None else before[one], None if other is None else after[other], purse
                ),
            )


def _folded(texts: Sequence[str]) -> list[str]:
    kept, rest = texts[:_MOST_PARAGRAPHS], texts[_MOST_PARAGRAPHS:]
    return [" ".join(text.split()) for text in (*kept, *([" ".join(rest)] if rest else []))]


def _pieces(before: str | None, after: str | None, purse: _Purse) -> tuple[Piece, ...]:
    if before is None or after is None:
        gone, new = Piece(Kind.REMOVED, before or ""), Piece(Kind.ADDED, after or "")
        return tuple(piece for piece in (gone, new) if piece.text)
    return _diff_words(before, after, purse)


def _gaps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[range, range]]:
    """The stretches between paragraphs that stand in both, as many as possible of them in order."""
    fixed = [(-1, -1), *_anchors(before, after), (len(before), len(after))]
    for (one, other), (one_end, other_end) in pairwise(fixed):
        old, new = _trimmed(before, after, range(one + 1, one_end), range(other + 1, other_end))
        if old or new:
            yield old, new


def _trimmed(before: Sequence[str], after: Sequence[str], old: range, new: range) -> tuple[range, range]:
    """Two stretches without the equal paragraphs at their beginnings and ends."""
    head = 0
    while head < min(len(old), len(new)) and before[old[head]] == after[new[head]]:
        head += 1
    old, new = old[head:], new[head:]
    tail = 0
    while tail < min(len(old), len(new)) and before[old[-1 - tail]] == after[new[-1 - tail]]:
        tail += 1
    return old[: len(old) - tail], new[: len(new) - tail]


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Paragraphs that both have once, the longest series that is in one order in both (patience diff)."""
    olds, news = Counter(before), Counter(after)
    places = {text: place for place, text in enumerate(after)}
    pairs = [
        (place, places[text]) for place, text in enumerate(before) if olds[text] == 1 and news[text] == 1
    ]
    return _longest_rise(pairs)


def _longest_rise(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second numbers rise, in O(n log n)."""
    ends: list[int] = []  # the smallest number that a series of each length ends with
    last: list[int] = []  # and the pair that it belongs to
    before: list[int | None] = []
    for index, (_, value) in enumerate(pairs):
        place = bisect_left(ends, value)
        before.append(last[place - 1] if place else None)
        if place == len(ends):
            ends.append(value)
            last.append(index)
        else:
            ends[place], last[place] = value, index
    found: list[tuple[int, int]] = []
    at = last[-1] if last else None
    while at is not None:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _paired(
    before: Sequence[str], after: Sequence[str], old: range, new: range
) -> list[tuple[int | None, int | None]]:
    """Each paragraph of a stretch with the one that it became, or alone."""
    if len(old) == len(new) == 1:
        return [(old.start, new.start)]
    alike = _alike(before, after, old, new) if len(old) * len(new) <= _MOST_PAIRS else []
    found: list[tuple[int | None, int | None]] = []
    one, other = old.start, new.start
    for next_one, next_other in [*alike, (old.stop, new.stop)]:
        found += [(place, None) for place in range(one, next_one)]
        found += [(None, place) for place in range(other, next_other)]
        if next_one < old.stop:
            found.append((next_one, next_other))
        one, other = next_one + 1, next_other + 1
    return found


def _alike(before: Sequence[str], after: Sequence[str], old: range, new: range) -> list[tuple[int, int]]:
    """The pairs, in order, whose common words are most in sum."""
    olds = [_sample(before[place]) for place in old]
    news = [_sample(after[place]) for place in new]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for i, words in enumerate(olds):
        for j, others in enumerate(news):
            with_both = best[i][j] + _likeness(words, others)
            best[i + 1][j + 1] = max(with_both, best[i][j + 1], best[i + 1][j])
    found = []
    i, j = len(olds), len(news)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((old[i], new[j]))
    return found[::-1]


def _sample(text: str) -> frozenset[str]:
    return frozenset(text[: _SAMPLE * 20].split()[:_SAMPLE])


def _likeness(words: frozenset[str], others: frozenset[str]) -> float:
    share = 2 * len(words & others) / ((len(words) + len(others)) or 1)
    return share if share >= _ALIKE else 0.0


# --- words --------------------------------------------------------------------------------------------


def diff_words(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one, in pieces that are in both, only in the first, only in the second."""
    return _diff_words(before, after, _Purse())


def _diff_words(before: str, after: str, purse: _Purse) -> tuple[Piece, ...]:
    old, new = before.split(), after.split()
    olds, news = _trimmed(old, new, range(len(old)), range(len(new)))
    pieces = [
        Piece(Kind.SAME, " ".join(old[: olds.start])),
        *_middle(old[olds.start : olds.stop], new[news.start : news.stop], purse),
        Piece(Kind.SAME, " ".join(old[olds.stop :])),
    ]
    return tuple(piece for piece in pieces if piece.text)


def _middle(old: Sequence[str], new: Sequence[str], purse: _Purse) -> Iterator[Piece]:
    if not (old and new and purse.pays(len(old) * len(new))):
        yield Piece(Kind.REMOVED, " ".join(old))
        yield Piece(Kind.ADDED, " ".join(new))
        return
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece(Kind.SAME, " ".join(old[i:i_end]))
        else:
            yield Piece(Kind.REMOVED, " ".join(old[i:i_end]))
            yield Piece(Kind.ADDED, " ".join(new[j:j_end]))
