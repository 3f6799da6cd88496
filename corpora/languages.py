"""The language of a text: Indonesian, Acehnese, Javanese, Sundanese, Minangkabau, Malay, English, or `und`.

Two witnesses are heard. py3langid weighs letter sequences; it knows `id`, `ms`, `jv`, `ace` and `en` well,
calls Sundanese Javanese, and Minangkabau Indonesian. The second witness is the small words that every
sentence of a language has and its neighbours do not. The library chooses between languages whose words stand
there; Sundanese and Minangkabau rest on them alone. Everything else is `und`: other languages, short
texts, lists of names and numbers. docs/cleaning.md has the confusion table.

Codes are BCP 47 tags, that is the shortest ISO 639 code, as in the sidecar's `inLanguage`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"
LANGUAGES = ("ace", "en", "id", "jv", "min", "ms", "su")
_STRETCHES = 5
"""A long text is read in so many stretches: its beginning, its end, and between."""
_FOR_WORDS, _FOR_LETTERS = 400, 120
"""Characters in each stretch, for the small words and for the library, which needs .4 ms for 600 of them."""
_FEWEST_WORDS = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "id": _words(
            """
            yang dan di dengan untuk pada ini itu dari dalam tidak akan juga oleh karena adalah bisa sudah
            telah ke agar saat sebagai bahwa kata mereka saya kami kita ada para atau lebih masih hingga
            setelah seorang sebanyak tersebut menurut sejak namun ia antara tahun
            """
        ),
        "ms": _words(
            """
            yang dan di dengan untuk pada ini itu dari dalam tidak akan juga oleh kerana adalah boleh sudah
            telah ke supaya bagi sebagai bahawa kata mereka saya kami kita ada para atau lebih masih hingga
            selepas seorang seramai tersebut menurut sejak namun ia antara beliau pihak turut manakala
            berkata tahun
            """
        ),
        "jv": _words(
            """
            lan ing sing kang ingkang karo ora saka kanggo iki iku kuwi wis ana dheweke amarga yen marang
            dening menyang uga bakal isih padha supaya wong nanging kaya kanthi nganti sawise sawijining
            lagi durung kudu banget saben miturut dhumateng lajeng mboten kula kaliyan antarane tekan mula
            sajrone
            """
        ),
        "su": _words(
            """
            nu anu jeung téh teh dina kana ku teu henteu geus parantos pikeun ieu éta eta ti ka aya keur mah
            sanggeus saurang barudak maké nyaéta nyaeta saur numutkeun ceuk ogé oge deui pisan salila naon
            kumaha masih kénéh maranéhna anjeunna ayeuna sangkan nepi sababaraha jalma urang lantaran kudu
            boga tiasa bakal unggal ngeunaan sabab
            """
        ),
        "min": _words(
            """
            nan jo dek indak alah lah ko urang untuak ado pado kito awak inyo surang sadonyo tu sajo juo apo
            baa manuruik satiok antaro duo tigo bana kini dima kama gadang ketek sarupo samo sasudah supayo
            sabalun kapado bisuak lai ka tantang musti kecek mangatoan mangko masiang dapek nagari
            """
        ),
        "ace": _words(
            """
            nyang ngon hana lam bak keu nyan nyoe ureueng lé ka na droe sidroe nibak gobnyan geupeugah bèk
            jeut mantong teuma that bandum lagèe sabab lhèe meunyo peue mangat awaknyan u gampông gampong
            geuchik uroe kheun han teungoh jinoe sampoe deungon ateuh
            """
        ),
        "en": _words(
            """
            the of and to in that was is for on with as by at from were had has been who his her their said
            a an it be not are which after would because when they he she
            """
        ),
    }
)
_LANGUAGES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        word: tuple(code for code in LANGUAGES if word in _SMALL_WORDS[code])
        for word in frozenset().union(*_SMALL_WORDS.values())
    }
)
_HEARD_OF = (
    *("ace", "en", "id", "jv", "ms", "tl"),
    *("af", "de", "es", "fr", "it", "mg", "nl", "no", "pt", "sv", "sw", "tr", "vi"),
)
"""What the library chooses between: languages in Latin letters that a portal may quote. With all 140 it needs
twice the time and the memory."""
_FEWEST_SMALL: Mapping[str, float] = MappingProxyType(
    {"id": 0.1, "ms": 0.1, "jv": 0.1, "ace": 0.15, "en": 0.2, "su": 0.15, "min": 0.15}
)
"""The least share of a text's words that must be small words of the language."""
_LEAST_SCORE: Mapping[str, float] = MappingProxyType(
    {"id": 0.5, "ms": 0.75, "jv": 0.6, "ace": 0.8, "en": 0.8}
)
"""The least probability that the library must give. Short Indonesian sentences are called
Malay with up to .7."""
_FEWEST_DISTINCT = 2
"""So many different small words must stand there; one of them can be a name, or borrowed."""
_FEWEST_ALONE = 3
"""The same for Sundanese and Minangkabau, where no library agrees."""
_LEAD = 1.5
"""How many times more small words these two need than any other language."""
_MOST_INDONESIAN = 0.05
"""The share of words such as `yang` above which a text is neither of these two: it quotes them."""
_PLAIN_INDONESIAN = frozenset({"yang", "dan", "dengan", "untuk", "pada", "karena", "tidak", "akan"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language's code and how sure it is, 0 to 1.

    For `id`, `ms`, `jv`, `ace` and `en` the score is the library's probability among what it chooses
    from; for `su` and `min` the share of its small words beside those of the next language; for `und` 0.
    """

    code: str
    score: float


_NONE = Language(UNDETERMINED, 0.0)


def detect(text: str) -> Language:
    """The language of most of a text; `und` where that cannot be said with good reason."""
    words = [word.casefold() for word in _WORD.findall(_sample(text, _FOR_WORDS))]
    if len(words) < _FEWEST_WORDS:
        return _NONE
    found = _small_words(words)
    shares = {code: len(small) / len(words) for code, small in found.items()}
    local = _without_the_library(words, shares)
    if local is not None:
        return local if len(set(found[local.code])) >= _FEWEST_ALONE else _NONE
    absent = {code for code in _LEAST_SCORE if not _is_witnessed(code, found[code], len(words))}
    heard = [(code, score) for code, score in _heard(text) if code not in absent]
    code, score = heard[0][0], heard[0][1] / (sum(score for _, score in heard) or 1.0)
    if code not in _LEAST_SCORE or score < _LEAST_SCORE[code]:
        return _NONE
    return Language(code, round(min(score, 1.0), 3))


def _heard(text: str) -> list[tuple[str, float]]:
    """Languages and probabilities, the most likely first."""
    return [(str(code), float(score)) for code, score in _library().rank(_sample(text, _FOR_LETTERS).lower())]


def _is_witnessed(code: str, found: list[str], words: int) -> bool:
    return len(found) >= _FEWEST_SMALL[code] * words and len(set(found)) >= _FEWEST_DISTINCT


def _small_words(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    for word in words:
        for code in _LANGUAGES_OF.get(word, ()):
            found[code].append(word)
    return found


def _without_the_library(words: list[str], shares: Mapping[str, float]) -> Language | None:
    """Sundanese or Minangkabau, where their small words clearly outnumber those of the others."""
    if sum(word in _PLAIN_INDONESIAN for word in words) > _MOST_INDONESIAN * len(words):
        return None
    code = max(("su", "min"), key=lambda one: shares[one])
    others = max(share for other, share in shares.items() if other != code)
    if shares[code] < _FEWEST_SMALL[code] or shares[code] < _LEAD * others:
        return None
    return Language(code, round(shares[code] / (shares[code] + others), 3))


def _sample(text: str, length: int) -> str:
    """The text, or stretches of a long one, cut at blanks where there are some."""
    text = text[: 1 << 20]
    if len(text) <= length * _STRETCHES:
        return text
    step = (len(text) - length) // (_STRETCHES - 1)
    stretches = (text[at : at + length] for at in range(0, step * _STRETCHES, step))
    return " ".join(_whole_words(stretch) for stretch in stretches)


def _whole_words(stretch: str) -> str:
    first, last = stretch.find(" "), stretch.rfind(" ")
    return stretch[first + 1 : last] if 0 <= first < last else stretch


@cache
def _library() -> LanguageIdentifier:
    """Loading takes about a second. Weights are kept as numbers that the processor multiplies directly."""
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    library.set_languages(_HEARD_OF)
    return LanguageIdentifier(
        np.ascontiguousarray(library.nb_ptc, dtype=np.float32),
        library.nb_pc,
        library.nb_classes,
        library.tk_nextmove,
        library.tk_output,
        norm_probs=True,
        tk_row=library.tk_row,
    )
