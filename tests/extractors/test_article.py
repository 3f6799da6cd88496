"""The article as plain data, and the fingerprints."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from hashlib import blake2b
from multiprocessing.reduction import ForkingPickler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.article import PageReading, Part, content_digest, simhash
from extractors.signals import Signal, Source
from extractors.stitch import join
from tests.extractors.press import HOST, URL, Sheet


def test_a_field_that_the_page_does_not_give_is_absent() -> None:
    plain = join({1: Sheet(byline="").read()}).as_plain()
    assert plain["url"] == URL
    for name in ("author", "editor", "alternativeHeadline", "image", "identifier", "archive", "version"):
        assert name not in plain


def test_plain_data_is_json_and_the_same_for_the_same_page() -> None:
    plain, again = (join({1: Sheet(tags=("x",)).read()}).as_plain() for _ in range(2))
    assert json.dumps(plain) == json.dumps(again)
    assert plain["wordCount"] == len(str(plain["articleBody"]).split())
    extraction = plain["extraction"]
    assert isinstance(extraction, dict)
    assert (extraction["portal"], extraction["rule"], extraction["fallback"]) == (
        "serambi",
        "tribun-2021",
        False,
    )
    assert extraction["fieldSources"]["editor"] == "rule"


def test_the_digest_changes_with_the_text_and_not_with_advertisements_or_links() -> None:
    sheet = Sheet()
    related = f'{sheet.body}<p class="baca">Baca: <a href="{HOST}/2022/07/19/x">Lain</a></p><div class="ads-placeholder">Iklan</div>'
    digest = content_digest(sheet.read())
    assert content_digest(replace(sheet, body=related).read()) == digest
    assert content_digest(replace(sheet, body=f"{sheet.body}<p>Tambahan.</p>").read()) != digest
    assert content_digest(replace(sheet, standfirst="Baru").read()) != digest


@given(st.text(max_size=300))
def test_a_fingerprint_is_64_bits_of_any_text(text: str) -> None:
    assert len(simhash(text)) == 16
    assert simhash(text) == simhash(text)


def test_a_fingerprint_has_the_bits_that_most_shingles_have() -> None:
    words = [f"kata{n % 90}" for n in range(400)]
    shingles = {" ".join(words[place : place + 3]) for place in range(398)}
    digests = [int.from_bytes(blake2b(each.encode(), digest_size=8).digest(), "little") for each in shingles]
    counts = [sum(digest >> bit & 1 for digest in digests) for bit in range(64)]
    most = sum(1 << bit for bit, count in enumerate(counts) if count > len(digests) / 2)
    assert simhash(" ".join(words)) == f"{most:016x}"


def test_texts_that_differ_in_a_word_have_close_fingerprints() -> None:
    words = [f"kata{n}" for n in range(200)]
    near = int(simhash(" ".join(words)), 16) ^ int(simhash(" ".join([*words[:-1], "lain"])), 16)
    far = int(simhash(" ".join(words)), 16) ^ int(simhash(" ".join(f"beda{n}" for n in range(200))), 16)
    assert near.bit_count() < 10 < far.bit_count()


def test_a_reading_comes_back_from_another_process_as_it_was() -> None:
    reading = Sheet(byline='<div id="penulis">Rica Ayu</div>', count=2, tags=("cuaca",)).read()
    reading = replace(reading, signals=(Signal(source=Source.PAGE, name="robots", value="noai"),))
    back = ForkingPickler.loads(ForkingPickler.dumps(reading))

    assert back == reading
    assert {type(back), *map(type, back.parts), *map(type, back.signals)} == {PageReading, Part, Signal}
    with pytest.raises(FrozenInstanceError):
        back.headline = "another"
    assert hash(back.address) == hash(reading.address)
