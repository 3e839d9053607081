"""What people do in their browsers and what they see there: the words of these tests."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from messaging.models import Conversation

Person = Callable[..., Page]
SECOND = 1000  # milliseconds


def until(page: Page, condition: str, timeout: int = 10 * SECOND) -> None:
    """Wait until something is true of the page's `session`.

    `wait_for_function` does not help here: a promise is as good as true to it.
    """
    page.evaluate(
        """async ([condition, timeout]) => {
            const { session } = await import("trato/session");
            const conditions = {
                live: () => session.live,
                lost: () => session.connection && !session.live,
                polling: () => !session.live && session.pollTimer,
                "failed four times": () => session.connection.failures === 4,
            };
            const deadline = Date.now() + timeout;
            while (!conditions[condition]()) {
                if (Date.now() > deadline) throw new Error(`the session is not ${condition}`);
                await new Promise((resume) => setTimeout(resume, 10));
            }
        }""",
        [condition, timeout],
    )


def live(page: Page) -> None:
    """The page has its socket: what is heard from now on comes over it."""
    until(page, "live")


def polling(page: Page) -> None:
    """The page has given up on its socket and asks over HTTP."""
    until(page, "polling")


def block_socket(page: Page) -> None:
    """No socket for this person, as behind a proxy that does not know them."""
    page.context.route_web_socket("**/ws/", lambda socket: socket.close())


def open_thread(page: Page, conversation: Conversation, *, wait: bool = True) -> None:
    page.goto(conversation.get_absolute_url())
    if wait:
        live(page)


def write(page: Page, text: str) -> None:
    page.fill("#composer-body", text)
    page.press("#composer-body", "Enter")


def bodies(page: Page) -> list[str]:
    return page.locator(".message__body").all_inner_texts()


def waits(page: Page, count: int) -> None:
    """So many lines of the page's reader are not sent yet."""
    expect(page.locator(".message[data-pending]")).to_have_count(count)


def at_once(page: Page, selector: str, text: str) -> None:
    """Within a second, the last element there has just this text.

    It looks at every frame that is drawn; `expect` looks after half a second, and then too late.
    """
    page.wait_for_function(
        """([selector, text]) => {
            const found = [...document.querySelectorAll(selector)].filter((one) => !one.hidden);
            return (found.at(-1)?.textContent.trim() ?? "") === text;
        }""",
        arg=[selector, text],
        timeout=SECOND,
    )


def says(page: Page, text: str) -> None:
    at_once(page, ".message__body", text)


def state(page: Page, text: str) -> None:
    at_once(page, ".message[data-side] [data-state]:not(:empty)", text)


def badge(page: Page, count: int) -> None:
    """The badge in the header tells the count; without anything unread there is none."""
    at_once(page, "[data-badge]", str(count or ""))


class Stopwatch:
    """`with watch:` times what takes place inside; `slowest` is the longest time, in seconds."""

    slowest = 0.0

    def __enter__(self) -> None:
        self.since = time.monotonic()

    def __exit__(self, *failure: object) -> None:
        self.slowest = max(self.slowest, time.monotonic() - self.since)
