"""Actions and checks in people's browsers: the vocabulary of these tests."""

import time
from collections.abc import Callable, Sized

from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.patience import PATIENCE

Person = Callable[..., Page]


LONGEST_DELAY = 30.0  # seconds between two attempts to connect, see `connection.js`


def until(page: Page, condition: str, patience: float = PATIENCE) -> None:
    """Wait until a condition on the page's `session` is true.

    `wait_for_function` can't be used here: it treats a promise as true.
    """
    page.evaluate(
        """async ([condition, timeout]) => {
            const { session } = await import("trato/session");
            const conditions = {
                live: () => session.live,
                lost: () => session.connection && !session.live,
                polling: () => !session.live && session.pollTimer,
            };
            const deadline = Date.now() + timeout;
            while (!conditions[condition]()) {
                if (Date.now() > deadline) throw new Error(`the session is not ${condition}`);
                await new Promise((resume) => setTimeout(resume, 10));
            }
        }""",
        [condition, patience * 1000],
    )


def until_held(page: Page, held: Sized) -> None:
    """Wait until a route has put a held-back request into a list."""
    deadline = time.monotonic() + PATIENCE
    while not held:
        assert time.monotonic() < deadline, "the page has sent no such request"
        page.wait_for_timeout(20)  # lets the request arrive here


def live(page: Page) -> None:
    """Wait until the page's socket is open: later events arrive over it."""
    until(page, "live")


def returned(page: Page) -> None:
    """Wait until the page has found its server again after an outage."""
    until(page, "live", LONGEST_DELAY + PATIENCE)


def polling(page: Page) -> None:
    """Wait until the page has given up on its socket and polls over HTTP."""
    until(page, "polling")


def block_socket(page: Page) -> None:
    """Block this person's socket, like a proxy that doesn't support WebSockets."""
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
    """Wait until exactly this many of the reader's messages are unsent."""
    expect(page.locator(".message[data-pending]")).to_have_count(count)


def shows(page: Page, selector: str, text: str) -> None:
    """Wait until the last visible element has exactly this text; "" means that there is none."""
    page.wait_for_function(
        """([selector, text]) => {
            const all = [...document.querySelectorAll(selector)].filter((one) => !one.hidden);
            return (all.at(-1)?.textContent.trim() ?? "") === text;
        }""",
        arg=[selector, text],
    )


def says(page: Page, text: str) -> None:
    shows(page, ".message__body", text)


def state(page: Page, text: str) -> None:
    shows(page, ".message[data-side] [data-state]:not(:empty)", text)


def badge(page: Page, count: int) -> None:
    """Wait until the header's badge shows a number; 0 means that there is no badge."""
    shows(page, "[data-badge=conversations]", str(count or ""))


def message_menu(page: Page, number: int) -> None:
    """Open the menu of a message with the keyboard."""
    page.locator(f"#message-{number} .message__menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#message-{number} [data-do=link]")).to_be_visible()


def choose_in_menu(page: Page, number: int, act: str) -> None:
    message_menu(page, number)
    page.click(f"#message-{number} [data-do={act}]")
