"""What an answer costs over TLS, beside the same without: connections that stay, and one for each answer.

    python -m tests.benchmarks.tls [--requests N] [--json FILE]

The answers come from a process of its own on loopback, whose certificate is trusted beside all that the
system trusts. They are fetched by our handlers, and not archived.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import trustme
from scrapy import Request, Spider
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Response
from twisted.web.iweb import IPolicyForHTTPS

from crawler import settings
from crawler.handshakes import Handshakes
from crawler.heads import BoundedHandler
from crawler.tls import ListeningPolicy
from tests.benchmarks.measure import highest_resident, tell

REQUESTS = 1_000
BYTES = 35_000
"""Of an answer's body: a page of the network as it is sent."""
_HOSTS = ("localhost", "127.0.0.1")
_SYSTEMS = Path("/etc/ssl/certs/ca-certificates.crt")
_SAME, _NEW = "/same", "/new"
_SETTINGS = (
    *("DOWNLOAD_VERIFY_CERTIFICATES", "COOKIES_ENABLED", "COMPRESSION_ENABLED", "CONCURRENT_REQUESTS"),
    *("CONCURRENT_REQUESTS_PER_DOMAIN", "CONCURRENT_ITEMS", "TWISTED_REACTOR", "TELNETCONSOLE_ENABLED"),
)


def figures(requests: int = REQUESTS) -> dict[str, float]:
    """CPU milliseconds of the client for each answer, starting up left out, and its memory in MB."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="kliping-tls-") as place, _serving(Path(place)) as ports:
        environment = {**os.environ, "SSL_CERT_FILE": f"{place}/trusted.pem"}
        for name, port, path in (
            ("plain", ports[0], _SAME),
            ("tls_same_connection", ports[1], _SAME),
            ("tls_new_connections", ports[1], _NEW),
        ):
            scheme = "https" if name.startswith("tls") else "http"
            addresses = [f"{scheme}://{host}:{port}{path}" for host in _HOSTS]
            command = [sys.executable, "-m", "tests.benchmarks.tls", "--fetch", str(requests), *addresses]
            run = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
            said = json.loads(run.stdout)
            if said["answers"] != requests:
                raise RuntimeError(f"{name}: {said['answers']} answers to {requests} requests")
            found |= {f"{name}_ms": said["milliseconds"], f"{name}_mb": said["megabytes"]}
    return found


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[int, int]]:
    """The ports without and with TLS; a process of its own, so that its CPU is not the client's."""
    authority = trustme.CA()
    authority.issue_cert(*_HOSTS, key_type=trustme.KeyType.RSA).private_key_and_cert_chain_pem.write_to_path(
        str(folder / "server.pem")
    )
    system = _SYSTEMS.read_bytes() if _SYSTEMS.exists() else b""
    (folder / "trusted.pem").write_bytes(system + authority.cert_pem.bytes())
    command = [sys.executable, "-m", "tests.benchmarks.tls", "--serve", str(folder / "server.pem")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            plain, secure = json.loads(process.stdout.readline())
            yield plain, secure
        finally:
            process.terminate()


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    body = os.urandom(BYTES)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(BYTES))
        self.send_header("Content-Type", "application/octet-stream")
        if self.path.startswith(_NEW):
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


class _Handler(BoundedHandler):
    """As `crawler.tls.ListeningHandler`, which needs a run for what it hears."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory = cast("IPolicyForHTTPS", ListeningPolicy(self._contextFactory, Handshakes()))


def _serve(certificate: str) -> None:
    """Serve until the process is ended; the ports are told first."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Pages) for _ in range(2)]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    servers[1].socket = context.wrap_socket(
        servers[1].socket, server_side=True, do_handshake_on_connect=False
    )
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps([server.server_port for server in servers]), flush=True)
    sys.stdin.read()


def _fetch(requests: int, addresses: list[str]) -> None:
    """Ask for each address in turn, by Scrapy with our handlers and settings."""
    answers = 0

    class Asking(Spider):
        name = "asking"

        async def start(self) -> AsyncIterator[Any]:
            for number in range(requests):
                yield Request(f"{addresses[number % len(addresses)]}/{number}", dont_filter=True)

        def parse(self, response: Response) -> None:
            nonlocal answers
            answers += len(response.body) == BYTES

    process = CrawlerProcess(
        {name: getattr(settings, name) for name in _SETTINGS}
        | {"DOWNLOAD_HANDLERS": {"http": BoundedHandler, "https": _Handler}, "LOG_LEVEL": "WARNING"}
        | {"DOWNLOADER_MIDDLEWARES_BASE": {}, "SPIDER_MIDDLEWARES_BASE": {}, "EXTENSIONS_BASE": {}}
    )
    process.crawl(Asking)
    begin = time.process_time()
    process.start()
    used = time.process_time() - begin
    print(json.dumps({
        "answers": answers,
        "milliseconds": 1000 * used / requests,
        "megabytes": highest_resident() / 1e6,
    }))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--fetch", type=int, help=argparse.SUPPRESS)
    parser.add_argument("addresses", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        _serve(asked.serve)
    elif asked.fetch:
        _fetch(asked.fetch, asked.addresses)
    else:
        tell(figures(asked.requests), asked.json)


if __name__ == "__main__":
    main()
