from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.demo.newsroom import Newsroom
from crawler.demo.server import DemoServer
from crawler.portal_spider import PortalSpider


class DemoSpider(PortalSpider):
    """The invented newsroom that comes with Kliping; its server is started for the crawl, on loopback."""

    name = "demo"
    portal_names = ("demo",)
    summary = "an invented newsroom on loopback, to try everything out"
    custom_settings: ClassVar[dict[str, Any] | None] = {  # type: ignore[misc]  # a class setting in Scrapy
        "KLIPING_PACE": 0, "KLIPING_NETWORK_PACE": 0}
    articles = 60
    page_kb = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        spider = super().from_crawler(crawler, *args, **arguments)
        server = DemoServer(articles=spider.articles, page_kb=spider.page_kb)
        spider.route = server.__enter__().url
        crawler.signals.connect(server.close, signals.spider_closed)
        return spider

    def recent_days(self) -> tuple[date, ...]:
        """The newsroom's days never become old."""
        return tuple({card.published.date() for card in Newsroom(articles=self.articles).cards})
