"""A message that was stored but never announced, as if its process had died in between."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import User
from messaging import actions
from messaging.factories import MessageFactory
from messaging.host import host
from messaging.models import Conversation
from notifications.factories import NewsFactory
from notifications.models import Notification
from tests.sockets import message_frame, next_frame, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_heartbeat(settings: Any) -> None:
    """Turn off the heartbeat, which would correct the badge."""
    settings.SOCKET_HEARTBEAT_SECONDS = 3600


def untold(conversation: Conversation, **extra: Any) -> dict[str, Any]:
    """Store such a message from the shopper; return the frame that repeats its send."""
    message = MessageFactory(conversation=conversation, body="Hello", **extra)
    news = NewsFactory(subject_id=conversation.pk, team_id=conversation.shop_id)
    for recipient_id in host.members_of(conversation.shop_id):
        Notification.objects.get_or_create(
            recipient_id=recipient_id, news=news, team_id=news.team_id
        )
    return message_frame(conversation, "Hello", client_id=str(message.client_id))


async def test_who_sends_it_again_lets_the_others_know(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    sending, hearing = await socket_of(shopper), await socket_of(seller)
    await next_frame(hearing, "session.ready")
    frame = await sync_to_async(untold)(conversation)
    await send(sending, **frame)
    assert (await next_frame(sending, "message.accepted"))["sequence"] == 1
    assert (await next_frame(hearing, "message.created"))["client_id"] == frame["client_id"]
    assert (await next_frame(hearing, "badge"))["unread"] == 1


async def test_who_posts_it_again_lets_the_others_know(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    hearing = await socket_of(seller)
    await next_frame(hearing, "session.ready")
    client_id = uuid.UUID((await sync_to_async(untold)(conversation))["client_id"])
    await sync_to_async(actions.send)(shopper, conversation.pk, client_id, "Hello")
    assert (await next_frame(hearing, "message.created"))["client_id"] == str(client_id)
    assert (await next_frame(hearing, "badge"))["unread"] == 1


async def test_a_repeat_of_what_was_told_or_is_old_is_no_news(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    sending, hearing = await socket_of(shopper), await socket_of(seller)
    await next_frame(hearing, "session.ready")
    told = message_frame(conversation, "Told")
    await send(sending, **told)
    await next_frame(hearing, "message.created")
    long_ago = timezone.now() - timedelta(minutes=11)
    await conversation.arefresh_from_db()
    old = await sync_to_async(untold)(conversation, created_at=long_ago)
    for repeated in (told, old, message_frame(conversation, "New")):
        await send(sending, **repeated)
        await next_frame(sending, "message.accepted")
    assert (await next_frame(hearing, "message.created"))["body"] == "New"
