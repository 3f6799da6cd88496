"""Datelines and their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.datelines import read_dateline, title_case


@pytest.mark.parametrize(
    ("opening", "text", "place"),
    [
        ("SERAMBINEWS.COM, PYONGYANG - ", "SERAMBINEWS.COM, PYONGYANG", "Pyongyang"),
        ("SERAMBINEWS.COM, BANDA ACEH – ", "SERAMBINEWS.COM, BANDA ACEH", "Banda Aceh"),
        ("TRIBUNNEWS.COM - ", "TRIBUNNEWS.COM", None),
        ("TRIBUNJOGJA.COM -- ", "TRIBUNJOGJA.COM", None),
        ("TRIBUNJATENG.COM- ", "TRIBUNJATENG.COM", None),
        ("TRIBUN-MEDAN.com, MEDAN – ", "TRIBUN-MEDAN.com, MEDAN", "Medan"),
        ("SURYA.co.id | SURABAYA - ", "SURYA.co.id | SURABAYA", "Surabaya"),
        ("BATAM, TRIBUNBATAM.id - ", "BATAM, TRIBUNBATAM.id", "Batam"),
        ("MAKASSAR, TRIBUN - ", "MAKASSAR, TRIBUN", "Makassar"),
        ("LHOKSEUMAWE - ", "LHOKSEUMAWE", "Lhokseumawe"),
        ("PALU - ", "PALU", "Palu"),
    ],
)
def test_every_form_of_a_dateline(opening: str, text: str, place: str | None) -> None:
    dateline = read_dateline(opening + "Hujan turun sejak pagi.")
    assert dateline is not None
    assert (dateline.text, dateline.place) == (text, place)


def test_a_dateline_alone_on_its_line() -> None:
    dateline = read_dateline("SERAMBINEWS.COM, BANDA ACEH -")
    assert dateline is not None
    assert (dateline.text, dateline.place) == ("SERAMBINEWS.COM, BANDA ACEH", "Banda Aceh")


@pytest.mark.parametrize(
    "paragraph",
    [
        "Hujan turun - lagi.",
        "PSSI - Ketua umum hadir.",
        "KPK menahan dua orang.",
        "UPDATE - Banjir surut.",
        "",
    ],
)
def test_a_sentence_is_no_dateline(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


def test_mixed_case_places_stay_as_printed() -> None:
    assert (title_case("BANDA ACEH"), title_case("Banda Aceh")) == ("Banda Aceh", "Banda Aceh")


@given(st.text(max_size=200))
def test_dateline_reader_never_raises(text: str) -> None:
    read_dateline(text)
