from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
from typing import TYPE_CHECKING

from archives.collection import Collection
from crawler.command import KlipingCommand
from crawler.errors import WrongUsageError
from crawler.exitcodes import ExitCode
from crawler.signals import signals_interrupt

if TYPE_CHECKING:
    from flask import Flask

    from reading_room.serving import Serving

PORT = 8321
TOKEN = "KLIPING_TOKEN"  # noqa: S105 - the name of the variable
_SHORTEST_TOKEN = 16


class Command(KlipingCommand):
    summary = "Open the reading room: search, articles beside their archived originals"
    details = (
        "A local, read-only web application for one collection; a crawl may be writing to it. It is served "
        "on 127.0.0.1. On any other --host every reader must show a token, which is made unless it is given "
        f"with --token or in the environment as {TOKEN}; put a server that speaks TLS before it where it "
        "leaves the house. Ctrl-C ends it."
    )
    usage = "[COLLECTION] [options]"
    most_arguments = 1
    can_be_quiet = False  # its address is what it is for

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument(
            "--port", type=int, metavar="N", help=f"default: {PORT}, or the next that is free; 0: any"
        )
        parser.add_argument(
            "--token", metavar="WORDS", help=f"ask readers for it; at least {_SHORTEST_TOKEN} characters"
        )
        parser.add_argument(
            "--allow-host",
            action="append",
            default=[],
            metavar="NAME",
            help="a name under which readers may ask for this machine, beside localhost and its addresses",
        )

    def execute(self, opts: argparse.Namespace) -> ExitCode:
        if self.words:
            self.settings.set("KLIPING_COLLECTION", self.words[0], priority="cmdline")
        collection = self.existing_collection()
        token = _token(opts.token or os.environ.get(TOKEN), opts.host)
        return browse(collection, host=opts.host, port=opts.port, token=token, names=opts.allow_host)


def browse(
    collection: Collection,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    token: str | None = None,
    names: list[str] | None = None,
) -> ExitCode:
    """Serve the room until it is interrupted, which is how it ends."""
    from reading_room.app import make_app  # noqa: PLC0415 - every command loads this module; only this needs Flask
    from reading_room.serving import CannotServeError, is_loopback  # noqa: PLC0415 - as above

    known = [*(names or ()), *([] if is_loopback(host) else [socket.gethostname(), host])]
    app = make_app(collection, token=token, allowed_hosts=known, with_stories=True)
    try:
        serving = _listen(app, host, port)
    except CannotServeError as error:
        raise WrongUsageError(str(error)) from error
    print(f"reading room of {collection.name}: {_address(serving, token)}", flush=True)
    print("Ctrl-C ends it", file=sys.stderr)
    try:
        with signals_interrupt():  # a crawl in this process has left its own handlers
            serving.run()
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return ExitCode.COMPLETE


def _listen(app: Flask, host: str, port: int | None) -> Serving:
    """On the port that was named, and on no other; without a name on the first that is free."""
    from reading_room.serving import CannotServeError, listen  # noqa: PLC0415 - as above

    if port is not None:
        if not 0 <= port < 1 << 16:
            raise WrongUsageError(f"--port {port}: ports are numbers from 0 (any that is free) to 65535")
        return listen(app, host, port)
    try:
        return listen(app, host, PORT)
    except CannotServeError:
        return listen(app, host, 0)


def _address(serving: Serving, token: str | None) -> str:
    host = socket.gethostname() if serving.host in {"0.0.0.0", "::"} else serving.host  # noqa: S104
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{serving.port}/" + (f"?token={token}" if token else "")


def _token(given: str | None, host: str) -> str | None:
    """What readers must show: what was given; a new one where others can reach the room; else nothing."""
    if given is not None:
        if len(given) < _SHORTEST_TOKEN or not given.isalnum() or not given.isascii():
            raise WrongUsageError(
                f"--token: give at least {_SHORTEST_TOKEN} letters and digits, or none to have one made"
            )
        return given
    from reading_room.serving import is_loopback  # noqa: PLC0415 - as above

    return None if is_loopback(host) else secrets.token_hex(16)
