"""Bylines: who wrote, edited and reported, from the lines of Indonesian newsrooms. Nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.article import Contributor, Person

_LABELLED = re.compile(
    r"(?P<role>Penulis|Editor|Sumber|Reporter|Wartawan|Kontributor)\s*:\s*(?P<names>.*?)"
    r"\s*(?=[|\n]|(?:Penulis|Editor|Sumber|Reporter|Wartawan|Kontributor)\s*:|$)",
    re.IGNORECASE,
)
_NOT_A_PERSON = re.compile(
    r"(?:tim|team|redaksi|admin|administrator|newsroom|desk|content\s+writer|penulis|editor|tribun\w*"
    r"|serambi\w*|kontributor|wartawan|reporter|citizen\s+reporter|video\s+production)\b.*"
    r"|.*\.(?:com|id|co\.id)|[\W\d_]*",
    re.IGNORECASE | re.DOTALL,
)
# What follows a comma without beginning a new name: academic degrees and generations.
_DEGREE = re.compile(
    r"(?:[A-Z][A-Za-z]{0,4}\.(?:\s?[A-Z][A-Za-z]{0,5}\.?)*|[SM]\.?[A-Z]\w{0,4}\.?|Ph\.?\s?D\.?|Lc\.?|Jr\.?"
    r"|[A-Z]{2,4})\s*"
)
_CONJUNCTION = re.compile(r"\s+(?:dan|and|&)\s+|\s*[;/]\s*|\s+\|\s+|\n+")
_FOOTNOTE = re.compile(r"\s*\*+\s*\)?\s*$")
_LONGEST_NAME = 80
_LONGEST_LINE = 300

_ROLES = r"Wartawan|Wartawati|Reporter|Jurnalis|Kontributor|Koresponden|Citizen\s+Reporter|Tim"
_OUTLET = (
    r"[\w-]+\.(?:com|co\.id|co|id|news)|Serambi\s+Indonesia|Tribunnews|Tribun[ -]\w+|Surya(?:\s+Malang)?"
    r"|Warta\s+Kota|Pos[ -]Kupang|Bangka\s+Pos|Pos\s+Belitung|Banjarmasin\s+Post|Sriwijaya\s+Post"
    r"|Prohaba|Kompas\s?TV"
)
_REPORT = re.compile(
    rf"Laporan\s*:?\s+(?:(?P<role>(?:{_ROLES})(?:\s+(?:{_OUTLET})\b)?)\s*[,:|-]?\s*)?"
    r"(?P<names>[^|\n]{2,120}?)\s*(?:\|\s*(?P<place>[^|\n]{2,60}))?\.?",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:Oleh\s*:\s*|OLEH\s+|Oleh\s+)(?P<rest>\S[^\n]{1,200})")
_BY_ROLE = re.compile(
    r"\s*,\s*(?:melaporkan\s+dari|[a-z]|(?:Mahasiswa|Dosen|Guru|Ketua|Anggota|Warga|Kepala)\b).*", re.DOTALL
)
_SENTENCE = re.compile(r"\b(?:adalah|merupakan|mengatakan|yang|bahwa|akan|telah|karena|ini|itu)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """The people that one line names, by what they did."""

    text: str
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    source: str | None = None


def split_names(text: str) -> tuple[str, ...]:
    """The persons in "A dan B, S.H." as printed, each once; teams and outlets are not persons."""
    line = _FOOTNOTE.sub("", text[:_LONGEST_LINE])
    names = [name for piece in _CONJUNCTION.split(line) for name in _split_commas(piece)]
    people = [name for name in map(_trim, names) if is_person(name)]
    return tuple(dict.fromkeys(people))


def _split_commas(piece: str) -> list[str]:
    names: list[str] = []
    for part in piece.split(","):
        if names and _DEGREE.fullmatch(part.strip()):
            names[-1] += "," + part
        else:
            names.append(part)
    return names


def _trim(name: str) -> str:
    return name.strip(" \t\n*|:;,()\u00a0")


def is_person(name: str) -> bool:
    """Whether a printed name can be a person's."""
    return 0 < len(name) <= _LONGEST_NAME and _NOT_A_PERSON.fullmatch(name) is None


def read_labelled(text: str) -> Byline:
    """ "Penulis: X | Editor: Y", on one line or several; a lone "|" names nobody."""
    found: dict[str, list[str]] = {}
    for match in _LABELLED.finditer(text[:_LONGEST_LINE]):
        found.setdefault(match["role"].lower(), []).append(match["names"])
    return Byline(
        text=text,
        authors=_people(found.get("penulis", ())),
        editors=_people(found.get("editor", ())),
        contributors=_contributors(found),
        source=next((name.strip() for name in found.get("sumber", ()) if name.strip()), None),
    )


def _people(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for line in lines for name in split_names(line)))


def _contributors(found: dict[str, list[str]]) -> tuple[Contributor, ...]:
    return tuple(
        Contributor(name=name, role_name="reporter")
        for role in ("reporter", "wartawan", "kontributor")
        for name in _people(found.get(role, ()))
    )


def read_opening(line: str) -> Byline | None:
    """A byline that opens a body: "Laporan Wartawan OUTLET, NAME", "Laporan NAME | CITY", "Oleh: NAME*)"."""
    if len(line) > _LONGEST_LINE or _SENTENCE.search(line):
        return None
    return _read_report(line) or _read_by(line) or _read_label_line(line)


def _read_report(line: str) -> Byline | None:
    match = _REPORT.fullmatch(line)
    if match is None or not (match["role"] or match["place"]):
        return None
    role, names = match["role"], match["names"]
    _, comma, rest = names.partition(",")
    if role and comma and not _DEGREE.fullmatch(rest.strip()) and split_names(rest):
        names = rest
    people = split_names(names)
    if not people or not all(name.split() and len(name.split()) <= 6 for name in people):
        return None
    return Byline(
        text=line, contributors=tuple(Contributor(name=name, role_name="reporter") for name in people)
    )


def _read_by(line: str) -> Byline | None:
    match = _BY.fullmatch(line)
    if match is None:
        return None
    names = split_names(_BY_ROLE.sub("", match["rest"]))
    if not names or any(len(name.split()) > 7 for name in names):
        return None
    return Byline(text=line, authors=names)


def _read_label_line(line: str) -> Byline | None:
    if not re.match(r"(?:Penulis|Editor)\s*:", line, re.IGNORECASE):
        return None
    return read_labelled(line)


def persons(names: Iterable[str], links: Iterable[tuple[str, str]] = ()) -> tuple[Person, ...]:
    """Names as values, each with the address that a link of the same text leads to."""
    by_name = {" ".join(text.split()): url for text, url in links}
    return tuple(Person(name=name, url=by_name.get(name)) for name in names)
