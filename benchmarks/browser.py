"""Measure how long two people in real browsers wait until something is on the screen."""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deploy import programs

from . import servers
from .stages import STAGES

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
TIMEOUT_MS = 30_000.0  # after which a step has failed
WARM_UP = 3  # rounds that are not counted
PROMISED_MS = 1000.0  # the promise: a message is visible, and a badge is correct, within a second

# Records when Enter was pressed and when an element's text changed, in milliseconds of a clock that
# all browsers on a machine share.
WATCH = """(() => {
    const parts = {
        message: ".message__body",
        state: ".message[data-side] [data-state]:not(:empty)",
        badge: "[data-badge=conversations]",
    };
    const said = {};
    const now = () => performance.timeOrigin + performance.now();
    window.seen = [];
    const look = () => {
        for (const [part, selector] of Object.entries(parts)) {
            const shown = [...document.querySelectorAll(selector)].filter((one) => !one.hidden);
            const text = shown.at(-1)?.textContent.trim() ?? "";
            if (said[part] !== text) {
                said[part] = text;
                window.seen.push({ part, text, at: now() });
            }
        }
    };
    new MutationObserver(look).observe(
        document, { subtree: true, childList: true, characterData: true, attributes: true });
    addEventListener("keydown", (event) => {
        if (event.key === "Enter") window.seen.push({ part: "enter", text: "", at: now() });
    }, true);
})()"""


@dataclass
class Waits:
    """The durations of one kind of step in milliseconds, one per round."""

    what: str
    milliseconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def most(self) -> float:
        return max(self.milliseconds)


def measure(rounds: int) -> list[Waits]:
    """Run a conversation between a shopper and a seller on one Daphne, PostgreSQL and Redis.

    Args:
        rounds: how often to measure each step.
    """
    with tempfile.TemporaryDirectory(prefix="trato-bench-browser-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user, who needs to enter
        with (
            servers.trato_for_browsers(folder / "trato") as system,
            system.serve(STAGES["daphne"]) as server,
            _two_browsers() as browsers,
        ):
            [(conversation, cookies)] = system.cohorts[servers.ALONE]
            site = f"http://localhost:{server.port}"
            shopper, seller = (
                _person(browser, site, cookie)
                for browser, cookie in zip(browsers, cookies, strict=True)
            )
            return _talk(shopper, seller, f"/conversation/{conversation}/", rounds)


def _talk(shopper: BrowserContext, seller: BrowserContext, thread: str, rounds: int) -> list[Waits]:
    asking, elsewhere, answering = shopper.new_page(), seller.new_page(), seller.new_page()
    asking.goto(thread)
    elsewhere.goto("/products/")
    inbox = seller.new_page()
    inbox.goto("/conversations/")
    for page in (asking, elsewhere, inbox):
        _go_live(page)
    counted = Waits("the badge on another page of the receiver counts it")
    cleared = Waits("opening the thread clears the badge on another page")
    shown = Waits("a message is on the receiver's screen")
    read = Waits('the sender sees "Read"')
    opened_by_key = Waits("Enter in the inbox shows the conversation")
    steps = (counted, cleared, shown, read, opened_by_key)
    for number in range(WARM_UP + rounds):
        answering.goto("/products/")
        # The page marks the last round's messages as read up to a quarter of a second later.
        elsewhere.wait_for_function(
            "() => document.querySelector('[data-badge=conversations]').hidden"
        )
        _write(asking, f"Still there? {number}")
        pressed = _seen(asking, "enter")
        took = [_seen(elsewhere, "badge", "1", since=pressed) - pressed]

        counted_at = pressed + took[0]
        answering.goto(thread)
        # At first, older unread messages may keep the last one out of view.
        answering.locator(".thread__scroll").evaluate("box => box.scrollTo(0, box.scrollHeight)")
        opened = _seen(answering, "message", f"Still there? {number}")
        took.append(_seen(elsewhere, "badge", since=counted_at) - opened)

        _go_live(answering)
        _write(asking, f"Hello? {number}")
        pressed = _seen(asking, "enter")
        took.append(_seen(answering, "message", f"Hello? {number}") - pressed)
        took.append(_seen(asking, "state", "Read", since=pressed) - pressed)

        inbox.locator(".inbox__link").first.focus()
        inbox.keyboard.press("Enter")
        pressed = _seen(inbox, "enter")
        took.append(_seen(inbox, "message", f"Hello? {number}", since=pressed) - pressed)
        inbox.keyboard.press("u")
        _seen(inbox, "message", since=pressed)
        if number >= WARM_UP:
            for waits, milliseconds in zip(steps, took, strict=True):
                waits.milliseconds.append(milliseconds)
    return [shown, counted, read, cleared, opened_by_key]


@contextmanager
def _two_browsers() -> Iterator[list[Browser]]:
    with sync_playwright() as playwright:
        path = programs.required("chromium")
        made = [playwright.chromium.launch(executable_path=path, args=FLAGS) for _ in range(2)]
        yield made
        for browser in made:
            browser.close()


def _person(browser: Browser, site: str, session: str) -> BrowserContext:
    context = browser.new_context(base_url=site)
    context.set_default_timeout(TIMEOUT_MS)
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    context.add_init_script(WATCH)
    return context


def _go_live(page: Page) -> None:
    """Wait until the page's socket is open."""
    page.evaluate(
        """async () => {
            const { session } = await import("trato/session");
            while (!session.live) await new Promise((resume) => setTimeout(resume, 20));
        }"""
    )


def _write(page: Page, text: str) -> None:
    page.fill("#composer-body", text)
    page.press("#composer-body", "Enter")


def _seen(page: Page, part: str, text: str = "", *, since: float = 0.0) -> float:
    """Wait until an element shows a text, and return the time when it did."""
    handle: Any = page.wait_for_function(
        """([part, text, since]) => window.seen.findLast(
            (one) => one.part === part && one.text === text && one.at > since)""",
        arg=[part, text, since],
    )
    at: float = handle.json_value()["at"]
    return at
