"""Who is a person, and how many stand in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.names import persons, split_names

PRINTED = """
Nella Via Kharisma | Nur'aini Ma'rifah | Nur’aini | Dr. Ahmad Zaini, S.H., M.Hum. | Dr. Safrizal ZA
budi santoso | Ayu, SH | M. Rizal | M Rizal Fahmi | Rizal | FERIZAL HASAN | Tgk. Hasan Basri
Teuku Umar Dani | Cut Meutia | Ahmad bin Ali | Siti binti Umar
Prof. Dr. Ir. H. Husni Jalil, M.S., Ph.D. | Surya | Timur Rahman | Hj. Siti Aminah, S.Pd., M.Pd.
dr. Rina Sari, Sp.A | Ir. H. Bambang, MM | Bambang Sutejo, SE, MM | Umar, Lc., MA
Hasan Basri, SE, Ak, CA | Rahmat, S.I.Kom | Apridiwan, S.Tr.Keb | Ns. Sari, S.Kep | A.A. Gde
Muh. Ali, Amd | Ahmad SH MH | Ahmad, S. Pd., M. Hum. | Sari, M.Psi., Psikolog | Hasan Basri, Jr.
al-Farabi | Hasan Basri III | I Made Ardika | Adminah | Redaksianto | Editha Sari | Deski Sari
Yusuf K.H. | Ahmad, SPd, MPd
"""


@pytest.mark.parametrize(
    "name", [name.strip() for name in PRINTED.replace("\n", "|").split("|") if name.strip()]
)
def test_a_name_is_kept_as_printed(name: str) -> None:
    assert split_names(name) == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "Ani Yuli dan Budi Rahman",
        "Ani Yuli DAN Budi Rahman",
        "Ani Yuli, Budi Rahman",
        "Ani Yuli,Budi Rahman",
        "Ani Yuli, dan Budi Rahman.",
        "Ani Yuli & Budi Rahman",
        "Ani Yuli/Budi Rahman",
        "Ani Yuli|Budi Rahman",
        "Ani Yuli; Budi Rahman",
        "Ani Yuli + Budi Rahman",
        "Ani Yuli - Budi Rahman",
        "Ani Yuli\nBudi Rahman",
        "Ani Yuli serta Budi Rahman",
        "1. Ani Yuli 2. Budi Rahman",
        "Ani Yuli, Tim Tribun Manado, Budi Rahman",
        "Ani Yuli (Wartawan), Budi Rahman (TribunSolo.com)",
    ],
)
def test_two_people_are_two(text: str) -> None:
    assert split_names(text) == ("Ani Yuli", "Budi Rahman")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ani Yuli, S.Pd, Budi Rahman, SE, MM", ("Ani Yuli, S.Pd", "Budi Rahman, SE, MM")),
        ("Dedi, M. Ali", ("Dedi", "M. Ali")),
        ("Dedi, Dr. Ali", ("Dedi", "Dr. Ali")),
        ("ANI YULI, ADI", ("ANI YULI", "ADI")),
        ("Ani Yuli, Sri", ("Ani Yuli", "Sri")),
        ("Ani Yuli, Budi dan Cici Lia", ("Ani Yuli", "Budi", "Cici Lia")),
    ],
)
def test_a_comma_before_a_degree_separates_nobody(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Ani Yuli*)",
        "Ani Yuli (*)",
        "Ani Yuli [*]",
        "(Ani Yuli)",
        '"Ani Yuli"',
        "Ani Yuli.",
        "- Ani Yuli",
        "Ani Yuli (Reporter)",
        "Ani Yuli (m)",
        "Ani Yuli | Tribun Jogja",
        "Ani Yuli, TribunSolo.com",
    ],
)
def test_marks_positions_and_outlets_around_a_name_go(text: str) -> None:
    assert split_names(text) == ("Ani Yuli",)


NOBODY = """
Tim Tribun Manado | Tim Liputan | Redaksi | Content Writer | content editor | Tribun Network
Tribun Jogja | tribun | Serambi Indonesia | SERAMBINEWS.COM | Pos Kupang | Bangka Pos | Banjarmasin Post
Surya Malang | Warta Kota | AFP | Kompas TV | LKBN Antara | Reuters | Admin Tribun | Newsroom | Editor
Wartawan | Video Production | Social Media | Digital Team | Tribun-Papua | https://aceh.tribunnews.com
@tribunjogja | redaksi@tribun.com | 123 | *** | - | N/A | null | Tidak Ada | Advertorial | Siaran Pers
Humas Pemkab Aceh Besar | Biro Jakarta | Peserta Magang | KG Media
"""


@pytest.mark.parametrize("text", [*(text.strip() for text in NOBODY.replace("\n", "|").split("|")), "|"])
def test_teams_outlets_and_fillers_are_no_persons(text: str) -> None:
    assert split_names(text) == ()


def test_a_related_link_where_names_are_expected_names_nobody() -> None:
    assert split_names("Baca juga: Harga Beras, Gula dan Minyak Naik") == ()
    assert split_names("Ani Yuli\nBaca: Harga Beras Naik") == ("Ani Yuli",)
    assert split_names("Baca Purnama") == ("Baca Purnama",)


def test_a_link_belongs_to_the_name_it_prints() -> None:
    links = [("Ani  Yuli", "https://kabar.example/penulis/ani")]
    assert [person.url for person in persons(["Ani Yuli", "Budi"], links)] == [links[0][1], None]


@given(st.text(max_size=400))
def test_any_text_is_split_into_short_names(text: str) -> None:
    for name in split_names(text):
        assert name
        assert len(name) <= 80
