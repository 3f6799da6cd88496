"""A year of a network in a catalogue: days, runs, captures, articles, with numbers of an invented newsroom.

Only rows, no WARC file and no sidecar: what a report reads of a year, in seconds instead of weeks. The counts
of `reading_room.fill_rates` are put in by the same code that counts sidecars.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.moments import to_w3c
from reading_room.fields import FIELDS, age_group
from reading_room.fill_rates import FillRates, _Seen

SECTIONS = ("News", "Daerah", "Ekonomi", "Olahraga", "Budaya", "Kesehatan", "Pendidikan", "Wisata")
FIRST = date(2025, 11, 1)
RATES = {field.name: 0.95 - 0.04 * number for number, field in enumerate(FIELDS)} | {
    "published": 1.0, "text": 1.0, "whole": 1.0, "ruled": 1.0, "section": 1.0, "credit": 0.92, "photo": 0.98,
}  # fmt: skip

Rate = Callable[[str, str, date], float]
"""Of a host, a field and a day: which share of the articles has it."""


def usual(_host: str, field: str, _day: date) -> float:
    return RATES[field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """How large it is. `rate` says what share of a host's articles of a day has a field."""

    hosts: int = 60
    days: int = 365
    articles: int = 6
    """Of a host on a day; the counts can stand for more."""
    rate: Rate = usual
    seed: int = 7


def host_name(number: int) -> str:
    return f"kabar-{number:02}.jejaring.example"


def make_year(collection: Collection, year: Year) -> FillRates:
    """Fill a collection that is there with a year of rows, and count them."""
    dice = random.Random(year.seed)
    catalogue = Catalogue(collection.catalogue, scratch=True)
    with catalogue.transaction():
        seen = list(_fill(catalogue, year, dice))
    catalogue.close()
    rates = FillRates(collection)
    with rates._transaction():
        rates._put([(None, one) for one in seen])
    rates._catch_up(lambda _count: None, thorough=False, seconds=None)
    return rates


def _fill(catalogue: Catalogue, year: Year, dice: random.Random) -> Iterable[_Seen]:
    db = catalogue.database
    version = 0
    for number in range(year.days):
        day = FIRST + timedelta(number)
        moment = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        run_id = catalogue.begin_run(portal="tribun", arguments={}, software="Kliping/0", now=moment)
        for place in range(year.hosts):
            host = host_name(place)
            state = dice.random()
            read = None if state < 0.02 else to_w3c(moment + timedelta(hours=24))
            db.execute(
                "INSERT INTO walks (portal, host, section, day, ends, asked_in, begun, read_begun, "
                "read_ended, read_in, pages, links) VALUES ('tribun', ?, '', ?, ?, ?, ?, ?, ?, ?, 2, ?)",
                (host, day.isoformat(), to_w3c(moment), run_id, read, read, read, run_id, int(state > 0.05)),
            )
            if state > 0.05:
                db.execute(
                    "INSERT INTO urls (url, kind, portal, host, priority, rank, page, state, run_id) "
                    "VALUES (?, 'article', 'tribun', ?, 20, 0, 1, ?, ?)",
                    (f"https://{host}/{day}/kabar", host, "failed" if state > 0.99 else "captured", run_id),
                )
                url_id = db.execute("SELECT last_insert_rowid()").fetchone()[0]
                db.execute("INSERT INTO listed SELECT max(walk_id), ?, 'index', '', '' FROM walks", (url_id,))
                db.execute(
                    "INSERT INTO captures (run_id, url_id, url, fetched_at, status, warc_file, offset, "
                    "length, record_id, payload_digest, waiting) "
                    "VALUES (?, ?, ?, ?, ?, 'a', 0, 9000, 'r', 'd', 0)",
                    (
                        run_id,
                        url_id,
                        f"https://{host}/{day}/kabar",
                        to_w3c(moment),
                        429 if state > 0.98 else 200,
                    ),
                )
            for _ in range(year.articles):
                version += 1
                yield _article(version, host, day, run_id, year.rate, dice)
        db.execute(
            "UPDATE runs SET ended = ?, exit_code = 0, figures = ? WHERE run_id = ?",
            (to_w3c(moment + timedelta(hours=1)), json.dumps(_figures(year)), run_id),
        )


def _article(version: int, host: str, day: date, run_id: int, rate: Rate, dice: random.Random) -> _Seen:
    fields = sum(1 << n for n, field in enumerate(FIELDS) if dice.random() < rate(host, field.name, day))
    return _Seen(
        version_id=version,
        digest=str(version),
        host=host,
        day=day.isoformat(),
        printed=day.isoformat(),
        age=age_group(day.isoformat(), day.isoformat()),
        rule="tribun-2025",
        section=dice.choice(SECTIONS),
        run_id=run_id,
        number=1,
        pages=dice.choice((1, 1, 2, 3)),
        fields=fields,
    )


def _figures(year: Year) -> dict[str, object]:
    hosts = {
        host_name(place): {"requests": 30, "gap": 1.0, "rests": 0, "rested": 0.0, "longest": 0.0}
        for place in range(year.hosts)
    }
    return {
        "articles": 360,
        "captured": 800,
        "answers": 1800,
        "bytes": 16_000_000,
        "to_do": 0,
        "hosts": hosts,
    }
