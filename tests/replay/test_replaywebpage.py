"""ReplayWeb.page in the system's Chromium: page list, search in the text, replay with the photo."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.replay import tools
from tests.replay.conftest import Replayable
from tests.replay.server import serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PICTURES = ["1-page-list.png", "2-search.png", "3-page-2.png", "4-photo.png"]


@pytest.fixture(scope="module")
def pictures() -> Path:
    """Screenshots stay: CI keeps them as artefacts, people look at them."""
    return Path(tempfile.mkdtemp(prefix="kliping-replay-"))


@pytest.fixture(scope="module")
def seen(replayable: Replayable, pictures: Path) -> dict[str, Any]:
    files = {f"/{name}": tools.REPLAYWEBPAGE / name for name in ("ui.js", "sw.js", "index.html")}
    title = f"{replayable.headline} (2/{replayable.page_count})"
    script = Path(__file__).with_name("browse.py")
    with serving(files | {"/nusa.wacz": replayable.package}) as address:
        viewer = f"{address}/index.html?source=/nusa.wacz"
        ended = tools.run("python", script, tools.CHROMIUM, viewer, replayable.phrase, title, pictures)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_page_list_has_every_page_of_every_article(seen: dict[str, Any], replayable: Replayable) -> None:
    ended = tools.run("python", "-c", _COUNT, replayable.package)

    assert seen["count"].split()[-2] == ended.stdout.strip()


_COUNT = (
    "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).open('pages/pages.jsonl').readlines()) - 1)"
)


def test_search_finds_a_phrase_of_page_2_on_the_article_and_on_that_page(
    seen: dict[str, Any], replayable: Replayable
) -> None:
    found = seen["found"]

    assert len(found) == 2
    assert all(
        replayable.headline in entry and replayable.phrase in " ".join(entry.split()) for entry in found
    )
    assert [f"(2/{replayable.page_count})" in entry for entry in found].count(True) == 1


def test_page_2_is_replayed_from_the_archive(seen: dict[str, Any], replayable: Replayable) -> None:
    assert seen["address"].endswith(f"mp_/{replayable.address}?page=2")


def test_the_article_is_replayed_with_its_photo(seen: dict[str, Any], replayable: Replayable) -> None:
    assert [address for address in seen["photos"] if address.endswith(replayable.photo)]


def test_the_pictures_can_be_looked_at(
    seen: dict[str, Any], pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nscreenshots of ReplayWeb.page: {pictures}")

    assert sorted(path.name for path in pictures.iterdir()) == PICTURES
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures.iterdir())
