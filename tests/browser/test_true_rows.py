"""Rows are correct even if events come late, twice, or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from messaging.triage import actions
from tests.browser.acts import Person, live
from tests.said import say
from tests.whole import only_whole

NAMES, PREVIEWS, ROWS = ".inbox__link", ".inbox__preview", "**/conversations/rows/**"


@pytest.fixture
def inbox(person: Person, seller: User, shopper: User, conversation: Conversation) -> Page:
    """A seller's inbox with one unread conversation."""
    for body in ("Is it glazed?", "Inside, too?", "Hello?"):
        say(shopper, conversation, body)
    page = person(seller)
    show(page)
    expect(page.locator(PREVIEWS)).to_have_text("Hello?")
    return page


def show(page: Page, query: str = "") -> None:
    with page.expect_response(ROWS):
        page.goto(f"/conversations/{query}")
        live(page)


def emit(page: Page, kind: str, **frame: Any) -> None:
    """Let an event arrive."""
    page.evaluate(
        """async ([kind, frame]) => {
            const { session } = await import("trato/session");
            session.emit(kind, frame);
        }""",
        [kind, frame],
    )


def test_an_older_message_that_comes_late_changes_nothing(
    inbox: Page, seller: User, shopper: User, conversation: Conversation
) -> None:
    actions.mark_read(seller, [conversation.pk])
    expect(inbox.locator(".inbox__dot")).to_have_count(0)
    said = conversation.messages.get(sequence=2)
    emit(
        inbox,
        "message.created",
        conversation=conversation.pk,
        consumer=shopper.pk,
        id=said.pk,
        sequence=2,
        side="consumer",
        sender={"id": shopper.pk, "name": shopper.name},
        body=said.body,
        created_at=said.created_at.isoformat(),
        automatic=False,
    )
    assert inbox.locator(PREVIEWS).inner_text() == "Hello?"
    assert inbox.locator(".inbox__dot").count() == 0


def test_who_has_read_a_part_has_not_read_the_rest(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    mark = {"conversation": conversation.pk, "side": "seller", "user": seller.pk}
    with inbox.expect_response(ROWS):
        emit(inbox, "conversation.read", **mark, sequence=1)
    assert inbox.locator(".inbox__dot").count() == 1
    emit(inbox, "conversation.read", **mark, sequence=3)
    assert inbox.locator(".inbox__dot").count() == 0


@only_whole
def test_a_badge_counted_before_a_message_clears_no_row(inbox: Page) -> None:
    with inbox.expect_response(ROWS):
        emit(inbox, "badge", unread=0, notices=0)
        assert inbox.locator(".inbox__dot").count() == 1
    expect(inbox.locator(".inbox__dot")).to_have_count(1)


@only_whole
def test_what_is_read_elsewhere_at_once_is_read_here(inbox: Page, person: Person) -> None:
    other = inbox.context.new_page()
    other.goto("/notifications/")
    other.get_by_role("button", name="Mark all as read").click()
    expect(inbox.locator(".inbox__dot")).to_have_count(0)


@only_whole
def test_what_is_muted_is_unread_although_no_badge_counts_it(
    inbox: Page, seller: User, shopper: User, conversation: Conversation
) -> None:
    actions.mute(seller, [conversation.pk])
    expect(inbox.locator(".inbox__marks")).to_contain_text("Muted")
    emit(inbox, "badge", unread=0, notices=0)
    assert inbox.locator(".inbox__dot").count() == 1


@only_whole
def test_a_conversation_wakes_on_an_open_page(
    inbox: Page, seller: User, conversation: Conversation
) -> None:
    actions.snooze(seller, [conversation.pk], timezone.now() + timedelta(seconds=3))
    expect(inbox.locator(NAMES)).to_have_count(0)
    expect(inbox.locator("[data-count=ours]")).to_have_text("0")
    expect(inbox.locator(NAMES)).to_have_text("Lucía Romero")
    expect(inbox.locator("[data-count=ours]")).to_have_text("1")


@only_whole
@pytest.mark.parametrize("state", ["archived", "snoozed"])
def test_no_lane_counts_what_is_put_away(
    state: str, inbox: Page, seller: User, colleague: User, conversation: Conversation
) -> None:
    if state == "archived":
        actions.archive(seller, [conversation.pk])
    else:
        actions.snooze(seller, [conversation.pk], timezone.now() + timedelta(days=1))
    show(inbox, f"?{state}=1")
    row = inbox.locator(".inbox__item")
    for act, lane in ((actions.settle, "settled"), (actions.reopen, "ours")):
        act(colleague, [conversation.pk])
        expect(row).to_have_attribute("data-lane", lane)
        for count in ("all", "ours", "settled"):
            assert inbox.locator(f"[data-count={count}]").inner_text() == "0"


@only_whole
def test_a_list_that_has_grown_begins_again_with_a_page(
    inbox: Page, person: Person, product: Product, stranger: User, other_seller: User
) -> None:
    inbox.evaluate(
        """() => {
            const { rows } = document.querySelector("trato-inbox");
            Object.defineProperty(rows, "pageSize", { value: 1 });
        }"""
    )
    with inbox.expect_request(lambda one: one.url.endswith("/conversations/rows/")):
        for asking in (stranger, other_seller):
            new = ConversationFactory(consumer=asking, product=product)
            MessageFactory(conversation=new)
            say(asking, new, "Hello?")
