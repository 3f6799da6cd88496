from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archives.collection import Collection
from archives.errors import WriteError
from archives.removals import append
from corpora.clusters import STORE, Cluster, Clusters
from corpora.likeness import Text, agreements, compare
from tests.corpora.copies import Written, score, write
from tests.corpora.shelf import drop, put, shelf

LEAST = 0.98
FEW = write(90, 7)


def records(written: list[Written]) -> list[dict[str, object]]:
    return [one.record for one in written]


def answers(collection: Collection, written: list[Written]) -> dict[str, Cluster]:
    with Clusters.up_to_date(collection) as clusters:
        return {str(one.record["url"]): clusters.of(str(one.record["url"])) for one in written}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    collection = shelf(tmp_path_factory.mktemp("few") / "c")
    put(collection, records(FEW))
    return collection


@pytest.fixture(scope="module")
def few_clusters(few: Collection) -> dict[str, Cluster]:
    return answers(few, FEW)


def check_fit(collection: Collection, written: list[Written]) -> None:
    found = answers(collection, written)
    near = score(written, lambda one: one.near, lambda one: found[str(one.record["url"])].near)
    story = score(written, lambda one: one.story, lambda one: found[str(one.record["url"])].story)
    assert min(near.precision, near.recall) >= LEAST, (near.missed, near.wrong)
    assert min(story.precision, story.recall) >= LEAST, (story.missed, story.wrong)


def test_copies_are_found_and_reports_of_one_pattern_are_not_copies(tmp_path: Path) -> None:
    written = write(300, 11)
    collection = shelf(tmp_path / "c")
    put(collection, records(written))
    check_fit(collection, written)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_copies_are_found_in_larger_collections(tmp_path: Path, seed: int) -> None:
    written = write(3000, seed)
    collection = shelf(tmp_path / "c")
    put(collection, records(written))
    check_fit(collection, written)


def test_ids_are_those_of_the_earliest_member(few_clusters: dict[str, Cluster]) -> None:
    moments = {str(one.record["identifier"]): str(one.record["datePublished"]) for one in FEW}
    for one in FEW:
        cluster = few_clusters[str(one.record["url"])]
        assert moments[cluster.near] <= str(one.record["datePublished"])
        assert moments[cluster.story] <= moments[cluster.near]


def test_sizes_and_members_agree(few: Collection, few_clusters: dict[str, Cluster]) -> None:
    with Clusters.up_to_date(few) as clusters:
        for cluster in few_clusters.values():
            members = clusters.story_members(cluster.story)
            assert len(members) == cluster.story_size
            assert sum(member.near == cluster.near for member in members) == cluster.near_size
        assert set(clusters.stories()) == {one.story for one in few_clusters.values() if one.story_size > 1}


def test_no_cluster_is_a_chain(few: Collection, few_clusters: dict[str, Cluster]) -> None:
    """Every near-duplicate is like the text that names its cluster."""
    texts = {
        str(one.record["identifier"]): Text.of(
            str(one.record["articleBody"]), str(one.record["dateline"]), str(one.record["headline"])
        )
        for one in FEW
    }
    for one in FEW:
        cluster = few_clusters[str(one.record["url"])]
        mine, first = texts[str(one.record["identifier"])], texts[cluster.near]
        assert mine.words == first.words or compare(mine, first).is_near


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30))
def test_the_order_in_which_articles_come_in_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, few_clusters: dict[str, Cluster], seed: int
) -> None:
    """In three lots in any order, one article removed in between and kept again, others changed and back."""
    dice = Random(seed)
    shuffled = dice.sample(FEW, len(FEW))
    collection = shelf(tmp_path_factory.mktemp("lots") / "c")
    cuts = sorted(dice.sample(range(1, len(FEW)), 2))
    put(collection, [{**one.record, "articleBody": "Teks lama."} for one in shuffled[: cuts[0] // 2]])
    put(collection, records(shuffled[cuts[0] // 2 : cuts[0]]))
    answers(collection, FEW)
    put(collection, records(shuffled[: cuts[0] // 2]), 2)
    put(collection, records(shuffled[cuts[0] : cuts[1]]))
    answers(collection, FEW)
    put(collection, records(shuffled[cuts[1] :]))
    assert answers(collection, FEW) == few_clusters


def test_lots_and_common_bands_make_no_difference(
    tmp_path: Path, few_clusters: dict[str, Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpora.clusters._BATCH", 20)
    monkeypatch.setattr("corpora.clusters.LOT", 40)
    monkeypatch.setattr("corpora.ties.LARGE", 3)
    collection = shelf(tmp_path / "c")
    put(collection, records(FEW))
    assert answers(collection, FEW) == few_clusters


def test_sketches_tell_how_alike_texts_are() -> None:
    said, other = text(1, 300).split(), text(2, 300)
    for kept in range(0, 301, 50):
        one, two = Text.of(" ".join(said)), Text.of(" ".join(said[:kept]) + " " + other)
        mine, theirs = one.sketch(), two.sketch()
        assert mine is not None
        assert theirs is not None
        found = int(agreements(mine.values, [theirs.values])[0]) / 192
        assert abs(found - compare(one, two).jaccard) < 0.1
    assert Text.of(text(1, 10)).sketch() is None


def test_a_few_sentences_in_common_tie_no_articles_together(tmp_path: Path) -> None:
    """Some have a band in common by chance; only those whose sketches are alike are looked at together."""
    common = text(0, 60)
    collection = shelf(tmp_path / "c")
    put(collection, [article(f"satu-{at}", f"{common} {text(at, 200)}", 1 + at % 28) for at in range(1, 121)])
    Clusters.up_to_date(collection).close()
    db = sqlite3.connect(collection.indexes / STORE)
    with_band = db.execute("SELECT count(DISTINCT article) FROM shared_bands").fetchone()[0]
    tied = db.execute("SELECT coalesce(sum(size), 0) FROM components WHERE size > 1").fetchone()[0]
    assert tied < with_band / 4
    db.close()


def test_a_removed_article_drops_out_and_comes_back(tmp_path: Path) -> None:
    first, *_ = [one for one in FEW if one.kind == "original"]
    copy = {**first.record, "url": "http://lain.localhost/2030/01/01/salinan", "identifier": "salinan"}
    copy["datePublished"] = "2030-01-01T00:00:00+00:00"
    collection = shelf(tmp_path / "c")
    put(collection, [first.record, copy])
    url = str(first.record["url"])
    assert answers(collection, [first])[url].near_size == 2
    removal = {"url": url, "at": "2026-11-26T00:00:00Z", "by": "x", "reason": "x", "redact": False}
    append(collection, {"action": "remove", **removal, "identifier": "x", "addresses": [url]})
    with Clusters.up_to_date(collection) as clusters:
        assert clusters.of(str(copy["url"])) == Cluster("salinan", "salinan", "lain.localhost", 1, 1)
        assert len(clusters) == 1
        assert clusters.of(url).first_publisher is None


def test_an_article_that_the_catalogue_forgot_drops_out(tmp_path: Path) -> None:
    collection = shelf(tmp_path / "c")
    put(collection, records(FEW[:5]))
    with Clusters.up_to_date(collection) as clusters:
        assert len(clusters) == 5
    drop(collection, str(FEW[2].record["url"]))
    with Clusters.up_to_date(collection) as clusters:
        assert len(clusters) == 4


def article(name: str, body: str, day: int, host: str = "a.localhost", **more: object) -> dict[str, object]:
    return {
        "url": f"http://{host}/2022/01/{day:02d}/{name}",
        "identifier": name,
        "headline": f"Judul berita {name} dari kota",
        "datePublished": f"2022-01-{day:02d}T10:00:00+07:00",
        "articleBody": body,
        **more,
    }


WORDS = ("angin", "laut", "bertiup", "darat", "membawa", "bau", "garam", "kabar", "perahu", "pulang")


def text(seed: int, length: int = 80) -> str:
    return " ".join(Random(seed).choices([f"{word}{at}" for word in WORDS for at in "abcdefgh"], k=length))


def one_story(tmp_path: Path, *articles: dict[str, object]) -> tuple[Cluster, list[str]]:
    collection = shelf(tmp_path / "c")
    put(collection, articles)
    with Clusters.up_to_date(collection) as clusters:
        cluster = clusters.of(str(articles[0]["url"]))
        return cluster, [member.identifier for member in clusters.story_members(cluster.story)]


def test_an_article_that_names_the_address_of_another_is_of_its_story(tmp_path: Path) -> None:
    original = article("asal", text(1), 2)
    copy = article(
        "salin", text(2), 3, "b.localhost", isBasedOn=["https://www.a.localhost/2022/01/02/asal/?page=2"]
    )
    cluster, members = one_story(tmp_path, original, copy)
    assert members == ["asal", "salin"]
    assert cluster.first_publisher == "a.localhost"


def test_the_original_is_first_publisher_although_its_date_is_later(tmp_path: Path) -> None:
    original = article("asal", text(1), 9)
    copy = article("salin", text(1), 3, "b.localhost", isBasedOn=["http://a.localhost/2022/01/09/asal"])
    cluster, members = one_story(tmp_path, original, copy)
    assert members == ["salin", "asal"]
    assert cluster.first_publisher == "a.localhost"


def test_copies_of_an_original_that_is_not_kept_are_one_story_of_its_publisher(tmp_path: Path) -> None:
    link = ["https://pusat.localhost/2022/01/01/berita-yang-tidak-kami-simpan"]
    one = article("satu", text(1), 2, isBasedOn=link)
    two = article("dua", text(2), 3, "b.localhost", isBasedOn=link)
    cluster, members = one_story(tmp_path, one, two)
    assert members == ["satu", "dua"]
    assert cluster.first_publisher == "pusat.localhost"


def test_a_front_page_as_origin_ties_nothing_together(tmp_path: Path) -> None:
    link = ["https://www.pusat.localhost/"]
    cluster, members = one_story(
        tmp_path, article("satu", text(1), 2, isBasedOn=link), article("dua", text(2), 3, isBasedOn=link)
    )
    assert members == ["satu"]
    assert cluster.first_publisher == "www.pusat.localhost"


def test_a_headline_as_origin_needs_some_text_in_common(tmp_path: Path) -> None:
    original = article("asal", text(1), 2)
    title = [str(original["headline"])]
    part = f"{text(1)[: len(text(1)) // 2]} {text(2)}"
    copy = article("salin", part, 3, "b.localhost", isBasedOn=title)
    stranger = article("lain", text(3), 4, "b.localhost", isBasedOn=title)
    _, members = one_story(tmp_path, original, copy, stranger)
    assert members == ["asal", "salin"]


def test_articles_that_name_each_other_are_one_story(tmp_path: Path) -> None:
    one = article("satu", text(1), 2, isBasedOn=["http://a.localhost/2022/01/03/dua"])
    two = article("dua", text(2), 3, isBasedOn=["http://a.localhost/2022/01/02/satu"])
    cluster, members = one_story(tmp_path, one, two)
    assert members == ["satu", "dua"]
    assert cluster.story == "satu"


def test_texts_that_drift_apart_step_by_step_are_not_one_story(tmp_path: Path) -> None:
    """Each is like the one before it; the last has nothing of the first."""
    said = text(1, 400).split()
    steps = [article(f"langkah-{at}", " ".join(said[20 * at : 20 * at + 100]), at + 1) for at in range(15)]
    _, members = one_story(tmp_path, *steps)
    assert len(members) <= 4


def test_empty_and_very_short_texts_are_copies_only_with_equal_headlines(tmp_path: Path) -> None:
    short = "Simak video selengkapnya."
    articles = [
        article("satu", "", 1),
        article("dua", "", 2),
        article("tiga", short, 3),
        article("empat", short, 4),
    ]
    same = {**article("lima", short, 5), "headline": articles[3]["headline"]}
    collection = shelf(tmp_path / "c")
    put(collection, [*articles, same])
    with Clusters.up_to_date(collection) as clusters:
        sizes = [clusters.of(str(one["url"])).near_size for one in [*articles, same]]
    assert sizes == [1, 1, 1, 2, 2]


def test_a_hostile_record_does_not_stop_the_rest(tmp_path: Path) -> None:
    strange = article(
        "aneh", "\ud800 \x00 " + "a" * 100_000 + " 1" * 50_000, 1, isBasedOn=["http://[", "x" * 9999, 5]
    )
    collection = shelf(tmp_path / "c")
    put(collection, [strange, article("lain", text(1), 2)])
    (collection.root / "articles" / "lain.v1.json").write_text("{", "utf-8")
    put(collection, [article("baik", text(2), 3)])
    with Clusters.up_to_date(collection) as clusters:
        assert len(clusters) == 2


# --- the store -----------------------------------------------------------------------------------------


def test_a_broken_or_older_store_is_made_again(few: Collection, few_clusters: dict[str, Cluster]) -> None:
    store = few.indexes / STORE
    for broken in (b"", b"no database at all" * 400):
        store.write_bytes(broken)
        for suffix in ("-wal", "-shm"):
            store.with_name(store.name + suffix).unlink(missing_ok=True)
        assert answers(few, FEW) == few_clusters
    db = sqlite3.connect(store)
    db.execute("UPDATE made_by SET software = 'format 0'")
    db.execute("UPDATE articles SET near = id, story = id")
    db.commit()
    db.close()
    assert answers(few, FEW) == few_clusters


def test_a_page_damaged_in_the_middle_is_noticed(few: Collection, few_clusters: dict[str, Cluster]) -> None:
    store = few.indexes / STORE
    answers(few, FEW)
    content = store.read_bytes()
    store.write_bytes(content[:4096] + os.urandom(len(content) - 4096))
    assert answers(few, FEW) == few_clusters


def test_a_damaged_row_is_noticed_when_it_is_read(tmp_path: Path, few_clusters: dict[str, Cluster]) -> None:
    collection = shelf(tmp_path / "c")
    put(collection, [{**one.record, "articleBody": text(4)} for one in FEW])
    answers(collection, FEW)
    db = sqlite3.connect(collection.indexes / STORE)
    db.execute("UPDATE texts SET words = x'00'")
    db.commit()
    db.close()
    put(collection, records(FEW), 2)
    assert answers(collection, FEW) == few_clusters


def test_a_collection_that_cannot_be_written_has_its_store_elsewhere(
    few_clusters: dict[str, Cluster], few: Collection, tmp_path: Path
) -> None:
    closed = tmp_path / "no folder"
    closed.write_text("a file stands here", "utf-8")
    with Clusters.up_to_date(few, places=(closed, tmp_path / "cache")) as clusters:
        assert clusters.of(str(FEW[0].record["url"])) == few_clusters[str(FEW[0].record["url"])]
    assert (tmp_path / "cache" / STORE).is_file()
    with pytest.raises(WriteError, match="XDG_CACHE_HOME"):
        Clusters.up_to_date(few, places=(closed,))


def test_what_was_opened_stays_as_it_was_while_others_write(tmp_path: Path) -> None:
    collection = shelf(tmp_path / "c")
    put(collection, records(FEW[:20]))
    with Clusters.up_to_date(collection) as before:
        put(collection, records(FEW[20:]))
        with Clusters.up_to_date(collection) as after:
            assert (len(before), len(after)) == (20, len(FEW))
        last = str(FEW[-1].record["url"])
        assert before.of(last).first_publisher is None


def test_progress_is_told_for_every_article(few: Collection) -> None:
    told: list[int] = []
    Clusters.up_to_date(few, told.append).close()
    assert sum(told) == len(FEW)


RUN = """
import sys
from pathlib import Path
from archives.collection import Collection
from corpora.clusters import Clusters
Clusters.up_to_date(Collection(Path(sys.argv[1])), lambda n: print(n, flush=True)).close()
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_and_two_at_once_leave_the_same_clusters(
    tmp_path: Path,
) -> None:
    written = write(1500, 5)
    calm, rough = shelf(tmp_path / "calm"), shelf(tmp_path / "rough")
    for collection in (calm, rough):
        put(collection, records(written))
    for wait in (1, 2, 3):
        child = subprocess.Popen([sys.executable, "-c", RUN, str(rough.root)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        for _ in range(wait):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    both = [
        subprocess.Popen([sys.executable, "-c", RUN, str(rough.root)], stdout=subprocess.DEVNULL)
        for _ in "ab"
    ]
    assert [child.wait() for child in both] == [0, 0]
    assert answers(rough, written) == answers(calm, written)
