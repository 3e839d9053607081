"""The outbox's storage in a browser."""

import datetime

from playwright.sync_api import Page, expect

from messaging.models import Conversation, Message
from tests.browser.acts import live, open_thread, waits, write
from tests.browser.lines import Line


def stored() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


def is_sent(page: Page) -> None:
    expect(page.locator("[data-state]").last).to_have_text("Sent")


def age(page: Page, days: float) -> None:
    """Make all waiting messages and notes this much older."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    page.evaluate(
        """then => {
            for (const key of Object.keys(localStorage)) {
                if (!/^trato-(outbox|notes)-/.test(key)) continue;
                const entry = { ...JSON.parse(localStorage.getItem(key)), created_at: then };
                localStorage.setItem(key, JSON.stringify(entry));
            }
        }""",
        then.isoformat(),
    )


def come_back_with_old_lines(page: Page, conversation: Conversation, number: int) -> None:
    """Write without a connection, and open another page eight days later, with a connection."""
    line = Line(page)
    open_thread(page, conversation)
    line.cut()
    for count in range(number):
        write(page, f"Line {count}")
    waits(page, number)
    age(page, 8)
    line.is_cut = False
    page.context.set_offline(False)
    page.goto("/products/")
    live(page)
