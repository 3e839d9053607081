"""What people do in their browsers and what they see there: the words of these tests."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.patience import PATIENCE

Person = Callable[..., Page]


def until(page: Page, condition: str) -> None:
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
            };
            const deadline = Date.now() + timeout;
            while (!conditions[condition]()) {
                if (Date.now() > deadline) throw new Error(`the session is not ${condition}`);
                await new Promise((resume) => setTimeout(resume, 10));
            }
        }""",
        [condition, PATIENCE * 1000],
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


def shows(page: Page, selector: str, text: str) -> None:
    """The last visible element there comes to have just this text, or "" if there is none."""
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
    """The badge in the header tells the count; without anything unread there is none."""
    shows(page, "[data-badge]", str(count or ""))
