"""Two doors, one set of commands: `kliping` opens its own without Scrapy, and both say the same."""

from __future__ import annotations

import os
import pstats
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import cmdline
from scrapy.settings import Settings

from archives.catalogue import Catalogue
from archives.collection import Collection
from crawler import cli, settings
from crawler.plain_settings import PRIORITIES, PlainSettings

WHAT_IS_LOADED = """
import sys
from crawler.cli import main
code = main(sys.argv[1:])
print(code, *sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"scrapy", "twisted", "trafilatura", "flask", "pyarrow", "numpy"}
READERS = {"lxml", "jsonschema", "asyncio"}
"""What only commands need that read or write pages and records."""


@pytest.fixture
def empty(tmp_path: Path) -> Collection:
    collection = Collection(tmp_path / "collection")
    collection.create(operator=None, contact=None, software="tests", now=datetime(2026, 11, 26, tzinfo=UTC))
    Catalogue(collection.catalogue).close()
    return collection


@pytest.mark.parametrize(
    ("words", "code", "not_needed"),
    [
        (["--help"], 0, HEAVY | READERS | {"rich"}),
        (["crawl", "--help"], 0, HEAVY | READERS | {"rich"}),
        (["demo", "--help"], 0, HEAVY | READERS | {"rich"}),
        (["browse", "--help"], 0, HEAVY | READERS | {"rich"}),
        (["portals"], 0, HEAVY | READERS),
        (["status"], 0, HEAVY | READERS),
        (["status", "--json"], 0, HEAVY | READERS),
        (["index"], 0, HEAVY | READERS),
        (["remove", "--list"], 0, HEAVY | READERS | {"rich"}),
        (["diff", "https://nowhere.example/x"], 2, HEAVY | READERS),
        (["report"], 0, HEAVY | READERS),
        (["verify"], 0, HEAVY | READERS),
        (["wacz"], 2, HEAVY | READERS),
        (["export"], 2, HEAVY | READERS),
        (["reextract"], 0, HEAVY),
        (["remove", "https://nowhere.example/x", "--reason", "a test"], 2, HEAVY),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_no_more_than_it_needs(
    empty: Collection, words: list[str], code: int, not_needed: set[str]
) -> None:
    place = ["--collection", str(empty.root)] if words != ["--help"] else []
    command = [sys.executable, "-c", WHAT_IS_LOADED, *words, *place]
    answer = subprocess.run(command, cwd=empty.root, capture_output=True, text=True, check=False)

    ended, *loaded = answer.stdout.splitlines()[-1].split()
    assert int(ended) == code, answer.stderr
    assert "crawler" in loaded
    assert not_needed.isdisjoint(loaded)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_both_doors_give_the_same_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    ours = capsys.readouterr().out
    own = Settings()
    own.setmodule(settings, priority="project")
    with pytest.raises(SystemExit):
        cmdline.execute(["scrapy", name, "--help"], own)

    assert ours == capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "-s", "LOG_LEVEL"], "Invalid -s value, use -s NAME=VALUE"),
        (["status", "-s", "KLIPING_PAEC=1"], "did you mean KLIPING_PACE?"),
        (["status", "--collection"], "expected one argument"),
        (["crawl", "demo", "-a", "hosts"], "invalid -a value; write it as -a NAME=VALUE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_both_doors_refuse_a_wrong_option_in_the_same_words(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 2
    ours = capsys.readouterr().err
    own = Settings()
    own.setmodule(settings, priority="project")
    with pytest.raises(SystemExit) as end:
        cmdline.execute(["scrapy", *words], own)

    assert end.value.code == 2
    assert said in ours
    assert ours == capsys.readouterr().err


def test_an_option_may_stand_before_the_command(
    empty: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--json", "remove", "--list", "--collection", str(empty.root)]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_a_setting_names_the_collection_and_the_option_has_the_last_word(
    empty: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["remove", "--list", "-s", f"KLIPING_COLLECTION={empty.root}"]
    assert cli.main(given) == 0
    assert cli.main([*given, "--collection", str(empty.root / "nowhere")]) == 2
    assert "nowhere: no collection here" in capsys.readouterr().err


def test_the_process_is_named_and_profiled_where_it_is_asked_for(empty: Collection) -> None:
    pid, profile = empty.root / "pid", empty.root / "profile"
    words = ["remove", "--list", "--collection", str(empty.root)]

    assert cli.main([*words, "--pidfile", str(pid), "--profile", str(profile)]) == 0
    assert int(pid.read_text()) == os.getpid()
    assert any(name == "execute" for _, _, name in pstats.Stats(str(profile)).stats)  # type: ignore[attr-defined]


def test_the_debugger_is_set_up_as_scrapy_does_it(empty: Collection) -> None:
    code = (
        "import logging, sys; from crawler.cli import main; main(sys.argv[1:]); print(logging.root.handlers)"
    )
    command = [sys.executable, "-c", code, "remove", "--list", "--pdb", "--collection", str(empty.root)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "_PdbHandler" in answer.stdout


# --- settings -----------------------------------------------------------------------------------------


def plain_and_scrapy_s() -> tuple[PlainSettings, Settings]:
    own = Settings()
    own.setmodule(settings, priority="project")
    return PlainSettings(settings), own


def test_plain_settings_are_those_that_scrapy_reads() -> None:
    plain, own = plain_and_scrapy_s()
    names = [name for name in vars(settings) if name.isupper()]

    assert "KLIPING_PACE" in names
    for name in names:
        value = own.getdict(name) if isinstance(plain[name], dict) else own[name]
        assert plain[name] == value
        assert isinstance(plain[name], dict) or plain.getpriority(name) == own.getpriority(name)


@pytest.mark.parametrize("first", PRIORITIES)
@pytest.mark.parametrize("second", PRIORITIES)
def test_the_same_one_has_the_last_word(first: str, second: str) -> None:
    plain, own = plain_and_scrapy_s()
    for found in (plain, own):
        for name in ("KLIPING_PACE", "KLIPING_NEW"):
            found.set(name, "7", priority=first)
            found.set(name, "8", priority=second)

    for name in ("KLIPING_PACE", "KLIPING_NEW"):
        assert plain[name] == own[name]
        assert plain.getpriority(name) == own.getpriority(name)
    assert (plain.getfloat("KLIPING_PACE"), plain.getint("KLIPING_NEW")) == (
        own.getfloat("KLIPING_PACE"),
        own.getint("KLIPING_NEW"),
    )
    assert plain.get("KLIPING_NOWHERE", 5) == own.get("KLIPING_NOWHERE", 5) == 5
    assert plain.getpriority("KLIPING_NOWHERE") is own.getpriority("KLIPING_NOWHERE") is None


def test_a_crawl_gets_scrapy_s_settings_with_all_that_was_given() -> None:
    plain, own = plain_and_scrapy_s()
    for found in (plain, own):
        found.setdict({"LOG_ENABLED": True}, priority="command")
        found.setdict({"KLIPING_PACE": "0", "LOG_LEVEL": "ERROR"}, priority="cmdline")

    made = plain.for_scrapy()
    assert made.copy_to_dict() == own.copy_to_dict()
    assert {name: made.getpriority(name) for name in made} == {name: own.getpriority(name) for name in own}
