"""Gives Scrapy's robots.txt middleware a body it can read: all other bodies stay as they were sent."""

from __future__ import annotations

from scrapy.http import Request, Response

from archives.reader import decode_body

MAX_ROBOTS = 512 << 10
"""Bytes of robots.txt that are read; RFC 9309, 2.5 asks for 500 KiB at least."""


class RobotsBodyMiddleware:
    """Undoes the content encoding of robots.txt, within a limit."""

    def process_response(self, request: Request, response: Response) -> Response:
        if not request.meta.get("dont_obey_robotstxt"):
            return response
        headers = tuple((name, value) for name, values in response.headers.items() for value in values)
        decoded = decode_body(headers, response.body, MAX_ROBOTS)
        return response.replace(body=decoded.content)
