"""Tombstones: which addresses they hold, and what survives on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import CollectionError
from archives.removals import Removals, append

URL = "https://aceh.tribunnews.com/2026/11/20/warga-desa-contoh-gotong-royong"
PAGE_2 = f"{URL}?page=2"
OLD = "https://aceh.tribunnews.com/?p=4711"
PHOTO = "https://cdn.example/foto/gotong-royong.jpg"


def _collection(tmp_path: Path) -> Collection:
    collection = Collection(tmp_path / "collection")
    collection.create(operator=None, contact=None, software="test", now=datetime(2026, 11, 20, tzinfo=UTC))
    return collection


def _removal(**more: object) -> Mapping[str, object]:
    told = {"action": "remove", "url": URL, "identifier": "warga-1", "addresses": [URL, OLD]}
    return {**told, "pictures": [PHOTO], "at": "2026-11-21T00:00:00Z", "reason": "asked by the desk", **more}


def test_no_address_is_removed_in_a_collection_without_tombstones(tmp_path: Path) -> None:
    removals = Removals.of(_collection(tmp_path))
    assert URL not in removals
    assert not removals.hides(URL)
    assert not removals.path.exists()


@pytest.mark.parametrize(
    "address",
    [
        URL,
        PAGE_2,
        f"{URL}?page=all&utm_source=wa#komentar",
        URL.replace("https", "http"),
        f"{URL}/",
        URL.replace("aceh.", "ACEH."),
        f"urn:kliping:article:{URL}",
        OLD,
    ],
)
def test_any_address_of_a_removed_article_is_removed(tmp_path: Path, address: str) -> None:
    assert address in append(_collection(tmp_path), _removal())


@pytest.mark.parametrize(
    "address",
    [
        "https://aceh.tribunnews.com/",
        "https://aceh.tribunnews.com/?p=4712",
        f"{URL}-kedua",
        URL.replace("aceh", "medan"),
        "",
        "http://[broken/",
    ],
)
def test_other_addresses_are_not_removed(tmp_path: Path, address: str) -> None:
    assert address not in append(_collection(tmp_path), _removal())


def test_a_photo_of_the_article_alone_is_hidden_but_no_article(tmp_path: Path) -> None:
    removals = append(_collection(tmp_path), _removal())
    assert removals.hides(PHOTO)
    assert PHOTO not in removals


def test_an_undone_removal_stays_in_the_history_and_hides_nothing(tmp_path: Path) -> None:
    collection = _collection(tmp_path)
    append(collection, _removal())
    removals = append(collection, {"action": "undo", "url": URL, "at": "2026-11-22T00:00:00Z"})
    assert URL not in removals
    assert len(removals) == 0
    assert [one.undone_at for one in removals.all] == ["2026-11-22T00:00:00Z"]
    assert len(collection.removals.read_bytes().splitlines()) == 2


def test_a_second_removal_adds_the_addresses_that_were_found_since(tmp_path: Path) -> None:
    collection = _collection(tmp_path)
    append(collection, _removal())
    other = "https://aceh.tribunnews.com/amp/2026/11/20/warga-desa-contoh-gotong-royong"
    removals = append(collection, _removal(addresses=[other], reason="again"))
    assert other in removals
    assert OLD in removals
    assert len(removals) == 1


@pytest.mark.parametrize("torn", [b'{"action": "rem', b"{", b"\xff\xfe"])
def test_a_torn_last_line_is_passed_over_and_cut_off_by_the_next_one(tmp_path: Path, torn: bytes) -> None:
    collection = _collection(tmp_path)
    append(collection, _removal())
    with collection.removals.open("ab") as out:
        out.write(torn)
    assert URL in Removals.of(collection)
    append(collection, {"action": "undo", "url": URL, "at": "2026-11-22T00:00:00Z"})
    lines = collection.removals.read_bytes().split(b"\n")
    assert [json.loads(line)["action"] for line in lines[:-1]] == ["remove", "undo"]


@pytest.mark.parametrize("line", [b"nonsense", b"[]", b'{"action": "remove"}', b'{"action": 3, "url": "x"}'])
def test_a_broken_line_is_refused_for_it_may_be_a_removal(tmp_path: Path, line: bytes) -> None:
    collection = _collection(tmp_path)
    collection.removals.write_bytes(line + b"\n")
    with pytest.raises(CollectionError, match=r"removals\.jsonl: cannot be read \(line 1"):
        Removals.of(collection)


def test_what_a_newer_kliping_adds_takes_no_removal_back(tmp_path: Path) -> None:
    removals = append(_collection(tmp_path), _removal(), {"action": "embargo", "url": URL})
    assert URL in removals
