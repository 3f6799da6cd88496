"""What people would use instead: Scrapy as it comes, over a list of addresses.

    http_proxy=ADDRESS python -m tests.benchmarks.peers plain|archiving URLS.txt FOLDER

`plain` reads the title of each page and keeps nothing. `archiving` is what a weekend's script does: warcio
and trafilatura in the callback, the body as Scrapy hands it over (decoded). FOLDER/pages gets the number of
pages whose title was found.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import HtmlResponse, Request, Response


class PlainSpider(Spider):
    name = "plain"
    urls: Path
    folder: Path
    pages = 0

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls.read_text().split():
            yield Request(url)

    def parse(self, response: Response) -> None:
        assert isinstance(response, HtmlResponse)
        self.pages += bool(response.css("title::text").get())

    def closed(self, reason: str) -> None:
        (self.folder / "pages").write_text(str(self.pages))


class ArchivingSpider(PlainSpider):
    """Its imports stand in its methods, so that the plain spider does not pay for them."""

    name = "archiving"

    async def start(self) -> AsyncIterator[Request]:
        from warcio.warcwriter import WARCWriter

        self._file = (self.folder / "peer.warc.gz").open("wb")
        self._warc = WARCWriter(self._file, gzip=True)
        async for request in super().start():
            yield request

    def parse(self, response: Response) -> None:
        import trafilatura

        super().parse(response)
        self._archive(response)
        trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)

    def _archive(self, response: Response) -> None:
        from warcio.statusandheaders import StatusAndHeaders

        fields = response.headers.items()
        pairs = [(name.decode(), value.decode()) for name, values in fields for value in values]
        headers = StatusAndHeaders(f"{response.status} OK", pairs, protocol="HTTP/1.1")
        self._warc.write_record(
            self._warc.create_warc_record(
                response.url, "response", payload=BytesIO(response.body), http_headers=headers
            )
        )

    def closed(self, reason: str) -> None:
        self._file.close()
        super().closed(reason)


def main(which: str, urls: str, folder: str) -> None:
    # Scrapy's own settings; only the log is as short as ours, and no port is opened.
    process = AsyncCrawlerProcess({"LOG_LEVEL": "INFO", "TELNETCONSOLE_ENABLED": False})
    spider = {"plain": PlainSpider, "archiving": ArchivingSpider}[which]
    process.crawl(spider, urls=Path(urls), folder=Path(folder))
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
