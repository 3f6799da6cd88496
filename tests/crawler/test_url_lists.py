"""Lists in every layout that people bring, and what each line of them is worth."""

from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.catalogue import Catalogue
from archives.states import State
from crawler.asked_urls import AskedUrls
from crawler.errors import WrongUsageError
from crawler.url_lists import MAX_LINE, Line, Plain, Unusable, UrlFile, Wanted, check_list
from extractors.article import ArticleAddress

HOST = "aceh.tribunnews.com"
ONE, TWO, THREE = (f"https://{HOST}/2022/07/21/kabar-{number}" for number in ("satu", "dua", "tiga"))
WANTED = Wanted(portals=frozenset({"serambi"}), hosts=frozenset({HOST}))
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a list and says where it is."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "daftar"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def addresses(path: Path) -> list[tuple[int, str]]:
    """The lines of use with their numbers."""
    lines = ((line.number, WANTED.judge(line)) for line in UrlFile.at(path).lines())
    return [(number, judged.url) for number, judged in lines if isinstance(judged, ArticleAddress)]


def faults(path: Path) -> list[tuple[int, Unusable]]:
    lines = ((line.number, WANTED.judge(line)) for line in UrlFile.at(path).lines())
    return [(number, judged) for number, judged in lines if isinstance(judged, Unusable)]


def refusal(path: Path) -> str:
    with pytest.raises(WrongUsageError) as refused:
        check_list(UrlFile.at(path), WANTED)
    assert str(path) in str(refused.value)
    return str(refused.value)


# --- layouts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}\n",
        f"{ONE}\r\n{TWO}\r\n",
        f"{ONE}\n{TWO}",
        f'"{ONE}"\n<{TWO}>\n',
        f"\ufeff{ONE}\n{TWO}\n",
        f"\n# dari redaksi\n  {ONE}  \n\n#\n{TWO}\n",
        f"url\n{ONE}\n{TWO}\n",
        f"judul,url\nA,{ONE}\nB,{TWO}\n",
        f'"judul","Source URL"\n"A, b","{ONE}"\n"B ""c""",{TWO}\n',
        f"id;LINK;judul\n1;{ONE};A, b\n2;{TWO};\n",
        f"id\ttautan\n1\t{ONE}\n2\t{TWO}\n",
        f"\ufeffurl,judul\r\n{ONE},A\r\n{TWO},B\r\n",
        f"link,url\nhttps://t.example/1,{ONE}\nhttps://t.example/2,{TWO}\n",
        f"# diekspor\nurl,judul\n{ONE},A\n\n{TWO},B\n",
        f'{json.dumps({"url": ONE, "judul": "A"})}\n\n{json.dumps({"URL": TWO})}\n',
        f'{json.dumps({"link": 7, "source_url": ONE})}\n"{TWO}"\n',
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_a_list_is_read_in_every_layout(write: Write, text: str, packed: bool) -> None:
    content = gzip.compress(text.encode()) if packed else text.encode()
    assert [url for _, url in addresses(write(content))] == [ONE, TWO]
    assert faults(write(content)) == []


def test_a_row_has_the_number_of_the_line_on_which_it_begins(write: Write) -> None:
    listed = write(f'url,teks\n{ONE},"dua\nbaris"\n{TWO},"tiga\n\n\nbaris"\n{THREE},x\n')
    assert addresses(listed) == [(2, ONE), (4, TWO), (8, THREE)]


def test_latin_1_beside_the_address_loses_nothing(write: Write) -> None:
    listed = write(f"judul,url\nCaf\u00e9,{ONE}\n".encode("latin-1") + f"Café,{TWO}\n".encode())
    assert addresses(listed) == [(2, ONE), (3, TWO)]


def test_the_name_of_a_file_says_nothing_about_its_layout(tmp_path: Path) -> None:
    listed = tmp_path / "urls.csv"
    listed.write_text(json.dumps({"url": ONE}) + "\n", "utf-8")
    assert UrlFile.at(listed).layout is Plain.JSONL


# --- lines of no use --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("warga menanam bakau", Unusable.NOT_URL),
        ("file:///etc/passwd", Unusable.NOT_URL),
        ("http://[::1", Unusable.NOT_URL),
        ("https://" + HOST + "/2022/07/21/" + "x" * 5000, Unusable.NOT_URL),
        ("\x00\x01\x02", Unusable.NOT_URL),
        ("https://koran.example/2022/07/21/x", Unusable.OTHER_SITE),
        ("https://solo.tribunnews.com/2022/07/21/x", Unusable.OTHER_PORTAL),
        (f"https://{HOST}/tag/bakau", Unusable.NOT_ARTICLE),
        ("https://serambinews.com/2019/07/21/x", Unusable.OTHER_HOST),
    ],
)
def test_a_line_of_no_use_says_why(write: Write, line: str, reason: Unusable) -> None:
    assert faults(write(f"{ONE}\n{line}\n{TWO}\n")) == [(2, reason)]


def test_lines_of_no_use_in_tables_and_objects_say_why(write: Write) -> None:
    assert faults(write(f"judul,url\nA\nB,\nC,{ONE}\n")) == [(2, Unusable.NO_FIELD), (3, Unusable.NO_FIELD)]
    objects = f'{{"url": "{ONE}"}}\n{{"url": \n{{"judul": "A"}}\n7\n{{"url": null}}\n{"[" * 9999}\n'
    assert faults(write(objects)) == [
        (2, Unusable.BROKEN_JSON), (3, Unusable.NO_FIELD), (4, Unusable.NO_FIELD), (5, Unusable.NO_FIELD),
        (6, Unusable.BROKEN_JSON),
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["", "judul,url\n", '{"url": "https://t.example"}\n'])
def test_a_line_without_end_is_passed_over_and_named(write: Write, head: str) -> None:
    number = 1 + head.count("\n")
    last = json.dumps({"url": ONE}) if head.startswith("{") else f"A,{ONE}" if head else ONE
    listed = write(head + "x" * (MAX_LINE + 9) + "\n" + last + "\n")
    assert (number, Unusable.TOO_LONG) in faults(listed)
    assert addresses(listed) == [(number + 1, ONE)]


def test_an_open_quotation_mark_costs_what_it_swallows_and_no_more(write: Write) -> None:
    row = f"{'x' * 1000},{TWO}\n"
    listed = write(f'teks,url\n"x,{ONE}\n' + row * (MAX_LINE // len(row) + 50))
    assert (2, Unusable.BROKEN_CSV) in faults(listed)
    assert addresses(listed)


# --- files that are no lists ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no address in it"),
        (b"# kosong\n\n", "has no address in it"),
        (b"\xff\xfeh\x00", "is a UTF-16 text; save it as UTF-8"),
        (b"PK\x03\x04....", "save the sheet as CSV"),
        (b"PAR1....", "Parquet"),
        (b'\n[{"url": "x"}]', "line 2: is a JSON array"),
        (b"a\nb\nc\nd\n", "4 not a web address (line 1: 'a'; line 2: 'b'; line 3: 'c' …)"),
        (b"nomor;laman\n1;x\n", "name its column of addresses one of url, "),
        (b"x" * (MAX_LINE + 9), "1 longer than 8 MiB (line 1)"),
        (gzip.compress((ONE + "\n").encode() * 9999)[:-40], "cannot be read"),
        (gzip.compress(b"x", mtime=0)[:5], "line 1: cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(write: Write, content: bytes, words: str) -> None:
    assert words in refusal(write(content))


def test_damage_behind_the_first_lines_is_found_before_anything_is_fetched(write: Write) -> None:
    rows = "".join(f"https://{HOST}/2022/07/21/kabar-{number * 7919}\n" for number in range(20_000))
    packed = gzip.compress(rows.encode())
    damaged = refusal(write(packed[: len(packed) // 2]))
    number = int(damaged.partition(": line ")[2].partition(":")[0].replace(",", ""))
    assert 5_000 < number < 15_000


def test_folders_missing_files_and_pipes_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    assert "No such file" in refusal(tmp_path / "nirgends")
    assert "no regular file" in refusal(Path("/dev/null"))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_a_refusal(content: bytes) -> None:
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with suppress(WrongUsageError):
            for line in UrlFile.at(Path(file.name)).lines():
                assert isinstance(WANTED.judge(line), ArticleAddress | Unusable)


# --- the account ------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue.sqlite")


def settle(catalogue: Catalogue, asked: AskedUrls, states: list[tuple[State, str | None]]) -> None:
    """Seed the ledger with the list and give its URLs these states in their order."""
    with catalogue.transaction():
        for named in asked.batches():
            catalogue.add_urls(named, 1)
        for row, (state, reason) in zip(catalogue.todo(HOST, 99), states, strict=False):
            catalogue.settle_url(row.url_id, state, reason=reason, run_id=1)


def test_the_account_names_every_line_that_was_not_had(
    write: Write, catalogue: Catalogue, tmp_path: Path
) -> None:
    listed = write(f"{ONE}\nbukan alamat\n{TWO}?utm_source=x\n{THREE}\n{ONE}?page=2\n")
    asked = AskedUrls(UrlFile.at(listed), WANTED)
    settle(catalogue, asked, [(State.CAPTURED, None), (State.GONE, "http 410")])
    account = asked.account(catalogue, tmp_path / "not-had.jsonl")
    assert (account.asked, account.had, account.whole) == (3, 1, True)
    assert account.not_had == {"http 410": 1, "still to do": 1}
    assert account.rejects.counts == {Unusable.NOT_URL: 1, Unusable.NAMED_BEFORE: 1}
    assert account.file is not None
    assert [json.loads(line) for line in account.file.read_text("utf-8").splitlines()] == [
        {"url": "bukan alamat", "state": "unusable", "reason": "not a web address", "line": 2},
        {"url": f"{TWO}?utm_source=x", "state": "gone", "reason": "http 410", "line": 3},
        {"url": THREE, "state": "todo", "reason": "still to do", "line": 4},
    ]
    asked.close()


def test_there_is_no_report_where_everything_was_had(
    write: Write, catalogue: Catalogue, tmp_path: Path
) -> None:
    asked = AskedUrls(UrlFile.at(write(f"{ONE}\n{TWO}\n")), WANTED)
    settle(
        catalogue, asked, [(State.CAPTURED, None), (State.DUPLICATE, "of an article under another address")]
    )
    account = asked.account(catalogue, tmp_path / "not-had.jsonl")
    assert (account.had, account.file) == (2, None)
    assert not (tmp_path / "not-had.jsonl").exists()
    asked.close()


def test_a_list_that_was_left_in_its_middle_says_so(
    write: Write, catalogue: Catalogue, tmp_path: Path
) -> None:
    rows = "".join(f"https://{HOST}/2022/07/21/kabar-{number}\n" for number in range(2000))
    asked = AskedUrls(UrlFile.at(write(rows)), WANTED)
    next(asked.batches())
    assert not asked.account(catalogue, tmp_path / "not-had.jsonl").whole
    asked.close()


LINES = 200_000


def many_lines(lines: int, *, different: int) -> str:
    return "".join(f"https://{HOST}/2022/07/21/kabar-nomor-{number % different}\n" for number in range(lines))


@pytest.mark.parametrize("lines", [20_000, pytest.param(LINES, marks=pytest.mark.slow)])
def test_memory_stays_flat_however_long_the_list_is(write: Write, catalogue: Catalogue, lines: int) -> None:
    """As objects 20,000 lines take 5 MB. Few of them differ, because tracing makes judging slow."""
    listed = write(many_lines(lines, different=1000))
    tracemalloc.start()
    try:
        found = UrlFile.at(listed)
        check_list(found, WANTED)
        asked = AskedUrls(found, WANTED)
        for named in asked.batches():
            with catalogue.transaction():
                catalogue.add_urls(named, 1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert asked.as_plain() == {
        "asked": 1000,
        "useless": {"named before": lines - 1000},
        "readToItsEnd": True,
    }
    assert peak < 3 << 20, f"{peak:,} bytes"
    asked.close()


@pytest.mark.slow
def test_a_list_of_different_articles_leaves_no_objects_behind(write: Write, catalogue: Catalogue) -> None:
    asked = AskedUrls(UrlFile.at(write(many_lines(LINES, different=LINES))), WANTED)
    before = most = 0
    for named in asked.batches():
        with catalogue.transaction():
            catalogue.add_urls(named, 1)
        before = before or sys.getallocatedblocks()
        most = max(most, sys.getallocatedblocks())
    assert most - before < LINES // 2, "the cache of addresses is all that may grow"
    assert asked.as_plain()["asked"] == LINES
    asked.close()


def test_long_rows_are_not_held(write: Write) -> None:
    line = Line(1, "x" * 5000)
    assert WANTED.judge(line) is Unusable.NOT_URL
    (held,) = UrlFile.at(write("x" * 100_000)).lines()
    assert len(held.text) < 5000
