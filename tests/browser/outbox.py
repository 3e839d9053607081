"""What the outbox stores in a browser."""

from playwright.sync_api import Page, expect

from messaging.models import Message


def stored() -> list[str]:
    return list(Message.objects.order_by("sequence").values_list("body", flat=True))


def is_sent(page: Page) -> None:
    expect(page.locator("[data-state]").last).to_have_text("Sent")
