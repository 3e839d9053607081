"""Accessibility of every page, in both languages and both colour schemes.

A page is loaded once per language. In English everything is checked, with the colours of both
schemes; `make test` checks the dark colours of only every third page, since all pages share their
colours. The Spanish page has the same elements, so the tests check only what depends on its text:
its language, and whether it has room at the width of a small phone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.whole import WHOLE, only_whole

Inspect = Callable[..., "Inspector"]
ENGLISH = "en-GB"
languages = pytest.mark.parametrize("locale", [ENGLISH, pytest.param("es-ES", marks=only_whole)])
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
AXE = Axe().axe_script
RUN = """async ([scheme, options]) => {
    do await new Promise(requestAnimationFrame);
    while (!matchMedia(`(prefers-color-scheme: ${scheme})`).matches);
    await new Promise(requestAnimationFrame);
    for (let running; (running = document.getAnimations()).length;)
        await Promise.allSettled(running.map((one) => one.finished));
    return axe.run(options);
}"""  # otherwise colours are measured during their transition
# Without preloading, because axe would add a style to the page for it.
ALL = {"resultTypes": ["violations"], "preload": False}
COLOURS = {**ALL, "runOnly": ["color-contrast"]}


@dataclass
class Inspector:
    """Checks pages and collects problems.

    Args:
        page: the page to use.
        locale: the browser's language.
    """

    page: Page
    locale: str = ENGLISH
    problems: list[tuple[str, ...]] = field(default_factory=list)
    looks: int = field(default=0, init=False)

    def tour(self, addresses: Iterable[str], status: int = 200) -> None:
        """Check pages by their paths; in `make test`, every third one."""
        for address in list(addresses)[:: 1 if WHOLE else 3]:
            answer = self.page.goto(address)
            assert answer is not None
            assert answer.status == status, address
            shown = urlsplit(answer.url).path
            assert shown == urlsplit(address).path, f"{shown} instead of {address}"
            self.look()

    def look(self) -> None:
        address = self.page.url.split("/", 3)[3]
        if self.locale == ENGLISH:
            self.page.evaluate(AXE)
            self.page.emulate_media(color_scheme="light")
            self.axe(f"/{address}", "light", ALL)
            if WHOLE or self.looks % 3 == 0:
                self.page.emulate_media(color_scheme="dark")
                self.axe(f"/{address} in the dark", "dark", COLOURS)
            self.looks += 1
        language = self.page.evaluate("document.documentElement.lang")
        if not self.locale.startswith(language or "?"):
            self.problems.append((f"/{address}", f"in {language}"))
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0 and not address.startswith("admin/"):  # whose tables scroll
            self.problems.append((f"/{address}", f"{wider} px wider than a small phone"))
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def axe(self, where: str, scheme: str, options: dict[str, Any]) -> None:
        results = self.page.evaluate(RUN, [scheme, options])
        self.problems += [
            (where, violation["id"], violation["nodes"][0]["html"][:160])
            for violation in results["violations"]
            if violation["impact"] in ("serious", "critical")
        ]


def submit_unchecked(page: Page, form: str) -> None:
    """Submit a form without the browser's own validation."""
    with page.expect_navigation():
        page.locator(form).evaluate("form => { form.noValidate = true; form.submit(); }")
