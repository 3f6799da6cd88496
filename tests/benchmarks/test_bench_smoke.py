"""The benchmark still runs and still checks its contestants. Its times are not judged here."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.bench import Bench, BenchmarkError, LeftOutError, program
from tests.benchmarks.measure import measured
from tests.benchmarks.nginx import NoServerError, Served, find_nginx, serving
from tests.benchmarks.offline import members
from tests.benchmarks.ours import check_sidecars
from tests.benchmarks.pages import bodies, cpu_per_page
from tests.benchmarks.portal import EnlargedPortal, make_pack
from tests.benchmarks.rows import EXPERIMENTS, LONG, ROWS, Line, lines
from tests.benchmarks.site import Site, make_site
from tests.support.needed import missing

ROOT = Path(__file__).resolve().parents[2]
PAGES = 22
PEERS_OF_THEIR_OWN = {"warcprox", "news-please"}
"""In environments that `bin/bench` makes, and the tests do not."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Served]]:
    try:
        find_nginx()
    except NoServerError as error:
        missing(str(error))
    site = make_site(PAGES, tmp_path_factory.mktemp("site"))
    with serving(site) as server:
        yield site, server


@pytest.mark.slow
def test_the_whole_set_gives_a_table_and_keeps_its_figures(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--pages", str(PAGES), "--json", str(kept)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    said = json.loads(kept.read_text())
    assert set(said["left_out"]) <= PEERS_OF_THEIR_OWN
    assert set(said["figures"]) | PEERS_OF_THEIR_OWN >= set(EXPERIMENTS)
    assert {line["row"] for line in said["lines"]} == set(ROWS)
    assert all(line["measured"] > 0 for line in said["lines"])
    assert said["versions"]["nginx"]
    assert run.stdout.count(" met") + run.stdout.count(" missed") == sum(
        line["verdict"] != "" for line in said["lines"]
    )
    figures = said["figures"]
    assert figures["again-all"]["asked"] == figures["again-all"]["due"] > figures["again"]["due"]
    assert figures["again-all"]["not_modified"] > PAGES


@pytest.mark.slow
def test_figures_of_other_experiments_stay_in_the_file(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    earlier = {"kliping": {"cpu": 9.0, "pages": 3000, "peak_mb": 100.0}}
    kept.write_text(json.dumps({"figures": earlier, "measured": {"kliping": "2026-11-26"}}))
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks",
        "--pages",
        "10",
        "--only",
        "curl",
        "--json",
        str(kept),
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    said = json.loads(kept.read_text())
    assert said["figures"]["kliping"] == earlier["kliping"]
    assert said["figures"]["curl"]["requests"] == said["figures"]["curl"]["pages"]
    assert "≤ 10 CPU s" in run.stdout


def asked(server: Served, url: str, *options: str) -> tuple[int, dict[str, str], bytes]:
    """Status, header fields and body of an answer through the server as a proxy."""
    command = ["curl", "--silent", "--proxy", server.url, "--include", *options, url]
    head, _, body = subprocess.run(command, capture_output=True, check=True).stdout.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return int(status.split()[1]), {name.lower(): value for name, _, value in pairs}, body


def test_pages_are_answered_as_gzip_or_as_they_are(served: tuple[Site, Served]) -> None:
    site, server = served
    url = site.urls[-1]
    packed = site.file_of(url).read_bytes()
    status, fields, body = asked(server, url, "--raw", "--header", "Accept-Encoding: gzip")
    assert (status, fields["content-encoding"], body) == (200, "gzip", packed)
    status, fields, body = asked(server, url)
    assert (status, body) == (200, gzip.decompress(packed))
    assert "content-encoding" not in fields
    assert 100_000 < len(body) < 185_000
    direct = f"{server.direct}/{url.removeprefix('http://')}"
    assert subprocess.run(["curl", "-s", direct], capture_output=True, check=True).stdout == body


@pytest.mark.parametrize("options", [(), ("--header", "Accept-Encoding: gzip")])
def test_an_unchanged_page_is_answered_with_304(
    served: tuple[Site, Served], options: tuple[str, ...]
) -> None:
    site, server = served
    _, fields, _ = asked(server, site.urls[0], *options)
    condition = ("--header", f"If-None-Match: {fields['etag']}")
    status, _, body = asked(server, site.urls[0], *options, *condition)
    assert (status, body) == (304, b"")


def test_what_is_gone_or_has_moved_is_told_as_the_demo_portal_tells_it(served: tuple[Site, Served]) -> None:
    site, server = served
    old, new = next(iter(site.moved.items()))
    status, fields, _ = asked(server, f"http://{old}?page=2")
    assert (status, fields["location"]) == (301, f"{new}?page=2")
    assert [asked(server, f"http://{address}")[0] for address in site.gone] == [410]
    status, _, body = asked(server, "http://lembah.kabarnusa.localhost/daerah/1/tidak-ada")
    assert status == 404
    assert b"kabar Sulawesi Selatan" in body


def test_every_list_is_there(served: tuple[Site, Served]) -> None:
    site, server = served
    position = server.position()
    links = "".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in site.lists)
    command = ["curl", "--silent", "--proxy", server.url, "--config", "-"]
    subprocess.run(command, input=links.encode(), check=True)
    assert server.statuses(position) == {200: len(site.lists)}


def test_a_portal_of_many_newsrooms_has_other_articles_in_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.portal.ROOM", 60)
    newsroom = EnlargedPortal(130).newsroom
    texts = {str(article.pages) for article in newsroom.articles()}
    assert len({card.url for card in newsroom.cards}) == len(newsroom.cards)
    assert len(texts) == sum(card.kind == "article" for card in newsroom.cards) > 120


def test_members_of_a_warc_file_are_told_with_their_lengths(tmp_path: Path) -> None:
    records = [b"satu" * 400_000, b"dua", b"tiga" * 10]
    packed = [gzip.compress(record) for record in records]
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"".join(packed))
    assert list(members(path)) == list(zip(records, map(len, packed), strict=True))


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (Line(row="x", what="x", measured=10, unit="MB", limit=10), "met"),
        (Line(row="x", what="x", measured=10.1, unit="MB", limit=10), "missed"),
        (Line(row="x", what="x", measured=10, unit="MB", limit=11, at_least=True), "missed"),
        (Line(row="x", what="x", measured=10, unit="MB", peer="y", peer_measured=30, limit=0.4), "met"),
        (Line(row="x", what="x", measured=10, unit="MB", peer="y", peer_measured=20, limit=0.4), "missed"),
        (Line(row="x", what="x", measured=10, unit="MB", peer="y", peer_measured=20), ""),
    ],
)
def test_a_verdict_is_that_of_the_limit(line: Line, verdict: str) -> None:
    assert line.verdict == verdict


def test_memory_of_a_larger_portal_may_be_a_tenth_more() -> None:
    def told(long: float) -> list[str]:
        found = {"kliping": {"cpu": 9.0, "pages": 3000, "peak_mb": 100.0}}
        found[LONG] = {"pages": 100_000, "peak_mb": long}
        return [line.verdict for line in lines(found) if line.row == "memory"]

    assert told(109) == ["met", "met", "met"]
    assert told(111) == ["met", "met", "missed"]
    assert told(251) == ["met", "missed", "missed"]


def test_a_command_that_fails_gives_no_figures(served: tuple[Site, Served], tmp_path: Path) -> None:
    bench = Bench(*served, tmp_path)
    with pytest.raises(BenchmarkError, match=r"x: exit code 3; .*(\n.*)*it went wrong"):
        bench.run("x", ["sh", "-c", "echo it went wrong; exit 3"], pages=1)


def test_a_peer_that_is_not_there_is_left_out() -> None:
    with pytest.raises(LeftOutError, match="nobody-has-this"):
        program("nobody-has-this")


@pytest.mark.slow
def test_the_ledger_is_measured_beside_scrapys_own(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.ledger", "--known", "300", "--queued", "40"]
    run = subprocess.run(
        [*command, "--json", str(kept)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    said = json.loads(kept.read_text())
    assert (said["known"], said["queued"]) == (300, 40)
    ours, theirs = said["figures"]["ledger"], said["figures"]["Scrapy, JOBDIR"]
    for name in ("look_up_us", "next_us", "memory_mb", "disk_mb"):
        assert ours[name] > 0
        assert theirs[name] > 0
    assert ours["commit_ms"] > 0


def test_a_crawl_that_left_something_out_gives_no_figures(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="the portal has 30 articles with 66 pages"):
        check_sidecars(tmp_path, articles=30, pages=66)


_BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_cpu_of_orphans_is_counted(tmp_path: Path) -> None:
    """The command ends at once; its grandchild, which nobody waits for, still burns CPU."""
    start = "import subprocess, sys; subprocess.{}([sys.executable, '-c', {!r}])"
    program = start.format("run", start.format("Popen", _BURN))
    result = measured([sys.executable, "-c", program], folder=tmp_path, name="orphan")
    assert result.exit_code == 0
    assert result.cpu_others >= 0.3


def test_memory_of_the_whole_tree_is_counted(tmp_path: Path) -> None:
    hold = "hold = bytearray(b'x') * (40 << 20)"
    child = f"import time; {hold}; time.sleep(0.5)"
    program = f"import subprocess, sys; {hold}; subprocess.run([sys.executable, '-c', {child!r}])"
    result = measured([sys.executable, "-c", program], folder=tmp_path, name="memory")
    assert result.peak_main >= 40 << 20
    assert result.peak >= 80 << 20


def test_reading_pages_is_measured_beside_its_peers(tmp_path: Path) -> None:
    pages = bodies(make_pack(1, tmp_path))
    figures = cpu_per_page(pages, rounds=1)
    assert list(figures) == ["lxml, the tree alone", "read_page", "trafilatura, default"]
    assert all(100_000 < len(body) < 185_000 for _, body in pages)


def test_pages_that_are_no_articles_give_no_figures() -> None:
    with pytest.raises(RuntimeError, match="no article"):
        cpu_per_page([("http://pesisir.kabarnusa.localhost/x", b"<p>x</p>")], rounds=1)


@pytest.mark.slow
def test_an_export_is_measured_beside_plain_pyarrow(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.export", "--articles", "60", "--json", str(kept)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    figures = json.loads(kept.read_text())["figures"]
    assert {name: found["articles"] for name, found in figures.items()} == dict.fromkeys(figures, 60)
    assert {"jsonl", "parquet", "plain pyarrow"} <= set(figures)
    # Sixty articles cost less than starting up differs from one time to the next, so no sign of cpu_s either.
    assert all(found["cpu_s"] and found["peak_mb"] > 0 for found in figures.values())
