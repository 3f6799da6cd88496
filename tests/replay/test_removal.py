"""What other people's tools make of a collection from which an article was redacted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archives.cdxj_line import Line
from archives.collection import Collection
from archives.removals import Removals
from tests.end_to_end.commands import kliping
from tests.replay import tools
from tests.replay.conftest import Replayable, portal_answer
from tests.replay.test_pywb import replay

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Redacted:
    collection: Collection
    before: list[Line]
    address: str


@pytest.fixture(scope="module")
def redacted(replayable: Replayable, tmp_path_factory: pytest.TempPathFactory) -> Redacted:
    collection = Collection(tmp_path_factory.mktemp("redacted") / "nusa")
    shutil.copytree(replayable.collection.root, collection.root)
    words = ("remove", replayable.address, "--redact", "--reason", "asked by the person named")
    ended = kliping(*words, collection=collection.root)
    assert ended.code == 0, ended.err
    return Redacted(collection, replayable.captures, replayable.address)


@pytest.fixture(scope="module")
def redacted_pywb(redacted: Redacted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with tools.pywb(redacted.collection, tmp_path_factory.mktemp("pywb")) as address:
        yield address


def test_warcio_and_fastwarc_find_every_digest_right(redacted: Redacted) -> None:
    for path in redacted.collection.warc_files():
        for words in (("warcio", "check", path), ("fastwarc", "check", path)):
            ended = tools.run(*words)
            assert ended.returncode == 0, ended.stdout + ended.stderr


def test_cdxj_indexer_makes_the_same_index_byte_for_byte(redacted: Redacted, tmp_path: Path) -> None:
    """It has no line for a notice, and nothing else is left of the article."""
    made = tmp_path / "made.cdxj"
    ended = tools.run("cdxj-indexer", "--sort", "--output", made, *redacted.collection.warc_files())
    assert ended.returncode == 0, ended.stderr
    assert made.read_bytes() == redacted.collection.index.read_bytes()


def test_pywb_replays_every_neighbour_and_nothing_of_the_article(
    redacted: Redacted, redacted_pywb: str
) -> None:
    removals, wrong, gone = Removals.of(redacted.collection), [], 0
    for line in redacted.before:
        url = str(line.fields["url"])
        answer = replay(redacted_pywb, url, line.timestamp)
        if removals.hides(url):
            gone += answer.status == 404
            continue
        sent = portal_answer(url)
        if (answer.status, answer.body) != (sent.status, sent.body):
            wrong.append((url, answer.status))
    assert wrong == []
    assert gone == sum(removals.hides(str(line.fields["url"])) for line in redacted.before) >= 3


def test_our_package_of_it_passes_the_specification_s_own_check(redacted: Redacted, tmp_path: Path) -> None:
    package = tmp_path / "nusa.wacz"
    ended = kliping("wacz", "--output", str(package), collection=redacted.collection.root)
    assert ended.code == 0, ended.err
    assert tools.run("wacz", "validate", "-f", package).returncode == 0
