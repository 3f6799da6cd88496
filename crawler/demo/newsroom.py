"""The demo newsroom: a deterministic source of invented articles in the shapes that real ones take.

The shapes (bylines, datelines, credits, "Baca juga" lines, end marks) turn in cycles of different lengths,
so that sixty articles show every shape and most of their combinations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from crawler.demo.cards import GROUP, Card, Voice, deal, dice, slug
from crawler.demo.phrases import DAYS, GENERAL, MONTHS, QUOTES, SAYING, TOPICS, Topic
from crawler.demo.story import (
    Block,
    Box,
    BylineStyle,
    DemoArticle,
    DemoPhoto,
    Figure,
    Heading,
    Items,
    Named,
    Paragraph,
    Quote,
    Related,
    RelatedStyle,
    Stray,
    Table,
)
from crawler.demo.truth import truth

__all__ = ["DemoArticle", "Newsroom", "printed_date", "truth"]

SEED = 2026
_PAGE_COUNTS = (1, 2, 1, 3, 2, 1, 4, 2, 5, 1, 3)
_KEPT_ARTICLES = 256
ADVERTISER = "https://belanja-nusantara.example/promo/panci-anti-lengket?utm_source=kabarnusa"

# How people are named: (writers, editor, style, first line of the body).
_BYLINES: tuple[tuple[str, bool, BylineStyle, str], ...] = (
    ("one", True, "lines", ""),
    ("", True, "lines", ""),
    ("two", True, "lines", ""),
    ("", True, "lines", "Laporan Wartawan {brand}, {name}"),
    ("one", True, "one-line", ""),
    ("", False, "none", ""),
    ("one", False, "lines", ""),
    ("", True, "lines", "Laporan Reporter {outlet}, {name}"),
    ("team", True, "lines", ""),
    ("", False, "pipe", ""),
    ("", True, "lines", "Laporan {name} | {city}"),
    ("one", True, "one-line", ""),
    ("", True, "lines", "Oleh: {name}*)"),
    ("", True, "lines", "Laporan Wartawan {outlet} {name} | {city}"),
)

# (what is printed before the text, the dateline in it); {b} brand, {m} the brand in mixed case, {c} city.
_DATELINES: tuple[tuple[str, str], ...] = (
    ("{b}, {c} - ", "{b}, {c}"),
    ("{b} - ", "{b}"),
    ("{b}, {c} – ", "{b}, {c}"),
    ("{c} - ", "{c}"),
    ("{m} | {c} - ", "{m} | {c}"),
    ("", ""),
    ("{b} -- ", "{b}"),
    ("{c}, {b} - ", "{c}, {b}"),
    ("{b}- ", "{b}"),
    ("{b}, {c} -\n", "{b}, {c}"),
)

_CREDITS: tuple[str | None, ...] = (
    "{b}/{NAME}",
    "AFP/File",
    "handover",
    "{name} / AFP",
    "{caption}",
    "{name}",
    "IST",
    "DOK PRIBADI",
    None,
    "HO/{first}",
    "{name} For {m}",
    "YouTube {brand}",
    "Kolase {m}: ANTARA/{name} dan Instagram.",
)

_RELATED: Mapping[int, tuple[tuple[str, RelatedStyle], ...]] = {
    2020: (
        ("Baca:", "baca"),
        ("•", "bullet"),
        ("Baca :", "bold"),
        ("Baca:", "parenthesis"),
        ("Berita selengkapnya >>>", "plain"),
        ("Selengkapnya baca", "plain"),
    ),
    2024: (
        ("Baca juga:", "baca"),
        ("Baca juga:", "bold"),
        ("•", "baca-bullet"),
        ("Baca Selengkapnya:", "plain"),
        ("Baca juga:", "plain"),
    ),
    2026: (("Baca juga:", "span"), ("Baca juga:", "baca"), ("Baca juga:", "span"), ("Baca Juga :", "bold")),
}

_SOURCES: tuple[tuple[str, str], ...] = (
    ("KabarLembah.com", "http://lembah.kabarnusa.localhost/"),
    ("KabarPesisir.com", "http://pesisir.kabarnusa.localhost/"),
    ("Berita Nusa", "https://berita-nusa.example/"),
)


def printed_date(moment: datetime, zone: str = "") -> str:
    """ "Jumat, 9 Oktober 2020 13:52 WIB"; without `zone` the zone is left off, as regional hosts did."""
    day = f"{DAYS[moment.weekday()]}, {moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} {moment:%H:%M}{' ' if zone else ''}{zone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """An address that lists still offer and that no longer leads to a page."""

    host: str
    path: str
    status: int
    headline: str


class Newsroom:
    """All articles for one seed. Lists are dealt at once, an article's text is written when asked for."""

    def __init__(self, *, seed: int = SEED, articles: int = 60) -> None:
        self.seed = seed
        self.cards = deal(seed, articles)
        self.by_address: Mapping[tuple[str, str], Card] = {
            (card.site.host, card.path): card for card in self.cards
        }
        self.on_host: Mapping[str, tuple[Card, ...]] = {
            host: tuple(card for card in self.cards if card.site.host == host)
            for host in {card.site.host for card in self.cards}
        }
        self._written = lru_cache(maxsize=_KEPT_ARTICLES)(self._write)

    def articles(self) -> Iterator[DemoArticle]:
        """Every article, in the order of the cards; videos and galleries are no articles."""
        return (self.article(card) for card in self.cards if card.kind == "article")

    def article(self, card: Card) -> DemoArticle:
        """The article of a card, written on demand."""
        return self._written(card)

    def find(self, host: str, path: str) -> DemoArticle | None:
        """The article at an address."""
        card = self.by_address.get((host, path))
        return self.article(card) if card is not None and card.kind == "article" else None

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """A deleted article that answers 404 and one that answers 410; the sitemaps still list both."""
        return (
            Ghost(
                host="pesisir.kabarnusa.localhost",
                path="/2024/08/07/kabar-yang-ditarik-dari-kuala-baroh",
                status=404,
                headline="Kabar yang Ditarik dari Kuala Baroh",
            ),
            Ghost(
                host="lembah.kabarnusa.localhost",
                path="/daerah/790410/berita-yang-dihapus-dari-salo-bira",
                status=410,
                headline="Berita yang Dihapus dari Salo Bira",
            ),
        )

    @property
    def moved(self) -> Mapping[tuple[str, str], Card]:
        """Old dated addresses that answer 301 to today's numeric ones."""
        cards = [
            card for card in self.cards if card.kind == "article" and f"/{card.article_id}/" in card.path
        ]
        return {
            (card.site.host, f"/{card.published:%Y/%m/%d}/{slug(card.headline)}"): card for card in cards[:2]
        }

    def neighbours(self, card: Card, count: int, *, skip: int = 0) -> tuple[Card, ...]:
        """Other articles of the same host, always the same ones: what boxes and related lines point to."""
        pool = self.on_host[card.site.host]
        start = pool.index(card) if len(pool) <= 200 else abs(card.index) // 2 % len(pool)
        around = (pool[(start + 1 + skip + step) % len(pool)] for step in range(min(count, len(pool) - 1)))
        return tuple(other for other in around if other is not card)

    def _write(self, card: Card) -> DemoArticle:
        return _Desk(self, card).article()


Pages: TypeAlias = list[list[Block]]


class _Desk:
    """Writes one article: people, places and text are drawn from dice of the article's own."""

    def __init__(self, newsroom: Newsroom, card: Card) -> None:
        self.newsroom, self.card, self.site = newsroom, card, card.site
        self.dice = dice(newsroom.seed, "text", card.index)
        self.voice = Voice(self.dice, card.site, card.place, card.published.date())
        self.topic: Topic = TOPICS[card.topic]
        self.number = card.index
        # Position within the host and era, shifted between groups so that the cycles meet differently.
        self.turn = card.index // GROUP + card.index % GROUP * 5
        self.used: set[str] = set()
        self.met: set[str] = set()

    def article(self) -> DemoArticle:
        writers, has_editor, style, opening = _BYLINES[self.turn % len(_BYLINES)]
        authors, printed_writers = self._writers(writers)
        editors = (self._person("editor"),) if has_editor else ()
        dateline, prefix = self._dateline()
        opener = self._person("penulis").name
        lead = self._lead_photo()
        pages = self._pages(prefix)
        if opening:
            self._open(pages[0], opening, opener)
        self._close(pages[-1], opinion=opening.startswith("Oleh"), writer=opener)
        if opening.startswith("Oleh"):
            authors = (Named(name=opener),)
        based_on = self._based_on(pages[-1])
        card, site = self.card, self.site
        return DemoArticle(
            site=site,
            era=card.era,
            path=card.path,
            article_id=card.article_id,
            headline=card.headline,
            standfirst=self.voice.say(self.dice.choice(self.topic.standfirsts)),
            sections=(card.section,) if self.turn % 4 else ("News", card.section),
            keywords=self._keywords(),
            published=card.published,
            modified=card.published + timedelta(minutes=(0, 0, 18, 95)[self.turn % 4]),
            printed=self._printed(),
            pages=tuple(map(tuple, pages)),
            lead=lead,
            kicker=self.topic.kicker if self.turn % 3 != 1 else None,
            abstract=self._abstract(),
            authors=authors,
            printed_writers=printed_writers,
            editors=editors,
            contributors=(opener,) if opening.startswith("Laporan") else (),
            source=self._source(),
            byline_style=style,
            dateline=dateline,
            place=self.voice.city.title() if dateline and self.voice.city in dateline else None,
            based_on=based_on,
            free=not (card.era == 2026 and self.turn % 9 == 4),
            json_ld_offset=7 if site.offset == 8 and card.era == 2024 and self.turn % 5 == 2 else None,
            pager_on_last=not (card.era == 2026 and self.turn % 6 == 3),
            safety_text="all" if self.turn % 2 else "page",
            recommended=tuple((other.headline, other.url) for other in self.newsroom.neighbours(card, 4)),
        )

    # -- people

    def _writers(self, writers: str) -> tuple[tuple[Named, ...], str | None]:
        if writers == "team":
            return (), f"Tim {self.site.brand}"
        people = tuple(self._person("penulis") for _ in range({"": 0, "one": 1, "two": 2}[writers]))
        return people, " dan ".join(person.name for person in people) or None

    def _person(self, role: str) -> Named:
        name = self.voice.byline_name()
        while name in self.met:
            name = self.voice.byline_name()
        self.met.add(name)
        # The pages of 2020 print bylines without links.
        link = None if self.card.era == 2020 else f"{self.site.root}/{role}/{slug(name)}"
        return Named(name=name, url=link)

    def _source(self) -> Named | None:
        if self.turn % 5 != 3:
            return None
        names = [source for source in _SOURCES if source[0] != self.site.outlet]
        name, url = names[self.turn // 5 % len(names)]
        return Named(name=name, url=url)

    # -- head

    def _printed(self) -> str:
        prints_zone = self.card.era != 2020 or self.site.prints_zone
        return printed_date(self.card.published, self.site.zone if prints_zone else "")

    def _keywords(self) -> tuple[str, ...]:
        tags = list(self.topic.tags[: 2 + self.turn % 3])
        return (*tags, self.card.place)

    def _abstract(self) -> tuple[str, ...]:
        if self.card.era != 2026 or self.turn % 4 == 1:
            return ()
        return tuple(self._sentence(self.topic.facts) for _ in range(2 + self.turn % 2))

    def _dateline(self) -> tuple[str | None, str]:
        prefix, dateline = _DATELINES[(self.number * 3 + self.number // len(_DATELINES)) % len(_DATELINES)]
        names = {"b": self.site.dateline_brand, "m": self.site.outlet, "c": self.voice.city}
        return dateline.format(**names) or None, prefix.format(**names)

    def _lead_photo(self) -> DemoPhoto | None:
        if self.turn % 12 == 11:
            return None
        caption = self.voice.say(self.dice.choice(self.topic.captions))
        if self.turn % 8 == 5:
            caption = f"{self.site.dateline_brand} - {caption}"
        elif self.card.era == 2026 and self.turn % 3 == 0:
            caption = f"{self.topic.kicker.upper()} - {caption}"
        credit = _CREDITS[(self.number * 5 + self.number // len(_CREDITS)) % len(_CREDITS)]
        return self._photo(slug(caption)[:40], self._credit(credit, caption), caption, lead=True)

    def _credit(self, shape: str | None, caption: str) -> str | None:
        if shape is None:
            return None
        name = self.voice.name()
        return shape.format(
            b=self.site.dateline_brand,
            m=self.site.outlet,
            brand=self.site.brand,
            name=name,
            NAME=name.upper(),
            first=name.split()[0],
            caption=caption,
        )

    def _photo(self, stem: str, credit: str | None, caption: str, *, lead: bool = False) -> DemoPhoto:
        if self.card.era == 2026:
            digest = f"{self.dice.randrange(16**12):012x}"
            url = f"{self.site.images}/{digest}/1200x675/filters:format(webp)/{stem}.png"
        else:
            folder = "images" if lead else "inline"
            url = f"{self.site.images}/foto/bank/{folder}/{stem}-{self.dice.randrange(10**6)}.png"
        return DemoPhoto(url=url, credit=credit, caption=caption)

    # -- body

    def _pages(self, prefix: str) -> Pages:
        count = _PAGE_COUNTS[self.number % len(_PAGE_COUNTS)]
        pages = [self._page(number, count) for number in range(1, count + 1)]
        lead = self.voice.say(self.dice.choice(self.topic.leads))
        pages[0][:0] = self._lead_paragraphs(prefix, lead)
        if self.turn % 20 == 14:
            self._round_up(pages[0])
        return pages

    def _lead_paragraphs(self, prefix: str, lead: str) -> list[Block]:
        if prefix.endswith("\n"):
            alone = prefix.rstrip()
            return [Paragraph(text=alone, strong=alone.rstrip(" -")), self._paragraph(lead)]
        strong = prefix.rstrip(" -–")
        return [Paragraph(text=prefix + lead, strong=strong, tags=self._linked(lead))]

    def _round_up(self, page: list[Block]) -> None:
        """A second dateline further down, as round-ups of several places have."""
        other = self.dice.choice([place for place in ("SIGLI", "PALOPO") if place != self.voice.city])
        page.append(Heading(text=f"Kabar dari {other.title()}"))
        page.append(Paragraph(text=f"{other} - {self._sentence(GENERAL)}", strong=other))

    def _page(self, number: int, count: int) -> list[Block]:
        if number == count > 1 and self.turn % 10 == 8:
            return [self._paragraph(self._sentence(GENERAL))]
        # Pages of one sentence per paragraph are the house style; some paragraphs run longer.
        blocks: list[Block] = [self._paragraph(self._text()) for _ in range(self.dice.randrange(6, 10))]
        for place, block in enumerate(self._specials(number)):
            blocks.insert(min(len(blocks) - 1, 1 + place * 2), block)
        return blocks

    def _paragraph(self, text: str) -> Paragraph:
        tags = self._linked(text)
        # Editors paste no-break spaces; a fixed share of the paragraphs has one.
        shown = text.replace(" ", "\u00a0", 1) if len(text) % 11 == 0 and not tags else text
        return Paragraph(text=shown, tags=tags)

    def _linked(self, text: str) -> tuple[str, ...]:
        return tuple(tag for tag in (*self.topic.tags, self.card.place) if f" {tag} " in text)[:1]

    def _text(self) -> str:
        roll = self.dice.random()
        if roll < 0.3:
            return self._quoted()
        phrases = self.topic.facts if roll < 0.7 else GENERAL
        first = self._sentence(phrases)
        # A phrase without slots would be the same paragraph in several articles.
        if first in phrases or self.dice.random() < 0.35:
            return f"{first} {self._sentence(GENERAL)}"
        return first

    def _quoted(self) -> str:
        while True:
            quote = self.voice.say(self.dice.choice(QUOTES))
            text = self.voice.say(self.dice.choice(SAYING).replace("{q}", quote))
            if text not in self.used:
                self.used.add(text)
                return text

    def _sentence(self, phrases: tuple[str, ...]) -> str:
        """A sentence that the article has not used yet."""
        while True:
            sentence = self.voice.say(self.dice.choice(phrases))
            if sentence not in self.used:
                self.used.add(sentence)
                return sentence
            phrases = (*phrases, *GENERAL)

    def _specials(self, page: int) -> list[Block]:
        turn = self.turn + page - 1
        found: list[Block] = list(self._related(page))
        if turn % 3 == 0:
            # Two pages of an article may carry subheads, never the same one.
            heading = self.topic.subheads[(page - 1) % len(self.topic.subheads)]
            found.append(Heading(text=heading, tag=("h2", "strong", "h3")[turn % 9 // 3]))
        if turn % 5 in {1, 3}:
            found.append(Items(texts=self._items(), ordered=turn % 5 == 3))
        if turn % 6 == 4 and page == 1:
            found.append(self._table())
        if turn % 6 == 2:
            found.append(Quote(text=f"“{self.voice.say(self.dice.choice(QUOTES))}.”"))
        if turn % 7 == 3:
            found.append(self._figure())
        if turn % 4 == 3 and page == 1:
            others = self.newsroom.neighbours(self.card, 3, skip=6)
            found.append(Box(title="Berita Rekomendasi", links=tuple((o.headline, o.url) for o in others)))
        return found

    def _items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.voice.say(item) for item in self.topic.items))

    def _table(self) -> Table:
        head = (self.dice.choice(("Desa", "Lokasi")), "Jumlah", "Keterangan")
        notes = ("selesai", "berjalan", "menunggu")
        return Table(
            rows=(head, *((self.voice.word("tempat"), self.voice.word("m"), note) for note in notes))
        )

    def _figure(self) -> Figure:
        caption = self.voice.say(self.dice.choice(self.topic.captions)).rstrip(".")
        credit = f"{self.site.brand.upper()}/{self.voice.name()}"
        return Figure(photo=self._photo(slug(caption)[:30], credit, caption))

    def _related(self, page: int) -> list[Block]:
        styles = _RELATED[self.card.era]
        count = (2, 1, 3)[self.turn % 3] if page == 1 else self.turn % 2
        others = self.newsroom.neighbours(self.card, count, skip=page * 3 - 1)
        found: list[Block] = []
        for place, other in enumerate(others):
            label, style = styles[(self.turn + page + place) % len(styles)]
            found.append(Related(label=label, name=other.headline, url=other.url, style=style))
        if self.turn % 6 == 5 and page == 1:
            label, style = styles[0]
            name = "Panci Anti Lengket Diskon Separuh Harga Pekan Ini"
            found.append(Related(label=label, name=name, url=ADVERTISER, style=style, paid=True))
        return found

    # -- first and last lines of the body

    def _open(self, page: list[Block], opening: str, name: str) -> None:
        line = opening.format(
            brand=self.site.brand, outlet=self.site.outlet, name=name, city=self.voice.city.title()
        )
        page.insert(0, Stray(text=line))

    def _close(self, page: list[Block], *, opinion: bool, writer: str) -> None:
        if self.turn % 13 == 2:
            page.append(
                Paragraph(text=f"Penulis {self.voice.name()} adalah salah satu tokoh yang hadir malam itu.")
            )
        if opinion:
            page.append(Stray(text=f"*) PENULIS adalah pegiat literasi di {self.voice.city.title()}"))
            return
        match self.turn % 4:
            case 1:
                page.append(Stray(text="(*)"))
            case 2:
                last = page[-1]
                if isinstance(last, Paragraph):
                    mark = ("(fah)", f"({self.site.outlet}/{writer})")[self.turn // 4 % 2]
                    page[-1] = Paragraph(text=last.text, strong=last.strong, tags=last.tags, mark=mark)

    def _based_on(self, page: list[Block]) -> tuple[str, ...]:
        if self.turn % 10 != 6:
            return ()
        if self.turn % 20 == 6:
            name, url = (
                "Berita Nusa",
                f"https://berita-nusa.example/read/{self.card.article_id}/{slug(self.card.headline)}",
            )
        else:
            # The network's own template: an article of a sister portal.
            sister = next(card for card in self.newsroom.cards if card.site.host != self.site.host)
            name, url = sister.site.outlet, sister.url
        title = self.voice.say(self.dice.choice(self.topic.headlines))
        plain = f"Artikel ini telah tayang di {name} dengan judul {title}"
        html = f'Artikel ini telah tayang di <a href="{url}" target="_blank">{name}</a> dengan judul {title}'
        page.append(Stray(text=plain, html=html))
        return (url,)
