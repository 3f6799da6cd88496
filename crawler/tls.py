"""Scrapy's https handler, listening to what TLS is agreed on (`crawler.handshakes`), with one TLS context.

Scrapy has a context made for each connection, and each loads all certificates that the system trusts: 8 ms in
the event loop, and 0.8 MB until the garbage collector finds the connection that is gone (Scrapy 2.19, Twisted
26.10, Debian's 140 certificates). Sixty hosts that are asked in turn may close their connections in between,
and pay that for every page. What one host's connection has of its own, its name and the check of its
certificate, is the connection's and not the context's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeAlias, cast

from OpenSSL import SSL
from scrapy.crawler import Crawler
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # it has no stubs

from crawler.handshakes import Handshakes
from crawler.heads import BoundedHandler
from crawler.run import run_of

RENEWED = 600.0
"""Seconds after which connections have a new context."""
_Create: TypeAlias = Callable[[TLSMemoryBIOProtocol], SSL.Connection]


class _Creator(Protocol):
    """IOpenSSLClientConnectionCreator, for the type checker."""

    _createConnection: _Create  # noqa: N815 - Twisted's name

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection: ...  # noqa: N802


class _Policy(Protocol):
    """IPolicyForHTTPS, for the type checker."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator: ...  # noqa: N802 - Twisted's name


@implementer(IPolicyForHTTPS)
class ListeningPolicy:
    """Another policy that tells of each connection that it makes; all have one context.

    That is made anew from time to time: a run of weeks must see certificates that the system trusts by now,
    or no longer, and outlive a moment in which they could not be read, of which OpenSSL says nothing.
    """

    def __init__(self, policy: IPolicyForHTTPS, handshakes: Handshakes) -> None:
        self.handshakes = handshakes
        self._policy = cast("_Policy", policy)
        self._create: _Create | None = None
        self._good_until = 0.0

    def creatorForNetloc(self, hostname: bytes, port: int) -> _ListeningCreator:  # noqa: N802 - Twisted's name
        return _ListeningCreator(
            self._policy.creatorForNetloc(hostname, port), hostname.decode("ascii"), self
        )

    def share(self, creator: _Creator) -> None:
        """Give a host's creator the context of all. What is its own, it sets on each connection."""
        if time.monotonic() >= self._good_until:
            # Private to Twisted; without it each host has a context of its own, which is dear and no fault.
            fresh = self._policy.creatorForNetloc(b"localhost", 443)
            self._create = getattr(fresh, "_createConnection", None)
            self._good_until = time.monotonic() + RENEWED
        if self._create is not None:
            creator._createConnection = self._create


@implementer(IOpenSSLClientConnectionCreator)
class _ListeningCreator:
    def __init__(self, creator: _Creator, host: str, policy: ListeningPolicy) -> None:
        self._creator = creator
        self._host = host
        self._policy = policy

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802
        self._policy.share(self._creator)
        connection = self._creator.clientConnectionForTLS(protocol)
        self._policy.handshakes.begun(self._host, connection)
        return connection


class ListeningHandler(BoundedHandler):
    """The handler for https; Scrapy's policy is wrapped, because no setting takes one any more."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        listening = ListeningPolicy(self._contextFactory, run_of(crawler).handshakes)
        self._contextFactory = cast("IPolicyForHTTPS", listening)
