"""`kliping diff`: which article is meant, which versions, and what is put on the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.lookup import StoredVersion
from archives.versions import KeptPage
from archives.word_diff import Change, Kind, Piece
from crawler.commands.diff import _chosen, _clean, _text, find_article
from crawler.errors import WrongUsageError
from tests.archives.shelf import begin_run, make_collection
from tests.crawler.newsdesk import reference

URL = "https://aceh.tribunnews.com/2022/07/20/warga-menanam-bakau"
OTHER = "https://aceh.tribunnews.com/2022/07/20/nelayan-menunggu-angin"


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return make_collection(tmp_path / "warta")


@pytest.fixture
def catalogue(collection: Collection) -> Iterator[Catalogue]:
    run_id = begin_run(collection)
    with closing(Catalogue(collection.catalogue)) as catalogue:
        for url in (URL, OTHER):
            capture_id = catalogue.add_capture(reference(url), run_id=run_id, url_id=None, waiting=False)
            catalogue.place_page(url, "serambi", 1, KeptPage(capture_id, "x"), count=1, run_id=run_id)
        catalogue.database.execute("UPDATE versions SET sidecar = 'articles/' || version_id || '.json'")
        yield catalogue


@pytest.mark.parametrize(
    "word",
    [
        URL,
        f"{URL}?page=2",
        f"{URL}?page=all&utm_source=x#komentar",
        URL.replace("https", "http"),
        URL.replace(".com/", ".com/amp/"),
        f"{URL}/",
    ],
)
def test_any_address_of_an_article_will_do(catalogue: Catalogue, collection: Collection, word: str) -> None:
    assert find_article(catalogue, word, collection.root) == URL


def test_the_path_of_a_record_will_do_from_anywhere(catalogue: Catalogue, collection: Collection) -> None:
    path = collection.root / "articles" / "1.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"url": URL}))
    for word in (str(path), "articles/1.json"):
        assert find_article(catalogue, word, collection.root) == URL


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        (f"{URL}-lagi", f"did you mean {URL} ?"),
        (URL.replace("menanam", "menanan"), f"did you mean {URL} ?"),
        (URL.replace("aceh", "medan"), f"did you mean {URL} ?"),
        ("https://aceh.tribunnews.com/2019/01/01/lain-sama-sekali", "kliping crawl serambi -a url=ADDRESS"),
        ("https://lain.example/x", "kliping crawl PORTAL -a url=ADDRESS"),
        ("%_", "no article is kept"),
        ("", "no article is kept"),
        ("articles/nowhere.json", "no such record"),
    ],
)
def test_a_near_miss_is_told_the_nearest_and_others_what_to_do(
    catalogue: Catalogue, collection: Collection, word: str, hint: str
) -> None:
    with pytest.raises(WrongUsageError) as caught:
        find_article(catalogue, word, collection.root)
    assert hint in str(caught.value)


STORED = [StoredVersion(number, f"{number}.json") for number in (1, 2, 4)]


@pytest.mark.parametrize(
    ("one", "other", "pair"),
    [(None, None, (2, 4)), (1, None, (1, 4)), (None, 2, (1, 2)), (1, 4, (1, 4)), (4, 1, (4, 1))],
)
def test_without_a_word_the_newest_is_held_against_the_one_before(
    one: int | None, other: int | None, pair: tuple[int, int]
) -> None:
    ((before, after),) = _chosen(STORED, one, other)
    assert (before.number, after.number) == pair


@pytest.mark.parametrize(
    ("one", "other", "hint"),
    [(3, None, "no version 3; there are 1, 2, 4"), (None, 1, "is the first"), (2, 2, "this is one version")],
)
def test_versions_that_cannot_be_compared_are_refused(one: int | None, other: int | None, hint: str) -> None:
    with pytest.raises(WrongUsageError, match=hint):
        _chosen(STORED, one, other)


def test_one_version_has_nothing_to_be_held_against() -> None:
    assert _chosen(STORED[:1], None, None) == []


CHANGE = Change(
    pieces=(
        Piece(Kind.SAME, " ".join(f"awal{n}" for n in range(60))),
        Piece(Kind.REMOVED, "lama"),
        Piece(Kind.ADDED, "baru"),
        Piece(Kind.SAME, " ".join(f"tengah{n}" for n in range(60))),
        Piece(Kind.ADDED, "\x1b[31mjahat\u202e"),
    )
)


def test_changes_are_marked_and_what_lies_between_is_shortened() -> None:
    text = _text(CHANGE, marked=True).plain
    assert text.startswith("… awal45 ")
    assert " awal59 [-lama-] {+baru+} tengah0 " in text
    assert " tengah14 … tengah45 " in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_on_a_terminal_colours_stand_for_the_marks() -> None:
    text = _text(CHANGE, marked=False)
    assert "[-" not in text.plain
    assert [str(span.style) for span in text.spans][:2] == ["red strike", "green"]


def test_no_control_character_reaches_the_terminal() -> None:
    assert _clean("a\x1bb\x9bc\u2028d\te\n") == "a\ufffdb\ufffdc\ufffdd\te\n"
