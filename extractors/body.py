"""The body container of a portal with rules, as typed parts.

The walk is our own (`walk.py`), for a measured reason: on the first pages of the demo's 60 articles, with the
container cleaned as here, trafilatura 2.3.1 (favor_recall, no deduplication, minimal sizes 0) loses the
numbers of all 48 ordered list items, returns 5 paragraphs changed or not at all, and cannot tell a subhead in
bold from a paragraph. It is the engine for portals without rules (`fallback.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from extractors import skips
from extractors.article import Part, PartType, Photo, RelatedLink
from extractors.bylines import Byline, read_opening, read_openings
from extractors.datelines import read_dateline
from extractors.page import fold
from extractors.pictures import image_url, split_credit
from extractors.walk import Line, Picture, Run, is_dropped, walk_lines

_MAX_LINKS = 200
_LONGEST_SUBHEAD = 120
_LONGEST_RELATED = 250
_OPENING_LINES = 3
_CLOSING_LINES = 4
_SHORTEST_KNOWN, _LONGEST_KNOWN = 12, 600
_TELLING = 12
# ASCII characters that are neither letters nor digits.
_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
# One of these is in whatever `skips.RELATED_TAIL` finds: "juga", "pula", "selengkapnya", "selanjutnya" or a
# colon. Without s, k and i, which are also those of other alphabets where case is ignored.
_RELATING = ("juga", "pula", "apnya", "anjutnya", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the header has already said, so that the body does not say it again.

    `lines` are headline, kicker, captions, credits and bylines; `standfirst` may also be the article's own
    first paragraph, from which some newsrooms cut it.
    """

    lines: tuple[str, ...] = ()
    standfirst: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a container holds once everything that is not the article is taken out of it."""

    parts: tuple[Part, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    photos: tuple[Photo, ...] = ()
    bylines: tuple[Byline, ...] = ()
    based_on: tuple[str, ...] = ()
    abstract: tuple[str, ...] = ()
    incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What the page knows about addresses: their full form, and where they lead."""

    resolve: Callable[[str], str | None]
    is_article: Callable[[str], bool]
    is_own: Callable[[str], bool]
    is_here: Callable[[str], bool] = lambda _url: False
    """Whether an address is a page of this very article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a rule says of one container: what goes, boxes of related links, pictures with a caption that are
    no `figure` elements, and patterns of lines that go.
    """

    dropped: frozenset[HtmlElement] = frozenset()
    related: frozenset[HtmlElement] = frozenset()
    figures: frozenset[HtmlElement] = frozenset()
    drop_lines: tuple[re.Pattern[str], ...] = ()

    def drops(self, text: str) -> bool:
        """Whether a line's text is none of the article's."""
        line = fold(text)
        return any(pattern.fullmatch(line) for pattern in self.drop_lines)


@dataclass(slots=True)
class _Sorter:
    """Sorts the lines of a container into article, related links, bylines and the rest."""

    at: Addresses
    known: frozenset[str] = frozenset()
    known_starts: frozenset[str] = frozenset()
    """How what is known begins, at each length that the first letters of a line can have."""
    parts: list[Part] = field(default_factory=list)
    related: list[RelatedLink] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    bylines: list[Byline] = field(default_factory=list)
    based_on: list[str] = field(default_factory=list)
    abstract: list[str] = field(default_factory=list)
    pending: str | None = None
    held: Part | None = None
    in_box: bool = False
    in_summary: bool = False
    after_picture: bool = False
    alternatives: frozenset[str] = frozenset()
    urls: dict[str, str | None] = field(default_factory=dict)
    """Addresses by the links that lead there."""

    def sort(self, item: Line | Picture) -> None:
        if isinstance(item, Picture):
            self.picture(item)
            return
        runs = [run for run in item.runs if run.text]
        if not runs or self.is_summary(item, runs):
            return
        whole = " ".join([run.text for run in runs])
        if self.is_caption(item, whole) or self.is_origin(runs, whole):
            return
        self.after_picture = False
        runs = self.without_opening(item, runs)
        texts = [text for run in runs if (text := self.read(item, run, alone=len(runs) == 1))]
        if texts:
            self.keep(item, texts)

    def without_opening(self, item: Line, runs: list[Run]) -> list[Run]:
        """The runs without the bylines that open a body."""
        if len(self.parts) >= _OPENING_LINES or not _is_running(item.kind):
            return runs
        before = self.bylines[-1] if self.bylines and not self.parts else None
        bylines, rest = read_openings([run.text for run in runs], before)
        self.bylines += bylines
        return runs[len(runs) - len(rest) :]

    def read(self, item: Line, run: Run, *, alone: bool) -> str:
        """What of a run is article."""
        text = run.text
        label = skips.RELATED_LABEL.match(text)
        if self.is_known(text) or self.is_related(item, run, label):
            return ""
        if self.is_boxed(item, text, alone=alone):
            return ""
        self.pending, self.in_box = None, False
        self.release()
        return self.lifted(run, label)

    def is_known(self, text: str) -> bool:
        """Whether a line says again what the header has said. Most differ in their first letters."""
        if len(text) >= _LONGEST_KNOWN:
            return False
        return _letters(text[:_TELLING]) in self.known_starts and _letters(text) in self.known

    def is_related(self, item: Line, run: Run, label: re.Match[str] | None) -> bool:
        """A line of links to other articles, labelled or not; "Baca juga: TITLE" also without its link.
        `label` is the one that the run begins with.
        """
        links = _named_links(run)
        if not links and label is None and not item.related:
            return False
        text, rest = run.text, run.outside_links
        if label is not None:
            rest = skips.without_label(rest)
        only_links = bool(links) and skips.RELATED_REST.fullmatch(rest) is not None
        if only_links and self.all_here(links):
            return True
        if item.related or (label is not None and self.is_labelled(label, text, rest, links)):
            self.relate(links, _printed_label(links, text, label))
            self.pending, self.held = (text, self.soft(item, text)) if not links else (None, None)
            return True
        if only_links and (
            self.pending or self.in_box or skips.BULLET.match(text) or self.all_articles(links)
        ):
            if not self.in_box:
                self.relate(links, self.pending or _printed_label(links, text, label))
            self.held = None
            return True
        return False

    def is_labelled(self, label: re.Match[str], text: str, rest: str, links: list[tuple[str, str]]) -> bool:
        """Whether a line that begins like "Baca juga" is such a line, and no sentence."""
        after = text[label.end() :]
        if skips.RELATED_REST.fullmatch(after if not links else rest):
            return True
        if links:
            return ":" in label[0] and not skips.SENTENCE_END.search(rest)
        if len(text) >= _LONGEST_RELATED:
            return False
        sure = ":" in label[0] and (label["also"] is not None or not text.endswith("."))
        return sure or skips.looks_like_title(after)

    def soft(self, item: Line, text: str) -> Part | None:
        """ "Selengkapnya:" without a link, which may open a list of the article's own."""
        return Part(type=item.kind, text=text) if skips.SOFT_LABEL.fullmatch(text) else None

    def release(self) -> None:
        if self.held is not None:
            self.parts.append(self.held)
            self.held = None

    def resolve(self, href: str) -> str | None:
        if href not in self.urls:
            self.urls[href] = self.at.resolve(href)
        return self.urls[href]

    def all_articles(self, links: list[tuple[str, str]]) -> bool:
        urls = [self.resolve(href) for _, href in links[:_MAX_LINKS]]
        return all(url is not None and self.at.is_article(url) for url in urls)

    def all_here(self, links: list[tuple[str, str]]) -> bool:
        """A pager without its box: "1", "2", "Halaman selanjutnya"."""
        urls = [self.resolve(href) for _, href in links[:_MAX_LINKS]]
        return all(url is not None and self.at.is_here(url) for url in urls)

    def relate(self, links: list[tuple[str, str]], label: str | None) -> None:
        """Keep links to this network; a paid one to another domain is an advertisement."""
        for name, href in links[:_MAX_LINKS]:
            url = self.resolve(href)
            if url is not None and self.at.is_own(url) and not self.at.is_here(url):
                shown = skips.without_label(name) or name
                self.related.append(
                    RelatedLink(url=url, name=shown, label=label or None, after_part=len(self.parts))
                )

    def is_boxed(self, item: Line, text: str, *, alone: bool) -> bool:
        if skips.is_call(text) or (
            alone and item.kind is not PartType.TABLE_ROW and skips.is_navigation(text)
        ):
            self.in_box = True
            return True
        address = skips.ADDRESS.search(text) if skips.is_bare_address(text) else None
        if address is not None and self.at.is_own(address[0]):
            return True
        return skips.AUTHOR_NOTE.fullmatch(text) is not None

    def is_origin(self, runs: list[Run], whole: str) -> bool:
        """ "Artikel ini telah tayang di OUTLET dengan judul TITLE, LINK", on one line or several."""
        match = skips.BASED_ON.fullmatch(whole)
        if match is None:
            return False
        self.based_on.append(self.origin([link for run in runs for link in run.links], match))
        return True

    def origin(self, links: Iterable[tuple[str, str]], match: re.Match[str]) -> str:
        """Where the article first appeared: the link if there is one, else its title."""
        urls = [url for _, href in links if (url := self.resolve(href)) is not None]
        deep = [url for url in urls if url.rstrip("/").count("/") > 2]
        title = (match["title"] or "").strip(" \"“”'.,)]")
        printed = skips.ADDRESS.search(title)
        return next(iter(deep or urls), None) or (printed[0] if printed else None) or title or match["outlet"]

    def is_summary(self, item: Line, runs: list[Run]) -> bool:
        """The summary's bullets are an abstract: in their box, or under "Ringkasan Berita:"."""
        texts = [run.text for run in runs]
        if skips.SUMMARY_LABEL.fullmatch(texts[0]):
            self.in_summary = True
            texts = texts[1:]
        elif self.in_summary:
            self.in_summary = item.kind is PartType.LIST_ITEM or all(map(skips.SUMMARY_BULLET.match, texts))
        if not (item.summary or self.in_summary):
            return False
        self.abstract += [bullet for text in texts if (bullet := skips.SUMMARY_BULLET.sub("", text))]
        return True

    def is_caption(self, item: Line, text: str) -> bool:
        """A caption or credit printed as a line of its own, under a picture."""
        under = self.after_picture and (
            skips.CREDIT_LINE.fullmatch(text) is not None or _letters(text) in self.alternatives
        )
        if not (item.caption or under):
            return False
        if self.photos and self.photos[-1].caption is None:
            last = self.photos.pop()
            caption, credit = split_credit(text)
            label = skips.CREDIT_LABEL.match(text)
            if label is not None:
                caption, credit = None, text[label.end() :].strip(" ()")
            self.photos.append(
                Photo(content_url=last.content_url, caption=caption, credit_text=credit or last.credit_text)
            )
        return True

    def lifted(self, run: Run, label: re.Match[str] | None) -> str:
        """The text without "(Baca juga: TITLE)", without a label that follows or precedes its sentences,
        and without the note on where the article first appeared.
        """
        text = run.text
        if "(" in text or "[" in text:
            text = skips.INLINE_RELATED.sub(lambda match: self.lift(match[0], run), text)
        small = text.lower()
        origin = skips.search_tail(skips.BASED_ON_TAIL, text) if "tayang" in small else None
        if origin is not None:
            match = skips.BASED_ON.fullmatch(origin["note"])
            if match is not None:
                self.based_on.append(self.origin(run.links, match))
                text = text[: origin.start()]
        call = skips.search_tail(skips.PROMOTION_TAIL, text) if "*" in text else None
        text = text[: call.start()] if call is not None else text
        tail = (
            skips.search_tail(skips.RELATED_TAIL, text) if any(map(small.__contains__, _RELATING)) else None
        )
        if tail is not None and self.is_title(tail["title"], run):
            self.lift(tail[0], run)
            text = text[: tail.start()]
        head = label if text is run.text else skips.RELATED_LABEL.match(text)
        if head is not None:
            text = self.without_head(text, head, run)
        text = text.strip()
        return "" if skips.RELATED_REST.fullmatch(text) else text

    def is_title(self, title: str, run: Run) -> bool:
        """Whether a text is made of links to articles, or is no sentence."""
        names = [fold(name) for name, href in run.links[-_MAX_LINKS:] if not _is_tag(href)]
        for name in names:
            title = title.replace(name, "", 1)
        return skips.RELATED_REST.fullmatch(title) is not None or (
            not names and skips.looks_like_title(title)
        )

    def without_head(self, text: str, label: re.Match[str], run: Run) -> str:
        """ "Baca juga: TITLE Sentence." without what leads elsewhere."""
        links = _named_links(run)
        end = label.end()
        for name, _ in links:
            if not text.startswith(name, end):
                break
            end += len(name) + 1
        if end == label.end():
            return text
        self.lift(text[:end], run)
        return text[end:].lstrip(" .,|-–)]")

    def lift(self, removed: str, run: Run) -> str:
        """Take "(Baca: TITLE)" out of a sentence."""
        links = [(text, href) for name, href in run.links if (text := fold(name)) and text in removed]
        label = skips.RELATED_LABEL.match(removed.strip())
        self.relate(links, label[0].strip(" ([") if label else None)
        return ""

    def keep(self, item: Line, texts: list[str]) -> None:
        text, kind = "\n".join(texts), item.kind
        if kind is PartType.PARAGRAPH and _is_subhead(text) and item.bold_only:
            kind = PartType.HEADING
        self.parts.append(Part(type=kind, text=item.prefix + text))

    def picture(self, item: Picture) -> None:
        url = image_url(item.image, self.at.resolve)
        if url is None:
            return
        caption, credit = split_credit(" ".join(item.captions))
        self.photos.append(Photo(content_url=url, caption=caption, credit_text=credit))
        self.after_picture = True
        self.alternatives = frozenset(
            letters for name in ("alt", "title") if len(letters := _letters(item.image.get(name) or "")) > 8
        )


def _is_running(kind: PartType) -> bool:
    """Whether a byline can stand in a part of that kind."""
    return kind is PartType.PARAGRAPH or kind is PartType.HEADING


def _named_links(run: Run) -> list[tuple[str, str]]:
    """Texts and addresses of a run's links, without those that have no text and those to tags."""
    return [(text, href) for name, href in run.links if (text := fold(name)) and not _is_tag(href)]


def _printed_label(links: list[tuple[str, str]], text: str, label: re.Match[str] | None) -> str:
    """What a related line prints before its first link, or, inside the link, before the title."""
    start = text.find(links[0][0]) if links else -1
    if start > 0:
        return text[:start].strip(" ([")
    return label[0].strip(" ([") if label else ""


def _is_tag(href: str) -> bool:
    return "/tag/" in href or "/topic/" in href


def _letters(text: str) -> str:
    """A text as its letters and digits only, to compare what is printed twice."""
    small = text.casefold()
    if small.isascii():
        return small.encode("ascii").translate(None, _MARKS).decode("ascii")
    return "".join(filter(str.isalnum, small))


def _is_subhead(text: str) -> bool:
    return (
        len(text) <= _LONGEST_SUBHEAD
        and not text.endswith((".", "!", "?", ",", '"', "”", ";"))
        and len(text) > 2
    )


def read_body(
    containers: Iterable[HtmlElement],
    at: Addresses,
    *,
    known: Known | None = None,
    marked: Marked | None = None,
) -> Body:
    """The article in its container, or in several that follow one another. `marked` is what the portal's
    rule says of them.
    """
    marked = marked or Marked()
    walk = walk_lines(
        containers,
        (lambda node: node in marked.dropped or is_dropped(node)) if marked.dropped else is_dropped,
        related=marked.related,
        figures=marked.figures,
    )
    items = walk.lines
    if marked.drop_lines:
        items = [item for item in items if not (isinstance(item, Line) and marked.drops(item.text))]
    return sort_lines(items, at, known=known, incomplete=walk.incomplete)


def sort_lines(
    items: Iterable[Line | Picture],
    at: Addresses,
    *,
    known: Known | None = None,
    incomplete: bool = False,
) -> Body:
    """Lines of a container as an article, its pictures and related links."""
    known = known or Known()
    letters = frozenset(line for line in map(_letters, known.lines) if len(line) >= _SHORTEST_KNOWN)
    # Where case is folded, a letter becomes three at most.
    starts = frozenset(line[:length] for line in letters for length in range(3 * _TELLING + 1))
    sorter = _Sorter(at=at, known=letters, known_starts=starts)
    for item in items:
        sorter.sort(item)
    sorter.release()
    parts, closing = _without_closing(sorter.parts)
    return Body(
        parts=_without_standfirst(without_end_marks(parts), known.standfirst),
        related=tuple(sorter.related),
        photos=tuple(sorter.photos),
        bylines=(*sorter.bylines, *closing),
        based_on=tuple(sorter.based_on),
        abstract=tuple(sorter.abstract),
        incomplete=incomplete,
    )


def _without_closing(parts: list[Part]) -> tuple[list[Part], list[Byline]]:
    """The parts without the names that close an article: "Penulis: X", "Editor: Y", "Penulis adalah …"."""
    kept, bylines = list(parts), []
    for _ in range(_CLOSING_LINES):
        if len(kept) < 2 or not _is_running(kept[-1].type):
            break
        text = kept[-1].text
        if skips.CLOSING_NAMES.fullmatch(text):
            byline = read_opening(fold(text.replace("\n", " | ")))
            bylines += [byline] if byline is not None else []
        elif not (skips.CLOSING_NOTE.fullmatch(text) or skips.END_MARK.fullmatch(text)):
            break
        kept.pop()
    return kept, bylines[::-1]


def _without_standfirst(parts: tuple[Part, ...], standfirst: str | None) -> tuple[Part, ...]:
    """The parts without the standfirst above them. A first paragraph that equals it is the article's own
    unless it is set apart, or a dateline opens the next one: some newsrooms cut the one from the other.
    """
    if not standfirst or len(parts) < 2 or _letters(parts[0].text) != _letters(standfirst):
        return parts
    is_apart = parts[0].type is not PartType.PARAGRAPH
    if read_dateline(parts[0].text) is None and (is_apart or read_dateline(parts[1].text) is not None):
        return parts[1:]
    return parts


def without_end_marks(parts: list[Part]) -> tuple[Part, ...]:
    """The parts without marks that stand alone, and without the one that closes the last part."""
    kept = [
        part for part in parts if part.type is PartType.TABLE_ROW or not skips.END_MARK.fullmatch(part.text)
    ]
    if kept:
        kept[-1] = Part(type=kept[-1].type, text=skips.without_end_mark(kept[-1].text))
    return tuple(part for part in kept if part.text)
