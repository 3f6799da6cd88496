"""The reading room as a process, for a browser to look at."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.replay import tools
from tests.support.needed import missing

AXE = tools.TOOLS / "axe-core" / "axe.min.js"


@contextmanager
def browsing(collection: str, *options: str) -> Iterator[str]:
    """`kliping browse` on a port that was free; gives its address, and ends it with Ctrl-C."""
    if not tools.are_there() or not AXE.is_file():
        missing("other people's tools are not installed beside ours; run bin/tools")
    command = [sys.executable, "-m", "crawler.cli", "browse", collection, "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tools.ROOT
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+\S*", process.stdout.readline())
        assert found is not None
        yield found[0].rstrip("/")
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "Traceback" not in err
