"""Sets of articles as whole numbers: bit n stands for document n.

Python's integers do `&`, `|` and `bit_count` on 200,000 bits in some 10 microseconds, so that every facet of
a result can be counted, however large the result is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

_FEW = 4096
_SIGNS = bytes.maketrans(b"01", b"\0\1")
_DIGITS = bytes.maketrans(b"\0\1", b"01")


def of(documents: Iterable[int], size: int) -> int:
    """The set of these documents; each is less than `size`."""
    documents = documents if isinstance(documents, Sequence) else tuple(documents)
    if len(documents) < _FEW:
        packed = bytearray((size >> 3) + 1)
        for document in documents:
            packed[document >> 3] |= 1 << (document & 7)
        return int.from_bytes(packed, "little")
    signs = bytearray(b"0" * size)
    last = size - 1
    for document in documents:
        signs[last - document] = 49
    return int(signs.decode("ascii"), 2)


def flags(bits: int, size: int) -> bytes:
    """One byte for each document: 1 where it is in the set."""
    signs = bin(bits)[:1:-1].encode("ascii").translate(_SIGNS)
    return signs.ljust(size, b"\0")[:size]


def of_flags(signs: bytes) -> int:
    """The set of the documents whose byte is 1, and not 0."""
    return int(signs[::-1].translate(_DIGITS), 2)


def members(bits: int) -> Iterator[int]:
    """The documents of a set, the lowest first."""
    signs = bin(bits)[:1:-1].encode("ascii").translate(_SIGNS)
    return compress(range(len(signs)), signs)


def whole(size: int) -> int:
    """All documents below `size`."""
    return (1 << size) - 1
