"""Keeps the crawl away from articles that were removed, also where redirects lead there."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from archives.states import Kind
from crawler.failures import OF_REMOVED
from crawler.run import run_of


class RemovedMiddleware:
    """Refuses them before anything is sent, in a way that the ledger hears of."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest: the address, or the article that its row belongs to, was removed."""
        desk, row = run_of(self._crawler).desk, request.meta.get("row")
        of_article = row.article if row is not None and not _is_shared(row.kind) else None
        if desk.is_removed(request.url) or (of_article is not None and desk.is_removed(of_article)):
            raise IgnoreRequest(OF_REMOVED)


def _is_shared(kind: object) -> bool:
    """A picture may be another article's as well: its own address decides."""
    return kind == Kind.REQUISITE
