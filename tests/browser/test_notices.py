"""A notice appears at the bell and in a toast, not at the inbox, on every page."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, badge, block_socket, live, open_thread, polling, shows, write
from tests.rulings import remove_message
from tests.said import say
from tests.whole import only_whole, some_of

BELL = ".site-nav a:has([data-badge=notices])"
TITLE = "We removed your message"


def bell(page: Page, count: int) -> None:
    """Wait until the bell shows a number; 0 means that there is no bell."""
    if count:
        shows(page, "[data-badge=notices]", str(count))
        expect(page.locator(BELL)).to_be_visible()
    else:
        expect(page.locator(BELL)).to_be_hidden()


@pytest.mark.parametrize("wait", some_of([live, polling], 1))
def test_a_notice_rings_the_bell_and_says_what_it_is(
    wait: object, person: Person, shopper: User, conversation: Conversation, moderator: User
) -> None:
    message = say(shopper, conversation, "Call me")
    page = person(shopper)
    if wait is polling:
        block_socket(page)
    page.goto("/products/")
    wait(page)  # type: ignore[operator]
    bell(page, 0)
    remove_message(moderator, message.pk, "Number")
    bell(page, 1)
    badge(page, 0)
    shows(page, ".toast__title", TITLE)
    page.click(".toast__link")
    expect(page.locator(".news__link")).to_have_text(TITLE)
    page.click(".news__read button")
    bell(page, 0)
    expect(page.locator(".toast")).to_have_count(0)


@only_whole
def test_a_message_rings_no_bell_and_a_notice_leaves_the_inbox_alone(
    person: Person, shopper: User, seller: User, conversation: Conversation, moderator: User
) -> None:
    message = say(shopper, conversation, "Call me")
    asking, answering = person(shopper), person(seller)
    asking.goto("/products/")
    live(asking)
    open_thread(answering, conversation)
    write(answering, "Yes, it is.")
    badge(asking, 1)
    bell(asking, 0)
    remove_message(moderator, message.pk, "Number")
    bell(asking, 1)
    badge(asking, 1)
    expect(asking).to_have_title(re.compile(r"^\(2\) "))


@only_whole
def test_the_next_page_repeats_no_toast_and_a_missed_notice_is_told(
    person: Person, shopper: User, conversation: Conversation, moderator: User
) -> None:
    messages = [say(shopper, conversation, words) for words in ("Call me", "Call me now")]
    page = person(shopper)
    page.goto("/products/")
    live(page)
    remove_message(moderator, messages[0].pk, "Number")
    shows(page, ".toast__title", TITLE)
    page.goto("/")
    live(page)
    expect(page.locator(".toast")).to_have_count(0)
    page.context.set_offline(True)
    page.evaluate("async () => (await import('trato/session')).session.connection.close()")
    remove_message(moderator, messages[1].pk, "Number")
    page.context.set_offline(False)
    page.evaluate("async () => (await import('trato/session')).session.connection.open()")
    bell(page, 2)
    shows(page, ".toast__title", TITLE)
