"""An article: text, photos, versions, where it comes from, and beside it the archived original."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from archives.moments import from_w3c
from archives.word_diff import FieldDiff, compare
from reading_room import replay
from reading_room.asking import answer
from reading_room.errors import UnknownArticleError
from reading_room.holdings import Shelved, holdings, place_of
from reading_room.stories import Story, story_of
from reading_room.typesetting import as_moment, clean

blueprint = Blueprint("article", __name__)

_MOST_VERSIONS = 50
"""Versions that are told with what they changed, the newest first; of older ones the numbers alone."""
_MOST_ADDRESS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the text: one paragraph, heading or quotation, or all items of a list or rows of a table.

    A `page` block marks where a page begins, a `missing` block one that could not be had; both have `page`.
    """

    kind: str
    texts: Sequence[str] = ()
    page: int = 0

    @property
    def rows(self) -> list[list[str]]:
        return [text.split(" | ") for text in self.texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as the article printed it; `source` is our copy, None where there is none."""

    address: str
    source: str | None
    caption: str | None
    credit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A link that the article gives to another one; `place` is ours when the collection has it."""

    name: str
    address: str
    kept: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version in the list of versions."""

    number: int
    place: str
    captured: datetime | None = None
    changed: Sequence[str] = ()


@blueprint.get("/articles/<place:place>")
def page(place: str) -> AnyResponse:
    article = holdings().shelved(place)
    number = _page_number(article)
    shown, problem = _original(article, number)
    editions = list(_editions(article))
    gone = holdings().gone_since(article.address)
    story = story_of(article.address)
    return answer(
        "article.html",
        _plain(article, editions, gone) | _plain_story(story),
        article=article,
        record=article.record,
        blocks=list(blocks(article.record)),
        photos=_photos(article),
        related=_related(article),
        story=story,
        editions=editions,
        gone=gone,
        number=number,
        pages=[item["page"] for item in article.record["archive"]["pages"]],
        captured=from_w3c(str(replay.page_place(article, number)["fetchedAt"])),
        original=shown,
        problem=problem,
        sandbox=replay.SANDBOX,
    )


@blueprint.get("/find")
def by_address() -> AnyResponse:
    """The newest version of the article that has this address, or had it."""
    url = clean(request.args.get("url", "")).strip()[:_MOST_ADDRESS]
    address = holdings().find(url) if url else None
    place = holdings().newest_place(address) if address is not None else None
    if place is None:
        raise UnknownArticleError
    return redirect(url_for("article.page", place=place))


def _page_number(article: Shelved) -> int:
    """The page of the original that is asked for: `?page=2`, else the first that is kept."""
    asked = request.args.get("page")
    first = int(article.record["archive"]["pages"][0]["page"])
    if asked is None:
        return first
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 4:
        raise BadRequest
    return int(asked)


def _original(article: Shelved, number: int) -> tuple[replay.Original | None, str | None]:
    """How much of the original there is to show; its frame asks for the page itself."""
    try:
        return replay.original(article, number), None
    except replay.NotShownError as error:
        return None, error.reason


# --- the text -----------------------------------------------------------------------------------------


def blocks(record: Mapping[str, Any]) -> Iterator[Block]:
    """The text in the order in which it stands, with the places where pages begin or are missing."""
    parts: Sequence[Mapping[str, Any]] = record.get("hasPart", ())
    missing = sorted(record["pagination"]["pagesMissing"])
    is_parted = record["pagination"]["pageCount"] > 1
    for number, of_page in groupby(parts, key=lambda part: int(part.get("page", 1))):
        while missing and missing[0] < number:
            yield Block(kind="missing", page=missing.pop(0))
        if is_parted:
            yield Block(kind="page", page=number)
        yield from _blocks_of_page(of_page)
    for number in missing:
        yield Block(kind="missing", page=number)


def _blocks_of_page(parts: Iterator[Mapping[str, Any]]) -> Iterator[Block]:
    """Items and rows that follow one another make one list, one table."""
    for kind, group in groupby(parts, key=lambda part: str(part["type"])):
        texts = [str(part["text"]) for part in group]
        if kind in {"listItem", "tableRow"}:
            yield Block(kind=kind, texts=texts)
        else:
            yield from (Block(kind=kind, texts=[text]) for text in texts)


def _photos(article: Shelved) -> list[Photo]:
    images: Sequence[Mapping[str, Any]] = article.record.get("image", ())
    moment = from_w3c(str(article.record["archive"]["pages"][0]["fetchedAt"]))
    ours = replay.part_addresses([str(image["contentUrl"]) for image in images], moment)
    return [
        Photo(
            address=str(image["contentUrl"]),
            source=ours.get(str(image["contentUrl"])),
            caption=image.get("caption"),
            credit=image.get("creditText"),
        )
        for image in images
    ]


def _related(article: Shelved) -> list[Related]:
    links: Sequence[Mapping[str, Any]] = article.record.get("relatedLink", ())
    kept = holdings().kept_among(str(link["url"]) for link in links)
    return [
        Related(name=str(link["name"]), address=str(link["url"]), kept=kept.get(str(link["url"])))
        for link in links
    ]


# --- versions -----------------------------------------------------------------------------------------


def _editions(article: Shelved) -> Iterator[Edition]:
    """All versions, the newest first."""
    for place, version in enumerate(reversed(article.versions)):
        if version.number == article.number:
            yield _edition(article)
        elif place < _MOST_VERSIONS:
            yield _edition(holdings().shelved(place_of(version.sidecar)))
        else:
            yield Edition(number=version.number, place=place_of(version.sidecar))


def _edition(article: Shelved) -> Edition:
    return Edition(
        number=article.number,
        place=article.place,
        captured=as_moment(article.record["archive"]["pages"][0]["fetchedAt"]),
        changed=article.record["version"]["changedFields"],
    )


@blueprint.get("/articles/<place:place>/changes")
def changes(place: str) -> AnyResponse:
    """What differs between two versions, word by word: `?from=1&to=3`."""
    article = holdings().shelved(place)
    one, other = _two(article)
    before, after = holdings().version(article, one), holdings().version(article, other)
    fields = compare(before.record, after.record)
    return answer(
        "changes.html",
        {
            "url": article.address,
            "from": one,
            "to": other,
            "fields": [_plain_field(field) for field in fields],
        },
        article=article,
        before=before,
        after=after,
        fields=fields,
    )


def _two(article: Shelved) -> tuple[int, int]:
    """The versions that are asked for; else this one and the one before it."""
    numbers = [version.number for version in article.versions]
    other = _number("to", article.number)
    earlier = max((number for number in numbers if number < other), default=numbers[0])
    one = _number("from", earlier)
    if one not in numbers or other not in numbers:
        raise UnknownArticleError
    return one, other


def _number(name: str, usual: int) -> int:
    text = request.args.get(name)
    if text is None:
        return usual
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise BadRequest
    return int(text)


# --- for machines -------------------------------------------------------------------------------------


def _plain(article: Shelved, editions: Sequence[Edition], gone: datetime | None) -> dict[str, Any]:
    """The sidecar, and what this room knows beside it."""
    return {
        "article": article.record,
        "versions": [
            {"number": one.number, "href": url_for("article.page", place=one.place)} for one in editions
        ],
        "goneSince": gone.isoformat() if gone is not None else None,
        "originals": [
            {
                "page": item["page"],
                "href": url_for("replay.page", place=article.place, number=item["page"]),
            }
            for item in article.record["archive"]["pages"]
        ],
        "downloads": {
            kind: url_for(f"downloads.{kind}", place=article.place)
            for kind in ("record", "text", "warc", "wacz")
        },
    }


def _plain_story(story: Story | None) -> dict[str, Any]:
    if story is None:
        return {}
    copies = [
        {"url": one.address, "headline": one.headline, "publisher": one.publisher, "near": one.near}
        for one in story.copies
    ]
    return {"story": {"firstPublisher": story.first_publisher, "size": story.size, "copies": copies}}


def _plain_field(field: FieldDiff) -> dict[str, Any]:
    return {
        "name": field.name,
        "changes": [
            {
                "before": change.before,
                "after": change.after,
                "pieces": [{"kind": piece.kind.value, "text": piece.text} for piece in change.pieces],
            }
            for change in field.changes
        ],
    }
