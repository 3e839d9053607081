"""The frames that carry what staff write. None says who wrote it."""

from typing import TypeVar

from msgspec import Struct

from messaging.frames import ConversationState, StaffMessageItem
from messaging.models import Conversation
from messaging.queries import messages_of_staff

State = TypeVar("State", bound=ConversationState)


class StaffMessageChanged(Struct, tag="staff_message.changed"):
    """Staff have written to both sides, or taken a message back."""

    conversation: int
    revision: int
    message: StaffMessageItem


def add_to(state: State, conversation: Conversation) -> State:
    """Add all staff messages to a page of messages for a script; return it."""
    if rows := messages_of_staff(conversation):
        state.staff_messages = [StaffMessageItem.of(row) for row in rows]
    return state
