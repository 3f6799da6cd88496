"""The two articles this project started from, as pages in the markup of their year.

Their texts are not part of the project. They are read at run time from `seeds/` in the folder that the
environment variable KLIPING_SHARED names, or in `../shared` beside the repository; without them callers skip:

    @pytest.mark.skipif(not seeds_are_here(), reason=MISSING)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from crawler.demo.cards import Card, Voice, dice, slug
from crawler.demo.lists import IndexPage, render_index
from crawler.demo.markup import page_url, render_article
from crawler.demo.newsroom import printed_date, truth
from crawler.demo.phrases import GENERAL
from crawler.demo.story import (
    Block,
    Box,
    BylinePlace,
    DemoArticle,
    DemoPhoto,
    Named,
    Paragraph,
    Related,
    Site,
    parts_of,
)

MISSING = "the two seed texts are not here (KLIPING_SHARED or ../shared)"

_NETWORK = (
    ("www.tribunnews.com", "Tribunnews.com"),
    ("aceh.tribunnews.com", "Serambi Indonesia"),
    ("solo.tribunnews.com", "TribunSolo.com"),
)
_SERAMBI = Site(
    host="aceh.tribunnews.com",
    brand="Serambinews.com",
    outlet="SERAMBInews.com",
    dateline_brand="SERAMBINEWS.COM",
    province="Aceh",
    scheme="https",
    image_root="https://cdn-2.tstatic.net/aceh",
    publisher="Serambinews.com",
    network=_NETWORK,
    sections=("News", "Nanggroe", "Internasional"),
)
_TRIBUN = replace(
    _SERAMBI,
    host="www.tribunnews.com",
    brand="Tribunnews.com",
    outlet="TRIBUNnews.com",
    dateline_brand="TRIBUNNEWS.COM",
    province="",
    image_root="https://cdn-2.tstatic.net/tribunnews",
    publisher="Tribunnews",
    sections=("Nasional", "Internasional", "Regional"),
)
# File, site, folder of the address, a time of day (the texts have none), an id.
_SEEDS = (
    ("000_", _SERAMBI, "", datetime(2022, 7, 21, 10, 15, 40, tzinfo=_SERAMBI.tz), 1_000_721),
    ("001_", _TRIBUN, "/internasional", datetime(2022, 8, 18, 13, 5, 20, tzinfo=_TRIBUN.tz), 7_000_818),
)
_SECOND_PAGE_PARAGRAPHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text rendering, taken apart by the position of its lines."""

    strip: str
    kicker: str | None
    headline: str
    standfirst: str
    writer: str | None
    editor: str | None
    source: str | None
    credit: str
    caption: str
    body: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One of the two articles; `name` is its number, `text` what its rendering says."""

    name: str
    article: DemoArticle
    text: Text

    @property
    def truth(self) -> dict[str, object]:
        """The sidecar's expected fields, both pages joined."""
        return truth(self.article)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Lines that must not be part of the body: all that the rendering shows beside the paragraphs."""
        text = self.text
        related = [line for line in text.body if line.startswith("Baca juga")]
        names = [text.kicker, text.headline, text.caption, text.credit, text.strip]
        labels = ["Penulis:", "Editor:", "Sumber:", "Baca juga", "Berita Rekomendasi", "zoom-in", "Halaman"]
        closing = [line for line in text.closing if len(line) > 3 and line not in {"Tribunnews", "Halaman"}]
        kept = {part.text for part in parts_of(self.article)}
        return tuple(line for line in (*names, *labels, *related, *closing) if line and line not in kept)

    def pages(self, byline: BylinePlace = "under") -> Mapping[str, str]:
        """Address to page: both pages, the page of all pages, and the daily index that lists the article."""
        article = self.article
        return {
            article.url: render_article(article, 1, byline=byline),
            page_url(article, 2): render_article(article, 2, byline=byline),
            f"{article.url}?page=all": render_article(article, all_pages=True, byline=byline),
            self.index_url: render_index(self._index()),
        }

    @property
    def index_url(self) -> str:
        day = self.article.published
        return f"{self.article.site.root}/index-news?date={day.year}-{day.month}-{day.day}"

    def _index(self) -> IndexPage:
        article = self.article
        card = Card(
            index=0,
            kind="article",
            site=article.site,
            era=article.era,
            path=article.path,
            article_id=article.article_id,
            headline=article.headline,
            section=article.sections[0],
            published=article.published,
            topic=0,
            place="",
        )
        day = article.published.date()
        return IndexPage(site=article.site, day=day, section=None, cards=(card,), page=1, per_page=20)


def seeds_folder() -> Path:
    """Where the texts are looked for."""
    named = os.environ.get("KLIPING_SHARED")
    shared = Path(named) if named else Path(__file__).resolve().parents[3] / "shared"
    return shared / "seeds"


def seeds_are_here() -> bool:
    return all(any(seeds_folder().glob(f"{seed[0]}*.txt")) for seed in _SEEDS)


def seeds() -> tuple[Seed, ...]:
    """Both articles; raises FileNotFoundError without the texts."""
    return tuple(_seed(*seed) for seed in _SEEDS)


def _seed(prefix: str, site: Site, folder: str, published: datetime, article_id: int) -> Seed:
    files = sorted(seeds_folder().glob(f"{prefix}*.txt"))
    if not files:
        raise FileNotFoundError(f"{seeds_folder()}/{prefix}*.txt: {MISSING}")
    text = read_text(files[0].read_text(encoding="utf-8"))
    site = replace(site, strip=text.strip or site.strip)
    dateline, place = _dateline(text.body[0])
    blocks = tuple(_blocks(text, site))
    article = DemoArticle(
        site=site,
        era=2024,
        path=f"{folder}/{published:%Y/%m/%d}/{slug(text.headline)}",
        article_id=article_id,
        headline=text.headline,
        standfirst=text.standfirst,
        sections=("Internasional",),
        keywords=("Internasional", "berita dunia"),
        published=published,
        modified=published,
        printed=printed_date(published, site.zone),
        pages=(blocks, _second_page(site, published)),
        lead=_photo(text, site),
        kicker=text.kicker,
        authors=_people(text.writer, "penulis", site),
        printed_writers=text.writer,
        editors=_people(text.editor, "editor", site),
        source=Named(name=text.source, url="https://solo.tribunnews.com") if text.source else None,
        dateline=dateline,
        place=place,
        recommended=tuple(_neighbours(text, site)),
    )
    return Seed(name=prefix.rstrip("_"), article=article, text=text)


def read_text(rendering: str) -> Text:
    """A rendering's lines by their position: the byline's block is the anchor.

    Two blocks above it stand headline and standfirst, above them a kicker (one line) or a strip (several);
    in it the names, the credit and the caption; below it the body up to the pager's "Halaman".
    """
    blocks = [[line.strip() for line in block.splitlines()] for block in rendering.strip().split("\n\n")]
    anchor = next(n for n, block in enumerate(blocks) if block[0].startswith(("Penulis:", "Editor:")))
    end = next(n for n, block in enumerate(blocks) if block[0] == "Halaman")
    # The headline may follow the kicker or the strip in a block of its own or without one.
    above = blocks[: anchor - 2]
    first = above[0] if above else []
    names, closing = blocks[anchor], [line for block in blocks[end:] for line in block if line]
    picture = [line for line in names if not line.startswith(("Penulis:", "Editor:", "zoom-in"))]
    return Text(
        strip=first[0] if len(first) > 1 else "",
        kicker=first[0] if len(first) == 1 else None,
        headline=blocks[anchor - 2][0],
        standfirst=blocks[anchor - 1][0],
        writer=_labelled(names, "Penulis:"),
        editor=_labelled(names, "Editor:"),
        source=_labelled(closing, "Sumber:"),
        credit=picture[0],
        caption=picture[1],
        body=tuple(" ".join(block) for block in blocks[anchor + 1 : end]),
        closing=tuple(closing),
    )


def _labelled(lines: list[str], label: str) -> str | None:
    return next((line.removeprefix(label).strip() for line in lines if line.startswith(label)), None)


def _dateline(first: str) -> tuple[str, str | None]:
    dateline = first.partition(" - ")[0]
    city = dateline.partition(", ")[2]
    return dateline, city.title() or None


def _people(name: str | None, role: str, site: Site) -> tuple[Named, ...]:
    return (Named(name=name, url=f"{site.root}/{role}/{slug(name)}"),) if name else ()


def _photo(text: Text, site: Site) -> DemoPhoto:
    url = f"{site.images}/foto/bank/images/{slug(text.caption)[:30]}.jpg"
    return DemoPhoto(url=url, credit=text.credit, caption=text.caption)


def _blocks(text: Text, site: Site) -> Iterator[Block]:
    for number, line in enumerate(text.body):
        label, _, name = line.partition(": ")
        if label == "Baca juga":
            yield Related(label="Baca juga:", name=name, url=_address(site, name), style="baca")
        elif line == "Berita Rekomendasi":
            yield Box(title=line, links=tuple(_neighbours(text, site))[:2])
        else:
            strong = line.partition(" - ")[0] if number == 0 else ""
            yield Paragraph(text=line, strong=strong)


def _address(site: Site, title: str) -> str:
    return f"{site.root}/2022/07/20/{slug(title)}"


def _neighbours(text: Text, site: Site) -> Iterator[tuple[str, str]]:
    """Other articles for the boxes: the related ones again, and invented ones."""
    titles = [line.partition(": ")[2] for line in text.body if line.startswith("Baca juga: ")]
    titles += ["Kabar Lain dari Pelabuhan Contoh", "Tiga Desa Contoh Gelar Panen Bersama"]
    return ((title, _address(site, title)) for title in titles)


def _second_page(site: Site, published: datetime) -> tuple[Block, ...]:
    """Invented sentences: nobody knows what the articles' second pages said."""
    voice = Voice(dice("seed", site.host), site, "Kampung Contoh", published.date())
    sentences = dict.fromkeys(voice.say(phrase) for phrase in GENERAL[: _SECOND_PAGE_PARAGRAPHS * 2])
    return tuple(Paragraph(text=sentence) for sentence in list(sentences)[:_SECOND_PAGE_PARAGRAPHS])
