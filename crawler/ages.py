"""The setting KLIPING_RECHECK: ages at which a kept article is read again."""

from __future__ import annotations

import re
from datetime import timedelta

from crawler.errors import WrongUsageError

_AGE = re.compile(r"([0-9]{1,6})\s*(min|h|d|w)")
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LONGEST = timedelta(days=3650)
_MOST = 50


def read_ages(value: object) -> tuple[timedelta, ...]:
    """The ages that a setting such as `1h,6h,1d,7d` names, youngest first, each once.

    Raises:
        WrongUsageError: the message names the word that is none, and the right form.
    """
    words = [word.strip().lower() for word in str(value).split(",") if word.strip()]
    if not words:
        raise WrongUsageError(
            f"KLIPING_RECHECK={value!r} names no age; write ages as in 1h,6h,1d,7d, or turn re-reading off "
            "with -a recheck=none"
        )
    if len(words) > _MOST:
        raise WrongUsageError(f"KLIPING_RECHECK names {len(words)} ages; {_MOST} is the most")
    return tuple(sorted({_age(word) for word in words}))


def _age(word: str) -> timedelta:
    found = _AGE.fullmatch(word)
    age = int(found[1]) * _UNITS[found[2]] if found is not None else timedelta(0)
    if not timedelta(0) < age <= _LONGEST:
        raise WrongUsageError(
            f"KLIPING_RECHECK: {word!r} is no age; write a whole number of min, h, d or w, "
            "10 years at most, as in 1h,6h,1d,7d"
        )
    return age
