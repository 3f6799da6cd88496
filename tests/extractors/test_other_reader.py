"""trafilatura comes without what it would load for languages, and whoever needs that can still have it."""

from __future__ import annotations

import subprocess
import sys

TEXT = "Nelayan pulang lebih awal karena ombak tinggi, dan pasar ikan tutup pada sore hari itu juga."
PROGRAM = f"""
import sys
{{before}}
from lxml.html import fromstring
from extractors.other_reader import bare_extraction
page = fromstring("<html><body><article>" + "<p>{TEXT}</p><p>Kapal kembali esok pagi, kata mereka.</p>" +
                  "</article></body></html>")
assert "Nelayan" in bare_extraction(page, with_metadata=False).text
print(sorted({{{{"trafilatura", "py3langid", "numpy"}}}} & set(sys.modules)))
import py3langid
print(py3langid.classify({TEXT!r})[0])
"""


def said(before: str) -> list[str]:
    """What a fresh process says that reads a page, with or without a line before it."""
    command = [sys.executable, "-c", PROGRAM.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_page_is_read_without_the_language_model() -> None:
    assert said("") == ["['trafilatura']", "id"]


def test_what_is_loaded_already_stays() -> None:
    assert said("import py3langid") == ["['numpy', 'py3langid', 'trafilatura']", "id"]
