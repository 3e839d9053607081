"""Due work in a conversation that somebody has locked delays nothing else. PostgreSQL only."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, HeldMessage, Message, ScheduledMessage
from messaging.review import actions as review
from messaging.scheduled import delivery
from tests.databases import own_database
from tests.log_lines import Lines, written_lines
from tests.messaging.sending.stores import conversations
from trato.clock import database_now

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.fixture
def lines() -> Iterator[Lines]:
    yield from written_lines()


@pytest.fixture
def talks(shopper: User, shop: Shop) -> list[Conversation]:
    return conversations(shopper, shop)


def hold(other: Any, talk: Conversation) -> None:
    other.execute("SELECT FROM messaging_conversation WHERE id = %s FOR UPDATE", [talk.pk])


def said() -> list[int]:
    return [message.conversation_id for message in Message.objects.order_by("pk")]


def test_a_released_message_waits_alone(talks: list[Conversation], shopper: User) -> None:
    for talk in talks:
        HeldMessage.objects.create(
            conversation=talk, sender=shopper, side="consumer", client_id=uuid.uuid4(),
            body="Hello", reason="word", state="cleared", created_at=database_now(),
        )  # fmt: skip
    held, free = talks
    with psycopg.connect(own_database()) as other:
        hold(other, held)
        assert (review.due(10), said()) == (1, [free.pk])
        assert (review.due(10), said()) == (0, [free.pk])  # no retry happens immediately
        other.rollback()
    assert (review.due(10), said()) == (1, [free.pk, held.pk])


def test_a_scheduled_message_waits_alone_and_is_no_error(
    talks: list[Conversation], seller: User, lines: Lines
) -> None:
    for talk in talks:
        ScheduledMessage.objects.create(
            conversation=talk, author=seller, changed_by=seller, client_id=uuid.uuid4(),
            body="Hello", send_at=database_now() - timedelta(minutes=1), after_sequence=0,
        )  # fmt: skip
    held, free = talks
    with psycopg.connect(own_database()) as other:
        hold(other, held)
        assert (delivery.due(), said()) == (1, [free.pk])
        assert not [line for line in lines() if "scheduled" in line["event"]]
        assert ScheduledMessage.objects.get(conversation=held).state == "waiting"
        other.rollback()
    assert (delivery.due(), said()) == (1, [free.pk, held.pk])
