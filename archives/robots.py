"""Which robots.txt was in force when a page was captured, told from the records alone.

A run reads the robots.txt of a host before anything else there, and again within a day. So of the answers
that lie before the page the newest one counts: in our own files by their place, which no clock can change,
in other tools' files by the dates of the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from archives.capture import CaptureRef, Truncation

PATH = "/robots.txt"
FRESH = timedelta(days=1)
"""RFC 9309, 2.4: a copy is not used for longer than a day."""
_OURS = re.compile(r"(.+)-\d{8}T\d{6}Z-(\d{5,})-(.+)")


def robots_address(url: str) -> str | None:
    """Where the robots.txt of an address stands (RFC 9309, 2.3); None for what is no address on the web."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}{PATH}"


def is_robots(ref: CaptureRef) -> bool:
    """Whether a capture answers a request for a robots.txt, also after redirects."""
    return (ref.via or ref.url).endswith(PATH)


def is_readable(status: int, truncated: Truncation | None) -> bool:
    """Whether an answer is a robots.txt, as far as it goes: what lies beyond the size limit does not count,
    but what was lost on the way could be the rule that closes an address.
    """
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and truncated in {None, Truncation.LENGTH}


def is_unavailable(status: int) -> bool:
    """Whether an answer says that there is no robots.txt (RFC 9309, 2.3.1.3)."""
    told = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return told and status != HTTPStatus.TOO_MANY_REQUESTS


def in_force(page: CaptureRef, answers: Iterable[CaptureRef]) -> tuple[CaptureRef, ...]:
    """The readable answers that can have been in force for a page, the best first: further ones only count
    should those before be spoilt. None where the last word was that there is no robots.txt.

    `answers` are answers to the robots.txt of the page's host, in any order.
    """
    before = sorted((ref for ref in answers if _is_before(ref, page)), key=_order, reverse=True)
    found = []
    for ref in before:
        if is_unavailable(ref.status):
            break
        if is_readable(ref.status, ref.truncated):
            found.append(ref)
    return tuple(found)


def _is_before(ref: CaptureRef, page: CaptureRef) -> bool:
    if _series(ref) != _series(page) or abs(ref.fetched_at - page.fetched_at) > FRESH:
        return False
    return _order(ref) < _order(page) if _series(page) else ref.fetched_at <= page.fetched_at


def _series(ref: CaptureRef) -> tuple[str, str] | None:
    """The collection and machine in the name of a file of ours: such files follow one another."""
    found = _OURS.match(ref.warc_file)
    return (found[1], found[3]) if found is not None else None


def _order(ref: CaptureRef) -> tuple[object, ...]:
    found = _OURS.match(ref.warc_file)
    if found is not None:
        return (int(found[2]), ref.warc_file, ref.offset)
    return (ref.fetched_at, ref.warc_file, ref.offset)
