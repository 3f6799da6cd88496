"""What `kliping status` says of doubts, article by article and counted by their kind."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.doubts import count_doubts, doubts_of, kind_of


def test_the_doubts_of_a_sidecar_are_its_warnings(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"extraction": {"warnings": ["no headline", "no date of publication"]}}))
    assert doubts_of(path) == ["no headline", "no date of publication"]


def test_a_sidecar_that_cannot_be_read_is_a_doubt(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{")
    (doubt,) = doubts_of(path)
    assert "cannot be read" in doubt


def test_doubts_are_counted_by_kind_whatever_their_figures_pages_and_names(tmp_path: Path) -> None:
    said = {
        "a": ["the body has 40 words; the page's own plain text has 1,900", "no headline"],
        "b": ["the body has 7 words; the page's own plain text has 80", "page 2: no headline", "no headline"],
        "c": ["only JSON-LD names an author: Rahmat Hidayat"],
    }
    for name, warnings in said.items():
        (tmp_path / name).write_text(json.dumps({"extraction": {"warnings": warnings}}))
    (tmp_path / "d").write_text("{")
    assert count_doubts(tmp_path / name for name in "abcd") == {
        "the body has … words; the page's own plain text has …": 2,
        "no headline": 2,
        "only JSON-LD names an author": 1,
        "the sidecar cannot be read": 1,
    }


def test_a_share_is_a_figure_of_a_doubt_and_its_full_stop_is_none() -> None:
    assert kind_of("the body holds 61.5% of the words.") == "the body holds … of the words."
    assert kind_of("page 2 repeats 3.") == "page … repeats …."
