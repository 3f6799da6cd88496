"""Asking a collection's index as a reader does."""

from __future__ import annotations

from dataclasses import dataclass

from reading_room.index_file import Brought, bring_up_to_date
from reading_room.query import parse
from reading_room.search import Asked, Found, SearchDesk, Sort
from tests.reading_room.newsstand import Newsstand


@dataclass(slots=True)
class Reader:
    stand: Newsstand
    desk: SearchDesk

    def found(self, query: str = "", *, start: int = 0, count: int = 200, **more: object) -> Found:
        asked = Asked(query=parse(query), **more)  # type: ignore[arg-type]
        return self.desk.find(asked, start=start, count=count)

    def urls(self, query: str = "", **more: object) -> list[str]:
        return [hit.address for hit in self.found(query, **more).hits]  # type: ignore[arg-type]

    def slugs(self, query: str = "", **more: object) -> list[str]:
        """The last parts of the addresses, in the order of the list."""
        return [url.rpartition("/")[2] for url in self.urls(query, **more)]

    def ranked(self, query: str) -> list[str]:
        return self.slugs(query, sort=Sort.RELEVANCE)

    def counts(self, facet: str, query: str = "", **more: object) -> dict[str, int]:
        return self.desk.counts(Asked(query=parse(query), **more))[facet]  # type: ignore[arg-type]

    def bring(self, **more: object) -> Brought:
        return bring_up_to_date(self.stand.collection, **more)  # type: ignore[arg-type]


def reading(stand: Newsstand) -> Reader:
    """A reader of an index that is up to date."""
    bring_up_to_date(stand.collection)
    return Reader(stand, SearchDesk(stand.collection))
