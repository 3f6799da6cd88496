"""What stands in an article's body and is not the article: the newsroom's labels, as tables of patterns.

Source of the spellings: 107 renderings of pages of 24 hosts, 2013 to 2026. Each pattern is matched against
text whose white space is folded.
"""

from __future__ import annotations

import re

_BULLETS = r"[•●▪*\-–»>\s]*"

# "Baca juga: TITLE", "Baca :", "( Baca: TITLE )", "• TITLE", "Baca Selengkapnya", "Selengkapnya baca TITLE".
RELATED_LABEL = re.compile(
    rf"{_BULLETS}\(?\s*(?P<label>Baca\s+(?:juga|selengkapnya|berita\s+(?:lain|lainnya|terkait|selengkapnya)|pula)"
    r"|Baca(?=\s*:)|(?:Berita\s+)?Selengkapnya(?:\s+baca)?|(?:Simak|Lihat|Tonton)\s+(?:juga|pula)"
    r"|Artikel\s+terkait|Berita\s+terkait)(?=[\s:>»)]|$)\s*:?\s*",
    re.IGNORECASE,
)
BULLET = re.compile(r"\s*[•●▪»]\s*")
INLINE_RELATED = re.compile(r"\s*\(\s*Baca(?:\s+juga)?\s*:[^()]{0,300}\)", re.IGNORECASE)
# What is left of a related line once its links are taken away.
RELATED_REST = re.compile(r"[\s•●▪*\-–»>():|.,]*")

PROMOTION = re.compile(
    r"(?:Berita\s+(?:Rekomendasi|Terkini|Terkait|Populer|Terpopuler|Pilihan)"
    r"|Rekomendasi\s+untuk\s+Anda|Ikuti\s+kami\s+di.*|KOMENTAR|Komentar|AA|A\s+A|Text\s+Sizes?|Atas|×|Halaman"
    r"|Halaman\s+(?:\d+/\d+|selanjutnya|berikutnya|\d+)|Tribun\s*JualBeli"
    r"|Dapatkan\s+Berita\s+Pilihan.*|di\s+WhatsApp\s+Anda|Baca\s+WhatsApp\s+Tribunnews"
    r"|Nikmati\s+berita\s+interaktif.*TribunX.*|Ads\s+you\s+may\s+like\.?|ADVERTISEMENT|Advertisement|Iklan"
    r"|SCROLL\s+TO\s+(?:CONTINUE|RESUME).*|All\s+Rights?\s+Reserved\.?|©.*|Isi\s+komentar\s+sepenuhnya.*"
    r"|(?:Simak|Ikuti|Cek|Update|Dapatkan|Baca)\s+(?:berita|artikel|informasi)\s+(?:\S+\s+){0,6}"
    r"(?:lainnya|menarik|terbaru|terkini|lain)\b.{0,160}(?:Google\s+News|WhatsApp|Telegram|di\s+sini|disini|Facebook|Instagram).*"
    r"|(?:Ikuti|Follow|Simak|Gabung|Bergabung|Join)\b.{0,120}(?:Google\s+News|WhatsApp\s+Channel|Saluran\s+WhatsApp|"
    r"Channel\s+WhatsApp|Channel\s+Telegram|Grup\s+Telegram).*"
    r"|Tribun+ers\s+adalah\s+platform\s+jurnalisme\s+warga.*|KUPI\s+BEUNGOH\s+adalah\s+rubrik\s+opini.*"
    r"|(?:Setiap\s+)?artikel\s+menjadi\s+tanggung\s*jawab\s+penulis.*|zoom-in\b.*|lihat\s+foto)",
    re.IGNORECASE | re.DOTALL,
)

BASED_ON = re.compile(
    r"[(\[]?\s*(?:Sebagian\s+)?(?:Artikel|Berita|Tulisan|Naskah)\s+ini\s+(?:telah|sudah|pernah|pertama\s+kali)\s+"
    r"(?:tayang|terbit|dimuat|dipublikasikan)\s+(?:di|pada|dalam)\s+(?P<outlet>.{2,80}?)\s+"
    r"(?:dengan|berjudul|dgn)\s*(?:judul)?\s*:?\s*(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)

# A mark that closes an article: (*), (fis), (ia/yh), (Tribunnews/NAME), (Ant/H-2), ***, [*]
_MARK = (
    r"(?:\(\s*\*+\s*\)?|\*{1,5}\)?|\[\s*\*+\s*\]|\(\s*[a-z]{2,5}(?:\s*[/|]\s*[a-z]{2,5}){0,3}\s*\)"
    r"|\(\s*(?:[\w.]+/)*[A-Z]-\d{1,2}\s*\)"
    r"|\(\s*\*?/?(?:[A-Z][\w.-]*\.(?:com|id|co|co\.id)|Tribun\s?\w*|Serambi\w*|TRIBUN\w*|Surya|Kompas\w*|Antara)"
    r"(?:\s*[/|]\s*[^()]{1,80})?\s*\))"
)
END_MARK = re.compile(rf"{_MARK}")
END_MARK_TAIL = re.compile(rf"(?<=[.!?…\"”'’»)])\s*{_MARK}\s*$")

# The footnote to "Oleh: NAME*)"; "Penulis NAME adalah …" without a star is a sentence.
AUTHOR_NOTE = re.compile(
    r"\*+\s*\)\s*\S.*|\*+\s*(?:Penulis|PENULIS)\s.*|\)\s*(?:Penulis|PENULIS)\s.*", re.DOTALL
)


def is_promotion(text: str) -> bool:
    """Whether a whole line of the page advertises, navigates or disclaims."""
    return PROMOTION.fullmatch(text) is not None


def without_end_mark(text: str) -> str:
    """A closing paragraph without its end mark; empty when the mark was all."""
    if END_MARK.fullmatch(text):
        return ""
    return END_MARK_TAIL.sub("", text)
