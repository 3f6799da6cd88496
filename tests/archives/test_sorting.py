"""Sorting index lines beyond the buffer."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archives.sorting import Sorter


@pytest.mark.parametrize("buffer", [0, 25, 10_000])
def test_lines_come_back_in_order_and_once_whatever_the_buffer(tmp_path: Path, buffer: int) -> None:
    lines = [f"{number * 7919 % 100:03} é\n" for number in range(150)]
    sorter, out = Sorter(tmp_path, buffer), io.StringIO()
    for line in lines:
        sorter.write(line)
    sorter.pour(out)

    assert out.getvalue() == "".join(sorted(set(lines)))
    assert bool(list(tmp_path.iterdir())) == (buffer < 10_000)
