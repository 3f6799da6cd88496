"""Other people's tools, in the environment beside ours that `bin/tools` makes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archives.collection import Collection

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
CHROMIUM = TOOLS / "chromium"
REPLAYWEBPAGE = TOOLS / "replaywebpage"
SECONDS = 120


def are_there() -> bool:
    return (TOOLS / ".installed").is_file() and CHROMIUM.exists()


def environment() -> dict[str, str]:
    """Nothing of ours on the path, nobody's proxy, and no half-buffered output."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop("PYTHONPATH", None)
    return kept | {"PYTHONUNBUFFERED": "1"}


def run(tool: str, *words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end; the caller looks at its exit code."""
    return subprocess.run(
        [str(TOOLS / "venv" / "bin" / tool), *map(str, words)],
        capture_output=True, text=True, check=False, timeout=SECONDS, cwd=cwd, env=environment(),
    )  # fmt: skip


@contextmanager
def running(script: Path, *words: object, cwd: Path) -> Iterator[str]:
    """A script of ours under the tools' Python, ended with the context; gives its first line of output."""
    process = subprocess.Popen(
        [str(TOOLS / "venv" / "bin" / "python"), str(script), *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=cwd, env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(SECONDS)
        process.stdout.close()


@contextmanager
def pywb(collection: Collection, folder: Path) -> Iterator[str]:
    """Serve the collection's own files with pywb, set up as in docs/replay.md; gives `http://…/nusa`."""
    folder.joinpath("config.yaml").write_text(
        f"""\
collections:
  nusa:
    index_paths: {collection.index}
    archive_paths: {collection.archive}/
"""
    )
    with running(Path(__file__).with_name("serve_pywb.py"), cwd=folder) as address:
        yield f"{address}/nusa"
