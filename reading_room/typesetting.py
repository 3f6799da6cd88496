"""Words from other people's pages, made fit for a page of ours.

Jinja2 escapes markup. What it does not know of: characters that turn the reading direction, so that a title
swallows what stands behind it, and addresses that are programs (`javascript:`, `data:`).
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: object) -> str:
    """Without control characters and marks of direction; half a surrogate pair, which no page can hold,
    becomes U+FFFD.
    """
    return _SURROGATES.sub("\ufffd", _CONTROL.sub("", str(text)))


def isolated(text: object) -> Markup:
    """Text of a page inside `<bdi>`, so that Arabic or Hebrew in it moves nothing around it."""
    return Markup("<bdi>{}</bdi>").format(clean(text))


def web_address(url: object) -> str | None:
    """An address that may become a link: http or https, with a host. None for all others."""
    text = clean(url).strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    return text if parts.scheme.lower() in {"http", "https"} and host else None


def breakable(text: object) -> Markup:
    """A long address or digest that may be broken behind its slashes, dots and hyphens."""
    return Markup(  # noqa: S704 - escaped before
        re.sub(r"(?<=[/.?&=:_-])(?=[A-Za-z0-9])", "<wbr>", str(escape(clean(text)))).replace("&<wbr>", "&")
    )


def as_moment(text: object) -> datetime | None:
    """The datetime of a sidecar's text, in the zone that it names."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
