"""Blocks of the type `application/warc-fields`: warcinfo, and the notes beside an answer."""

from __future__ import annotations

MOST_SHOWN = 40
"""Letters that are shown of what should be a length, and can be a megabyte."""
_MOST_DIGITS = 18


def redirected_from(block: bytes) -> str | None:
    """`via` with a hop is the page that a picture was found on, and not the start of redirects."""
    return None if warc_field(block, "hopsfromseed") else warc_field(block, "via")


def warc_field(block: bytes, wanted: str) -> str | None:
    """A field of an `application/warc-fields` block (ISO 28500:2017, 4); `wanted` in small letters."""
    for line in block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == wanted:
            return value.strip()
    return None


def whole_number(text: str | bytes) -> int | None:
    """A length or a status as it is written; None where it is no number, or one that nothing has. Python
    takes other scripts' digits for some, and refuses to read thousands of them.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    return int(text)
