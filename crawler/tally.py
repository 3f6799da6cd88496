"""The figures of a run, as a table whose numbers add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from archives import coverage
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.recovered import FROM_ARCHIVE, is_noted
from archives.removals import Removals
from archives.rereading import count_gone
from archives.states import BLOCKING, Kind, State
from crawler.doubts import count_doubts
from crawler.exitcodes import ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of every URL that a run touched.

    listed = captured + skipped + failed + to do, over articles and their further pages;
    `answers` counts the records of all answers, lists, redirects, robots.txt and retries included.
    `kinds_of_doubt` counts articles by each kind of doubt that they have; one can have several.
    A picture that cannot be had is named and tried again, but it is no gap: the article is whole without it.
    Questions and copies are those of web archives; an article that was looked for there in vain is a gap.
    Sitemaps and feeds that a host does not have are absent; a daily index that cannot be read has failed.
    `days_open` are days asked for that are over and not closed (docs/coverage.md); `days_unread` those of
    them whose index was not read to its end since. What is pending of the others has failed or is to do.
    """

    listed: int
    captured: int
    skipped: Counter[str]
    failed: Counter[str]
    to_do: int
    lists: int
    lists_absent: Counter[str]
    lists_failed: Counter[str]
    requisites: int
    requisites_missing: Counter[str]
    from_archive: int
    not_in_archive: int
    questions: int
    questions_failed: Counter[str]
    copies: int
    copies_useless: Counter[str]
    copies_failed: Counter[str]
    copies_to_do: int
    answers: int
    bytes: int
    articles: int
    pages: int
    incomplete: int
    doubtful: int
    kinds_of_doubt: Counter[str]
    unwritten: int
    days_asked: int
    days_closed: int
    days_open: int
    days_unread: int
    gone: int = 0
    """Kept articles that the portal has deleted."""
    removed: int = 0
    """Articles that were removed from the collection (docs/removal.md); counted over all runs only."""

    @classmethod
    def of(
        cls, catalogue: Catalogue, run_id: int | None, root: Path, *, now: datetime | None = None
    ) -> Tally:
        """Count a run, or the whole collection, whose sidecars stand below `root`.

        A run's days are judged as of its beginning: what was not over then it could not close.
        """
        if now is None and run_id is not None:
            now = catalogue.begun_at(run_id)
        rows = catalogue.states(run_id)
        articles = [row for row in rows if not row[0].is_list and row[0] not in _BESIDE]
        asked = [row for row in rows if row[0] is Kind.CAPTURES]
        copies = [row for row in rows if row[0] is Kind.MEMENTO]
        beside = [row for row in rows if row[0] is Kind.REQUISITE]
        lists = [row for row in rows if row[0].is_list]
        daily = [row for row in lists if row[0] is Kind.LIST]
        standing = [row for row in lists if row[0] is not Kind.LIST]
        figures = catalogue.figures(run_id)
        days = coverage.covered(catalogue.database, now=now or datetime.now(UTC), run_id=run_id)
        return cls(
            listed=sum(row[3] for row in articles),
            captured=_count(articles, State.CAPTURED),
            skipped=_reasons(articles, _SKIPPED),
            failed=_reasons(articles, {State.FAILED}),
            to_do=_count(articles, State.TODO),
            lists=_count(lists, State.CAPTURED),
            lists_absent=_reasons(standing, {State.GONE, State.ROBOTS}),
            lists_failed=_reasons(lists, {State.FAILED, State.TODO})
            + _reasons(daily, {State.GONE, State.ROBOTS}),
            requisites=_count(beside, State.CAPTURED),
            requisites_missing=_reasons(beside, set(State) - {State.CAPTURED}),
            from_archive=sum(row[3] for row in articles if row[2] == FROM_ARCHIVE),
            not_in_archive=sum(row[3] for row in articles if run_id is not None and is_noted(row[2])),
            questions=_count(asked, State.CAPTURED),
            questions_failed=_reasons(asked, set(State) - {State.CAPTURED, State.REMOVED}),
            copies=_count(copies, State.CAPTURED),
            copies_useless=_reasons(copies, {State.NOT_ARTICLE, State.REMOVED})
            + _reasons(asked, {State.REMOVED}),
            copies_failed=_reasons(copies, {State.FAILED, State.ROBOTS, State.GONE}),
            copies_to_do=_count(copies, State.TODO),
            answers=figures["captures"],
            bytes=figures["bytes"],
            articles=figures["articles"],
            pages=figures["pages"],
            incomplete=figures["incomplete"],
            doubtful=figures["doubtful"],
            kinds_of_doubt=count_doubts(root / path for path in catalogue.doubtful(run_id)),
            unwritten=figures["unwritten"],
            days_asked=days.asked,
            days_closed=days.closed,
            days_open=days.gaps,
            days_unread=days.unread,
            gone=count_gone(catalogue, run_id),
            removed=len(Removals.of(Collection(root))) if run_id is None else 0,
        )

    @property
    def exit_code(self) -> ExitCode:
        """Complete, with gaps, or blocked; being told that an article is gone is no gap."""
        failures = self.failed + self.lists_failed + self.questions_failed + self.copies_failed
        if failures and not self.captured and set(failures) <= BLOCKING:
            return ExitCode.BLOCKED
        gaps = (
            self.to_do
            or self.copies_to_do
            or self.incomplete
            or self.unwritten
            or self.not_in_archive
            or self.days_unread
        )
        return ExitCode.GAPS if failures or gaps else ExitCode.COMPLETE

    def as_plain(self) -> dict[str, object]:
        """For the catalogue and for machines."""
        return {
            name: dict(value) if isinstance(value, Counter) else value
            for name, value in ((name, getattr(self, name)) for name in self.__slots__)
        }

    def show(self, console: Console, *, offered: int | None = None, fetched: int | None = None) -> None:
        """The table on the terminal; for a run also links that lists `offered` and answers `fetched`."""
        table = Table(show_header=False, box=None, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        for name, value in self._lines(offered, fetched):
            table.add_row(name, f"{value:,}")
        console.print(table)

    def _lines(self, offered: int | None, fetched: int | None) -> list[tuple[str, int]]:
        return [
            *([("links on lists", offered)] if offered is not None and not self._asked_archives else []),
            ("addresses", self.listed),
            ("  captured", self.captured),
            *([("    " + FROM_ARCHIVE, self.from_archive)] if self.from_archive else []),
            *(("  skipped: " + reason, count) for reason, count in sorted(self.skipped.items())),
            *(("  failed: " + reason, count) for reason, count in sorted(self.failed.items())),
            *([("  still to do", self.to_do)] if self.to_do else []),
            *self._archive_lines(),
            *([("lists read", self.lists)] if self.lists or not self._asked_archives else []),
            *(("  not there: " + reason, count) for reason, count in sorted(self.lists_absent.items())),
            *(("  lists failed: " + reason, count) for reason, count in sorted(self.lists_failed.items())),
            *([("days asked for", self.days_asked)] if self.days_asked else []),
            *([("  closed", self.days_closed)] if self.days_asked else []),
            *([("  over and not closed", self.days_open)] if self.days_open else []),
            *([("pictures and style sheets", self.requisites)] if self.requisites else []),
            *(("  not had: " + reason, count) for reason, count in sorted(self.requisites_missing.items())),
            *([("answers fetched", fetched)] if fetched is not None else []),
            ("answers archived", self.answers),
            ("articles", self.articles),
            ("  pages joined", self.pages),
            *([("  with pages missing", self.incomplete)] if self.incomplete else []),
            *([("  sidecar not written", self.unwritten)] if self.unwritten else []),
            *([("  with warnings", self.doubtful)] if self.doubtful else []),
            *(("    " + doubt, count) for doubt, count in sorted(self.kinds_of_doubt.items())),
            *([("kept articles that the portal has deleted", self.gone)] if self.gone else []),
            *([("removed articles", self.removed)] if self.removed else []),
        ]

    def _archive_lines(self) -> list[tuple[str, int]]:
        """What web archives were asked, and what they gave; nothing where none was asked."""
        failed = sorted(self.questions_failed.items())
        found = [
            ("questions to indexes of captures", self.questions),
            *((_UNANSWERED.get(reason, "  failed: " + reason), n) for reason, n in failed),
            ("copies from web archives", self.copies),
            *(("  no use: " + reason, count) for reason, count in sorted(self.copies_useless.items())),
            *(("  failed: " + reason, count) for reason, count in sorted(self.copies_failed.items())),
            ("  still to do", self.copies_to_do),
        ]
        return [line for line in found if line[1] or (self._asked_archives and line[0][0] != " ")]

    @property
    def _asked_archives(self) -> bool:
        return bool(self.questions or self.questions_failed or self.copies or self.copies_failed)


_UNANSWERED = {State.TODO.value: "  still to do"}
"""A question that was not asked has no reason, and has not failed."""
_SKIPPED = {State.DUPLICATE, State.NOT_ARTICLE, State.ROBOTS, State.GONE, State.REMOVED}
_BESIDE = frozenset({Kind.REQUISITE, Kind.CAPTURES, Kind.MEMENTO})
Row = tuple[Kind, State, str | None, int]


def _count(rows: list[Row], state: State) -> int:
    return sum(count for _, found, _, count in rows if found is state)


def _reasons(rows: list[Row], states: set[State]) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, state, reason, count in rows:
        if state in states:
            found[reason or state.value] += count
    return found
