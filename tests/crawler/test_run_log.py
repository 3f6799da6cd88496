"""A run's log: from the first line on, one for each run, not for ever, and no reason to fail."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.run_log import KEPT, RunLog

logger = logging.getLogger("tests.run_log")


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    before = logging.root.level
    logging.root.setLevel(logging.NOTSET)
    yield
    logging.root.setLevel(before)


def test_what_is_said_before_the_run_has_a_number_is_kept(tmp_path: Path) -> None:
    log = RunLog()
    logger.warning("sesuatu diperbaiki")
    logger.debug("terlalu rinci")
    log.open(tmp_path / "logs", 7)
    logger.info("halaman pertama")
    log.end()
    logger.info("sesudah akhir")
    text = (tmp_path / "logs" / "run-7.log").read_text("utf-8")
    first, second = text.splitlines()
    assert first.endswith("Z WARNING tests.run_log: sesuatu diperbaiki".removeprefix("Z "))
    assert second.endswith("INFO tests.run_log: halaman pertama")
    assert list(log.troubles) == ["sesuatu diperbaiki"]


def test_only_the_newest_runs_keep_their_logs(tmp_path: Path) -> None:
    for number in range(1, KEPT + 6):
        (tmp_path / f"run-{number}.log").write_text("lama")
    (tmp_path / "run-2.log.1").write_text("lama")
    (tmp_path / "catatan.txt").write_text("bukan milik kami")
    log = RunLog()
    log.open(tmp_path, KEPT + 6)
    log.end()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"run-{number}.log" for number in range(7, KEPT + 7)} | {"catatan.txt"}


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("sebuah berkas")
    log = RunLog()
    log.open(tmp_path / "logs", 1)
    logger.info("diteruskan")
    log.end()
    assert log.file is None
    assert "no log can be written" in log.troubles[0]


def test_a_run_that_never_began_leaves_nothing_behind() -> None:
    before = list(logging.root.handlers)
    log = RunLog()
    logger.warning("tidak jadi")
    log.end()
    assert logging.root.handlers == before
