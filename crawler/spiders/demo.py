from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.demo.newsroom import Newsroom
from crawler.demo.server import DemoServer
from crawler.portal_spider import PortalSpider


class DemoSpider(PortalSpider):
    """The invented newsroom that comes with Kliping; its server is started for the crawl, on loopback.

    The benchmark enlarges it and serves it itself: KLIPING_DEMO_ARTICLES and KLIPING_DEMO_ROUTE.
    """

    name = "demo"
    portal_names = ("demo",)
    summary = "an invented newsroom on loopback, to try everything out"
    custom_settings: ClassVar[dict[str, Any] | None] = {  # type: ignore[misc]  # a class setting in Scrapy
        "KLIPING_PACE": 0,
        "KLIPING_NETWORK_PACE": 0,
        "KLIPING_FIRST_REST": 0.2,
    }
    articles: int

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        spider = super().from_crawler(crawler, *args, **arguments)
        spider.articles = crawler.settings.getint("KLIPING_DEMO_ARTICLES")
        if spider.run.plan.archive is None:  # a web archive is asked by itself, and the portal not at all
            spider.route = str(crawler.settings.get("KLIPING_DEMO_ROUTE") or "") or spider._serve(crawler)
        return spider

    def _serve(self, crawler: Crawler) -> str:
        self._server = DemoServer(articles=self.articles)  # kept here: signals hold their receivers weakly
        crawler.signals.connect(self._server.close, signals.spider_closed)
        return self._server.__enter__().url

    def recent_days(self) -> tuple[date, ...]:
        """The newsroom's days never become old."""
        return tuple({card.published.date() for card in Newsroom(articles=self.articles).cards})
