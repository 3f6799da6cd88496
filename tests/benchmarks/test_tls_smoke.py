"""The benchmark of TLS, small: real connections to two hosts, and every answer comes."""

from __future__ import annotations

import pytest

from tests.benchmarks import tls


@pytest.mark.slow
def test_answers_over_tls_are_measured() -> None:
    found = tls.figures(40)

    assert len(found) == 6
    assert all(value > 0 for value in found.values())
