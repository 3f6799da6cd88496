"""The front page: what stands in the list, at which addresses, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest
from filelock import FileLock
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from reading_room import index_file, listing
from reading_room.app import make_app
from reading_room.index_file import bring_up_to_date, place_of
from reading_room.search import Hit, Marks, TooLongError
from tests.reading_room.newsstand import Newsstand, url_of

ATOM = "{http://www.w3.org/2005/Atom}"
EVIL = "<script>alert(1)</script> \u202ebalik\u202c <b onmouseover=x>banjir</b> &amp; ]]>"


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Newsstand:
    stand = Newsstand.open(tmp_path_factory.mktemp("list") / "warta")
    for number in range(23):
        stand.put(
            url_of(f"a{number:02}", "lembah.example" if number % 2 else "pesisir.example"),
            f"Kabar Nomor {number}",
            f"Warga mengungsi pada hari {number}.",
            datePublished=f"2020-10-{number + 1:02}T07:00:00+07:00",
            articleSection=["Daerah" if number % 3 else "News"],
            author=[{"name": "Cut Meutia"}],
        )
    stand.put(
        url_of("jahat"),
        EVIL,
        EVIL,
        datePublished="2019-01-01T00:00:00+07:00",
        articleSection=[EVIL],
        author=[{"name": EVIL, "url": "javascript:alert(1)"}],
        keywords=[EVIL],
    )
    bring_up_to_date(stand.collection)
    return stand


@pytest.fixture(scope="module")
def reader(stand: Newsstand) -> FlaskClient:
    return make_app(stand.collection).test_client()


def plain(reader: FlaskClient, address: str) -> dict[str, Any]:
    answer = reader.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def slugs(found: dict[str, Any]) -> list[str]:
    return [one["url"].rpartition("/")[2] for one in found["articles"]]


def test_the_front_page_lists_the_newest_articles_first(reader: FlaskClient) -> None:
    page = reader.get("/").text

    shown = re.findall(r"Kabar Nomor (\d+)", page)
    assert shown == [str(number) for number in range(22, 2, -1)]
    assert "24 artikel" in page
    assert '<a rel="next" href="/?page=2">' in page
    assert "Jumat, 23 Oktober 2020" in page


def test_a_headline_without_end_takes_no_more_room_than_others(tmp_path: Path) -> None:
    stand = Newsstand.open(tmp_path / "warta")
    stand.put(url_of("panjang"), "Banjir " * 5000, author=[{"name": "N" * 5000}])
    bring_up_to_date(stand.collection)

    page = make_app(stand.collection).test_client().get("/?q=banjir").text

    assert page.count("<mark>") < 60
    assert "N" * 79 + "…" in page


def test_a_program_gets_the_same_as_json(reader: FlaskClient) -> None:
    found = plain(reader, "/?q=pengungsian&host=lembah.example&n=3&page=2")

    assert (found["total"], found["page"], found["pages"]) == (11, 2, 4)
    assert slugs(found) == ["a15", "a13", "a11"]
    assert found["next"] == "/?q=pengungsian&host=lembah.example&n=3&page=3"
    assert found["facets"]["host"] == [
        {"value": "pesisir.example", "count": 12},
        {"value": "lembah.example", "count": 11},
    ]
    first = found["articles"][0]
    assert {"text": "mengungsi", "marked": True} in first["snippet"]
    assert first["article"].startswith("/articles/lembah.example/2020/10/16/a15-")
    assert reader.get(first["article"]).status_code in {200, 404}


def test_what_was_found_is_marked_in_title_and_text(reader: FlaskClient) -> None:
    page = reader.get("/?q=kabar+pengungsian").text

    assert "<bdi><mark>Kabar</mark> Nomor 22</bdi>" in page
    assert "Warga <mark>mengungsi</mark> pada hari 22." in page


@pytest.mark.parametrize("query", ["", "?q=banjir", "?q=script", "?q=" + "%3Cscript%3Ealert(1)%3C/script%3E"])
def test_hostile_titles_and_queries_stay_text(reader: FlaskClient, query: str) -> None:
    page = reader.get(f"/{query or '?page=2'}").text

    assert "<script" not in page
    assert "<b onmouseover" not in page
    assert "\u202e" not in page
    assert "javascript:" not in page


def test_facets_lead_to_narrower_lists_and_back(reader: FlaskClient) -> None:
    page = reader.get("/?q=warga").text
    narrowed = reader.get("/?q=warga&section=News").text

    assert 'href="/?q=warga&amp;section=News"' in page
    assert "8 artikel" in narrowed
    assert re.search(r'href="/\?q=warga" aria-label="Lepaskan Rubrik: News"', narrowed)
    assert 'name="section" value="News"' in narrowed


def test_days_narrow_the_list_and_nonsense_is_told(reader: FlaskClient) -> None:
    assert slugs(plain(reader, "/?since=2020-10-03&until=2020-10-04")) == ["a03", "a02"]
    assert plain(reader, "/?since=2020-10&until=2020-10")["total"] == 23
    assert plain(reader, "/?until=2019")["total"] == 1
    page = reader.get("/?since=kemarin&until=2020-13-77").text
    assert "Tanggal tidak dipahami: kemarin, 2020-13-77" in page
    assert "24 artikel" in page


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=9999999999999999", "page=x", "page=2&page=3", "n=0", "n=99999"),
        *("sort=rank", "sort=relevance", "sort=relevance&q=kabar", "all=x", "all=author", "lang=xx"),
        *("since=0000", "since=9999-12-31", "until=2020-02-31", "format=xml"),
        *("host=" + "x" * 3000, "host=&host=", "section=%00"),
        *("month=2020-10", "month=%27", "month=2020-77", "year=2020&year=2019&month=2019-01", "year=x"),
        *("q=%00", "q=%ff%fe", "q=%ED%A0%80", "q=" + "-" * 500),
    ],
)
@pytest.mark.parametrize("path", ["/", "/feed.atom"])
def test_nonsense_in_the_address_is_a_page_all_the_same(reader: FlaskClient, path: str, query: str) -> None:
    assert reader.get(f"{path}?{query}").status_code == 200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["q", "host", "since", "until", "page", "n", "sort", "month", "all"]),
        st.text(max_size=30),
    )
)
def test_any_question_is_answered(reader: FlaskClient, question: dict[str, str]) -> None:
    encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in question.items()}

    assert reader.get("/", query_string=encoded).status_code == 200


def test_a_page_beyond_the_last_says_so(reader: FlaskClient) -> None:
    assert "di luar hasil" in reader.get("/?page=500").text
    assert plain(reader, "/?page=500")["articles"] == []


def test_the_feed_is_atom_with_ids_that_stay(reader: FlaskClient) -> None:
    answer = reader.get("/feed.atom?q=mengungsi&sort=oldest", headers={"Accept-Language": "en"})
    feed = etree.fromstring(answer.data)

    assert answer.mimetype == "application/atom+xml"
    assert feed.tag == f"{ATOM}feed"
    for name in ("title", "id", "updated", "author"):
        assert len(feed.findall(ATOM + name)) == 1
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost/feed.atom?q=mengungsi"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 23
    for entry in entries:
        for name in ("title", "id", "updated", "summary"):
            assert len(entry.findall(ATOM + name)) == 1
        assert entry.find(f"{ATOM}link[@rel='alternate']") is not None
    first = str(entries[0].findtext(f"{ATOM}id"))
    assert re.fullmatch(r"tag:pesisir\.example,2020-10-23:a22-[0-9a-f]{12}", first)
    assert entries[0].findtext(f"{ATOM}updated") == "2020-10-23T00:00:00Z"
    stamps = [str(entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert max(stamps) == feed.findtext(f"{ATOM}updated")


def test_a_feed_of_hostile_texts_is_well_formed(reader: FlaskClient) -> None:
    feed = etree.fromstring(reader.get("/feed.atom?until=2019").data)

    title = feed.findtext(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert title.startswith("<script>alert(1)</script>")


def test_browsers_can_add_the_room_as_a_search_engine(reader: FlaskClient) -> None:
    page = etree.fromstring(reader.get("/opensearch.xml").data)

    assert page.tag.endswith("OpenSearchDescription")
    assert any(url.get("template") == "http://localhost/?q={searchTerms}" for url in page)


def test_a_removed_article_is_not_shown_although_the_index_still_has_it(tmp_path: Path) -> None:
    stand = Newsstand.open(tmp_path / "warta")
    stand.put(url_of("satu"), "Satu Ditarik")
    stand.put(url_of("dua"), "Dua Tetap")
    bring_up_to_date(stand.collection)
    app = make_app(stand.collection)
    app.config[listing._DESK].look = lambda: None
    stand.remove(url_of("satu"))

    page = app.test_client().get("/").text

    assert "Dua Tetap" in page
    assert "Satu Ditarik" not in page


def test_an_index_is_made_while_the_first_reader_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FIRST_WAIT", 60)
    stand = Newsstand.open(tmp_path / "warta")
    stand.put(url_of("satu"), "Satu Artikel")
    reader = make_app(stand.collection).test_client()

    assert "Satu Artikel" in reader.get("/").text
    assert place_of(stand.collection).is_file()


def test_until_there_is_an_index_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_FIRST_WAIT", 0)
    stand = Newsstand.open(tmp_path / "warta")
    app = make_app(stand.collection)
    app.config[listing._DESK].look = lambda: None

    check_not_yet(app.test_client())


def check_not_yet(reader: FlaskClient) -> str:
    """A person is told, and the page asks for itself again; programs are told to come again."""
    page = reader.get("/")
    assert (page.status_code, page.headers["Refresh"]) == (200, "3")
    assert "Indeks sedang dibuat" in page.text
    assert "belum berisi artikel" not in page.text
    for address in ("/?format=json", "/feed.atom"):
        answer = reader.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    return page.text


def test_an_index_that_has_nothing_yet_is_not_taken_for_an_empty_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FIRST_WAIT", 0)
    stand = Newsstand.open(tmp_path / "warta")
    for number in range(3):
        stand.put(url_of(f"a{number}"))
    app = make_app(stand.collection)
    reader, desk = app.test_client(), app.config[listing._DESK]
    goes_on, has_begun = Event(), Event()
    entries = index_file._Work._entries

    def slowly(work: index_file._Work, rows: Iterable[object]) -> object:
        has_begun.set()
        assert goes_on.wait(60)
        return entries(work, rows)

    monkeypatch.setattr(index_file._Work, "_entries", slowly)
    desk.look()
    assert has_begun.wait(60)
    page = check_not_yet(reader)
    goes_on.set()
    while desk.is_working:
        sleep(0.01)

    assert '<progress id="progress" value="0" max="3">' in page
    assert "0 dari 3 artikel" in page
    assert "3 artikel" in reader.get("/").text


def test_an_index_that_another_process_begins_to_make_is_no_empty_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_FIRST_WAIT", 0)
    stand = Newsstand.open(tmp_path / "warta")
    bring_up_to_date(stand.collection)
    stand.put(url_of("satu"))
    path = place_of(stand.collection)
    app = make_app(stand.collection)
    with FileLock(path.with_name(f".{path.name}.lock")):
        app.config[listing._DESK].look()
        while app.config[listing._DESK].is_working:
            sleep(0.01)
        check_not_yet(app.test_client())


def test_why_an_index_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Newsstand.open(tmp_path / "warta")
    bring_up_to_date(stand.collection)
    stand.put(url_of("satu"))
    app = make_app(stand.collection)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(place_of(stand.collection)))

    monkeypatch.setattr(index_file._Writer, "add", full)
    page = app.test_client().get("/")

    assert page.headers["Refresh"] == "60"
    assert "No space left on device" in page.text
    assert str(tmp_path) not in page.text


def test_a_path_in_the_index_leads_nowhere_else(stand: Newsstand, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_bytes(next(stand.collection.articles.rglob("*.json")).read_bytes())
    app = make_app(stand.collection)
    with app.test_request_context("/"):
        found = [
            listing._entries([Hit(1, url_of("x"), path)], Marks(frozenset(), (), ()))
            for path in (
                "../outside.json",
                "articles/../../outside.json",
                str(outside),
                "catalogue.sqlite",
                "",
            )
        ]

        assert [list(entries) for entries in found] == [[], [], [], [], []]


def test_a_query_that_is_too_heavy_is_refused_with_advice(
    reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise TooLongError

    monkeypatch.setattr(reader.application.config[listing._DESK], "find", refuse)

    answer = reader.get("/?q=berat")

    assert answer.status_code == 422
    assert "Kurangi katanya" in answer.text
