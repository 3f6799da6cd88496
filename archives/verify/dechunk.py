"""HTTP/1.1 chunking undone piece by piece (RFC 9112, 7.1), for digests of payloads of any size."""

from __future__ import annotations

_LONGEST_LINE = 1 << 10


class Dechunker:
    """After what is no chunk it gives nothing more: the digest will not fit then, which is the question."""

    def __init__(self) -> None:
        self._line = b""
        self._left = 0
        self._over = False

    def feed(self, piece: bytes) -> bytes:
        """The content of the chunks that `piece` adds."""
        content = bytearray()
        while piece and not self._over:
            if self._left:
                content += piece[: self._left]
                taken = min(self._left, len(piece))
                self._left, piece = self._left - taken, piece[taken:]
            else:
                piece = self._begin_chunk(piece)
        return bytes(content)

    def _begin_chunk(self, piece: bytes) -> bytes:
        """Take the line with a chunk's size, and the line end before it that ends the last one."""
        self._line += piece[:_LONGEST_LINE]
        rest = piece[_LONGEST_LINE:]
        start = self._line.removeprefix(b"\r\n")
        line, end, behind = start.partition(b"\r\n")
        if not end:
            self._over = len(self._line) > _LONGEST_LINE
            return rest if not self._over else b""
        self._line = b""
        try:
            self._left = int(line.split(b";")[0], 16)
        except ValueError:
            self._left = 0
        self._over = self._left <= 0
        return behind + rest
