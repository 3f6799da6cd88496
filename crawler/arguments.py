"""What a person asks a crawl to do, checked before anything is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from crawler.errors import WrongUsageError
from crawler.url_lists import UrlFile, Wanted, check_list
from crawler.web_archives import Source, WebArchive
from extractors.addresses import identify
from extractors.errors import UnknownHostError
from extractors.portal import Host, Portal

NAMES = (
    "hosts",
    "since",
    "until",
    "sections",
    "order",
    "recheck",
    "requisites",
    "url",
    "urls_file",
    "source",
    "gaps",
)
OLDEST_DAY = date(2005, 1, 1)
"""No portal of the network is older; an earlier date is a slip of the finger."""


class Order(StrEnum):
    """Which days of a range come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


class Recheck(StrEnum):
    """Which kept articles are read again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


class Requisites(StrEnum):
    """What is fetched beside an article's pages."""

    PHOTO = "photo"
    IMAGES = "images"
    PAGE = "page"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A host and the portal whose rules it follows."""

    portal: Portal
    host: Host


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A crawl as it was asked for. `since` and `until` are days, both included; None: what is new."""

    places: tuple[Place, ...]
    since: date | None = None
    until: date | None = None
    sections: tuple[str, ...] = ()
    order: Order = Order.NEWEST
    recheck: Recheck = Recheck.DUE
    requisites: Requisites = Requisites.PHOTO
    urls: tuple[str, ...] = ()
    urls_file: UrlFile | None = None

    @property
    def by_name(self) -> bool:
        """Whether articles are named, and lists are not walked."""
        return bool(self.urls) or self.urls_file is not None

    @property
    def wanted(self) -> Wanted:
        """What lines of a list can be of use."""
        return Wanted(
            portals=frozenset(place.portal.name for place in self.places),
            hosts=frozenset(place.host.name for place in self.places),
        )

    source: Source = Source.PORTAL
    gaps: bool = False
    """Whether a web archive is asked for what the ledger calls gone or failed, and not for all of a host."""
    archive: WebArchive | None = None
    """The web archive that is asked instead of the portal; the settings name it."""

    @property
    def asked(self) -> frozenset[str]:
        """The hosts that get requests."""
        return self.hosts if self.archive is None else frozenset(self.archive.hosts)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts asked for, with those where their lists stand."""
        lists = (name for place in self.places for name in place.portal.list_hosts)
        return frozenset({*(place.host.name for place in self.places), *lists})

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the range in the order asked for; empty without a range."""
        if self.since is None or self.until is None:
            return ()
        days = [self.since + timedelta(n) for n in range((self.until - self.since).days + 1)]
        return tuple(reversed(days) if self.order is Order.NEWEST else days)


def make_plan(portals: Sequence[Portal], arguments: Mapping[str, str], *, today: date) -> Plan:
    """The plan that these spider arguments (`-a NAME=VALUE`) mean.

    Raises:
        WrongUsageError: an argument is unknown, misspelt or contradicts another; the message says which
            and what would be right.
    """
    for name in arguments:
        if name not in NAMES:
            raise WrongUsageError(f"unknown argument {name!r}; {_closest(name, NAMES)}")
        if not arguments[name].strip(" ,"):
            raise WrongUsageError(f"{name}: is empty; name something, or leave the argument out")
    since, until = _range(arguments, today)
    urls = _urls(portals, arguments)
    places = _places(portals, _words(arguments.get("hosts", "")))
    _refuse_outsiders(urls, places)
    source = Source(_choice(arguments, "source", tuple(Source), Source.PORTAL))
    by_name = bool(urls) or "urls_file" in arguments
    gaps = _gaps(arguments, source, since, by_name=by_name)
    if source is Source.PORTAL and not by_name and not any(place.host.has_lists for place in places):
        names = ", ".join(place.host.name for place in places)
        raise WrongUsageError(
            f"hosts: {names} has no lists of articles to walk; name articles with -a url=ADDRESS"
        )
    if source is Source.PORTAL:
        _refuse_days(since, places)
    plan = Plan(
        places=places,
        since=since,
        until=until,
        sections=_sections(portals, _words(arguments.get("sections", ""))),
        order=Order(_choice(arguments, "order", tuple(Order), Order.NEWEST)),
        recheck=Recheck(_choice(arguments, "recheck", tuple(Recheck), Recheck.DUE)),
        requisites=Requisites(_choice(arguments, "requisites", tuple(Requisites), Requisites.PHOTO)),
        urls=urls,
        urls_file=UrlFile.at(Path(arguments["urls_file"])) if "urls_file" in arguments else None,
        source=source,
        gaps=gaps,
    )
    if plan.urls_file is not None:
        check_list(plan.urls_file, plan.wanted)
    return plan


def _gaps(arguments: Mapping[str, str], source: Source, since: date | None, *, by_name: bool) -> bool:
    """Whether gaps are to be filled: what a web archive is asked for where nothing else is said."""
    said = _choice(arguments, "gaps", ("yes", "no"), "no" if since or by_name else "yes")
    if source is Source.PORTAL:
        if "gaps" in arguments:
            raise WrongUsageError("gaps: are filled from a web archive; add -a source=wayback")
        return False
    for name in ("sections", "requisites"):
        if name in arguments:
            raise WrongUsageError(f"{name}: a web archive knows no {name}; leave the argument out")
    if said == "yes" and by_name:
        raise WrongUsageError("gaps: are the ledger's own; leave out url and urls_file, or gaps")
    if said == "no" and not (since or by_name):
        raise WrongUsageError("gaps=no: then say what is wanted, with since and until, url or urls_file")
    return said == "yes"


def _refuse_days(since: date | None, places: Sequence[Place]) -> None:
    """Without lists by day a range of days would find nothing and look complete."""
    if since is None or any(place.portal.index_url(place.host, since) for place in places):
        return
    names = ", ".join(dict.fromkeys(place.portal.name for place in places))
    raise WrongUsageError(
        f"since: {names} has no lists by day; crawl without dates, or name articles with -a url=ADDRESS"
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _closest(word: str, right: Sequence[str]) -> str:
    near = get_close_matches(word, right, n=1, cutoff=0.5)
    listed = ", ".join(right)
    return f"did you mean {near[0]!r}? (known: {listed})" if near else f"known are {listed}"


def _places(portals: Sequence[Portal], words: Sequence[str]) -> tuple[Place, ...]:
    if not words:
        return tuple(Place(portal=portal, host=host) for portal in portals for host in portal.hosts)
    return tuple(dict.fromkeys(_find_place(portals, word) for word in words))


def _find_place(portals: Sequence[Portal], word: str) -> Place:
    closest: list[str] = []
    for portal in portals:
        try:
            return Place(portal=portal, host=portal.find_hosts([word])[0])
        except UnknownHostError as error:
            closest += error.closest
    near = get_close_matches(word, closest, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`kliping portals` lists the right ones"
    raise WrongUsageError(f"hosts: there is no host {word!r} in this portal; {hint}")


def _range(arguments: Mapping[str, str], today: date) -> tuple[date | None, date | None]:
    if "since" not in arguments:
        if "until" in arguments:
            raise WrongUsageError("until: needs a beginning too; add -a since=YYYY-MM-DD")
        return None, None
    since = _day(arguments, "since")
    until = _day(arguments, "until") if "until" in arguments else today
    for name, day in (("since", since), ("until", until)):
        if day > today:
            raise WrongUsageError(f"{name}={day} lies in the future (today is {today})")
    if until < since:
        raise WrongUsageError(f"since={since} lies after until={until}; swap them")
    return since, until


def _day(arguments: Mapping[str, str], name: str) -> date:
    try:
        day = date.fromisoformat(arguments[name].strip())
    except ValueError:
        raise WrongUsageError(f"{name}={arguments[name]!r} is no day; write it as YYYY-MM-DD") from None
    if day < OLDEST_DAY:
        raise WrongUsageError(f"{name}={day} lies before {OLDEST_DAY}, when none of the portals was online")
    return day


def _sections(portals: Sequence[Portal], words: Sequence[str]) -> tuple[str, ...]:
    known = tuple(dict.fromkeys(section for portal in portals for section in portal.sections))
    for word in words:
        if not word.replace("-", "").isalnum():
            raise WrongUsageError(f"sections: {word!r} is no section; write it as in the portal's addresses")
        if known and word not in known:
            raise WrongUsageError(f"sections: there is no section {word!r}; {_closest(word, known)}")
    return tuple(words)


def _choice(arguments: Mapping[str, str], name: str, right: Sequence[str], default: str) -> str:
    value = arguments.get(name, default)
    if value not in right:
        raise WrongUsageError(
            f"{name}={value!r} is not possible; {_closest(value, [str(item) for item in right])}"
        )
    return value


def _urls(portals: Sequence[Portal], arguments: Mapping[str, str]) -> tuple[str, ...]:
    urls = [arguments["url"]] if "url" in arguments else []
    names = {portal.name for portal in portals}
    for url in urls:
        address = identify(url)
        if address is None or address.portal not in names:
            raise WrongUsageError(
                f"url: {url!r} is no article address of this portal; `kliping portals` lists its hosts"
            )
    return tuple(urls)


def _refuse_outsiders(urls: Sequence[str], places: Sequence[Place]) -> None:
    """An address of another host would wait in the ledger, and this crawl would never fetch it."""
    hosts = {place.host.name for place in places}
    for url in urls:
        address = identify(url)
        if address is not None and address.host not in hosts:
            raise WrongUsageError(f"url: {url!r} is not on the hosts asked for; add {address.host} to hosts")
