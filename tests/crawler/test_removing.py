"""Removing articles: what goes, what stays, and that all of it survives crashes and second readings."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archives import cdxj, redaction, removing, sidecar
from archives.catalogue import Catalogue
from archives.collection import Collection
from archives.errors import DamageError
from archives.recovery import recover
from archives.removals import Removals, Tombstone
from archives.states import State
from archives.verify import verify
from archives.wacz import Contents, write_wacz
from archives.wacz_check import check_wacz
from corpora.clusters import STORE, Clusters
from crawler.demo.portal import DemoPortal
from crawler.errors import WrongUsageError
from crawler.foreign import find_sources
from crawler.removing import Order, remove, undo
from crawler.repair import repair
from crawler.reprocess import Job, reextract
from crawler.workers import WorkerPool
from tests.archives.shelf import NOW, fastwarc_records, inflated_members, warcio_records
from tests.crawler.newsdesk import (
    Run,
    an_article,
    article_url,
    crawled,
    edited,
    ledger,
    list_url,
    records,
    reference,
    request_for,
)
from tests.soak.crashes import FOREIGN, foreign_file
from tests.soak.disk import Disk, Image, Store, Way, watching
from tests.support.warcs import SITE

LONG, SHORT, OTHER = an_article(3).url, an_article(1).url, an_article(1, skip=1).url
LIST = "http://pesisir.kabarnusa.localhost/index-news?date=2024-8-7"
REASON = "asked by the person named"
SENTENCE = 60
"""Characters of a text that are looked for."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, readers: WorkerPool) -> Collection:
    """A collection of three articles, with its index; tests work on copies."""
    root = tmp_path_factory.mktemp("made") / "warta"
    collection = crawled(root, readers, [article_url(url) for url in (LONG, SHORT, OTHER)])
    cdxj.update(collection)
    return collection


@pytest.fixture(scope="module")
def readers() -> Iterator[WorkerPool]:
    pool = WorkerPool(1, 30)
    yield pool
    pool.close()


@pytest.fixture
def collection(made: Collection, tmp_path: Path) -> Collection:
    root = tmp_path / "warta"
    shutil.copytree(made.root, root)
    return Collection(root)


def removed(collection: Collection, *urls: str, redact: bool = False) -> Tombstone:
    order = Order(words=urls or (LONG,), reason=REASON, by="letter 12", redact=redact)
    return remove(collection, order, now=NOW)[0]


def sidecar_of(collection: Collection, url: str) -> dict[str, object]:
    return next(record for record in records(collection).values() if record["url"] == url)


def words_of(collection: Collection, url: str) -> list[bytes]:
    """The beginning of each paragraph, and the headline, as they stand in the files."""
    record = sidecar_of(collection, url)
    texts = str(record["articleBody"]).split("\n\n")
    return [text[:SENTENCE].encode() for text in texts if len(text) >= SENTENCE]


def places_of(root: Path, words: list[bytes]) -> list[str]:
    """Files in which any of the words stand: raw, inflated, and inflated from what was inflated."""
    return [
        path.relative_to(root).as_posix()
        for path in sorted(path for path in root.rglob("*") if path.is_file())
        if any(word in form for form in _forms(path.read_bytes()) for word in words)
    ]


def _forms(content: bytes) -> Iterator[bytes]:
    yield content
    if not content.startswith(b"\x1f\x8b"):
        return
    for member in inflated_members(content):
        yield member
        body = member.find(b"\x1f\x8b\x08")
        if body >= 0:
            yield zlib.decompressobj(31).decompress(member[body:])


def members(path: Path) -> dict[int, str]:
    """The digest of each gzip member by its offset."""
    content, found, place = path.read_bytes(), {}, 0
    while place < len(content):
        engine = zlib.decompressobj(31)
        engine.decompress(content[place:])
        length = len(content) - place - len(engine.unused_data)
        found[place] = hashlib.sha256(content[place : place + length]).hexdigest()
        place += length
    return found


def lines_of(collection: Collection) -> list[str]:
    return collection.index.read_text().splitlines()


# --- left out -----------------------------------------------------------------------------------------


def test_a_removed_article_leaves_what_people_read_and_its_bytes_stay(collection: Collection) -> None:
    before = {path.name: path.read_bytes() for path in collection.warc_files()}
    paths = [path for path, record in records(collection).items() if record["url"] == LONG]
    one = removed(collection, f"{LONG}?page=2&utm_source=wa")
    assert {record["url"] for record in records(collection).values()} == {SHORT, OTHER}
    assert [(collection.removed / path).is_file() for path in paths] == [True]
    assert {path.name: path.read_bytes() for path in collection.warc_files()} == before
    assert (one.url, one.reason, one.by, one.redact) == (LONG, REASON, "letter 12", False)
    assert {f"{LONG}?page=2", f"{LONG}?page=3"} <= set(one.addresses)
    assert not verify(collection).findings


def test_the_index_has_no_line_of_a_removed_article(collection: Collection) -> None:
    before = lines_of(collection)
    removed(collection)
    slug = LONG.rsplit("/", 1)[1]
    assert lines_of(collection) == [line for line in before if slug not in line]
    assert cdxj.update(collection, rebuild=True).lines == len(lines_of(collection)) < len(before)


def test_the_ledger_counts_its_addresses_as_removed(collection: Collection) -> None:
    removed(collection)
    states = ledger(collection)
    assert {states[url] for url in (LONG, f"{LONG}?page=2", f"{LONG}?page=3")} == {(State.REMOVED, "removed")}
    assert states[SHORT][0] is State.CAPTURED


def test_removing_twice_is_removing_once(collection: Collection) -> None:
    removed(collection)
    lines = collection.removals.read_bytes()
    removed(collection, LONG.replace("http:", "https:"))
    assert collection.removals.read_bytes() == lines


def test_an_unknown_address_is_refused_with_the_nearest_and_nothing_is_done(collection: Collection) -> None:
    with pytest.raises(WrongUsageError, match="did you mean"):
        removed(collection, SHORT, LONG[:-3])
    assert not collection.removals.exists()


def test_where_a_deleted_article_has_redirected_to_is_not_removed_with_it(collection: Collection) -> None:
    front = "http://pesisir.kabarnusa.localhost/"
    with closing(Catalogue(collection.catalogue)) as catalogue, catalogue.transaction():
        found = catalogue.find_url(LONG)
        assert found is not None
        ref = replace(reference(front), via=LONG)
        catalogue.add_capture(ref, run_id=1, url_id=found[0].url_id, waiting=False)
    one = removed(collection)
    assert front not in one.addresses
    assert front not in Removals.of(collection)


def test_articles_of_the_same_name_on_other_days_stay(collection: Collection) -> None:
    other = LONG.replace(LONG.split("/")[3], "1999")
    with closing(Catalogue(collection.catalogue)) as catalogue, catalogue.transaction():
        catalogue.add_urls([replace(article_url(LONG), url=other)], 1)
    assert other not in removed(collection).addresses
    assert other not in Removals.of(collection)


def test_an_undone_removal_puts_everything_back(collection: Collection, made: Collection) -> None:
    index = collection.index.read_bytes()
    removed(collection)
    undo(collection, Order(words=(f"{LONG}?page=3",), reason="settled"), now=NOW)
    assert records(collection) == records(made)
    assert collection.index.read_bytes() == index
    assert ledger(collection) == ledger(made)
    assert not verify(collection).findings
    assert not any(path.is_file() for path in collection.removed.rglob("*"))
    assert [one.is_active for one in Removals.of(collection).all] == [False]


def test_what_was_never_removed_cannot_be_undone(collection: Collection) -> None:
    with pytest.raises(WrongUsageError, match="is not removed"):
        undo(collection, Order(words=(LONG,), reason=""), now=NOW)


@pytest.mark.slow
@pytest.mark.parametrize("redact", [False, True])
def test_a_second_reading_does_not_make_it_again(collection: Collection, redact: bool) -> None:
    removed(collection, redact=redact)
    kept = records(collection)
    for lost in (False, True):
        if lost:
            collection.catalogue.unlink()
        outcome = reextract(Job(collection=collection, workers=1, seconds=30, dry_run=False))
        assert (outcome.same, outcome.changed, outcome.new) == (2, 0, 0)
        assert outcome.left_out["of a removed article"] == (0 if redact else 3)
        assert records(collection) == kept
        assert not verify(collection).findings


@pytest.mark.slow
def test_a_crawl_that_gets_it_all_the_same_makes_no_record_of_it(
    collection: Collection, readers: WorkerPool
) -> None:
    removed(collection)
    with Run(collection, readers, recheck=True) as run:
        run.ask_again(LONG)
        run.crawl(list_url(LIST), article_url(SHORT))
    assert LONG not in {record["url"] for record in records(collection).values()}
    assert ledger(collection)[LONG] == (State.REMOVED, "removed")


@pytest.mark.parametrize("redact", [False, True])
def test_a_package_holds_nothing_of_it_and_all_offsets_stay(
    collection: Collection, tmp_path: Path, redact: bool
) -> None:
    words, before = words_of(collection, LONG), members(collection.warc_files()[0])
    removed(collection, redact=redact)
    package, again = tmp_path / "out" / "one.wacz", tmp_path / "out" / "two.wacz"
    package.parent.mkdir()
    packed = write_wacz(Contents.of(collection), package, software="Kliping/0")
    write_wacz(Contents.of(collection), again, software="Kliping/0")
    assert (packed.articles, packed.removed) == (2, 1)
    assert package.read_bytes() == again.read_bytes()
    assert check_wacz(package).findings == []
    again.unlink()
    shutil.unpack_archive(package, tmp_path / "open", "zip")
    assert places_of(tmp_path / "open", words) == []
    packed_members = members(next((tmp_path / "open" / "archive").iterdir()))
    assert packed_members.keys() == before.keys()
    assert sum(packed_members[place] != before[place] for place in before) >= 7


def _add_photo(collection: Collection, url: str, photo: str) -> None:
    """As if the article's page had named it."""
    path = collection.root / next(path for path, one in records(collection).items() if one["url"] == url)
    record = json.loads(path.read_bytes())
    record["image"] = [*record.get("image", []), {"contentUrl": photo, "position": 1}]
    path.write_bytes(sidecar.to_bytes(record))


def test_a_photo_that_another_article_names_stays_and_is_told(collection: Collection) -> None:
    mine, shared = "http://cdn.example/mine.jpg", 'http://cdn.example/a&b "two".jpg'
    for url, photo in ((LONG, mine), (LONG, shared), (SHORT, shared)):
        _add_photo(collection, url, photo)
    one = removed(collection)
    assert mine in one.pictures
    assert shared not in one.pictures
    assert [told for told in one.kept if shared in told]


# --- redacted -----------------------------------------------------------------------------------------


def test_nothing_of_a_redacted_text_is_left_and_its_neighbours_are_as_they_were(
    collection: Collection,
) -> None:
    words, path = words_of(collection, LONG), collection.warc_files()[0]
    headline = str(sidecar_of(collection, LONG)["headline"]).encode()
    before, others = members(path), sidecar_of(collection, SHORT)
    assert set(places_of(collection.root, words)) >= {f"archive/{path.name}"}
    one = removed(collection, redact=True)
    assert places_of(collection.root, words) == []
    assert headline not in collection.catalogue.read_bytes()
    after = members(path)
    assert after.keys() == before.keys()
    gone = {record.offset for record in one.records}
    assert {place for place in before if before[place] != after[place]} == gone
    assert {record.type for record in one.records} >= {"response", "request", "metadata"}
    assert sidecar_of(collection, SHORT) == others
    assert one.rewritten[path.name][1] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not verify(collection).findings


def test_other_readers_take_a_redacted_file(collection: Collection) -> None:
    path = collection.warc_files()[0]
    before = dict(zip(members(path), warcio_records(path), strict=True))
    one = removed(collection, redact=True)
    after = dict(zip(members(path), warcio_records(path), strict=True))
    gone = {record.offset for record in one.records}
    assert all(after[place] == before[place] for place in before.keys() - gone)
    assert {after[place][0] for place in gone} == {"metadata"}
    assert len(fastwarc_records(path)) == len(before)


def test_copies_that_a_redaction_cannot_reach_are_named(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("corpus/export.json", "begun/.export.jsonl", "warta.wacz"):
        path = collection.root / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    shutil.rmtree(collection.indexes)
    collection.indexes.touch()  # a folder that nothing can be written to
    Clusters.up_to_date(collection).close()
    (store,) = tmp_path.glob(f"cache/kliping/*/{STORE}")
    assert redaction.elsewhere(collection) == ["begun", "corpus", "warta.wacz", str(store.parent)]


def test_a_redacted_article_cannot_be_handed_out_again(collection: Collection) -> None:
    removed(collection, redact=True)
    with pytest.raises(WrongUsageError, match="was redacted"):
        undo(collection, Order(words=(LONG,), reason="settled"), now=NOW)


def test_what_was_left_out_can_be_redacted_later(collection: Collection) -> None:
    words = words_of(collection, LONG)
    removed(collection)
    one = removed(collection, redact=True)
    assert one.redacted_at is not None
    assert places_of(collection.root, words) == []
    assert not any(path.is_file() for path in collection.removed.rglob("*"))
    assert not verify(collection).findings


def test_both_versions_of_an_edited_article_are_redacted(collection: Collection, readers: WorkerPool) -> None:
    words = words_of(collection, SHORT)
    edit = {SHORT: lambda body: body.replace("<p>", "<p>Ralat yang hanya di sini: ", 3)}
    with Run(collection, readers, edited(edit, DemoPortal().answer), recheck=True) as run:
        run.ask_again(SHORT)
        run.crawl()
    assert len([one for one in records(collection).values() if one["url"] == SHORT]) == 2
    one = removed(collection, SHORT, redact=True)
    assert len({record.file for record in one.records}) == 2
    assert places_of(collection.root, [*words, b"Ralat yang hanya di sini"]) == []
    assert not verify(collection).findings


def test_bytes_that_come_back_under_another_address_are_found_and_redacted_again(
    collection: Collection, readers: WorkerPool
) -> None:
    words = words_of(collection, SHORT)
    removed(collection, SHORT, redact=True)
    with Run(collection, readers, recheck=True) as run:  # without the middleware that keeps a crawl away
        run.ask_again(SHORT)
        run.crawl()
    assert any("an article that was redacted" in item.fault for item in verify(collection).findings)
    assert places_of(collection.archive, words)
    removed(collection, SHORT, redact=True)
    assert places_of(collection.root, words) == []
    assert not verify(collection).findings


def test_a_payload_that_another_article_shares_stays_and_is_told(
    collection: Collection, readers: WorkerPool
) -> None:
    """Another address has given the very same bytes: they are stored once, under the first one."""
    words = words_of(collection, SHORT)
    same = DemoPortal().answer(request_for(SHORT)).body.decode()
    other = an_article(1, skip=2).url
    with Run(collection, readers, edited({other: lambda _body: same}, DemoPortal().answer)) as run:
        run.crawl(article_url(other))
    assert other in {record["url"] for record in records(collection).values()}
    path = collection.warc_files()[0]
    before = members(path)
    one = removed(collection, SHORT, redact=True)
    assert [other in told for told in one.kept if told.startswith("archive/")] == [True]
    (place,) = one.kept_places
    assert members(path)[place[1]] == before[place[1]]
    assert SHORT not in {record["url"] for record in records(collection).values()}
    assert not verify(collection).findings
    removed(collection, other, redact=True)
    again = removed(collection, SHORT, redact=True)
    assert place[1] in {record.offset for record in again.records}
    assert places_of(collection.root, words) == []
    assert not verify(collection).findings


def test_an_old_copy_of_the_file_that_comes_back_is_found(collection: Collection) -> None:
    path = collection.warc_files()[0]
    old = path.read_bytes()
    one = removed(collection, redact=True)
    path.write_bytes(old)
    told = [item for item in verify(collection).findings if "was redacted" in item.fault]
    assert {item.offset for item in told} >= {record.offset for record in one.records}
    removed(collection, redact=True)
    assert not verify(collection).findings


def test_a_notice_that_was_tampered_with_is_found(collection: Collection) -> None:
    one, path = removed(collection, redact=True), collection.warc_files()[0]
    content, record = bytearray(path.read_bytes()), one.records[0]
    content[record.offset + 40] ^= 1
    path.write_bytes(content)
    assert any(item.offset == record.offset for item in verify(collection).findings)


def test_a_damaged_archive_is_not_called_redacted(collection: Collection) -> None:
    path = collection.warc_files()[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DamageError, match="cannot be searched"):
        removed(collection, redact=True)
    assert any("is not finished" in item.fault for item in verify(collection).findings)


def test_a_sidecar_that_somebody_puts_back_is_found(collection: Collection, made: Collection) -> None:
    path = next(path for path, record in records(made).items() if record["url"] == LONG)
    removed(collection, redact=True)
    (collection.root / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made.root / path, collection.root / path)
    assert any(item.file == path for item in verify(collection).findings)


def test_several_articles_are_redacted_in_one_reading(collection: Collection) -> None:
    words = [*words_of(collection, LONG), *words_of(collection, SHORT)]
    removed(collection, LONG, SHORT, redact=True)
    events = [json.loads(line) for line in collection.removals.read_text("utf-8").splitlines()]
    assert len({(event["before"], event["after"]) for event in events if event["action"] == "rewritten"}) == 1
    assert [len(one.records) > 2 for one in Removals.of(collection).all] == [True, True]
    assert places_of(collection.root, words) == []
    assert not verify(collection).findings


def _adopt(collection: Collection, folder: Path) -> str:
    """A file of another tool with two articles; the address of one of them."""
    foreign_file(folder)
    sources = find_sources([str(folder / FOREIGN)], collection)
    reextract(Job(collection=collection, sources=sources, workers=1, seconds=30, dry_run=False))
    cdxj.update(collection)
    return next(str(one["url"]) for one in records(collection).values() if str(one["url"]).startswith(SITE))


@pytest.mark.slow
def test_an_article_of_another_tool_s_file_is_redacted_and_the_manifest_knows(
    collection: Collection, tmp_path: Path
) -> None:
    url = _adopt(collection, tmp_path)
    before = collection.adopted()
    removed(collection, url, redact=True)
    assert collection.adopted() != before
    assert not verify(collection).findings
    slug = url.rsplit("/", 1)[1].encode()
    assert slug not in b"".join(inflated_members((collection.archive / next(iter(before))).read_bytes()))


@pytest.mark.slow
def test_a_file_that_is_taken_in_later_brings_nothing_back(
    collection: Collection, made: Collection, tmp_path: Path
) -> None:
    url = _adopt(collection, tmp_path)
    one = removed(collection, url)
    shutil.rmtree(collection.root)
    shutil.copytree(made.root, collection.root)
    collection.removals.write_text(
        json.dumps({"action": "remove", "url": url, "addresses": list(one.addresses), "at": one.at}) + "\n"
    )
    foreign_file(tmp_path)
    sources = find_sources([str(tmp_path / FOREIGN)], collection)
    reextract(Job(collection=collection, sources=sources, workers=1, seconds=30, dry_run=False))
    cdxj.update(collection)
    assert url not in {str(record["url"]) for record in records(collection).values()}
    assert not verify(collection).findings
    (tmp_path / "out").mkdir()
    write_wacz(Contents.of(collection), tmp_path / "out" / "a.wacz", software="Kliping/0")
    shutil.unpack_archive(tmp_path / "out" / "a.wacz", tmp_path / "open", "zip")
    words = url.rsplit("/", 1)[1].encode()
    assert places_of(tmp_path / "open", [words]) == []


# --- interrupted --------------------------------------------------------------------------------------


@pytest.mark.parametrize("redact", [False, True])
def test_a_removal_that_got_no_further_than_its_tombstone_is_finished_by_repair(
    collection: Collection, redact: bool
) -> None:
    words = words_of(collection, LONG)
    with closing(Catalogue(collection.catalogue)) as catalogue:
        wish = removing.Wish(address=LONG, reason=REASON, redact=redact)
        removing.entomb(collection, catalogue, [wish], lambda _url, _article: False, now=NOW)
    before = verify(collection)
    assert before.findings
    repair(collection, before, lambda: verify(collection), workers=1, seconds=30)
    assert not verify(collection).findings
    assert (places_of(collection.articles, words), LONG in Removals.of(collection)) == ([], True)
    assert bool(places_of(collection.archive, words)) is not redact


def _crashes(collection: Collection, redact: bool) -> tuple[Store, list[tuple[str, Image]]]:
    """What every crash of a removal leaves, each state once."""
    store, seen = Store(), set()
    points: list[tuple[str, Image]] = []

    def on_step(what: str, images: dict[Way, Image]) -> None:
        for way, image in images.items():
            mark = tuple(sorted(image.items()))
            if mark not in seen:
                seen.add(mark)
                points.append((f"{way} before {what}", image))

    with watching(Disk(collection.root.parent, store, on_step)):  # type: ignore[arg-type]
        removed(collection, redact=redact)
    return store, points


@pytest.mark.slow
@pytest.mark.parametrize("redact", [True, False])
def test_a_removal_that_is_cut_off_anywhere_is_finished_by_the_next_start(
    collection: Collection, made: Collection, tmp_path: Path, redact: bool
) -> None:
    words, name = words_of(collection, LONG), collection.warc_files()[0].name
    whole = members(collection.warc_files()[0])
    store, points = _crashes(collection, redact)
    end = members(collection.warc_files()[0])
    assert len(points) > (40 if redact else 15)
    trouble: list[str] = []
    for number, (what, image) in enumerate(points):
        folder = tmp_path / f"crash-{number}"
        store.lay_out(image, folder)
        left = Collection(folder / "warta")
        trouble += [f"{what}: {told}" for told in _after(left, words, whole, end, name, made, redact=redact)]
        shutil.rmtree(folder)
    assert trouble == []


def _after(
    left: Collection,
    words: list[bytes],
    whole: dict[int, str],
    end: dict[int, str],
    name: str,
    made: Collection,
    *,
    redact: bool,
) -> Iterator[str]:
    """What is wrong once the next start has done its part."""
    started = removing.finish(left, now=NOW) or LONG in Removals.of(left)
    if not started:
        if records(left) != records(made) or members(left.archive / name) != whole:
            yield "nothing was written, and something is changed"
        removed(left, redact=redact)
    cdxj.update(left)
    with closing(Catalogue(left.catalogue)) as catalogue:
        recover(left, catalogue, run_id=None)
    checked = verify(left, jobs=1)
    yield from map(str, (*checked.findings, *checked.warnings))
    if members(left.archive / name) != (end if redact else whole):
        yield "the archive is not as it should be"
    if found := places_of(left.root if redact else left.articles, words):
        yield f"the text is left in {found}"


def test_tombstones_are_json_that_others_can_read(collection: Collection) -> None:
    removed(collection, redact=True)
    events = [json.loads(line) for line in collection.removals.read_text("utf-8").splitlines()]
    assert [event["action"] for event in events] == ["remove", "intent", "rewritten", "redacted"]
    assert {event["url"] for event in events} == {LONG}
    assert gzip.decompress(collection.warc_files()[0].read_bytes()).count(b"removed-record: <urn:uuid:") >= 7
