"""A scam that was sent to many."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation, Message, snapshot_of
from messaging.recall import traces
from messaging.recall.actions import Order

SCAM = (
    "Your parcel waits for you: pay 1.99 at https://evil-courier.example.com/pay and write to "
    "+34 612 345 678"
)


def order(*messages: Message, **values: Any) -> Order:
    """Return an order to recall some copies, with reasons."""
    reasons = {
        "facts": "You sent a copy of a known scam.",
        "clause": "No fraud",
        "explanation": "It asks for money by deceit.",
    }
    keys = [message.pk for message in messages]
    return Order(message_ids=keys, ground="terms", **(reasons | values))


Sent = Callable[..., list[Message]]


@pytest.fixture
def sent(product: Product) -> Sent:
    """`sent(body, times, by)`: messages in as many conversations, to shoppers if `by` a seller."""

    def send(body: str = SCAM, times: int = 1, by: User | None = None) -> list[Message]:
        shoppers = [UserFactory() for _ in range(times)]
        shared = snapshot_of(product) | {"shop": product.shop, "last_sequence": 1, "revision": 1}
        talks = Conversation.objects.bulk_create(
            Conversation(consumer=person, **shared) for person in shoppers
        )
        rows = Message.objects.bulk_create(
            Message(
                conversation=talk,
                sender=by or talk.consumer,
                side="seller" if by else "consumer",
                sequence=1,
                revision=1,
                client_id=uuid.uuid4(),
                body=body,
                created_at=timezone.now() - timedelta(minutes=1),
            )
            for talk in talks
        )
        while traces.due(0):
            pass
        return rows

    return send


@pytest.fixture
def confirmed(sent: Sent) -> Message:
    """A scam that staff have removed."""
    [scam] = sent()
    Message.objects.filter(pk=scam.pk).update(removed_at=timezone.now())
    scam.refresh_from_db()
    return scam
