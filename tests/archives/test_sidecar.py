"""Sidecars: valid against the published schema, and filed where no slug can lead them astray."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from archives import durable, sidecar
from archives.capture import CaptureRef, Truncation
from archives.errors import SidecarError, WriteError
from tests.archives import shelf
from tests.archives.shelf import ARTICLE, article_fields, sidecar_record
from tests.archives.test_catalogue import REF

SCHEMA = json.loads((shelf.ROOT / "archives" / sidecar.SCHEMA_FILE).read_text("utf-8"))
UUID_REF = CaptureRef(
    url=f"{ARTICLE}?page=1", fetched_at=shelf.NOW, status=200, warc_file="a.warc.gz", offset=7, length=9,
    record_id="urn:uuid:1", payload_digest="sha256:A", truncated=Truncation.LENGTH, via=ARTICLE,
)  # fmt: skip


def record(url: str = ARTICLE, **changed: object) -> dict[str, object]:
    return sidecar_record(UUID_REF, url) | changed


def test_the_schema_is_itself_valid_and_closed() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    def open_objects(part: object, place: str) -> list[str]:
        if isinstance(part, list):
            return [found for item in part for found in open_objects(item, place)]
        if not isinstance(part, dict):
            return []
        own = [place] if "properties" in part and part.get("additionalProperties") is not False else []
        return own + [found for name, item in part.items() for found in open_objects(item, f"{place}/{name}")]

    assert open_objects(SCHEMA, "") == []


def test_a_complete_record_fits_the_schema_and_says_where_its_pages_are() -> None:
    made = record()
    sidecar.check(made)

    assert made["archive"] == {
        "collection": "warta",
        "pages": [
            {
                "page": 1, "url": ARTICLE, "finalUrl": f"{ARTICLE}?page=1", "status": 200,
                "fetchedAt": "2026-11-22T01:02:03Z",
                "warcFile": "a.warc.gz", "warcOffset": 7, "warcLength": 9,
                "warcRecordId": "urn:uuid:1", "payloadDigest": "sha256:A", "truncated": "length",
            }
        ],
    }  # fmt: skip
    assert list(made)[:5] == ["@context", "@type", "schemaVersion", "url", "identifier"]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"headline": ""}, "$.headline"),
        ({"articleBody": None}, "$.articleBody"),
        ({"datePublished": "22 November 2026"}, "$.datePublished"),
        ({"invented": 1}, "$"),
        ({"identifier": "../x"}, "$.identifier"),
        ({"contentHash": "sha256:0"}, "$.contentHash"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_with_its_place(changed: dict[str, object], place: str) -> None:
    with pytest.raises(SidecarError, match=re.escape(f"at {place}: ")):
        sidecar.check(record() | changed)


def test_a_fault_in_a_long_text_is_told_in_short() -> None:
    with pytest.raises(SidecarError) as caught:
        sidecar.check(record(hasPart="x" * 100_000))

    assert len(str(caught.value)) < 500


# --- the place --------------------------------------------------------------------------------------


def test_a_sidecar_lies_under_its_host_and_day_of_publication() -> None:
    made = record()

    assert str(sidecar.place(made)) == f"articles/pesisir.example/2026/11/22/{made['identifier']}.json"
    assert str(made["identifier"]).startswith("warga-menanam-bakau-")


def test_without_a_date_of_publication_it_is_the_day_of_the_capture() -> None:
    made = record()
    del made["datePublished"]

    assert str(sidecar.place(made)).startswith("articles/pesisir.example/2026/11/22/")


def test_a_later_version_has_its_number_in_the_name() -> None:
    first = record()
    second = sidecar_record(UUID_REF, version=sidecar.Version(number=2, previous=str(sidecar.place(first))))
    sidecar.check(second)

    assert str(sidecar.place(second)) == str(sidecar.place(first)).replace(".json", ".v2.json")
    assert second["version"] == {"number": 2, "previous": str(sidecar.place(first)), "changedFields": []}


def test_a_version_names_the_content_fields_that_changed() -> None:
    before = record(keywords=["bakau"])
    after = sidecar.complete(
        article_fields(body="PESISIR - Lain."), collection="warta", pages={1: REF},
        version=sidecar.Version(number=2), before=before,
    )  # fmt: skip

    assert after["version"] == {"number": 2, "changedFields": ["articleBody"]}


HOSTILE = [
    "../../../etc/passwd", "%2e%2e%2f%2e%2e%2fpasswd", "a" * 300, "..", ".", "", "CON", "nul.json", "aux",
    "кримінал", "خبر", "新聞", "a\x00b", "a/../b", "-", "~root", "a\\..\\b", "\ud800", "C:", "..;/", ".json",
    ".v2",
]  # fmt: skip


def stays_inside(place: PurePosixPath) -> None:
    assert re.fullmatch(
        r"articles/[a-z0-9][a-z0-9._-]*/\d{4}/\d\d/\d\d/[a-z0-9-]{12,93}(\.v\d+)?\.json", str(place)
    )
    assert ".." not in str(place)


@pytest.mark.parametrize("slug", HOSTILE)
def test_a_hostile_slug_stays_in_its_folder(slug: str) -> None:
    stays_inside(sidecar.place(record(f"https://pesisir.example/{slug}")))


@settings(max_examples=300, deadline=None)
@given(
    st.text() | st.text(st.sampled_from("./\\%2eE\0:?#@[]\n-~ü\ud800")),
    st.sampled_from(["", "?p=1", "/", "#x"]),
)
def test_no_address_leads_outside_the_articles(slug: str, tail: str) -> None:
    for url in (f"https://pesisir.example/{slug}{tail}", f"https://{slug}/x{tail}", slug):
        try:
            stays_inside(sidecar.place(record(url)))
        except SidecarError:
            continue


def test_a_host_that_ends_with_a_dot_makes_no_folder_that_does() -> None:
    place = sidecar.place(record("https://PESISIR.example./Warga"))

    assert place.parts[1] == "pesisir.example"


def test_addresses_that_differ_in_their_letters_size_only_lie_in_different_files() -> None:
    names = {sidecar.identifier(f"https://pesisir.example/{slug}") for slug in ("Bakau", "bakau", "BAKAU")}

    assert len({name.lower() for name in names}) == 3


NO_HOST = ["x", "https:///a", "https://../a", "https://[::1/a", f"https://{'a' * 300}/", "https://ü/"]


@pytest.mark.parametrize("url", NO_HOST)
def test_an_address_without_a_usable_host_is_refused(url: str) -> None:
    with pytest.raises(SidecarError):
        sidecar.place({**record(), "url": url})


@pytest.mark.parametrize(
    "changed", [{"datePublished": "../../../../x"}, {"identifier": "../x"}, {"identifier": ""}]
)
def test_a_forged_day_or_identifier_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(SidecarError):
        sidecar.place({**record(), **changed})


def test_addresses_with_the_same_slug_are_told_apart() -> None:
    names = {sidecar.identifier(f"https://pesisir.example/{number}/{'x' * 300}") for number in range(50)}

    assert len(names) == 50
    assert max(map(len, names)) <= 93


# --- the file ---------------------------------------------------------------------------------------


def test_the_bytes_are_utf8_and_read_back_as_they_were(tmp_path: Path) -> None:
    made = record(headline="Panèn “Bakau” \ud83d", creditText="🙂")
    path = tmp_path / "a.json"
    durable.write_file(path, sidecar.to_bytes(made))

    assert sidecar.load(path) == made
    assert "Panèn “Bakau” \\ud83d" in path.read_bytes().decode("utf-8")
    assert path.read_bytes().endswith(b"}\n")


def test_a_number_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        sidecar.to_bytes(record(wordCount=float("nan")))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_broken_sidecar_is_named_with_the_next_step(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)

    with pytest.raises(SidecarError, match=r"a\.json: .*run `kliping reextract`"):
        sidecar.load(path)


def test_a_written_file_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "11" / "a.json"
    durable.write_file(path, b"old")
    durable.write_file(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failing_sync_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    durable.write_file(path, b"old")

    def refuse(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(WriteError, match=r"a\.json: cannot be written \(Input/output error\)"):
        durable.write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_batch_syncs_each_file_before_any_is_in_its_place_and_each_folder_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    standing: list[str] = []

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        standing.append(" ".join(sorted(path.name for path in tmp_path.glob("*.json"))))

    monkeypatch.setattr(os, "fsync", note)
    batch = durable.Batch()
    for name in "abc":
        batch.write(tmp_path / f"{name}.json", name.encode())
    assert not synced

    batch.sync()
    assert [name[:3] for name in synced[:3]] == [".a.", ".b.", ".c."]
    assert synced[3:] == [tmp_path.name]
    assert standing == ["", "", "", "a.json b.json c.json"]
    batch.sync()
    assert len(synced) == 4
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        f"{name}.json": name.encode() for name in "abc"
    }


def test_a_batch_holds_few_files_open_and_puts_many_in_their_place(tmp_path: Path) -> None:
    open_files = Path("/proc/self/fd")
    before = len(list(open_files.iterdir()))
    with durable.Batch() as batch:
        for number in range(1000):
            batch.write(tmp_path / f"{number % 7}" / f"{number}.json", b"%d" % number)
            assert len(list(open_files.iterdir())) < before + 70
    assert len(list(open_files.iterdir())) == before
    found = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {f"{number}.json": b"%d" % number for number in range(1000)}


def test_a_block_that_fails_leaves_nothing_half_written_of_its_batch(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"old")
    batch = durable.Batch()
    batch.write(tmp_path / "a.json", b"new")
    batch.__exit__(LookupError)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_bytes() == b"old"


def test_a_batch_whose_files_or_folder_cannot_be_synced_is_a_failed_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = ""

    def refuse(descriptor: int) -> None:
        if refused in Path(f"/proc/self/fd/{descriptor}").readlink().name:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    for name in (".b.json", tmp_path.name):
        refused = name
        batch = durable.Batch()
        batch.write(tmp_path / "a.json", b"new")
        batch.write(tmp_path / "b.json", b"new")
        with pytest.raises(WriteError, match=r"cannot be written \(Input/output error"):
            batch.sync()
        standing = [] if name == ".b.json" else ["a.json", "b.json"]
        assert sorted(path.name for path in tmp_path.iterdir()) == standing


def test_a_batch_that_is_interrupted_at_its_end_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    batch = durable.Batch()
    batch.write(tmp_path / "a.json", b"new")
    with pytest.raises(KeyboardInterrupt):
        batch.__exit__(None)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_cannot_rename_a_file_leaves_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "b.json" / "inside").mkdir(parents=True)
    batch = durable.Batch()
    batch.write(tmp_path / "b.json", b"new")
    batch.write(tmp_path / "c.json", b"new")
    with pytest.raises(WriteError, match=r"b\.json: cannot be written"):
        batch.sync()
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


def test_a_failing_rename_leaves_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "a.json" / "inside").mkdir(parents=True)

    with pytest.raises(WriteError, match="cannot be written"):
        durable.write_file(tmp_path / "a.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    durable.write_file(path, b"old")
    code = """
import resource, signal, sys
from pathlib import Path
from archives.durable import write_file
from archives.errors import WriteError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_file(Path(sys.argv[1]), b"x" * 5000)
except WriteError as error:
    print(error)
"""
    out, err = shelf.run_python(code, path).communicate(timeout=300)

    assert err == ""
    assert "free space" in out
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_a_folder_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "2026").write_bytes(b"")

    with pytest.raises(WriteError, match="cannot be written"):
        durable.write_file(tmp_path / "2026" / "11" / "a.json", b"new")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON))
def test_a_sidecar_is_written_as_json_with_an_indentation_of_two(record: dict[str, object]) -> None:
    assert sidecar.to_bytes(record).decode() == json.dumps(record, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_has_no_word_for_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        sidecar.to_bytes({"checks": [number]})
