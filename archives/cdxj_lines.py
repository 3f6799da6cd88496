"""CDXJ lines of a WARC file, in cdxj-indexer's form: its fields, their order, its keys.

Only the heads of a record are kept; the rest is inflated to its checksum, so that an index ends early for no
reason that is not told. No tool's reading is used: cdxj-indexer's takes a damaged member for the end of the
file and says nothing, and the library that makes its keys has a licence that ours cannot take in.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import BinaryIO, Protocol

from warcio.timeutils import iso_date_to_timestamp

from archives.members import Gap, Member, walk
from archives.moments import from_warc_date
from archives.surt import surt
from archives.warc_fields import MOST_SHOWN, whole_number

Read = Callable[[int], bytes]
Place = tuple[str, int, int]
"""The name of a record's file, its offset and its length there."""

_BROKEN = (EOFError, zlib.error, ValueError, TypeError)
_STEP = 1 << 16
_MAX_HEAD = 1 << 20
_BUFFER = 1 << 18
"""Members are asked for one by one, so most steps back stay inside the buffer."""
_BLANK = b"\r\n"
_WARC = b"WARC/"
_VERSIONS = ("WARC/1.1", "WARC/1.0", "WARC/0.17", "WARC/0.18")
_HEAD_END = re.compile(rb"\A[^\S\n]*\n|\n[^\S\n]*\n")
_MIME_END = re.compile(r"[;\s]")
WEB = ("http:", "https:")
_INDEXED = {"response", "revisit", "resource", "metadata"}
_OF_FIELDS = "application/warc-fields"
REVISIT = "warc/revisit"
"""What a line says in place of the media type."""


class Sink(Protocol):
    """What takes lines."""

    def write(self, line: str, /) -> object: ...


def index(path: Path, out: Sink, damaged: Callable[[Gap], None]) -> None:
    """Write the lines of one file. What cannot be read is told, and reading goes on behind it."""
    with path.open("rb", buffering=_BUFFER) as source:
        if source.read(len(_WARC)) == _WARC:
            _index_plain(source, path, out, damaged)
        else:
            for member in walk(source, damaged):
                _index_member(member, path.name, out, damaged)


def _index_member(member: Member, name: str, out: Sink, damaged: Callable[[Gap], None]) -> None:
    try:
        record = Record(member.read)
        while piece := record.behind():
            if piece.strip(_BLANK):
                raise ValueError("several records in one gzip member; run `warcio recompress` on the file")
        if record.counts:
            out.write(record.line(member.offset, member.length, name))
    except _BROKEN as error:
        if member.fault is None:  # else `walk` will tell
            damaged(Gap(member.offset, member.offset + member.length, _told(error)))


def _index_plain(source: BinaryIO, path: Path, out: Sink, damaged: Callable[[Gap], None]) -> None:
    """A file that is not compressed, as foreign ones can be; behind a damaged record nothing is found."""
    size, place = path.stat().st_size, 0
    while (place := _behind_blank(source, place)) < size:
        source.seek(place)
        try:
            record = Record(source.read)
            if record.cut:
                raise EOFError("record is cut")
            if record.counts:
                out.write(record.line(place, record.size, path.name))
        except _BROKEN as error:
            damaged(Gap(place, size, _told(error)))
            return
        place += record.size


def _behind_blank(source: BinaryIO, place: int) -> int:
    """Where the blank lines end that stand behind a record of a plain file."""
    source.seek(place)
    while piece := source.read(_STEP):
        if rest := piece.lstrip(_BLANK):
            return place + len(piece) - len(rest)
        place += len(piece)
    return place


def _told(error: Exception) -> str:
    return f"no record that can be indexed ({str(error).strip() or type(error).__name__})"


def line_of(
    url: str | None,
    stamp: str,
    *,
    mime: str | None,
    status: str | None,
    digest: str | None,
    place: Place,
) -> str:
    """A line of an index."""
    filename, offset, length = place
    fields = (
        ("url", url),
        ("mime", mime),
        ("status", status),
        ("digest", digest),
        ("length", str(length)),
        ("offset", str(offset)),
        ("filename", filename),
    )
    told = ", ".join([f'"{name}": {quoted(value)}' for name, value in fields if value is not None])
    return f"{surt(url)} {stamp} {{{told}}}\n"


class Record:
    """A record whose block has been passed: what a line of it says.

    Raises:
        EOFError: there is no whole head.
        ValueError: it is no WARC record.
        zlib.error, EOFError: its gzip member is damaged.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        head, self._ahead = _head(iter(lambda: read(_STEP), b""))
        first, self._fields = _parse(head)
        if not first.upper().startswith(_VERSIONS):
            raise ValueError("no WARC record")
        if self._ahead is None:
            raise EOFError("its head is cut")
        self._type = self._fields.get("warc-type")
        said = self._fields.get("content-length", "")
        declared = whole_number(said)
        if declared is None:
            raise ValueError(f"Content-Length is {said[:MOST_SHOWN] or 'missing'}")
        self._left = declared
        self.size = len(head) + self._left
        """Bytes of head and block."""
        self._url = _url(self._fields.get("warc-target-uri"))
        self._status: str | None = None
        self._mime: str | None = None
        self._pass_block()

    @property
    def counts(self) -> bool:
        """Whether an index has a line for it."""
        described = self._type in {"resource", "metadata"}
        return self._type in _INDEXED and not (described and self._fields.get("content-type") == _OF_FIELDS)

    @property
    def cut(self) -> bool:
        return self._left > 0

    def behind(self) -> bytes:
        """A piece of what stands behind the block; none at the end."""
        piece, self._ahead = self._ahead, None
        return piece or self._read(_STEP)

    def line(self, offset: int, length: int, filename: str) -> str:
        """Raises ValueError, TypeError: the record's date is none."""
        return line_of(
            self._url,
            _stamp(self._fields.get("warc-date")),
            mime=self._mime,
            status=self._status,
            digest=self._fields.get("warc-payload-digest"),
            place=(filename, offset, length),
        )

    def _block(self) -> Iterator[bytes]:
        piece = self._ahead or b""
        while self._left and (piece := piece or self._read(_STEP)):
            taken = piece[: self._left]
            self._left -= len(taken)
            self._ahead, piece = piece[len(taken) :], b""
            yield taken

    def _pass_block(self) -> None:
        block = self._block()
        if self._has_http_head():
            head, payload = _head(block)
            self._take_http(*_parse(head))
            block = chain([payload or b""], block)
        if self._type == "revisit":
            self._mime = REVISIT
        elif self._type != "response":
            self._mime = mime_of(self._fields.get("content-type"))
        if self.counts and self._type != "revisit" and "warc-payload-digest" not in self._fields:
            self._fields["warc-payload-digest"] = sha1_of(block)
        for _ in block:
            pass

    def _has_http_head(self) -> bool:
        return self._type in {"response", "revisit"} and (self._url or "").startswith(WEB) and self._left > 0

    def _take_http(self, first: str, fields: dict[str, str]) -> None:
        status = first.partition(" ")[2].strip()
        if status or fields:
            self._status = status.partition(" ")[0]
            self._mime = mime_of(fields.get("content-type"))


def _head(pieces: Iterator[bytes]) -> tuple[bytes, bytes | None]:
    """A head up to its blank line, and what of the pieces stands behind it; None if there is no such line.

    Raises:
        ValueError: it does not end within a mebibyte.
    """
    head = b""
    for piece in pieces:
        head += piece
        if found := _HEAD_END.search(head):
            return head[: found.end()], head[found.end() :]
        if len(head) > _MAX_HEAD:
            raise ValueError("its head has no end")
    return head, None


def _parse(head: bytes) -> tuple[str, dict[str, str]]:
    """The first line, and the first field of each name in lower case; bytes that are no UTF-8 are latin-1."""
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        lines = [_text(line) for line in head.split(b"\n")]
    fields: dict[str, str] = {}
    last: str | None = None
    for line in lines[1:]:
        text = line.rstrip()
        if text[:1] in {" ", "\t"}:
            if last is not None:
                fields[last] += text
            continue
        name, colon, value = text.partition(":")
        name = name.rstrip(" \t").lower()
        last = name if colon and name not in fields else None
        if last is not None:
            fields[last] = value.lstrip()
    return lines[0].rstrip(), fields


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _stamp(date: str | None) -> str:
    """As cdxj-indexer has it; of dates that it cannot read, what `archives.moments` makes of them."""
    try:
        return str(iso_date_to_timestamp(date))
    except (ValueError, TypeError):
        return from_warc_date(date or "").strftime("%Y%m%d%H%M%S")


def _url(text: str | None) -> str | None:
    """Without the brackets that wget writes (WARC 1.0) and without blanks."""
    if text is not None and text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    return text.replace(" ", "%20") if text is not None else None


def mime_of(declared: str | None) -> str | None:
    return _MIME_END.split(declared, maxsplit=1)[0] if declared else declared


def sha1_of(payload: Iterable[bytes]) -> str:
    """What cdxj-indexer says where the record has no digest of its own."""
    digest = hashlib.sha1(usedforsecurity=False)
    for piece in payload:
        digest.update(piece)
    return "sha1:" + base64.b32encode(digest.digest()).decode()
