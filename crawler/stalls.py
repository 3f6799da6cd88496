"""A server that falls silent in the middle of a body: what has come by then is an answer, cut by time.

Scrapy's client gives such a request up as if nothing had come, and no component can reach the bytes. The
classes that this stands on are private to Scrapy, which therefore is pinned below its next minor version.
"""

from __future__ import annotations

from typing import Any, TypeVar

from scrapy.core.downloader.handlers.http11 import _ResponseReader, _ScrapyAgent
from scrapy.http import Request, Response
from twisted.internet.defer import Deferred
from twisted.web.client import Agent
from twisted.web.client import Response as TxResponse

from archives.capture import Truncation
from crawler.endpoints import Endpoints

T = TypeVar("T")
_STALLED = "stalled"
"""Among Scrapy's flags of a response, beside its own `dataloss` and `partial`."""


class PatientAgent(_ScrapyAgent):
    """Scrapy's agent, but for what it does when a request's time is over, and for endpoints that are kept."""

    def __init__(self, *, endpoints: Endpoints, **options: Any) -> None:  # noqa: ANN401 - Scrapy's
        super().__init__(**options)
        self._endpoints = endpoints

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = super()._get_agent(request, timeout)
        agent._endpointFactory = self._endpoints.kept_of(agent._endpointFactory)
        return agent

    @staticmethod
    def _cancel(_: Deferred[Any], txresponse: TxResponse) -> None:
        """Called when the time is over while a body is being read: hand on what there is, then hang up."""
        reader = txresponse._bodyProtocol
        assert isinstance(reader, _ResponseReader)
        if not reader._finished.called:
            reader._finish_response(flags=[_STALLED])
        txresponse._transport._producer.abortConnection()

    def _cb_timeout(self, result: T, request: Request, url: str, timeout: float) -> T:
        if isinstance(result, Response) and _STALLED in result.flags:
            request.meta["cut"] = Truncation.TIME
            return result
        return super()._cb_timeout(result, request, url, timeout)
