"""Exit codes are a contract: README, --help, DESIGN's errors and the program say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archives.errors import (
    ArchiveError,
    CollectionBusyError,
    CollectionError,
    DamageError,
    SidecarError,
    WriteError,
)
from crawler import cli
from crawler.errors import CommandError, WrongUsageError, exit_code_of
from crawler.exitcodes import ExitCode
from extractors.errors import UnknownHostError

README = Path(__file__).parents[2] / "README.md"


def test_the_numbers_are_those_that_scripts_rely_on() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "COMPLETE": 0,
        "FAILURE": 1,
        "USAGE": 2,
        "GAPS": 3,
        "BLOCKED": 4,
        "NOT_ARCHIVED": 5,
        "BUSY": 6,
        "DAMAGE": 7,
        "INTERRUPTED": 130,
    }


def test_the_readme_lists_every_exit_code_and_no_other() -> None:
    table = README.read_text("utf-8").partition("| exit code |")[2].partition("\n\n")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(ExitCode)


def test_help_says_what_each_exit_code_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == ExitCode.COMPLETE
    said = dict(
        re.findall(r"^ +(\d+)  (.+)$", capsys.readouterr().out.partition("Exit codes:")[2], re.MULTILINE)
    )
    assert said == {str(int(code)): code.meaning for code in ExitCode}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WrongUsageError("x"), ExitCode.USAGE),
        (CommandError("x"), ExitCode.FAILURE),
        (CollectionBusyError("x"), ExitCode.BUSY),
        (CollectionError("x"), ExitCode.USAGE),
        (WriteError("x"), ExitCode.NOT_ARCHIVED),
        (DamageError("x"), ExitCode.DAMAGE),
        (SidecarError("x"), ExitCode.FAILURE),
        (ArchiveError("x"), ExitCode.FAILURE),
        (UnknownHostError("acehh", "tribun", ()), ExitCode.USAGE),
        (RuntimeError("x"), ExitCode.FAILURE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.name,
)
def test_every_error_has_its_code(error: Exception, code: ExitCode) -> None:
    assert exit_code_of(error) is code


@pytest.mark.parametrize(
    ("words", "hint"),
    [(["crwal"], "did you mean 'crawl'"), (["xyz"], "known are"), (["--verison"], "--help` shows")],
)
def test_a_wrong_word_is_wrong_usage(words: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == ExitCode.USAGE
    assert hint in capsys.readouterr().err


def test_the_version_is_told_without_a_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == ExitCode.COMPLETE
    assert re.fullmatch(r"Kliping/\d+\.\d+\.\d+\n", capsys.readouterr().out)
