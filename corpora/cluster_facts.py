"""What a sidecar says that ties its article to others: text, headline, address, whom it was taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from corpora.likeness import Sketch, Text, key, title_of

_FEWEST_TITLE_WORDS = 4
_NOT_SAID = re.compile(r"(?:page|halaman|single|utm_\w+|fbclid|gclid|ref|source)", re.IGNORECASE)
_MOST_LINKS = 5
_LONGEST = 500
_SLUG = re.compile(r"[^/?]+(?:-[^/?-]+){3}.*|.*\d{5}.*")
"""The end of an article's address: four words or more, or a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One article as the clusters see it.

    Attributes:
        placed: when it was published, else first captured; UTC. Articles are in order of `placed`, `captured`
            and address.
        publisher: the host that published it.
        source: whom it names as its source, if that is somebody else.
        addresses, title: keys under which other articles can refer to it.
        links: keys of the addresses that it says it was taken from.
        shared: keys under which articles meet that name one address, whether that is kept or not.
        title_links: keys of the headlines that it says so of.
        sketch, exact: of its text; None for a short and for an empty one.
    """

    address: str
    identifier: str
    placed: str
    captured: str
    publisher: str
    source: str | None
    text: Text
    addresses: tuple[int, ...]
    title: int | None
    links: tuple[int, ...]
    shared: tuple[int, ...]
    title_links: tuple[int, ...]
    sketch: Sketch | None
    exact: int | None

    @property
    def keys(self) -> tuple[int, ...]:
        """What ties it to every article that has the same."""
        exact = () if self.exact is None else (self.exact,)
        return tuple(dict.fromkeys((*self.addresses, *self.links, *self.shared, *exact)))

    @classmethod
    def of(cls, record: Mapping[str, object], first_captured: str) -> Facts:
        """Read from a sidecar; `first_captured` is of the article's first version."""
        address = str(record["url"])
        headline = str(record.get("headline") or "")
        body, dateline = str(record.get("articleBody") or ""), str(record.get("dateline") or "")
        text = Text.of(body, dateline, headline)
        captured = _instant(first_captured) or first_captured
        based_on = _based_on(record)
        return cls(
            address=address,
            identifier=str(record["identifier"]),
            placed=_instant(record.get("datePublished")) or captured,
            captured=captured,
            publisher=_host(address) or address,
            source=_source(record),
            text=text,
            addresses=tuple(dict.fromkeys(map(_address_key, _addresses(record)))),
            title=_title_key(headline),
            links=tuple(_address_key(item) for item in based_on if _host(item) is not None),
            shared=tuple(key("taken from", _plain_address(item)) for item in based_on if _is_article(item)),
            title_links=tuple(
                link for item in based_on if _host(item) is None and (link := _title_key(item)) is not None
            ),
            sketch=text.sketch(),
            exact=text.exact_key() if text.words else None,
        )


def _source(record: Mapping[str, object]) -> str | None:
    """The outlet that the article says it is from: the host that it links to, else the name as printed."""
    own = _host(str(record["url"]))
    for item in _based_on(record):
        host = _host(item)
        if host is not None:
            return None if host == own else host
    named = record.get("sourceOrganization")
    name = _name(named)
    if name is None or _letters(name) in {_letters(brand) for brand in _brands(record)}:
        return None
    host = _host(str(named.get("url"))) if isinstance(named, Mapping) else None
    return None if host is not None and host == own else host or name


def _brands(record: Mapping[str, object]) -> Iterator[str]:
    """What the portal calls itself: "TRIBUNSOLO.COM" of its dateline is "Tribun Solo"."""
    yield _name(record.get("publisher")) or ""
    yield from str(record.get("dateline") or "").split(",")


def _letters(name: str) -> str:
    return re.sub(r"(?:\.com|\.co\.id|\.id|\.co|\.news)$|\W", "", name.casefold().strip())


def _is_article(address: str) -> bool:
    """A front page is no original that copies could share."""
    return _host(address) is not None and bool(_SLUG.fullmatch(_plain_address(address).rpartition("/")[2]))


def _based_on(record: Mapping[str, object]) -> list[str]:
    found = record.get("isBasedOn")
    return [str(item)[:_LONGEST] for item in found[:_MOST_LINKS]] if isinstance(found, list) else []


def _addresses(record: Mapping[str, object]) -> Iterator[str]:
    """The canonical address, and those under which page 1 was asked for and answered."""
    yield str(record["url"])
    archive = record.get("archive")
    pages = archive.get("pages") if isinstance(archive, Mapping) else None
    first = pages[0] if isinstance(pages, list) and pages else None
    if isinstance(first, Mapping):
        yield from (str(first[name]) for name in ("url", "finalUrl") if first.get(name))


def _address_key(address: str) -> int:
    return key("address", _plain_address(address))


def _plain_address(address: str) -> str:
    """Without what does not matter: scheme, `www.`, `m.`, the page, a final slash."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        said = [(name, value) for name, value in parse_qsl(parts.query) if not _NOT_SAID.fullmatch(name)]
    except ValueError:
        return address
    return f"{host}{parts.path.rstrip('/')}?{urlencode(sorted(said), errors='replace')}".rstrip("?")


def _title_key(title: str) -> int | None:
    folded = title_of(title)
    return key("title", folded) if folded.count(" ") >= _FEWEST_TITLE_WORDS - 1 else None


def _host(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        return parts.hostname if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None


def _name(value: object) -> str | None:
    return str(value["name"]) if isinstance(value, Mapping) and value.get("name") else None


def _instant(value: object) -> str | None:
    """An instant with zone as UTC, so that texts sort as times do."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
