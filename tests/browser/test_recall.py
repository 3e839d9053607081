"""A moderator recalls a scam that over forty people got, and undoes it, with a keyboard."""

import re
import uuid

from playwright.sync_api import Page, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation, Message, snapshot_of
from messaging.recall import traces
from messaging.reports.actions import report_message
from tests.browser.acts import Person, open_thread
from tests.browser.inspector import Inspector
from trato.retention import ago

WORDS = "Your parcel waits for you."
SCAM = f"{WORDS} Pay at https://evil-courier.example.com/pay today"
SHOPPERS = 42
OTHER = "Is https://evil-courier.example.com/pay the page that you mean?"


def send_to_many(seller: User, product: Product) -> list[Message]:
    people = User.objects.bulk_create(
        UserFactory.build(email=f"s{number}@example.com") for number in range(SHOPPERS)
    )
    shared = snapshot_of(product) | {"shop": product.shop, "last_sequence": 1, "revision": 1}
    talks = Conversation.objects.bulk_create(
        Conversation(consumer=person, **shared) for person in people
    )
    rows = Message.objects.bulk_create(
        Message(
            conversation=talk,
            sender=seller,
            side="seller",
            sequence=1,
            revision=1,
            client_id=uuid.uuid4(),
            body=SCAM if number < SHOPPERS - 1 else OTHER,
            created_at=ago(minutes=1),
        )
        for number, talk in enumerate(talks)
    )
    while traces.due(0):
        pass
    return rows


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on the element of a selector."""
    for _ in range(200):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {wanted}")


def press(page: Page, wanted: str, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def test_a_scam_to_forty_people_is_recalled_and_undone_by_keyboard(
    person: Person, seller: User, product: Product, moderator: User
) -> None:
    first, *_others, last = send_to_many(seller, product)
    report_message(first.conversation.consumer, first.conversation_id, 1, "scam", "Not a courier")
    getting = person(first.conversation.consumer)
    open_thread(getting, first.conversation)
    said = getting.locator(".message__body")
    expect(said).to_contain_text(WORDS)
    desk = person(moderator, reduced_motion="reduce")
    inspector = Inspector(desk)
    desk.goto("/admin/messaging/case/")
    desk.keyboard.press("n")
    desk.wait_for_url("**/change/")
    desk.keyboard.press("c")
    desk.wait_for_url("**/recall/from/*/")
    inspector.look()
    desk.keyboard.press("s")
    expect(desk.get_by_text(re.compile(f"{SHOPPERS - 2} messages"))).to_be_visible()
    inspector.look()
    assert not desk.locator("input[name=group][value^=link]").is_checked()
    tab_to(desk, "#id_days")
    desk.keyboard.press("ArrowDown")
    press(desk, "input[type=submit].default")
    desk.wait_for_url("**/recall/*/change/")
    done = f"{SHOPPERS - 1} messages recalled, {SHOPPERS - 1} people warned."
    expect(desk.get_by_text(done)).to_be_visible()
    inspector.look()
    expect(said).not_to_contain_text(WORDS)
    expect(getting.get_by_text("A message that you received here was a scam.")).to_be_visible()
    assert not Message.objects.get(pk=last.pk).removed_at
    press(desk, "a[href$='/undo/']")
    desk.wait_for_url("**/undo/")
    tab_to(desk, "#id_reason")
    desk.keyboard.type("A real courier")
    press(desk, "input[type=submit].default")
    desk.wait_for_url("**/recall/*/change/")
    expect(said).to_contain_text(WORDS)
    expect(getting.get_by_text("A message that you received here was a scam.")).to_have_count(0)
    assert not Message.objects.exclude(removed_at=None).exists()
    assert inspector.problems == []
