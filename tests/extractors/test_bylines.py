"""Bylines: labels, "Laporan …", "Oleh …", and the sentences that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.bylines import Byline, read_labelled, read_opening, read_openings

AYU = "Ayu Lestari"


def contributors(byline: Byline | None) -> list[tuple[str, str | None]] | None:
    return None if byline is None else [(one.name, one.role_name) for one in byline.contributors]


@pytest.mark.parametrize(
    "line",
    [
        "Laporan Wartawan Tribun Jogja, Ayu Lestari",
        "Laporan Wartawan Tribun Jogja Ayu Lestari",
        "Laporan Wartawan TribunJogja.com, Ayu Lestari",
        "Laporan Wartawan TribunJogja.com Ayu Lestari",
        "Laporan Wartawan Tribun Jogja: Ayu Lestari",
        "Laporan Wartawan Tribun Jogja - Ayu Lestari",
        "Laporan Wartawan Tribun Jogja | Ayu Lestari",
        "Laporan Wartawan Tribun Jogja/Ayu Lestari",
        "(Laporan Wartawan Tribun Jogja, Ayu Lestari)",
        "*Laporan Wartawan Tribun Jogja, Ayu Lestari.",
        "Laporan langsung wartawan Tribunnews.com, Ayu Lestari",
        "Laporan Reporter POS-KUPANG.COM,Ayu Lestari",
        "Laporan Reporter Pos Kupang, Ayu Lestari",
        "Laporan Jurnalis Tribun Jogja, Ayu Lestari",
        "Laporan Ayu Lestari | Banda Aceh",
        "Laporan Ayu Lestari I Banda Aceh",
        "Laporan: Ayu Lestari |Banda Aceh",
        "Laporan Wartawan Serambi Indonesia Ayu Lestari | Banda Aceh",
        "Laporan Wartawan Serambi Indonesia, Ayu Lestari | Banda Aceh",
        "Laporan Wartawan Serambi Ayu Lestari | Banda Aceh",
        "Laporan Wartawan Serambi Indonesia, Ayu Lestari dari Mekkah",
        "Laporan Wartawan Kabar Pesisir, Ayu Lestari",
        "Laporan Wartawan TribunJabar.id Kabupaten Bandung, Ayu Lestari",
        "Reporter: Ayu Lestari",
        "Wartawan : Ayu Lestari",
    ],
)
def test_a_report_line_names_its_reporter(line: str) -> None:
    assert contributors(read_opening(line)) == [(AYU, "reporter")]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Laporan Wartawan Tribunnews.com, Ayu Lestari dan Budi Rahman", [AYU, "Budi Rahman"]),
        ("Laporan Ayu Lestari, Budi Rahman | Sigli", [AYU, "Budi Rahman"]),
        ("Laporan Wartawan Tribun Bali, I Made Ardika", ["I Made Ardika"]),
        ("Laporan Wartawan Tribun-Timur.com, Muh. Hasan", ["Muh. Hasan"]),
        ("Laporan Wartawan Tribun Jogja, Dr. Ahmad Zaini, S.H., M.Hum.", ["Dr. Ahmad Zaini, S.H., M.Hum."]),
        ("LAPORAN WARTAWAN TRIBUN JOGJA, AYU LESTARI", ["AYU LESTARI"]),
        ("Laporan Nur'aini Ma'rifah | Banda Aceh", ["Nur'aini Ma'rifah"]),
    ],
)
def test_reporters_are_kept_as_printed(line: str, names: list[str]) -> None:
    assert contributors(read_opening(line)) == [(name, "reporter") for name in names]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Laporan Kontributor TribunJabar.id, Ayu Lestari", "contributor"),
        ("Laporan Koresponden Tribun Jogja, Ayu Lestari", "correspondent"),
        ("Laporan Citizen Reporter, Ayu Lestari", "citizen reporter"),
        ("Kontributor: Ayu Lestari", "contributor"),
        ("Fotografer: Ayu Lestari", "photographer"),
    ],
)
def test_the_role_is_the_printed_one(line: str, role: str) -> None:
    assert contributors(read_opening(line)) == [(AYU, role)]


@pytest.mark.parametrize("line", ["Laporan Tim Tribun Jogja", "Laporan Wartawan Tribun Jogja", "Editor: "])
def test_a_byline_of_nobody_is_a_byline_all_the_same(line: str) -> None:
    byline = read_opening(line)
    assert byline is not None
    assert byline.names_nobody


def test_a_report_line_can_be_broken_before_the_name() -> None:
    bylines, rest = read_openings(["Laporan Wartawan Tribun Jogja,", AYU, "Hujan turun sejak pagi."])
    assert [contributors(byline) for byline in bylines] == [[(AYU, "reporter")]]
    assert rest == ["Hujan turun sejak pagi."]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Oleh: Dr. Ahmad Zaini, S.H., M.Hum.*)", "Dr. Ahmad Zaini, S.H., M.Hum."),
        ("Oleh : Ahmad Zaini *)", "Ahmad Zaini"),
        ("Oleh Ahmad Zaini", "Ahmad Zaini"),
        ("oleh: ahmad zaini", "ahmad zaini"),
        ("Ditulis oleh: Ahmad Zaini", "Ahmad Zaini"),
        ("OLEH HASAN BASRI, mahasiswa S2, melaporkan dari Ankara", "HASAN BASRI"),
        ("OLEH HASAN BASRI, M.Pd., Dosen UIN, melaporkan dari Banda Aceh", "HASAN BASRI, M.Pd."),
        ("OLEH HASAN BASRI, S.H., Ketua Forum Warga, melaporkan dari Sigli.", "HASAN BASRI, S.H."),
        ("Oleh: Ahmad Zaini (Dosen UIN)", "Ahmad Zaini"),
        ("Oleh: Ahmad Zaini - Dosen UIN", "Ahmad Zaini"),
        ("Oleh: Ahmad Zaini *) Dosen UIN", "Ahmad Zaini"),
        ("Oleh: Tgk. H. Ahmad bin Usman, Lc., MA*)", "Tgk. H. Ahmad bin Usman, Lc., MA"),
        ("PENULIS : Ahmad Zaini", "Ahmad Zaini"),
    ],
)
def test_an_opinion_names_its_writer(line: str, name: str) -> None:
    byline = read_opening(line)
    assert byline is not None
    assert byline.authors == (name,)


def test_the_writers_position_below_the_name_is_byline_and_a_sentence_is_not() -> None:
    bylines, rest = read_openings(["Oleh: Ahmad Zaini", "Dosen Fakultas Hukum", "Dosen itu datang pagi."])
    assert [byline.authors for byline in bylines] == [("Ahmad Zaini",), ()]
    assert rest == ["Dosen itu datang pagi."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Laporan itu tidak mengatakan apakah gubernur datang",
        "Oleh karena itu, warga diminta bersabar",
        "Oleh sebab itu warga diminta bersabar",
        "Oleh Budi, rumah dijual.",
        "Oleh warga, rumah dijaga",
        "Penulis Budi Santoso adalah dosen di kota itu",
        "Penulis Budi Santoso menulis tiga buku",
        "Editor Ani Yuli hadir",
        "Laporan keuangan desa diserahkan Senin",
        "Laporan wartawan di lapangan, warga mulai mengungsi",
        "Laporan BMKG, gempa terjadi di Sigli",
        "Laporan Antara menyebut warga pulang",
        "Laporan Tim SAR, Budi Ditemukan",
        "Laporan AFP, Selasa (1/2/2022)",
        "Wartawan: Apakah benar harga naik?",
        "Sumber: BPS",
    ],
)
def test_a_sentence_is_no_byline(sentence: str) -> None:
    assert read_opening(sentence) is None


@pytest.mark.parametrize(
    ("line", "authors", "editors"),
    [
        ("Penulis: Rica Ayu | Editor: Tia Sari", ("Rica Ayu",), ("Tia Sari",)),
        ("Penulis:Rica Ayu|Editor:Tia Sari", ("Rica Ayu",), ("Tia Sari",)),
        ("PENULIS : Rica Ayu EDITOR : Tia Sari", ("Rica Ayu",), ("Tia Sari",)),
        ("Penulis:\nRica Ayu\nEditor:\nTia Sari", ("Rica Ayu",), ("Tia Sari",)),
        ("Penulis: | Editor: Tia Sari", (), ("Tia Sari",)),
        ("Penulis: Tia Sari | Editor: Tia Sari", ("Tia Sari",), ("Tia Sari",)),
        ("Penulis: M. Rizal Editor: H. Ali", ("M. Rizal",), ("H. Ali",)),
        ("Content Writer: Rica Ayu | Editor: Tia Sari", ("Rica Ayu",), ("Tia Sari",)),
        ("Penulis: Content Writer | Editor: Tia Sari", (), ("Tia Sari",)),
    ],
)
def test_writer_and_editor_on_one_line(line: str, authors: tuple[str, ...], editors: tuple[str, ...]) -> None:
    byline = read_labelled(line)
    assert (byline.authors, byline.editors) == (authors, editors)


def test_a_lone_bar_names_nobody() -> None:
    assert read_labelled("|").names_nobody


def test_a_labelled_line_names_its_outlet_and_its_reporter() -> None:
    byline = read_labelled("Reporter: Ayu Lestari | Editor: Tia Sari | Sumber: TribunSolo.com")
    assert (contributors(byline), byline.authors) == ([(AYU, "reporter")], ())
    assert byline.source == "TribunSolo.com"


@given(st.text(max_size=400))
def test_byline_readers_never_raise(text: str) -> None:
    read_labelled(text)
    read_opening(text)
    read_openings(text.split("\n"))


@given(st.text("LaporanPenulisOleh:WartawanTribun |,*)\n"), st.text("ABCab .,|"))
def test_byline_readers_never_raise_on_words_that_look_like_bylines(opening: str, rest: str) -> None:
    read_opening(opening + rest)
    read_labelled(opening + rest)
