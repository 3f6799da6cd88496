"""Lists of addresses that people bring: one a line, CSV or JSONL, also packed with gzip; read line by line.

What a line is worth is judged by itself: one that is of no use is counted by its reason, and ends nothing.
Layout and packing are told from the content, because names of files say anything.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO
from urllib.parse import urlsplit

from crawler.errors import WrongUsageError
from extractors.addresses import identify
from extractors.article import ArticleAddress
from extractors.portals import portal_of

COLUMNS = (
    "url", "source_url", "article_url", "page_url", "canonical_url", "original_url", "web_url", "link",
    "permalink", "href", "address", "loc", "uri", "tautan", "alamat",
)  # fmt: skip
"""Names of the column or key with the address, the likeliest first; in any case, also with blanks."""
MAX_LINE = 8 << 20
"""Bytes of a line that are read: rows of a corpus may hold a page; more is no line of a list."""
_MAX_URL = 4096
"""As in `extractors.addresses`, which remembers what it was asked."""
_EXAMPLES = 3
_SHOWN = 60
_DELIMITERS = ",;\t"
_FOREIGN = {
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"PAR1": "Parquet file; write its column of addresses to a CSV or JSONL file",
    b"PK\x03\x04": "ZIP archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"\x28\xb5\x2f\xfd": "file packed with zstd; unpack it, or pack it with gzip",
    b"BZh": "file packed with bzip2; unpack it, or pack it with gzip",
    b"\xfd7zXZ": "file packed with xz; unpack it, or pack it with gzip",
    b"SQLite format 3": "SQLite database; write its addresses to a CSV file",
    b"%PDF": "PDF file; write its addresses to a text file",
}
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


class Unusable(StrEnum):
    """Why a line names nothing that this crawl could fetch."""

    NOT_URL = "not a web address"
    OTHER_SITE = "on a site that is no portal"
    OTHER_PORTAL = "of another portal"
    NOT_ARTICLE = "of the portal, but no article's"
    OTHER_HOST = "not on the hosts asked for"
    NAMED_BEFORE = "named before"
    NO_FIELD = "without an address in its field"
    BROKEN_JSON = "not JSON"
    BROKEN_CSV = "broken as CSV; a quotation mark may be open"
    TOO_LONG = f"longer than {MAX_LINE >> 20} MiB"


@dataclass(frozen=True, slots=True)
class Line:
    """A line or row of a list, by the number of its first line: what stands for the address, or a fault."""

    number: int
    text: str
    fault: Unusable | None = None


@dataclass(slots=True)
class Rejects:
    """Lines of no use, counted by reason, with the first of each."""

    counts: Counter[Unusable] = field(default_factory=Counter)
    examples: dict[Unusable, list[str]] = field(default_factory=dict)

    def add(self, line: Line, reason: Unusable) -> None:
        self.counts[reason] += 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < _EXAMPLES:
            text = line.text if len(line.text) <= _SHOWN else line.text[:_SHOWN] + "…"
            shown.append(f"line {line.number:,}: {text!r}" if text else f"line {line.number:,}")

    def told(self) -> list[str]:
        """One sentence for each reason, the most frequent first."""
        return [
            f"{count:,} {reason} ({'; '.join(self.examples[reason])}{' …' if count > _EXAMPLES else ''})"
            for reason, count in self.counts.most_common()
        ]


# --- layouts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Csv:
    """Where the address stands in a row; `header` is the number of the line with the names."""

    delimiter: str
    column: int
    header: int


class Plain(StrEnum):
    """Layouts that need no more words."""

    LINES = "one address a line"
    JSONL = "one JSON object a line"


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlFile:
    """A list on disk and how it is laid out. It is read anew for each `lines`, and never as a whole."""

    path: Path
    layout: Csv | Plain
    first: str = ""

    @classmethod
    def at(cls, path: Path) -> UrlFile:
        """The list at that path, told by its first lines.

        Raises:
            WrongUsageError: there is no such file, it cannot be read, or it is no list of lines.
        """
        _refuse_foreign(path)
        for number, raw in _raw_lines(path):
            text = _decode(raw).strip() if raw is not None else ""
            if text and not text.startswith("#"):
                return cls(path=path, layout=_layout(path, number, text), first=text)
        return cls(path=path, layout=Plain.LINES)

    def lines(self) -> Iterator[Line]:
        """Every line but blank ones and comments.

        Raises:
            WrongUsageError: the file cannot be read to its end; the message names the line.
        """
        raw = _raw_lines(self.path)
        if isinstance(self.layout, Csv):
            return _rows(raw, self.layout)
        return _addresses(raw) if self.layout is Plain.LINES else _objects(raw)


def _layout(path: Path, number: int, first: str) -> Csv | Plain:
    if first.startswith("{"):
        return Plain.JSONL
    if first.startswith("["):
        raise WrongUsageError(
            f"urls_file={path}: line {number}: is a JSON array; write one object a line (jq -c '.[]' FILE)"
        )
    for delimiter in _DELIMITERS:
        names = _names(first, delimiter)
        for name in COLUMNS:
            if name in names:
                return Csv(delimiter=delimiter, column=names.index(name), header=number)
    return Plain.LINES


def _names(first: str, delimiter: str) -> list[str]:
    """The names of a header; none where the line is not even CSV."""
    try:
        return [_plain_name(name) for name in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _plain_name(name: object) -> str:
    return str(name).strip().casefold().replace(" ", "_").replace("-", "_")


def _addresses(raw: Iterable[tuple[int, bytes | None]]) -> Iterator[Line]:
    for number, text in _texts(raw):
        yield _line(number, text.strip("\"'<> ")) if text is not None else Line(number, "", Unusable.TOO_LONG)


def _objects(raw: Iterable[tuple[int, bytes | None]]) -> Iterator[Line]:
    for number, text in _texts(raw):
        yield _object(number, text) if text is not None else Line(number, "", Unusable.TOO_LONG)


def _object(number: int, text: str) -> Line:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Line(number, text[:_SHOWN], Unusable.BROKEN_JSON)
    if isinstance(found, Mapping):
        named = {_plain_name(name): value for name, value in found.items()}
        found = next((named[name] for name in COLUMNS if isinstance(named.get(name), str)), None)
    return _line(number, found) if isinstance(found, str) else Line(number, text[:_SHOWN], Unusable.NO_FIELD)


def _line(number: int, text: str) -> Line:
    """Many lines are held at a time; what is too long for an address is held no longer than that shows."""
    return Line(number, text[: _MAX_URL + 1])


def _rows(raw: Iterator[tuple[int, bytes | None]], layout: Csv) -> Iterator[Line]:
    """Rows below the header; a field with line breaks in it belongs to the line where its row begins."""
    too_long: list[int] = []
    csv.field_size_limit(MAX_LINE)  # for the whole process: nobody else here reads CSV
    reader = csv.reader(_row_texts(raw, layout.header, too_long), delimiter=layout.delimiter)
    while True:
        number = layout.header + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Line(number, str(error), Unusable.BROKEN_CSV)
            continue
        if len(row) > layout.column and row[layout.column].strip():
            yield _line(number, row[layout.column].strip())
        elif any(cell.strip() for cell in row):
            yield Line(number, layout.delimiter.join(row)[:_SHOWN], Unusable.NO_FIELD)
        yield from (Line(long, "", Unusable.TOO_LONG) for long in too_long)
        too_long.clear()


def _row_texts(raw: Iterator[tuple[int, bytes | None]], header: int, too_long: list[int]) -> Iterator[str]:
    for number, line in raw:
        if line is None:
            too_long.append(number)
        if number > header:
            yield _decode(line or b"") + "\n"


def _texts(raw: Iterable[tuple[int, bytes | None]]) -> Iterator[tuple[int, str | None]]:
    """Lines with something on them that is no comment; None for one that is too long."""
    for number, line in raw:
        text = _decode(line).strip() if line is not None else None
        if text is None or (text and not text.startswith("#")):
            yield number, text


# --- bytes ------------------------------------------------------------------------------------------


def _refuse_foreign(path: Path) -> None:
    try:
        mode = path.stat().st_mode
        if S_ISDIR(mode):
            raise WrongUsageError(f"urls_file={path}: is a folder; name a file in it")
        if not S_ISREG(mode):
            raise WrongUsageError(f"urls_file={path}: is no regular file, but is read twice; save it first")
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError) as error:
        raise WrongUsageError(f"urls_file={path}: cannot be read ({_why(error)})") from error
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise WrongUsageError(f"urls_file={path}: cannot be read: is a {what}")


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number, without its end; None in the place of one that is too long."""
    number = 0
    try:
        with _unpacked(path) as file:
            while line := file.readline(MAX_LINE + 1):
                number += 1
                whole = line.endswith(b"\n") or len(line) <= MAX_LINE
                if number == 1:
                    line = line.removeprefix(_BOM)
                if whole:
                    yield number, line.rstrip(b"\r\n")
                else:
                    _skip_line(file)
                    yield number, None
    except (OSError, EOFError, zlib.error) as error:
        raise WrongUsageError(
            f"urls_file={path}: line {number + 1}: cannot be read ({_why(error)}); mend the file"
        ) from error


def _unpacked(path: Path) -> BinaryIO:
    file = path.open("rb")
    packed = file.read(2) == _GZIP
    file.seek(0)
    if not packed:
        return file
    file.close()
    return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile is a BufferedIOBase


def _skip_line(file: BinaryIO) -> None:
    while (piece := file.readline(1 << 20)) and not piece.endswith(b"\n"):
        pass


def _decode(line: bytes) -> str:
    """UTF-8, else Latin-1: a title in an old encoding is no reason to lose the address beside it."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _why(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# --- what a line is worth ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a crawl can fetch: portals by name, hosts."""

    portals: frozenset[str]
    hosts: frozenset[str]

    def judge(self, line: Line) -> ArticleAddress | Unusable:
        """The article that a line names, or why it names none for this crawl."""
        if line.fault is not None:
            return line.fault
        if len(line.text) > _MAX_URL:
            return Unusable.NOT_URL
        address = identify(line.text)
        if address is None:
            return self._why_none(line.text)
        if address.portal not in self.portals:
            return Unusable.OTHER_PORTAL
        return address if address.host in self.hosts else Unusable.OTHER_HOST

    def _why_none(self, text: str) -> Unusable:
        portal = portal_of(text)
        if not _is_web_address(text):
            return Unusable.NOT_URL
        if portal is None:
            return Unusable.OTHER_SITE
        return Unusable.NOT_ARTICLE if portal.name in self.portals else Unusable.OTHER_PORTAL


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def check_list(listed: UrlFile, wanted: Wanted) -> None:
    """Make sure that the list has something for this crawl and can be read to its end.

    Only up to the first line of use are lines judged; the rest is unpacked and counted.

    Raises:
        WrongUsageError: no line is of use, or the file is damaged; the message says where.
    """
    rejects, count = Rejects(), 0
    for line in listed.lines():
        count += 1
        judged = wanted.judge(line)
        if not isinstance(judged, Unusable):
            for _ in _raw_lines(listed.path):
                pass
            return
        rejects.add(line, judged)
    if not count:
        raise WrongUsageError(f"urls_file={listed.path}: has no address in it")
    raise WrongUsageError(
        f"urls_file={listed.path}: none of its {count:,} lines is the address of an article of this portal: "
        f"{', '.join(rejects.told())}{_hint(listed)}"
    )


def _hint(listed: UrlFile) -> str:
    """A table whose column of addresses has a name that we do not know looks like a list of no addresses."""
    if listed.layout is not Plain.LINES or "://" in listed.first:
        return "; `kliping portals` lists the hosts"
    if not any(mark in listed.first for mark in _DELIMITERS):
        return "; `kliping portals` lists the hosts"
    return f"; if it is a table, name its column of addresses one of {', '.join(COLUMNS)}"


def batches(lines: Iterable[Line], size: int) -> Iterator[Sequence[Line]]:
    """The lines in order, so many at a time."""
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
