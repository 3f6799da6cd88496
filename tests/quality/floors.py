"""The floors in `floors.json`: what each figure may not fall below, and the cases it was measured on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from tests.quality.figures import Figure

PATH = Path(__file__).with_name("floors.json")
_PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Floors of one set of cases, with the digest of the cases and their names."""

    digest: str = ""
    cases: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


def load(path: Path = PATH) -> dict[str, Floors]:
    """The floors by the name of their set; empty without a file."""
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Floors(digest=each["digest"], cases=tuple(each["cases"]), figures=each["figures"])
        for name, each in kept.items()
    }


def save(floors: Mapping[str, Floors], path: Path = PATH) -> None:
    plain = {
        name: {"digest": each.digest, "figures": dict(each.figures), "cases": list(each.cases)}
        for name, each in floors.items()
    }
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def digest(cases: Mapping[str, str]) -> str:
    """One digest of all cases: of their names, pages and truths."""
    lines = "\n".join(f"{name} {value}" for name, value in sorted(cases.items()))
    return sha256(lines.encode()).hexdigest()[:32]


def findings(floors: Floors, figures: Iterable[Figure], cases: Mapping[str, str]) -> list[str]:
    """What is wrong: figures below their floors, floors without a figure, and changed cases."""
    measured = {figure.name: figure for figure in figures if not figure.peer}
    found = [fall for name, figure in measured.items() if (fall := _fall(floors, figure))]
    found += [
        f"{name}: it has a floor and is no longer measured" for name in floors.figures.keys() - measured
    ]
    found += [
        f"{name}: it has no floor; `--record` gives it one" for name in measured.keys() - floors.figures
    ]
    if digest(cases) != floors.digest:
        found.append(_change(floors, cases))
    return found


def _fall(floors: Floors, figure: Figure) -> str | None:
    floor = floors.figures.get(figure.name)
    if floor is None or not figure.is_worse_than(floor):
        return None
    shown = replace(figure, value=floor).shown()
    if figure.fewer:
        return f"{figure.name}: rose from {shown} to {figure.shown()}"
    return f"{figure.name}: fell by {floor - figure.value:.4f}, from {shown} to {figure.shown()}"


def _change(floors: Floors, cases: Mapping[str, str]) -> str:
    gone, new = missing(floors, cases), cases.keys() - set(floors.cases)
    counts = f"{len(gone)} gone, {len(new)} new" if gone or new else "their content differs"
    return f"the cases changed ({counts}); look at the figures, then `--record`" + (
        " `--lower`" if gone else ""
    )


def missing(floors: Floors, cases: Mapping[str, str]) -> list[str]:
    """The cases that the floors were measured on and that are gone."""
    return [name for name in floors.cases if name not in cases]


def recorded(floors: Floors, figures: Iterable[Figure], cases: Mapping[str, str], *, lower: bool) -> Floors:
    """The floors after recording: raised to what was measured; lowered only when that is asked for."""
    kept = {} if lower else dict(floors.figures)
    for figure in figures:
        if not figure.peer:
            floor = kept.get(figure.name)
            if floor is None or not figure.is_worse_than(floor):
                kept[figure.name] = _rounded(figure)
    return Floors(digest=digest(cases), cases=tuple(sorted(cases)), figures=kept)


def _rounded(figure: Figure) -> float:
    """Four places, downwards: a floor that is rounded up would fail the very run that recorded it."""
    return figure.value if figure.fewer else int(figure.value * 10**_PLACES) / 10**_PLACES
