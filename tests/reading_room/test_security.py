"""Who may ask for what, and what a browser may do with the answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from reading_room.app import make_app
from tests.archives.shelf import Shelf

TOKEN = "a" * 32


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "127.0.0.1:8321", "[::1]:8321", "192.0.2.4"])
def test_the_room_answers_under_localhost_and_plain_addresses(reader: FlaskClient, host: str) -> None:
    assert reader.get("/nowhere", headers={"Host": host}).status_code == 404


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
        "a b",
        "localhost:8321@evil.example",
    ],
)
def test_the_room_answers_under_no_other_name(reader: FlaskClient, host: str) -> None:
    answer = reader.get("/nowhere", headers={"Host": host})

    assert answer.status_code in {400, 403}


def test_a_name_that_was_allowed_is_answered(filled: Shelf) -> None:
    reader = make_app(filled.collection, allowed_hosts=["Arsip.example"]).test_client()

    assert reader.get("/nowhere", headers={"Host": "arsip.example:80"}).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_but_reading_is_possible(reader: FlaskClient, method: str) -> None:
    answer = reader.open("/static/room.css", method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/static/room.css", "/static/../app.py", "/articles/..%2f..%2fetc"]
)
def test_every_answer_forbids_scripts_frames_and_sniffing(reader: FlaskClient, path: str) -> None:
    headers = reader.get(path, buffered=True).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/x?q=" + "a" * 5000, "/" + "a" * 2000])
def test_a_huge_question_is_refused(reader: FlaskClient, path: str) -> None:
    assert reader.get(path).status_code == 414


def test_without_the_token_nothing_is_shown(filled: Shelf) -> None:
    reader = make_app(filled.collection, token=TOKEN).test_client()

    for path in ("/", "/nowhere", "/?token=" + "b" * 32, "/?token=", "/?token=%ff"):
        answer = reader.get(path)
        assert answer.status_code == 403
        assert "warta" not in answer.headers.get("Set-Cookie", "")


def test_the_token_becomes_a_cookie_and_leaves_the_address(filled: Shelf) -> None:
    reader = make_app(filled.collection, token=TOKEN).test_client()

    answer = reader.get(f"/nowhere?a=1&token={TOKEN}")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/nowhere?a=1")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert TOKEN not in answer.headers["Set-Cookie"]
    assert reader.get("/nowhere").status_code == 404


def test_a_program_shows_the_token_as_a_bearer(filled: Shelf) -> None:
    reader = make_app(filled.collection, token=TOKEN).test_client()

    assert reader.get("/nowhere", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404
    assert reader.get("/nowhere", headers={"Authorization": "Bearer wrong"}).status_code == 403


def test_a_token_in_an_address_never_leads_to_another_host(filled: Shelf) -> None:
    reader = make_app(filled.collection, token=TOKEN).test_client()

    answer = reader.get(
        "/", environ_overrides={"PATH_INFO": "//evil.example/"}, query_string={"token": TOKEN}
    )

    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


def test_what_goes_wrong_is_a_page_without_a_traceback(filled: Shelf) -> None:
    filled.collection.catalogue.write_bytes(b"no database at all" * 100)
    reader = make_app(filled.collection).test_client()

    answer = reader.get("/find?url=http://pesisir.example/1")

    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert str(filled.collection.root) not in answer.text


def test_a_program_is_told_what_went_wrong_as_json(reader: FlaskClient) -> None:
    answer = reader.get("/nowhere", headers={"Accept": "application/json"})

    assert answer.json is not None
    assert (answer.status_code, answer.json["error"]) == (404, 404)
    assert "Accept" in answer.headers["Vary"]


def test_the_language_is_that_of_the_address_then_the_cookie_then_the_browser(reader: FlaskClient) -> None:
    assert '<html lang="id">' in reader.get("/nowhere").text
    assert '<html lang="en">' in reader.get("/nowhere", headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="en">' in reader.get("/nowhere?lang=en").text
    assert '<html lang="en">' in reader.get("/nowhere").text
    assert '<html lang="id">' in reader.get("/nowhere?lang=id", headers={"Accept-Language": "en"}).text
