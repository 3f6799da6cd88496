"""Names as newsrooms print them: who is a person, and how many stand in one line. Nothing here raises.

A name stays as printed, with its titles, degrees and initials; the marks around it go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from extractors.article import Person

LONGEST_LINE = 300
_LONGEST_NAME = 80

ROLE = (
    r"wartawan|wartawati|reporter|jurnalis|kontributor|koresponden|pewarta|citizen\s+reporter"
    r"|fotografer|videografer"
)
# Outlets that are no domain; the network's own brands begin with "Tribun" or stand here.
_TRIBUN_OF = (
    r"Aceh|Ambon|Babel|Bali|Bandung|Banten|Banyumas|Batam|Bekasi|Bengkulu|Bogor|Cirebon|Depok|Flores|Gayo"
    r"|Gorontalo|Health|Jabar|Jakarta|Jambi|Jateng|Jatim|Jogja|Kalbar|Kalteng|Kaltim|Kaltara|Kupang|Lampung"
    r"|Lombok|Madura|Makassar|Manado|Mataraman|Mataram|Medan|Muria|Network|Newsmaker|Padang|Palembang|Palu"
    r"|Pantura|Papua(?:\s*(?:Barat|Tengah))?|Pekanbaru|Pontianak|Priangan|Semarang|Shopping|Solo|Sorong|Style"
    r"|Sulbar|Sultra|Sumsel|Surabaya|Tangerang|Ternate|Timur|Toraja|Travel|Trends|Video|Wow|X|Yogya(?:karta)?"
)
OUTLET = (
    r"(?:https?://|www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|co\.id|co|id|news|net|tv)"
    rf"|Tribun(?:\s+|-)(?:{_TRIBUN_OF})(?!\w)|Tribun\w*|Serambi(?:\s+(?:Indonesia|News|on\s+TV))?|Serambinews"
    r"|Surya(?:\s+Malang)?|Warta\s*Kota(?:live)?|Pos[ -]?Kupang|Bangka\s*Pos|Pos\s*Belitung"
    r"|Banjarmasin\s*Post|Sriwijaya\s*Post|Sripoku|Prohaba|Babel\s*News|Super\s*(?:Ball|skor)"
    r"|Kompas(?:\s*TV|\s*Gramedia)?|KG\s+Media"
)
_AGENCY = (
    r"(?:LKBN\s+|Kantor\s+Berita\s+)?Antara|AFP|Reuters|AP|Associated\s+Press|Xinhua|BBC(?:\s+\w+)?"
    r"|CNN(?:\s+\w+)?|Al\s*Jazeera|VOA(?:\s+\w+)?"
)
# Not persons: teams, desks and offices by their first word, what fills an empty field, and outlets.
_NOT_A_PERSON = re.compile(
    r"(?:tim|team|redaksi|admin|administrator|newsroom|desk|biro|humas|kantor|dinas|litbang|bagian|divisi"
    r"|content|web|digital|social|sosial|media|video|multimedia|penulis|editor|sumber|magang|mahasiswa|peserta"
    r"|siswa|advertorial|adv|sponsored|iklan|rilis|siaran|tajuk|editorial|network|newsmaker|anonim|anonymous"
    rf"|null|none|undefined|nihil|tidak|unknown|{ROLE})\b.*"
    rf"|.*\b(?:redaksi|newsroom|network|team|tribunnews|liputan)|(?!Surya$)(?:{OUTLET}|{_AGENCY}"
    r"|Tribun[ -]\w+)"
    r"|.*(?:[@\d]|://).*|[\W_]*|n/?a|nn|(?-i:[a-z]{2,}[A-Z]\w*)",
    re.IGNORECASE | re.DOTALL,
)

_SEPARATOR = re.compile(
    r"\s+(?:dan|and|serta|bersama)\s+|\s*[&+;/|•·\n]+\s*|\s+[-–—]+\s+|(?:^|\s+)\d{1,2}[.)]\s+", re.IGNORECASE
)
# A related link that stands where names are expected ends them; its title names nobody.
_RELATED = re.compile(
    r"\b(?:baca|simak|lihat|tonton)(?:\s+(?:juga|pula|selengkapnya|selanjutnya)\b|\s*[:：]).*",
    re.IGNORECASE | re.DOTALL,
)
_NO_ANSWER = re.compile(r"\W*n\s*/\s*a\W*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]{0,80})\s*[)\]]")
_CODE = re.compile(r"[a-z]{1,6}\d{0,2}|\W*|[A-Z]{2,3}\d{1,2}")
_FOOTNOTE = re.compile(r"\s*\*+\s*\)?|^\s*\)\s*")
# What a person is rather than called, after a comma or in brackets.
POSITION = re.compile(
    rf"(?:{ROLE}|penulis|editor|dosen|guru|mahasisw\w+|siswa|santri|ketua|wakil|anggota|warga|kepala|direktur"
    r"|peneliti|pengamat|praktisi|pegiat|aktivis|alumn\w+|sekretaris|bendahara|pengurus|akademisi|advokat"
    r"|redaktur|rektor|dekan|pemerhati|pemimpin|koordinator|staf|asn|pns|tenaga|pembina|pengajar|penyuluh"
    r"|pustakawan|sejarawan|budayawan|penyair|sastrawan|dokter|apoteker|bidan|perawat|pensiunan|mantan"
    r"|magister|kandidat|calon|komisioner|ulama|khatib|geuchik|camat|bupati|wali\s?kota"
    r"|melaporkan)\b",
    re.IGNORECASE,
)
_DEGREES_WORDS = """
sh mh mhum spd mpd spdi mpdi ssi msi se mm ak ca cpa cfp cfa lc ma mag sag sip mip ssos msos sikom mikom
st mt mti skom mkom skm mkes skep mkep ners sst sstp map mph mba msc bsc ba bba bed med phd dea ssn msn
spsi mpsi psikolog sfarm mfarm apt sked spa spog sppd spb spjp sps spu spm spkj spot sprad span amd
amdkeb amk amkep strkeb strkep strt shi mhi sei mei sthi sthin ssy sesy mesy shut mhut sp mp stp mtp spi
mpi spt spn mkn llm llb jd mce mek meng beng mec msn dess hons cmed ipm ipu cla crmp qia akt cht crp mre
mlitt mphil mtrap sars mars spust sptk spt sgz mgz sor mor dipling mac msak mak mtr mkeb mbiomed drph jr
sr iii ii ssh sptn spwk mpwk sds mds stat mstat mmsi msip mih mpar mkpd stelkom mtesol ssp
"""
_DEGREES = frozenset(_DEGREES_WORDS.split())
_WRITTEN_SMALL_WORDS = "lc amd psikolog ners ak jr sr phd apt hons akt"
_WRITTEN_SMALL = frozenset(_WRITTEN_SMALL_WORDS.split())
_DOTTED_DEGREE = re.compile(
    r"(?:[SMBDA]|Sp)\.(?:[A-Z][a-z]{0,4}\.)+(?:[A-Z][A-Za-z]{0,4}\.?)?|[SMBA]\.[A-Z]{1,3}\.?"
)
_ABBREVIATED = re.compile(r"(?:.*[.\W])?(?:\w{1,2}|jr|sr|alm|almh|ph)\.", re.IGNORECASE | re.DOTALL)
_MARKS = ' \t\n\r*|:;,•·"“”„‘-–—_=>»«<'
_PARTICLES = frozenset(
    {"bin", "binti", "bte", "al", "el", "de", "van", "von", "der", "da", "di", "dos", "ibn", "abu", "bt"}
)


def split_names(text: str) -> tuple[str, ...]:
    """The persons in "A dan B, S.H." as printed, each once; teams and outlets are not persons."""
    return _split_line(text[:LONGEST_LINE])


@lru_cache(maxsize=1024)  # one page names its people several times, and the next pages name them again
def _split_line(text: str) -> tuple[str, ...]:
    if _NO_ANSWER.fullmatch(text[:20]):
        return ()
    line = _FOOTNOTE.sub(" ", _BRACKETS.sub(_bracket, _RELATED.sub("", text)))
    names = [name for piece in _pieces(line) for name in _split_commas(piece)]
    people = [name for name in map(_trim, names) if is_person(name)]
    return tuple(dict.fromkeys(people))


def _bracket(match: re.Match[str]) -> str:
    """What stands in brackets behind a name stays only if it can be part of it."""
    inner = match[1].strip()
    if _CODE.fullmatch(inner) or POSITION.match(inner) or not is_person(inner):
        return " "
    before = match.string[: match.start()].strip()
    return match[0] if before else f" {inner} "


def _pieces(line: str) -> list[str]:
    """The line at its conjunctions; "https://" and "a/b" in an address are no separators."""
    return [] if "://" in line else _SEPARATOR.split(line)


def _split_commas(piece: str) -> list[str]:
    names: list[str] = []
    for part in piece.split(","):
        if names and is_degree(part, lower=piece == piece.lower()):
            names[-1] += "," + part
        elif part.strip(_MARKS + "."):
            names.append(part)
    return names


def is_degree(text: str, *, lower: bool = False) -> bool:
    """Whether what follows a comma is academic ("S.H.", "SE MM", "M. Hum.") and begins no new name."""
    text = text.strip()
    if _is_one_degree(text, lower=lower):
        return True
    words = text.split()
    return 1 < len(words) <= 5 and all(_is_one_degree(word, lower=lower) for word in words)


def _is_one_degree(text: str, *, lower: bool) -> bool:
    letters = "".join(letter for letter in text if letter.isalpha())
    known = letters.lower() in _DEGREES
    if "." in text.rstrip("."):
        return known or _DOTTED_DEGREE.fullmatch(text) is not None
    # Without dots a degree has a second capital (SH, MHum), since "Mei" and "Sri" are names.
    return known and (
        lower or letters.lower() in _WRITTEN_SMALL or any(letter.isupper() for letter in letters[1:])
    )


def _trim(name: str) -> str:
    """A name without marks and without the full stop of its line; that of "S.H." or "Jr." stays."""
    name = name.strip(_MARKS)
    if name.endswith(")") and "(" not in name:
        name = name.rstrip(")").rstrip(_MARKS)
    last = name.rpartition(",")[2]
    if name.endswith(".") and not _ABBREVIATED.fullmatch(name) and not is_degree(last):
        word = name.rpartition(" ")[2]
        name = name if "." in word[:-1] else name.rstrip(". ")
    return name.lstrip(". ")


def is_person(name: str) -> bool:
    """Whether a printed name can be a person's."""
    return 0 < len(name) <= _LONGEST_NAME and _NOT_A_PERSON.fullmatch(name) is None


def looks_like_name(name: str) -> bool:
    """Whether all words begin as names do; needed where no label says that a name follows."""
    words = name.replace(",", " ").split()
    return 0 < len(words) <= 9 and all(
        not word[0].islower() or word.lower().split("-")[0] in _PARTICLES or is_degree(word) or word == "dr."
        for word in words
    )


@lru_cache(maxsize=1024)
def same_name(name: str) -> str:
    """What two printings of one name have in common: its letters."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def persons(names: Iterable[str], links: Iterable[tuple[str, str]] = ()) -> tuple[Person, ...]:
    """Names as values, each with the address that a link of the same text leads to."""
    by_name = {same_name(text): url for text, url in links}
    return tuple(Person(name=name, url=by_name.get(same_name(name))) for name in names)
