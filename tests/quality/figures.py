"""What the gate counts: figures, each with the cases that pull it down, and how texts are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from extractors.article import PageReading

_WORD = re.compile(r"\w+")
_FOUND = 0.5


class Reader(Protocol):
    """Reads one page, as `extractors.extract.read_page` does; tests pass broken ones."""

    def __call__(self, body: bytes, *, url: str, captured_at: datetime) -> PageReading: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One case that was not read as it should be."""

    case: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a set of cases. `fewer` marks a count that should be small, `peer` another program's
    figure, which is shown and held against nothing; all others are shares.
    """

    name: str
    value: float
    cases: int
    failures: tuple[Failure, ...] = ()
    fewer: bool = False
    peer: bool = False

    def is_worse_than(self, floor: float) -> bool:
        """Whether the figure is on the wrong side of a floor, rounding apart."""
        return self.value > floor + 1e-9 if self.fewer else self.value < floor - 1e-9

    def shown(self) -> str:
        return f"{self.value:.0f}" if self.fewer else f"{self.value:.4f}"


@dataclass(slots=True)
class Tally:
    """Collects cases for figures: exact comparisons, means, and counts."""

    exact: dict[str, list[Failure | None]] = field(default_factory=dict)
    means: dict[str, list[tuple[float, Failure | None]]] = field(default_factory=dict)
    counts: dict[str, list[Failure]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)

    def compare(self, name: str, case: str, expected: object, got: object) -> None:
        """One case of a share: right or wrong."""
        wrong = Failure(case=case, expected=_show(expected), got=_show(got))
        self.exact.setdefault(name, []).append(None if expected == got else wrong)

    def score(self, name: str, case: str, value: float, *, detail: str = "") -> None:
        """One case of a mean, 0 to 1."""
        wrong = Failure(case=case, expected="1.0000", got=f"{value:.4f} {detail}".strip())
        self.means.setdefault(name, []).append((value, None if value >= 1 else wrong))

    def count(self, name: str, case: str, found: Iterable[str]) -> None:
        """Things that should not be there."""
        self.counted[name] += 1
        self.counts.setdefault(name, []).extend(
            Failure(case=case, expected="nothing", got=_show(each)) for each in found
        )

    def figures(self) -> tuple[Figure, ...]:
        shares = [
            Figure(
                name=name,
                value=sum(each is None for each in cases) / len(cases),
                cases=len(cases),
                failures=tuple(each for each in cases if each is not None),
            )
            for name, cases in self.exact.items()
        ]
        means = [
            Figure(
                name=name,
                value=sum(value for value, _ in cases) / len(cases),
                cases=len(cases),
                failures=tuple(failure for _, failure in sorted(cases, key=_value) if failure is not None),
            )
            for name, cases in self.means.items()
        ]
        counts = [
            Figure(name=name, value=len(found), cases=self.counted[name], failures=tuple(found), fewer=True)
            for name, found in self.counts.items()
        ]
        return (*means, *counts, *shares)


def _value(scored: tuple[float, Failure | None]) -> float:
    return scored[0]


def _show(value: object) -> str:
    return str(value) if value not in (None, "", [], ()) else "nothing"


def flat(text: str) -> str:
    return " ".join(text.split())


def paragraph_f1(expected: Iterable[str], got: Iterable[str]) -> float:
    """How many paragraphs are exactly right after white-space folding, both ways."""
    return _f1(Counter(map(flat, expected)), Counter(map(flat, got)))


def word_f1(expected: Iterable[str], got: Iterable[str]) -> float:
    """How many words are right, both ways, whatever their order."""
    return _f1(_words(" ".join(expected)), _words(" ".join(got)))


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _f1(expected: Counter[str], got: Counter[str]) -> float:
    common = (expected & got).total()
    whole = expected.total() + got.total()
    return 2 * common / whole if whole else 1.0


def leaks(expected: Iterable[str], got: Iterable[str]) -> list[str]:
    """Lines of ours of which less than half stands in the article."""
    text = " ".join(expected).lower()
    runs = set(_runs(text))
    words = set(_WORD.findall(text))
    return [line for line in got if _share(line.lower(), runs, words) < _FOUND]


def _share(line: str, runs: set[tuple[str, ...]], words: set[str]) -> float:
    own = list(_runs(line))
    if own:
        return sum(run in runs for run in own) / len(own)
    short = _WORD.findall(line)
    return sum(word in words for word in short) / len(short) if short else 0.0


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    words = _WORD.findall(text)
    return zip(words, words[1:], words[2:], strict=False)
