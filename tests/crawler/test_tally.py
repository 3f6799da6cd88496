"""The table at the end adds up, and its exit code says what a timer has to know."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from archives import coverage
from archives.catalogue import Catalogue
from archives.coverage import GRACE, Day
from archives.states import BLOCKING, Kind, State
from archives.versions import KeptPage
from crawler.exitcodes import ExitCode
from crawler.tally import Tally
from tests.archives.shelf import NOW, new_url
from tests.crawler.newsdesk import reference

Ending = tuple[Kind, State, str | None]
# No test here has sidecars.
NOWHERE = Path("nowhere")
KINDS = [Kind.LIST, Kind.SITEMAP, Kind.FEED, Kind.ARTICLE, Kind.PAGE, Kind.OTHER]
REASONS = [None, "http 403", "http 404", "http 500", "timeout", "soft 404", "another site"]
PAGE, INDEX = (Kind.ARTICLE, State.CAPTURED, None), (Kind.LIST, State.CAPTURED, None)


def open_catalogue() -> Catalogue:
    catalogue = Catalogue(":memory:")
    catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    return catalogue


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    catalogue = open_catalogue()
    yield catalogue
    catalogue.close()


def end(catalogue: Catalogue, *endings: Ending, run_id: int = 1) -> None:
    """Write down URLs, each with what became of it."""
    for number, (kind, state, reason) in enumerate(endings):
        url = f"https://pesisir.example/{run_id}/{number}"
        catalogue.add_urls([new_url(url, kind=kind)], run_id)
        if state is not State.TODO:
            found = catalogue.find_url(url)
            assert found is not None
            catalogue.settle_url(found[0].url_id, state, reason=reason, run_id=run_id)


def tally(*endings: Ending) -> Tally:
    catalogue = open_catalogue()
    try:
        end(catalogue, *endings)
        return Tally.of(catalogue, 1, NOWHERE)
    finally:
        catalogue.close()


def table(found: Tally) -> dict[str, int]:
    """The printed table, read back."""
    out = io.StringIO()
    found.show(Console(file=out, width=100))
    lines = re.findall(r"^( *\S.*?) {2,}([\d,]+)$", out.getvalue(), re.MULTILINE)
    return {name: int(count.replace(",", "")) for name, count in lines}


def _told(ending: Ending) -> str:
    return "-".join(str(word) for word in ending if word)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.sampled_from(list(State)), st.sampled_from(REASONS)), max_size=25
    )
)
def test_every_url_is_in_the_table_exactly_once(endings: list[Ending]) -> None:
    found = tally(*endings)
    skipped, failed = sum(found.skipped.values()), sum(found.failed.values())
    assert found.listed == found.captured + skipped + failed + found.to_do
    lists = [ending for ending in endings if ending[0].is_list]
    assert found.listed == len(endings) - len(lists)
    odd = sum(state in {State.DUPLICATE, State.NOT_ARTICLE, State.REMOVED} for _, state, _ in lists)
    assert found.lists + found.lists_absent.total() + found.lists_failed.total() == len(lists) - odd


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.sampled_from(list(State)), st.sampled_from(REASONS)), max_size=25
    )
)
def test_what_is_printed_adds_up_too(endings: list[Ending]) -> None:
    found = table(tally(*endings))
    parts = [
        n for name, n in found.items() if name.startswith(("  captured", "  skipped", "  failed", "  still"))
    ]
    assert found["addresses"] == sum(parts)


@pytest.mark.parametrize(
    ("endings", "code"),
    [
        ([], ExitCode.COMPLETE),
        ([INDEX, PAGE], ExitCode.COMPLETE),
        ([PAGE, (Kind.ARTICLE, State.GONE, "http 404")], ExitCode.COMPLETE),
        ([PAGE, (Kind.ARTICLE, State.ROBOTS, "robots.txt")], ExitCode.COMPLETE),
        ([PAGE, (Kind.OTHER, State.NOT_ARTICLE, "advertisement")], ExitCode.COMPLETE),
        ([PAGE, (Kind.SITEMAP, State.GONE, "http 404")], ExitCode.COMPLETE),
        ([PAGE, (Kind.FEED, State.ROBOTS, "robots.txt")], ExitCode.COMPLETE),
        ([PAGE, (Kind.LIST, State.GONE, "http 404")], ExitCode.GAPS),
        ([PAGE, (Kind.LIST, State.ROBOTS, "robots.txt")], ExitCode.GAPS),
        ([PAGE, (Kind.LIST, State.TODO, None)], ExitCode.GAPS),
        ([PAGE, (Kind.SITEMAP, State.FAILED, "http 500")], ExitCode.GAPS),
        ([PAGE, (Kind.ARTICLE, State.FAILED, "timeout")], ExitCode.GAPS),
        ([PAGE, (Kind.ARTICLE, State.TODO, None)], ExitCode.GAPS),
        ([PAGE, (Kind.ARTICLE, State.FAILED, "http 403")], ExitCode.GAPS),
        ([INDEX, (Kind.ARTICLE, State.FAILED, "http 403")], ExitCode.BLOCKED),
        ([(Kind.LIST, State.FAILED, "http 429")], ExitCode.BLOCKED),
        ([(Kind.LIST, State.FAILED, "http 403"), (Kind.ARTICLE, State.FAILED, "timeout")], ExitCode.GAPS),
        ([(Kind.ARTICLE, State.FAILED, "host not found")], ExitCode.GAPS),
    ],
    ids=lambda value: value.name if isinstance(value, ExitCode) else " ".join(map(_told, value)),
)  # fmt: skip
def test_the_exit_code_tells_complete_from_gaps_from_blocked(endings: list[Ending], code: ExitCode) -> None:
    assert tally(*endings).exit_code is code


@pytest.mark.parametrize("reason", sorted(BLOCKING))
def test_each_way_of_being_turned_away_is_blocked(reason: str) -> None:
    assert tally((Kind.ARTICLE, State.FAILED, reason)).exit_code is ExitCode.BLOCKED


def test_a_run_is_counted_by_itself_and_the_collection_as_a_whole(catalogue: Catalogue) -> None:
    end(catalogue, PAGE, INDEX)
    second = catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    end(catalogue, (Kind.ARTICLE, State.FAILED, "timeout"), run_id=second)
    assert (Tally.of(catalogue, 1, NOWHERE).listed, Tally.of(catalogue, second, NOWHERE).listed) == (1, 1)
    assert Tally.of(catalogue, 1, NOWHERE).exit_code is ExitCode.COMPLETE
    assert Tally.of(catalogue, None, NOWHERE).listed == 2


def test_an_article_without_its_record_is_a_gap(catalogue: Catalogue) -> None:
    """Its pages are archived, but could not be joined: nobody may take the run for complete."""
    end(catalogue, PAGE)
    url = "https://pesisir.example/1/0"
    page = KeptPage(catalogue.add_capture(reference(url), run_id=1, url_id=1, waiting=False), "digest")
    catalogue.place_page(url, "demo", 1, page, count=1, run_id=1)
    assert Tally.of(catalogue, 1, NOWHERE).exit_code is ExitCode.GAPS


def test_the_figures_go_into_the_catalogue_as_plain_data(catalogue: Catalogue) -> None:
    found = tally(PAGE, (Kind.ARTICLE, State.FAILED, "timeout"))
    catalogue.end_run(1, exit_code=3, figures=found.as_plain(), now=NOW)
    assert found.as_plain()["failed"] == {"timeout": 1}
    assert found.as_plain()["listed"] == 2


def test_the_links_that_lists_offered_are_shown_for_a_run() -> None:
    out = io.StringIO()
    tally(PAGE).show(Console(file=out, width=100), offered=1234, fetched=7)
    assert re.search(r"links on lists +1,234\n", out.getvalue())
    assert re.search(r"answers fetched +7\n", out.getvalue())


def test_a_day_that_could_not_be_closed_when_a_run_began_is_no_gap_of_it(catalogue: Catalogue) -> None:
    """Today's index is read before a timer's run is through; meanwhile today has become yesterday."""
    day = Day(portal="demo", host="pesisir.example", day=NOW.date(), ends=NOW - GRACE + timedelta(minutes=5))
    coverage.ask(catalogue.database, day, "https://pesisir.example/index", rank=0, run_id=1)
    (row,) = catalogue.todo("pesisir.example", 1)
    catalogue.settle_url(row.url_id, State.CAPTURED, reason=None, run_id=1)
    coverage.begin_reading(catalogue.database, 1, NOW)
    coverage.note_end(catalogue.database, 1, last_page=1, at=NOW, run_id=1)
    assert Tally.of(catalogue, 1, NOWHERE).exit_code is ExitCode.COMPLETE
    assert Tally.of(catalogue, None, NOWHERE, now=NOW + timedelta(hours=1)).exit_code is ExitCode.GAPS


@pytest.mark.parametrize(
    ("past", "code"), [(timedelta(seconds=-1), ExitCode.COMPLETE), (timedelta(), ExitCode.GAPS)]
)
def test_a_day_whose_index_was_not_read_to_its_end_is_a_gap_once_it_is_over(
    catalogue: Catalogue, past: timedelta, code: ExitCode
) -> None:
    """An index that goes on for ever: all its pages were captured, and none has failed."""
    day = Day(portal="demo", host="pesisir.example", day=date(2026, 11, 20), ends=NOW)
    coverage.ask(catalogue.database, day, "https://pesisir.example/index", rank=0, run_id=1)
    coverage.give_up(catalogue.database, 1, "more than 200 pages")
    row = catalogue.todo("pesisir.example", 1)[0]
    catalogue.settle_url(row.url_id, State.CAPTURED, reason=None, run_id=1)
    found = Tally.of(catalogue, 1, NOWHERE, now=NOW + GRACE + past)
    assert (found.days_asked, found.days_closed, found.exit_code) == (1, 0, code)
    assert ("  over and not closed" in table(found)) is (code is ExitCode.GAPS)


def test_questions_to_web_archives_that_were_not_asked_are_told_as_still_to_do() -> None:
    catalogue = open_catalogue()
    catalogue.add_urls([new_url("https://archive.example/cdx?url=a", kind=Kind.CAPTURES)], 1)
    out = io.StringIO()
    tally = Tally.of(catalogue, 1, NOWHERE)
    tally.show(Console(file=out, width=100))
    assert "failed" not in out.getvalue()
    assert re.search(r"still to do +1\n", out.getvalue())
    assert tally.exit_code is ExitCode.GAPS


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.NOT_ARTICLE, "redirects to another host"),
        (State.ROBOTS, "robots.txt"),
        (State.FAILED, "http 404"),
    ],
)
def test_a_question_to_a_web_archive_without_an_answer_is_a_gap(state: State, reason: str) -> None:
    """Whatever an index has done instead: nobody may take the run for complete."""
    catalogue = open_catalogue()
    new = new_url("https://archive.example/cdx?url=a", kind=Kind.CAPTURES, state=state, reason=reason)
    catalogue.add_urls([new], 1)
    out = io.StringIO()
    tally = Tally.of(catalogue, 1, NOWHERE)
    tally.show(Console(file=out, width=100))
    assert tally.exit_code is ExitCode.GAPS
    assert f"failed: {reason}" in out.getvalue()
