"""Whatever a reader types is a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_room.query import COLUMNS, MOST_CHARACTERS, MOST_TERMS, Clause, Kind, Term, described, parse


def family(word: str, column: str | None = None) -> Term:
    return Term(Kind.FAMILY, (word,), column)


def exact(*words: str, column: str | None = None) -> Term:
    return Term(Kind.EXACT, words, column)


READ = [
    ("banjir bandang", [Clause((family("banjir"),)), Clause((family("bandang"),))]),
    ('"banjir bandang"', [Clause((exact("banjir", "bandang"),))]),
    ("“banjir bandang”", [Clause((exact("banjir", "bandang"),))]),
    ('"mengungsi"', [Clause((exact("mengungsi"),))]),
    ("ban*", [Clause((Term(Kind.PREFIX, ("ban",)),))]),
    ("judul:banjir", [Clause((family("banjir", "title"),))]),
    ("PENULIS:Budi", [Clause((family("budi", "byline"),))]),
    ('title:"kota banjir"', [Clause((exact("kota", "banjir", column="title"),))]),
    ("foto:ban*", [Clause((Term(Kind.PREFIX, ("ban",), "caption"),))]),
    ("banjir -longsor", [Clause((family("banjir"),)), Clause((family("longsor"),), without=True)]),
    ("banjir NOT longsor", [Clause((family("banjir"),)), Clause((family("longsor"),), without=True)]),
    ('-"tanah longsor"', [Clause((exact("tanah", "longsor"),), without=True)]),
    ("-judul:longsor", [Clause((family("longsor", "title"),), without=True)]),
    ("banjir OR longsor gempa", [Clause((family("banjir"), family("longsor"))), Clause((family("gempa"),))]),
    ("banjir ATAU longsor | gempa", [Clause((family("banjir"), family("longsor"), family("gempa")))]),
    ("banjir AND longsor", [Clause((family("banjir"),)), Clause((family("longsor"),))]),
    ("anak-anak", [Clause((family("anak"),))]),
    ("covid-19", [Clause((exact("covid", "19"),))]),
    ("Rp116.800", [Clause((exact("rp116", "800"),))]),
    ("pukul:10", [Clause((exact("pukul", "10"),))]),
    ("https://a.example/b", [Clause((exact("https", "a", "example", "b"),))]),
    ("banjir banjir", [Clause((family("banjir"),))]),
]
"""Queries and what is understood."""


@pytest.mark.parametrize(("text", "clauses"), READ, ids=[text for text, _ in READ])
def test_a_query_is_read_as_its_writer_means_it(text: str, clauses: list[Clause]) -> None:
    assert list(parse(text).clauses) == clauses


EMPTY = ["", " ", '"', '""', "-", "*", "OR", "AND OR", '" " "', ":", "''", "\0", "\ud800", "()", "^", "---"]


@pytest.mark.parametrize("text", EMPTY, ids=range(len(EMPTY)))
def test_what_holds_no_word_asks_for_nothing(text: str) -> None:
    assert parse(text).clauses == ()


def test_a_prefix_that_is_too_short_is_a_word_and_this_is_told() -> None:
    query = parse("di* ba* ban*")

    assert [term.kind for term in query.wanted] == [Kind.FAMILY, Kind.FAMILY, Kind.PREFIX]
    assert query.short == ("di", "ba")


@pytest.mark.parametrize(
    "text", ["a " * 5_000, "kata" * 2_000_000, '"' * 10_000_000, "- " * 100_000, "a:b " * 9_999]
)
def test_of_a_huge_query_the_beginning_counts(text: str) -> None:
    query = parse(text)

    assert query.cut
    assert len(query.text) <= MOST_CHARACTERS
    assert sum(len(clause.terms) for clause in query.clauses) <= MOST_TERMS


PIECES = [
    *("a", "banjir", "kopi*", "judul:banjir", "title:", '"', "*", ":", "-", "(", ")", "{", "^"),
    *("OR", "AND", "NOT", "NEAR"),
]
"""What a reader who knows another query language may put together."""


@given(st.text(max_size=300) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_a_query_of_words_and_known_columns(text: str) -> None:
    query = parse(text)

    for clause in query.clauses:
        assert clause.terms
        for term in clause.terms:
            assert term.words
            assert term.column is None or term.column in COLUMNS
            assert all(word and not set(word) & set("\"'*:(){}^ \0") for word in term.words)
    list(described(query))
