"""What leads to a host is made once for all its requests, whoever of Scrapy's classes asks for it.

The requests are those of a program of its own, with a server on loopback.
"""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from twisted.internet import endpoints

made, answers = [], []

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ya")

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()

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
            yield Request(f"http://{host}:{server.server_port}/{number}", dont_filter=True)

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
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )

    assert run.stdout.strip() == "['127.0.0.1', 'localhost'] 12", run.stderr
