"""Which capture of a picture stands beside a page, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from archives import rows
from archives.capture import CaptureRef
from reading_room import holdings
from reading_room.holdings import Holdings
from tests.archives.shelf import NOW
from tests.reading_room.holding import PNG, Told, hold

LOGO = "https://pesisir.example/logo.png"


def test_of_many_captures_the_nearest_in_time_is_found_and_not_all_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        Told(pages=[f"<p>{hour}".encode()], parts={LOGO: ("image/png", PNG + bytes([hour]))})
        for hour in range(8)
    ]
    found = Holdings(hold(tmp_path / "warta", *told).collection)
    looked_at: list[object] = []
    seen = rows.capture_of
    monkeypatch.setattr(holdings, "_LOOKED_AT", 2)

    def note(row: Sequence[object]) -> CaptureRef:
        looked_at.append(row)
        return seen(row)

    monkeypatch.setattr(holdings, "capture_of", note)

    for hours, nearest in ((-9, 0), (0, 0), (2.9, 3), (4.2, 4), (99, 7)):
        looked_at.clear()
        ref = found.capture_near(LOGO, NOW + timedelta(hours=hours))
        assert ref is not None
        assert ref.fetched_at == NOW + timedelta(hours=nearest)
        assert len(looked_at) <= 4
    found.close()


def test_pictures_in_a_file_of_another_tool_are_found_beside_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        Told(pages=[f"<p>{hour}".encode()], parts={LOGO: ("image/png", PNG + bytes([hour]))})
        for hour in range(4)
    ]
    collection = hold(tmp_path / "warta", *told).collection
    with sqlite3.connect(collection.catalogue) as database:  # as `reextract` files them
        database.execute("UPDATE captures SET url_id = NULL WHERE url = ?", (LOGO,))
    database.close()
    found = Holdings(collection)

    ref = found.capture_near(LOGO, NOW + timedelta(hours=2))
    assert ref is not None
    assert found.payload_of(ref).body == PNG + bytes([2])
    monkeypatch.setattr(holdings, "_BESIDE", 0)
    assert found.capture_near(LOGO, NOW + timedelta(days=9)) is None
    found.close()
