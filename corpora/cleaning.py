"""What `--clean` leaves out, and why: documented thresholds over `corpora.signals`.

The thresholds are those of Gopher and FineWeb where they have one and it suits Indonesian news;
docs/cleaning.md gives the reason for each. Reasons come in the order of `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpora.signals import Signals

FEWEST_WORDS = 50
"""Gopher. Below it stand captions of galleries and videos, and pages that only name a document."""
MOST_WORDS = 100_000
"""Gopher."""
MOST_DUPLICATE_PARAGRAPHS = 0.3
"""Gopher, table A1."""
MOST_DUPLICATE_CHARACTERS = 0.2
"""Gopher, table A1."""
MOST_LISTED = 0.6
"""Schedules, results, price tables and lists of names. Gopher leaves a text out when .9 of its lines are
bullets; a portal's list has an introduction and an end in sentences."""
MOST_DIGITS = 0.2
"""Tables of figures that stand in paragraphs. An ordinary report on a budget has up to .08."""
MOST_UPPERCASE = 0.4
"""Texts that shout, and lists of abbreviations. A report on football clubs has up to .15."""
MOST_SYMBOLS = 0.1
"""Gopher: `#` and ellipses for each word."""
SHORTEST_WORDS, LONGEST_WORDS = 3.0, 10.0
"""Gopher's limits, counted over words with their digits. Indonesian news has 5.5 to 7."""
MOST_SHORT_PARAGRAPHS = 0.67
"""FineWeb: share of the lines with fewer than 30 characters."""
MOST_UNENDED = 0.7
"""FineWeb asks for .12 of lines with an end mark; paragraphs of a record are whole, so more is asked."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason for leaving a record out, and when it holds."""

    name: str
    holds: Callable[[Signals], bool]


RULES: tuple[Rule, ...] = (
    Rule("incomplete", lambda seen: seen.incomplete),
    Rule("doubtful-extraction", lambda seen: seen.doubts > 0),
    Rule("boilerplate", lambda seen: seen.boilerplate > 0),
    Rule("too-short", lambda seen: seen.words < FEWEST_WORDS),
    Rule("too-long", lambda seen: seen.words > MOST_WORDS),
    Rule("list", lambda seen: seen.list_likeness > MOST_LISTED),
    Rule("duplicate-paragraphs", lambda seen: seen.duplicate_paragraphs > MOST_DUPLICATE_PARAGRAPHS),
    Rule("duplicate-characters", lambda seen: seen.duplicate_characters > MOST_DUPLICATE_CHARACTERS),
    Rule("short-paragraphs", lambda seen: seen.short_paragraphs > MOST_SHORT_PARAGRAPHS),
    Rule("unended-paragraphs", lambda seen: seen.unended_paragraphs > MOST_UNENDED),
    Rule("digits", lambda seen: seen.digits > MOST_DIGITS),
    Rule("uppercase", lambda seen: seen.uppercase > MOST_UPPERCASE),
    Rule("symbols", lambda seen: seen.symbols > MOST_SYMBOLS),
    Rule("word-length", lambda seen: not SHORTEST_WORDS <= seen.mean_word_length <= LONGEST_WORDS),
)
"""In the order in which a record's reasons are given."""


def reasons(signals: Signals) -> tuple[str, ...]:
    """Why `--clean` would leave a record out; empty where it stays."""
    return tuple(rule.name for rule in RULES if rule.holds(signals))
