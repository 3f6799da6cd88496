"""What is looked for before a pattern is asked finds all that the pattern finds, however it is spelled."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from extractors import skips

# What is one letter to a pattern that ignores case.
TWINS = {"s": "sSſ", "k": "kK\u212a", "i": "iIİı"}
LABELS = (
    *("Baca juga", "Simak pula berita lainnya", "Klik selengkapnya", "Berita terkait", "Info sebelumnya"),
    *(
        "Artikel lainnya",
        "Video menarik lainnya",
        "Selengkapnya klik di sini",
        "Jangan lewatkan",
        "Also read",
    ),
    *("Lihat:", "Tonton:", "Cek:", "Saksikan:", "Dengarkan:", "Read also", "Makan siang", "Baca"),
)
CALLS = (
    *("Ikuti kami di", "Silakan bergabung di saluran WhatsApp", "Simak berita lainnya di", "Kini Anda bisa"),
    *("di WhatsApp Anda", "Gulir ke bawah", "Scroll untuk", "Klik di sini", "Subscribe", "Ads you may like"),
    *("Kapal berlayar", "Like dan bagikan"),
)
MARKS = st.text(st.sampled_from("• >-*(\u0307\u200d"), max_size=14)


def spelled(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    """The texts with each letter in one of its forms."""
    return st.sampled_from(texts).flatmap(
        lambda text: st.tuples(
            *(st.sampled_from(TWINS.get(letter.lower(), letter.lower() + letter.upper())) for letter in text)
        ).map("".join)
    )


@given(MARKS, spelled(LABELS), st.sampled_from(["", ": ", " Harga naik", " » Harga naik"]))
def test_a_label_is_taken_out_wherever_the_pattern_finds_it(before: str, label: str, after: str) -> None:
    text = before + label + after
    assert skips.without_label(text) == skips.RELATED_LABEL.sub("", text, count=1)


@given(MARKS, spelled(CALLS), st.sampled_from(["", " Google News", " WhatsApp Channel kami"]))
def test_a_call_is_one_wherever_the_pattern_finds_it(before: str, call: str, after: str) -> None:
    text = before + call + after
    asked: list[re.Pattern[str]] = [skips._CALLS, skips._NOTICES]
    assert skips.is_call(text) == any(pattern.fullmatch(text) is not None for pattern in asked)
