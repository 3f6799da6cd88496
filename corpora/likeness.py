"""How alike two articles' texts are: words in common, and whether the numbers and names in them agree.

Similarity alone does not tell a copy from the next day's report: prices, weather and results are printed in
the same sentences with other numbers. So numbers and names are looked at where they stand. A copy that was
edited has other sentences; a report made after the same pattern has the same sentences with other facts.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

SHINGLE = 3
"""Words in a row that count as one item."""
BANDS, ROWS = 48, 4
"""Bands, and MinHash values in each: two texts meet in one with .999 at a Jaccard similarity of .6,
.95 at .5, .71 at .4, and with .0000005 at .01, which two articles of one newsroom have by chance."""
LEAST_ALIKE = 36
"""Of the 192 values, so many must be the same before the texts are read. At a Jaccard similarity of .25, the
least that counts, .987 of pairs have as many, at .3 all but one of 10,000; at .1 one of 3,000."""
NEAR = 0.5
"""The least Jaccard similarity of near-duplicates."""
OVERLAP = 0.6
"""The least share of the shorter text's shingles that stand in the longer one, for one story."""
STORY = 0.25
"""The least Jaccard similarity for one story: what MinHash can find."""
MOST_CONFLICTS = 0.03
"""The largest share of facts in the same surroundings that may differ; one may always."""
FEWEST_WORDS = 20
"""Shorter texts are copies only if they are equal, with equal headlines."""
_MOST_WORDS = 20_000
_SEED = 20221126
_LONGEST_TITLE = 500
_BAND_NUMBERS = np.arange(1, BANDS + 1, dtype=np.uint64)
_MULTIPLIER, _HALF, _TOP = np.uint64(0x9E3779B97F4A7C15), np.uint64(32), np.uint64(56)
_DATE = re.compile(r"\d/\d|(?:jan|feb|mar|apr|mei|jun|jul|agu|ags|sep|okt|nov|des)\w* \d{4}")
_WORD = re.compile(r"\w+(?:[.,:/'’-]\w+)*")


@dataclass(frozen=True)
class Text:
    """The words of an article's text with their case, without its dateline; and those of its headline."""

    words: tuple[str, ...]
    title: tuple[str, ...] = ()

    @classmethod
    def of(cls, body: str, dateline: str = "", headline: str = "") -> Text:
        """The dateline names the portal and the town of its desk; a copy has another."""
        start = len(dateline) if dateline and body.startswith(dateline) else 0
        words = _WORD.findall(body[start : start + 16 * _MOST_WORDS])[:_MOST_WORDS]
        return cls(tuple(words), tuple(_WORD.findall(headline[:_LONGEST_TITLE])))

    @classmethod
    def unpacked(cls, packed: bytes) -> Text:
        title, _, words = zlib.decompress(packed).decode("utf-8", "surrogatepass").partition("\n")
        return cls(tuple(words.split()), tuple(title.split()))

    def packed(self) -> bytes:
        """A third of the text's size."""
        said = f"{' '.join(self.title)}\n{' '.join(self.words)}"
        return zlib.compress(said.encode("utf-8", "surrogatepass"), 1)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(" ".join(self.words).casefold().split(" ")) if self.words else ()

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Every run of three words."""
        folded = self.folded
        return frozenset(map(" ".join, zip(folded, folded[1:], folded[2:], strict=False)))

    @cached_property
    def facts(self) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """Numbers and names by the words around them: two before, one after. Neighbours are one fact."""
        found: dict[tuple[str, str, str], list[str]] = {}
        before, last, fact = "", "", []
        for word, folded in zip((*self.words, ""), (*self.folded, ""), strict=True):
            if word and _is_fact(word):
                fact.append(folded)
                continue
            if fact:
                found.setdefault((before, last, folded), []).append(" ".join(fact))
                fact = []
            before, last = last, folded
        return {place: tuple(sorted(facts)) for place, facts in found.items()}

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.title)

    @property
    def is_short(self) -> bool:
        return len(self.words) < FEWEST_WORDS

    def sketch(self) -> Sketch | None:
        """The text's MinHash values; None for a short text.

        They are of this version of the library; whoever stores them stores its version, too.
        """
        if self.is_short:
            return None
        minhash = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
        minhash.update(self.shingles)
        values = np.array(minhash.digest(), dtype=np.uint64)
        mixed = _BAND_NUMBERS
        for row in values.reshape(BANDS, ROWS).T:
            mixed = (mixed ^ row) * _MULTIPLIER
            mixed ^= mixed >> _HALF
        bands = -1 - (mixed >> np.uint64(1)).astype(np.int64)
        return Sketch((values * _MULTIPLIER >> _TOP).astype(np.uint8).tobytes(), tuple(bands.tolist()))

    def exact_key(self) -> int:
        """The same for texts of the same words; of short ones the headline counts, too."""
        title = " ".join(self.title).casefold() if self.is_short else ""
        return key("text", " ".join(self.folded), title)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What stands for a text where many are looked at.

    Attributes:
        values: one byte of each of the 192 MinHash values; see `agreements`.
        bands: one negative number for each band; texts that are alike have some of them in common.
    """

    values: bytes
    bands: tuple[int, ...]


def agreements(one: bytes, others: Sequence[bytes]) -> NDArray[np.int64]:
    """How many of a sketch's values each of the others has, too: 192 times the Jaccard similarity, about."""
    table = np.frombuffer(b"".join(others), dtype=np.uint8).reshape(len(others), BANDS * ROWS)
    same: NDArray[np.int64] = np.count_nonzero(table == np.frombuffer(one, dtype=np.uint8), axis=1)
    return same


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common.

    Attributes:
        jaccard: shingles of both, as a share of the shingles of either.
        containment: shingles of both, as a share of those of the shorter text.
        agreements: facts that stand in the same surroundings and are the same; counted from `STORY` on.
        conflicts: facts that stand in the same surroundings and differ.
    """

    jaccard: float
    containment: float
    agreements: int
    conflicts: int

    @property
    def is_of_other_facts(self) -> bool:
        return self.conflicts > 1 + MOST_CONFLICTS * (self.agreements + self.conflicts)

    @property
    def is_near(self) -> bool:
        return self.jaccard >= NEAR and not self.is_of_other_facts

    @property
    def is_one_story(self) -> bool:
        return self.jaccard >= STORY and self.containment >= OVERLAP and not self.is_of_other_facts


def compare(one: Text, other: Text) -> Likeness:
    common = len(one.shingles & other.shingles)
    shorter = min(len(one.shingles), len(other.shingles))
    if not shorter:
        return Likeness(0.0, 0.0, 0, 0)
    jaccard, containment = common / (len(one.shingles) + len(other.shingles) - common), common / shorter
    if jaccard < STORY:  # the facts would be looked at in vain, and that takes nine tenths of the time
        return Likeness(jaccard, containment, 0, 0)
    return Likeness(jaccard, containment, *_held_together(one, other))


def _held_together(one: Text, other: Text) -> tuple[int, int]:
    """How many facts in the same surroundings are the same, and how many differ; dates count twice."""
    same, conflicts = 0, int(_is_one_pattern(one.title_words, other.title_words))
    for place in one.facts.keys() & other.facts.keys():
        mine, yours = one.facts[place], other.facts[place]
        if mine == yours:
            same += len(mine)
            continue
        common = 0
        if len(mine) + len(yours) > 2:
            common, mine, yours = _apart(mine, yours)
        same += common
        differing = min(len(mine), len(yours))
        conflicts += differing
        if differing and any(map(_DATE.search, mine)) and any(map(_DATE.search, yours)):
            conflicts += 1
    return same, conflicts


def _apart(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """How many facts both have, and what each has alone."""
    counted, others = Counter(mine), Counter(yours)
    common = (counted & others).total()
    return common, tuple((counted - others).elements()), tuple((others - counted).elements())


def _is_one_pattern(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether headlines differ in a name or number: "Cuaca Sabang Hari Ini", "Cuaca Bireuen Hari Ini"."""
    common = len(one & other)
    replaced = common < len(one) and common < len(other)
    return replaced and common >= 0.5 * (len(one) + len(other) - common)


def title_of(text: str) -> str:
    """A headline as its letters and digits, to find it where another page prints it."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def key(kind: str, *said: str) -> int:
    """A number of 63 bits for something that articles can have in common."""
    text = "\0".join((kind, *said)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def _is_fact(word: str) -> bool:
    return word[0].isupper() or any(map(str.isdigit, word))
