"""Invented pages on the markup of Indonesian portals that have no rules here, with the truth beside each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from extractors.article import PageReading
from tests.quality.figures import Figure, Reader, Tally, leaks, paragraph_f1, word_f1

NAME = "portals without rules: invented Indonesian pages"
TARGETS: Mapping[str, float] = {"word F1": 0.95, "leaked lines": 0}
PAGES = Path(__file__).parent / "pages"
_CAPTURED = datetime(2024, 12, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page and what a reader sees on it. Of a page that is no article only the kind is told."""

    name: str
    markup: bytes
    url: str
    kind: str
    body: tuple[str, ...]
    fields: Mapping[str, object]


def sheets(folder: Path = PAGES) -> Iterator[Sheet]:
    for path in sorted(folder.glob("*.html")):
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        yield Sheet(
            name=path.stem,
            markup=path.read_bytes(),
            url=told["url"],
            kind=told["kind"],
            body=tuple(told.get("body", ())),
            fields=told,
        )


def cases(folder: Path = PAGES) -> dict[str, str]:
    """A digest of each case, its page and its truth."""
    return {sheet.name: _digest(sheet) for sheet in sheets(folder)}


def _digest(sheet: Sheet) -> str:
    told = json.dumps(sheet.fields, sort_keys=True).encode()
    return sha256(sheet.markup + told).hexdigest()[:16]


def measure(read: Reader, folder: Path = PAGES) -> tuple[Figure, ...]:
    tally = Tally()
    for sheet in sheets(folder):
        reading = read(sheet.markup, url=sheet.url, captured_at=_CAPTURED)
        tally.compare("verdict", sheet.name, sheet.kind, reading.verdict.kind.value)
        if sheet.kind == "article":
            _measure(tally, sheet, reading)
    return tally.figures()


def _measure(tally: Tally, sheet: Sheet, reading: PageReading) -> None:
    case, told = sheet.name, sheet.fields
    found = [part.text for part in reading.parts]
    tally.score("word F1", case, word_f1(sheet.body, found))
    tally.score("body paragraphs F1", case, paragraph_f1(sheet.body, found))
    tally.count("leaked lines", case, leaks(sheet.body, found))
    tally.compare("headline", case, told["headline"], reading.headline)
    tally.compare("author", case, told["author"], [person.name for person in reading.authors])
    tally.compare("editor", case, told["editor"], [person.name for person in reading.editors])
    published = datetime.fromisoformat(str(told["published"]))
    tally.compare("published", case, _shown(published), _shown(reading.published))
    photo = reading.photos[0] if reading.photos else None
    tally.compare("photo address", case, told["photo"], photo.content_url if photo else None)
    tally.compare("photo caption", case, told["caption"], photo.caption if photo else None)
    tally.compare("photo credit", case, told["credit"], photo.credit_text if photo else None)


def _shown(moment: datetime | None) -> str | None:
    """An instant, whatever the zone in which it is written."""
    return moment.astimezone(UTC).isoformat() if moment is not None else None
