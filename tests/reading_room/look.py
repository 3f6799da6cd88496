"""A reader with Chromium, who looks at a report and at the views of coverage and runs, and tells as JSON what
there was to see. Runs under the tools' Python.

look.py CHROMIUM AXE FOLDER-FOR-PICTURES < {"pages": {name: address}, "live": address}
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

chromium, axe, folder = sys.argv[1:]
told = json.load(sys.stdin)
checks = Path(axe).read_text("utf-8")
# Chromium's sandbox refuses to start for root. Only loopback has a name, whatever the pages ask for.
arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
seen: dict[str, Any] = {"requests": [], "console": [], "axe": {}, "widths": {}, "live": []}


def new_page(browser: Browser, width: int, scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="en-GB", bypass_csp=True
    )
    context.set_default_timeout(30_000)
    context.on("request", lambda request: seen["requests"].append(request.url))
    page = context.new_page()
    page.on("console", lambda message: seen["console"].append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen["console"].append(f"error: {error}"))
    return page


def check(page: Page, name: str) -> None:
    page.evaluate(checks)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    seen["axe"][name] = [
        f"{item['impact']} {item['id']}: {item['nodes'][0]['html'][:160]}"
        for item in found["violations"]
        if item["impact"] in {"serious", "critical"}
    ]


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
    page = new_page(browser, 1280, "light")
    page.goto(told["live"])
    for _ in range(2):
        before = page.locator("#now + p + svg + dl").inner_text()
        seen["live"].append(before)
        page.wait_for_function(  # nothing of ours reloads the page: it asks for itself again
            "before => document.querySelector('#now + p + svg + dl')?.innerText !== before", arg=before
        )
    seen["live"].append(page.locator("#now + p + svg + dl").inner_text())
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        page = new_page(browser, width, scheme)
        for name, address in told["pages"].items():
            page.goto(address)
            label = f"{name}-{scheme}-{width}"
            seen["widths"][label] = page.evaluate("document.documentElement.scrollWidth") - width
            check(page, label)
            page.screenshot(path=Path(folder) / f"{label}.png")
    browser.close()
print(json.dumps(seen))
