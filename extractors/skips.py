"""What stands in an article's body and is not the article: the newsroom's labels, as tables of patterns.

Source of the spellings: 107 renderings of pages of 24 hosts, 2013 to 2026. Each pattern is matched against
text whose white space is folded. A line is skipped for its shape as a whole, never for its first words: a
sentence of the article may begin with any of them.
"""

from __future__ import annotations

import re
from functools import lru_cache

# What a label may stand behind: bullets, arrows, brackets, emoji; a quotation mark begins somebody's words.
_BEFORE = r"[^\w\"“”'‘’]{0,12}"
_ALSO = r"(?:juga|pula)"
_READ = r"(?:Baca|Simak|Lihat|Tonton|Cek|Klik|Saksikan|Dengarkan)"
_NEWS = r"(?:berita|artikel|artikelnya|kabar|info|informasi|video|foto|tulisan)"

# "Baca juga: TITLE", "Baca :", "( Baca: TITLE )", "• TITLE", "Baca Selengkapnya", "Selengkapnya baca TITLE".
RELATED_LABEL = re.compile(
    rf"{_BEFORE}(?P<label>(?P<also>{_READ}\s+{_ALSO}(?:\s+{_NEWS}(?:\s+(?:lain|lainnya|terkait|menarik))?)?)"
    rf"|{_READ}\s+(?:selengkapnya|selanjutnya|{_NEWS}\s+(?:lain|lainnya|terkait|selengkapnya|sebelumnya"
    rf"|menarik))"
    rf"|{_READ}(?=\s*[:：])|(?:{_NEWS}\s+)?Selengkapnya(?:\s+(?:baca|klik|simak|lihat))?(?:\s+di\s*sini)?"
    rf"|{_NEWS}\s+(?:terkait|lainnya|sebelumnya|menarik\s+lainnya)|Jangan\s+lewatkan|Also\s+read|Read\s+also)"
    r"(?=[\s:：>»)\]]|$)\s*(?:[:：]|[-–—](?=\s))?\s*[>»]*\s*",
    re.IGNORECASE,
)
# One of these is in whatever it matches, "read" in "also read".
_LABEL_WORDS = (
    *("baca", "simak", "lihat", "tonton", "cek", "klik", "saksikan", "dengarkan", "read"),
    *("selengkapnya", "terkait", "lainnya", "sebelumnya", "lewatkan"),
)
# A label that may also open a list of the article's own.
SOFT_LABEL = re.compile(r"(?:Berikut\s+)?Selengkapnya\s*:", re.IGNORECASE)
BULLET = re.compile(r"\s*[•●▪»➤►▶👉✅🔴*-]\s*")
INLINE_RELATED = re.compile(
    rf"\s*[(\[]\s*(?:{_READ}(?:\s*{_ALSO})?|{_NEWS}\s+terkait)\s*:[^()\[\]]{{0,300}}[)\]]", re.IGNORECASE
)
# The same at the end of a paragraph that has sentences of its own.
RELATED_TAIL = re.compile(
    rf"(?<=[.!?…\"”’»)])\s*(?:{_READ}\s*{_ALSO}\s*:?|{_READ}\s+(?:selengkapnya|selanjutnya)\s*:?"
    rf"|{_READ}\s*:)\s*"
    r"(?P<title>\S.{3,250})$",
    re.IGNORECASE,
)
# What is left of a related line once its links are taken away.
RELATED_REST = re.compile(r"(?:[^\w\"“”'‘’]|\bdan\b|\bdi\s+sini\b)*", re.IGNORECASE)
SENTENCE_END = re.compile(r"\w{3,}\s.*[.!?…][\"”’)]*$", re.DOTALL)

_SUMMARY_NAMES = r"(?:Ringkasan\s+(?:Berita|Artikel)|Intisari(?:\s+Berita)?|Poin[- ](?:poin\s+)?penting)"
SUMMARY_LABEL = re.compile(rf"\W*{_SUMMARY_NAMES}\s*:?\s*", re.IGNORECASE)
SUMMARY_BULLET = re.compile(r"\s*(?:[•●▪➤►*]|[-–—](?=\s))\s*")

# Words of a menu, a control or a heading of a box: skipped where they are all of a line.
_NAVIGATION = re.compile(
    r"\W*(?:(?:Berita|Artikel|Video|Foto|Topik)\s+(?:Rekomendasi|Terkini|Terbaru|Terkait|Populer"
    r"|Terpopuler|Pilihan"
    r"|Lainnya|Utama)|Rekomendasi(?:\s+untuk\s+(?:Anda|Kamu))?|Pilihan\s+untuk(?:mu|\s+(?:Anda|Kamu))"
    r"|(?:Lihat\s+|Tulis\s+|Kirim\s+)?Komentar(?:\s*\(?\d+\)?)?|A\s?A|A\s?[+-](?:\s*A\s?[+-])?"
    r"|Text\s+Sizes?|Ukuran\s+(?:Huruf|Font)"
    r"|(?:Kembali\s+ke\s+)?Atas|×|x|Tags?|Halaman|Page|Halaman\s+(?:\d+(?:\s*(?:/|dari)\s*\d+)?"
    r"|selanjutnya|berikutnya|sebelumnya)"
    r"|(?:Baca\s+|Ke\s+|Lanjut\s+(?:ke\s+)?|Lanjutkan\s+ke\s+)?Halaman\s+(?:selanjutnya|berikutnya|\d+)"
    r"|(?:Baca\s+)?(?:Selanjutnya|Sebelumnya|Next|Prev(?:ious)?)|Lanjut\s*(?:kan)?\s+Membaca"
    r"|(?:Show|View|Tampilkan|Lihat)\s+(?:All|Semua(?:\s+Halaman)?)|Tribun\s*JualBeli(?:\.com)?|Tribun\s*X"
    r"|Breaking\s+News|Adverti[sz]ements?|Advertorial|Iklan|Ads?|Sponsored(?:\s+(?:Content|by.*))?"
    r"|Promoted|Loading\.*"
    r"|Share|Bagikan(?:\s+(?:artikel|berita)\s+ini)?|(?:Copy|Salin)\s+(?:Link|Tautan)|Editor'?s\s+(?:Pick"
    r"|Choice)"
    r"|(?:Facebook|Twitter|X|WhatsApp|Telegram|LINE|Email|Pinterest|Linkedin)(?:\s+(?:Facebook|Twitter|X"
    r"|WhatsApp|Telegram|LINE|Email|Pinterest|Linkedin))+"
    r"|Buka\s+Aplikasi|Baca\s+di\s+App(?:likasi)?|Install|Download\s+App|Lihat\s+foto|Perbesar"
    r"|zoom-in(?:\s+.*)?"
    r"|\d{1,2}(?:\s+\d{1,2})+(?:\s+(?:Next|Selanjutnya|Last|»|>))?|1234?5?6?7?8?9?)\W*",
    re.IGNORECASE,
)

_CHANNEL = (
    r"(?:Google\s+News|WhatsApp|\bWA\b|Telegram|You\s?Tube|Tik\s?Tok|Instagram|Facebook|Fan\s?page|Twitter"
    r"|Threads|Snapchat"
    r"|Play\s?store|App\s?Store|Aplikasi|TribunX|Helo\b|BaBe\b|di\s*sini\b|link\s+(?:berikut|di\s+bawah|ini))"
)
_OURS = (
    rf"(?:{_NEWS}|update|konten|saluran|channel|kanal|akun|media\s+sosial|medsos|sosial\s+media|grup|group"
    rf"|fan\s?page|aplikasi|app"
    r"|Tribun\w*|Serambi\w*|Prohaba|Sripoku|Surya|Wartakota\w*|Bangka\s?Pos|Pos[- ]?Kupang|newsletter"
    r"|breaking\s+news|kami|Google\s+News)"
)
_CALL = (
    r"(?:Ikuti|Follow|Simak|Gabung|Bergabung(?:lah)?|Join|Klik|Dapatkan|Cek|Baca|Update|Akses|Yuk|Ayo|Mari"
    r"|Jangan\s+(?:lewatkan|ketinggalan|lupa)"
    r"|Temukan|Nikmati|Download|Unduh|Subscribe|Like|Saksikan|Tonton|Kunjungi|Pantau|Silakan|Silahkan"
    r"|Ingin|Mau|Segera|Kini\s+(?:Anda|kamu)\s+bisa"
    r"|Berita\s+lain(?:nya)?|Untuk\s+(?:informasi|berita)|Tribunners|Sobat\s+Tribun|Tribun\s?lovers)"
)
# Somebody speaks, or something is told: then it is a sentence of the article and no call to the reader.
_TOLD = (
    r"(?!.*(?:[\"“”]|\b(?:kata|ujar|ucap|ungkap|tutur|jelas|sebut|tegas|imbuh|tambah)(?:nya|\s+[A-Z])"
    r"|\b(?:mengatakan|menurut|menyebut|menjelaskan)\b|,\s+(?-i:[A-Z]\w+)\s+(?:me|ber|di)\w{3}))"
)
# All that a call can begin with: most lines do not, and need not be read to their end for what is told.
_FIRST_WORD = (
    rf"(?={_CALL}|Ikuti|Follow|Dapatkan|di\s|Baca|Cek|Simak|Lihat|Klik|Temukan|Subscribe|Jangan|Like|Nikmati|Ads"
    r"|Scroll|Gulir)"
)
_CALLS = re.compile(
    rf"{_BEFORE}{_FIRST_WORD}{_TOLD}(?:"
    rf"{_CALL}\b(?=.{{0,140}}?\b{_OURS}\b).{{0,200}}?{_CHANNEL}.{{0,200}}"
    rf"|{_CALL}\s+(?:juga\s+)?(?:{_NEWS})[^.]{{0,120}}\b(?:lain|lainnya|menarik|terbaru|terkini|terupdate"
    rf"|pilihan|terpopuler)\b.{{0,80}}?\b(?:di|dari|hanya|lewat|melalui|dengan|via)\b.{{0,120}}"
    r"|(?:Ikuti|Follow)\s+kami\s+di.{0,120}|Dapatkan\s+Berita\s+Pilihan.{0,160}|di\s+WhatsApp\s+Anda"
    r"|Baca\s+WhatsApp\s+Tribunnews"
    rf"|(?:Cek|Baca|Simak|Lihat|Klik|Temukan)\s+{_NEWS}(?:\s+\S+)?\s+(?:lainnya|menarik|terbaru"
    rf"|terkini)\b.{{0,60}}"
    r"|Subscribe\b.{0,160}|Jangan\s+lupa\s+(?:like|subscribe|follow).{0,160}|Like\s+(?:and|dan"
    r"|&)\s+\w+.{0,120}"
    r"|Nikmati\s+berita\s+interaktif.{0,200}|Ads\s+you\s+may\s+like\.?|Klik\s+(?:di\s*sini"
    r"|link\s+ini)\b.{0,120}"
    r"|Scroll\s+(?:to\s+(?:continue|resume)|ke\s+bawah|untuk)\b.{0,80}|Gulir\s+(?:ke\s+bawah|untuk)\b.{0,80}"
    r")",
    re.IGNORECASE | re.DOTALL,
)
# The beginning once more, for small letters: without regard to case a pattern tries word after word.
_MAY_CALL = re.compile(f"{_BEFORE}{_FIRST_WORD}".lower())
_NOTICES = re.compile(
    r"\W*(?:All\s+Rights?\s+Reserved.{0,80}|(?:©|\(c\)\s*(?=\d|20)|Copyright\b|Hak\s+cipta\s+©).{0,200}"
    r"|Isi\s+komentar\s+sepenuhnya.{0,200}"
    r"|Tribun+ers\s+adalah\s+platform\s+jurnalisme.{0,300}"
    r"|(?:[A-Z][\w']*\s+){1,3}adalah\s+rubrik\s+(?:opini|khusus|pembaca|warga)\b.{0,300}"
    r"|(?:Setiap\s+|Isi\s+)?(?:artikel|tulisan|konten)(?:\s+ini)?\s+(?:sepenuhnya\s+)?(?:menjadi|merupakan"
    r"|adalah|di\s+luar)\s+(?:tanggung\s*jawab|opini\s+pribadi)\b.{0,200}"
    r"|(?:Berlangganan|Langganan|Login|Masuk(?=\s+(?:atau|untuk|dulu)\b))\b.{0,60}\buntuk\s+(?:lanjut\s+)?(?:membaca|baca|melanjutkan)\b.{0,80}"
    r"|Konten\s+ini\s+(?:merupakan\s+)?(?:kerja\s+sama|disponsori).{0,160}|zoom-in\b.{0,200})",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_CALL = 420
_LONGEST_TAIL = 500
# A call that follows the last sentence of a paragraph in brackets or behind an end mark.
PROMOTION_TAIL = re.compile(
    r"\s*(?:\(\*+\)|\*{2,})\s*(?:Ikuti|Simak|Cek|Baca|Dapatkan|Follow|Gabung|Update)\b[^.]{0,200}"
    r"(?:Google\s+News|WhatsApp|Telegram|lainnya|di\s*sini)\b.{0,120}$",
    re.IGNORECASE | re.DOTALL,
)

BASED_ON = re.compile(
    r"[(\[*\s]*(?:Sebagian\s+)?(?:Artikel|Berita|Tulisan|Naskah|Konten)\s+ini\s+(?:telah|sudah|pernah"
    r"|pertama\s+kali)\s+"
    r"(?:pernah\s+|lebih\s+dulu\s+)?(?:di)?(?:tayang|terbit|muat|publikasikan|tayangkan|terbitkan)\s+(?:di"
    r"|pada|dalam|oleh)\s+"
    r"(?:laman\s+|situs\s+|portal\s+)?(?P<outlet>[^,]{2,80}?)"
    r"(?:[,\s]+(?:dengan|berjudul|dgn)\s*(?:judul)?\s*:?\s*(?P<title>.*)|\s*[.)\]]*)",
    re.IGNORECASE | re.DOTALL,
)
BASED_ON_TAIL = re.compile(
    r"(?<=[.!?…\"”’»)*])\s+(?P<note>[(\[*]*\s*(?:Sebagian\s+)?(?:Artikel|Berita)\s+ini\s+(?:telah"
    r"|sudah)\s+(?:di)?tayang\w*\s+di\s.*)$",
    re.IGNORECASE | re.DOTALL,
)
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"(?:(?:Link|Tautan|Sumber|URL)\s*:?\s*)?(?:https?://|www\.)\S+", re.IGNORECASE)

# Under a picture: "(Foto: X)", "FOTO/ANTARA", "Keterangan foto: …", "Sumber foto: X".
CREDIT_LABEL = re.compile(
    r"\W*(?:Sumber\s+|Kredit\s+|Dok\.?\s+)?(?:Foto|Photo|Gambar)\s*(?:\d+\s*)?(?:oleh\s*)?[:/]\s*",
    re.IGNORECASE,
)
CREDIT_LINE = re.compile(
    r"\W*(?:(?:Sumber\s+|Kredit\s+|Dok\.?\s+)?(?:Foto|Photo|Gambar)\s*(?:\d+\s*)?(?:oleh\s*)?[:/].{2,120}"
    r"|(?:Keterangan|Ket\.?|Caption)\s+(?:Foto|Gambar)\s*:.{2,300}|(?:ist|istimewa|handover|HO/.{2,60}"
    r"|dok\.?\s+(?:pribadi|ist).{0,40})\)?)\W*",
    re.IGNORECASE,
)

# A mark that closes an article: (*), (fis), (ia/yh), (Tribunnews/NAME), (TRIBUN/NAME), ***, [*]
_OUTLETS = (
    r"(?:\w+[ -])?(?:[A-Za-z][\w-]*\.(?:com|id|co\.id|co|net|news)|tribun[\w-]*|serambi\w*|surya\w*"
    r"|kompas\w*|antara\w*|sripoku|prohaba|wartakota\w*|pos[- ]?kupang|bangka\s?pos|banjarmasin\s?post"
    r"|superball|superskor)"
)
_SURE_MARK = (
    rf"(?:\(\s*\*+\s*\)?|\*{{1,5}}\)?|\[\s*\*+\s*\]|\(\s*\*+\s*/?\s*[\w. ]{{2,40}}\)"
    rf"|[(\[]\s*(?:\*\s*/?\s*)?(?i:{_OUTLETS})(?:\s+[\w.-]+)?\s*[/|]\s*[^()\[\]]{{1,80}}[)\]])"
)
_MARK = (
    rf"(?:{_SURE_MARK}|[(\[]\s*[a-z]{{2,5}}\d?(?:\s*[-/|]\s*[a-z]{{2,5}}){{0,3}}\s*[)\]]"
    rf"|\(\s*(?:(?:[\w.]+/)*[A-Z]{{1,2}}-\d{{1,2}}|[A-Z][a-z]{{2,6}}(?:/[A-Za-z]{{2,8}}){{1,3}})\s*\)"
    rf"|\(\s*(?i:{_OUTLETS})(?:\s+[A-Z]\w+)?\s*\))"
)
END_MARK = re.compile(rf"(?:[-–—]+\s*)?{_MARK}\.?|[-–—*.•#]{{2,}}|(?:[*•#]\s*){{2,5}}")
END_MARK_TAIL = re.compile(
    rf"(?:(?<=[.!?…\"”'’»)])\s*(?:[-–—]+\s*)?{_MARK}|(?<=\S)\s*{_SURE_MARK})\s*\.?\s*$"
)

# The footnote to "Oleh: NAME*)"; "Penulis NAME adalah …" without a star is a sentence.
AUTHOR_NOTE = re.compile(
    r"[(\[]?\*+\s*\)\s*\S.*|\*+\s*(?:Penulis|PENULIS|Tentang\s+Penulis)\b.*|\)\s*(?:Penulis|PENULIS)\s.*"
    r"|[(\[]\s*Penulis\s+adalah\s.*",
    re.DOTALL,
)
# What closes an opinion, and the names that some eras print below the text.
CLOSING_NOTE = re.compile(r"(?:\W*(?i:penulis|the\s+writer)\s+(?i:adalah|merupakan)\s.{5,250})", re.DOTALL)
CLOSING_NAMES = re.compile(
    r"\W*(?:(?:Penulis|Editor|Reporter|Sumber|Kontributor|Wartawan|Uploader"
    r"|Penyunting)\s*:\s*[^!?:\n]{0,80}[\s|]*){1,4}",
    re.IGNORECASE,
)

_CAPITAL = re.compile(r"[A-Z0-9\"“'‘]")
_WORDS = re.compile(r"[\w\"“'‘-]{4,}")


def without_label(text: str) -> str:
    """A text without the first label of related links, wherever in it that stands. The pattern tries each of
    its words at each letter, so that the words are looked for first.
    """
    small = _small(text)
    return RELATED_LABEL.sub("", text, count=1) if any(map(small.__contains__, _LABEL_WORDS)) else text


def _small(text: str) -> str:
    """A text in small letters, those among them that a pattern takes for s and i where case is ignored."""
    small = text.lower()
    return small if small.isascii() else small.replace("ſ", "s").replace("ı", "i").replace("\u0307", "")


def is_promotion(text: str) -> bool:
    """Whether a whole line of the page advertises, navigates or disclaims."""
    return is_call(text) or is_navigation(text)


def is_call(text: str) -> bool:
    """Whether a whole line calls the reader to something else, or disclaims."""
    return len(text) <= _LONGEST_CALL and _is_short_call(text)


@lru_cache(maxsize=512)
def _is_short_call(text: str) -> bool:
    """Each line is asked about twice: where it stands, and as a part of the body."""
    calls = _MAY_CALL.match(_small(text)) is not None and _CALLS.fullmatch(text) is not None
    return calls or _NOTICES.fullmatch(text) is not None


def is_navigation(text: str) -> bool:
    """Whether a line is a word of a menu, a control or the heading of a box."""
    return len(text) <= 80 and _NAVIGATION.fullmatch(text) is not None


def is_bare_address(text: str) -> bool:
    """Whether a line is an address and nothing else."""
    return _BARE_ADDRESS.fullmatch(text) is not None


def looks_like_title(text: str) -> bool:
    """Whether a text is a headline by its look: no full stop, and most of its words begin with a capital."""
    words = _WORDS.findall(text)
    if len(words) < 2 or len(text) > 200 or text.rstrip(" )]").endswith((".", ",", ";")):
        return False
    return sum(_CAPITAL.match(word) is not None for word in words) >= 0.7 * len(words)


def search_tail(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """What a pattern that ends with the text finds; it looks at the end only, however long the text is."""
    return pattern.search(text, max(0, len(text) - _LONGEST_TAIL))


def without_end_mark(text: str) -> str:
    """A closing paragraph without its end mark; empty when the mark was all."""
    if END_MARK.fullmatch(text):
        return ""
    mark = search_tail(END_MARK_TAIL, text)
    return text[: mark.start()] if mark is not None else text
