"""Nearest to the wire: every answer is in the WARC file, durably, before anybody else sees it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Self
from urllib.parse import SplitResult, urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from archives.capture import Capture, CaptureRef, Memento, Tls, Truncation
from archives.catalogue import UrlRow
from archives.errors import ArchiveError
from archives.keeper import Kept
from archives.mementos import cut_out, replayed
from archives.states import Kind
from crawler.awaiting import outcome_of
from crawler.handshakes import Handshakes
from crawler.messages import header_pairs, is_for_copy
from crawler.run import Run, run_of
from crawler.web_archives import read_copy
from extractors.addresses import identify

# "partial" is not among them: it only says that the server ended the body by closing the connection.
_TRUNCATING = {"dataloss": Truncation.DISCONNECT, "download_stopped": Truncation.LENGTH}


class ArchiveMiddleware:
    """Sees robots.txt, redirects, errors and each retry, with the body as it came over the wire."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler))

    async def process_response(self, request: Request, response: Response) -> Response:
        url_id = request.meta.get("url_id")
        capture = capture_of(request, response, datetime.now(UTC), self._run.handshakes)
        waiting = url_id is not None and (response.status == 200 or capture.unchanged is not None)
        try:
            if is_for_copy(request):
                kept = await self._keep_copy(request, capture)
            else:
                kept = await outcome_of(self._run.keeper.keep(capture, url_id=url_id, waiting=waiting))
        except ArchiveError as error:
            raise IgnoreRequest(f"not archived: {error}") from error
        request.meta["kept"] = kept
        self._run.fetched += 1
        return response

    async def _keep_copy(self, request: Request, exchange: Capture) -> Kept:
        """What a web archive has handed out, or else only the exchange; then `no_copy` says why."""
        row: UrlRow = request.meta["row"]
        found = handed_out(row, exchange)
        if isinstance(found, Memento):
            return await outcome_of(self._run.keeper.keep_copy(found, exchange, url_id=row.url_id))
        request.meta["no_copy"] = found
        return await outcome_of(self._run.keeper.keep(exchange, url_id=row.url_id))


def capture_of(
    request: Request, response: Response, now: datetime, handshakes: Handshakes | None = None
) -> Capture:
    """The exchange as plain values, copied now: other components change the same objects later."""
    parts = urlsplit(response.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    proxied = "proxy" in request.meta and not request.meta.get("route")
    chain = request.meta.get("redirect_urls")
    return Capture(
        url=response.url,
        fetched_at=now,
        method=request.method,
        target=target,
        request_headers=(
            (b"Host", parts.netloc.rpartition("@")[2].encode()),
            *header_pairs(request, skip=b"Proxy-Authorization"),
        ),
        protocol=response.protocol or "HTTP/1.1",
        status=response.status,
        headers=header_pairs(response),
        body=response.body,
        ip_address=str(response.ip_address) if response.ip_address and not proxied else None,
        tls=_spoken(parts, handshakes),
        truncated=_why_cut(request, response),
        via=chain[0] if chain else None,
        found_on=_page_around(request),
        unchanged=_confirmed(request) if response.status == HTTPStatus.NOT_MODIFIED else None,
    )


def _spoken(parts: SplitResult, handshakes: Handshakes | None) -> Tls | None:
    if handshakes is None or parts.scheme != "https":
        return None
    return handshakes.spoken_with(parts.hostname or "")


def handed_out(row: UrlRow, exchange: Capture) -> Memento | str:
    """What a web archive has handed out; or in a few words why that is not what was asked for.

    A record of a WARC file names its address itself, and a stranger's index may lead to any.
    """
    copy = read_copy(row.url)
    if copy.wanted is not None:
        found = replayed(exchange, copy.wanted)
    else:
        found = cut_out(exchange, copy.source, copy.digest)
    if isinstance(found, str):
        return found
    address = identify(found.url)
    fits = address is not None and (address.url, address.page) == (row.article, row.page)
    return found if fits else "the copy is of another page"


def _page_around(request: Request) -> str | None:
    row: UrlRow | None = request.meta.get("row")
    return row.article if row is not None and row.kind is Kind.REQUISITE else None


def _why_cut(request: Request, response: Response) -> Truncation | None:
    reasons = (reason for flag, reason in _TRUNCATING.items() if flag in response.flags)
    return request.meta.get("cut") or next(reasons, None)


def _confirmed(request: Request) -> CaptureRef | None:
    """The earlier capture that a 304 confirms: the one whose validators this very request carried."""
    earlier: CaptureRef | None = request.meta.get("seen")
    return earlier if earlier is not None and earlier.url == request.url else None
