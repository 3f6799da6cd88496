"""The query language: what a reader types, as a value.

    banjir bandang          both words, in any of their forms
    "banjir bandang"        exactly these words in this order; one word in quotes: only this form of it
    ban*                    words that begin so
    judul:banjir            in the title only; so with isi, penulis, foto, topik
    -longsor                without
    banjir OR longsor       one of them

Everything can be parsed and nothing is an error: quotes that nobody closes, operators that stand alone and
words of other query languages mean what a reader would take them for, at worst themselves. What is handed on
are words, kinds and fields, never a piece of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from reading_room.words import words

MOST_CHARACTERS = 1_000
MOST_TERMS = 24
MOST_WORDS_OF_PHRASE = 16
LEAST_BEFORE_STAR = 3
"""Letters that a prefix needs: fewer would mean most words there are."""

COLUMNS = ("title", "body", "byline", "caption", "tags")
FIELDS = {
    **{column: column for column in COLUMNS},
    "judul": "title",
    "headline": "title",
    "isi": "body",
    "teks": "body",
    "text": "body",
    "penulis": "byline",
    "oleh": "byline",
    "author": "byline",
    "by": "byline",
    "foto": "caption",
    "keterangan": "caption",
    "photo": "caption",
    "topik": "tags",
    "topic": "tags",
    "tag": "tags",
}
"""Field words, in both languages, and the column that each means."""

_TERM = re.compile(
    r"""
    (?P<minus>(?<!\S)[-\u2212\u2013])?
    (?:(?P<field>[A-Za-z]+):(?=[\w"\u201c\u201d\u201e]))?
    (?:["\u201c\u201d\u201e](?P<phrase>[^"\u201c\u201d\u201e]*)(?:["\u201c\u201d\u201e]|$)|(?P<word>[^\s"\u201c\u201d\u201e]+))
    """,
    re.VERBOSE,
)
_OR = frozenset({"OR", "ATAU", "|", "||"})
_AND = frozenset({"AND", "DAN", "&", "&&"})
_NOT = frozenset({"NOT", "TANPA", "BUKAN"})


class Kind(Enum):
    FAMILY = "family"
    """A word in any of its forms."""
    EXACT = "exact"
    """These words, in this order."""
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is looked for. `column` is None for anywhere."""

    kind: Kind
    words: tuple[str, ...]
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One of these terms must be there; with `without`, none may."""

    terms: tuple[Term, ...]
    without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked. `text` is what is shown in the search box again.

    `cut`: there was more than is looked at. `short`: prefixes that were too short, and are taken for words.
    """

    text: str = ""
    clauses: tuple[Clause, ...] = ()
    cut: bool = False
    short: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that a hit may have: what is marked in it, and what it is ranked by."""
        return tuple(term for clause in self.clauses if not clause.without for term in clause.terms)


def parse(text: str) -> Query:
    """Any text as a query. The time is linear in `MOST_CHARACTERS`, however long the text is."""
    looked_at = " ".join(text[: MOST_CHARACTERS + 1].split())
    cut = len(text) > MOST_CHARACTERS
    clauses: list[Clause] = []
    short: list[str] = []
    count, either, without = 0, False, False
    for found in _TERM.finditer(looked_at[:MOST_CHARACTERS]):
        word = found["word"] or ""
        if word in _OR | _AND and found["field"] is None:
            either = word in _OR and bool(clauses)
            continue
        if word in _NOT and found["field"] is None and found.end() < len(looked_at):
            without = True
            continue
        term = _term(found, short)
        if term is None:
            continue
        count += 1
        if count > MOST_TERMS:
            cut = True
            break
        without = without or found["minus"] is not None
        last = clauses[-1] if clauses else None
        if either and not without and last is not None and not last.without:
            clauses[-1] = Clause((*last.terms, term))
        else:
            clauses.append(Clause((term,), without))
        either = without = False
    return Query(
        text=looked_at[:MOST_CHARACTERS].strip(),
        clauses=tuple(dict.fromkeys(clauses)),
        cut=cut,
        short=tuple(short),
    )


def _term(found: re.Match[str], short: list[str]) -> Term | None:
    column = FIELDS.get((found["field"] or "").lower())
    if found["phrase"] is not None:
        exact = tuple(words(found["phrase"]))[:MOST_WORDS_OF_PHRASE]
        return Term(Kind.EXACT, exact, column) if exact else None
    printed = found["word"]
    if found["field"] is not None and column is None:  # a colon like any other: pukul:10, https://
        printed = f"{found['field']}:{printed}"
    parts = tuple(words(printed))[:MOST_WORDS_OF_PHRASE]
    if not parts:
        return None
    if printed.endswith("*") and len(parts) == 1:
        if len(parts[0]) >= LEAST_BEFORE_STAR:
            return Term(Kind.PREFIX, parts, column)
        short.append(parts[0])
    if len(set(parts)) == 1:  # anak-anak
        return Term(Kind.FAMILY, parts[:1], column)
    return Term(Kind.EXACT, parts, column)


def described(query: Query) -> Iterator[dict[str, object]]:
    """The query as it was understood, for programs and for tests."""
    for clause in query.clauses:
        yield {
            "without": clause.without,
            "anyOf": [
                {"kind": term.kind.value, "words": list(term.words)}
                | ({"in": term.column} if term.column else {})
                for term in clause.terms
            ],
        }
