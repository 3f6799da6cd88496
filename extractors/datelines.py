"""Datelines: "SERAMBINEWS.COM, PYONGYANG - ", and the place in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DOMAIN = r"[A-Za-z][\w-]*\.(?:COM|com|Com|CO\.ID|co\.id|CO|co|ID|id|NEWS|news)"
_BARE = (
    r"TRIBUN(?:[ -][A-Z]+)?|SERAMBI(?: INDONESIA)?|SURYA|SUPERSKOR|POS[ -]KUPANG|BANGKA ?POS|SRIPOKU|PROHABA"
)
_PLACE = r"[A-Z][A-Z'’.]*(?:[ -](?:[A-Z][A-Z'’.]*|\([A-Z ]+\))){0,4}"
_MIXED = r"[A-Z][\w'’.]*(?:[ -][A-Z][\w'’.]*){0,3}"
_DASH = r"\s*(?:--+|[-–—])+(?=\s|[“\"'‘A-Z]|$)"
_DATELINE = re.compile(
    rf"(?:(?P<brand>{_DOMAIN}|{_BARE})(?:\s*[,|]\s*(?P<place>{_PLACE}|{_MIXED}))?"
    rf"|(?P<place_first>{_PLACE}|{_MIXED})\s*,\s*(?:{_DOMAIN}|{_BARE})"
    rf"|(?P<place_alone>{_PLACE}))(?:{_DASH}|(?P<alone>\s*$))"
)
_LONGEST = 120
# "PSSI - Ketua": an abbreviation in capitals before a dash is no place; Indonesian places have two vowels.
_PLACE_NAME = re.compile(r"(?=.{4})(?:[^AEIOU]*[AEIOU]){2}")
_NOT_A_PLACE = frozenset({"BREAKING NEWS", "UPDATE", "VIDEO", "FOTO", "OPINI", "POPULER", "HEADLINE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """A dateline as printed, without its dash, and its place in the spelling of running text."""

    text: str
    place: str | None = None


def read_dateline(paragraph: str, brand: str = "") -> Dateline | None:
    """The dateline that opens a paragraph; None without one. `brand` is the host's own spelling."""
    head = paragraph[:_LONGEST].replace("\n", " ")
    match = _DATELINE.match(_with_known_brand(head, brand))
    if match is None:
        return None
    place = match["place"] or match["place_first"] or match["place_alone"]
    if match["brand"] is None and match["place_first"] is None and not _is_place_alone(match):
        return None
    if match["alone"] is not None and len(paragraph) > len(match[0]):
        return None
    end = match.end("alone") if match["alone"] is not None else match.end()
    return Dateline(
        text=head[:end].strip().rstrip("-–— ").rstrip(), place=title_case(place) if place else None
    )


def _with_known_brand(head: str, brand: str) -> str:
    """Spell a host's brand that is no domain ("SUPERSKOR") so that the pattern knows it."""
    if brand and "." not in brand and head.upper().startswith(brand.upper()):
        return "TRIBUN" + head[len(brand) :]
    return head


def _is_place_alone(match: re.Match[str]) -> bool:
    place = match["place_alone"]
    return match["alone"] is None and place not in _NOT_A_PLACE and _PLACE_NAME.match(place) is not None


def title_case(place: str) -> str:
    """ "BANDA ACEH" to "Banda Aceh"; what is not all capitals stays as printed."""
    if place != place.upper():
        return place.strip()
    return re.sub(r"[A-Za-z][A-Za-z'’]*", lambda word: word[0].capitalize(), place.strip())
