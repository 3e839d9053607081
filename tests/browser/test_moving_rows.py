"""A live list moves its rows by itself: an event causes no request for the list."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread, state, write
from tests.whole import only_whole

NAMES, PREVIEWS, ROWS = ".inbox__link", ".inbox__preview", "**/conversations/rows/**"


@pytest.fixture
def requests(inbox: Page) -> list[str]:
    """All requests for rows from now on."""
    made: list[str] = []
    inbox.on("request", lambda one: made.append(one.url) if "/rows/" in one.url else None)
    return made


def test_messages_move_rows_without_a_request(
    inbox: Page, requests: list[str], person: Person, shopper: User, conversation: Conversation
) -> None:
    row = inbox.locator(f"[data-conversation='{conversation.pk}']")
    row.locator(NAMES).focus()
    asking = person(shopper)
    open_thread(asking, conversation)
    for number in range(5):
        write(asking, f"Hello? {number} " + "and more of it " * 12)
        expect(row.locator(PREVIEWS)).to_contain_text(f"Hello? {number}")
    expect(inbox.locator(NAMES).first).to_have_text("Lucía Romero")
    expect(row.locator(NAMES)).to_be_focused()
    expect(row.locator(".inbox__dot")).to_have_text("unread")
    text = row.locator(PREVIEWS).inner_text()
    assert len(text) == 140
    assert text.endswith("…")
    assert requests == []
    # As the server draws it.
    inbox.reload()
    assert row.locator(PREVIEWS).inner_text() == text


@only_whole
def test_what_is_answered_beside_the_list_is_in_its_row(
    inbox: Page, requests: list[str], conversation: Conversation
) -> None:
    inbox.click(f"{NAMES}:text('Lucía Romero')")
    expect(inbox.locator(".thread__title")).to_have_text("Lucía Romero")
    row = inbox.locator(f"[data-conversation='{conversation.pk}']")
    expect(row.locator(".inbox__dot")).to_have_count(0)
    write(inbox, "Yes, it is.")
    state(inbox, "Sent")
    expect(row.locator(PREVIEWS)).to_have_text("You: Yes, it is.")
    expect(inbox.locator(NAMES).first).to_have_text("Lucía Romero")
    assert requests == []


@only_whole
def test_new_conversations_are_asked_for_together(
    inbox: Page, requests: list[str], person: Person, product: Product, other_seller: User
) -> None:
    asking = person(other_seller)
    new = ConversationFactory(consumer=other_seller, product=product)
    open_thread(asking, new)
    write(asking, "First")
    write(asking, "Second")
    expect(inbox.locator(PREVIEWS).first).to_have_text("Second")
    expect(inbox.locator(NAMES)).to_have_count(3)
    assert 1 <= len(requests) <= 2
    assert f"conversation={new.pk}" in requests[0]
    write(asking, "Third")
    expect(inbox.locator(PREVIEWS).first).to_have_text("Third")
    assert len(requests) <= 2
