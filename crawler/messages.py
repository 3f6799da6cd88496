"""Scrapy's messages as the values that the other packages deal in."""

from __future__ import annotations

from scrapy.http import Request, Response

from archives.capture import Headers


def header_pairs(message: Request | Response, *, skip: bytes = b"") -> Headers:
    """Header fields as ordered pairs, repeated ones repeated; the field named `skip` is left out."""
    return tuple(
        (name, value) for name, values in message.headers.items() for value in values if name != skip
    )
