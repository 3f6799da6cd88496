"""Told on invented sentences (sentences.tsv): one by one they are hard, three of them are a short article."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.languages import LANGUAGES, UNDETERMINED, detect

SENTENCES = Path(__file__).with_name("sentences.tsv")
OTHERS = Path(__file__).with_name("other_languages.tsv")


@cache
def sentences(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        code, sentence = line.split("\t")
        found[code].append(sentence)
    return dict(found)


def articles(code: str, length: int, count: int = 40, path: Path = SENTENCES) -> list[str]:
    dice = random.Random(f"{code} {length}")
    return [" ".join(dice.choices(sentences(path)[code], k=length)) for _ in range(count)]


def told(texts: list[str]) -> Counter[str]:
    return Counter(detect(text).code for text in texts)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_single_sentence_is_never_called_another_language(code: str) -> None:
    found = told(sentences(SENTENCES)[code])
    assert found.keys() <= {code, UNDETERMINED}
    assert found[code] >= 0.6 * found.total()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_of_three_sentences_is_told(code: str) -> None:
    found = told(articles(code, 3))
    assert found.keys() <= {code, UNDETERMINED}
    assert found[code] >= 0.9 * found.total()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_of_ten_sentences_is_told(code: str) -> None:
    assert told(articles(code, 10)) == {code: 40}


@pytest.mark.parametrize("code", sorted(sentences(OTHERS)))
def test_another_language_is_not_called_one_of_ours(code: str) -> None:
    assert told([*sentences(OTHERS)[code], *articles(code, 4, path=OTHERS)]).keys() == {UNDETERMINED}


def test_an_indonesian_article_with_malay_words_and_names_is_indonesian() -> None:
    text = (
        "Kesultanan Melayu itu menyambut tetamu dari negeri jiran di balai rung seri. Datuk Penghulu berkata "
        "adat istiadat kerajaan dijaga turun-temurun oleh puak Melayu di pesisir, dan majelis itu dihadiri "
        "para tetua. Menurut dia, kapal dari Johor dan Melaka dahulu singgah di bandar ini sebelum berlayar. "
        "Karena itu pemerintah kabupaten akan memugar istana tua itu mulai tahun depan dengan dana daerah."
    )
    assert detect(text).code == "id"
    assert detect("SERAMBI, KUALA - " + text * 6).code == "id"


@pytest.mark.parametrize("code", ["su", "jv", "ace", "min"])
def test_an_indonesian_article_that_quotes_a_regional_language_is_indonesian(code: str) -> None:
    quote = sentences(SENTENCES)[code][3]
    text = " ".join([*sentences(SENTENCES)["id"][:8], f'"{quote}"', *sentences(SENTENCES)["id"][8:14]])
    assert detect(text).code == "id"


def test_what_has_no_sentences_is_undetermined() -> None:
    for text in (
        "",
        "   ",
        "1 2 3 4 5 6",
        "Persiraja 2 PSMS 1 Persib 0 Persija 3",
        "ya",
        "\x00" * 50,
        "\ud800 a b",
    ):
        assert detect(text).code == UNDETERMINED
        assert detect(text).score == 0


def test_capitals_make_no_difference() -> None:
    text = " ".join(sentences(SENTENCES)["id"][:5])
    assert detect(text.upper()).code == "id"


def test_a_long_text_is_judged_by_most_of_it() -> None:
    most, little = articles("id", 60, 1)[0], articles("en", 1, 1)[0]
    assert detect(most + " " + little).code == "id"
    assert detect(little + " " + most).code == "id"
    assert detect(most + " " + articles("en", 90, 1)[0]).code != "id"


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=120))
def test_no_text_makes_it_fail(text: str) -> None:
    found = detect(text)
    assert found.code in {*LANGUAGES, UNDETERMINED}
    assert 0 <= found.score <= 1
