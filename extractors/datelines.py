"""Datelines: "SERAMBINEWS.COM, PYONGYANG - ", and the place in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_DOMAIN = (
    r"(?:(?i:tribun|pos|warta|bangka|surya|serambi|banjarmasin|sriwijaya) )?[A-Za-z][\w-]*"
    r"\s?\.\s?(?i:com|co\.id|co|id|news|tv|net)\b"
)
_BARE = (
    r"TRIBUN(?:[ -][A-Z]+)?|SERAMBI(?: INDONESIA)?|SURYA(?: MALANG)?|SUPERSKOR|SUPER ?BALL|POS[ -]KUPANG"
    r"|BANGKA ?POS|POS BELITUNG|BANJARMASIN ?POST|SRIWIJAYA POST|SRIPOKU|PROHABA|WARTA ?KOTA|BABEL ?NEWS"
)
_WORD = r"[A-Z][A-Z'’.]*"
_PLACE = rf"{_WORD}(?:[ -](?:{_WORD}|\([A-Z ]+\))){{0,4}}"
_MIXED = r"[A-Z][\w'’.]*(?:[ -][A-Z][\w'’.]*){0,3}"
_REGION = rf"(?:{_PLACE}|{_MIXED})(?:,\s*(?:{_PLACE}|{_MIXED}))?"
_DASH = r"[.,]?\s*(?:--+|[-–—−])+(?=\s|[“\"'‘A-Z\d]|$)"
_LONGEST = 120
# "PSSI - Ketua": an abbreviation in capitals before a dash is no place; Indonesian places have two vowels.
_PLACE_NAME = re.compile(r"(?=.{4})(?:[^AEIOU]*[AEIOU]){2}")
_SHORT_PLACES = frozenset({"SOE", "IDI", "BAA"})
# What newsrooms put in capitals before a dash that is no place: labels, institutions, clubs, competitions.
_LABELS_AND_BODIES = """
AGENDA ALERT APBD APBN APPLE AREMA ARSENAL ARSIP ARTI ASEAN ASN BACAAN BAPPEDA BASARNAS BAWASLU BCA BERITA
BIODATA BIOGRAFI BLT BNI BREAKING BRI BSU BUMD BUMN BUPATI BURSA CARA CEK CERITA CHELSEA CHORD CONTOH COVID
CPNS CUACA CUPLIKAN CURHAT CV DAFTAR DAIHATSU DATA DEBAT DEMOKRAT DINAS DOA DPD DPR DPRA DPRD DPRK DUEL
EDISI EDITORIAL EKSKLUSIF FAKTA FC FEATURE FIFA FILM FOTO GALERI GAME GARUDA GEMPA GERINDRA GOLKAR GUBERNUR
HARGA HASIL HEADLINE HOAKS HONDA HOROSKOP HUT IKLAN INDONESIA INDOSAT INFO INFOGRAFIS INI INTERNASIONAL IPB
IPHONE ITB JADWAL JAWABAN JELANG KABAR KAI KALENDER KAMUS KAPOLDA KAPOLRI KEJAGUNG KEJARI KEMENAG KEMENDAGRI
KEMENHUB KEMENKES KEMENKEU KISAH KLASEMEN KODE KOLOM KOMENTAR KONI KPU KPUD KRIMINAL KTP KUIS KUNCI KUPI
LAGU LIGA LINK LIRIK LIVE LOKER LOWONGAN MANAJEMEN MATERI MENGENAL MENTERI MISTERI MOMEN MPR NASDEM NASIONAL
NOKIA NONTON OLAHRAGA OPINI OPPO PANDUAN PARTAI PDIP PEMAIN PEMERINTAH PEMILU PEMKAB PEMKOT PEMPROV
PENGUMUMAN PENTING PERTAMINA PIALA PILEG PILKADA PILPRES PLN POLDA POLISI POLITIK POLRES POLRI POLSEK
POPULER POTRET PPPK PREDIKSI PRESIDEN PRIMBON PROFIL PROMO PT PUISI RAMALAN RANGKUMAN REALME RESEP REVIEW RI
RILIS RS RSUD SALAM SAMSUNG SATGAS SATPOL SD SEJARAH SELEB SERIAL SHIO SIAPA SIM SINOPSIS SKOR SMA SMK SMP
SNBP SNBT SOAL SOROTAN SOSOK SPOILER STARTER STREAMING SURAT SUSUNAN SUZUKI TABEL TAHUKAH TAJUK TEKA TELKOM
TELKOMSEL TERBARU TERJEMAHAN TERKINI TERPOPULER TERUNGKAP TIMNAS TIPS TKI TNI TOKOH TONTON TOYOTA TRANSFER
TREN TRIK UEFA UGM UIN ULASAN UMKM UNITED UPDATE UTBK VIDEO VIRAL VIVO WALIKOTA WASPADA WAWANCARA WISATA WNA
WNI XIAOMI YAMAHA ZODIAK
"""
_NOT_A_PLACE = frozenset(_LABELS_AND_BODIES.split())
# Clubs are called PERSIRAJA, PERSEBAYA, PSMS; ministries KEMENPORA.
_BODY_NAME = re.compile(r"PERS[EI]\w*|PS[A-Z]{1,4}|KEMEN\w+|BP\w?D\w?")
_ABBREVIATIONS = frozenset({"DKI", "DIY", "NTT", "NTB", "IKN", "KBB", "AS", "UAE", "USA", "UK", "PNG"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """A dateline as printed, without its dash, and its place in the spelling of running text."""

    text: str
    place: str | None = None


@lru_cache(maxsize=256)
def _pattern(brand: str) -> re.Pattern[str]:
    """All forms of a dateline, on a host with a brand of its own spelling."""
    own = rf"(?i:{re.escape(brand)})\b|" if brand else ""
    outlet = rf"(?:{own}{_DOMAIN}|{_BARE})"
    return re.compile(
        rf"[(\[]?(?:{outlet}(?:\s*[,|/]\s*(?P<place>{_REGION})|\s*\(\s*(?P<in_brackets>{_REGION})\s*\)"
        rf"|\s*[-–—]+\s*(?P<behind_dash>{_PLACE})(?={_DASH})|\s+(?P<behind_blank>{_PLACE})(?={_DASH}))?"
        rf"|(?P<before>{_REGION})\s*[,/]\s*{outlet}|(?P<before_brackets>{_REGION})\s*\(\s*{outlet}\s*\)"
        rf"|(?P<lone>{_PLACE}(?:,\s*{_PLACE})?))[)\]]?(?:(?P<dash>{_DASH})|\s*$)"
    )


def read_dateline(paragraph: str, brand: str = "") -> Dateline | None:
    """The dateline that opens a paragraph; None without one. `brand` is the host's own spelling."""
    line, broken, _ = paragraph.partition("\n")
    return _read(paragraph, brand) or (_read(line, brand) if broken else None)


def _read(paragraph: str, brand: str) -> Dateline | None:
    head = " ".join(paragraph[: 2 * _LONGEST].split())
    match = _pattern(brand).match(head[:_LONGEST])
    if match is None:
        return None
    rest = head[match.end() :].strip()
    if match["dash"] is None and (rest or match["lone"] is not None):
        return None
    place = next((match[name] for name in _PLACE_GROUPS if match[name]), None)
    if match["lone"] is not None and not _can_be_place(match["lone"]):
        return None
    if place is not None and (match["lone"] or place != place.upper()) and not _begins_sentence(rest):
        return None
    text = head[: match.end()].strip().removesuffix(match["dash"] or "").strip(" ([])")
    text = text + ")" if text.count("(") > text.count(")") else text
    return Dateline(text=text, place=title_case(place) if place else None)


_PLACE_GROUPS = ("place", "in_brackets", "behind_dash", "behind_blank", "before", "before_brackets", "lone")


def _can_be_place(name: str) -> bool:
    """Whether capitals alone before a dash can be a place."""
    words = re.split(r"[ ,-]+", name)
    if name in _SHORT_PLACES:
        return True
    return (
        _NOT_A_PLACE.isdisjoint(words)
        and not any(map(_BODY_NAME.fullmatch, words))
        and _PLACE_NAME.match(name) is not None
    )


def _begins_sentence(rest: str) -> bool:
    """Whether the text behind a dash begins as a sentence does, or stands in the next paragraph."""
    return not rest or not rest.lstrip("“\"'‘(")[:1].islower()


def title_case(place: str) -> str:
    """ "BANDA ACEH" to "Banda Aceh", "DKI JAKARTA" to "DKI Jakarta"; what is not all capitals stays."""
    if place != place.upper():
        return place.strip()
    return re.sub(
        r"[^\W\d_](?:[^\W\d_]|['’](?=\w))*",
        lambda word: word[0] if word[0] in _ABBREVIATIONS else word[0].capitalize(),
        place.strip(),
    )
