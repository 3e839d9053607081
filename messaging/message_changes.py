"""Lock a stored message, and store a change to it: an edit, a withdrawal, a reaction, a removal."""

from messaging.access import conversation_for
from trato.people import Person

from . import events
from .models import Conversation, Message


def locked_message(actor: Person, conversation_id: int, sequence: int) -> Message | None:
    """Lock a conversation; return one of its messages, with its sender and the conversation.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
    """
    conversation = conversation_for(actor, conversation_id, lock=True)
    rows = conversation.messages.select_related("sender")
    message = rows.filter(sequence=sequence).first()
    if message is not None:
        message.conversation = conversation
    return message


def store_change(message: Message, *columns: str) -> None:
    """Store changed columns under the conversation's next revision; announce it on commit.

    The caller holds the conversation's lock, and `message.conversation` was read under it.
    """
    conversation: Conversation = message.conversation
    conversation.revision += 1
    conversation.save(update_fields=["revision"])
    message.revision = conversation.revision
    message.save(update_fields=[*columns, "revision"])
    events.message_changed(message)
