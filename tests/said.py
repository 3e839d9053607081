"""Send a message in a conversation."""

import uuid

from messaging import actions
from messaging.models import Conversation, Message
from messaging.records import Answer, Sent
from trato.people import Person


def say(person: Person, conversation: Conversation, body: str = "Hello") -> Message:
    """Send a message like a request; return its row with its sender and conversation."""
    sent = in_log(actions.send(person, conversation.pk, uuid.uuid4(), body))
    return Message.objects.select_related("sender", "conversation").get(pk=sent.id)


def in_log(answer: Answer) -> Sent:
    """Return the message that a send stored in the log; fail if it was held or refused."""
    assert isinstance(answer, Sent), answer
    return answer
