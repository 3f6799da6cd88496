"""Which articles an export takes, and for which reason each of the others is left out."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from corpora.columns import host_of, sections_of, whole_of
from corpora.plan import Entry

OLDER = "older version"
OTHER_HOST = "other host"
OTHER_PORTAL = "other portal"
OTHER_DAY = "other day"
NO_DAY = "no date of publication"
REMOVED = "removed"
OTHER_SECTION = "other section"
FEW_WORDS = "too few words"
OTHER_LANGUAGE = "other language"
DUPLICATE = "duplicate"
UNREADABLE = "unreadable"
ALTERED = "altered"
CLEANED = "clean: "
"""Before the first of `corpora.cleaning`'s reasons."""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the command knows of a host: its province, None for national ones, and its IANA zone."""

    province: str | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was asked for. Empty names mean all; days are those where the host is, both included."""

    since: date | None = None
    until: date | None = None
    hosts: tuple[str, ...] = ()
    portals: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_words: int = 0
    all_versions: bool = False
    dedup: bool = False
    clean: bool = False

    def as_plain(self) -> dict[str, object]:
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "hosts": list(self.hosts),
            "portals": list(self.portals),
            "sections": list(self.sections),
            "languages": list(self.languages),
            "minWords": self.min_words,
            "versions": "all" if self.all_versions else "latest",
            "dedup": self.dedup,
            "clean": self.clean,
        }

    def refuses(self, entry: Entry, hosts: Mapping[str, HostFacts], removals: Container[str]) -> str | None:
        """Why an article is left out by what the catalogue says of it; its sidecar need not be read then."""
        if entry.address in removals:
            return REMOVED
        if not (self.all_versions or entry.is_latest):
            return OLDER
        host = host_of(entry.address)
        if self.hosts and host not in self.hosts:
            return OTHER_HOST
        if self.portals and entry.portal not in self.portals:
            return OTHER_PORTAL
        if self.since is None and self.until is None:
            return None
        day = day_of(entry.published, hosts.get(host))
        if day is None:
            return NO_DAY
        is_outside = (self.since and day < self.since) or (self.until and day > self.until)
        return OTHER_DAY if is_outside else None

    def refuses_record(self, record: Mapping[str, object]) -> str | None:
        """The same by the sidecar, before its text is looked at."""
        if self.sections:
            found = {section.casefold() for section in sections_of(record)}
            if found.isdisjoint(self.sections):
                return OTHER_SECTION
        if (whole_of(record.get("wordCount")) or 0) < self.min_words:
            return FEW_WORDS
        return None


def day_of(published: str | None, facts: HostFacts | None) -> date | None:
    """The day of publication where the host is; of a host that nobody knows, in the zone that is printed."""
    if published is None:
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    if facts is not None and moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(facts.zone))
    return moment.date()


def year_of(published: object) -> str:
    """The year as printed, for counting."""
    year = str(published)[:4] if isinstance(published, str) else ""
    return year if year.isdigit() else "none"
