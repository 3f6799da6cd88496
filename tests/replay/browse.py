"""Opens a WACZ file in ReplayWeb.page with Chromium and tells as JSON what a reader would see.

Runs under the tools' Python: browse.py CHROMIUM VIEWER-URL PHRASE TITLE FOLDER-FOR-PICTURES
"""

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Frame, Page, sync_playwright

SECONDS = 30
chromium, viewer, phrase, title, folder = sys.argv[1:]
pictures = Path(folder)
# Chromium's sandbox refuses to start for root. Only loopback has a name, whatever the pages ask for.
arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
arguments += ["--no-sandbox"] if os.geteuid() == 0 else []


def search(page: Page) -> list[str]:
    page.get_by_placeholder(re.compile("Search by")).fill(phrase)
    page.get_by_text(re.compile(r"^\s*\d+ pages?\s*$")).wait_for()
    return [
        "\n".join(text.text_content() or "" for text in entry.locator("keyword-mark").all())
        for entry in page.locator("wr-page-entry").all()
    ]


def replayed(page: Page, is_shown: Callable[[Frame], bool]) -> Frame:
    """The frame of the archived page, as soon as it shows what is expected."""
    for _ in range(SECONDS * 4):
        page.wait_for_timeout(250)
        for frame in page.frames:
            with suppress(Error):  # a frame that is just being replaced
                if "/w/" in frame.url and "mp_/http" in frame.url and is_shown(frame):
                    return frame
    raise TimeoutError(f"not shown: {[frame.url for frame in page.frames]}")


def has_phrase(frame: Frame) -> bool:
    return phrase in " ".join(frame.inner_text("body").split())


def photos(frame: Frame) -> list[str]:
    """Addresses of the pictures that were decoded."""
    decoded = "() => [...document.images].filter(i => i.complete && i.naturalWidth > 1).map(i => i.src)"
    return list(frame.evaluate(decoded))


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS * 1000)
    seen = {}

    page.goto(f"{viewer}#view=pages")
    page.locator("wr-page-entry").first.wait_for()
    seen["count"] = page.get_by_text(re.compile(r"of \d+ pages")).inner_text()
    page.screenshot(path=pictures / "1-page-list.png")

    seen["found"] = search(page)
    page.screenshot(path=pictures / "2-search.png")

    page.get_by_title(title, exact=True).click()
    frame = replayed(page, has_phrase)
    seen["address"] = frame.url
    page.screenshot(path=pictures / "3-page-2.png")

    page.goto(f"{viewer}#view=replay&url={frame.url.partition('mp_/')[2].partition('?')[0]}")
    frame = replayed(page, lambda frame: "?page=" not in frame.url and bool(photos(frame)))
    seen["photos"] = photos(frame)
    frame.evaluate("() => [...document.images].find(i => i.complete && i.naturalWidth > 1).scrollIntoView()")
    page.wait_for_timeout(500)
    page.screenshot(path=pictures / "4-photo.png")
    browser.close()

print(json.dumps(seen))
