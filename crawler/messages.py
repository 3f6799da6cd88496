"""Scrapy's messages as the values that the other packages deal in."""

from __future__ import annotations

from scrapy.http import Request, Response

from archives.capture import Headers
from archives.catalogue import UrlRow
from archives.states import Kind


def header_pairs(message: Request | Response, *, skip: bytes = b"") -> Headers:
    """Header fields as ordered pairs, repeated ones repeated; the field named `skip` is left out.

    They are taken as they lie there: Scrapy's own `items` looks each name up in all its spellings again.
    """
    fields = dict.items(message.headers)
    return tuple((name, value) for name, values in fields for value in values if name != skip)


def is_for_copy(request: Request) -> bool:
    """Whether a request is for a capture in a web archive."""
    row: UrlRow | None = request.meta.get("row")
    return row is not None and row.kind is Kind.MEMENTO


def is_for_requisite(request: Request) -> bool:
    """Whether a request is for a picture or style sheet, or for the robots.txt that allows it."""
    row: UrlRow | None = request.meta.get("row")
    return bool(request.meta.get("requisite")) or (row is not None and row.kind is Kind.REQUISITE)
