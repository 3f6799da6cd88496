"""A loopback web server with a few files, which answers range requests as WACZ readers make them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@contextmanager
def serving(files: Mapping[str, Path]) -> Iterator[str]:
    """Serve these files under these paths; gives the server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = files.get(self.path.partition("?")[0])
            if path is None:
                self._answer(404, b"", {})
                return
            content = path.read_bytes()
            kind = {"Content-Type": _TYPES.get(path.suffix, "application/octet-stream")}
            wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
            if wanted is None:
                self._answer(200, content, kind)
                return
            begin, end = _span(wanted.group(1), wanted.group(2), len(content))
            place = {"Content-Range": f"bytes {begin}-{end - 1}/{len(content)}"}
            self._answer(206, content[begin:end], kind | place)

        do_HEAD = do_GET  # noqa: N815 - http.server's name

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _span(begin: str, end: str, size: int) -> tuple[int, int]:
    """First byte, and the one after the last."""
    if not begin:
        return max(size - int(end), 0), size
    return int(begin), min(int(end) + 1, size) if end else size
