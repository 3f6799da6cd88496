"""The word diff: readable for edits as newsrooms make them, exact, and bounded whatever the bodies are."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.word_diff import Change, Kind, compare, diff_texts, diff_words

MARKS = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}


def marked(change: Change) -> str:
    return " ".join(MARKS[piece.kind].format(piece.text) for piece in change.pieces)


def shown(before: Sequence[str], after: Sequence[str]) -> list[tuple[int | None, int | None, str]]:
    return [(change.before, change.after, marked(change)) for change in diff_texts(before, after)]


def test_words_that_were_replaced_stand_where_they_were() -> None:
    before = "Hakim Datangi Kebun Simpang, Ukur 84 Petak"
    after = "Hakim Tinjau Kebun Simpang, Ukur Ulang 85 Petak"
    assert shown([before], [after]) == [
        (1, 1, "Hakim [-Datangi-] {+Tinjau+} Kebun Simpang, Ukur [-84-] {+Ulang 85+} Petak")
    ]


def test_paragraphs_keep_their_numbers_and_only_those_that_differ_are_told() -> None:
    before = ["Pembuka berita.", "Warga datang pagi hari.", "Sama saja.", "Akan dihapus seluruhnya."]
    after = ["Pembuka berita.", "Baru sama sekali ini.", "Warga datang siang hari.", "Sama saja."]
    assert shown(before, after) == [
        (None, 2, "{+Baru sama sekali ini.+}"),
        (2, 3, "Warga datang [-pagi-] {+siang+} hari."),
        (4, None, "[-Akan dihapus seluruhnya.-]"),
    ]


def test_white_space_is_no_difference() -> None:
    assert shown(["Warga  datang\n pagi"], ["Warga datang pagi "]) == []


WORDS = st.lists(st.sampled_from("abcde"), max_size=12).map(" ".join)
TEXTS = st.lists(WORDS.filter(bool), max_size=9)


@given(WORDS, WORDS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = diff_words(before, after)
    for text, left_out in ((before, Kind.ADDED), (after, Kind.REMOVED)):
        assert " ".join(piece.text for piece in pieces if piece.kind is not left_out) == text


@given(TEXTS, TEXTS)
def test_the_changes_turn_one_body_into_the_other(before: list[str], after: list[str]) -> None:
    made: dict[int, str] = {}
    untouched = dict(enumerate(before, 1))
    for change in diff_texts(before, after):
        if change.before is not None:
            old = " ".join(piece.text for piece in change.pieces if piece.kind is not Kind.ADDED)
            assert untouched.pop(change.before) == old
        if change.after is not None:
            made[change.after] = " ".join(p.text for p in change.pieces if p.kind is not Kind.REMOVED)
    rest = iter(untouched.values())
    assert [made.get(place) or next(rest) for place in range(1, len(after) + 1)] == after
    assert next(rest, None) is None


def test_every_printed_field_is_compared_and_named_as_newsrooms_do() -> None:
    before = {
        "headline": "Judul lama",
        "creditText": "Penulis: Nur Aini",
        "author": [{"name": "Nur Aini", "url": "https://x.example/1"}],
        "contributor": [{"name": "Budi", "roleName": "reporter"}],
        "image": [{"contentUrl": "https://x.example/a.jpg", "caption": "Warga.", "creditText": "DOK"}],
        "articleBody": "Satu.\n\nDua kata.",
    }
    after = {
        "headline": "Judul baru",
        "creditText": "Penulis: Nur Aini",
        "author": [{"name": "Nur Aini", "url": "https://x.example/2"}],
        "contributor": [{"name": "Budi", "roleName": "kontributor"}],
        "image": [{"contentUrl": "https://x.example/b.jpg", "caption": "Warga.", "creditText": "ISTIMEWA"}],
        "articleBody": "Satu.\n\nDua kata lagi.",
        "dateModified": "2026-11-22T01:02:03Z",
    }
    fields = {field.label: [marked(change) for change in field.changes] for field in compare(before, after)}
    assert fields == {
        "title": ["Judul [-lama-] {+baru+}"],
        "contributors": ["Budi [-(reporter)-] {+(kontributor)+}"],
        "credit": ["[-DOK-] {+ISTIMEWA+}"],
        "body": ["Dua [-kata.-] {+kata lagi.+}"],
    }
    assert compare(after, after) == ()


@pytest.mark.parametrize("record", [{}, {"image": "x", "author": [1], "articleBody": 7, "abstract": None}])
def test_records_that_are_none_of_ours_do_no_harm(record: dict[str, object]) -> None:
    assert compare(record, {}) == ()


Bodies: TypeAlias = tuple[list[str], list[str]]
DICE = random.Random(5)
KATA = [f"kata {n} x" for n in range(150_000)]
HOSTILE: dict[str, Callable[[], Bodies]] = {
    "one paragraph": lambda: ([_noise(1_000_000, 2)], [_noise(1_000_000, 2)]),
    "few words": lambda: ([_noise(99, 2) for _ in range(10_000)], [_noise(99, 2) for _ in range(10_000)]),
    "all alike": lambda: (["a"] * 600_000, ["a"] * 599_999 + ["b"]),
    "alternating": lambda: (["a", "b"] * 300_000, ["b", "a"] * 300_000),
    "another order": lambda: (KATA, DICE.sample(KATA, len(KATA))),
}


def _noise(words: int, kinds: int) -> str:
    return " ".join(DICE.choices("abcdefghijklmnop"[:kinds], k=words))


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_of_2_mb_cost_seconds(name: str) -> None:
    before, after = HOSTILE[name]()
    begun = time.process_time()
    assert sum(1 for _ in diff_texts(before, after))
    assert time.process_time() - begun < 30  # a second each, where nobody else is; hours without limits
