"""Other corpora's columns: what of ours they are, so that a pipeline that was made for them reads an export.

Their columns come first, in their order; what they have no name for follows under ours, so the thread back to
the archived bytes stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from corpora.columns import COLUMNS, Article, Column, Kind, Value, mapping_of, mappings_of, text_of

_OURS = {column.name: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Preset:
    """Which of our columns another corpus has under which name, and what is found for it alone.

    `renamed` maps their names to ours, or to a column of their own; `aside` gives one of our columns
    another name where theirs means something else.
    """

    told: str
    renamed: Mapping[str, str | Column]
    aside: Mapping[str, str]

    @property
    def columns(self) -> tuple[Column, ...]:
        theirs = tuple(
            replace(_OURS[ours], name=name) if isinstance(ours, str) else ours
            for name, ours in self.renamed.items()
        )
        used = {ours for ours in self.renamed.values() if isinstance(ours, str)}
        rest = (column for column in COLUMNS if column.name not in used)
        return (*theirs, *(replace(one, name=self.aside.get(one.name, one.name)) for one in rest))


@cache
def columns_of(preset: str | None) -> tuple[Column, ...]:
    return COLUMNS if preset is None else PRESETS[preset].columns


def _own(name: str, told: str, find: Callable[[Article], Value], kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, told, find)


def _collection(article: Article) -> Value:
    return text_of(mapping_of(article.record.get("archive")).get("collection"))


def _picture(article: Article) -> Value:
    pictures = mappings_of(article.record.get("image"))
    return text_of(pictures[0].get("contentUrl")) if pictures else None


PRESETS: Mapping[str, Preset] = {
    "fineweb": Preset(
        "HuggingFaceFW/fineweb",
        {
            "text": "text",
            "id": "id",
            "dump": _own("dump", "name of the collection", _collection),
            "url": "url",
            "date": "captured",
            "file_path": "warc_file",
            "language": "language",
            "language_score": "language_score",
            "token_count": _own(
                "token_count", "null: words are counted, not tokens", lambda _: None, Kind.WHOLE
            ),
        },
        {},
    ),
    "culturax": Preset(
        "uonlp/CulturaX",
        {
            "text": "text",
            "timestamp": "captured",
            "url": "url",
            "source": _own("source", "name of the collection", _collection),
        },
        {"source": "source_organization"},
    ),
    "cc-news": Preset(
        "vblagoje/cc_news",
        {
            "title": "title",
            "text": "text",
            "domain": "host",
            "date": "published",
            "description": "summary",
            "url": "url",
            "image_url": _own("image_url", "address of the first photo", _picture),
        },
        {},
    ),
    "id_newspapers_2018": Preset(
        "community-datasets/id_newspapers_2018",
        {"id": "id", "url": "url", "date": "published", "title": "title", "content": "text"},
        {},
    ),
}
