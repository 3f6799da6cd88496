"""The gate itself: what it lets through, and what it says when it does not."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from extractors.article import PageReading, Part, PartType
from extractors.extract import read_page
from tests.quality import benchmark, unknown
from tests.quality.__main__ import main
from tests.quality.figures import Figure, Reader, leaks, paragraph_f1, word_f1
from tests.quality.floors import Floors, load, recorded
from tests.quality.suites import Suite, given, invented

FEW_PAGES = ("kabarutama", "kantorkabar", "verdict-video")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A copy of a few of the invented pages."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in FEW_PAGES:
        for ending in (".html", ".json"):
            shutil.copy(unknown.PAGES / f"{name}{ending}", folder)
    return folder


@pytest.fixture
def floors(tmp_path: Path, pages: Path) -> Path:
    """Floors that today's extraction reaches on these pages."""
    path = tmp_path / "floors.json"
    assert gate(invented(pages), path, "--record") == (0, "")
    return path


def gate(suite: Suite, path: Path, *arguments: str, read: Reader = read_page) -> tuple[int, str]:
    """The exit code, and what is said beside the tables."""
    out = io.StringIO()
    code = main(arguments, read=read, path=path, suites=[suite], console=Console(file=out, width=400))
    tables = "┏┃┡│└"
    lines = (line for line in out.getvalue().splitlines() if line[:1] not in tables)
    return code, "\n".join(line for line in lines if line.strip() != suite.name)


def without_the_last_part(body: bytes, *, url: str, captured_at: datetime) -> PageReading:
    reading = read_page(body, url=url, captured_at=captured_at)
    return replace(reading, parts=reading.parts[:-1])


def only_the_first_part(body: bytes, *, url: str, captured_at: datetime) -> PageReading:
    reading = read_page(body, url=url, captured_at=captured_at)
    return replace(reading, parts=reading.parts[:1])


def with_an_advertisement(body: bytes, *, url: str, captured_at: datetime) -> PageReading:
    reading = read_page(body, url=url, captured_at=captured_at)
    stray = Part(type=PartType.PARAGRAPH, text="Gulir untuk melanjutkan membaca promosi kami")
    return replace(reading, parts=(*reading.parts, stray) if reading.parts else ())


def test_the_project_reaches_its_own_floors_on_the_invented_pages() -> None:
    kept = load()[unknown.NAME].figures
    measured = {figure.name: figure for figure in unknown.measure(read_page)}
    assert kept.keys() == measured.keys()
    assert not [name for name, figure in measured.items() if figure.is_worse_than(kept[name])]


def test_extraction_that_loses_paragraphs_fails_and_the_figure_is_named(pages: Path, floors: Path) -> None:
    code, said = gate(invented(pages), floors, read=without_the_last_part)
    assert code == 1
    assert "word F1: fell by 0." in said
    assert "body paragraphs F1: kabarutama" in said
    assert "leaked lines" not in said


def test_a_leaked_line_fails_and_is_shown(pages: Path, floors: Path) -> None:
    code, said = gate(invented(pages), floors, read=with_an_advertisement)
    assert code == 1
    assert "leaked lines: rose from 0 to 2" in said
    assert "got      Gulir untuk melanjutkan membaca promosi kami" in said


def test_recording_never_lowers_a_floor_unless_asked(pages: Path, floors: Path) -> None:
    before = load(floors)
    assert gate(invented(pages), floors, "--record", read=without_the_last_part)[0] == 1
    assert load(floors) == before
    assert gate(invented(pages), floors, "--record", "--lower", read=without_the_last_part)[0] == 0
    assert load(floors)[unknown.NAME].figures["word F1"] < before[unknown.NAME].figures["word F1"]


def test_lower_alone_is_wrong_usage(pages: Path, floors: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        gate(invented(pages), floors, "--lower")
    assert stopped.value.code == 2


def test_a_changed_page_fails_until_it_is_recorded(pages: Path, floors: Path) -> None:
    page = pages / "kabarutama.html"
    page.write_bytes(page.read_bytes() + b"<!-- later -->")
    code, said = gate(invented(pages), floors)
    assert (code, "their content differs" in said) == (1, True)
    assert gate(invented(pages), floors, "--record")[0] == 0
    assert gate(invented(pages), floors) == (0, "")


def test_a_page_that_is_gone_needs_the_flag(pages: Path, floors: Path) -> None:
    (pages / "kantorkabar.html").unlink()
    assert "1 gone, 0 new" in gate(invented(pages), floors)[1]
    code, said = gate(invented(pages), floors, "--record")
    assert (code, "needs --lower: kantorkabar" in said) == (1, True)
    assert gate(invented(pages), floors, "--record", "--lower")[0] == 0


def test_without_floors_nothing_passes(pages: Path, tmp_path: Path) -> None:
    code, said = gate(invented(pages), tmp_path / "none.json")
    assert (code, "it has no floor" in said) == (1, True)


def test_a_floor_is_rounded_down() -> None:
    figure = Figure(name="word F1", value=0.99999, cases=3)
    assert recorded(Floors(), [figure], {}, lower=False).figures == {"word F1": 0.9999}


@pytest.fixture
def benchmark_folder(tmp_path: Path) -> Path:
    """Two invented pages in the benchmark's form."""
    folder = tmp_path / "benchmark"
    (folder / "html").mkdir(parents=True)
    told = {}
    for sheet in unknown.sheets():
        if sheet.name in {"kabarutama", "suarakota"}:
            (folder / "html" / f"{sheet.name}.html.gz").write_bytes(gzip.compress(sheet.markup))
            told[sheet.name] = {"url": sheet.url, "articleBody": "\n\n".join(sheet.body)}
    (folder / "ground-truth.json").write_text(json.dumps(told))
    return folder


def test_pages_from_outside_are_held_against_the_targets(benchmark_folder: Path, tmp_path: Path) -> None:
    assert gate(given(benchmark_folder), tmp_path / "none.json") == (0, "")


def test_falling_behind_trafilatura_fails(benchmark_folder: Path, tmp_path: Path) -> None:
    code, said = gate(given(benchmark_folder), tmp_path / "none.json", read=only_the_first_part)
    assert code == 1
    assert "kliping F1: fell by" in said
    assert "above trafilatura's best mode: fell by" in said


def test_the_benchmarks_score_is_its_authors() -> None:
    half = benchmark.score("satu dua tiga empat lima enam", "satu dua tiga empat lima tujuh")
    assert (half.found, half.extra, half.missed) == (0.5, 0.25, 0.25)
    assert benchmark.f1([half]) == pytest.approx(2 / 3)
    assert benchmark.f1([benchmark.score("satu dua", "satu dua")]) == 1
    assert benchmark.score("satu dua", "").recall == 0


def test_paragraphs_words_and_leaks_are_told_apart() -> None:
    truth = ["Air naik semalam.", "Warga mengungsi ke masjid."]
    assert paragraph_f1(truth, ["Air  naik\nsemalam.", "Warga mengungsi."]) == 0.5
    assert word_f1(truth, ["Air naik semalam Warga mengungsi ke masjid"]) == 1
    assert leaks(truth, ["Air naik semalam.", "Baca juga: Harga cabai turun", "Iklan"]) == [
        "Baca juga: Harga cabai turun",
        "Iklan",
    ]
