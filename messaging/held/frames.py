"""Frames about held messages; only their sender gets them."""

import uuid

from msgspec import Struct

from messaging.records import Held


class MessageHeld(Struct, tag="message.held"):
    """A message is stored and being checked. It gets a sequence if it is delivered."""

    client_id: uuid.UUID
    conversation: int


def held_frame(answer: Held) -> MessageHeld:
    """Return the acknowledgement of a held message."""
    return MessageHeld(answer.client_id, answer.conversation_id)


class MessageRejected(Struct, tag="message.rejected"):
    """A held message was not delivered, or its sender took it back."""

    client_id: uuid.UUID
    conversation: int
