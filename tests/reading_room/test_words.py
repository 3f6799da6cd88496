"""Which words of Indonesian are found together, and which must not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_room.words import MOST_LETTERS, roots, words
from tests.reading_room.finding import Reader, reading
from tests.reading_room.newsstand import Newsstand, url_of

FAMILIES = """
mengungsi pengungsi pengungsian diungsikan mengungsikan pengungsinya
menulis penulis tulisan ditulis menuliskan penulisan
menemukan temuan penemuan ditemukan bertemu pertemuan
tewas menewaskan
kirim mengirim pengiriman kiriman dikirim
pemerintah pemerintahan pemerintahnya
kepala kepalanya
sekolah sekolahnya bersekolah persekolahan
tembak tembakan menembak penembakan ditembak menembakkan
gerak gerakan bergerak pergerakan menggerakkan
masuk masukan memasuki dimasukkan
masak memasak masakan dimasak
kebakaran terbakar membakar pembakaran dibakar
sakit penyakit kesakitan menyakiti
nyanyi menyanyi penyanyi dinyanyikan
pendidikan mendidik didik
pelajar belajar pelajaran ajar
menteri kementerian menterinya
polisi kepolisian
terima menerima penerimaan diterima
percaya mempercayai kepercayaan dipercaya
banjir kebanjiran membanjiri
pimpin pemimpin kepemimpinan memimpin
petani pertanian tani
ubah mengubah diubah perubahan
pengaruh memengaruhi mempengaruhi dipengaruhi
keterangan menerangkan terang
perbaikan memperbaiki diperbaiki
"""
STRANGERS = """
kubah mengubah
awan kawan
kepala pala
berita ita
sekolah seko
ular tular
menteri teri
masakan masa
kelapa lapar
pengacara acara
petani penatu
akut takut
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """One article for each of these words: the collection's own words decide what belongs together."""
    stand = Newsstand.open(tmp_path_factory.mktemp("words") / "warta")
    for word in dict.fromkeys((FAMILIES + STRANGERS).split()):
        stand.put(url_of(word), body=word)
    return reading(stand)


@pytest.mark.parametrize("family", FAMILIES.strip().splitlines())
def test_every_word_of_a_family_finds_all_others(library: Reader, family: str) -> None:
    for word in family.split():
        assert {url_of(other) for other in family.split()} <= set(library.urls(word)), word


@pytest.mark.parametrize("pair", STRANGERS.strip().splitlines())
def test_words_that_only_look_alike_do_not_find_each_other(library: Reader, pair: str) -> None:
    one, other = pair.split()

    assert url_of(other) not in library.urls(one)
    assert url_of(one) not in library.urls(other)


def test_what_snowball_alone_would_part_or_join_is_known() -> None:
    assert roots("mengungsi") == roots("pengungsian") == ("ungsi", "kungsi")
    assert roots("menulis") == ("tulis", "nulis")
    assert roots("tembakan") == ("temba", "tembak")
    assert roots("covid19") == ("covid19",)
    assert roots("di") == ("di",)


def test_words_are_small_letters_without_marks_and_apostrophes() -> None:
    printed = "Jum'at (8/10) Al-Qur’an anak-anak GAMPÔNG Cafe\u0301 peng\u00adungsi snake_case"

    assert words(printed) == [
        *["jumat", "8", "10", "al", "quran", "anak", "anak", "gampong", "cafe", "pengungsi", "snake", "case"]
    ]


@given(st.text(max_size=200))
def test_any_text_has_words_that_fts5_takes_for_words(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= MOST_LETTERS
        assert not set(word) & set("\"'*:^(){}+- \t\n\0")
        assert all(root for root in roots(word))
        word.encode("utf-8")
