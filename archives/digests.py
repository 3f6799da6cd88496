"""Labelled digests, as WARC records, sidecars and the catalogue have them."""

from __future__ import annotations

import hashlib

_B32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_B32_PAIRS = [first + second for first in _B32 for second in _B32]
_B32_PADDING = 4
_B32_PLACES = range(250, -1, -10)
"""For the 256 bits of a digest in base32, two letters at a time: half the time of `base64.b32encode`, and
every answer has three digests.
"""


def digest(*blocks: bytes) -> str:
    """`sha256:` and the base32 value (RFC 4648) of the blocks one after the other."""
    value = hashlib.sha256()
    for block in blocks:
        value.update(block)
    number = int.from_bytes(value.digest(), "big") << _B32_PADDING
    return "sha256:" + "".join([_B32_PAIRS[number >> place & 1023] for place in _B32_PLACES]) + "===="
