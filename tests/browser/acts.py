"""What people do in their browsers and what they see there: the words of these tests."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from messaging.models import Conversation

Person = Callable[..., Page]
SECOND = 1000  # milliseconds
LATE = 4  # seconds after which what should take one has failed for good
TRIES = 3  # for a whole test to have nothing late in it, see `conftest`


class Late(AssertionError):
    """It came in the end, but not within a second."""


@contextmanager
def promptly() -> Iterator[None]:
    """What takes place inside takes less than a second.

    Raises:
        Late: it took longer, and the test may try again.
        AssertionError: it took so long that it may not.
    """
    since = time.monotonic()
    yield
    took = time.monotonic() - since
    assert took < LATE
    if took >= 1:
        raise Late(f"{took:.1f} s")


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
    with promptly():
        page.wait_for_function(
            """([selector, text]) => {
                const found = [...document.querySelectorAll(selector)].filter((one) => !one.hidden);
                return (found.at(-1)?.textContent.trim() ?? "") === text;
            }""",
            arg=[selector, text],
            timeout=LATE * SECOND,
        )


def says(page: Page, text: str) -> None:
    at_once(page, ".message__body", text)


def state(page: Page, text: str) -> None:
    at_once(page, ".message[data-side] [data-state]:not(:empty)", text)


def badge(page: Page, count: int) -> None:
    """The badge in the header tells the count; without anything unread there is none."""
    at_once(page, "[data-badge]", str(count or ""))
