"""A body that was cut on the way is asked for again; the last try is kept as it came."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Request, Response

from archives.bodies import decode_body
from archives.capture import Truncation
from crawler.messages import header_pairs
from crawler.reading import is_whole


def _decoded(response: Response) -> bytes:
    return decode_body(header_pairs(response), response.body).content


class RetryTruncatedMiddleware:
    """Scrapy loses such pages, or accepts them silently; here each try is in the archive, marked as cut."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        lost = "dataloss" in response.flags or request.meta.get("cut") is Truncation.TIME
        if not lost or request.meta.get("dont_retry") or is_whole(_decoded(response)):
            return response
        assert self._crawler.spider is not None
        again = get_retry_request(request, spider=self._crawler.spider, reason="body was cut")
        return again or response
