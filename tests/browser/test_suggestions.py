"""Past answers above the message box: used, edited, hidden, and never sent by themselves."""

import pytest
from playwright.sync_api import Page, expect

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message
from tests.browser.acts import Person, bodies, open_thread, says, write
from tests.said import say
from tests.whole import only_whole

BOX, PANEL = "#composer-body", ".suggestions"
ANSWER = "Yes, in every dishwasher."


@pytest.fixture
def page(
    person: Person, shop: Shop, seller: User, shopper: User, conversation: Conversation
) -> Page:
    past = ConversationFactory(consumer=UserFactory(name="Nora Gil"), shop=shop)
    say(past.consumer, past, "Is it dishwasher-safe?")
    say(seller, past, ANSWER)
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


def test_a_shopper_is_not_shown_any(
    page: Page, person: Person, shopper: User, conversation: Conversation
) -> None:
    asking = person(shopper)
    open_thread(asking, conversation)
    assert bodies(asking) == ["Can the bowl go into the dishwasher?"]
    expect(asking.locator(PANEL)).to_have_count(0)
