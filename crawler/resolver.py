"""Judges the addresses that names stand for, at the place where connections learn them.

A name is looked up once for a connection, and what is judged here is what the connection goes to: a name
server that gives another answer the second time gains nothing.

Scrapy's resolver believes a name's first answer for as long as the process lives. A backfill takes weeks, and
a CDN moves its hosts within minutes: their old addresses would fail until the next run. And a name server
that falls silent must not hold up requests to hosts that are known.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, cast
from urllib.parse import urlsplit
from urllib.request import getproxies  # noqa: TID251 - it only reads the environment

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.datatypes import LocalCache
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from crawler.politeness import allowed_hosts, may_connect

_log = logging.getLogger(__name__)

refused: dict[str, str] = {}
"""Names that stood for an address of no web site, with that address; Scrapy's error says only "not found"."""

FRESH = 60.0
"""Seconds after which a name's address is asked for anew; CDNs give theirs 60 to 300."""
AGAIN = 300.0
"""The same after a look-up that nobody answered."""
_MOST = 10_000
"""Names whose addresses are remembered."""
_AT_ONCE = 4
"""Names that are asked for anew at the same time; each takes one of Twisted's ten threads."""
_NO_SUCH_NAME = tuple(
    f"[Errno {getattr(socket, code)}]" for code in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, code)
)
"""How Twisted tells them: of the system's error it hands on the text alone."""


@dataclass(slots=True)
class _Known:
    """What a name stands for, and when to ask for it anew."""

    address: str
    due: float


class JudgingResolver(CachingThreadedResolver):
    """Finds no private addresses, but for trusted names: the operator's, and the proxy in use.

    Nobody waits for a name that was found before: when its address is due it is asked for anew, and meanwhile
    the last one stands in; so it does while no name server answers. A name that has gone, or that stands for
    a private address by now, is forgotten. Scrapy's own cache (DNSCACHE_ENABLED, DNSCACHE_SIZE) is not used.
    """

    trusted: frozenset[str] = frozenset()

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:  # noqa: ARG002 - Scrapy's
        super().__init__(reactor, 0, timeout)
        self._known: LocalCache[str, _Known] = LocalCache(_MOST)
        self._asking: set[str] = set()
        self._silent = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.trusted = allowed_hosts(crawler.settings) | proxy_hosts(getproxies().values())
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: ARG002, N802
        """The address of a host; Scrapy's setting DNS_TIMEOUT bounds a look-up that is waited for."""
        name = name.lower()
        known = self._known.get(name)
        if known is None:
            return self._look_up(name)
        if time.monotonic() >= known.due and name not in self._asking and len(self._asking) < _AT_ONCE:
            self._asking.add(name)
            self._look_up(name).addErrback(self._unanswered, name).addBoth(self._asked, name)
        return succeed(known.address)

    def _look_up(self, name: str) -> Deferred[str]:
        found = super().getHostByName(name)
        return found.addCallbacks(self._judge, self._unfound, callbackArgs=(name,), errbackArgs=(name,))

    def _judge(self, address: str, name: str) -> str:
        self._silent = False
        if may_connect(name, address, self.trusted):
            refused.pop(name, None)
            self._known[name] = _Known(address, time.monotonic() + FRESH)
            return address
        refused[name] = address
        self._known.pop(name, None)
        raise DNSLookupError(f"{name} stands for the private address {address}")

    def _unfound(self, failure: Failure, name: str) -> str:
        refused.pop(name, None)
        if any(code in failure.getErrorMessage() for code in _NO_SUCH_NAME):
            self._known.pop(name, None)
        raise cast("Exception", failure.value)

    def _unanswered(self, failure: Failure, name: str) -> None:
        """Asking anew was in vain. Said once, until a look-up is answered: a crawl asks for many names."""
        known = self._known.get(name)
        if known is None:
            return
        known.due = time.monotonic() + AGAIN
        if not self._silent:
            self._silent = True
            _log.warning("%s; going on with the last addresses of hosts", failure.getErrorMessage())

    def _asked(self, _: object, name: str) -> None:
        self._asking.discard(name)


def proxy_hosts(addresses: Iterable[str]) -> frozenset[str]:
    """The hosts of proxies, given as URLs or as host and port."""
    parts = (urlsplit(address if "://" in address else f"//{address}") for address in addresses)
    return frozenset(part.hostname for part in parts if part.hostname)
