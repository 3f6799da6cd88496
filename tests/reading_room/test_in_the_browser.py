"""The reading room in the system's Chromium: what a reader sees, and what never happens."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from tests.end_to_end.commands import kliping, sidecars
from tests.reading_room.browsing import AXE, browsing
from tests.reading_room.holding import Told, hold, page, parts
from tests.replay import tools
from tests.replay.conftest import article_with_a_phrase

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOSTILE = "https://pesisir.example/2026/11/22/jahat"
EDITED = "https://pesisir.example/2026/11/22/disunting"
BAD = "\u202ejudul\u202c <script>window.owned='title'</script><img src=x onerror=\"window.owned='img'\">"
BAD_PAGE = page(
    """<script>window.owned = 'script'; parent.owned = 'parent'; top.location = 'https://evil.example/'</script>
    <img src=x onerror="window.owned='onerror'"><svg onload="window.owned='svg'"></svg>
    <a href="javascript:window.owned='href'" target=_top>x</a>
    <iframe srcdoc="<script>top.owned='srcdoc'</script>"></iframe>
    <object data="https://evil.example/o"></object><embed src="https://evil.example/e">
    <form action="https://evil.example/f"><button autofocus>go</button></form>
    <img src="https://evil.example/i.png" srcset="https://evil.example/i2.png 2x">
    <video autoplay src="https://evil.example/v.mp4"></video>
    <p style="background:url(https://evil.example/b.png)">isi</p>
    <style>@import url(https://evil.example/s.css); @font-face{font-family:x;src:url(https://evil.example/f)}
    body{font-family:x;background:image-set('https://evil.example/set.png' 1x)}</style>
    <link rel=stylesheet href="https://evil.example/l.css"><link rel=prefetch href="https://evil.example/p">
    <meta http-equiv=refresh content="0;url=https://evil.example/r">
    <noscript><style>body{background:url('https://evil.example/n')}</style></noscript>""",
    head="<base href='https://evil.example/'><script src='https://evil.example/x.js'></script>",
)


def edition(text: str) -> Told:
    return Told(
        url=EDITED,
        pages=[page(f"<p>{text}</p>")],
        fields={"articleBody": f"{text}\n\nSama.", "hasPart": parts(text, "Sama.")},
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo portal's collection, and beside its articles one that is hostile and one that was edited."""
    collection = Collection(tmp_path_factory.mktemp("room") / "nusa")
    assert kliping("crawl", "demo", "-a", "requisites=page", collection=collection.root).code == 0
    record, phrase = article_with_a_phrase(sidecars(collection.root))
    hostile = Told(
        url=HOSTILE,
        pages=[BAD_PAGE],
        fields={
            "headline": BAD,
            "author": [{"name": BAD, "url": "javascript:window.owned='author'"}],
            "hasPart": parts(BAD),
            "image": [{"contentUrl": "data:text/html,<script>top.owned=1</script>", "position": 1}],
            "relatedLink": [{"url": "javascript:window.owned='related'", "name": BAD}],
        },
    )
    made = hold(
        collection.root, hostile, edition("Satu dua tiga."), edition("Satu empat tiga."), edition("Lima.")
    )
    article = f"/articles/{_place(collection, record['url'])}"
    return {
        "collection": str(collection.root),
        "article": article,
        "phrase": phrase,
        "hostile": f"/articles/{made.places[0]}",
        "edited": f"/articles/{made.places[-1]}",
        "views": {
            "list": "/",
            "article": article,
            "changes": f"/articles/{made.places[-1]}/changes?from=1&to=3",
            "coverage": "/coverage",
            "runs": "/runs",
            "not-found": "/articles/nowhere",
        },
    }


def _place(collection: Collection, url: str) -> str:
    for path in collection.articles.rglob("*.json"):
        if json.loads(path.read_bytes())["url"] == url:
            return str(path.relative_to(collection.articles).with_suffix(""))
    raise AssertionError(url)


@pytest.fixture(scope="module")
def room(told: dict[str, Any]) -> Iterator[str]:
    with browsing(told["collection"]) as address:
        yield address


@pytest.fixture(scope="module")
def guarded(told: dict[str, Any]) -> Iterator[str]:
    """The same room for those who have the token; its address shows it."""
    with browsing(told["collection"], "--token", "a1" * 10) as address:
        yield address


@pytest.fixture(scope="module")
def pictures() -> Path:
    """Screenshots stay: CI keeps them as artefacts, people look at them."""
    return Path(tempfile.mkdtemp(prefix="kliping-room-"))


@pytest.fixture(scope="module")
def seen(told: dict[str, Any], room: str, guarded: str, pictures: Path) -> dict[str, Any]:
    ended = subprocess.run(
        [str(tools.TOOLS / "venv/bin/python"), str(Path(__file__).with_name("visit.py")),
         str(tools.CHROMIUM), room, str(AXE), str(pictures)],
        input=json.dumps(told | {"guarded": guarded}),
        capture_output=True, text=True, check=False, timeout=300,
        env=tools.environment(),
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-4000:]
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_article_stands_beside_its_original_with_the_photo(seen: dict[str, Any]) -> None:
    assert seen["photos"] >= 1
    assert seen["photos_in_frame"] >= 1
    assert seen["sheets_in_frame"] >= 1
    assert seen["frame_is_alone"] == "null"


def test_page_2_of_the_original_can_be_chosen(seen: dict[str, Any], told: dict[str, Any]) -> None:
    assert told["phrase"] in seen["page_2"]
    assert "page=2" in seen["page_2_address"]


def test_a_link_of_the_original_leads_to_our_copy(seen: dict[str, Any], room: str) -> None:
    assert seen["led_to"].startswith(f"{room}/articles/")


def test_two_versions_are_compared_by_choosing_them(seen: dict[str, Any]) -> None:
    assert "from=1&to=3" in seen["changes"]
    assert "Satu dua tiga." in seen["removed"]
    assert "Lima." in seen["added"]


def test_a_hostile_article_never_runs(seen: dict[str, Any]) -> None:
    assert seen["owned"] == ["", "", ""]
    assert seen["dialogs"] == []
    assert seen["live_links"] == 0
    assert "<script>" in seen["hostile_title"]
    assert "\u202e" not in seen["hostile_title"]


def test_a_token_opens_the_room_with_frames_and_pictures(seen: dict[str, Any]) -> None:
    assert seen["without_token"] == 403
    assert not seen["token_in_address"]
    assert min(seen["guarded_photos"]) >= 1
    assert seen["guarded_heading"]


def test_no_request_leaves_the_room(seen: dict[str, Any], room: str, guarded: str) -> None:
    own = (f"{room}/", guarded.partition("?")[0], "data:", "about:")

    assert len(seen["requests"]) > 50
    assert [url for url in seen["requests"] if not url.startswith(own)] == []


def test_the_console_stays_silent(seen: dict[str, Any], told: dict[str, Any]) -> None:
    """But for the page that was asked for and is not there."""
    assert [text for text in seen["console"] if "404" not in text] == []
    assert {answer.partition(" ")[2].partition("/articles/")[2] for answer in seen["refused"]} <= {"nowhere"}


def test_everything_can_be_done_with_the_keyboard(seen: dict[str, Any]) -> None:
    assert 'class="skip"' in seen["first_focus"]
    assert seen["outline"] not in {"none", ""}
    assert seen["skipped_to"] == "content"
    assert "page=2" in seen["keyed_to"]


def test_the_list_is_searched_narrowed_and_read(seen: dict[str, Any], room: str) -> None:
    assert seen["listed"] == 20
    assert seen["next"] == "/?page=2"
    assert seen["searched"] == f"{room}/?q=warga"
    assert seen["marks"] >= 20
    assert seen["narrowed"] == f"{room}/?q=warga&section=Ekonomi"
    assert seen["narrowed_count"].startswith(f"{seen['facet_count']} article")
    assert seen["widened"] == f"{room}/?q=warga"
    assert seen["opened"].startswith(f"{room}/articles/")


def test_the_list_is_searched_with_nothing_but_keys(seen: dict[str, Any], room: str) -> None:
    assert seen["keyed_to_article"].startswith(f"{room}/articles/")


def test_no_view_is_wider_than_a_phone(seen: dict[str, Any], told: dict[str, Any]) -> None:
    assert seen["widths"] == dict.fromkeys(told["views"], 390)


def test_the_room_is_light_or_dark_as_the_reader_has_it(seen: dict[str, Any]) -> None:
    assert (seen["light"], seen["dark"]) == ("rgb(251, 249, 244)", "rgb(25, 23, 19)")


def test_axe_finds_nothing_serious(seen: dict[str, Any]) -> None:
    assert len(seen["axe"]) >= 10
    assert {name: found for name, found in seen["axe"].items() if found} == {}


def test_the_pictures_can_be_looked_at(
    seen: dict[str, Any], pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nscreenshots of the reading room: {pictures}")

    assert {"article.png", "changes.png", "dark.png", "phone-article.png"} <= {
        path.name for path in pictures.iterdir()
    }
