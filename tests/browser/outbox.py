"""What the outbox stores in a browser."""

import datetime

from playwright.sync_api import Page, expect

from messaging.models import Message


def stored() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


def is_sent(page: Page) -> None:
    expect(page.locator("[data-state]").last).to_have_text("Sent")


def age(page: Page, days: float) -> None:
    """Make all waiting messages this much older."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    page.evaluate(
        """then => {
            for (const key of Object.keys(localStorage)) {
                if (!key.startsWith("trato-outbox-")) continue;
                const entry = { ...JSON.parse(localStorage.getItem(key)), created_at: then };
                localStorage.setItem(key, JSON.stringify(entry));
            }
        }""",
        then.isoformat(),
    )
