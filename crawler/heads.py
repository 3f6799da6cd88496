"""The head of an answer is bounded as its body is: Scrapy's client reads header fields without end.
And who has heard enough hangs up at once.

Measured with Scrapy 2.19: 555 MB of header fields in 15 s, with the event loop busy all the while; one field
of more than 16 kB closes the connection without a word. The classes that this stands on are private to
Scrapy, which therefore is pinned below its next minor version.
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Request, Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, ResponseFailed, TransportProxyProducer

from crawler.endpoints import Endpoints
from crawler.stalls import PatientAgent

MAX_HEAD = 256 << 10
"""Bytes of status line and header fields, answers 1xx before it included; browsers allow as much."""
MAX_FIELD = 64 << 10
"""Bytes of one header field."""


class HeadTooLargeError(Exception):
    """An answer has more header fields than anybody needs; another try would bring as many."""


class _BoundedParser(_LenientHTTPClientParser):
    MAX_LENGTH = MAX_FIELD
    head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self.state in {STATUS, HEADER}:
            self.head += len(data)
            if self.head > MAX_HEAD:
                raise HeadTooLargeError

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802 - Twisted's
        raise HeadTooLargeError


class _AbortingTransport(TransportProxyProducer):
    """What hangs up when a body has passed its limit. In good order a TLS connection ends when the server has
    agreed: one that sends without end had sent 2.4 GB more.
    """

    def loseConnection(self) -> None:  # noqa: N802 - Twisted's
        if self._producer is not None:
            self._producer.abortConnection()


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Deferred[Any]:  # noqa: ANN401 - Twisted's
        answer = super().request(request)
        assert self._parser is not None
        assert self._transportProxy is not None
        self._parser.__class__ = _BoundedParser  # as Scrapy's own protocol does it
        self._transportProxy.__class__ = _AbortingTransport
        return answer

    def _giveUp(self, reason: Failure) -> None:  # noqa: N802 - Twisted's
        """Twisted ends the connection in good order, which takes as long as the server goes on sending."""
        super()._giveUp(reason)  # type: ignore[no-untyped-call]
        if self.transport is not None and not isinstance(reason.value, ConnectionDone):
            self.transport.abortConnection()


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: object) -> _BoundedProtocol:  # noqa: ARG002, N802 - Twisted's
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, with an end to each answer's head."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        self._endpoints = Endpoints()

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's own handler does it, by an agent of ours."""
        agent = PatientAgent(
            endpoints=self._endpoints,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        except DownloadFailedError as error:
            if any(isinstance(cause, HeadTooLargeError) for cause in causes(error)):
                raise HeadTooLargeError from error
            raise


def causes(error: BaseException) -> list[BaseException]:
    """What Twisted says was wrong with an answer: the reasons that Scrapy's one error stands for."""
    found = error.__cause__
    reasons = found.reasons if isinstance(found, ResponseFailed) else ()
    return [reason.value for reason in reasons if isinstance(reason, Failure) and reason.value is not None]
