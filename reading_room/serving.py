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
    try:
        server = waitress.create_server(
            app,
            host=host.strip("[]"),
            port=port,
            threads=_THREADS,
            ident="",
            max_request_header_size=_MAX_HEAD,
            max_request_body_size=_MAX_BODY,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise CannotServeError(_what_to_do(error, host, port)) from error
    except ValueError as error:  # waitress's word for a name that stands for no address
        raise CannotServeError(
            f"--host {host}: this machine has no such address ({error}); 127.0.0.1 is the usual one"
        ) from error
    return Serving(server, host, _port(server, port))


def _port(server: BaseWSGIServer | MultiSocketServer, asked: int) -> int:
    if asked:
        return asked
    listening = getattr(server, "effective_listen", None)
    if listening:
        return int(listening[0][1])
    return int(getattr(server, "effective_port", asked))


def _what_to_do(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken; name another with --port, or 0 for any that is free"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"port {port} may not be used ({error.strerror}); name one above 1023 with --port"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host}: this machine has no such address; 127.0.0.1 is the usual one"
    return f"{host}:{port}: cannot be listened on ({error.strerror or error}); try another --port"
