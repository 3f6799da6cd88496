"""The recipes of docs/scheduling.md, run as they are written, on the demo portal."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.commands import ROOT, environment, kliping, sidecars, start
from tests.support.needed import missing

DOC = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
STATE, PROGRAM = "/var/lib/kliping", "/opt/kliping/.venv/bin/kliping"
SECONDS = 120


def block(first_line: str) -> str:
    """The fenced block of the document that begins with this line."""
    blocks = re.findall(r"```\w*\n(.*?)```", DOC, re.DOTALL)
    (found,) = (text for text in blocks if text.startswith(first_line))
    return str(found)


UNITS = {name: block(f"# {name}") for name in ("kliping@.service", "kliping@.timer")}
(EXEC_START,) = re.findall(r"^ExecStart=(.*)$", UNITS["kliping@.service"], re.MULTILINE)
(CRON_LINE,) = (line for line in block("MAILTO=").splitlines() if PROGRAM in line)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """This checkout's `kliping` as one executable file."""
    path = tmp_path / "kliping"
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m crawler.cli "$@"\n')
    path.chmod(0o755)
    return path


def placed(command: str, program: Path, state: Path) -> str:
    """A recipe's command on this machine's paths, for the demo portal."""
    assert PROGRAM in command
    there = command.replace(PROGRAM, str(program)).replace("%i", "demo").replace("serambi", "demo")
    return there.replace(STATE, str(state))


def run(command: str) -> subprocess.CompletedProcess[str]:
    """A command as a shell runs it, as cron does and systemd near enough."""
    return subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, check=False, env=environment(),
        timeout=SECONDS,
    )  # fmt: skip


def test_the_units_are_right_in_systemd_s_eyes(tmp_path: Path, program: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        missing("systemd-analyze is not installed; run bin/tools, or apt install systemd")
    for name, text in UNITS.items():
        (tmp_path / name).write_text(text.replace(PROGRAM, str(program)))
    said = subprocess.run(
        [analyze, "verify", "--man=no", "--recursive-errors=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    ours = [line for line in (said.stdout + said.stderr).splitlines() if "kliping" in line]
    assert (said.returncode, ours) == (0, []), said.stderr


def test_every_exit_code_that_is_no_failure_for_systemd_is_explained() -> None:
    (codes,) = re.findall(r"^SuccessExitStatus=(.*)$", UNITS["kliping@.service"], re.MULTILINE)
    assert codes.split() == ["3", "6", "130"]
    table = DOC.partition("| exit code |")[2].partition("\n\n")[0]
    told = {code for row in table.splitlines()[2:] for code in re.findall(r"\d+", row.split("|")[1])}
    assert told == {"0", "1", "2", "3", "4", "5", "6", "130"}


@pytest.mark.slow
def test_systemd_s_command_is_silent_and_leaves_its_figures(tmp_path: Path, program: Path) -> None:
    state = tmp_path / "state"
    (state / "metrics").mkdir(parents=True)  # as StateDirectory= does
    assert "StateDirectory=kliping kliping/metrics" in UNITS["kliping@.service"]
    said = run(placed(EXEC_START, program, state))
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    assert 'kliping_run_exit_code{portal="demo",collection="demo"} 0' in (
        state / "metrics" / "demo.prom"
    ).read_text("utf-8")


@pytest.mark.slow
def test_cron_s_command_is_silent_and_tells_of_another_run_that_holds_the_collection(
    tmp_path: Path, program: Path
) -> None:
    times_and_user = CRON_LINE.partition(PROGRAM)[0].split()
    assert len(times_and_user) == 6, "five fields of time, and the user of /etc/cron.d"
    command = placed(CRON_LINE[CRON_LINE.index(PROGRAM) :], program, tmp_path)
    assert "%" not in command, "cron takes it for the end of the line"
    said = run(command)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    holder = start("crawl", "demo", "-s", "KLIPING_PACE=5", collection=tmp_path / "demo")
    try:
        _wait_for(tmp_path / "demo" / "logs" / "run-2.log")
        busy = run(command)
        assert (busy.returncode, busy.stdout) == (6, "")
        assert busy.stderr.count("\n") == 1
        assert f"process {holder.pid}" in busy.stderr
    finally:
        holder.kill()
        holder.communicate()


@pytest.mark.slow
def test_a_backup_of_a_running_crawl_can_be_crawled_on(tmp_path: Path) -> None:
    for tool in ("rsync", "sqlite3"):
        if shutil.which(tool) is None:
            missing(f"{tool} is not installed; run bin/tools, or apt install {tool}")
    live, copy = tmp_path / "live" / "serambi", tmp_path / "backup" / "serambi"
    live.parent.mkdir()
    copy.mkdir(parents=True)
    crawl = start("crawl", "demo", collection=live)
    try:
        _wait_for_articles(live, 15)
        for line in block("sqlite3 ").replace(STATE, str(live.parent)).splitlines():
            said = run(line.replace("/backup/", f"{copy.parent}/"))
            assert said.returncode in {0, 24}, said.stderr  # 24: a file was renamed while rsync copied
    finally:
        crawl.kill()
        crawl.communicate()
    assert sqlite3.connect(copy / "catalogue.sqlite").execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = kliping("crawl", "demo", collection=copy)
    assert again.code == 0, again.err
    assert len(sidecars(copy)) == 60
    assert kliping("verify", collection=copy).code == 0


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} does not come"
        time.sleep(0.05)


def _wait_for_articles(collection: Path, count: int) -> None:
    deadline = time.monotonic() + 300
    while sum(1 for _ in (collection / "articles").rglob("*.json")) < count:
        assert time.monotonic() < deadline, "the crawl does not get on"
        time.sleep(0.02)
