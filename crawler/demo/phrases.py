"""The demo newsroom's vocabulary: hand-written fragments that are combined into invented articles.

Nothing here was published by anybody. Slots: {tempat} a place, {kota} the article's city, {pejabat} name and
office of somebody, {nama} a name, {lembaga} an institution, {n} {m} small numbers, {ribu} thousands,
{uang} a sum, {jam} a time of day, {hari} a day with its date, {bulan} a month, {lama} a length of time.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a kind of article talks about."""

    section: str
    kicker: str
    tags: tuple[str, ...]
    headlines: tuple[str, ...]
    standfirsts: tuple[str, ...]
    leads: tuple[str, ...]
    facts: tuple[str, ...]
    captions: tuple[str, ...]
    subheads: tuple[str, ...]
    items: tuple[str, ...]


TOPICS: tuple[Topic, ...] = (
    Topic(
        section="Ekonomi",
        kicker="Harga Ikan",
        tags=("nelayan", "harga ikan", "pelabuhan", "Tempat Pelelangan Ikan"),
        headlines=(
            "Harga Tongkol di {tempat} Naik {n} Persen, Pedagang Kurangi Stok",
            "{ribu} Ton Ikan Bongkar di Pelabuhan {tempat} Sepanjang {bulan}",
            "Nelayan {tempat} Libur Melaut {n} Hari, Pasokan Ikan Menipis",
        ),
        standfirsts=(
            "Pasokan ikan dari {tempat} berkurang sejak {n} hari terakhir, pedagang eceran mulai membatasi pembelian",
            "Cuaca di perairan {tempat} belum bersahabat sehingga sebagian perahu memilih bersandar",
        ),
        leads=(
            "Harga ikan tongkol di tempat pelelangan {tempat} naik {n} persen dibanding pekan lalu.",
            "Sebanyak {m} perahu nelayan {tempat} bersandar sejak {hari} karena gelombang tinggi.",
        ),
        facts=(
            "Tongkol ukuran sedang kini dijual {uang} per keranjang, sedangkan dencis {uang} per keranjang.",
            "Kapal di atas {n} gros ton masih berangkat, tetapi pulang lebih cepat dari biasanya.",
            "Es balok dari pabrik di {tempat} ikut menumpuk karena permintaan turun.",
            "Pedagang keliling di {kota} mengaku hanya membawa {n} kilogram setiap pagi.",
            "Data pelabuhan mencatat {m} kapal masuk sampai pukul {jam}, jauh di bawah rata-rata.",
            "Solar bersubsidi untuk nelayan masih tersedia dengan kuota {ribu} liter.",
            "Sebagian anak buah kapal memanfaatkan waktu luang untuk menambal jaring di tepi dermaga.",
            "Ikan dari {tempat} biasanya dikirim ke tiga kota dengan truk berpendingin.",
            "Warung makan di sekitar dermaga menyiasati keadaan dengan menu ikan air tawar.",
        ),
        captions=(
            "Pekerja menyortir tongkol di tempat pelelangan {tempat}, {hari}.",
            "Perahu nelayan bersandar di muara {tempat} ketika ombak meninggi.",
        ),
        subheads=("Stok di gudang pendingin", "Nelayan menunggu cuaca", "Harga di tingkat eceran"),
        items=(
            "Tongkol naik {n} persen",
            "Dencis naik {m} persen",
            "Cumi tetap",
            "Udang windu turun {n} persen",
        ),
    ),
    Topic(
        section="Daerah",
        kicker="Jalan Rusak",
        tags=("infrastruktur", "jalan rusak", "jembatan", "dinas pekerjaan umum"),
        headlines=(
            "Jembatan {tempat} Ditutup {n} Hari, Kendaraan Dialihkan",
            "Jalan Penghubung {tempat} Berlubang, Warga Tambal Sendiri",
            "Perbaikan Ruas {tempat} Sepanjang {n} Kilometer Dimulai {bulan}",
        ),
        standfirsts=(
            "Warga diminta memakai jalur lewat {tempat} selama pekerjaan berlangsung, dan truk besar harus menung",
            "Ruas sepanjang {n} kilometer itu terakhir diaspal belasan tahun lalu",
        ),
        leads=(
            "Jembatan gantung di {tempat} ditutup untuk kendaraan roda empat mulai {hari}.",
            "Warga {tempat} menambal sendiri lubang di jalan desa dengan pasir dan batu kali.",
        ),
        facts=(
            "Lebar badan jalan yang tersisa di titik terparah hanya {n} meter.",
            "Rambu pengalih arus sudah dipasang di simpang {tempat} sejak pukul {jam}.",
            "Anggaran yang disiapkan mencapai {uang} dan berasal dari dana pemeliharaan rutin.",
            "Angkutan sekolah memutar lewat {tempat} sehingga siswa berangkat lebih pagi.",
            "Alat berat yang dikirim terdiri atas {n} ekskavator dan dua mesin gilas.",
            "Pada musim hujan genangan di ruas itu dapat bertahan {lama}.",
            "Pengendara sepeda motor dari {tempat} mengaku pernah terjatuh di lubang yang sama.",
            "Gorong-gorong lama akan diganti dengan ukuran yang lebih besar.",
            "Pekerjaan malam hari dihindari karena penerangan di {tempat} belum memadai.",
        ),
        captions=(
            "Kendaraan melintas bergantian di jembatan {tempat}.",
            "Warga menimbun lubang jalan dengan batu kali di {tempat}, {hari}.",
        ),
        subheads=("Jalur alternatif", "Anggaran dan tenggat", "Keluhan warga"),
        items=(
            "Roda dua lewat jalan desa {tempat}",
            "Truk di atas {n} ton dilarang melintas",
            "Ambulans mendapat prioritas",
            "Bus sekolah berangkat pukul {jam}",
        ),
    ),
    Topic(
        section="Ekonomi",
        kicker="Panen Raya",
        tags=("petani", "panen", "gabah", "kopi"),
        headlines=(
            "Petani {tempat} Panen {ribu} Ton Gabah di {bulan}",
            "Kopi dari {tempat} Laku {uang} per Karung di Lelang Daerah",
            "Irigasi {tempat} Kembali Mengalir, {m} Hektare Sawah Siap Tanam",
        ),
        standfirsts=(
            "Harga gabah bertahan meski panen serempak, koperasi {tempat} menyerap sebagian hasil",
            "Petani di {tempat} menanam dua kali setahun setelah saluran tersier selesai dibersihkan",
        ),
        leads=(
            "Petani di {tempat} memanen padi di lahan seluas {m} hektare pada {hari}.",
            "Kopi hasil kebun rakyat {tempat} terjual {uang} per karung dalam lelang di {kota}.",
        ),
        facts=(
            "Hasil rata-rata mencapai {n} ton per hektare, sedikit di atas musim tanam lalu.",
            "Koperasi setempat membeli gabah kering dengan harga {uang} per kuintal.",
            "Serangan wereng tahun ini hanya tampak di {n} petak dekat {tempat}.",
            "Mesin panen disewa bergiliran oleh {m} kelompok tani.",
            "Sebagian petani menyimpan hasil panen di lumbung desa sampai {bulan}.",
            "Bibit yang dipakai berumur pendek sehingga dapat dipanen dalam {lama}.",
            "Penyuluh dari {lembaga} mendampingi kelompok tani dua kali sebulan.",
            "Jalan usaha tani selebar {n} meter memudahkan pengangkutan karung.",
            "Buruh panen datang dari {tempat} dan menginap di balai desa.",
        ),
        captions=(
            "Petani menjemur gabah di halaman balai desa {tempat}.",
            "Biji kopi dipilah dengan tangan di gudang koperasi {tempat}, {hari}.",
        ),
        subheads=("Harga di tingkat petani", "Air mengalir lagi", "Rencana musim tanam"),
        items=(
            "Gabah kering panen {uang} per kuintal",
            "Jagung pipil {uang} per kuintal",
            "Kopi asalan {uang} per karung",
            "Cabai rawit belum dipanen",
        ),
    ),
    Topic(
        section="Pendidikan",
        kicker="Sekolah",
        tags=("sekolah", "guru", "siswa", "beasiswa"),
        headlines=(
            "{m} Siswa {tempat} Belajar di Tenda, Ruang Kelas Diperbaiki",
            "Guru Muda di {tempat} Buka Kelas Membaca Tiap {n} Sore",
            "Perpustakaan Perahu Singgah di {tempat}, Bawa {ribu} Buku",
        ),
        standfirsts=(
            "Ruang kelas baru di {tempat} ditargetkan selesai dalam {lama}",
            "Anak-anak {tempat} meminjam buku langsung dari geladak perahu",
        ),
        leads=(
            "Sebanyak {m} siswa sekolah dasar di {tempat} belajar di tenda sejak {hari}.",
            "Perpustakaan perahu kembali singgah di dermaga {tempat} dengan membawa {ribu} judul buku.",
        ),
        facts=(
            "Jam pelajaran dipersingkat sampai pukul {jam} karena udara di dalam tenda panas.",
            "Buku yang paling sering dipinjam adalah cerita rakyat dan ensiklopedia hewan.",
            "{lembaga} menyumbang {m} meja lipat dan dua papan tulis.",
            "Orang tua murid bergantian memasak bekal di dapur umum.",
            "Guru honorer di sekolah itu berjumlah {n} orang dan mengajar semua mata pelajaran.",
            "Sinyal telepon hanya muncul di bukit dekat {tempat}.",
            "Kelas malam dibuka untuk ibu-ibu yang ingin belajar berhitung.",
            "Lomba membaca puisi akan digelar di {kota} pada {bulan}.",
            "Seragam olahraga dijahit sendiri oleh kelompok warga {tempat}.",
        ),
        captions=(
            "Murid membaca bersama di halaman sekolah {tempat}.",
            "Anak-anak memilih buku di geladak perahu pustaka, {hari}.",
        ),
        subheads=("Kelas darurat", "Bantuan berdatangan", "Kata para murid"),
        items=("{m} meja lipat", "{n} papan tulis", "{ribu} buku cerita", "Satu set alat musik"),
    ),
    Topic(
        section="Kesehatan",
        kicker="Layanan Kesehatan",
        tags=("puskesmas", "kesehatan", "imunisasi", "posyandu"),
        headlines=(
            "Puskesmas {tempat} Layani {m} Pasien Sehari, Antrean Dibatasi",
            "Kapal Layanan Kesehatan Tiba di {tempat}, Periksa {ribu} Warga",
            "Posyandu {tempat} Kejar Imunisasi {m} Balita",
        ),
        standfirsts=(
            "Dokter gigi hanya tersedia {n} hari dalam sepekan di {tempat}",
            "Warga {tempat} tidak perlu lagi menyeberang untuk memeriksakan kesehatan",
        ),
        leads=(
            "Puskesmas {tempat} membatasi antrean menjadi {m} pasien sehari mulai {hari}.",
            "Kapal layanan kesehatan merapat di {tempat} dan memeriksa warga sejak pukul {jam}.",
        ),
        facts=(
            "Pendaftaran dibuka lewat pesan singkat sehingga warga tidak perlu datang subuh.",
            "Keluhan terbanyak adalah batuk, disusul nyeri sendi dan hipertensi.",
            "Bidan dari {tempat} menyeberang {n} kali sepekan untuk memeriksa ibu hamil.",
            "Persediaan vaksin disimpan di lemari pendingin bertenaga surya.",
            "Kader posyandu mencatat berat badan {m} balita dalam satu pagi.",
            "Obat yang sering habis akan dipesan dua pekan lebih awal.",
            "Ruang tunggu diperluas dengan biaya {uang} dari dana kapitasi.",
            "Pasien rujukan dibawa ke {kota} dengan perjalanan {lama}.",
            "Senam lansia digelar setiap Jumat di lapangan {tempat}.",
        ),
        captions=(
            "Perawat mengukur tekanan darah warga {tempat}.",
            "Ibu-ibu menimbang balita di posyandu {tempat}, {hari}.",
        ),
        subheads=("Antrean daring", "Tenaga terbatas", "Jadwal layanan"),
        items=(
            "Poli umum pukul {jam}",
            "Poli gigi hanya Selasa",
            "Imunisasi setiap tanggal {n}",
            "Laboratorium tutup hari libur",
        ),
    ),
    Topic(
        section="Daerah",
        kicker="Banjir",
        tags=("banjir", "cuaca", "sungai", "relawan"),
        headlines=(
            "Air Sungai {tempat} Surut, {m} Keluarga Kembali ke Rumah",
            "Tanggul {tempat} Jebol {n} Meter, Relawan Bangun Dapur Umum",
            "Hujan {n} Jam, Pasar {tempat} Tergenang Setinggi Lutut",
        ),
        standfirsts=(
            "Sebagian warga {tempat} masih membersihkan lumpur, sekolah diliburkan {n} hari",
            "Dapur umum di {tempat} menyiapkan {ribu} bungkus nasi setiap hari",
        ),
        leads=(
            "Air sungai yang meluap di {tempat} berangsur surut pada {hari}.",
            "Tanggul tanah di {tempat} jebol sepanjang {n} meter setelah hujan semalaman.",
        ),
        facts=(
            "Ketinggian air di titik pantau {tempat} turun {n} sentimeter sejak pukul {jam}.",
            "Perahu karet dipakai untuk mengantar makanan ke {m} rumah di seberang sungai.",
            "Lumpur setebal {n} sentimeter menutup lantai balai desa.",
            "Relawan dari {lembaga} membawa pompa dan karung pasir.",
            "Ternak warga dipindahkan ke bukit di belakang {tempat}.",
            "Listrik di dua dusun dipadamkan sementara demi keselamatan.",
            "Tidak ada korban jiwa, tetapi {n} warga dirawat karena kelelahan.",
            "Kerugian pedagang pasar ditaksir mencapai {uang}.",
            "Hujan diperkirakan masih turun dalam {lama} ke depan.",
        ),
        captions=(
            "Warga mengangkat perabot dari rumah yang tergenang di {tempat}.",
            "Relawan menata karung pasir di tanggul {tempat}, {hari}.",
        ),
        subheads=("Kondisi terkini", "Dapur umum", "Perkiraan cuaca"),
        items=("{m} bungkus nasi", "{n} pompa air", "{m} karung pasir", "Selimut dan popok bayi"),
    ),
    Topic(
        section="Olahraga",
        kicker="Liga Nusa",
        tags=("sepak bola", "Liga Nusa", "pelatih", "stadion"),
        headlines=(
            "PS {tempat} Menang {n} Gol, Pelatih Puji Pemain Muda",
            "Lomba Dayung {tempat} Diikuti {m} Regu dari Lima Kecamatan",
            "Bek PS {tempat} Absen {n} Laga, Akademi Siapkan Pengganti",
        ),
        standfirsts=(
            "Kemenangan di kandang membuat PS {tempat} naik ke papan tengah",
            "Regu dari {tempat} mencatat waktu tercepat pada hari pertama",
        ),
        leads=(
            "PS {tempat} menang dengan selisih {n} gol dalam laga kandang, {hari}.",
            "Lomba dayung perahu tradisional di {tempat} diikuti {m} regu.",
        ),
        facts=(
            "Gol pertama lahir pada menit ke-{m} lewat sundulan dari sepak pojok.",
            "Penonton yang datang mencapai {ribu} orang, terbanyak musim ini.",
            "Penjaga gawang cadangan menepis tendangan penalti pada babak kedua.",
            "Pelatih menurunkan {n} pemain hasil akademi sejak menit awal.",
            "Lapangan di {tempat} baru saja diganti rumputnya.",
            "Wasit mengeluarkan {n} kartu kuning sepanjang pertandingan.",
            "Tim tamu hanya membawa {m} pemain karena cedera.",
            "Hadiah uang pembinaan sebesar {uang} diserahkan seusai final.",
            "Laga berikutnya digelar di {kota} pada {bulan}.",
        ),
        captions=(
            "Pemain PS {tempat} merayakan gol ke gawang lawan.",
            "Regu dayung {tempat} memacu perahu menuju garis akhir, {hari}.",
        ),
        subheads=("Jalannya laga", "Komentar pelatih", "Jadwal berikutnya"),
        items=(
            "Menit {m}: gol pembuka",
            "Menit {m}: kartu kuning",
            "Menit {m}: pergantian pemain",
            "Menit {m}: gol penutup",
        ),
    ),
    Topic(
        section="Budaya",
        kicker="Festival Budaya",
        tags=("festival", "kesenian", "pariwisata", "tari"),
        headlines=(
            "Festival Perahu Hias {tempat} Dihadiri {ribu} Pengunjung",
            "Penenun {tempat} Hidupkan Lagi {n} Motif Lama",
            "Sanggar {tempat} Pentaskan Hikayat Selama {n} Malam",
        ),
        standfirsts=(
            "Motif yang hampir hilang di {tempat} ditemukan kembali dari kain simpanan keluarga",
            "Perahu hias dari {tempat} berlayar beriringan sampai pukul {jam}",
        ),
        leads=(
            "Festival perahu hias di {tempat} dihadiri {ribu} pengunjung pada {hari}.",
            "Para penenun di {tempat} menghidupkan kembali {n} motif yang lama tidak dibuat.",
        ),
        facts=(
            "Setiap lembar kain dikerjakan selama {lama} oleh dua orang.",
            "Pewarna diambil dari kulit kayu dan daun yang tumbuh di sekitar {tempat}.",
            "Panggung terbuka menampung {m} penampil dari berbagai sanggar.",
            "Kain termahal dalam pameran itu dilepas dengan harga {uang}.",
            "Penonton duduk di tikar pandan yang digelar sepanjang dermaga.",
            "Para tetua meminta hikayat dibacakan utuh tanpa dipotong.",
            "Kelompok rebana dari {tempat} membuka acara tepat pukul {jam}.",
            "Penginapan di {kota} terisi penuh sejak {n} hari sebelumnya.",
            "Anak muda {tempat} merekam pementasan dan menyimpannya di balai desa.",
        ),
        captions=(
            "Penari sanggar {tempat} tampil pada pembukaan festival.",
            "Seorang penenun memperlihatkan motif lama di {tempat}, {hari}.",
        ),
        subheads=("Motif yang kembali", "Panggung terbuka", "Rencana tahun depan"),
        items=("Parade perahu pukul {jam}", "Pembacaan hikayat", "Pameran kain", "Pasar kuliner {tempat}"),
    ),
    Topic(
        section="Hukum",
        kicker="Sidang",
        tags=("pengadilan", "sidang", "jaksa", "sengketa tanah"),
        headlines=(
            "Sidang Sengketa Lahan {tempat} Ditunda {n} Hari, Saksi Sakit",
            "Hakim Datangi Kebun {tempat}, Ukur Ulang {m} Petak",
            "Warga {tempat} Menangkan Gugatan atas {n} Hektare Tambak",
        ),
        standfirsts=(
            "Majelis hakim meminta para pihak di {tempat} menahan diri sampai putusan dibacakan",
            "Pengukuran ulang di {tempat} disaksikan kedua belah pihak",
        ),
        leads=(
            "Sidang sengketa lahan di {tempat} ditunda {n} hari karena seorang saksi sakit.",
            "Majelis hakim memeriksa langsung {m} petak kebun di {tempat} pada {hari}.",
        ),
        facts=(
            "Berkas perkara yang dibawa ke ruang sidang setebal {m} halaman.",
            "Juru ukur memasang patok baru di {n} sudut kebun.",
            "Penggugat menyerahkan surat jual beli bertanggal {bulan} tahun lampau.",
            "Kuasa hukum tergugat keberatan atas peta yang dibuat {lembaga}.",
            "Sidang dibuka pukul {jam} dan berlangsung {lama}.",
            "Nilai lahan yang disengketakan ditaksir {uang}.",
            "Seorang tetua {tempat} bersaksi tentang batas sungai yang bergeser.",
            "Kedua pihak sepakat tidak memanen sampai ada putusan.",
            "Polisi menjaga jalan masuk kebun agar pemeriksaan berjalan tertib.",
        ),
        captions=(
            "Majelis hakim meninjau patok batas kebun di {tempat}.",
            "Warga mengikuti sidang dari halaman pengadilan {kota}, {hari}.",
        ),
        subheads=("Keterangan saksi", "Peta yang berbeda", "Sidang berikutnya"),
        items=("Surat jual beli", "Peta ukur {lembaga}", "Keterangan {n} saksi", "Foto udara"),
    ),
    Topic(
        section="Wisata",
        kicker="Penyeberangan",
        tags=("kapal feri", "wisata", "pelabuhan", "penumpang"),
        headlines=(
            "Feri ke Pulau {tempat} Tambah {n} Perjalanan Sehari",
            "Wisatawan ke {tempat} Capai {ribu} Orang, Parkir Diperluas",
            "Air Terjun {tempat} Dibuka Lagi Setelah {n} Bulan Tutup",
        ),
        standfirsts=(
            "Penumpang feri tujuan {tempat} diminta membeli tiket paling lambat pukul {jam}",
            "Jalur menuju {tempat} kini dilengkapi pegangan tali dan papan petunjuk",
        ),
        leads=(
            "Kapal feri tujuan Pulau {tempat} menambah {n} perjalanan sehari mulai {hari}.",
            "Air terjun di {tempat} kembali dibuka untuk pengunjung setelah jalurnya diperbaiki.",
        ),
        facts=(
            "Tiket penumpang dewasa dijual {uang} dan anak-anak separuhnya.",
            "Kapal berkapasitas {m} penumpang itu dilengkapi ruang khusus ibu menyusui.",
            "Antrean kendaraan di pelabuhan sempat mengular sampai {tempat}.",
            "Pemandu setempat berjumlah {n} orang dan sudah mengikuti pelatihan.",
            "Penginapan milik warga {tempat} menawarkan {m} kamar.",
            "Sampah plastik harus dibawa pulang oleh setiap rombongan.",
            "Warung kopi di dermaga buka sejak pukul {jam}.",
            "Perjalanan dari {kota} memakan waktu {lama} dengan mobil.",
            "Foto-foto {tempat} banyak dibagikan pengunjung pada {bulan}.",
        ),
        captions=(
            "Penumpang turun dari feri di dermaga {tempat}.",
            "Pengunjung berfoto di bawah air terjun {tempat}, {hari}.",
        ),
        subheads=("Jadwal kapal", "Tiket dan tarif", "Aturan pengunjung"),
        items=(
            "Berangkat pukul {jam}",
            "Tiba pukul {jam}",
            "Tarif dewasa {uang}",
            "Sepeda motor {uang}",
        ),
    ),
)

# What somebody says; the speech verbs and the office come around it.
QUOTES: tuple[str, ...] = (
    "Kami sudah menghitung kebutuhannya, tinggal menunggu {n} hari lagi",
    "Yang penting warga {tempat} tidak menunggu terlalu lama",
    "Kalau cuaca bagus, pekerjaan ini selesai sebelum {bulan}",
    "Dulu butuh {lama}, sekarang cukup setengahnya",
    "Saya berterima kasih kepada {m} relawan yang datang tanpa diminta",
    "Jangan percaya kabar yang beredar, datang saja langsung ke {tempat}",
    "Anggarannya {uang}, semuanya kami tempel di papan pengumuman",
    "Kami terbuka, silakan {lembaga} memeriksa",
    "Anak-anak paling senang, mereka menunggu sejak pukul {jam}",
    "Sudah {n} tahun kami mengusulkan, baru sekarang terwujud",
    "Ini bukan soal uang, ini soal kebiasaan orang {tempat}",
    "Kami minta maaf karena layanan sempat berhenti {lama}",
    "Tahun depan jumlahnya harus naik menjadi {m}",
    "Tidak ada yang ditutup-tutupi, datanya bisa dilihat siapa saja",
)

SAYING: tuple[str, ...] = (
    "“{q},” kata {pejabat}, {hari}.",
    "“{q},” ujar {pejabat} saat ditemui di {tempat}.",
    "“{q},” jelas {pejabat} kepada wartawan.",
    '"{q}," tutur {pejabat}.',
    "Menurut {pejabat}, keputusan itu diambil setelah rapat selama {lama}.",
    "“{q},” ucapnya menambahkan.",
    "“{q},” sebut {pejabat} lewat sambungan telepon, {hari}.",
)

GENERAL: tuple[str, ...] = (
    "Hal itu disampaikan {pejabat} dalam pertemuan di {tempat}.",
    "Pertemuan di balai {tempat} dihadiri {m} orang dan berakhir pukul {jam}.",
    "Warga {tempat} menyambut kabar itu dengan gembira.",
    "Sementara itu, {lembaga} menyatakan siap membantu bila diminta.",
    "Keterangan serupa diberikan {pejabat}.",
    "Sebelumnya, kegiatan yang sama pernah digelar di {tempat} pada {bulan}.",
    "Hingga berita ini ditulis, petugas masih mendata {m} keluarga di {tempat}.",
    "Pantauan di {tempat} menunjukkan suasana tetap ramai sampai pukul {jam}.",
    "Laporan lengkap akan diserahkan kepada {lembaga} pada {bulan}.",
    "Biaya perjalanan dari {kota} ke {tempat} rata-rata {uang}.",
    "Sebagian besar peserta datang dari {tempat} dengan menumpang perahu.",
    "Di {tempat}, persiapan sudah berlangsung sejak {n} hari sebelumnya.",
    "{pejabat} meminta semua pihak bersabar.",
    "Jumlah itu lebih banyak {n} dibanding catatan tahun lalu.",
    "Catatan {lembaga} menyebutkan ada {m} kelompok yang terdaftar.",
    "Selain di {tempat}, kegiatan serupa direncanakan di {n} desa lain.",
    "Kesepakatan itu ditandatangani di {kota} pada {hari}.",
    "Ia berharap {tempat} dapat menjadi contoh bagi desa-desa tetangga.",
    "Panitia membuka posko di {tempat} selama {lama}.",
    "Seorang warga, {nama}, mengaku baru pertama kali ikut.",
    "{nama}, warga {tempat}, datang bersama {n} anggota keluarganya.",
    "Rapat lanjutan dijadwalkan pukul {jam} di kantor {lembaga}.",
    "Untuk sementara, kebutuhan ditanggung kas desa sebesar {uang}.",
    "Beberapa warga {tempat} memilih menunggu sampai keadaan membaik.",
    "Kegiatan ditutup dengan makan bersama di halaman balai {tempat}.",
)

OFFICES: tuple[str, ...] = (
    "Kepala Desa {tempat}, {nama}",
    "Camat {tempat}, {nama}",
    "Sekretaris {lembaga}, {nama}",
    "Ketua Koperasi {tempat}, {nama}",
    "juru bicara {lembaga}, {nama}",
    "Panglima Laot {tempat}, {nama}",
    "Ketua kelompok tani {tempat}, {nama}",
    "Kepala {lembaga}, {nama}",
)

INSTITUTIONS: tuple[str, ...] = (
    "Dinas Kelautan Kabupaten",
    "Balai Irigasi Wilayah",
    "Yayasan Cahaya Muara",
    "Badan Penanggulangan Bencana Daerah",
    "Forum Pemuda Nusa",
    "Dinas Pendidikan Kabupaten",
    "Lembaga Adat Setempat",
    "Universitas Samudra Raya",
    "Perhimpunan Perajin Daerah",
)

FIRST_NAMES: tuple[str, ...] = (
    "Cut Meutia",
    "Teuku Ramlan",
    "Nur'aini",
    "Safwan",
    "Hasballah",
    "Rahmi",
    "Zulfikar",
    "Mursyidah",
    "Andi Besse",
    "Daeng Rauf",
    "Syamsinar",
    "Baso",
    "Nella Via",
    "Iskandar",
    "Rosdiana",
    "Fakhrurrazi",
    "I Made Sukerta",
    "Maria Goreti",
    "Petrus",
    "Dewi Anjani",
    "La Ode Hamid",
    "Yulizar",
    "Khairunnisa",
)

LAST_NAMES: tuple[str, ...] = (
    "Ma'rifah",
    "Kharismawati",
    "Abubakar",
    "Lamreung",
    "Batubara",
    "Tanete",
    "Pasolong",
    "Ibrahim",
    "Siregar",
    "Daud",
    "Malaka",
    "Usman",
    "Lhokbeuringen",
    "Saleh",
    "Anwar",
    "Mappaware",
    "Patimbang",
    "Gayosia",
    "Nurdinsyah",
    "Tambunan",
    "Wibisana",
)

# Kept as printed: titles, initials, lower case. A rule that "tidies" names breaks on these.
ODD_NAMES: tuple[str, ...] = (
    "Dr. Safrudin ZA",
    "Dr. Ahmad Zailani, S.H., M.Hum.",
    "m fadhil rangkuti",
    "Nur'asyiah Ma'ruf",
    "T. Hendra Keumala",
    "Sri Wahyu N",
)

PLACES: dict[str, tuple[str, ...]] = {
    "pesisir": (
        "Kuala Baroh",
        "Lamseupeung Jaya",
        "Ujong Meulaboh Lama",
        "Alue Rimba",
        "Teupin Raya",
        "Pulo Seulanga",
        "Blang Krueng Baro",
        "Krueng Itam",
        "Paya Bakong Timur",
        "Meunasah Cut",
        "Lhok Kruet Baru",
        "Rantau Pauh",
        "Glumpang Dua",
        "Simpang Keumala",
    ),
    "lembah": (
        "Bonto Marannu",
        "Lembang Sura",
        "Tanete Riaja Baru",
        "Batu Papan",
        "Sungai Walanae Hulu",
        "Padang Lampe",
        "Buntu Kalosi",
        "Salo Bira",
        "Tombolo Indah",
        "Campalagian Tua",
        "Pattiro Deceng",
        "Galung Lombok",
        "Rumpia",
        "Mallawa Selatan",
    ),
}

CITIES: dict[str, tuple[str, ...]] = {
    "pesisir": ("BANDA ACEH", "LHOKSEUMAWE", "LANGSA", "MEULABOH", "SIGLI", "BIREUEN"),
    "lembah": ("MAKASSAR", "PAREPARE", "PALOPO", "WATAMPONE", "ENREKANG", "BULUKUMBA"),
}

SPANS: tuple[str, ...] = (
    "dua jam",
    "tiga hari",
    "sepekan",
    "dua bulan",
    "empat jam",
    "satu musim",
    "lima hari",
)

MONTHS: tuple[str, ...] = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)

DAYS: tuple[str, ...] = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
