"""The list of conversations is live: every change appears without a reload."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from tests.browser.acts import Person, block_socket, live, open_thread, polling, write
from tests.site import Site, Visitor, session_of
from tests.whole import only_whole, some_of

NAMES, PREVIEWS = ".inbox__link", ".inbox__preview"


@pytest.fixture(params=some_of(["socket", "polling"], 1))
def inbox(
    request: pytest.FixtureRequest,
    person: Person,
    colleague: User,
    stranger: User,
    product: Product,
    conversation: Conversation,
) -> Page:
    """A colleague's inbox with two conversations; the stranger wrote last."""
    MessageFactory(conversation=conversation, body="Is it still there?")
    other = ConversationFactory(consumer=stranger, product=product)
    MessageFactory(conversation=other, body="Do you ship to Berlin?")
    page = person(colleague)
    if request.param == "polling":
        block_socket(page)
    page.goto("/conversations/")
    polling(page) if request.param == "polling" else live(page)
    expect(page.locator(NAMES)).to_have_text(["Ana Prieto", "Lucía Romero"])
    return page


def test_who_writes_rises_to_the_top_with_the_first_words(
    inbox: Page, person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    inbox.locator(NAMES).last.focus()
    asking = person(shopper)
    open_thread(asking, conversation)
    write(asking, "Hello?")
    expect(inbox.locator(NAMES).first).to_have_text("Lucía Romero")
    expect(inbox.locator(PREVIEWS).first).to_have_text("Hello?")
    expect(inbox.locator("[data-unread]")).to_have_count(1)
    expect(inbox.locator(NAMES).first).to_be_focused()  # the person's, wherever it moved

    answering = person(seller)
    open_thread(answering, conversation)
    write(answering, "Yes, it is.")
    expect(inbox.locator(PREVIEWS).first).to_have_text("Marta: Yes, it is.")


@only_whole
def test_what_the_shop_answers_elsewhere_is_shown_though_no_badge_changes(
    inbox: Page, site: Site, seller: User, conversation: Conversation
) -> None:
    phone = Visitor(site, session_of(seller))
    answer = {"body": "Yes, it is.", "client_id": str(uuid.uuid4())}
    assert phone.post(f"{conversation.get_absolute_url()}new_message/", answer).status == 302
    expect(inbox.locator(NAMES).first).to_have_text("Lucía Romero")
    expect(inbox.locator(PREVIEWS).first).to_have_text("Marta: Yes, it is.")
    expect(inbox.locator("[data-unread]")).to_have_count(0)


def test_only_unread_conversations_are_shown_if_wanted_and_leave_when_read(
    inbox: Page, person: Person, shopper: User, conversation: Conversation
) -> None:
    asking = person(shopper)
    open_thread(asking, conversation)
    write(asking, "Hello?")
    inbox.get_by_role("link", name="Unread", exact=True).click()
    expect(inbox.locator(NAMES)).to_have_text(["Lucía Romero"])
    reading = inbox.context.new_page()
    open_thread(reading, conversation, wait=False)
    expect(inbox.locator(".inbox h2")).to_have_text("You're all caught up")
