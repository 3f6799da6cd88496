"""The report and the views of coverage and runs in the system's Chromium, and a crawl seen while it runs."""

from __future__ import annotations

import json
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archives.catalogue import Catalogue
from reading_room.report import make_report, render
from tests.archives import shelf
from tests.end_to_end.commands import start
from tests.reading_room.browsing import AXE, browsing
from tests.replay import tools
from tests.support.needed import missing
from tests.support.year import FIRST, RATES, Year, host_name, make_year

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def rate(host: str, field: str, day: date) -> float:
    lost = host == host_name(1) and field == "credit" and day >= FIRST + timedelta(50)
    return 0.03 if lost else RATES[field]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not tools.are_there() or not AXE.is_file():
        missing("other people's tools are not installed beside ours; run bin/tools")
    folder = tmp_path_factory.mktemp("looked")
    network = shelf.make_collection(folder / "network")
    rates = make_year(network, Year(hosts=6, days=70, articles=12, rate=rate))
    catalogue = Catalogue(network.catalogue, read_only=True)
    page = folder / "report.html"
    page.write_text(render(make_report(network, catalogue, rates)), "utf-8")
    catalogue.close()
    rates.close()
    crawled = folder / "crawled"
    process = start("crawl", "demo", "-s", "KLIPING_PACE=2", collection=crawled)
    try:
        while not (crawled / ".owner.json").exists():
            assert process.poll() is None
        with browsing(str(network.root)) as room, browsing(str(crawled)) as other:
            host = host_name(1)
            pages = {
                "report": page.as_uri(),
                "coverage": f"{room}/coverage",
                "host": f"{room}/coverage/{host}",
                "day": f"{room}/coverage/{host}/{FIRST}",
                "field": f"{room}/coverage/{host}/fields/credit",
                "runs": f"{room}/runs",
                "run": f"{room}/runs/7",
            }
            return looked(folder, {"pages": pages, "live": f"{other}/runs"})
    finally:
        process.kill()
        process.communicate()


def looked(folder: Path, told: dict[str, Any]) -> dict[str, Any]:
    script = Path(__file__).with_name("look.py")
    answer = subprocess.run(
        [tools.TOOLS / "venv/bin/python", script, tools.CHROMIUM, AXE, folder],
        input=json.dumps(told), capture_output=True, text=True, check=False,
        timeout=300, env=tools.environment(),
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_nothing_is_said_on_the_console_and_nothing_is_asked_of_anybody_else(seen: dict[str, Any]) -> None:
    assert seen["console"] == []
    assert [url for url in seen["requests"] if not url.startswith(("http://127.0.0.1:", "file:///"))] == []
    assert [url for url in seen["requests"] if url.startswith("file:")] == [
        url for url in seen["requests"] if url.endswith("/report.html")
    ], "a report needs nothing beside itself"


def test_no_page_is_wider_than_a_phone(seen: dict[str, Any]) -> None:
    assert {name: over for name, over in seen["widths"].items() if over > 0} == {}
    assert len(seen["widths"]) == 21


def test_axe_finds_nothing_serious_in_light_and_dark_and_on_a_phone(seen: dict[str, Any]) -> None:
    assert {name: found for name, found in seen["axe"].items() if found} == {}


def test_a_crawl_in_another_process_is_watched_without_a_script(seen: dict[str, Any]) -> None:
    assert len(set(seen["live"])) == 3
    assert all("Answers" in told for told in seen["live"])
