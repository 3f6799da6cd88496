"""What is looked for before a pattern is asked finds all that the pattern finds, however it is spelled."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest

from extractors import skips

# Letters that are one to a pattern which ignores case.
FORMS = ("SKI", "ſ\u212aı", "ſ\u212aİ")
BEFORE = ("", "• ", ">> ", "\u0307" * 12, "*" * 13, "Kapal ")
LABELS = (
    *("Baca juga", "Simak pula berita lainnya", "Klik selengkapnya", "Berita terkait", "Info sebelumnya"),
    *(
        "Artikel lainnya",
        "Video menarik lainnya",
        "Selengkapnya klik di sini",
        "Jangan lewatkan",
        "Also read",
    ),
    *("Lihat:", "Tonton:", "Cek:", "Saksikan:", "Dengarkan:", "Read also", "Baca"),
)
CALLS = (
    *("Ikuti kami di", "Silakan bergabung di saluran WhatsApp", "Simak berita lainnya di", "Kini Anda bisa"),
    *("di WhatsApp Anda", "Gulir ke bawah", "Scroll untuk", "Klik di sini", "Subscribe", "Ads you may like"),
    *("Kapal berlayar", "Like dan bagikan"),
)


def spelled(text: str, after: Iterable[str]) -> list[str]:
    """Lines with the text in each form."""
    forms = [text, text.upper(), *(text.translate(str.maketrans("ski", form)) for form in FORMS)]
    return ["".join(pieces) for pieces in product(BEFORE, forms, after)]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_taken_out_wherever_the_pattern_finds_it(label: str) -> None:
    lines = spelled(label, ("", ": ", " Harga naik", " » Harga naik"))
    assert any(skips.without_label(line) != line for line in lines)
    for line in lines:
        assert skips.without_label(line) == skips.RELATED_LABEL.sub("", line, count=1)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_one_wherever_the_pattern_finds_it(call: str) -> None:
    patterns = (skips._CALLS, skips._NOTICES)
    for line in spelled(call, ("", " Google News", " WhatsApp Channel kami")):
        assert skips.is_call(line) == any(pattern.fullmatch(line) is not None for pattern in patterns)
