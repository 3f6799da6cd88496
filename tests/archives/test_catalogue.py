"""The catalogue: what is to do, what was done, and which captures make up a version of an article."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives.capture import CaptureRef, Truncation
from archives.catalogue import MAX_TRIES, Catalogue, NewUrl, UrlRow, WaitingCapture
from archives.collection import Collection
from archives.errors import CollectionError, WriteError
from archives.states import Kind, Priority, State
from archives.versions import KeptPage, KeptVersion, Placement, place
from archives.warc import Committed
from tests.archives import shelf
from tests.archives.shelf import ARTICLE, new_url

HOST = "pesisir.example"
REF = CaptureRef(
    url=ARTICLE, fetched_at=shelf.NOW, status=200, warc_file="a.warc.gz", offset=7, length=9,
    record_id="urn:uuid:1", payload_digest="sha256:A", content_type="text/html",
)  # fmt: skip


@pytest.fixture
def catalogue(collection: Collection) -> Iterator[Catalogue]:
    with closing(Catalogue(collection.catalogue)) as opened:
        begin(opened)
        yield opened


def begin(catalogue: Catalogue) -> int:
    return catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=shelf.NOW)


def todo(catalogue: Catalogue) -> list[str]:
    return [row.url for row in catalogue.todo(HOST, 99)]


def found(catalogue: Catalogue, url: str = ARTICLE) -> tuple[UrlRow, State, int]:
    answer = catalogue.find_url(url)
    assert answer is not None
    return answer


def settle(catalogue: Catalogue, state: State, *, run_id: int = 1, url: str = ARTICLE) -> None:
    catalogue.settle_url(found(catalogue, url)[0].url_id, state, reason="why", run_id=run_id)


# --- URLs -------------------------------------------------------------------------------------------


def test_a_new_url_is_to_do_and_offered_again_it_is_no_news(catalogue: Catalogue) -> None:
    assert catalogue.add_urls([new_url(), new_url()], 1) == 1
    assert catalogue.add_urls([new_url()], begin(catalogue)) == 0
    assert todo(catalogue) == [ARTICLE]


@pytest.mark.parametrize("state", [State.CAPTURED, State.DUPLICATE, State.NOT_ARTICLE, State.GONE])
def test_an_article_with_a_final_state_stays_as_it_is(catalogue: Catalogue, state: State) -> None:
    catalogue.add_urls([new_url()], 1)
    settle(catalogue, state)

    assert catalogue.add_urls([new_url()], begin(catalogue)) == 0
    assert found(catalogue)[1] is state


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Kind.LIST, State.CAPTURED),
        (Kind.SITEMAP, State.GONE),
        (Kind.FEED, State.CAPTURED),
        (Kind.ARTICLE, State.FAILED),
    ],
)
def test_lists_and_failures_are_to_do_again_in_a_later_run_only(
    catalogue: Catalogue, kind: Kind, state: State
) -> None:
    catalogue.add_urls([new_url(kind=kind)], 1)
    settle(catalogue, state)
    later = begin(catalogue)

    assert catalogue.add_urls([new_url(kind=kind)], 1) == 0
    assert catalogue.add_urls([new_url(kind=kind, rank=5)], later) == 1
    assert [(row.rank, row.kind) for row in catalogue.todo(HOST, 9)] == [(5, kind)]


def noted(url: str = ARTICLE) -> NewUrl:
    why = "outside this crawl"
    return new_url(
        url, kind=Kind.OTHER, state=State.NOT_ARTICLE, reason=why, portal="tribun", host="x.example"
    )


@pytest.mark.parametrize("run_id", [1, 2])
def test_a_link_only_noted_becomes_an_article_when_it_is_offered_as_one(
    catalogue: Catalogue, run_id: int
) -> None:
    begin(catalogue)
    assert catalogue.add_urls([noted()], 1) == 0
    offered = new_url(priority=Priority.PAGE, rank=3, article="https://a.example/", page=2, kind=Kind.PAGE)

    assert catalogue.add_urls([offered], run_id) == 1
    (row,) = catalogue.todo(HOST, 9)
    assert (row.kind, row.portal, row.host, row.rank, row.page) == (Kind.PAGE, "demo", HOST, 3, 2)
    assert row.article == "https://a.example/"
    assert catalogue.states() == [(Kind.PAGE, State.TODO, None, 1)]


def test_a_noted_link_gets_the_priority_of_what_it_is_offered_as(catalogue: Catalogue) -> None:
    catalogue.add_urls([noted(f"{ARTICLE}-1"), new_url(f"{ARTICLE}-0", priority=Priority.LIST)], 1)
    catalogue.add_urls([new_url(f"{ARTICLE}-1", priority=Priority.ARTICLE)], 1)

    assert todo(catalogue) == [f"{ARTICLE}-1", f"{ARTICLE}-0"]


def test_noting_a_link_takes_nothing_from_a_url_that_is_known(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)

    assert catalogue.add_urls([noted()], begin(catalogue)) == 0
    assert todo(catalogue) == [ARTICLE]


def test_a_link_noted_twice_stays_noted(catalogue: Catalogue) -> None:
    catalogue.add_urls([noted(), noted()], 1)
    catalogue.add_urls([noted()], begin(catalogue))

    assert catalogue.states() == [(Kind.OTHER, State.NOT_ARTICLE, "outside this crawl", 1)]


def test_the_most_urgent_comes_first_then_rank_then_age(catalogue: Catalogue) -> None:
    wanted = ["page", "first", "second", "third", "list"]
    rows = [("list", 10, 0), ("second", 20, 1), ("first", 20, 0), ("third", 20, 1), ("page", 30, 9)]
    catalogue.add_urls(
        [new_url(f"https://{HOST}/{name}", priority=priority, rank=rank) for name, priority, rank in rows], 1
    )
    catalogue.add_urls([new_url("https://lembah.example/", host="lembah.example", priority=99)], 1)

    assert todo(catalogue) == [f"https://{HOST}/{name}" for name in wanted]
    assert [row.url for row in catalogue.todo(HOST, 2)] == [f"https://{HOST}/{name}" for name in wanted[:2]]


def test_a_run_can_ask_for_its_own_urls_only(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)
    later = begin(catalogue)
    catalogue.add_urls([new_url(f"{ARTICLE}-2")], later)

    assert [row.url for row in catalogue.todo(HOST, 9, run_id=later)] == [f"{ARTICLE}-2"]


def test_a_run_finds_its_own_urls_without_passing_those_of_others(catalogue: Catalogue) -> None:
    """Steps of SQLite's machine are counted: with a walk past the others they would grow with them."""
    begin(catalogue)
    own = begin(catalogue)
    with catalogue.transaction():
        catalogue.add_urls([new_url(f"{ARTICLE}-{number}") for number in range(5000)], 1)
        catalogue.add_urls([new_url(f"{ARTICLE}-own-{number}") for number in range(5000)], own)
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    catalogue.database.set_progress_handler(step, 1)
    host = new_url(ARTICLE).host
    for run_id in (None, own):
        assert len(catalogue.todo(host, 4, run_id=run_id)) == 4
    catalogue.database.set_progress_handler(None, 0)
    assert steps < 1000


def test_asking_again_takes_what_is_settled_once_per_run(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)
    settle(catalogue, State.CAPTURED)
    later = begin(catalogue)

    assert catalogue.ask_again([ARTICLE, "https://unknown.example/"], later) == 1
    settle(catalogue, State.CAPTURED, run_id=later)
    assert catalogue.ask_again([ARTICLE], later) == 0


def test_a_failed_url_is_tried_in_so_many_runs_and_then_left(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)
    tries = 0
    for _ in range(MAX_TRIES + 3):
        run_id = begin(catalogue)
        catalogue.retry_failed([HOST], run_id)
        if todo(catalogue):
            tries += 1
            settle(catalogue, State.FAILED, run_id=run_id)

    assert tries == MAX_TRIES
    assert found(catalogue)[1] is State.FAILED


def test_another_hosts_failures_are_left_alone(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)
    settle(catalogue, State.FAILED)
    catalogue.retry_failed(["lembah.example"], begin(catalogue))
    catalogue.retry_failed([], begin(catalogue))

    assert todo(catalogue) == []


def test_a_url_tried_again_no_longer_says_why_it_failed(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)
    settle(catalogue, State.FAILED)
    catalogue.retry_failed([HOST], begin(catalogue))

    assert catalogue.states() == [(Kind.ARTICLE, State.TODO, None, 1)]


# --- captures ---------------------------------------------------------------------------------------


def test_a_reference_comes_back_as_it_was(catalogue: Catalogue) -> None:
    ref = replace(REF, truncated=Truncation.TIME, via="https://a.example/", content_type=None)
    capture_id = catalogue.add_capture(ref, run_id=1, url_id=None, waiting=False)

    catalogue.place_page(ARTICLE, "demo", 1, KeptPage(capture_id, "text"), count=1, run_id=1)
    kept = catalogue.kept_article(ARTICLE)

    assert kept is not None
    assert kept.pages == {1: ref}
    assert list(catalogue.every_capture()) == [ref]


def test_a_capture_waits_until_its_url_is_settled(catalogue: Catalogue) -> None:
    catalogue.add_urls([new_url()], 1)
    row = found(catalogue)[0]
    capture_id = catalogue.add_capture(REF, run_id=1, url_id=row.url_id, waiting=True)
    catalogue.add_capture(REF, run_id=1, url_id=row.url_id, waiting=False)

    assert catalogue.waiting_captures() == [WaitingCapture(capture_id, 1, REF, row)]
    catalogue.settle_url(row.url_id, State.CAPTURED, reason=None, run_id=1, capture_id=capture_id)
    assert catalogue.waiting_captures() == []


def test_the_length_that_counts_is_the_last_one_told(catalogue: Catalogue) -> None:
    catalogue.note_files([Committed("a", 10, closed=False), Committed("b", 5, closed=False)], 1)
    catalogue.note_files([Committed("a", 20, closed=True)], 1)

    assert catalogue.committed_lengths() == {"a": 20, "b": 5}
    assert catalogue.unclosed_lengths() == {"b": 5}


# --- versions ---------------------------------------------------------------------------------------


def version(begun_in: int = 1, **pages: tuple[int, str]) -> KeptVersion:
    kept = {int(name[1:]): KeptPage(*page) for name, page in pages.items()}
    return KeptVersion(version_id=1, number=1, begun_in=begun_in, pages=kept)


@pytest.mark.parametrize(
    ("current", "number", "page", "run_id", "wanted"),
    [
        (None, 1, (1, "a"), 1, Placement.NEW_VERSION),
        (None, 2, (1, "a"), 1, Placement.NEW_VERSION),
        (version(p1=(5, "a")), 1, (7, "a"), 2, Placement.SEEN_AGAIN),
        (version(p1=(5, "a")), 1, (3, "a"), 1, Placement.EARLIER),
        (version(p1=(5, "a")), 1, (7, "b"), 1, Placement.NEW_VERSION),
        (version(p1=(5, "a")), 2, (7, "b"), 2, Placement.FILL),
        (version(p1=(5, "a"), p2=(6, "b")), 2, (7, "c"), 1, Placement.REPLACE),
        (version(p1=(5, "a"), p2=(6, "b")), 2, (7, "c"), 2, Placement.NEW_VERSION),
    ],
)
def test_where_a_page_goes(
    current: KeptVersion | None, number: int, page: tuple[int, str], run_id: int, wanted: Placement
) -> None:
    assert place(current, number, KeptPage(*page), run_id) is wanted


Seen = tuple[int, int, str]


def fold(captures: list[Seen]) -> list[tuple[int, dict[int, int]]]:
    """Versions with the capture of each page, after these (capture, page, content) were placed in turn."""
    with fresh_catalogue() as catalogue:
        for capture_id in range(1, 10):
            catalogue.add_capture(replace(REF, offset=capture_id), run_id=1, url_id=None, waiting=False)
        for capture_id, number, content in captures:
            catalogue.place_page(
                ARTICLE, "demo", number, KeptPage(capture_id, content), count=number, run_id=1
            )
        kept = catalogue.kept_article(ARTICLE)
        assert kept is not None
        return [(kept.number, {number: ref.offset for number, ref in kept.pages.items()})]


@contextmanager
def fresh_catalogue() -> Iterator[Catalogue]:
    with closing(Catalogue(":memory:")) as opened:
        begin(opened)
        yield opened


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_equal_captures_are_looked_at_does_not_matter(
    numbers: list[int], dice: object
) -> None:
    captures = [(place, number, f"content of {number}") for place, number in enumerate(numbers, 1)]
    shuffled = list(captures)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fold(shuffled) == fold(captures) == fold(captures * 2)


def test_every_order_of_two_captures_of_page_one_gives_the_same_version() -> None:
    captures = [(1, 1, "a"), (2, 1, "a"), (3, 2, "b")]

    assert {str(fold(list(order))) for order in permutations(captures)} == {str([(1, {1: 1, 2: 3})])}


def test_a_changed_further_page_keeps_the_others_in_the_new_version(catalogue: Catalogue) -> None:
    for offset in (1, 2, 3):
        catalogue.add_capture(replace(REF, offset=offset), run_id=1, url_id=None, waiting=False)
    for number in (1, 2):
        catalogue.place_page(ARTICLE, "demo", number, KeptPage(number, f"{number}"), count=2, run_id=1)
    later = begin(catalogue)
    catalogue.place_page(ARTICLE, "demo", 2, KeptPage(3, "changed"), count=2, run_id=later)
    kept = catalogue.kept_article(ARTICLE)

    assert kept is not None
    assert (kept.number, kept.page_count) == (2, 2)
    assert {number: ref.offset for number, ref in kept.pages.items()} == {1: 1, 2: 3}
    assert catalogue.unsettled() == [ARTICLE]


# --- the file ---------------------------------------------------------------------------------------


def test_another_process_reads_while_one_writes(collection: Collection, catalogue: Catalogue) -> None:
    code = """
import sys
from archives.catalogue import Catalogue
reader = Catalogue(sys.argv[1], read_only=True)
print(len(reader.todo("pesisir.example", 9)))
"""
    catalogue.add_urls([new_url()], 1)
    with catalogue.transaction():
        catalogue.add_urls([new_url(f"{ARTICLE}-2")], 1)
        inside = shelf.run_python(code, collection.catalogue).communicate(timeout=300)
    after = shelf.run_python(code, collection.catalogue).communicate(timeout=300)

    assert (inside, after) == (("1\n", ""), ("2\n", ""))


def test_a_reader_cannot_write(collection: Collection, catalogue: Catalogue) -> None:
    with closing(Catalogue(collection.catalogue, read_only=True)) as reader, pytest.raises(WriteError):  # noqa: SIM117
        with reader.transaction():
            reader.add_urls([new_url()], 1)


@pytest.mark.parametrize("name", ["100%25 koran", "a#b", "a?b", "é"])
def test_any_folder_name_can_be_read(tmp_path: Path, name: str) -> None:
    collection = shelf.make_collection(tmp_path / name)
    shelf.begin_run(collection)

    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        assert catalogue.hosts_of_requisites() == []


def test_a_newer_format_is_refused_and_left_untouched(collection: Collection) -> None:
    with closing(sqlite3.connect(collection.catalogue)) as db:
        db.execute("PRAGMA user_version = 999")
    before = collection.catalogue.read_bytes()

    for read_only in (False, True):
        with pytest.raises(CollectionError, match=r"format 999, this Kliping reads \d+; use the Kliping"):
            Catalogue(collection.catalogue, read_only=read_only)
    assert collection.catalogue.read_bytes() == before


@pytest.mark.parametrize("version", [1, 3])
def test_an_older_format_is_brought_up_to_date_by_whoever_may_write(tmp_path: Path, version: int) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    with closing(sqlite3.connect(old)) as db:
        db.executescript((Path(__file__).parent / f"formats/catalogue-{version}.sql").read_text("utf-8"))
        db.execute("INSERT INTO articles (address, portal) VALUES ('https://pesisir.example/a', 'demo')")
        db.commit()

    with pytest.raises(CollectionError, match=f"format {version} of an earlier Kliping; `kliping reextract`"):
        Catalogue(old, read_only=True)
    Catalogue(old).close()
    Catalogue(new).close()
    assert columns_and_indexes(old) == columns_and_indexes(new)
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("SELECT address FROM articles").fetchall() == [("https://pesisir.example/a",)]


def columns_and_indexes(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {
            (name, row[1], row[2]) for name in tables for row in db.execute(f"PRAGMA table_info({name})")
        }
        return found | {
            (row[0],) for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")
        }


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_catalogue_is_a_collection_error(collection: Collection, read_only: bool) -> None:
    collection.catalogue.write_bytes(b"not a database, but long enough to be one" * 200)

    with pytest.raises(CollectionError, match=r"catalogue\.sqlite: .*; restore it from a copy"):
        Catalogue(collection.catalogue, read_only=read_only)


def test_a_catalogue_damaged_inside_is_a_write_error_when_it_is_met(collection: Collection) -> None:
    with closing(Catalogue(collection.catalogue)) as catalogue:
        begin(catalogue)
        catalogue.add_urls([new_url(f"{ARTICLE}-{number}") for number in range(2000)], 1)
    content = bytearray(collection.catalogue.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    collection.catalogue.write_bytes(content)

    with closing(Catalogue(collection.catalogue)) as catalogue, pytest.raises(WriteError, match="malformed"):  # noqa: SIM117
        with catalogue.transaction():
            catalogue.add_urls([new_url(f"{ARTICLE}-{number}x") for number in range(2000)], 1)


def test_a_missing_catalogue_is_told_to_a_reader(collection: Collection) -> None:
    with pytest.raises(CollectionError, match="cannot be opened"):
        Catalogue(collection.catalogue, read_only=True)
    assert not collection.catalogue.exists()


def test_a_place_where_no_file_can_be_is_a_write_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="make the folder writable"):
        Catalogue(tmp_path / "missing" / "catalogue.sqlite")


def fail_after(catalogue: Catalogue, url: NewUrl) -> None:
    catalogue.add_urls([url], 1)
    raise KeyError("invented")


def test_a_transaction_that_fails_leaves_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError), catalogue.transaction():
        fail_after(catalogue, new_url())

    assert todo(catalogue) == []


def test_a_part_that_fails_leaves_the_rest_of_the_transaction(catalogue: Catalogue) -> None:
    with catalogue.transaction():
        catalogue.add_urls([new_url()], 1)
        with pytest.raises(KeyError), catalogue.savepoint():
            fail_after(catalogue, new_url(f"{ARTICLE}-2"))

    assert todo(catalogue) == [ARTICLE]
