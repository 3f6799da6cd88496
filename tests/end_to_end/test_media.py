"""Media that cannot be written, or are full: what can be done is done, the rest has its exit code."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archives import shelf
from tests.end_to_end.commands import kliping

DISK = 1_500_000
"""Bytes of a disk on which a crawl of the demo portal finds no room."""


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system of its own; `mount` may be refused.

    Not below pytest's folder: a mount that a killed test run leaves would break all later ones.
    """
    folder = Path(tempfile.mkdtemp(prefix="kliping-disk-"))
    try:
        if (told := _mount(f"size={DISK}", folder)) is not None:
            pytest.skip(f"no file system can be mounted here: {told}")
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False, capture_output=True)
        folder.rmdir()


def _mount(options: str, folder: Path) -> str | None:
    """None, or why it was refused."""
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        return str(getattr(error, "stderr", "") or error)
    return None


@pytest.mark.slow
def test_a_collection_on_read_only_media_can_be_looked_at_and_not_crawled_into(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
    collection = shelf.fill(disk / "warta").collection.root
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)

    status = kliping("status", "--json", collection=collection)
    assert '"articles": 3' in status.out, status
    verified = kliping("verify", collection=collection)
    assert (verified.code, "everything as promised" in verified.out) == (0, True), verified
    crawl = kliping("crawl", "demo", collection=collection)
    assert crawl.code == 5, crawl
    assert "writable" in crawl.err


@pytest.mark.slow
def test_a_full_file_system_stops_the_crawl_and_it_goes_on_when_there_is_room(disk: Path) -> None:
    collection = disk / "warta"
    stopped = kliping("crawl", "demo", collection=collection)
    assert stopped.code == 5, stopped
    subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)

    assert kliping("crawl", "demo", collection=collection).code == 0
    verified = kliping("verify", collection=collection)
    assert (verified.code, "everything as promised" in verified.out) == (0, True), verified
    assert len(list((collection / "articles").rglob("*.json"))) == 60
