"""The columns of an export, one row for each article version, and how each is found in its sidecar.

Values have the same words in every format. Instants stay text with the zone that they were printed with, so
that the day is the day there; what a page does not give is null, never guessed. Characters that are no text
(half a surrogate pair, NUL) become U+FFFD.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from urllib.parse import urlsplit

from corpora.cleaning import reasons
from corpora.languages import Language
from corpora.signals import Signals

Value = str | int | float | bool | list[str] | None
Row = tuple[Value, ...]

_NO_TEXT = re.compile("[\ud800-\udfff\x00]")
_MOST = (1 << 63) - 1
"""The largest whole number that every reader has room for."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    TEXTS = "texts"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Everything that a row is made from: the sidecar and what was found out about it."""

    record: Mapping[str, object]
    text: str
    host: str
    province: str | None
    language: Language
    signals: Signals
    near: str
    story: str
    first_publisher: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, what it holds, what it means, and how its value is found."""

    name: str
    kind: Kind
    told: str
    find: Callable[[Article], Value]


def text_of(value: object) -> str | None:
    """A text as every reader can take it; None for anything else, and for nothing."""
    if not isinstance(value, str) or not value:
        return None
    return value if value.isascii() and "\x00" not in value else _NO_TEXT.sub("\ufffd", value)


def mapping_of(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def mappings_of(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts_of(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := text_of(item))]


def whole_of(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -_MOST <= value <= _MOST else None


def number_of(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def host_of(url: object) -> str:
    """The host of an address in small letters; empty where it has none."""
    try:
        return (urlsplit(str(url)).hostname or "").rstrip(".")
    except ValueError:
        return ""


def sections_of(record: Mapping[str, object]) -> list[str]:
    return texts_of(record.get("articleSection"))


def _names(field: str) -> Callable[[Article], Value]:
    return lambda article: [
        name for item in mappings_of(article.record.get(field)) if (name := text_of(item.get("name")))
    ]


def _text(field: str, inner: str | None = None) -> Callable[[Article], Value]:
    if inner is None:
        return lambda article: text_of(article.record.get(field))
    return lambda article: text_of(mapping_of(article.record.get(field)).get(inner))


def page_1(record: Mapping[str, object]) -> Mapping[str, object]:
    pages = mappings_of(mapping_of(record.get("archive")).get("pages"))
    return pages[0] if pages else {}


def _of_page_1(field: str, read: Callable[[object], Value]) -> Callable[[Article], Value]:
    return lambda article: read(page_1(article.record).get(field))


def _summary(article: Article) -> str | None:
    """The standfirst, then the points of the summary box, a line each."""
    found = [*texts_of(article.record.get("description")), *texts_of(article.record.get("abstract"))]
    return "\n".join(found) or None


def _photo_credits(article: Article) -> list[str]:
    return texts_of(
        list(dict.fromkeys(image.get("creditText") for image in mappings_of(article.record.get("image"))
                           if isinstance(image.get("creditText"), str)))
    )  # fmt: skip


def _is_complete(article: Article) -> bool:
    """All pages that the article has are there, and none of them was cut."""
    pages = mappings_of(mapping_of(article.record.get("archive")).get("pages"))
    missing = mapping_of(article.record.get("pagination")).get("pagesMissing")
    return not missing and not any("truncated" in page for page in pages)


def _signal(name: str) -> Callable[[Article], Value]:
    def find(article: Article) -> Value:
        value = getattr(article.signals, name)
        if isinstance(value, bool):
            return value
        return whole_of(value) if isinstance(value, int) else number_of(value)

    return find


_SIGNAL_KINDS = {
    "int": Kind.WHOLE,
    "float": Kind.NUMBER,
    "float | None": Kind.NUMBER,
    "bool": Kind.FLAG,
}


_SIGNALS_TOLD = {
    "words": "words of the text",
    "paragraphs": "parts of the body of every kind",
    "duplicate_paragraphs": "share of the parts whose text stood there before",
    "duplicate_characters": "share of the characters in such parts",
    "list_likeness": "share of the words in list items and table rows",
    "heading_share": "share of the words in headings",
    "quote_share": "share of the words in quotes",
    "unended_paragraphs": "share of the paragraphs without a mark at their end",
    "short_paragraphs": "share of the paragraphs with fewer than 30 characters",
    "digits": "share of digits among the characters that are not blank",
    "uppercase": "share of capitals among the letters",
    "symbols": "number signs and ellipses for each word",
    "mean_word_length": "characters in each word",
    "boilerplate": "parts of the body that look like promotions or related links",
    "doubts": "warnings of the extraction that speak against the text",
    "recall": "share of the words of the page's own plain text that the text has; null where the page has none",
    "incomplete": "pages are missing, or a page was cut",
    "fallback": "the text was found without rules for the portal",
}
"""Told on the dataset card, where docs/cleaning.md is not at hand."""


def _signals() -> tuple[Column, ...]:
    return tuple(
        Column(
            f"signal_{item.name}",
            _SIGNAL_KINDS[str(item.type)],
            _SIGNALS_TOLD[item.name],
            _signal(item.name),
        )
        for item in fields(Signals)
    )


COLUMNS: tuple[Column, ...] = (
    Column("id", Kind.TEXT, "name of the article, made of its address: the same in every export and for all versions",
           _text("identifier")),
    Column("text", Kind.TEXT, "the article's text, paragraphs parted by a blank line", lambda article: article.text),
    Column("title", Kind.TEXT, "headline", _text("headline")),
    Column("url", Kind.TEXT, "canonical address", _text("url")),
    Column("host", Kind.TEXT, "host of the address", lambda article: text_of(article.host)),
    Column("portal", Kind.TEXT, "portal by whose rules the page was read", _text("extraction", "portal")),
    Column("province", Kind.TEXT, "province that the host reports from; null for national hosts",
           lambda article: article.province),
    Column("section", Kind.TEXT, "section, as the portal names it; several are parted by ` / `",
           lambda article: " / ".join(sections_of(article.record)) or None),
    Column("authors", Kind.TEXTS, "names as printed", _names("author")),
    Column("editors", Kind.TEXTS, "names as printed", _names("editor")),
    Column("source", Kind.TEXT, "whom the portal names as the text's source", _text("sourceOrganization", "name")),
    Column("dateline", Kind.TEXT, "as printed", _text("dateline")),
    Column("place", Kind.TEXT, "place of the dateline", _text("locationCreated", "name")),
    Column("published", Kind.TEXT, "ISO 8601 with the zone of the host", _text("datePublished")),
    Column("modified", Kind.TEXT, "the same for the portal's last change", _text("dateModified")),
    Column("tags", Kind.TEXTS, "keywords", lambda article: texts_of(article.record.get("keywords"))),
    Column("summary", Kind.TEXT, "standfirst and summary box, a line for each point", _summary),
    Column("photo_credits", Kind.TEXTS, "credits of the photos", _photo_credits),
    Column("language", Kind.TEXT, "id, ace, jv, su, min, ms, en, or und where it cannot be told",
           lambda article: article.language.code),
    Column("language_score", Kind.NUMBER, "how sure that is, 0 to 1", lambda article: article.language.score),
    Column("word_count", Kind.WHOLE, "words of the text", lambda article: whole_of(article.record.get("wordCount"))),
    Column("pages", Kind.WHOLE, "pages that the article has",
           lambda article: whole_of(mapping_of(article.record.get("pagination")).get("pageCount"))),
    Column("complete", Kind.FLAG, "all pages are there, and none was cut", _is_complete),
    Column("version", Kind.WHOLE, "1, and one more for each edit of the portal's that was seen",
           lambda article: whole_of(mapping_of(article.record.get("version")).get("number"))),
    Column("captured", Kind.TEXT, "when page 1 was captured, UTC", _of_page_1("fetchedAt", text_of)),
    Column("warc_file", Kind.TEXT, "WARC file with page 1", _of_page_1("warcFile", text_of)),
    Column("warc_offset", Kind.WHOLE, "byte at which its record begins there", _of_page_1("warcOffset", whole_of)),
    Column("warc_record_id", Kind.TEXT, "WARC-Record-ID", _of_page_1("warcRecordId", text_of)),
    Column("content_hash", Kind.TEXT, "SHA-256 of the text before masking", _text("contentHash")),
    Column("near_dup_cluster", Kind.TEXT, "id of the earliest article with nearly the same text; its own if none",
           lambda article: article.near),
    Column("story_cluster", Kind.TEXT, "id of the earliest article of the story that this one repeats; its own if none",
           lambda article: article.story),
    Column("license_signal", Kind.TEXT, "what the portal said of use by machines: reserved, permitted, mentioned, or null",
           _text("usageInfo", "aiUse")),
    Column("extractor_version", Kind.TEXT, "version of Kliping that made the text", _text("extraction", "version")),
    Column("first_publisher", Kind.TEXT, "who published the story first, as far as the collection shows",
           lambda article: text_of(article.first_publisher)),
    Column("clean_reasons", Kind.TEXTS, "thresholds of quality that the row fails; `kliping export --clean` leaves such rows out",
           lambda article: list(reasons(article.signals))),
    *_signals(),
)  # fmt: skip
"""In the order in which they are written."""
