"""Collections of many invented articles, made quickly and always alike, without WARC files.

    python -m tests.support.many FOLDER COUNT

The manifest, the catalogue's rows and the sidecars are as a crawl leaves them, with one difference: the WARC
files that they name are not there, so nothing that reads records can be tried on such a collection.

What is in it depends on an article's number alone, so the first ten of a thousand are those of ten:

    every 10th has two versions, every 50th three         every 12th has two pages
    every 40th lacks its page 2                           every 97th has no date of publication
    every 25th is the text of the 7th before it, published again by another host an hour later
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from json import JSONEncoder
from json.encoder import encode_basestring
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from archives import sidecar
from archives.capture import CaptureRef
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.digests import digest
from archives.rows import CAPTURE, capture_values
from archives.sidecar import Usage, Version
from crawler.demo import phrases

WARC_FILE = "many-20261101T000000Z-00001-vm.warc.gz"
PORTAL = "demo"
_BEGUN = datetime(2026, 11, 1, tzinfo=UTC)
_FIRST, _DAYS = datetime(2015, 1, 1, tzinfo=UTC), 4200
_POOL = 600
"""Sentences of each topic that articles are put together from."""
_RECORD = 4096
_TABLES = ("urls", "captures", "articles", "versions", "version_pages")


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A host: its places, its zone, and what it says of the use of its texts."""

    host: str
    brand: str
    region: str
    zone: ZoneInfo
    use: str | None = None


NEWSROOMS = (
    Newsroom("pesisir.kabarnusa.localhost", "Kabar Pesisir", "pesisir", ZoneInfo("Asia/Jakarta")),
    Newsroom("lembah.kabarnusa.localhost", "Kabar Lembah", "lembah", ZoneInfo("Asia/Makassar"), "reserved"),
    Newsroom("pulau.kabarnusa.localhost", "Kabar Pulau", "pesisir", ZoneInfo("Asia/Jayapura"), "permitted"),
    Newsroom("rimba.warta.localhost", "Warta Rimba", "lembah", ZoneInfo("Asia/Jakarta")),
    Newsroom("muara.warta.localhost", "Warta Muara", "pesisir", ZoneInfo("Asia/Makassar"), "mentioned"),
)


def fill(root: Path, count: int) -> Collection:
    """A collection of `count` articles at `root`, which is not there yet or empty."""
    collection = Collection(root)
    collection.create(
        operator="Perpustakaan Rekaan",
        contact="mailto:arsip@kliping.example",
        software="Kliping/0",
        now=_BEGUN,
    )
    catalogue = Catalogue(collection.catalogue, scratch=True)
    with catalogue.transaction():
        catalogue.begin_run(portal=PORTAL, arguments={}, software="Kliping/0", now=_BEGUN)
        catalogue.database.execute("INSERT INTO warc_files VALUES (?, ?, 1, 1)", (WARC_FILE, 1 << 40))
        rows = _Rows(catalogue.database)
        for number in range(count):
            _keep(collection, rows, number)
        rows.write()
        catalogue.end_run(1, exit_code=0, figures={}, now=_BEGUN + timedelta(days=1))
    catalogue.close()
    return collection


def records(number: int) -> Iterator[dict[str, object]]:
    """The sidecars of one article, version by version."""
    before: dict[str, object] | None = None
    for version in range(1, versions_of(number) + 1):
        previous = str(sidecar.place(before)) if before is not None else None
        before = sidecar.complete(
            _fields(number, version),
            collection="many",
            pages=dict(enumerate(_pages(number, version), start=1)),
            version=Version(number=version, previous=previous),
            before=before,
            usage=_usage(number),
        )
        yield before


def versions_of(number: int) -> int:
    return 1 + (number % 10 == 9) + (number % 50 == 49)


def pages_of(number: int) -> int:
    return 2 if number % 12 == 11 or number % 40 == 39 else 1


def _keep(collection: Collection, rows: _Rows, number: int) -> None:
    for version, record in enumerate(records(number), start=1):
        place, content = str(sidecar.place(record)), _to_bytes(record)
        _make_folder(collection.root / place.rpartition("/")[0])
        (collection.root / place).write_bytes(content)
        rows.add(number, version, place, content, record)


@lru_cache(maxsize=1 << 16)
def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _to_bytes(record: dict[str, object]) -> bytes:
    """What `sidecar.to_bytes` makes of it, in a third of the time; a test compares them."""
    return (_indented(record, "\n") + "\n").encode()


_quoted = JSONEncoder(ensure_ascii=False).encode


def _indented(value: object, end: str) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    inner = end + "  "
    if isinstance(value, dict) and value:
        lines = [f"{encode_basestring(name)}: {_indented(item, inner)}" for name, item in value.items()]
        return f"{{{inner}{(',' + inner).join(lines)}{end}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{(',' + inner).join([_indented(item, inner) for item in value])}{end}]"
    return _quoted(value)


# --- what an article says -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Story:
    """What the copies of an article share: its words, and where and when it was published."""

    newsroom: Newsroom
    topic: phrases.Topic
    headline: str
    city: str
    published: datetime
    sentences: tuple[str, ...]
    people: tuple[str, ...]


def original_of(number: int) -> int | None:
    """The article that this one repeats under another host, if it is a copy."""
    return number - 7 if number % 25 == 24 else None


@cache
def _pool(topic_number: int) -> tuple[str, ...]:
    """Sentences of a topic with their slots filled."""
    dice, topic = Random(topic_number), phrases.TOPICS[topic_number]
    sentences = topic.facts + phrases.GENERAL + topic.leads
    return tuple(_filled(dice, dice.choice(sentences)) for _ in range(_POOL))


_ALL_PLACES = tuple(place for places in phrases.PLACES.values() for place in places)


def _filled(dice: Random, sentence: str) -> str:
    slots, filled = _Slots(dice), sentence
    while "{" in filled:  # an office has slots of its own
        filled = filled.format_map(slots)
    return filled


class _Slots(dict[str, str]):
    """Something else for a slot each time."""

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self._dice = dice

    def __missing__(self, name: str) -> str:
        return _SLOTS[name](self._dice)


_SLOTS: dict[str, Callable[[Random], str]] = {
    "tempat": lambda dice: dice.choice(_ALL_PLACES),
    "kota": lambda dice: dice.choice(phrases.CITIES["pesisir"]).title(),
    "pejabat": lambda dice: dice.choice(phrases.OFFICES),
    "nama": lambda dice: f"{dice.choice(phrases.FIRST_NAMES)} {dice.choice(phrases.LAST_NAMES)}",
    "lembaga": lambda dice: dice.choice(phrases.INSTITUTIONS),
    "n": lambda dice: str(dice.randint(2, 90)),
    "m": lambda dice: str(dice.randint(20, 900)),
    "ribu": lambda dice: f"{dice.randint(1, 9)}.{dice.randint(100, 999)}",
    "uang": lambda dice: f"Rp{dice.randint(100, 999)}.{dice.randint(1, 9)}00",
    "jam": lambda dice: f"{dice.randint(6, 21):02d}.{dice.randint(0, 5)}0",
    "hari": lambda dice: f"{dice.choice(phrases.DAYS)} ({dice.randint(1, 28)}/{dice.randint(1, 12)}/2026)",
    "bulan": lambda dice: dice.choice(phrases.MONTHS),
    "lama": lambda dice: dice.choice(phrases.SPANS),
}


@lru_cache(maxsize=64)
def _story(number: int) -> _Story:
    dice = Random(number)
    newsroom = NEWSROOMS[dice.randrange(len(NEWSROOMS))]
    topic_number = dice.randrange(len(phrases.TOPICS))
    topic = phrases.TOPICS[topic_number]
    names = (f"{dice.choice(phrases.FIRST_NAMES)} {dice.choice(phrases.LAST_NAMES)}" for _ in range(2))
    return _Story(
        newsroom=newsroom,
        topic=topic,
        headline=_filled(dice, dice.choice(topic.headlines)),
        city=dice.choice(phrases.CITIES[newsroom.region]),
        published=_FIRST + timedelta(days=dice.randrange(_DAYS), seconds=dice.randrange(86_400)),
        sentences=tuple(dice.choices(_pool(topic_number), k=dice.randint(8, 46))),
        people=tuple(names),
    )


@lru_cache(maxsize=64)
def _place(number: int) -> tuple[_Story, Newsroom, datetime]:
    """The words of an article, the host that published it, and when, there."""
    original = original_of(number)
    story = _story(number if original is None else original)
    if original is None:
        return story, story.newsroom, story.published.astimezone(story.newsroom.zone)
    other = NEWSROOMS[(NEWSROOMS.index(story.newsroom) + 1 + number % 3) % len(NEWSROOMS)]
    return story, other, (story.published + timedelta(hours=1)).astimezone(other.zone)


@lru_cache(maxsize=64)
def address_of(number: int) -> str:
    story, newsroom, published = _place(number)
    slug = "-".join("".join(letter if letter.isalnum() else " " for letter in story.headline.lower()).split())
    return f"http://{newsroom.host}/{published:%Y/%m/%d}/{slug}-{number}"


def _paragraphs(story: _Story, version: int) -> list[str]:
    """Two or three sentences each; every later version has one more at the end."""
    found: list[str] = []
    at = 0
    while at < len(story.sentences):
        length = 2 + (at + len(found)) % 2
        found.append(" ".join(story.sentences[at : at + length]))
        at += length
    found[0] = f"{story.newsroom.brand.upper().replace(' ', '')}.COM, {story.city} - {found[0]}"
    return found + [f"Berita ini diperbarui untuk kali ke-{more}." for more in range(1, version)]


def _fields(number: int, version: int) -> dict[str, object]:
    story, newsroom, published = _place(number)
    paragraphs = _paragraphs(story, version)
    body = "\n\n".join(paragraphs)
    pages, missing = pages_of(number), [2] if number % 40 == 39 else []
    break_at = len(paragraphs) // 2 if pages == 2 and not missing else len(paragraphs)
    fields: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "schemaVersion": 1,
        "url": address_of(number),
        "headline": story.headline,
    }
    if number % 3 == 0:
        fields["description"] = _filled(Random(number), story.topic.standfirsts[0])
    if number % 7 == 0:
        fields["abstract"] = [story.sentences[0], story.sentences[-1]]
    fields |= {
        "articleSection": [story.topic.section],
        "keywords": list(story.topic.tags),
        "inLanguage": "id",
        "author": [{"name": story.people[0]}],
        "publisher": {"name": newsroom.brand},
    }
    if number % 2:
        fields["editor"] = [{"name": story.people[1]}]
        fields["creditText"] = f"Penulis: {story.people[0]} | Editor: {story.people[1]}"
    if original_of(number) is not None:
        fields["sourceOrganization"] = {"name": story.newsroom.brand}
    fields["dateline"] = f"{story.newsroom.brand.upper().replace(' ', '')}.COM, {story.city}"
    fields["locationCreated"] = {"name": story.city.title()}
    if number % 97 != 96:
        fields["datePublished"] = published.isoformat()
        fields["dateModified"] = (published + timedelta(minutes=20 * version)).isoformat()
    fields["image"] = [
        {
            "contentUrl": f"http://{newsroom.host}/foto/{number}.jpg",
            "caption": "Suasana di dermaga pada pagi hari.",
            "creditText": "Dok. warga",
            "position": 1,
        }
    ]
    fields |= {
        "articleBody": body,
        "wordCount": len(body.split()),
        "hasPart": [
            {"position": place + 1, "page": 1 if place < break_at else 2, "type": "paragraph", "text": text}
            for place, text in enumerate(paragraphs)
        ],
        "pagination": {"pageCount": pages, "pagesMissing": missing},
        "extraction": {
            "extractor": "kliping",
            "version": "0.1.0",
            "portal": PORTAL,
            "rule": "tribun-2020",
            "fallback": False,
            "fieldSources": {"headline": "rule", "articleBody": "rule"},
            "warnings": ["body-short: 80 of 400 letters"] if number % 33 == 32 else [],
            "checks": {"parts": len(paragraphs), "leaks": 0},
        },
        "contentHash": "sha256:" + sha256(body.encode()).hexdigest(),
    }
    return fields


# --- where it is said to be kept ----------------------------------------------------------------------


def _pages(number: int, version: int) -> list[CaptureRef]:
    _, _, published = _place(number)
    have = 1 if number % 40 == 39 else pages_of(number)
    return [_capture(number, version, page, published) for page in range(1, have + 1)]


def _capture(number: int, version: int, page: int, published: datetime) -> CaptureRef:
    place = number * 8 + version * 2 + page
    return CaptureRef(
        url=address_of(number) + (f"?page={page}" if page > 1 else ""),
        fetched_at=(published + timedelta(days=3 * version - 2, seconds=page)).astimezone(UTC),
        status=200,
        warc_file=WARC_FILE,
        offset=place * _RECORD,
        length=_RECORD,
        record_id=f"urn:uuid:00000000-0000-4000-8000-{place:012d}",
        payload_digest=f"sha256:{place:052d}====",
        content_type="text/html",
    )


def _usage(number: int) -> Usage | None:
    _, newsroom, _ = _place(number)
    if newsroom.use is None:
        return None
    said = {"reserved": "train-ai=n", "permitted": "train-ai=y", "mentioned": "bots"}[newsroom.use]
    signal = {"source": "header", "name": "Content-Usage", "value": said}
    return Usage(said={"aiUse": newsroom.use, "signals": [signal]})


class _Rows:
    """The catalogue's rows, written many at a time."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._versions = self._captures = 0
        self._waiting: dict[str, list[tuple[object, ...]]] = {table: [] for table in _TABLES}

    def add(self, number: int, version: int, place: str, content: bytes, record: dict[str, object]) -> None:
        story, newsroom, _ = _place(number)
        address, missing = address_of(number), "[2]" if number % 40 == 39 else "[]"
        self._versions += 1
        for page, ref in enumerate(_pages(number, version), start=1):
            self._captures += 1
            self._put("captures", self._captures, 1, number + 1, *capture_values(ref), 0)
            self._put("version_pages", self._versions, page, self._captures, f"digest-{number}-{version}")
        if version == 1:
            self._put("articles", number + 1, address, PORTAL)
            self._put("urls", number + 1, address, PORTAL, newsroom.host, self._captures)
        self._put(
            "versions", self._versions, number + 1, version, pages_of(number), place, digest(content),
            record["contentHash"], story.headline, record.get("datePublished"), missing,
            int(number % 33 == 32),
        )  # fmt: skip
        if self._versions % 5000 == 0:
            self.write()

    def _put(self, table: str, *values: object) -> None:
        self._waiting[table].append(values)

    def write(self) -> None:
        for table, rows in self._waiting.items():
            self._database.executemany(_INSERT[table], rows)
            rows.clear()


_INSERT = {
    "urls": "INSERT INTO urls (url_id, url, kind, portal, host, priority, rank, page, state, capture_id, "
    "run_id) VALUES (?, ?, 'article', ?, ?, 20, 0, 1, 'captured', ?, 1)",
    "captures": f"INSERT INTO captures (capture_id, run_id, url_id, {CAPTURE}, waiting) "  # noqa: S608 - a constant of ours
    f"VALUES ({', '.join('?' * (4 + len(CAPTURE.split(','))))})",
    "articles": "INSERT INTO articles (article_id, address, portal) VALUES (?, ?, ?)",
    "versions": "INSERT INTO versions (version_id, article_id, number, page_count, sidecar, sidecar_digest, "
    "content_hash, headline, published, pages_missing, doubtful, run_id, settled) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 1)",
    "version_pages": "INSERT INTO version_pages VALUES (?, ?, ?, ?)",
}


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
