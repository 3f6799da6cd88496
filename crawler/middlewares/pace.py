"""Keeps the pace for every request, robots.txt, redirects and retries included, and lets hosts rest."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached

from archives.capture import Truncation
from archives.states import LEFT_ALONE
from crawler import resolver
from crawler.failures import PRIVATE_ADDRESS, HostClosedError
from crawler.limits_of_run import Allowance, RunEndedError
from crawler.politeness import REFUSING, Manners, retry_after
from crawler.run import is_ending, run_of
from extractors.portals import portal_of

_LOOK_UP = 0.5
"""Seconds after which whoever waits looks whether the run is being ended."""

logger = logging.getLogger(__name__)


class PaceMiddleware:
    """Waits for the host's and the network's turn; see `crawler.politeness.Manners`."""

    def __init__(self, crawler: Crawler, manners: Manners, allowance: Allowance) -> None:
        self._crawler = crawler
        self._manners = manners
        self._allowance = allowance
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        run = run_of(crawler)
        return cls(crawler, run.manners, run.allowance)

    async def process_request(self, request: Request) -> None:
        portal, host = portal_of(request.url), _host(request)
        while not self._manners.has_left(host):
            wait = self._manners.reserve(host, portal.group if portal else None, time.monotonic())
            self._allowance.wait(wait)
            await self._sleep(wait)
            if not self._manners.rests(host, time.monotonic()):  # it may have refused others meanwhile
                break
        if self._manners.has_left(host):
            raise HostClosedError(LEFT_ALONE)
        if self._manners.is_ailing(host):
            request.meta["max_retry_times"] = 0

    async def _sleep(self, seconds: float) -> None:
        """Wait for a turn. A run that is being ended waits for nobody: what was not asked for stays to do."""
        until = time.monotonic() + seconds
        while True:
            if is_ending(self._crawler):  # also where nobody waits: a second try of robots.txt comes this way
                raise RunEndedError("the run was told to stop")
            left = until - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(min(left, _LOOK_UP))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        host = _host(request)
        if response.status not in REFUSING:
            stalled = request.meta.get("cut") is Truncation.TIME  # the latency is that of the head alone
            seconds = self._timeout if stalled else request.meta.get("download_latency", 0.0)
            self._manners.answered(host, seconds)
            return response
        field = response.headers.get("Retry-After")
        asked_for = retry_after(field.decode("latin-1") if field else None, datetime.now(UTC))
        self._manners.refused(host, asked_for, time.monotonic())
        if self._manners.has_left(host):
            return response
        logger.info("%s answers %d; it rests for a while", host, response.status)
        assert self._crawler.spider is not None
        again = get_retry_request(request, spider=self._crawler.spider, reason=f"http {response.status}")
        return again or response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = _host(request)
        if isinstance(exception, DownloadTimeoutError):
            self._manners.answered(host, self._timeout)
        if isinstance(exception, CannotResolveHostError) and host in resolver.refused:
            raise HostClosedError(PRIVATE_ADDRESS) from exception  # another try would find the same


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
