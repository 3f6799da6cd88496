"""What an answer to /robots.txt means, and for how long. No test waits: the time is an argument."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import IgnoreRequest

from archives.capture import CaptureRef, Headers, Truncation
from archives.states import UNREADABLE_ROBOTS
from crawler.failures import PRIVATE_ADDRESS, HostClosedError
from crawler.politeness import MOST_CLOSED, Habits, Manners
from crawler.robots import AGAIN, DAY, Copies, Policy, policy_of
from extractors.robots_txt import MAX_BYTES, rules_for

ROOT = "https://portal.example"
RULES = b"User-agent: *\nDisallow: /api/\n"
GOOD = Policy(rules=rules_for("User-agent: *\nDisallow: /api/", ("kliping",)))
OTHER = Policy(rules=rules_for("User-agent: *\nDisallow: /", ("kliping",)))
FREE, LOST = Policy(), Policy(fault="timeout")
HOURS = 3600.0


def answered(
    status: int = 200, body: bytes = RULES, headers: Headers = (), truncated: Truncation | None = None
) -> Policy:
    ref = CaptureRef(
        url=f"{ROOT}/robots.txt",
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
        status=status,
        warc_file="a.warc.gz",
        offset=0,
        length=1,
        record_id="urn:uuid:1",
        payload_digest="",
        truncated=truncated,
    )
    return policy_of(ref, headers, body, "kliping")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 301, 304])
def test_a_robots_txt_that_is_not_there_frees_the_host(status: int) -> None:
    policy = answered(status)
    policy.check(f"{ROOT}/api/x", "kliping")
    assert policy.fault is None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_server_that_cannot_say_closes_the_host(status: int) -> None:
    with pytest.raises(HostClosedError, match=UNREADABLE_ROBOTS):
        answered(status).check(f"{ROOT}/berita", "kliping")


@pytest.mark.parametrize("truncated", [Truncation.DISCONNECT, Truncation.TIME])
def test_half_a_robots_txt_closes_the_host(truncated: Truncation) -> None:
    assert answered(truncated=truncated).fault == UNREADABLE_ROBOTS


def test_half_a_compressed_robots_txt_closes_the_host() -> None:
    packed = gzip.compress(RULES * 1000)
    headers = ((b"Content-Encoding", b"gzip"),)
    assert answered(body=packed[: len(packed) // 2], headers=headers).fault == UNREADABLE_ROBOTS
    assert answered(body=packed, headers=headers).fault is None


def test_what_is_cut_where_it_no_longer_counts_is_whole() -> None:
    policy = answered(body=RULES + b"#" * MAX_BYTES, truncated=Truncation.LENGTH)
    with pytest.raises(IgnoreRequest, match=r"robots\.txt"):
        policy.check(f"{ROOT}/api/x", "kliping")


def test_a_bomb_is_read_as_far_as_it_counts() -> None:
    policy = answered(
        body=gzip.compress(RULES + b"#" * (64 << 20)), headers=((b"Content-Encoding", b"gzip"),)
    )
    assert policy.fault is None
    assert len(policy.text) == MAX_BYTES


# --- for how long -------------------------------------------------------------------------------------


def test_an_origin_that_was_never_asked_is_due_and_closed() -> None:
    copies = Copies(12 * HOURS)
    assert copies.is_due(ROOT, 0)
    assert copies.in_force(ROOT, 0).fault == UNREADABLE_ROBOTS


def test_schemes_and_authorities_have_copies_of_their_own() -> None:
    copies = Copies(12 * HOURS)
    copies.learn(ROOT, GOOD, 0)
    assert copies.is_due("http://portal.example", 0)
    assert copies.is_due("https://portal.example:8443", 0)


@pytest.mark.parametrize("first", [GOOD, FREE])
def test_in_a_run_of_days_it_is_read_anew_and_the_new_one_counts(first: Policy) -> None:
    copies = Copies(12 * HOURS)
    copies.learn(ROOT, first, 0)
    assert not copies.is_due(ROOT, 12 * HOURS - 1)
    assert copies.is_due(ROOT, 12 * HOURS)
    copies.learn(ROOT, OTHER, 12 * HOURS)
    assert copies.in_force(ROOT, 12 * HOURS) is OTHER
    assert not copies.is_due(ROOT, 24 * HOURS - 1)


def test_nobody_can_ask_for_more_than_a_day() -> None:
    copies = Copies(1000 * HOURS)
    copies.learn(ROOT, GOOD, 0)
    assert copies.is_due(ROOT, DAY)


def test_the_last_good_copy_counts_for_a_day_where_it_cannot_be_read_anew() -> None:
    copies, now = Copies(12 * HOURS), 0.0
    copies.learn(ROOT, GOOD, now)
    asked = []
    while copies.in_force(ROOT, now) is GOOD:
        if copies.is_due(ROOT, now):
            asked.append(now)
            copies.learn(ROOT, LOST, now)
        now += 60
    assert now == pytest.approx(DAY, abs=60)
    assert asked[0] == 12 * HOURS
    assert {late - early for early, late in pairwise(asked)} == {AGAIN}
    assert copies.in_force(ROOT, now).fault is not None


def test_an_outage_that_passes_changes_nothing() -> None:
    copies = Copies(12 * HOURS)
    for policy, hour in ((GOOD, 0), (LOST, 12), (OTHER, 13)):
        copies.learn(ROOT, policy, hour * HOURS)
    assert copies.in_force(ROOT, 13 * HOURS) is OTHER
    assert not copies.is_due(ROOT, 24 * HOURS)


def test_where_there_is_no_copy_it_is_asked_for_again_when_the_caller_says() -> None:
    copies = Copies(12 * HOURS)
    assert copies.learn(ROOT, LOST, 0) is LOST
    assert not copies.is_due(ROOT, AGAIN - 1)
    assert copies.is_due(ROOT, AGAIN)
    copies.learn(ROOT, LOST, AGAIN, again=0)
    assert copies.is_due(ROOT, AGAIN)


@given(st.lists(st.tuples(st.sampled_from([GOOD, FREE, OTHER, LOST]), st.integers(0, 100_000)), max_size=20))
def test_no_copy_ever_counts_for_more_than_a_day(readings: list[tuple[Policy, int]]) -> None:
    copies, now, read_at = Copies(12 * HOURS), 0.0, -DAY
    for policy, pause in readings:
        now += pause
        copies.learn(ROOT, policy, now)
        read_at = now if policy.fault is None else read_at
        for later in (now, now + 7 * HOURS, now + DAY):
            counts = copies.in_force(ROOT, later)
            assert counts.fault is not None or later - read_at < DAY


def test_a_name_of_a_private_address_is_not_worth_another_try() -> None:
    assert LOST.may_pass
    assert not Policy(fault=PRIVATE_ADDRESS).may_pass
    assert not GOOD.may_pass


# --- the host -----------------------------------------------------------------------------------------


def test_a_host_rests_longer_each_time_and_is_left_alone_in_the_end() -> None:
    manners, now, rests = Manners(Habits(first_rest=5, max_rest=30)), 0.0, []
    while not manners.has_left("aceh"):
        manners.closed("aceh", "no robots.txt", now)
        rests.append(manners.reserve("aceh", None, now))
        now += rests[-1]
    assert rests[:3] == [5, 10, 20]
    assert len(rests) == 4
    assert manners.left == {"aceh": "no robots.txt"}


def test_rests_of_no_length_do_not_go_on_for_ever() -> None:
    manners = Manners(Habits(first_rest=0))
    for _ in range(MOST_CLOSED):
        assert not manners.has_left("aceh")
        manners.closed("aceh", "no robots.txt", 0)
    assert manners.has_left("aceh")


def test_a_robots_txt_that_is_read_ends_the_count() -> None:
    manners = Manners(Habits(first_rest=5, max_rest=10))
    for _ in range(5):
        manners.closed("aceh", "no robots.txt", 0)
        manners.asked_to_wait("aceh", None)
    assert not manners.has_left("aceh")
