"""One article page by page, all on one, and for AMP: what is kept already, and what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.article import PageReading
from extractors.forms import Relation, is_whole, relation
from tests.extractors.press import URL, Sheet

AMP_URL = URL.replace(".com/", ".com/amp/")


def one(number: int, text: str = "") -> PageReading:
    return Sheet(body=f"<p>Lembar {number} dari kabar nelayan. {text}</p>", number=number, count=3).read()


def all_on_one(*numbers: int, text: str = "") -> PageReading:
    body = "".join(f"<p>Lembar {number} dari kabar nelayan. {text}</p>" for number in numbers)
    return Sheet(body=body).read(url=URL + "?page=all")


APART = {number: one(number) for number in (1, 2, 3)}
SOME = {number: one(number) for number in (1, 3)}


def test_only_an_address_of_all_pages_without_a_pager_has_all_pages() -> None:
    assert is_whole(all_on_one(1, 2, 3))
    assert not is_whole(one(1))
    assert not is_whole(Sheet(count=3).read(url=URL + "?page=all"))


@pytest.mark.parametrize(
    ("kept", "complete", "candidate", "expected"),
    [
        (APART, True, all_on_one(1, 2, 3), Relation.SEEN),
        (APART, True, all_on_one(1, 2, 3, text="Ralat."), Relation.ORDINARY),
        (APART, True, all_on_one(1, 2), Relation.ORDINARY),
        (SOME, False, all_on_one(1, 2, 3), Relation.COMPLETES),
        (SOME, False, all_on_one(1, 2, 3, text="Ralat."), Relation.ORDINARY),
        (SOME, False, all_on_one(1, 2), Relation.ORDINARY),
        ({1: all_on_one(1, 2, 3)}, True, one(1), Relation.SEEN),
        ({1: all_on_one(1, 2, 3)}, True, one(1, "Ralat."), Relation.ORDINARY),
        ({1: all_on_one(1, 2, 3)}, True, all_on_one(1, 2), Relation.ORDINARY),
        ({}, False, all_on_one(1), Relation.ORDINARY),
        (APART, True, one(1, "Ralat."), Relation.ORDINARY),
    ],
)
def test_a_form_is_held_against_the_other_by_its_text(
    kept: dict[int, PageReading], complete: bool, candidate: PageReading, expected: Relation
) -> None:
    assert relation(kept, candidate, 1, complete=complete) is expected


def test_an_amp_page_with_the_same_text_says_nothing_new_however_it_divides_it() -> None:
    kept = {1: Sheet(body="<p>Nelayan menunggu angin reda.</p><p>Harga ikan naik.</p>").read()}
    body = "<p>Nelayan menunggu angin reda. Harga ikan naik.</p>"
    amp = Sheet(body=body, headline="Lain").read(url=AMP_URL)

    assert relation(kept, amp, 1, complete=True) is Relation.SEEN
    assert relation({1: amp}, kept[1], 1, complete=True) is Relation.SEEN
    assert relation(kept, replace(amp, parts=()), 1, complete=True) is Relation.ORDINARY
