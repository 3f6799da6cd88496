"""The phrases of the report and of the views that share its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

REPORT_PHRASES: Mapping[str, tuple[str, str]] = {
    "report.title": ("Laporan koleksi {collection}", "Report on {collection}"),
    "report.of.run": ("Penelusuran {number}", "Run {number}"),
    "report.as.of": ("Keadaan {when} UTC", "As of {when} UTC"),
    "report.days": ("Hari terbit {since} sampai {until}", "Days of publication {since} to {until}"),
    "report.captured": ("Direkam {since} sampai {until}", "Captured {since} to {until}"),
    "report.all": ("Seluruh koleksi", "The whole collection"),
    "report.contents": ("Isi laporan", "Contents"),
    "report.table": ("Sebagai tabel", "As a table"),
    "report.more": ("dan {count} lagi", "and {count} more"),
    "report.none": ("Tidak ada.", "None."),
    "report.uncounted": (
        "Isian {count} artikel belum dihitung; kliping report menghitungnya.",
        "The fields of {count} articles are not counted yet; kliping report counts them.",
    ),
    # the verdict
    "verdict.good": ("Lengkap.", "Complete."),
    "verdict.look": ("Perlu dilihat.", "Needs a look."),
    "verdict.act": ("Perlu tindakan.", "Needs action."),
    "verdict.closed": (
        "{closed} dari {asked} hari yang diminta sudah lengkap.",
        "{closed} of {asked} days asked for are closed.",
    ),
    "verdict.no.days": ("Belum ada hari yang diminta.", "No day has been asked for yet."),
    "verdict.gaps": (
        "{count} hari punya celah pada {hosts} situs.",
        "{count} days have gaps, on {hosts} hosts.",
    ),
    "verdict.gaps.host": (
        "{count} hari punya celah, pada 1 situs.",
        "{count} days have gaps, on 1 host.",
    ),
    "verdict.gaps.one": ("1 hari punya celah.", "1 day has a gap."),
    "verdict.failed": ("{count} alamat gagal didapat.", "{count} addresses could not be had."),
    "verdict.failed.one": ("1 alamat gagal didapat.", "1 address could not be had."),
    "verdict.walls": (
        "{count} situs menolak kita: {hosts}.",
        "{count} hosts turned us away: {hosts}.",
    ),
    "verdict.walls.one": ("1 situs menolak kita.", "1 host turned us away."),
    "verdict.drift": ("{count} isian lain hilang juga.", "{count} more fields were lost."),
    "verdict.no.drift": ("Tidak ada isian yang hilang.", "No field was lost."),
    "verdict.interrupted": (
        "Penelusuran terakhir terputus; perintah yang sama melanjutkannya.",
        "The last run was interrupted; the same command goes on.",
    ),
    # drift
    "drift.fell": (
        "{field}: {before} menjadi {after} di {host} sejak {day}",
        "{field}: {before} to {after} on {host} since {day}",
    ),
    "drift.of.new": (
        "{count} artikel baru sejak itu. Angka sebelumnya adalah median harian.",
        "{count} new articles since then. The rate before is the median of its days.",
    ),
    "drift.of.year": (
        "{count} artikel tahun {year} direkam sejak itu. Angka sebelumnya adalah median.",
        "{count} articles of {year} captured since then. The rate before is a median.",
    ),
    "drift.of.undated": (
        "{count} artikel tanpa tanggal sejak itu. Angka sebelumnya adalah median.",
        "{count} undated articles since then. The rate before is a median.",
    ),
    "drift.heading": ("Isian yang berubah", "Fields that changed"),
    "drift.over": ("Sudah berlalu.", "It is over."),
    "drift.what": (
        "Portal yang mengganti tata letaknya menghilangkan isian tanpa satu pun kegagalan. Lihat satu artikel di sana, dan bandingkan dengan aslinya.",
        "A portal that changes its template takes fields away without a single failure. Look at an article there, beside its original.",
    ),
    # coverage
    "coverage.heading": ("Cakupan", "Coverage"),
    "coverage.what": (
        "Tiap baris satu situs, tiap kolom satu hari terbit.",
        "A row for each host, a column for each day of publication.",
    ),
    "coverage.closed": ("lengkap", "closed"),
    "coverage.empty": ("lengkap dan kosong", "closed and empty"),
    "coverage.partial": ("sebagian", "partial"),
    "coverage.missing": ("hilang", "missing"),
    "coverage.unasked": ("tidak diminta", "not asked for"),
    "coverage.host": ("Situs", "Host"),
    "coverage.days": ("Hari", "Days"),
    "coverage.gaps": ("Celah", "Gaps"),
    "coverage.no.gaps": ("Tidak ada celah.", "There are no gaps."),
    "coverage.commands": ("Perintah yang menutup celah", "Commands that close the gaps"),
    "coverage.command": ("Perintah", "Command"),
    "coverage.count": ("{count} hari", "{count} days"),
    "coverage.count.one": ("1 hari", "1 day"),
    "coverage.days.of": ("Hari-hari {host}", "Days of {host}"),
    "coverage.months": ("Bulan", "Month"),
    "coverage.marks": ("Tanda hari", "Marks of the days"),
    "coverage.month": ("Bulan {month}", "Month {month}"),
    "coverage.earlier": ("Lebih awal", "Earlier"),
    "coverage.later": ("Lebih kemudian", "Later"),
    "coverage.state": ("Keadaan", "State"),
    "coverage.pending": ("{count} artikel tertunda", "{count} articles pending"),
    "coverage.pending.one": ("1 artikel tertunda", "1 article pending"),
    "coverage.articles.of.day": ("Artikel hari ini", "Articles of this day"),
    "coverage.day": ("Hari", "Day"),
    "coverage.back": ("Kembali ke cakupan", "Back to coverage"),
    "coverage.mend": ("Perintah yang melengkapi hari ini", "The command that completes this day"),
    "coverage.nothing.to.mend": (
        "Hari ini tidak perlu apa-apa.",
        "Nothing is to be done for this day.",
    ),
    "coverage.read": ("Indeks dibaca", "Index read"),
    "coverage.never.read": ("belum sampai akhir", "not to its end"),
    "coverage.listed": ("Disebut daftar", "Named by lists"),
    "coverage.fault": ("Sebab", "Why"),
    # articles
    "articles.heading": ("Artikel", "Articles"),
    "articles.by.host": ("Menurut situs", "By host"),
    "articles.by.section": ("Menurut rubrik", "By section"),
    "articles.sections": ("Rubrik", "Sections"),
    "articles.section": ("Rubrik", "Section"),
    "articles.without.section": ("(tanpa rubrik)", "(no section)"),
    "articles.other": ("(lainnya)", "(others)"),
    "articles.count": ("Artikel", "Articles"),
    "articles.share": ("Bagian", "Share"),
    "articles.pages": ("Halaman per artikel", "Pages per article"),
    "articles.pages.count": ("Halaman", "Pages"),
    "articles.kept": ("Artikel yang disimpan per hari perekaman", "Articles kept per day of capture"),
    "articles.month": ("Bulan", "Month"),
    "articles.edits": ("Versi baru", "New versions"),
    # fields
    "fields.heading": ("Isian", "Fields"),
    "fields.what": (
        "Berapa artikel terbaru tiap situs punya isian itu. Di bawahnya, bila jauh berbeda: median sebelumnya.",
        "How many of each host's newest articles have the field. Below it, where it differs much: the median before.",
    ),
    "fields.usual": ("biasanya {rate}", "usually {rate}"),
    "fields.of": ("{field} di {host}: {rate} dari {count} artikel", "{field} on {host}: {rate} of {count} articles"),
    "fields.new": ("Artikel baru", "New articles"),
    "fields.undated": ("Artikel tanpa tanggal", "Undated articles"),
    "fields.year": ("Artikel tahun {year}", "Articles of {year}"),
    "fields.from": ("Sejak", "From"),
    "coverage.all": ("Semua hari", "All days"),
    # failures
    "failures.heading": ("Yang gagal", "What failed"),
    "failures.reason": ("Sebab", "Reason"),
    "failures.count": ("Alamat", "Addresses"),
    "failures.left": ("tak dicoba lagi", "given up"),
    "failures.wall": ("menolak", "wall"),
    "failures.again": ("Coba lagi", "Try again"),
    "failures.none": ("Tidak ada yang gagal.", "Nothing has failed."),
    "failures.examples": ("Contoh, satu per satu", "Examples, one by one"),
    # versions
    "changes.kept.heading": ("Versi dan penghapusan", "Versions and deletions"),
    "changes.kept.edits": (
        "{count} versi baru dari artikel yang disunting portal.",
        "{count} new versions of articles that the portal edited.",
    ),
    "changes.kept.edits.one": ("1 versi baru.", "1 new version."),
    "changes.kept.gone": (
        "{count} artikel yang disimpan sudah dihapus portal.",
        "{count} kept articles have been deleted by the portal.",
    ),
    "changes.kept.gone.one": (
        "1 artikel yang disimpan sudah dihapus portal.",
        "1 kept article has been deleted by the portal.",
    ),
    "changes.kept.since": ("hilang sejak {day}", "gone since {day}"),
    # traffic
    "traffic.heading": ("Lalu lintas dan tata krama", "Traffic and politeness"),
    "traffic.what": (
        "Permintaan dan istirahat dicatat sejak Kliping mengenalnya; penelusuran lama hanya punya jawaban.",
        "Requests and rests are noted since Kliping knows them; earlier runs have answers only.",
    ),
    "traffic.requests": ("Permintaan", "Requests"),
    "traffic.answers": ("Jawaban", "Answers"),
    "traffic.bytes": ("Ukuran", "Size"),
    "traffic.revisits": ("Kunjungan ulang", "Revisits"),
    "traffic.saved": ("Dihemat", "Saved"),
    "traffic.refused": ("429 dan 503", "429 and 503"),
    "traffic.forbidden": ("403", "403"),
    "traffic.errors": ("5xx lain", "other 5xx"),
    "traffic.rests": ("Istirahat", "Rests"),
    "traffic.longest": ("Retry-After terpanjang", "Longest Retry-After"),
    "traffic.gap": ("Jeda", "Gap"),
    "traffic.left": ("Ditinggalkan", "Left alone"),
    "traffic.all": ("Semua", "All"),
    "traffic.other": ("{count} situs lain", "{count} other hosts"),
    "traffic.per.day": ("Ukuran per hari", "Bytes per day"),
    "traffic.seconds": ("{count} dtk", "{count} s"),
    # runs
    "runs.heading": ("Penelusuran", "Runs"),
    "runs.none": ("Belum ada penelusuran.", "There is no run yet."),
    "runs.number": ("No.", "No."),
    "runs.portal": ("Portal", "Portal"),
    "runs.began": ("Mulai", "Began"),
    "runs.took": ("Lama", "Took"),
    "runs.ended": ("Berakhir", "Ended"),
    "runs.result": ("Hasil", "Result"),
    "runs.addresses": ("Alamat", "Addresses"),
    "runs.captured": ("Didapat", "Captured"),
    "runs.failed": ("Gagal", "Failed"),
    "runs.to.do": ("Belum", "To do"),
    "runs.articles": ("Artikel", "Articles"),
    "runs.answers": ("Jawaban", "Answers"),
    "runs.arguments": ("Permintaan", "Asked for"),
    "runs.older": ("Penelusuran lebih lama", "Earlier runs"),
    "runs.newest": ("Yang terbaru", "The newest"),
    "runs.now": ("Sedang berjalan", "Under way"),
    "runs.now.what": (
        "Penelusuran {number} ({portal}) berjalan sejak {when} UTC.",
        "Run {number} ({portal}) has been going on since {when} UTC.",
    ),
    "runs.process": ("Proses {pid}", "Process {pid}"),
    "runs.progress": ("{done} dari {known} alamat", "{done} of {known} addresses"),
    "runs.closed": ("{closed} dari {asked} hari lengkap", "{closed} of {asked} days closed"),
    "runs.no.answer": ("belum ada jawaban", "no answer yet"),
    "runs.rate.name": ("Jawaban per menit", "Answers a minute"),
    "runs.last": ("Jawaban terakhir", "Last answer"),
    "runs.stand.still": ("Berhenti memperbarui", "Stop refreshing"),
    "runs.refresh": ("Perbarui sendiri", "Refresh by itself"),
    "runs.quiet": ("Tidak ada yang berjalan sekarang.", "Nothing is running now."),
    "runs.interrupted": ("terputus", "interrupted"),
    "runs.waiting": ("Menunggu", "Waiting"),
    "runs.figures": ("Angka", "Figures"),
    "runs.figure.listed": ("alamat", "addresses"),
    "runs.figure.captured": ("alamat yang didapat", "addresses captured"),
    "runs.figure.skipped": ("Alamat yang dilewati", "Addresses skipped"),
    "runs.figure.failed": ("Alamat yang gagal", "Addresses that failed"),
    "runs.figure.to_do": ("alamat yang belum", "addresses still to do"),
    "runs.figure.lists": ("daftar yang dibaca", "lists read"),
    "runs.figure.lists_absent": ("Daftar yang tidak ada", "Lists that are not there"),
    "runs.figure.lists_failed": ("Daftar yang gagal", "Lists that failed"),
    "runs.figure.requisites": ("gambar dan lembar gaya", "pictures and style sheets"),
    "runs.figure.requisites_missing": ("Gambar dan lembar gaya yang tidak didapat", "Pictures and style sheets not had"),
    "runs.figure.from_archive": ("didapat dari arsip web", "had from a web archive"),
    "runs.figure.not_in_archive": ("tidak ada dalam arsip web", "not in the web archive"),
    "runs.figure.questions": ("pertanyaan kepada arsip web", "questions to the web archive"),
    "runs.figure.questions_failed": ("Pertanyaan yang gagal", "Questions that failed"),
    "runs.figure.copies": ("salinan yang diambil", "copies taken"),
    "runs.figure.copies_useless": ("Salinan yang tidak berguna", "Copies of no use"),
    "runs.figure.copies_failed": ("Salinan yang gagal", "Copies that failed"),
    "runs.figure.copies_to_do": ("salinan yang belum", "copies still to do"),
    "runs.figure.answers": ("jawaban yang diarsipkan", "answers archived"),
    "runs.figure.bytes": ("ukuran", "size"),
    "runs.figure.articles": ("artikel", "articles"),
    "runs.figure.pages": ("halaman yang digabung", "pages joined"),
    "runs.figure.incomplete": ("artikel tanpa sebagian halaman", "articles with pages missing"),
    "runs.figure.doubtful": ("artikel dengan keraguan", "articles with doubts"),
    "runs.figure.kinds_of_doubt": ("Keraguan", "Doubts"),
    "runs.figure.unwritten": ("rekaman yang tidak tertulis", "records not written"),
    "runs.figure.days_asked": ("hari yang diminta", "days asked for"),
    "runs.figure.days_closed": ("hari yang lengkap", "days closed"),
    "runs.figure.days_open": ("hari yang belum lengkap", "days not closed"),
    "runs.figure.days_unread": ("hari yang tidak terbaca", "days not read"),
    "runs.figure.gone": ("artikel yang dihapus portal", "articles that the portal has deleted"),
    "runs.figure.removed": ("artikel yang ditarik", "articles removed"),
    "runs.of": ("Penelusuran {number}", "Run {number}"),
    "runs.report": ("Laporan penelusuran ini", "The report of this run"),
    "runs.again": ("Perintah yang mengulang atau melanjutkannya", "The command that repeats or goes on with it"),
    "runs.software": ("Perangkat lunak", "Software"),
    "runs.code.0": ("lengkap", "complete"),
    "runs.code.1": ("kegagalan tak terduga", "unexpected failure"),
    "runs.code.3": ("selesai dengan celah", "finished with gaps"),
    "runs.code.4": ("ditolak portal", "blocked by the portal"),
    "runs.code.5": ("arsip tak dapat ditulis", "archive could not be written"),
    "runs.code.7": ("arsip rusak", "archive damaged"),
    "runs.code.130": ("dihentikan", "stopped"),
    "runs.code.other": ("kode {code}", "code {code}"),
}  # fmt: skip

_DAYS = (
    ("Senin", "Monday"),
    ("Selasa", "Tuesday"),
    ("Rabu", "Wednesday"),
    ("Kamis", "Thursday"),
    ("Jumat", "Friday"),
    ("Sabtu", "Saturday"),
    ("Minggu", "Sunday"),
)
_MONTHS = (
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
)
_SHORT = ("Jan", "Feb", "Mar", "Apr", ("Mei", "May"), "Jun", "Jul", ("Agu", "Aug"), "Sep", ("Okt", "Oct"), "Nov", ("Des", "Dec"))  # fmt: skip


def long_day(day: date, language: str) -> str:
    """Tuesday 24 November 2026; Selasa, 24 November 2026."""
    place = int(language == "en")
    comma = " " if language == "en" else ", "
    return f"{_DAYS[day.weekday()][place]}{comma}{day.day} {_MONTHS[day.month - 1][place]} {day.year}"


def short_month(day: date, language: str) -> str:
    name = _SHORT[day.month - 1]
    return name if isinstance(name, str) else name[int(language == "en")]


def month_name(day: date, language: str) -> str:
    return f"{_MONTHS[day.month - 1][int(language == 'en')]} {day.year}"


def percent(rate: float) -> str:
    """A rate; 0 and 100 are kept for none and all."""
    rounded = round(100 * rate)
    if 0 < rate < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded}\u00a0%"


def size(count: float, language: str) -> str:
    """Bytes in the unit that fits."""
    units = ["B", "kB", "MB", "GB", "TB"]
    while abs(count) >= 1000 and len(units) > 1:
        count /= 1000
        del units[0]
    unit = units[0]
    text = f"{count:.0f}" if unit == "B" or count >= 100 else f"{count:.1f}"
    return f"{text.replace('.', ',') if language == 'id' else text}\u00a0{unit}"


def duration(seconds: float, language: str) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)}\u00a0{'s' if language == 'en' else 'dtk'}"
    hours = "h" if language == "en" else "jam"
    if minutes < 60:
        return f"{minutes}\u00a0min" if language == "en" else f"{minutes}\u00a0mnt"
    return f"{minutes // 60}\u00a0{hours} {minutes % 60:02}"
