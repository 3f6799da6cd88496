"""A clock that jumps back, in the middle of a crawl and between two: the archive's order does not follow it.

libfaketime (Debian's package `faketime`, which `bin/tools` installs) tells the crawl another time.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.demo.portal import DemoPortal
from tests.end_to_end.commands import Ended, ended, kliping, sidecars, start, without_provenance
from tests.end_to_end.test_interruption import wait_for_articles
from tests.support.needed import missing
from tests.support.portal import serving

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")


@pytest.fixture
def library() -> Path:
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern.removeprefix("/"))]
    if not found:
        missing("libfaketime is not there; run bin/tools, or apt install faketime")
    return found[0]


def dates(collection: Path) -> list[str]:
    """The days in the WARC files' names, in the order of their serial numbers."""
    names = [re.findall(r"-(\d{8})T\d+Z-(\d+)-", path.name)[0] for path in collection.glob("archive/*.gz")]
    return [day for day, _ in sorted(names, key=lambda name: int(name[1]))]


@pytest.mark.slow
def test_a_clock_that_jumps_back_costs_no_article_and_breaks_no_promise(
    library: Path, demo: tuple[Path, Ended], tmp_path: Path
) -> None:
    collection, clock = tmp_path / "collection", tmp_path / "clock"
    faked = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    clock.write_text("+0")
    with serving(DemoPortal()) as running:
        words = (
            "crawl",
            "demo",
            "-s",
            f"KLIPING_DEMO_ROUTE={running.url}",
            "-s",
            "KLIPING_WARC_BYTES=300000",
        )
        crawl = start(*words, collection=collection, env=faked)
        wait_for_articles(collection, 20)
        clock.write_text("-3d")
        first = ended(crawl)
        clock.write_text("-40d")
        again = kliping(*words, "-a", "recheck=all", collection=collection, env=faked)

    assert (first.code, again.code) == (0, 0), first.err + again.err
    days = dates(collection)
    assert days[-1] < days[0]
    assert len(set(days)) == 3
    verified = kliping("verify", collection=collection)
    assert (verified.code, "everything as promised" in verified.out) == (0, True), verified.out
    ours, theirs = sidecars(collection), sidecars(demo[0])
    assert {url: without_provenance(item) for url, item in ours.items()} == {
        url: without_provenance(item) for url, item in theirs.items()
    }
    assert "60 same, 0 changed, 0 new" in kliping("reextract", collection=collection).out
