"""Count what a browser with an empty cache requests, with Chromium."""

from collections import Counter
from typing import Any

from playwright.sync_api import Browser, Request, sync_playwright

from benchmarks.browser import FLAGS
from deploy import programs

AIM = 22  # requests before photos
SETTLE_MS = 1500  # after the load event


def count(site: str, cookie: str, pages: dict[str, Any]) -> list[str]:
    """Return the lines of a table: requests of a first visit to each page, without photos."""
    if not (chromium := programs.find("chromium")):
        return [f"Not found: chromium (Debian package: {programs.PACKAGES['chromium']})."]
    lines = [f"Requests of a first visit before photos (aim: {AIM} at most), and their bytes"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for name, (key, paths) in pages.items():
            if name != "badge JSON":
                lines.append(f"{name:30}{_visit(browser, site, cookie, key, paths[0])}")
        browser.close()
    return lines


def _visit(browser: Browser, site: str, cookie: str, key: str, path: str) -> str:
    context = browser.new_context(base_url=site)
    if key:
        context.add_cookies([{"name": cookie, "value": key, "url": site}])
    page = context.new_page()
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(path, wait_until="load")
    page.wait_for_timeout(SETTLE_MS)
    kinds = Counter(one.resource_type for one in asked if "/media/" not in one.url)
    sizes = sum(one.sizes()["responseBodySize"] for one in asked if "/media/" not in one.url)
    context.close()
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    return f"{kinds.total():>10}{sizes:>11,}   {told}"
