"""What leads to a host is made once for all its requests, whoever of Scrapy's classes asks for it.

The requests are those of a program of its own, with a server on loopback.
"""

from __future__ import annotations

import subprocess
import sys

from crawler.demo.portal import Answer
from tests.support.portal import serving_with

PROGRAM = """
import sys
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from twisted.internet import endpoints

made, answers = [], []

class Counted(endpoints.HostnameEndpoint):
    def __init__(self, reactor, host, *rest, **options):
        made.append(host)
        super().__init__(reactor, host, *rest, **options)

import twisted.web.client
twisted.web.client.HostnameEndpoint = Counted

class Asking(Spider):
    name = "asking"

    async def start(self):
        for number in range(12):
            host = ("127.0.0.1", "localhost")[number % 2]
            yield Request(f"http://{host}:{sys.argv[1]}/{number}", dont_filter=True)

    def parse(self, response):
        answers.append(response.body)

process = CrawlerProcess({
    "DOWNLOAD_HANDLERS": {"http": "crawler.heads.BoundedHandler"}, "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
})
process.crawl(Asking)
process.start()
print(sorted(made), len(answers))
"""


def test_twelve_requests_to_two_hosts_make_two_endpoints() -> None:
    with serving_with(lambda _: Answer(body=b"ya")) as running:
        command = [sys.executable, "-c", PROGRAM, running.url.rpartition(":")[2]]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert run.stdout.strip() == "['127.0.0.1', 'localhost'] 12", run.stderr
