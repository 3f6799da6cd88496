"""What `kliping status --doubtful` says of one article."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.commands.status import doubts_of


def test_the_doubts_of_a_sidecar_are_its_warnings(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"extraction": {"warnings": ["no headline", "no date of publication"]}}))
    assert doubts_of(path) == ["no headline", "no date of publication"]


def test_a_sidecar_that_cannot_be_read_is_a_doubt(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{")
    (doubt,) = doubts_of(path)
    assert "cannot be read" in doubt
