"""The report: one page that needs nothing, the same for the same collection, and true."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from archives import coverage
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.coverage import Day
from archives.states import Source, State
from reading_room.drawings import blocks, columns, line, months, strip
from reading_room.drift import Point
from reading_room.fill_rates import FillRates
from reading_room.findings import Commands, Period, short_names
from reading_room.report import Report, make_report, render, write_run_report
from tests.archives import shelf
from tests.archives.shelf import NOW, Shelf, new_url
from tests.support.year import FIRST, RATES, Year, host_name, make_year

HOST = "pesisir.example"
HOSTILE = "<script>alert(1)</script>\u202e\x1b]0;x\x07' $(rm -rf /) `id`"


class Page(HTMLParser):
    """What a browser would load or run, and the ids and titles that it meets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.runs: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in {"script", "iframe", "object", "embed", "link", "img", "video", "base", "form"}:
            self.loads.append(tag)
        self.runs += [name for name in said if name.startswith("on") or name == "style"]
        self.loads += [f"{name}={said[name]}" for name in ("src", "srcset", "data", "poster") if name in said]
        if tag == "a":
            self.targets.append(said.get("href") or "")
        self.ids += [said["id"] or ""] if "id" in said else []
        if tag not in {"meta", "br", "path", "rect", "polyline", "link", "wbr"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


def made(collection: Collection, *, thorough: bool = True, **more: object) -> Report:
    """A year of rows has no sidecars: a thorough count would drop its articles."""
    rates = FillRates.up_to_date(collection, thorough=thorough)
    catalogue = Catalogue(collection.catalogue, read_only=True)
    try:
        return make_report(collection, catalogue, rates, **more)  # type: ignore[arg-type]
    finally:
        catalogue.close()
        rates.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Shelf:
    return with_days(shelf.fill(tmp_path / "warta"))


def with_days(filled: Shelf) -> Shelf:
    """The same with three days: one closed, one missing, one with an address that has failed."""
    catalogue = Catalogue(filled.collection.catalogue)
    db = catalogue.database
    with catalogue.transaction():
        for number in range(3):
            day = date(2026, 11, 18) + timedelta(number)
            ends = datetime(2026, 11, 18, 17, tzinfo=UTC) + timedelta(number)
            found = Day(portal="demo", host=HOST, day=day, ends=ends)
            coverage.ask(db, found, f"https://{HOST}/indeks?date={day}", rank=0, run_id=1)
            if number == 1:
                continue
            walk = coverage.walk_of(db, found)
            url = f"https://{HOST}/{day}/kabar"
            state = State.CAPTURED if number == 0 else State.FAILED
            catalogue.add_urls([new_url(url)], 1)
            row = catalogue.find_url(url)
            assert row is not None
            catalogue.settle_url(row[0].url_id, state, reason=None if number == 0 else "http 403", run_id=1)
            over = ends + timedelta(hours=4)
            coverage.begin_reading(db, walk, over)
            coverage.note_page(db, walk, links=1, fault=None)
            coverage.note_listed(db, walk, [url], Source.INDEX, over)
            coverage.note_end(db, walk, last_page=1, at=over, run_id=1)
    catalogue.close()
    return filled


def test_the_report_tells_what_is_kept_and_what_is_missing(ledger: Shelf) -> None:
    plain = json.loads(json.dumps(made(ledger.collection).as_plain()))

    assert plain["articles"] == 3
    assert plain["days"] == {"closed": 1, "empty": 0, "partial": 1, "missing": 1, "unasked": 0}
    assert (plain["gapDays"], plain["failed"], plain["level"]) == (2, 1, "act")
    assert plain["failures"][0]["wall"]
    assert plain["pagesPerArticle"] == {"1": 3}
    assert plain["fields"][HOST]["published"] == {"rate": 1.0, "median": None, "articles": 3}
    assert "1 host turned us away: pesisir.example." in plain["verdict"]
    assert "2 days have gaps, on 1 host." in plain["verdict"]


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_is_whole_and_needs_nothing_beside_itself(ledger: Shelf, language: str) -> None:
    text = render(made(ledger.collection), language)
    page = Page(text)

    assert (page.loads, page.runs, page.open) == ([], [], [])
    assert len(page.ids) == len(set(page.ids))
    assert all(target.startswith("#") and target[1:] in page.ids for target in page.targets)
    assert not re.search(r"url\(|@import|https?://[^\s<]*\.(?:css|js|woff)", text)
    assert f'lang="{language}"' in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_the_same_collection_gives_the_same_bytes(ledger: Shelf) -> None:
    before = render(made(ledger.collection))
    (ledger.collection.indexes / "fill-rates.sqlite").unlink()

    assert render(made(ledger.collection)) == before


def test_a_period_shows_only_its_days(ledger: Shelf) -> None:
    report = made(ledger.collection, period=Period.of(date(2026, 11, 18), date(2026, 11, 18)))

    assert report.as_plain()["days"] == {"closed": 1, "empty": 0, "partial": 0, "missing": 0, "unasked": 0}
    assert report.articles == 0
    assert report.calendar.gap_days == 0


def test_an_empty_collection_has_a_report_too(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "warta")
    Catalogue(collection.catalogue).close()
    report = made(collection)

    assert report.level == "good"
    assert Page(render(report)).open == []
    assert "No day has been asked for yet." in report.as_plain()["verdict"]  # type: ignore[operator]


def test_hostile_names_never_become_markup_nor_a_second_command(ledger: Shelf) -> None:
    path = ledger.sidecars[0]
    record = json.loads(path.read_bytes())
    record["articleSection"], record["headline"] = [HOSTILE], HOSTILE
    path.write_text(json.dumps(record))
    with sqlite3.connect(ledger.collection.catalogue) as db:
        db.execute("UPDATE walks SET section = ? WHERE day = '2026-11-19'", (HOSTILE,))
        db.execute(
            "UPDATE urls SET url = url || ?, reason = ? WHERE state = 'failed'", (f"?q={HOSTILE}\n;id",) * 2
        )
        db.execute("UPDATE urls SET gone_at = '2026-11-20T00:00:00Z' WHERE state = 'captured'")
        db.execute("UPDATE runs SET arguments = ?", (json.dumps({"hosts": HOSTILE}),))
    db.close()
    report = made(ledger.collection)
    text = render(report)

    assert Page(text).loads == []
    assert Page(text).runs == []
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", text)
    commands = re.findall(r"<pre class=\"command\"[^>]*><code>(.*?)</code>", text, re.DOTALL)
    assert len(commands) >= 3
    for command in map(unescaped, commands):
        words = shlex.split(command)
        assert words[:2] == ["kliping", "crawl"]
        assert not re.search(r"^\s*(?:;|id\b)", command, re.MULTILINE)
        assert all(
            word.startswith("-") or words[place - 1].startswith("-")
            for place, word in enumerate(words)
            if place > 2
        )


def unescaped(text: str) -> str:
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(name, sign)
    return text


def test_a_command_names_the_collection_and_the_contact(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "warta kita")
    collection.create(operator=None, contact="https://library.example/it's", software="Kliping/0", now=NOW)
    words = shlex.split(Commands.of(collection).fetch("tribun", "https://a.example/x y\n?b=é"))

    assert words == [
        "kliping", "crawl", "tribun", "-a", "url=https://a.example/x%20y%0A?b=%C3%A9",
        "--collection", str(tmp_path / "warta kita"), "-s", "KLIPING_CONTACT=https://library.example/it's",
    ]  # fmt: skip


def test_hosts_are_called_by_their_first_word_where_that_tells_them_apart() -> None:
    names = short_names(["medan.a.example", "aceh.a.example", "aceh.b.example", "www.c.example"])

    assert names["medan.a.example"] == "medan"
    assert names["aceh.a.example"] == "aceh.a.example"
    assert names["www.c.example"] == "www.c.example"


def rate(host: str, field: str, day: date) -> float:
    """On one host the photo credits are gone since 5 December, on another writers were for two weeks."""
    if host == host_name(1) and field == "credit" and day >= FIRST + timedelta(34):
        return 0.03
    if host == host_name(2) and field == "byline" and timedelta(12) <= day - FIRST < timedelta(24):
        return 0.0
    return RATES[field]


def test_a_lost_field_is_an_alarm_in_words_and_one_that_came_back_is_none(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "jejaring")
    make_year(collection, Year(hosts=4, days=40, articles=12, rate=rate)).close()
    report = made(collection, thorough=False)
    plain = report.as_plain()

    alarms = plain["alarms"]
    assert isinstance(alarms, list)
    (alarm,) = alarms
    assert re.fullmatch(
        r"Photo credit: 9\d\s% to \d\s% on kabar-01 since \w+day [456] December 2025", alarm["message"]
    )
    assert [(one.host, one.field, one.change.in_force) for one in report.fields.past] == [
        (host_name(2), "byline", True), (host_name(2), "byline", False),
    ]  # fmt: skip
    assert report.level == "act"
    text = render(report, "id")
    assert "Kredit foto: 9" in text
    assert 'class="mark"' in text


def test_a_run_leaves_a_report_beside_its_list_also_when_it_was_interrupted(ledger: Shelf) -> None:
    write_run_report(ledger.collection, 1, interrupted=True)
    first = (ledger.collection.reports / "run-1.html").read_text("utf-8")
    write_run_report(ledger.collection, 1, interrupted=False)

    assert Page(first).open == []
    assert "Run 1" in first


@pytest.mark.slow
def test_a_year_of_sixty_hosts_stays_below_a_megabyte(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "jejaring")
    make_year(collection, Year(articles=2)).close()
    report = made(collection, thorough=False)
    text = render(report)

    assert len(report.calendar.hosts) == 60
    assert len(text.encode()) < 1_000_000
    assert report.fields.alarms == [], "chance over a year of a whole network raises no alarm"


# --- drawings -----------------------------------------------------------------------------------------


def test_years_are_drawn_one_below_the_other() -> None:
    assert blocks(date(2026, 3, 1), date(2026, 11, 1)) == [(date(2026, 3, 1), date(2026, 11, 1))]
    assert blocks(date(2024, 6, 1), date(2026, 2, 1)) == [
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2025, 1, 1), date(2025, 12, 31)),
        (date(2024, 6, 1), date(2024, 12, 31)),
    ]
    assert months(date(2026, 1, 30), date(2026, 2, 2)) == [(date(2026, 1, 1), 2), (date(2026, 2, 1), 2)]


def test_drawings_escape_their_titles() -> None:
    for drawn in (
        strip({}, FIRST, FIRST, HOSTILE),
        columns([("2026-01-01", 3)], HOSTILE),
        line([Point("2026-01-01", 3, 1)], [], HOSTILE),
    ):
        assert "<script" not in drawn


def test_a_rate_that_was_counted_once_is_a_level() -> None:
    assert 'points="0,30 240,30"' in line([Point("2026-01-01", 4, 2)], [], "Photo")
