"""The demo portal's web server: a process of its own on loopback.

    python -m crawler.demo.server

It answers ordinary requests by their Host header, and requests in absolute form as a proxy does: a crawl that
has it as `http_proxy` sees the portal under stable addresses without a port.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.demo.newsroom import SEED
from crawler.demo.portal import DemoPortal
from crawler.demo.wire import DemoHTTPServer

_ROOT = Path(__file__).resolve().parents[2]
_STARTUP_SECONDS = 20.0
_PARENT_CHECK_SECONDS = 0.2


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
        self._process = subprocess.Popen(  # noqa: S603 - our own module, our own options
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
    print(f"listening on {server.url}", flush=True)  # noqa: T201 - the first line is the interface
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
