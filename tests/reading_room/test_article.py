"""The view of an article, and the archived original beside it."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archives.catalogue import Catalogue
from reading_room.app import make_app
from reading_room.rewriting import MAX_PAGE
from tests.archives.shelf import Shelf
from tests.reading_room.holding import ADDRESS, PNG, Holding, Told, hold, page, parts

PHOTO = "https://pesisir.example/foto/bakau.png"
SHEET = "https://pesisir.example/css/gaya.css"
OTHER = "https://pesisir.example/2026/11/21/nelayan-melaut"


def two_pages() -> Told:
    body = [
        *parts("PESISIR - Warga menanam bakau.", "Kata mereka."),
        {"position": 3, "page": 1, "type": "heading", "text": "Bibit"},
        {"position": 4, "page": 2, "type": "listItem", "text": "satu"},
        {"position": 5, "page": 2, "type": "listItem", "text": "dua"},
        {"position": 6, "page": 2, "type": "tableRow", "text": "Desa | Batang"},
        {"position": 7, "page": 2, "type": "quote", "text": "Kami senang."},
    ]
    fields = {
        "author": [{"name": "Cut Meutia"}],
        "image": [{"contentUrl": PHOTO, "caption": "Bibit bakau.", "creditText": "HO/Warga", "position": 1}],
        "hasPart": body,
        "pagination": {"pageCount": 3, "pagesMissing": [3]},
        "relatedLink": [
            {"url": OTHER, "name": "Nelayan melaut"},
            {"url": "javascript:alert(1)", "name": "J"},
        ],
    }
    html = page(
        f'<p>halaman satu</p><img src="/foto/bakau.png"><a href="{OTHER}">lain</a>',
        head='<link rel="stylesheet" href="/css/gaya.css">',
    )
    return Told(
        pages=[html, page("<p>halaman dua</p>")],
        fields=fields,
        parts={
            PHOTO: ("image/png", PNG),
            SHEET: ("text/css", b"p{color:#123456;background:url(/foto/bakau.png)}"),
        },
    )


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    return hold(tmp_path / "warta", Told(url=OTHER, pages=[page("<p>nelayan</p>")]), two_pages())


@pytest.fixture
def reader(holding: Holding) -> FlaskClient:
    return make_app(holding.collection).test_client()


def test_an_article_is_shown_with_its_pages_photo_and_lists(reader: FlaskClient, holding: Holding) -> None:
    answer = reader.get(f"/articles/{holding.places[1]}?lang=en")

    text = re.sub(r"<[^>]+>|\s+", " ", unescape(answer.text))
    assert answer.status_code == 200
    for said in ("Cut Meutia", "Page 1", "Page 2", "Page 3 is not in the archive", "HO/Warga", "Desa"):
        assert said in text
    assert re.search(r"<ul class=\"items\"><li><bdi>satu</bdi></li><li><bdi>dua</bdi></li></ul>", answer.text)
    assert "<blockquote>" in answer.text


def test_the_photo_comes_from_the_archive(reader: FlaskClient, holding: Holding) -> None:
    text = reader.get(f"/articles/{holding.places[1]}").text
    source = re.search(r'<figure>\s*<img src="([^"]+)"', text)

    assert source is not None
    photo = reader.get(unescape(source[1]))
    assert (photo.status_code, photo.mimetype, photo.data) == (200, "image/png", PNG)
    assert "sandbox" in photo.headers["Content-Security-Policy"]


def test_related_links_lead_to_our_copy_or_nowhere(reader: FlaskClient, holding: Holding) -> None:
    text = reader.get(f"/articles/{holding.places[1]}").text

    assert "/find?url=https://pesisir.example/2026/11/21/nelayan-melaut" in unescape(text)
    assert "javascript:" not in text


def test_the_original_is_shown_in_a_frame_that_can_do_nothing(reader: FlaskClient, holding: Holding) -> None:
    text = reader.get(f"/articles/{holding.places[1]}").text
    frame = re.search(r'<iframe src="([^"]+)" sandbox="([^"]*)"', text)
    assert frame is not None
    assert set(frame[2].split()) == {"allow-top-navigation-by-user-activation"}

    original = reader.get(unescape(frame[1]))

    policy = original.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-top-navigation-by-user-activation; default-src 'none';")
    assert "script-src" not in policy
    assert "connect-src" not in policy
    assert original.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "halaman satu" in original.text


def test_every_page_of_the_original_can_be_chosen(reader: FlaskClient, holding: Holding) -> None:
    text = reader.get(f"/articles/{holding.places[1]}?page=2").text

    assert f"/articles/{holding.places[1]}/original/2" in text
    assert "halaman dua" in reader.get(f"/articles/{holding.places[1]}/original/2").text
    for number in ("3", "0", "-1", "x", "9" * 30):
        assert reader.get(f"/articles/{holding.places[1]}?page={number}").status_code in {400, 404}
        assert reader.get(f"/articles/{holding.places[1]}/original/{number}").status_code == 404


def test_the_style_sheet_is_served_with_our_copies_in_it(reader: FlaskClient, holding: Holding) -> None:
    original = reader.get(f"/articles/{holding.places[1]}/original/1").text
    sheet = re.search(r'<link rel="stylesheet" href="([^"]+)"', original)
    assert sheet is not None

    answer = reader.get(unescape(sheet[1]))

    assert answer.mimetype == "text/css"
    inside = re.search(r'url\("([^"]+)"\)', answer.text)
    assert inside is not None
    assert reader.get(inside[1]).data == PNG


def test_nobody_else_can_ask_what_was_captured(reader: FlaskClient) -> None:
    assert reader.get("/captured", query_string={"url": PHOTO, "near": "20261122010203"}).status_code == 404
    sealed = {"url": PHOTO, "near": "20261122010203", "seal": "0" * 32}
    assert reader.get("/captured", query_string=sealed).status_code == 404


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image/png", b"<html><script>alert(1)</script></html>"),
        ("text/css", b"<!doctype html><script>alert(1)</script>"),
        ("text/javascript", b"alert(1)"),
        ("application/pdf", b"%PDF-1.7"),
    ],
)
def test_only_pictures_styles_and_fonts_are_served(tmp_path: Path, kind: str, body: bytes) -> None:
    holding = hold(
        tmp_path / "warta",
        Told(pages=[page("<img src=/a>")], parts={"https://pesisir.example/a": (kind, body)}),
    )
    reader = make_app(holding.collection).test_client()
    original = reader.get(f"/articles/{holding.places[0]}/original/1").text
    source = re.search(r'<img src="([^"]+)"', original)
    assert source is not None

    assert reader.get(unescape(source[1])).status_code == 404


def test_a_font_is_served_to_a_frame_without_an_origin(tmp_path: Path) -> None:
    font = "https://pesisir.example/f.woff2"
    style = "<style>@font-face{font-family:x;src:url(/f.woff2)}</style>"
    told = Told(pages=[page(style)], parts={font: ("application/octet-stream", b"wOF2" + bytes(40))})
    holding = hold(tmp_path / "warta", told)
    reader = make_app(holding.collection).test_client()
    source = re.search(r'src:url\("([^"]+)"\)', reader.get(f"/articles/{holding.places[0]}/original/1").text)
    assert source is not None

    answer = reader.get(source[1])

    assert answer.mimetype == "font/woff2"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_page_too_large_is_not_shown_but_can_be_taken_along(tmp_path: Path) -> None:
    holding = hold(tmp_path / "warta", Told(pages=[b"<p>" + b"a" * (MAX_PAGE + 1)]))
    reader = make_app(holding.collection).test_client()

    assert "it is too large" in reader.get(f"/articles/{holding.places[0]}?lang=en").text
    assert reader.get(f"/articles/{holding.places[0]}/original/1").status_code == 200
    assert reader.get(f"/articles/{holding.places[0]}.warc.gz", buffered=True).status_code == 200


def test_a_head_request_has_the_headers_and_no_body(reader: FlaskClient, holding: Holding) -> None:
    answer = reader.head(f"/articles/{holding.places[1]}")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_drawing_is_served_so_that_its_scripts_stay_still(tmp_path: Path) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    told = Told(
        pages=[page("<img src=/a.svg>")], parts={"https://pesisir.example/a.svg": ("image/svg+xml", svg)}
    )
    holding = hold(tmp_path / "warta", told)
    reader = make_app(holding.collection).test_client()
    source = re.search(r'<img src="([^"]+)"', reader.get(f"/articles/{holding.places[0]}/original/1").text)
    assert source is not None

    answer = reader.get(unescape(source[1]))

    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


# --- versions -----------------------------------------------------------------------------------------


@pytest.fixture
def edited(tmp_path: Path) -> Holding:
    first = Told(
        pages=[page("<p>lama</p>")], fields={"articleBody": "Satu dua tiga.\n\nSama.", "headline": "Lama"}
    )
    second = Told(
        pages=[page("<p>baru</p>")], fields={"articleBody": "Satu empat tiga.\n\nSama.", "headline": "Baru"}
    )
    third = Told(
        pages=[page("<p>akhir</p>")], fields={"articleBody": "Satu empat lima.\n\nSama.", "headline": "Baru"}
    )
    return hold(tmp_path / "warta", first, second, third)


def test_an_older_version_says_so_and_leads_to_the_newest(edited: Holding) -> None:
    reader = make_app(edited.collection).test_client()

    text = reader.get(f"/articles/{edited.places[0]}?lang=en").text

    assert "This is version 1 of 3." in text
    assert f'href="/articles/{edited.places[2]}"' in text
    assert "lama" in reader.get(f"/articles/{edited.places[0]}/original/1").text


def test_any_two_versions_are_compared_word_by_word(edited: Holding) -> None:
    reader = make_app(edited.collection).test_client()

    newest = reader.get(f"/articles/{edited.places[2]}/changes").text
    all_ = reader.get(f"/articles/{edited.places[2]}/changes?from=1&to=3").text

    assert "<del><bdi>tiga.</bdi></del> <ins><bdi>lima.</bdi></ins>" in newest
    assert "<del><bdi>Lama</bdi></del>" not in newest
    assert "<del><bdi>Lama</bdi></del> <ins><bdi>Baru</bdi></ins>" in all_
    for query in ("from=1&to=4", "from=x", "to=" + "9" * 20):
        assert reader.get(f"/articles/{edited.places[2]}/changes?{query}").status_code in {400, 404}


def test_a_program_gets_the_record_and_the_changes_as_json(edited: Holding) -> None:
    reader = make_app(edited.collection).test_client()
    wanted = {"Accept": "application/json"}

    article = reader.get(f"/articles/{edited.places[2]}", headers=wanted)
    changes = reader.get(f"/articles/{edited.places[2]}/changes?format=json").json

    assert article.json is not None
    assert changes is not None
    stored = json.loads((edited.collection.articles / f"{edited.places[2]}.json").read_bytes())
    assert article.json["article"] == stored
    assert [one["number"] for one in article.json["versions"]] == [3, 2, 1]
    assert "Accept" in article.headers["Vary"]
    assert changes["fields"][0]["changes"][0]["pieces"][1] == {"kind": "removed", "text": "tiga."}


# --- addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", [ADDRESS, ADDRESS.replace("https", "http"), ADDRESS + "?page=2", ADDRESS + "#bawah"]
)
def test_an_article_is_found_by_any_of_its_addresses(reader: FlaskClient, holding: Holding, url: str) -> None:
    answer = reader.get("/find", query_string={"url": url})

    assert answer.headers["Location"] == f"/articles/{holding.places[1]}"


@pytest.mark.parametrize(
    "url", ["", "x", "https://", "javascript:alert(1)", "http://[", "file:///etc/passwd", "\0"]
)
def test_an_address_that_nothing_is_kept_under_is_not_found(reader: FlaskClient, url: str) -> None:
    assert reader.get("/find", query_string={"url": url}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "../../collection",
        "..%2f..%2fcollection",
        "pesisir.example/2026/11/22/..%2f..%2f..%2f..%2f..%2fcollection",
        "pesisir.example/2026/11/22/x%00",
        "a..b/2026/11/22/x",
        "pesisir.example/2026/11/22/tidak-ada",
        "%2e%2e/2026/11/22/x",
        "pesisir.example/2026/11/22/x/original/../../../../../../collection.json",
    ],
)
def test_no_path_leads_out_of_the_articles(reader: FlaskClient, path: str) -> None:
    for form in (f"/articles/{path}", f"/articles/{path}.json", f"/articles/{path}.txt"):
        answer = reader.get(form)
        assert answer.status_code == 404
        assert "formatVersion" not in answer.text


def test_a_record_that_the_catalogue_does_not_know_is_not_shown(
    reader: FlaskClient, holding: Holding
) -> None:
    own = holding.collection.articles / f"{holding.places[0]}.json"
    own.with_name("lain.json").write_bytes(own.read_bytes())

    assert reader.get(f"/articles/{holding.places[0].rpartition('/')[0]}/lain").status_code == 404


def test_a_link_in_place_of_a_record_is_not_followed(
    reader: FlaskClient, holding: Holding, tmp_path: Path
) -> None:
    own = holding.collection.articles / f"{holding.places[0]}.json"
    (tmp_path / "aside.json").write_bytes(own.read_bytes())
    own.unlink()
    own.symlink_to(tmp_path / "aside.json")

    assert reader.get(f"/articles/{holding.places[0]}").status_code == 500


# --- hostile words ------------------------------------------------------------------------------------


def test_hostile_words_are_shown_as_words(tmp_path: Path) -> None:
    bad = '\u202e<script>alert(1)</script>" onmouseover=alert(1) \u2066\x07'
    fields = {
        "headline": bad,
        "alternativeHeadline": bad,
        "description": bad,
        "author": [{"name": bad, "url": "javascript:alert(1)"}],
        "keywords": [bad],
        "articleSection": [bad],
        "hasPart": parts(bad),
        "image": [{"contentUrl": "javascript:alert(1)", "caption": bad, "creditText": bad, "position": 1}],
        "relatedLink": [{"url": "data:text/html,<script>alert(1)</script>", "name": bad}],
        "inLanguage": '"><script>alert(1)</script>',
        "datePublishedText": bad,
    }
    holding = hold(tmp_path / "warta", Told(pages=[page(bad)], fields=fields))
    reader = make_app(holding.collection).test_client()

    for path in ("", "/changes", "/original/1"):
        text = reader.get(f"/articles/{holding.places[0]}{path}").text
        assert "<script" not in text
        assert not re.search(r"<[^>]*\sonmouseover=", text)
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text) or path == "/original/1"
        assert 'href="javascript:' not in text
        assert 'href="data:' not in text.replace('<link rel="icon" href="data:,">', "")


def test_a_damaged_record_leaves_the_text_to_be_read(reader: FlaskClient, holding: Holding) -> None:
    for path in holding.collection.warc_files():
        path.write_bytes(b"\0" * path.stat().st_size)

    answer = reader.get(f"/articles/{holding.places[1]}?lang=en")

    assert answer.status_code == 200
    assert "its record is damaged or lost" in answer.text
    assert "Warga menanam bakau" in answer.text


def test_an_article_that_the_portal_has_deleted_says_since_when(
    reader: FlaskClient, holding: Holding
) -> None:
    catalogue = Catalogue(holding.collection.catalogue)
    catalogue.database.execute("UPDATE urls SET gone_at = '2026-11-23T00:00:00Z' WHERE url = ?", (ADDRESS,))
    catalogue.close()

    assert "23 November 2026" in reader.get(f"/articles/{holding.places[1]}").text


def test_a_removed_article_is_gone_and_says_when(reader: FlaskClient, holding: Holding) -> None:
    event = {
        "url": ADDRESS, "action": "remove", "at": "2026-11-24T00:00:00Z", "reason": "x", "identifier": "x",
        "addresses": [ADDRESS], "pictures": [PHOTO], "sidecars": [f"articles/{holding.places[1]}.json"],
    }  # fmt: skip
    source = re.search(r'<figure>\s*<img src="([^"]+)"', reader.get(f"/articles/{holding.places[1]}").text)
    assert source is not None
    (holding.collection.root / "removals.jsonl").write_text(json.dumps(event) + "\n")

    for form in ("", ".json", ".txt", ".warc.gz", ".wacz", "/original/1", "/original/2", "/changes"):
        answer = reader.get(f"/articles/{holding.places[1]}{form}")
        assert answer.status_code == 410
        assert "24 November 2026" in answer.text
        assert "Warga Pesisir" not in answer.text
    assert reader.get("/find", query_string={"url": ADDRESS + "?page=2"}).status_code == 410
    assert reader.get(unescape(source[1])).status_code == 404
    (holding.collection.articles / f"{holding.places[1]}.json").unlink()
    assert reader.get(f"/articles/{holding.places[1]}").status_code == 410


def test_an_article_without_pictures_or_requisites_is_shown(filled: Shelf) -> None:
    reader = make_app(filled.collection).test_client()
    place = filled.sidecars[0].relative_to(filled.collection.articles).with_suffix("")

    assert reader.get(f"/articles/{place}").status_code == 200
