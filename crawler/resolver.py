"""Judges the addresses that names stand for, at the place where connections learn them.

A name is looked up once for a connection, and what is judged here is what the connection goes to: a name
server that gives another answer the second time gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies  # noqa: TID251 - it only reads the environment

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.politeness import allowed_hosts, may_connect

refused: dict[str, str] = {}
"""Names that stood for an address of no web site, with that address; Scrapy's error says only "not found"."""


class JudgingResolver(CachingThreadedResolver):
    """Finds no private addresses, but for trusted names: the operator's, and the proxy in use."""

    trusted: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.trusted = allowed_hosts(crawler.settings) | proxy_hosts(getproxies().values())
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's
        return super().getHostByName(name, timeout).addCallback(self._judge, name)

    def _judge(self, address: str, name: str) -> str:
        if may_connect(name, address, self.trusted):
            return address
        refused[name.lower()] = address
        raise DNSLookupError(f"{name} stands for the private address {address}")


def proxy_hosts(addresses: Iterable[str]) -> frozenset[str]:
    """The hosts of proxies, given as URLs or as host and port."""
    parts = (urlsplit(address if "://" in address else f"//{address}") for address in addresses)
    return frozenset(part.hostname for part in parts if part.hostname)
