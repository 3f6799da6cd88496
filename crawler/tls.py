"""Scrapy's https handler, listening to what TLS is agreed on (`crawler.handshakes`), with one TLS context.

Scrapy has a context made for each connection, and each loads all certificates that the system trusts: 8 ms in
the event loop, and 0.8 MB for as long as the connection is open (Scrapy 2.19, Twisted 26.10, Debian's 140
certificates). Sixty hosts that are asked in turn may close their connections in between, and pay that for
every page.
What one host's connection has of its own, its name and the check of its certificate, is the connection's and
not the context's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from OpenSSL import SSL
from scrapy.crawler import Crawler
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # it has no stubs

from crawler.handshakes import Handshakes
from crawler.heads import BoundedHandler
from crawler.run import run_of


class _Creator(Protocol):
    """IOpenSSLClientConnectionCreator, for the type checker."""

    _createConnection: Callable[[TLSMemoryBIOProtocol], SSL.Connection]  # noqa: N815 - Twisted's name

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection: ...  # noqa: N802


class _Policy(Protocol):
    """IPolicyForHTTPS, for the type checker."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator: ...  # noqa: N802 - Twisted's name


@implementer(IPolicyForHTTPS)
class ListeningPolicy:
    """Another policy that tells of each connection that it makes; all have the first one's context."""

    def __init__(self, policy: IPolicyForHTTPS, handshakes: Handshakes) -> None:
        self._policy = cast("_Policy", policy)
        self._handshakes = handshakes
        self._create: Callable[[TLSMemoryBIOProtocol], SSL.Connection] | None = None

    def creatorForNetloc(self, hostname: bytes, port: int) -> _ListeningCreator:  # noqa: N802 - Twisted's name
        creator = self._policy.creatorForNetloc(hostname, port)
        # Private to Twisted; without it each host has a context of its own, which is dear and no fault.
        self._create = self._create or getattr(creator, "_createConnection", None)
        if self._create is not None:
            creator._createConnection = self._create
        return _ListeningCreator(creator, hostname.decode("ascii"), self._handshakes)


@implementer(IOpenSSLClientConnectionCreator)
class _ListeningCreator:
    def __init__(self, creator: _Creator, host: str, handshakes: Handshakes) -> None:
        self._creator = creator
        self._host = host
        self._handshakes = handshakes

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802
        connection = self._creator.clientConnectionForTLS(protocol)
        self._handshakes.begun(self._host, connection)
        return connection


class ListeningHandler(BoundedHandler):
    """The handler for https; Scrapy's policy is wrapped, because no setting takes one any more."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        listening = ListeningPolicy(self._contextFactory, run_of(crawler).handshakes)
        self._contextFactory = cast("IPolicyForHTTPS", listening)
