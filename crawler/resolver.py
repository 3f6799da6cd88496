"""Judges the addresses that names stand for, at the place where connections learn them.

A name is looked up once for a connection, and what is judged here is what the connection goes to: a name
server that gives another answer the second time gains nothing.

Scrapy's resolver believes a name's first answer for as long as the process lives. A backfill takes weeks, and
a CDN moves its hosts within minutes: their old addresses would fail until the next run.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self
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
"""Seconds for which a name's address is believed; CDNs give theirs 60 to 300."""
_MOST = 10_000
"""Names whose addresses are remembered."""
_NO_SUCH_NAME = tuple(
    f"[Errno {getattr(socket, code)}]" for code in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, code)
)
"""How Twisted tells them: of the system's error it hands on the text alone."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a name stands for, until when that is believed, and whether it was believed once more already."""

    address: str
    until: float
    stands_in: bool = False


class JudgingResolver(CachingThreadedResolver):
    """Finds no private addresses, but for trusted names: the operator's, and the proxy in use.

    What is older than `FRESH` is asked for again, and believed again where no name server answers. That a
    name is there no more is an answer.
    """

    trusted: frozenset[str] = frozenset()

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:  # noqa: ARG002 - Scrapy's
        super().__init__(reactor, 0, timeout)
        self._known: LocalCache[str, _Known] = LocalCache(_MOST)

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.trusted = allowed_hosts(crawler.settings) | proxy_hosts(getproxies().values())
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's
        known = self._known.get(name)
        if known is not None and time.monotonic() < known.until:
            found = succeed(known.address)
        else:
            found = super().getHostByName(name, timeout)
            found = found.addCallbacks(
                self._learned, self._unanswered, callbackArgs=(name,), errbackArgs=(name,)
            )
        return found.addCallback(self._judge, name)

    def _unanswered(self, failure: Failure, name: str) -> str:
        known = self._known.get(name)
        said = failure.getErrorMessage()
        if known is None or any(code in said for code in _NO_SUCH_NAME):
            self._known.pop(name, None)
            failure.raiseException()
        if not known.stands_in:
            _log.warning("%s; going on with its last address, %s", said, known.address)
        self._known[name] = _Known(known.address, time.monotonic() + FRESH, stands_in=True)
        return known.address

    def _learned(self, address: str, name: str) -> str:
        self._known[name] = _Known(address, time.monotonic() + FRESH)
        return address

    def _judge(self, address: str, name: str) -> str:
        if may_connect(name, address, self.trusted):
            return address
        refused[name.lower()] = address
        raise DNSLookupError(f"{name} stands for the private address {address}")


def proxy_hosts(addresses: Iterable[str]) -> frozenset[str]:
    """The hosts of proxies, given as URLs or as host and port."""
    parts = (urlsplit(address if "://" in address else f"//{address}") for address in addresses)
    return frozenset(part.hostname for part in parts if part.hostname)
