"""`kliping browse` and `kliping demo --browse` as processes."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.archives.shelf import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_opens_the_reading_room_and_a_signal_ends_it(tmp_path: Path, ending: signal.Signals) -> None:
    """A crawl in the same process leaves handlers of signals behind, which must not keep the room open."""
    words = ["demo", "--collection", str(tmp_path / "nusa"), "--browse", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *words], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        found = (
            re.search(r"reading room of nusa: (http://127\.0\.0\.1:\d+/)", line) for line in process.stdout
        )
        address = next(match[1] for match in found if match)
        with urlopen(f"{address}?format=json", timeout=60) as answer:
            assert answer.status == 200
        process.send_signal(ending)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
