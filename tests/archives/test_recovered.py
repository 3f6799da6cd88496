"""The ledger's side of what is taken from web archives: what one run leaves is another's."""

from __future__ import annotations

from datetime import timedelta

from archives import recovered
from archives.catalogue import Catalogue, NewUrl
from archives.moments import to_w3c
from archives.states import Kind, State
from tests.archives.shelf import ARTICLE, NOW, new_url

HOSTS_CAPTURES = "https://archive.example/cdx?url=pesisir.example&matchType=host"
ARTICLES_CAPTURES = f"https://archive.example/cdx?url={ARTICLE}&matchType=prefix"
COPY = f"https://archive.example/web/20190304050607id_/{ARTICLE}"
STALE = NOW - timedelta(days=7)


def question(url: str = ARTICLES_CAPTURES, *, article: str | None = ARTICLE) -> NewUrl:
    return new_url(url, kind=Kind.CAPTURES, host="archive.example", article=article)


def copy(found_by: str, url: str = COPY) -> NewUrl:
    return new_url(url, kind=Kind.MEMENTO, host="archive.example", article=ARTICLE, page=1, found_on=found_by)


def answer(catalogue: Catalogue, url: str, run_id: int) -> None:
    """The index has been asked, and the answer is in the archive."""
    db = catalogue.database
    (url_id,) = db.execute("SELECT url_id FROM urls WHERE url = ?", (url,)).fetchone()
    db.execute(
        "INSERT INTO captures (run_id, url_id, url, fetched_at, status, warc_file, offset, length, "
        "record_id, payload_digest, waiting) VALUES (?, ?, ?, ?, 200, 'a.warc.gz', 0, 1, 'urn:x', 'x', 0)",
        (run_id, url_id, url, to_w3c(NOW)),
    )
    (capture_id,) = db.execute("SELECT max(capture_id) FROM captures").fetchone()
    catalogue.settle_url(url_id, State.CAPTURED, reason=None, run_id=run_id, capture_id=capture_id)


def ledger() -> Catalogue:
    catalogue = Catalogue(":memory:")
    for _ in range(3):
        catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    return catalogue


def to_do(catalogue: Catalogue, run_id: int) -> list[str]:
    return [row.url for row in catalogue.todo("archive.example", 10, run_id=run_id)]


def test_copies_that_an_earlier_run_left_count_as_to_do_when_the_index_is_not_asked_again() -> None:
    """Whoever looks at the ledger looks again only when more is to do."""
    catalogue = ledger()
    recovered.ask(catalogue, question(), 1, stale=STALE)
    answer(catalogue, ARTICLES_CAPTURES, 1)
    recovered.add_copies(catalogue, [copy(ARTICLES_CAPTURES)], 1, most=5)
    assert recovered.ask(catalogue, question(), 2, stale=STALE) == 1
    assert to_do(catalogue, 2) == [COPY]


def test_copies_that_another_question_found_and_left_are_fetched_by_the_run_that_finds_them_again() -> None:
    catalogue = ledger()
    recovered.add_copies(catalogue, [copy(HOSTS_CAPTURES)], 1, most=1)
    recovered.ask(catalogue, question(), 2, stale=STALE)
    answer(catalogue, ARTICLES_CAPTURES, 2)
    assert recovered.add_copies(catalogue, [copy(ARTICLES_CAPTURES)], 2, most=1) == 1
    assert to_do(catalogue, 2) == [COPY]
    recovered.ask(catalogue, question(), 3, stale=STALE)  # the second run was cut off as well
    assert to_do(catalogue, 3) == [COPY]
