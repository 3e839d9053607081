"""A toast announces news while a person is elsewhere on the site."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging import actions
from messaging.models import Conversation
from tests.browser.acts import (
    Person,
    block_socket,
    live,
    open_thread,
    polling,
    says,
    shows,
    write,
)
from tests.whole import only_whole


def remember_toasts(page: Page) -> None:
    """Keep the texts of the page's toasts from now on."""
    page.evaluate(
        """() => {
            window.told = [];
            const note = () => {
                const words = document.querySelector(".toast__excerpt")?.textContent;
                if (words && window.told.at(-1) !== words) window.told.push(words);
            };
            new MutationObserver(note).observe(
                document.getElementById("toasts"), { childList: true, subtree: true });
        }"""
    )


def test_news_of_the_other_side_is_told_elsewhere_and_a_colleagues_answer_is_not(
    person: Person, shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    answering, elsewhere, asking = person(seller), person(colleague), person(shopper)
    elsewhere.goto("/products/")
    live(elsewhere)
    remember_toasts(elsewhere)
    for page in (answering, asking):
        open_thread(page, conversation)
    write(answering, "Yes, it is.")
    says(asking, "Yes, it is.")
    write(asking, "Then I take it.")
    # Frames of one conversation arrive in order, so the answer arrived before this one.
    shows(elsewhere, ".toast__excerpt", "Then I take it.")
    assert elsewhere.evaluate("window.told") == ["Then I take it."]
    expect(elsewhere.locator(".toast__title")).to_have_text(shopper.name)
    expect(asking.locator(".toast")).to_have_count(0)  # the thread that is open
    elsewhere.click(".toast__link")
    says(elsewhere, "Then I take it.")


@only_whole
def test_news_is_told_while_polling_too_and_once(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, elsewhere = person(shopper), person(seller)
    block_socket(elsewhere)
    elsewhere.goto("/products/")
    polling(elsewhere)
    remember_toasts(elsewhere)
    open_thread(asking, conversation)
    write(asking, "Is it still there?")
    toast = elsewhere.locator(".toast")
    shows(elsewhere, ".toast__excerpt", "Is it still there?")
    expect(toast.locator(".toast__title")).to_have_text(shopper.name)
    elsewhere.keyboard.press("Escape")
    expect(toast).to_have_count(0)
    write(asking, "Hello?")
    shows(elsewhere, ".toast__excerpt", "Hello?")
    assert elsewhere.evaluate("window.told") == ["Is it still there?", "Hello?"]
    elsewhere.goto("/")  # the next page doesn't repeat earlier toasts
    polling(elsewhere)
    with elsewhere.expect_response("**/notifications/unread/"):
        pass
    expect(toast).to_have_count(0)


@only_whole
@pytest.mark.parametrize("hours", [-1, 1])
def test_news_is_told_whatever_the_browsers_clock_says(
    hours: int, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    actions.send(shopper, conversation.pk, uuid4(), "Is it still there?")
    asking, elsewhere = person(shopper), person(seller)
    elsewhere.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    block_socket(elsewhere)
    elsewhere.goto("/products/")
    remember_toasts(elsewhere)
    polling(elsewhere)
    open_thread(asking, conversation)
    write(asking, "Hello?")
    shows(elsewhere, ".toast__excerpt", "Hello?")
    assert elsewhere.evaluate("window.told") == ["Hello?"]  # earlier messages are not news


@only_whole
def test_a_toast_leaves_after_its_time_but_not_while_it_is_pointed_at(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    elsewhere = person(seller)
    elsewhere.clock.install()
    elsewhere.goto("/products/")
    live(elsewhere)
    actions.send(shopper, conversation.pk, uuid4(), "Is it still there?")
    toast = elsewhere.locator(".toast")
    expect(toast).to_be_visible()
    toast.hover()
    elsewhere.clock.fast_forward(settings.TOAST_SECONDS * 1000)
    expect(toast).to_be_visible()
    elsewhere.mouse.move(0, 0)
    elsewhere.clock.fast_forward(settings.TOAST_SECONDS * 1000)
    expect(toast).to_have_count(0)
