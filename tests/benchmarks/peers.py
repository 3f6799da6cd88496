"""What people would use instead, as scripts: Scrapy as it comes, over a list of addresses, and news-please.

    http_proxy=ADDRESS python -m tests.benchmarks.peers plain|archiving URLS.txt FOLDER
    python tests/benchmarks/peers.py news-please PAGES.txt FOLDER

`plain` reads the title of each page and keeps nothing. `archiving` is what a weekend's script does: warcio
and trafilatura in the callback, the body as Scrapy hands it over (decoded). `news-please` reads saved pages,
in an environment of its own. FOLDER/pages gets the number of pages whose title was found.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy.http import Response


def scrapy(which: str, urls: Path, folder: Path) -> None:
    """Crawl with Scrapy's own settings; only the log is as short as ours, and no port is opened."""
    from scrapy import Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import HtmlResponse, Request

    addresses = urls.read_text().split()

    class PlainSpider(Spider):
        name = "plain"
        pages = 0

        async def start(self) -> AsyncIterator[Request]:
            for url in addresses:
                yield Request(url)

        def parse(self, response: Response) -> None:
            assert isinstance(response, HtmlResponse)
            self.pages += bool(response.css("title::text").get())

        def closed(self, reason: str) -> None:
            (folder / "pages").write_text(str(self.pages))

    class ArchivingSpider(PlainSpider):
        name = "archiving"

        async def start(self) -> AsyncIterator[Request]:
            from warcio.warcwriter import WARCWriter

            self._file = (folder / "peer.warc.gz").open("wb")
            self._warc = WARCWriter(self._file, gzip=True)
            async for request in super().start():
                yield request

        def parse(self, response: Response) -> None:
            import trafilatura

            super().parse(response)
            archive(self._warc, response)
            trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)

        def closed(self, reason: str) -> None:
            self._file.close()
            super().closed(reason)

    process = AsyncCrawlerProcess({"LOG_LEVEL": "INFO", "TELNETCONSOLE_ENABLED": False})
    process.crawl({"plain": PlainSpider, "archiving": ArchivingSpider}[which])
    process.start()


def archive(warc: Any, response: Response) -> None:  # noqa: ANN401 - warcio has no types
    """A record of the decoded body, as most scripts write it."""
    from warcio.statusandheaders import StatusAndHeaders

    fields = response.headers.items()
    pairs = [(name.decode(), value.decode()) for name, values in fields for value in values]
    headers = StatusAndHeaders(f"{response.status} OK", pairs, protocol="HTTP/1.1")
    payload = BytesIO(response.body)
    warc.write_record(
        warc.create_warc_record(response.url, "response", payload=payload, http_headers=headers)
    )


def news_please(files: Path, folder: Path) -> None:
    """Lines of `files` are a page's file and its address. Nothing of Kliping is imported here."""
    from newsplease import NewsPlease  # type: ignore[import-not-found]

    pages = 0
    for line in files.read_text().splitlines():
        path, _, url = line.partition(" ")
        pages += bool(NewsPlease.from_html(Path(path).read_bytes(), url=url).title)
    (folder / "pages").write_text(str(pages))


def main(which: str, listing: str, folder: str) -> None:
    if which == "news-please":
        news_please(Path(listing), Path(folder))
    else:
        scrapy(which, Path(listing), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
