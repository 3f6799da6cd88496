"""Ends bodies that are too large or take too long, and keeps what has come of them."""

from __future__ import annotations

import time
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Request

from archives.capture import Truncation

_LAST_RESORT = 1.5
"""After this many times the time allowed a request is given up, whether a byte has come or not."""


class LimitsMiddleware:
    """Scrapy throws away a body that passes DOWNLOAD_MAXSIZE or DOWNLOAD_TIMEOUT. Here it is cut there,
    archived with the reason in WARC-Truncated, and read no further. Where nothing comes any more there is no
    moment to cut it here; `crawler.stalls` does it then.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._most_bytes = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._seconds = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        crawler.signals.connect(self._received, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        request.meta.pop("cut", None)  # of an earlier try
        request.meta["received"] = 0
        request.meta["asked_at"] = time.monotonic()
        request.meta["download_maxsize"] = 0
        request.meta["download_timeout"] = self._seconds * _LAST_RESORT

    def _received(self, data: bytes, request: Request) -> None:
        request.meta["received"] += len(data)
        most_bytes = request.meta.get("most_bytes", self._most_bytes)
        if most_bytes and request.meta["received"] > most_bytes:
            request.meta["cut"] = Truncation.LENGTH
        elif self._seconds and time.monotonic() - request.meta["asked_at"] > self._seconds:
            request.meta["cut"] = Truncation.TIME
        else:
            return
        raise StopDownload(fail=False)
