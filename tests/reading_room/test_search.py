"""What is found, in which order, with which counts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reading_room import search
from reading_room.search import Sort
from tests.reading_room.finding import Reader, reading
from tests.reading_room.newsstand import Newsstand, url_of


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    stand = Newsstand.open(tmp_path_factory.mktemp("search") / "warta")
    stand.put(
        url_of("banjir"),
        "Banjir Bandang di Kuala",
        "Warga mengungsi ke masjid sejak pukul 08.30.",
        datePublished="2020-10-08T07:00:00+07:00",
        articleSection=["News", "Daerah"],
        author=[{"name": "Cut Meutia"}],
        keywords=["bencana", "Kuala"],
    )
    stand.put(
        url_of("posko", "lembah.example"),
        "Posko Dibuka",
        "Pengungsian diperluas. Banjir surut, bandang tidak.",
        datePublished="2020-11-02T01:00:00+08:00",
        articleSection=["News"],
        author=[{"name": "Andi Besse"}],
        image=[{"contentUrl": "https://lembah.example/1.jpg", "caption": "Tenda biru", "position": 1}],
    )
    stand.put(
        url_of("kopi"),
        "Harga Kopi Naik",
        "Petani kopi gembira.",
        datePublished="2021-01-05T12:00:00+07:00",
        articleSection=["Ekonomi"],
        description="Panen raya di lembah",
        editor=[{"name": "Nur'aini Daud"}],
    )
    stand.put(url_of("tanpa"), "Tanpa Tanggal", "Banjir lagi.", datePublished=None)
    return reading(stand)


ASKED = [
    ("", ["tanpa", "kopi", "posko", "banjir"]),
    ("mengungsi", ["posko", "banjir"]),
    ('"mengungsi"', ["banjir"]),
    ("banjir", ["tanpa", "posko", "banjir"]),
    ("judul:banjir", ["banjir"]),
    ('"banjir bandang"', ["banjir"]),
    ("banjir bandang", ["posko", "banjir"]),
    ("banjir -mengungsi", ["tanpa"]),
    ("-banjir", ["kopi"]),
    ("kopi OR mengungsi", ["kopi", "posko", "banjir"]),
    ("pengung*", ["posko"]),
    ("meng*", ["banjir"]),
    ("topik:kuala", ["banjir"]),
    ("foto:tenda", ["posko"]),
    ("penulis:meutia", ["banjir"]),
    ("penulis:nuraini", ["kopi"]),
    ("isi:panen", ["kopi"]),
    ('"08.30"', ["banjir"]),
    ("tiadakata", []),
    ("BANJIR Kuala", ["banjir"]),
]
"""Queries and what they find, the newest first; what has no date stands where it was captured."""


@pytest.mark.parametrize(("query", "slugs"), ASKED, ids=[query or "all" for query, _ in ASKED])
def test_a_query_finds_these_articles(reader: Reader, query: str, slugs: list[str]) -> None:
    assert reader.slugs(query) == slugs
    assert reader.found(query, count=1).total == len(slugs)


def test_orders_are_newest_oldest_and_words_in_the_title_first(reader: Reader) -> None:
    assert reader.slugs("banjir", sort=Sort.OLDEST) == ["banjir", "posko", "tanpa"]
    assert reader.ranked("banjir")[0] == "banjir"
    assert sorted(reader.ranked("banjir")) == ["banjir", "posko", "tanpa"]


def test_what_is_too_much_to_be_ranked_has_titles_first(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_RANKED", 1)
    fresh = Reader(reader.stand, search.SearchDesk(reader.stand.collection))

    found = fresh.found("banjir", sort=Sort.RELEVANCE)

    assert not found.ranked
    assert [hit.address.rpartition("/")[2] for hit in found.hits] == ["banjir", "tanpa", "posko"]
    assert fresh.slugs("banjir", sort=Sort.RELEVANCE, start=1, count=1) == ["tanpa"]


def test_facets_count_what_choosing_them_would_show(reader: Reader) -> None:
    assert reader.counts("section", "banjir") == {"News": 2, "Daerah": 1}
    assert reader.counts("host") == {"pesisir.example": 3, "lembah.example": 1}
    assert reader.counts("year") == {"2020": 2, "2021": 1, "2026": 1}
    assert reader.counts("month", "mengungsi") == {"2020-10": 1, "2020-11": 1}
    assert reader.counts("author", "kopi") == {}


def test_values_of_one_facet_are_alternatives_and_facets_narrow_each_other(reader: Reader) -> None:
    chosen = {"host": ("pesisir.example",), "year": ("2020", "2021")}

    assert reader.slugs(chosen=chosen) == ["kopi", "banjir"]
    assert reader.counts("year", chosen=chosen) == {"2020": 1, "2021": 1, "2026": 1}
    assert reader.counts("host", chosen=chosen) == {"pesisir.example": 2, "lembah.example": 1}
    assert reader.slugs(chosen={"host": ("nowhere.example",)}) == []


def test_days_are_those_where_the_newsroom_is(reader: Reader) -> None:
    assert reader.slugs(since=20201102, until=20201102) == ["posko"]  # 1 November in UTC
    assert reader.slugs(until=20201101) == ["banjir"]
    assert reader.slugs(since=20210101) == ["tanpa", "kopi"]
    assert reader.slugs(since=20300101) == []


def test_a_stretch_is_the_same_as_that_part_of_all(reader: Reader) -> None:
    for sort in Sort:
        whole = reader.slugs("banjir", sort=sort)
        assert [reader.slugs("banjir", sort=sort, start=at, count=1)[0] for at in range(3)] == whole
    assert reader.slugs("banjir", start=1000) == []


HOSTILE = [
    *(
        "NEAR(a b, 2)",
        "a AND",
        "{title}: x",
        "title : x",
        "* *",
        '"a" *',
        "^banjir",
        "a + b",
        "body:*",
        "rank:1",
    ),
    *(
        "' OR 1=1 --",
        '"; DROP TABLE articles; --',
        "texts:1",
        "\x00banjir",
        "\ud800 banjir",
        "\u202ebanjir",
        "%",
        "_",
    ),
    *(
        "-" * 50,
        '"' * 51,
        "(" * 500,
        "a" * 100_000,
        "title:title:title:x",
        "AND AND AND",
        "NOT NOT x",
        "OR OR",
    ),
    *(" ".join(f"k{n}" for n in range(10_000)), "ban* " * 50, "-a " * 500, "“a ”b„", "é" * 500, "🙂 OR 🙂"),
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("sort", Sort)
def test_a_hostile_query_is_answered(reader: Reader, query: str, sort: Sort) -> None:
    found = reader.found(query, sort=sort)

    assert found.total <= 4
    assert len(found.hits) == found.total


PIECES = [
    *("a", "banjir", "kopi*", "judul:banjir", "title:", '"', "*", ":", "-", "(", ")", "{", "^"),
    *("OR", "AND", "NOT", "NEAR"),
]
"""What a reader who knows another query language may put together."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=80) | st.lists(st.sampled_from(PIECES)).map(" ".join),
    st.sampled_from(list(Sort)),
)
def test_no_query_raises(reader: Reader, query: str, sort: Sort) -> None:
    found = reader.found(query, sort=sort)

    assert 0 <= found.total == len({hit.document for hit in found.hits}) <= 4


def test_a_query_that_takes_too_long_is_given_up(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_SECONDS", -1.0)

    with pytest.raises(search.TooLongError):
        reader.found("kata yang belum pernah dicari")


def test_the_index_holds_no_copy_of_the_texts(reader: Reader) -> None:
    database = sqlite3.connect(reader.desk.path)
    try:
        stored = database.execute("SELECT title, body FROM texts").fetchall()
    finally:
        database.close()

    assert set(stored) == {(None, None)}


def test_nothing_can_be_found_where_there_is_no_index(tmp_path: Path) -> None:
    stand = Newsstand.open(tmp_path / "warta")

    with pytest.raises(search.NoIndexError):
        search.SearchDesk(stand.collection).find(search.Asked())
