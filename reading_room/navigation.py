"""The menu: the views that have an entry there, in order, each with its key."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: the view, the phrase that names it, the key that leads to it."""

    endpoint: str
    phrase: str
    key: str


ENTRIES = (
    Entry("listing.articles", "nav.articles", "1"),
    Entry("coverage.calendar", "nav.coverage", "2"),
    Entry("runs.overview", "nav.runs", "3"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as this page shows it; `here` on the pages of its own view."""

    url: str
    phrase: str
    key: str
    here: bool


def items(app: Flask) -> list[Item]:
    """The entries whose views the app has."""
    blueprint = (request.endpoint or "").partition(".")[0]
    return [
        Item(
            url=url_for(entry.endpoint),
            phrase=entry.phrase,
            key=entry.key,
            here=entry.endpoint.partition(".")[0] == blueprint,
        )
        for entry in ENTRIES
        if entry.endpoint in app.view_functions
    ]
