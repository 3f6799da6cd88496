"""What a CDX server answers: the captures that a web archive has, in any of the forms that are in use.

* the Wayback Machine's: one JSON array of arrays, the first of them with the names of the fields, at the
  end perhaps an empty one and one with a key to go on with
  (https://github.com/internetarchive/wayback/blob/master/wayback-cdx-server/README.md);
* pywb's and Common Crawl's: one JSON object a line, whose fields have other names
  (https://pywb.readthedocs.io/en/latest/manual/cdxserver_api.html);
* either's answer to `showNumPages`: a number, or an object with the number of pages.

The answer is a stranger's: what does not fit is counted by its reason and left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archives.mementos import from_cdx_stamp

MAX_LINES = 200_000
MAX_LINE = 1 << 16
MAX_URL = 2048
OLDEST = datetime(1996, 1, 1, tzinfo=UTC)
"""No web archive is older."""
_OK = 200
_HTML = ("text/html", "application/xhtml+xml")
_NAMES = {"original": "url", "statuscode": "status", "mimetype": "mime"}
_DIGEST = re.compile(r"(?:sha1:)?[A-Za-z2-7]{32}", re.IGNORECASE)
_WEB_URL = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]*(?:/[A-Za-z0-9][A-Za-z0-9._=-]*)*\.warc\.gz")
_NUMBER = re.compile(r"[0-9]{1,15}")
_KEY = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRange:
    """Bytes of a WARC file: one gzip member."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedCapture:
    """A capture of an HTML page that was answered 200, as an index names it."""

    url: str
    stamp: str
    captured_at: datetime
    digest: str | None
    place: WarcRange | None = None


@dataclass(slots=True, kw_only=True)
class CdxAnswer:
    """What could be understood. `lines` counts the captures that stood there; those that are none of ours to
    take are in `left_out`. `resume_key` and `pages` say how the answer goes on; `fault` that it is none.
    """

    lines: int = 0
    captures: list[IndexedCapture] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    resume_key: str | None = None
    pages: int | None = None
    fault: str | None = None


def read_answer(body: bytes, *, now: datetime, status: int = 200) -> CdxAnswer:
    """Read the body of an answer, its encodings undone. Raises nothing."""
    answer = CdxAnswer()
    text = body.decode("utf-8", "replace").strip()
    if status != _OK:
        if not _says_nothing_there(text):
            answer.fault = f"http {status}"
        return answer
    if text.isdecimal():
        answer.pages = _number(text)
        return answer
    rows = _array(text, answer) if text.startswith("[") else _lines(text, answer)
    for row in rows:
        answer.lines += 1
        if answer.lines > MAX_LINES:
            answer.fault = f"more than {MAX_LINES} lines"
            break
        _take(row, now, answer)
    if answer.lines and answer.lines == answer.left_out[_NO_JSON]:
        answer.fault = "no answer of a CDX server"
    return answer


_NO_JSON = "no JSON"


def _says_nothing_there(text: str) -> bool:
    """Common Crawl's index says with a 404 that it has no captures."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and "no captures found" in str(said.get("message", "")).lower()


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


Row = Mapping[str, object] | None


def _array(text: str, answer: CdxAnswer) -> Iterator[Row]:
    """The Wayback Machine's form."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        answer.fault = "an array that is no JSON"
        return
    if not rows:
        return
    names = [_named(str(name)) for name in rows[0]] if isinstance(rows[0], list) else []
    for number, row in enumerate(rows[1:], 1):
        if row == []:  # what follows is the key; https://github.com/internetarchive/wayback, "Resumption Key"
            answer.resume_key = _resume_key(rows[number + 1 :])
            return
        fits = isinstance(row, list) and len(row) == len(names)
        yield dict(zip(names, row, strict=True)) if fits else None


def _resume_key(rest: list[object]) -> str | None:
    key = rest[0][0] if rest and isinstance(rest[0], list) and rest[0] else None
    return key if isinstance(key, str) and _KEY.fullmatch(key) else None


def _lines(text: str, answer: CdxAnswer) -> Iterator[Row]:
    """The form of pywb, and that of CDXJ files: key and timestamp may stand before the object."""
    for line in _split(text):
        if len(line) > MAX_LINE:
            answer.left_out["a line that is too long"] += 1
            answer.lines += 1
            continue
        row = _object(line[line.find("{") :] if "{" in line else line)
        if row is not None and "pages" in row and "url" not in row:
            answer.pages = _number(str(row["pages"]))
            continue
        yield row


def _split(text: str) -> Iterable[str]:
    return (line for line in text.split("\n") if line.strip())


def _object(text: str) -> dict[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return {_named(str(name)): value for name, value in found.items()}


def _named(name: str) -> str:
    """A field by the name that pywb gives it."""
    return _NAMES.get(name, name)


def _take(row: Row, now: datetime, answer: CdxAnswer) -> None:
    """Keep what can be the capture of a page, count the rest."""
    if row is None:
        answer.left_out[_NO_JSON] += 1
        return
    url, stamp, status = (str(row.get(name, "")) for name in ("url", "timestamp", "status"))
    mime = str(row.get("mime-detected") or row.get("mime") or "").partition(";")[0].strip().lower()
    captured_at = _moment(stamp)
    reason = _why_not(url, status, mime)
    if reason is None and (captured_at is None or not OLDEST <= captured_at <= now):
        reason = "a date that cannot be"
    if reason is not None or captured_at is None:
        answer.left_out[reason or ""] += 1
        return
    digest = str(row.get("digest") or "")
    answer.captures.append(
        IndexedCapture(
            url=url,
            stamp=stamp,
            captured_at=captured_at,
            digest=digest.upper().removeprefix("SHA1:") if _DIGEST.fullmatch(digest) else None,
            place=_place(row),
        )
    )


def _moment(stamp: str) -> datetime | None:
    try:
        return from_cdx_stamp(stamp)
    except ValueError:
        return None


def _why_not(url: str, status: str, mime: str) -> str | None:
    if mime == "warc/revisit" and status in {"200", "-", ""}:
        mime = _HTML[0]  # replay gives what it repeats; of what kind that is, the line does not say
    elif status != "200":
        return "not answered 200"
    if mime not in _HTML:
        return "no HTML page"
    if len(url) > MAX_URL or not _WEB_URL.fullmatch(url) or "#" in url:
        return "an address that is none"
    return None


def _place(row: Mapping[str, object]) -> WarcRange | None:
    """Names of files come from a stranger: only such as can stand behind an address."""
    file, offset, length = (str(row.get(name, "")) for name in ("filename", "offset", "length"))
    if not (_FILE.fullmatch(file) and _NUMBER.fullmatch(offset) and _NUMBER.fullmatch(length)):
        return None
    return WarcRange(file=file, offset=int(offset), length=int(length)) if int(length) else None
