"""When a field's fill-rate has changed for good: the rule behind the alarms.

A portal that changes its template takes a field away from one day to the next, and nothing fails: the pages
come, the articles are kept, only the photo credits are gone. The rule looks at a field of a host as a row of
points, one for each day of capture (the last two days: one for each run), each with how many articles there
were and how many had the field. Points of fewer than `LEAST_OF_A_POINT` articles go with the next one.

It looks for the places where the row falls apart most clearly into before and after (the largest standardised
difference of the two rates), and calls one a change only if all of these hold:

- before it there are at least `LEAST_POINTS` points with `LEAST_BEFORE` articles in all, after it at least
  `LEAST_AFTER` articles: nothing is said of new hosts and of a handful of articles;
- the rate after it lies at least `LEAST_CHANGE` from the median of the points before it, and at least
  `SPREADS` times as far as these points usually lie from their median (MAD * 1.4826, the standard deviation
  of a normal distribution that has this MAD);
- so few, or so many, articles with the field would come from chance with a probability of at most
  `CHANCE`, by the binomial distribution with that median, moved towards the new rate by one such spread.
  A network of 60 hosts and 20 fields is looked at 1,200 times after each crawl, 10 million times a year;
- four in five of the points after it lie nearer to the new rate than to the old, and of those before it
  nearer to the old: a wave is no step.

Both sides are looked at in the same way, each change against the stretch since the one before. So a field
that went and came back gives two changes.

Articles are held against their like: new ones against new ones, those of a backfill against others of the
same year (`reading_room.fields.age_group`). Each year has a template of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

LEAST_OF_A_POINT = 10
LEAST_POINTS = 4
LEAST_BEFORE = 60
LEAST_AFTER = 15
LEAST_CHANGE = 0.2
SPREADS = 3.0
CHANCE = 1e-7
_MAD_TO_SPREAD = 1.4826
_NEARER = 0.8
_LOOKED_BACK = 60
"""Points before a change that its median is taken of."""
_DEEPEST = 5
"""So often a row is halved: 63 changes in a year are no changes any more."""
_WORTH_A_LOOK = 14.0
"""Square of the standardised difference below which the test cannot succeed: it saves nearly all the work."""


@dataclass(frozen=True, slots=True)
class Point:
    """Articles captured on a day (or in a run of it), and how many of them have the field."""

    day: str
    articles: int
    filled: int

    @property
    def rate(self) -> float:
        return self.filled / self.articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `day` on the rate is `after`, of `articles` articles; before it was `before` (a median)."""

    day: str
    before: float
    after: float
    articles: int
    in_force: bool

    @property
    def is_loss(self) -> bool:
        return self.after < self.before


def groups_of(articles: Sequence[int]) -> list[tuple[int, int]]:
    """Which neighbours are put together so that each point has enough articles to have a rate: from one
    number to before another. What is left over at the end goes with the last; all of it, if it is too little.
    """
    found: list[tuple[int, int]] = []
    first = so_far = 0
    for number, count in enumerate(articles, 1):
        so_far += count
        if so_far >= LEAST_OF_A_POINT:
            found.append((first, number))
            first, so_far = number, 0
    if so_far:
        before = found.pop()[0] if found else 0
        found.append((before, len(articles)))
    return found


def gathered(points: Sequence[Point]) -> list[Point]:
    """The same for points."""
    return [
        Point(
            points[first].day,
            sum(point.articles for point in points[first:end]),
            sum(point.filled for point in points[first:end]),
        )
        for first, end in groups_of([point.articles for point in points])
    ]


def changes(points: Sequence[Point]) -> list[Change]:
    """The changes of a row of gathered points, the oldest first; the last one is in force."""
    places = sorted(_candidates(points, 0, len(points)))
    while places:
        ends = [*places[1:], len(points)]
        judged = [
            _judge(points[max(first, at - _LOOKED_BACK) : at], points[at:end])
            for first, at, end in zip([0, *places], places, ends, strict=False)
        ]
        if all(one.holds for one in judged):
            return [
                Change(
                    day=points[at].day,
                    before=one.before,
                    after=one.after,
                    articles=sum(point.articles for point in points[at:end]),
                    in_force=end == len(points),
                )
                for at, end, one in zip(places, ends, judged, strict=True)
            ]
        # The least of those that do not hold goes; its neighbours are then held against longer stretches.
        least = min((one.size, number) for number, one in enumerate(judged) if not one.holds)[1]
        del places[least]
    return []


def _candidates(points: Sequence[Point], first: int, end: int, depth: int = 0) -> list[int]:
    """Where the points from `first` to before `end` may change; each half is looked at again."""
    here = points[first:end]
    place = clearest([point.articles for point in here], [point.filled for point in here])
    if place is None:
        return []
    at = first + place
    if depth == _DEEPEST:
        return [at]
    return [at, *_candidates(points, first, at, depth + 1), *_candidates(points, at, end, depth + 1)]


def clearest(articles: Sequence[int], filled: Sequence[int]) -> int | None:
    """Where before and after differ most, if they differ enough to be looked at: the first point after it.

    Takes plain numbers, because nearly every row of nearly every report ends here.
    """
    total, having = sum(articles), sum(filled)
    if len(articles) <= LEAST_POINTS or not 0 < having < total:
        return None
    rate = having / total
    scale = rate * (1 - rate) / total
    best, found = _WORTH_A_LOOK * scale, None
    sums = zip(accumulate(articles), accumulate(filled), strict=True)
    for number, (so_far, has) in enumerate(sums, 1):
        if number < LEAST_POINTS or so_far < LEAST_BEFORE:
            continue
        after = total - so_far
        if after < LEAST_AFTER:
            break
        off = has - so_far * rate
        if off * off > best * so_far * after:
            best, found = off * off / (so_far * after), number
    return found


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Whether what follows is a change by all the conditions above, and of what size it is."""

    before: float
    after: float
    holds: bool

    @property
    def size(self) -> float:
        return abs(self.after - self.before)


def _judge(before: Sequence[Point], after: Sequence[Point]) -> _Judgement:
    rates = [point.rate for point in before]
    usual = median(rates)
    spread = _MAD_TO_SPREAD * median(abs(rate - usual) for rate in rates)
    articles, filled = sum(point.articles for point in after), sum(point.filled for point in after)
    now = filled / articles
    expected = usual + math.copysign(min(spread, abs(now - usual)), now - usual)
    holds = (
        len(before) >= LEAST_POINTS
        and sum(point.articles for point in before) >= LEAST_BEFORE
        and articles >= LEAST_AFTER
        and abs(now - usual) >= max(LEAST_CHANGE, SPREADS * spread)
        and chance(articles, filled, expected) <= CHANCE
        and _share_nearer(after, now, usual) >= _NEARER
        and _share_nearer(before, usual, now) >= _NEARER
    )
    return _Judgement(before=usual, after=now, holds=holds)


def _share_nearer(points: Sequence[Point], one: float, other: float) -> float:
    """How many of the points lie nearer to the one rate than to the other."""
    return sum(abs(point.rate - one) < abs(point.rate - other) for point in points) / len(points)


def chance(articles: int, filled: int, rate: float) -> float:
    """How probable it is that at most so many articles have a field that each has with that probability; or
    at least so many, where they are more than expected. An upper bound (Chernoff, Hoeffding 1963), which is
    enough to say that something is improbable, and does not need a thousand terms.
    """
    rate = min(max(rate, 0.5 / (articles + 1)), 1 - 0.5 / (articles + 1))
    share = filled / articles
    divergence = 0.0
    if share > 0:
        divergence += share * math.log(share / rate)
    if share < 1:
        divergence += (1 - share) * math.log((1 - share) / (1 - rate))
    return math.exp(-articles * divergence)
