"""Bylines: who wrote, edited and reported, from the lines of Indonesian newsrooms. Nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from extractors.article import Contributor
from extractors.names import (
    LONGEST_LINE,
    OUTLET,
    POSITION,
    ROLE,
    is_degree,
    looks_like_name,
    persons,
    same_name,
    split_names,
)

__all__ = ["Byline", "is_byline_label", "persons", "read_labelled", "read_opening", "read_openings"]

# What a label says about the names behind it: "author", "editor", "source", or the role of a contributor.
_LABELS = MappingProxyType(
    {
        label: role
        for role, labels in (
            ("author", "penulis|ditulis oleh|oleh|author|writer|content writer|writter|teks"),
            ("editor", "editor|penyunting|redaktur|disunting oleh"),
            ("source", "sumber|source"),
            ("reporter", "reporter|wartawan|wartawati|jurnalis|pewarta|laporan|peliput"),
            ("contributor", "kontributor"),
            ("correspondent", "koresponden"),
            ("citizen reporter", "citizen reporter"),
            ("photographer", "fotografer"),
            ("videographer", "videografer|video editor|editor video"),
            ("translator", "penerjemah"),
        )
        for label in labels.split("|")
    }
)
_LABEL_WORDS = "|".join(
    label.replace(" ", r"\s+") for label in sorted(_LABELS, key=lambda label: (-len(label), label))
)
_LABEL = re.compile(rf"(?<![\w/])(?P<label>{_LABEL_WORDS})(?:\s*[:：])+\s*", re.IGNORECASE)
# Inside an element that is a byline by its id, the colon can be missing.
_BARE_LABEL = re.compile(rf"\s*(?P<label>{_LABEL_WORDS})\s*(?:[:：]|[-–—](?=\s)|(?=\s))\s*", re.IGNORECASE)
_MERE_LABEL = re.compile(rf"\W*(?:{_LABEL_WORDS})\W*", re.IGNORECASE)

_ROLES = MappingProxyType({"kontributor": "contributor", "koresponden": "correspondent"})
_WRAPPING = " \t\n*_[]()|•"
_REPORT = re.compile(
    r"Laporan\s*:?\s+(?:langsung\s+|khusus\s+)?"
    rf"(?:(?P<role>(?:tim\s+)?(?:{ROLE})|tim)\b\s*)?(?:(?P<outlet>{OUTLET})(?=[\s,:|/-]|$))?"
    r"\s*[,:|/-]?\s*(?P<names>[^|\n]{0,150}?)\s*(?:(?:\||\s[Il](?=\s+[A-Z]))\s*(?P<place>[^|\n]{2,60}?))?\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s*,?\s+(?:melaporkan\s+)?(?:dari|di)\s+[A-Z][^,]{1,50}$")
_BY = re.compile(
    r"(?P<by>(?:Di(?:tulis|susun)\s+)?[Oo]leh\s*:|OLEH\s*:?|(?:Ditulis\s+)?[Oo]leh)\s+(?P<rest>\S[^\n]{1,250})"
)
_BY_TAIL = re.compile(r"\s*(?:\*+\s*\)|\*\)|\*+(?=\s|$)|\s[-–—|]\s+(?=\w)).*", re.DOTALL)
_SENTENCE = re.compile(
    r"\b(?:adalah|merupakan|mengatakan|yang|bahwa|akan|telah|karena|sebab|ini|itu|tersebut)\b"
)
_REGION = re.compile(r"(?:di\s|Kab(?:upaten|\.)|Kota\s|Biro\s)", re.IGNORECASE)
_LONGEST_POSITION = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """The people that one line names, by what they did."""

    text: str
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    source: str | None = None

    @property
    def names_nobody(self) -> bool:
        """Whether the line names neither a person nor a source."""
        return not (self.authors or self.editors or self.contributors or self.source)


def is_byline_label(text: str) -> bool:
    """Whether a text holds "Penulis:", "Editor:" or a label of their kind."""
    return _has_colon(text) and _LABEL.search(text[:LONGEST_LINE]) is not None


def _has_colon(text: str) -> bool:
    """Whether a label can stand in a text: the pattern tries each of its words at each letter."""
    return ":" in text or "：" in text


def begins_with_label(text: str) -> bool:
    """Whether a text begins with a label, with or without its colon."""
    return _BARE_LABEL.match(text + " ") is not None


def is_mere_label(text: str) -> bool:
    """Whether a text is a label and nothing else."""
    return _MERE_LABEL.fullmatch(text) is not None


def spell_label(text: str) -> str:
    """A label that only its element sets off ("Penulis", "Editor -"), with a colon."""
    return _BARE_LABEL.sub(r"\g<label>: ", text.strip() + " ", count=1)


def read_labelled(text: str, unlabelled: str | None = None) -> Byline:
    """ "Penulis: X | Editor: Y", on one line or several; a lone "|" names nobody. `unlabelled` says what the
    names before the first label did, in elements that are a byline by their place.
    """
    read = _read_labelled if len(text) <= LONGEST_LINE else _read_labelled.__wrapped__
    return read(text, unlabelled)


@lru_cache(maxsize=512)
def _read_labelled(text: str, unlabelled: str | None) -> Byline:
    """The pages of an article repeat its byline, and a newsroom has few editors."""
    found: dict[str, list[str]] = {}
    for role, names in _labelled_pieces(text[:LONGEST_LINE], unlabelled):
        found.setdefault(role, []).append(names)
    sources = (re.split(r"[|\n]", name)[0].strip(_WRAPPING + ",.;") for name in found.pop("source", ()))
    return Byline(
        text=text,
        authors=_people(found.pop("author", ())),
        editors=_people(found.pop("editor", ())),
        contributors=_contributors(found),
        source=next((name for name in sources if name), None),
    )


def _labelled_pieces(text: str, unlabelled: str | None) -> list[tuple[str, str]]:
    marks = list(_LABEL.finditer(text)) if _has_colon(text) else []
    starts = [mark.start() for mark in marks]
    pieces = [
        (_role(mark["label"]), text[mark.end() : end])
        for mark, end in zip(marks, [*starts[1:], len(text)], strict=False)
    ]
    opening = text[: starts[0]] if starts else text
    if unlabelled is None:
        return pieces
    label = _BARE_LABEL.match(opening)
    role = _role(label["label"]) if label is not None else unlabelled
    return [(role, opening[label.end() :] if label is not None else opening), *pieces]


def _role(label: str) -> str:
    return _LABELS[" ".join(label.lower().split())]


def _people(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for line in lines for name in split_names(line)))


def _contributors(found: dict[str, list[str]]) -> tuple[Contributor, ...]:
    people = (Contributor(name=name, role_name=role) for role in found for name in _people(found[role]))
    unique = {same_name(person.name): person for person in reversed(list(people))}
    return tuple(unique.values())[::-1]


def read_openings(lines: Sequence[str], before: Byline | None = None) -> tuple[list[Byline], list[str]]:
    """The bylines that open a paragraph, and the lines that are left. `before` is the byline above it: the
    position of a writer can follow the name on a line of its own.
    """
    found: list[Byline] = []
    rest = list(lines)
    while rest:
        byline, used = _next_opening(rest, found[-1] if found else before)
        if byline is None:
            break
        found.append(byline)
        rest = rest[used:]
    return found, rest


def _next_opening(lines: Sequence[str], before: Byline | None) -> tuple[Byline | None, int]:
    byline = read_opening(lines[0])
    if byline is not None and byline.names_nobody and len(lines) > 1:
        joined = read_opening(" ".join(lines[:2]))
        if joined is not None and not joined.names_nobody:
            return joined, 2
    if byline is None and before is not None and before.authors and _is_position(lines[0]):
        byline = Byline(text=lines[0])
    return byline, 1


def _is_position(line: str) -> bool:
    """ "Dosen Fakultas Hukum" below "Oleh: NAME"."""
    line = line.strip(_WRAPPING)
    return (
        len(line) <= _LONGEST_POSITION
        and POSITION.match(line) is not None
        and not line.endswith((".", "!", "?", ":", "”", '"'))
        and not _SENTENCE.search(line)
    )


def read_opening(line: str) -> Byline | None:
    """A byline that opens a body: "Laporan Wartawan OUTLET, NAME", "Laporan NAME | CITY", "Oleh: NAME*)"."""
    if len(line) > LONGEST_LINE or _SENTENCE.search(line):
        return None
    return _read_report(line) or _read_by(line) or _read_label_line(line)


def _read_report(line: str) -> Byline | None:
    match = _REPORT.fullmatch(line.strip(_WRAPPING))
    if match is None or not (match["role"] or match["outlet"] or match["place"]):
        return None
    role, names = (match["role"] or "").lower(), match["names"].strip()
    names = _FROM.sub("", names)
    if role:
        names = _without_outlet(names, match["outlet"] is not None)
    people = split_names(names)
    is_team = role.startswith("tim") and not match["outlet"]
    if is_team or not all(looks_like_name(name) and len(name.split()) <= 7 for name in people):
        return None
    if not people and (names or not (role and match["outlet"])):
        return None
    role_name = _ROLES.get(role, "citizen reporter" if role.startswith("citizen") else "reporter")
    return Byline(
        text=line, contributors=tuple(Contributor(name=name, role_name=role_name) for name in people)
    )


def _without_outlet(names: str, outlet_known: bool) -> str:
    """The names behind an outlet that we do not know ("Kabar Pesisir, Ayu Lestari"), or behind the region
    of one that we know ("TribunJabar.id Kabupaten Bandung, Ayu Lestari").
    """
    first, comma, rest = names.partition(",")
    if not comma or is_degree(rest.partition(",")[0]) or not split_names(rest):
        return names
    return rest if not outlet_known or _REGION.match(first) else names


def _read_by(line: str) -> Byline | None:
    match = _BY.fullmatch(line.strip(" \t\n_[]|•"))
    if match is None:
        return None
    labelled = match["by"].endswith(":")
    rest = match["rest"]
    if not labelled and match["by"] != "OLEH" and rest.endswith((".", "!", "?")):
        return None
    names = split_names(_before_position(_BY_TAIL.sub("", rest)))
    if not names or any(len(name.split()) > 8 for name in names):
        return None
    if not labelled and not all(looks_like_name(name) for name in names):
        return None
    return Byline(text=line, authors=names)


def _before_position(text: str) -> str:
    """The names, without what follows them: "HASAN BASRI, mahasiswa S2, melaporkan dari Ankara"."""
    kept: list[str] = []
    for part in text.split(","):
        begins_small = part.strip()[:1].islower() and not text[:1].islower()
        if kept and not is_degree(part) and (begins_small or POSITION.match(part.strip())):
            break
        kept.append(part)
    return ",".join(kept)


def _read_label_line(line: str) -> Byline | None:
    start = _LABEL.match(line.strip(_WRAPPING))
    if start is None or _role(start["label"]) == "source":
        return None
    byline = read_labelled(line)
    if line.endswith(("?", "!")) or any(len(name.split()) > 8 for name in (*byline.authors, *byline.editors)):
        return None
    empty = not _LABEL.sub("", line).strip(_WRAPPING)
    return byline if empty or not byline.names_nobody else None
