"""Where web archives are asked, what they are asked, and which of their captures are wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.settings import Settings

from archives.cdx_answers import IndexedCapture, WarcRange
from archives.mementos import Wanted, from_cdx_stamp
from crawler.arguments import make_plan
from crawler.errors import WrongUsageError
from crawler.web_archives import (
    LINES,
    Copy,
    Source,
    Span,
    WebArchive,
    choose,
    choose_further,
    copy_of,
    following,
    halves,
    pages_of,
    questions,
    read_copy,
    web_archive_of,
)
from extractors.portals import all_portals

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://aceh.tribunnews.com/2022/07/20/kabar"
DIGEST = "AX3MWLWLN2PJPTGWNAQOEGPDHGGUWAUW"
HOST = "aceh.tribunnews.com"
SPAN = Span(since=date(2022, 7, 1), until=date(2022, 7, 31))
WAYBACK = WebArchive(
    source=Source.WAYBACK,
    indexes=("https://web.archive.org/cdx/search/cdx",),
    copies="https://web.archive.org/web/",
    most=3,
)
CRAWLS = WebArchive(
    source=Source.COMMONCRAWL,
    indexes=("https://index.example/CC-1-index", "https://index.example/CC-2-index"),
    copies="https://data.example/",
    most=3,
)


def asked(question: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(question).query)


def capture(stamp: str, digest: str | None = DIGEST, place: WarcRange | None = None) -> IndexedCapture:
    return IndexedCapture(url=URL, stamp=stamp, captured_at=from_cdx_stamp(stamp), digest=digest, place=place)


def settings(**values: object) -> Settings:
    found = Settings()
    found.setmodule("crawler.settings", priority="project")
    found.update(values, priority="cmdline")
    return found


def archive(
    source: Source = Source.WAYBACK, hosts: tuple[str, ...] = (HOST,), **values: object
) -> WebArchive:
    result = web_archive_of(source, settings(**values), hosts)
    assert result is not None
    return result


# --- settings


@pytest.mark.parametrize(
    ("cdx", "copies"),
    [
        ("https://web.archive.org/cdx/search/cdx", "https://web.archive.org/web/"),
        ("http://127.0.0.1:8080/nusa/cdx", "http://127.0.0.1:8080/nusa/"),
        ("https://arsip.example/koran/cdx/", "https://arsip.example/koran/"),
        ("https://arsip.example/koran-cdx", "https://arsip.example/koran/"),
    ],
)
def test_the_place_of_the_copies_follows_from_the_index_where_it_is_known(cdx: str, copies: str) -> None:
    assert archive(KLIPING_CDX=cdx).copies == copies


def test_the_wayback_machine_is_asked_unless_told_otherwise() -> None:
    assert archive().hosts == ("web.archive.org",)
    assert web_archive_of(Source.PORTAL, settings(), [HOST]) is None


def test_a_place_of_copies_that_is_told_counts() -> None:
    told = archive(KLIPING_CDX="https://a.example/search", KLIPING_REPLAY="https://b.example/replay")
    assert (told.copies, told.hosts) == ("https://b.example/replay/", ("a.example", "b.example"))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"KLIPING_CDX": "https://a.example/search"}, "KLIPING_REPLAY"),
        ({"KLIPING_CDX": "web.archive.org/cdx"}, "KLIPING_CDX"),
        ({"KLIPING_CDX": "file:///etc/passwd"}, "KLIPING_CDX"),
        ({"KLIPING_CDX": "http://[::1/cdx"}, "KLIPING_CDX"),
        ({"KLIPING_CDX": "http://a.example/cdx?url=x"}, "KLIPING_CDX"),
        ({"KLIPING_CDX": "http://a.example:99999/cdx"}, "KLIPING_CDX"),
        ({"KLIPING_REPLAY": "x"}, "KLIPING_REPLAY"),
    ],
)
def test_a_setting_that_cannot_be_is_named(values: dict[str, str], named: str) -> None:
    with pytest.raises(WrongUsageError, match=named):
        archive(**values)  # type: ignore[arg-type]


def test_common_crawl_needs_the_crawls_named() -> None:
    with pytest.raises(WrongUsageError, match=r"KLIPING_CC_INDEX=https.*collinfo"):
        archive(Source.COMMONCRAWL)
    crawls = archive(
        Source.COMMONCRAWL, KLIPING_CC_INDEX="https://i.example/A-index, https://i.example/B-index"
    )
    assert crawls.indexes == ("https://i.example/A-index", "https://i.example/B-index")
    assert crawls.hosts == ("i.example", "data.commoncrawl.org")


def test_a_stranger_is_not_asked_for_names_of_this_machine() -> None:
    with pytest.raises(WrongUsageError, match="a name of this machine"):
        archive(hosts=("pesisir.kabarnusa.localhost",))


# --- arguments


def plan(**arguments: str) -> object:
    return make_plan([all_portals()["serambi"]], arguments, today=TODAY)


@pytest.mark.parametrize(
    ("arguments", "gaps"),
    [
        ({}, True),
        ({"since": "2022-07-01"}, False),
        ({"since": "2022-07-01", "gaps": "yes"}, True),
        ({"url": URL}, False),
    ],
)
def test_gaps_are_filled_where_nothing_else_is_asked_for(arguments: dict[str, str], gaps: bool) -> None:
    assert make_plan([all_portals()["serambi"]], {"source": "wayback"} | arguments, today=TODAY).gaps is gaps


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"source": "waybak"}, "did you mean 'wayback'"),
        ({"gaps": "yes"}, "add -a source=wayback"),
        ({"source": "wayback", "gaps": "maybe"}, "gaps='maybe'"),
        ({"source": "wayback", "gaps": "no"}, "say what is wanted"),
        ({"source": "wayback", "gaps": "yes", "url": URL}, "leave out url"),
        ({"source": "wayback", "requisites": "page"}, "knows no requisites"),
        ({"source": "wayback", "sections": "news"}, "knows no sections"),
    ],
)
def test_arguments_that_contradict_each_other_are_refused(arguments: dict[str, str], told: str) -> None:
    with pytest.raises(WrongUsageError, match=told):
        plan(**arguments)


# --- questions


def test_a_host_is_asked_for_with_its_days_in_universal_time() -> None:
    (question,) = questions(WAYBACK, HOST, whole_host=True, span=SPAN)
    fields = asked(question)
    assert (fields["url"], fields["matchType"]) == ([HOST], ["host"])
    assert (fields["from"], fields["to"]) == (["20220701000000"], ["20220731235959"])
    assert fields["filter"] == ["statuscode:200|-", "mimetype:text/html|warc/revisit"]


def test_an_article_is_asked_for_with_its_further_pages() -> None:
    (question,) = questions(WAYBACK, URL, whole_host=False, span=Span())
    fields = asked(question)
    assert (fields["url"], fields["matchType"]) == ([URL], ["prefix"])
    assert "from" not in fields


def test_an_answer_with_a_key_is_gone_on_with() -> None:
    (question,) = questions(WAYBACK, HOST, whole_host=True, span=SPAN)
    third = following(following(question, "a b%21"), "c")
    assert asked(third)["resumeKey"] == ["c"]
    assert asked(following(question, "a b%21"))["resumeKey"] == ["a b%21"]


def test_every_crawl_of_common_crawl_is_asked_for_its_pages() -> None:
    first, second = questions(CRAWLS, HOST, whole_host=True, span=SPAN)
    assert (urlsplit(first).path, urlsplit(second).path) == ("/CC-1-index", "/CC-2-index")
    pages = pages_of(first, 3)
    assert [asked(page)["page"] for page in pages] == [["0"], ["1"], ["2"]]
    assert "showNumPages" in first
    assert not any("showNumPages" in page for page in pages)


def test_halves_of_a_time_have_all_of_it_and_end_at_a_second() -> None:
    one_day = Span(since=date(2022, 7, 1), until=date(2022, 7, 1))
    (question,) = questions(WAYBACK, HOST, whole_host=True, span=one_day)
    seconds, asked_for = 0, [question.replace("to=20220701235959", "to=20220701000959")]
    while asked_for:
        again = halves(asked_for.pop(), NOW)
        seconds += not again
        asked_for += again
    assert seconds == 600


def test_half_of_a_question_without_days_is_asked_with_days() -> None:
    (question,) = questions(WAYBACK, URL, whole_host=False, span=Span())
    older, newer = halves(question, NOW)
    assert (asked(older)["from"], asked(newer)["to"]) == (["19960101000000"], ["20261122000000"])
    assert asked(older)["url"] == asked(newer)["url"] == [URL]


def test_the_limit_is_part_of_the_question() -> None:
    (question,) = questions(WAYBACK, HOST, whole_host=True, span=SPAN)
    assert asked(question)["limit"] == [str(LINES)]


# --- copies


def test_the_address_of_a_copy_says_what_it_must_be() -> None:
    address = copy_of(WAYBACK, capture("20220721010203"))
    assert address == f"https://web.archive.org/web/20220721010203id_/{URL}#sha1={DIGEST}"
    assert read_copy(address) == Copy(
        url=f"https://web.archive.org/web/20220721010203id_/{URL}",
        source=f"https://web.archive.org/web/20220721010203id_/{URL}",
        digest=DIGEST,
        wanted=Wanted(url=URL, captured_at=from_cdx_stamp("20220721010203"), digest=DIGEST),
    )


def test_the_address_of_a_range_says_which_bytes_it_is() -> None:
    place = WarcRange(file="crawl-data/x.warc.gz", offset=17, length=400)
    address = copy_of(CRAWLS, capture("20220721010203", place=place))
    assert address == f"https://data.example/crawl-data/x.warc.gz#bytes=17-416&sha1={DIGEST}"
    assert read_copy(address) == Copy(
        url="https://data.example/crawl-data/x.warc.gz",
        source="https://data.example/crawl-data/x.warc.gz#bytes=17-416",
        digest=DIGEST,
        byte_range="bytes=17-416",
    )


@pytest.mark.parametrize("place", [None, WarcRange(file="x.warc.gz", offset=0, length=1 << 30)])
def test_a_record_without_a_place_or_of_a_gigabyte_is_not_fetched(place: WarcRange | None) -> None:
    assert copy_of(CRAWLS, capture("20220721010203", place=place)) is None


def test_a_further_page_is_chosen_beside_each_page_1_even_if_it_is_the_same_again() -> None:
    firsts = [capture("20220101000000", "A"), capture("20220301000000", "B")]
    same = [capture(f"20220{month}01000010", "P") for month in (1, 2, 3)]
    changed = capture("20220401000000", "Q")
    stamps = [one.stamp[4:6] for one in choose_further([*same, changed], firsts, 3)]
    assert stamps == ["01", "03", "04"]


def test_of_each_body_the_earliest_capture_is_chosen() -> None:
    captures = [
        capture("20220103000000", "B"),
        capture("20220102000000", "A"),
        capture("20220101000000", "A"),
    ]
    assert [one.stamp for one in choose(captures, 5)] == ["20220101000000", "20220103000000"]


@pytest.mark.parametrize(("most", "days"), [(1, [1]), (2, [1, 9]), (3, [1, 5, 9]), (9, list(range(1, 10)))])
def test_of_too_many_bodies_the_first_the_last_and_some_between_are_chosen(
    most: int, days: list[int]
) -> None:
    captures = [capture(f"2022010{day}000000", f"D{day}") for day in range(1, 10)]
    assert [one.captured_at.day for one in choose(captures, most)] == days
