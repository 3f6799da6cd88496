"""HTTP/1.1 on a socket for a function from request to answer: keep-alive, gzip, conditional requests."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit

from crawler.demo.portal import Answer, Request

_DOMAIN = b".kabarnusa.localhost"
_TEXT = ("text/", "application/xml")
# Level 1: the pages are made for each request, and the crawler is what a benchmark measures.
_GZIP_LEVEL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """Bytes for the wire as they are, after which the connection ends: for servers that misbehave.

    `reset` ends it with RST instead of FIN; `pause` waits that many seconds between two pieces. `pieces` may
    never end: each request begins to go through them anew, and stops when the client has gone.
    """

    pieces: Iterable[bytes] = ()
    reset: bool = False
    pause: float = 0.0


Respond: TypeAlias = Callable[[Request], Answer | RawAnswer]


class DemoHTTPServer(ThreadingHTTPServer):
    """A threaded HTTP/1.1 server over a function from request to answer."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, respond: Respond, *, port: int = 0, handler: type[RequestHandler] | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), handler or RequestHandler)
        self.respond = respond
        self.to_reset: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """End a connection; one that is to be reset is closed without a farewell."""
        if isinstance(request, socket.socket) and request in self.to_reset:
            self.to_reset.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are no news; anything else is shown."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class RequestHandler(BaseHTTPRequestHandler):
    """One connection: reads requests of either form, writes answers, stays open between them."""

    protocol_version = "HTTP/1.1"
    server_version = "KabarNusa"
    sys_version = ""
    timeout = 60
    wbufsize = -1
    disable_nagle_algorithm = True
    scheme = "http"
    server: DemoHTTPServer

    def do_GET(self) -> None:
        host, port = self.authority()
        request = Request(
            host=host,
            target=self._target(),
            method=self.command,
            headers=tuple(self.headers.items()),
            scheme=self.scheme,
        )
        answer = self.server.respond(request)
        if isinstance(answer, RawAnswer):
            self._send_raw(answer)
        else:
            self._send(answer, port)

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def authority(self) -> tuple[str, int | None]:
        """The host asked for, and the port if the client names one (a browser does, a proxy's client not)."""
        is_absolute = self.path.lower().startswith("http://")
        netloc = urlsplit(self.path).netloc if is_absolute else self.headers.get("Host", "")
        host, _, port = netloc.partition(":")
        return host.lower(), int(port) if port.isdigit() and int(port) != 80 else None

    def _target(self) -> str:
        if not self.path.lower().startswith("http://"):
            return self.path
        parts = urlsplit(self.path)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _send(self, answer: Answer, port: int | None) -> None:
        body, headers = answer.body, list(answer.headers)
        is_text = answer.content_type.startswith(_TEXT)
        if port is not None:
            body = _with_port(body, port) if is_text else body
            headers = [(name, _with_port(value.encode(), port).decode()) for name, value in headers]
        if self._is_unchanged(answer):
            self._send_head(304, [("ETag", answer.etag)], 0)
            return
        headers.insert(0, ("Content-Type", answer.content_type))
        if answer.status == 200:
            headers.append(("ETag", answer.etag))
        if answer.modified:
            headers.append(("Last-Modified", format_datetime(answer.modified, usegmt=True)))
        if is_text and body:
            headers.append(("Vary", "Accept-Encoding"))
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
                headers.append(("Content-Encoding", "gzip"))
        self._send_head(answer.status, headers, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_head(self, status: int, headers: Sequence[tuple[str, str]], length: int) -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _is_unchanged(self, answer: Answer) -> bool:
        if answer.status != 200:
            return False
        tag, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if tag is not None:
            return answer.etag in tag
        try:
            return bool(since and answer.modified and answer.modified <= parsedate_to_datetime(since))
        except (ValueError, TypeError):
            return False

    def _send_raw(self, answer: RawAnswer) -> None:
        self.close_connection = True
        for number, piece in enumerate(answer.pieces):
            if number and answer.pause:
                time.sleep(answer.pause)
            self.wfile.write(piece)
            self.wfile.flush()
        if answer.reset:
            # Linger 0 makes the kernel send RST when the socket is closed, if nothing shuts it down before.
            self.server.to_reset.add(self.connection)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *args: object) -> None:
        """Silent: the crawler's log is the one to read."""


def _with_port(body: bytes, port: int) -> bytes:
    return body.replace(_DOMAIN, _DOMAIN + b":%d" % port)
