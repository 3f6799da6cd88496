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
from dataclasses import dataclass
from functools import cached_property

from rensa import RMinHash

SHINGLE = 3
"""Words in a row that count as one item."""
BANDS, ROWS = 48, 4
"""Bands, and MinHash values in each: two texts meet in one with .999 at a Jaccard similarity of .6,
.95 at .5, .71 at .4, and with .0000005 at .01, which two articles of one newsroom have by chance."""
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
        return tuple(word.casefold() for word in self.words)

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """Every run of three words."""
        folded = self.folded
        return frozenset(zip(folded, folded[1:], folded[2:], strict=False))

    @cached_property
    def facts(self) -> dict[tuple[str, str, str], Counter[str]]:
        """Numbers and names by the words around them: two before, one after. Neighbours are one fact."""
        found: dict[tuple[str, str, str], Counter[str]] = {}
        before, last, fact = "", "", []
        for word, folded in zip((*self.words, ""), (*self.folded, ""), strict=True):
            if word and _is_fact(word):
                fact.append(folded)
                continue
            if fact:
                found.setdefault((before, last, folded), Counter())[" ".join(fact)] += 1
                fact = []
            before, last = last, folded
        return found

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.title)

    @property
    def is_short(self) -> bool:
        return len(self.words) < FEWEST_WORDS

    def band_keys(self) -> list[int]:
        """One number for each band; texts that are alike have some of them in common. Short texts have none.

        The numbers are of this version of the library; whoever stores them stores its version, too.
        """
        if self.is_short:
            return []
        sketch = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
        sketch.update([" ".join(shingle) for shingle in self.shingles])
        values = sketch.digest()
        bands = (values[at : at + ROWS] for at in range(0, BANDS * ROWS, ROWS))
        return [key(f"band {number}", " ".join(map(str, band))) for number, band in enumerate(bands)]

    def exact_key(self) -> int:
        """The same for texts of the same words; of short ones the headline counts, too."""
        title = " ".join(self.title).casefold() if self.is_short else ""
        return key("text", " ".join(self.folded), title)


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
    agreements, conflicts = 0, int(_is_one_pattern(one.title_words, other.title_words))
    for place in one.facts.keys() & other.facts.keys():
        mine, yours = one.facts[place], other.facts[place]
        if mine == yours:
            agreements += mine.total()
            continue
        same = sum((mine & yours).values())
        differing = min(mine.total(), yours.total()) - same
        agreements += same
        conflicts += differing
        if differing and any(map(_DATE.search, mine - yours)) and any(map(_DATE.search, yours - mine)):
            conflicts += 1
    return agreements, conflicts


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
