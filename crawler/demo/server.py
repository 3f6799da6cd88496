"""The demo portal's web server: a process of its own on loopback.

    python -m crawler.demo.server

It answers ordinary requests by their Host header, and requests in absolute form as a proxy does: a crawl that
has it as `http_proxy` sees the portal under stable addresses without a port.
"""

from __future__ import annotations

import argparse
import gzip
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit

from crawler.demo.newsroom import SEED
from crawler.demo.portal import Answer, DemoPortal, Request

_ROOT = Path(__file__).resolve().parents[2]
_DOMAIN = b".kabarnusa.localhost"
_TEXT = ("text/", "application/xml")
_STARTUP_SECONDS = 20.0
_PARENT_CHECK_SECONDS = 0.2
# Level 1: the pages are made for each request, and the crawler is what a benchmark measures.
_GZIP_LEVEL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """Bytes for the wire as they are, after which the connection ends: for servers that misbehave.

    `reset` ends it with RST instead of FIN; `pause` waits that many seconds between two pieces.
    """

    pieces: tuple[bytes, ...] = ()
    reset: bool = False
    pause: float = 0.0


Respond: TypeAlias = Callable[[Request], Answer | RawAnswer]


class DemoHTTPServer(ThreadingHTTPServer):
    """A threaded HTTP/1.1 server over a function from request to answer."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, respond: Respond, *, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), _Handler)
        self.respond = respond

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are no news; anything else is shown."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "KabarNusa"
    sys_version = ""
    timeout = 60
    wbufsize = -1
    disable_nagle_algorithm = True
    server: DemoHTTPServer

    def do_GET(self) -> None:
        host, port = self._authority()
        request = Request(
            host=host, target=self._target(), method=self.command, headers=dict(self.headers.items())
        )
        answer = self.server.respond(request)
        if isinstance(answer, RawAnswer):
            self._send_raw(answer)
        else:
            self._send(answer, port)

    do_HEAD = do_GET

    def _authority(self) -> tuple[str, int | None]:
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
            # Linger 0 makes the kernel send RST when the socket is closed.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *args: object) -> None:
        """Silent: the crawler's log is the one to read."""


def _with_port(body: bytes, port: int) -> bytes:
    return body.replace(_DOMAIN, _DOMAIN + b":%d" % port)


class DemoServer:
    """Runs the demo portal in a process of its own while the context lasts; the process dies with this one.

    `url` is its address on loopback, good as `http_proxy`.
    """

    def __init__(self, *, articles: int = 60, page_kb: int = 0, seed: int = SEED, port: int = 0) -> None:
        self.url = ""
        self._arguments = {"articles": articles, "page-kb": page_kb, "seed": seed, "port": port}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        options = [word for name, value in self._arguments.items() for word in (f"--{name}", str(value))]
        paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crawler.demo.server", "--exit-with-parent", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        try:
            self.url = _read_address(self._process)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process; harmless when it has ended."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None


def _read_address(process: subprocess.Popen[str]) -> str:
    """The address from the first line; a server that says nothing for too long is ended."""
    watchdog = threading.Timer(_STARTUP_SECONDS, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
    finally:
        watchdog.cancel()
    if not line.startswith("listening on "):
        raise RuntimeError(f"the demo server did not start (it said {line!r}); see its messages above")
    return line.split()[-1]


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM, Ctrl-C or, if asked to, the end of the parent process."""
    options = _options(argv)
    parent = os.getppid()
    portal = DemoPortal(seed=options.seed, articles=options.articles, page_bytes=options.page_kb * 1024)
    server = DemoHTTPServer(portal.answer, port=options.port)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if options.exit_with_parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    print(f"listening on {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 130
    return 0


def _end_with(parent: int) -> None:
    """Watch the parent: an orphan gets another one. (PR_SET_PDEATHSIG would fire when a *thread* ends.)"""
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(0)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.demo.server", description="Serve the demo portal."
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--articles", type=int, default=60, help="number of articles")
    parser.add_argument("--page-kb", type=int, default=0, help="fill article pages up to this size")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other articles")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent process ends")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
