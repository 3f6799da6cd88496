"""What a web archive hands out: the original server's part is told from the archive's, nothing is guessed."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archives.capture import Capture, Headers, Memento, Truncation
from archives.cdxj import update as update_index
from archives.mementos import OTHER_CAPTURE, Wanted, cut_out, is_sha1, replayed
from archives.reader import answers, iterate
from archives.verify import verify
from tests.archives import shelf
from tests.support import warcs
from tests.support.web_archive import Held

BODY = b"<html><body><p>Kabar lama dari Kuala Baru.</p></body></html>"
DAY = datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
DIGEST = warcs.sha1(BODY)
URL = "http://aceh.tribunnews.com/2019/03/04/kabar-lama"
COPY = f"https://web.archive.org/web/20190304050607id_/{URL}"
TOLD: Headers = (
    (b"Server", b"nginx"),
    (b"Content-Type", b"text/html; charset=utf-8"),
    (b"X-Archive-Orig-Server", b"KabarLama"),
    (b"X-Archive-Orig-Set-Cookie", b"a=1"),
    (b"X-Archive-Orig-Set-Cookie", b"b=2"),
    (b"x-archive-orig-transfer-encoding", b"chunked"),
    (b"Memento-Datetime", b"Mon, 04 Mar 2019 05:06:07 GMT"),
)


def exchange(body: bytes = BODY, headers: Headers = TOLD, **more: object) -> Capture:
    return shelf.capture(COPY, body=body, headers=headers, target="/web/…", **more)  # type: ignore[arg-type]


def found(taken: Capture, digest: str | None = DIGEST) -> Memento | str:
    return replayed(taken, Wanted(url=URL, captured_at=DAY, digest=digest))


def memento(taken: Capture, digest: str | None = DIGEST) -> Memento:
    result = found(taken, digest)
    assert isinstance(result, Memento), result
    return result


def test_only_what_the_archive_calls_original_is_taken_for_the_servers_own() -> None:
    assert memento(exchange()).headers == (
        (b"Server", b"KabarLama"),
        (b"Set-Cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Content-Length", str(len(BODY)).encode()),
    )


def test_what_was_put_together_anew_is_said() -> None:
    notes = dict(memento(exchange()).notes)
    assert notes["origin"] == COPY
    assert "status line" in notes["reconstructed"]
    assert notes["digest-check"] == "fits the body"


def test_a_body_that_came_as_the_server_had_packed_it_stays_packed() -> None:
    packed = gzip.compress(BODY, mtime=0)
    taken = memento(exchange(packed, (*TOLD, (b"Content-Encoding", b"gzip"))), warcs.sha1(packed))
    assert taken.body == packed
    assert (b"Content-Encoding", b"gzip") in taken.headers


def test_a_body_that_the_archive_packed_for_the_way_is_unpacked() -> None:
    packed = gzip.compress(BODY, mtime=0)
    taken = memento(exchange(packed, (*TOLD, (b"Content-Encoding", b"gzip"))))
    assert taken.body == BODY
    assert not any(name == b"Content-Encoding" for name, _ in taken.headers)
    assert "without the encoding" in dict(taken.notes)["digest-check"]


def test_another_body_than_the_index_names_is_kept_and_said() -> None:
    taken = memento(exchange(b"<html>lain</html>"))
    assert dict(taken.notes)["digest-check"].startswith("does not fit")


def test_a_capture_of_another_day_is_not_taken_for_the_one_asked_for() -> None:
    headers = (*TOLD[:-1], (b"Memento-Datetime", b"Thu, 04 Mar 2021 05:06:07 GMT"))
    assert found(exchange(headers=headers)) == OTHER_CAPTURE


@pytest.mark.parametrize("told", [b"", b"soon", b"Mon, 99 Mar 2019"])
def test_without_a_date_only_the_digest_can_tell(told: bytes) -> None:
    headers = (*TOLD[:-1], (b"Memento-Datetime", told))
    assert isinstance(found(exchange(headers=headers)), Memento)
    assert found(exchange(b"<html>please log in</html>", headers)) == (
        "nothing says that this is the capture asked for"
    )
    assert isinstance(found(exchange(headers=headers), None), str)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": 404}, "http 404"),
        ({"status": 302}, "http 302"),
        ({"truncated": Truncation.LENGTH}, "body was cut"),
    ],
)
def test_an_answer_that_is_no_whole_copy_is_none(more: dict[str, object], reason: str) -> None:
    assert found(replace(exchange(), **more)) == reason  # type: ignore[arg-type]


# --- ranges of WARC files


HELD = Held(url=URL, stamp="20190304050607", body=BODY)
SOURCE = "https://data.commoncrawl.org/crawl-data/x.warc.gz#bytes=17-400"


def ranged(body: bytes, status: int = 206, digest: str | None = HELD.digest) -> Memento | str:
    return cut_out(exchange(body, ((b"Content-Range", b"bytes 17-400/4000"),), status=status), SOURCE, digest)


def test_a_range_is_the_record_of_the_crawler_with_its_own_headers() -> None:
    taken = ranged(HELD.member)
    assert isinstance(taken, Memento)
    assert (taken.url, taken.captured_at, taken.ip_address) == (URL, DAY, "192.0.2.44")
    assert (taken.status_line, taken.body) == (b"HTTP/1.1 200 OK", BODY)
    assert (b"X-Crawler-Content-Encoding", b"gzip") in taken.headers
    assert taken.source == SOURCE


def test_a_record_in_chunks_is_kept_without_them() -> None:
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    block = warcs.response(URL, chunked, "Transfer-Encoding: chunked", WARC_Payload_Digest=warcs.sha1(BODY))
    taken = ranged(gzip.compress(block))
    assert isinstance(taken, Memento)
    assert (taken.body, taken.headers) == (BODY, ())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not gzip at all", "the range is no record"),
        (HELD.member[:-9], "the range is no record"),
        (HELD.member + HELD.member, "the range is no record"),
        (gzip.compress(b"\0" * (40 << 20)), "the range is no record"),
        (gzip.compress(b"WARC/1.0\r\nX: " + b"x" * (40 << 20)), "the range is no record"),
        (gzip.compress(warcs.response(URL, BODY, line="HTTP/1.1 404 Not Found")), "the range is no answer"),
        (
            gzip.compress(warcs.record("request", {"WARC-Target-URI": URL}, b"GET / HTTP/1.1\r\n\r\n")),
            "the range is no answer",
        ),
        (gzip.compress(warcs.response(URL, b"<p>lain</p>")), "the record's digest"),
        (
            gzip.compress(warcs.response(URL, BODY, WARC_Payload_Digest=warcs.sha1(b"x"))),
            "the record's digest",
        ),
    ],
    ids=["plain", "cut", "two", "bomb", "endless head", "404", "request", "index digest", "own digest"],
)
def test_a_range_that_holds_something_else_is_none(body: bytes, reason: str) -> None:
    taken = ranged(body)
    assert isinstance(taken, str)
    assert taken.startswith(reason)


def test_a_server_that_sends_the_whole_file_is_not_believed() -> None:
    assert ranged(HELD.member, status=200) == "the server knows no ranges"


def test_digests_are_understood_in_both_spellings() -> None:
    assert is_sha1(DIGEST.removeprefix("sha1:").lower(), BODY)
    assert is_sha1("sha1:cd50d19784897085a8d0e3e413f8612b097c03f1", b"hello") is False
    assert is_sha1("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", b"hello")


# --- records


def test_the_record_has_its_own_date_and_the_exchange_refers_to_it(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "warta")
    keeper = shelf.open_keeper(collection)
    taken = exchange()
    kept = keeper.keep_copy(memento(taken), taken, url_id=1).result()
    assert keeper.close() is None

    response, note, again, request = list(iterate(collection.warc_files()[0]))[1:]
    assert (response.type, response.url, response.date) == ("response", URL, DAY)
    assert (response.source_uri, response.body) == (COPY, BODY)
    assert (note.type, note.concurrent_to, note.date) == ("metadata", response.record_id, shelf.NOW)
    assert f"exchange: <{again.record_id}>".encode() in note.body
    assert (again.type, again.url, again.refers_to) == ("revisit", COPY, response.record_id)
    assert dict(again.http_headers) == dict(TOLD)
    assert (request.type, request.concurrent_to) == ("request", again.record_id)
    assert kept.ref.origin == COPY
    update_index(collection)
    assert verify(collection).findings == []


def test_the_record_alone_gives_the_reference_that_the_writer_gave(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "warta")
    keeper = shelf.open_keeper(collection)
    taken = exchange()
    kept = keeper.keep_copy(memento(taken), taken, url_id=1).result()
    keeper.close()
    assert next(answers(collection.warc_files()[0])).ref == kept.ref


def test_verify_finds_a_catalogue_that_hides_where_a_capture_came_from(tmp_path: Path) -> None:
    collection = shelf.make_collection(tmp_path / "warta")
    keeper = shelf.open_keeper(collection)
    taken = exchange()
    keeper.keep_copy(memento(taken), taken, url_id=1).result()
    keeper.do(lambda catalogue: catalogue.database.execute("UPDATE captures SET origin = NULL").rowcount)
    keeper.close()
    update_index(collection)
    assert [finding.fault for finding in verify(collection).findings] == [
        f"the catalogue has other values for the capture of {URL}"
    ]
