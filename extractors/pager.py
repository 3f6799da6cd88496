"""Which page of an article this is, how many there are, and whether a page may be believed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from lxml.html import HtmlElement

from extractors.article import Pager, PageReading
from extractors.page import fold

MAX_PAGES = 200
_TOTAL = re.compile(r"Halaman\s*:?\s*(\d{1,3})\s*(?:/|dari)\s*(\d{1,3})", re.IGNORECASE)
_TITLE_PAGE = re.compile(r"\s+[-–|]\s+Halaman\s+(\d{1,3}|all)(?=\s*$|\s+[-–|]\s)", re.IGNORECASE)
_CURRENT = frozenset({"active", "current", "pagecurrent", "selected", "on"})
_NEXT = re.compile(
    r"\W*(?:(?:baca\s+|ke\s+|lanjut\s+ke\s+)?(?:halaman\s+)?(?:selanjutnya|berikutnya)|next(?:\s+page)?)\W*|[»>]+",
    re.IGNORECASE,
)
_REL = re.compile(r"page-(\d{1,3})$")
# Share of a page's characters in paragraphs that page 1 has too, from which it is page 1 again.
_REPEATS = 0.6
# Share of the words that an edited headline keeps.
_SAME_WORDS = 0.5
_WORD = re.compile(r"\w+")


def read_pager(boxes: Iterable[HtmlElement], parameter: str = "page") -> Pager:
    """What the page's pager says, in the markup of any era; nothing when there is none.

    2020 to mid-2025: every page is listed, `#pagecurrent` is this one. From late 2025: "Halaman 1/2" and
    `a[rel=page-N]`, the current one `.active`. `parameter` is the one that carries the number in a link.
    """
    for box in boxes:
        total = _TOTAL.search(fold(" ".join(box.itertext())[:2000]))
        entries = [(entry, _number(entry, parameter)) for entry in _entries(box)]
        numbers = [number for _, number in entries if number is not None]
        current = next((number for entry, number in entries if number is not None and _is_here(entry)), None)
        if total is not None:
            return _pager(int(total[1]), int(total[2]))
        if numbers and (current is not None or len(set(numbers)) > 1):
            return _pager(current, max(numbers))
        following = next((page for link in box.iter("a") if (page := _next_page(link, parameter))), None)
        if following is not None:
            return _pager(following - 1, following)
    return Pager()


def _next_page(link: HtmlElement, parameter: str) -> int | None:
    """The page that a link "Halaman selanjutnya" leads to: where no other is listed, there are that many."""
    if _NEXT.fullmatch(fold(link.text_content()[:200])) is None:
        return None
    number = _query_page(link.get("href") or "", parameter)
    return number if number is not None and number > 1 else None


def _pager(number: int | None, count: int) -> Pager:
    """Numbers that contradict each other, such as page 7 of 2, are no statement."""
    if not 1 <= count <= MAX_PAGES or (number is not None and not 1 <= number <= count):
        return Pager()
    return Pager(number=number, count=count)


def _entries(box: HtmlElement) -> list[HtmlElement]:
    return list(box.iter("a", "span", "strong", "b", "li"))


def _is_here(entry: HtmlElement) -> bool:
    return is_current(entry) or _holds_no_link(entry)


def is_current(entry: HtmlElement) -> bool:
    """Whether the entry of a pager is marked as the page that one stands on."""
    names = {*(entry.get("class") or "").split(), entry.get("id") or ""}
    return bool(names & _CURRENT) or any(name.endswith("--active") for name in names)


def _holds_no_link(entry: HtmlElement) -> bool:
    """A number that leads nowhere is the page that one stands on."""
    return (
        entry.tag != "a"
        and next(entry.iter("a"), None) is None
        and next(entry.iterancestors("a"), None) is None
    )


def _number(entry: HtmlElement, parameter: str) -> int | None:
    """The page number that one entry of a pager stands for: its digits, else its link's."""
    text = fold(entry.text_content()[:200])
    if text.isdecimal() and len(text) < 4:
        return int(text)
    if entry.tag != "a" or _is_step(text):
        return None
    rel = _REL.match(entry.get("rel") or "")
    return int(rel[1]) if rel else _query_page(entry.get("href") or "", parameter)


def _is_step(text: str) -> bool:
    return text.lower().startswith(
        ("next", "prev", "selanjutnya", "sebelumnya", "halaman", "«", "»", "<", ">")
    )


def _query_page(link: str, parameter: str) -> int | None:
    try:
        value = parse_qs(urlsplit(link).query).get(parameter, [""])[0]
    except ValueError:
        return None
    return int(value) if value.isdecimal() and len(value) < 4 else None


def title_page(title: str) -> int | None:
    """The page number in a title such as "HEADLINE - Halaman 2 - BRAND"; 0 for "Halaman all"."""
    match = _TITLE_PAGE.search(title)
    if match is None:
        return None
    return 0 if match[1].lower() == "all" else int(match[1])


def without_page(title: str) -> str:
    """A title without its " - Halaman 2"."""
    return _TITLE_PAGE.sub("", title)


def believe(first: PageReading, candidate: PageReading, number: int) -> str | None:
    """None if `candidate` is page `number` of the article whose page 1 is `first`, else the reason why not.

    The pager is absent on the last page of some eras: there the count of page 1 has to agree.
    """
    if candidate.verdict.kind is not first.verdict.kind:
        return f"it is no article page: {candidate.verdict.kind.value}"
    said = candidate.pager.number
    if said is not None and said != number:
        return f"pager says {said}"
    if said is None and (reason := _doubt_without_pager(first, candidate, number)) is not None:
        return reason
    if _letters(first.headline) != _letters(candidate.headline) and not _is_edited(first, candidate):
        return "headline differs"
    if number != 1 and repeats(first, candidate):
        return "text repeats page 1"
    return None


def _is_edited(first: PageReading, candidate: PageReading) -> bool:
    """Whether a headline was changed between two captures: the page's own pager and canonical address say
    whose page it is, and most of the words are the same.
    """
    if (
        candidate.pager.number is None
        or candidate.canonical is None
        or candidate.canonical != first.canonical
    ):
        return False
    ours, theirs = (set(_WORD.findall((each.headline or "").casefold())) for each in (first, candidate))
    return len(ours & theirs) >= _SAME_WORDS * max(1, len(ours | theirs))


def _doubt_without_pager(first: PageReading, candidate: PageReading, number: int) -> str | None:
    titled = dict(candidate.checks).get("titlePage")
    if titled is not None and titled != number:
        return f"title says page {titled}"
    if number not in {1, first.pager.count}:
        return "no pager"
    return None


def repeats(first: PageReading, candidate: PageReading) -> bool:
    """Whether most of a page's text already stands on page 1."""
    known = {part.text for part in first.parts}
    lengths = [(len(part.text), part.text in known) for part in candidate.parts]
    total = sum(length for length, _ in lengths)
    return total > 0 and sum(length for length, again in lengths if again) >= _REPEATS * total


def _letters(headline: str | None) -> str:
    return "".join(letter for letter in without_page(headline or "").casefold() if letter.isalnum())
