"""Articles of which it is known who copied whom: copies of many kinds, and decoys that only look so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random

from archives import sidecar
from crawler.demo import phrases
from tests.support.many import _filled

HOSTS = tuple(
    f"{name}.kabarnusa.localhost"
    for name in ("pesisir", "lembah", "pulau", "rimba", "muara", "bukit", "teluk")
)
BEGUN = datetime(2022, 1, 1, tzinfo=UTC)

NEAR_KINDS = (
    *("exact", "other title", "other dateline", "two sentences", "paragraph added", "noted", "last cut"),
    *("words mended", "number mended", "paragraphs moved"),
)
STORY_KINDS = ("much added", "excerpt", "rewritten, linked", "half rewritten, titled")
REPORTS = {
    "weather": (
        "Cuaca {kota} pada {hari} diperkirakan {langit} sejak pagi hingga siang. Stasiun Meteorologi "
        "mencatat suhu udara antara {suhu} dan {panas} derajat Celsius. Kelembapan udara berkisar "
        "{lembap} persen. Angin bertiup dari arah {arah} dengan kecepatan {angin} kilometer per jam. "
        "Pada malam hari hujan ringan diperkirakan turun di beberapa kecamatan. Gelombang di perairan "
        "sekitar mencapai {ombak} meter. Warga yang hendak bepergian diminta membawa payung dan "
        "memperhatikan kabar terbaru dari petugas. Nelayan kecil diimbau menunda pelayaran bila angin "
        "bertambah kencang menjelang sore."
    ),
    "prices": (
        "Harga bahan pokok di Pasar {kota} pada {hari} terpantau sebagai berikut. Beras medium dijual "
        "Rp{beras} per kilogram. Cabai merah dijual Rp{cabai} per kilogram. Bawang merah dijual "
        "Rp{bawang} per kilogram. Telur ayam dijual Rp{telur} per papan. Minyak goreng curah dijual "
        "Rp{minyak} per liter. Gula pasir dijual Rp{gula} per kilogram. Daging ayam dijual Rp{ayam} "
        "per kilogram. Kepala pasar mengatakan pasokan dari petani masih cukup untuk kebutuhan warga "
        "hingga akhir pekan. Pembeli tetap ramai sejak pagi, terutama di los sayur dan los ikan "
        "bagian belakang."
    ),
    "football": (
        "{klub} mengalahkan {lawan} dengan skor {gol}-{balas} dalam pertandingan di Stadion {kota}, "
        "{hari}. Gol pertama dicetak pada menit ke-{menit} lewat sundulan di depan gawang. Tuan rumah "
        "menambah gol sebelum babak pertama berakhir. Pada babak kedua tim tamu menekan, tetapi "
        "pertahanan lawan rapat. Sebanyak {penonton} penonton memenuhi tribun. Pelatih memuji kerja "
        "keras para pemain muda yang baru dipasang musim ini. Kemenangan itu membuat tim naik ke "
        "peringkat ke-{peringkat} klasemen sementara."
    ),
    "quake": (
        "Gempa bumi dengan magnitudo {magnitudo} mengguncang {kota} pada {hari} pukul {jam} WIB. "
        "Pusat gempa berada di laut pada kedalaman {dalam} kilometer, sekitar {jauh} kilometer arah "
        "{arah} dari pantai. Getaran dirasakan warga selama beberapa detik. Petugas menyatakan gempa "
        "tidak berpotensi tsunami. Hingga berita ini diturunkan belum ada laporan kerusakan bangunan "
        "maupun korban. Warga diminta tetap tenang dan tidak terpengaruh kabar yang tidak jelas "
        "sumbernya."
    ),
}
_SKIES = ("cerah", "berawan", "cerah berawan", "mendung")
_WAYS = ("barat", "timur", "utara", "selatan", "tenggara", "barat daya")
_CLUBS = (
    "Persiraya",
    "Persimuara",
    "PS Teluk",
    "Bintang Rimba",
    "Putra Lembah",
    "Garuda Pesisir",
    "Laskar Bukit",
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """An article, what it is a copy of, and by which kind of copying.

    `near` is None where good people may differ on whether it is a near-duplicate.
    """

    number: int
    kind: str
    near: int | None
    story: int
    record: dict[str, object]


@dataclass
class Desk:
    """Writes articles; a seed and a count give the same ones."""

    dice: Random
    written: list[Written] = field(default_factory=list)

    def fill(self, count: int) -> list[Written]:
        while len(self.written) < count:
            if self.dice.random() < 0.25:
                self.daily_report()
            else:
                self.story()
        return self.written

    def add(
        self,
        kind: str,
        paragraphs: list[str],
        *,
        title: str,
        moment: datetime,
        near: int | None,
        story: int | None,
        **more: object,
    ) -> int:
        """Its number. `near` -1 and `story` None: a cluster of its own."""
        number = len(self.written)
        host = str(more.pop("host", self.dice.choice(HOSTS)))
        brand = f"{host.partition('.')[0].upper()}NEWS.COM"
        dateline = f"{brand}, {str(more.pop('city', 'KOTA')).upper()}"
        body = "\n\n".join([f"{dateline} - {paragraphs[0]}", *paragraphs[1:]])
        record = {
            "url": f"http://{host}/{moment:%Y/%m/%d}/{sidecar.identifier(title)}-{number}",
            "headline": title,
            "dateline": dateline,
            "datePublished": moment.isoformat(),
            "publisher": {"name": "Kabar Nusa"},
            "articleBody": body,
            **more,
        }
        record["identifier"] = sidecar.identifier(str(record["url"]))
        near_ = number if near == -1 else near
        self.written.append(
            Written(
                number=number, kind=kind, near=near_, story=number if story is None else story, record=record
            )
        )
        return number

    # --- stories and their copies -------------------------------------------------------------------

    def sentences(self, topic: phrases.Topic, count: int) -> list[str]:
        sources = list(topic.facts + phrases.GENERAL + topic.leads)
        return [_filled(self.dice, one) for one in self.dice.choices(sources, k=count)]

    def paragraphs(self, topic: phrases.Topic, count: int) -> list[str]:
        said = self.sentences(topic, 2 * count)
        return [" ".join(said[at : at + 2]) for at in range(0, 2 * count, 2)]

    def story(self) -> None:
        dice = self.dice
        topic = dice.choice(phrases.TOPICS)
        moment = BEGUN + timedelta(days=dice.randrange(700), minutes=dice.randrange(1440))
        said = self.paragraphs(topic, dice.randint(5, 14))
        title = _filled(dice, dice.choice(topic.headlines))
        city = dice.choice(phrases.CITIES["pesisir"])
        first = self.add("original", said, title=title, moment=moment, near=-1, story=None, city=city)
        for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
            self.copy(first, topic, said, title, moment, city)
        if dice.random() < 0.2:
            later = moment + timedelta(days=dice.randint(1, 3))
            background = self.paragraphs(topic, len(said))
            background[-1] = said[dice.randrange(len(said))]
            other = _filled(dice, dice.choice(topic.headlines))
            self.add("follow-up", background, title=other, moment=later, near=-1, story=None, city=city)

    def copy(  # noqa: PLR0912 - a table of kinds
        self, first: int, topic: phrases.Topic, said: list[str], title: str, moment: datetime, city: str
    ) -> None:  # fmt: skip
        dice = self.dice
        kind = dice.choice((*NEAR_KINDS, *STORY_KINDS))
        later = moment + timedelta(minutes=dice.randint(5, 3000))
        url = str(self.written[first].record["url"])
        more: dict[str, object] = {"city": city}
        text, near = list(said), self.written[first].near
        retitled = _filled(dice, dice.choice(topic.headlines))
        new_title = title
        if kind in {"other title", "two sentences", "much added", "excerpt"}:
            new_title = retitled
        if kind == "other dateline":
            more["city"] = dice.choice(phrases.CITIES["lembah"])
        elif kind == "two sentences":
            for at in dice.sample(range(len(text)), 2):
                one, _, two = text[at].partition(". ")
                text[at] = f"{self.sentences(topic, 1)[0]} {two or one}"
        elif kind == "paragraph added":
            text.insert(dice.randrange(1, len(text)), self.paragraphs(topic, 1)[0])
        elif kind == "noted":
            more |= {"isBasedOn": [url], "sourceOrganization": {"name": "KabarNusa.com"}}
        elif kind == "last cut":
            text.pop()
        elif kind == "words mended":
            text = [one.replace(" telah ", " sudah ", 1).replace(" akan ", " bakal ", 1) for one in text]
        elif kind == "number mended":
            text = self._mended(text)
        elif kind == "paragraphs moved":
            dice.shuffle(text)
        elif kind == "much added":
            near, text = None, text + self.paragraphs(topic, len(text))
        elif kind == "excerpt":
            near, text = None, text[: max(len(text) * 6 // 10, 3)]
        elif kind == "rewritten, linked":
            near, text, new_title = -1, self.paragraphs(topic, 6), retitled
            more["isBasedOn"] = [f"{url.replace('http', 'https')}?page=2"]
        elif kind == "half rewritten, titled":
            half = len(text) // 2
            near, text, new_title = None, text[:-half] + self.paragraphs(topic, half), retitled
            more["isBasedOn"] = [title]
        self.add(kind, text, title=new_title, moment=later, near=near, story=first, **more)

    def _mended(self, text: list[str]) -> list[str]:
        at = next((at for at, one in enumerate(text) if any(map(str.isdigit, one))), None)
        if at is None:
            return text
        digit = next(one for one in text[at] if one.isdigit())
        return [*text[:at], text[at].replace(digit, str((int(digit) + 3) % 10), 1), *text[at + 1 :]]

    # --- reports that come every day ----------------------------------------------------------------

    def daily_report(self) -> None:
        """A report for some days and places; each is another one. Some are copied word for word."""
        dice = self.dice
        kind = dice.choice(sorted(REPORTS))
        start = BEGUN + timedelta(days=dice.randrange(600))
        values = self._values()
        for day in range(dice.randint(2, 8)):
            moment = start + timedelta(days=day, minutes=dice.randrange(600))
            values |= {name: one for name, one in self._values().items() if dice.random() < 0.6}
            for city in dice.sample(phrases.CITIES["pesisir"] + phrases.CITIES["lembah"], 2):
                said = values | {
                    "kota": city.title(),
                    "hari": f"{phrases.DAYS[day % 7]} ({moment:%-d/%-m/%Y})",
                }
                text = REPORTS[kind].format_map(said).split(". ")
                parts = [". ".join(text[at : at + 3]) for at in range(0, len(text), 3)]
                title = f"Kabar {kind} {city.title()} Hari Ini"
                first = self.add(
                    f"report, {kind}", parts, title=title, moment=moment, near=-1, story=None, city=city
                )
                if dice.random() < 0.3:
                    self.add(
                        "report copied", parts, title=title, moment=moment + timedelta(hours=1),
                        near=first, story=first, city=dice.choice(phrases.CITIES["lembah"]),
                    )  # fmt: skip

    def _values(self) -> dict[str, str]:
        dice = self.dice
        prices = {name: f"{dice.randint(9, 89)}.{dice.choice('05')}00" for name in
                  ("beras", "cabai", "bawang", "telur", "minyak", "gula", "ayam")}  # fmt: skip
        klub, lawan = dice.sample(_CLUBS, 2)
        return prices | {
            "langit": dice.choice(_SKIES),
            "suhu": str(dice.randint(20, 25)),
            "panas": str(dice.randint(28, 35)),
            "lembap": str(dice.randint(60, 95)),
            "arah": dice.choice(_WAYS),
            "angin": str(dice.randint(5, 40)),
            "ombak": f"{dice.randint(0, 3)},{dice.randint(1, 9)}",
            "klub": klub,
            "lawan": lawan,
            "gol": str(dice.randint(2, 5)),
            "balas": str(dice.randint(0, 1)),
            "menit": str(dice.randint(1, 90)),
            "penonton": f"{dice.randint(1, 20)}.{dice.randint(100, 999)}",
            "peringkat": str(dice.randint(1, 18)),
            "magnitudo": f"{dice.randint(3, 6)},{dice.randint(0, 9)}",
            "dalam": str(dice.randint(5, 90)),
            "jauh": str(dice.randint(10, 150)),
            "jam": f"{dice.randint(0, 23):02d}.{dice.randint(0, 59):02d}",
        }


def write(count: int, seed: int) -> list[Written]:
    return Desk(Random(seed)).fill(count)


# --- how well clusters fit ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score:
    """Over pairs of articles. `missed` and `wrong` count pairs by the kinds of their articles."""

    precision: float
    recall: float
    pairs: int
    missed: Counter[str]
    wrong: Counter[str]


def score(
    written: list[Written], truth: Callable[[Written], int | None], found: Callable[[Written], str]
) -> Score:
    """Pairs of one cluster, held against the pairs that should be in one."""
    judged = [one for one in written if truth(one) is not None]
    right = set(_pairs(judged, truth))
    given = set(_pairs(judged, found))
    both = len(right & given)
    kinds = [one.kind for one in written]
    return Score(
        precision=both / len(given) if given else 1.0,
        recall=both / len(right) if right else 1.0,
        pairs=len(right),
        missed=Counter(f"{kinds[a]} / {kinds[b]}" for a, b in right - given),
        wrong=Counter(f"{kinds[a]} / {kinds[b]}" for a, b in given - right),
    )


def _pairs(written: list[Written], group: Callable[[Written], object]) -> Iterator[tuple[int, int]]:
    groups: dict[object, list[int]] = {}
    for one in written:
        groups.setdefault(group(one), []).append(one.number)
    for members in groups.values():
        yield from combinations(members, 2)
