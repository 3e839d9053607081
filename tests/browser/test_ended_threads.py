"""A thread that is open ends before the reader's eyes when the other side is gone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import deletion
from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, block_socket, live, open_thread, polling
from tests.said import say
from tests.whole import only_whole, some_of


@pytest.mark.parametrize("wait", some_of([live, polling], 1))
@pytest.mark.parametrize(
    ("reader", "gone", "words"),
    [
        ("seller", "shopper", "This shopper has deleted their account."),
        ("shopper", "seller", "This shop has closed."),
    ],
)
def test_the_composer_gives_way_to_a_line_that_says_why(
    wait: Callable[[Page], None],
    reader: str,
    gone: str,
    words: str,
    person: Person,
    conversation: Conversation,
    request: pytest.FixtureRequest,
) -> None:
    one, other = request.getfixturevalue(reader), request.getfixturevalue(gone)
    say(one, conversation, "Still there?")
    page = person(one)
    if wait is polling:
        block_socket(page)
    open_thread(page, conversation, wait=False)
    wait(page)
    expect(page.locator(".thread__ended:not([data-closed])")).to_be_hidden()
    page.fill("#composer-body", "I was just going to say")
    deletion.delete_account(other.pk)
    expect(page.locator(".thread__ended:not([data-closed])")).to_contain_text(words)
    expect(page.locator(".thread__ended:not([data-closed])")).to_be_focused()
    expect(page.locator("trato-composer")).to_be_hidden()


@only_whole
def test_what_a_deletion_elsewhere_ends_is_not_this_thread(
    person: Person, seller: User, shopper: User, stranger: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Still there?")
    page = person(seller)
    open_thread(page, conversation)
    deletion.delete_account(stranger.pk)
    say(shopper, conversation, "Hello?")
    expect(page.locator(".message__body").last).to_have_text("Hello?")
    expect(page.locator("#composer-body")).to_be_visible()
