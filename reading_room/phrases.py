"""Every phrase of the reading room in both its languages, in one table.

A phrase is looked up by its name; `{word}` is filled in by who asks. Where a number decides, the name has a
form for one (`.one`) beside that for many.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from reading_room.report_phrases import REPORT_PHRASES

LANGUAGES = ("id", "en")
"""The first is what is shown to whom asks for neither."""

PHRASES: Mapping[str, tuple[str, str]] = {
    # the room
    "room.name": ("Ruang baca", "Reading room"),
    "room.of": ("Ruang baca koleksi {name}", "Reading room of {name}"),
    "room.skip": ("Langsung ke isi", "Skip to content"),
    "room.menu": ("Bagian", "Sections"),
    "room.language": ("Bahasa", "Language"),
    "room.footer": (
        "Hanya dibaca. Hak atas artikel ada pada penerbitnya.",
        "Read only. The articles belong to their publishers.",
    ),
    "room.keys": ("Tombol pintas", "Keys"),
    "nav.articles": ("Artikel", "Articles"),
    "nav.coverage": ("Cakupan", "Coverage"),
    "nav.runs": ("Penelusuran", "Runs"),
    # the list
    "list.title": ("Artikel", "Articles"),
    "list.search": ("Cari dalam koleksi", "Search the collection"),
    "list.search.do": ("Cari", "Search"),
    "list.search.hint": (
        'Kata dicari dalam semua bentuknya. "frasa persis", awal*, judul:kata, penulis:nama, -tanpa, OR.',
        'Words are found in all their forms. "exact phrase", prefix*, title:word, byline:name, -without, OR.',
    ),
    "list.search.help": ("Cara mencari", "How to search"),
    "list.found": ("{count} artikel", "{count} articles"),
    "list.found.one": ("1 artikel", "1 article"),
    "list.found.for": ("untuk", "for"),
    "list.page.of": ("halaman {page} dari {last}", "page {page} of {last}"),
    "list.none": (
        "Tidak ada artikel yang cocok. Coba kata yang lebih sedikit, atau lepaskan saringan.",
        "No article fits. Try fewer words, or leave out a filter.",
    ),
    "list.empty": ("Koleksi ini belum berisi artikel.", "This collection has no articles yet."),
    "list.beyond": ("Halaman ini di luar hasil.", "This page lies beyond the results."),
    "list.all": ("Semua artikel", "All articles"),
    "list.sort": ("Urutan", "Order"),
    "list.sort.newest": ("Terbaru", "Newest"),
    "list.sort.oldest": ("Terlama", "Oldest"),
    "list.sort.relevance": ("Paling sesuai", "Most relevant"),
    "list.sort.title": (
        "Terlalu banyak hasil untuk dinilai satu per satu: yang memuat kata itu di judul lebih dulu.",
        "Too many results to be ranked one by one: those with the words in the title come first.",
    ),
    "list.filters": ("Persempit", "Narrow down"),
    "list.filters.jump": ("Persempit hasil", "Narrow the results"),
    "list.filter.remove": ("Lepaskan {facet}: {value}", "Remove {facet}: {value}"),
    "list.filters.clear": ("Lepaskan semua", "Remove all"),
    "list.facet.portal": ("Portal", "Portal"),
    "list.facet.host": ("Situs", "Host"),
    "list.facet.section": ("Rubrik", "Section"),
    "list.facet.author": ("Penulis", "Author"),
    "list.facet.year": ("Tahun", "Year"),
    "list.facet.month": ("Bulan", "Month"),
    "list.facet.days": ("Tanggal", "Days"),
    "list.facet.more": ("Semua {count}", "All {count}"),
    "list.facet.fewer": ("Lebih sedikit", "Fewer"),
    "list.facet.most": ("{count} teratas", "The first {count}"),
    "list.since": ("Sejak", "From"),
    "list.until": ("Sampai", "To"),
    "list.days.do": ("Terapkan", "Apply"),
    "list.days.bad": (
        "Tanggal tidak dipahami: {days}. Tulis 2020-10-08, 2020-10, atau 2020.",
        "Not a date: {days}. Write 2020-10-08, 2020-10 or 2020.",
    ),
    "list.query.cut": (
        "Pertanyaan terlalu panjang: hanya bagian awalnya yang dicari.",
        "The query is too long: only its beginning was looked for.",
    ),
    "list.query.short": (
        "Sebelum * perlu sedikitnya {least} huruf; {words} dicari sebagai kata.",
        "A * needs at least {least} letters before it; {words} was looked for as a word.",
    ),
    "list.pages": ("Halaman hasil", "Pages of results"),
    "list.page.previous": ("Sebelumnya", "Previous"),
    "list.page.next": ("Berikutnya", "Next"),
    "list.undated": ("Tanpa tanggal", "Undated"),
    "list.version": ("versi {number}", "version {number}"),
    "list.missing": ("{count} halaman tidak didapat", "{count} pages missing"),
    "list.missing.one": ("1 halaman tidak didapat", "1 page missing"),
    "list.feed": ("Umpan Atom", "Atom feed"),
    "list.json": ("JSON", "JSON"),
    "list.updating": (
        "Indeks sedang diperbarui: {count} artikel lagi.",
        "The index is being brought up to date: {count} articles to go.",
    ),
    "list.not.yet": ("Indeks sedang dibuat", "The index is being made"),
    "list.not.yet.told": (
        "Halaman ini memuat ulang sendiri; artikel terbaru muncul lebih dulu.",
        "This page loads itself again; the newest articles appear first.",
    ),
    "list.not.yet.progress": ("{done} dari {all} artikel", "{done} of {all} articles"),
    "list.not.yet.fault": ("Indeks tidak dapat dibuat: {fault}", "The index cannot be made: {fault}"),
    "list.too.long.heading": ("Pertanyaan terlalu berat", "Too heavy a query"),
    "list.too.long": (
        "Pertanyaan ini memuat terlalu banyak kata yang sering dipakai. Kurangi katanya.",
        "This query has too many frequent words. Use fewer of them.",
    ),
    # the article
    "article.text": ("Teks", "Text"),
    "article.page": ("Halaman {number}", "Page {number}"),
    "article.missing": (
        "Halaman {number} tidak ada dalam arsip.",
        "Page {number} is not in the archive.",
    ),
    "article.byline": ("Baris penulis", "Byline"),
    "article.by": ("Penulis", "By"),
    "article.editor": ("Editor", "Editor"),
    "article.contributor": ("Kontributor", "Contributor"),
    "article.source": ("Sumber", "Source"),
    "article.place": ("Tempat", "Place"),
    "article.published": ("Terbit", "Published"),
    "article.modified": ("Diperbarui", "Updated"),
    "article.undated": ("Tanggal terbit tidak disebut", "No date of publication given"),
    "article.summary": ("Ringkasan", "Summary"),
    "article.tags": ("Topik", "Topics"),
    "article.section": ("Rubrik", "Section"),
    "article.photo": ("Foto", "Photo"),
    "article.photo.credit": ("Foto: {credit}", "Photo: {credit}"),
    "article.photo.missing": (
        "Foto ini tidak ada dalam arsip.",
        "This photo is not in the archive.",
    ),
    "article.related": ("Tautan terkait", "Related links"),
    "article.related.kept": ("ada dalam koleksi", "in this collection"),
    "article.related.outside": ("di luar koleksi", "outside this collection"),
    "article.words": ("{count} kata", "{count} words"),
    "article.pages": ("{count} halaman", "{count} pages"),
    "article.pages.one": ("1 halaman", "1 page"),
    "article.other.version": (
        "Ini versi {number} dari {count}.",
        "This is version {number} of {count}.",
    ),
    "article.newest": ("Baca versi terbaru", "Read the newest version"),
    "article.gone": (
        "Portal sudah menghapus artikel ini, sejauh diketahui sejak {when}.",
        "The portal has deleted this article, as far as is known since {when}.",
    ),
    "article.table": ("Tabel", "Table"),
    "article.address": ("Alamat semula", "Original address"),
    # the original
    "original.heading": ("Aslinya dalam arsip", "Archived original"),
    "original.captured": ("Direkam {when}", "Captured {when}"),
    "original.frame": (
        "Halaman {number} sebagaimana dikirim portal",
        "Page {number} as the portal sent it",
    ),
    "original.alone": ("Tampilkan selebar layar", "Show it by itself"),
    "original.parts": (
        "{kept} dari {all} gambar dan gaya ada dalam arsip; yang lain dibiarkan kosong.",
        "{kept} of {all} pictures and style sheets are in the archive; the others are left empty.",
    ),
    "original.quiet": (
        "Tanpa skrip, tanpa permintaan ke web.",
        "No scripts, no request to the web.",
    ),
    "original.unreadable": (
        "Halaman ini tidak dapat ditampilkan: {reason}",
        "This page cannot be shown: {reason}",
    ),
    "original.link.lost": ("Tidak ada dalam koleksi ini", "Not in this collection"),
    "original.too.large": ("terlalu besar", "it is too large"),
    "original.damaged": ("rekamannya rusak atau hilang", "its record is damaged or lost"),
    "original.not.html": ("bukan HTML", "it is no HTML"),
    # versions
    "versions.heading": ("Versi", "Versions"),
    "versions.one": ("Hanya satu versi tersimpan.", "One version is kept."),
    "versions.number": ("Versi {number}", "Version {number}"),
    "versions.captured": ("direkam {when}", "captured {when}"),
    "versions.changed": ("berubah: {fields}", "changed: {fields}"),
    "versions.compare": ("Bandingkan", "Compare"),
    "versions.from": ("Dari versi", "From version"),
    "versions.to": ("ke versi", "to version"),
    "versions.same": (
        "Tidak ada beda dalam yang tercetak: judul, nama, keterangan foto, teks.",
        "No difference in what is printed: title, names, captions, text.",
    ),
    "versions.missing": (
        "Halaman {pages} tidak didapat pada versi {number}; hilangnya teks di situ bukan suntingan.",
        "Page {pages} could not be had in version {number}: text that is missing there is no edit.",
    ),
    "changes.heading": ("Perubahan versi {one} ke {other}", "Changes from version {one} to {other}"),
    "changes.paragraph": ("Paragraf {number}", "Paragraph {number}"),
    "changes.paragraph.added": ("Paragraf {number}, ditambahkan", "Paragraph {number}, added"),
    "changes.paragraph.removed": ("Paragraf {number}, dihapus", "Paragraph {number}, removed"),
    "changes.paragraph.moved": (
        "Paragraf {number}, semula {before}",
        "Paragraph {number}, before it was {before}",
    ),
    "changes.back": ("Kembali ke artikel", "Back to the article"),
    "changes.legend": ("dihapus", "removed"),
    "changes.legend.added": ("ditambahkan", "added"),
    "field.headline": ("Judul", "Title"),
    "field.alternativeHeadline": ("Kepala judul", "Kicker"),
    "field.description": ("Teras", "Standfirst"),
    "field.abstract": ("Ringkasan", "Summary"),
    "field.creditText": ("Baris nama", "Byline"),
    "field.author": ("Penulis", "Authors"),
    "field.editor": ("Editor", "Editors"),
    "field.contributor": ("Kontributor", "Contributors"),
    "field.sourceOrganization": ("Sumber", "Source"),
    "field.image": ("Foto", "Photos"),
    "field.image.caption": ("Keterangan foto", "Caption"),
    "field.image.creditText": ("Kredit foto", "Photo credit"),
    "field.articleBody": ("Isi", "Text"),
    # the story
    "story.heading": ("Berita yang sama", "The same story"),
    "story.near": ("hampir sama", "nearly the same"),
    "story.first": (
        "Pertama kali diterbitkan oleh {name}, sejauh diketahui",
        "First published by {name}, as far as is known",
    ),
    "story.more": ("dan {count} lagi", "and {count} more"),
    # provenance
    "provenance.heading": ("Asal-usul", "Provenance"),
    "provenance.page": ("Halaman", "Page"),
    "provenance.captured": ("Direkam", "Captured"),
    "provenance.status": ("Status", "Status"),
    "provenance.address": ("Alamat", "Address"),
    "provenance.final": ("dijawab oleh {url}", "answered by {url}"),
    "provenance.record": ("Rekaman WARC", "WARC record"),
    "provenance.place": ("{file}, bita {offset}, panjang {length}", "{file}, byte {offset}, length {length}"),
    "provenance.digest": ("Ringkasan isi", "Payload digest"),
    "provenance.origin": ("Dari arsip web", "From a web archive"),
    "provenance.cut": ("Terpotong: {reason}", "Cut: {reason}"),
    "provenance.rule": ("Aturan pembacaan", "Rule"),
    "provenance.fallback": ("tanpa aturan portal", "without a portal's rule"),
    "provenance.software": ("Perangkat lunak", "Software"),
    "provenance.warnings": ("Keraguan", "Doubts"),
    "provenance.none": ("tidak ada", "none"),
    "provenance.usage": ("Pernyataan portal tentang pemakaian", "What the portal said about use"),
    "provenance.hash": ("Sidik isi", "Content hash"),
    "provenance.file": ("Berkas", "File"),
    "provenance.identifier": ("Pengenal", "Identifier"),
    "usage.reserved": (
        "Pemakaian oleh AI dicadangkan.",
        "Use by AI is reserved.",
    ),
    "usage.permitted": ("Pemakaian oleh AI diizinkan.", "Use by AI is permitted."),
    "usage.mentioned": ("Pemakaian oleh mesin disebut.", "Use by machines is mentioned."),
    # downloads
    "downloads.heading": ("Unduh", "Download"),
    "downloads.sidecar": ("Rekaman JSON", "JSON record"),
    "downloads.text": ("Teks polos", "Plain text"),
    "downloads.warc": ("Rekaman WARC", "WARC records"),
    "downloads.wacz": ("WACZ", "WACZ"),
    # what goes wrong
    "error.400": ("Permintaan tidak dapat dipahami", "The request cannot be understood"),
    "error.403": ("Tidak diizinkan", "Not allowed"),
    "error.404": ("Tidak ditemukan", "Not found"),
    "error.405": ("Ruang baca hanya untuk membaca", "The reading room is for reading only"),
    "error.410": ("Artikel ini telah ditarik", "This article has been removed"),
    "error.414": ("Alamat terlalu panjang", "The address is too long"),
    "error.500": ("Ada yang salah", "Something went wrong"),
    "error.503": ("Sedang sibuk", "Busy just now"),
    "error.home": ("Ke halaman depan", "To the front page"),
    "error.token": (
        "Alamat ini memerlukan token, seperti yang ditulis `kliping browse` saat dimulai: ?token=…",
        "This address asks for the token that `kliping browse` printed when it began: ?token=…",
    ),
    "error.host": (
        "Nama {host} tidak dikenal di sini. Mulai dengan --allow-host bila nama itu benar.",
        "The name {host} is not known here. Start with --allow-host if it is right.",
    ),
    "error.busy": (
        "Katalog sedang ditulis. Coba lagi sebentar.",
        "The catalogue is being written. Try again in a moment.",
    ),
    "error.removed": (
        "Ditarik pada {when}. Teksnya tidak disimpan lagi di sini.",
        "Removed on {when}. Its text is no longer kept here.",
    ),
    "error.unknown.article": (
        "Tidak ada artikel dengan alamat ini dalam koleksi.",
        "No article is kept under this address.",
    ),
    "error.unexpected": (
        "Kesalahan dicatat di terminal tempat ruang baca ini dimulai.",
        "The error is written in the terminal in which this reading room was started.",
    ),
    # words between
    "word.and": ("dan", "and"),
    "word.utc": ("UTC", "UTC"),
    "word.close": ("Tutup", "Close"),
    **REPORT_PHRASES,
}

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_ZONES = {7: "WIB", 8: "WITA", 9: "WIT", 0: "UTC"}
"""Hours before UTC of Indonesia's zones."""


class Wording:
    """The phrases, numbers and dates of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)

    def __call__(self, name: str, /, **words: object) -> str:
        """The phrase of that name; KeyError for one that is not in the table is a mistake of ours."""
        return PHRASES[name][self._place].format(**words)

    def has(self, name: str) -> bool:
        return name in PHRASES

    def count(self, name: str, count: int) -> str:
        """The phrase for so many, `.one` for one where the table has it."""
        single = f"{name}.one"
        return self(single) if count == 1 and single in PHRASES else self(name, count=self.number(count))

    def number(self, value: int) -> str:
        """12.345 in Indonesian, 12,345 in English."""
        text = f"{value:,}"
        return text.replace(",", ".") if self.language == "id" else text

    def day(self, moment: date) -> str:
        month = _MONTHS[self.language][moment.month - 1]
        return f"{moment.day} {month} {moment.year}"

    def weekday(self, day: date) -> str:
        """The day with its weekday."""
        name = _DAYS[self.language][day.weekday()]
        return f"{name}{', ' if self.language == 'id' else ' '}{self.day(day)}"

    def month(self, text: str) -> str:
        """The first letters of the month in `2020-10`."""
        return _MONTHS[self.language][int(text[5:7]) - 1][:3]

    def clock(self, moment: datetime) -> str:
        """The time in the zone that the datetime has."""
        return self.moment(moment).rpartition(", ")[2]

    def moment(self, moment: datetime) -> str:
        """Weekday, day and time, in the zone that the datetime has."""
        offset = moment.utcoffset()
        hours = offset.total_seconds() / 3600 if offset is not None else 0
        zone = _ZONES.get(int(hours)) if hours == int(hours) else None
        clock = moment.strftime("%H.%M" if self.language == "id" else "%H:%M")
        comma = ", " if self.language == "id" else " "
        day = _DAYS[self.language][moment.weekday()]
        return f"{day}{comma}{self.day(moment)}, {clock} {zone or moment.strftime('%z')}"


WORDINGS: Mapping[str, Wording] = {language: Wording(language) for language in LANGUAGES}
