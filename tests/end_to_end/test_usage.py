"""A newcomer with a slip of the finger is told what is right; exit code 2, nothing made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.portals import all_portals
from tests.end_to_end.commands import ROOT, environment, kliping


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["dmeo"], "did you mean 'demo'"),
        (["crawl"], "kliping portals"),
        (["crawl", "tribbun"], "did you mean 'tribun'"),
        (["crawl", "serambi", "-a", "host=aceh"], "did you mean 'hosts'"),
        (["crawl", "tribun", "-a", "hosts=acehh"], "did you mean aceh"),
        (["crawl", "serambi", "-a", "since=2022-13-01"], "YYYY-MM-DD"),
        (["crawl", "serambi", "-a", "since=2022-07-02", "-a", "until=2022-07-01"], "swap them"),
        (["crawl", "serambi", "-a", "until=2022-07-01"], "since="),
        (["crawl", "serambi", "-a", "since=2999-01-01"], "future"),
        (["crawl", "serambi", "-a", "order=latest"], "newest"),
        (["crawl", "serambi", "-a", "recheck=al"], "did you mean 'all'"),
        (["crawl", "demo", "-a", "url=https://www.kompas.example/x"], "no article address"),
        (["crawl", "demo", "-a", "urls_file=nowhere.txt"], "nowhere.txt"),
        (["crawl", "demo", "--colection", "x"], "--help"),
        (["crawl", "demo", "-s", "KLIPING_PAEC=1"], "KLIPING_PACE"),
        (["crawl", "demo", "-s", "KLIPING_RECHECK=1h,6"], "'6' is no age"),
        (["crawl", "serambi"], "KLIPING_CONTACT"),
        (["crawl", "serambi", "-s", "KLIPING_CONTACT=nobody"], "neither a web address nor a mail address"),
        (["status"], "no collection here"),
        (["verify"], "no collection here"),
        (["diff", "https://aceh.tribunnews.com/2022/07/20/x"], "no collection here"),
        (["reextract"], "no collection here"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_slip_is_answered_with_what_is_right(tmp_path: Path, words: list[str], hint: str) -> None:
    said = kliping(*words, collection=tmp_path / "collection")
    assert said.code == 2, said.out + said.err
    assert hint in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "collection").exists()


def test_help_names_every_command_and_every_exit_code(tmp_path: Path) -> None:
    out = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    ).stdout
    for word in ("demo", "crawl", "status", "verify", "reextract", "portals", "130", "6  another run"):
        assert word in out


def test_scrapy_s_own_door_opens_too(tmp_path: Path) -> None:
    def scrapy(*words: str) -> str:
        command = [sys.executable, "-m", "scrapy", *words]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment(), timeout=300
        ).stdout

    assert scrapy("list").split() == list(all_portals())
    assert "reextract" in scrapy("--help")
    assert "hosts=aceh" in scrapy("crawl", "--help")
    assert json.loads(scrapy("portals", "--json"))


def test_portals_lists_hosts_for_people_and_machines(tmp_path: Path) -> None:
    assert "aceh.tribunnews.com" in kliping("portals", collection=tmp_path / "c").out
    assert '"province": "Aceh"' in kliping("portals", "--json", collection=tmp_path / "c").out
