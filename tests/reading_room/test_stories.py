"""An article shows the other articles of its story."""

from __future__ import annotations

import json
from pathlib import Path

from flask.testing import FlaskClient

from reading_room.app import make_app
from tests.reading_room.holding import ADDRESS, Holding, Told, hold, page, parts

TEXT = (
    "PESISIR - Warga Desa Lamseupeung menanam dua ribu bibit bakau di muara pada Minggu pagi. Kepala desa "
    "mengatakan bibit itu disumbangkan oleh kelompok nelayan setempat dan dirawat bersama selama dua tahun. "
    "Menurut catatan dinas, abrasi di muara mencapai empat meter setiap tahun sejak tanggul lama runtuh."
)
COPY = "https://lembah.example/2026/11/23/warga-tanam-bakau"


def reader_of(holding: Holding) -> FlaskClient:
    """A reader who waits until the clusters are there."""
    app = make_app(holding.collection, with_stories=True)
    reader = app.test_client()
    assert reader.get(f"/articles/{holding.places[0]}").status_code == 200
    assert app.config["STORIES"].ready.wait(60)
    return reader


def told(url: str, headline: str) -> Told:
    fields = {"headline": headline, "articleBody": TEXT, "wordCount": 44, "hasPart": parts(TEXT)}
    return Told(url=url, pages=[page(headline)], fields=fields)


def test_a_copy_on_another_host_is_shown_and_a_removed_one_is_not(tmp_path: Path) -> None:
    holding = hold(tmp_path / "warta", told(ADDRESS, "Warga menanam"), told(COPY, "Bakau <b>ditanam</b>"))
    reader = reader_of(holding)

    shown = reader.get(f"/articles/{holding.places[0]}?lang=en")
    plain = reader.get(f"/articles/{holding.places[0]}?format=json").json

    assert "The same story" in shown.text
    assert "Bakau &lt;b&gt;ditanam&lt;/b&gt;" in shown.text
    assert plain is not None
    assert [one["url"] for one in plain["story"]["copies"]] == [COPY]
    event = {"url": COPY, "action": "remove", "at": "2026-11-24T00:00:00Z", "reason": "x", "identifier": "x"}
    (holding.collection.root / "removals.jsonl").write_text(json.dumps(event | {"addresses": [COPY]}) + "\n")
    assert "ditanam" not in reader.get(f"/articles/{holding.places[0]}").text


def test_an_article_alone_is_shown_without_a_story(tmp_path: Path) -> None:
    holding = hold(tmp_path / "warta", told(ADDRESS, "Warga menanam"))

    assert "The same story" not in reader_of(holding).get(f"/articles/{holding.places[0]}?lang=en").text
