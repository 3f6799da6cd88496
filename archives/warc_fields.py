"""Blocks of the type `application/warc-fields`: warcinfo, and the notes beside an answer."""

from __future__ import annotations


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
