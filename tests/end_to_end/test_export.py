"""`kliping export` as people run it: messages, exit codes, and what kill -9 leaves."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.corpora import exports
from tests.end_to_end.commands import ROOT, environment, kliping
from tests.support import many

pytestmark = pytest.mark.slow

COUNT = 1050
SMALL = ("--shard-bytes", "64K", "--all-versions", "--dedup")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many.fill(tmp_path_factory.mktemp("export") / "many", COUNT).root


def start(collection: Path, folder: Path, format_name: str) -> subprocess.Popen[bytes]:
    words = ["export", "--format", format_name, "--to", str(folder), "--collection", str(collection), *SMALL]
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *words], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL
    )


@pytest.mark.parametrize("format_name", ["parquet"])
def test_an_export_that_is_killed_again_and_again_ends_with_the_same_bytes(
    collection: Path, tmp_path: Path, format_name: str
) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    ended = kliping(
        "export", "--format", format_name, "--to", str(whole), *SMALL, "--json", collection=collection
    )
    assert ended.code == 0, ended.err
    shards = len(json.loads(ended.out)["shards"])
    assert shards > 4
    for wanted in (1, shards // 2, shards - 1):
        process = start(collection, folder, format_name)
        while process.poll() is None and len(list(folder.glob("articles-*"))) < wanted:
            time.sleep(0.002)
        process.kill()
        process.wait()
        assert not (folder / "export.json").exists() or process.returncode == 0
    ended = kliping("export", "--format", format_name, "--to", str(folder), *SMALL, collection=collection)
    assert ended.code == 0, ended.err
    assert exports.files_of(folder) == exports.files_of(whole)


def test_an_export_says_what_it_wrote_and_what_it_left_out(collection: Path, tmp_path: Path) -> None:
    words = ("export", "--to", str(tmp_path / "out"), "--hosts", "pesisir,lembah", "--min-words", "150")
    ended = kliping(*words, collection=collection)
    assert ended.code == 0, ended.err
    assert "articles, " in ended.out
    assert "left out: " in ended.out
    again = kliping(*words, "--json", collection=collection)
    told = json.loads(again.out)
    assert (again.code, told["again"]) == (0, True)
    assert {"older version", "other host", "too few words"} <= set(told["leftOut"])
    rows = exports.rows_of(tmp_path / "out")
    assert len(rows) == told["rows"] > 0
    assert {row["province"] for row in rows} == {"Aceh", "Sulawesi Selatan"}


@pytest.mark.slow
def test_names_that_no_exported_article_has_are_told(collection: Path, tmp_path: Path) -> None:
    ended = kliping(
        "export", "--to", str(tmp_path / "out"), "--sections", "Nasoinal", "--hosts", "lembah",
        collection=collection,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "--sections Nasoinal: no article of the export has it" in ended.err
    assert "nothing was exported" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--to is missing"),
        (("--to", "OUT", "--format", "parket"), "did you mean 'parquet'?"),
        (("--to", "OUT", "--preset", "finweb"), "did you mean 'fineweb'?"),
        (("--to", "OUT", "--since", "gestern"), "write it as YYYY-MM-DD"),
        (("--to", "OUT", "--since", "2022-02-02", "--until", "2022-02-01"), "swap them"),
        (("--to", "OUT", "--hosts", "pesisr"), "did you mean 'pesisir'?"),
        (("--to", "OUT", "--language", "xx"), "known are ace, en, id, jv, min, ms, su, und"),
        (("--to", "OUT", "--shard-bytes", "much"), "write it like 500M"),
        (("--to", "OUT", "--shard-bytes", "1K"), "64K is the least"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_told_with_the_next_step(
    collection: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    meant = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    ended = kliping("export", *meant, collection=collection)
    assert (ended.code, told in ended.err) == (2, True), ended.err
    assert not (tmp_path / "out").exists()


def test_articles_that_cannot_be_exported_are_told_by_the_exit_code(tmp_path: Path) -> None:
    own = many.fill(tmp_path / "own", 20)
    next(own.articles.rglob("*.json")).write_bytes(b"{")
    ended = kliping("export", "--to", str(tmp_path / "out"), "--all-versions", collection=own.root)
    assert ended.code == 3
    assert "kliping verify" in ended.err


def test_a_folder_that_cannot_be_written_ends_with_its_exit_code(collection: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = kliping("export", "--to", str(tmp_path / "file" / "out"), collection=collection)
    assert ended.code == 5
    assert "writable folder with --to" in ended.err
