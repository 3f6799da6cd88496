"""Answers of CDX servers in all their forms; nonsense that a stranger may send is counted and left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.cdx_answers import MAX_LINE, CdxAnswer, WarcRange, read_answer

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "http://aceh.tribunnews.com/2022/07/20/kabar"
DIGEST = "AX3MWLWLN2PJPTGWNAQOEGPDHGGUWAUW"
FIELDS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = ["com,tribunnews,aceh)/2022/07/20/kabar", "20220721000000", URL, "text/html", "200", DIGEST, "7571"]
LINE = {"url": URL, "timestamp": "20220721000000", "mime": "text/html", "status": "200", "digest": DIGEST}


def read(found: object, *, status: int = 200) -> CdxAnswer:
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    return read_answer(body, now=NOW, status=status)


def lines(*rows: object) -> CdxAnswer:
    return read("\n".join(json.dumps(row) for row in rows).encode())


def test_the_array_of_the_wayback_machine_and_the_lines_of_pywb_say_the_same() -> None:
    array = read([FIELDS, ROW])
    assert array.captures == lines(LINE | {"digest": f"sha1:{DIGEST}", "source": "nusa"}).captures
    assert array.captures[0].captured_at == datetime(2022, 7, 21, tzinfo=UTC)
    assert (array.captures[0].url, array.captures[0].digest) == (URL, DIGEST)


def test_an_array_may_end_with_a_key_to_go_on_with() -> None:
    answer = read([FIELDS, ROW, [], ["com%2Ctribunnews%29%2F+2022"]])
    assert (answer.lines, answer.resume_key) == (1, "com%2Ctribunnews%29%2F+2022")
    assert read([FIELDS, ROW]).resume_key is None


@pytest.mark.parametrize("body", [b"", b"[]", b"\n \n"])
def test_an_answer_without_captures_is_whole(body: bytes) -> None:
    answer = read(body)
    assert (answer.lines, answer.fault) == (0, None)


@pytest.mark.parametrize("body", [b"12\n", b'{"pages": 12, "pageSize": 5, "blocks": 56}'])
def test_the_number_of_pages_is_told_in_two_forms(body: bytes) -> None:
    assert read(body).pages == 12


def test_common_crawl_says_with_a_404_that_it_has_nothing() -> None:
    assert read(b'{"message": "No Captures found for: x"}', status=404).fault is None
    assert read(b"<html>not found</html>", status=404).fault == "http 404"


def test_a_line_of_common_crawl_names_the_place_of_its_record() -> None:
    place = {"filename": "crawl-data/CC-MAIN-2024-10/x.warc.gz", "offset": "17", "length": "4000"}
    answer = lines(LINE | place | {"mime": "unk", "mime-detected": "text/html"})
    assert answer.captures[0].place == WarcRange(
        file="crawl-data/CC-MAIN-2024-10/x.warc.gz", offset=17, length=4000
    )


@pytest.mark.parametrize(
    "place",
    [
        {"filename": "../../etc/passwd.warc.gz", "offset": "0", "length": "9"},
        {"filename": "https://evil.example/x.warc.gz", "offset": "0", "length": "9"},
        {"filename": "//evil.example/x.warc.gz", "offset": "0", "length": "9"},
        {"filename": "a/x.warc.gz?b", "offset": "0", "length": "9"},
        {"filename": "a/x.warc.gz", "offset": "-1", "length": "9"},
        {"filename": "a/x.warc.gz", "offset": "0", "length": "0"},
        {"filename": "a/x.warc.gz", "offset": "0\r\nX: y", "length": "9"},
        {"filename": "a/x.warc.gz"},
    ],
)
def test_a_place_that_cannot_stand_behind_an_address_is_none(place: dict[str, str]) -> None:
    assert lines(LINE | place).captures[0].place is None


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"timestamp": "20991231000000"}, "a date that cannot be"),
        ({"timestamp": "19930101000000"}, "a date that cannot be"),
        ({"timestamp": "20220231000000"}, "a date that cannot be"),
        ({"timestamp": "２０２２0721000000"}, "a date that cannot be"),
        ({"timestamp": "2022"}, "a date that cannot be"),
        ({"timestamp": None}, "a date that cannot be"),
        ({"status": "301"}, "not answered 200"),
        ({"status": "-"}, "not answered 200"),
        ({"mime": "warc/revisit", "status": "404"}, "not answered 200"),
        ({"mime": "image/png"}, "no HTML page"),
        ({"url": "javascript:alert(1)"}, "an address that is none"),
        ({"url": "file:///etc/passwd"}, "an address that is none"),
        ({"url": f"{URL}\r\nX: y"}, "an address that is none"),
        ({"url": f"{URL}#bytes=0-1"}, "an address that is none"),
        ({"url": URL + "x" * 5000}, "an address that is none"),
        ({"url": ["a", "b"]}, "an address that is none"),
    ],
)
def test_what_cannot_be_a_page_is_counted_with_its_reason(spoilt: dict[str, object], reason: str) -> None:
    answer = lines(LINE, LINE | spoilt)
    assert answer.left_out == {reason: 1}
    assert (answer.lines, len(answer.captures), answer.fault) == (2, 1, None)


@pytest.mark.parametrize("status", ["-", "200"])
def test_a_capture_that_repeats_another_is_one(status: str) -> None:
    answer = lines(LINE | {"mime": "warc/revisit", "status": status, "timestamp": "20230721000000"})
    assert [one.stamp for one in answer.captures] == ["20230721000000"]


def test_lines_that_are_no_json_are_counted_and_the_others_are_read() -> None:
    body = b"\n".join([json.dumps(LINE).encode(), b"{broken", b"[1", b'"x"', b"{" + b"x" * MAX_LINE])
    answer = read(body)
    assert len(answer.captures) == 1
    assert answer.left_out == {"no JSON": 3, "a line that is too long": 1}


@pytest.mark.parametrize(
    "body",
    [b"<html><body>Maintenance</body></html>", b"[" * 100_000, b'[["timestamp"', b"[1, 2]x", b"{}" * 9],
    ids=["html", "nested", "cut", "trailing", "objects"],
)
def test_an_answer_of_something_else_is_a_fault(body: bytes) -> None:
    answer = read(body)
    assert answer.fault is not None
    assert answer.captures == []


def test_a_digest_that_is_none_is_not_believed() -> None:
    assert lines(LINE | {"digest": "#bytes=0-1"}).captures[0].digest is None


@given(
    st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.one_of(st.none(), st.text(), st.integers()),
            lambda of: st.one_of(st.lists(of), st.dictionaries(st.sampled_from(sorted(LINE)), of)),
        ),
    )
)
def test_nothing_that_a_server_sends_raises(found: object) -> None:
    answer = read(found)
    assert len(answer.captures) <= answer.lines
