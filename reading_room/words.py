"""Words as search knows them, and which words of Indonesian belong together.

A word is a run of letters and digits, in small letters, without marks: `Gampông` is `gampong`, `Jum'at` is
`jumat`, `anak-anak` is `anak anak`. Indexing and asking go through the same function.

Words of one root are found together: who asks for *mengungsi* wants *pengungsian*, too. Snowball's
Indonesian stemmer takes prefixes and suffixes off without a dictionary, and falls short in four ways that
`roots` completes (docs/search.md has examples):

- It goes once: *pemerintahan* becomes *perintah*, *perintah* becomes *intah*. We go on until nothing changes.
- *me-* and *pe-* swallow the first letter of many roots: *menulis* is of *tulis*, which Snowball takes for
  *ulis*. Only a dictionary can tell; we name every root that it may be of, and `families` lets the words of
  the collection decide.
- *-kan* may be *-an* behind a *k*: *tembakan* is of *tembak*. The same.
- Some roots only look as if they had a prefix (*kepala*, *berita*): `WHOLE`.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from itertools import accumulate

from snowballstemmer import stemmer

MOST_LETTERS = 64
"""Letters of a word that count. What is longer is no word of any language, but an attack or a mistake."""

_JOINED = "'\u2018\u2019\u02bc\u02bb`\u00b4\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f"
"""What stands inside words and is left out: apostrophes, soft hyphens, marks that come after a letter."""
_WORD = re.compile(rf"\w++(?:[{_JOINED}]++\w++)*+")
_APART = re.compile(f"({_WORD.pattern})")
_LEFT_OUT = re.compile(rf"[{_JOINED}]+")
_PLAIN = re.compile(r"[a-z]{4,}")
_KEPT = 200_000


def words(text: str) -> list[str]:
    """The words of a text in order.

    >>> words("Warga Jum'at (8/10) mengungsi; anak-anak ke Gampông.")
    ['warga', 'jumat', '8', '10', 'mengungsi', 'anak', 'anak', 'ke', 'gampong']
    """
    return list(map(_form, _WORD.findall(composed(text).replace("_", " "))))


def composed(text: str) -> str:
    """The text in Unicode's normal form C, in which a letter and its mark are one character."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def laid_out(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words of a text in normal form C, with their beginnings and their ends in it."""
    parts = _APART.split(text.replace("_", " "))  # a gap, a word, a gap, a word, a gap
    ends = list(accumulate(map(len, parts)))
    return list(map(_form, parts[1::2])), ends[0:-1:2], ends[1::2]


class _Forms(dict[str, str]):
    """Printed words and what they become. Emptied when it is full: the frequent ones are soon back."""

    def __missing__(self, printed: str) -> str:
        if len(self) >= _KEPT:
            self.clear()
        form = self[printed] = _folded(printed)
        return form


def _folded(printed: str) -> str:
    if not printed.isascii():
        apart = unicodedata.normalize("NFKD", printed.casefold())
        printed = "".join(letter for letter in apart if not unicodedata.combining(letter))
        printed = "".join(letter for letter in printed if letter.isalnum() or letter in _JOINED)
    form = _LEFT_OUT.sub("", printed.lower())[:MOST_LETTERS]
    return form or "\ufffd"


_form = _Forms().__getitem__

# --- roots ----------------------------------------------------------------------------------------------

_WHOLE = """
acara bahaya bencana beras berat berita bersama bersih desa diam dinas direksi direktur diri diskusi
distrik dokter kebaya kebun kecamatan kecil kedelai kediri kejaksaan kelapa keluar keluarga
kelurahan kemarin kemudi kepada kepala kereta keris kertas ketika ketua medan media melati melayu
memang menara menteri merah merdeka mereka meriam mesin mesjid mesti meter metode pedang pegawai
pekalongan pelabuhan pelita pemilu pemuda pengacara pengaruh penjara perahu perak perang perawat
percaya perempuan perintah peristiwa perkara permata pertama pesantren pesawat pesisir seberang
segera sekarang sekolah selalu selasa selatan semarang semua senin sepeda serikat teluk tenaga
tenggara tentara terang terigu terima ternak ternate
"""
WHOLE = frozenset(_WHOLE.split())
"""Roots, names and set words that look as if they had a prefix or a suffix, and would lose it."""

_VOWELS = frozenset("aeiou")
_BEFORE = (
    *(
        "",
        "di",
        "ke",
        "se",
        "ber",
        "ter",
        "per",
        "pe",
        "be",
        "me",
        "mem",
        "men",
        "meng",
        "pem",
        "pen",
        "peng",
    ),
    *("memper", "diper", "berke", "menge"),
)
_BEHIND = ("", "nya", "lah", "kah", "pun", "an", "kan", "i", "annya", "kannya", "inya")
_CAN_BE_YOURS = ("ku", "mu")
_NASALS = (
    ("meny", ("s", "ny")),
    ("peny", ("s", "ny")),
    ("meng", ("", "k")),
    ("peng", ("", "k")),
    ("men", ("t", "n")),
    ("pen", ("t", "n")),
    ("mem", ("p", "m")),
    ("pem", ("p", "m")),
)
"""A prefix before a vowel, and what may have stood there in the root."""
_OUTER = re.compile(r"[ks]e(?=pe(?:m|n|ng|ny)[aeiou])")
_LEAST_SYLLABLES = 2
_SNOWBALL, _ONE_AT_A_TIME = stemmer("indonesian"), threading.Lock()


@lru_cache(_KEPT)
def roots(word: str) -> tuple[str, ...]:
    """The roots that a word may be of, at least one. A word with digits or foreign letters is its own.

    >>> roots("pengungsian")
    ('ungsi', 'kungsi')
    >>> roots("menulis"), roots("tulisannya")
    (('tulis', 'nulis'), ('tulis',))
    """
    if not _PLAIN.fullmatch(word):
        return (word,)
    whole = _whole(word)
    if whole is not None:
        return (whole,)
    forms = _unswallowed(_OUTER.sub("", word))
    return tuple(dict.fromkeys(root for form in forms for root in _without_ending(form)))


def _whole(word: str) -> str | None:
    """The longest of those words in it that must not lose what looks like a prefix."""
    ends = [len(word) - len(behind) for behind in _BEHIND if word.endswith(behind)]
    parts = (word[len(before) : end] for before in _BEFORE if word.startswith(before) for end in ends)
    return max((part for part in parts if part in WHOLE), key=len, default=None)


def _unswallowed(word: str) -> tuple[str, ...]:
    for prefix, swallowed in _NASALS:
        rest = word.removeprefix(prefix)
        if rest != word and rest[:1] in _VOWELS and _syllables(rest) >= _LEAST_SYLLABLES:
            return tuple(letter + rest for letter in swallowed)
    return (word,)


def _without_ending(word: str) -> tuple[str, ...]:
    root = _whole(word) or _stem(word)
    if _syllables(word) > _LEAST_SYLLABLES:
        if word.endswith("kan"):
            other = _stem(word.removesuffix("an"))
            return (root, other) if other == root + "k" and not word.endswith("kkan") else (root,)
        if word.endswith(_CAN_BE_YOURS):  # -mu is "your", and also the end of bertemu: an -i protects it
            return tuple(dict.fromkeys((root, _stem(word + "i"))))
    return (root,)


def _stem(word: str) -> str:
    """What Snowball leaves in the end."""
    with _ONE_AT_A_TIME:  # a stemmer of theirs has the word that it works on in itself
        while word not in WHOLE:
            shorter = str(_SNOWBALL.stemWord(word))
            if shorter == word or len(shorter) < 3:
                break
            word = shorter
    return word


def _syllables(word: str) -> int:
    return sum(letter in _VOWELS for letter in word)
