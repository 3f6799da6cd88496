"""Counts what goes out to the network and holds back what would go beyond the run's limit."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request

from crawler.limits_of_run import Allowance
from crawler.run import run_of


class AllowanceMiddleware:
    """Stands behind the pace: what has waited for its turn in vain was never sent."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler).allowance)

    def process_request(self, request: Request) -> None:
        self._allowance.take(request.meta.get("url_id"))
