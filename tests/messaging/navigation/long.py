"""Long conversations, stored in bulk."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, Message

A_MINUTE = timedelta(minutes=1)


def fill(
    conversation: Conversation,
    sender: User,
    number: int,
    *,
    body: Callable[[int], str] = "Message {}".format,
    start: datetime | None = None,
) -> None:
    """Add messages by one person, one per minute, as `send` stores them.

    Args:
        body: returns the text of a message by its sequence.
        start: the minute before the first new message. By default, the time of the
            conversation's last message, or such that the last new one is sent now.
    """
    last = conversation.last_sequence
    start = start or conversation.last_message_at or timezone.now() - A_MINUTE * number
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            sequence=last + index,
            revision=last + index,
            client_id=uuid.uuid4(),
            sender=sender,
            side=conversation.side_of(sender.pk),
            body=body(last + index),
            created_at=start + A_MINUTE * index,
        )
        for index in range(1, number + 1)
    )
    conversation.last_sequence = conversation.revision = last + number
    conversation.last_message_at = start + A_MINUTE * number
    conversation.save()
