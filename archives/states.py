"""What becomes of a URL, and what kinds of request there are. Every URL ends in exactly one state."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(StrEnum):
    """The ledger's states. All but TODO are final for the run; only FAILED is tried again by a later run."""

    TODO = "todo"
    CAPTURED = "captured"
    DUPLICATE = "duplicate"
    NOT_ARTICLE = "not-article"
    ROBOTS = "robots"
    GONE = "gone"
    FAILED = "failed"
    REMOVED = "removed"
    """Of an article that was removed from the collection: it is not asked for (docs/removal.md)."""


class DayState(StrEnum):
    """How far a day of publication is covered (docs/coverage.md)."""

    CLOSED = "closed"
    """The index was read to its end after the day was over, and nothing that was listed for it is pending."""
    EMPTY = "empty"
    """Closed, and no article was listed."""
    PARTIAL = "partial"
    """The index was read to its end, but before the day was over, or something is pending."""
    MISSING = "missing"
    """Asked for, and the index has not been read to its end."""
    UNASKED = "unasked"
    """No run has asked for the day; sitemaps, feeds or lists without a date name articles of it."""


class Source(StrEnum):
    """What kind of list has named a URL."""

    INDEX = "index"
    SITEMAP = "sitemap"
    FEED = "feed"


class Kind(StrEnum):
    """What a URL was asked for. What a request does follows from its kind alone."""

    LIST = "list"
    SITEMAP = "sitemap"
    FEED = "feed"
    ARTICLE = "article"
    PAGE = "page"
    REQUISITE = "requisite"
    """A picture or style sheet of an article: kept, never read."""
    CAPTURES = "captures"
    """A question to a web archive: which captures it has of a host or an article."""
    MEMENTO = "memento"
    """A capture in a web archive: the address of the archive's copy; `article` and `page` say of what."""
    OTHER = "other"

    @property
    def is_list(self) -> bool:
        """Lists are read again by every run that asks for them; articles are not."""
        return self in {Kind.LIST, Kind.SITEMAP, Kind.FEED}


class Priority(IntEnum):
    """Who goes first. An article is finished before the next begins, so that little is ever half done."""

    PAGE = 30
    REQUISITE = 25
    ARTICLE = 20
    LIST = 10


UNREADABLE_ROBOTS = "robots.txt cannot be read"
LEFT_ALONE = "host left alone"
BLOCKING = frozenset({"http 403", "http 429", "http 503", "wall", UNREADABLE_ROBOTS, LEFT_ALONE})
"""Reasons in the ledger that mean: the portal does not want us now."""
