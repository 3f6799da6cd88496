from __future__ import annotations

import json
import resource
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from pyarrow import parquet

from archives.collection import Collection
from archives.errors import CollectionBusyError, CollectionError, DamageError, WriteError
from corpora.columns import COLUMNS
from corpora.export import LOCK, MANIFEST, SPLITS, Order, split_of
from corpora.presets import PRESETS
from corpora.progress import JOURNAL, Journal, Step
from corpora.selection import Selection
from corpora.shards import SUFFIXES
from tests.corpora import exports
from tests.support import many

COUNT = 60
VERSIONS = sum(map(many.versions_of, range(COUNT)))
FIRST = "pesisir.kabarnusa.localhost"
SMALL = 1 << 14
"""Bytes of a shard of some thirty rows."""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return many.fill(tmp_path_factory.mktemp("many") / "many", COUNT)


@pytest.fixture(scope="module")
def everything(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """All rows, latest versions, as JSON lines."""
    folder = tmp_path_factory.mktemp("all") / "corpus"
    exports.make(collection, folder)
    return exports.rows_of(folder)


@pytest.fixture
def own(tmp_path: Path) -> Collection:
    """A small collection to write to."""
    return many.fill(tmp_path / "own", 12)


def first_of(collection: Collection, folder: Path) -> dict[str, object]:
    exports.make(collection, folder)
    return exports.rows_of(folder)[0]


# --- what is in a row ---------------------------------------------------------------------------------


def test_every_article_is_a_row_with_its_text_and_its_place_in_the_archive(
    everything: list[dict[str, object]],
) -> None:
    assert len(everything) == COUNT
    (row,) = [row for row in everything if row["url"] == many.address_of(9)]
    *_, record = many.records(9)
    page = record["archive"]["pages"][0]  # type: ignore[index]
    assert list(row) == [column.name for column in COLUMNS]
    assert (row["text"], row["title"], row["id"]) == (
        record["articleBody"],
        record["headline"],
        record["identifier"],
    )
    assert (row["warc_file"], row["warc_offset"], row["warc_record_id"], row["captured"]) == (
        page["warcFile"],
        page["warcOffset"],
        page["warcRecordId"],
        page["fetchedAt"],
    )
    assert (row["version"], row["pages"], row["complete"], row["language"]) == (2, 1, True, "id")
    assert row["content_hash"] == record["contentHash"]


def test_rows_are_in_the_order_of_publication_and_undated_ones_come_last(tmp_path: Path) -> None:
    many.fill(tmp_path / "many", 100)
    exports.make(Collection(tmp_path / "many"), tmp_path / "out")
    published = [row["published"] for row in exports.rows_of(tmp_path / "out")]
    assert published[-1] is None
    moments = [datetime.fromisoformat(str(moment)) for moment in published[:-1]]
    assert moments == sorted(moments)
    assert len({moment.tzinfo.utcoffset(moment) for moment in moments if moment.tzinfo}) == 3


def test_jsonl_parquet_and_csv_hold_the_same_rows(
    collection: Collection, everything: list[dict[str, object]], tmp_path: Path
) -> None:
    for name in ("parquet", "csv"):
        exports.make(collection, tmp_path / name, name)
    assert exports.rows_of(tmp_path / "parquet") == everything
    flat = exports.rows_of(tmp_path / "csv")
    assert [row["text"] for row in flat] == [row["text"] for row in everything]
    for cells, row in zip(flat, everything, strict=True):
        assert json.loads(str(cells["tags"])) == row["tags"]
        assert cells["complete"] == ("true" if row["complete"] else "false")
        assert cells["summary"] == (row["summary"] or "")
        assert float(str(cells["signal_mean_word_length"])) == row["signal_mean_word_length"]


def test_parquet_has_types(collection: Collection, tmp_path: Path) -> None:
    exports.make(collection, tmp_path / "out", "parquet")
    schema = parquet.read_schema(tmp_path / "out" / "articles-00000.parquet")
    assert str(schema.field("authors").type).startswith("list<")
    told = {
        name: str(schema.field(name).type) for name in ("word_count", "complete", "language_score", "text")
    }
    assert told == {"word_count": "int64", "complete": "bool", "language_score": "double", "text": "string"}


def test_bare_texts_have_a_paragraph_a_line_and_an_empty_line_after_each_article(
    collection: Collection, everything: list[dict[str, object]], tmp_path: Path
) -> None:
    exports.make(collection, tmp_path / "out", "txt")
    articles = exports.unpacked(tmp_path / "out" / "articles-00000.txt.zst").split("\n\n")
    assert articles.pop() == ""
    assert articles == [str(row["text"]).replace("\n\n", "\n") for row in everything]


def test_the_province_is_that_of_the_host_and_null_where_nobody_knows_it(
    everything: list[dict[str, object]],
) -> None:
    provinces = {row["host"]: row["province"] for row in everything}
    assert provinces[FIRST] == "Aceh"
    assert provinces["rimba.warta.localhost"] is None
    assert provinces["pulau.kabarnusa.localhost"] is None


def test_the_use_of_texts_that_a_portal_allows_is_a_column(everything: list[dict[str, object]]) -> None:
    signals = {row["host"]: row["license_signal"] for row in everything}
    assert signals["lembah.kabarnusa.localhost"] == "reserved"
    assert signals[FIRST] is None


def test_the_id_of_an_article_is_the_same_for_all_its_versions(
    collection: Collection, tmp_path: Path
) -> None:
    exports.make(collection, tmp_path / "out", all_versions=True)
    found = [row for row in exports.rows_of(tmp_path / "out") if row["url"] == many.address_of(49)]
    assert [row["version"] for row in found] == [1, 2, 3]
    assert len({row["id"] for row in found}) == 1


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_the_other_corpus_columns_first(
    collection: Collection, everything: list[dict[str, object]], tmp_path: Path, preset: str
) -> None:
    theirs = {
        "fineweb": [
            "text",
            "id",
            "dump",
            "url",
            "date",
            "file_path",
            "language",
            "language_score",
            "token_count",
        ],
        "culturax": ["text", "timestamp", "url", "source"],
        "cc-news": ["title", "text", "domain", "date", "description", "url", "image_url"],
        "id_newspapers_2018": ["id", "url", "date", "title", "content"],
    }[preset]
    exports.make(collection, tmp_path / "out", "parquet", preset=preset)
    rows = exports.rows_of(tmp_path / "out")
    assert list(rows[0])[: len(theirs)] == theirs
    assert "warc_record_id" in rows[0]
    assert len(set(rows[0])) == len(rows[0])
    assert [row["content" if preset.startswith("id_") else "text"] for row in rows] == [
        row["text"] for row in everything
    ]


def test_masking_changes_the_text_and_nothing_else(own: Collection, tmp_path: Path) -> None:
    before = first_of(own, tmp_path / "plain")
    exports.rewrite(own, str(before["url"]), articleBody="Hubungi Rina di rina@contoh.example, ya.")
    done = exports.make(own, tmp_path / "masked", mask_pii=True)
    after = exports.rows_of(tmp_path / "masked")[0]
    assert "rina@contoh.example" not in str(after["text"])
    assert after["content_hash"] == before["content_hash"]
    assert sum(done.counts.masked.values()) == 1


# --- what is left out, and why ------------------------------------------------------------------------


def test_without_filters_only_older_versions_are_left_out(collection: Collection, tmp_path: Path) -> None:
    done = exports.make(collection, tmp_path / "out")
    assert (done.counts.rows, dict(done.counts.left_out)) == (COUNT, {"older version": VERSIONS - COUNT})
    assert done.lacking == 0


@pytest.mark.parametrize(
    ("selection", "reason", "column", "fits"),
    [
        ({"hosts": (FIRST,)}, "other host", "host", lambda value: value == FIRST),
        ({"portals": ("demo",)}, None, "portal", lambda value: value == "demo"),
        ({"portals": ("serambi",)}, "other portal", "portal", lambda _: False),
        ({"sections": ("ekonomi",)}, "other section", "section", lambda value: value == "Ekonomi"),
        ({"min_words": 200}, "too few words", "word_count", lambda value: value >= 200),
        ({"languages": ("id",)}, None, "language", lambda value: value == "id"),
        ({"languages": ("ace",)}, "other language", "language", lambda _: False),
        (
            {"since": date(2018, 1, 1), "until": date(2021, 12, 31)},
            "other day",
            "published",
            lambda value: value is not None and "2018" <= value[:4] <= "2021",
        ),
        ({"clean": True}, "clean: incomplete", "complete", lambda value: value),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_fits_and_counts_the_rest(  # noqa: PLR0917 - a table
    collection: Collection,
    everything: list[dict[str, object]],
    tmp_path: Path,
    selection: dict[str, object],
    reason: str | None,
    column: str,
    fits: object,
) -> None:
    assert callable(fits)
    done = exports.make(collection, tmp_path / "out", **selection)  # type: ignore[arg-type]
    kept = exports.rows_of(tmp_path / "out")
    assert all(fits(row[column]) for row in kept)
    if "clean" not in selection:
        assert kept == [row for row in everything if fits(row[column])]
    assert reason is None or done.counts.left_out[reason] > 0
    assert done.counts.rows + done.counts.left_out.total() == VERSIONS


def test_a_day_is_that_of_the_host_whatever_zone_was_printed(own: Collection, tmp_path: Path) -> None:
    (row,) = [one for one in _all(own, tmp_path / "a") if one["url"] == many.address_of(3)]
    host = str(row["host"])
    zone_day = {"pulau.kabarnusa.localhost": date(2021, 3, 1)}.get(host, date(2021, 3, 2))
    exports.rewrite(own, many.address_of(3), datePublished="2021-03-01T18:30:00Z")
    done = exports.make(own, tmp_path / "b", since=zone_day, until=zone_day)
    assert done.counts.rows == 1


def _all(collection: Collection, folder: Path) -> list[dict[str, object]]:
    exports.make(collection, folder)
    return exports.rows_of(folder)


def test_an_article_without_a_date_is_left_out_where_days_are_asked_for(
    own: Collection, tmp_path: Path
) -> None:
    exports.rewrite(own, many.address_of(3), datePublished=None)
    done = exports.make(own, tmp_path / "out", since=date(1990, 1, 1))
    assert done.counts.left_out["no date of publication"] == 1


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_removed_article_is_left_out_and_is_no_gap(
    own: Collection, tmp_path: Path, is_finished: bool
) -> None:
    (row,) = [one for one in _all(own, tmp_path / "before") if one["url"] == many.address_of(9)]
    exports.tombstone(own, row)
    if is_finished:
        exports.unwrite(own, many.address_of(9))
    done = exports.make(own, tmp_path / "after", all_versions=True)
    assert done.counts.left_out["removed"] == many.versions_of(9) == 2
    assert row["url"] not in {one["url"] for one in exports.rows_of(tmp_path / "after")}
    assert done.lacking == 0


def test_a_record_that_is_not_written_yet_is_lacking_where_it_was_asked_for(
    own: Collection, tmp_path: Path
) -> None:
    host = str(first_of(own, tmp_path / "first")["host"])
    addresses = [many.address_of(number) for number in range(12)]
    here, there = (
        next(one for one in addresses if (f"//{host}/" in one) is is_here) for is_here in (True, False)
    )
    exports.unwrite(own, there)
    assert exports.make(own, tmp_path / "host", hosts=(host,)).lacking == 0
    exports.unwrite(own, here)
    assert exports.make(own, tmp_path / "again", hosts=(host,)).lacking == 1


def test_an_article_that_is_removed_while_it_is_exported_keeps_the_export_from_ending(
    own: Collection, tmp_path: Path
) -> None:
    row = first_of(own, tmp_path / "before")

    def removed_meanwhile(done: int) -> None:
        if done:
            exports.tombstone(own, row)

    for expected in ("removed while it was written.*delete it", "removed .*since, so delete it"):
        with pytest.raises(CollectionError, match=expected):
            exports.make(own, tmp_path / "out", advance=removed_meanwhile)
        assert not (tmp_path / "out" / MANIFEST).exists()


def test_of_copies_the_earliest_is_kept_and_where_that_is_not_wanted_the_next(
    collection: Collection, everything: list[dict[str, object]], tmp_path: Path
) -> None:
    copy, original = many.address_of(24), many.address_of(17)
    by_url = {row["url"]: row for row in everything}
    assert by_url[copy]["near_dup_cluster"] == by_url[original]["id"] == by_url[original]["near_dup_cluster"]
    assert by_url[copy]["story_cluster"] == by_url[original]["story_cluster"]
    done = exports.make(collection, tmp_path / "out", dedup=True)
    kept = {row["url"] for row in exports.rows_of(tmp_path / "out")}
    assert original in kept
    assert copy not in kept
    assert done.counts.left_out["duplicate"] == 2
    exports.make(collection, tmp_path / "host", dedup=True, hosts=(str(by_url[copy]["host"]),))
    assert copy in {row["url"] for row in exports.rows_of(tmp_path / "host")}


def test_a_sidecar_that_is_lost_broken_or_altered_is_told_and_the_rest_is_exported(
    own: Collection, tmp_path: Path
) -> None:
    first, second, third = sorted(own.articles.rglob("*.json"))[:3]
    first.unlink()
    second.write_bytes(second.read_bytes()[:-40])
    third.write_bytes(third.read_bytes().replace(b"warga", b"orang"))
    done = exports.make(own, tmp_path / "out", all_versions=True)
    assert done.counts.left_out == {"unreadable": 2, "altered": 1}
    assert done.lacking == 3
    assert done.counts.rows == 13 - 3


def test_nothing_that_fits_is_an_export_with_columns_and_no_rows(own: Collection, tmp_path: Path) -> None:
    for name in ("jsonl", "csv", "txt", "parquet", "hf"):
        done = exports.make(own, tmp_path / name, name, portals=("none",))
        assert (done.counts.rows, len(done.shards)) == (0, 1)
    assert parquet.read_table(tmp_path / "hf" / "data" / "train-00000.parquet").num_rows == 0


# --- hostile sidecars ---------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["jsonl", "parquet", "csv", "txt"])
def test_hostile_fields_become_rows_that_can_be_read(
    own: Collection, tmp_path: Path, format_name: str
) -> None:
    exports.rewrite(
        own,
        many.address_of(1),
        articleBody='=HYPERLINK("x")\n\n\ud83dsepotong\x00 \u2028garis, "kutip"\r\n' + "ikan " * 20_000,
        headline="+62 \udc00",
        keywords=[7, None, ["x"], "\ud800", "=1+1"],
        author=[{"name": "@SUM(A1)"}, "nobody", {}],
        wordCount=10**30,
        pagination={"pageCount": True, "pagesMissing": "2"},
        extraction={"warnings": 3, "checks": [1]},
        image="x",
        archive={"pages": []},
        version=None,
        hasPart=None,
    )
    done = exports.make(own, tmp_path / "out", format_name)
    assert done.lacking == 0
    if format_name == "txt":
        assert "\ufffdsepotong\ufffd" in exports.unpacked(tmp_path / "out" / "articles-00000.txt.zst")
        return
    (row,) = [one for one in exports.rows_of(tmp_path / "out") if one["url"] == many.address_of(1)]
    assert str(row["text"]).startswith('=HYPERLINK("x")\n\n\ufffdsepotong\ufffd \u2028garis, "kutip"\r\nikan')
    assert row["title"] == "+62 \ufffd"
    assert row["warc_offset"] in {None, ""}
    if format_name != "csv":
        assert (row["tags"], row["authors"], row["word_count"]) == (["\ufffd", "=1+1"], ["@SUM(A1)"], None)


def test_a_carriage_return_stands_inside_a_cell_of_csv(own: Collection, tmp_path: Path) -> None:
    exports.rewrite(own, many.address_of(1), headline="satu\rdua")
    exports.make(own, tmp_path / "out", "csv")
    (row,) = [one for one in exports.rows_of(tmp_path / "out") if one["url"] == many.address_of(1)]
    assert row["title"] == "satu\rdua"
    assert exports.unpacked(tmp_path / "out" / "articles-00000.csv.zst").endswith("\r\n")


# --- the same bytes, also after a kill ----------------------------------------------------------------


@pytest.mark.parametrize("format_name", ["jsonl", "csv", "txt", "hf"])
def test_the_same_collection_gives_the_same_bytes_wherever_it_lies(
    collection: Collection, tmp_path: Path, format_name: str
) -> None:
    moved = Collection(tmp_path / "elsewhere" / "moved")
    shutil.copytree(collection.root, moved.root)
    options = {"all_versions": True, "shard_bytes": SMALL}
    exports.make(collection, tmp_path / "one", format_name, **options)  # type: ignore[arg-type]
    exports.make(moved, tmp_path / "other", format_name, **options)  # type: ignore[arg-type]
    assert exports.files_of(tmp_path / "one") == exports.files_of(tmp_path / "other")


class KilledError(Exception):
    """Something ends an export from outside."""


@pytest.mark.parametrize("format_name", ["jsonl", "hf"])
def test_an_interrupted_export_goes_on_where_it_was_and_ends_with_the_same_bytes(
    tmp_path: Path, format_name: str
) -> None:
    collection = many.fill(tmp_path / "many", 220)
    options = {"all_versions": True, "shard_bytes": SMALL, "dedup": True}
    whole = exports.make(collection, tmp_path / "whole", format_name, **options)  # type: ignore[arg-type]
    assert len(whole.shards) >= 4
    folder = tmp_path / "cut"
    told: list[int] = []

    def cut(done: int) -> None:
        told.append(done)
        if len(told) in {3, 6, 9}:  # the number of the interruption changes what is done by then
            raise KilledError

    kept: dict[str, int] = {}
    for _ in range(20):
        try:
            done = exports.make(collection, folder, format_name, advance=cut, **options)  # type: ignore[arg-type]
        except KilledError:
            now = {path.name: path.stat().st_ino for path in folder.rglob("*-0*") if path.name[0] != "."}
            assert kept.items() <= now.items()
            kept = now
        else:
            break
    else:
        raise AssertionError("it never came to its end")
    assert kept
    assert done.counts == whole.counts
    assert exports.files_of(folder) == exports.files_of(tmp_path / "whole")


def test_what_a_split_left_out_behind_its_last_row_is_counted_after_a_kill_in_the_next_one(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(format="hf", selection=Selection(until=date(2018, 1, 1)), shard_bytes=1)  # a row fills it
    whole = exports.carry_out(collection, tmp_path / "whole", order)
    assert whole.counts.left_out["other day"] > 0
    add = Journal.add

    def killed_behind_the_last_step(journal: Journal, step: Step) -> None:
        add(journal, step)
        if step.shard == whole.shards[-1]:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", killed_behind_the_last_step)
        with pytest.raises(KilledError):
            exports.carry_out(collection, tmp_path / "cut", order)
    exports.carry_out(collection, tmp_path / "cut", order)
    assert exports.files_of(tmp_path / "cut") == exports.files_of(tmp_path / "whole")


def test_a_finished_shard_that_was_changed_is_made_again(tmp_path: Path) -> None:
    collection = many.fill(tmp_path / "many", 150)
    options = {"all_versions": True, "shard_bytes": SMALL}
    exports.make(collection, tmp_path / "whole", **options)  # type: ignore[arg-type]
    folder = tmp_path / "cut"
    told: list[int] = []

    def cut(done: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise KilledError

    with pytest.raises(KilledError):
        exports.make(collection, folder, advance=cut, **options)  # type: ignore[arg-type]
    shard = folder / "articles-00000.jsonl.zst"
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    exports.make(collection, folder, **options)  # type: ignore[arg-type]
    assert exports.files_of(folder) == exports.files_of(tmp_path / "whole")


def test_a_finished_export_is_found_and_checked(own: Collection, tmp_path: Path) -> None:
    first = exports.make(own, tmp_path / "out")
    before = exports.files_of(tmp_path / "out")
    second = exports.make(own, tmp_path / "out")
    assert (first.again, second.again) == (False, True)
    assert (second.counts, second.shards) == (first.counts, first.shards)
    assert exports.files_of(tmp_path / "out") == before
    assert not {LOCK, JOURNAL} & set(before)
    shard = tmp_path / "out" / first.shards[0].path
    shard.write_bytes(shard.read_bytes()[:-1])
    with pytest.raises(DamageError, match="not what was exported; remove"):
        exports.make(own, tmp_path / "out")


def test_other_options_or_another_state_of_the_collection_are_refused(
    own: Collection, tmp_path: Path
) -> None:
    row = first_of(own, tmp_path / "out")
    with pytest.raises(CollectionError, match=r"other options \(minWords\);.*--to"):
        exports.make(own, tmp_path / "out", min_words=5)
    exports.tombstone(own, row)
    with pytest.raises(CollectionError, match=r"earlier state of the collection: .*removed.*delete.*--to"):
        exports.make(own, tmp_path / "out")


def test_an_unfinished_export_with_other_options_is_refused(own: Collection, tmp_path: Path) -> None:
    def cut(done: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        exports.make(own, tmp_path / "out", advance=cut)
    with pytest.raises(CollectionError, match="unfinished export with other options"):
        exports.make(own, tmp_path / "out", "csv")


@pytest.mark.parametrize("name", ["notes.txt", MANIFEST])
def test_a_folder_with_something_else_is_refused(own: Collection, tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("{}")
    with pytest.raises(CollectionError, match="new or empty folder with --to"):
        exports.make(own, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_a_place_that_cannot_be_written_is_told(own: Collection, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CollectionError, match="is no folder"):
        exports.make(own, tmp_path / "file")
    with pytest.raises(WriteError, match="writable folder with --to"):
        exports.make(own, tmp_path / "file" / "out")


@pytest.mark.parametrize("name", ["articles", "removed", "reports"])
def test_the_collections_own_folders_are_no_place_for_an_export(own: Collection, name: str) -> None:
    with pytest.raises(CollectionError, match=f"own {name}/; name another with --to"):
        exports.make(own, own.root / name / "corpus")
    assert not (own.root / name / "corpus").exists()


@pytest.mark.parametrize("format_name", ["jsonl", "parquet"])
def test_a_disk_that_is_full_is_told_and_the_export_goes_on_when_there_is_room(
    collection: Collection, tmp_path: Path, format_name: str
) -> None:
    exports.make(collection, tmp_path / "whole", format_name)
    size = (tmp_path / "whole").joinpath(f"articles-00000{SUFFIXES[format_name]}").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1000, limits[1]))
    try:
        with pytest.raises(WriteError, match="free space and run again"):
            exports.make(collection, tmp_path / "out", format_name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {JOURNAL}
    exports.make(collection, tmp_path / "out", format_name)
    assert exports.files_of(tmp_path / "out") == exports.files_of(tmp_path / "whole")


def test_two_exports_never_write_one_folder(own: Collection, tmp_path: Path) -> None:
    def again(done: int) -> None:
        with pytest.raises(CollectionBusyError, match="another export writes here"):
            exports.make(own, tmp_path / "out")

    exports.make(own, tmp_path / "out", advance=again)


@pytest.mark.slow
def test_rows_read_in_processes_are_the_same(tmp_path: Path) -> None:
    collection = many.fill(tmp_path / "many", 1001)
    exports.make(collection, tmp_path / "one", shard_bytes=SMALL)
    exports.make(collection, tmp_path / "two", shard_bytes=SMALL, processes=2)
    assert exports.files_of(tmp_path / "one") == exports.files_of(tmp_path / "two")


# --- the folder for datasets --------------------------------------------------------------------------


def test_copies_never_cross_a_split(collection: Collection, tmp_path: Path) -> None:
    done = exports.make(collection, tmp_path / "out", "hf")
    where: dict[object, set[str]] = {}
    for shard in done.shards:
        for row in parquet.read_table(tmp_path / "out" / shard.path).to_pylist():
            where.setdefault(row["story_cluster"], set()).add(shard.split)
            assert split_of(row["story_cluster"]) == shard.split
    assert all(len(splits) == 1 for splits in where.values())
    assert {shard.split for shard in done.shards} == set(SPLITS)


def test_splits_have_the_shares_that_the_documentation_tells() -> None:
    counts = dict.fromkeys(SPLITS, 0)
    for number in range(20_000):
        counts[split_of(f"cerita-{number}")] += 1
    shares = {split: count / 20_000 for split, count in counts.items()}
    assert shares == pytest.approx({"train": 0.9, "validation": 0.05, "test": 0.05}, abs=0.01)


def test_the_card_tells_what_is_there_what_is_missing_and_whom_to_ask(
    own: Collection, tmp_path: Path
) -> None:
    exports.rewrite(own, many.address_of(1), articleSection=["| <script> *Ekonomi*\n# x"])
    exports.make(own, tmp_path / "out", "hf")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert card.startswith("---\n")
    assert "path: data/train-*.parquet" in card
    assert "mailto:arsip@kliping.example" in card
    assert "| `warc_record_id` | string |" in card
    assert "| `signal_list_likeness` | float64 | share of the words in list items" in card
    assert "\\| \\<script\\> \\*Ekonomi\\* \\# x" in card
    croissant = json.loads((tmp_path / "out" / "croissant.json").read_text("utf-8"))
    assert {one["sha256"] for one in croissant["distribution"] if "sha256" in one} == {
        shard["sha256"] for shard in json.loads((tmp_path / "out" / MANIFEST).read_bytes())["shards"]
    }
