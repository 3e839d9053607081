"""All times that are compared with each other are from the database's clock."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from messaging import actions
from messaging.client_frames import Send
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message
from messaging.sending import submit as sending
from notifications.models import News
from tests.said import say
from trato.clock import database_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has the server's clock")
def test_a_server_whose_clock_is_ahead_writes_no_other_times(
    shopper: User, seller: User, product: Any
) -> None:
    real = database_now()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        conversation = actions.start_conversation(shopper, product=product)
        message = actions.send(shopper, conversation.pk, uuid4(), "Is it still there?")
    conversation.refresh_from_db()
    news = News.objects.get()
    times = (conversation.created_at, message.created_at, news.happened_at, database_now())
    assert [real, *times] == sorted([real, *times])
    assert conversation.last_message_at == message.created_at
    assert message.created_at - real < timedelta(hours=1)


@pytest.mark.parametrize("way", ["form", "socket"])
def test_an_answer_before_the_question_by_the_clock_is_stored(
    way: str, seller: User, shopper: User, product: Any
) -> None:
    """Clocks may be set back."""
    conversation = ConversationFactory(
        consumer=shopper, product=product, created_at=timezone.now() + timedelta(hours=1)
    )
    if way == "form":
        actions.send(seller, conversation.pk, uuid4(), "It is new.")
    else:

        async def send() -> None:
            frame = Send(conversation=conversation.pk, client_id=uuid4(), body="It is new.")
            try:
                await sending.submit(seller, frame)
            finally:
                await sending.close()

        asyncio.run(send())
    assert Message.objects.get().body == "It is new."
    assert Conversation.objects.get().turn == "consumer"


def test_a_page_keeps_the_order_of_messages_if_the_clock_goes_back(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    for number in range(1, 4):
        say(shopper, conversation, f"Message {number}.")
    later = timezone.now() + timedelta(minutes=3)
    conversation.messages.filter(sequence=1).update(created_at=later)
    page = client_of(seller).get(conversation.get_absolute_url()).text
    assert re.findall(r"Message (\d)\.</p>", page) == ["1", "2", "3"]
