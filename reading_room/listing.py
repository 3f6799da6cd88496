"""The front page: all articles, the newest first, and search over them. JSON and Atom of the same."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archives import sidecar
from archives.durable import below
from archives.errors import ArchiveError
from archives.removals import Removals
from reading_room.asking import answer, wording
from reading_room.holdings import place_of
from reading_room.query import described, parse
from reading_room.search import Asked, Found, Hit, Marks, NoIndexError, SearchDesk, Sort, TooLongError
from reading_room.shelves import FACETS
from reading_room.snippets import Piece, marked, snippet
from reading_room.typesetting import as_moment, clean

blueprint = Blueprint("listing", __name__)

PER_PAGE, MOST_PER_PAGE = 20, 200
_SHOWN, _SHOWN_ALL = 8, 400
"""Values of a facet: at first, and when all are asked for."""
_MOST_CHOSEN, _MOST_VALUE = 20, 200
_MOST_HEADLINE, _MOST_NAME = 300, 80
"""Letters of a headline, and of a name, that the list shows; newspapers have a third of that."""
_FEED_ENTRIES = 50
_FIRST_WAIT = 1.5
"""Seconds that the first reader waits, so that a small collection is there at once."""
_ASK_AGAIN, _ASK_AGAIN_AFTER_FAULT = 3, 60
"""Seconds after which a page asks for itself again while the index is being made."""
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_FORMS = {"year": re.compile("[0-9]{4}"), "month": re.compile("[0-9]{4}-(?:0[1-9]|1[0-2])")}
_DESK = "SEARCH_DESK"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the address of this page asks for."""

    asked: Asked
    page: int = 1
    per_page: int = PER_PAGE
    all_of: str | None = None
    bad_days: tuple[str, ...] = ()

    def address(self, endpoint: str = "listing.articles", /, **changes: object) -> str:
        """The same list with changes: `q`, `sort`, `page`, `since`, `until`, `all`, or a facet's values."""
        asked = self.asked
        chosen: dict[str, object] = {**asked.chosen}
        chosen |= {name: changes.pop(name) for name in FACETS if name in changes}
        values: dict[str, object] = {
            "q": asked.query.text,
            **{facet: chosen[facet] for facet in FACETS if chosen.get(facet)},
            "since": as_day(asked.since),
            "until": as_day(asked.until),
            "sort": asked.sort.value if asked.sort is not Sort.NEWEST else "",
            "n": self.per_page if self.per_page != PER_PAGE else "",
            "page": "",
            "all": self.all_of or "",
        } | changes
        if values["page"] == 1:
            values["page"] = ""
        pairs = [(name, value) for name, value in values.items() if value]
        return url_for(endpoint) + ("?" + urlencode(pairs, doseq=True) if pairs else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article in the list. `url` leads to it in this room."""

    url: str
    address: str
    host: str
    identifier: str
    headline: tuple[Piece, ...]
    sections: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime | None
    captured: datetime | None
    modified: datetime | None
    words: int
    pages: int
    missing: int
    version: int
    doubtful: bool
    snippet: tuple[Piece, ...]
    summary: str

    @property
    def moment(self) -> datetime | None:
        return self.published or self.captured

    @property
    def day(self) -> date | None:
        return self.moment.date() if self.moment is not None else None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: how many articles it has, and where choosing it, or leaving it, leads."""

    value: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with the values that are shown; `more` leads to all, `fewer` back."""

    name: str
    choices: tuple[Choice, ...]
    total: int
    more: str | None
    fewer: str | None


def install(app: Flask) -> None:
    """Give the app a desk of its own; nothing is opened yet."""
    app.config[_DESK] = SearchDesk(app.config["COLLECTION"])


def desk() -> SearchDesk:
    found = current_app.config[_DESK]
    assert isinstance(found, SearchDesk)
    return found


# --- the question ---------------------------------------------------------------------------------------


def view_of_request() -> View:
    """The address as a question. What makes no sense is left out."""
    args = request.args
    chosen = {
        facet: tuple(dict.fromkeys(_values(facet, args.getlist(facet))))[:_MOST_CHOSEN] for facet in FACETS
    }
    days = {name: args.get(name, "").strip() for name in ("since", "until")}
    since, until = _day(days["since"], last=False), _day(days["until"], last=True)
    bad = tuple(
        days[name][:40] for name, day in (("since", since), ("until", until)) if days[name] and day is None
    )
    return View(
        asked=Asked(
            query=parse(args.get("q", "")),
            chosen={facet: values for facet, values in chosen.items() if values},
            since=since,
            until=until,
            sort=next((sort for sort in Sort if sort.value == args.get("sort")), Sort.NEWEST),
        ),
        page=_number(args.get("page", ""), 1, 10_000_000, 1),
        per_page=_number(args.get("n", ""), 1, MOST_PER_PAGE, PER_PAGE),
        all_of=args.get("all") if args.get("all") in FACETS else None,
        bad_days=bad,
    )


def _values(facet: str, values: Iterable[str]) -> Iterator[str]:
    """Those that can be values of the facet; years and months are taken apart later on."""
    form = _FORMS.get(facet)
    return (value[:_MOST_VALUE] for value in values if value and (form is None or form.fullmatch(value)))


def _number(text: str, least: int, most: int, otherwise: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return otherwise
    return max(least, min(most, int(text)))


def _day(text: str, *, last: bool) -> int | None:
    """`2020-10-08`, `2020-10` or `2020` as 20201008; of a month or a year the first day, or the last."""
    found = _DAY.fullmatch(text)
    if found is None or not text.isascii():
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if month is not None and day is not None:
        try:
            date(year or 0, month, day)
        except ValueError:
            return None
    elif month is not None and not 1 <= month <= 12:
        return None
    return (year or 0) * 10_000 + (month or (12 if last else 1)) * 100 + (day or (31 if last else 1))


def as_day(day: int | None) -> str:
    """20201008 as a date input has it; the last day of a month is 31 where any would do."""
    if day is None:
        return ""
    year, month, number = day // 10_000, day // 100 % 100, day % 100
    while number > 28:
        try:
            date(year, month, number)
            break
        except ValueError:
            number -= 1
    return f"{year:04}-{month:02}-{number:02}"


# --- pages ----------------------------------------------------------------------------------------------


@blueprint.get("/")
def articles() -> AnyResponse:
    view = view_of_request()
    _make_ready()
    is_behind = desk().is_behind
    try:
        found = desk().find(view.asked, start=(view.page - 1) * view.per_page, count=view.per_page)
        if is_behind and not desk().indexed:
            return _not_yet(view)
        counts = desk().counts(view.asked)
        entries = list(_entries(found.hits, desk().marks(view.asked.query)))
    except NoIndexError:
        return _not_yet(view)
    except TooLongError:
        return _too_long()
    last = max(1, -(-found.total // view.per_page))
    facets = [_facet(view, name, counts[name]) for name in FACETS if name != "month"]
    plain = _plain(view, found, entries, counts, last)
    return answer(
        "listing.html",
        plain,
        view=view,
        found=found,
        entries=entries,
        days=_by_day(entries) if view.asked.sort is not Sort.RELEVANCE else [(None, entries)],
        facets={facet.name: facet for facet in facets if _is_worth_showing(facet)},
        months=_months(view, counts["month"]),
        chips=list(_chips(view)),
        last=last,
        pages=_page_numbers(view.page, last),
        state=_state(),
        as_day=as_day,
    )


def _make_ready() -> None:
    """Begin to bring the index up to date, and wait a moment where there is none at all."""
    room = desk()
    room.look()
    room.wait_for_first(_FIRST_WAIT)


def _not_yet(view: View) -> AnyResponse:
    """The index is being made, and there is nothing in it yet. People see how far it is, in a page that asks
    for itself again; programs are told to come again.
    """
    state, fault = _state(), _fault()
    plain = {"query": view.asked.query.text, "articles": [], "index": state | {"fault": fault}}
    page = answer("listing-not-yet.html", plain, state=state, progress=desk().progress, fault=fault)
    page.headers["Cache-Control"] = "no-store"
    if page.mimetype == "text/html":
        page.headers["Refresh"] = str(_ASK_AGAIN if fault is None else _ASK_AGAIN_AFTER_FAULT)
        return page
    return _come_again(page)


def _fault() -> str | None:
    """Why it cannot be made, without where this machine has it: that is nobody's business who only reads."""
    room = desk()
    if room.fault is None:
        return None
    root = str(room.collection.root)
    return room.fault.replace(str(room.path.parent), "indexes").replace(root, room.collection.root.name)


def _come_again(page: AnyResponse) -> AnyResponse:
    page.status_code = 503
    page.headers["Retry-After"] = str(_ASK_AGAIN)
    return page


def _too_long() -> AnyResponse:
    t = wording()
    page = answer(
        "error.html",
        {"error": 422, "message": t("list.too.long")},
        heading=t("list.too.long.heading"),
        told=t("list.too.long"),
        code=422,
    )
    page.status_code = 422
    return page


def _state() -> dict[str, Any]:
    """How far the index is."""
    room = desk()
    progress = room.progress
    return {
        "updating": room.is_working,
        "toRead": progress[1] - progress[0] if progress else 0,
        "indexed": room.indexed,
    }


# --- entries --------------------------------------------------------------------------------------------


def _entries(hits: Iterable[Hit], marks: Marks) -> Iterator[Entry]:
    """Those whose records can be read; not one that is being replaced this moment, or was removed since."""
    collection = current_app.config["COLLECTION"]
    removed = Removals.of(collection)
    for hit in hits:
        if hit.address in removed:
            continue
        try:
            path = PurePosixPath(hit.sidecar).relative_to("articles")
            record = sidecar.load(below(collection.articles, path))
            yield _entry(hit, record, marks)
        except (ArchiveError, KeyError, TypeError, ValueError, AttributeError):
            continue


def _entry(hit: Hit, record: Mapping[str, Any], marks: Marks) -> Entry:
    pages = record["pagination"]
    texts = [
        record.get("description", ""),
        " ".join(record.get("abstract", ())),
        record.get("articleBody", ""),
    ]
    pictures = [one.get("caption", "") for one in record.get("image", ())]
    others = [*pictures, ", ".join(record.get("keywords", ())), record.get("creditText", "")]
    return Entry(
        url=url_for("article.page", place=place_of(hit.sidecar)),
        address=hit.address,
        host=clean(urlsplit(hit.address).hostname or ""),
        identifier=str(record["identifier"]),
        headline=marked(_cut(record["headline"], _MOST_HEADLINE), marks),
        sections=tuple(_cut(clean(name), _MOST_NAME) for name in record.get("articleSection", ()))[:4],
        authors=tuple(_cut(clean(one["name"]), _MOST_NAME) for one in record.get("author", ()))[:6],
        published=as_moment(record.get("datePublished")),
        captured=as_moment(record["archive"]["pages"][0]["fetchedAt"]),
        modified=as_moment(record.get("dateModified")),
        words=int(record["wordCount"]),
        pages=int(pages["pageCount"]),
        missing=len(pages["pagesMissing"]),
        version=int(record["version"]["number"]),
        doubtful=bool(record["extraction"]["warnings"]),
        snippet=snippet([*texts, *others], marks),
        summary=clean(record.get("description") or record.get("articleBody", "")[:400]),
    )


def _cut(text: str, most: int) -> str:
    """In a list a page that is all headline takes no more room than others."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _by_day(entries: Iterable[Entry]) -> list[tuple[date | None, list[Entry]]]:
    """Runs of articles of the same day."""
    runs: list[tuple[date | None, list[Entry]]] = []
    for entry in entries:
        if not runs or runs[-1][0] != entry.day:
            runs.append((entry.day, []))
        runs[-1][1].append(entry)
    return runs


# --- facets ---------------------------------------------------------------------------------------------


def _facet(view: View, name: str, counts: Mapping[str, int]) -> Facet:
    chosen = view.asked.chosen.get(name, ())
    by_value = name == "year"
    ordered = sorted(
        counts, key=(lambda value: value) if by_value else (lambda value: (-counts[value], value))
    )
    if by_value:
        ordered.reverse()
    most = _SHOWN_ALL if view.all_of == name else (12 if by_value else _SHOWN)
    shown = [*chosen, *[value for value in ordered if value not in chosen]][: most + len(chosen)]
    if by_value:
        shown.sort(reverse=True)
    choices = tuple(
        Choice(clean(value), counts.get(value, 0), _toggled(view, name, value), value in chosen)
        for value in shown
    )
    more = view.address(all=name) if len(ordered) > most and view.all_of != name else None
    fewer = view.address(all="") if view.all_of == name else None
    return Facet(name, choices, len(ordered), more, fewer)


def _toggled(view: View, name: str, value: str) -> str:
    chosen = view.asked.chosen.get(name, ())
    left = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
    changes: dict[str, object] = {name: left}
    if name == "year":  # a month belongs to its year
        months = view.asked.chosen.get("month", ())
        changes["month"] = tuple(month for month in months if not left or month[:4] in left)
    return view.address(**changes)


def _months(view: View, counts: Mapping[str, int]) -> list[tuple[str, list[Choice]]]:
    """The months of the chosen years, or of the only year there is."""
    chosen = view.asked.chosen.get("month", ())
    years = set(view.asked.chosen.get("year", ())) | {month[:4] for month in chosen}
    if not years and len({month[:4] for month in counts}) == 1:
        years = {next(iter(counts))[:4]}
    found = []
    for year in sorted(years, reverse=True)[:6]:
        months = [f"{year}-{number:02}" for number in range(1, 13)]
        found.append(
            (
                clean(year),
                [
                    Choice(month, counts.get(month, 0), _toggled(view, "month", month), month in chosen)
                    for month in months
                ],
            )
        )
    return found


def _is_worth_showing(facet: Facet) -> bool:
    """A facet with one value tells nothing, unless it was chosen."""
    return len(facet.choices) > 1 or any(choice.chosen for choice in facet.choices)


def _chips(view: View) -> Iterator[tuple[str, str, str]]:
    """What narrows the list: the facet's name, the value, and the address without it."""
    for facet in FACETS:
        for value in view.asked.chosen.get(facet, ()):
            yield facet, clean(value), _toggled(view, facet, value)
    if view.asked.since is not None or view.asked.until is not None:
        told = f"{as_day(view.asked.since)} – {as_day(view.asked.until)}"
        yield "days", told.strip(), view.address(since="", until="")


def _page_numbers(page: int, last: int) -> list[int | None]:
    """The first, the last and those around this one; None where some are left out."""
    wanted = sorted(
        {1, last, *range(page - 2, page + 3)} & set(range(1, last + 1))
        if last < 10_000
        else {number for number in (1, last, *range(page - 2, page + 3)) if 1 <= number <= last}
    )
    found: list[int | None] = []
    for number in wanted:
        if found and found[-1] is not None and number - found[-1] > 1:
            found.append(None)
        found.append(number)
    return found


# --- for programs -----------------------------------------------------------------------------------------


def _plain(
    view: View,
    found: Found,
    entries: Sequence[Entry],
    counts: Mapping[str, Mapping[str, int]],
    last: int,
) -> dict[str, Any]:
    query = view.asked.query
    return {
        "query": query.text,
        "understood": list(described(query)),
        "cut": query.cut,
        "tooShort": list(query.short),
        "chosen": {facet: list(values) for facet, values in view.asked.chosen.items()},
        "since": as_day(view.asked.since) or None,
        "until": as_day(view.asked.until) or None,
        "sort": view.asked.sort.value,
        "rankedByText": found.ranked,
        "total": found.total,
        "page": view.page,
        "pages": last,
        "perPage": view.per_page,
        "previous": view.address(page=view.page - 1) if view.page > 1 else None,
        "next": view.address(page=view.page + 1) if view.page < last else None,
        "articles": [_plain_entry(entry) for entry in entries],
        "facets": {
            facet: [
                {"value": value, "count": count}
                for value, count in sorted(values.items(), key=lambda one: (-one[1], one[0]))[:1000]
            ]
            for facet, values in counts.items()
        },
        "index": _state(),
    }


def _plain_entry(entry: Entry) -> dict[str, Any]:
    return {
        "url": entry.address,
        "identifier": entry.identifier,
        "article": entry.url,
        "headline": "".join(piece.text for piece in entry.headline),
        "host": entry.host,
        "articleSection": list(entry.sections),
        "author": list(entry.authors),
        "datePublished": entry.published.isoformat() if entry.published else None,
        "fetchedAt": entry.captured.isoformat() if entry.captured else None,
        "wordCount": entry.words,
        "pageCount": entry.pages,
        "pagesMissing": entry.missing,
        "version": entry.version,
        "snippet": [{"text": piece.text, "marked": piece.marked} for piece in entry.snippet],
    }


@blueprint.get("/feed.atom")
def feed() -> AnyResponse:
    """What is new, under the same question as the list (RFC 4287)."""
    view = view_of_request()
    _make_ready()
    view = replace(view, asked=replace(view.asked, sort=Sort.NEWEST), per_page=PER_PAGE, all_of=None)
    try:
        is_behind = desk().is_behind
        entries = list(
            _entries(desk().find(view.asked, count=_FEED_ENTRIES).hits, Marks(frozenset(), (), ()))
        )
        if is_behind and not desk().indexed:
            return _come_again(Response(wording()("list.not.yet"), mimetype="text/plain"))
    except NoIndexError:
        return _come_again(Response(wording()("list.not.yet"), mimetype="text/plain"))
    except TooLongError:
        return _too_long()
    stamps = [_updated(entry) for entry in entries]
    page = render_template(
        "feed.xml",
        entries=[(entry, stamp, _tag(entry)) for entry, stamp in zip(entries, stamps, strict=True)],
        updated=max(stamps, default=datetime(1970, 1, 1, tzinfo=UTC)),
        feed_id=_feed_id(view),
        view=view,
        root=request.url_root.rstrip("/"),
    )
    return Response(_XML_UNFIT.sub("\ufffd", page), mimetype="application/atom+xml")


_XML_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2) has no place for."""


def _updated(entry: Entry) -> datetime:
    """When the entry last changed: the article's own word, never later than we saw it."""
    said = entry.modified or entry.published or entry.captured
    assert said is not None
    seen = entry.captured or said
    return min(said, seen).astimezone(UTC)


def _tag(entry: Entry) -> str:
    """A tag URI (RFC 4151) of the article: it stays the same in every version and every collection."""
    day = entry.moment.astimezone(UTC).date().isoformat() if entry.moment else "1970-01-01"
    return f"tag:{entry.host},{day}:{entry.identifier}"


def _feed_id(view: View) -> str:
    collection = current_app.config["COLLECTION"]
    asked = view.address().partition("?")[2]
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:kliping:collection:{collection.name}?{asked}").urn


@blueprint.get("/opensearch.xml")
def opensearch() -> AnyResponse:
    """Lets a browser search here from its address bar (OpenSearch 1.1)."""
    page = render_template("opensearch.xml", root=request.url_root.rstrip("/"))
    return Response(page, mimetype="application/opensearchdescription+xml")
