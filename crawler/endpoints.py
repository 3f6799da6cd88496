"""What leads to a host is made once and kept; Scrapy's agent has it made anew for each request.

Measured with Scrapy 2.19 and Twisted 26.10: a fifth of the client's CPU for each request over TLS, most of it
for a list of ciphers, also where a connection is open already (docs/performance.md).
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from scrapy.utils.datatypes import LocalCache
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer  # type: ignore[import-untyped]  # it has no stubs

BindAddress: TypeAlias = tuple[str, int] | None
_Kept: TypeAlias = LocalCache[tuple[object, ...], IStreamClientEndpoint]
_MOST = 1_000
"""Endpoints that are kept; a crawl has some hundred hosts."""


class Factory(Protocol):
    """IAgentEndpointFactory, for the type checker, and what Scrapy's agents ask of Twisted's own."""

    _connectTimeout: float | None  # noqa: N815 - Twisted's name
    _bindAddress: BindAddress  # noqa: N815 - Twisted's name

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint: ...  # noqa: N802 - Twisted's name


class Endpoints:
    """Endpoints by what they were made from. Each is good for any number of connections."""

    def __init__(self) -> None:
        self._kept: _Kept = LocalCache(_MOST)

    def kept_of(self, factory: Factory) -> Factory:
        """A factory that asks another one only for what is not kept yet."""
        return _Keeping(factory, self._kept)


@implementer(IAgentEndpointFactory)
class _Keeping:
    def __init__(self, factory: Factory, kept: _Kept) -> None:
        self._factory = factory
        self._kept = kept
        self._connectTimeout = factory._connectTimeout
        self._bindAddress = factory._bindAddress

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:  # noqa: N802 - Twisted's name
        key = (uri.scheme, uri.host, uri.port, self._connectTimeout, self._bindAddress)
        endpoint = self._kept.get(key)
        if endpoint is None:
            endpoint = self._factory.endpointForURI(uri)
            self._kept[key] = endpoint
        return endpoint
