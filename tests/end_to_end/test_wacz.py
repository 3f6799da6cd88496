"""`kliping wacz` as people run it."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.end_to_end.commands import Ended, kliping


@pytest.fixture
def crawled(demo: tuple[Path, Ended], tmp_path: Path) -> Path:
    """A copy of the demo's collection."""
    return shutil.copytree(demo[0], tmp_path / "nusa")


def test_a_collection_is_packed_and_the_package_passes_its_check(crawled: Path) -> None:
    packed = kliping("wacz", "--json", collection=crawled)
    told = json.loads(packed.out)
    checked = kliping("wacz", "--check", told["file"], collection=crawled)

    assert packed.code == checked.code == 0
    assert told["file"] == "collection.wacz"  # the collection's name, which stays when its folder is renamed
    assert told["bytes"] == (crawled.parent / told["file"]).stat().st_size
    assert told["articles"] == 60
    assert told["pages"] > 100
    assert "everything as promised" in checked.out


def test_a_package_is_not_replaced_unless_asked_for(crawled: Path) -> None:
    output = crawled.parent / "nusa.wacz"
    output.write_bytes(b"mine")

    refused = kliping("wacz", "--output", str(output), collection=crawled)
    assert (refused.code, output.read_bytes()) == (2, b"mine")
    assert "--force" in refused.err
    assert kliping("wacz", "--output", str(output), "--force", collection=crawled).code == 0
    assert zipfile.is_zipfile(output)


def test_a_file_of_another_kind_of_name_is_refused(crawled: Path) -> None:
    ended = kliping("wacz", "--output", "nusa.zip", collection=crawled)

    assert ended.code == 2
    assert ".wacz" in ended.err


def test_an_open_file_is_named_and_left_out(crawled: Path) -> None:
    """As a killed run leaves it behind; its articles are left out too."""
    only = next((crawled / "archive").iterdir())
    shutil.copy(only, only.with_name(only.name.replace("-00001-", "-00002-") + ".open"))

    ended = kliping("wacz", "--output", "nusa.wacz", collection=crawled)

    assert ended.code == 0
    assert "left out: archive/" in ended.err
    assert ".open" in ended.err
    with zipfile.ZipFile(crawled.parent / "nusa.wacz") as package:
        names = [name for name in package.namelist() if name.startswith("archive/")]
    assert names == [f"archive/{only.name}"]


@pytest.mark.slow
def test_a_damaged_package_ends_the_check_with_code_7(crawled: Path) -> None:
    assert kliping("wacz", "--output", "nusa.wacz", collection=crawled).code == 0
    package = crawled.parent / "nusa.wacz"
    content = bytearray(package.read_bytes())
    content[len(content) // 3] ^= 1
    package.write_bytes(content)

    ended = kliping("wacz", "--check", "nusa.wacz", "--json", collection=crawled)
    assert ended.code == 7
    assert json.loads(ended.out)["findings"][0]["file"].startswith("nusa.wacz/archive/")


def test_a_package_that_is_not_there_cannot_be_checked(crawled: Path) -> None:
    ended = kliping("wacz", "--check", "lain.wacz", collection=crawled)

    assert ended.code == 2
    assert "lain.wacz" in ended.err
