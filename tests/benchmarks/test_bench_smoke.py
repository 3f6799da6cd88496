"""The benchmark still runs and still checks its contestants. Its times are not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import BenchmarkError, _check_sidecars
from tests.benchmarks.measure import measured
from tests.benchmarks.pages import bodies, cpu_per_page
from tests.benchmarks.portal import make_pack

CONTESTANTS = ["kliping crawl", "plain Scrapy", "Scrapy + warcio + trafilatura"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_bench_prints_and_keeps_a_row_for_each_contestant(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--articles", "30", "--json", str(kept)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert all(name in run.stdout for name in CONTESTANTS)
    figures = json.loads(kept.read_text())["figures"]
    assert [row["name"] for row in figures] == CONTESTANTS
    assert all(row["cpu"] > 0 and row["peak_mb"] > 0 for row in figures)


@pytest.mark.slow
def test_the_ledger_is_measured_beside_scrapys_own(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.ledger", "--known", "300", "--queued", "40"]
    run = subprocess.run(
        [*command, "--json", str(kept)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    said = json.loads(kept.read_text())
    assert (said["known"], said["queued"]) == (300, 40)
    ours, theirs = said["figures"]["ledger"], said["figures"]["Scrapy, JOBDIR"]
    for name in ("look_up_us", "next_us", "memory_mb", "disk_mb"):
        assert ours[name] > 0
        assert theirs[name] > 0
    assert ours["commit_ms"] > 0


def test_a_crawl_that_left_something_out_gives_no_figures(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="the portal has 30 articles with 66 pages"):
        _check_sidecars(tmp_path, articles=30, pages=66)


_BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_cpu_of_orphans_is_counted(tmp_path: Path) -> None:
    """The command ends at once; its grandchild, which nobody waits for, still burns CPU."""
    start = "import subprocess, sys; subprocess.{}([sys.executable, '-c', {!r}])"
    program = start.format("run", start.format("Popen", _BURN))
    result = measured([sys.executable, "-c", program], folder=tmp_path, name="orphan")
    assert result.exit_code == 0
    assert result.cpu_others >= 0.3


def test_memory_of_the_whole_tree_is_counted(tmp_path: Path) -> None:
    hold = "hold = bytearray(b'x') * (40 << 20)"
    child = f"import time; {hold}; time.sleep(0.5)"
    program = f"import subprocess, sys; {hold}; subprocess.run([sys.executable, '-c', {child!r}])"
    result = measured([sys.executable, "-c", program], folder=tmp_path, name="memory")
    assert result.peak_main >= 40 << 20
    assert result.peak >= 80 << 20


def test_reading_pages_is_measured_beside_its_peers(tmp_path: Path) -> None:
    pages = bodies(make_pack(1, tmp_path))
    figures = cpu_per_page(pages, rounds=1)
    assert list(figures) == ["lxml, the tree alone", "read_page", "trafilatura, default"]
    assert all(100_000 < len(body) < 185_000 for _, body in pages)


def test_pages_that_are_no_articles_give_no_figures() -> None:
    with pytest.raises(RuntimeError, match="no article"):
        cpu_per_page([("http://pesisir.kabarnusa.localhost/x", b"<p>x</p>")], rounds=1)


@pytest.mark.slow
def test_an_export_is_measured_beside_plain_pyarrow(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.export", "--articles", "60", "--json", str(kept)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(kept.read_text())["figures"]
    assert {name: found["articles"] for name, found in figures.items()} == dict.fromkeys(figures, 60)
    assert {"jsonl", "parquet", "plain pyarrow"} <= set(figures)
    assert all(found["cpu_s"] > 0 and found["peak_mb"] > 0 for found in figures.values())
