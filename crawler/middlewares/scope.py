"""Keeps the crawl on the hosts that it was asked for, redirects included."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.utils.httpobj import urlparse_cached

from crawler.messages import is_for_requisite
from crawler.run import run_of
from extractors.addresses import is_public


class ScopeMiddleware:
    """Refuses other hosts and other schemes in a way that the ledger hears of.

    Pictures and style sheets stand on hosts of their own: those may be anybody's but nobody's private ones.

    Scrapy's OffsiteMiddleware drops a redirect while it is scheduled, and no errback is called.
    """

    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler).plan.asked)

    def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        host = parts.hostname or ""
        if host in self._hosts and parts.scheme in {"http", "https"}:
            return
        if not is_for_requisite(request) or parts.scheme not in {"http", "https"}:
            raise IgnoreRequest(f"offsite: {parts.scheme}://{parts.netloc}")
        if not is_public(host):
            raise IgnoreRequest(f"private: {parts.scheme}://{parts.netloc}")
