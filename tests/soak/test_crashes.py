"""The short forms of `python -m tests.soak`: crashes at sampled operations, and real crawls killed."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from crawler.workers import WorkerPool
from tests.end_to_end.commands import kliping
from tests.soak.crashes import sample, try_all, works
from tests.soak.disk import Disk, Image, Store, Way, watching
from tests.soak.kills import soak

SEED = 20261122
EACH = {"a first crawl": 15, "the start after a crash": 9, "a later crawl": 9, "taking in a foreign file": 6}


def _left_by_crashes(folder: Path, work: str) -> dict[str, dict[Way, dict[str, bytes]]]:
    """For each operation of a few lines of Python: the files that a crash before it leaves."""
    store = Store()
    found: dict[str, dict[Way, dict[str, bytes]]] = {}

    def on_step(what: str, images: dict[Way, Image]) -> None:
        found[what] = {
            way: {name: store.content(mark) for name, mark in image.items()} for way, image in images.items()
        }

    with watching(Disk(folder, store, on_step)):  # type: ignore[arg-type]
        exec(work, {"folder": folder})  # noqa: S102
    return found


def test_the_disk_forgets_what_was_not_synced(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    left = _left_by_crashes(
        folder,
        "import os\n"
        "with (folder / 'a').open('xb') as out:\n"
        "    out.write(b'12345678')\n"
        "    out.flush()\n"
        "    os.fsync(out.fileno())\n"
        "    out.write(b'abcd')\n"
        "    out.flush()\n"
        "    os.fsync(os.open(folder, os.O_RDONLY))\n"
        "os.rename(folder / 'a', folder / 'b')\n"
        "os.unlink(folder / 'b')\n",
    )

    assert list(left) == ["open a", "write a", "fsync a", "fsync disk", "rename to b", "unlink b"]
    assert not any(left["open a"].values())
    assert left["fsync a"] == {
        Way.KILL: {"a": b"12345678"},
        Way.POWER_CUT: {},
        Way.ZEROS: {"a": bytes(8)},
    }
    assert left["write a"][Way.KILL] == {"a": b"12345678ab"}
    assert left["rename to b"] == {
        Way.KILL: {"a": b"12345678abcd"},
        Way.POWER_CUT: {"a": b"12345678"},
        Way.ZEROS: {"a": b"12345678\0\0\0\0"},
    }
    assert left["unlink b"][Way.POWER_CUT] == {"a": b"12345678"}
    assert left["unlink b"][Way.ZEROS] == {"b": b"12345678\0\0\0\0"}


@pytest.mark.slow
def test_a_crash_at_any_operation_loses_and_doubles_nothing(tmp_path: Path) -> None:
    pool, dice = WorkerPool(2, 60), Random(SEED)
    try:
        recordings = works(tmp_path / "works", pool)
        reports = [
            try_all(one, tmp_path / "tried", pool, sample(one, EACH[one.name], dice)) for one in recordings
        ]
    finally:
        pool.close()
    assert [line for report in reports for line in report.trouble] == []
    assert len(recordings[0].operations) > 100
    assert {"write", "fsync", "rename", "replace", "unlink", "commit"} <= set(recordings[0].kinds)


@pytest.mark.slow
def test_crawls_killed_at_random_instants_end_as_if_undisturbed(tmp_path: Path) -> None:
    undisturbed = tmp_path / "undisturbed"
    assert kliping("crawl", "demo", collection=undisturbed).code == 0
    result = soak(tmp_path, undisturbed, 15, Random(SEED))
    assert result.trouble == []
    assert result.kills == 15
