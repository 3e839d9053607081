"""The frames that carry what staff write. None says who wrote it."""

from datetime import datetime
from typing import Self, TypeVar

from msgspec import Struct

from messaging.frames import ConversationState
from messaging.models import Conversation, StaffMessage

from . import queries

State = TypeVar("State", bound=ConversationState)


class StaffMessageItem(Struct):
    """A message of staff. The `body` of one that was `taken_back` is empty."""

    id: int
    body: str
    created_at: datetime
    taken_back: bool

    @classmethod
    def of(cls, row: StaffMessage) -> Self:
        body = "" if row.is_taken_back else row.body
        return cls(row.pk, body, row.created_at, row.is_taken_back)


class StaffMessageChanged(Struct, tag="staff_message.changed"):
    """Staff have written to both sides, or taken a message back."""

    conversation: int
    revision: int
    message: StaffMessageItem


def add_to(state: State, conversation: Conversation) -> State:
    """Add all that staff have written to a page of messages for a script; return it."""
    if rows := queries.all_of(conversation):
        state.staff_messages = [StaffMessageItem.of(row) for row in rows]
    return state
