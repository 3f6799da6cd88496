"""The instant of publication: printed, stated by machines, and whose zone holds."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json

import pytest

from extractors.article import PageReading
from extractors.extract import read_page
from tests.extractors.press import CAPTURED, URL, Sheet

WESTERN = URL
CENTRAL = "https://makassar.tribunnews.com/2022/07/20/panen-raya"
EASTERN = "https://ambon.tribunnews.com/2022/07/20/panen-raya"
NOON = "Rabu, 20 Juli 2022 13:05"


def read(
    url: str = WESTERN,
    *,
    printed: str = "",
    machine: str = "",
    stated: str = "",
    changed: str = "",
    local: str = "",
) -> PageReading:
    """A page of the host of `url` with these times."""
    given = {"datePublished": stated, "dateModified": changed}
    ld = json.dumps({"@type": "NewsArticle"} | {name: value for name, value in given.items() if value})
    head = f"<script>dataLayer = [{{'editor': 'x', 'publish_date': '{local}'}}];</script>" if local else ""
    markup = Sheet(printed=printed, machine=machine, json_ld=ld, head=head).html().replace(URL, url)
    return read_page(markup.encode(), url=url, captured_at=CAPTURED[2022])


def published(reading: PageReading) -> str | None:
    return reading.published.isoformat() if reading.published else None


@pytest.mark.parametrize(("url", "offset"), [(WESTERN, "+07:00"), (CENTRAL, "+08:00"), (EASTERN, "+09:00")])
def test_a_printed_time_without_zone_is_in_the_hosts(url: str, offset: str) -> None:
    reading = read(url, printed=NOON)
    assert (published(reading), reading.warnings) == (f"2022-07-20T13:05:00{offset}", ())


@pytest.mark.parametrize(("zone", "offset"), [("WIB", "+07:00"), ("WITA", "+08:00"), ("WIT", "+09:00")])
def test_a_printed_zone_wins_over_host_and_machine(zone: str, offset: str) -> None:
    for url in (WESTERN, CENTRAL, EASTERN):
        reading = read(url, printed=f"{NOON} {zone}", stated="2022-07-20T13:05:42+07:00")
        assert published(reading) == f"2022-07-20T13:05:42{offset}"
        assert dict(reading.field_sources)["published"] == "printed"


def test_western_time_of_the_template_is_not_believed_outside_it_and_the_change_moves_along() -> None:
    reading = read(
        CENTRAL, printed=NOON, stated="2022-07-20T13:05:42+07:00", changed="2022-07-20T14:00:00+07:00"
    )
    assert published(reading) == "2022-07-20T13:05:42+08:00"
    assert reading.modified is not None
    assert reading.modified.isoformat() == "2022-07-20T14:00:00+08:00"
    assert "JSON-LD states the clock time with another zone than the page" in reading.warnings


def test_western_time_that_is_the_same_instant_is_right() -> None:
    reading = read(
        CENTRAL, printed=NOON, stated="2022-07-20T12:05:42+07:00", changed="2022-07-20T13:00:00+07:00"
    )
    assert published(reading) == "2022-07-20T13:05:42+08:00"
    assert reading.modified is not None
    assert reading.modified.isoformat() == "2022-07-20T13:00:00+07:00"
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("stated", "local", "instant", "doubtful"),
    [
        ("2022-07-20T13:05:42+07:00", "", "2022-07-20T13:05:42+08:00", True),
        ("2022-07-20T13:05:42+07:00", "2022-07-20 13:05:42", "2022-07-20T13:05:42+08:00", True),
        ("2022-07-20T12:05:42+07:00", "2022-07-20 13:05:42", "2022-07-20T12:05:42+07:00", False),
        ("2022-07-20T13:05:42+08:00", "", "2022-07-20T13:05:42+08:00", False),
        ("2022-07-20T05:05:42Z", "", "2022-07-20T05:05:42+00:00", False),
        ("2022-07-20T13:05:42", "", "2022-07-20T13:05:42+08:00", False),
        ("", "2022-07-20 13:05:42", "2022-07-20T13:05:42+08:00", False),
    ],
)
def test_without_a_printed_time_a_doubtful_zone_is_the_hosts_with_a_warning(
    stated: str, local: str, instant: str, doubtful: bool
) -> None:
    reading = read(CENTRAL, stated=stated, local=local)
    assert published(reading) == instant
    assert any("western time" in warning for warning in reading.warnings) is doubtful


@pytest.mark.parametrize(
    ("url", "printed", "machine", "instant"),
    [
        (WESTERN, NOON, "2022-07-20T13:05+07:00", "2022-07-20T13:05:00+07:00"),
        (CENTRAL, NOON, "2022-07-20T12:05+07:00", "2022-07-20T12:05:00+07:00"),
        (CENTRAL, NOON, "2022-07-20T13:05+07:00", "2022-07-20T13:05:00+08:00"),
        (CENTRAL, f"{NOON} WIB", "2022-07-20T13:05+08:00", "2022-07-20T13:05:00+07:00"),
        (CENTRAL, "6 jam lalu", "2022-07-20T13:05", "2022-07-20T13:05:00+08:00"),
        (CENTRAL, f"{NOON} WITA", "2022-07-20", "2022-07-20T13:05:00+08:00"),
    ],
)
def test_the_time_elements_machine_form_and_its_text(
    url: str, printed: str, machine: str, instant: str
) -> None:
    assert published(read(url, printed=printed, machine=machine)) == instant


@pytest.mark.parametrize("where", [{"printed": "Rabu, 20 Juli 2022"}, {"stated": "2022-07-20"}])
def test_a_mere_day_is_its_beginning_with_a_warning(where: dict[str, str]) -> None:
    reading = read(**where)
    assert published(reading) == "2022-07-20T00:00:00+07:00"
    assert "the page gives the day of publication without a time" in reading.warnings


def test_a_mere_day_gives_way_to_a_stated_time_and_midnight_is_a_time() -> None:
    assert (
        published(read(printed="Rabu, 20 Juli 2022", stated="2022-07-20T13:05:42+07:00"))
        == "2022-07-20T13:05:42+07:00"
    )
    midnight = read(printed="Rabu, 20 Juli 2022 00:00 WIB")
    assert (published(midnight), midnight.warnings) == ("2022-07-20T00:00:00+07:00", ())


EMPTY = '<time class="grey"></time>'


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="x">Tayang: Rabu, 20 Juli 2022 13:05 WIB</div>',
        '<span class="date"><b>Tayang</b>: Rabu, 20 Juli 2022 13:05 WIB</span>',
        '<div class="d">Tayang: <span>Rabu, 20 Juli 2022 13:05 WIB</span></div>',
        "<p>Diterbitkan pada Rabu, 20 Juli 2022 | 13.05 WIB</p>",
        '<div class="grey bdr3 pb10 pt10">Rabu, 20 Juli 2022 13:05 WIB</div>',
        '<div class="grey bdr3"><time>Rabu,&nbsp;20 Juli&nbsp;2022 <span>13:05&#8203; WIB</span></time></div>',
        '<div class="grey bdr3"><time>Rabu, 20 Juli 2022</time> <time>13:05 WIB</time></div>',
        '<meta itemprop="datePublished" content="2022-07-20T13:05:00+07:00">',
        '<time class="grey" content="2022-07-20T13:05:00+07:00">6 jam lalu</time>',
        "<span>Diperbarui: <time>Kamis, 21 Juli 2022 10:00 WIB</time></span><span>Tayang: <time>Rabu, 20 Juli 2022 13:05 WIB</time></span>",
    ],
)
def test_the_date_is_found_in_markup_that_nobody_has_seen(markup: str) -> None:
    page = Sheet(printed="").html()
    assert EMPTY in page
    reading = read_page(page.replace(EMPTY, markup).encode(), url=URL, captured_at=CAPTURED[2022])
    assert published(reading) == "2022-07-20T13:05:00+07:00"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<time class="timeago">6 jam lalu</time>', '<time class="grey">Senin, 4 Mei 2020 04:25 WIB</time>'),
        ("Nelayan Kuala Baru", "<time>Senin, 4 Mei 2020 04:25 WIB</time>"),
        ("<p>Nelayan Kuala Baru", "<p>Senin, 4 Mei 2020 04:25 WIB"),
    ],
)
def test_times_of_other_articles_and_of_the_text_are_never_the_articles(old: str, new: str) -> None:
    page = Sheet(printed="").html()
    assert old in page
    reading = read_page(page.replace(old, new).encode(), url=URL, captured_at=CAPTURED[2022])
    assert reading.published is None


def test_a_printed_change_is_a_change() -> None:
    reading = read(printed=f"Tayang: {NOON} WIB | Diperbarui: Kamis, 21 Juli 2022 10:00 WIB")
    assert reading.modified is not None
    assert reading.modified.isoformat() == "2022-07-21T10:00:00+07:00"
    assert reading.published_text == f"{NOON} WIB"


def test_a_change_before_the_publication_is_left_out_with_a_warning() -> None:
    reading = read(printed=f"{NOON} WIB", changed="2022-07-19T10:00:00+07:00")
    assert reading.modified is None
    assert "the stated change lies before the publication and is left out" in reading.warnings


def test_a_publication_after_the_capture_is_doubted() -> None:
    assert (
        "the date of publication is later than the capture"
        in read(printed="Rabu, 20 Juli 2032 13:05 WIB").warnings
    )


@pytest.mark.parametrize("year", ["0000", "9999"])
def test_impossible_years_give_no_date(year: str) -> None:
    reading = read(
        printed=f"1 Januari {year} 10:00",
        stated=f"{year}-01-01T10:00:00+07:00",
        local=f"{year}-01-01 10:00:00",
    )
    assert reading.published is None
    assert "no date of publication" in reading.warnings
