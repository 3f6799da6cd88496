"""Phone numbers, national id numbers (NIK) and mail addresses in Indonesian texts, replaced by tokens.

A text is read once from left to right; what is looked at around each find is bounded, so that the time grows
with the length of the text whatever it holds. docs/cleaning.md lists what is masked and what is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

PHONE, NIK, MAIL = "phone", "nik", "mail"
TOKENS: Mapping[str, str] = {PHONE: "[TELEPON]", NIK: "[NIK]", MAIL: "[SUREL]"}

_GAP = r"(?:[ \u00a0]?[-.\u2010-\u2013][ \u00a0]?|[ \u00a0]|\)[ \u00a0]?[-.]?[ \u00a0]?)"
_RUN = re.compile(rf"\(?\+?[0-9]+(?:{_GAP}\(?[0-9]+|\([0-9]+)*")
"""Groups of digits with one separator between them. It begins at a digit and always matches there."""
_GROUP = re.compile(r"[0-9]+")
_AT = re.compile(r"@|[\[({]\s{0,2}(?:at|et)\s{0,2}[\])}]", re.IGNORECASE)
_DOT = r"(?:\.|\s{0,2}[\[({]\s{0,2}(?:dot|titik)\s{0,2}[\])}]\s{0,2})"
_DOMAIN = re.compile(
    rf"\s{{0,2}}[A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{0,4}}{_DOT}[A-Za-z]{{2,24}}(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_IN_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
_LONGEST_LOCAL = 64
_LOOK_BACK = 40
_MOST_GROUPS = 8
_FEWEST_DIGITS, _MOST_DIGITS = 9, 16

_LABEL = re.compile(r"(?:wa|hp|tlp|telp|tel|call|no)$", re.IGNORECASE)
_CALLS = re.compile(
    r"\b(?:te?lp|tele?pon|tel|telephone|phone|hp|handphone|ponsel|wa|whats\s?app|hubungi|kontak|call|fax|faks"
    r"|faksimile|hotline|sms)\b",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"\b(?:rekening|no\.?\s?rek|norek|rek|virtual account|va)\b", re.IGNORECASE)
_MONEY = re.compile(r"(?:\bRp|\bIDR|US\$|\$)\.?\s?$", re.IGNORECASE)
_AREAS = frozenset({"021", "022", "024", "031", "061"})
"""The area codes of three digits; all others have four."""
_PROVINCES = frozenset(
    {
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 54),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 98),
    }
)
"""Kode wilayah of the Ministry of Home Affairs, first two digits."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with tokens in it, and how many of each kind."""

    text: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Digits:
    """Some groups of a run: their digits, the gaps between them, and what stands before the first."""

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    sign: str

    @property
    def all(self) -> str:
        return "".join(self.groups)


def mask(text: str) -> Masked:
    """Replace what identifies or reaches a person by `[TELEPON]`, `[NIK]` or `[SUREL]`."""
    counts = dict.fromkeys(TOKENS, 0)
    pieces: list[str] = []
    at = 0
    for find in sorted([*_mails(text), *_numbers(text)], key=lambda one: (one.start, -one.end)):
        if find.start < at:
            continue
        pieces += [text[at : find.start], TOKENS[find.kind]]
        counts[find.kind] += 1
        at = find.end
    return Masked("".join([*pieces, text[at:]]), counts)


# --- mail addresses -----------------------------------------------------------------------------------


def _mails(text: str) -> Iterator[_Find]:
    last = 0
    for sign in _AT.finditer(text):
        domain = _DOMAIN.match(text, sign.end())
        if domain is None or (sign[0] == "@" and text[sign.end()].isspace()):
            continue
        end = sign.start()
        while sign[0] != "@" and end > max(last, sign.start() - 2) and text[end - 1].isspace():
            end -= 1
        start = end
        while start > max(last, end - _LONGEST_LOCAL) and text[start - 1] in _IN_LOCAL:
            start -= 1
        while start < end and text[start] in ".-":
            start += 1
        if start < end and text[end - 1] != ".":
            last = domain.end()
            yield _Find(start, domain.end(), MAIL)


# --- numbers ------------------------------------------------------------------------------------------


def _numbers(text: str) -> Iterator[_Find]:
    for run in _RUN.finditer(text):
        spans = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
        at = 0
        while at < len(spans):
            found = _longest(text, spans, at)
            if found is None:
                at += 1
                continue
            count, kind = found
            yield _Find(
                _opening(text, spans[at][0], spans[at + count - 1][1]), spans[at + count - 1][1], kind
            )
            at += count


def _longest(text: str, spans: list[tuple[int, int]], at: int) -> tuple[int, str] | None:
    """How many groups from the one at `at` are a number, and of which kind."""
    start, first_end = spans[at]
    fewest = _fewest_digits(text, start, first_end)
    if fewest is None or not _may_begin(text, start):
        return None
    lengths = list(accumulate(end - start for start, end in spans[at : at + _MOST_GROUPS]))
    before = text[max(start - _LOOK_BACK, 0) : start]
    for count in range(len(lengths), 0, -1):
        if not fewest <= lengths[count - 1] <= _MOST_DIGITS:
            continue
        chosen = spans[at : at + count]
        if fewest == _MOST_DIGITS and all(end - start < 4 for start, end in chosen):
            continue
        digits = _Digits(
            tuple(text[start:end] for start, end in chosen),
            tuple(text[end:start] for (_, end), (start, _) in pairwise(chosen)),
            text[max(start - 2, 0) : start],
        )
        kind = NIK if _is_nik(digits) else PHONE if _is_phone(digits, before) else None
        if kind is not None and _may_end(text, chosen[-1][1]) and not _MONEY.search(before):
            return count, kind
    return None


def _fewest_digits(text: str, start: int, end: int) -> int | None:
    """A quick look, since most numbers are none: 0..., 62..., +..., or an even group that can open a NIK."""
    if text[start] == "0" or text[start - 1 : start] == "+" or text.startswith("62", start):
        return _FEWEST_DIGITS
    is_even = (end - start) % 2 == 0 and end - start <= _MOST_DIGITS
    return _MOST_DIGITS if is_even and int(text[start : start + 2]) in _PROVINCES else None


def _opening(text: str, start: int, end: int) -> int:
    """Where the replaced text begins: `+` and an opening bracket that is closed inside go with the number."""
    if start and text[start - 1] == "+":
        start -= 1
    return start - 1 if start and text[start - 1] == "(" and ")" in text[start:end] else start


def _may_begin(text: str, start: int) -> bool:
    """A number does not begin inside a word, behind a decimal comma or inside a grouped number."""
    if start == 0:
        return True
    before = text[start - 1]
    if before.isalnum() or before == "_":
        return _LABEL.search(text[max(start - 5, 0) : start]) is not None
    return not (before in ".,:-" and start > 1 and text[start - 2].isdigit())


def _may_end(text: str, end: int) -> bool:
    rest = text[end : end + 2]
    if not rest:
        return True
    if rest[0].isalnum() or rest[0] == "_":
        return False
    if rest[0] == "/":
        return len(rest) == 1 or not rest[1].isalpha()
    return not (rest[0] in ".,:-" and len(rest) > 1 and rest[1].isdigit())


def _is_nik(digits: _Digits) -> bool:
    """PPKKCC DDMMYY NNNN; a woman's day is 40 higher. The number of a family card is built alike."""
    number, groups = digits.all, digits.groups
    if len(number) != 16 or any(len(group) % 2 for group in groups) or max(map(len, groups)) < 4:
        return False
    day, month = int(number[6:8]), int(number[8:10])
    return (
        int(number[:2]) in _PROVINCES
        and number[2:4] != "00"
        and number[4:6] != "00"
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and number[12:] != "0000"
    )


def _is_phone(digits: _Digits, before: str) -> bool:
    number, groups = digits.all, digits.groups
    if any(len(group) < 2 for group in groups[1:] if group != "0"):
        return False
    if digits.sign.endswith("+"):
        return _is_international(digits)
    if number.startswith("0062"):
        return _is_national(number[4:], digits)
    said = before.rpartition("\n")[2]
    if _ACCOUNT.search(said) and not _CALLS.search(said):
        return False
    if number.startswith("628"):
        plain = all("." not in gap for gap in digits.gaps)
        return plain and 11 <= len(number) <= 14 and not (len(groups) > 1 and len(groups[0]) >= 11)
    if number.startswith("08"):
        return _is_mobile(digits)
    return _is_landline(digits, said)


def _is_international(digits: _Digits) -> bool:
    number = digits.all
    if number.startswith("62"):
        return _is_national(number[2:], digits)
    return 9 <= len(number) <= 15 and number[0] != "0" and all("." not in gap for gap in digits.gaps)


def _is_national(number: str, digits: _Digits) -> bool:
    """What follows 62: a mobile number, or an area code and a number."""
    number = number.removeprefix("0")
    if len(digits.groups) > 1 and len(digits.groups[0]) >= 11:
        return False
    return 9 <= len(number) <= 12 if number[:1] == "8" else 8 <= len(number) <= 11 and number[:1] in "2345679"


def _is_mobile(digits: _Digits) -> bool:
    """081 to 083 and 085 to 089; 0800 and 0804 are free numbers of firms and offices."""
    number, first = digits.all, digits.groups[0]
    if not 10 <= len(number) <= 13 or number[2] in "04" or len(first) < 3:
        return False
    return len(digits.groups) == 1 or len(first) < 10


def _is_landline(digits: _Digits, before: str) -> bool:
    number, first = digits.all, digits.groups[0]
    if not 9 <= len(number) <= 12 or number[0] != "0" or number[1] not in "2345679":
        return False
    if len(digits.groups) == 1:
        return _CALLS.search(before) is not None
    is_area = first in _AREAS or (len(first) == 4 and first[:3] not in _AREAS)
    return is_area and len(number) - len(first) >= 5
