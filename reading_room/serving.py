"""Serves the reading room with waitress, until it is interrupted."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from ipaddress import ip_address

import waitress
from flask import Flask
from waitress.server import BaseWSGIServer, MultiSocketServer

_THREADS = 8
_BACKLOG = 128
_MAX_HEAD = 1 << 14
_MAX_BODY = 1 << 10
"""Bytes of a request: nobody has anything to send."""


class CannotServeError(Exception):
    """The address or the port cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens. `port` is the one that was found where any was asked for."""

    server: BaseWSGIServer | MultiSocketServer
    host: str
    port: int

    def run(self) -> None:
        """Answer requests until the process is interrupted."""
        try:
            self.server.run()
        finally:
            self.server.close()


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(app: Flask, host: str, port: int) -> Serving:
    """Take the port; requests wait until `run`.

    Raises:
        CannotServeError: it is taken, or this machine has no such address.
    """
    name = host.strip("[]")
    try:
        family = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((name, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        raise CannotServeError(_what_to_do(error, host, port)) from error
    server = waitress.create_server(
        app,
        sockets=[listening],
        threads=_THREADS,
        ident="",
        max_request_header_size=_MAX_HEAD,
        max_request_body_size=_MAX_BODY,
        clear_untrusted_proxy_headers=True,
    )
    return Serving(server, host, int(listening.getsockname()[1]))


def _what_to_do(error: OSError | UnicodeError, host: str, port: int) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} of {host} is taken; name another with --port, or 0 for any that is free"
    if number in {errno.EACCES, errno.EPERM}:
        return f"port {port} may not be used; name one above 1023 with --port"
    if isinstance(error, (socket.gaierror, UnicodeError)) or number == errno.EADDRNOTAVAIL:
        return f"--host {host}: this machine has no such address; 127.0.0.1 is the usual one"
    return f"{host}:{port}: cannot be listened on ({error}); try another --port"
