"""A reader with Chromium, who tells as JSON what there was to see. Runs under the tools' Python.

visit.py CHROMIUM ROOM AXE FOLDER-FOR-PICTURES < {"article": …, "phrase": …, "edited": …, "hostile": …}
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright

chromium, room, axe, folder = sys.argv[1:]
told = json.load(sys.stdin)
pictures = Path(folder)
checks = Path(axe).read_text("utf-8")
# Chromium's sandbox refuses to start for root. Only loopback has a name, whatever the pages ask for.
arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
arguments += ["--no-sandbox"] if os.geteuid() == 0 else []

seen: dict[str, Any] = {"requests": [], "console": [], "dialogs": [], "refused": [], "axe": {}, "widths": {}}


def reader(browser: Browser, **more: object) -> BrowserContext:
    """A new reader, of whom every request and every word on the console is noted."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | more)
    context.set_default_timeout(20_000)
    context.on("request", lambda request: seen["requests"].append(request.url))
    context.on("page", watch)
    return context


def watch(page: Page) -> None:
    page.on("console", lambda message: seen["console"].append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen["console"].append(f"error: {error}"))
    page.on("dialog", lambda dialog: (seen["dialogs"].append(dialog.message), dialog.dismiss()))
    page.on(
        "response",
        lambda answer: (
            seen["refused"].append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
        ),
    )


def check(page: Page, name: str) -> None:
    """What axe-core finds in our own page. The frame holds somebody else's, as it was."""
    page.evaluate(checks)
    found = page.evaluate("axe.run(document, {iframes: false, resultTypes: ['violations']})")
    seen["axe"][name] = [
        f"{item['impact']} {item['id']}: {item['nodes'][0]['html'][:160]}"
        for item in found["violations"]
        if item["impact"] in {"serious", "critical"}
    ]


def frame_of(page: Page) -> Frame:
    element = page.wait_for_selector("iframe")
    frame = element.content_frame() if element else None
    assert frame is not None
    frame.wait_for_load_state()
    return frame


DECODED = "() => [...document.images].filter(i => i.complete && i.naturalWidth > 1).length"
STYLED = "() => [...document.querySelectorAll('link[rel=stylesheet]')].filter(one => one.sheet).length"


def read_the_article(browser: Browser) -> None:
    """Beside the original with its photo; page 2 of it; a link out of the frame."""
    context = reader(browser)
    page = context.new_page()
    page.goto(room + told["article"])
    frame = frame_of(page)
    seen["photos"] = page.evaluate(DECODED)
    seen["photos_in_frame"] = frame.evaluate(DECODED)
    seen["sheets_in_frame"] = frame.evaluate(STYLED)
    seen["frame_is_alone"] = frame.evaluate("() => window.origin")
    check(page, "article")
    page.screenshot(path=pictures / "article.png")
    page.locator(".tabs a", has_text="2").click()
    page.wait_for_url("**page=2**")
    frame = frame_of(page)
    seen["page_2"] = " ".join(frame.inner_text("body").split())
    seen["page_2_address"] = page.url
    frame.locator("a[target=_top]").first.click()
    page.wait_for_url(lambda url: "original" not in url and told["article"] not in url)
    seen["led_to"] = page.url
    context.close()


def show_the_token(browser: Browser) -> None:
    """Without it nothing; with it once in the address everything, the frame and its pictures, too."""
    context = reader(browser)
    page = context.new_page()
    room_with_token, _, token = told["guarded"].partition("/?")
    seen["without_token"] = page.request.get(room_with_token + told["article"]).status
    page.goto(f"{room_with_token}{told['article']}?{token}")
    frame = frame_of(page)
    seen["token_in_address"] = "token" in page.url
    seen["guarded_photos"] = [page.evaluate(DECODED), frame.evaluate(DECODED)]
    page.locator(".tabs a", has_text="2").click()
    page.wait_for_url("**page=2**")
    frame_of(page).locator("a[target=_top]").first.click()
    page.wait_for_url(lambda url: told["article"] not in url)
    seen["guarded_heading"] = page.locator("h1").inner_text()
    context.close()


def compare_versions(browser: Browser) -> None:
    context = reader(browser)
    page = context.new_page()
    page.goto(room + told["edited"])
    page.locator("select[name=from]").select_option("1")
    page.locator("select[name=to]").select_option("3")
    page.locator(".record form button").click()
    seen["changes"] = page.url
    seen["removed"] = page.locator("del bdi").all_inner_texts()
    seen["added"] = page.locator("ins bdi").all_inner_texts()
    check(page, "changes")
    page.screenshot(path=pictures / "changes.png")
    context.close()


def meet_the_hostile(browser: Browser) -> None:
    context = reader(browser)
    page = context.new_page()
    page.goto(room + told["hostile"])
    frame = frame_of(page)
    page.wait_for_timeout(500)
    seen["owned"] = [one.evaluate("() => window.owned || ''") for one in (page, frame)]
    seen["hostile_title"] = page.locator("h1").inner_text()
    seen["live_links"] = page.locator("a[href^='javascript'], a[href^='data']").count()
    page.goto(room + told["hostile"] + "/original/1")  # by itself, without a frame around it
    page.wait_for_timeout(500)
    seen["owned"].append(page.evaluate("() => window.owned || ''"))
    context.close()


def use_the_keyboard(browser: Browser) -> None:
    """The skip link, then on to the original's second page, and nothing but keys."""
    context = reader(browser)
    page = context.new_page()
    page.goto(room + told["article"])
    focused = "() => document.activeElement.outerHTML.slice(0, 120)"
    page.keyboard.press("Tab")
    seen["first_focus"] = page.evaluate(focused)
    seen["outline"] = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    seen["skipped_to"] = page.evaluate("() => document.activeElement.id")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => Boolean(document.activeElement.closest('.tabs'))"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2**")
    seen["keyed_to"] = page.url
    context.close()


def search_the_list(browser: Browser) -> None:
    """A query, a facet, the next page, an article, with the mouse; then a query with nothing but keys."""
    context = reader(browser)
    page = context.new_page()
    page.goto(room + "/")
    seen["listed"] = page.locator(".entry").count()
    seen["next"] = page.locator(".pager a[rel=next]").get_attribute("href")
    page.locator("#q").fill("warga")
    page.locator("form.search button").click()
    seen["searched"] = page.url
    seen["marks"] = page.locator(".entry mark").count()
    check(page, "search")
    page.screenshot(path=pictures / "list.png")
    facet = page.locator(".facet a", has_text="Ekonomi")
    seen["facet_count"] = facet.locator(".number").inner_text()
    facet.click()
    seen["narrowed"] = page.url
    seen["narrowed_count"] = page.locator("#count").inner_text()
    page.locator(".chips a").first.click()
    seen["widened"] = page.url
    page.locator(".entry h4 a").first.click()
    seen["opened"] = page.url
    page.goto(room + "/")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id") == "q":
            break
    page.keyboard.type('"warga"')
    page.keyboard.press("Enter")
    page.wait_for_url("**q=%22warga%22**")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => Boolean(document.activeElement.closest('.entry'))"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    seen["keyed_to_article"] = page.url
    context.close()


def hold_a_phone(browser: Browser) -> None:
    context = reader(browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    for name, path in told["views"].items():
        page.goto(room + path)
        seen["widths"][name] = page.evaluate("() => document.documentElement.scrollWidth")
        page.screenshot(path=pictures / f"phone-{name}.png")
    check(page, "phone")
    context.close()


def sit_in_the_dark(browser: Browser) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    for scheme in ("light", "dark"):
        context = reader(browser, color_scheme=scheme)
        page = context.new_page()
        for name, path in told["views"].items():
            page.goto(room + path)
            check(page, f"{name}-{scheme}")
        seen[scheme] = page.evaluate(ground)
        page.screenshot(path=pictures / f"{scheme}.png")
        context.close()


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
    read_the_article(browser)
    show_the_token(browser)
    compare_versions(browser)
    meet_the_hostile(browser)
    use_the_keyboard(browser)
    search_the_list(browser)
    hold_a_phone(browser)
    sit_in_the_dark(browser)
    browser.close()

print(json.dumps(seen))
