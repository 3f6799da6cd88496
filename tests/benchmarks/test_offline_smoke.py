"""The benchmarks of what crawls nothing run, small; what they measure is nobody's verdict here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import reextract, verify

pytestmark = pytest.mark.slow


def test_verify_is_measured(tmp_path: Path) -> None:
    found = verify.figures(30, tmp_path)

    assert found["pages"] == 30
    assert 1 < found["megabytes"] < 3
    assert found["cpu_seconds"] > 0
    assert found["peak_mb"] > 0


def test_reextract_is_measured(tmp_path: Path) -> None:
    found = reextract.figures(30, tmp_path)

    assert found["pages"] == 30
    assert 0 < found["peak_main_mb"] <= found["peak_mb"]
