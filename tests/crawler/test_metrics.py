"""Figures for Prometheus, read back with its own parser."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from archives.states import Kind, State
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.metrics import Figures, MetricsFile, read_value, render

STARTED = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
DONE = Figures(
    exit_code=ExitCode.COMPLETE,
    started=STARTED,
    ended=STARTED + timedelta(seconds=90.5),
    requests=264,
    captures=263,
    bytes=5_000_000,
    articles_new=60,
    versions_new=2,
    urls=Counter({(Kind.ARTICLE, State.CAPTURED): 60, (Kind.LIST, State.FAILED): 1}),
    failed=Counter({"http 500": 1, 'a "quoted" \\ reason\nof two lines': 2}),
    hosts_left_alone=1,
)
FAILED = replace(DONE, exit_code=ExitCode.BLOCKED, ended=STARTED + timedelta(days=1))
LAST = "kliping_last_success_timestamp_seconds"


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample, by its name and labels; two of the same would be a fault."""
    found = [
        ((sample.name, frozenset(sample.labels.items())), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


def value(path: Path, name: str, **more: str) -> float | None:
    labels = {"portal": "serambi", "collection": "aceh", **more}
    return samples(path.read_text("utf-8")).get((name, frozenset(labels.items())))


@pytest.fixture
def file(tmp_path: Path) -> MetricsFile:
    return MetricsFile.checked(tmp_path / "k.prom", portal="serambi", collection="aceh")


def test_prometheus_reads_every_figure(file: MetricsFile) -> None:
    file.write(DONE)
    told = {
        "kliping_run_exit_code": 0,
        "kliping_run_started_timestamp_seconds": STARTED.timestamp(),
        "kliping_run_ended_timestamp_seconds": STARTED.timestamp() + 90.5,
        "kliping_run_duration_seconds": 90.5,
        "kliping_run_requests": 264,
        "kliping_run_captures": 263,
        "kliping_run_bytes": 5_000_000,
        "kliping_run_articles_new": 60,
        "kliping_run_versions_new": 2,
        "kliping_run_hosts_left_alone": 1,
        LAST: STARTED.timestamp() + 90.5,
    }
    assert {name: value(file.path, name) for name in told} == told
    assert value(file.path, "kliping_run_urls", kind="article", state="captured") == 60
    assert value(file.path, "kliping_run_urls", kind="article", state="failed") == 0
    assert value(file.path, "kliping_run_failed", reason='a "quoted" \\ reason\nof two lines') == 2


def test_every_family_says_what_it_is(file: MetricsFile) -> None:
    file.write(DONE)
    families = list(text_string_to_metric_families(file.path.read_text("utf-8")))
    assert {family.type for family in families} == {"gauge"}
    assert all(family.documentation and family.name.startswith("kliping_") for family in families)


def test_a_run_that_fails_keeps_the_last_success_and_a_later_one_moves_it(file: MetricsFile) -> None:
    file.write(FAILED)
    assert value(file.path, LAST) is None, "there was none yet"
    file.write(DONE)
    file.write(FAILED)
    assert value(file.path, "kliping_run_exit_code") == 4
    assert value(file.path, LAST) == DONE.ended.timestamp()
    file.write(replace(FAILED, exit_code=ExitCode.GAPS))
    assert value(file.path, LAST) == FAILED.ended.timestamp()


def test_another_collection_s_success_is_not_taken_over(file: MetricsFile) -> None:
    file.write(DONE)
    other = replace(file, collection="medan")
    other.write(FAILED)
    assert LAST + "{" not in other.path.read_text("utf-8")


def test_the_file_can_be_read_by_everybody_and_nothing_is_left_beside_it(file: MetricsFile) -> None:
    before = os.umask(0o077)
    try:
        file.write(DONE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o644
    assert list(file.path.parent.iterdir()) == [file.path]


def test_a_folder_that_has_gone_meanwhile_is_told_and_ends_nothing(
    file: MetricsFile, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "k.prom").mkdir()
    file.write(DONE)
    assert "--metrics: " in caplog.text


def test_a_place_where_no_file_can_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "nowhere" / "k.prom", "there is no folder")):
        with pytest.raises(WrongUsageError, match=words):
            MetricsFile.checked(path, portal="serambi", collection="aceh")


@given(st.text(), st.text())
def test_any_names_give_a_file_that_can_be_read_back(collection: str, reason: str) -> None:
    labels = {"portal": "serambi", "collection": collection}
    text = render(replace(DONE, failed=Counter({reason: 3})), labels, last_success=17.0)
    assert read_value(text, LAST, labels) == 17.0
    assert 3.0 in samples(text).values()


@pytest.mark.parametrize("old", [b"", b"\xff\x00", LAST.encode() + b'{portal="serambi"', b"x" * (2 << 20)])
def test_an_old_file_that_is_broken_is_replaced(file: MetricsFile, old: bytes) -> None:
    file.path.write_bytes(old)
    file.write(FAILED)
    assert value(file.path, "kliping_run_exit_code") == 4
