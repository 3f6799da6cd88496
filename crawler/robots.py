"""What an answer to /robots.txt means, and when it is asked for again (RFC 9309). Decisions only."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy.exceptions import IgnoreRequest

from archives.capture import CaptureRef, Headers
from archives.robots import is_readable, is_unavailable
from archives.states import UNREADABLE_ROBOTS
from crawler.failures import PRIVATE_ADDRESS, HostClosedError
from crawler.reading import robots_body
from extractors.robots_txt import Rules, rules_for, text_of

MOST_REDIRECTS = 5
"""RFC 9309, 2.3.1.2: what is not reached within five redirects counts as not there."""
DAY = 24 * 3600.0
"""Seconds that a copy is used for at most (RFC 9309, 2.4)."""
AGAIN = 600.0
"""Seconds until a robots.txt that could not be read is asked for again, where nobody else says when."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a host's robots.txt means for us; without `rules` and without a `fault` all is allowed.

    `fault` says in the ledger's words why the rules are not known: then nothing is allowed. `text` is the
    robots.txt with its encodings undone.
    """

    rules: Rules | None = None
    fault: str | None = None
    text: bytes = b""

    @property
    def may_pass(self) -> bool:
        """Whether the fault is one that another try can find gone."""
        return self.fault is not None and self.fault != PRIVATE_ADDRESS

    def check(self, url: str, agent: str) -> None:
        """Let pass what may be fetched.

        Raises:
            HostClosedError: the rules are not known.
            IgnoreRequest: the rules forbid the address.
        """
        if self.fault is not None:
            raise HostClosedError(self.fault)
        if self.rules is not None and not self.rules.allow(url, agent):
            raise IgnoreRequest("forbidden by robots.txt")


def policy_of(ref: CaptureRef, headers: Headers, body: bytes, agent: str) -> Policy:
    """What an archived answer means for the product token `agent` (RFC 9309, 2.3.1): 4xx frees the host, and
    so do redirects that lead nowhere; 5xx, 429 and what was lost on the way close it.
    """
    redirected = 300 <= ref.status < 400
    if is_unavailable(ref.status) or redirected:
        return Policy()
    content = robots_body(headers, body) if is_readable(ref.status, ref.truncated) else None
    if content is None:
        return Policy(fault=UNREADABLE_ROBOTS)
    return Policy(rules=rules_for(text_of(content), (agent,)), text=content)


@dataclass(slots=True)
class _Copy:
    """What is known of one robots.txt: the last good reading with its time, and when to read again."""

    policy: Policy
    read_at: float
    again_at: float


class Copies:
    """The robots.txt of each origin as it was last read. Times are seconds of a clock that only goes forward.

    It is read anew every `refresh` seconds. Should that fail, the last good copy counts until it is a day
    old, and is read again every `AGAIN` seconds until then.
    """

    def __init__(self, refresh: float) -> None:
        self._refresh = min(refresh, DAY)
        self._copies: dict[str, _Copy] = {}

    def is_due(self, root: str, now: float) -> bool:
        """Whether the robots.txt of an origin is to be read before the next request there."""
        copy = self._copies.get(root)
        return copy is None or now >= copy.again_at

    def in_force(self, root: str, now: float) -> Policy:
        """What counts now. An origin that was never read is closed."""
        copy = self._copies.get(root)
        if copy is None:
            return Policy(fault=UNREADABLE_ROBOTS)
        if copy.policy.fault is None and now - copy.read_at >= DAY:
            return Policy(fault=UNREADABLE_ROBOTS)
        return copy.policy

    def learn(self, root: str, policy: Policy, now: float, *, again: float = AGAIN) -> Policy:
        """Remember a reading; what counts from now on. A robots.txt that could not be read, and of which
        there is no good copy, is due again after `again` seconds.
        """
        copy = self._copies.get(root)
        if policy.fault is None:
            self._copies[root] = _Copy(policy, now, now + self._refresh)
        elif copy is not None and copy.policy.fault is None and now - copy.read_at < DAY:
            copy.again_at = min(now + AGAIN, copy.read_at + DAY)
        else:
            self._copies[root] = _Copy(policy, now, now + again)
        return self._copies[root].policy
