"""The values of the demo newsroom: a site, an article with everything that is true about it, its page blocks.

They carry more than any one page shows, so that the pages (markup) and the expected record (truth) are two
views of one value and cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeAlias

Era: TypeAlias = Literal[2020, 2024, 2026]
PartType: TypeAlias = Literal["paragraph", "heading", "listItem", "tableRow", "quote"]
BylinePlace: TypeAlias = Literal["after", "under"]
BylineStyle: TypeAlias = Literal["lines", "one-line", "pipe", "none"]
RelatedStyle: TypeAlias = Literal["baca", "plain", "bold", "parenthesis", "bullet", "baca-bullet", "span"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One host of a network as its pages present it. `offset` is in hours east of UTC, `zone` as printed."""

    host: str
    brand: str
    outlet: str
    dateline_brand: str
    province: str
    zone: str = "WIB"
    offset: int = 7
    scheme: str = "http"
    image_root: str | None = None
    publisher: str = "Kabar Nusa"
    prints_zone: bool = False
    strip: str = "Kabar lebih cepat lewat aplikasi NusaX"
    network: tuple[tuple[str, str], ...] = ()
    sections: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def images(self) -> str:
        return self.image_root or self.root

    @property
    def tz(self) -> timezone:
        return timezone(timedelta(hours=self.offset), self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person, or an outlet, with the link the page gives it."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPhoto:
    url: str
    credit: str | None
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """`text` is what belongs to the body; `mark` is an end mark printed after it that does not.

    `strong` is the beginning that is printed bold, `tags` are words linked to tag pages.
    """

    text: str
    strong: str = ""
    tags: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str
    tag: Literal["h2", "h3", "strong"] = "h2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    texts: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A "Baca juga" line inside the body; a `paid` one leads to an advertiser, not to an article."""

    label: str
    name: str
    url: str
    style: RelatedStyle
    paid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture inside the body; its credit is printed in brackets at the end of the caption."""

    photo: DemoPhoto


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A line that stands in the body container and is not the article; `html` when it is not a plain line."""

    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box that the portal pushes between two paragraphs."""

    title: str
    links: tuple[tuple[str, str], ...] = ()


Block: TypeAlias = Paragraph | Heading | Items | Table | Quote | Related | Figure | Stray | Box


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPart:
    page: int
    type: PartType
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLink:
    """A related link with its page and the number of the article's parts that stand before it."""

    url: str
    name: str
    label: str
    page: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """Everything that is true about an article, and the few choices of how its pages print it.

    `json_ld_offset` is the zone that the page's JSON-LD claims, in hours: a trap where it differs from the
    printed one. `pager_on_last` False leaves the pager off the last page. `safety_text` says whose text the
    script variable of the 2024 pages holds.
    """

    site: Site
    era: Era
    path: str
    article_id: int
    headline: str
    standfirst: str
    sections: tuple[str, ...]
    keywords: tuple[str, ...]
    published: datetime
    modified: datetime
    printed: str
    pages: tuple[tuple[Block, ...], ...]
    lead: DemoPhoto | None = None
    kicker: str | None = None
    abstract: tuple[str, ...] = ()
    authors: tuple[Named, ...] = ()
    printed_writers: str | None = None
    editors: tuple[Named, ...] = ()
    contributors: tuple[str, ...] = ()
    source: Named | None = None
    byline_style: BylineStyle = "lines"
    dateline: str | None = None
    place: str | None = None
    based_on: tuple[str, ...] = ()
    free: bool = True
    json_ld_offset: int | None = None
    pager_on_last: bool = True
    safety_text: Literal["page", "all"] = "page"
    recommended: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        return self.site.root + self.path

    @property
    def host(self) -> str:
        return self.site.host

    @property
    def page_count(self) -> int:
        return len(self.pages)

    @property
    def byline(self) -> str | None:
        """The byline as printed, on one line."""
        writer = f"Penulis: {self.printed_writers}" if self.printed_writers else ""
        editor = f"Editor: {self.editors[0].name}" if self.editors else ""
        return " | ".join(filter(None, (writer, editor))) or None

    @property
    def figures(self) -> tuple[DemoPhoto, ...]:
        return tuple(block.photo for page in self.pages for block in page if isinstance(block, Figure))

    @property
    def photos(self) -> tuple[DemoPhoto, ...]:
        return ((self.lead,) if self.lead else ()) + self.figures


def block_parts(block: Block) -> tuple[tuple[PartType, str], ...]:
    """What a block contributes to the article's body."""
    match block:
        case Paragraph(text=text):
            return (("paragraph", text),)
        case Heading(text=text):
            return (("heading", text),)
        case Items(texts=texts, ordered=ordered):
            marks = (f"{number}. " if ordered else "" for number in range(1, len(texts) + 1))
            return tuple(("listItem", mark + text) for mark, text in zip(marks, texts, strict=True))
        case Table(rows=rows):
            return tuple(("tableRow", " | ".join(cells)) for cells in rows)
        case Quote(text=text):
            return (("quote", text),)
        case _:
            return ()


def parts_of(article: DemoArticle) -> tuple[DemoPart, ...]:
    """The body's parts over all pages, in order; white space folded, as pages print no-break spaces."""
    return tuple(
        DemoPart(page=number, type=kind, text=" ".join(text.split()))
        for number, page in enumerate(article.pages, start=1)
        for block in page
        for kind, text in block_parts(block)
    )


def links_of(article: DemoArticle) -> tuple[DemoLink, ...]:
    """The related links of the body over all pages; advertisers' links are left out."""
    found: list[DemoLink] = []
    before = 0
    for number, page in enumerate(article.pages, start=1):
        for block in page:
            before += len(block_parts(block))
            if isinstance(block, Related) and not block.paid:
                found.append(
                    DemoLink(url=block.url, name=block.name, label=block.label, page=number, after=before)
                )
    return tuple(found)
