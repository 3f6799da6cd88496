from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.masking import mask

MEGABYTE = 1_000_000

PHONES = """
0812-3456-7890
081234567890
0812 3456 7890
0812.3456.7890
0812 - 3456 - 7890
081-234-567-890
0852-123-4567
+62 812-3456-7890
+6281234567890
+62-812-3456-7890
(+62) 812 3456 7890
+62 (0)812 3456 7890
62812-3456-7890
6281234567890
0062 812 3456 7890
(0651) 123456
0651-123456
0651 123456
021-12345678
(021) 1234 5678
+62 651 123456
+62-21-1234567
+60 12-345 6789
""".strip().split("\n")

NIKS = """
1171015203450001
1171 0152 0345 0001
11.71.01.520345.0001
117101-120345-0001
1171011203450001
3201 0112 0345 0001
""".strip().split("\n")

MAILS = """
nama.orang@contoh.co.id
redaksi+kota@contoh.com
nama [at] contoh.com
nama[at]contoh[dot]com
nama (at) contoh.co.id
NAMA@CONTOH.COM
""".strip().split("\n")

LEFT_ALONE = """
tanggal 08-12-2022 dan 12/08/2022
pukul 08.30-10.00 WIB, 0830-1030
seharga Rp 1.250.000, Rp 62.812.345.678 atau Rp08123456789
anggaran Rp 1.171.011.203.450.001
skor 2-1, lalu 21-19 21-17
koordinat 5.548290, 95.323753 dan -6.200000 106.816666
kadar 0.8123456789 dan 0,8123456789
UU No 11 Tahun 2008 tentang ITE, Pasal 27 ayat (3)
rekening BRI 0812-01-012345-50-1
No Rekening 0812345678 atas nama yayasan
surat nomor 470/0812/2022
NIP 198503152010011001
NPWP 08.123.456.7-891.000
periode 2019-2024 dan tahun 1945
call center 1500-123, 110, 14045, 0800-1-123456
kode 1234567890123456
penduduk 62.812.345 jiwa
11 20 15 12 10 08 20 22
@akun.contoh dan Instagram @namaakun
ISBN 978-602-1234-56-7
berkas 0812345678ab
+15.000.000 orang, UTC+07, naik +10 persen
081 orang, 0812 orang
kartu 4111 1111 1111 1111
nomor putusan 0812345678/PID/2022
6 x 4 = 24, 1.000 + 2.000 = 3.000
NIK 1171013203450001 berhari 32
NIK 9971011203450001 dari provinsi yang tidak ada
titik 11.71 dan 12.03.45.00
""".strip().split("\n")


@pytest.mark.parametrize("number", PHONES)
def test_a_phone_number_is_masked_whole(number: str) -> None:
    for text in (f"Hubungi {number}.", f"WA: {number}, ditunggu", f"({number})", number):
        found = mask(text)
        assert found.counts == {"phone": 1, "nik": 0, "mail": 0}
        assert not any(character.isdigit() for character in found.text)


@pytest.mark.parametrize("number", NIKS)
def test_a_national_id_number_is_masked_whole(number: str) -> None:
    found = mask(f"NIK {number} milik warga")
    assert found.text == "NIK [NIK] milik warga"
    assert found.counts["nik"] == 1


@pytest.mark.parametrize("address", MAILS)
def test_a_mail_address_is_masked_whole(address: str) -> None:
    assert mask(f"Kirim ke {address}.").text == "Kirim ke [SUREL]."


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_numbers_and_names_are_left_alone(text: str) -> None:
    found = mask(text)
    assert found.text == text
    assert not any(found.counts.values())


def test_a_landline_number_without_a_gap_is_masked_where_the_words_before_it_say_so() -> None:
    assert mask("Telp 0651123456").text == "Telp [TELEPON]"
    assert mask("kode 0651123456").text == "kode 0651123456"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("0812-3456-7890/0813-1111-2222", "[TELEPON]/[TELEPON]"),
        ("0812-3456-7890 atau 0813-1111-2222", "[TELEPON] atau [TELEPON]"),
        ("08123456789 24 jam", "[TELEPON] 24 jam"),
        ("pada 2022 0812-3456-7890", "pada 2022 [TELEPON]"),
        ("wa.me/6281234567890", "wa.me/[TELEPON]"),
        ("https://api.whatsapp.com/send?phone=6281234567890&text=a", None),
        ("WA0812345678", "WA[TELEPON]"),
        ("a@contoh.com,b@contoh.com", "[SUREL],[SUREL]"),
        ("081234567890@contoh.com", "[SUREL]"),
        ("NIK 1171015203450001, HP 0812-3456-7890, a@contoh.id", "NIK [NIK], HP [TELEPON], [SUREL]"),
    ],
)
def test_what_stands_around_stays(text: str, masked: str | None) -> None:
    assert mask(text).text == (masked or "https://api.whatsapp.com/send?phone=[TELEPON]&text=a")


@given(st.text(alphabet="0123456789 .-+()@/,ab[]tRp:\n\u00a0", max_size=80))
def test_every_token_is_counted_and_a_text_without_finds_is_the_same_text(text: str) -> None:
    once = mask(text)
    assert sum(once.counts.values()) == sum(
        once.text.count(token) - text.count(token) for token in ("[TELEPON]", "[NIK]", "[SUREL]")
    )
    if not any(once.counts.values()):
        assert once.text == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "11 ", "0812-", "a", "a@", "@", "(at)", " ", "a@a.", "+62 ", "(1", "[ at ", "a@b-", "a."],
)
def test_the_time_grows_with_the_length_when_a_text_is_hostile(piece: str) -> None:
    """A search that looks back or ahead without bound would not end within the test's time."""
    text = piece * (MEGABYTE // len(piece))
    assert len(mask(text).text) > 0
