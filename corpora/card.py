"""The dataset card of an export for `datasets`: README.md with a YAML header, in the shape of the Hub.

It says what is there, how it was made, what is known to be missing, and what the portals said of the use of
their texts. Nothing in it depends on when or where it was written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpora.columns import Column, Kind
from corpora.plan import Gap
from corpora.progress import Counts, Shard

_MOST_ROWS = 50
"""Lines of one table; what has fewer articles than these is summed up."""
_FEATURES: Mapping[Kind, str] = {
    Kind.TEXT: "string",
    Kind.WHOLE: "int64",
    Kind.NUMBER: "float64",
    Kind.FLAG: "bool",
}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the papers of an export tell."""

    name: str
    contact: str | None
    software: str
    options: Mapping[str, object]
    columns: Sequence[Column]
    shards: Sequence[Shard]
    counts: Counts
    gaps: Sequence[Gap]

    @property
    def rows_of(self) -> dict[str, int]:
        """Rows of each split that has some, or of the only one."""
        found: dict[str, int] = {}
        for shard in self.shards:
            found[shard.split] = found.get(shard.split, 0) + shard.rows
        return found


def text_of(facts: Facts) -> str:
    parts = [_header(facts), *_body(facts)]
    return "\n".join(parts)


def _header(facts: Facts) -> str:
    """The YAML that `datasets` and the Hub read. Strings are JSON's, which YAML takes."""
    lines = ["---", f"pretty_name: {_quoted(facts.name)}", "license: other", "license_name: see-card"]
    languages = sorted(code for code in facts.counts.languages if code != "und")
    lines += ["language:", *(f"- {code}" for code in languages)] if languages else []
    lines += ["task_categories:", "- text-generation", "size_categories:", f"- {_size(facts.counts.rows)}"]
    lines += ["tags:", "- news", "- croissant", "configs:", "- config_name: default", "  data_files:"]
    for split in facts.rows_of:
        lines += [f"  - split: {split}", f"    path: data/{split}-*.parquet"]
    lines += ["dataset_info:", "  features:"]
    for column in facts.columns:
        lines.append(f"  - name: {column.name}")
        lines.append(
            f"    {'list: string' if column.kind is Kind.TEXTS else 'dtype: ' + _FEATURES[column.kind]}"
        )
    lines.append("  splits:")
    for split, rows in facts.rows_of.items():
        size = sum(shard.bytes for shard in facts.shards if shard.split == split)
        lines += [f"  - name: {split}", f"    num_bytes: {size}", f"    num_examples: {rows}"]
    return "\n".join([*lines, "---", ""])


def _size(rows: int) -> str:
    return next((name for most, name in _SIZES if rows < most), "n>100M")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _body(facts: Facts) -> Iterable[str]:
    counts = facts.counts
    yield f"# {facts.name}\n"
    yield (
        f"{counts.rows:,} articles of Indonesian news portals, {counts.words:,} words, exported with "
        f"{facts.software}. Each row says in which WARC file, at which byte and under which record id the "
        "page that it was made from is archived.\n"
    )
    yield "## What is in it\n"
    yield from _table("host", counts.hosts)
    yield from _table("year of publication", counts.years)
    yield from _table("section", counts.sections)
    yield from _table("language", counts.languages)
    yield from _splits(facts)
    yield "## Fields\n"
    yield "| field | type | meaning |\n|---|---|---|"
    for column in facts.columns:
        kind = "list of string" if column.kind is Kind.TEXTS else _FEATURES[column.kind]
        yield f"| `{column.name}` | {kind} | {column.told} |"
    yield "\n## How it was made\n"
    yield (
        "Kliping crawled the portals, archived every answer in WARC files, joined the pages of each article and "
        "took its text by rules for each portal; nothing was rewritten. This export was made with:\n"
    )
    yield "```json\n" + json.dumps(facts.options, indent=2, ensure_ascii=False) + "\n```\n"
    yield from _left_out(counts)
    yield "## Known gaps\n"
    yield from _gaps(facts.gaps)
    yield "## Rights\n"
    yield from _rights(facts)
    yield "## Removal\n"
    yield from _removal(facts)


def _table(title: str, counts: Counter[str]) -> Iterable[str]:
    yield f"| {title} | articles |\n|---|---:|"
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if title.startswith("year"):
        ranked = sorted(counts.items())
    for name, count in ranked[:_MOST_ROWS]:
        yield f"| {_cell(name)} | {count:,} |"
    if rest := ranked[_MOST_ROWS:]:
        yield f"| {len(rest):,} others | {sum(count for _, count in rest):,} |"
    yield ""


def _cell(text: str) -> str:
    """What a portal printed, in a table's cell: no mark-up of it counts."""
    safe = "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+!|" else letter for letter in text)
    return " ".join(safe.split()) or " "


def _splits(facts: Facts) -> Iterable[str]:
    rows = facts.rows_of
    if set(rows) == {""}:
        return
    yield "| split | articles |\n|---|---:|"
    for split, count in rows.items():
        yield f"| {split} | {count:,} |"
    yield (
        "\nAbout nine articles in ten are for training, one in twenty each for validation and test, by a hash of "
        "`story_cluster`: copies of one story never stand in two splits.\n"
    )


def _left_out(counts: Counts) -> Iterable[str]:
    left_out = {reason: count for reason, count in sorted(counts.left_out.items()) if count}
    if not left_out:
        yield "Nothing was left out.\n"
        return
    yield "Left out:\n"
    yield "| reason | articles |\n|---|---:|"
    for reason, count in left_out.items():
        yield f"| {reason} | {count:,} |"
    yield ""
    if counts.masked:
        yield (
            "Masked in the texts: "
            + ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.masked.items()))
            + ".\n"
        )


def _gaps(gaps: Sequence[Gap]) -> Iterable[str]:
    if not gaps:
        yield (
            "The coverage ledger knows of no day that was asked for and is not complete. Days that nobody asked "
            "for are not in it.\n"
        )
        return
    yield (
        "Days that were asked for and are not complete: `missing` means that the portal's list for the day was not "
        "read to its end, `partial` that articles it named are still to be fetched.\n"
    )
    yield "| host | section | state | days | first | last |\n|---|---|---|---:|---|---|"
    for gap in gaps:
        section = _cell(gap.section) if gap.section else "all"
        yield f"| {gap.host} | {section} | {gap.state} | {gap.days:,} | {gap.first} | {gap.last} |"
    yield ""


def _rights(facts: Facts) -> Iterable[str]:
    yield (
        "The texts belong to their publishers. `license_signal` sums up what a portal said of the use of its texts "
        "by machines (robots.txt, headers, the page) when the page was captured; it is a reading aid and no legal "
        "finding, and silence is no permission.\n"
    )
    yield "| license\\_signal | articles |\n|---|---:|"
    for name, count in sorted(facts.counts.licenses.items()):
        yield f"| {'null: nothing was said' if name == 'none' else name} | {count:,} |"
    yield ""


def _removal(facts: Facts) -> Iterable[str]:
    if facts.contact:
        yield (
            f"To have an article removed write to {facts.contact} and name its `url` or `id`. Removed articles "
            "are left out of every later export.\n"
        )
    else:
        yield "The collection names no contact. Whoever hands this dataset on should name one here.\n"
