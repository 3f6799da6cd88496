"""Datelines and their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.datelines import read_dateline, title_case
from tests.extractors.press import Sheet


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
        ("MADURA - ", "MADURA", "Madura"),
        ("IDI - ", "IDI", "Idi"),
        ("PULAU PISANG BESAR - ", "PULAU PISANG BESAR", "Pulau Pisang Besar"),
        ("KUALA-TANJUNG - ", "KUALA-TANJUNG", "Kuala-Tanjung"),
        ("SERAMBINEWS.COM,BANDA ACEH-", "SERAMBINEWS.COM,BANDA ACEH", "Banda Aceh"),
        ("SERAMBINEWS.COM, KAB. ACEH BESAR — ", "SERAMBINEWS.COM, KAB. ACEH BESAR", "Kab. Aceh Besar"),
        ("SERAMBINEWS.COM, SIGLI, - ", "SERAMBINEWS.COM, SIGLI", "Sigli"),
        ("SERAMBINEWS.COM, JA'FAR LAMA - ", "SERAMBINEWS.COM, JA'FAR LAMA", "Ja'far Lama"),
        ("Serambinews.com, Banda Aceh - ", "Serambinews.com, Banda Aceh", "Banda Aceh"),
        ("TRIBUN MEDAN.com, MEDAN - ", "TRIBUN MEDAN.com, MEDAN", "Medan"),
        ("TRIBUN-MEDAN. COM, MEDAN - ", "TRIBUN-MEDAN. COM, MEDAN", "Medan"),
        ("TRIBUNNEWS.COM JAKARTA - ", "TRIBUNNEWS.COM JAKARTA", "Jakarta"),
        ("TRIBUNNEWS.COM - JAKARTA - ", "TRIBUNNEWS.COM - JAKARTA", "Jakarta"),
        ("TRIBUNNEWS.COM/JAKARTA -- ", "TRIBUNNEWS.COM/JAKARTA", "Jakarta"),
        ("TRIBUNNEWS.COM, DKI JAKARTA - ", "TRIBUNNEWS.COM, DKI JAKARTA", "DKI Jakarta"),
        ("TRIBUNNEWS.COM, BEKASI, JAWA BARAT - ", "TRIBUNNEWS.COM, BEKASI, JAWA BARAT", "Bekasi, Jawa Barat"),
        ("SURYA.co.id|SIDOARJO - ", "SURYA.co.id|SIDOARJO", "Sidoarjo"),
        ("POS-KUPANG.COM | SOE -- ", "POS-KUPANG.COM | SOE", "Soe"),
        ("SIGLI (SERAMBINEWS.COM) - ", "SIGLI (SERAMBINEWS.COM)", "Sigli"),
        ("SERAMBINEWS.COM (SIGLI) - ", "SERAMBINEWS.COM (SIGLI)", "Sigli"),
        ("JAKARTA, KOMPAS.TV - ", "JAKARTA, KOMPAS.TV", "Jakarta"),
        ("WARTA KOTA, PALMERAH - ", "WARTA KOTA, PALMERAH", "Palmerah"),
    ],
)
def test_every_form_of_a_dateline(opening: str, text: str, place: str | None) -> None:
    for sentence in ("Hujan turun sejak pagi.", "“Hujan turun,” katanya.", "20 warga pulang.", ""):
        dateline = read_dateline(opening + sentence)
        assert dateline is not None
        assert (dateline.text, dateline.place) == (text, place)


@pytest.mark.parametrize("ending", ["", " -", " -\nHujan turun.", "\nHujan turun.", "\n- Hujan turun."])
def test_a_dateline_alone_on_its_line(ending: str) -> None:
    dateline = read_dateline("SERAMBINEWS.COM, BANDA ACEH" + ending)
    assert dateline is not None
    assert (dateline.text, dateline.place) == ("SERAMBINEWS.COM, BANDA ACEH", "Banda Aceh")


def test_a_host_has_a_brand_of_its_own_spelling() -> None:
    dateline = read_dateline("Kabar Pesisir, SIGLI - Hujan turun.", "Kabar Pesisir")
    assert dateline is not None
    assert (dateline.text, dateline.place) == ("Kabar Pesisir, SIGLI", "Sigli")


@pytest.mark.parametrize(
    "markup",
    [
        "<p><strong>SERAMBINEWS.COM, SIGLI</strong> - Nelayan.</p>",
        "<p><strong>SERAMBINEWS.COM, SIGLI - </strong>Nelayan.</p>",
        "<p><b>SERAMBINEWS.COM</b>, <em>SIGLI</em>&nbsp;&ndash;&nbsp;Nelayan.</p>",
        "<p><a href='/tag/sn'>SERAMBINEWS.COM</a><strong>, SIGLI</strong> - Nelayan.</p>",
        "<p><strong>SERAMBINEWS.COM, SIGLI -</strong></p><p>Nelayan.</p>",
        "<p><strong>SERAMBINEWS.COM, SIGLI</strong></p><p>- Nelayan.</p>",
        "<p>SERAMBINEWS.COM, SIGLI<br>Nelayan turun.</p>",
        "SERAMBINEWS.COM, SIGLI - Nelayan.<br><br>Ombak reda.",
        "<p>SERAMBINEWS.COM, SIGLI - Satu.</p><p>SERAMBINEWS.COM, MEDAN - Dua.</p>",
        "<h2>Banjir di Sigli</h2><p>SERAMBINEWS.COM, SIGLI - Satu.</p>",
        "<p>Laporan Ani Yuli | Medan</p><p>SERAMBINEWS.COM, SIGLI - Satu.</p>",
        "<p>Baca juga: <a href='/2022/07/20/x'>MEDAN - Kapal</a></p><p>SERAMBINEWS.COM, SIGLI - Satu.</p>",
        "<figure><figcaption>MEDAN - Kapal (IST)</figcaption></figure><p>SERAMBINEWS.COM, SIGLI - Satu.</p>",
    ],
)
def test_the_first_dateline_of_a_body_is_the_articles(markup: str) -> None:
    reading = Sheet(body=markup).read()
    assert (reading.dateline, reading.place) == ("SERAMBINEWS.COM, SIGLI", "Sigli")


@pytest.mark.parametrize(
    "paragraph",
    [
        "Hujan turun - lagi.",
        "PSSI - Ketua umum hadir.",
        "KPK menahan dua orang.",
        "UPDATE - Banjir surut.",
        "COVID-19 - Kasus naik.",
        "PERSEBAYA - Pelatih hadir.",
        "PERSIRAJA BANDA ACEH - Pelatih hadir.",
        "AREMA FC - Pelatih hadir.",
        "TIMNAS INDONESIA - Pelatih hadir.",
        "RAMALAN ZODIAK - Hari baik.",
        "KUNCI JAWABAN - Soal pertama.",
        "BAWASLU - Rapat digelar.",
        "PT KAI - Kereta berangkat.",
        "LHOKSEUMAWE - kota itu sepi.",
        "Banda Aceh - Medan ditempuh sehari.",
        "“SIGLI - Hari ini”, katanya.",
        "Dilansir Tribunnews.com, Senin - hujan turun.",
        "SERAMBINEWS.COM memberitakan hujan.",
        "Harga naik - turun.",
        "SIGLI",
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


@given(st.text("ABCa -–,.|()TRIBUN\ncom", max_size=200))
def test_dateline_reader_never_raises_on_capitals_and_dashes(text: str) -> None:
    read_dateline(text)
