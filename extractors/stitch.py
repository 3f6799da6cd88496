"""The pages of one article, in whatever order they came, as one article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extractors.article import Article, PageReading, Part, Photo, PlacedLink, PlacedPart
from extractors.pictures import with_positions

# What stands on the last page only, in some eras, and may be taken from there.
_LATER = frozenset(
    {
        "authors",
        "editors",
        "byline",
        "source",
        "keywords",
        "kicker",
        "standfirst",
        "abstract",
        "publisher",
        "free",
    }
    | {"sections", "language", "published", "modified", "published_text"}
)
# Two captures of one article on different sides of an edit can share or miss a paragraph.
_WORD = re.compile(r"\w+")
_LOW_SHARE = 0.75
# Share of the words of the publisher's plain text that a body with its related links has at least; a byline
# or a credit may stand there besides.
_LOW_RECALL = 0.85
_MAX_OVERLAP = 40
_SHORTEST_REPEAT = 40


def join(pages: Mapping[int, PageReading], *, count: int | None = None) -> Article:
    """One article from its pages by number. Page 1 is required (KeyError without it).

    `count` is how many pages there are, if the caller knows better than the pagers. The order in which the
    mapping was filled does not matter.
    """
    ordered = [(number, pages[number]) for number in sorted(pages) if number >= 1]
    first = pages[1]
    body, repeats = _body(ordered, first)
    total = max(_count(ordered, count), ordered[-1][0])
    header = _header(first, [reading for number, reading in ordered if number > 1])
    return Article(
        header=header,
        body=body,
        related=_related(ordered, body),
        page_count=total,
        pages_missing=tuple(number for number in range(1, total + 1) if number not in pages),
        warnings=(*_warnings(ordered), *repeats, *_shortfall(ordered, body)),
    )


def _shortfall(ordered: Sequence[tuple[int, PageReading]], body: Sequence[PlacedPart]) -> list[str]:
    """A doubt about completeness: the publisher's own plain text of the article, which on some pages is that
    of all its pages, has many more words than our body with its related links.
    """
    stated = max((_stated_words(reading) for _, reading in ordered), default=0)
    if not stated:
        return _unlike(ordered)
    texts = [piece.part.text for piece in body]
    texts += [f"{link.label} {link.name}" for _, reading in ordered for link in reading.related]
    ours = sum(len(_WORD.findall(text)) for text in texts)
    if ours >= _LOW_SHARE * stated:
        return _unlike(ordered)
    return [f"the body has {ours} words; the page's own plain text has {stated}"]


def _unlike(ordered: Sequence[tuple[int, PageReading]]) -> list[str]:
    """A doubt about a body that is long enough and holds other words than the publisher's own text. Only an
    article of one page says so: on a page of several that text can be the whole article's.
    """
    recall = dict(ordered[0][1].checks).get("brandSafetyRecall")
    if len(ordered) > 1 or (ordered[0][1].pager.count or 1) > 1 or not isinstance(recall, float):
        return []
    if recall >= _LOW_RECALL:
        return []
    return [f"the body holds {recall:.0%} of the words of the page's own plain text"]


def _stated_words(reading: PageReading) -> int:
    words = dict(reading.checks).get("brandSafetyWords", 0)
    return words if isinstance(words, int) else 0


def _count(ordered: Sequence[tuple[int, PageReading]], count: int | None) -> int:
    if count is not None:
        return count
    return max((reading.pager.count or 1 for _, reading in ordered), default=1)


def _header(first: PageReading, later: Sequence[PageReading]) -> PageReading:
    """Page 1's fields; what it does not give comes from the first later page that does."""
    sources = dict(first.field_sources)
    found: dict[str, object] = {}
    for name in sorted(_LATER):
        if getattr(first, name) in (None, ()):
            giver = next((reading for reading in later if getattr(reading, name) not in (None, ())), None)
            if giver is not None:
                found[name] = getattr(giver, name)
                sources[name] = f"{dict(giver.field_sources).get(name, 'page')} of a later page"
    readings = (first, *later)
    found["contributors"] = _union(reading.contributors for reading in readings)
    found["based_on"] = _union(reading.based_on for reading in readings)
    found["photos"] = with_positions(photo for reading in readings for photo in _shown(reading, first))
    for name in ("contributors", "based_on", "photos"):
        if found[name] and name not in sources:
            sources[name] = "body of a later page"
    return replace(first, **found, field_sources=tuple(sorted(sources.items())))  # type: ignore[arg-type]


def _shown(reading: PageReading, first: PageReading) -> tuple[Photo, ...]:
    """A page's photos; the lead photo repeats on each page, sometimes in another size."""
    if reading is first or not reading.photos or not first.photos:
        return reading.photos
    lead, known = reading.photos[0], first.photos[0]
    same = lead.caption is not None and (lead.caption, lead.credit_text) == (known.caption, known.credit_text)
    return reading.photos[1:] if same else reading.photos


def _union(values: Iterable[tuple[object, ...]]) -> tuple[object, ...]:
    return tuple(dict.fromkeys(item for value in values for item in value))


def _body(
    ordered: Sequence[tuple[int, PageReading]], first: PageReading
) -> tuple[tuple[PlacedPart, ...], list[str]]:
    """The parts of all pages; what a page repeats of the one before it, or of the standfirst, once."""
    placed: list[PlacedPart] = []
    warnings: list[str] = []
    for number, reading in ordered:
        parts = reading.parts
        if number > 1 and parts and parts[0].text == first.standfirst:
            parts = parts[1:]
        repeated = _overlap([piece.part for piece in placed], parts)
        if repeated:
            warnings.append(f"page {number} repeats {repeated} parts of the page before it")
        placed += [PlacedPart(page=number, part=part) for part in parts[repeated:]]
    return tuple(placed), warnings


def _overlap(before: Sequence[Part], after: Sequence[Part]) -> int:
    """How many parts at the end of one page are the beginning of the next."""
    for length in range(min(len(before), len(after), _MAX_OVERLAP), 0, -1):
        if list(before[-length:]) == list(after[:length]):
            text = sum(len(part.text) for part in after[:length])
            return length if text >= _SHORTEST_REPEAT else 0
    return 0


def _related(
    ordered: Sequence[tuple[int, PageReading]], body: Sequence[PlacedPart]
) -> tuple[PlacedLink, ...]:
    """The related links of all pages, each address once, with the part of the article they stand after."""
    found: dict[str, PlacedLink] = {}
    for number, reading in ordered:
        before = sum(1 for piece in body if piece.page < number)
        own = sum(1 for piece in body if piece.page == number)
        dropped = len(reading.parts) - own
        for link in reading.related:
            after = before + max(link.after_part - dropped, 0)
            found.setdefault(link.url, PlacedLink(page=number, link=link, after=after))
    return tuple(found.values())


def _warnings(ordered: Sequence[tuple[int, PageReading]]) -> tuple[str, ...]:
    found = [
        warning if number == 1 else f"page {number}: {warning}"
        for number, reading in ordered
        for warning in reading.warnings
    ]
    last = ordered[-1]
    found += [
        f"page {number}: no pager; accepted as the last page"
        for number, reading in ordered
        if number > 1 and reading.pager.number is None
    ]
    if len({reading.captured_at.date() for _, reading in ordered}) > 2:
        found.append(f"the pages 1 to {last[0]} were captured on several days")
    return tuple(dict.fromkeys(found))
