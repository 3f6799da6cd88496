"""What warcio, FastWARC, cdxj-indexer and py-wacz say of our files, each through its own command."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from archives.reader import iterate
from archives.wacz import PAGES
from archives.wacz_check import check_wacz
from tests.replay import tools
from tests.replay.conftest import Replayable

pytestmark = pytest.mark.slow


def test_warcio_finds_every_digest_right(replayable: Replayable) -> None:
    for path in replayable.collection.warc_files():
        ended = tools.run("warcio", "check", "--verbose", path)
        assert ended.returncode == 0, ended.stdout
        assert "digest pass" in ended.stdout


def test_warcio_can_jump_to_each_record(replayable: Replayable) -> None:
    ended = tools.run("warcio", "index", "--fields", "offset", replayable.collection.warc_files()[0])

    assert ended.returncode == 0, ended.stderr
    assert len(ended.stdout.splitlines()) > 400


def test_fastwarc_finds_every_block_digest_right(replayable: Replayable) -> None:
    for path in replayable.collection.warc_files():
        ended = tools.run("fastwarc", "check", path)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_fastwarc_finds_every_payload_digest_right_but_those_of_payloads_that_stand_elsewhere(
    replayable: Replayable,
) -> None:
    """A revisit has the digest of the payload that it refers to (ISO 28500, 6.7.2), and none of the bytes."""
    for path in replayable.collection.warc_files():
        ended = tools.run("fastwarc", "check", "--verify-payloads", path)
        revisits = {record.record_id for record in iterate(path) if record.type == "revisit"}
        assert set(re.findall(r"<(urn:uuid:[0-9a-f-]+)>", ended.stdout)) == revisits


def test_cdxj_indexer_makes_the_same_index_byte_for_byte(replayable: Replayable, tmp_path: Path) -> None:
    made = tmp_path / "made.cdxj"
    ended = tools.run("cdxj-indexer", "--sort", "--output", made, *replayable.collection.warc_files())

    assert ended.returncode == 0, ended.stderr
    assert made.read_bytes() == replayable.collection.index.read_bytes()


def test_wacz_validate_passes_our_package(replayable: Replayable) -> None:
    ended = tools.run("wacz", "validate", "-f", replayable.package)

    assert ended.returncode == 0, ended.stdout
    assert "Validation succeeded" in ended.stdout


def test_we_find_what_wacz_validate_passes_a_package_without_pages(
    replayable: Replayable, tmp_path: Path
) -> None:
    """If the first half fails one day, py-wacz has mended this: then rejoice and delete it."""
    bare = tmp_path / "bare.wacz"
    made = tools.run("wacz", "create", "-o", bare, *replayable.collection.warc_files())
    assert made.returncode == 0, made.stderr
    assert tools.run("wacz", "validate", "-f", bare).returncode == 0

    assert [finding.file for finding in check_wacz(bare).findings] == [f"bare.wacz/{PAGES}"]


def test_we_pass_a_package_that_py_wacz_made_with_pages(replayable: Replayable, tmp_path: Path) -> None:
    with zipfile.ZipFile(replayable.package) as ours:
        lines = ours.read(PAGES).splitlines()
    pages = tmp_path / "pages.jsonl"
    pages.write_bytes(b"\n".join(lines) + b"\n")
    theirs = tmp_path / "theirs.wacz"
    made = tools.run(
        "wacz", "create", "--pages", pages, "--copy-pages", "-o", theirs, *replayable.collection.warc_files()
    )
    assert made.returncode == 0, made.stderr

    result = check_wacz(theirs)
    assert result.findings == []
    assert result.pages == len(lines) - 1


def test_our_package_unpacked_is_a_collection_that_can_be_indexed_again(
    replayable: Replayable, tmp_path: Path
) -> None:
    """Nothing but the package is needed: its WARC files give its index."""
    with zipfile.ZipFile(replayable.package) as package:
        package.extractall(tmp_path)
    ended = tools.run("cdxj-indexer", "--sort", *sorted((tmp_path / "archive").iterdir()))

    assert ended.stdout == replayable.collection.index.read_text()
    assert json.loads((tmp_path / "datapackage.json").read_bytes())["title"] == "nusa"
