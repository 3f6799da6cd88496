"""Who wrote, edited and reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.bylines import read_labelled, read_opening, split_names


@pytest.mark.parametrize(
    "name",
    [
        "Nella Via Kharisma",
        "Nur'aini Ma'rifah",
        "Dr. Ahmad Zaini, S.H., M.Hum.",
        "Dr. Safrizal ZA",
        "budi santoso",
        "Ayu, SH",
    ],
)
def test_a_name_is_kept_as_printed(name: str) -> None:
    assert split_names(name) == (name,)


@pytest.mark.parametrize(
    "text",
    ["Ani Yuli dan Budi Rahman", "Ani Yuli, Budi Rahman", "Ani Yuli & Budi Rahman", "Ani Yuli; Budi Rahman"],
)
def test_two_people_are_two(text: str) -> None:
    assert split_names(text) == ("Ani Yuli", "Budi Rahman")


@pytest.mark.parametrize(
    "text", ["Tim Tribun Manado", "Content Writer", "Redaksi", "TribunSolo.com", "|", "", "***"]
)
def test_teams_and_outlets_are_no_persons(text: str) -> None:
    assert split_names(text) == ()


def test_writer_and_editor_on_one_line() -> None:
    line = read_labelled("Penulis: Rica Ayu | Editor: Tia Sari")
    assert (line.authors, line.editors) == (("Rica Ayu",), ("Tia Sari",))


def test_a_lone_bar_names_nobody() -> None:
    line = read_labelled("|")
    assert (line.authors, line.editors, line.contributors, line.source) == ((), (), (), None)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Laporan Wartawan Tribun Jogja, Ayu Lestari", "Ayu Lestari"),
        ("Laporan Reporter POS-KUPANG.COM, Yeni Rahma", "Yeni Rahma"),
        ("Laporan Yarman Dinata | Banda Aceh", "Yarman Dinata"),
        ("Laporan Wartawan Serambi Indonesia Nur'aini Ma'rifah | Banda Aceh", "Nur'aini Ma'rifah"),
        ("Laporan Wartawan Kabar Pesisir, Ayu Lestari", "Ayu Lestari"),
    ],
)
def test_a_report_line_names_its_reporter(line: str, name: str) -> None:
    byline = read_opening(line)
    assert byline is not None
    assert [(one.name, one.role_name) for one in byline.contributors] == [(name, "reporter")]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Oleh: Dr. Ahmad Zaini, S.H., M.Hum.*)", "Dr. Ahmad Zaini, S.H., M.Hum."),
        ("OLEH HASAN BASRI, mahasiswa S2, melaporkan dari Ankara", "HASAN BASRI"),
    ],
)
def test_an_opinion_names_its_writer(line: str, name: str) -> None:
    byline = read_opening(line)
    assert byline is not None
    assert byline.authors == (name,)


@pytest.mark.parametrize(
    "sentence",
    [
        "Laporan itu tidak mengatakan apakah gubernur datang",
        "Oleh karena itu, warga diminta bersabar",
        "Penulis Budi Santoso adalah dosen di kota itu",
        "Laporan keuangan desa diserahkan Senin",
    ],
)
def test_a_sentence_is_no_byline(sentence: str) -> None:
    assert read_opening(sentence) is None


@given(st.text(max_size=400))
def test_byline_readers_never_raise(text: str) -> None:
    split_names(text)
    read_labelled(text)
    read_opening(text)


@given(st.text("LaporanPenulisOleh:WartawanTribun |,*)\n"), st.text("ABCab .,|"))
def test_byline_readers_never_raise_on_words_that_look_like_bylines(opening: str, rest: str) -> None:
    read_opening(opening + rest)
    read_labelled(opening + rest)
