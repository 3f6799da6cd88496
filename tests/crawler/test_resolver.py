"""A name's address is asked for anew after a while, and nobody waits for that.

Looking up is a program of its own with Twisted's reactor; only the system's `gethostbyname` is in our hands.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import dataclass

import pytest

PROGRAM = """
import json, socket, sys, threading
from scrapy.utils.test import get_crawler
from twisted.internet import reactor
from twisted.internet.defer import inlineCallbacks
from twisted.internet.task import deferLater
from crawler import resolver as module

answers, names, module.FRESH, module.AGAIN = json.loads(sys.argv[1])
waiting, over, asked, found = iter(answers), threading.Event(), [], []

def gethostbyname(name):
    answer = next(waiting)
    asked.append(name)
    if answer is None:
        over.wait(60)
        answer = socket.EAI_AGAIN
    if isinstance(answer, int):
        raise socket.gaierror(answer, "as the test wants it")
    return answer

socket.gethostbyname = gethostbyname
resolver = module.JudgingResolver.from_crawler(get_crawler(), reactor)

@inlineCallbacks
def look():
    for name in names:
        try:
            found.append((yield resolver.getHostByName(name)))
        except module.DNSLookupError as error:
            found.append(str(error))
        while resolver._asking and None not in answers:
            yield deferLater(reactor, 0.01)
    yield deferLater(reactor, 0.1)
    print(json.dumps({"found": found, "asked": asked, "refused": list(module.refused)}), flush=True)
    over.set()
    reactor.stop()

reactor.callWhenRunning(look)
reactor.run()
"""
NAME = "aceh.example"
FIRST, SECOND, PRIVATE = "93.184.216.34", "93.184.216.35", "10.0.0.7"
NEVER = None
"""The answer of a name server that has fallen silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUps:
    """What was found for each name, which names the system was asked for, and what the log says."""

    found: list[str]
    asked: list[str]
    refused: list[str]
    log: str


def look_up(
    *answers: str | int | None, names: tuple[str, ...] = (NAME,) * 3, fresh: float = 0, again: float = 0
) -> LookUps:
    """Ask for one name after the other, each when the last look-up is over."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([answers, names, fresh, again])]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return LookUps(**json.loads(run.stdout), log=run.stderr)


def test_a_fresh_address_is_not_asked_for_again() -> None:
    looked = look_up(FIRST, SECOND, fresh=60)

    assert looked.found == [FIRST] * 3
    assert looked.asked == [NAME]


def test_an_old_address_stands_in_until_the_new_one_is_known() -> None:
    looked = look_up(FIRST, SECOND, FIRST)

    assert looked.found == [FIRST, FIRST, SECOND]
    assert looked.asked == [NAME] * 3


def test_a_name_has_one_address_in_any_letters() -> None:
    assert look_up(FIRST, SECOND, names=(NAME, NAME.upper()), fresh=60).found == [FIRST] * 2


def test_it_stands_in_while_no_name_server_answers_and_that_is_said_once() -> None:
    looked = look_up(FIRST, socket.EAI_AGAIN, socket.EAI_AGAIN, SECOND, FIRST, names=(NAME,) * 5)

    assert looked.found == [FIRST] * 4 + [SECOND]
    assert looked.log.count("going on with the last addresses") == 1


def test_after_a_look_up_in_vain_the_next_waits_for_longer() -> None:
    looked = look_up(FIRST, socket.EAI_AGAIN, SECOND, again=60)

    assert looked.found == [FIRST] * 3
    assert looked.asked == [NAME] * 2


def test_nobody_waits_for_a_name_server_that_has_fallen_silent() -> None:
    looked = look_up(FIRST, NEVER, NEVER)

    assert looked.found == [FIRST] * 3
    assert looked.asked == [NAME] * 2


def test_few_names_at_once_are_asked_for_anew() -> None:
    names = tuple(f"host-{number}.example" for number in range(9))
    looked = look_up(*[FIRST] * 9, *[NEVER] * 9, names=names * 2)

    assert looked.found == [FIRST] * 18
    assert len(looked.asked) == 9 + 4


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_a_name_that_is_gone_has_no_last_address(code: int) -> None:
    looked = look_up(FIRST, code, socket.EAI_AGAIN)

    assert looked.found[:2] == [FIRST] * 2
    assert "not found" in looked.found[2]


def test_a_name_that_was_never_found_is_asked_for_each_time() -> None:
    looked = look_up(socket.EAI_AGAIN, socket.EAI_NONAME, FIRST)

    assert ["not found" in said for said in looked.found] == [True, True, False]


def test_a_private_address_is_refused_each_time_also_where_another_was_known() -> None:
    looked = look_up(PRIVATE, PRIVATE, FIRST, PRIVATE, PRIVATE, names=(NAME,) * 5)

    assert [f"private address {PRIVATE}" in said for said in looked.found] == [True, True, False, False, True]
    assert looked.refused == [NAME]


@pytest.mark.parametrize("answer", [FIRST, socket.EAI_AGAIN])
def test_a_name_is_not_held_for_private_after_its_next_answer(answer: str | int) -> None:
    assert look_up(PRIVATE, answer, names=(NAME,) * 2).refused == []
