"""Scrapy's redirects, with a word for those that lead to no place on the web."""

from __future__ import annotations

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler.failures import NO_WEB_ADDRESS

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class WebRedirectMiddleware(RedirectMiddleware):
    """Scrapy hands `file:` and `data:` on as an answer like any other, and fails on what is no URL at all."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if request.meta.get("dont_redirect"):  # a copy in a web archive; the spider says what it is worth
            return response
        try:
            followed = super().process_response(request, response)
        except ValueError as error:
            raise IgnoreRequest(NO_WEB_ADDRESS) from error
        if followed is response and response.status in _REDIRECTS and "Location" in response.headers:
            raise IgnoreRequest(NO_WEB_ADDRESS)
        return followed
