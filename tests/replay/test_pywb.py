"""pywb replays what the portal sent: bodies are compared with the demo portal's own bytes."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archives import cdxj
from archives.collection import Collection
from tests.archives import shelf
from tests.archives.test_revisits import HEADERS, LATER, OTHER, keep
from tests.archives.test_revisits import answer as unchanged
from tests.replay import tools
from tests.replay.conftest import Replayable, portal_answer

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Replayed:
    status: int
    headers: dict[str, str]
    body: bytes


def replay(pywb: str, url: str, stamp: str, accept: str = "gzip") -> Replayed:
    """The archived answer, nothing rewritten (`id_`), its content encoding undone here."""
    parts = urlsplit(pywb)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", f"{parts.path}/{stamp}id_/{url}", headers={"Accept-Encoding": accept})
    answer = connection.getresponse()
    body = answer.read()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    packed = headers.get("content-encoding") == "gzip"
    return Replayed(answer.status, headers, gzip.decompress(body) if packed else body)


@pytest.mark.parametrize("accept", ["gzip", "identity"])
@pytest.mark.parametrize("query", ["", "?page=2"])
def test_each_page_of_an_article_is_the_one_that_the_portal_sent(
    replayable: Replayable, pywb: str, query: str, accept: str
) -> None:
    url = replayable.address + query
    answer = replay(pywb, url, replayable.time_of(url), accept)

    assert answer.status == 200
    assert answer.body == portal_answer(url).body


def test_every_answer_of_the_portal_is_replayed_with_its_status(replayable: Replayable, pywb: str) -> None:
    """All of the crawl: lists, pages, redirects and errors, and robots.txt."""
    wrong = []
    for line in replayable.captures:
        answer = replay(pywb, str(line.fields["url"]), line.timestamp)
        sent = portal_answer(str(line.fields["url"]))
        if (answer.status, answer.body) != (sent.status, sent.body):
            wrong.append((line.fields["url"], answer.status, sent.status))

    assert len(replayable.captures) > 200
    assert wrong == []


def test_a_redirect_leads_where_the_portal_sent_its_readers(replayable: Replayable, pywb: str) -> None:
    moved = replayable.capture(status=301)
    answer = replay(pywb, str(moved.fields["url"]), moved.timestamp)

    assert answer.status == 301
    assert answer.headers["location"].endswith(
        dict(portal_answer(str(moved.fields["url"])).headers)["Location"]
    )


def test_an_error_page_is_an_error_page(replayable: Replayable, pywb: str) -> None:
    lost = replayable.capture(status=404)
    answer = replay(pywb, str(lost.fields["url"]), lost.timestamp)

    assert answer.status == 404
    assert answer.body == portal_answer(str(lost.fields["url"])).body != b""


def test_a_photo_is_the_one_that_the_portal_sent(replayable: Replayable, pywb: str) -> None:
    answer = replay(pywb, replayable.photo, replayable.time_of(replayable.photo))

    assert answer.headers["content-type"] == "image/png"
    assert answer.body == portal_answer(replayable.photo).body
    assert answer.body.startswith(b"\x89PNG")


def test_an_address_that_was_never_archived_is_not_there(replayable: Replayable, pywb: str) -> None:
    assert replay(pywb, replayable.address + "?page=99", "2026").status == 404


@pytest.fixture
def small_archive(tmp_path: Path) -> Iterator[tuple[Collection, str]]:
    """A collection of a test's own in pywb; write to it, then `cdxj.update`, before the first question."""
    collection = shelf.make_collection(tmp_path / "warta")
    tmp_path.joinpath("pywb").mkdir()
    with tools.pywb(collection, tmp_path / "pywb") as address:
        yield collection, address


def test_two_states_of_one_address_are_told_apart_by_their_times(
    small_archive: tuple[Collection, str],
) -> None:
    collection, address = small_archive
    later = shelf.NOW.replace(hour=9)
    old, new = gzip.compress(b"<p>lama</p>", mtime=0), gzip.compress(b"<p>baru</p>", mtime=0)
    shelf.write(collection, shelf.capture(body=old), shelf.capture(body=new, fetched_at=later))
    cdxj.update(collection)

    assert replay(address, shelf.ARTICLE, f"{shelf.NOW:%Y%m%d%H%M%S}").body == b"<p>lama</p>"
    assert replay(address, shelf.ARTICLE, f"{later:%Y%m%d%H%M%S}").body == b"<p>baru</p>"


def test_a_revisit_is_replayed_with_the_body_of_the_record_it_refers_to(
    small_archive: tuple[Collection, str],
) -> None:
    """The same payload again, and under another address: stored once, in an earlier run's file."""
    collection, address = small_archive
    keep(collection, shelf.capture())
    again, elsewhere = keep(
        collection, shelf.capture(fetched_at=LATER), shelf.capture(OTHER, fetched_at=LATER)
    )
    cdxj.update(collection)

    assert again.original is not None
    assert elsewhere.original is not None
    for url in (shelf.ARTICLE, OTHER):
        answer = replay(address, url, f"{LATER:%Y%m%d%H%M%S}")
        assert (answer.status, answer.body) == (200, gzip.decompress(shelf.PAGE))
        assert answer.headers["memento-datetime"] == "Sun, 22 Nov 2026 07:02:03 GMT"


def test_a_304_is_replayed_with_the_status_and_body_that_it_confirmed(
    small_archive: tuple[Collection, str],
) -> None:
    collection, address = small_archive
    (first,) = keep(collection, shelf.capture(headers=HEADERS))
    (confirmed,) = keep(collection, unchanged(first))
    cdxj.update(collection)

    answer = replay(address, shelf.ARTICLE, f"{LATER:%Y%m%d%H%M%S}")

    assert confirmed.original == first.place
    assert (answer.status, answer.body) == (200, gzip.decompress(shelf.PAGE))
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["memento-datetime"] == "Sun, 22 Nov 2026 07:02:03 GMT"
