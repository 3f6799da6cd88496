"""What a second reading changed, field by field, against the sidecars that stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

_SHOWN = 60
_BEFORE = 12


@dataclass(frozen=True, slots=True)
class Example:
    """One sidecar's field before and after, shortened to where the two part."""

    url: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class FieldChanges:
    """How many sidecars say something else in this field, with some of them."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class Differences:
    """The fields that differ, counted; of each at most `most` examples."""

    most: int = 3
    fields: dict[str, FieldChanges] = field(default_factory=dict)

    def add(self, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                self._add(name, str(after.get("url")), before.get(name), after.get(name))

    def add_unreadable(self, url: str) -> None:
        """The sidecar that stands cannot be read."""
        self._add("(unreadable)", url, None, None)

    def _add(self, name: str, url: str, before: object, after: object) -> None:
        changes = self.fields.setdefault(name, FieldChanges())
        changes.count += 1
        if len(changes.examples) < self.most:
            changes.examples.append(Example(url, *shortened(before, after)))

    def most_common(self) -> list[tuple[str, FieldChanges]]:
        return sorted(self.fields.items(), key=lambda item: (-item[1].count, item[0]))

    def as_plain(self) -> dict[str, object]:
        """For machines."""
        return {
            name: {
                "count": changes.count,
                "examples": [
                    {"url": one.url, "before": one.before, "after": one.after} for one in changes.examples
                ],
            }
            for name, changes in self.most_common()
        }


def shortened(before: object, after: object) -> tuple[str | None, str | None]:
    """Two values as one line each, from a little before the place where they part; None for no value."""
    one, other = _line(before), _line(after)
    start = 0
    if one is not None and other is not None:
        shared = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
        parting = shared if shared is not None else min(len(one), len(other))
        start = parting - _BEFORE if parting + _BEFORE > _SHOWN else 0
    return _cut(one, start), _cut(other, start)


def _line(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())


def _cut(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    piece = text[start : start + _SHOWN]
    return ("…" if start else "") + piece + ("…" if start + _SHOWN < len(text) else "")
