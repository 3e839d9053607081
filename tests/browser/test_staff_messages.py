"""Staff write to both sides: two people see it live and in place, and that it is taken back."""

import uuid
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.cases.actions import open_case
from messaging.models import Case, Conversation
from messaging.staff_messages import actions
from tests.browser.acts import live
from tests.said import say

TEXT = "Please pay on our site only: <b>nowhere else</b>"
ROW = ".from-staff"


def test_it_appears_on_both_sides_stays_after_a_reload_and_is_taken_back(
    person: Callable[..., Page],
    shopper: User,
    seller: User,
    moderator: User,
    conversation: Conversation,
) -> None:
    said = say(shopper, conversation, "Pay me elsewhere")
    open_case(Case.Kind.REPORT, f"message:{said.pk}", conversation_id=conversation.pk)
    pages = [person(shopper), person(seller)]
    for page in pages:
        page.goto(conversation.get_absolute_url())
        live(page)
    values: Any = {"client_id": uuid.uuid4(), "body": TEXT, "reason": "Asked for money"}
    row = actions.write(moderator, Case.objects.get().pk, **values)
    for page in pages:
        expect(page.locator(ROW)).to_contain_text("Message from Trato's staff")
        expect(page.locator(f"{ROW}__body")).to_have_text(TEXT)
        expect(page.locator(f"{ROW}__body b")).to_have_count(0)
    say(seller, conversation, "Of course")
    for page in pages:
        expect(page.locator(".message__body")).to_have_text(["Pay me elsewhere", "Of course"])
        for _ in range(2):
            items = page.locator(".messages > li:not(.messages__day, .messages__new)")
            expect(items.nth(1)).to_have_class("from-staff")
            expect(items).to_have_count(3)
            page.reload()
            live(page)
    actions.take_back(moderator, row.pk, "Too harsh")
    for page in pages:
        expect(page.locator(f"{ROW}__gone")).to_have_text("Our staff took this message back.")
        expect(page.locator(f"{ROW}__body")).to_have_text("")


def test_what_was_written_while_somebody_was_away_is_there_with_the_line(
    person: Callable[..., Page], shopper: User, moderator: User, conversation: Conversation
) -> None:
    said = say(shopper, conversation, "Pay me elsewhere")
    open_case(Case.Kind.REPORT, f"message:{said.pk}", conversation_id=conversation.pk)
    page = person(shopper)
    page.goto(conversation.get_absolute_url())
    live(page)
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    values: Any = {"client_id": uuid.uuid4(), "body": TEXT, "reason": "Asked for money"}
    actions.write(moderator, Case.objects.get().pk, **values)
    page.context.set_offline(False)
    expect(page.locator(f"{ROW}__body")).to_have_text(TEXT)
