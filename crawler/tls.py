"""Scrapy's https handler, listening to what TLS is agreed on (`crawler.handshakes`)."""

from __future__ import annotations

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

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection: ...  # noqa: N802


class _Policy(Protocol):
    """IPolicyForHTTPS, for the type checker."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator: ...  # noqa: N802 - Twisted's name


@implementer(IPolicyForHTTPS)
class _ListeningPolicy:
    """Another policy that tells of each connection that it makes."""

    def __init__(self, policy: _Policy, handshakes: Handshakes) -> None:
        self._policy = policy
        self._handshakes = handshakes

    def creatorForNetloc(self, hostname: bytes, port: int) -> _ListeningCreator:  # noqa: N802 - Twisted's name
        creator = self._policy.creatorForNetloc(hostname, port)
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
        policy = cast("_Policy", self._contextFactory)
        listening = _ListeningPolicy(policy, run_of(crawler).handshakes)
        self._contextFactory = cast("IPolicyForHTTPS", listening)
