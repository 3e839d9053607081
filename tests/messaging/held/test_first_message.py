"""A person whose first message is held can find it again from the inbox."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from catalog.factories import ProductFactory
from messaging.factories import ConversationFactory, MessageFactory
from messaging.held.holding import hold
from messaging.models import Conversation, HeldMessage
from messaging.records import Attempt
from messaging.review.actions import release, withdraw
from tests.rulings import reject

pytestmark = pytest.mark.django_db

PAGES = ("/conversations/", "/conversations/rows/")
EMPTY = "No conversations yet"


@pytest.fixture
def held(shopper: User, conversation: Conversation) -> HeldMessage:
    attempt = Attempt(
        sender=shopper,
        conversation_id=conversation.pk,
        client_id=uuid.uuid4(),
        body="Something suspicious",
        held_for="word",
    )
    hold(conversation, attempt)
    return HeldMessage.objects.get()


def shown(client: Any) -> list[str]:
    return [client.get(page).text for page in PAGES]


def test_the_empty_inbox_leads_to_what_is_held(
    held: HeldMessage, shopper: User, seller: User, stranger: User, moderator: User,
    client_of: Any,
) -> None:  # fmt: skip
    address = f'href="{held.conversation.get_absolute_url()}"'
    for page in shown(client_of(shopper)):
        assert address in page
        assert EMPTY not in page
    for other in (seller, stranger):
        assert not any(address in page for page in shown(client_of(other)))
    assert EMPTY in client_of(stranger).get("/conversations/").text
    reject(moderator, held.pk, "A scam")
    assert all(address in page for page in shown(client_of(shopper)))


def test_a_list_with_rows_leads_to_it_too(
    held: HeldMessage, shopper: User, stranger: User, client_of: Any
) -> None:
    mine = ConversationFactory(consumer=shopper, product=ProductFactory())
    others = ConversationFactory(consumer=stranger, product=ProductFactory())
    for one in (mine, others):
        MessageFactory(conversation=one, body="Is it still there?")
    address = f'href="{held.conversation.get_absolute_url()}"'
    for page in shown(client_of(shopper)):
        assert mine.get_absolute_url() in page
        assert page.count(address) == 1
    assert not any(address in page for page in shown(client_of(stranger)))
    assert address not in client_of(shopper).get("/conversations/?lane=ours").text


def test_what_was_delivered_is_a_row_of_the_list(
    held: HeldMessage, shopper: User, moderator: User, client_of: Any
) -> None:
    release(moderator, held.pk, "Harmless")
    for page in shown(client_of(shopper)):
        assert "Nothing has been delivered yet" not in page
        assert held.conversation.get_absolute_url() in page  # as a row of the list


def test_an_inbox_is_empty_again_once_it_was_taken_back(
    held: HeldMessage, shopper: User, client_of: Any
) -> None:
    withdraw(shopper, held.conversation_id, held.client_id)
    assert all(EMPTY in page for page in shown(client_of(shopper)))
