"""A good guest: never too close together, never without a name, and only this machine is this machine."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import WrongUsageError
from crawler.politeness import Pace, is_loopback, require_contact, user_agent

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
