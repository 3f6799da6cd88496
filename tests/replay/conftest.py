from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archives import cdxj
from archives.cdxj_line import Line, parse
from archives.collection import Collection
from crawler.demo.portal import Answer, DemoPortal, Request
from tests.archives import shelf
from tests.end_to_end.commands import kliping, sidecars
from tests.replay import tools
from tests.support.needed import missing


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    if not tools.are_there():
        missing("other people's tools are not installed beside ours; run bin/tools")


@dataclass(frozen=True, slots=True)
class Replayable:
    """The demo portal's collection, its package, and an article of several pages with a photo."""

    collection: Collection
    package: Path
    address: str
    headline: str
    page_count: int
    photo: str
    phrase: str
    """Words that stand on page 2 of that article and nowhere else."""

    @property
    def captures(self) -> list[Line]:
        """What the index has of the portal; the sidecars in the WARC files have addresses of their own."""
        lines = [parse(line) for line in self.collection.index.read_text().splitlines()]
        return [line for line in lines if "status" in line.fields]

    def capture(self, *, status: int) -> Line:
        return next(line for line in self.captures if line.fields["status"] == str(status))

    def time_of(self, url: str) -> str:
        return next(line.timestamp for line in self.captures if line.fields["url"] == url)


def portal_answer(url: str) -> Answer:
    """What the demo portal sends, asked without the network: the same seed gives the same bytes."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return DemoPortal().answer(Request(host=parts.hostname or "", target=target))


@pytest.fixture(scope="session")
def replayable(tmp_path_factory: pytest.TempPathFactory) -> Replayable:
    folder = tmp_path_factory.mktemp("replay")
    collection = Collection(folder / "nusa")
    assert kliping("demo", collection=collection.root).code == 0
    record, phrase = article_with_a_phrase(sidecars(collection.root))
    photo = record["image"][0]["contentUrl"]
    if not any(f'"url": "{photo}"' in line for line in collection.index.read_text().splitlines()):
        archive_photo(collection, photo)
    ended = kliping("wacz", "--output", str(folder / "nusa.wacz"), collection=collection.root)
    assert ended.code == 0, ended.err
    return Replayable(
        collection=collection,
        package=folder / "nusa.wacz",
        address=record["url"],
        headline=record["headline"],
        page_count=record["pagination"]["pageCount"],
        photo=photo,
        phrase=phrase,
    )


def archive_photo(collection: Collection, url: str) -> None:
    """A photo in a WARC file of its own, as long as crawls leave photos out."""
    answer = portal_answer(url)
    headers = ((b"Content-Type", answer.content_type.encode()),)
    shelf.write(collection, shelf.capture(url, body=answer.body, headers=headers, target=urlsplit(url).path))
    cdxj.update(collection)


def article_with_a_phrase(records: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """An article of several pages with a photo, and eight words of its page 2 that stand nowhere else."""
    for _, record in sorted(records.items()):
        if "image" not in record or len(record["archive"]["pages"]) < 2:
            continue
        for part in record["hasPart"]:
            phrase = " ".join(part["text"].split()[:8])
            places = sum(other["articleBody"].count(phrase) for other in records.values())
            if part["page"] == 2 and places == 1 and phrase.isascii() and phrase.count(" ") == 7:
                return record, phrase
    raise AssertionError("the demo portal has no such article")


@pytest.fixture(scope="session")
def pywb(replayable: Replayable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the collection in a running pywb, set up as docs/replay.md says."""
    with tools.pywb(replayable.collection, tmp_path_factory.mktemp("pywb")) as address:
        yield address
