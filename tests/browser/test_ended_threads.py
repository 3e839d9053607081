"""An open thread ends before the reader's eyes when the other side is gone."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from accounts import deletion
from accounts.models import User
from catalog.models import Shop
from messaging import actions
from messaging.models import Conversation
from tests.browser.acts import Person, block_socket, live, open_thread, polling
from tests.said import say
from tests.whole import only_whole, some_of


@pytest.mark.parametrize("wait", some_of([live, polling], 1))
@pytest.mark.parametrize(
    ("reader", "gone", "words", "name"),
    [
        ("seller", "shopper", "This shopper has deleted their account.", "Deleted account"),
        ("shopper", "seller", "This shop has closed.", "Barro y Sal"),
    ],
)
def test_the_composer_gives_way_to_a_line_that_says_why(
    wait: Callable[[Page], None],
    reader: str,
    gone: str,
    words: str,
    name: str,
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
    expect(page.locator(".thread__title")).to_have_text(name)
    expect(page).to_have_title(re.compile(name))


@pytest.mark.parametrize("reader", ["seller", "shopper"])
def test_no_open_page_names_a_member_who_has_left_for_good(
    reader: str,
    person: Person,
    conversation: Conversation,
    shopper: User,
    colleague: User,
    shop: Shop,
    request: pytest.FixtureRequest,
) -> None:
    say(shopper, conversation, "Still there?")
    question = say(colleague, conversation, "Which one?")
    actions.send(shopper, conversation.pk, uuid4(), "The blue one", quote=question.sequence)
    page = person(request.getfixturevalue(reader))
    open_thread(page, conversation)
    expect(page.locator(".message__sender", has_text="Iker Sanz")).to_have_count(1)
    deletion.delete_account(colleague.pk)
    expect(page.locator(".message__sender").nth(1)).to_have_text(shop.name)
    expect(page.locator(".message__quoted-name")).to_have_text(shop.name)
    # The list asks the server for its rows again, so the thread may update first.
    page.wait_for_function(
        "() => !document.querySelector('trato-panes').innerHTML.includes('Iker')"
    )


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
