"""Messages that a shop sends automatically: marked for both sides, and written by nobody."""

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db
LABEL = "Automatic reply"


@pytest.fixture
def automatic(shopper: User, seller: User, conversation: Conversation) -> Message:
    MessageFactory(conversation=conversation, body="Is it glazed?")
    MessageFactory(conversation=conversation, sender=seller, body="I'll have a look.")
    MessageFactory(
        conversation=conversation, sender=seller, body="We're closed.", is_automatic=True
    )
    return conversation.messages.select_related("conversation").get(is_automatic=True)


def item(client_of: ClientOf, reader: User, message: Message) -> str:
    """Return the HTML of a message on the page of its conversation."""
    page = client_of(reader).get(message.conversation.get_absolute_url()).content.decode()
    items = re.findall(r'<li class="message".*?</li>', page, re.DOTALL)
    number = f'data-sequence="{message.sequence}"'
    return next(str(one) for one in items if number in one)


def as_json(client_of: ClientOf, reader: User, message: Message) -> dict[str, Any]:
    address = f"{message.conversation.get_absolute_url()}messages/?since=0"
    page = client_of(reader).get(address, headers={"accept": "application/json"}).json()
    return next(one for one in page["messages"] if one["sequence"] == message.sequence)


@pytest.mark.parametrize("reader", ["shopper", "seller", "colleague"])
def test_both_sides_see_that_it_is_automatic_and_the_shops(
    request: pytest.FixtureRequest, client_of: ClientOf, automatic: Message, reader: str
) -> None:
    user = request.getfixturevalue(reader)
    drawn = item(client_of, user, automatic)
    assert LABEL in drawn
    assert "Barro y Sal" in drawn
    assert "data-own" not in drawn
    assert "data-grouped" not in drawn
    frame = as_json(client_of, user, automatic)
    assert (frame["automatic"], frame["sender"]) == (True, {"id": 0, "name": "Barro y Sal"})


def test_a_persons_message_is_not_automatic(
    client_of: ClientOf, seller: User, automatic: Message
) -> None:
    written = automatic.conversation.messages.get(sequence=2)
    drawn = item(client_of, seller, written)
    assert LABEL not in drawn
    assert "data-own" in drawn
    frame = as_json(client_of, seller, written)
    assert (frame["automatic"], frame["sender"]["name"]) == (False, "Marta Vidal")


def test_a_removed_one_stays_automatic_without_its_words(
    client_of: ClientOf, shopper: User, automatic: Message
) -> None:
    Message.objects.filter(pk=automatic.pk).update(removed_at=timezone.now())
    frame = as_json(client_of, shopper, automatic)
    assert (frame["body"], frame["automatic"], frame["sender"]["name"]) == ("", True, "Barro y Sal")
    assert "removed by our staff" in item(client_of, shopper, automatic)


@pytest.mark.parametrize("name", ["automatic", "is_automatic"])
def test_no_client_can_make_a_message_automatic(
    client_of: ClientOf, seller: User, conversation: Conversation, name: str
) -> None:
    form = {"body": "Mine", "client_id": "8d4a6f0e-7c57-4a5e-8a8f-000000000001", name: "true"}
    client_of(seller).post(f"{conversation.get_absolute_url()}new_message/", form)
    assert Message.objects.get(body="Mine").is_automatic is False
