"""Signals of quality: what can be counted in a record, as columns. Nothing is left out here.

Counting follows Gopher (Rae et al. 2021, arXiv:2112.11446, appendix A) and FineWeb (Penedo et al. 2024,
arXiv:2406.17557) where they have the signal; what they guess from line breaks, the record's `hasPart` says.
Their stop-word filters and their share of alphabetic words are left to `corpora.languages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"\w+(?:[-'’.,:/]\w+)*")
_FEW_DIGITS = 4
_BOILERPLATE = frozenset({"the body may hold lines that are not the article"})
_DOUBTS = (
    "no headline",
    "the page is nested too deeply or too long",
    "the canonical address is another article's",
    "incomplete: ",
    "the body has ",
    "the body holds ",
)
"""How the warnings begin that speak against the text; others are about dates and names."""
_PAGE = re.compile(r"page \d+: ")
_LISTED = frozenset({"listItem", "tableRow"})
_SENTENCE_END = (".", "!", "?", '"', "”", "’", "'", "…", ")", "»")
_SYMBOLS = re.compile(r"#|\.\.\.|…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Counts and shares, 0 to 1, of one record's text.

    Attributes:
        words: as the record counts them (`wordCount`).
        paragraphs: parts of the body of every kind.
        duplicate_paragraphs: share of the parts whose text stood there before (Gopher: paragraphs).
        duplicate_characters: share of the characters in such parts.
        list_likeness: share of the words in list items and table rows.
        heading_share: share of the words in headings.
        quote_share: share of the words in quotes.
        unended_paragraphs: share of the paragraphs that end without a mark (FineWeb: lines).
        short_paragraphs: share of the paragraphs with fewer than 30 characters (FineWeb: lines).
        digits: share of digits among the characters that are not blank.
        uppercase: share of capitals among the letters.
        symbols: `#` and ellipses for each word (Gopher).
        mean_word_length: characters in each word.
        boilerplate: parts that may be promotions or related links; the extraction counts them.
        doubts: warnings of the extraction that speak against the text.
        recall: share of the words of the page's own plain text that page 1's body has; None where it has
            none. On an article of several pages that text can be the whole article's.
        incomplete: pages are missing, or a page was cut.
        fallback: found without a portal's rules.
    """

    words: int
    paragraphs: int
    duplicate_paragraphs: float
    duplicate_characters: float
    list_likeness: float
    heading_share: float
    quote_share: float
    unended_paragraphs: float
    short_paragraphs: float
    digits: float
    uppercase: float
    symbols: float
    mean_word_length: float
    boilerplate: int
    doubts: int
    recall: float | None
    incomplete: bool
    fallback: bool


def measure(record: Mapping[str, object]) -> Signals:
    """The signals of one sidecar. What a record lacks counts as nothing."""
    parts = [(str(part.get("type")), str(part.get("text"))) for part in _mappings(record.get("hasPart"))]
    text = str(record.get("articleBody") or "")
    words = _WORD.findall(text)
    prose = [said for kind, said in parts if kind in {"paragraph", "quote"}]
    extraction = _mapping(record.get("extraction"))
    checks = _mapping(extraction.get("checks"))
    warnings = [_PAGE.sub("", str(warning), count=1) for warning in _list(extraction.get("warnings"))]
    copies = _repeated(said for _, said in parts)
    letters = sum(map(str.isalpha, text))
    return Signals(
        words=_whole(record.get("wordCount"), len(words)),
        paragraphs=len(parts),
        duplicate_paragraphs=_share(len(copies), len(parts)),
        duplicate_characters=_share(sum(map(len, copies)), sum(len(said) for _, said in parts)),
        list_likeness=_words_in(parts, _LISTED),
        heading_share=_words_in(parts, {"heading"}),
        quote_share=_words_in(parts, {"quote"}),
        unended_paragraphs=_share(
            sum(not said.rstrip().endswith(_SENTENCE_END) for said in prose), len(prose)
        ),
        short_paragraphs=_share(sum(len(said) < 30 for said in prose), len(prose)),
        digits=_share(sum(map(str.isdigit, text)), len(text) - sum(map(str.isspace, text))),
        uppercase=_share(sum(map(str.isupper, text)), letters),
        symbols=_share(len(_SYMBOLS.findall(text)), len(words)),
        mean_word_length=_share(sum(map(len, words)), len(words)),
        boilerplate=max(_whole(checks.get("leaks"), 0), sum(warning in _BOILERPLATE for warning in warnings)),
        doubts=sum(warning.startswith(_DOUBTS) for warning in warnings),
        recall=_number(checks.get("brandSafetyRecall")),
        incomplete=bool(_list(_mapping(record.get("pagination")).get("pagesMissing")))
        or checks.get("incomplete") is True,
        fallback=extraction.get("fallback") is True,
    )


def _repeated(texts: Iterable[str]) -> list[str]:
    """The texts that stood there before, whatever their case and blanks."""
    seen: set[str] = set()
    copies = []
    for text in texts:
        key = " ".join(text.casefold().split())
        if key in seen:
            copies.append(text)
        seen.add(key)
    return copies


def _words_in(parts: list[tuple[str, str]], kinds: Iterable[str]) -> float:
    wanted = frozenset(kinds)
    counts = [(kind, len(text.split())) for kind, text in parts]
    return _share(sum(count for kind, count in counts if kind in wanted), sum(count for _, count in counts))


def _share(part: float, whole: int) -> float:
    return round(part / whole, _FEW_DIGITS) if whole else 0.0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _whole(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
