"""Which robots.txt was in force for a page, told from the records alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.capture import CaptureRef, Truncation
from archives.catalogue import Catalogue
from archives.robots import in_force, is_robots, robots_address
from tests.archives.shelf import NOW, begin_run, make_collection

ROOT = "https://portal.example"
FIRST, SECOND = "aceh-20261122T010203Z-00001-arsip.warc.gz", "aceh-20261122T050203Z-00002-arsip.warc.gz"


def ref(
    offset: int,
    *,
    url: str = f"{ROOT}/robots.txt",
    file: str = FIRST,
    minutes: float = 0,
    status: int = 200,
    truncated: Truncation | None = None,
    via: str | None = None,
) -> CaptureRef:
    return CaptureRef(
        url=url,
        fetched_at=NOW + timedelta(minutes=minutes),
        status=status,
        warc_file=file,
        offset=offset,
        length=1,
        record_id=f"urn:uuid:{file}-{offset}",
        payload_digest="sha256:A",
        truncated=truncated,
        via=via,
    )


PAGE = ref(500, url=f"{ROOT}/berita", minutes=60)


def offsets(answers: list[CaptureRef], page: CaptureRef = PAGE) -> list[int]:
    return [found.offset for found in in_force(page, answers)]


def test_the_newest_before_the_page_comes_first_whatever_the_order() -> None:
    assert offsets([ref(100), ref(300), ref(200), ref(700)]) == [300, 200, 100]


def test_in_our_files_the_place_counts_and_no_clock_that_jumps_back() -> None:
    assert offsets([ref(300, minutes=90), ref(700, minutes=0)]) == [300]


def test_a_file_follows_the_one_before_it() -> None:
    page = ref(10, url=f"{ROOT}/berita", file=SECOND, minutes=60)
    assert offsets([ref(900), ref(20, file=SECOND)], page) == [900]


def test_a_day_ends_what_a_robots_txt_says() -> None:
    assert offsets([ref(100, minutes=60 - 24 * 60)]) == [100]
    assert offsets([ref(100, minutes=59 - 24 * 60)]) == []


@pytest.mark.parametrize(
    ("status", "truncated"),
    [
        (500, None),
        (503, None),
        (429, None),
        (301, None),
        (200, Truncation.DISCONNECT),
        (200, Truncation.TIME),
    ],
)
def test_what_could_not_be_read_leaves_the_copy_before_it_in_force(
    status: int, truncated: Truncation | None
) -> None:
    assert offsets([ref(100), ref(300, status=status, truncated=truncated)]) == [100]


def test_what_is_larger_than_counts_is_a_robots_txt() -> None:
    assert offsets([ref(300, truncated=Truncation.LENGTH)]) == [300]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_the_word_that_there_is_none_ends_the_one_before(status: int) -> None:
    assert offsets([ref(100), ref(300, status=status)]) == []
    assert offsets([ref(300), ref(100, status=status)]) == [300]


def test_other_tools_files_are_ordered_by_date_and_kept_apart_from_ours() -> None:
    page = ref(5, url=f"{ROOT}/berita", file="rec-1.warc.gz", minutes=60)
    late = ref(9, file="rec-0.warc.gz", minutes=61)
    assert offsets([ref(8, file="rec-9.warc.gz", minutes=50), late, ref(100, minutes=55)], page) == [8]
    assert offsets([ref(8, file="rec-9.warc.gz", minutes=50)]) == []


@given(
    st.permutations(
        [
            ref(offset, status=status)
            for offset, status in ((1, 200), (2, 500), (3, 200), (4, 404), (5, 200), (600, 200))
        ]
    )
)
def test_the_order_of_the_answers_does_not_matter(answers: list[CaptureRef]) -> None:
    assert offsets(answers) == [5]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://portal.example/a/b?c", "https://portal.example/robots.txt"),
        ("http://portal.example:8080/", "http://portal.example:8080/robots.txt"),
        ("urn:uuid:1", None),
        ("http://[", None),
        ("ftp://portal.example/", None),
    ],
)
def test_each_scheme_and_authority_has_its_own(url: str, address: str | None) -> None:
    assert robots_address(url) == address


def test_the_catalogue_finds_it_also_behind_redirects_and_by_its_index(tmp_path: Path) -> None:
    answers = [
        ref(1),
        ref(2, url="https://cdn.example/r", via=f"{ROOT}/robots.txt"),
        ref(3, url="https://other.example/robots.txt"),
        ref(4, url=f"{ROOT}/robots.txt", via=f"{ROOT}/else"),
    ]
    assert [is_robots(answer) for answer in answers] == [True, True, True, False]
    collection = make_collection(tmp_path)
    run_id = begin_run(collection)
    catalogue = Catalogue(collection.catalogue)
    with catalogue.transaction():
        for answer in answers:
            catalogue.add_capture(answer, run_id=run_id, url_id=None, waiting=False)
    assert [found.offset for found in catalogue.robots_in_force(PAGE)] == [2, 1]
    plans: list[str] = []
    catalogue.database.set_trace_callback(plans.append)
    catalogue.robots_in_force(PAGE)
    catalogue.database.set_trace_callback(None)
    plan = catalogue.database.execute(f"EXPLAIN QUERY PLAN {plans[0]}").fetchall()
    assert "captures_robots" in plan[0][3]
    catalogue.close()
