"""Keeps the pace for every request, robots.txt, redirects and retries included."""

from __future__ import annotations

import asyncio
import time
from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.utils.httpobj import urlparse_cached

from crawler.politeness import Pace
from extractors.portals import portal_of


class PaceMiddleware:
    """Waits for the host's and the network's turn; see `crawler.politeness.Pace`."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        return cls(Pace(settings.getfloat("KLIPING_PACE"), settings.getfloat("KLIPING_NETWORK_PACE")))

    async def process_request(self, request: Request) -> None:
        portal = portal_of(request.url)
        host = urlparse_cached(request).hostname or ""
        wait = self._pace.reserve(host, portal.group if portal else None, time.monotonic())
        if wait > 0:
            await asyncio.sleep(wait)
