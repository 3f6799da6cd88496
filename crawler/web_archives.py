"""Web archives as a source: where they are asked, what they are asked, and which captures are wanted.

Everything here is said by the operator's settings or follows from an answer's values; nothing is fetched.
docs/web-archives.md tells why it is done so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from archives.cdx_answers import OLDEST, IndexedCapture
from archives.index import BESIDE
from archives.mementos import Wanted, cdx_stamp, from_cdx_stamp
from crawler.errors import WrongUsageError
from crawler.politeness import is_loopback

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

LINES = 5000
"""Captures that an index is asked for in one question: about a megabyte."""
MOST_ANSWERS = 2000
"""Answers of an index to one question, with all that follow; an index that promises more does not end."""
MOST_PAGES = 20_000
"""Pages of an index that counts in pages, of 3,000 lines each."""
ASK_AGAIN_AFTER = timedelta(days=7)
"""An archive's index is not asked the same again before; `-a recheck=all` asks at once."""
MAX_RANGE = 16 << 20
"""Bytes of a WARC record that are fetched at most: as many as of any answer."""
_BYTES, _DIGEST = "bytes=", "sha1="
_WAYBACK_HOST = "web.archive.org"
_WAYBACK_FILTERS = (
    ("filter", "statuscode:200|-"),
    ("filter", "mimetype:text/html|warc/revisit"),
)
"""Regular expressions, which pywb would take for words; a collection of one's own is small enough without."""


class Source(StrEnum):
    """Where articles are fetched from."""

    PORTAL = "portal"
    WAYBACK = "wayback"
    COMMONCRAWL = "commoncrawl"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebArchive:
    """An archive to ask: CDX servers, and the address before which its copies stand.

    `most` is the number of captures of one page that are fetched at most.
    """

    source: Source
    indexes: tuple[str, ...]
    copies: str
    most: int

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that are asked; no other gets a request."""
        return tuple(dict.fromkeys(urlsplit(url).hostname or "" for url in (*self.indexes, self.copies)))


def web_archive_of(source: Source, settings: BaseSettings, hosts: Iterable[str]) -> WebArchive | None:
    """The archive that a run with these settings asks for captures of `hosts`; None for the portal itself.

    Raises:
        WrongUsageError: a setting is missing or wrong; the message names it.
    """
    if source is Source.PORTAL:
        return None
    if source is Source.WAYBACK:
        index = _address("KLIPING_CDX", str(settings.get("KLIPING_CDX") or ""))
        told = str(settings.get("KLIPING_REPLAY") or "")
        copies = _address("KLIPING_REPLAY", told) if told else _replay_of(index)
        indexes: tuple[str, ...] = (index,)
    else:
        words = str(settings.get("KLIPING_CC_INDEX") or "").split(",")
        indexes = tuple(_address("KLIPING_CC_INDEX", word.strip()) for word in words if word.strip())
        if not indexes:
            raise WrongUsageError(
                "source=commoncrawl: name the crawls to ask, for example -s KLIPING_CC_INDEX="
                "https://index.commoncrawl.org/CC-MAIN-2024-10-index (several with commas); "
                "https://index.commoncrawl.org/collinfo.json lists them"
            )
        copies = _address("KLIPING_CC_DATA", str(settings.get("KLIPING_CC_DATA") or ""))
    most = settings.getint("KLIPING_CAPTURES")
    archive = WebArchive(source=source, indexes=indexes, copies=copies.rstrip("/") + "/", most=most)
    _refuse_nonsense(archive, list(hosts))
    return archive


def _address(setting: str, text: str) -> str:
    if not _is_address(text):
        raise WrongUsageError(
            f"{setting}={text!r} is no web address; write it like https://archive.example/collection/cdx"
        )
    return text


def _is_address(text: str) -> bool:
    if any(not sign.isprintable() or sign == " " for sign in text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port or 1
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port > 0 and plain


def _replay_of(index: str) -> str:
    """Where the captures of a CDX server are replayed, as far as its address says so."""
    parts = urlsplit(index)
    if parts.hostname == _WAYBACK_HOST:
        return parts._replace(path="/web/").geturl()
    for ending in ("/cdx", "-cdx"):
        if parts.path.rstrip("/").endswith(ending):
            return parts._replace(path=parts.path.rstrip("/").removesuffix(ending) + "/").geturl()
    raise WrongUsageError(
        f"KLIPING_CDX={index!r} does not say where its captures are replayed; "
        "add -s KLIPING_REPLAY=https://archive.example/collection/"
    )


def _refuse_nonsense(archive: WebArchive, hosts: Sequence[str]) -> None:
    """The demo portal's hosts are this machine's; asking strangers for them would only bother them."""
    stranger = next((host for host in archive.hosts if not is_loopback(host)), None)
    if stranger is not None and hosts and all(map(is_loopback, hosts)):
        raise WrongUsageError(
            f"{stranger} cannot have captures of {hosts[0]}, which is a name of this machine; "
            "name a web archive on this machine with -s KLIPING_CDX=http://127.0.0.1:8080/collection/cdx"
        )


# --- questions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days of capture that are asked for, both included, UTC as web archives count; None: any."""

    since: date | None = None
    until: date | None = None

    def covers(self, moment: datetime) -> bool:
        day = moment.astimezone(UTC).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def questions(archive: WebArchive, url: str, *, whole_host: bool, span: Span) -> list[str]:
    """What each index is asked about a host, or about an article and its further pages."""
    fields = {"url": url, "matchType": "host" if whole_host else "prefix", "output": "json"}
    if span.since is not None:
        fields["from"] = cdx_stamp(datetime.combine(span.since, time.min, UTC))
    if span.until is not None:
        fields["to"] = cdx_stamp(datetime.combine(span.until, time(23, 59, 59), UTC))
    if archive.source is Source.WAYBACK:
        filters = _WAYBACK_FILTERS if _is_wayback(archive) else ()
        pairs = [*fields.items(), *filters, ("limit", str(LINES)), ("showResumeKey", "true")]
    else:
        pairs = [*fields.items(), ("filter", "=status:200")]
        pairs += [("pageSize", "1"), ("showNumPages", "true")] if whole_host else [("limit", str(LINES))]
    return [f"{index}?{urlencode(pairs)}" for index in archive.indexes]


def _is_wayback(archive: WebArchive) -> bool:
    return all(urlsplit(index).hostname == _WAYBACK_HOST for index in archive.indexes)


def pages_of(question: str, count: int) -> list[str]:
    """The questions for each page of an index that counts in pages."""
    fields = [(name, value) for name, value in _fields(question) if name != "showNumPages"]
    return [_with_fields(question, [*fields, ("page", str(number))]) for number in range(count)]


def following(question: str, resume_key: str) -> str:
    """The question that goes on where an answer ended."""
    fields = [(name, value) for name, value in _fields(question) if name != "resumeKey"]
    return _with_fields(question, [*fields, ("resumeKey", resume_key)])


def halves(question: str, now: datetime) -> list[str]:
    """The same question for the two halves of its time; nothing where that is a single second.

    So an index is read to its end that cuts its answers and has no key to go on with, as pywb's.
    """
    fields = dict(_fields(question))
    begin = from_cdx_stamp(fields["from"]) if "from" in fields else OLDEST
    end = min(from_cdx_stamp(fields["to"]), now) if "to" in fields else now
    if end - begin < timedelta(seconds=1):
        return []
    middle = begin + (end - begin) / 2
    middle = middle.replace(microsecond=0)
    rest = [(name, value) for name, value in _fields(question) if name not in {"from", "to"}]
    spans = ((begin, middle), (middle + timedelta(seconds=1), end))
    return [
        _with_fields(question, [*rest, ("from", cdx_stamp(first)), ("to", cdx_stamp(last))])
        for first, last in spans
        if first <= last
    ]


def counts_in_pages(question: str) -> bool:
    """Whether the question is for one page of an index that counts in pages: it does not go on."""
    return "page" in dict(_fields(question))


def _fields(question: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(question).query, keep_blank_values=True)


def _with_fields(question: str, fields: Sequence[tuple[str, str]]) -> str:
    return f"{question.partition('?')[0]}?{urlencode(fields)}"


# --- captures ---------------------------------------------------------------------------------------


def copy_of(archive: WebArchive, capture: IndexedCapture) -> str | None:
    """The address of a capture's copy, with what it must be behind `#`; None where the index does not say.

    The raw body stands at `id_` addresses of replay servers; Common Crawl's at a range of a file.
    """
    if archive.source is Source.WAYBACK:
        mark = f"#{_DIGEST}{capture.digest}" if capture.digest else ""
        return f"{archive.copies}{capture.stamp}id_/{capture.url}{mark}"
    place = capture.place
    if place is None or place.length > MAX_RANGE:
        return None
    mark = f"#{_BYTES}{place.offset}-{place.offset + place.length - 1}"
    return archive.copies + place.file + mark + (f"&{_DIGEST}{capture.digest}" if capture.digest else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A capture's copy, read back from its address: a range of a file, or else a replayed page."""

    url: str
    source: str
    digest: str | None
    byte_range: str | None = None
    wanted: Wanted | None = None


def read_copy(address: str) -> Copy:
    """What an address made by `copy_of` says."""
    url, _, mark = address.partition("#")
    marks = mark.split("&") if mark else []
    digest = next((word.removeprefix(_DIGEST) for word in marks if word.startswith(_DIGEST)), None)
    byte_range = next((word for word in marks if word.startswith(_BYTES)), None)
    if byte_range is not None:
        return Copy(url=url, source=f"{url}#{byte_range}", digest=digest, byte_range=byte_range)
    before, _, original = url.partition("id_/")
    moment = from_cdx_stamp(before[-14:])
    wanted = Wanted(url=original, captured_at=moment, digest=digest)
    return Copy(url=url, source=url, digest=digest, wanted=wanted)


def choose(captures: Iterable[IndexedCapture], most: int) -> list[IndexedCapture]:
    """The captures of one page that are fetched, oldest first: the earliest of each body, `most` at most.

    Different bodies may be different versions; often only an advertisement differs, and only reading tells.
    Where there are too many, the first and the last stay and those between that lie farthest apart: so the
    oldest text, the newest and the most of what changed in between survive.
    """
    first: dict[str, IndexedCapture] = {}
    for capture in sorted(captures, key=lambda one: (one.stamp, one.url)):
        first.setdefault(capture.digest or capture.stamp, capture)
    found = list(first.values())
    if len(found) <= most:
        return found
    if most == 1:
        return found[:1]
    return [found[round(number * (len(found) - 1) / (most - 1))] for number in range(most)]


def choose_further(
    captures: Iterable[IndexedCapture], firsts: Sequence[IndexedCapture], most: int
) -> list[IndexedCapture]:
    """The captures of a further page: beside each chosen page 1 the one that follows it, then as `choose`.

    The same body is fetched again where page 1 has changed: without it the new version would lack a page.
    """
    found = sorted(captures, key=lambda one: (one.stamp, one.url))
    beside = (
        next((one for one in found if one.captured_at >= first.captured_at - BESIDE), None)
        for first in firsts
    )
    chosen = dict.fromkeys(one for one in (*beside, *choose(found, most)) if one is not None)
    return sorted(list(chosen)[:most], key=lambda one: one.stamp)


def told(left_out: Mapping[str, int]) -> str:
    """Counted reasons for the log."""
    return ", ".join(f"{count} {reason}" for reason, count in sorted(left_out.items()))
