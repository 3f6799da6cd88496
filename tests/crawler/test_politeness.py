"""A good guest: never too close together, never without a name, and only this machine is this machine."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import WrongUsageError
from crawler.politeness import (
    SLOWEST,
    Habits,
    Manners,
    Pace,
    is_loopback,
    may_connect,
    require_contact,
    retry_after,
    user_agent,
)

HOSTS = {"aceh": "tribun", "medan": "tribun", "solo": "tribun", "kabar": "nusa", "alone": None}


@st.composite
def requests(draw: st.DrawFn) -> list[tuple[str, Fraction]]:
    """Hosts and the moments when they are asked for, in the order of time."""
    gaps = draw(st.lists(st.tuples(st.sampled_from(sorted(HOSTS)), st.integers(0, 30)), max_size=40))
    now, asked = Fraction(1000), []
    for host, tenths in gaps:
        now += Fraction(tenths, 10)
        asked.append((host, now))
    return asked


def turns(
    pace: Fraction, network_pace: Fraction, asked: list[tuple[str, Fraction]]
) -> list[tuple[str, Fraction]]:
    """When each request goes."""
    keeper = Pace(pace, network_pace)  # type: ignore[arg-type]  # exact numbers, so that nothing is rounded
    return [(host, now + Fraction(keeper.reserve(host, HOSTS[host], now))) for host, now in asked]  # type: ignore[arg-type]


@given(requests(), st.integers(1, 30), st.integers(0, 30))
def test_two_requests_are_never_closer_than_the_pace(
    asked: list[tuple[str, Fraction]], pace: int, network_pace: int
) -> None:
    host_gap, group_gap = Fraction(pace, 10), Fraction(network_pace, 10)
    of_host, of_group = defaultdict(list), defaultdict(list)
    for host, turn in turns(host_gap, group_gap, asked):
        of_host[host].append(turn)
        of_group[HOSTS[host]].append(turn)
    of_group.pop(None, None)
    for times in of_host.values():
        assert all(late - early >= host_gap for early, late in pairwise(times))
    for times in of_group.values():
        assert all(late - early >= group_gap for early, late in pairwise(sorted(times)))


@given(requests(), st.integers(0, 30))
def test_nobody_waits_where_the_pace_is_off(asked: list[tuple[str, Fraction]], network_pace: int) -> None:
    assert turns(Fraction(0), Fraction(network_pace, 10), asked) == asked


@given(requests(), st.integers(1, 30))
def test_a_request_goes_at_once_when_nobody_was_there_before(
    asked: list[tuple[str, Fraction]], pace: int
) -> None:
    first = turns(Fraction(pace, 10), Fraction(pace, 10), asked)[:1]
    assert first == asked[:1]


def test_hosts_of_different_groups_do_not_wait_for_each_other() -> None:
    pace = Pace(1, 0.5)
    assert [pace.reserve("aceh", "tribun", 7), pace.reserve("kabar", "nusa", 7)] == [0, 0]
    assert pace.reserve("medan", "tribun", 7) == 0.5
    assert pace.reserve("aceh", "tribun", 7) == 1


# --- who is asking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost.", "a.b.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"],
)
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil.com", "notlocalhost", "127.0.0.1.evil.com", "127.0.0.1.nip.io", "aceh.tribunnews.com",
        "128.0.0.1", "192.168.0.1", "10.0.0.1", "0.0.0.1", "::", "fe80::1", "2001:db8::1", "", ".",
    ],
)  # fmt: skip
def test_anything_else_is_a_stranger(host: str) -> None:
    assert not is_loopback(host)


@given(st.text(max_size=40))
def test_any_text_is_loopback_or_not(host: str) -> None:
    assert isinstance(is_loopback(host), bool)


@pytest.mark.parametrize(
    "contact",
    [
        "https://library.example/crawl",
        "http://192.0.2.1/",
        "arsip@library.example",
        "mailto:a@library.example",
    ],
)
def test_a_contact_opens_the_door(contact: str) -> None:
    require_contact(contact, ["localhost", "aceh.tribunnews.com"])
    assert user_agent(contact).endswith(f"; +{contact})")


def test_this_machine_needs_no_contact() -> None:
    require_contact("", ["localhost", "127.0.0.1", "pesisir.kabarnusa.localhost"])
    assert "+" not in user_agent("")


def test_without_a_contact_a_stranger_is_not_asked() -> None:
    with pytest.raises(WrongUsageError, match=r"aceh\.tribunnews\.com: .* KLIPING_CONTACT="):
        require_contact("", ["localhost", "aceh.tribunnews.com"])


@pytest.mark.parametrize(
    "contact",
    [
        "nobody", "@", "arsip@", "@library.example", "arsip@library", "https://", "ftp://library.example", "http://[",
        "arsip @library.example", "https://library.example/\r\nCookie: x", "arsip@library.example\x00",
    ],
)  # fmt: skip
def test_what_cannot_be_reached_is_no_contact(contact: str) -> None:
    with pytest.raises(WrongUsageError, match="neither a web address nor a mail address"):
        require_contact(contact, ["aceh.tribunnews.com"])


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_a_contact_or_refused_and_never_breaks_a_header(contact: str) -> None:
    try:
        require_contact(contact, ["aceh.tribunnews.com"])
    except WrongUsageError:
        return
    assert user_agent(contact).isprintable()


# --- what hosts ask for -----------------------------------------------------------------------------

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, float("inf")),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sunday, 22-Nov-26 12:00:05 GMT", 5.0),
        ("Sun Nov 22 12:00:07 2026", 7.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(field: str | None, seconds: float | None) -> None:
    assert retry_after(field, NOON) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_a_time_or_nothing(field: str) -> None:
    seconds = retry_after(field, NOON)
    assert seconds is None or seconds >= 0


def test_a_host_that_refuses_rests_for_the_time_it_names_and_others_do_not() -> None:
    manners = Manners(Habits(pace=1))
    manners.refused("aceh", 40, now=100)
    assert manners.rests("aceh", 139.9)
    assert not manners.rests("aceh", 140)
    assert not manners.rests("medan", 101)
    assert manners.reserve("aceh", None, 110) == 30


def test_what_waits_for_the_end_of_a_rest_goes_one_by_one() -> None:
    manners = Manners(Habits(pace=1, latency_factor=0))
    manners.refused("aceh", 40, now=100)
    gap = manners.gap("aceh")
    assert [manners.reserve("aceh", None, 110) for _ in range(3)] == [30, 30 + gap, 30 + 2 * gap]


def test_without_a_time_each_rest_is_twice_the_one_before() -> None:
    manners, now, rests = Manners(Habits(first_rest=5, max_rest=30)), 0.0, []
    while not manners.has_left("aceh"):
        manners.refused("aceh", None, now)
        rests.append(manners.reserve("aceh", None, now))
        now += rests[-1]
    assert rests[:3] == [5, 10, 20]
    assert len(rests) == 4
    assert "wants to rest for 40 s" in manners.left["aceh"]


def test_a_short_time_named_again_and_again_does_not_keep_the_rests_short() -> None:
    manners, now = Manners(Habits(first_rest=4, max_rest=100)), 0.0
    for expected in (1, 4, 8, 16):
        manners.refused("aceh", 1, now)
        assert manners.rests("aceh", now + expected - 0.5)
        assert not manners.rests("aceh", now + expected)
        now += expected


def test_requests_under_way_when_a_rest_begins_count_as_one_refusal() -> None:
    manners = Manners(Habits(first_rest=5))
    for _ in range(8):
        manners.refused("aceh", None, 0)
    assert not manners.rests("aceh", 5)


def test_a_host_that_wants_more_rest_than_the_cap_is_left_alone() -> None:
    manners = Manners(Habits(max_rest=600))
    manners.refused("aceh", 600, 0)
    assert not manners.has_left("aceh")
    manners.refused("medan", float("inf"), 0)
    assert list(manners.left) == ["medan"]


def test_the_pace_is_halved_by_a_refusal_and_comes_back_step_by_step() -> None:
    manners = Manners(Habits(pace=1))
    manners.refused("aceh", 1, 0)
    gaps = [manners.gap("aceh")]
    while gaps[-1] > 1:
        manners.answered("aceh", 0.1)
        gaps.append(manners.gap("aceh"))
    assert gaps[0] == 2
    assert len(gaps) > 5
    assert gaps == sorted(gaps, reverse=True)


def test_a_slow_host_is_asked_as_slowly_as_it_answers() -> None:
    manners = Manners(Habits(pace=1, latency_factor=2))
    manners.answered("aceh", 4)
    assert manners.gap("aceh") == 8
    for _ in range(30):
        manners.answered("aceh", 0.2)
    assert manners.gap("aceh") == 1


@given(st.lists(st.one_of(st.floats(0, 1e6), st.none()), max_size=30), st.floats(0.01, 60))
def test_no_answer_makes_the_crawl_faster_than_the_pace_or_slower_than_the_bound(
    answers: list[float | None], pace: float
) -> None:
    manners = Manners(Habits(pace=pace, max_rest=0))
    for now, seconds in enumerate(answers):
        if seconds is None:
            manners.refused("aceh", 0, now)
        else:
            manners.answered("aceh", seconds)
        assert pace <= manners.gap("aceh") <= SLOWEST


def test_walls_in_a_row_end_the_visit_and_an_article_between_them_does_not_let_them_add_up() -> None:
    manners = Manners(Habits(max_walls=3))
    for heard in (manners.walled, manners.walled, manners.welcomed, manners.walled, manners.walled):
        heard("aceh")
    assert not manners.has_left("aceh")
    manners.walled("aceh")
    assert manners.left == {"aceh": "3 walls in a row"}


def test_failures_in_a_row_end_the_visit_and_an_answer_between_them_begins_anew() -> None:
    manners = Manners(Habits(max_failures=4))
    for heard in (*[manners.failed] * 3, manners.worked, *[manners.failed] * 3):
        heard("aceh")
    assert not manners.has_left("aceh")
    manners.failed("aceh")
    assert manners.left == {"aceh": "4 failures in a row"}


def test_a_host_that_fails_again_and_again_gets_no_second_tries() -> None:
    manners = Manners(Habits())
    ailing = []
    for heard in (*[manners.failed] * 3, manners.worked):
        heard("aceh")
        ailing.append(manners.is_ailing("aceh"))
    assert ailing == [False, False, True, False]
    assert not manners.is_ailing("medan")


@pytest.mark.parametrize(("delay", "gap"), [(None, 1), (0.2, 1), (7, 7), (3600, 30), (-4, 1)])
def test_a_crawl_delay_is_followed_up_to_the_cap(delay: float | None, gap: float) -> None:
    manners = Manners(Habits(pace=1, max_crawl_delay=30))
    manners.asked_to_wait("aceh", delay)
    assert manners.gap("aceh") == gap


def test_a_crawl_delay_holds_where_the_pace_is_off() -> None:
    manners = Manners(Habits(pace=0, network_pace=0))
    manners.asked_to_wait("aceh", 2)
    assert [manners.reserve("aceh", "tribun", 5), manners.reserve("aceh", "tribun", 5)] == [0, 2]


# --- where a connection may go ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fd00:ec2::254",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "168.63.129.16", "no address",
    ],
)  # fmt: skip
def test_a_name_on_the_web_may_not_stand_for_an_address_at_home(address: str) -> None:
    assert not may_connect("foto.example.com", address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_a_name_on_the_web_may_stand_for_an_address_on_the_web(address: str) -> None:
    assert may_connect("foto.example.com", address)


def test_this_machine_is_at_this_machine_only() -> None:
    assert may_connect("pesisir.kabarnusa.localhost", "127.0.0.1")
    assert not may_connect("pesisir.kabarnusa.localhost", "10.0.0.1")


def test_the_operator_may_trust_a_name() -> None:
    assert may_connect("Cermin.example.com", "10.0.0.1", {"cermin.example.com"})
    assert may_connect("cermin.example.com.", "10.0.0.1", {"cermin.example.com"})
    assert not may_connect("x.cermin.example.com", "10.0.0.1", {"cermin.example.com"})


def test_a_run_s_figures_tell_how_each_host_was_treated() -> None:
    manners = Manners(Habits(pace=1.0, first_rest=5.0, max_rest=60.0))
    for turn in range(3):
        manners.reserve("a.example", None, float(turn * 10))
    manners.refused("a.example", 20.0, 30.0)
    manners.refused("a.example", 22.0, 31.0)  # under way when the rest began: it only becomes longer
    manners.refused("a.example", None, 100.0)
    manners.reserve("b.example", None, 0.0)
    manners.refused("b.example", 3600.0, 1.0)
    told = manners.as_plain()

    assert list(told) == ["a.example", "b.example"]
    a, b = told["a.example"], told["b.example"]
    assert (a["requests"], a["rests"], a["longest"]) == (3, 2, 22.0)
    assert a["rested"] == pytest.approx(23 + 10)
    assert a["gap"] == 4.0, "twice as slow after each refusal"
    assert (b["rests"], b["longest"], b["left"]) == (0, 3600.0, "it wants to rest for 3600 s")
