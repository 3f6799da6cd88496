"""The hosts of the Tribun network, as data.

Each line: first label of the host, kind, province, brand, spelling of the brand in datelines. Collected in
November 2026 from the network's own menus (2020, 2022), public crawlers and renderings; an empty brand or
spelling is one that nobody has confirmed. Left out because they carry no news: account, api, the classified
advertisements, the corporate site and the wiki.
"""

from __future__ import annotations

from extractors.portal import Host, zone_of

DOMAIN = "tribunnews.com"

_TABLE = """
aceh | regional | Aceh | Serambi Indonesia | SERAMBINEWS.COM
prohaba | regional | Aceh | Prohaba.co | PROHABA.CO
gayo | regional | Aceh | TribunGayo.com | TRIBUNGAYO.COM
nanggroe | regional | Aceh |  |
medan | regional | Sumatera Utara | Tribun-Medan.com | TRIBUN-MEDAN.COM
padang | regional | Sumatera Barat | Tribun Padang | TRIBUNPADANG.COM
pekanbaru | regional | Riau | Tribun Pekanbaru | TRIBUNPEKANBARU.COM
batam | regional | Kepulauan Riau | Tribun Batam | TRIBUNBATAM.id
jambi | regional | Jambi | Tribun Jambi | TRIBUNJAMBI.COM
palembang | regional | Sumatera Selatan | Sripoku.com | SRIPOKU.COM
sumsel | regional | Sumatera Selatan | Tribun Sumsel | TRIBUNSUMSEL.COM
bangka | regional | Kepulauan Bangka Belitung | BangkaPos.com | BANGKAPOS.COM
belitung | regional | Kepulauan Bangka Belitung | Pos Belitung | POSBELITUNG.CO
babel | regional | Kepulauan Bangka Belitung | BabelNews.id | BABELNEWS.ID
bengkulu | regional | Bengkulu | TribunBengkulu.com | TRIBUNBENGKULU.COM
lampung | regional | Lampung | Tribun Lampung | TRIBUNLAMPUNG.CO.ID
jakarta | regional | DKI Jakarta | TribunJakarta.com | TRIBUNJAKARTA.COM
wartakota | regional | DKI Jakarta | Wartakotalive.com | WARTAKOTALIVE.COM
depok | regional | Jawa Barat | TribunnewsDepok.com | TRIBUNNEWSDEPOK.COM
bekasi | regional | Jawa Barat | TribunBekasi.com | TRIBUNBEKASI.COM
bogor | regional | Jawa Barat | TribunnewsBogor.com | TRIBUNNEWSBOGOR.COM
jabar | regional | Jawa Barat | Tribun Jabar | TRIBUNJABAR.ID
cirebon | regional | Jawa Barat | TribunCirebon.com | TRIBUNCIREBON.COM
priangan | regional | Jawa Barat | TribunPriangan.com | TRIBUNPRIANGAN.COM
banten | regional | Banten | TribunBanten.com | TRIBUNBANTEN.COM
tangerang | regional | Banten | TribunTangerang.com | TRIBUNTANGERANG.COM
jateng | regional | Jawa Tengah | Tribun Jateng | TRIBUNJATENG.COM
solo | regional | Jawa Tengah | TribunSolo.com | TRIBUNSOLO.COM
banyumas | regional | Jawa Tengah | TribunBanyumas.com | TRIBUNBANYUMAS.COM
pantura | regional | Jawa Tengah | Tribun-Pantura.com | TRIBUN-PANTURA.COM
muria | regional | Jawa Tengah | TribunMuria.com | TRIBUNMURIA.COM
jogja | regional | DI Yogyakarta | Tribun Jogja | TRIBUNJOGJA.COM
surabaya | regional | Jawa Timur | Surya.co.id | SURYA.CO.ID
jatim | regional | Jawa Timur | TribunJatim.com | TRIBUNJATIM.COM
suryamalang | regional | Jawa Timur | Surya Malang | SURYAMALANG.COM
madura | regional | Jawa Timur | TribunMadura.com | TRIBUNMADURA.COM
mataraman | regional | Jawa Timur | TribunMataraman.com | TRIBUNMATARAMAN.COM
jatim-timur | regional | Jawa Timur |  |
bali | regional | Bali | Tribun Bali | TRIBUN-BALI.COM
lombok | regional | Nusa Tenggara Barat | TribunLombok.com | TRIBUNLOMBOK.COM
mataram | regional | Nusa Tenggara Barat | TribunMataram.com | TRIBUNMATARAM.COM
kupang | regional | Nusa Tenggara Timur | Pos Kupang | POS-KUPANG.COM
flores | regional | Nusa Tenggara Timur | TribunFlores.com | TRIBUNFLORES.COM
pontianak | regional | Kalimantan Barat | Tribun Pontianak | TRIBUNPONTIANAK.CO.ID
banjarmasin | regional | Kalimantan Selatan | Banjarmasin Post | BANJARMASINPOST.CO.ID
kalteng | regional | Kalimantan Tengah | TribunKalteng.com | TRIBUNKALTENG.COM
kaltim | regional | Kalimantan Timur | Tribun Kaltim | TRIBUNKALTIM.CO
kaltara | regional | Kalimantan Utara | TribunKaltara.com | TRIBUNKALTARA.COM
manado | regional | Sulawesi Utara | Tribun Manado | TRIBUNMANADO.CO.ID
gorontalo | regional | Gorontalo | TribunGorontalo.com | TRIBUNGORONTALO.COM
palu | regional | Sulawesi Tengah | TribunPalu.com | TRIBUNPALU.COM
makassar | regional | Sulawesi Selatan | Tribun-Timur.com | TRIBUN-TIMUR.COM
toraja | regional | Sulawesi Selatan | TribunToraja.com | TRIBUNTORAJA.COM
sulbar | regional | Sulawesi Barat | Tribun-Sulbar.com | TRIBUN-SULBAR.COM
sultra | regional | Sulawesi Tenggara | TribunnewsSultra.com | TRIBUNNEWSSULTRA.COM
ambon | regional | Maluku | TribunAmbon.com | TRIBUNAMBON.COM
ternate | regional | Maluku Utara | TribunTernate.com | TRIBUNTERNATE.COM
papua | regional | Papua | Tribun-Papua.com | TRIBUN-PAPUA.COM
papuabarat | regional | Papua Barat | TribunPapuaBarat.com | TRIBUNPAPUABARAT.COM
sorong | regional | Papua Barat Daya | TribunSorong.com | TRIBUNSORONG.COM
papuatengah | regional | Papua Tengah |  |
www | national |  | Tribunnews.com | TRIBUNNEWS.COM
m | national-mobile |  | Tribunnews.com | TRIBUNNEWS.COM
style | vertical |  | TribunStyle.com | TRIBUNSTYLE.COM
travel | vertical |  | TribunTravel.com | TRIBUNTRAVEL.COM
wow | vertical |  | TribunWow.com | TRIBUNWOW.COM
newsmaker | vertical |  | TribunNewsmaker.com | TRIBUNNEWSMAKER.COM
trends | vertical |  | TribunTrends.com | TRIBUNTRENDS.COM
health | vertical |  | TribunHealth |
shopping | vertical |  | TribunShopping |
booking | vertical |  | TribunBooking |
superskor | vertical |  | Super Ball | SUPERSKOR
video | video |  | Tribun-Video.com |
longform | vertical |  | Tribunnews Longform |
"""


def _host(line: str) -> Host:
    label, kind, province, brand, dateline_brand = (cell.strip() for cell in f"{line} | | ".split("|")[:5])
    return Host(
        name=f"{label}.{DOMAIN}",
        brand=brand or f"{label}.{DOMAIN}",
        province=province,
        zone=zone_of(province),
        kind=kind,
        dateline_brand=dateline_brand,
    )


NETWORK: tuple[Host, ...] = tuple(_host(line) for line in _TABLE.strip().splitlines())
