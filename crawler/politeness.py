"""Decisions about being a good guest; components only ask here. Why, is told in docs/etiquette.md."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import WrongUsageError
from crawler.version import VERSION
from extractors import addresses

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)


def is_loopback(host: str) -> bool:
    """Whether a host name, however it is written, can only be this machine."""
    return addresses.is_loopback(host)


def may_connect(name: str, address: str, trusted: Collection[str] = ()) -> bool:
    """Whether a host of that name may be asked at that IP address: no private, link-local or metadata ones
    (RFC 6890), but for trusted names, and this machine's own names at this machine.
    """
    if name.lower().rstrip(".") in trusted:
        return True
    found = addresses.literal_address(address)
    if found is None:
        return False
    return found.is_loopback if is_loopback(name) else addresses.is_web_address(found)


def allowed_hosts(settings: BaseSettings) -> frozenset[str]:
    """The hosts that the operator lets stand for private addresses."""
    named = settings.getlist("KLIPING_ALLOW_PRIVATE")
    return frozenset(name.strip().lower().rstrip(".") for name in named) - {""}


def user_agent(contact: str) -> str:
    """Who is asking: product, version and where to complain."""
    return (
        f"Mozilla/5.0 (compatible; Kliping/{VERSION}; +{contact})"
        if contact
        else (f"Mozilla/5.0 (compatible; Kliping/{VERSION})")
    )


def sender(contact: str) -> str | None:
    """The From header of a request (RFC 9110, 10.1.2): the contact, where it is a mail address."""
    address = contact.removeprefix("mailto:")
    return address if "@" in address and "/" not in address and address.isascii() else None


def require_contact(contact: str, hosts: Iterable[str]) -> None:
    """Refuse to knock at a stranger's door without a name.

    Raises:
        WrongUsageError: a host is not loopback and no usable contact is set.
    """
    stranger = next((host for host in hosts if not is_loopback(host)), None)
    if stranger is None:
        return
    if not contact:
        raise WrongUsageError(
            f"{stranger}: a crawl of a real host needs a contact for its operators; "
            "add -s KLIPING_CONTACT=https://your.library.example/crawler or a mail address"
        )
    if not _is_contact(contact):
        raise WrongUsageError(
            f"KLIPING_CONTACT={contact!r} is neither a web address nor a mail address; "
            "operators of the portal must be able to reach you"
        )


def _is_contact(contact: str) -> bool:
    if any(character.isspace() or not character.isprintable() for character in contact):
        return False
    try:
        parts = urlsplit(contact)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.hostname)
    name, at, host = contact.removeprefix("mailto:").partition("@")
    return bool(name and at and "." in host)


class Pace:
    """When the next request to a host may go: `pace` seconds after the host's last one, and `network_pace`
    after the last one to any host of its group. Times are seconds of any clock that only goes forward.
    """

    def __init__(self, pace: float, network_pace: float) -> None:
        self._pace = pace
        self._network_pace = network_pace
        self._next: dict[str, float] = {}

    def reserve(self, host: str, group: str | None, now: float, *, gap: float = 0.0) -> float:
        """Seconds to wait before the request; the turn is taken with the call.

        `gap` is what this host needs after the request, should that be more than the pace.
        """
        keys = [("host " + host, max(self._pace, gap))]
        if group is not None and self._pace:
            keys.append(("group " + group, self._network_pace))
        turn = max([now, *(self._next.get(key, now) for key, _ in keys)])
        for key, needed in keys:
            self._next[key] = turn + needed
        return turn - now


REFUSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Answers that ask us to come back later (RFC 6585, 4; RFC 9110, 15.6.4)."""
SLOWEST = 60.0
"""Seconds between two requests to a host that no slowness and no refusal goes beyond."""
_NEWEST = 0.3
"""How much the newest answer's time weighs in the average that the pace follows."""
MOST_CLOSED = 8
"""Readings in a row that found no robots.txt after which a host is left alone, however short the rests."""
_RECOVERY = 0.9
"""After a refusal the pace comes back by this factor with each good answer."""
_AILING = 3
"""After this many failures in a row a host is asked once for each address, no longer three times."""


def retry_after(field: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None where it says nothing."""
    text = (field or "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The operator's settings, in seconds: `first_rest` after a refusal that names no time, or where
    robots.txt cannot be read, `max_rest` beyond which a host is left alone, `max_crawl_delay` beyond which
    robots.txt is not followed in this.

    `max_walls` is the number of walls in a row after which a host is left alone, `max_failures` that of
    addresses that could not be had; `latency_factor` says how many times as long as its answers take a host
    is left in peace after one.
    """

    pace: float = 1.0
    network_pace: float = 0.3
    first_rest: float = 5.0
    max_rest: float = 600.0
    max_walls: int = 5
    max_failures: int = 10
    max_crawl_delay: float = 30.0
    latency_factor: float = 1.0


@dataclass(slots=True)
class _Host:
    """What a host has told us, directly or not."""

    latency: float = 0.0
    slowness: float = 1.0
    refusals: int = 0
    walls: int = 0
    failures: int = 0
    closed: int = 0
    rest_until: float = 0.0
    crawl_delay: float = 0.0
    left: str | None = None
    requests: int = 0
    rests: int = 0
    rested: float = 0.0
    longest: float = 0.0


class Manners:
    """How each host wants to be treated, learned from its answers. Times are seconds of a monotonic clock."""

    def __init__(self, habits: Habits | None = None) -> None:
        self._habits = habits or Habits()
        self._pace = Pace(self._habits.pace, self._habits.network_pace)
        self._hosts: dict[str, _Host] = {}

    # --- what may be asked ---------------------------------------------------------------------------

    def reserve(self, host: str, group: str | None, now: float) -> float:
        """Seconds to wait before the next request to a host; the turn is taken with the call."""
        start = max(now, self._host(host).rest_until)
        self._host(host).requests += 1
        return start - now + self._pace.reserve(host, group, start, gap=self.gap(host))

    def gap(self, host: str) -> float:
        """Seconds between two requests to a host: the pace, or more where the host is slow or asks for it."""
        found, pace = self._host(host), self._habits.pace
        if not pace:
            return found.crawl_delay
        wanted = max(pace * found.slowness, found.latency * self._habits.latency_factor)
        return max(pace, min(wanted, SLOWEST), found.crawl_delay)

    def time_for(self, waiting: Mapping[str, int], groups: Mapping[str, str]) -> float | None:
        """Seconds that so many requests to each host take at least by the pace in force; None without a pace.

        `groups` has the network of each host that belongs to one. Hosts that are left alone get none.
        """
        asked = {host: count for host, count in waiting.items() if not self.has_left(host)}
        of_groups: Counter[str] = Counter()
        for host, count in asked.items():
            of_groups[groups.get(host, host)] += count
        alone = max((count * self.gap(host) for host, count in asked.items()), default=0.0)
        together = max(of_groups.values(), default=0) * self._habits.network_pace
        return max(alone, together if self._habits.pace else 0.0) or None

    def rests(self, host: str, now: float) -> bool:
        """Whether no request may go to the host now."""
        return self._host(host).rest_until > now

    def has_left(self, host: str) -> bool:
        """Whether the host gets no more requests in this run."""
        return host in self._hosts and self._hosts[host].left is not None

    @property
    def left(self) -> Mapping[str, str]:
        """The hosts that are left alone, each with the reason."""
        return {name: host.left for name, host in self._hosts.items() if host.left is not None}

    # --- what was answered ---------------------------------------------------------------------------

    def answered(self, host: str, seconds: float) -> None:
        """An answer that is no refusal came after that time; the pace follows it and recovers."""
        found = self._host(host)
        found.latency += (seconds - found.latency) * (_NEWEST if found.latency else 1.0)
        found.slowness = max(1.0, found.slowness * _RECOVERY)
        found.refusals = 0

    def refused(self, host: str, asked_for: float | None, now: float) -> None:
        """The host said 429 or 503, and perhaps for how many seconds it wants to be `asked_for` nothing.

        Refusals of requests that were under way when the rest began do not make the next one longer.
        """
        found = self._host(host)
        if not self.rests(host, now):
            found.refusals += 1
            found.slowness = min(found.slowness * 2, max(1.0, SLOWEST / (self._habits.pace or SLOWEST)))
        wait = self._habits.first_rest * 2.0 ** min(found.refusals - 1, 60)
        if asked_for is not None:
            wait = max(asked_for, wait / 2 if found.refusals > 1 else 0.0)
        found.longest = max(found.longest, min(asked_for or 0.0, 1e9))
        if wait > self._habits.max_rest:
            self._leave(host, f"it wants to rest for {min(wait, 1e9):.0f} s")
        else:
            self._rest(found, wait, now)

    def walled(self, host: str) -> None:
        """The host answered 403, or with a page that keeps machines or strangers out."""
        found = self._host(host)
        found.walls += 1
        if found.walls >= self._habits.max_walls:
            self._leave(host, f"{found.walls} walls in a row")

    def welcomed(self, host: str) -> None:
        """The host gave what was asked for."""
        self._host(host).walls = 0

    def failed(self, host: str) -> None:
        """An address of the host could not be had, tries and all: an error of the server, no answer, a body
        that cannot be read.
        """
        found = self._host(host)
        found.failures += 1
        if found.failures >= self._habits.max_failures:
            self._leave(host, f"{found.failures} failures in a row")

    def worked(self, host: str) -> None:
        """The host answered as servers do, be it that there is nothing."""
        self._host(host).failures = 0

    def is_ailing(self, host: str) -> bool:
        """Whether the host fails again and again, so that second tries only add to its trouble."""
        return host in self._hosts and self._hosts[host].failures >= _AILING

    def closed(self, host: str, why: str, now: float) -> None:
        """The host's robots.txt cannot be read: it rests before the next try, twice as long each time, and is
        left alone when that becomes too long.
        """
        found = self._host(host)
        found.closed += 1
        wait = self._habits.first_rest * 2.0 ** (found.closed - 1)
        if wait > self._habits.max_rest or found.closed >= MOST_CLOSED:
            self._leave(host, why)
        else:
            self._rest(found, wait, now)

    def asked_to_wait(self, host: str, crawl_delay: float | None) -> None:
        """The host's robots.txt is known, and its Crawl-delay in seconds, if there is one; followed up to the
        cap.
        """
        self._host(host).closed = 0
        self._host(host).crawl_delay = min(max(crawl_delay or 0.0, 0.0), self._habits.max_crawl_delay)

    def as_plain(self) -> dict[str, dict[str, object]]:
        """For the run's figures: of each host the turns that were taken, the rests (their number, all their
        seconds, the longest Retry-After), the seconds between two requests at the end, and why it was left.
        """
        return {
            name: {
                "requests": host.requests,
                "rests": host.rests,
                "rested": round(host.rested, 1),
                "longest": round(host.longest, 1),
                "gap": round(self.gap(name), 3),
                **({"left": host.left} if host.left is not None else {}),
            }
            for name, host in sorted(self._hosts.items())
            if host.requests or host.left is not None
        }

    @staticmethod
    def _rest(host: _Host, wait: float, now: float) -> None:
        """Let a host rest from now on; a rest that is under way is only made longer."""
        until = max(host.rest_until, now + wait)
        host.rests += host.rest_until <= now
        host.rested += until - max(host.rest_until, now)
        host.rest_until = until

    def _host(self, name: str) -> _Host:
        return self._hosts.setdefault(name, _Host())

    def _leave(self, name: str, why: str) -> None:
        host = self._host(name)
        if host.left is None:
            logger.warning("%s is left alone for this run: %s", name, why)
            host.left = why
