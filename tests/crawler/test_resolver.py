"""A name's address is believed for a while, and for longer only where nobody can be asked.

Looking up is a program of its own with Twisted's reactor; only the system's `gethostbyname` is in our hands.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

PROGRAM = """
import json, socket, sys
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from crawler import resolver as module

answers, fresh = json.loads(sys.argv[1])
waiting = iter(answers)

def gethostbyname(name):
    answer = next(waiting)
    if isinstance(answer, int):
        raise socket.gaierror(answer, "as the test wants it")
    return answer

socket.gethostbyname = gethostbyname
module.FRESH = fresh
resolver = module.JudgingResolver.from_crawler(get_crawler(), reactor)
found = []

@inlineCallbacks
def look():
    for _ in range(3):
        try:
            found.append((yield resolver.getHostByName("aceh.example")))
        except module.DNSLookupError as error:
            found.append(str(error))
    reactor.stop()

reactor.callWhenRunning(look)
reactor.run()
print(json.dumps([found, len(list(waiting))]))
"""
FIRST, SECOND, PRIVATE = "93.184.216.34", "93.184.216.35", "10.0.0.7"


def looked_up(*answers: str | int, fresh: float = 0) -> tuple[list[str], int, str]:
    """What three look-ups find, how many answers nobody asked for, and what is said in the log."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([answers, fresh])]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found, left = json.loads(run.stdout)
    return found, left, run.stderr


def test_a_fresh_address_is_not_asked_for_again() -> None:
    assert looked_up(FIRST, SECOND, SECOND, fresh=60)[:2] == ([FIRST] * 3, 2)


def test_an_old_address_is() -> None:
    assert looked_up(FIRST, SECOND, FIRST)[:2] == ([FIRST, SECOND, FIRST], 0)


def test_the_last_address_stands_in_while_no_name_server_answers() -> None:
    found, _, log = looked_up(FIRST, socket.EAI_AGAIN, SECOND)

    assert found == [FIRST, FIRST, SECOND]
    assert "going on with its last address, 93.184.216.34" in log


def test_that_it_stands_in_is_said_once() -> None:
    found, _, log = looked_up(FIRST, socket.EAI_AGAIN, socket.EAI_AGAIN)

    assert found == [FIRST] * 3
    assert log.count("going on with") == 1


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_a_name_that_is_gone_is_gone(code: int) -> None:
    found = looked_up(FIRST, code, SECOND)[0]

    assert found[::2] == [FIRST, SECOND]
    assert "not found" in found[1]


def test_a_name_that_is_gone_has_no_last_address() -> None:
    found = looked_up(FIRST, socket.EAI_NONAME, socket.EAI_AGAIN)[0]

    assert found[0] == FIRST
    assert all("not found" in said for said in found[1:])


def test_a_name_that_was_never_found_stays_unfound() -> None:
    found = looked_up(socket.EAI_AGAIN, socket.EAI_AGAIN, FIRST)[0]

    assert "not found" in found[0]
    assert found[2] == FIRST


def test_each_answer_is_judged_also_one_that_is_remembered() -> None:
    for fresh in (0, 60):
        found = looked_up(PRIVATE, PRIVATE, PRIVATE, fresh=fresh)[0]
        assert ["stands for the private address 10.0.0.7" in said for said in found] == [True] * 3
