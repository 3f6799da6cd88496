"""How long a run may take and how much it may ask for; where that ends, it ends in good order.

Scrapy's CLOSESPIDER_TIMEOUT and CLOSESPIDER_PAGECOUNT close the engine: redirects and retries that wait
are dropped, what is under way comes on top of the number, and robots.txt is not counted. Here nothing new
is handed out instead, what is under way is finished, and what waits stays to do in the ledger.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from scrapy.exceptions import IgnoreRequest
from scrapy.settings import BaseSettings

from crawler.errors import WrongUsageError

PATIENCE = 10.0
"""Seconds beyond the end of the run's time that a redirect or another try may still wait for its turn."""
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")
_MOST = 10**12


class Limit(StrEnum):
    """What ended a run, by the name of its option."""

    RUNTIME = "--max-runtime"
    REQUESTS = "--max-requests"

    @property
    def setting(self) -> str:
        return "KLIPING_MAX_RUNTIME" if self is Limit.RUNTIME else "KLIPING_MAX_REQUESTS"


class RunEndedError(IgnoreRequest):
    """A request that is not sent because the run is at its limit; its URL stays to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """Seconds, and requests that go out to the network; None: no limit."""

    seconds: float | None = None
    requests: int | None = None


def limits_of(settings: BaseSettings) -> RunLimits:
    """The limits that an operator has set; an empty setting is none.

    Raises:
        WrongUsageError: one of them is no duration or no number.
    """
    seconds, requests = (_text(settings.get(limit.setting)) for limit in Limit)
    return RunLimits(
        seconds=parse_duration(seconds, name=Limit.RUNTIME.setting) if seconds else None,
        requests=parse_count(requests, name=Limit.REQUESTS.setting) if requests else None,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def parse_duration(text: str, *, name: str) -> float:
    """The seconds that a text like `90`, `45m`, `2h` or `1.5d` means; `name` is whose text it is.

    Raises:
        WrongUsageError: it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    factor = _UNITS.get(found.group(2).lower()) if found else None
    if found is None or factor is None:
        raise WrongUsageError(
            f"{name}={text!r} is no length of time; write a number with s, m, h or d after it, like 45m or 2h"
        )
    seconds = float(found.group(1)) * factor
    if not 0 < seconds < _MOST:
        raise WrongUsageError(
            f"{name}={text!r} is not possible; a run takes more than no time, like 45m or 2h"
        )
    return seconds


def parse_count(text: str, *, name: str) -> int:
    """The number of requests that a text means.

    Raises:
        WrongUsageError: it is no whole number of at least 1.
    """
    if not re.fullmatch(r"[0-9]{1,12}", text.strip()) or int(text) < 1:
        raise WrongUsageError(f"{name}={text!r} is not possible; it takes a whole number of at least 1")
    return int(text)


class Allowance:
    """What is left of a run's limits. Times are seconds of a monotonic clock.

    The scheduler asks before it hands out a URL, so that every URL under way can be asked for at least once;
    a middleware near the wire takes from it with each request, robots.txt, redirects and retries included.
    """

    def __init__(
        self, limits: RunLimits | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        limits = limits or RunLimits()
        self._clock = clock
        self._end = inf if limits.seconds is None else clock() + limits.seconds
        self._most = inf if limits.requests is None else limits.requests
        self._owed: set[int] = set()
        self.sent = 0
        """Requests that have gone out."""
        self.stopped: Limit | None = None
        """What kept this run from doing all its work; None as long as nothing did."""

    @property
    def spent(self) -> Limit | None:
        """The limit that no further URL may be handed out for; None while there is room."""
        if self._clock() >= self._end:
            return Limit.RUNTIME
        return Limit.REQUESTS if self.sent + len(self._owed) >= self._most else None

    def begin(self, url_id: int) -> None:
        """A URL is handed out: one request is set aside for it."""
        self._owed.add(url_id)

    def release(self, url_id: int) -> None:
        """A URL is dealt with, whether it was asked for or not."""
        self._owed.discard(url_id)

    def take(self, url_id: int | None) -> None:
        """A request goes out now; `url_id` is that of the URL that it serves, if it serves one.

        Raises:
            RunEndedError: the run has sent as many as it may.
        """
        if self.sent >= self._most:
            self._stop(Limit.REQUESTS)
        if url_id is not None:
            self._owed.discard(url_id)
        self.sent += 1

    def wait(self, seconds: float) -> None:
        """A request is about to wait that long for its turn.

        Raises:
            RunEndedError: the run's time is over long before that.
        """
        if seconds > PATIENCE and self._clock() + seconds > self._end:
            self._stop(Limit.RUNTIME)

    def leave_work(self) -> bool:
        """There is work, but may it be done in this run? If not, that is remembered as what stopped it."""
        self.stopped = self.stopped or self.spent
        return self.spent is not None

    def _stop(self, limit: Limit) -> None:
        self.stopped = self.stopped or limit
        raise RunEndedError(f"the run is at its end ({limit})")
