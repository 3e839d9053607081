"""Past answers above the message box: used, edited, hidden, and never sent automatically."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Shop
from messaging.editing.actions import edit, withdraw
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message
from messaging.recall import actions as recalls
from tests.browser.acts import Person, block_socket, bodies, open_thread, polling, says, write
from tests.browser.lines import Line
from tests.said import say
from tests.whole import only_whole

BOX, PANEL = "#composer-body", ".suggestions"
ANSWER = "Yes, in every dishwasher."


@pytest.fixture
def past(shop: Shop, seller: User) -> Conversation:
    past: Conversation = ConversationFactory(consumer=UserFactory(name="Nora Gil"), shop=shop)
    say(past.consumer, past, "Is it dishwasher-safe?")
    say(seller, past, ANSWER)
    return past


@pytest.fixture
def page(
    person: Person, past: Conversation, seller: User, shopper: User, conversation: Conversation
) -> Page:
    say(shopper, conversation, "Can the bowl go into the dishwasher?")
    page = person(seller)
    open_thread(page, conversation)
    expect(page.locator(PANEL)).to_be_visible()
    return page


def test_an_answer_is_put_into_the_box_and_sent_only_by_hand(page: Page) -> None:
    expect(page.locator(".suggestions__body")).to_have_text(ANSWER)
    page.get_by_role("button", name=f"Use: {ANSWER}").click()
    expect(page.locator(BOX)).to_have_value(ANSWER)
    expect(page.locator(BOX)).to_be_focused()
    assert Message.objects.filter(body=ANSWER).count() == 1
    page.keyboard.type(" Even yours.")
    page.keyboard.press("Enter")
    says(page, f"{ANSWER} Even yours.")
    expect(page.locator(PANEL)).to_be_hidden()


@only_whole
def test_hidden_answers_stay_hidden_until_the_next_question(
    page: Page, person: Person, shopper: User, conversation: Conversation
) -> None:
    page.get_by_role("button", name="Hide these answers").click()
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.locator(BOX)).to_be_focused()
    with page.expect_response("**/suggestions/"):
        page.reload()
    expect(page.locator(PANEL)).to_be_hidden()
    asking = person(shopper)
    open_thread(asking, conversation)
    write(asking, "In my old dishwasher, I mean?")
    expect(page.locator(PANEL)).to_be_visible()


@only_whole
def test_a_shopper_is_not_shown_any(
    page: Page, person: Person, shopper: User, conversation: Conversation
) -> None:
    asking = person(shopper)
    open_thread(asking, conversation)
    assert bodies(asking) == ["Can the bowl go into the dishwasher?"]
    expect(asking.locator(PANEL)).to_have_count(0)


@only_whole
@pytest.mark.parametrize("is_live", [True, False])
def test_words_that_are_taken_back_elsewhere_are_suggested_no_longer(
    is_live: bool, page: Page, past: Conversation, seller: User
) -> None:
    if not is_live:
        block_socket(page)
        page.reload()
        polling(page)
    about, body = page.locator(".suggestions__about"), page.locator(".suggestions__body")
    expect(about).to_contain_text("Is it dishwasher-safe?")
    edit(past.consumer, past.pk, 1, "Will a dishwasher do?")
    expect(about).to_contain_text("Will a dishwasher do?")
    edit(seller, past.pk, 2, "Any dishwasher will do.")
    expect(body).to_have_text("Any dishwasher will do.")
    withdraw(past.consumer, past.pk, 1)
    expect(page.locator(PANEL)).not_to_contain_text("Will a dishwasher do?")
    withdraw(seller, past.pk, 2)
    expect(body).to_have_count(0)
    expect(page.locator(PANEL)).to_be_hidden()


@only_whole
def test_answers_that_are_not_shown_leave_no_words_in_the_page(page: Page) -> None:
    page.get_by_role("button", name="Hide these answers").click()
    expect(page.locator(".suggestions__body")).to_have_count(0)
    with page.expect_response("**/suggestions/"):
        page.reload()
    expect(page.locator(".suggestions__body")).to_have_count(0)


@only_whole
def test_what_was_said_without_a_connection_counts_once_it_is_back(
    person: Person, past: Conversation, seller: User, shopper: User, conversation: Conversation
) -> None:
    page = person(seller)
    line = Line(page)
    open_thread(page, conversation)
    panel = page.locator(PANEL)
    line.cut()
    say(shopper, conversation, "Can the bowl go into the dishwasher?")
    line.mend()
    says(page, "Can the bowl go into the dishwasher?")
    expect(panel).to_be_visible()
    line.cut()
    edit(past.consumer, past.pk, 1, "Will a dishwasher do?")
    line.mend()
    expect(panel).to_contain_text("Will a dishwasher do?")
    line.cut()
    say(seller, conversation, "It can.")
    line.mend()
    says(page, "It can.")
    expect(panel).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_below_the_notice_of_a_recall_they_leave_room_for_messages(
    width: int,
    height: int,
    page: Page,
    lead: User,
    shopper: User,
    conversation: Conversation,
) -> None:
    scam = say(shopper, conversation, "Pay the courier first, please")
    say(shopper, conversation, "Can the bowl go into the dishwasher?")
    Message.objects.filter(pk=scam.pk).update(removed_at=timezone.now())
    reasons: Any = {
        "facts": "A scam.",
        "ground": "terms",
        "clause": "1",
        "explanation": "It deceives.",
    }
    recalls.recall(lead, scam.pk, recalls.Order(message_ids=[], **reasons))
    page.set_viewport_size({"width": width, "height": height})
    open_thread(page, conversation)
    expect(page.locator(".thread__recalled")).to_be_visible()
    expect(page.locator(PANEL)).to_be_visible()
    assert page.locator(".thread__scroll").evaluate("(one) => one.clientHeight") > height / 7
