"""The site questions a text before sending it, and the writer chooses."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, block_socket, live, polling, says, write
from tests.browser.inspector import Inspect
from tests.whole import only_whole, some_of

PHONE = "Call me at 612 345 678, please"
MASKED = "Call me at •••, please"


@pytest.fixture(params=some_of(["socket", "polling"], 1))
def pair(
    request: pytest.FixtureRequest,
    person: Person,
    shopper: User,
    seller: User,
    conversation: Conversation,
) -> tuple[Page, Page]:
    """The shopper's page, and the seller's."""
    pages = person(shopper), person(seller)
    for page in pages:
        if request.param == "polling":
            block_socket(page)
        page.goto(conversation.get_absolute_url())
        live(page) if request.param == "socket" else polling(page)
    return pages


def asked(page: Page) -> None:
    """Wait until the last message is questioned."""
    expect(page.locator(".message[data-failed] mark")).to_have_text("612 345 678")
    why = page.locator(".message[data-failed] [data-why]")
    expect(why).to_contain_text("This looks like a telephone number.")


def test_words_are_questioned_and_sent_as_their_writer_chooses(pair: tuple[Page, Page]) -> None:
    asking, answering = pair
    write(asking, PHONE)
    asked(asking)
    expect(answering.locator(".message")).to_have_count(0)
    asking.get_by_role("button", name="Send without it").press("Enter")
    says(answering, MASKED)
    expect(asking.locator("mark")).to_have_count(0)
    expect(asking.locator("#composer-body")).to_be_focused()
    write(asking, PHONE)
    asked(asking)
    asking.get_by_role("button", name="This is wrong, send it").press("Enter")
    says(answering, PHONE)
    write(asking, "Or 622 345 679")  # nobody is asked twice
    says(answering, "Or 622 345 679")


def test_the_question_outlives_a_reload_and_the_words_can_be_edited(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.goto(conversation.get_absolute_url())
    live(page)
    write(page, PHONE)
    asked(page)
    write(page, "Is it blue?")  # what comes after it is sent
    expect(page.locator(".message:not([data-pending]) .message__body")).to_have_text("Is it blue?")
    page.reload()
    asked(page)
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.locator("#composer-body")).to_have_value(PHONE)
    expect(page.locator(".message[data-pending]")).to_have_count(0)


def test_without_scripts_the_form_comes_back_with_the_choices(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    page.fill("#composer-body", PHONE)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".question mark")).to_have_text("612 345 678")
    expect(page.locator("#composer-body")).to_have_value(PHONE)
    page.get_by_role("button", name="Send without it").click()
    says(page, MASKED)


@only_whole
def test_a_question_is_accessible(
    inspect: Inspect, shopper: User, conversation: Conversation
) -> None:
    visit = inspect(shopper)
    visit.page.goto(conversation.get_absolute_url())
    live(visit.page)
    write(visit.page, PHONE)
    asked(visit.page)
    visit.look()
    assert visit.problems == []
