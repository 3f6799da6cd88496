"""Sidecars by their names: files that last, or a second reading's scratch database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archives.errors import WriteError
from crawler.folders import ScratchSidecars, SidecarFolder, Sidecars
from tests.archives import shelf

NAME = "articles/kabarnusa.example/2026/11/22/a.json"


@pytest.fixture(params=["folder", "scratch"])
def sidecars(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sidecars]:
    if request.param == "folder":
        yield SidecarFolder(tmp_path)
        return
    scratch = ScratchSidecars(tmp_path / "sidecars.sqlite")
    yield scratch
    scratch.close()


def test_what_was_written_is_read_until_it_is_removed(sidecars: Sidecars) -> None:
    assert sidecars.read(NAME) is None
    sidecars.write(NAME, b"{}\n")
    sidecars.write(NAME.replace("a.json", "b.json"), b"[]\n")
    sidecars.write(NAME, b'{"a": 1}\n')
    assert sidecars.read(NAME) == b'{"a": 1}\n'

    sidecars.remove(NAME)
    sidecars.remove(NAME)
    assert sidecars.read(NAME) is None
    assert sidecars.read(NAME.replace("a.json", "b.json")) == b"[]\n"


def test_a_sidecar_that_cannot_be_written_is_a_failed_write(tmp_path: Path) -> None:
    (tmp_path / "articles").touch()
    with pytest.raises(WriteError, match="cannot be written"):
        SidecarFolder(tmp_path).write(NAME, b"{}")


def test_a_full_disk_is_a_failed_write_for_the_scratch_database_too(tmp_path: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from archives.errors import WriteError
from crawler.folders import ScratchSidecars
scratch = ScratchSidecars(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    for number in range(1000):
        scratch.write(f"articles/{number}.json", b"x" * 20_000)
except WriteError as error:
    print(error)
"""
    out, err = shelf.run_python(code, tmp_path / "sidecars.sqlite").communicate(timeout=300)
    assert "sidecars.sqlite: cannot be used" in out
    assert "free space" in out
    assert not err
