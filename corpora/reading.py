"""From a sidecar to a row, or to the reason for leaving it out. Runs in worker processes too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from corpora import selection
from corpora.cleaning import reasons
from corpora.columns import Article, Row, host_of, mapping_of, sections_of, text_of, whole_of
from corpora.languages import detect
from corpora.masking import mask
from corpora.plan import Entry
from corpora.presets import columns_of
from corpora.selection import HostFacts, Selection
from corpora.signals import measure

_BASE32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
_SPARE_BITS = 4
"""52 characters of base32 hold 260 bits, a SHA-256 has 256."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands among its copies: ids of the earliest of them."""

    near: str
    story: str
    first_publisher: str | None = None
    is_copied: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A row, and what is counted of it."""

    row: Row
    words: int
    host: str
    year: str
    section: str
    language: str
    license: str
    masked: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How rows are made; the same for a whole export."""

    root: Path
    selection: Selection
    preset: str | None
    mask_pii: bool
    hosts: Mapping[str, HostFacts]


def read_all(recipe: Recipe, batch: Sequence[tuple[Entry, Place]]) -> list[Kept | str]:
    """For each version its row, or the reason why it is left out."""
    return [read(recipe, entry, place) for entry, place in batch]


def read(recipe: Recipe, entry: Entry, place: Place) -> Kept | str:
    record = _load(recipe.root / entry.sidecar, entry.digest)
    if isinstance(record, str):
        return record
    reason = recipe.selection.refuses_record(record)
    if reason is not None:
        return reason
    text = text_of(record.get("articleBody")) or ""
    language = detect(text)
    if recipe.selection.languages and language.code not in recipe.selection.languages:
        return selection.OTHER_LANGUAGE
    signals = measure(record)
    if recipe.selection.clean and (why := reasons(signals)):
        return selection.CLEANED + why[0]
    masked: Mapping[str, int] = {}
    if recipe.mask_pii:
        hidden = mask(text)
        text, masked = hidden.text, hidden.counts
    host = host_of(entry.address)
    facts = recipe.hosts.get(host)
    article = Article(
        record=record,
        text=text,
        host=host,
        province=facts.province if facts else None,
        language=language,
        signals=signals,
        near=place.near,
        story=place.story,
        first_publisher=place.first_publisher,
    )
    return Kept(
        row=tuple([column.find(article) for column in columns_of(recipe.preset)]),
        words=whole_of(record.get("wordCount")) or 0,
        host=host,
        year=selection.year_of(record.get("datePublished")),
        section=" / ".join(sections_of(record)) or "none",
        language=language.code,
        license=text_of(mapping_of(record.get("usageInfo")).get("aiUse")) or "none",
        masked=masked,
    )


def _load(path: Path, digest: str | None) -> Mapping[str, object] | str:
    """A sidecar, if it is there and still what the catalogue says that was written."""
    try:
        content = path.read_bytes()
        record = json.loads(content)
    except (OSError, ValueError, RecursionError):
        return selection.UNREADABLE
    if not isinstance(record, dict) or not all(
        isinstance(record.get(name), str) for name in ("identifier", "url", "articleBody")
    ):
        return selection.UNREADABLE
    return record if digest is None or is_digest_of(content, digest) else selection.ALTERED


def is_digest_of(content: bytes, digest: str) -> bool:
    """Whether this is the content's digest as `archives.warc` writes it, `sha256:` and base32.

    As numbers, because Python's base32 takes longer than all the rest.
    """
    name, _, value = digest.partition(":")
    if name != "sha256":
        return False
    try:
        told = int(value.rstrip("=").translate(_BASE32), 32)
    except ValueError:
        return False
    return told == int.from_bytes(sha256(content).digest(), "big") << _SPARE_BITS
