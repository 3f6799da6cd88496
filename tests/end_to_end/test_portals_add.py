"""`kliping portals add` in a copy of the project: what it writes works at once and holds no borrowed word."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.commands import ROOT, Ended, environment

URL = "https://www.harian-kuala.example/daerah/2026/03/17/45123/warga-kuala-menanam-bakau-bersama"
SENTENCES = (
    "KUALA BARU - Puluhan warga menanam ribuan bibit bakau sepanjang pesisir yang terkikis gelombang.",
    "Kegiatan tersebut digagas kelompok pemuda setempat bersama nelayan dan pelajar sekolah menengah.",
    '"Kami berharap pantai kembali hijau," ujar Zulkarnain, ketua kelompok, seusai penanaman berlangsung.',
    "Pemerintah kabupaten menjanjikan perawatan bibit selama tiga tahun mendatang bagi kawasan itu.",
)
HEADLINE = "Warga Kuala Menanam Bakau Bersama"
PAGE = f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{HEADLINE} - Harian Kuala</title>
<meta property="og:site_name" content="Harian Kuala"><meta property="og:type" content="article"><meta name="description" content="{SENTENCES[1]}">
<link rel="canonical" href="{URL}"><link rel="stylesheet" href="/gaya.css"><script>var keywordBrandSafety = "{SENTENCES[0]}";</script>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "{HEADLINE}", "datePublished": "2026-03-17T09:05:00+07:00",
"author": {{"@type": "Person", "name": "Rahmawati Sulistyo"}}, "articleBody": "{SENTENCES[3]}"}}</script></head>
<body onload="mulai('{HEADLINE}')"><nav><ul><li><a href="/daerah">Daerah</a></li><li><a href="/olahraga">Olahraga</a></li></ul></nav>
<article><h1 class="judul-berita">{HEADLINE}</h1><div class="meta"><span class="nama">Rahmawati Sulistyo</span><span class="tanggal">Selasa, 17 Maret 2026 09:05 WIB</span></div>
<figure class="foto-utama"><img src="/img/bakau.jpg" alt="{SENTENCES[2]}" data-title="{HEADLINE}"><figcaption>Penanaman bakau serentak. (Dok. Kelompok Pemuda)</figcaption></figure>
<div class="isi-berita"><!-- {SENTENCES[3]} --><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>
<p>Baca juga: <a href="https://www.harian-kuala.example/daerah/2026/03/16/45001/perahu-nelayan-karam-diterjang-badai">Perahu Nelayan Karam Diterjang Badai</a></p><p>{SENTENCES[2]}</p><p>{SENTENCES[3]}</p></div>
<div class="halaman"><a class="active" href="{URL}?page=1">1</a> <a href="{URL}?page=2">2</a> <a href="{URL}?page=all">Semua</a></div>
<ul class="label"><li><a href="/tag/bakau">bakau</a></li><li><a href="/tag/pesisir">pesisir</a></li></ul></article>
<aside><h3>Terpopuler</h3><p>Harga cabai melonjak menjelang lebaran.</p></aside></body></html>"""  # noqa: E501
WORDS = " ".join((*SENTENCES, HEADLINE, "Rahmawati Sulistyo Perahu Karam")).lower()
ORIGINAL = set(re.findall(r"[a-z]{6,}", WORDS))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, since the command writes into it."""
    root = tmp_path_factory.mktemp("clone")
    for name in ("extractors", "archives", "crawler", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "scrapy.cfg"):
        shutil.copy(ROOT / name, root / name)
    (root / "page.html").write_text(PAGE, "utf-8")
    os.utime(root / "page.html", (1_773_800_000, 1_773_800_000))  # 18 March 2026
    return root


def run(root: Path, *words: str) -> Ended:
    command = [sys.executable, "-m", *words]
    env = environment({"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"})
    done = subprocess.run(
        command, cwd=root, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def add(root: Path, name: str, page: str, url: str = URL, *more: str) -> Ended:
    return run(root, "crawler.cli", "portals", "add", name, "--from", page, "--url", url, *more)


def written(root: Path, name: str) -> tuple[Path, Path, Path]:
    tests = root / "tests" / "extractors" / "portals"
    return root / "extractors" / "portals" / f"{name}.py", tests / f"{name}.html", tests / f"test_{name}.py"


@pytest.fixture(scope="module")
def added(clone: Path) -> Ended:
    return add(clone, "hariankuala", "page.html")


def test_it_says_what_it_has_written_and_what_comes_next(clone: Path, added: Ended) -> None:
    assert added.code == 0, added.err
    assert all(str(path) in added.out for path in written(clone, "hariankuala"))
    assert "4 paragraphs, rule hariankuala-2026; published 2026-03-17 09:05:00+07:00" in added.out
    assert "docs/adding-a-portal.md" in added.out


@pytest.mark.slow
def test_a_second_time_it_writes_nothing_over(clone: Path, added: Ended) -> None:
    before = [path.read_bytes() for path in written(clone, "hariankuala")]
    again = add(clone, "hariankuala", "page.html")
    assert (again.code, "is there already" in again.err) == (2, True)
    assert [path.read_bytes() for path in written(clone, "hariankuala")] == before


def test_what_stands_on_the_page_for_certain_is_suggested(clone: Path, added: Ended) -> None:
    portal = written(clone, "hariankuala")[0].read_text("utf-8")
    for found in ("judul-berita", "isi-berita", "tanggal", "foto-utama", "label", "halaman"):
        assert f"has_class('{found}')" in portal, found
    assert r'(r"/[\w-]+/(?:19|20)\d\d/\d{2}/\d{2}/\d+/[^/]+")' in portal
    assert 'whole=("page", "all")' in portal
    assert "date(2026, 3, 18)" in portal
    assert "writer" not in portal.replace("for certain: writer", "")


def test_no_word_of_the_newspaper_is_in_what_was_written(clone: Path, added: Ended) -> None:
    text = "".join(path.read_text("utf-8").lower() for path in written(clone, "hariankuala"))
    assert {word for word in ORIGINAL if re.search(rf"\b{word}\b", text)} == set()
    assert "baca juga" in text  # the newsroom's labels stay


@pytest.mark.slow
def test_its_tests_pass_and_its_style_is_ours_as_it_is(clone: Path, added: Ended) -> None:
    files = [str(path) for path in written(clone, "hariankuala") if path.suffix == ".py"]
    tests = run(clone, "pytest", "-q", "-p", "no:cacheprovider", files[1], "tests/extractors/test_portals.py")
    assert tests.code == 0, tests.out
    assert "hariankuala" in run(clone, "crawler.cli", "portals").out
    for check in (["check"], ["format", "--check"]):
        style = run(clone, "ruff", *check, "--no-cache", *files)
        assert style.code == 0, style.out
    types = run(clone, "mypy", "--cache-dir", str(clone / "types"), files[0])
    assert types.code == 0, types.out
