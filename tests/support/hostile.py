"""What a server can do to a client that trusts it, as answers for a test's routes.

Each is one row of docs/hostile-network.md.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.demo.portal import Answer
from crawler.demo.wire import RawAnswer

MEGABYTE = 1 << 20
OPENING = b"<!doctype html><html><head><title>Nelayan</title></head><body><h1>Nelayan</h1><p>Kata"


@dataclass(frozen=True, slots=True)
class Endless:
    """A beginning, and then one piece for ever."""

    head: bytes
    piece: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        while True:
            yield self.piece


@dataclass(slots=True)
class Counted:
    """The same, with the number of bytes that the client has let it send."""

    head: bytes
    piece: bytes
    sent: int = 0

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        while True:
            self.sent += len(self.piece)
            yield self.piece


def head(*fields: str, status: str = "200 OK", html: bool = True) -> bytes:
    """A status line and header fields, closed by an empty line."""
    kind = ["Content-Type: text/html; charset=UTF-8"] if html else []
    lines = [f"HTTP/1.1 {status}", *kind, "Connection: close", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def raw(*pieces: bytes, reset: bool = False, pause: float = 0.0) -> RawAnswer:
    return RawAnswer(pieces=pieces, reset=reset, pause=pause)


def bomb(megabytes: int, *, opening: bytes = OPENING, filler: bytes = b" ") -> bytes:
    """A gzip body of about a thousandth of what it inflates to."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    block = filler * (MEGABYTE // len(filler))
    return b"".join(
        (packer.compress(opening), *(packer.compress(block) for _ in range(megabytes)), packer.flush())
    )


def packed(body: bytes) -> RawAnswer:
    """A body that says of itself that it is gzip."""
    return raw(head("Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)


def chunked(*pieces: bytes) -> bytes:
    """A head that announces chunks, and these bytes as they are."""
    return head("Transfer-Encoding: chunked") + b"".join(pieces)


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def to(location: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status=status, headers=(("Location", location),))
