"""Both languages say everything."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import reading_room
from crawler.tally import Tally
from reading_room.phrases import LANGUAGES, PHRASES, WORDINGS

ROOM = Path(reading_room.__file__).parent
_SLOT = re.compile(r"\{(\w+)\}")


def test_every_phrase_has_the_same_slots_in_both_languages() -> None:
    slots = {name: {frozenset(_SLOT.findall(text)) for text in said} for name, said in PHRASES.items()}

    assert [name for name, said in PHRASES.items() if len([text for text in said if text.strip()]) != 2] == []
    assert [name for name, found in slots.items() if len(found) != 1] == []
    assert len(LANGUAGES) == 2


def test_every_phrase_that_a_template_names_is_in_the_table() -> None:
    named = {
        name
        for path in (ROOM / "templates").glob("*.html")
        for name in re.findall(r"""\bt(?:\.count)?\(["']([a-z.]*[a-z])["']""", path.read_text("utf-8"))
    }

    assert named
    said = {*PHRASES, *(f"{name.rpartition('.')[0]}." for name in PHRASES)}  # "usage." ~ what a record says
    assert sorted(named - said) == []


def test_numbers_and_times_are_written_as_each_language_writes_them() -> None:
    moment = datetime(2026, 11, 22, 8, 5, tzinfo=timezone(timedelta(hours=7)))

    assert WORDINGS["id"].moment(moment) == "Minggu, 22 November 2026, 08.05 WIB"
    assert WORDINGS["en"].moment(moment) == "Sunday 22 November 2026, 08:05 WIB"
    assert (WORDINGS["id"].number(12345), WORDINGS["en"].number(12345)) == ("12.345", "12,345")


def test_every_figure_of_a_run_has_its_words() -> None:
    assert [name for name in Tally.__slots__ if f"runs.figure.{name}" not in PHRASES] == []
