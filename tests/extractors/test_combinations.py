"""What varies on a page, varied together: no shape of one field may spoil another field."""
# ruff: noqa: E501 - markup reads best when an element is one line

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dates import zone_offset
from extractors.extract import read_page
from extractors.portal import Host
from extractors.portals._tribun_network import NETWORK
from tests.extractors.press import CAPTURED, HEADLINE, URL, Sheet

WRITERS = (
    "Nella Via Kharisma",
    "Nur'aini Ma'rifah",
    "Dr. Ahmad Zaini, S.H., M.Hum.",
    "budi santoso",
    "M. Rizal",
)
EDITORS = ("Tia Sari", "Hj. Aminah, SE, MM", "Muh. Ali")
TEAMS = ("Tim Tribun Manado", "Content Writer", "Redaksi", "")
REPORTS = (
    "Laporan Wartawan Tribun Jogja, {}",
    "Laporan {} | Banda Aceh",
    "Laporan Reporter POS-KUPANG.COM, {}",
    "",
)
DATELINES = (
    "{b}, {p} - ",
    "{b} - ",
    "{b}, {p} – ",
    "{b} -- ",
    "{b}- ",
    "{p}, {b} - ",
    "{p} - ",
    "{b} | {p} - ",
    "",
)
CREDITS = ("AFP/File", "IST", "Budi Rahman", "Kolase Tribunnews.com", "")
CAPTIONS = ("TRIBUNPALU.COM - Kantor bupati di kota", "PERAHU - Perahu hias, Senin (20/7/2022).", "")
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli")
SENTENCE = "Warga membersihkan saluran air hingga petang."
HOSTS = tuple(host for host in NETWORK if host.kind in {"regional", "national"})


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one invented page says."""

    host: Host
    era: int
    writers: tuple[str, ...]
    team: str
    editors: tuple[str, ...]
    shape: str
    after: bool
    linked: bool
    when: datetime
    prints_zone: bool
    wrong_offset: bool
    report: str
    dateline: str
    credit: str
    caption: str

    @property
    def published(self) -> datetime:
        return self.when.replace(tzinfo=zone_offset(self.host.zone))

    def byline(self) -> str:
        writer = self.names(self.writers, "penulis") or self.team
        editor = self.names(self.editors, "editor")
        lines = [f"Penulis: {writer}", f"Editor: {editor}"]
        match self.shape:
            case "ids":
                return f'<div id="penulis">{lines[0]}</div><div id="editor">{lines[1]}</div>'
            case "bar":
                return " | ".join(lines)
        return "<br>".join(lines)

    def names(self, people: tuple[str, ...], kind: str) -> str:
        return " dan ".join(
            f'<a href="/{kind}/{n}">{name}</a>' if self.linked else name for n, name in enumerate(people)
        )

    def printed(self) -> str:
        zone = {7: " WIB", 8: " WITA", 9: " WIT"}[
            int((self.published.utcoffset() or timedelta()) / timedelta(hours=1))
        ]
        day = f"{self.when.day} {MONTHS[self.when.month - 1]} {self.when.year} {self.when:%H:%M}"
        return f"Tayang: {day}{zone if self.prints_zone else ''}"

    def stated(self) -> str:
        moment = (
            self.when.replace(tzinfo=timezone(timedelta(hours=7))) if self.wrong_offset else self.published
        )
        author = {"@type": "Person", "name": (self.writers + self.editors + ("Redaksi",))[0]}
        return json.dumps({"@type": "NewsArticle", "datePublished": moment.isoformat(), "author": author})

    def opening(self) -> str:
        return self.dateline.format(b=self.host.dateline_brand or "TRIBUNNEWS.COM", p="TEUPIN RAYA")

    def photo(self) -> str:
        credit = f'<div class="f11 white pa3 fr pos_rel ar">{self.credit}</div>' if self.credit else ""
        caption = f'<div class="arial f12 pt5 grey2">{self.caption}&nbsp;</div>' if self.caption else ""
        return f'<img class="imgfull" src="/a.jpg">{credit}{caption}'

    def html(self) -> str:
        report = f"<p><strong>{self.report.format('Cici Lia')}</strong></p>" if self.report else ""
        body = f"{report}<p><strong>{self.opening()}</strong>{SENTENCE}</p><p>Harga ikan naik dua kali lipat.</p>"
        sheet = Sheet(
            era=self.era,
            body=body,
            byline=self.byline(),
            byline_after=self.after,
            printed=self.printed(),
            photo=self.photo(),
            json_ld=self.stated(),
        )
        return sheet.html().replace(URL, self.url)

    @property
    def url(self) -> str:
        return f"https://{self.host.name}/2020/01/02/nelayan-kuala"


PIECES = st.builds(
    Piece,
    host=st.sampled_from(HOSTS),
    era=st.sampled_from((2020, 2022, 2026)),
    writers=st.lists(st.sampled_from(WRITERS), max_size=2, unique=True).map(tuple),
    team=st.sampled_from(TEAMS),
    editors=st.lists(st.sampled_from(EDITORS), max_size=2, unique=True).map(tuple),
    shape=st.sampled_from(("ids", "bar", "br")),
    after=st.booleans(),
    linked=st.booleans(),
    when=st.datetimes(datetime.fromisoformat("2013-01-01"), datetime.fromisoformat("2020-07-31")).filter(
        lambda moment: moment.month <= len(MONTHS)
    ),
    prints_zone=st.booleans(),
    wrong_offset=st.booleans(),
    report=st.sampled_from(REPORTS),
    dateline=st.sampled_from(DATELINES),
    credit=st.sampled_from(CREDITS),
    caption=st.sampled_from(CAPTIONS),
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(PIECES)
def test_no_field_spoils_another(piece: Piece) -> None:
    reading = read_page(piece.html().encode(), url=piece.url, captured_at=CAPTURED[piece.era])
    opening = piece.opening()
    assert reading.headline == HEADLINE
    assert tuple(one.name for one in reading.authors) == piece.writers
    assert tuple(one.name for one in reading.editors) == piece.editors
    assert [one.name for one in reading.contributors] == (["Cici Lia"] if piece.report else [])
    assert reading.published is not None
    assert reading.published.replace(microsecond=0) == piece.published.replace(microsecond=0)
    assert (reading.dateline or "") == opening.strip().rstrip("-– ").strip()
    assert reading.place == ("Teupin Raya" if "{p}" in piece.dateline else None)
    assert [(photo.credit_text or "", photo.caption or "") for photo in reading.photos] == [
        (piece.credit, piece.caption)
    ]
    assert reading.parts[0].text == opening + SENTENCE
