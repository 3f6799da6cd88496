"""The calendar of `kliping status`: its marks, its gaps, and the commands that close them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import pytest
from rich.console import Console

from archives import coverage
from archives.catalogue import Catalogue
from archives.coverage import Day, DayRow, Extent
from archives.gaps import MARKS, Gap, Gaps, Marks
from archives.states import DayState
from crawler.arguments import make_plan
from crawler.calendar import COMMANDS, View, as_json, host_name, show
from crawler.coverage import end_of
from extractors.portals import all_portals
from tests.archives.shelf import NOW

STATES = {mark: state for state, mark in MARKS.items()}
FIRST = date(2026, 6, 28)


def rows(
    marks: str,
    host: str = "medan.tribunnews.com",
    *,
    section: str = "",
    over: bool = True,
    portal: str = "tribun",
) -> Iterator[DayRow]:
    """Days from 28 June on, one for each mark; a blank is a day that the ledger does not know."""
    for number, mark in enumerate(marks):
        if mark != " ":
            yield DayRow(
                portal=portal,
                host=host,
                section=section,
                day=FIRST + timedelta(number),
                state=STATES[mark],
                over=over,
                pending=0,
            )


def gaps_of(*found: Iterable[DayRow]) -> list[Gap]:
    gaps = Gaps()
    for host in found:
        for row in host:
            gaps.take(row)
    return gaps.most_useful_first()


def ranges(*found: Iterable[DayRow]) -> list[tuple[int, int, int]]:
    return [(gap.since.toordinal() - FIRST.toordinal(), gap.until.toordinal() - FIRST.toordinal(), gap.days)
            for gap in gaps_of(*found)]  # fmt: skip


def test_a_month_has_a_mark_for_every_day() -> None:
    assert Marks(rows("CPMEC")).months == {
        "2026-06": "." * 27 + "CPM",
        "2026-07": "EC" + "." * 29,
    }


def test_every_state_of_a_day_has_a_mark_of_its_own() -> None:
    assert len(set(MARKS.values())) == len(DayState) == len(MARKS)


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ("CCECC", []),
        ("MPM", [(0, 2, 3)]),
        ("CMPC", [(1, 2, 2)]),
        ("MCEM", [(0, 3, 2)]),
        ("M.M", [(2, 2, 1), (0, 0, 1)]),
        ("M MM", [(2, 3, 2), (0, 0, 1)]),
    ],
)
def test_gaps_are_one_range_until_a_day_comes_that_a_crawl_would_have_to_ask_for(
    marks: str, found: list[tuple[int, int, int]]
) -> None:
    assert ranges(rows(marks)) == found


def test_days_that_are_not_over_are_no_gaps() -> None:
    assert ranges(rows("MP", over=False)) == []


def test_ranges_do_not_run_from_one_host_into_the_next() -> None:
    assert ranges(rows("CM", "aceh.tribunnews.com"), rows("  M", "medan.tribunnews.com")) == [
        (2, 2, 1),
        (1, 1, 1),
    ]


def test_hosts_and_sections_with_the_same_gap_share_a_command_and_the_largest_comes_first() -> None:
    gaps = gaps_of(
        rows("MMM", "medan.tribunnews.com"),
        rows("M", "solo.tribunnews.com"),
        rows("MMM", "surabaya.tribunnews.com"),
        rows("M", "www.detik.com", section="jateng", portal="detik"),
        rows("M", "www.detik.com", section="jatim", portal="detik"),
    )
    day, days = "-a since=2026-06-28 -a until=2026-06-28", "-a since=2026-06-28 -a until=2026-06-30"
    assert [gap.command(" --collection aceh", name=host_name) for gap in gaps] == [
        f"kliping crawl tribun -a hosts=medan,surabaya {days} --collection aceh",
        f"kliping crawl detik -a hosts=www {day} -a sections=jateng,jatim --collection aceh",
        f"kliping crawl tribun -a hosts=solo {day} --collection aceh",
    ]


@pytest.mark.parametrize(
    ("portal", "host"),
    [
        (portal.name, host.name)
        for portal in all_portals().values()
        for host in portal.hosts
        if host.has_lists
    ],
)
def test_the_commands_name_hosts_as_the_crawl_takes_them(portal: str, host: str) -> None:
    (gap,) = gaps_of(rows("M", host, portal=portal))
    words = dict(word.split("=", 1) for word in gap.command(name=host_name).split() if "=" in word)
    plan = make_plan([all_portals()[portal]], {"hosts": words["hosts"]}, today=FIRST)
    assert [place.host.name for place in plan.places] == [host]


# --- what is printed --------------------------------------------------------------------------------


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    catalogue = Catalogue(":memory:")
    catalogue.begin_run(portal="demo", arguments={}, software="Kliping/0", now=NOW)
    for number in range(3):
        day = FIRST + timedelta(number)
        found = Day(
            portal="demo", host="pesisir.kabarnusa.localhost", day=day, ends=end_of(day, "Asia/Jakarta")
        )
        coverage.ask(
            catalogue.database, found, f"http://pesisir.kabarnusa.localhost/?{day}", rank=0, run_id=1
        )
    coverage.begin_reading(catalogue.database, 2, NOW)
    coverage.note_end(catalogue.database, 2, last_page=1, at=NOW, run_id=1)
    yield catalogue
    catalogue.close()


def shown(catalogue: Catalogue, extent: Extent, *, terminal: bool = False) -> tuple[str, int]:
    out = io.StringIO()
    console = Console(
        file=out,
        width=100,
        force_terminal=terminal or None,
        highlight=False,
        color_system="standard" if terminal else None,
    )
    count = show(console, catalogue.database, View(extent=extent, now=NOW))
    return out.getvalue(), count


def test_the_calendar_is_plain_text_where_there_is_no_terminal(catalogue: Catalogue) -> None:
    text, gaps = shown(catalogue, Extent())
    assert text.splitlines() == [
        "  C closed   P partial   M missing   E closed and empty   . not asked for",
        "",
        "pesisir.kabarnusa.localhost (demo)",
        "           1234567890 1234567890 12345678901",
        "  2026-06  .......... .......... .......MEM",
        "",
        "2 days with gaps; what closes most of them first:",
        "  kliping crawl demo -a hosts=pesisir -a since=2026-06-28 -a until=2026-06-30  # 2 days",
    ]
    assert gaps == 2


def test_the_calendar_has_colours_on_a_terminal(catalogue: Catalogue) -> None:
    text, _ = shown(catalogue, Extent(), terminal=True)
    assert "\x1b[1;31mM\x1b[0m" in text


def test_only_the_days_asked_for_are_shown(catalogue: Catalogue) -> None:
    text, gaps = shown(catalogue, Extent(since=FIRST + timedelta(1), until=FIRST + timedelta(1)))
    assert (".......... ........E." in text, gaps) == (True, 0)
    assert "no day has been asked for" in shown(catalogue, Extent(hosts=("lain.example",)))[0]


def test_of_many_commands_the_rest_is_counted(catalogue: Catalogue) -> None:
    day = FIRST
    for _ in range(COMMANDS + 3):
        day += timedelta(9)
        found = Day(
            portal="demo", host="lembah.kabarnusa.localhost", day=day, ends=end_of(day, "Asia/Makassar")
        )
        coverage.ask(catalogue.database, found, f"http://lembah.kabarnusa.localhost/?{day}", rank=0, run_id=1)
    text, gaps = shown(catalogue, Extent())
    assert text.count("kliping crawl") == COMMANDS
    assert text.splitlines()[-1] == "  … and 4 more such commands, for 4 days"
    assert gaps == COMMANDS + 5


def test_the_ledger_is_json_for_machines(catalogue: Catalogue) -> None:
    told = json.loads("".join(as_json(catalogue.database, View(extent=Extent(), now=NOW))))
    (host,) = told["hosts"]
    assert (host["portal"], host["host"], host["section"]) == ("demo", "pesisir.kabarnusa.localhost", None)
    assert host["months"] == {"2026-06": "." * 27 + "MEM"}
    assert host["days"] == told["days"] == {"missing": 2, "empty": 1}
    assert [day["state"] for day in host["dates"]] == ["missing", "empty", "missing"]
    assert host["dates"][1]["index"]["readBegun"] == "2026-11-22T01:02:03Z"
    assert told["gapDays"] == 2
    assert told["gaps"][0] == {
        "portal": "demo",
        "hosts": ["pesisir.kabarnusa.localhost"],
        "sections": [],
        "since": "2026-06-28",
        "until": "2026-06-30",
        "days": 2,
        "command": "kliping crawl demo -a hosts=pesisir -a since=2026-06-28 -a until=2026-06-30",
    }


def test_an_empty_ledger_is_json_too(catalogue: Catalogue) -> None:
    told = json.loads(
        "".join(as_json(catalogue.database, View(extent=Extent(hosts=("lain.example",)), now=NOW)))
    )
    assert told == {"hosts": [], "days": {}, "gapDays": 0, "gaps": []}
