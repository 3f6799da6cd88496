"""Leads the requests of the demo portal to its server, whatever port that has got this time."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request

from crawler.run import run_of


class RouteMiddleware:
    """A spider with a `route` reaches its hosts through that server; addresses stay the same in every run.

    The server is the origin itself and no proxy in between, so its IP address goes into the archive.
    """

    def __init__(self, route: str) -> None:
        self._route = route

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        route = getattr(crawler.spider, "route", None)
        if route is None or run_of(crawler).plan.archive is not None:
            raise NotConfigured
        return cls(route)

    def process_request(self, request: Request) -> None:
        request.meta["proxy"] = self._route
        request.meta["route"] = True
