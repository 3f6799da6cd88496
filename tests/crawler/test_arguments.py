"""What a person asks for is understood or refused, with the right words in the refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.arguments import OLDEST_DAY, Order, Plan, Recheck, make_plan
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from extractors.portals import all_portals

TODAY = date(2026, 11, 22)
ARTICLE = "https://aceh.tribunnews.com/2022/07/21/warga-menanam-bakau"
TRIBUN = ("tribun", "serambi")


def plan(arguments: Mapping[str, str], *names: str) -> Plan:
    known = all_portals()
    return make_plan([known[name] for name in names or ("serambi",)], arguments, today=TODAY)


def refusal(arguments: Mapping[str, str], *names: str) -> str:
    with pytest.raises(WrongUsageError) as refused:
        plan(arguments, *names)
    assert refused.value.exit_code is ExitCode.USAGE
    return str(refused.value)


# --- what is right ----------------------------------------------------------------------------------


def test_without_arguments_the_plan_is_what_is_new_on_all_hosts() -> None:
    asked = plan({})
    assert {place.host.name for place in asked.places} == {
        host.name for host in all_portals()["serambi"].hosts
    }
    assert (asked.since, asked.until, asked.days, asked.urls, asked.sections) == (None, None, (), (), ())
    assert (asked.order, asked.recheck) == (Order.NEWEST, Recheck.DUE)


def test_a_range_includes_both_of_its_ends() -> None:
    days = plan({"since": "2022-07-30", "until": "2022-08-01", "order": "oldest"}).days
    assert days == (date(2022, 7, 30), date(2022, 7, 31), date(2022, 8, 1))


def test_one_day_is_a_range() -> None:
    assert plan({"since": "2022-07-30", "until": "2022-07-30"}).days == (date(2022, 7, 30),)


def test_the_newest_days_come_first_unless_told_otherwise() -> None:
    asked = {"since": "2022-07-01", "until": "2022-07-31"}
    newest = plan(asked).days
    assert newest[0] == date(2022, 7, 31)
    assert plan(asked | {"order": "newest"}).days == newest
    assert plan(asked | {"order": "oldest"}).days == newest[::-1]


def test_a_range_without_an_end_goes_to_today() -> None:
    asked = plan({"since": (TODAY - timedelta(2)).isoformat()})
    assert asked.until == TODAY
    assert len(asked.days) == 3


@given(
    start=st.dates(OLDEST_DAY, TODAY), length=st.integers(0, 800), order=st.sampled_from(["newest", "oldest"])
)
def test_a_range_has_each_of_its_days_once(start: date, length: int, order: str) -> None:
    end = min(start + timedelta(length), TODAY)
    days = plan({"since": str(start), "until": str(end), "order": order}).days
    assert sorted(days) == [start + timedelta(n) for n in range((end - start).days + 1)]
    assert list(days) == sorted(days, reverse=order == "newest")


@pytest.mark.parametrize(
    "words", ["solo,medan", " solo , medan ", "solo.tribunnews.com,MEDAN", "solo,medan,solo,"]
)
def test_hosts_are_named_short_or_long_and_each_is_taken_once(words: str) -> None:
    asked = plan({"hosts": words}, *TRIBUN)
    assert [place.host.name for place in asked.places] == ["solo.tribunnews.com", "medan.tribunnews.com"]
    assert {place.portal.name for place in asked.places} == {"tribun"}


def test_a_host_keeps_the_portal_whose_rules_it_follows() -> None:
    asked = plan({"hosts": "aceh,solo"}, *TRIBUN)
    assert [place.portal.name for place in asked.places] == ["serambi", "tribun"]


def test_sections_are_those_of_the_addresses() -> None:
    assert plan({"sections": "news, super-skor"}).sections == ("news", "super-skor")


@pytest.mark.parametrize("word", list(Recheck))
def test_every_way_to_recheck_can_be_asked_for(word: Recheck) -> None:
    assert plan({"recheck": word.value}).recheck is word


def test_url_and_urls_file_are_taken_together(tmp_path: Path) -> None:
    second = ARTICLE + "-lagi"
    listed = tmp_path / "urls.txt"
    listed.write_text(f"# dari redaksi\n\n  {second}  \r\n   # catatan\n", "utf-8")
    asked = plan({"url": ARTICLE, "urls_file": str(listed)})
    assert asked.urls == (ARTICLE,)
    assert asked.urls_file is not None
    assert [line.text for line in asked.urls_file.lines()] == [second]


def test_a_host_without_lists_can_be_crawled_by_address() -> None:
    former = "https://serambinews.com/2019/07/21/warga-menanam-bakau"
    assert plan({"hosts": "serambinews.com", "url": former}).urls == (former,)


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"host": "aceh"}, "unknown argument 'host'; did you mean 'hosts'?"),
        ({"untill": "2022-07-01"}, "did you mean 'until'?"),
        ({"xyz": "1"}, "known are hosts, since, until, sections, order, recheck, requisites, url, urls_file"),
        ({"hosts": "acehh"}, "there is no host 'acehh' in this portal; did you mean aceh"),
        ({"hosts": "kompas.com"}, "`kliping portals` lists the right ones"),
        ({"hosts": "aceh,medan"}, "there is no host 'medan'"),
        ({"hosts": ","}, "hosts: is empty"),
        ({"hosts": ""}, "hosts: is empty; name something, or leave the argument out"),
        ({"hosts": "serambinews.com"}, "has no lists of articles to walk; name articles with -a url=ADDRESS"),
        ({"until": "2022-07-01"}, "add -a since=YYYY-MM-DD"),
        ({"since": "2022-13-01"}, "since='2022-13-01' is no day; write it as YYYY-MM-DD"),
        ({"since": "2022-02-30"}, "is no day"),
        ({"since": "01/07/2022"}, "is no day"),
        ({"since": "kemarin"}, "is no day"),
        ({"since": ""}, "since: is empty"),
        ({"since": "2022-07-01", "until": "akhir"}, "until='akhir' is no day"),
        ({"since": "2022-07-02", "until": "2022-07-01"}, "swap them"),
        ({"since": "2026-11-23"}, "since=2026-11-23 lies in the future (today is 2026-11-22)"),
        ({"since": "2026-11-01", "until": "2026-11-23"}, "until=2026-11-23 lies in the future"),
        ({"since": "1922-07-01"}, "lies before 2005-01-01"),
        ({"order": "latest"}, "order='latest' is not possible; did you mean 'oldest'?"),
        ({"order": ""}, "order: is empty"),
        ({"recheck": "al"}, "did you mean 'all'?"),
        ({"sections": "../api"}, "'../api' is no section"),
        ({"sections": "news?x=1"}, "'news?x=1' is no section"),
        ({"sections": "--"}, "is no section"),
        ({"url": "https://www.kompas.example/2022/07/21/x"}, "is no article address of this portal"),
        ({"url": "https://aceh.tribunnews.com/index-news"}, "is no article address"),
        ({"url": "https://solo.tribunnews.com/2022/07/21/portal-lain"}, "is no article address of this"),
        ({"url": "file:///etc/passwd"}, "is no article address"),
        ({"url": ""}, "url: is empty"),
        ({"urls_file": "nowhere/urls.txt"}, "urls_file=nowhere/urls.txt: cannot be read"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_is_wrong_is_refused_with_what_is_right(arguments: dict[str, str], words: str) -> None:
    assert words in refusal(arguments)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    listed = tmp_path / "urls.txt"
    listed.write_bytes(b"\xff\xfe\x00binary")
    assert "cannot be read" in refusal({"urls_file": str(listed)})


def test_a_list_in_which_no_line_is_of_use_is_refused_with_the_first_lines(tmp_path: Path) -> None:
    listed = tmp_path / "urls.txt"
    listed.write_text("bakau\nhttps://aceh.tribunnews.com/tag/bakau\n", "utf-8")
    words = refusal({"urls_file": str(listed)})
    assert "none of its 2 lines" in words
    assert "line 2: 'https://aceh.tribunnews.com/tag/bakau'" in words


def test_a_list_without_addresses_is_refused_and_does_not_become_a_crawl_of_everything(
    tmp_path: Path,
) -> None:
    listed = tmp_path / "urls.txt"
    listed.write_text("# nothing found today\n", "utf-8")
    assert "urls.txt" in refusal({"urls_file": str(listed)})


def test_days_are_refused_where_no_list_is_by_day() -> None:
    """The crawl would find nothing and look complete."""
    assert "no lists by day" in refusal({"since": "2025-10-01", "until": "2025-10-02"}, "mediaindonesia")
    assert plan({}, "mediaindonesia").places


def test_a_host_that_only_lists_the_others_cannot_be_walked_alone() -> None:
    assert "no lists" in refusal({"hosts": "indeks"}, "kompas")


def test_an_address_outside_the_hosts_asked_for_is_refused() -> None:
    """It would be written down as to do, and no run of these arguments would ever fetch it."""
    assert "aceh.tribunnews.com" in refusal({"hosts": "solo", "url": ARTICLE}, *TRIBUN)


@given(
    st.dictionaries(
        st.sampled_from(
            ["hosts", "since", "until", "sections", "order", "recheck", "url", "urls_file", "host"]
        ),
        st.text(max_size=30),
    )
)
def test_any_text_is_a_plan_or_a_refusal(arguments: dict[str, str]) -> None:
    try:
        asked = plan(arguments)
    except WrongUsageError:
        return
    assert asked.places
