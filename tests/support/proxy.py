"""A forward proxy that is the whole internet of a test: given answers under real host names, also over TLS.

A crawl that has it as `http_proxy`, `https_proxy` and `SSL_CERT_FILE` meets only what the test put there:

    pages = {"https://aceh.tribunnews.com/2022/07/21/slug": Answer(body=html)}
    with proxy(pages) as internet:
        crawl(env=internet.environment)
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias
from urllib.parse import urlsplit

import trustme

from crawler.demo.portal import Answer, Request
from crawler.demo.wire import RawAnswer, RequestHandler
from tests.support.portal import Running, serving_with

Page: TypeAlias = Answer | RawAnswer | bytes | str
_PLAIN = "text/plain; charset=UTF-8"
_YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Internet:
    """What the crawl needs to know of the proxy, and what it was asked."""

    running: Running
    ca_file: Path
    refused: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def log(self) -> list[Request]:
        return self.running.log

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for a subprocess; `no_proxy` is empty, so that loopback goes here too."""
        return {
            "http_proxy": self.url,
            "https_proxy": self.url,
            "no_proxy": "",
            "SSL_CERT_FILE": str(self.ca_file),
        }

    def asked(self, part: str) -> list[Request]:
        """The requests whose address contains `part`."""
        return self.running.asked(part)


@contextmanager
def proxy(
    pages: Mapping[str, Page],
    *,
    untrusted: Iterable[str] = (),
    expired: Iterable[str] = (),
    misnamed: Iterable[str] = (),
    garbled: Iterable[str] = (),
) -> Iterator[Internet]:
    """Serve `pages` (by full address, query included) through a proxy on loopback.

    A host without any page answers 502, a known host's other addresses 404 (robots.txt too, unless it is
    given). Hosts named in `untrusted` show a certificate of a CA that nobody knows, in `expired` one of
    yesterday, in `misnamed` that of another host; those in `garbled` do not speak TLS at all.
    """
    web = _Web(pages)
    with TemporaryDirectory(prefix="kliping-ca-") as folder:
        trusted, unknown = trustme.CA(), trustme.CA()
        ca_file = Path(folder) / "ca.pem"
        trusted.cert_pem.write_to_path(str(ca_file))
        contexts: dict[str, ssl.SSLContext | None] = {
            **{host: _context(trusted.issue_cert(host)) for host in web.hosts},
            **{host: _context(unknown.issue_cert(host)) for host in untrusted},
            **{host: _context(trusted.issue_cert(host, not_after=_YESTERDAY)) for host in expired},
            **{host: _context(trusted.issue_cert("other.example.org")) for host in misnamed},
            **dict.fromkeys(garbled),
        }
        refused: list[str] = []
        handler = _handler(contexts, refused)
        with serving_with(web.respond, handler=handler) as running:
            yield Internet(running=running, ca_file=ca_file, refused=refused)


class _Web:
    """Given answers by address. http and https are told apart only where both are given."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages: dict[tuple[str, str, str], Answer | RawAnswer] = {}
        for url, page in pages.items():
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            self._pages[parts.scheme, parts.hostname or "", target] = _answer(page)
        self.hosts = {host for _, host, _ in self._pages}

    def respond(self, request: Request) -> Answer | RawAnswer:
        if request.host not in self.hosts:
            return Answer(status=502, body=b"the test knows no such host\n", content_type=_PLAIN)
        found = self._pages.get((request.scheme, request.host, request.target))
        return found or Answer(status=404, body=b"the test has no such page\n", content_type=_PLAIN)


def _answer(page: Page) -> Answer | RawAnswer:
    if isinstance(page, str):
        return Answer(body=page.encode())
    return Answer(body=page) if isinstance(page, bytes) else page


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _handler(contexts: Mapping[str, ssl.SSLContext | None], refused: list[str]) -> type[RequestHandler]:
    """A handler that opens tunnels and then speaks for the host at their end.

    `refused` collects the hosts whose certificate a client did not accept.
    """

    class Handler(RequestHandler):
        tunnel: str | None = None

        def do_CONNECT(self) -> None:  # noqa: N802 - the name http.server looks for
            host = self.path.rpartition(":")[0].lower()
            if host not in contexts:
                self.send_response(502, "Bad Gateway")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.wfile.flush()
            context = contexts[host]
            if context is None:
                self.wfile.write(b"220 surat.example.org ESMTP\r\n")
                self.close_connection = True
            else:
                self._become(host, context)

        def _become(self, host: str, context: ssl.SSLContext) -> None:
            """Go on with this connection as `host`, over TLS."""
            self.rfile.close()
            self.wfile.close()
            plain = self.connection
            try:
                self.connection = context.wrap_socket(plain, server_side=True)
            except OSError:
                refused.append(host)
                self.close_connection = True
            else:
                self.tunnel, self.scheme, self.close_connection = host, "https", False
            self.rfile = self.connection.makefile("rb", self.rbufsize)
            self.wfile = self.connection.makefile("wb", self.wbufsize)

        def authority(self) -> tuple[str, int | None]:
            return (self.tunnel, None) if self.tunnel else super().authority()

        def finish(self) -> None:
            # A client that has gone cannot be told the rest.
            with suppress(OSError, ValueError):
                super().finish()
            self.connection.close()

    return Handler
