"""Send a message in a conversation."""

import uuid

from messaging import actions
from messaging.models import Conversation, Message
from trato.people import Person


def say(person: Person, conversation: Conversation, body: str = "Hello") -> Message:
    """Send a message like a request; return its row with its sender and conversation."""
    sent = actions.send(person, conversation.pk, uuid.uuid4(), body)
    return Message.objects.select_related("sender", "conversation").get(pk=sent.id)
