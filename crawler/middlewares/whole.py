"""Where a portal has no page with the whole article on it after all, page 1 is asked for."""

from __future__ import annotations

from scrapy.http import Request, Response

from archives.catalogue import UrlRow
from archives.states import Kind
from crawler.scheduler import wire_url

_NOT_HERE = frozenset({400, 404, 405, 410})
_SPENT = ("redirect_times", "redirect_ttl", "redirect_urls", "redirect_reasons", "retry_times")


class WholeArticleMiddleware:
    """The refusal is in the archive as any other answer, and counts as none of the article's own."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        row = request.meta.get("row")
        if response.status not in _NOT_HERE or not isinstance(row, UrlRow) or request.meta.get("by_page"):
            return response
        if row.kind is not Kind.ARTICLE:
            return response
        if wire_url(row) == row.url:
            return response
        meta = {name: value for name, value in request.meta.items() if name not in _SPENT}
        return request.replace(url=row.url, meta={**meta, "by_page": True})
