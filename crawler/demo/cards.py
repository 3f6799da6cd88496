"""Which articles the demo newsroom has: sites, days, addresses, headlines, before any text is written."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from crawler.demo.phrases import (
    CITIES,
    FIRST_NAMES,
    INSTITUTIONS,
    LAST_NAMES,
    MONTHS,
    ODD_NAMES,
    OFFICES,
    PLACES,
    SPANS,
    TOPICS,
    Topic,
)
from crawler.demo.story import Era, Site

Kind: TypeAlias = Literal["article", "video", "gallery"]

SECTIONS = tuple(dict.fromkeys(topic.section for topic in TOPICS))
_NETWORK = (
    ("pesisir.kabarnusa.localhost", "Kabar Pesisir"),
    ("lembah.kabarnusa.localhost", "Kabar Lembah"),
)
PESISIR = Site(
    host="pesisir.kabarnusa.localhost",
    brand="Kabar Pesisir",
    outlet="KabarPesisir.com",
    dateline_brand="KABARPESISIR.COM",
    province="Aceh",
    network=_NETWORK,
    sections=SECTIONS,
)
LEMBAH = Site(
    host="lembah.kabarnusa.localhost",
    brand="Kabar Lembah",
    outlet="KabarLembah.com",
    dateline_brand="KABARLEMBAH.COM",
    province="Sulawesi Selatan",
    zone="WITA",
    offset=8,
    prints_zone=True,
    network=_NETWORK,
    sections=SECTIONS,
)
SITES = (PESISIR, LEMBAH)
ERAS: tuple[Era, ...] = (2020, 2024, 2026)
# The busy day of each era; every tenth article of a host and era is a day earlier or later.
BUSY_DAYS: Mapping[Era, date] = {
    2020: date(2020, 10, 9),
    2024: date(2024, 8, 7),
    2026: date(2026, 7, 24),
}
GROUP = len(SITES) * len(ERAS)
_ROUND = 10
_LONGEST_SLUG = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What lists need of an article: enough to link to it, cheap enough to keep thousands of."""

    index: int
    kind: Kind
    site: Site
    era: Era
    path: str
    article_id: int
    headline: str
    section: str
    published: datetime
    topic: int
    place: str

    @property
    def url(self) -> str:
        return self.site.root + self.path

    @property
    def thumbnail(self) -> str:
        """Relative and without a leading slash, as the network's list pages print it."""
        return f"foto/bank/thumbnails2/{self.article_id}.png"


def dice(*key: object) -> random.Random:
    """A generator of its own for each purpose, so that nothing depends on the order of the calls."""
    return random.Random("/".join(map(str, key)))


def slug(text: str) -> str:
    """Letters and digits joined by hyphens, cut in length: what the network makes of a headline."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_SLUG].strip("-")


class Voice:
    """Fills the slots of phrases for one article; always the same words for the same dice."""

    def __init__(self, dice_: random.Random, site: Site, place: str, day: date) -> None:
        self.dice = dice_
        self.region = "pesisir" if "pesisir" in site.host else "lembah"
        self.place, self.day = place, day
        self.city = self.dice.choice(CITIES[self.region])

    def say(self, phrase: str) -> str:
        text = phrase.format_map(_Slots(self))
        return text[0].upper() + text[1:]

    def name(self) -> str:
        return f"{self.dice.choice(FIRST_NAMES)} {self.dice.choice(LAST_NAMES)}"

    def byline_name(self) -> str:
        """Mostly a plain name, now and then one that a tidy rule would break."""
        return self.dice.choice(ODD_NAMES) if self.dice.random() < 0.25 else self.name()

    def word(self, slot: str) -> str:
        """A new filling for a slot."""
        draw = self.dice
        match slot:
            case "tempat":
                return self.place if draw.random() < 0.45 else draw.choice(PLACES[self.region])
            case "kota":
                return self.city.title()
            case "nama":
                return self.name()
            case "pejabat":
                return draw.choice(OFFICES).format_map(_Slots(self))
            case "lembaga":
                return draw.choice(INSTITUTIONS)
            case "hari":
                return self._day()
            case "lama":
                return draw.choice(SPANS)
            case "bulan":
                return draw.choice(MONTHS)
            case _:
                return self._number(slot)

    def _day(self) -> str:
        day = self.day - timedelta(days=self.dice.randrange(3))
        names = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
        return f"{names[day.weekday()]} ({day.day}/{day.month}/{day.year})"

    def _number(self, slot: str) -> str:
        draw = self.dice
        match slot:
            case "n":
                return str(draw.randrange(2, 15))
            case "m":
                return str(draw.randrange(16, 90))
            case "ribu":
                return f"{draw.randrange(1, 9)}.{draw.randrange(100, 999)}"
            case "uang":
                return f"Rp{draw.randrange(11, 980)}.{draw.randrange(1, 9)}00"
            case "jam":
                return f"{draw.randrange(6, 21):02}.{draw.choice(('00', '15', '30', '45'))}"
        raise KeyError(slot)


class _Slots(dict[str, str]):
    """A mapping that draws anew for each slot of a phrase."""

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self._voice = voice

    def __missing__(self, slot: str) -> str:
        return self._voice.word(slot)


def deal(seed: int, articles: int) -> tuple[Card, ...]:
    """The cards of `articles` articles, with a video and a gallery page on each busy day besides."""
    taken: set[tuple[str, str]] = set()
    dealt = [_card(seed, index, taken) for index in range(articles)]
    return tuple(dealt) + tuple(_extras(dealt))


def _card(seed: int, index: int, taken: set[tuple[str, str]]) -> Card:
    site, era = SITES[index % 2], ERAS[index // 2 % 3]
    nth = index // GROUP
    draw = dice(seed, "card", index)
    topic = (index * 7 + nth) % len(TOPICS)
    published = _published(site, era, nth, draw)
    region = "pesisir" if site is PESISIR else "lembah"
    place = draw.choice(PLACES[region])
    headline = _headline(Voice(draw, site, place, published.date()), TOPICS[topic], site, taken)
    article_id = 800_000 + index * 13 + draw.randrange(13)
    section = TOPICS[topic].section
    dated = era != 2026 or nth % _ROUND == 9
    head = f"/{published:%Y/%m/%d}" if dated else f"/{slug(section)}/{article_id}"
    return Card(
        index=index,
        kind="article",
        site=site,
        era=era,
        path=f"{head}/{slug(headline)}",
        article_id=article_id,
        headline=headline,
        section=section,
        published=published,
        topic=topic,
        place=place,
    )


def _headline(voice: Voice, topic: Topic, site: Site, taken: set[tuple[str, str]]) -> str:
    while True:
        # A headline is about the card's place; its other slots vary.
        phrase = voice.dice.choice(topic.headlines).replace("{tempat}", voice.place)
        headline = voice.say(phrase)
        if (site.host, slug(headline)) not in taken:
            taken.add((site.host, slug(headline)))
            return headline


def _published(site: Site, era: Era, nth: int, draw: random.Random) -> datetime:
    round_, turn = divmod(nth, _ROUND)
    day = BUSY_DAYS[era] + timedelta(days=(0, 0, 0, 0, -1, 0, 0, 1, 0, -1)[turn] - 3 * round_)
    second = 0 if era == 2026 else draw.randrange(1, 60)
    return datetime(
        day.year, day.month, day.day, draw.randrange(6, 22), draw.randrange(60), second, tzinfo=site.tz
    )


def _extras(dealt: list[Card]) -> list[Card]:
    """One video and one gallery page for the first article of each host and era."""
    found = []
    for card in dealt[:GROUP]:
        kind: Kind = "video" if card.index % 2 == 0 else "gallery"
        headline = f"{'VIDEO' if kind == 'video' else 'FOTO'}: Suasana Pagi di {card.place} Usai Hujan"
        article_id = card.article_id + 700_000
        head = f"/{card.published:%Y/%m/%d}" if card.era != 2026 else f"/{slug(card.section)}/{article_id}"
        found.append(
            replace(
                card,
                index=-1 - card.index,
                kind=kind,
                headline=headline,
                article_id=article_id,
                path=f"{head}/{slug(headline)}",
                published=card.published + timedelta(minutes=7),
            )
        )
    return found
