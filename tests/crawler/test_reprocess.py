"""WARC files of other tools become sidecars: whatever their shape, by date and not by the order of bytes."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, ParamSpec, TypeVar

import brotli
import pytest
from backports import zstd

from archives.capture import CaptureRef
from archives.catalogue import Catalogue, SidecarEntry
from archives.collection import Collection
from archives.errors import WriteError
from archives.rereading import gone_articles
from archives.verify import verify
from crawler import reprocess
from crawler.drafts import read_and_draft
from crawler.foreign import find_sources
from crawler.reading import make_sidecar
from crawler.reprocess import Job, Outcome, reextract
from crawler.workers import WorkerPool
from tests.archives.shelf import make_collection
from tests.crawler import jobs
from tests.support.warcs import SITE, WarcFile, page, record, response, revisit, sha1, whole

P = ParamSpec("P")
T = TypeVar("T")
Reading = Callable[..., Outcome]
EARLY, LATE, LATER = "2022-07-21T00:00:00Z", "2022-07-25T00:00:00Z", "2022-08-01T00:00:00Z"


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return make_collection(tmp_path / "collection")


@pytest.fixture
def read(collection: Collection) -> Reading:
    """Read files into the collection, and hold that every answer is accounted for."""

    def reading(*paths: Path, dry_run: bool = False) -> Outcome:
        sources = find_sources(map(str, paths), collection)
        job = Job(collection=collection, sources=sources, workers=1, seconds=20, dry_run=dry_run)
        outcome = reextract(job)
        assert outcome.answers == outcome.pages + outcome.left_out.total()
        return outcome

    return reading


def sidecars(collection: Collection) -> list[dict[str, object]]:
    records = [json.loads(path.read_bytes()) for path in collection.articles.rglob("*.json")]
    return sorted(records, key=lambda item: (item["url"], item["version"]["number"]))


def sheets(item: dict[str, object]) -> list[int]:
    """Which pages' sentences the body has, in their order."""
    words = str(item["articleBody"]).split()
    return [int(words[place + 1]) for place, word in enumerate(words) if word == "lembar"]


def pages_of(item: dict[str, object]) -> list[tuple[int, str]]:
    """Page and capture time of each page that a sidecar cites."""
    return [(one["page"], one["fetchedAt"]) for one in item["archive"]["pages"]]  # type: ignore[index]


def is_whole(collection: Collection) -> bool:
    """Whether `verify` is content; its findings would be seen in the failure."""
    assert verify(collection).findings == []
    return True


# --- shapes -------------------------------------------------------------------------------------------


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:])) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(body) + engine.flush()


def shapes() -> dict[str, bytes]:
    """One article for each way in which tools write one."""
    html = "Content-Type: text/html; charset=utf-8"

    def made(name: str, change: Callable[[bytes], bytes], *headers: str, **more: str) -> bytes:
        return response(more.pop("url", SITE + name), change(page(name)), *headers, **more)

    return {
        "wget": made("wget", lambda body: chunked(gzip.compress(body)), html, "Transfer-Encoding: chunked",
                     "Content-Encoding: gzip", url=f"<{SITE}wget>", WARC_IP_Address="192.0.2.1"),
        "brotli": made("brotli", brotli.compress, html, "content-encoding: br", line="HTTP/2 200"),
        "zstd": made("zstd", zstd.compress, html, "content-encoding: zstd", line="HTTP/3 200"),
        "deflate": made("deflate", raw_deflate, html, "Content-Encoding: deflate", line="HTTP/1.0 200 OK"),
        "twice": made("twice", lambda body: gzip.compress(gzip.compress(body)), html,
                      "Content-Encoding: gzip, gzip"),
        "standing": made("standing", bytes, html, "Content-Encoding: br", "Transfer-Encoding: chunked"),
        "common-crawl": made("common-crawl", bytes, html, "X-Crawler-Content-Encoding: gzip",
                             "X-Crawler-Content-Length: 9", "Content-Length: 999999"),
        "browsertrix": made("browsertrix", bytes, "content-type: text/html", date="2022-07-21T00:00:00.123Z",
                            WARC_Payload_Digest="sha256:" + "0" * 64),
        "untyped": made("untyped", bytes, "Server: x", WARC_Payload_Digest=""),
        "folded": made("folded", bytes, "Content-Type: text/html;\r\n charset=utf-8", "X: a\r\n\tb"),
        "short-date": made("short-date", bytes, html, date="2022-07-21"),
        "wayback": made("wayback", bytes, html, date="2026-01-01T00:00:00Z",
                        url=f"https://web.archive.org/web/20220721000000id_/{SITE}wayback"),
    }  # fmt: skip


@pytest.mark.parametrize("packing", ["plain", "members", "one"])
def test_every_shape_of_a_foreign_record_gives_its_article(
    collection: Collection, read: Reading, tmp_path: Path, packing: str
) -> None:
    made = shapes()
    info = record("warcinfo", {"Content-Type": "application/warc-fields"}, b"software: other\r\n")
    name = "crawl.warc" if packing == "plain" else "crawl.warc.gz"
    source = WarcFile([info, *made.values()]).save(tmp_path / name, packing)
    before = source.read_bytes()
    outcome = read(source)

    assert outcome.damage == []
    assert [str(item["url"]).removeprefix(SITE) for item in sidecars(collection)] == sorted(made)
    assert {str(item["articleBody"]) for item in sidecars(collection)} == {
        "Nelayan Kuala Baru pada lembar 1 menunggu angin reda di dermaga kayu."
    }
    assert [item["extraction"]["warnings"] for item in sidecars(collection)] == [[]] * len(made)  # type: ignore[index]
    assert is_whole(collection)
    again = read()
    assert (again.same, again.changed, again.new) == (len(made), 0, 0)
    assert source.read_bytes() == before


def test_an_article_of_the_wayback_machine_is_of_the_day_of_its_capture(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    source = WarcFile()
    for number, stamp in ((2, "20260101000000"), (1, "20200504010203")):
        edition = page("ralat", text=f"Edisi {number}.")
        source.add(response(f"https://web.archive.org/web/{stamp}id_/{SITE}ralat", edition, date=LATER))
    read(source.save(tmp_path / "a.warc"))

    assert [str(item["articleBody"])[-8:] for item in sidecars(collection)] == ["Edisi 1.", "Edisi 2."]


def test_a_via_of_other_tools_is_where_a_link_was_found_and_not_what_was_asked_for(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    answer = response(SITE + "asli", page("asli"), WARC_Record_ID="<urn:uuid:a>")
    note = record("metadata", {"WARC-Concurrent-To": "<urn:uuid:a>"}, f"via: {SITE}lain\r\n".encode())
    read(WarcFile([answer, note]).save(tmp_path / "heritrix.warc.gz"))

    assert [item["url"] for item in sidecars(collection)] == [SITE + "asli"]


# --- order ----------------------------------------------------------------------------------------------


def test_pages_in_any_order_make_one_article(collection: Collection, read: Reading, tmp_path: Path) -> None:
    made = WarcFile()
    for second, number in enumerate((3, 1, 2)):
        url = SITE + "urut" + (f"?page={number}" if number > 1 else "")
        made.add(response(url, page("urut", number, 3), date=f"2022-07-21T00:00:0{second}Z"))
    read(made.save(tmp_path / "a.warc.gz"))
    (item,) = sidecars(collection)

    assert sheets(item) == [1, 2, 3]
    assert item["pagination"] == {"pageCount": 3, "pagesMissing": []}
    assert is_whole(collection)


def test_versions_follow_the_dates_of_captures_and_not_the_order_of_files(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    first = WarcFile([response(SITE + "ralat", page("ralat", text="Lama."), date=EARLY)])
    second = WarcFile([response(SITE + "ralat", page("ralat", text="Baru."), date=LATER)])
    read(second.save(tmp_path / "a.warc.gz"))
    outcome = read(first.save(tmp_path / "b.warc.gz"))

    assert (outcome.changed, outcome.new) == (1, 1)
    assert [(item["version"]["number"], str(item["articleBody"])[-5:]) for item in sidecars(collection)] == [  # type: ignore[index]
        (1, "Lama."),
        (2, "Baru."),
    ]
    assert is_whole(collection)
    assert read().same == 2


def test_a_page_without_its_page_1_is_told_and_makes_no_article(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    lone = response(SITE + "yatim?page=2", page("yatim", 2, 3))
    outcome = read(WarcFile([lone, response(SITE + "utuh", page("utuh"))]).save(tmp_path / "a.warc"))

    assert outcome.orphans == [SITE + "yatim?page=2"]
    assert outcome.left_out == {"further page without its page 1": 1}
    assert [item["url"] for item in sidecars(collection)] == [SITE + "utuh"]


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "9999-12-31T23:00:00Z"])
def test_a_record_of_the_first_or_the_last_year_ends_no_reading(
    collection: Collection, read: Reading, tmp_path: Path, date: str
) -> None:
    """A day before and after it there is no date."""
    odd = [
        response(SITE + "kosong", b"<html><body>x</body></html>", date=date),
        response(SITE + "ganjil", page("ganjil"), date=date),
    ]
    outcome = read(WarcFile([*odd, response(SITE + "utuh", page("utuh"))]).save(tmp_path / "a.warc"))

    assert SITE + "utuh" in [item["url"] for item in sidecars(collection)]
    assert outcome.pages + sum(outcome.left_out.values()) == 3
    again = read()
    assert again.same == outcome.pages, again


# --- forms ----------------------------------------------------------------------------------------------


def singles(slug: str, *numbers: int, date: str = EARLY, text: str = "") -> list[bytes]:
    return [
        response(SITE + slug + (f"?page={n}" if n > 1 else ""), page(slug, n, 3, text=text), date=date)
        for n in numbers
    ]


def test_all_pages_on_one_are_a_complete_article_and_never_double_it(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    def all_on_one(slug: str, date: str, text: str = "") -> bytes:
        return response(f"{SITE}{slug}?page=all", whole(slug, 3, text=text), date=date)

    made = WarcFile([all_on_one("a-hanya", EARLY)])
    made.add(*singles("b-sesudah", 1, 2, 3), all_on_one("b-sesudah", LATE))
    made.add(all_on_one("c-sebelum", EARLY), *singles("c-sebelum", 1, 2, 3, date=LATE))
    made.add(*singles("d-melengkapi", 1, 3), all_on_one("d-melengkapi", LATE))
    made.add(*singles("e-ralat", 1, 2, 3), all_on_one("e-ralat", LATE, "Ralat."))
    made.add(response(f"{SITE}f-bukan?page=all", page("f-bukan", 1, 2)))
    outcome = read(made.save(tmp_path / "a.warc.gz"))
    found = {
        (str(item["url"]).removeprefix(SITE), item["version"]["number"]): (sheets(item), item["pagination"])  # type: ignore[index]
        for item in sidecars(collection)
    }

    on_one = {"pageCount": 1, "pagesMissing": []}
    apart = {"pageCount": 3, "pagesMissing": []}
    assert found == {
        ("a-hanya", 1): ([1, 2, 3], on_one),
        ("b-sesudah", 1): ([1, 2, 3], apart),
        ("c-sebelum", 1): ([1, 2, 3], on_one),
        ("d-melengkapi", 1): ([1, 2, 3], on_one),
        ("e-ralat", 1): ([1, 2, 3], apart),
        ("e-ralat", 2): ([1, 2, 3], on_one),
        ("f-bukan", 1): ([1], {"pageCount": 2, "pagesMissing": [2]}),
    }
    assert outcome.repeated == 4  # one of b, three of c
    assert is_whole(collection)
    assert read().same == 7


def test_an_amp_copy_makes_an_article_only_where_there_is_no_other(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    def amp(slug: str, body: bytes, date: str) -> bytes:
        return response(f"{SITE}{slug}".replace(".com/", ".com/amp/"), body, date=date)

    made = WarcFile([amp("a-hanya", page("a-hanya"), EARLY)])
    made.add(amp("b-sama", page("b-sama", standfirst=""), EARLY), *singles("b-sama", 1, date=LATE))
    made.add(amp("c-beda", page("c-beda", text="Versi AMP."), "2022-07-21T00:00:00Z"))
    made.add(*singles("c-beda", 1, date="2022-07-21T05:00:00Z"))
    outcome = read(made.save(tmp_path / "a.warc.gz"))

    assert [str(item["url"]).removeprefix(SITE) for item in sidecars(collection)] == [
        "a-hanya",
        "b-sama",
        "c-beda",
    ]
    assert outcome.repeated == 1
    assert outcome.left_out.total() == 1
    assert pages_of(sidecars(collection)[2]) == [(1, "2022-07-21T05:00:00Z")]


# --- revisits -------------------------------------------------------------------------------------------


def test_a_revisit_is_a_capture_that_says_nothing_new(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    body = page("tetap")
    first = response(SITE + "tetap", body, date=EARLY, WARC_Record_ID="<urn:uuid:tetap>")
    head = b"HTTP/1.1 304 Not Modified\r\nServer: x\r\n\r\n"
    second = WarcFile(
        [
            revisit(SITE + "tetap", date=LATE, WARC_Refers_To="<urn:uuid:tetap>"),
            revisit(SITE + "tetap", date=LATE, block=head, WARC_Refers_To_Target_URI=SITE + "tetap",
                    WARC_Refers_To_Date=EARLY),
            revisit(SITE + "tetap", date=LATER, block=head.replace(b"304", b"200"),
                    WARC_Payload_Digest=sha1(body)),
            revisit(SITE + "tetap", date=LATER, WARC_Refers_To="<urn:uuid:lain>"),
            revisit(SITE + "lain", date=LATER, WARC_Payload_Digest=sha1(b"lain")),
        ]
    )  # fmt: skip
    outcome = read(second.save(tmp_path / "a.warc.gz"), WarcFile([first]).save(tmp_path / "b.warc.gz"))
    (item,) = sidecars(collection)

    assert (outcome.pages, outcome.repeated) == (4, 3)
    assert outcome.left_out == {"revisit: the record it refers to is not here": 2}
    assert pages_of(item) == [(1, EARLY)]
    assert is_whole(collection)


def test_a_revisit_of_an_earlier_text_takes_back_the_change(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    made, name = WarcFile(), "<urn:uuid:k>"
    made.add(response(SITE + "kembali", page("kembali", text="A."), date=EARLY, WARC_Record_ID=name))
    made.add(response(SITE + "kembali", page("kembali", text="B."), date=LATE))
    made.add(revisit(SITE + "kembali", date=LATER, WARC_Refers_To=name))
    read(made.save(tmp_path / "a.warc.gz"))

    assert [str(item["articleBody"])[-2:] for item in sidecars(collection)] == ["A.", "B.", "A."]
    assert is_whole(collection)


def test_the_payload_of_a_revisit_is_read_no_second_time_where_its_page_is_kept(
    collection: Collection, read: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records are read some way ahead of what is filed; these articles come again farther apart."""
    slugs, handed_out = [f"ulang-{number}" for number in range(80)], list[CaptureRef]()
    pages = {slug: page(slug) for slug in slugs}
    once = [response(SITE + slug, pages[slug], date=EARLY) for slug in slugs]
    again = [revisit(SITE + slug, date=LATE, WARC_Payload_Digest=sha1(pages[slug])) for slug in slugs]

    class Listening(WorkerPool):
        def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
            if function is read_and_draft:
                handed_out.extend(args[1])  # type: ignore[arg-type]
            return super().submit(function, *args, **kwargs)

    monkeypatch.setattr(reprocess, "WorkerPool", Listening)
    outcome = read(WarcFile(once + again).save(tmp_path / "a.warc.gz"))

    assert sorted(ref.url for ref in handed_out) == sorted(SITE + slug for slug in slugs)
    assert (outcome.pages, outcome.repeated) == (160, 80)
    assert [pages_of(item) for item in sidecars(collection)] == [[(1, EARLY)]] * 80
    assert is_whole(collection)


# --- drafts -------------------------------------------------------------------------------------------


class Counting(WorkerPool):
    """Notes which articles workers were asked to join by themselves."""

    joined: ClassVar[list[str]] = []

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if function is make_sidecar:
            self.joined.append(args[1].address.removeprefix(SITE))  # type: ignore[attr-defined]
        return super().submit(function, *args, **kwargs)


class Deadly(Counting):
    """Loses the worker of each errand of several pages."""

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if function is read_and_draft:
            return super().submit(jobs.kill_itself)  # type: ignore[arg-type]
        return super().submit(function, *args, **kwargs)


def test_a_draft_is_the_sidecar_that_would_be_made_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = b"User-agent: *\nDisallow: /cari\nUser-agent: GPTBot\nDisallow: /\n"
    host = SITE.split("/2022")[0]
    made = WarcFile([response(f"{host}/robots.txt", robots, "Content-Type: text/plain", date=EARLY)])
    made.add(response(SITE + "satu", page("satu"), date=EARLY), *singles("tiga", 1, 2, 3))
    made.add(response(SITE + "asal", page("lain"), date=EARLY), *singles("kurang", 1, 2))
    made.add(response(SITE + "ubah", page("ubah"), date=EARLY))
    made.add(response(SITE + "ubah", page("ubah", text="Ralat."), date=LATE))
    source = made.save(tmp_path / "a.warc.gz")

    found: dict[type[WorkerPool], tuple[dict[str, bytes], list[str]]] = {}
    for pool in (Counting, Deadly):
        collection = make_collection(tmp_path / pool.__name__ / "collection")
        monkeypatch.setattr(reprocess, "WorkerPool", pool)
        monkeypatch.setattr(Counting, "joined", [])
        sources = find_sources([str(source)], collection)
        outcome = reextract(Job(collection=collection, sources=sources, workers=1, seconds=20, dry_run=False))
        assert (outcome.pages, outcome.new) == (9, 6)
        paths = collection.articles.rglob("*.json")
        written = {path.relative_to(collection.root).as_posix(): path.read_bytes() for path in paths}
        found[pool] = written, sorted(Counting.joined)
        assert is_whole(collection)

    assert found[Counting][0] == found[Deadly][0]
    assert found[Counting][1] == ["asal", "kurang", "ubah"]
    assert found[Deadly][1] == ["asal", "kurang", "satu", "tiga", "ubah", "ubah"]


def test_pages_of_an_article_go_into_one_errand_wherever_they_stand_in_the_window() -> None:
    size = reprocess.BATCH
    spread = [f"artikel-{number % size}" for number in range(2 * size)]
    errands = list(reprocess._errands(spread))
    assert [{spread[number] for number in errand} for errand in errands] == [
        {f"artikel-{number}" for number in range(size // 2)},
        {f"artikel-{number}" for number in range(size // 2, size)},
    ]

    one = list(reprocess._errands(["a"] * 3 * size + ["b"]))
    assert [len(errand) for errand in one] == [2 * size, size, 1]
    assert sorted(number for errand in one for number in errand) == list(range(3 * size + 1))


# --- what is left out ---------------------------------------------------------------------------------


def test_whatever_is_left_out_is_counted_by_its_reason(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    body = page("utuh")
    made = WarcFile([response(SITE + "utuh", body)])
    made.add(response("https://aceh.tribunnews.com/", body), response("https://lain.example/a", body))
    made.add(response(SITE + "pindah", b"", line="HTTP/1.1 301 Moved"))
    made.add(response(SITE + "kosong", b""))
    made.add(response(SITE + "potong", body[:400], WARC_Truncated="length"))
    made.add(response(SITE + "rusak", gzip.compress(body)[:300], "Content-Encoding: gzip"))
    made.add(response(SITE + "bom", gzip.compress(b"\0" * (33 << 20)), "Content-Encoding: gzip"))
    made.add(response(SITE + "gambar", b"\x89PNG", "Content-Type: image/png"))
    made.add(record("resource", {"WARC-Target-URI": SITE + "lampiran"}, b"x"))
    outcome = read(made.save(tmp_path / "a.warc.gz"))

    assert (outcome.answers, outcome.pages) == (9, 1)
    assert outcome.left_out["not an article address"] == 2
    assert outcome.left_out["http 301"] == 1
    assert outcome.left_out["not-html"] == 1
    assert sum(count for reason, count in outcome.left_out.items() if reason.startswith("unreadable")) == 4
    assert outcome.left_out["unreadable: empty body"] == 1


def test_two_records_with_one_id_are_two_articles(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    made = WarcFile(
        [response(SITE + slug, page(slug), WARC_Record_ID="<urn:uuid:x>") for slug in ("a-satu", "b-dua")]
    )
    read(made.save(tmp_path / "a.warc.gz"))

    assert [item["headline"] for item in sidecars(collection)] == ["Kabar a-satu", "Kabar b-dua"]


# --- the collection -----------------------------------------------------------------------------------


def test_a_dry_run_tells_what_would_be_and_writes_nothing(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    source = WarcFile(singles("kering", 1, 2, 3)).save(tmp_path / "a.warc", "plain")
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    outcome = read(source, dry_run=True)

    assert (outcome.new, outcome.pages) == (1, 3)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files


def test_a_file_is_taken_in_once_and_under_a_free_name(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    one = WarcFile(singles("satu", 1)).save(tmp_path / "x" / "a.warc.gz")
    two = WarcFile(singles("dua", 1)).save(tmp_path / "y" / "a.warc.gz")
    assert read(one).adopted == ["a.warc.gz"]
    assert read(one, two, two).adopted == ["a-2.warc.gz"]
    assert (collection.archive / "a.warc.gz").read_bytes() == one.read_bytes()
    assert (collection.archive / "a.warc.gz").stat().st_ino != one.stat().st_ino
    assert sorted(path.name for path in collection.archive.iterdir()) == ["a-2.warc.gz", "a.warc.gz"]
    assert is_whole(collection)


def test_a_file_without_articles_stays_where_it_is(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    source = WarcFile([response("https://lain.example/a", page("lain"))]).save(tmp_path / "a.warc.gz")

    assert read(source).without_article == [str(source)]
    assert list(collection.archive.iterdir()) == []


def test_an_adoption_that_a_crash_ended_is_finished_by_the_next(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    source = WarcFile(singles("listrik", 1)).save(tmp_path / "a.warc.gz")
    (collection.archive / "a.warc.gz").write_bytes(source.read_bytes())  # before the manifest was written
    (collection.archive / ".0123.adopting.tmp").write_bytes(b"half")
    read(source)

    assert list(collection.adopted()) == ["a.warc.gz"]
    assert is_whole(collection)


def test_a_lost_catalogue_is_made_again(collection: Collection, read: Reading, tmp_path: Path) -> None:
    read(WarcFile(singles("hilang", 1, 2, 3)).save(tmp_path / "a.warc.gz"))
    collection.catalogue.unlink()

    assert read().same == 1
    assert is_whole(collection)


def test_a_catalogue_made_again_knows_what_was_asked_for_and_what_is_gone(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    gone = response(SITE + "hapus", b"", line="HTTP/1.1 404 Not Found", date="2022-09-01T00:00:00Z")
    back = response(SITE + "hilang", b"", line="HTTP/1.1 404 Not Found", date="2022-01-01T00:00:00Z")
    later = response(SITE + "hapus", b"", line="HTTP/1.1 410 Gone", date="2022-10-01T00:00:00Z")
    read(
        WarcFile([*singles("hilang", 1), back, later, *singles("hapus", 1), gone]).save(
            tmp_path / "a.warc.gz"
        )
    )
    collection.catalogue.unlink()
    read()

    with closing(Catalogue(collection.catalogue, read_only=True)) as catalogue:
        (one,) = gone_articles(catalogue)
        assert (one.url, one.reason) == (SITE + "hapus", "http 410")
        assert one.gone_since == datetime(2022, 9, 1, tzinfo=UTC)
        known = catalogue.find_url(SITE + "hilang")
        assert known is not None
        assert catalogue.last_answer(known[0].url_id) is not None


def test_an_adopted_file_must_stay_what_it_was(collection: Collection, read: Reading, tmp_path: Path) -> None:
    read(WarcFile([*singles("tetap", 1), *singles("kedua", 1)]).save(tmp_path / "a.warc.gz"))
    adopted = collection.archive / "a.warc.gz"
    adopted.write_bytes(adopted.read_bytes() + gzip.compress(response(SITE + "baru", page("baru")), mtime=7))

    assert any("is not the file that was adopted" in item.fault for item in verify(collection).findings)


def test_of_a_damaged_file_every_whole_record_is_kept(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    records = [response(SITE + slug, page(slug)) for slug in ("a-satu", "b-dua", "c-tiga", "d-empat")]
    content = b"".join(gzip.compress(item, mtime=7) for item in records)
    places = [len(gzip.compress(item, mtime=7)) for item in records]
    spoiled = bytearray(content[:-40])
    spoiled[places[0] + 200] ^= 0xFF
    source = tmp_path / "a.warc.gz"
    source.write_bytes(spoiled)
    outcome = read(source)

    assert [str(item["url"]).removeprefix(SITE) for item in sidecars(collection)] == ["a-satu", "c-tiga"]
    assert len(outcome.damage) == 2
    assert f"at {places[0]} left out" in outcome.damage[0]
    assert is_whole(collection)


def test_what_differs_is_told_field_by_field(collection: Collection, read: Reading, tmp_path: Path) -> None:
    read(WarcFile(singles("beda", 1)).save(tmp_path / "a.warc.gz"))
    (path,) = collection.articles.rglob("*.json")
    path.write_text(path.read_text("utf-8").replace("Kabar beda", "Kabar sama"), "utf-8")
    outcome = read(dry_run=True)
    (example,) = outcome.differences.fields["headline"].examples

    assert (example.before, example.after) == ("Kabar sama", "Kabar beda")
    assert list(outcome.differences.fields) == ["headline"]


# --- what stands ----------------------------------------------------------------------------------------


def two(collection: Collection, read: Reading, tmp_path: Path) -> list[str]:
    """The paths of two sidecars below the collection."""
    read(WarcFile([*singles("satu", 1), *singles("dua", 1)]).save(tmp_path / "a.warc.gz"))
    return sorted(
        path.relative_to(collection.root).as_posix() for path in collection.articles.rglob("*.json")
    )


def note_path(collection: Collection, before: str, after: str) -> None:
    """Let the catalogue call a sidecar by another path."""
    catalogue = Catalogue(collection.catalogue)
    catalogue.database.execute("UPDATE versions SET sidecar = ? WHERE sidecar = ?", (after, before))
    catalogue.close()


@pytest.mark.parametrize("name", ["lama.json", "no-utf-8-\udcff.json"])
@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "in earnest"])
def test_a_sidecar_that_no_record_gives_is_named_and_left(
    collection: Collection,
    read: Reading,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    *,
    dry_run: bool,
) -> None:
    first, second = two(collection, read, tmp_path)
    stray = (collection.root / first).with_name(name)
    stray.write_bytes(b"{}")
    plans: list[str] = []

    class Watched(Catalogue):
        def has_sidecar(self, path: str) -> bool:
            question = "EXPLAIN QUERY PLAN SELECT 1 FROM versions WHERE sidecar = 'a'"
            plans.extend(row[3] for row in self.database.execute(question))
            return super().has_sidecar(path)

    monkeypatch.setattr(reprocess, "Catalogue", Watched)
    outcome = read(dry_run=dry_run)

    assert outcome.left == [stray.relative_to(collection.root).as_posix()]
    assert stray.read_bytes() == b"{}"
    assert (outcome.same, outcome.changed, outcome.new) == (2, 0, 0)
    assert len(plans) == 3  # each is looked up, and none by looking through all
    assert all("USING" in plan and "INDEX versions_sidecar" in plan for plan in plans)
    assert (collection.root / second).exists()


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "in earnest"])
def test_a_sidecar_whose_day_is_read_in_another_way_moves(
    collection: Collection, read: Reading, tmp_path: Path, *, dry_run: bool
) -> None:
    first, _ = two(collection, read, tmp_path)
    old = collection.articles / "aceh.tribunnews.com/2021/01/02" / Path(first).name
    old.parent.mkdir(parents=True)
    (collection.root / first).rename(old)
    note_path(collection, first, old.relative_to(collection.root).as_posix())
    outcome = read(dry_run=dry_run)

    assert outcome.left == []
    assert old.exists() is dry_run
    assert (collection.root / first).exists() is not dry_run
    assert dry_run or is_whole(collection)


def test_two_sidecars_that_change_places_are_both_kept(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    first, second = two(collection, read, tmp_path)
    content = {path: (collection.root / path).read_bytes() for path in (first, second)}
    for before, after in ((first, "x"), (second, first), ("x", second)):
        note_path(collection, before, after)
    read()

    assert {path: (collection.root / path).read_bytes() for path in (first, second)} == content
    assert is_whole(collection)


def test_only_what_is_asked_for_is_made_again_and_stands_before_the_catalogue_says_so(
    collection: Collection, read: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two(collection, read, tmp_path)
    good = {path: (collection.root / path).read_bytes() for path in (first, second)}
    for path in good:
        (collection.root / path).write_bytes(b"{}")
    stood: list[bool] = []

    class Watched(Catalogue):
        def replace_sidecar(self, address: str, number: int, entry: SidecarEntry) -> None:
            stood.append((collection.root / entry.path).read_bytes() == good[entry.path])
            super().replace_sidecar(address, number, entry)

    monkeypatch.setattr(reprocess, "Catalogue", Watched)
    outcome = reextract(
        Job(collection=collection, workers=1, seconds=20, dry_run=False, only=frozenset({first}))
    )

    assert (outcome.changed, outcome.same) == (1, 1)
    assert (collection.root / first).read_bytes() == good[first]
    assert (collection.root / second).read_bytes() == b"{}"
    assert stood == [True]


def test_what_is_made_again_alone_and_moves_leaves_the_old_file_and_names_it(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    first, _ = two(collection, read, tmp_path)
    old = "articles/aceh.tribunnews.com/2021/01/02/" + Path(first).name
    (collection.root / old).parent.mkdir(parents=True)
    (collection.root / first).rename(collection.root / old)
    note_path(collection, first, old)
    outcome = reextract(
        Job(collection=collection, workers=1, seconds=20, dry_run=False, only=frozenset({first}))
    )

    assert outcome.left == [old]
    assert (collection.root / old).read_bytes() == (collection.root / first).read_bytes()


def test_a_link_that_leads_round_ends_no_second_reading(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    first, _ = two(collection, read, tmp_path)
    (collection.root / first).with_name(".putar").symlink_to(".putar")

    assert read().same == 2


def test_what_cannot_be_replaced_is_a_failed_write_that_names_it(
    collection: Collection, read: Reading, tmp_path: Path
) -> None:
    first, _ = two(collection, read, tmp_path)
    (collection.root / first).unlink()
    (collection.root / first).mkdir()

    with pytest.raises(WriteError, match=f"{Path(first).name}: cannot be written"):
        read()
    assert list(collection.articles.rglob(".*")) == []
