"""Keeps the crawl on the hosts that it was asked for, redirects included."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.utils.httpobj import urlparse_cached

from crawler.messages import is_for_requisite
from crawler.politeness import allowed_hosts
from crawler.run import run_of
from extractors.addresses import is_public


class ScopeMiddleware:
    """Refuses other hosts and other schemes in a way that the ledger hears of.

    Pictures and style sheets stand on hosts of their own, and a robots.txt may redirect anywhere (RFC 9309,
    2.3.1.2): those hosts may be anybody's but nobody's private ones.

    Scrapy's OffsiteMiddleware drops a redirect while it is scheduled, and no errback is called.
    """

    def __init__(self, hosts: frozenset[str], allowed: frozenset[str] = frozenset()) -> None:
        self._hosts = hosts
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler).plan.asked, allowed_hosts(crawler.settings))

    def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        host = parts.hostname or ""
        if host in self._hosts and parts.scheme in {"http", "https"}:
            return
        may_lead_away = is_for_requisite(request) or request.meta.get("robots")
        if not may_lead_away or parts.scheme not in {"http", "https"}:
            raise IgnoreRequest(f"offsite: {parts.scheme}://{parts.netloc}")
        if not (is_public(host) or host.rstrip(".") in self._allowed):
            raise IgnoreRequest(f"private: {parts.scheme}://{parts.netloc}")
